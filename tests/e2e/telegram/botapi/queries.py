"""Questions a user's client asks the bot and waits on: callback queries and inline queries."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Generic, TypeVar

from .errors import DriverError, JsonDict, WaitTimeout
from .signal import DEFAULT_TIMEOUT

if TYPE_CHECKING:
    from .chat import Chat
    from .entities import FormattedText
    from .message import Message
    from .user import User

AnswerT = TypeVar("AnswerT")


@dataclass(frozen=True, slots=True)
class CallbackAnswer:
    """What answerCallbackQuery shows to the user."""

    text: str
    show_alert: bool
    url: str
    cache_time: int


@dataclass(eq=False)
class Query(Generic[AnswerT]):
    """Wait for the one answer the bot may give."""

    id: str
    user: User
    answer: AnswerT | None = None
    expired: bool = False
    _answered: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def is_open(self) -> bool:
        """Whether the bot may still answer."""
        return self.answer is None and not self.expired

    def expire(self) -> None:
        """Let the query become too old to be answered."""
        self.expired = True

    def resolve(self, answer: AnswerT) -> None:
        """Store the answer and wake whoever waits for it."""
        self.answer = answer
        self._answered.set()

    async def wait(self, timeout: float = DEFAULT_TIMEOUT) -> AnswerT:
        """Return the answer, waiting for it up to the timeout."""
        try:
            async with asyncio.timeout(timeout):
                await self._answered.wait()
        except TimeoutError:
            raise WaitTimeout(f"no answer to {self!r} within {timeout:g} s") from None
        assert self.answer is not None
        return self.answer


@dataclass(eq=False)
class CallbackQuery(Query[CallbackAnswer]):
    """A pressed button."""

    data: str = ""


@dataclass(eq=False)
class InlineQuery(Query["InlineAnswer"]):
    """A query typed after the bot's username."""

    text: str = ""


@dataclass(frozen=True, slots=True)
class InlineResult:
    """One result of an inline query: the object the bot sent and the message it stands for."""

    id: str
    title: str
    raw: JsonDict
    body: FormattedText
    reply_markup: JsonDict | None


@dataclass(eq=False)
class InlineAnswer:
    """The list of results a user sees for an inline query."""

    query: InlineQuery
    results: list[InlineResult]
    cache_time: int
    is_personal: bool
    next_offset: str
    button: JsonDict | None

    def result(self, key: str | int) -> InlineResult:
        """Find a result by position, id or title."""
        if isinstance(key, int):
            return self.results[key]
        for result in self.results:
            if key in (result.id, result.title):
                return result
        raise DriverError(f"no inline result {key!r} among {[(r.id, r.title) for r in self.results]}")

    async def choose(self, key: str | int, chat: Chat | None = None) -> Message:
        """Send a result as its user would; without a chat it goes to one the bot does not know."""
        return self.query.user.send_inline_result(self, self.result(key), chat)
