"""BM25 by hand, and against rank_bm25 itself."""

import math
from dataclasses import fields

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rank_bm25 import BM25Okapi

from bot.answering.engine import Engine
from bot.language.analyzer import analyze, passage_terms
from bot.retrieval import okapi
from bot.retrieval import top_k as module
from bot.retrieval.okapi import Columns, Parameters, PostingsOkapi
from bot.retrieval.top_k import top_k

FOUR = [
    ["cầu", "mới", "dài"],
    ["cầu", "cũ"],
    ["lớp", "học", "mới"],
    ["thư", "viện", "xã", "lớn"],
]
CORPORA = st.lists(st.lists(st.sampled_from("abcdefg"), max_size=8), min_size=1, max_size=8).filter(any)


def test_scores_worked_by_hand() -> None:
    okapi = PostingsOkapi(FOUR)
    # 4 passages of 12 terms: avgdl = 3. "dài" and "cũ" are each in one passage:
    #   idf = ln(4 - 1 + 0.5) - ln(1 + 0.5) = ln(7/3) = 0.8473
    idf = math.log(7 / 3)
    # "dài" in a passage of 3 terms: 1 * 2.5 / (1 + 1.5 * (0.25 + 0.75 * 3/3)) = 2.5 / 2.5 = 1
    assert okapi.get_scores(["dài"]) == pytest.approx([idf, 0, 0, 0])
    # "cũ" in one of 2 terms: 2.5 / (1 + 1.5 * (0.25 + 0.75 * 2/3)) = 2.5 / 2.125
    assert okapi.get_scores(["cũ"]) == pytest.approx([0, idf * 2.5 / 2.125, 0, 0])
    # "cầu" is in half of the passages: idf = ln(2.5) - ln(2.5) = 0
    assert okapi.get_scores(["cầu"]) == pytest.approx([0, 0, 0, 0])


def test_a_repeated_query_term_counts_again_and_an_unknown_one_not_at_all() -> None:
    okapi = PostingsOkapi(FOUR)
    assert okapi.get_scores(["dài", "dài", "xe"]) == pytest.approx(2 * okapi.get_scores(["dài"]))


@given(CORPORA, st.lists(st.sampled_from("abcdefghi"), max_size=6))
def test_equals_rank_bm25(corpus: list[list[str]], query: list[str]) -> None:
    ours, theirs = PostingsOkapi(corpus), BM25Okapi(corpus)
    assert ours.idf == pytest.approx(theirs.idf, abs=1e-9)
    assert ours.average_idf == pytest.approx(theirs.average_idf, abs=1e-9)
    np.testing.assert_allclose(ours.get_scores(query), theirs.get_scores(query), rtol=1e-6, atol=1e-12)
    assert (ours.corpus_size, ours.avgdl, list(ours.doc_len)) == (theirs.corpus_size, theirs.avgdl, theirs.doc_len)


@given(
    CORPORA, st.floats(0.1, 3), st.floats(0, 0.99), st.floats(0, 1)
)  # at b=1 rank_bm25 divides 0 by 0 for a text without words
def test_equals_rank_bm25_under_any_parameters(corpus: list[list[str]], k1: float, b: float, epsilon: float) -> None:
    query = list("abcdefg")
    ours = PostingsOkapi(corpus, k1, b, epsilon).get_scores(query)
    np.testing.assert_allclose(ours, BM25Okapi(corpus, None, k1, b, epsilon).get_scores(query), rtol=0, atol=1e-9)


def test_equals_rank_bm25_on_the_terms_of_the_seeds(seeds_engine: Engine) -> None:
    index, abbreviations = seeds_engine.index, seeds_engine.tables.abbreviations
    corpus = [passage_terms(analyze(passage.text, abbreviations), passage.names) for passage in index.passages]
    ours, theirs = PostingsOkapi(corpus), BM25Okapi(corpus)
    assert ours.idf == pytest.approx(theirs.idf, rel=1e-9)
    assert ours.average_idf == pytest.approx(theirs.average_idf, rel=1e-9)
    names = list(range(len(corpus)))
    for query in (*corpus, ["đảng", "viên", "~dang", "144"]):
        scores = theirs.get_scores(query)
        np.testing.assert_allclose(ours.get_scores(query), scores, rtol=1e-6, atol=1e-12)
        assert scores[ours.get_top_n(query, names, n=5)] == pytest.approx(scores[theirs.get_top_n(query, names, n=5)])
        assert ours.get_top_n(query, names, n=1) == theirs.get_top_n(query, names, n=1)


@given(CORPORA, st.lists(st.sampled_from("abcdefg"), max_size=6))
def test_batch_scores_and_top_n_equal_rank_bm25(corpus: list[list[str]], query: list[str]) -> None:
    ours, theirs = PostingsOkapi(corpus), BM25Okapi(corpus)
    ids = list(range(len(corpus)))[::-1]
    assert ours.get_batch_scores(query, ids) == pytest.approx(theirs.get_batch_scores(query, ids), abs=1e-9)
    scores = theirs.get_scores(query)
    top = ours.get_top_n(query, ids[::-1], n=3)
    assert scores[top] == pytest.approx(sorted(scores, reverse=True)[:3], abs=1e-9)


@given(CORPORA, st.integers(1, 5), st.integers(1, 9))
def test_columns_and_bounds_are_the_same_whatever_is_worked_out_in_one_go(
    corpus: list[list[str]], at_once: int, more: int
) -> None:
    whole = PostingsOkapi(corpus)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(okapi, "_AT_ONCE", at_once)
        parts = PostingsOkapi(corpus)
        patch.setattr(okapi, "_AT_ONCE", at_once + more)
        others = PostingsOkapi(corpus)
    for built in (parts, others):
        for field in fields(Columns):
            np.testing.assert_array_equal(getattr(built.columns, field.name), getattr(whole.columns, field.name), strict=True)
    for term in whole.vocabulary:
        assert whole.columns.bounds[whole.vocabulary[term]] == max(whole.column(term)[1])


WEIGHTS = st.dictionaries(st.sampled_from("abcdefghi"), st.sampled_from([0.25, 0.5, 1.0, 2.0]))


@given(CORPORA, WEIGHTS, st.integers(1, 9))
def test_the_best_of_weighted_terms_are_those_of_rank_bm25(corpus: list[list[str]], weights: dict[str, float], k: int) -> None:
    finds_the_best(corpus, weights, k)


@given(CORPORA, WEIGHTS, st.integers(1, 9), st.sampled_from([8, 12, 1_000]))
def test_the_compiled_kernel_adds_up_the_same(
    corpus: list[list[str]], weights: dict[str, float], k: int, numbered: int
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "_FEW", 0)
        patch.setattr(module, "_NUMBERED", numbered)  # no column is longer than 8
        finds_the_best(corpus, weights, k)


def finds_the_best(corpus: list[list[str]], weights: dict[str, float], k: int) -> None:
    ours, theirs = PostingsOkapi(corpus), BM25Okapi(corpus)
    scores = sum((weight * theirs.get_scores([term]) for term, weight in weights.items()), np.zeros(len(corpus)))
    matched = [number for number, terms in enumerate(corpus) if not weights.keys().isdisjoint(terms)]
    found = top_k(ours.postings(weights), len(corpus), k)
    assert set(found.passages.tolist()) <= set(matched)
    np.testing.assert_allclose(found.scores, scores[found.passages], rtol=1e-6, atol=1e-9)
    np.testing.assert_allclose(found.scores, sorted(scores[matched], reverse=True)[:k], rtol=1e-6, atol=1e-9)


def test_top_n_and_batch_worked_by_hand() -> None:
    okapi = PostingsOkapi(FOUR)
    assert okapi.get_top_n(["cũ", "dài"], ["P0", "P1", "P2", "P3"], n=2) == ["P1", "P0"]
    assert okapi.get_batch_scores(["dài"], [2, 0]) == pytest.approx([0, math.log(7 / 3)])


@pytest.mark.parametrize("corpus", [[], [[]], [[], []]])
def test_an_empty_corpus_finds_nothing(corpus: list[list[str]]) -> None:
    okapi = PostingsOkapi(corpus)
    assert okapi.get_scores(["a"]).tolist() == [0.0] * len(corpus)
    assert okapi.frequency("a") == 0
    assert okapi.get_top_n(["a"], corpus, n=3) == corpus


def test_identical_passages_have_negative_scores_and_are_matched_all_the_same() -> None:
    okapi = PostingsOkapi([["a"], ["a"]])
    # idf = ln(0.5) - ln(2.5) = -1.609, floored to epsilon * average idf = 0.25 * -1.609; length = avgdl, so tf part = 1
    assert okapi.get_scores(["a"]) == pytest.approx([0.25 * math.log(0.2)] * 2)
    found = top_k(okapi.postings({"a": 2.0, "b": 1.0}), okapi.corpus_size, 3)
    assert found.passages.tolist() == [0, 1]
    assert found.scores == pytest.approx([0.5 * math.log(0.2)] * 2)


def test_weighted_postings_leave_passages_without_the_term_alone() -> None:
    okapi = PostingsOkapi(FOUR)
    (dai,) = okapi.postings({"dài": 3.0, "xe": 1.0, "mới": 0.0})  # an unknown term and one without weight add nothing
    assert (dai.passages.tolist(), dai.weight) == ([0], 3.0)
    assert dai.bound == pytest.approx(3 * math.log(7 / 3))
    found = top_k([dai], okapi.corpus_size, 4)
    assert found.passages.tolist() == [0]
    assert found.scores == pytest.approx([3 * math.log(7 / 3)])


@given(CORPORA)
def test_shares_add_up_to_the_score(corpus: list[list[str]]) -> None:
    okapi = PostingsOkapi(corpus)
    scores = okapi.get_scores("abcdefg")
    for passage in range(len(corpus)):
        assert sum(okapi.share(term, passage) for term in "abcdefg") == pytest.approx(scores[passage], abs=1e-9)


def test_share_of_a_term_that_the_passage_lacks_is_nothing() -> None:
    okapi = PostingsOkapi(FOUR)
    assert okapi.share("dài", 1) == 0
    assert okapi.share("xe", 0) == 0


def test_frequency_and_column() -> None:
    okapi = PostingsOkapi([["a", "b", "a"], [], ["a"]])
    passages, scores = okapi.column("a")
    assert passages.tolist() == [0, 2]
    assert len(scores) == 2
    assert (okapi.frequency("a"), okapi.frequency("b"), okapi.frequency("z")) == (2, 1, 0)


@given(CORPORA, st.lists(st.sampled_from("abcdefghi"), max_size=6))
def test_restored_from_its_parts_it_scores_alike(corpus: list[list[str]], query: list[str]) -> None:
    built = PostingsOkapi(corpus, b=0.5)
    restored = PostingsOkapi.restore(
        built.vocabulary,
        lengths=built.doc_len,
        columns=built.columns,
        parameters=Parameters(built.k1, 0.5, 0.25, built.average_idf, built.avgdl),
    )
    assert restored.parameters == built.parameters
    assert restored.get_scores(query).tolist() == built.get_scores(query).tolist()
    assert restored.corpus_size == len(corpus)
    assert [restored.frequency(term) for term in "abc"] == [built.frequency(term) for term in "abc"]
