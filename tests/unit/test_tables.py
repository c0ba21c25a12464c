"""The tables that ship with the package, and an operator's own beside them."""

import unicodedata
from collections import Counter
from importlib.resources import files
from pathlib import Path

import pytest

from bot.language.abbreviations import run_of
from bot.language.normalize import clean_text
from bot.language.questions import Expected, question_phrases
from bot.language.reading import load_tables
from bot.language.synonym_file import load_rules
from bot.language.tokens import tokenize
from bot.model import SmallTalk

FOLDER = files("bot.language").joinpath("tables")
TABLES = sorted(table.name for table in FOLDER.iterdir())
RULES = ["abbreviations.txt", "chat.txt", "synonyms.txt", "small_talk.txt"]
REPLACING = ["abbreviations.txt", "chat.txt"]  # tables of "=>": one line for one form
WORD_LISTS = [
    "class_names.txt",
    "contrasts.txt",
    "follow_ups.txt",
    "phrases.txt",
    "places.txt",
    "posts.txt",
    "superlatives.txt",
]


def text_of(name: str) -> str:
    return FOLDER.joinpath(name).read_text("utf-8")


def test_every_rule_table_is_there() -> None:
    assert set(RULES) | set(WORD_LISTS) <= set(TABLES)


@pytest.mark.parametrize("name", TABLES)
def test_tables_are_nfc_without_strange_spaces(name: str) -> None:
    text = text_of(name)
    assert unicodedata.is_normalized("NFC", text)
    assert not {"\u00a0", "\u200b", "\ufeff", "\r"} & set(text)


@pytest.mark.parametrize("name", RULES)
def test_rule_tables_parse_and_every_form_has_words(name: str) -> None:
    rules = load_rules(name)
    assert rules
    wordless = [form for rule in rules for form in (*rule.left, *(rule.right or ())) if not run_of(clean_text(form))]
    assert wordless == []


@pytest.mark.parametrize("name", REPLACING)
def test_no_form_is_replaced_twice(name: str) -> None:
    rules = load_rules(name)
    assert all(rule.right is not None for rule in rules)
    assert [form for form, count in Counter(form for rule in rules for form in rule.left).items() if count > 1] == []


def test_no_chat_form_is_both_dropped_and_mapped() -> None:
    rules = load_rules("chat.txt")
    dropped = {run_of(form) for rule in rules if not rule.right for form in rule.left}
    mapped = {run_of(form) for rule in rules if rule.right for form in rule.left}
    assert dropped & mapped == set()


def test_chat_forms_have_one_reading_and_abbreviations_have_some() -> None:
    assert [rule.left for rule in load_rules("chat.txt") if len(rule.right or ()) > 1] == []
    assert [rule.left for rule in load_rules("abbreviations.txt") if not rule.right] == []


def test_abbreviations_of_the_specification_are_known() -> None:
    readings = load_tables().abbreviations.readings
    wanted = "UBND HĐND MTTQ BTV BCH BCT TW TU LHPN UBKT NQ CT KL KH ĐH ĐV CB TP TT đ/c".split()
    assert [form for form in wanted if tuple(form[t.start : t.end] for t in tokenize(form)) not in readings] == []


@pytest.mark.parametrize("name", WORD_LISTS)
def test_word_lists_have_no_entry_twice(name: str) -> None:
    section = ""
    entries = []
    for line in text_of(name).splitlines():
        section = line if line.startswith("[") else section
        if line.strip() and not line.startswith(("#", "[")):
            entries.append((section, run_of(line)))
    assert entries
    assert [entry for entry, count in Counter(entries).items() if count > 1] == []


def test_every_expected_type_has_a_phrase_but_those_read_from_the_sentence() -> None:
    assert set(Expected) - set(question_phrases().values()) <= {Expected.PHOTO}


def test_small_talk_is_of_known_kinds() -> None:
    assert {rule.right[0] for rule in load_rules("small_talk.txt") if rule.right} == {kind.value for kind in SmallTalk}


# The operator's own


def test_the_operators_tables_extend_the_shipped_ones(tmp_path: Path) -> None:
    (tmp_path / "abbreviations.txt").write_text("QTH => quỹ tình hàng xóm\n", "utf-8")
    (tmp_path / "chat.txt").write_text("zzz => ngủ\n", "utf-8")
    (tmp_path / "synonyms.txt").write_text("con đò, ghe nhỏ\n", "utf-8")
    shipped, own = load_tables(), load_tables(tmp_path)
    assert own.abbreviations.readings == {**shipped.abbreviations.readings, ("QTH",): (run_of("quỹ tình hàng xóm"),)}
    assert own.chat == {**shipped.chat, ("zzz",): ("ngủ",)}
    assert own.synonyms[("con", "đò")] == (("ghe", "nhỏ"),)
    assert own.synonyms[("ghe", "nhỏ")] == (("con", "đò"),)
    assert shipped.synonyms.items() <= own.synonyms.items()


def test_the_operators_chat_spelling_wins(tmp_path: Path) -> None:
    (tmp_path / "chat.txt").write_text("ko => kho\nad => quảng cáo\n", "utf-8")
    own = load_tables(tmp_path)
    assert load_tables().chat[("ko",)] == ("không",)
    assert own.chat[("ko",)] == ("kho",)
    assert own.chat[("ad",)] == ("quảng", "cáo")


def test_an_operators_synonyms_join_the_shipped_ones(tmp_path: Path) -> None:
    (tmp_path / "synonyms.txt").write_text("khen thưởng, thưởng nóng\n", "utf-8")
    readings = load_tables(tmp_path).synonyms[("khen", "thưởng")]
    assert {("biểu", "dương"), ("thưởng", "nóng")} <= set(readings)
