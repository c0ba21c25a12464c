"""The shipped lists of words, one entry a line; ``#`` begins a comment line."""

from functools import cache
from importlib.resources import files


@cache
def table_lines(name: str) -> tuple[str, ...]:
    """
    Read a list of `bot/language/tables`.

    Args:
        name: File name, such as ``places.txt``.

    Returns:
        Its entries in order, without comments and blank lines.
    """
    lines = files("bot.language").joinpath("tables", name).read_text("utf-8").splitlines()
    return tuple(line.strip() for line in lines if line.strip() and not line.startswith("#"))
