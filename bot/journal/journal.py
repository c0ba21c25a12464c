"""
The journal: answers that were given (so that their buttons work after a restart), votes, and conversations.

All of it is bounded and expires, and all that is kept of one person can be deleted at once. People are kept as keyed
hashes; the key is made by chance with the file and stays in it.
"""

import hashlib
import logging
import secrets
import sqlite3
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from threading import RLock
from types import MappingProxyType
from typing import Any

from bot.errors import JournalError

ANSWER_DAYS = 30
"""After how many days an answer, its question and its votes are deleted."""
MOST_ANSWERS = 20_000
"""How many answers are kept at most; the oldest go first."""
CONVERSATION_HOURS = 2
"""After how many hours of silence a conversation is forgotten."""

_SCHEMA = """
CREATE TABLE IF NOT EXISTS secrets (name TEXT PRIMARY KEY, value BLOB NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS answers (
    id INTEGER PRIMARY KEY AUTOINCREMENT, chat INTEGER NOT NULL, message INTEGER NOT NULL, asked_in INTEGER NOT NULL,
    person TEXT NOT NULL, question TEXT NOT NULL, only_file TEXT, before TEXT NOT NULL, after TEXT NOT NULL,
    at REAL NOT NULL) STRICT;
CREATE INDEX IF NOT EXISTS answers_by_message ON answers (chat, message);
CREATE INDEX IF NOT EXISTS answers_by_question ON answers (chat, asked_in);
CREATE INDEX IF NOT EXISTS answers_by_person ON answers (person);
CREATE INDEX IF NOT EXISTS answers_by_time ON answers (at);
CREATE TABLE IF NOT EXISTS votes (
    answer INTEGER NOT NULL REFERENCES answers (id) ON DELETE CASCADE, person TEXT NOT NULL,
    good INTEGER NOT NULL, PRIMARY KEY (answer, person)) STRICT;
CREATE INDEX IF NOT EXISTS votes_by_person ON votes (person);
CREATE TABLE IF NOT EXISTS conversations (
    chat INTEGER NOT NULL, person TEXT NOT NULL, thread INTEGER NOT NULL, state TEXT NOT NULL, only_file TEXT,
    at REAL NOT NULL, PRIMARY KEY (chat, person, thread)) STRICT;
"""
_COLUMNS = "id, chat, message, asked_in, person, question, only_file, before, after"
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class KeptAnswer:
    """
    An answer that was given, as its buttons and follow-ups need it.

    Attributes:
        id: From `Journal.reserve_id`.
        chat: Where it stands.
        message: The message that shows it.
        asked_in: The message that asked, 0 when a button did.
        person: Who asked, from `Journal.person_key`.
        question: As typed.
        only: File of the one article that was searched, or None for all.
        before: The conversation in whose light it was asked, as its owner writes it.
        after: The conversation that it left.
    """

    id: int
    chat: int
    message: int
    asked_in: int
    person: str
    question: str
    only: str | None
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class KeptConversation:
    """A conversation as its owner writes it, and the one article that it is restricted to, if any."""

    state: str
    only: str | None


@dataclass(frozen=True, slots=True)
class Votes:
    """How many people found an answer good, and how many did not."""

    good: int = 0
    bad: int = 0


@dataclass(frozen=True, slots=True)
class Forgotten:
    """How much was deleted."""

    answers: int
    votes: int
    conversations: int


Talk = tuple[int, str, int]
"""Who talks where: the chat, the person from `Journal.person_key`, and the forum topic, 0 for none."""


class Journal:
    """
    Keeps answers, votes and conversations; any thread may call it.

    Args:
        path: The SQLite file, made when missing, readable by its owner only. A damaged one is set aside, named
            ``*.damaged``, and a new one begun.
        clock: Seconds since the epoch.

    Raises:
        JournalError: The file cannot be made or written.
    """

    def __init__(self, path: Path, clock: Callable[[], float] = time.time) -> None:
        self._path, self._clock = path, clock
        self._lock = RLock()
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.touch(mode=0o600)
            try:
                self._connection = self._open()
            except sqlite3.DatabaseError as error:
                if isinstance(error, sqlite3.OperationalError):
                    raise
                _log.warning("%s is damaged (%s); it is set aside and a new one begun", path, error)
                path.replace(path.with_name(path.name + ".damaged"))
                for suffix in ("-wal", "-shm"):
                    path.with_name(path.name + suffix).unlink(missing_ok=True)
                path.touch(mode=0o600)
                self._connection = self._open()
            last = self._number("SELECT max(seq) FROM sqlite_sequence WHERE name = 'answers'")
            self._ids = count(last + 1)
            self._key = self._secret()
        except (OSError, sqlite3.Error) as error:
            raise JournalError(
                f"{path}: {error}",
                f"Không ghi được sổ câu hỏi {path}. Kiểm tra quyền ghi, hoặc đặt HOIBAO_STATE sang thư mục khác.",
            ) from error
        self.sweep()

    def person_key(self, person: int) -> str:
        """Turn a person's number into what is kept and logged instead of it: 16 hexadecimal digits."""
        return hashlib.blake2b(str(person).encode(), key=self._key, digest_size=8).hexdigest()

    def reserve_id(self) -> int:
        """Return a number for a new answer; none is given out twice while the process runs."""
        return next(self._ids)  # without the lock: nobody has to wait for a transaction to end

    def keep(
        self,
        answers: Sequence[KeptAnswer],
        conversations: Mapping[Talk, KeptConversation] = MappingProxyType({}),
    ) -> None:
        """
        Keep answers and conversations: all of them or, when that fails, none.

        Args:
            answers: Each in the place of the one with its number if there is one; its votes stay.
            conversations: Each in the place of the former one of the same person there.

        Raises:
            JournalError: They cannot be written.
        """
        now = self._clock()
        with self._writing() as connection:
            connection.executemany(
                f"INSERT INTO answers ({_COLUMNS}, at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"  # noqa: S608
                " ON CONFLICT (id) DO UPDATE SET question = excluded.question, only_file = excluded.only_file,"
                " before = excluded.before, after = excluded.after, at = excluded.at",
                [
                    (
                        answer.id,
                        answer.chat,
                        answer.message,
                        answer.asked_in,
                        answer.person,
                        answer.question,
                        answer.only,
                        answer.before,
                        answer.after,
                        now,
                    )
                    for answer in answers
                ],
            )
            connection.executemany(
                "INSERT OR REPLACE INTO conversations (chat, person, thread, state, only_file, at) VALUES (?, ?, ?, ?, ?, ?)",
                [(*talk, kept.state, kept.only, now) for talk, kept in conversations.items()],
            )

    def answer(self, number: int) -> KeptAnswer | None:
        """Find an answer by its number; None when it is unknown or too old."""
        return self._find("id = ?", number)

    def answer_shown_in(self, chat: int, message: int) -> KeptAnswer | None:
        """Find an answer by the message that shows it."""
        return self._find("chat = ? AND message = ?", chat, message)

    def answer_to(self, chat: int, asked_in: int) -> KeptAnswer | None:
        """Find the answer to the question of a message."""
        return self._find("chat = ? AND asked_in = ?", chat, asked_in) if asked_in else None

    def vote(self, answer: int, person: str, *, good: bool) -> Votes:
        """
        Take a person's vote on an answer, in the place of the former one.

        Returns:
            All votes on the answer.

        Raises:
            JournalError: It cannot be written, or there is no such answer any more.
        """
        with self._writing() as connection:
            connection.execute(
                "INSERT INTO votes (answer, person, good) VALUES (?, ?, ?)"
                " ON CONFLICT (answer, person) DO UPDATE SET good = excluded.good",
                (answer, person, good),
            )
        return self.votes(answer)

    def votes(self, answer: int) -> Votes:
        """Count the votes on an answer."""
        rows = dict(self._rows("SELECT good, count(*) FROM votes WHERE answer = ? GROUP BY good", answer))
        return Votes(rows.get(1, 0), rows.get(0, 0))

    def conversation(self, talk: Talk) -> KeptConversation | None:
        """Find what a person talks about in a chat; None when nothing is known or it was too long ago."""
        since = self._clock() - CONVERSATION_HOURS * 3600
        rows = self._rows(
            "SELECT state, only_file FROM conversations WHERE chat = ? AND person = ? AND thread = ? AND at >= ?",
            *talk,
            since,
        )
        return KeptConversation(*rows[0]) if rows else None

    def forget_conversation(self, talk: Talk) -> None:
        """
        Forget what a person talks about in a chat.

        Raises:
            JournalError: It cannot be written.
        """
        with self._writing() as connection:
            connection.execute("DELETE FROM conversations WHERE chat = ? AND person = ? AND thread = ?", talk)

    def forget_person(self, person: str) -> Forgotten:
        """
        Delete all that is kept of a person, in every chat.

        Raises:
            JournalError: It cannot be written.
        """
        with self._writing() as connection:
            votes = connection.execute("DELETE FROM votes WHERE person = ?", (person,)).rowcount
            answers = connection.execute("DELETE FROM answers WHERE person = ?", (person,)).rowcount
            conversations = connection.execute("DELETE FROM conversations WHERE person = ?", (person,)).rowcount
        with suppress(sqlite3.Error), self._lock:
            self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")  # else the text lives on in the log beside it
        return Forgotten(answers, votes, conversations)

    def totals(self) -> tuple[int, Votes]:
        """Count the answers that are kept, and all votes."""
        rows = dict(self._rows("SELECT good, count(*) FROM votes GROUP BY good"))
        return self._number("SELECT count(*) FROM answers"), Votes(rows.get(1, 0), rows.get(0, 0))

    def sweep(self) -> None:
        """
        Delete what has expired.

        Raises:
            JournalError: It cannot be written.
        """
        now = self._clock()
        with self._writing() as connection:
            connection.execute("DELETE FROM conversations WHERE at < ?", (now - CONVERSATION_HOURS * 3600,))
            connection.execute("DELETE FROM answers WHERE at < ?", (now - ANSWER_DAYS * 86400,))
            connection.execute(
                "DELETE FROM answers WHERE id <= (SELECT id FROM answers ORDER BY id DESC LIMIT 1 OFFSET ?)",
                (MOST_ANSWERS,),
            )

    def close(self) -> None:
        """Finish writing; the journal cannot be used afterwards."""
        with self._lock, suppress(sqlite3.Error):
            self._connection.close()

    def _open(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self._path, timeout=2, isolation_level=None, check_same_thread=False)
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = NORMAL")
            connection.execute("PRAGMA foreign_keys = ON")
            connection.execute("PRAGMA secure_delete = ON")
            connection.executescript(_SCHEMA)
        except sqlite3.Error:
            connection.close()
            raise
        return connection

    def _secret(self) -> bytes:
        self._connection.execute("INSERT OR IGNORE INTO secrets (name, value) VALUES ('person', ?)", (secrets.token_bytes(32),))
        key: bytes = self._connection.execute("SELECT value FROM secrets WHERE name = 'person'").fetchone()[0]
        return key

    def _find(self, where: str, *values: object) -> KeptAnswer | None:
        since = self._clock() - ANSWER_DAYS * 86400
        rows = self._rows(
            f"SELECT {_COLUMNS} FROM answers WHERE {where} AND at >= ? ORDER BY id DESC LIMIT 1",  # noqa: S608
            *values,
            since,
        )
        return KeptAnswer(*rows[0]) if rows else None

    def _rows(self, statement: str, *values: object) -> list[Any]:
        try:
            with self._lock:
                return self._connection.execute(statement, values).fetchall()
        except sqlite3.Error as error:
            raise self._error(error) from error

    def _number(self, statement: str) -> int:
        return int(self._connection.execute(statement).fetchone()[0] or 0)

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        """One transaction: all of it is written, or nothing."""
        with self._lock:
            try:
                self._connection.execute("BEGIN IMMEDIATE")
                try:
                    yield self._connection
                except BaseException:
                    self._connection.execute("ROLLBACK")
                    raise
                self._connection.execute("COMMIT")
            except sqlite3.Error as error:
                raise self._error(error) from error

    def _error(self, error: sqlite3.Error) -> JournalError:
        return JournalError(f"{self._path}: {error}", "Không đọc hoặc ghi được sổ câu hỏi.")
