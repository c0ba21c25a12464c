"""
The best passages for weighted terms, without looking at every posting and without missing one.

MaxScore (Turtle and Flood 1995), a term at a time: terms are taken by how much they can add at most. As soon as those that
are left cannot lift a passage that has none so far into the best k, only passages that are still in the running are looked
up in them. Pruning leaves a margin for rounding, so that the outcome is that of scoring everything.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

_FEW = 20_000  # postings of a query that are added up without a compiled kernel, which takes longer to load
_LONG = 4096  # postings that take longer to add than to find out whether they have to be
_LOOK_UP = 40  # a look-up in a sorted column costs as much as adding this many of its postings
_BLOCK = 64  # passages of which the best one stands for all in the estimate of the k-th best score
_SHARE = 0.3  # of the floor that the terms left over may reach: below it, few passages are in the running
_SMALL = 4096  # passages of which the k-th best score is worked out exactly
_MARGIN = 1e-9  # of a score: more than rounding can move a sum of some hundred terms

_Add = Callable[["Postings", NDArray[np.float64]], None]


@dataclass(frozen=True, slots=True)
class Postings:
    """
    One weighted term's passages.

    Attributes:
        passages: Their numbers, rising, int32.
        scores: What the term adds to each before its weight; where *bound* is above 0, all of them are.
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
    ordered = sorted(postings, key=lambda one: (-one.bound, len(one.passages)))
    scores = np.zeros(size)
    if any(one.bound <= 0 for one in ordered):
        return _best(_add_up(ordered, scores, allowed), scores, k)
    add = _compiled_add() if sum(len(one.passages) for one in ordered) > _FEW else _add
    left = [0.0]
    for one in reversed(ordered):
        left.append(left[-1] + one.bound)
    left.reverse()
    # The floor is worked out only where it may have risen far enough since: by no more than was added.
    floor, risen, taken = 0.0, 0.0, 0
    for one in ordered:
        if len(one.passages) > _LONG and left[taken] < _SHARE * (floor + risen):
            floor, risen = _low_floor(_kept(scores, allowed), k), 0.0
            if left[taken] < _SHARE * floor:
                break
        add(one, scores)
        risen += one.bound
        taken += 1
    scores = _kept(scores, allowed)
    if taken == len(ordered):
        floor = _low_floor(scores, k)
    pool = np.flatnonzero(scores >= floor - left[taken] * (1 + _MARGIN)) if floor > 0 else np.flatnonzero(scores)
    for at, one in enumerate(ordered[taken:], start=taken + 1):
        if len(one.passages) <= _LOOK_UP * len(pool):
            add(one, scores)  # what it does to passages out of the running does not matter any more
        else:
            _look_up(one, scores, pool)
        here = scores[pool]
        if len(pool) <= _SMALL:
            floor = _floor(here, k)
        pool = pool[here >= floor - left[at] * (1 + _MARGIN)]
    return _best(pool, scores, k)


def _add(one: Postings, scores: NDArray[np.float64]) -> None:
    """Add the scores of a term."""
    scores[one.passages] += one.weight * one.scores


@cache
def _compiled_add() -> _Add:
    """
    Get a compiled `_add`: scipy's product of a sparse column and a number, added to a vector in place.

    It takes a seventh of the time that numpy takes for a gather, a sum and a scatter. The function is not part of scipy's
    public interface, which has no product that adds in place: without it numpy does the work.
    """
    try:
        from scipy.sparse._sparsetools import csc_matvec
    except ImportError:
        return _add

    def add(one: Postings, scores: NDArray[np.float64]) -> None:
        ends = np.array((0, len(one.passages)), np.int32)
        csc_matvec(len(scores), 1, ends, one.passages, one.scores, np.array((one.weight,)), scores)

    return add


def _kept(scores: NDArray[np.float64], allowed: NDArray[np.bool_] | None) -> NDArray[np.float64]:
    return scores if allowed is None else np.where(allowed, scores, 0.0)


def _look_up(one: Postings, scores: NDArray[np.float64], pool: NDArray[np.int64]) -> None:
    """Add the scores of a term to the passages of a rising pool."""
    places = np.searchsorted(one.passages, pool.astype(np.int32))
    places[places == len(one.passages)] = 0
    has = one.passages[places] == pool
    scores[pool[has]] += one.weight * one.scores[places[has]]


def _floor(scores: NDArray[np.float64], k: int) -> float:
    """A score that the k-th best reaches for sure, a little below it for the sake of rounding; 0 when there are fewer."""
    return float(np.partition(scores, len(scores) - k)[len(scores) - k]) * (1 - _MARGIN) if len(scores) >= k else 0.0


def _low_floor(scores: NDArray[np.float64], k: int) -> float:
    """A score that the k-th best reaches for sure, from the best of each block: as many blocks have one as good."""
    whole = len(scores) // _BLOCK * _BLOCK
    if whole < k * _BLOCK:
        return _floor(scores, k)
    # A block is every so many-th passage: those of one article, which are good together, are in different ones.
    return _floor(scores[:whole].reshape(_BLOCK, -1).max(axis=0), k)


def _add_up(postings: Sequence[Postings], scores: NDArray[np.float64], allowed: NDArray[np.bool_] | None) -> NDArray[np.int64]:
    """Add everything up and find the passages with any term: in a tiny corpus a term may add nothing, or take away."""
    matched = np.zeros(len(scores), dtype=bool)
    for one in postings:
        scores[one.passages] += one.weight * one.scores
        matched[one.passages] = True
    if allowed is not None:
        matched &= allowed
    return np.flatnonzero(matched)


def _best(pool: NDArray[np.integer[Any]], scores: NDArray[np.float64], k: int) -> Candidates:
    here = scores[pool]
    if len(pool) > k:
        kept = here >= np.partition(here, len(here) - k)[len(here) - k]
        pool, here = pool[kept], here[kept]
    order = np.lexsort((pool, -here))[:k]
    return Candidates(pool[order].astype(np.int64), here[order])
