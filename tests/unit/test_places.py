"""Places in a question."""

import pytest

from bot.language.places import find_places, provinces
from bot.language.tokens import tokenize

NONE: frozenset[tuple[str, ...]] = frozenset()


def places(text: str, about: frozenset[tuple[str, ...]] = NONE) -> list[str]:
    keys = [token.key for token in tokenize(text)]
    return [" ".join(keys[first : last + 1]) for first, last in find_places(keys, about)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Cà Mau và Hà Giang đổi mới việc gì?", ["cà mau", "hà giang"]),
        ("ở tỉnh Thừa Thiên Huế", ["thừa thiên huế"]),
        ("thành phố hồ chí minh", ["hồ chí minh"]),
        ("BẠC LIÊU", ["bạc liêu"]),
        ("học tập phong cách Hồ Chí Minh", []),  # the man, not the city
        ("chi bộ khu phố", []),
        ("", []),
    ],
)
def test_provinces(text: str, expected: list[str]) -> None:
    assert places(text) == expected


def test_places_that_articles_are_about_are_found_too() -> None:
    about = frozenset({("giồng", "trôm")})
    assert places("thị trấn Giồng Trôm, Bến Tre", about) == ["giồng trôm", "bến tre"]
    assert places("thị trấn Giồng Trôm, Bến Tre") == ["bến tre"]


def test_the_longest_place_wins() -> None:
    assert places("Thành ủy Điện Biên Phủ", frozenset({("điện", "biên", "phủ")})) == ["điện biên phủ"]
    assert places("Thành ủy Điện Biên Phủ") == ["điện biên"]


def test_provinces_of_before_and_after_2025_are_known() -> None:
    known = ("Bạc Liêu", "Hà Giang", "Bà Rịa - Vũng Tàu", "Thừa Thiên Huế", "Hà Nội", "Hồ Chí Minh", "Cần Thơ")
    missing = [name for name in known if tuple(token.key for token in tokenize(name)) not in provinces()]
    assert missing == []
    assert len(provinces()) >= 63
