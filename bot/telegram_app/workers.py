"""
Where answers are worked out: beside the event loop, in threads, and in processes while many questions wait.

An answer is some milliseconds of Python, and the threads of a process share one interpreter with its event loop. So a
process is started when questions queue up, and ended when none has come for a while: a quiet bot does without.
"""

import asyncio
import logging
import multiprocessing
import os
import signal
import sys
from collections import deque
from collections.abc import Callable
from concurrent.futures import Executor
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import chain
from multiprocessing.connection import Connection
from multiprocessing.resource_tracker import ensure_running
from time import monotonic

from bot.answering.dialogue import Conversation
from bot.answering.engine import Engine
from bot.answering.memo import MemoEngine, Memory
from bot.model import Answer, Scope

THREADS = 2
"""Threads for answers: the interpreter runs one at a time; the second lets a short question pass a long one."""
_CORES = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
MOST_PROCESSES = 0 if sys.platform == "win32" else min(max(1, _CORES - 1), 8)
"""Processes for answers, beside the one that serves Telegram; none where an event loop cannot wait for a pipe."""
_MANY = 10  # waiting questions for which the first process is started
_START = 150  # questions that a process answers while another starts: only for more is one worth it
_AHEAD = 2  # questions that a process is given at once, so that it has another when it has done one
_IDLE = 300.0  # seconds without a question for them after which processes are ended
_REST = 60.0  # seconds after which there may be another try, when a process was lost or did not come up
_log = logging.getLogger(__name__)

Reopen = Callable[[], Engine]
"""Opens the same state of the articles again, in another process; pickled to get there. Raises where it is gone."""


@dataclass(frozen=True, slots=True)
class _Asked:
    """A question as `MemoEngine.converse` takes it; what a process is sent."""

    question: str
    conversation: Conversation
    k: int
    scope: Scope


_Waiting = tuple[_Asked, "asyncio.Future[None]"]


class Workers:
    """
    Answers from one state of the articles; used from the event loop alone.

    Args:
        engine: Of that state. It remembers what was worked out, wherever that was.
        threads: Where answers are worked out as long as there is no process; shared, not ended here.
        reopen: Opens that state in a process; None where it cannot be: then there are threads alone.
        most: Processes at once.
    """

    def __init__(self, engine: MemoEngine, threads: Executor, reopen: Reopen | None, most: int = MOST_PROCESSES) -> None:
        self.engine = engine
        self._threads, self._reopen = threads, reopen
        self._most = most if reopen is not None else 0
        self._processes: list[_Process] = []
        self._waiting: deque[_Waiting] = deque()
        self._under_way: dict[tuple[str, Scope], asyncio.Future[None]] = {}
        self._in_threads = 0
        self._retired = self._closed = False
        self._not_before = self._last_used = 0.0
        self._idle: asyncio.TimerHandle | None = None

    async def converse(self, question: str, conversation: Conversation, *, k: int, scope: Scope) -> tuple[Answer, Conversation]:
        """
        Answer as `Engine.converse` does.

        What is remembered is answered at once, and a question that is being worked out for somebody is waited for: all that
        is then left to do of it is what depends on the conversation.
        """
        asked = _Asked(question, conversation, k, scope)
        tried = False
        while (found := self.engine.recall(question, conversation, k=k, scope=scope)) is None:
            same = self._under_way.get((question, scope))
            if same is not None:
                await asyncio.wait([same])
            elif tried:  # a process has read the question otherwise than this one does
                return await asyncio.get_running_loop().run_in_executor(self._threads, self._answer, asked)
            else:
                await self._work_out(asked)
                tried = True
        return found

    @property
    def has_processes(self) -> bool:
        """Whether there are any: then `close` has to be called in the end."""
        return bool(self._processes)

    def retire(self) -> None:
        """Let what has begun come to its end, and the processes with it."""
        self._retired = True
        self._end_unused()

    def close(self) -> None:
        """End the processes now; what still waits is given up, and so is what is asked from here on."""
        self._closed = True
        for _, done in (*self._waiting, *chain.from_iterable(process.given for process in self._processes)):
            done.cancel()
        self._waiting.clear()
        self._end_processes()

    async def _work_out(self, asked: _Asked) -> None:
        """Have a question answered, so that the answer is remembered."""
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        key = asked.question, asked.scope
        self._under_way[key] = done
        self._waiting.append((asked, done))
        self._dispatch()
        try:
            await done
        finally:
            del self._under_way[key]

    def _dispatch(self) -> None:
        """Give out what waits: to the process that has least to do, and to threads only when there is none."""
        ready = [process for process in self._processes if process.ready]
        while self._waiting:
            process = min(ready, key=lambda one: len(one.given), default=None)
            if process is not None and len(process.given) < _AHEAD:
                self._last_used = monotonic()
                process.give(self._waiting.popleft())
            elif process is None and self._in_threads < THREADS:
                self._use_thread(self._waiting.popleft())
            else:
                break
        # One after the other: while the second starts, the first shows whether it is needed.
        if len(self._waiting) >= (_START * len(ready) or _MANY) and len(ready) == len(self._processes) < self._most:
            self._start()
        self._end_unused()

    def _use_thread(self, waiting: _Waiting) -> None:
        asked, done = waiting
        if self._closed:
            done.cancel()
            return
        self._in_threads += 1
        work = asyncio.get_running_loop().run_in_executor(self._threads, self._answer, asked)

        def note(work: "asyncio.Future[tuple[Answer, Conversation]]") -> None:
            self._in_threads -= 1
            error = None if work.cancelled() else work.exception()
            if work.cancelled():
                done.cancel()
            elif not done.done():
                done.set_exception(error) if error is not None else done.set_result(None)
            self._dispatch()

        work.add_done_callback(note)

    def _answer(self, asked: _Asked) -> tuple[Answer, Conversation]:
        return self.engine.converse(asked.question, asked.conversation, k=asked.k, scope=asked.scope)

    def _start(self) -> None:
        if self._retired or self._closed or self._reopen is None or monotonic() < self._not_before:
            return
        try:
            process = _Process(self._reopen)
        except OSError as error:
            self._rest(f"no process for answers: {error}")
            return
        self._processes.append(process)
        asyncio.get_running_loop().add_reader(process.connection, self._hear, process)
        if self._idle is None:
            self._last_used = monotonic()
            self._idle = asyncio.get_running_loop().call_later(_IDLE, self._end_idle)

    def _hear(self, process: "_Process") -> None:
        """Take what a process has sent: that it is ready, what it worked out, or that it cannot; or note that it has gone."""
        try:
            heard = process.connection.recv()
        except EOFError:
            heard = "it was ended"
        except Exception as error:  # noqa: BLE001  whatever it is, nothing more can be understood of it
            heard = repr(error)
        if isinstance(heard, str):
            self._lose(process, heard)
        elif not process.ready:
            process.ready = True
            _log.info("process %d works out answers", process.number)
        else:
            asked, done = process.given.popleft()
            if heard is None:  # whatever is wrong with it: here, it is logged and told as it always is
                self._use_thread((asked, done))
            else:
                self.engine.learn(heard)
                if not done.done():
                    done.set_result(None)
        self._dispatch()

    def _lose(self, process: "_Process", reason: str) -> None:
        """Work out in threads what a process had been given, since it may be a question that ended it."""
        self._processes.remove(process)
        process.end()
        self._rest(f"process {process.number} works out no answers: {reason}")
        for waiting in process.given:
            self._use_thread(waiting)

    def _rest(self, reason: str) -> None:
        self._not_before = monotonic() + _REST
        _log.warning(reason)

    def _end_idle(self) -> None:
        left = self._last_used + _IDLE - monotonic()
        self._idle = None
        if left > 0 or any(process.given for process in self._processes):
            self._idle = asyncio.get_running_loop().call_later(max(left, 1.0), self._end_idle)
        else:
            self._end_processes()

    def _end_unused(self) -> None:
        if self._retired and not self._waiting and not any(process.given for process in self._processes):
            self._end_processes()

    def _end_processes(self) -> None:
        for process in self._processes:
            process.end()
        self._processes.clear()
        if self._idle is not None:
            self._idle.cancel()


@dataclass(eq=False, slots=True)
class _Process:
    """
    A process, seen from here.

    Attributes:
        reopen: See `Reopen`.
        number: The operating system's for it.
        connection: To it.
        given: The questions that it has, in the order in which it answers them.
        ready: Whether it has opened the articles.
    """

    reopen: Reopen
    number: int = field(init=False)
    connection: Connection = field(init=False)
    given: deque[_Waiting] = field(default_factory=deque)
    ready: bool = False
    _process: multiprocessing.process.BaseProcess = field(init=False)

    def __post_init__(self) -> None:
        # A fresh interpreter: a copy of one that has threads may wait for ever.
        context = multiprocessing.get_context("spawn")
        self.connection, there = context.Pipe()
        self._process = context.Process(target=_answer_questions, args=(there, self.reopen), name="answers", daemon=True)
        # Ctrl-C and a service's end reach all of a group, but this process ends the others: they start with signals blocked.
        ensure_running()  # now, since it lets them through again when it has started multiprocessing's own process
        signal.pthread_sigmask(signal.SIG_BLOCK, _SIGNALS)
        try:
            self._process.start()
        except BaseException:
            self.connection.close()
            raise
        finally:
            signal.pthread_sigmask(signal.SIG_UNBLOCK, _SIGNALS)
            there.close()
        self.number = self._process.pid or 0

    def give(self, waiting: _Waiting) -> None:
        """Give it a question; if it is gone, that is heard of."""
        self.given.append(waiting)
        with suppress(OSError):
            self.connection.send(waiting[0])

    def end(self) -> None:
        """End it in the midst of whatever it does: it keeps nothing."""
        with suppress(RuntimeError):  # no loop runs any more
            asyncio.get_running_loop().remove_reader(self.connection)
        self.connection.close()
        self._process.kill()
        self._process.join()
        self._process.close()


_SIGNALS = (signal.SIGINT, signal.SIGTERM)


# In a process of its own


def _answer_questions(connection: Connection, reopen: Reopen) -> None:
    """Answer until the other side is gone."""
    logging.disable()  # there is one log, the bot's: what goes wrong here is done again there
    with suppress(EOFError, OSError):
        try:
            engine = reopen()
            engine.answer("Câu hỏi đầu tiên")  # loads what the first answer needs
        except Exception as error:  # noqa: BLE001  whatever it is, the other side is told
            connection.send(str(error) or repr(error))
            return
        connection.send(None)
        while True:
            connection.send(_work_out(engine, connection.recv()))


def _work_out(engine: Engine, asked: _Asked) -> Memory | None:
    fresh = MemoEngine.over(engine)
    try:
        fresh.converse(asked.question, asked.conversation, k=asked.k, scope=asked.scope)
    except Exception:  # noqa: BLE001  the other side works it out again, and sees
        return None
    return fresh.memory()
