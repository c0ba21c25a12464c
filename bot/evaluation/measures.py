"""How well an engine answers judged questions, per style."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from bot.answering.dialogue import Conversation
from bot.answering.engine import Engine
from bot.errors import GoldError
from bot.evaluation.gold import GoldQuestion
from bot.language.normalize import clean_text
from bot.model import Answer, Hit, Status

_DEPTH = 10  # of MRR@10
ALL = "tất cả"


@dataclass(frozen=True, slots=True)
class Judged:
    """
    A question with its answer, judged.

    Attributes:
        gold: The question.
        answer: What was answered, ten hits deep.
        relevant: For each hit, whether it is one of the passages that answer.
        sentence: Whether the marked sentence of the first hit has the answer; None when that hit is not relevant.
    """

    gold: GoldQuestion
    answer: Answer
    relevant: tuple[bool, ...]
    sentence: bool | None

    @property
    def missed(self) -> bool:
        """Whether a person would be left without the answer, or with one that the articles do not give."""
        refused = self.answer.status is Status.NOT_FOUND
        if not self.gold.qrels:
            return not refused
        return refused or not any(self.relevant[:1]) or self.sentence is False


@dataclass(frozen=True, slots=True)
class StyleMeasures:
    """
    The measures of one style; None where the style has no question of the kind.

    Attributes:
        style: Its name, or `ALL`.
        count: Questions.
        hit1, hit3: Share of answerable questions with a relevant passage at rank 1, within rank 3 (Success@k).
        mrr10: Mean reciprocal rank of the first relevant passage, 0 beyond rank 10.
        sentence: Where rank 1 is relevant, share of marked sentences that have the answer.
        wrongly_refused: Share of answerable questions that were refused.
        rightly_refused: Share of unanswerable questions that were refused.
    """

    style: str
    count: int
    hit1: float | None
    hit3: float | None
    mrr10: float | None
    sentence: float | None
    wrongly_refused: float | None
    rightly_refused: float | None


@dataclass(frozen=True, slots=True)
class Report:
    """Measures per style, all styles together last, and every judged question."""

    styles: tuple[StyleMeasures, ...]
    judged: tuple[Judged, ...]

    def rows(self) -> list[dict[str, Any]]:
        """The measures as values that `json.dumps` takes."""
        return [{name: getattr(style, name) for name in StyleMeasures.__slots__} for style in self.styles]


def measure(engine: Engine, questions: Sequence[GoldQuestion]) -> Report:
    """
    Ask every question and judge the answers.

    Args:
        engine: To be measured.
        questions: Those of one session are asked as one conversation, in order.

    Raises:
        GoldError: ir-measures is not installed.
    """
    sessions: dict[str, Conversation] = {}
    judged = []
    for gold in questions:
        before = sessions.get(gold.session or "", Conversation()) if gold.session else Conversation()
        answer, after = engine.converse(gold.question, before, k=_DEPTH)
        if gold.session:
            sessions[gold.session] = after
        judged.append(_judge(gold, answer))
    styles = dict.fromkeys(one.gold.style for one in judged)
    measured = [_measure_style(style, [one for one in judged if one.gold.style == style]) for style in styles]
    if len(measured) != 1:
        measured.append(_measure_style(ALL, judged))
    return Report(tuple(measured), tuple(judged))


def _judge(gold: GoldQuestion, answer: Answer) -> Judged:
    relevant = tuple(_is_relevant(gold, hit) for hit in answer.hits)
    sentence: bool | None = None
    if relevant and relevant[0]:
        start, end = answer.hits[0].answer
        marked = clean_text(answer.hits[0].passage.text[start:end])
        sentence = not gold.answers or any(wanted in marked for wanted in gold.answers)
    return Judged(gold, answer, relevant, sentence)


def _is_relevant(gold: GoldQuestion, hit: Hit) -> bool:
    text = clean_text(hit.passage.text)
    return any(qrel.file == hit.citation.file and qrel.snippet in text for qrel in gold.qrels)


def _measure_style(style: str, judged: Sequence[Judged]) -> StyleMeasures:
    answerable = [one for one in judged if one.gold.qrels]
    others = [one for one in judged if not one.gold.qrels]
    ranking = _rank_measures(answerable) if answerable else {}
    return StyleMeasures(
        style=style,
        count=len(judged),
        hit1=ranking.get("Success@1"),
        hit3=ranking.get("Success@3"),
        mrr10=ranking.get("RR@10"),
        sentence=_share(one.sentence for one in answerable if one.sentence is not None),
        wrongly_refused=_share(one.answer.status is Status.NOT_FOUND for one in answerable),
        rightly_refused=_share(one.answer.status is Status.NOT_FOUND for one in others),
    )


def _rank_measures(judged: Sequence[Judged]) -> dict[str, float]:
    try:
        import ir_measures
        from ir_measures import RR, Success
    except ImportError as error:
        raise GoldError(
            f"ir-measures is missing: {error}", "Lệnh này cần gói ir-measures: pip install 'hoibao[eval]'."
        ) from error
    # Which passage is relevant was judged above; ranks are what is left to be measured.
    qrels = [ir_measures.Qrel(str(number), "relevant", 1) for number in range(len(judged))]
    run = []
    for number, one in enumerate(judged):
        first = next((rank for rank, relevant in enumerate(one.relevant) if relevant), None)
        for rank in range(len(one.relevant)):
            name = "relevant" if rank == first else f"other-{rank}"
            run.append(ir_measures.ScoredDoc(str(number), name, float(-rank)))
    measured = ir_measures.calc_aggregate([Success @ 1, Success @ 3, RR @ _DEPTH], qrels, run)
    return {str(name): float(value) for name, value in measured.items()}


def _share(held: Iterable[bool]) -> float | None:
    values = list(held)
    return sum(values) / len(values) if values else None
