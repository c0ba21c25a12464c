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


def load_rules(name: str) -> list[Rule]:
    """Read a shipped table, by its file name, such as ``synonyms.txt``."""
    return list(parse_rules(name, files("bot.language").joinpath("tables", name).read_text("utf-8")))


def load_own_rules(name: str, folder: Path | None) -> list[Rule]:
    """
    Read the operator's table of the same name.

    Args:
        name: File name, such as ``synonyms.txt``.
        folder: The operator's folder of tables, or None for no tables.

    Returns:
        Its rules; none when there is no such file.

    Raises:
        ConfigurationError: A line has nothing on its left, or the file is not UTF-8 text.
    """
    if folder is None or not (folder / name).is_file():
        return []
    try:
        own = (folder / name).read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"{folder / name}: {error}", f"Không đọc được bảng {folder / name}.") from error
    return list(parse_rules(str(folder / name), own))


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
