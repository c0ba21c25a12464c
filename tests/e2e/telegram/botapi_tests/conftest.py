"""Shared fixtures: a server, its driver and python-telegram-bot's client pointed at it."""

from collections.abc import AsyncIterator

import pytest
from telegram import Bot

from botapi import BotApiServer, Telegram, User


@pytest.fixture
def anyio_backend() -> str:
    """Run the asynchronous tests on asyncio."""
    return "asyncio"


@pytest.fixture(autouse=True)
def _timedeltas(monkeypatch: pytest.MonkeyPatch) -> None:
    """Choose the future type of durations, about which the library warns otherwise."""
    monkeypatch.setenv("PTB_TIMEDELTA", "1")


@pytest.fixture
async def server() -> AsyncIterator[BotApiServer]:
    """Run a server."""
    async with BotApiServer(webhook_retry_delay=0.01) as running:
        yield running


@pytest.fixture
def telegram(server: BotApiServer) -> Telegram:
    """Return the driver."""
    return server.telegram


@pytest.fixture
async def bot(server: BotApiServer) -> AsyncIterator[Bot]:
    """Return an initialised client of the library."""
    async with Bot(server.token, base_url=server.base_url, base_file_url=server.base_file_url) as client:
        yield client


@pytest.fixture
def alice(telegram: Telegram) -> User:
    """Return a user who has started the bot."""
    return telegram.user("Alice", username="alice", language="vi", started=True)


@pytest.fixture
def bob(telegram: Telegram) -> User:
    """Return a second user who has started the bot."""
    return telegram.user("Bob", language="en", started=True)
