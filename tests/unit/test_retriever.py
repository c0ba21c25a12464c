"""Stage one limited to an article, a newspaper or a span of dates."""

from datetime import date

import numpy as np
import pytest

from bot.answering.engine import Engine
from bot.model import Scope
from bot.retrieval.query import build_query
from bot.retrieval.ranking import said_scopes
from bot.retrieval.retriever import IndexRetriever, articles_of, narrowed, sources_like

TERMS = {"đảng": 1.0, "viên": 1.0, "chi": 0.5, "~dang vien": 0.5}


def files_in(engine: Engine, scope: Scope) -> list[str]:
    return [engine.index.files[at] for at in np.flatnonzero(articles_of(engine.index, scope))]


def test_everything_is_in_the_scope_that_limits_nothing(seeds_engine: Engine) -> None:
    assert files_in(seeds_engine, Scope()) == list(seeds_engine.index.files)


def test_scopes_by_article_source_and_date(seeds_engine: Engine) -> None:
    index = seeds_engine.index
    by_day = {article.file: article.published for article in index.articles}
    assert files_in(seeds_engine, Scope(file=index.files[2])) == [index.files[2]]
    assert files_in(seeds_engine, Scope(file="khác.txt")) == []
    dong_khoi = [article.file for article in index.articles if article.source == "Báo Đồng Khởi"]
    assert dong_khoi
    assert files_in(seeds_engine, Scope(source="đồng khởi")) == dong_khoi
    assert files_in(seeds_engine, Scope(source="Báo Mặt Trời")) == []
    later = [file for file, moment in by_day.items() if moment and moment.year >= 2022]
    assert 0 < len(later) < len(by_day)
    assert files_in(seeds_engine, Scope(since=date(2022, 1, 1))) == later
    assert files_in(seeds_engine, Scope(until=date(2021, 12, 31))) == [file for file in by_day if file not in later]


def test_the_day_of_publication_is_in_a_span_that_begins_or_ends_with_it(seeds_engine: Engine) -> None:
    article = seeds_engine.index.articles[0]
    assert article.published is not None
    day = date(article.published.year, article.published.month, article.published.day)
    assert article.file in files_in(seeds_engine, Scope(since=day, until=day))


@pytest.mark.parametrize("k", [1, 5, 200])
def test_candidates_of_a_scope_are_the_others_left_out(seeds_engine: Engine, k: int) -> None:
    index = seeds_engine.index
    retriever = IndexRetriever(index)
    everywhere = retriever.candidates(TERMS, k=len(index.passages), scope=Scope())
    assert len(everywhere.passages) > 50
    scope = Scope(source="Báo Đồng Khởi")
    inside = articles_of(index, scope)[index.places]
    wanted = [passage for passage in everywhere.passages.tolist() if inside[passage]][:k]
    found = retriever.candidates(TERMS, k=k, scope=scope)
    assert found.passages.tolist() == wanted
    scores = dict(zip(everywhere.passages.tolist(), everywhere.scores.tolist(), strict=True))
    assert found.scores.tolist() == pytest.approx([scores[passage] for passage in wanted])


def test_an_answer_stays_in_its_scope(seeds_engine: Engine) -> None:
    question = "Kết nạp bao nhiêu đảng viên mới?"
    for scope in (Scope(source="dong khoi"), Scope(file=seeds_engine.index.files[3]), Scope(since=date(2025, 1, 1))):
        files = {hit.citation.file for hit in seeds_engine.answer(question, k=10, scope=scope).hits}
        assert files
        assert files <= set(files_in(seeds_engine, scope))


def test_the_part_of_a_scope_that_is_in_another() -> None:
    scope = Scope(file="a.txt", since=date(2021, 1, 1), until=date(2023, 1, 1))
    other = Scope(file="b.txt", source="Báo", since=date(2020, 5, 1), until=date(2022, 1, 1))
    assert narrowed(scope, other) == Scope("a.txt", "Báo", date(2021, 1, 1), date(2022, 1, 1))
    assert narrowed(Scope(), Scope()) == Scope()


def test_a_source_and_a_time_that_the_question_names_weigh_in_without_excluding(seeds_engine: Engine) -> None:
    index, weights = seeds_engine.index, seeds_engine.weights

    def said(question: str) -> list[Scope]:
        return [scope for scope, _ in said_scopes(index, build_query(seeds_engine._read(question), index, weights), weights)]

    assert said("Theo Báo Đồng Khởi, thị trấn kết nạp bao nhiêu đảng viên?") == [Scope(source="Báo Đồng Khởi")]
    assert said("Năm 2021 có bao nhiêu đảng viên?") == [Scope(since=date(2021, 1, 1), until=date(2021, 12, 31))]
    assert said("Ngày 9-3-2021 họp gì?")[0] == Scope(since=date(2021, 3, 9), until=date(2021, 3, 9))
    assert said("Kết nạp bao nhiêu đảng viên?") == []
    answer = seeds_engine.answer("Theo báo đồng khởi thì có bao nhiêu đảng viên được kết nạp?", k=10)
    assert answer.hits[0].citation.source == "Báo Đồng Khởi"
    assert {hit.citation.source for hit in answer.hits} > {"Báo Đồng Khởi"}


def test_sources_are_found_by_a_part_of_their_name(seeds_engine: Engine) -> None:
    sources = seeds_engine.index.facts.sources
    assert [sources[at] for at in sources_like(seeds_engine.index, "ĐỒNG KHỞI")] == ["Báo Đồng Khởi"]
    assert sources_like(seeds_engine.index, "không có báo này") == []
