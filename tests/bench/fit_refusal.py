"""
Fit the models of `bot.answering.refusal` on the development gold: `python -m tests.bench.fit_refusal [XQUAD.json]`.

Prints the weights, and what they do on questions that they were not fitted on (ten folds). For each answerable question, the
best passage that does not answer it counts as a twentieth of an unanswerable one: it is near, and all there would be if
the articles did not say.
"""

import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bot.answering.answers import rank_examined
from bot.answering.dialogue import Conversation, in_the_light_of
from bot.answering.engine import Engine
from bot.answering.evidence import Evidence, Inquiry
from bot.answering.refusal import lacks_decisive, shown
from bot.bootstrap import open_engine
from bot.config import load_settings
from bot.evaluation.gold import GoldQuestion, load_gold, load_squad
from bot.language.normalize import clean_text
from bot.language.questions import ABOUT_ARTICLE
from bot.language.reading import read_question
from bot.model import Passage
from bot.retrieval.query import build_query

GOLD = Path(__file__).parent.parent / "gold"
USED = {
    "ANCHORED": (
        "substance",
        "possible",
        "found",
        "counted",
        "beside",
        "share",
        "terms",
        "slight",
        "grounds",
        "contrary",
        "nearly",
    ),
    "ON_TOPIC": ("coverage",),
    "LOOSE": ("coverage", "possible", "counted", "beside", "terms", "contrary"),
}
LEFT_OUT, OFF_TOPIC, NEAR, SQUAD = 0.05, {"ANCHORED": 3.0, "ON_TOPIC": 1.0, "LOOSE": 0.3}, 2.5, 0.3
# Wrong refusals allowed for at a caution of 0.5, of the questions that the model decides.
ALLOWED = {"ANCHORED": 0.0065, "ON_TOPIC": 0.055, "LOOSE": 0.032}
FOLDS = 10


@dataclass(frozen=True, slots=True)
class Case:
    """One passage that came first: what it shows, whether the question is answerable, and what the case weighs."""

    question: str
    style: str
    anchored: bool
    answerable: bool
    left_out: bool
    squad: bool
    values: dict[str, float]

    def weight(self, model: str) -> float:
        """How much the case counts."""
        if self.left_out:
            return LEFT_OUT * (SQUAD if self.squad else 1.0)
        if not self.answerable:
            return NEAR * (OFF_TOPIC[model] if self.style == "off_topic" else 1.0)
        return SQUAD if self.squad else 1.0


def cases(engine: Engine, questions: Iterable[GoldQuestion], *, squad: bool) -> Iterator[Case]:
    """Ask every question, in its conversation, and look at the passage that comes first."""
    sessions: dict[str, Conversation] = {}
    for gold in questions:
        before = sessions.get(gold.session or "", Conversation()) if gold.session else Conversation()
        alone = read_question(clean_text(gold.question), engine.index, engine.tables)
        reading = in_the_light_of(before, alone, engine.index)
        if gold.session:
            _, after = engine.converse(gold.question, before, k=10)
            sessions[gold.session] = after
        inquiry = Inquiry(build_query(reading, engine.index, engine.weights), engine.index)
        if reading.shape.expected in ABOUT_ARTICLE or not inquiry.terms:
            continue
        ranked = rank_examined(engine.index, inquiry, engine.weights)
        wrong = [one for one in ranked if not _is_relevant(gold, engine.index.passages[one.ranked.passage])]
        for one, left_out in ((ranked[:1], False), (wrong[:1] if gold.qrels else [], True)):
            if one and not lacks_decisive(one[0].evidence, inquiry):
                evidence: Evidence = one[0].evidence
                values = shown(evidence, inquiry)
                answerable = bool(gold.qrels) and not left_out
                yield Case(gold.id, gold.style, evidence.anchored, answerable, left_out, squad, values)


def _is_relevant(gold: GoldQuestion, passage: Passage) -> bool:
    text = clean_text(passage.text)
    return any(qrel.file == passage.file and qrel.snippet in text for qrel in gold.qrels)


def fit(values: NDArray[np.float64], answerable: NDArray[np.bool_], weights: NDArray[np.float64]) -> NDArray[np.float64]:
    """Weights and bias of a logistic regression with a penalty of 1 on standardised weights (Newton's method)."""
    mean, spread = values.mean(0), values.std(0) + 1e-9
    rows = np.c_[(values - mean) / spread, np.ones(len(values))]
    penalty = np.r_[np.full(values.shape[1], 2.0), 1e-6]
    found = np.zeros(rows.shape[1])
    for _ in range(50):
        odds = 1 / (1 + np.exp(-(rows @ found)))
        slope = rows.T @ (weights * (odds - answerable)) + penalty * found
        curve = (rows * (weights * odds * (1 - odds))[:, None]).T @ rows + np.diag(penalty)
        step = np.linalg.solve(curve, slope)
        found -= step
        if np.abs(step).max() < 1e-8:
            break
    scaled = found[:-1] / spread
    return np.r_[scaled, found[-1] - scaled @ mean]


def report(name: str, found: list[Case]) -> None:
    """Fit one model, print it and what it does on the questions left out of each fold."""
    used = USED[name]
    values = np.array([[case.values[key] for key in used] for case in found])
    answerable = np.array([case.answerable for case in found])
    weights = np.array([case.weight(name) for case in found])
    names = list(dict.fromkeys(case.question for case in found))
    shuffled = np.random.default_rng(0).permutation(len(names)) % FOLDS
    fold = np.array([shuffled[names.index(case.question)] for case in found])
    odds = np.zeros(len(found))
    for held in range(FOLDS):
        inside = fold != held
        model = fit(values[inside], answerable[inside], weights[inside])
        odds[~inside] = values[~inside] @ model[:-1] + model[-1]
    model = fit(values, answerable, weights)
    own = np.array([not case.squad and not case.left_out for case in found])
    off = np.array([case.style == "off_topic" for case in found])
    bar = np.quantile((values @ model[:-1] + model[-1])[own & answerable], ALLOWED[name])
    weighed = ", ".join(f"{key}={weight:.2f}" for key, weight in zip(used, model, strict=False))
    sys.stdout.write(f"{name} = Model(bar={bar - model[-1]:.2f}, {weighed})\n")
    for allowed in (0.01, 0.02, 0.03, 0.05, 0.075, 0.1, 0.15):
        at = np.quantile(odds[own & answerable], allowed)
        refused = [odds[own & ~answerable & kind] < at for kind in (~off, off)]
        near, strange = (f"{one.mean():.3f}" if one.size else "–" for one in refused)
        sys.stdout.write(f"  wrong {allowed:.3f}  near {near}  off topic {strange}\n")


def main() -> None:
    """Fit on every development file, and on XQuAD when its file is given."""
    seeds, layouts = (open_engine(replace(load_settings(), corpus=Path(folder))) for folder in ("seeds", "tests/layouts"))
    found = list(cases(seeds, load_gold(sorted(GOLD.glob("seeds_dev*.jsonl"))), squad=False))
    found += cases(layouts, load_gold(sorted(GOLD.glob("layouts_dev*.jsonl"))), squad=False)
    for name in sys.argv[1:]:
        questions, engine = load_squad([Path(name)])
        found += cases(engine, questions, squad=True)
    report("ANCHORED", [case for case in found if case.anchored])
    loose = [case for case in found if not case.anchored]
    report("ON_TOPIC", [case for case in loose if not case.left_out and (case.answerable or case.style == "off_topic")])
    report("LOOSE", loose)


if __name__ == "__main__":
    main()
