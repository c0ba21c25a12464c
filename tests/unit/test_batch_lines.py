import json
from dataclasses import dataclass, field

from bot.answering.dialogue import Conversation
from bot.console import batch
from bot.model import Answer, Scope, Status


@dataclass
class Echo:
    """Answers nothing, and remembers in whose light it was asked."""

    conversations: dict[int, str] = field(default_factory=dict)
    seen: list[tuple[str, str]] = field(default_factory=list)

    def answer(self, question: str, *, k: int, scope: Scope) -> Answer:  # noqa: ARG002
        self.seen.append((question, f"alone, {k}"))
        return Answer(question, None, Status.NOT_FOUND)

    def converse(self, question: str, conversation: Conversation, *, k: int, scope: Scope) -> tuple[Answer, Conversation]:  # noqa: ARG002
        self.seen.append((question, f"{self.conversations.get(id(conversation), 'new')}, {k}"))
        after = Conversation()
        self._keep = [*getattr(self, "_keep", []), after]  # an id is only good while its owner lives
        self.conversations[id(after)] = f"after {question}"
        return Answer(question, None, Status.NOT_FOUND), after


def ask(engine: Echo, *rows: dict) -> list[dict]:
    lines = [json.dumps(row).encode() + b"\n" for row in rows]
    return [json.loads(line) for line in batch.answer_lines(engine, lines, k=4)]


def test_sessions_are_told_apart_by_any_json():
    engine = Echo()
    ask(
        engine,
        {"question": "1", "session": 1},
        {"question": "2", "session": "1"},
        {"question": "3", "session": 1},
        {"question": "4"},
        {"question": "5", "session": {"b": 1, "a": [2]}},
        {"question": "6", "session": {"a": [2], "b": 1}},
    )
    assert engine.seen == [
        ("1", "new, 4"),
        ("2", "new, 4"),
        ("3", "after 1, 4"),
        ("4", "alone, 4"),
        ("5", "new, 4"),
        ("6", "after 5, 4"),
    ]


def test_the_session_that_was_silent_longest_is_forgotten(monkeypatch):
    monkeypatch.setattr(batch, "_MOST_SESSIONS", 2)
    engine = Echo()
    ask(engine, *({"question": str(n), "session": name} for n, name in enumerate("abacab")))
    lights = [light.partition(",")[0] for _, light in engine.seen]
    assert lights == ["new", "new", "after 0", "new", "after 2", "new"]


def test_lines_are_answered_as_they_come():
    def endless():
        while True:
            yield b'{"id": 1, "question": "x"}\n'

    answers = batch.answer_lines(Echo(), endless(), k=1)
    assert json.loads(next(answers))["id"] == 1


def test_every_line_can_be_written_as_utf8():
    lines = [b'{"id": "\\ud800", "question": "a\\udfffb"}', b'{"id": "\\udfff"}']
    answer, error = (line.encode("utf-8") for line in batch.answer_lines(Echo(), lines, k=1))
    assert (json.loads(answer)["id"], json.loads(answer)["question"]) == ("?", "a?b")
    assert json.loads(error)["id"] == "?"
