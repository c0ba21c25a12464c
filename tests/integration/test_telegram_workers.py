"""Answers worked out in processes beside the event loop: the same answers, whatever becomes of the processes."""

import asyncio
import json
import logging
import os
import signal
import time
from collections.abc import AsyncIterator, Callable, Coroutine
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any

import pytest

import bot.answering.engine
from bot.answering.dialogue import Conversation
from bot.answering.engine import Engine
from bot.answering.memo import MemoEngine
from bot.bootstrap import follow, open_engine, reopen_engine
from bot.config import Settings
from bot.errors import IndexFileError
from bot.journal.journal import Journal
from bot.model import EVERYWHERE, Answer
from bot.telegram_app import workers as module
from bot.telegram_app.turns import Turns
from bot.telegram_app.workers import THREADS, Reopen, Workers

pytestmark = pytest.mark.skipif(not module.MOST_PROCESSES, reason="threads alone are used here")
ROOT = Path(__file__).resolve().parents[2]
GOLD = (ROOT / "tests" / "gold" / "seeds_dev.jsonl").read_text("utf-8").splitlines()
QUESTIONS = list(dict.fromkeys(json.loads(line)["question"] for line in GOLD))
BRIDGE = "Cầu Rạch Sậy dài bao nhiêu?"
K = 10


class HeldThreads(Executor):
    """Threads that come to nothing before they are let go: until then, whatever is answered was answered in a process."""

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(THREADS)
        self.held: list[tuple[Future[Any], Callable[[], Any]]] | None = []
        self.given = 0

    def submit(self, work: Callable[..., Any], /, *arguments: Any, **named: Any) -> Future[Any]:
        self.given += 1
        if self.held is None:
            return self._pool.submit(work, *arguments, **named)
        future: Future[Any] = Future()
        self.held.append((future, partial(work, *arguments, **named)))
        return future

    def let_go(self) -> None:
        held, self.held = self.held or [], None
        for future, work in held:
            self._pool.submit(work).add_done_callback(lambda done, future=future: future.set_result(done.result()))

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        self._pool.shutdown(wait, cancel_futures=cancel_futures)


@pytest.fixture(scope="module")
def settings(seeds: Path, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return Settings(corpus=seeds, index=tmp_path_factory.mktemp("index"))


@pytest.fixture(scope="module")
def engine(settings: Settings) -> Engine:
    return open_engine(settings)


@asynccontextmanager
async def working(engine: Engine, reopen: Reopen | None, most: int = 1) -> AsyncIterator[tuple[Workers, HeldThreads]]:
    threads = HeldThreads()
    workers = Workers(MemoEngine.over(engine), threads, reopen, most)
    try:
        async with asyncio.timeout(60):
            yield workers, threads
    finally:
        workers.close()
        threads.shutdown()


def ask(workers: Workers, question: str, before: Conversation = Conversation()) -> "asyncio.Task[tuple[Answer, Conversation]]":  # noqa: B008
    return asyncio.create_task(workers.converse(question, before, k=K, scope=EVERYWHERE))


async def until(true: Callable[[], bool]) -> None:
    while not true():  # noqa: ASYNC110
        await asyncio.sleep(0.01)


def is_gone(number: int) -> bool:
    try:
        os.kill(number, 0)
    except ProcessLookupError:
        return True
    return False


async def a_process(workers: Workers) -> int:
    """Ask until there is a process, and return its number; the questions for threads stay behind."""
    for question in QUESTIONS[:12]:
        ask(workers, question)
    await until(lambda: any(process.ready for process in workers._processes))
    return workers._processes[0].number


def run(test: Callable[[], Coroutine[Any, Any, None]]) -> None:
    asyncio.run(test())


def test_a_process_answers_as_the_engine_does_and_it_is_remembered(settings: Settings, engine: Engine) -> None:
    async def test() -> None:
        async with working(engine, partial(reopen_engine, settings, engine.saved)) as (workers, threads):
            tasks = [ask(workers, question) for question in QUESTIONS[:40]]
            await until(lambda: sum(task.done() for task in tasks) == len(tasks) - THREADS)
            assert threads.given == THREADS
            for question, task in zip(QUESTIONS, tasks, strict=False):
                if not task.done():
                    continue
                assert task.result() == engine.converse(question, Conversation(), k=K)
                assert workers.engine.recall(question, Conversation(), k=K) == task.result()
            threads.let_go()
            await asyncio.gather(*tasks)

    run(test)


def test_the_light_of_a_conversation_goes_along(settings: Settings, engine: Engine) -> None:
    async def test() -> None:
        _, before = engine.converse("Tỉnh Điện Biên kết nạp bao nhiêu đảng viên mới?", Conversation(), k=K)
        _, other = engine.converse("TP Bạc Liêu kết nạp bao nhiêu đảng viên mới?", Conversation(), k=K)
        follow_up = "Thế trong số đó có bao nhiêu nữ?"
        expected = [engine.converse(follow_up, light, k=K) for light in (before, other)]
        assert expected[0] != expected[1]
        async with working(engine, partial(reopen_engine, settings, engine.saved)) as (workers, threads):
            await a_process(workers)
            both = await asyncio.gather(ask(workers, follow_up, before), ask(workers, follow_up, other))
            assert both == expected
            threads.let_go()

    run(test)


def test_what_many_ask_at_once_is_worked_out_once(engine: Engine) -> None:
    async def test() -> None:
        async with working(engine, None) as (workers, threads):
            tasks = [ask(workers, QUESTIONS[0]) for _ in range(40)]
            await asyncio.sleep(0)
            threads.let_go()
            answers = await asyncio.gather(*tasks)
            assert threads.given == 1
            assert answers == [engine.converse(QUESTIONS[0], Conversation(), k=K)] * 40

    run(test)


def test_whoever_waits_is_answered_when_the_first_to_ask_is_gone(engine: Engine) -> None:
    async def test() -> None:
        async with working(engine, None) as (workers, threads):
            first, second = ask(workers, QUESTIONS[0]), ask(workers, QUESTIONS[0])
            await asyncio.sleep(0)
            first.cancel()
            threads.let_go()
            assert await second == engine.converse(QUESTIONS[0], Conversation(), k=K)

    run(test)


def test_the_end_gives_up_what_waits_and_begins_nothing_more(engine: Engine) -> None:
    async def test() -> None:
        async with working(engine, None) as (workers, threads):
            begun, waiting = ([ask(workers, question) for question in QUESTIONS[part]] for part in (slice(2), slice(2, 6)))
            await until(lambda: threads.given == THREADS)
            workers.close()
            given_up = await asyncio.gather(*waiting, return_exceptions=True)
            assert [type(one) for one in given_up] == [asyncio.CancelledError] * 4
            threads.let_go()
            answers = await asyncio.gather(*begun)
            assert [answer.question for answer, _ in answers] == QUESTIONS[:2]
            assert threads.given == THREADS

    run(test)


def test_few_questions_start_no_process(settings: Settings, engine: Engine) -> None:
    async def test() -> None:
        async with working(engine, partial(reopen_engine, settings, engine.saved)) as (workers, threads):
            tasks = [ask(workers, question) for question in QUESTIONS[: THREADS + module._MANY - 1]]
            await asyncio.sleep(0)
            assert not workers._processes
            tasks.append(ask(workers, QUESTIONS[-1]))
            await asyncio.sleep(0)
            assert len(workers._processes) == 1
            threads.let_go()
            await asyncio.gather(*tasks)

    run(test)


# Run in the process, where nothing else is: how it reads questions is changed there.


def reopen_troubled(settings: Settings, saved: str, wait_for: Path | None = None) -> Engine:
    """Open an engine that dies of "chết", fails at "lỗi" and hangs at "đợi" until a file is there."""
    read = bot.answering.engine.read_question

    def read_question(cleaned: str, *arguments: Any) -> Any:
        if "chết" in cleaned:
            os.kill(os.getpid(), signal.SIGKILL)
        if "lỗi" in cleaned:
            raise LookupError
        while "đợi" in cleaned and not (wait_for and wait_for.exists()):
            time.sleep(0.01)
        return read(cleaned, *arguments)

    bot.answering.engine.read_question = read_question  # type: ignore[assignment]
    return reopen_engine(settings, saved)


@pytest.mark.parametrize("word", ["chết", "lỗi"])
def test_what_a_process_cannot_answer_is_answered_here(
    settings: Settings, engine: Engine, word: str, caplog: pytest.LogCaptureFixture
) -> None:
    async def test() -> None:
        async with working(engine, partial(reopen_troubled, settings, engine.saved)) as (workers, threads):
            number = await a_process(workers)
            questions = [*QUESTIONS[20:30], f"{QUESTIONS[30]} {word}", *QUESTIONS[31:60]]
            tasks = [ask(workers, question) for question in questions]
            await until(lambda: threads.given > THREADS)  # it has come back
            threads.let_go()
            answers = await asyncio.gather(*tasks)
            assert answers == [engine.converse(question, Conversation(), k=K) for question in questions]
            assert is_gone(number) == (word == "chết")
            assert len(workers._processes) == (word == "lỗi")  # not at once another one for the next such question

    with caplog.at_level(logging.WARNING):
        run(test)
    assert len(caplog.records) == (word == "chết")


def test_a_state_that_is_not_on_disk_any_more_is_not_opened(
    settings: Settings, engine: Engine, caplog: pytest.LogCaptureFixture
) -> None:
    async def test() -> None:
        async with working(engine, partial(reopen_engine, settings, "another")) as (workers, threads):
            tasks = [ask(workers, question) for question in QUESTIONS[:30]]
            await asyncio.sleep(0)
            await until(lambda: not workers._processes)
            threads.let_go()
            answers = await asyncio.gather(*tasks)
            assert answers == [engine.converse(question, Conversation(), k=K) for question in QUESTIONS[:30]]

    with caplog.at_level(logging.WARNING):
        run(test)
    assert [record.getMessage().partition("another index")[1] for record in caplog.records] == ["another index"]


def test_a_retired_state_ends_what_it_began_and_its_process_then(settings: Settings, engine: Engine, tmp_path: Path) -> None:
    async def test() -> None:
        reopen = partial(reopen_troubled, settings, engine.saved, tmp_path / "now")
        async with working(engine, reopen) as (workers, threads):
            number = await a_process(workers)
            threads.let_go()
            question = f"{QUESTIONS[0]} đợi"
            task = ask(workers, question)
            await until(lambda: bool(workers._processes[0].given))
            workers.retire()
            assert not is_gone(number)
            (tmp_path / "now").touch()
            assert await task == engine.converse(question, Conversation(), k=K)
            assert is_gone(number)
            assert not workers._processes

    run(test)


def test_signals_to_the_group_leave_a_process_to_the_bot(settings: Settings, engine: Engine, tmp_path: Path) -> None:
    async def test() -> None:
        reopen = partial(reopen_troubled, settings, engine.saved, tmp_path / "never")
        async with working(engine, reopen) as (workers, threads):
            number = await a_process(workers)
            for each in (signal.SIGINT, signal.SIGTERM):
                os.kill(number, each)
            question = "Ai đóng góp 600 triệu đồng?"
            assert await ask(workers, question) == engine.converse(question, Conversation(), k=K)
            assert workers._processes[0].number == number
            ask(workers, "đợi")
            await until(lambda: bool(workers._processes[0].given))
            workers.close()  # whatever it is doing
            assert is_gone(number)
            threads.let_go()

    run(test)


def test_the_end_of_the_bot_ends_processes_of_former_states_too(settings: Settings, engine: Engine, tmp_path: Path) -> None:
    async def test() -> None:
        reopen = partial(reopen_troubled, settings, wait_for=tmp_path / "never")
        turns = Turns(MemoEngine.over(engine), Journal(tmp_path / "journal.sqlite"), reopen)
        former = turns.workers
        await asyncio.gather(*(ask(former, question) for question in QUESTIONS[:20]))
        await until(lambda: any(process.ready for process in former._processes))
        number = former._processes[0].number
        hanging = ask(former, "đợi")
        await until(lambda: bool(former._processes[0].given))
        turns.renew(MemoEngine.over(engine))
        assert turns.workers is not former
        assert not is_gone(number)
        turns.close()
        assert is_gone(number)
        hanging.cancel()

    run(test)


def test_an_idle_process_is_ended_and_comes_again(settings: Settings, engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    async def test() -> None:
        async with working(engine, partial(reopen_engine, settings, engine.saved)) as (workers, threads):
            number = await a_process(workers)
            await until(lambda: not workers._processes[0].given and not workers._waiting)
            workers._end_idle()
            assert not is_gone(number)
            monkeypatch.setattr(module, "_IDLE", 0.0)
            workers._end_idle()
            assert is_gone(number)
            monkeypatch.undo()
            tasks = [ask(workers, question) for question in QUESTIONS[20:40]]  # the threads are still held
            await asyncio.gather(*tasks)
            threads.let_go()

    run(test)


def test_only_the_state_on_disk_can_be_opened_again(small_corpus: Path, tmp_path: Path) -> None:
    settings = Settings(corpus=small_corpus, index=tmp_path / "chi-muc")
    first = open_engine(settings)
    assert first.saved is not None
    assert open_engine(settings).saved == first.saved
    assert reopen_engine(settings, first.saved).answer(BRIDGE) == first.answer(BRIDGE)
    bridge = small_corpus / "cau.txt"
    bridge.write_text(bridge.read_text("utf-8").replace("42 m", "43 m"), "utf-8")
    states: list[Engine] = []
    with follow(settings, first, states.append):
        run(lambda: asyncio.wait_for(until(lambda: len(states) == 2), 60))
    in_memory, saved = states
    assert in_memory.saved is None
    assert saved.saved not in (None, first.saved)
    assert "43 m" in reopen_engine(settings, saved.saved or "").answer(BRIDGE).hits[0].passage.text
    with pytest.raises(IndexFileError):
        reopen_engine(settings, first.saved)
