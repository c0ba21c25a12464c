"""Questions from JSON Lines, answers to JSON Lines, in order; a bad line becomes an error in its place."""

import json
import math
from collections.abc import Iterable, Iterator
from time import perf_counter
from typing import Any

from bot.answering.dialogue import Conversation
from bot.answering.engine import Engine
from bot.console.json_lines import answer_row
from bot.model import EVERYWHERE, Answer, Scope

_MOST_SESSIONS = 1024


def answer_lines(engine: Engine, lines: Iterable[bytes], *, k: int, scope: Scope = EVERYWHERE) -> Iterator[str]:
    """
    Answer the questions of a batch.

    Args:
        engine: To be asked.
        lines: JSON objects ``{"id", "question", "session"?}``, UTF-8; blank lines are left out. Questions of one
            session are the turns of one conversation.
        k: Most passages an answer, at least 1.
        scope: Where to look.

    Yields:
        One line of JSON for each that is not blank: the answer, or ``{"id", "error"}``.
    """
    sessions = _Sessions(engine, k, scope)
    for number, raw in enumerate(lines, start=1):
        try:
            line = raw.decode("utf-8-sig" if number == 1 else "utf-8").strip()
        except UnicodeDecodeError:
            yield _dump(_error(None, f"dòng {number}: không phải UTF-8"))
            continue
        if line:
            yield _dump(_answer_line(line, number, sessions))


class _Sessions:
    """Asks the engine; questions of one session are turns of one conversation."""

    def __init__(self, engine: Engine, k: int, scope: Scope) -> None:
        self._engine, self._k, self._scope = engine, k, scope
        self._conversations: dict[str, Conversation] = {}

    def answer(self, question: str, session: Any) -> Answer:
        if session is None:
            return self._engine.answer(question, k=self._k, scope=self._scope)
        name = json.dumps(session, sort_keys=True)
        before = self._conversations.pop(name, Conversation())
        answer, self._conversations[name] = self._engine.converse(question, before, k=self._k, scope=self._scope)
        if len(self._conversations) > _MOST_SESSIONS:
            del self._conversations[next(iter(self._conversations))]  # the one that has been silent longest
        return answer


def _answer_line(line: str, number: int, sessions: _Sessions) -> dict[str, Any]:
    try:
        row = json.loads(line, parse_float=_finite, parse_constant=_finite)
    except (ValueError, RecursionError):
        return _error(None, f"dòng {number}: không phải JSON")
    if not isinstance(row, dict):
        return _error(None, f"dòng {number}: không phải một đối tượng JSON")
    identifier = row.get("id")
    question = row.get("question")
    if not isinstance(question, str):
        return _error(identifier, f"dòng {number}: thiếu “question” hoặc không phải chuỗi")
    started = perf_counter()
    answer = sessions.answer(question, row.get("session"))
    taken = perf_counter() - started
    return {**answer_row(answer, identifier), "took_ms": round(taken * 1000, 3)}


def _error(identifier: Any, message: str) -> dict[str, Any]:
    return {"id": identifier, "error": message}


def _finite(number: str) -> float:
    """Read a number that is JSON: NaN and the infinities, which Python would take and print again, are not."""
    value = float(number)
    if not math.isfinite(value):
        raise ValueError(number)
    return value


def _dump(row: dict[str, Any]) -> str:
    # A lone surrogate ("\\ud800" in a question) cannot be written as UTF-8: it comes back as "?".
    text = json.dumps(row, ensure_ascii=False)
    return text.encode("utf-8", "replace").decode("utf-8")
