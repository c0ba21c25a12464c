"""
The editable word tables: abbreviations, chat spelling and synonyms, all in Solr's synonym format.

``a, b => c, d`` reads a or b as c or d; ``a => `` drops a; ``a, b, c`` makes all of them equals. ``#`` begins a comment.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from bot.errors import ConfigurationError


@dataclass(frozen=True, slots=True)
class Rule:
    """
    One line of a table.

    Attributes:
        left: The forms before ``=>``, or all the equals.
        right: The forms after it; empty when the left is to be dropped; None in a line of equals.
    """

    left: tuple[str, ...]
    right: tuple[str, ...] | None


def load_rules(name: str, extra: Path | None = None) -> list[Rule]:
    """
    Read a shipped table and the operator's table of the same name after it.

    Args:
        name: File name, such as ``synonyms.txt``.
        extra: The operator's folder of tables, or None.

    Raises:
        ConfigurationError: A line has nothing on its left, or the operator's file is not UTF-8 text.
    """
    rules = list(parse_rules(name, files("bot.language").joinpath("tables", name).read_text("utf-8")))
    if extra is not None and (extra / name).is_file():
        try:
            own = (extra / name).read_text("utf-8-sig")
        except (OSError, UnicodeDecodeError) as error:
            raise ConfigurationError(f"{extra / name}: {error}", f"Không đọc được bảng {extra / name}.") from error
        rules += parse_rules(str(extra / name), own)
    return rules


def parse_rules(name: str, text: str) -> Iterator[Rule]:
    """
    Parse a table.

    >>> list(parse_rules("x", "TW => trung ương  # ở trên"))
    [Rule(left=('TW',), right=('trung ương',))]

    Raises:
        ConfigurationError: A line has nothing on its left.
    """
    for number, line in enumerate(text.splitlines(), start=1):
        content = line.partition("#")[0].strip()
        if not content:
            continue
        left, arrow, right = content.partition("=>")
        forms = _forms(left)
        if not forms or (not arrow and len(forms) < 2):
            raise ConfigurationError(
                f"{name}:{number}: nothing to replace", f"Bảng {name}, dòng {number}: không đúng định dạng."
            )
        yield Rule(forms, _forms(right) if arrow else None)


def _forms(side: str) -> tuple[str, ...]:
    return tuple(form.strip() for form in side.split(",") if form.strip())
