"""The command as a process: run to its end through pipes, or in a pseudo-terminal as a person has it."""

import codecs
import fcntl
import os
import pty
import re
import select
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
ESCAPE = re.compile(r"\x1b(?:\[[0-9;?]*[ -/]*[@-~]|\][^\x07]*\x07|[@-Z\\-_=>])")
PATIENCE = 60
"""Seconds after which a process counts as hung."""


@dataclass(frozen=True)
class Ended:
    """What a process left behind."""

    code: int
    out: str
    err: str

    @property
    def lines(self) -> list[str]:
        return self.out.splitlines()


Run = Callable[..., Ended]


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="session")
def environment(home: Path) -> dict[str, str]:
    """Nothing of the machine's own but the search path; one index of the seeds for all tests."""
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(home),
        "HOIBAO_CORPUS": "seeds",
        "HOIBAO_INDEX": str(home / "index"),
        "HOIBAO_TABLES": "",
        "HOIBAO_CAUTION": "",
    }


@pytest.fixture(scope="session")
def hoibao(environment: dict[str, str]) -> Run:
    """Run a command to its end: ``hoibao("ask", "…", stdin=b"", NO_COLOR="1")``."""

    def run(*arguments: str | Path, stdin: bytes = b"", **more: str) -> Ended:
        ended = subprocess.run(
            [sys.executable, "-m", "bot", *map(str, arguments)],
            input=stdin,
            capture_output=True,
            cwd=ROOT,
            env=environment | more,
            timeout=PATIENCE,
            check=False,
        )
        out, err = ended.stdout.decode("utf-8"), ended.stderr.decode("utf-8")
        assert "Traceback" not in err
        return Ended(ended.returncode, out, err)

    return run


class Terminal:
    """A process that believes a person is at the keyboard."""

    def __init__(self, arguments: tuple[str, ...], environment: dict[str, str], columns: int, rows: int) -> None:
        self._ours, theirs = pty.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        self.process = subprocess.Popen(
            [sys.executable, "-m", "bot", *arguments],
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            cwd=ROOT,
            env=environment | {"TERM": "xterm-256color", "PROMPT_TOOLKIT_NO_CPR": "1"},
            start_new_session=True,
        )
        os.close(theirs)
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self.raw = ""
        self._seen = 0

    @property
    def text(self) -> str:
        """All that was printed, without escape codes."""
        return ESCAPE.sub("", self.raw).replace("\r", "")

    def expect(self, wanted: str) -> str:
        """Wait until a text is printed, after what the last call waited for; what came with it is returned."""
        until = time.monotonic() + PATIENCE
        while (at := self.text.find(wanted, self._seen)) < 0:
            assert self._read(until), f"{wanted!r} did not come after {self.text[self._seen :]!r}"
        came = self.text[self._seen : at + len(wanted)]
        self._seen = at + len(wanted)
        return came

    def type(self, keys: str) -> None:
        os.write(self._ours, keys.encode())

    def wait(self) -> int:
        """Read on to the end, and return the exit code."""
        until = time.monotonic() + PATIENCE
        while self._read(until):
            pass
        return self.process.wait(PATIENCE)

    def close(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        os.close(self._ours)

    def _read(self, until: float) -> bool:
        ready, _, _ = select.select([self._ours], [], [], max(0.0, until - time.monotonic()))
        try:
            came = os.read(self._ours, 65536) if ready else b""
        except OSError:  # Linux: the other side is closed
            came = b""
        self.raw += self._decoder.decode(came)
        return bool(came)


@pytest.fixture
def terminal(environment: dict[str, str]) -> Iterator[Callable[..., Terminal]]:
    """Start a command in a pseudo-terminal: ``terminal("chat", columns=60)``."""
    started: list[Terminal] = []

    def start(*arguments: str, columns: int = 80, rows: int = 40, **more: str) -> Terminal:
        started.append(Terminal(arguments, environment | more, columns, rows))
        return started[-1]

    yield start
    for one in started:
        one.close()


@pytest.fixture(scope="session")
def check_answer() -> Callable[..., None]:
    """Hold one printed answer to the contract of issue 2, whatever it says."""
    return _check_answer


def _check_answer(row: dict, k: int = 3) -> None:
    assert {"id", "question", "understood_as", "status", "hits"} <= row.keys()
    assert isinstance(row["question"], str)
    assert row["understood_as"] is None or isinstance(row["understood_as"], str)
    assert row["status"] in {"answered", "not_found"}
    assert len(row["hits"]) <= k
    if row["status"] == "answered":
        assert row["hits"]
    assert [hit["rank"] for hit in row["hits"]] == list(range(1, len(row["hits"]) + 1))
    for hit in row["hits"]:
        assert {"rank", "score", "passage", "answer", "highlights", "missing", "citation"} <= hit.keys()
        assert isinstance(hit["score"], float)
        _check_spans(hit)
        assert isinstance(hit["missing"], list)
        assert all(isinstance(term, str) and term for term in hit["missing"])
        _check_citation(hit)


def _check_spans(hit: dict) -> None:
    assert {"text", "kind"} <= hit["passage"].keys()
    text = hit["passage"]["text"]
    assert hit["passage"]["kind"] in {"paragraph", "lead", "heading", "caption", "metadata"}
    assert {"text", "start", "end"} <= hit["answer"].keys()
    start, end = hit["answer"]["start"], hit["answer"]["end"]
    assert 0 <= start < end <= len(text)
    assert hit["answer"]["text"] == text[start:end]
    before = 0
    for first, last in hit["highlights"]:
        assert before <= first < last <= len(text)
        before = last


def _check_citation(hit: dict) -> None:
    citation = hit["citation"]
    assert {"file", "title", "source", "published", "authors", "section", "paragraph"} <= citation.keys()
    assert isinstance(citation["file"], str)
    assert isinstance(citation["title"], str)
    for optional in ("source", "published", "section"):
        assert citation[optional] is None or isinstance(citation[optional], str)
    assert isinstance(citation["authors"], list)
    if hit["passage"]["kind"] in {"paragraph", "lead"}:
        assert citation["paragraph"] >= 1
    else:
        assert citation["paragraph"] is None
