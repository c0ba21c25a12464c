"""Words that exclude one another: what is asked of one of them is not answered by what is told of another."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.language.tokens import Run, longest_runs, run_of
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


def load_contrasts() -> dict[Run, tuple[Run, ...]]:
    """Every word of the shipped sets → the words that say the same, itself among them."""
    table: dict[Run, tuple[Run, ...]] = {}
    for line in table_lines("contrasts.txt"):
        for member in line.split(","):
            equals = tuple(run_of(word) for word in member.split("="))
            for run in equals:
                table[run] = tuple(dict.fromkeys((*table.get(run, ()), *equals)))
    return table


def find_contrasts(keys: Sequence[str], table: Mapping[Run, tuple[Run, ...]], longest: Mapping[str, int]) -> list[Contrast]:
    """
    Find the words of a question that exclude others of their kind.

    Args:
        keys: Of the question.
        table: From `load_contrasts`.
        longest: From `longest_by_head` of the table.

    Returns:
        The longest that fit, in order, not overlapping.
    """
    return [Contrast(first, last, table[tuple(keys[first : last + 1])]) for first, last in longest_runs(keys, table, longest)]
