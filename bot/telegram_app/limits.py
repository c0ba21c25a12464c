"""How much one person may ask, and who may ask at all."""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from math import ceil

WINDOW = 60.0
"""Seconds in which questions are counted."""
_MOST_PEOPLE = 10_000


class Verdict(Enum):
    """Whether a person may ask now."""

    ALLOWED = "allowed"
    REFUSED = "refused"
    REFUSED_ALREADY_TOLD = "refused, and told so in this window"


@dataclass(slots=True)
class _Asked:
    times: deque[float]
    told: float = float("-inf")


class PersonLimits:
    """
    Counts each person's questions of the last minute, in memory.

    Args:
        most: Questions in a window; 0 for no limit.
        clock: Seconds that only rise.
    """

    def __init__(self, most: int, clock: Callable[[], float]) -> None:
        self.most = most
        self._clock = clock
        self._people: dict[str, _Asked] = {}

    def ask(self, person: str) -> Verdict:
        """Count a question, unless it is one too many; a refusal is to be told only the first time in a window."""
        if not self.most:
            return Verdict.ALLOWED
        now = self._clock()
        asked = self._people.pop(person, None) or _Asked(deque())
        self._people[person] = asked  # the last to ask stands last
        if len(self._people) > _MOST_PEOPLE:
            del self._people[next(iter(self._people))]
        while asked.times and asked.times[0] <= now - WINDOW:
            asked.times.popleft()
        if len(asked.times) < self.most:
            asked.times.append(now)
            return Verdict.ALLOWED
        if now - asked.told < WINDOW:
            return Verdict.REFUSED_ALREADY_TOLD
        asked.told = now
        return Verdict.REFUSED

    def wait(self, person: str) -> int:
        """Whole seconds until a person may ask again."""
        asked = self._people.get(person)
        if asked is None or len(asked.times) < self.most:
            return 0
        return max(1, ceil(asked.times[0] + WINDOW - self._clock()))

    def forget(self, person: str) -> None:
        """
        Stop counting a person who asks to be forgotten, unless that would lift a limit.

        One who has asked all of the window's questions stays counted until it ends.
        """
        asked = self._people.get(person)
        if asked is not None and len(asked.times) < self.most:
            del self._people[person]


@dataclass(frozen=True, slots=True)
class Admission:
    """
    Who may use the bot.

    Attributes:
        chats: People and groups; empty for everyone.
        admins: People who always may, without limits.
    """

    chats: frozenset[int]
    admins: frozenset[int]

    def admits(self, chat: int | None, person: int | None) -> bool:
        """Tell whether a person may use the bot in a chat."""
        return not self.chats or chat in self.chats or person in self.chats or person in self.admins
