"""The editable tables of this package: newspapers' source tags and the furniture of news sites."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from bot.errors import ConfigurationError

_Taker = Callable[[str, Iterable[str]], None]


@dataclass(frozen=True, slots=True)
class Furniture:
    """
    What news sites print around an article.

    Attributes:
        tail: Matches a whole line after which nothing belongs to the article.
        line: Matches a whole line that is furniture by itself.
        inside: Matches the part of a date line that is furniture.
    """

    tail: re.Pattern[str]
    line: re.Pattern[str]
    inside: re.Pattern[str]


@dataclass(frozen=True, slots=True)
class LayoutTables:
    """All that the parser reads from tables: ``sources`` maps a tag to a newspaper's full name."""

    sources: dict[str, str]
    furniture: Furniture


def load_layout_tables(extra: Path | None = None) -> LayoutTables:
    """
    Read the shipped tables, then the operator's.

    Args:
        extra: A folder that may hold ``sources.tsv`` and ``furniture.txt``; None for the shipped tables alone.

    Returns:
        Both tables; the operator's entries win over the shipped ones.

    Raises:
        ConfigurationError: A line of the operator's tables is not of the table's form.
    """
    package = files("bot.corpus")
    sources: dict[str, str] = {}
    groups: dict[str, list[str]] = {"tail": [], "line": [], "inside": []}
    for name, take in (("sources.tsv", _source_taker(sources)), ("furniture.txt", _furniture_taker(groups))):
        take(name, package.joinpath(name).read_text("utf-8").splitlines())
        if extra is not None and (extra / name).is_file():
            take(str(extra / name), _operator_lines(extra / name))
    whole = {group: rf"(?:{'|'.join(patterns)})" for group, patterns in groups.items()}
    compiled = {group: re.compile(pattern, re.IGNORECASE) for group, pattern in whole.items()}
    return LayoutTables(sources, Furniture(compiled["tail"], compiled["line"], compiled["inside"]))


def _source_taker(sources: dict[str, str]) -> _Taker:
    def take(name: str, lines: Iterable[str]) -> None:
        for number, line in enumerate(lines, start=1):
            if not line.strip() or line.startswith("#"):
                continue
            tag, tab, newspaper = line.partition("\t")
            if not tab or not tag.strip() or not newspaper.strip():
                raise _malformed(name, number)
            sources[tag.strip()] = newspaper.strip()

    return take


def _furniture_taker(groups: dict[str, list[str]]) -> _Taker:
    def take(name: str, lines: Iterable[str]) -> None:
        group = ""
        for number, line in enumerate(lines, start=1):
            stripped = line.strip()
            if not stripped or stripped.startswith("#"):
                continue
            if stripped.startswith("[") and stripped[1:-1] in groups:
                group = stripped[1:-1]
                continue
            try:
                re.compile(f"(?:{stripped})")  # as it will stand among the others: no global flags
                groups[group].append(stripped)
            except (re.error, KeyError) as error:
                raise _malformed(name, number) from error

    return take


def _operator_lines(path: Path) -> list[str]:
    try:
        return path.read_text("utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"{path}: {error}", f"Không đọc được bảng {path}: tệp phải là văn bản UTF-8.") from error


def _malformed(name: str, number: int) -> ConfigurationError:
    return ConfigurationError(f"{name}:{number}: malformed line", f"Bảng {name}, dòng {number}: không đúng định dạng.")
