"""Articles of any characters: numeric terms stay those of the analyzer, and everything survives the disk."""

import tempfile
from pathlib import Path

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from written import written_index, written_terms

from bot.corpus.passages import split_passages
from bot.language.abbreviations import learn_definitions
from bot.language.analyzer import analyze, name_terms, passage_terms
from bot.language.normalize import clean_text
from bot.language.reading import load_tables
from bot.model import Article, Paragraph
from bot.retrieval.index import build_index
from bot.retrieval.index_file import Manifest, open_build, open_index, save_index
from bot.retrieval.okapi import PostingsOkapi

TABLES = load_tables()
WORDS = st.one_of(
    st.sampled_from("xã Tân Lập đảng viên Đảng ủy UBND huyện Phú, ngày 9-3-2021 quý II 05-NQ/TU (NQ) nghị quyết".split()),
    st.sampled_from(["xã Tân Lập", "thành phố Đồng Phú", "İ", "ǅ", "ß", "ΑΣ", "ς", "１２", "²", "Ⅻ", "ậ\u0309", "\u0301"]),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=5),
)  # fmt: skip
TEXTS = st.lists(WORDS, min_size=1, max_size=20).map(" ".join).map(clean_text).filter(bool)
ARTICLES = st.builds(
    lambda title, lead, texts: Article(
        "", title, lead=lead, paragraphs=tuple(Paragraph(number, text) for number, text in enumerate(texts, start=2))
    ),
    TEXTS,
    st.none() | TEXTS,
    st.lists(TEXTS, max_size=3),
)


@settings(max_examples=30)
@given(st.lists(ARTICLES, min_size=1, max_size=3))
def test_terms_and_disk(articles: list[Article]) -> None:
    passages = [split_passages(article) for article in articles]
    build = build_index(articles, passages, TABLES.abbreviations)
    corpus, names = [], []
    for own in passages:
        definitions = learn_definitions([passage.text for passage in own])
        corpus += [passage_terms(analyze(one.text, TABLES.abbreviations, definitions), one.names) for one in own]
        names += [name_terms(one.names) for one in own]
    with tempfile.TemporaryDirectory() as place:
        save_index(build, TABLES, Manifest("r", {}), Path(place))
        opened, _ = open_index(Path(place))
        again = open_build(Path(place))
        collection, terminology = again.collection, again.terminology
        assert written_index(opened) == written_index(build.index)
        assert list(terminology.lexicon.forms) == list(build.terminology.lexicon.forms)
        assert len(collection) == len(articles)
        for index in (build.index, opened):
            for ours, theirs in ((index.okapi, PostingsOkapi(corpus)), (index.names, PostingsOkapi(names, b=0.0))):
                assert sorted(written_terms(ours)) == sorted(theirs.vocabulary)
                for term in theirs.vocabulary:
                    for one, other in zip(ours.column(term), theirs.column(term), strict=True):
                        np.testing.assert_array_equal(one, other)
