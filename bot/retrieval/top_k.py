"""
The best passages for weighted terms, without looking at every posting and without missing one.

MaxScore (Turtle and Flood 1995): terms that add much for few postings are added up first, many at once. As soon as those
that are left cannot lift a passage that has none so far into the best k, only passages that are still in the running are
looked up in them. Pruning leaves a margin for rounding, so that the outcome is that of scoring everything.

Nothing is sorted or partitioned that is as long as the corpus: the k-th largest of many groups' maxima is a score that k
passages reach, and few passages reach it.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

_FEW = 20_000  # postings of a query that are added up without the compiled kernel, which takes longer to load
_SHORT = 1024  # postings that are copied together sooner than they are added up each for themselves
_LOOKED_AT = 1  # passages whose scores are looked at in the time in which one posting is added up
_LOOK_UP = 40  # a look-up in a sorted column costs as much as adding this many of its postings
_GROUP = 128  # passages of which the best one is looked for
_MARGIN = 1e-9  # of a score: more than rounding can move a sum of some hundred terms


_Kernel = Callable[[NDArray[np.float64], NDArray[np.int32], NDArray[np.int32], NDArray[np.float64], NDArray[np.float64]], None]


class Postings(NamedTuple):
    """
    One weighted term's passages; a tuple, which is made in half the time that a dataclass takes.

    Attributes:
        passages: Their numbers, rising, int32.
        scores: What the term adds to each before its weight.
        weight: Factor of the scores, above 0.
        bound: The most that it adds, weight included.
    """

    passages: NDArray[np.int32]
    scores: NDArray[np.float64]
    weight: float
    bound: float


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
    groups = -(-size // _GROUP)
    scores = np.zeros(groups * _GROUP)  # those behind the last passage stay 0
    if any(one.bound <= 0 for one in postings):
        pool = _add_up(postings, scores[:size], allowed)
        return _best(pool, scores[pool], k)
    ordered = sorted(postings, key=lambda one: len(one.passages) / one.bound)
    taken, spared = 0, sum(len(one.passages) for one in ordered)
    kernel = _compiled() if spared > _FEW else _add_columns
    above = sum(one.bound for one in ordered)  # what the terms that are left can add at most
    floor, worth = 0.0, size / _LOOKED_AT
    while taken < len(ordered):
        first, before = taken, spared
        while taken < len(ordered) and (
            taken == first or before - spared < worth or spared < worth or (floor and above >= floor)
        ):
            spared -= len(ordered[taken].passages)
            above -= ordered[taken].bound
            taken += 1
        _add(ordered[first:taken], scores, kernel)
        if allowed is not None:
            scores[:size][~allowed] = 0
        floor = _reached(scores, k)
        low = floor - above * (1 + _MARGIN)
        if taken < len(ordered) and low > 0:
            pool = np.flatnonzero(scores >= low)
            if len(pool) * _LOOK_UP * (len(ordered) - taken) < spared:
                return _finish(ordered[taken:], scores, pool, k, kernel)
    pool = np.flatnonzero(scores >= floor if floor > 0 else scores > 0)
    return _best(pool, scores[pool], k)


def _add(several: Sequence[Postings], scores: NDArray[np.float64], kernel: _Kernel) -> None:
    """Add the scores of some terms: those of short columns in one go, then those of long ones."""
    short = [one for one in several if len(one.passages) <= _SHORT]
    if short:
        passages, added = [one.passages for one in short], [one.scores for one in short]
        ends = np.cumsum([0, *map(len, passages)], dtype=np.int32)
        kernel(scores, ends, np.concatenate(passages), np.concatenate(added), np.array([one.weight for one in short]))
    for one in several:
        if len(one.passages) > _SHORT:
            ends = np.array((0, len(one.passages)), np.int32)
            kernel(scores, ends, one.passages, one.scores, np.array((one.weight,)))


def _add_columns(
    scores: NDArray[np.float64],
    ends: NDArray[np.int32],
    passages: NDArray[np.int32],
    added: NDArray[np.float64],
    weights: NDArray[np.float64],
) -> None:
    """Add columns, one after another in *passages* and *added*, each times its weight."""
    # Places of the type that an array is addressed by: they would be converted in small pieces otherwise.
    np.add.at(scores, passages.astype(np.int64), added * np.repeat(weights, np.diff(ends)))


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
    return lambda scores, ends, passages, added, weights: csc_matvec(
        len(scores), len(weights), ends, passages, added, weights, scores
    )


def _finish(
    left: Sequence[Postings], scores: NDArray[np.float64], pool: NDArray[np.int64], k: int, kernel: _Kernel
) -> Candidates:
    """Look the passages of a rising pool up in the terms that are left, the weightiest first; fewer of them each time."""
    here = scores[pool]
    rest = sum(one.bound for one in left)
    for one in sorted(left, key=lambda one: -one.bound):
        rest -= one.bound
        if len(one.passages) <= _LOOK_UP * len(pool):
            scores[pool] = here
            _add([one], scores, kernel)
            here = scores[pool]
        else:
            # Of the type of the column, or all of it would be converted.
            places = one.passages.searchsorted(pool.astype(np.int32))
            np.minimum(places, len(one.passages) - 1, out=places)
            added = one.scores[places] * (one.passages[places] == pool)
            here += added if one.weight == 1 else one.weight * added
        kept = here >= _floor(here, k) - rest * (1 + _MARGIN)
        pool, here = pool[kept], here[kept]
    return _best(pool, here, k)


def _reached(scores: NDArray[np.float64], k: int) -> float:
    """A score that k passages reach for sure, often that of the k-th best; 0 when it is not found so easily."""
    groups = len(scores) // _GROUP
    if groups < k:
        return 0.0
    best = scores.reshape(_GROUP, groups).max(axis=0)
    return float(np.partition(best, groups - k)[groups - k]) * (1 - _MARGIN)


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
