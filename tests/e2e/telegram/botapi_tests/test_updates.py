"""Long polling: offsets, limits, allowed updates, conflicts; and the methods that end a session."""

import asyncio

import pytest
from telegram import Bot
from telegram.error import BadRequest, Conflict

from botapi import BotApiServer, Telegram, User

from .expect import refused

pytestmark = pytest.mark.anyio


async def ids(bot: Bot, offset: int | None = None, limit: int | None = None) -> list[int]:
    """Return the identifiers of the waiting updates, counted from 1."""
    return [update.update_id - 700_000_000 for update in await bot.get_updates(offset, limit)]


async def test_offsets_and_limits(bot: Bot, telegram: Telegram, alice: User) -> None:
    """An offset confirms earlier updates, a limit cuts, a negative offset keeps the last ones."""
    for number in range(6):
        await alice.say(str(number))
    assert await ids(bot) == [1, 2, 3, 4, 5, 6]
    assert await ids(bot, limit=2) == [1, 2]
    assert await ids(bot, offset=700_000_003, limit=2) == [3, 4]
    assert telegram.pending_updates == 4
    assert await ids(bot, offset=-2) == [5, 6]
    assert await ids(bot, offset=900_000_000) == [5, 6]
    assert await ids(bot, offset=700_000_007) == []
    assert telegram.pending_updates == 0


async def test_long_polling_wakes_at_once(bot: Bot, telegram: Telegram, alice: User) -> None:
    """A waiting poll returns as soon as something happens."""
    poll = asyncio.create_task(bot.get_updates(timeout=30))
    await telegram.wait_for(lambda: telegram.log)
    await asyncio.sleep(0)
    await alice.say("x")
    assert len(await asyncio.wait_for(poll, 2)) == 1


async def test_long_polling_times_out(bot: Bot) -> None:
    """A poll without updates returns nothing after its timeout."""
    started = asyncio.get_running_loop().time()
    assert await bot.get_updates(timeout=1) == ()
    assert 0.9 < asyncio.get_running_loop().time() - started < 5


async def test_allowed_updates(bot: Bot, alice: User) -> None:
    """The choice of kinds holds until it is changed, and does not reach back."""
    message = await alice.say("a")
    assert len(await bot.get_updates(allowed_updates=["edited_message", "nonsense"])) == 1
    await alice.say("b")
    await alice.edit(message, "c")
    updates = await bot.get_updates()
    assert [bool(update.edited_message) for update in updates] == [False, True]
    await bot.get_updates(allowed_updates=[])
    await alice.say("d")
    assert len(await bot.get_updates()) == 3


async def test_concurrent_polls_conflict(server: BotApiServer, bot: Bot, telegram: Telegram, alice: User) -> None:
    """A second poll ends the first one."""
    async with Bot(server.token, base_url=server.base_url) as second:
        poll = asyncio.create_task(bot.get_updates(timeout=30))
        await telegram.wait_for(lambda: [call for call in telegram.log if call.method == "getUpdates"])
        other = asyncio.create_task(second.get_updates(timeout=30))
        error = "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"
        with refused(Conflict, error):
            await poll
        await alice.say("x")
        assert len(await other) == 1


async def test_abandoned_polls_do_not_conflict(bot: Bot, telegram: Telegram) -> None:
    """A poll whose client went away ends quietly."""
    poll = asyncio.create_task(bot.get_updates(timeout=30))
    await telegram.wait_for(lambda: [call for call in telegram.log if call.method == "getUpdates"])
    poll.cancel()
    await telegram.wait_for_call("getUpdates")
    assert await bot.get_updates() == ()
    assert [call.status for call in telegram.calls("getUpdates")] == [0, 200]


async def test_log_out_ends_everything(bot: Bot, telegram: Telegram, alice: User) -> None:
    """After logOut every call fails."""
    await alice.say("x")
    await bot.log_out()
    with refused(BadRequest, "Logged out"):
        await bot.get_me()
    assert telegram.pending_updates == 0


async def test_close(bot: Bot) -> None:
    """A bot may close its session."""
    assert await bot.close()
