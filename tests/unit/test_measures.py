"""Every measure on five answers that fit on a page, worked by hand."""

from collections.abc import Sequence

import pytest

from bot.answering.dialogue import Conversation
from bot.evaluation.gold import GoldQuestion, Qrel
from bot.evaluation.measures import ALL, Report, measure
from bot.model import Answer, Citation, Hit, Kind, Passage, Status

A = "Cầu dài 42 m. Cầu rộng 3,5 m."
B = "Thư viện có 90 bạn đọc."
C = "Ông Hạnh trồng ổi."
FILES = {A: "a.txt", B: "b.txt", C: "c.txt"}
FIRST_SENTENCE = (0, 13)


def hits(*texts: str) -> tuple[Hit, ...]:
    return tuple(
        Hit(
            rank,
            float(-rank),
            Passage(FILES[text], Kind.PARAGRAPH, text, 1),
            Citation(FILES[text], "", None, None, (), None, 1),
            FIRST_SENTENCE,
            (),
            (),
        )
        for rank, text in enumerate(texts, start=1)
    )


def answered(*texts: str) -> Answer:
    return Answer("", None, Status.ANSWERED, hits(*texts))


def refused(*texts: str) -> Answer:
    return Answer("", None, Status.NOT_FOUND, hits(*texts))


class Scripted:
    """Gives the answers it was made with, in order; a conversation is the list of what was asked in it."""

    def __init__(self, answers: Sequence[Answer]) -> None:
        self.answers = list(answers)
        self.lights: list[object] = []

    def converse(self, question: str, conversation: Conversation, *, k: int) -> tuple[Answer, object]:
        assert k == 10
        self.lights.append(conversation)
        return self.answers.pop(0), f"after {question}"


def gold(snippet: str | None, *wanted: str, style: str = "s", file: str = "a.txt", session: str | None = None):
    qrels = () if snippet is None else (Qrel(file, snippet),)
    return GoldQuestion("1", style, snippet or "?", qrels, wanted, session)


def measured(*pairs: tuple[GoldQuestion, Answer]) -> Report:
    return measure(Scripted([answer for _, answer in pairs]), [question for question, _ in pairs])


def test_worked_by_hand():
    report = measured(
        (gold("rộng 3,5 m", "42 m"), answered(A, B, C)),  # rank 1, the first sentence says 42 m
        (gold("rộng 3,5 m", "3,5 m"), answered(A, B)),  # rank 1, but that is the second sentence
        (gold("rộng 3,5 m", "42 m"), answered(B, A)),  # rank 2
        (gold("rộng 3,5 m", "42 m"), refused(B, C, B, A)),  # rank 4, and refused
        (gold("rộng 3,5 m"), refused()),  # nothing, and refused
        (gold(None), refused(A)),  # rightly refused
        (gold(None), answered(A)),
        (gold(None), refused()),
    )
    (all_of_them,) = report.styles
    assert all_of_them.count == 8
    assert all_of_them.hit1 == pytest.approx(2 / 5)
    assert all_of_them.hit3 == pytest.approx(3 / 5)
    assert all_of_them.mrr10 == pytest.approx((1 + 1 + 1 / 2 + 1 / 4 + 0) / 5)
    assert all_of_them.sentence == pytest.approx(1 / 2)
    assert all_of_them.wrongly_refused == pytest.approx(2 / 5)
    assert all_of_them.rightly_refused == pytest.approx(2 / 3)
    assert [one.missed for one in report.judged] == [False, True, True, True, True, False, True, False]


def test_only_the_first_relevant_passage_counts():
    question = GoldQuestion("1", "s", "?", (Qrel("a.txt", "42 m"), Qrel("b.txt", "90")), ())
    (style,) = measure(Scripted([answered(C, B, A)]), [question]).styles
    assert (style.hit1, style.hit3, style.mrr10) == (0.0, 1.0, 0.5)


def test_the_same_words_in_another_file_are_not_relevant():
    (style,) = measured((gold("42 m", file="b.txt"), answered(A))).styles
    assert (style.hit1, style.mrr10, style.sentence) == (0.0, 0.0, None)


def test_the_snippet_may_be_spelled_with_other_spaces_and_marks():
    a = Hit(
        1,
        1.0,
        Passage("a.txt", Kind.PARAGRAPH, "Ca\u0302\u0300u dài\u00a042 m.", 1),
        Citation("a.txt", "", None, None, (), None, 1),
        (0, 10),
        (),
        (),
    )
    (style,) = measured((gold("Cầu dài 42 m"), Answer("", None, Status.ANSWERED, (a,)))).styles
    assert style.hit1 == 1.0


def test_each_style_and_then_all():
    report = measured(
        (gold("42 m", style="who"), answered(A)),
        (gold("42 m", style="when"), answered(B)),
        (gold(None, style="off_topic"), refused()),
        (gold("42 m", style="who"), answered(A)),
    )
    assert [(style.style, style.count) for style in report.styles] == [
        ("who", 2),
        ("when", 1),
        ("off_topic", 1),
        (ALL, 4),
    ]
    off_topic = report.styles[2]
    assert (off_topic.hit1, off_topic.hit3, off_topic.mrr10, off_topic.sentence) == (None,) * 4
    assert (off_topic.wrongly_refused, off_topic.rightly_refused) == (None, 1.0)
    assert report.styles[0].rightly_refused is None
    assert report.rows()[-1] == {
        "style": ALL,
        "count": 4,
        "hit1": pytest.approx(2 / 3),
        "hit3": pytest.approx(2 / 3),
        "mrr10": pytest.approx(2 / 3),
        "sentence": 1.0,
        "wrongly_refused": 0.0,
        "rightly_refused": 1.0,
    }


def test_a_session_is_asked_as_one_conversation():
    engine = Scripted([answered(A)] * 5)
    measure(
        engine,
        [
            gold("1", session="x"),
            gold("2", session="y"),
            gold("3"),
            gold("4", session="x"),
            gold("5"),
        ],
    )
    new = Conversation()
    assert engine.lights == [new, new, new, "after 1", new]


def test_nothing_to_measure():
    (style,) = measure(Scripted([]), []).styles
    assert (style.style, style.count, style.hit1) == (ALL, 0, None)
