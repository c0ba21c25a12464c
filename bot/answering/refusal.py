"""
When a passage carries a question, and when to refuse.

A year, a numbered thing or a place that a passage lacks refuses. What else it shows is weighed by small logistic models:
one for passages that are tied to the question by the very place that it asks about, and two for those that nothing ties
to it but words. Of these, one tells questions of other subjects, the other questions of this subject that the passage does
not answer. `tests/bench/fit_refusal.py` fits them; the README says on what.
"""

from dataclasses import dataclass
from math import log

from bot.answering.evidence import Evidence, Inquiry
from bot.language.questions import Expected

_SLIGHT = 0.1  # substance below this: what is asked about a place is not there at all
_MOST = 0.5  # share of the words that a passage has when it is the type of answer that is missing
_REACH = 2.5  # how far `HOIBAO_CAUTION` moves the bar either way, in log-odds


@dataclass(frozen=True, slots=True)
class Model:
    """
    Weights of what a passage shows, in log-odds that it answers.

    Attributes:
        bar: Log-odds that are enough at a caution of 0.5.
    """

    bar: float
    coverage: float = 0.0
    substance: float = 0.0
    share: float = 0.0
    found: float = 0.0
    terms: float = 0.0
    possible: float = 0.0
    counted: float = 0.0
    beside: float = 0.0
    slight: float = 0.0
    grounds: float = 0.0
    contrary: float = 0.0
    nearly: float = 0.0


ANCHORED = Model(
    bar=8.62,
    substance=1.22,
    possible=4.49,
    found=0.03,
    counted=1.25,
    beside=0.65,
    share=0.36,
    terms=0.75,
    slight=-0.80,
    grounds=3.91,
    contrary=-2.41,
    nearly=-1.91,
)
ON_TOPIC = Model(bar=3.81, coverage=11.16)
LOOSE = Model(bar=6.59, coverage=2.66, possible=3.60, counted=1.57, beside=1.12, terms=1.00, contrary=-2.21)


def shown(evidence: Evidence, inquiry: Inquiry) -> dict[str, float]:
    """What a passage shows of a question, by the names of the weights of `Model`."""
    return {
        "coverage": evidence.coverage,
        "substance": evidence.substance,
        "share": evidence.share,
        "found": evidence.found,
        "terms": log(1 + sum(not term.place for term in inquiry.terms)),
        "possible": float(evidence.possible),
        "counted": float(evidence.counted),
        "beside": float(evidence.beside),
        "slight": float(evidence.substance < _SLIGHT),
        "contrary": float(evidence.contrary),
        "nearly": float(evidence.contrary and evidence.share >= _MOST),
        "grounds": float(evidence.typed or inquiry.query.expected is not Expected.REASON),
    }


def lacks_decisive(evidence: Evidence, inquiry: Inquiry) -> bool:
    """Whether a year, a numbered thing or a place of the question is missing: then another fact is told."""
    return any(term.decisive for term in evidence.missing if not inquiry.is_spared(term, evidence))


def lacks_type(evidence: Evidence, inquiry: Inquiry) -> bool:
    """Whether a passage has most of the words of a question, and not the type of answer that it asks for."""
    lenient = inquiry.wanted.lenient and inquiry.query.expected is not Expected.REASON
    return not evidence.typed and not lenient and evidence.share >= _MOST


def is_enough(evidence: Evidence, inquiry: Inquiry, caution: float) -> bool:
    """
    Decide whether a passage carries a question.

    Args:
        evidence: Of the passage.
        inquiry: Of the question.
        caution: 0 to answer on little evidence, 1 only on much; 0.5 as calibrated.
    """
    if lacks_decisive(evidence, inquiry) or (inquiry.wanted.strict and not evidence.typed):
        return False
    if evidence.contrary and not evidence.share:  # nothing but the place is there: "kẹo dừa Bến Tre bán ở đâu"
        return False
    values, shift = shown(evidence, inquiry), (caution - 0.5) * 2 * _REACH
    return all(
        sum(getattr(model, name) * value for name, value in values.items()) >= model.bar + shift
        for model in ((ANCHORED,) if evidence.anchored else (ON_TOPIC, LOOSE))
    )


def is_told(evidence: Evidence, inquiry: Inquiry, caution: float) -> bool:
    """
    Decide whether an article is the one that a question calls by what it says.

    People call it by a place, or by some of its words and many of their own ("nhắc tới", "có đoạn về"): a place of the
    question that it has is enough, and none that it lacks.
    """
    if lacks_decisive(evidence, inquiry):
        return False
    return bool(evidence.places) or evidence.coverage >= 0.7 * caution
