"""The driver: what a test uses to play Telegram's users and to look at what the bot did."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, TypeVar

from .chat import CHANNEL, GROUP, SUPERGROUP, Chat
from .errors import DriverError, JsonDict
from .faults import Fault, Faults, FloodLimits, Script
from .signal import DEFAULT_TIMEOUT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from .api import BotApi, Profile
    from .calls import Call
    from .queries import CallbackQuery
    from .user import User
    from .webhook import WebhookConfig

T = TypeVar("T")


class Telegram:
    """Create users and chats, wait for the bot and make its calls fail."""

    def __init__(self, api: BotApi) -> None:
        self._api = api
        self.world = api.world
        self.faults = Faults()
        self.log: list[Call] = []
        self._finished: dict[str, list[Call]] = defaultdict(list)

    @property
    def bot(self) -> User:
        """The bot under test."""
        return self.world.bot

    @property
    def profile(self) -> Profile:
        """Commands, menu buttons and descriptions the bot has set."""
        return self._api.profile

    @property
    def webhook(self) -> WebhookConfig | None:
        """The webhook the bot has set."""
        return self._api.webhook.config if self._api.webhook else None

    @property
    def pending_updates(self) -> int:
        """Number of updates the bot has not confirmed."""
        return len(self.world.updates)

    @property
    def callbacks(self) -> list[CallbackQuery]:
        """All callback queries, oldest first."""
        return list(self.world.callbacks.values())

    @property
    def answered_callbacks(self) -> int:
        """Number of callback queries the bot answered."""
        return sum(query.answer is not None for query in self.world.callbacks.values())

    def user(
        self,
        first_name: str = "User",
        *,
        last_name: str = "",
        username: str = "",
        language: str = "",
        is_bot: bool = False,
        started: bool = False,
    ) -> User:
        """Create an account; with `started` it has already opened the private chat with the bot."""
        user = self.world.add_user(first_name, last_name, username, language, is_bot)
        user.started = started
        return user

    def group(self, title: str = "Group", members: Iterable[User] = (), *, bot: str = "member") -> Chat:
        """Create a basic group; `bot` is the bot's status in it: member, administrator, left or kicked."""
        return self._chat(GROUP, title, members, bot)

    def supergroup(
        self,
        title: str = "Supergroup",
        members: Iterable[User] = (),
        *,
        username: str = "",
        is_forum: bool = False,
        bot: str = "member",
    ) -> Chat:
        """Create a supergroup, with topics if it is a forum."""
        return self._chat(SUPERGROUP, title, members, bot, username, is_forum)

    def channel(
        self, title: str = "Channel", members: Iterable[User] = (), *, username: str = "", bot: str = "administrator"
    ) -> Chat:
        """Create a channel."""
        return self._chat(CHANNEL, title, members, bot, username)

    def calls(self, method: str | None = None, *, ok: bool | None = None) -> list[Call]:
        """Return the finished calls of one method or all, with `ok` only the successful or only the refused ones.

        A call whose connection was lost, such as a poll the bot gave up, is neither.
        """
        calls = self._finished[method] if method else [call for call in self.log if call.done]
        return [call for call in calls if ok is None or (call.ok if ok else call.refused)]

    async def wait_for(
        self, predicate: Callable[[], T], timeout: float = DEFAULT_TIMEOUT, *, what: str = "expected state"
    ) -> T:
        """Wait until a predicate is true, checking it whenever something happened, and return its value."""
        return await self.world.signal.wait_until(predicate, timeout, lambda: f"{what}; last calls: {self.log[-5:]}")

    async def wait_for_call(
        self, method: str, *, count: int = 1, ok: bool | None = None, timeout: float = DEFAULT_TIMEOUT
    ) -> Call:
        """Wait until the bot has made a number of calls of a method and return the last of them."""
        await self.wait_for(
            lambda: len(self._finished[method]) >= count and len(self.calls(method, ok=ok)) >= count,
            timeout,
            what=f"{count} calls of {method}",
        )
        return self.calls(method, ok=ok)[count - 1]

    async def drained(self, timeout: float = DEFAULT_TIMEOUT) -> None:
        """Wait until the bot has confirmed every update."""
        await self.wait_for(lambda: not self.pending_updates, timeout, what="empty queue of updates")

    def fail(
        self,
        method: str,
        fault: Fault,
        *,
        times: int = 1,
        applied: bool = False,
        when: Callable[[JsonDict], bool] | None = None,
    ) -> Script:
        """Make the next calls of a method fail; "*" means any method.

        With `applied` the call takes effect and only its answer is lost; `when` selects calls by their parameters.
        """
        if times < 1:
            raise DriverError("a fault must happen at least once")
        return self.faults.add(Script(method, fault, times, applied, when))

    def begin(self, call: Call) -> None:
        """Log a call that has just arrived."""
        self.log.append(call)
        self.world.signal.fire()

    def finish(self, call: Call) -> None:
        """File a call the server is finished with and wake whoever waits for it."""
        self._finished[call.method].append(call)
        self.world.signal.fire()

    def limit(self, limits: FloodLimits) -> None:
        """Change the flood limits."""
        self._api.flood.limits = limits

    def push_update(self, kind: str, payload: JsonDict, *, lane: int = 0) -> None:
        """Send the bot an update no other part of the driver produces."""
        self.world.emit(kind, payload, lane)

    def _chat(
        self, kind: str, title: str, members: Iterable[User], bot: str, username: str = "", is_forum: bool = False
    ) -> Chat:
        """Create a chat with its members; the first of them owns it."""
        chat = self.world.add_chat(kind, title, username, is_forum=is_forum, bot_status=bot)
        chat.members = {user.id: user for user in members}
        chat.admins = set(list(chat.members)[:1])
        return chat
