"""Characters and syllables, worked examples."""

import unicodedata

import pytest

from bot.language.normalize import clean_text, fold, has_diacritics, place_tone, split_tone, syllable_key


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("  Bạc\u00a0Liêu \t năm\n2024 ", "Bạc Liêu năm 2024"),
        ("a\u200bb\u00adc\ufeffd\u2060e", "abcde"),
        ("a\x00b\x1bc\x85d", "a b c d"),
        ("a\ud800b", "ab"),
        ("\u2003\u3000x\u2028y", "x y"),
        ("🙂 ổn", "🙂 ổn"),
        ("", ""),
        (" \n\t\u00a0", ""),
    ],
)
def test_clean_text_unifies_spaces_and_drops_what_cannot_be_seen(text: str, cleaned: str) -> None:
    assert clean_text(text) == cleaned


def test_clean_text_composes() -> None:
    composed = "Đảng ủy phường Nhà Mát"
    assert clean_text(unicodedata.normalize("NFD", composed)) == composed


def test_clean_text_keeps_spelling_case_and_punctuation() -> None:
    assert clean_text("Uỷ ban, KỲ họp “hoà”…") == "Uỷ ban, KỲ họp “hoà”…"


@pytest.mark.parametrize(
    ("written", "key"),
    [
        ("Hoà", "hòa"),
        ("hòa", "hòa"),
        ("UỶ", "ủy"),
        ("uý", "úy"),
        ("thuý", "thúy"),
        ("khoẻ", "khỏe"),
        ("Kỳ", "kì"),
        ("lý", "lí"),
        ("quý", "quí"),
        ("Mỹ", "mĩ"),
        ("y", "y"),
        ("tuy", "tuy"),
        ("thủy", "thủy"),
        ("quả", "quả"),
        ("già", "già"),
        ("gì", "gì"),
        ("giếng", "giếng"),
        ("toàn", "toàn"),
        ("ngoài", "ngoài"),
        ("khuỷu", "khuỷu"),
        ("người", "người"),
        ("Nguyễn", "nguyễn"),
        ("\u00d0ảng", "đảng"),  # the Icelandic eth that some keyboards give
        ("ABC12", "abc12"),
    ],
)
def test_syllable_key(written: str, key: str) -> None:
    assert syllable_key(written) == key


def test_syllable_key_keeps_different_syllables_apart() -> None:
    words = ["ma", "má", "mà", "mả", "mã", "mạ", "mă", "mâ", "ban", "bàn", "bạn", "đa", "da"]
    assert len({syllable_key(word) for word in words}) == len(words)


def test_split_tone_and_place_tone_are_inverse() -> None:
    assert split_tone("nguyễn") == ("nguyên", "\u0303")
    assert place_tone("nguyên", "\u0303") == "nguyễn"
    assert split_tone("ban") == ("ban", "")
    assert place_tone("bcd", "") == "bcd"


@pytest.mark.parametrize(
    ("text", "folded"), [("Đảng ủy", "dang uy"), ("Đăk Glei", "dak glei"), ("ƯỚC", "uoc"), ("abc 12", "abc 12")]
)
def test_fold(text: str, folded: str) -> None:
    assert fold(text) == folded


def test_has_diacritics() -> None:
    assert has_diacritics("đi")
    assert has_diacritics("Bạc Lieu")
    assert not has_diacritics("Bac Lieu 2024")
