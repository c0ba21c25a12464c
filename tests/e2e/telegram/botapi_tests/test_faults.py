"""Scripted failures and flood limits."""

import asyncio
from datetime import timedelta

import pytest
from telegram import Bot
from telegram.error import NetworkError, RetryAfter, TimedOut

from botapi import (
    BotApiServer,
    DriverError,
    DropConnection,
    FloodLimits,
    Hang,
    HttpError,
    Telegram,
    TooManyRequests,
    User,
)

pytestmark = pytest.mark.anyio


async def test_scripted_429(bot: Bot, telegram: Telegram, alice: User) -> None:
    """One call is refused with a pause, the next one passes."""
    script = telegram.fail("sendMessage", TooManyRequests(7))
    with pytest.raises(RetryAfter) as caught:
        await bot.send_message(alice.id, "x")
    assert caught.value.retry_after == timedelta(seconds=7)
    await bot.send_message(alice.id, "x")
    refused, accepted = telegram.calls("sendMessage")
    assert (refused.status, refused.description) == (429, "Too Many Requests: retry after 7")
    assert refused.response["parameters"] == {"retry_after": 7}
    assert (accepted.ok, accepted.result["text"]) == (True, "x")
    assert (script.hits, script.remaining) == (1, 0)


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (HttpError(500, "Internal Server Error: restart"), "^Internal Server Error: restart$"),
        (HttpError(502, "Bad Gateway"), "^Bad Gateway$"),
        (DropConnection(), "RemoteProtocolError|ReadError"),
    ],
)
async def test_network_errors(bot: Bot, telegram: Telegram, alice: User, fault: HttpError | DropConnection, error: str) -> None:
    """Server errors and lost connections reach the bot as NetworkError, as often as scripted."""
    telegram.fail("*", fault, times=2)
    for _ in range(2):
        with pytest.raises(NetworkError, match=error):
            await bot.send_message(alice.id, "x")
    await bot.send_message(alice.id, "y")
    assert alice.chat.transcript == "Test Bot: y"


async def test_html_error_page(bot: Bot, telegram: Telegram) -> None:
    """A gateway may answer with something that is not JSON."""
    telegram.fail("getMe", HttpError(502, body=b"<html>502 Bad Gateway</html>"))
    with pytest.raises(NetworkError, match="Parsing the server response"):
        await bot.get_me()
    assert telegram.calls("getMe", ok=False)[0].response == {}


async def test_hanging_server(bot: Bot, telegram: Telegram, alice: User) -> None:
    """A call that takes too long times out and has no effect."""
    telegram.fail("sendMessage", Hang(0.3))
    with pytest.raises(TimedOut):
        await bot.send_message(alice.id, "x", read_timeout=0.05)
    call = await telegram.wait_for_call("sendMessage")
    assert (call.status, alice.chat.messages) == (0, [])
    telegram.fail("sendMessage", Hang(0.01))
    await bot.send_message(alice.id, "y")
    assert alice.chat.last.text == "y"


async def test_lost_answers(bot: Bot, telegram: Telegram, alice: User) -> None:
    """A call may take effect although its answer is lost."""
    telegram.fail("sendMessage", DropConnection(), applied=True)
    telegram.fail("sendMessage", Hang(1), applied=True)
    with pytest.raises(NetworkError):
        await bot.send_message(alice.id, "x")
    with pytest.raises(TimedOut):
        await bot.send_message(alice.id, "y", read_timeout=0.05)
    assert alice.chat.transcript == "Test Bot: x\nTest Bot: y"


async def test_scripts_choose_their_calls(bot: Bot, telegram: Telegram, alice: User, bob: User) -> None:
    """A fault may wait for certain parameters, and may be cancelled."""
    script = telegram.fail("sendMessage", HttpError(500), times=9, when=lambda params: params["chat_id"] == bob.id)
    await bot.send_message(alice.id, "x")
    with pytest.raises(NetworkError):
        await bot.send_message(bob.id, "x")
    script.cancel()
    await bot.send_message(bob.id, "x")
    with pytest.raises(DriverError):
        telegram.fail("sendMessage", HttpError(500), times=0)


async def test_flood_limits() -> None:
    """Too many messages in a chat are refused until the pause is over; other chats are not affected."""
    now = 1_000.0
    limits = FloodLimits(per_chat_second=2, per_group_minute=3, per_second=5)
    async with (
        BotApiServer(limits=limits, clock=lambda: now) as server,
        Bot(server.token, base_url=server.base_url) as bot,
    ):
        telegram = server.telegram
        alice, bob = telegram.user("Alice", started=True), telegram.user("Bob", started=True)
        group = telegram.supergroup("Group")
        sent = await bot.send_message(alice.id, "1")
        await bot.edit_message_text("2", alice.id, sent.message_id)
        with pytest.raises(RetryAfter) as caught:
            await bot.send_message(alice.id, "3")
        assert caught.value.retry_after == timedelta(seconds=1)
        await bot.send_message(bob.id, "1")
        await bot.send_message(bob.id, "2")
        await bot.send_message(group.id, "1")
        with pytest.raises(RetryAfter):
            await bot.send_message(group.id, "2")
        now += 1.5
        await bot.send_message(alice.id, "3")
        await bot.send_message(group.id, "2")
        await bot.send_message(group.id, "3")
        now += 2
        with pytest.raises(RetryAfter) as caught:
            await bot.send_message(group.id, "4")
        assert caught.value.retry_after == timedelta(seconds=57)
        telegram.limit(FloodLimits())
        await bot.send_message(group.id, "4")


async def test_waiting(bot: Bot, telegram: Telegram, alice: User) -> None:
    """A test waits for calls and conditions, not for time."""
    waiting = asyncio.create_task(telegram.wait_for_call("sendMessage", count=2, ok=True))
    condition = asyncio.create_task(telegram.wait_for(lambda: alice.chat.messages and alice.chat.last.text == "b"))
    await bot.send_message(alice.id, "a")
    telegram.fail("sendMessage", HttpError(500))
    with pytest.raises(NetworkError):
        await bot.send_message(alice.id, "lost")
    assert not waiting.done()
    await bot.send_message(alice.id, "b")
    assert (await waiting).params["text"] == "b"
    assert await condition
    with pytest.raises(TimeoutError, match="no second call; last calls"):
        await telegram.wait_for(lambda: False, 0.01, what="second call")
