"""Things that go wrong on purpose: scripted failures of calls, and flood limits."""

import math
from collections import defaultdict, deque
from collections.abc import Callable
from dataclasses import dataclass

from .chat import PRIVATE, Chat
from .errors import JsonDict, too_many_requests


@dataclass(frozen=True, slots=True)
class HttpError:
    """Answer with an error status, such as 500 or 502; `body` replaces the usual JSON, for example with HTML."""

    status: int
    description: str = "Internal Server Error"
    body: bytes | None = None


@dataclass(frozen=True, slots=True)
class TooManyRequests:
    """Answer 429 with a pause in seconds."""

    retry_after: int


@dataclass(frozen=True, slots=True)
class DropConnection:
    """Close the connection without an answer."""


@dataclass(frozen=True, slots=True)
class Hang:
    """Answer normally, but only after some seconds."""

    seconds: float


Fault = HttpError | TooManyRequests | DropConnection | Hang


@dataclass(eq=False, slots=True)
class Script:
    """A fault waiting for its calls. With `applied` the call takes effect and only its answer is lost."""

    method: str
    fault: Fault
    remaining: int
    applied: bool
    when: Callable[[JsonDict], bool] | None
    hits: int = 0

    def cancel(self) -> None:
        """Let later calls pass."""
        self.remaining = 0


class Faults:
    """Keep the scripted faults in the order they were asked for."""

    def __init__(self) -> None:
        self._scripts: list[Script] = []

    def add(self, script: Script) -> Script:
        """Script a fault."""
        self._scripts.append(script)
        return script

    def take(self, method: str, params: Callable[[], JsonDict]) -> Script | None:
        """Return the script a call runs into, using up one of its times."""
        if not self._scripts:
            return None
        for script in self._scripts:
            if script.remaining and script.method in (method, "*") and (script.when is None or script.when(params())):
                script.remaining -= 1
                script.hits += 1
                self._scripts = [other for other in self._scripts if other.remaining]
                return script
        return None


@dataclass(frozen=True, slots=True)
class FloodLimits:
    """How many messages and edits are accepted; None means no limit.

    The real server aims at about one message a second in a chat, 20 a minute in a group and 30 a second in total.
    """

    per_chat_second: int | None = None
    per_group_minute: int | None = None
    per_second: int | None = None


NO_LIMITS = FloodLimits()


class FloodControl:
    """Count messages in sliding windows; a refused chat stays refused until its pause is over."""

    def __init__(self, limits: FloodLimits, clock: Callable[[], float]) -> None:
        self.limits = limits
        self._clock = clock
        self._events: dict[tuple[str, int], deque[float]] = defaultdict(deque)
        self._closed_until: dict[int, float] = {}

    def check(self, chat: Chat) -> None:
        """Count one message to a chat or refuse it with 429."""
        limits = self.limits
        if limits == NO_LIMITS:
            return
        now = self._clock()
        closed_until = self._closed_until.get(chat.id, 0.0)
        windows = [
            (("chat", chat.id), limits.per_chat_second, 1.0),
            (("total", 0), limits.per_second, 1.0),
        ]
        if chat.type != PRIVATE:
            windows.append((("group", chat.id), limits.per_group_minute, 60.0))
        for key, limit, period in windows:
            events = self._events[key]
            while events and events[0] <= now - period:
                events.popleft()
            if limit is not None and len(events) >= limit:
                closed_until = max(closed_until, events[0] + period)
        if closed_until > now:
            pause = math.ceil(closed_until - now)
            self._closed_until[chat.id] = now + pause
            raise too_many_requests(pause)
        for key, _, _ in windows:
            self._events[key].append(now)
