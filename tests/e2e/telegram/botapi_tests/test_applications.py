"""Whole bots against the server, by polling and by webhook."""

import asyncio
from contextlib import AbstractAsyncContextManager
from typing import Any

import pytest
from telegram import (
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InlineQueryResultArticle,
    InputTextMessageContent,
    Update,
)
from telegram.ext import (
    CallbackQueryHandler,
    CommandHandler,
    ContextTypes,
    InlineQueryHandler,
    MessageHandler,
    filters,
)

from botapi import BotApiServer, Telegram, User

from .applications import App, Handlers, polling, webhook

pytestmark = pytest.mark.anyio

Context = ContextTypes.DEFAULT_TYPE
MODES = ["polling", "webhook"]


def run(mode: str, server: BotApiServer, handlers: Handlers) -> AbstractAsyncContextManager[App]:
    """Run a bot in one of the two ways."""
    return polling(server, handlers) if mode == "polling" else webhook(server, handlers, "secret")


async def echo(update: Update, context: Context) -> None:
    """Repeat a message."""
    assert update.message is not None
    await update.message.reply_text(f"echo {update.message.text}", do_quote=True)


async def count_up(update: Update, context: Context) -> None:
    """Show a counter with a button."""
    assert update.message is not None
    argument = context.args[0] if context.args else "0"
    button = InlineKeyboardButton("+1", callback_data=f"count:{int(argument) + 1}")
    await update.message.reply_html(f"<b>{argument}</b>", reply_markup=InlineKeyboardMarkup([[button]]))


async def on_button(update: Update, context: Context) -> None:
    """Increase the counter."""
    query = update.callback_query
    assert query is not None
    assert query.data is not None
    value = int(query.data.removeprefix("count:"))
    await query.answer(f"now {value}")
    button = InlineKeyboardButton("+1", callback_data=f"count:{value + 1}")
    await query.edit_message_text(f"<b>{value}</b>", "HTML", reply_markup=InlineKeyboardMarkup([[button]]))


async def on_inline(update: Update, context: Context) -> None:
    """Offer the query itself."""
    query = update.inline_query
    assert query is not None
    await query.answer([InlineQueryResultArticle("1", query.query, InputTextMessageContent(query.query))])


HANDLERS: list[Any] = [
    CommandHandler("start", count_up),
    CallbackQueryHandler(on_button),
    InlineQueryHandler(on_inline),
    MessageHandler(filters.TEXT & ~filters.COMMAND, echo),
]


@pytest.mark.parametrize("mode", MODES)
async def test_echo_in_five_chats(server: BotApiServer, telegram: Telegram, mode: str) -> None:
    """Fifty messages in five chats are answered, each chat in order."""
    users = [telegram.user(f"User {number}", started=True) for number in range(5)]
    async with run(mode, server, [MessageHandler(filters.TEXT, echo)]):
        asked = {user.id: [await user.say(f"{user.id} {number}") for number in range(10)] for user in users}
        for user in users:
            answers = await user.chat.next_messages(10)
            assert [answer.text for answer in answers] == [f"echo {user.id} {number}" for number in range(10)]
            assert [answer.reply_to for answer in answers] == asked[user.id]
    assert len(telegram.calls("sendMessage", ok=True)) == 50
    assert telegram.calls(ok=False) == []


@pytest.mark.parametrize("mode", MODES)
async def test_conversation(server: BotApiServer, telegram: Telegram, alice: User, mode: str) -> None:
    """Deep links, buttons, edits and inline queries work end to end."""
    async with run(mode, server, HANDLERS):
        await alice.start("5")
        message = await alice.chat.next_message()
        assert message.rendered == "5\n[+1]"
        answers = [await alice.press(message, "+1")]
        await telegram.wait_for(lambda: message.text == "6")
        answers.append(await alice.press(message, "count:7"))
        await telegram.wait_for(lambda: message.text == "7")
        assert [answer.text for answer in answers] == ["now 6", "now 7"]
        assert (message.html, message.edits, telegram.answered_callbacks) == ("<b>7</b>", 2, 2)
        assert (await alice.inline("giá vàng")).results[0].title == "giá vàng"
        await telegram.drained()
    assert telegram.calls(ok=False) == []


async def test_many_users_at_once(server: BotApiServer, telegram: Telegram) -> None:
    """Users press buttons concurrently and each gets the own answer."""
    users = [telegram.user(f"User {number}", started=True) for number in range(10)]

    async def play(user: User, number: int) -> str:
        await user.start(str(number))
        return (await user.press(await user.chat.next_message(), "+1")).text

    async with polling(server, HANDLERS):
        answers = await asyncio.gather(*(play(user, number) for number, user in enumerate(users)))
    assert answers == [f"now {number + 1}" for number in range(10)]


async def test_bot_survives_scripted_outage(server: BotApiServer, telegram: Telegram, alice: User) -> None:
    """Polling goes on after the server failed."""
    from botapi import DropConnection, HttpError

    async with polling(server, HANDLERS):
        telegram.fail("getUpdates", HttpError(502, "Bad Gateway"))
        telegram.fail("getUpdates", DropConnection())
        await alice.say("x")
        assert (await alice.chat.next_message(timeout=8)).text == "echo x"
