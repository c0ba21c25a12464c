"""Questions as turns of conversations: asked in a thread beside the event loop, and kept in the journal."""

import asyncio
import json
from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import asdict, dataclass
from time import perf_counter
from typing import Any, TypeVar

import structlog

from bot.answering.dialogue import Conversation
from bot.answering.engine import Engine
from bot.errors import JournalError
from bot.journal.journal import Journal, KeptAnswer, KeptConversation
from bot.language.reading import Piece
from bot.model import Answer

MOST_HITS = 10
"""Passages of an answer: the first is shown, the others come with the buttons."""
_log = structlog.get_logger(__name__)
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Speaker:
    """
    Who speaks where: what conversations are kept by.

    Attributes:
        chat: The chat.
        thread: A forum topic, 0 for none.
        person: From `Journal.person_key`.
    """

    chat: int
    thread: int
    person: str


@dataclass(frozen=True, slots=True)
class Turn:
    """
    A question with its answer.

    Attributes:
        number: Of the answer in the journal.
        speaker: Who asked.
        answer: What the articles say.
        only: File of the one article that was searched, or None for all.
        before: The conversation in whose light it was asked.
        after: The conversation that it left.
        seconds: How long it took to answer.
    """

    number: int
    speaker: Speaker
    answer: Answer
    only: str | None
    before: Conversation
    after: Conversation
    seconds: float


@dataclass(frozen=True, slots=True)
class Turns:
    """
    Asks the engine and keeps what has to be kept; what cannot be kept is logged, and the answer is given all the same.

    Attributes:
        engine: Answers.
        journal: Keeps answers and conversations.
        threads: Where both work.
    """

    engine: Engine
    journal: Journal
    threads: Executor

    async def ask(self, speaker: Speaker, question: str, light: KeptAnswer | None = None) -> Turn:
        """
        Answer a question as the next turn of the speaker's conversation.

        Args:
            speaker: Who asks.
            question: As typed.
            light: The answer that the question is a reply to: then it is asked in that answer's light.
        """
        return await self.beside(self._ask, speaker, question, light)

    async def ask_again(self, kept: KeptAnswer, thread: int, question: str, only: str | None) -> Turn:
        """
        Answer a question in the place of one that was answered, in the same light.

        Args:
            kept: The former answer; the new one has its number.
            thread: The forum topic, 0 for none.
            question: The question now.
            only: File of the one article to search now, or None for all.
        """
        return await self.beside(self._ask_again, kept, thread, question, only)

    async def keep(self, turn: Turn, message: int, asked_in: int, *, as_last: bool = True) -> None:
        """
        Keep an answer that has been sent.

        Args:
            turn: The answer.
            message: The message that shows it.
            asked_in: The message that asked, 0 when a button did.
            as_last: Whether the speaker's conversation goes on from here.
        """
        await self.beside(self._keep, turn, message, asked_in, as_last)

    async def restrict(self, speaker: Speaker, only: str | None) -> None:
        """
        Let a speaker's next questions go to one article, or to all again.

        Raises:
            JournalError: It cannot be kept.
        """

        def work() -> None:
            kept = self.journal.conversation(speaker.chat, speaker.person, speaker.thread)
            state = kept.state if kept else dump_conversation(Conversation())
            self.journal.keep_conversation(speaker.chat, speaker.person, speaker.thread, KeptConversation(state, only))

        await self.beside(work)

    async def beside(self, work: Callable[..., _T], *arguments: Any) -> _T:
        """Do a piece of work beside the event loop."""
        return await asyncio.get_running_loop().run_in_executor(self.threads, work, *arguments)

    def _ask(self, speaker: Speaker, question: str, light: KeptAnswer | None) -> Turn:
        if light is not None:
            return self._answer(
                self.journal.reserve_id(), speaker, question, load_conversation(light.after), light.only
            )
        kept = None
        try:
            kept = self.journal.conversation(speaker.chat, speaker.person, speaker.thread)
        except JournalError as error:
            _log.error("conversation not read", reason=str(error))
        before = load_conversation(kept.state) if kept else Conversation()
        return self._answer(self.journal.reserve_id(), speaker, question, before, kept.only if kept else None)

    def _ask_again(self, kept: KeptAnswer, thread: int, question: str, only: str | None) -> Turn:
        speaker = Speaker(kept.chat, thread, kept.person)
        return self._answer(kept.id, speaker, question, load_conversation(kept.before), only)

    def _answer(self, number: int, speaker: Speaker, question: str, before: Conversation, only: str | None) -> Turn:
        if only is not None and self.engine.index.place_of(only) is None:
            only = None
        started = perf_counter()
        answer, after = self.engine.converse(question, before, k=MOST_HITS, only=only)
        return Turn(number, speaker, answer, only, before, after, perf_counter() - started)

    def _keep(self, turn: Turn, message: int, asked_in: int, as_last: bool) -> None:
        speaker, after = turn.speaker, dump_conversation(turn.after)
        try:
            self.journal.keep_answer(
                KeptAnswer(
                    turn.number,
                    speaker.chat,
                    message,
                    asked_in,
                    speaker.person,
                    turn.answer.question,
                    turn.only,
                    dump_conversation(turn.before),
                    after,
                )
            )
            if as_last:
                self.journal.keep_conversation(
                    speaker.chat, speaker.person, speaker.thread, KeptConversation(after, turn.only)
                )
        except JournalError as error:
            _log.error("answer not kept", reason=str(error))


def dump_conversation(conversation: Conversation) -> str:
    """Write a conversation as JSON."""
    return json.dumps(asdict(conversation), ensure_ascii=True, separators=(",", ":"))


def load_conversation(written: str) -> Conversation:
    """Read what `dump_conversation` wrote; what another version of the program wrote is an empty conversation."""
    try:
        row = json.loads(written)
        return Conversation(
            tuple(Piece(**piece) for piece in row["places"]),
            tuple(Piece(**piece) for piece in row["topic"]),
            row["file"],
        )
    except (ValueError, TypeError, KeyError):
        return Conversation()
