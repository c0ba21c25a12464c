"""An engine that remembers: the questions that many people ask are worked out once."""

from collections.abc import Callable, Hashable
from dataclasses import dataclass, field, fields, replace
from threading import Lock
from typing import Generic, NoReturn, TypeVar

from bot.answering.dialogue import Conversation
from bot.answering.engine import Engine
from bot.language.reading import Reading
from bot.model import EVERYWHERE, Answer, Scope

_K = TypeVar("_K", bound=Hashable)
_V = TypeVar("_V")


class _NotRememberedError(Exception):
    """What was asked has not been worked out yet, or too long ago."""


class Memo(Generic[_K, _V]):
    """
    The last values of a pure function, safe to share between threads.

    Args:
        most: Values kept; the one that was unused longest goes first.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._values: dict[_K, _V] = {}
        self._lock = Lock()

    def get(self, key: _K, make: Callable[[], _V]) -> _V:
        """Return the value of a key, made now if it is not known; two threads may both make it."""
        with self._lock:
            if key in self._values:
                self._values[key] = value = self._values.pop(key)
                return value
        value = make()
        self.put(key, value)
        return value

    def put(self, key: _K, value: _V) -> None:
        """Remember a value that was made elsewhere."""
        with self._lock:
            self._values[key] = value
            if len(self._values) > self._most:
                del self._values[next(iter(self._values))]

    def items(self) -> tuple[tuple[_K, _V], ...]:
        """All that is remembered."""
        with self._lock:
            return tuple(self._values.items())


_AnswerKey = tuple[Reading, int, bool, Scope]


@dataclass(frozen=True, slots=True)
class Memory:
    """What an engine remembers, to be sent to another process; see `MemoEngine` for what is found by what."""

    readings: tuple[tuple[str, Reading], ...] = ()
    answers: tuple[tuple[_AnswerKey, Answer], ...] = ()


@dataclass(frozen=True, slots=True)
class MemoEngine(Engine):
    """
    An engine for many people: it answers as `Engine` does, and remembers how it read and what it answered.

    A question is read alike in every conversation, and an answer depends on the reading alone, so that both are kept
    apart: a question that stands alone is found again whatever was talked about before.

    Attributes:
        readings: By clean question.
        answers: By reading, number of passages, whether it is explained, and where was looked.
        recalling: Then it does not work out anything; see `recall`.
    """

    readings: Memo[str, Reading] = field(default_factory=lambda: Memo(4096), compare=False, repr=False)
    answers: Memo[_AnswerKey, Answer] = field(default_factory=lambda: Memo(2048), compare=False, repr=False)
    recalling: bool = field(default=False, compare=False, repr=False)

    @classmethod
    def over(cls, engine: Engine) -> "MemoEngine":
        """Give an engine a memory, an empty one."""
        return cls(**{one.name: getattr(engine, one.name) for one in fields(Engine)})

    def memory(self) -> Memory:
        """All that it remembers."""
        return Memory(self.readings.items(), self.answers.items())

    def learn(self, memory: Memory) -> None:
        """Remember what an engine over the same state worked out elsewhere."""
        for question, reading in memory.readings:
            self.readings.put(question, reading)
        for key, answer in memory.answers:
            self.answers.put(key, answer)

    def recall(
        self, question: str, conversation: Conversation, *, k: int, scope: Scope = EVERYWHERE
    ) -> tuple[Answer, Conversation] | None:
        """Answer as `converse` does, if that takes no time because it is remembered; else None."""
        try:
            return replace(self, recalling=True).converse(question, conversation, k=k, scope=scope)
        except _NotRememberedError:
            return None

    # No `super()`: a dataclass with slots is another class than the one that this body belongs to.
    def _read(self, cleaned: str) -> Reading:
        return self.readings.get(cleaned, _unknown if self.recalling else lambda: Engine._read(self, cleaned))  # noqa: SLF001

    def _compose(self, reading: Reading, *, k: int, explain: bool, scope: Scope) -> Answer:
        return self.answers.get(
            (reading, k, explain, scope),
            _unknown if self.recalling else lambda: Engine._compose(self, reading, k=k, explain=explain, scope=scope),  # noqa: SLF001
        )


def _unknown() -> NoReturn:
    raise _NotRememberedError
