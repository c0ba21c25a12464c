"""Places in a run of keys: the provinces of Việt Nam, and the places that the articles are about."""

from collections.abc import Sequence
from functools import cache, lru_cache

from bot.language.tokens import Run, longest_by_head, longest_runs, run_of
from bot.language.word_lists import table_lines

PLACE_KINDS: tuple[Run, ...] = tuple(map(run_of, ("tỉnh", "huyện", "xã", "phường", "quận", "thành phố", "thị xã", "thị trấn")))
"""Words that stand before the names of places."""
LEADER: Run = run_of("Hồ Chí Minh")
_CITY = frozenset(("phố", "tp"))  # the city has the leader's name: only "TP." tells


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
    return [
        (first, last)
        for first, last in longest_runs(keys, *_known(about))
        if tuple(keys[first : last + 1]) != LEADER or keys[max(first - 1, 0)] in _CITY
    ]


@lru_cache(maxsize=8)
def _known(about: frozenset[Run]) -> tuple[frozenset[Run], dict[str, int]]:
    """Every place, and first key of places → keys of the longest."""
    known = provinces() | about
    return known, longest_by_head(known)
