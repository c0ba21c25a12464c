"""Places in a question."""

import pytest

from bot.language.places import districts, find_places, lies_in, provinces
from bot.language.tokens import run_of, tokenize
from bot.language.word_lists import table_lines

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


@pytest.mark.parametrize(
    ("place", "province", "lies"),
    [
        ("Giồng Trôm", "Bến Tre", True),
        ("Đăk Glei", "Kon Tum", True),  # "Đắk Glei" in the list
        ("Điện Biên Phủ", "Điện Biên", True),
        ("Châu Thành", "Bến Tre", True),  # ten provinces have one
        ("Châu Thành", "Tây Ninh", True),
        ("Giồng Trôm", "Bạc Liêu", False),
        ("Bến Tre", "Giồng Trôm", False),
        ("Hòa Lạc", "Hà Nội", False),  # no district
    ],
)
def test_districts_lie_in_their_provinces(place: str, province: str, lies: bool) -> None:
    assert lies_in(run_of(place), run_of(province)) is lies


def test_all_63_provinces_have_their_districts() -> None:
    named = [run_of(line.partition("\t")[0]) for line in table_lines("districts.tsv")]
    assert len(set(named)) == len(named) == 63
    assert [run for run in named if run not in provinces()] == []
    assert len(districts()) > 650
