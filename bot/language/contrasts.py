"""Words that exclude one another: what is asked of one of them is not answered by what is told of another."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from bot.language.tokens import Run, longest_by_head, run_of
from bot.language.word_lists import table_lines


@dataclass(frozen=True, slots=True)
class Contrast:
    """
    A word of a question that excludes others of its kind.

    Attributes:
        first: Position of its first key.
        last: Position of its last key.
        equals: It, and the words that say the same, as keys.
    """

    first: int
    last: int
    equals: tuple[Run, ...]


def find_contrasts(keys: Sequence[str]) -> list[Contrast]:
    """
    Find the words of a question that exclude others of their kind.

    Args:
        keys: Of the question.

    Returns:
        The longest that fit, in order, not overlapping.
    """
    table, longest = _table()
    found = []
    position = 0
    while position < len(keys):
        for width in range(min(longest.get(keys[position], 0), len(keys) - position), 0, -1):
            equals = table.get(tuple(keys[position : position + width]))
            if equals is not None:
                found.append(Contrast(position, position + width - 1, equals))
                position += width - 1
                break
        position += 1
    return found


@cache
def _table() -> tuple[dict[Run, tuple[Run, ...]], dict[str, int]]:
    """Every word of the sets → the words that say the same; first key of the words → keys of the longest."""
    table: dict[Run, tuple[Run, ...]] = {}
    for line in table_lines("contrasts.txt"):
        for member in line.split(","):
            equals = tuple(run_of(word) for word in member.split("="))
            for run in equals:
                table[run] = tuple(dict.fromkeys((*table.get(run, ()), *equals)))
    return table, longest_by_head(table)
