"""Ways of typing the same question: for every judged question, in what measure each form gives the same answer."""

import re
import unicodedata
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from bot.answering.engine import Engine
from bot.evaluation.gold import GoldQuestion, load_gold, without_diacritics
from bot.language.normalize import clean_text
from bot.model import Answer, Hit, Passage

# Share of answerable questions whose first passage stays the same; two points below what was measured.
SAME_IN_CAPITALS = 0.97
SAME_WITHOUT_DIACRITICS = 0.89

GOLD = load_gold(sorted((Path(__file__).parent.parent / "gold").glob("seeds_*.jsonl")))
QUESTIONS = list(dict.fromkeys(gold.question for gold in GOLD))
ANSWERABLE = [gold for gold in GOLD if gold.qrels]

# hoà, thuý, khoẻ ↔ hòa, thúy, khỏe: only at the end of a syllable; "quý" has one place for its tone.
OLD = ["òa", "óa", "ỏa", "õa", "ọa", "òe", "óe", "ỏe", "õe", "ọe", "ùy", "úy", "ủy", "ũy", "ụy"]
NEW = ["oà", "oá", "oả", "oã", "oạ", "oè", "oé", "oẻ", "oẽ", "oẹ", "uỳ", "uý", "uỷ", "uỹ", "uỵ"]

Ask = Callable[[str], Answer]


@pytest.fixture(scope="module")
def ask(seeds_engine: Engine) -> Ask:
    return lambda question: seeds_engine.answer(question, k=3)


@pytest.fixture(scope="module")
def typed(ask: Ask) -> Mapping[str, Answer]:
    """Every question as it was typed → its answer."""
    return {question: ask(question) for question in QUESTIONS}


@pytest.fixture(scope="module")
def folded(ask: Ask) -> Mapping[str, Answer]:
    """Every question → the answer to its form without any diacritics."""
    return {gold.question: ask(without_diacritics(gold).question) for gold in GOLD}


def first(answer: Answer) -> Passage | None:
    return answer.hits[0].passage if answer.hits else None


def share_of_same_first(one: Mapping[str, Answer], other: Mapping[str, Answer]) -> float:
    same = [first(one[gold.question]) == first(other[gold.question]) for gold in ANSWERABLE]
    return sum(same) / len(same)


def hit_at_1(answers: Mapping[str, Answer]) -> float:
    return sum(is_right(gold, answers[gold.question].hits[:1]) for gold in ANSWERABLE) / len(ANSWERABLE)


def is_right(gold: GoldQuestion, hits: tuple[Hit, ...]) -> bool:
    return any(
        qrel.file == hit.citation.file and qrel.snippet in clean_text(hit.passage.text) for hit in hits for qrel in gold.qrels
    )


def placed(question: str, before: list[str], after: list[str]) -> str:
    """The question with its tone marks in other places."""
    for one, other in zip(before, after, strict=True):
        for old, new in ((one, other), (one.capitalize(), other.capitalize()), (one.upper(), other.upper())):
            question = re.sub(rf"(?<![qQ]){old}(?!\w)", new, question)
    return question


def test_there_are_questions_of_every_kind() -> None:
    assert len(QUESTIONS) > 500
    assert len(ANSWERABLE) > 400


def test_decomposed_letters_change_nothing(ask: Ask, typed: Mapping[str, Answer]) -> None:
    changed = [question for question in QUESTIONS if ask(unicodedata.normalize("NFD", question)).hits != typed[question].hits]
    assert changed == []


def test_both_places_of_a_tone_mark_give_the_same_first_passage(ask: Ask) -> None:
    pairs = {(placed(question, NEW, OLD), placed(question, OLD, NEW)) for question in QUESTIONS}
    moved = [(old, new) for old, new in pairs if old != new]
    assert len(moved) > 50
    assert [old for old, new in moved if first(ask(old)) != first(ask(new))] == []


def test_capitals_give_the_same_first_passage(ask: Ask, typed: Mapping[str, Answer]) -> None:
    capitals = {question: ask(question.upper()) for question in QUESTIONS}
    assert share_of_same_first(typed, capitals) >= SAME_IN_CAPITALS


def test_no_diacritics_give_the_same_first_passage(typed: Mapping[str, Answer], folded: Mapping[str, Answer]) -> None:
    assert share_of_same_first(typed, folded) >= SAME_WITHOUT_DIACRITICS


def test_typing_diacritics_is_never_to_a_persons_harm(typed: Mapping[str, Answer], folded: Mapping[str, Answer]) -> None:
    assert hit_at_1(typed) >= hit_at_1(folded)
