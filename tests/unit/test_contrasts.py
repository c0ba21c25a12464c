"""Words of a question that exclude others of their kind."""

import pytest

from bot.language.contrasts import Contrast, find_contrasts, load_contrasts
from bot.language.tokens import longest_by_head, run_of

TABLE = load_contrasts()
LONGEST = longest_by_head(TABLE)


def contrasts(text: str) -> list[Contrast]:
    return find_contrasts(run_of(text), TABLE, LONGEST)


def found(text: str) -> list[str]:
    keys = run_of(text)
    return [" ".join(keys[one.first : one.last + 1]) for one in contrasts(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Bao nhiêu cán bộ là tiến sĩ?", ["tiến sĩ"]),
        ("Mấy hộ trồng sầu riêng, mấy hộ trồng mít?", ["sầu riêng", "mít"]),
        ("Bưởi da xanh giá bao nhiêu?", ["bưởi da xanh"]),  # the longest, not "bưởi"
        ("Ai được giao việc này?", []),
        ("", []),
    ],
)
def test_the_longest_that_fit_are_found(text: str, expected: list[str]) -> None:
    assert found(text) == expected


def test_equals_are_those_of_the_same_member_only() -> None:
    (one,) = contrasts("nuôi heo")
    assert run_of("lợn") in one.equals
    assert run_of("vịt") not in one.equals
