"""Solr's synonym format."""

from pathlib import Path

import pytest

from bot.errors import ConfigurationError
from bot.language.synonym_file import Rule, load_own_rules, parse_rules


@pytest.mark.parametrize(
    ("line", "rule"),
    [
        ("khen thưởng, biểu dương", Rule(("khen thưởng", "biểu dương"), None)),
        ("TW, TƯ => trung ương", Rule(("TW", "TƯ"), ("trung ương",))),
        ("CT => chỉ thị, chủ tịch", Rule(("CT",), ("chỉ thị", "chủ tịch"))),
        ("nha ad =>", Rule(("nha ad",), ())),
        ("  a ,, b,  =>  c ", Rule(("a", "b"), ("c",))),
        ("TW => trung ương  # ở trên", Rule(("TW",), ("trung ương",))),
    ],
)
def test_a_line_is_a_rule(line: str, rule: Rule) -> None:
    assert list(parse_rules("x.txt", line)) == [rule]


def test_comments_and_blank_lines_are_no_rules_and_order_is_kept() -> None:
    text = "# chào\n\n  \nko => không\r\n   # nữa\nhok => không\n"
    assert [rule.left for rule in parse_rules("x.txt", text)] == [("ko",), ("hok",)]


@pytest.mark.parametrize("line", ["=> không", "chỉ một", ", =>  x", ","])
def test_a_malformed_line_is_named_with_file_and_number(line: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        list(parse_rules("rieng/chat.txt", f"# đầu\nko => không\n{line}\n"))
    assert "rieng/chat.txt:3" in str(caught.value)


def test_the_operators_file_is_read_after_the_shipped_one(tmp_path: Path) -> None:
    (tmp_path / "chat.txt").write_text("\ufeffzui => vui\n", "utf-8")
    assert load_own_rules("chat.txt", tmp_path) == [Rule(("zui",), ("vui",))]
    assert load_own_rules("synonyms.txt", tmp_path) == []
    assert load_own_rules("chat.txt", None) == []


def test_a_malformed_line_of_the_operator_names_his_file(tmp_path: Path) -> None:
    (tmp_path / "chat.txt").write_text("ko => không\nhỏng\n", "utf-8")
    with pytest.raises(ConfigurationError) as caught:
        load_own_rules("chat.txt", tmp_path)
    assert f"{tmp_path / 'chat.txt'}:2" in str(caught.value)


def test_a_file_that_is_no_text_is_a_configuration_error(tmp_path: Path) -> None:
    (tmp_path / "chat.txt").write_bytes(b"\xff\xfe\x00k")
    with pytest.raises(ConfigurationError) as caught:
        load_own_rules("chat.txt", tmp_path)
    assert str(tmp_path / "chat.txt") in str(caught.value)
