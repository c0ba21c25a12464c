"""While a bot or a console runs, files that are added, changed or removed are answerable soon, and nothing half done is."""

import logging
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.answering.engine import Engine
from bot.bootstrap import follow, open_engine
from bot.config import Settings
from bot.corpus.watching import watch_folder
from bot.indexing import live
from bot.model import Status
from bot.retrieval.index import Index

_PATIENCE = 30.0  # seconds before a test gives up; how soon it should be is the bench's to say
QUESTION = "Chợ nổi Cái Vồn họp lúc mấy giờ?"
MARKET = """Chợ nổi Cái Vồn đông khách trở lại

15/04/2024 - 09:00

Chợ nổi Cái Vồn họp từ 4 giờ sáng mỗi ngày, có 120 ghe buôn bán trái cây.
"""


class States:
    """The engines that were handed over, the newest last."""

    def __init__(self, first: Engine) -> None:
        self.engines = [first]

    def swap(self, engine: Engine) -> None:
        self.engines.append(engine)

    def answers(self, wanted: str | None) -> bool:
        answer = self.engines[-1].answer(QUESTION)
        if wanted is None:
            return answer.status is Status.NOT_FOUND
        return answer.status is Status.ANSWERED and wanted in answer.hits[0].passage.text


def wait_until(true: Callable[[], bool]) -> bool:
    end = time.monotonic() + _PATIENCE
    while time.monotonic() < end:
        if true():
            return True
        time.sleep(0.02)
    return False


@pytest.fixture
def settings(small_corpus: Path, tmp_path: Path) -> Settings:
    return Settings(corpus=small_corpus, index=tmp_path / "chi-muc")


def test_a_file_added_changed_and_removed_is_answerable_unchanged_and_gone(settings: Settings) -> None:
    engine = open_engine(settings)
    states = States(engine)
    with follow(settings, engine, states.swap):
        assert states.answers(None)
        (settings.corpus / "cho.txt").write_text(MARKET, "utf-8")
        assert wait_until(lambda: states.answers("4 giờ sáng"))
        (settings.corpus / "cho.txt").write_text(MARKET.replace("4 giờ sáng", "5 giờ sáng"), "utf-8")
        assert wait_until(lambda: states.answers("5 giờ sáng"))
        (settings.corpus / "cho.txt").unlink()
        assert wait_until(lambda: states.answers(None))
    # Whoever was answered from the first state still is: nothing of it has changed.
    assert engine.answer("Cầu Rạch Sậy dài bao nhiêu?").status is Status.ANSWERED
    assert engine.answer(QUESTION).status is Status.NOT_FOUND


def test_a_change_before_the_watch_began_is_noticed(settings: Settings) -> None:
    engine = open_engine(settings)
    (settings.corpus / "cho.txt").write_text(MARKET, "utf-8")
    states = States(engine)
    with follow(settings, engine, states.swap):
        assert wait_until(lambda: states.answers("4 giờ sáng"))


def test_an_empty_folder_keeps_the_last_state_until_articles_are_back(
    settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    engine = open_engine(settings)
    states = States(engine)
    with follow(settings, engine, states.swap), caplog.at_level(logging.WARNING, "bot.indexing.live"):
        for path in settings.corpus.rglob("*.txt"):
            path.unlink()
        assert wait_until(lambda: "the index stays as it was" in caplog.text)
        assert len(states.engines[-1].index.files) > 0  # those that were there before the last one went
        (settings.corpus / "cho.txt").write_text(MARKET, "utf-8")
        assert wait_until(lambda: states.answers("4 giờ sáng"))
        assert len(states.engines[-1].index.files) == 1


def test_a_half_written_file_is_read_again_and_not_reported(
    settings: Settings, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "_SETTLED", 3600.0)
    engine = open_engine(settings)
    states = States(engine)
    whole = MARKET.encode()
    cut = whole.index("giờ".encode()) + 3  # in the middle of a letter
    with follow(settings, engine, states.swap), caplog.at_level(logging.WARNING, "bot.indexing.live"):
        (settings.corpus / "cho.txt").write_bytes(whole[:cut])
        assert wait_until(lambda: any(one.file == "cho.txt" for one in states.engines[-1].index.rejections))
        (settings.corpus / "cho.txt").write_bytes(whole)
        assert wait_until(lambda: states.answers("4 giờ sáng"))
    assert not caplog.records


def test_a_file_that_stays_unreadable_is_reported_once(
    settings: Settings, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "_SETTLED", 0.0)
    engine = open_engine(settings)
    states = States(engine)
    with follow(settings, engine, states.swap), caplog.at_level(logging.WARNING, "bot.indexing.live"):
        (settings.corpus / "hong.txt").write_bytes(b"\xff\xfe\xfa")
        assert wait_until(lambda: "hong.txt" in caplog.text)
        (settings.corpus / "cho.txt").write_text(MARKET, "utf-8")
        assert wait_until(lambda: states.answers("4 giờ sáng"))
    assert [record.getMessage() for record in caplog.records] == ["left out hong.txt: không phải văn bản UTF-8"]


def test_whatever_goes_wrong_in_an_update_the_watch_goes_on(settings: Settings, caplog: pytest.LogCaptureFixture) -> None:
    engine = open_engine(settings)
    calls: list[str] = []

    def refresh() -> list[Index]:
        calls.append("refresh")
        raise ZeroDivisionError

    with (
        caplog.at_level(logging.ERROR, "bot.indexing.live"),
        live.LiveIndex(settings.corpus, engine.index.rejections, refresh, lambda _: calls.append("swap")),
    ):
        assert wait_until(lambda: len(calls) == 1)
        (settings.corpus / "cho.txt").write_text(MARKET, "utf-8")
        assert wait_until(lambda: len(calls) > 1)
    assert set(calls) == {"refresh"}
    assert "ZeroDivisionError" in caplog.text


def test_only_what_may_be_an_article_is_told(tmp_path: Path) -> None:
    stop, told = threading.Event(), threading.Event()

    def run() -> None:
        for _ in watch_folder(tmp_path, stop):
            told.set()

    thread = threading.Thread(target=run)
    thread.start()
    try:
        (tmp_path / "x.txt").write_text("a", "utf-8")
        # The watch may begin after the first file: write until it is told.
        assert wait_until(lambda: told.is_set() or (bool((tmp_path / "x.txt").write_text("b", "utf-8")) and told.wait(0.5)))
        time.sleep(1)
        told.clear()
        (tmp_path / "ghi-chu.md").write_text("a", "utf-8")
        (tmp_path / ".an.txt").write_text("a", "utf-8")
        assert not told.wait(1.5)
        (tmp_path / "y.txt").write_text("a", "utf-8")
        assert told.wait(_PATIENCE)
    finally:
        stop.set()
        thread.join()
