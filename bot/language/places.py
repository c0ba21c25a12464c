"""Places in a run of keys: the provinces of Việt Nam, and the places that the articles are about."""

from collections.abc import Sequence
from functools import cache, lru_cache

from bot.language.tokens import Run, longest_by_head, run_of
from bot.language.word_lists import table_lines

_LEADER, _CITY = ("hồ", "chí", "minh"), frozenset(("phố", "tp"))  # the city has the name of a man: only "TP." tells


@cache
def provinces() -> frozenset[Run]:
    """Keys of the provinces and cities."""
    return frozenset(map(run_of, table_lines("places.txt")))


def find_places(keys: Sequence[str], about: frozenset[Run]) -> list[tuple[int, int]]:
    """
    Find the places that a question names.

    Args:
        keys: Of the question.
        about: The places that articles are about, as keys.

    Returns:
        First and last position of each, in order; the longest that fits, not overlapping.
    """
    known, longest = _known(about)
    found = []
    position = 0
    while position < len(keys):
        for width in range(min(longest.get(keys[position], 0), len(keys) - position), 0, -1):
            run = tuple(keys[position : position + width])
            if run in known and (run != _LEADER or keys[position - 1 if position else 0] in _CITY):
                found.append((position, position + width - 1))
                position += width - 1
                break
        position += 1
    return found


@lru_cache(maxsize=8)
def _known(about: frozenset[Run]) -> tuple[frozenset[Run], dict[str, int]]:
    """Every place, and first key of places → keys of the longest."""
    known = provinces() | about
    return known, longest_by_head(known)
