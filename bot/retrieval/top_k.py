"""
The best passages for weighted terms, without looking at every posting and without missing one.

MaxScore (Turtle and Flood 1995), a term at a time: terms are taken by how much they can add at most. As soon as those that
are left cannot lift a passage that has none so far into the best k, only passages that are still in the running are looked
up in them. Pruning leaves a margin for rounding, so that the outcome is that of scoring everything.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

_SHORT = 2048  # postings that are added up sooner than anything is worked out about them
_LOOK_UP = 12  # a look-up in a sorted column costs as much as adding this many of its postings
_MARGIN = 1e-9  # of a score: more than rounding can move a sum of some hundred terms


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
    left = [0.0]
    for one in reversed(ordered):
        left.append(left[-1] + one.bound)
    left.reverse()
    reached: list[NDArray[np.int32]] = []
    count, most, floor, taken = 0, 0.0, 0.0, 0
    for one in ordered:
        if count >= k and len(one.passages) > _SHORT and left[taken] < most:
            floor = _floor(scores[np.concatenate(reached)], k)
            if left[taken] < floor:
                break
        reached.append(_add(one, scores, allowed))
        count += len(reached[-1])
        most += one.bound
        taken += 1
    pool = np.concatenate(reached) if reached else np.empty(0, np.int32)
    if taken < len(ordered):
        pool = np.sort(pool[scores[pool] >= floor - left[taken] * (1 + _MARGIN)])
    for at, one in enumerate(ordered[taken:], start=taken + 1):
        _look_up(one, scores, pool)
        here = scores[pool]
        pool = pool[here >= _floor(here, k) - left[at] * (1 + _MARGIN)]
    return _best(pool, scores, k)


def _add(one: Postings, scores: NDArray[np.float64], allowed: NDArray[np.bool_] | None) -> NDArray[np.int32]:
    """Add the scores of a term; return the passages that had none before."""
    passages, added = one.passages, one.scores
    if allowed is not None:
        kept = allowed[passages]
        passages, added = passages[kept], added[kept]
    before = scores[passages]
    scores[passages] = before + one.weight * added
    fresh: NDArray[np.int32] = passages[before == 0]
    return fresh


def _look_up(one: Postings, scores: NDArray[np.float64], pool: NDArray[np.int32]) -> None:
    """Add the scores of a term to the passages of a rising pool; what happens to others does not matter any more."""
    if len(one.passages) <= _LOOK_UP * len(pool):
        scores[one.passages] += one.weight * one.scores
        return
    places = np.searchsorted(one.passages, pool)
    places[places == len(one.passages)] = 0
    has = one.passages[places] == pool
    scores[pool[has]] += one.weight * one.scores[places[has]]


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


def _best(pool: NDArray[np.integer[Any]], scores: NDArray[np.float64], k: int) -> Candidates:
    here = scores[pool]
    if len(pool) > k:
        kept = here >= np.partition(here, len(here) - k)[len(here) - k]
        pool, here = pool[kept], here[kept]
    order = np.lexsort((pool, -here))[:k]
    return Candidates(pool[order].astype(np.int64), here[order])
