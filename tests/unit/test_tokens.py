"""Tokens with offsets, worked examples."""

import pytest

from bot.language.tokens import is_date, number_key, roman_value, tokenize


def keys(text: str) -> list[str]:
    return [token.key for token in tokenize(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Thành ủy TP. Bạc Liêu", ["thành", "ủy", "tp", "bạc", "liêu"]),
        ("cho 1.441 lượt, đạt 102,85%", ["cho", "1441", "lượt", "đạt", "102,85"]),
        ("Hướng dẫn số 02", ["hướng", "dẫn", "số", "2"]),
        ("Chỉ thị số 05-CT/TW", ["chỉ", "thị", "số", "5", "ct", "tw"]),
        ("ngày 9-3-2021", ["ngày", "2021-03-09", "2021"]),
        ("13/9/2021 và 30.5.2022", ["2021-09-13", "2021", "và", "2022-05-30", "2022"]),
        ("ngày 13 tháng 9 năm 2021", ["ngày", "2021-09-13", "2021"]),
        ("ngày 13 tháng 9 năm nay", ["ngày", "13", "tháng", "9", "năm", "nay"]),
        ("khóa XII, quý I, loại V", ["khóa", "12", "quí", "1", "loại", "5"]),
        ("Đại hội XI", ["đại", "hội", "11"]),
        ("chi bộ", ["chi", "bộ"]),
        ("Ấp 5B", ["ấp", "5b"]),
        ("rộng 1.200m2, giá 45.000đ/kg", ["rộng", "1200", "m2", "giá", "45000", "đ", "kg"]),
        ("15h30 đến 17h", ["15", "h", "30", "đến", "17", "h"]),
        ("1.441,5ha và 38m", ["1441,5", "ha", "và", "38", "m"]),
        ("24m²", ["24", "m2"]),
        ("kp1, p4, quốc lộ 1A dài 10km2 m3", ["kp", "1", "p", "4", "quốc", "lộ", "1a", "dài", "10", "km2", "m3"]),
        ("100hộ năm2024, NQ21", ["100", "hộ", "năm", "2024", "nq", "21"]),
        ("ba1c lie6u5 dang3", ["ba1c", "lie6u5", "dang3"]),
        ("giá một ký v ạ, kỳ V, ky V", ["giá", "một", "kí", "v", "ạ", "kì", "5", "ki", "5"]),
        ("quốc lộ 1A, lớp 10A1, mạng 3G, cao 2m5", ["quốc", "lộ", "1a", "lớp", "10a1", "mạng", "3g", "cao", "2m5"]),
        ("55/59 tiêu chí", ["55", "59", "tiêu", "chí"]),
        ("2020 - 2025", ["2020", "2025"]),
        ("“…” – !?", []),
        ("", []),
    ],
)
def test_keys(text: str, expected: list[str]) -> None:
    assert keys(text) == expected


def test_offsets_point_at_what_is_written() -> None:
    text = "Kỳ họp ngày 9-3-2021 có 1.441 đại biểu."
    written = [text[token.start : token.end] for token in tokenize(text)]
    assert written == ["Kỳ", "họp", "ngày", "9-3-", "2021", "có", "1.441", "đại", "biểu"]


def test_numbers_are_marked_as_such() -> None:
    numeric = {token.key: token.numeric for token in tokenize("quý I-2021, khóa XII, 144 đảng viên")}
    assert numeric == {
        "quí": False, "1": True, "2021": True, "khóa": False, "12": True, "144": True, "đảng": False, "viên": False
    }  # fmt: skip


def test_folded_key() -> None:
    assert [token.folded for token in tokenize("Điện Biên")] == ["dien", "bien"]


@pytest.mark.parametrize(
    ("written", "key"),
    [
        ("1.441", "1441"),
        ("05", "5"),
        ("0", "0"),
        ("2,9", "2,9"),
        ("2.9", "2,9"),
        ("1.234.567", "1234567"),
        ("007", "7"),
        ("1.441,5", "1441,5"),
        ("12.000,50", "12000,50"),
    ],
)
def test_number_key(written: str, key: str) -> None:
    assert number_key(written) == key


@pytest.mark.parametrize(
    ("letters", "value"),
    [
        ("I", 1),
        ("iv", 4),
        ("IX", 9),
        ("XIII", 13),
        ("XL", 40),
        ("LXXXIX", 89),
        ("", None),
        ("mix", None),
        ("IIII", None),
    ],
)
def test_roman_value(letters: str, value: int | None) -> None:
    assert roman_value(letters) == value


def test_is_date() -> None:
    assert is_date("2021-03-09")
    assert is_date("1975")
    assert not is_date("1441")
    assert not is_date("144")
