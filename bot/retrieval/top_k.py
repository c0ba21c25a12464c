"""
The best passages for weighted terms, without looking at every posting and without missing one.

MaxScore (Turtle and Flood 1995): terms that add much for few postings are added up first, many at once. As soon as those
that are left cannot lift a passage that has none so far into the best k, only passages that are still in the running are
looked up in them. Pruning leaves a margin for rounding, so that the outcome is that of scoring everything.

The longest columns, half of all postings that are asked for and of no more than some dozens of terms, are kept spread out over
all passages, too: there a look-up is a single read, and in a column it is a search through memory that no one has read before.

Nothing is sorted or partitioned that is as long as the corpus: the k-th largest of many groups' maxima is a score that k
passages reach, and few passages reach it.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache, partial
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

_FEW = 20_000  # postings of a query that are added up without the compiled kernel, which takes longer to load
_LOOKED_AT = 1.5  # passages whose scores are looked at in the time in which one posting is added up
_SEARCH, _READ = 60, 10  # postings that are added up in the time of a look-up in a column, and in one that is spread out
_OFTEN = 4  # a term that one passage of so many has is one of the frequent ones
_SPREAD = 80  # columns of a field that are kept spread out; of the terms of newspapers, 70 are that frequent
_SCATTERED = 8  # passages that are read one after another in the time of one that is read here and there
_GROUP = 128  # passages of which the best one is looked for
_MARGIN = 1e-9  # of a score: more than rounding can move a sum of some hundred terms
_NUMBERED = np.iinfo(np.int32).max  # postings that the compiled kernel can number

Floats = NDArray[np.float64]
Ints = NDArray[np.int32]
_Kernel = Callable[[Floats, Sequence["Postings"]], None]


class Field:
    """
    The columns of all terms of one field.

    Args:
        passages: Numbers of passages, rising within each column.
        scores: What a term adds to each of them before its weight, beside *passages*.
        size: Number of passages there are.

    Attributes:
        spread: Start and end of a column → what it adds to each of all passages; the last few are kept.
    """

    def __init__(self, passages: Ints, scores: Floats, size: int) -> None:
        self.passages, self.scores, self.size = passages, scores, size
        self.spread = lru_cache(_SPREAD)(partial(_spread_out, passages, scores, size))


class Postings(NamedTuple):
    """
    One weighted term's passages; a tuple, which is made in half the time that a dataclass takes.

    Attributes:
        field: Where its column is.
        start, end: Of the column, which is not empty.
        weight: Factor of the scores, above 0.
        bound: The most that it adds, weight included.
    """

    field: Field
    start: int
    end: int
    weight: float
    bound: float

    @property
    def passages(self) -> Ints:
        """Their numbers, rising."""
        return self.field.passages[self.start : self.end]

    @property
    def scores(self) -> Floats:
        """What the term adds to each before its weight."""
        return self.field.scores[self.start : self.end]

    @property
    def frequent(self) -> bool:
        """Whether its column is kept spread out."""
        return (self.end - self.start) * _OFTEN > self.field.size

    def look_up(self, pool: NDArray[np.int64]) -> Floats:
        """What it adds to some passages, given rising."""
        added: Floats
        if self.frequent:
            added = self.field.spread(self.start, self.end)[pool]
        else:
            passages = self.passages
            places = passages.searchsorted(pool.astype(np.int32))  # of the type of the column, or all of it would be converted
            np.minimum(places, len(passages) - 1, out=places)
            added = self.scores[places] * (passages[places] == pool)
        return self.weight * added


@dataclass(frozen=True, slots=True)
class Candidates:
    """
    Passages with their scores, best first; equal scores in the order of the corpus.

    Attributes:
        passages: Numbers, int64.
        scores: Beside *passages*; unitless, comparable within one query only.
    """

    passages: NDArray[np.int64]
    scores: NDArray[np.float64]


def top_k(postings: Sequence[Postings], size: int, k: int, allowed: NDArray[np.bool_] | None = None) -> Candidates:
    """
    Find the best passages.

    Args:
        postings: Of the terms of a query.
        size: Number of passages there are.
        k: Most passages to return, at least 1.
        allowed: Which passages may be returned, one value a passage; None for all.

    Returns:
        At most *k* passages that have any of the terms.

    Raises:
        ValueError: *k* is below 1.
    """
    if k < 1:
        raise ValueError(f"k must be at least 1, not {k}")
    sums = _Sums(size)
    scores = sums.scores
    if any(one.bound <= 0 for one in postings):
        pool = _add_up(postings, scores[:size], allowed)
        return _best(pool, scores[pool], k)
    ordered = sorted(postings, key=lambda one: (one.end - one.start) / one.bound)
    taken, spared = 0, sum(one.end - one.start for one in ordered)
    kernel = _compiled() if spared > _FEW else _add_columns
    above = sum(one.bound for one in ordered)  # what the terms that are left can add at most
    floor, worth = 0.0, size / _LOOKED_AT
    while taken < len(ordered):
        first, before = taken, spared
        while taken < len(ordered) and (
            taken == first or before - spared < worth or spared < worth or (floor and above >= floor)
        ):
            one = ordered[taken]
            spared -= one.end - one.start
            above -= one.bound
            taken += 1
        kernel(scores, ordered[first:taken])
        if allowed is not None:
            scores[:size][~allowed] = 0
        floor = sums.reached(k)
        low = floor - above * (1 + _MARGIN)
        if taken < len(ordered) and low > 0:
            pool = sums.not_below(low)
            left = ordered[taken:]
            if len(pool) * sum(_READ if one.frequent else _SEARCH for one in left) < spared:
                return _finish(left, scores[pool], pool, k)
    pool = sums.not_below(floor)
    return _best(pool, scores[pool], k)


def _spread_out(passages: Ints, scores: Floats, size: int, start: int, end: int) -> Floats:
    """Put a column's scores where they belong among those of all passages, which are 0."""
    added = np.zeros(size)
    added[passages[start:end]] = scores[start:end]
    return added


def _add_columns(scores: Floats, several: Sequence[Postings]) -> None:
    """Add the scores of some terms, times their weights."""
    # Places of the type that an array is addressed by: they would be converted in small pieces otherwise.
    places = np.concatenate([one.passages for one in several]).astype(np.int64)
    np.add.at(scores, places, np.concatenate([one.weight * one.scores for one in several]))


@cache
def _compiled() -> _Kernel:
    """
    Get a compiled `_add_columns`: scipy's product of sparse columns and a vector, added to another in place.

    It takes a fraction of the time that numpy takes. The function is no part of scipy's public interface, which has no product
    that adds in place: without it numpy does the work.
    """
    try:
        from scipy.sparse._sparsetools import csc_matvec
    except ImportError:
        return _add_columns

    def add(scores: Floats, several: Sequence[Postings]) -> None:
        of_field: dict[int, list[Postings]] = {}
        for one in several:
            of_field.setdefault(id(one.field), []).append(one)
        for own in of_field.values():
            add_columns(scores, sorted(own, key=lambda one: -one.start))

    def add_columns(scores: Floats, own: Sequence[Postings]) -> None:
        first, field = own[-1].start, own[0].field
        if own[0].end - first > _NUMBERED:
            add_columns(scores, own[: len(own) // 2])
            add_columns(scores, own[len(own) // 2 :])
            return
        # All in one call, the last column first: what lies between the end of one and the start of the next is a column, too,
        # for the kernel, and has nothing in it, as it starts behind its end.
        ends = np.array([place - first for one in own for place in (one.start, one.end)], np.int32)
        weights = np.array([one.weight for one in own for _ in ("column", "gap")])
        csc_matvec(len(scores), len(ends) - 1, ends, field.passages[first:], field.scores[first:], weights, scores)

    return add


def _finish(left: Sequence[Postings], here: Floats, pool: NDArray[np.int64], k: int) -> Candidates:
    """Look the passages of a rising pool up in the terms that are left, the weightiest first; fewer of them each time."""
    rest = sum(one.bound for one in left)
    for one in sorted(left, key=lambda one: -one.bound):
        rest -= one.bound
        here += one.look_up(pool)
        kept = here >= _floor(here, k) - rest * (1 + _MARGIN)
        pool, here = pool[kept], here[kept]
    return _best(pool, here, k)


class _Sums:
    """
    The scores of all passages so far.

    Attributes:
        scores: One a passage; those behind the last passage stay 0.
    """

    def __init__(self, size: int) -> None:
        groups = -(-size // _GROUP)
        self.scores = np.zeros(groups * _GROUP)
        self._table = self.scores.reshape(_GROUP, groups)
        self._best = self._table[0]

    def reached(self, k: int) -> float:
        """A score that k passages reach for sure, often that of the k-th best; 0 when it is not found so easily."""
        self._best = self._table.max(axis=0)
        return _floor(self._best, k)

    def not_below(self, low: float) -> NDArray[np.int64]:
        """Passages that have a score, one of *low* or above, rising; as they were when `reached` was asked."""
        if low <= 0:
            return np.flatnonzero(self.scores)
        groups = np.flatnonzero(self._best >= low)
        if len(groups) * _SCATTERED > len(self._best):
            return np.flatnonzero(self.scores >= low)
        found = np.flatnonzero(self._table[:, groups] >= low)
        rows, columns = np.divmod(found, len(groups))
        return rows * len(self._best) + groups[columns]


def _floor(scores: NDArray[np.float64], k: int) -> float:
    """A score that the k-th best reaches for sure, a little below it for the sake of rounding; 0 when there are fewer."""
    return float(np.partition(scores, len(scores) - k)[len(scores) - k]) * (1 - _MARGIN) if len(scores) >= k else 0.0


def _add_up(postings: Sequence[Postings], scores: NDArray[np.float64], allowed: NDArray[np.bool_] | None) -> NDArray[np.int64]:
    """Add everything up and find the passages with any term: in a tiny corpus a term may add nothing, or take away."""
    matched = np.zeros(len(scores), dtype=bool)
    for one in postings:
        scores[one.passages] += one.weight * one.scores
        matched[one.passages] = True
    if allowed is not None:
        matched &= allowed
    return np.flatnonzero(matched)


def _best(pool: NDArray[np.int64], here: NDArray[np.float64], k: int) -> Candidates:
    """Put the best of some passages in order; *here* are their scores."""
    if len(pool) > k:
        kept = here >= np.partition(here, len(here) - k)[len(here) - k]
        pool, here = pool[kept], here[kept]
    order = np.lexsort((pool, -here))[:k]
    return Candidates(pool[order], here[order])
