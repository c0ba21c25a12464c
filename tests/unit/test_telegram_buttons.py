"""What buttons carry: it comes back as it went, in 64 bytes, and nothing else is taken for it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.telegram_app.buttons import (
    AnswerPress,
    ArticlePress,
    NothingPress,
    PassagePress,
    QuestionPress,
    RestrictPress,
    SourcesPress,
    View,
    base36,
    parse_press,
)
from bot.telegram_app.library import article_key

NUMBERS = st.integers(0, 999_999_999)
KEYS = st.text().map(article_key)
PRESSES = st.one_of(
    st.builds(AnswerPress, st.integers(0, 36**12), st.sampled_from(View), NUMBERS),
    st.builds(PassagePress, KEYS, NUMBERS, st.sampled_from(View), NUMBERS),
    st.builds(ArticlePress, KEYS, NUMBERS),
    st.builds(RestrictPress, KEYS | st.just("")),
    st.builds(SourcesPress, NUMBERS),
    st.builds(QuestionPress, NUMBERS),
    st.just(NothingPress()),
)


@given(PRESSES)
def test_there_and_back(press: object) -> None:
    assert parse_press(press.data) == press
    assert len(press.data.encode()) <= 64


@given(st.text(max_size=64))
def test_anything_else_is_no_press(data: str) -> None:
    press = parse_press(data)
    assert press is None or parse_press(press.data) == press


@pytest.mark.parametrize("data", ["", "A", "A:1:h", "A:1:h:-1", "A:!:h:0", "A:1:x:0", "B:k:²", "N:", "X:1", "A:1:h:0:0"])
def test_damaged_data(data: str) -> None:
    assert parse_press(data) is None


def test_the_letters_of_views_never_change() -> None:
    # They stand in messages that were sent long ago.
    assert {view.name: view.value for view in View} == {
        "HOME": "h",
        "MORE": "m",
        "CONTEXT": "c",
        "ARTICLE": "t",
        "REST": "r",
        "ONLY": "o",
        "ALL": "w",
        "GOOD": "u",
        "BAD": "d",
    }
    assert article_key("000_b7dccee3c0345c9d.txt") == article_key("000_b7dccee3c0345c9d.txt")
    assert len(article_key("bài/đầu\udcff.txt")) == 10


@given(st.integers(0, 10**18))
def test_base36(number: int) -> None:
    assert int(base36(number), 36) == number
