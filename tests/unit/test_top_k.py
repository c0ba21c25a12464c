"""The best passages: by hand, against scoring everything and sorting, and with less work than that."""

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.retrieval import top_k as module
from bot.retrieval.top_k import Candidates, Field, Postings, top_k


def postings(entries: dict[int, float], weight: float = 1.0, size: int = 40) -> Postings:
    """Postings of passage → score, with their exact bound."""
    passages = np.array(sorted(entries), np.int32)
    scores = np.array([entries[passage] for passage in passages.tolist()], np.float64)
    return column(passages, scores, weight, size)


def column(passages: np.ndarray, scores: np.ndarray, weight: float, size: int) -> Postings:
    """A field's only column."""
    return Postings(Field(passages, scores, size), 0, len(passages), weight, weight * float(scores.max(initial=-np.inf)))


def sorted_all(terms: list[Postings], size: int, k: int, allowed: np.ndarray | None = None) -> list[tuple[int, float]]:
    """What `top_k` has to return: every passage with any of the terms scored, sorted, and cut."""
    scores: dict[int, float] = {}
    for one in terms:
        for passage, score in zip(one.passages.tolist(), one.scores.tolist(), strict=True):
            if allowed is None or allowed[passage]:
                scores[passage] = scores.get(passage, 0.0) + one.weight * score
    assert all(passage < size for passage in scores)
    return sorted(scores.items(), key=lambda item: (-item[1], item[0]))[:k]


def pairs(found: Candidates) -> list[tuple[int, float]]:
    return list(zip(found.passages.tolist(), found.scores.tolist(), strict=True))


# Eighths add up without rounding, so that ties are ties.
EIGHTHS = st.integers(1, 40).map(lambda number: number / 8)
WEIGHTS = st.sampled_from([0.25, 0.5, 1.0, 2.0])
ENTRIES = st.dictionaries(st.integers(0, 39), EIGHTHS, min_size=1)
TERMS = st.lists(st.builds(postings, ENTRIES, WEIGHTS), max_size=8)
MASKS = st.none() | st.lists(st.booleans(), min_size=40, max_size=40).map(np.array)


def test_worked_by_hand() -> None:
    xa = postings({0: 1.0, 1: 1.0, 2: 1.0, 3: 1.0})
    cau = postings({1: 2.0, 3: 2.0}, weight=1.5)
    dai = postings({3: 0.5, 4: 4.0})
    # 0: 1; 1: 1 + 3 = 4; 2: 1; 3: 1 + 3 + 0.5 = 4.5; 4: 4; 5 has no term at all
    assert pairs(top_k([xa, cau, dai], 6, 1)) == [(3, 4.5)]
    assert pairs(top_k([xa, cau, dai], 6, 3)) == [(3, 4.5), (1, 4.0), (4, 4.0)]
    assert pairs(top_k([xa, cau, dai], 6, 99)) == [(3, 4.5), (1, 4.0), (4, 4.0), (0, 1.0), (2, 1.0)]
    without_3 = np.array([True, True, True, False, True, True])
    assert pairs(top_k([xa, cau, dai], 6, 2, without_3)) == [(1, 4.0), (4, 4.0)]


@pytest.mark.parametrize("k", [0, -1])
def test_k_is_at_least_1(k: int) -> None:
    with pytest.raises(ValueError, match="at least 1"):
        top_k([postings({0: 1.0})], 1, k)


def test_nothing_to_look_for_and_nothing_allowed() -> None:
    assert pairs(top_k([], 5, 3)) == []
    assert pairs(top_k([], 0, 3)) == []
    assert pairs(top_k([postings({0: 1.0, 4: 2.0})], 5, 3, np.zeros(5, bool))) == []
    assert pairs(top_k([postings({0: 0.0, 4: -2.0})], 5, 3, np.zeros(5, bool))) == []


def test_passages_whose_terms_add_nothing_or_take_away_are_found_too() -> None:
    assert pairs(top_k([postings({0: 0.0, 2: 0.0}), postings({2: -1.0, 3: -1.0})], 5, 9)) == [(0, 0.0), (2, -1.0), (3, -1.0)]


def equals_sorting(terms: list[Postings], k: int, allowed: np.ndarray | None) -> None:
    found = top_k(terms, 40, k, allowed)
    assert pairs(found) == sorted_all(terms, 40, k, allowed)
    assert found.passages.dtype == np.int64


@given(TERMS, st.integers(1, 45), MASKS)
def test_equals_scoring_everything_and_sorting(terms: list[Postings], k: int, allowed: np.ndarray | None) -> None:
    equals_sorting(terms, k, allowed)


@given(TERMS, st.integers(1, 8), MASKS, st.sampled_from([0, 1, 12]), st.sampled_from([2, 4, 1_000]), st.sampled_from([0, 100]))
def test_equals_it_with_pruning_from_the_first_term_on(
    terms: list[Postings], k: int, allowed: np.ndarray | None, look_up: int, often: int, scattered: int
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "_GROUP", 2)  # so that there are more groups than wanted passages
        patch.setattr(module, "_LOOKED_AT", 1_000)
        patch.setattr(module, "_SEARCH", look_up)
        patch.setattr(module, "_READ", look_up)
        patch.setattr(module, "_OFTEN", often)
        patch.setattr(module, "_SCATTERED", scattered)
        equals_sorting(terms, k, allowed)


@given(
    st.lists(st.builds(postings, st.dictionaries(st.integers(0, 39), st.integers(-3, 3).map(float), min_size=1)), max_size=6),
    st.integers(1, 45),
    MASKS,
)
def test_equals_it_where_bounds_are_zero_or_negative(terms: list[Postings], k: int, allowed: np.ndarray | None) -> None:
    # A column of BM25 is of one sign: one idf, and factors above 0.
    terms = [one for one in terms if (one.scores > 0).all() or one.bound <= 0]
    equals_sorting(terms, k, allowed)


def long_lists(seed: int, size: int, *, whole: bool) -> list[Postings]:
    """A few rare terms that add much and frequent ones that add little, in real numbers or in eighths."""
    dice = np.random.default_rng(seed)
    terms = []
    for length, most in ((30, 9.0), (300, 6.0), (size // 4, 1.0), (size // 2, 0.5), (size - 1, 0.25)):
        passages = np.sort(dice.choice(size, length, replace=False)).astype(np.int32)
        scores = dice.uniform(0.1, 1.0, length) * most
        if whole:
            scores = np.ceil(scores * 8) / 8
        weight = float(dice.choice([0.5, 1.0, 2.0]))
        terms.append(column(passages, scores, weight, size))
    return terms


class Spy:
    """Counts the postings that are added up; the others are at most looked up in."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.added = 0
        kernels = module._compiled(), module._add_columns

        def counting(add: Callable[[np.ndarray, list[Postings]], None]) -> Callable[[np.ndarray, list[Postings]], None]:
            def count_added(scores: np.ndarray, several: list[Postings]) -> None:
                self.added += sum(len(one.passages) for one in several)
                add(scores, several)

            return count_added

        compiled, plain = map(counting, kernels)
        patch.setattr(module, "_compiled", lambda: compiled)
        patch.setattr(module, "_add_columns", plain)


@pytest.mark.parametrize("limited", [False, True])
@pytest.mark.parametrize("k", [1, 5, 20])
@pytest.mark.parametrize("seed", range(6))
def test_long_lists_are_pruned_and_nothing_is_missed(monkeypatch: pytest.MonkeyPatch, seed: int, k: int, limited: bool) -> None:
    size = 40_000
    terms = long_lists(seed, size, whole=True)
    allowed = np.random.default_rng(seed).random(size) < 0.8 if limited else None
    monkeypatch.setattr(module, "_LOOKED_AT", 10)  # so that an archive as small as this is worth pruning in
    spy = Spy(monkeypatch)
    assert pairs(top_k(terms, size, k, allowed)) == sorted_all(terms, size, k, allowed)
    assert spy.added <= sum(len(one.passages) for one in terms) - size // 2  # without one of the two longest at least


@pytest.mark.parametrize("seed", range(6))
def test_rounding_does_not_change_which_passages_are_best(monkeypatch: pytest.MonkeyPatch, seed: int) -> None:
    monkeypatch.setattr(module, "_LOOKED_AT", 1_000)
    monkeypatch.setattr(module, "_SEARCH", 2)
    monkeypatch.setattr(module, "_READ", 2)
    terms = long_lists(seed, 5_000, whole=False)
    for k in (1, 3, 10, 100, 4_999, 6_000):
        wanted = sorted_all(terms, 5_000, k)
        found = top_k(terms, 5_000, k)
        assert found.passages.tolist() == [passage for passage, _ in wanted]
        np.testing.assert_allclose(found.scores, [score for _, score in wanted], rtol=1e-12)


def test_a_tie_at_the_edge_is_broken_by_passage_number_under_pruning(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_LOOKED_AT", 1_000)
    monkeypatch.setattr(module, "_SEARCH", 2)
    monkeypatch.setattr(module, "_READ", 2)
    spy = Spy(monkeypatch)
    rare = postings(dict.fromkeys(range(100, 130), 4.0), size=6_400)
    frequent = postings(dict.fromkeys(range(6_400), 1.0), size=6_400)
    assert pairs(top_k([frequent, rare], 6_400, 3)) == [(100, 5.0), (101, 5.0), (102, 5.0)]
    assert spy.added == 30


def test_short_lists_are_added_up_without_further_ado(monkeypatch: pytest.MonkeyPatch) -> None:
    spy = Spy(monkeypatch)
    top_k([postings({0: 9.0}), postings({1: 1.0, 2: 1.0})], 3, 1)
    assert spy.added == 3
