"""Questions from JSON Lines, answers to JSON Lines, in order; a bad line becomes an error in its place."""

import json
import math
from collections.abc import Iterable, Iterator
from typing import Any

from bot.answering.dialogue import Conversation
from bot.answering.engine import Engine
from bot.console.json_lines import answer_row

_MOST_SESSIONS = 1024


def answer_lines(engine: Engine, lines: Iterable[bytes], *, k: int) -> Iterator[str]:
    """
    Answer the questions of a batch.

    Args:
        engine: To be asked.
        lines: JSON objects ``{"id", "question", "session"?}``, UTF-8; blank lines are left out. Questions of one
            session are the turns of one conversation.
        k: Most passages an answer, at least 1.

    Yields:
        One line of JSON for each that is not blank: the answer, or ``{"id", "error"}``.
    """
    sessions: dict[str, Conversation] = {}
    for number, raw in enumerate(lines, start=1):
        try:
            line = raw.decode("utf-8-sig" if number == 1 else "utf-8").strip()
        except UnicodeDecodeError:
            yield _dump(_error(None, f"dòng {number}: không phải UTF-8"))
            continue
        if line:
            yield _dump(_answer_line(engine, line, number, sessions, k=k))


def _answer_line(engine: Engine, line: str, number: int, sessions: dict[str, Conversation], *, k: int) -> dict[str, Any]:
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
    session = row.get("session")
    if session is None:
        return answer_row(engine.answer(question, k=k), identifier)
    name = json.dumps(session, sort_keys=True)
    answer, conversation = engine.converse(question, sessions.pop(name, Conversation()), k=k)
    sessions[name] = conversation
    if len(sessions) > _MOST_SESSIONS:
        del sessions[next(iter(sessions))]  # the one that has been silent longest
    return answer_row(answer, identifier)


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
