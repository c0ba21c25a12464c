"""Files → analyzed articles: the same from many processes as from this one, in order, and none of them outlives its use."""

import multiprocessing
import signal
import time
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path

import numpy as np
import pytest

from bot.corpus.folder import SourceFile, list_source_files
from bot.errors import ConfigurationError
from bot.indexing import analyzing, updating
from bot.indexing.analyzing import analyze_files
from bot.indexing.updating import update_index
from bot.model import Rejection
from bot.retrieval.analysis import AnalyzedArticle
from bot.retrieval.ragged import Ragged


def plain(analyzed: AnalyzedArticle | Rejection) -> object:
    """Values that can be compared."""
    if isinstance(analyzed, Rejection):
        return analyzed
    return {field.name: plain_part(getattr(analyzed, field.name)) for field in fields(analyzed)}


def plain_part(value: object) -> object:
    if isinstance(value, Ragged):
        return {"starts": value.starts.tolist(), **{name: plain_part(column) for name, column in value.columns.items()}}
    return (str(value.dtype), value.tolist()) if isinstance(value, np.ndarray) else value


@pytest.fixture
def sources(seeds: Path, small_corpus: Path) -> list[SourceFile]:
    """The seeds, the small corpus, and files that cannot be read among them, not in the order of their sizes."""
    (small_corpus / "cu.txt").write_bytes(b"")
    (small_corpus / "la.txt").write_bytes("Đảng bộ".encode("utf-16"))
    ours, theirs = list_source_files(small_corpus), list_source_files(seeds)
    return [source for pair in zip(ours, theirs, strict=True) for source in pair]


@pytest.fixture
def pooled(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Few files are analyzed by processes too (only this process decides), and none of these is left behind."""
    monkeypatch.setattr(analyzing, "_MANY", 0)
    monkeypatch.setattr(analyzing, "_TASK", 5_000)
    yield
    assert_no_process()


def assert_no_process() -> None:
    deadline = time.monotonic() + 10
    while multiprocessing.active_children() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert multiprocessing.active_children() == []


def test_a_few_files_are_analyzed_in_this_process(sources: list[SourceFile], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(analyzing, "ProcessPoolExecutor", None)
    found = list(analyze_files(sources, None))
    rejected = [one for one in found if isinstance(one, Rejection)]
    assert [one.file for one in rejected] == ["cu.txt", "la.txt"]
    assert len(found) == len(sources)


def test_processes_give_the_same_in_the_same_order(sources: list[SourceFile], monkeypatch: pytest.MonkeyPatch) -> None:
    here = list(map(plain, analyze_files(sources, None)))
    monkeypatch.setattr(analyzing, "_MANY", 0)
    monkeypatch.setattr(analyzing, "_TASK", 5_000)
    assert len(analyzing._tasks(sources)) > 2
    there = list(map(plain, analyze_files(sources, None)))
    assert there == here
    assert [one.reason for one in there if isinstance(one, Rejection)] == ["tệp rỗng", "không phải văn bản UTF-8"]
    assert_no_process()


def test_tasks_hold_every_file_once_in_order_and_are_no_larger_than_needed(seeds: Path) -> None:
    sources = [SourceFile(f"{number}.txt", seeds, 30_000 * number % 70_000, 0) for number in range(40)]
    tasks = analyzing._tasks(sources)
    assert [source for task in tasks for source in task] == sources
    assert all(tasks)
    for task in tasks[:-1]:
        assert sum(source.size for source in task) >= analyzing._TASK > sum(source.size for source in task[:-1])
    assert analyzing._tasks([]) == []


@pytest.mark.usefixtures("pooled")
def test_the_operators_tables_reach_the_processes(sources: list[SourceFile], tmp_path: Path) -> None:
    tables = tmp_path / "bang"
    tables.mkdir()
    (tables / "abbreviations.txt").write_text("UBND => ủy ban thử nghiệm\n", "utf-8")
    analyzed = analyze_files(sources[:1] * 3, tables)
    found = [next(analyzed)]
    # Edited while a build runs: all of it goes by the tables that it began with.
    (tables / "abbreviations.txt").write_text("=> ủy ban\n", "utf-8")
    (tables / "sources.tsv").write_text("BTL Báo Tân Lập\n", "utf-8")
    found += analyzed
    assert ["nghiệm" in one.keys for one in found if isinstance(one, AnalyzedArticle)] == [True] * 3


@pytest.mark.usefixtures("pooled")
def test_a_table_that_is_not_understood_is_reported_before_any_process_starts(
    sources: list[SourceFile], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(analyzing, "ProcessPoolExecutor", None)
    (tmp_path / "sources.tsv").write_text("BTL Báo Tân Lập\n", "utf-8")
    with pytest.raises(ConfigurationError):
        list(analyze_files(sources, tmp_path))


@pytest.mark.usefixtures("pooled")
@pytest.mark.parametrize("error", [KeyboardInterrupt, RuntimeError])
def test_what_goes_wrong_while_articles_are_taken_in_ends_the_processes(
    sources: list[SourceFile], tmp_path: Path, error: type[BaseException], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(analyzing, "_TASK", 1)
    sources *= 3_000  # a minute's work, which has to be given up
    seen: list[int] = []

    def stop(done: int, _: int) -> None:
        seen.append(done)
        raise error

    with pytest.raises(error) as caught:
        update_index(tmp_path / "chi-muc", "r", sources, None, stop)
    assert_no_process()  # although the error, and with it every frame, is still held here
    assert caught.value is not None
    assert seen == [1]


@pytest.mark.usefixtures("pooled")
def test_ctrl_c_while_waiting_for_the_processes_ends_them(sources: list[SourceFile]) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGALRM, interrupt)
    try:
        signal.setitimer(signal.ITIMER_REAL, 3)  # in the middle of the work
        with pytest.raises(KeyboardInterrupt):
            list(analyze_files(sources * 3_000, None))
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


@pytest.mark.usefixtures("pooled")
def test_a_consumer_that_goes_away_ends_the_processes(sources: list[SourceFile]) -> None:
    analyzed = analyze_files(sources * 3_000, None)
    next(analyzed)
    assert multiprocessing.active_children()
    analyzed.close()


@pytest.mark.usefixtures("pooled")
def test_an_index_that_processes_made_is_the_one_made_here(small_corpus: Path, tmp_path: Path) -> None:
    sources = list_source_files(small_corpus)
    pooled = update_index(tmp_path / "mot", "r", sources, None)[0]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(analyzing, "_MANY", 10**9)
        here = update_index(tmp_path / "hai", "r", sources, None)[0]
    assert list(pooled.lexicon.keys) == list(here.lexicon.keys)
    np.testing.assert_array_equal(pooled.okapi.columns.scores, here.okapi.columns.scores)
    assert updating.read_manifest(tmp_path / "mot") == updating.read_manifest(tmp_path / "hai")
