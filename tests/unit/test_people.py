"""Where a text names a person."""

import pytest

from bot.language.people import person_positions
from bot.language.tokens import tokenize


def people(text: str) -> list[str]:
    """Each person's first word with the rest of the text."""
    tokens = tokenize(text)
    return [text[tokens[at].start :] for at in sorted(person_positions(text, tokens))]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("đồng chí Trần Quốc Hải", "Trần Quốc Hải"),
        ("Bí thư Huyện ủy Quang Bình Triệu Tài Phong", "Triệu Tài Phong"),
        ("Bí thư Đảng ủy thị trấn Giồng Trôm Huỳnh Văn Thương", "Huỳnh Văn Thương"),
        ("Phó Bí thư Huyện ủy A Phương", "A Phương"),
        ("bà Nguyễn Thị Giàu", "Nguyễn Thị Giàu"),
        ("tổng thống Joe Biden", "Joe Biden"),
    ],
)
def test_names_of_people(text: str, name: str) -> None:
    assert people(text) == [name]


def test_two_people_are_two() -> None:
    assert people("ông Lê Văn Phúc, bà Trần Thị Mai") == ["Lê Văn Phúc, bà Trần Thị Mai", "Trần Thị Mai"]


@pytest.mark.parametrize(
    "text",
    [
        "tỉnh Thái Nguyên",
        "xã Phú Hưng",
        "huyện Trần Văn Thời",
        "phong cách Hồ Chí Minh",
        "TP. Hồ Chí Minh",
        "UBND tỉnh",
        "họ nguyễn văn",
        "Đảng bộ thành phố",
        "năm 2024",
        "",
    ],
)
def test_places_and_bodies_are_no_people(text: str) -> None:
    assert people(text) == []


def test_a_full_name_behind_a_post_is_a_persons_even_after_the_kind_of_a_place() -> None:
    assert people("Chủ tịch Hội Nông dân xã Đinh Thị Lựu") == ["Đinh Thị Lựu"]
    assert people("dọc đường Nguyễn Thị Minh Khai") == []
    assert people("trụ sở xã Võ Thị Sáu") == []


def test_the_head_of_a_village_is_a_person_and_no_village() -> None:
    assert people("Trưởng bản Lý A Chứ nói.") == ["Lý A Chứ nói."]
