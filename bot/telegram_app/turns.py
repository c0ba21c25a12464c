"""
Questions as turns of conversations.

Answers come from `Workers`. The journal has one thread of its own, so that what is read there comes after what was written
before; writing is never waited for.
"""

import asyncio
import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import InitVar, dataclass, field, fields
from functools import partial
from time import monotonic, perf_counter, sleep
from typing import Any, TypeVar

import structlog

from bot.answering.dialogue import Conversation
from bot.answering.engine import Engine
from bot.answering.memo import MemoEngine
from bot.errors import JournalError
from bot.journal.journal import CONVERSATION_HOURS, Journal, KeptAnswer, KeptConversation, Talk
from bot.language.questions import Expected
from bot.language.reading import Piece
from bot.model import Answer, Scope
from bot.telegram_app.workers import THREADS, Workers

MOST_HITS = 10
"""Passages of an answer: the first is shown, the others come with the buttons."""
_MOST_TALKS = 5_000
_GATHERING = 0.02  # seconds for which answers are gathered into one transaction
_PIECE_FIELDS = tuple(one.name for one in fields(Piece))
_log = structlog.get_logger(__name__)
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Turn:
    """
    A question with its answer.

    Attributes:
        number: Of the answer in the journal.
        talk: Who asked, and where.
        answer: What the articles say.
        only: File of the one article that was searched, or None for all.
        before: The conversation in whose light it was asked.
        after: The conversation that it left.
        seconds: How long it took to answer.
    """

    number: int
    talk: Talk
    answer: Answer
    only: str | None
    before: Conversation
    after: Conversation
    seconds: float


@dataclass(frozen=True, slots=True)
class _Recent:
    """A conversation in memory, with the time of its last turn."""

    conversation: Conversation
    only: str | None
    at: float


@dataclass(slots=True)
class Turns:
    """
    Asks the engine and keeps what has to be kept; what cannot be kept is logged, and the answer is given all the same.

    Args:
        engine: Answers.
        journal: Keeps answers and conversations.
        reopen: Opens a state of the articles in another process, by its `Engine.saved`.
    """

    engine: InitVar[MemoEngine]
    journal: Journal
    reopen: Callable[[str], Engine]
    workers: Workers = field(init=False)
    _retired: list[Workers] = field(default_factory=list)
    _threads: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(THREADS, "answers"))
    _clerk: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(1, "journal"))
    _recent: dict[Talk, _Recent] = field(default_factory=dict)
    _unwritten: list[tuple[Turn, int, int, bool]] = field(default_factory=list)

    def __post_init__(self, engine: MemoEngine) -> None:
        self.workers = self._workers(engine)

    def renew(self, engine: MemoEngine) -> None:
        """Answer from another state of the articles from now on; answers in flight end on the one they began with."""
        self.workers.retire()
        self._retired = [former for former in (*self._retired, self.workers) if former.has_processes]
        self.workers = self._workers(engine)

    async def ask(self, talk: Talk, question: str, light: KeptAnswer | None = None) -> Turn:
        """
        Answer a question as the next turn of a person's conversation.

        Args:
            talk: Who asks, and where.
            question: As typed.
            light: The answer that the question is a reply to: then it is asked in that answer's light.
        """
        if light is not None:
            return await self._answer(self.journal.reserve_id(), talk, question, load_conversation(light.after), light.only)
        recent = await self._conversation(talk)
        return await self._answer(self.journal.reserve_id(), talk, question, recent.conversation, recent.only)

    async def ask_again(self, kept: KeptAnswer, thread: int, question: str, only: str | None) -> Turn:
        """
        Answer a question in the place of one that was answered, in the same light.

        Args:
            kept: The former answer; the new one has its number.
            thread: The forum topic, 0 for none.
            question: The question now.
            only: File of the one article to search now, or None for all.
        """
        talk = (kept.chat, kept.person, thread)
        return await self._answer(kept.id, talk, question, load_conversation(kept.before), only)

    async def answer_alone(self, question: str) -> Answer:
        """Answer a question of no conversation, and keep nothing."""
        turn = await self._answer(0, (0, "", 0), question, Conversation(), None)
        return turn.answer

    def keep(self, turn: Turn, message: int, asked_in: int, *, as_last: bool = True) -> None:
        """
        Keep an answer that has been sent; it is written as soon as the journal's thread comes to it.

        Args:
            turn: The answer.
            message: The message that shows it.
            asked_in: The message that asked, 0 when a button did.
            as_last: Whether the person's conversation goes on from here.
        """
        if as_last:
            self._remember(turn.talk, turn.after, turn.only)
        self._unwritten.append((turn, message, asked_in, as_last))
        if len(self._unwritten) == 1:
            self._clerk.submit(self._write)

    async def restrict(self, talk: Talk, only: str | None) -> None:
        """
        Let a person's next questions go to one article, or to all again.

        Raises:
            JournalError: It cannot be kept.
        """
        conversation = (await self._conversation(talk)).conversation
        self._remember(talk, conversation, only)
        state = dump_conversation(conversation)
        await self.in_journal(lambda: self.journal.keep((), {talk: KeptConversation(state, only)}))

    async def forget(self, talk: Talk) -> None:
        """
        Forget what a person talks about somewhere.

        Raises:
            JournalError: It cannot be written.
        """
        self._recent.pop(talk, None)
        await self.in_journal(self.journal.forget_conversation, talk)

    def forget_recent(self, person: str) -> None:
        """Forget a person's conversations that are in memory, wherever they are."""
        for talk in [talk for talk in self._recent if talk[1] == person]:
            del self._recent[talk]

    async def in_journal(self, work: Callable[..., _T], *arguments: Any) -> _T:
        """Do something in the journal's thread, after all that was given to it before."""
        return await asyncio.get_running_loop().run_in_executor(self._clerk, work, *arguments)

    async def beside(self, work: Callable[..., _T], *arguments: Any) -> _T:
        """Work something out beside the event loop."""
        return await asyncio.get_running_loop().run_in_executor(self._threads, work, *arguments)

    def close(self) -> None:
        """Write what is not written yet, and close the journal."""
        for workers in (*self._retired, self.workers):
            workers.close()
        self._threads.shutdown(wait=True, cancel_futures=True)
        self._clerk.shutdown(wait=True)
        self.journal.close()

    async def _answer(self, number: int, talk: Talk, question: str, before: Conversation, only: str | None) -> Turn:
        workers = self.workers
        if only is not None and workers.engine.index.place_of(only) is None:
            only = None
        started = perf_counter()
        answer, after = await workers.converse(question, before, k=MOST_HITS, scope=Scope(file=only))
        return Turn(number, talk, answer, only, before, after, perf_counter() - started)

    def _workers(self, engine: MemoEngine) -> Workers:
        return Workers(engine, self._threads, partial(self.reopen, engine.saved) if engine.saved is not None else None)

    async def _conversation(self, talk: Talk) -> _Recent:
        recent = self._recent.get(talk)
        if recent is not None and monotonic() - recent.at < CONVERSATION_HOURS * 3600:
            return recent
        kept = None
        try:
            kept = await self.in_journal(self.journal.conversation, talk)
        except JournalError as error:
            _log.error("conversation not read", reason=str(error))
        return _Recent(load_conversation(kept.state) if kept else Conversation(), kept.only if kept else None, 0.0)

    def _remember(self, talk: Talk, conversation: Conversation, only: str | None) -> None:
        self._recent.pop(talk, None)
        self._recent[talk] = _Recent(conversation, only, monotonic())
        if len(self._recent) > _MOST_TALKS:
            del self._recent[next(iter(self._recent))]

    def _write(self) -> None:
        """Write all that waits, many answers in one transaction; runs in the journal's thread."""
        if not self._unwritten:
            return  # the work before this one has written all
        sleep(_GATHERING)
        while self._unwritten:
            waiting = len(self._unwritten)
            batch = self._unwritten[:waiting]
            del self._unwritten[:waiting]
            self._write_batch(batch)

    def _write_batch(self, batch: list[tuple[Turn, int, int, bool]]) -> None:
        answers: dict[int, KeptAnswer] = {}
        talks: dict[Talk, KeptConversation] = {}
        for turn, message, asked_in, as_last in batch:
            chat, person, _ = turn.talk
            before, after = dump_conversation(turn.before), dump_conversation(turn.after)
            answers[turn.number] = KeptAnswer(
                turn.number, chat, message, asked_in, person, turn.answer.question, turn.only, before, after
            )
            if as_last:
                talks[turn.talk] = KeptConversation(after, turn.only)
        try:
            self.journal.keep(list(answers.values()), talks)
        except JournalError as error:
            _log.error("answers not kept", count=len(answers), reason=str(error))


def dump_conversation(conversation: Conversation) -> str:
    """Write a conversation as JSON."""
    row = {
        "places": [{name: getattr(piece, name) for name in _PIECE_FIELDS} for piece in conversation.places],
        "topic": [{name: getattr(piece, name) for name in _PIECE_FIELDS} for piece in conversation.topic],
        "file": conversation.file,
        "expected": conversation.expected,
    }
    return json.dumps(row, separators=(",", ":"))


def load_conversation(written: str) -> Conversation:
    """Read what `dump_conversation` wrote; what another version of the program wrote is an empty conversation."""
    try:
        row = json.loads(written)
        return Conversation(
            tuple(Piece(**piece) for piece in row["places"]),
            tuple(Piece(**piece) for piece in row["topic"]),
            row["file"],
            Expected(row["expected"]) if row["expected"] is not None else None,
        )
    except (ValueError, TypeError, KeyError):
        return Conversation()
