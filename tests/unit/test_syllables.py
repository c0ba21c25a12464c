"""What is a Vietnamese syllable, and what unfinished Telex and VNI keystrokes were meant to be."""

import pytest

from bot.language.syllables import decode_keystrokes, is_syllable, is_written_syllable, sounds_like

SYLLABLES = "đảng nghiêng khuỷu quốc giếng gì uỷ ương thuế xoong yêu ăn ngoằn quyển".split()


@pytest.mark.parametrize("key", SYLLABLES)
def test_syllables_of_vietnamese(key: str) -> None:
    assert is_syllable(key)
    assert is_written_syllable(key)


@pytest.mark.parametrize("key", ["dang", "nghieng", "bac", "lieu", "vien", "thuong"])
def test_bare_syllables_are_possible(key: str) -> None:
    assert is_syllable(key)


@pytest.mark.parametrize("key", ["vine", "wifi", "ubnd", "nq", "đngr", "baclieu", "covid", "glei", ""])
def test_other_strings_are_none(key: str) -> None:
    assert not is_syllable(key)


@pytest.mark.parametrize("key", ["bac", "lieu", "het", "tich"])
def test_a_stop_wants_a_tone_and_a_vowel_its_mark(key: str) -> None:
    assert not is_written_syllable(key)


@pytest.mark.parametrize("key", ["con", "ba", "bác", "một"])
def test_what_stands_as_it_is_written(key: str) -> None:
    assert is_written_syllable(key)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("trom", "chom"),
        ("xa", "sa"),
        ("duong", "giuong"),
        ("lam", "nam"),
        ("ki", "ky"),
        ("van", "vang"),
        ("bac", "bat"),
    ],
)
def test_regional_speech_makes_them_alike(one: str, other: str) -> None:
    assert sounds_like(one) == sounds_like(other)


@pytest.mark.parametrize(("one", "other"), [("nga", "la"), ("nha", "la"), ("dach", "dat"), ("tam", "cam")])
def test_regional_speech_keeps_these_apart(one: str, other: str) -> None:
    assert sounds_like(one) != sounds_like(other)


@pytest.mark.parametrize(
    ("telex", "vni", "meant"),
    [
        ("ddangr", "d9ang3", "đảng"),
        ("vieen", "vie6n", "viên"),
        ("bacj", "bac5", "bạc"),
        ("lieeu", "lie6u", "liêu"),
        ("keets", "ke6t1", "kết"),
        ("dduowngf", "d9u7o7ng2", "đường"),
        ("trawm", "tra8m", "trăm"),
        ("uyr", "uy3", "ủy"),
    ],
)
def test_keystrokes_are_read(telex: str, vni: str, meant: str) -> None:
    assert decode_keystrokes(telex) == meant
    assert decode_keystrokes(vni) == meant
    assert decode_keystrokes(telex.upper()) == meant


@pytest.mark.parametrize("typed", ["ban", "đảng", "2024", "5b", "covid19", "http", ""])
def test_words_without_keystrokes_are_left_alone(typed: str) -> None:
    assert decode_keystrokes(typed) is None
