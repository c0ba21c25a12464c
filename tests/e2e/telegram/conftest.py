"""The bot as a process against the strict server: started once a mode, since each test has people of its own."""

import asyncio
import contextlib
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from botapi import BotApiServer, Message, Telegram, User

ROOT = Path(__file__).resolve().parents[3]
TOKEN = "123456:TEST-token"


@dataclass
class BotProcess:
    """`python -m bot telegram`, and what it wrote to standard error."""

    process: asyncio.subprocess.Process
    lines: list[str] = field(default_factory=list)
    _reader: asyncio.Task[None] | None = None

    def __post_init__(self) -> None:
        self._reader = asyncio.create_task(self._read())

    async def _read(self) -> None:
        assert self.process.stderr is not None
        async for line in self.process.stderr:
            self.lines.append(line.decode("utf-8", "replace").rstrip("\n"))

    @property
    def log(self) -> str:
        return "\n".join(self.lines)

    async def logged(self, part: str, seconds: float = 20) -> str:
        """Wait for a line of the log."""
        async with asyncio.timeout(seconds):
            while not (found := [line for line in self.lines if part in line]):
                assert self.process.returncode is None or not self._reader.done(), self.log
                await asyncio.sleep(0.02)
        return found[0]

    async def ended(self, seconds: float = 20) -> int:
        """Wait for its end and return the exit code."""
        async with asyncio.timeout(seconds):
            code = await self.process.wait()
            if self._reader is not None:
                await self._reader
        return code

    async def stop(self, number: signal.Signals = signal.SIGTERM) -> int:
        """Tell it to stop and return the exit code."""
        with contextlib.suppress(ProcessLookupError):
            self.process.send_signal(number)
        return await self.ended()


@dataclass
class Running:
    """A bot that takes updates, and its server."""

    server: BotApiServer
    bot: BotProcess
    state: Path

    @property
    def telegram(self) -> Telegram:
        return self.server.telegram


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


async def launch(environment: dict[str, str], *command: str) -> BotProcess:
    """Start a bot with nothing but these settings."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("HOIBAO_", "TELEGRAM_", "LOG_"))}
    return BotProcess(
        await asyncio.create_subprocess_exec(
            sys.executable,
            *(command or ("-m", "bot", "telegram")),
            cwd=environment.pop("CWD", str(ROOT)),
            env=kept | environment,
            stdin=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.PIPE,
        )
    )


def settings(server: BotApiServer, state: Path, index: Path, mode: str = "polling", **more: str) -> dict[str, str]:
    """The environment of a bot."""
    environment = {
        "TELEGRAM_BOT_TOKEN": server.token,
        "TELEGRAM_BASE_URL": server.base_url,
        "TELEGRAM_BASE_FILE_URL": server.base_file_url,
        "TELEGRAM_RATE": "0",
        "HOIBAO_CORPUS": str(ROOT / "seeds"),
        "HOIBAO_INDEX": str(index),
        "HOIBAO_STATE": str(state),
        "PYTHONPATH": str(ROOT),
        "PYTHONWARNINGS": "error::RuntimeWarning",
    }
    if mode == "webhook":
        port = free_port()
        environment |= {
            "TELEGRAM_WEBHOOK_URL": f"http://127.0.0.1:{port}/hook",
            "TELEGRAM_WEBHOOK_PORT": str(port),
            "TELEGRAM_WEBHOOK_SECRET": "bi-mat",
        }
    return environment | more


@contextlib.asynccontextmanager
async def running(server: BotApiServer, state: Path, index: Path, mode: str = "polling", **more: str) -> AsyncIterator[Running]:
    """Run a bot until the end of the block; it must stop in order, and must never have written its token."""
    bot = await launch(settings(server, state, index, mode, **more))
    try:
        await bot.logged('"running"')
        yield Running(server, bot, state)
    finally:
        code = await bot.stop()
        print(bot.log[-3000:])  # shown by pytest when the test fails
    assert code == 0
    assert server.token not in bot.log


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="session")
def index_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One index for all bots."""
    return tmp_path_factory.mktemp("index")


@pytest.fixture(scope="session", params=["polling", "webhook"])
async def everyday(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, index_folder: Path
) -> AsyncIterator[Running]:
    """A bot that reads every message of its groups, by polling and by webhook; tests bring their own people."""
    mode = request.param
    state = tmp_path_factory.mktemp("state")
    async with (
        BotApiServer(TOKEN, bot_username="hoibao_bot", reads_all_messages=True, webhook_retry_delay=0.02) as server,
        running(server, state, index_folder, mode) as bot,
    ):
        yield bot


@pytest.fixture
def telegram(everyday: Running) -> Telegram:
    """The driver of that bot's server."""
    return everyday.telegram


@pytest.fixture
def lan(telegram: Telegram) -> User:
    """A person who has opened the bot."""
    return telegram.user("Lan", language="vi", started=True)


@pytest.fixture(autouse=True)
def nothing_refused(request: pytest.FixtureRequest) -> Iterator[None]:
    """Fail a test in which the server refused a call of the everyday bot, unless it asked for that."""
    if "everyday" not in request.fixturenames or request.node.get_closest_marker("refusals"):
        yield
        return
    server: Telegram = request.getfixturevalue("everyday").telegram
    before = len(server.calls(ok=False))
    yield
    assert server.calls(ok=False)[before:] == []


async def ask(user: User, question: str, **place: object) -> Message:
    """Ask in a private chat and return the answer."""
    await user.say(question, **place)
    return await user.chat.next_message(10)


async def changed(telegram: Telegram, message: Message, since: int) -> Message:
    """Wait until a message was edited more often than before."""
    await telegram.wait_for(lambda: message.edits > since, what="an edit")
    return message


async def press(telegram: Telegram, user: User, message: Message, button: str) -> Message:
    """Press a button that edits its message, and return the message when it is edited."""
    since = message.edits
    await user.press(message, button)
    return await changed(telegram, message, since)
