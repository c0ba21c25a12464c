"""Terms as numbers are the terms as written: the index scores as BM25 over the analyzer's own lists of terms does."""

import json
import random
from pathlib import Path

import numpy as np
import pytest
from folders import build_folder
from rank_bm25 import BM25Okapi
from written import written_terms

from bot.answering.engine import Engine
from bot.language.abbreviations import learn_definitions
from bot.language.analyzer import analyze, name_terms, passage_terms
from bot.language.reading import load_tables, read_question
from bot.model import Passage
from bot.retrieval.index import Index
from bot.retrieval.okapi import PostingsOkapi
from bot.retrieval.query import build_query
from bot.retrieval.top_k import top_k
from bot.retrieval.weights import DEFAULT

TABLES = load_tables()
GOLD = Path(__file__).parent.parent / "gold"


def terms_of(passages: list[Passage]) -> list[list[str]]:
    """The terms of each passage, from the analyzer alone."""
    found = []
    for file in dict.fromkeys(passage.file for passage in passages):
        own = [passage for passage in passages if passage.file == file]
        definitions = learn_definitions([passage.text for passage in own])
        found += [passage_terms(analyze(one.text, TABLES.abbreviations, definitions), one.names) for one in own]
    return found


@pytest.fixture(scope="module", params=["seeds", "layouts", "repeated"])
def index(request: pytest.FixtureRequest, seeds: Path, tmp_path_factory: pytest.TempPathFactory) -> Index:
    if request.param == "layouts":
        return build_folder(Path(__file__).parent.parent / "layouts", TABLES.abbreviations).index
    if request.param == "seeds":
        return build_folder(seeds, TABLES.abbreviations).index
    # The same article again and again: every score is a tie.
    folder = tmp_path_factory.mktemp("bai")
    text = (seeds / "004_f78f6ee8ae16f3f1.txt").read_text("utf-8")
    for number in range(3):
        (folder / f"{number}.txt").write_text(text, "utf-8")
    return build_folder(folder, TABLES.abbreviations).index


@pytest.fixture(scope="module")
def corpus(index: Index) -> list[list[str]]:
    return terms_of(list(index.passages))


@pytest.fixture(scope="module")
def names(index: Index) -> list[list[str]]:
    return [name_terms(passage.names) for passage in index.passages]


def test_every_term_of_every_passage_is_known_and_no_other(
    index: Index, corpus: list[list[str]], names: list[list[str]]
) -> None:
    assert sorted(written_terms(index.okapi)) == sorted(set().union(*corpus))
    assert sorted(written_terms(index.names)) == sorted(set().union(*names))
    assert list(index.okapi.doc_len) == list(map(len, corpus))
    assert list(index.names.doc_len) == list(map(len, names))


def test_each_term_scores_exactly_as_from_written_terms(index: Index, corpus: list[list[str]], names: list[list[str]]) -> None:
    for ours, theirs in ((index.okapi, PostingsOkapi(corpus)), (index.names, PostingsOkapi(names, b=0.0))):
        assert ours.parameters == theirs.parameters
        assert len(theirs.vocabulary) > 5
        for term in theirs.vocabulary:
            for one, other in zip(ours.column(term), theirs.column(term), strict=True):
                np.testing.assert_array_equal(one, other)


def test_random_queries_score_exactly_as_from_written_terms(index: Index, corpus: list[list[str]]) -> None:
    theirs = PostingsOkapi(corpus)
    dice = random.Random(4)  # noqa: S311
    terms = [*theirs.vocabulary, "không có", "~khong co", "xyz", "xyz_abc", "x_y_z", "~"]
    for _ in range(300):
        query = dice.choices(terms, k=dice.randint(1, 30))
        np.testing.assert_array_equal(index.okapi.get_scores(query), theirs.get_scores(query))


def test_equals_rank_bm25_itself(index: Index, corpus: list[list[str]]) -> None:
    theirs = BM25Okapi(corpus)
    assert index.okapi.average_idf == pytest.approx(theirs.average_idf, rel=1e-9, abs=1e-12)
    assert index.okapi.avgdl == theirs.avgdl
    dice = random.Random(5)  # noqa: S311
    for _ in range(60):
        query = dice.choices(list(theirs.idf), k=dice.randint(1, 20))
        ours, wanted = index.okapi.get_scores(query), theirs.get_scores(query)
        np.testing.assert_allclose(ours, wanted, rtol=1e-6, atol=1e-9)
        best = top_k(index.okapi.postings(dict.fromkeys(query, 1.0)), len(corpus), len(corpus))
        np.testing.assert_allclose(
            best.scores, theirs.get_scores(list(dict.fromkeys(query)))[best.passages], rtol=1e-6, atol=1e-9
        )


def test_the_best_for_gold_questions_are_those_of_scoring_everything(seeds_engine: Engine) -> None:
    index = seeds_engine.index
    corpus = terms_of(list(index.passages))
    theirs = PostingsOkapi(corpus)
    questions = [json.loads(line)["question"] for line in (GOLD / "seeds_dev.jsonl").read_text("utf-8").splitlines()]
    for question in questions:
        weights = build_query(read_question(question, index, TABLES), index, DEFAULT).terms
        scores = np.zeros(len(corpus))
        for term, weight in weights.items():
            scores += weight * theirs.get_scores([term])
        found = top_k(index.okapi.postings(weights), len(corpus), 10)
        wanted = np.lexsort((np.arange(len(corpus)), -np.round(scores, 9)))[: len(found.passages)]
        np.testing.assert_allclose(found.scores, scores[wanted], rtol=1e-9)
        matched = {at for at, terms in enumerate(corpus) if not weights.keys().isdisjoint(terms)}
        assert set(found.passages.tolist()) <= matched
        assert len(found.passages) == min(10, len(matched))
