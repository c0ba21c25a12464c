"""General Vietnamese from underthesea's word list."""

import pytest

from bot.language.dictionary import Dictionary, read_dictionary
from bot.language.normalize import fold


@pytest.fixture(scope="module")
def dictionary() -> Dictionary:
    return read_dictionary()


def test_words_give_their_syllables_and_pairs(dictionary: Dictionary) -> None:
    assert {"quốc", "hội", "muốn"} <= dictionary.syllables
    assert {"quốc hội", "gia nhập", "xổ số"} <= dictionary.pairs
    assert "hội quốc" not in dictionary.pairs


def test_some_syllables_are_words_alone(dictionary: Dictionary) -> None:
    assert {"muốn", "con"} <= dictionary.alone
    assert dictionary.alone <= dictionary.syllables


def test_one_spelling_for_every_way_of_writing(dictionary: Dictionary) -> None:
    assert "hòa bình" in dictionary.pairs
    assert "hoà bình" not in dictionary.pairs
    assert "kì" in dictionary.syllables
    assert "kỳ" not in dictionary.syllables


def test_readings_of_a_bare_syllable(dictionary: Dictionary) -> None:
    readings = dictionary.by_folded["dang"]
    assert {"đảng", "đang", "dạng"} <= set(readings)
    assert list(readings) == sorted(readings)
    assert {fold(reading) for reading in readings} == {"dang"}


def test_an_empty_word_list_reads_nothing() -> None:
    assert Dictionary([], [], []).by_folded == {}
