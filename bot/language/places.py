"""Places in a run of keys: the provinces of Việt Nam with what lies in them, and the places that the articles are about."""

from collections.abc import Sequence
from functools import cache, lru_cache

from bot.language.normalize import fold
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


@lru_cache(maxsize=4096)  # asked of every passage that a question's place is looked for in
def lies_in(place: Run, province: Run) -> bool:
    """
    Whether a district, town or city lies in a province, by their keys; names are compared without diacritics.

    >>> lies_in(run_of("Đăk Glei"), run_of("Kon Tum"))  # else "Đắk Glei"
    True
    """
    return (_folded(place), _folded(province)) in _lying()


@cache
def districts() -> frozenset[Run]:
    """Keys of the districts, towns and cities within provinces."""
    return frozenset(place for place, _ in _pairs())


@cache
def _lying() -> frozenset[tuple[Run, Run]]:
    return frozenset((_folded(place), _folded(province)) for place, province in _pairs())


@cache
def _pairs() -> tuple[tuple[Run, Run], ...]:
    """Districts, towns and cities, each with its province."""
    lines = (line.partition("\t") for line in table_lines("districts.tsv"))
    return tuple((run_of(place), run_of(province)) for province, _, inside in lines for place in inside.split(","))


def _folded(run: Run) -> Run:
    return tuple(map(fold, run))


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
