"""Callback queries and inline queries."""

import asyncio

import pytest
from telegram import (
    Bot,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InlineQueryResultArticle,
    InlineQueryResultsButton,
    InputTextMessageContent,
)
from telegram.error import BadRequest

from botapi import BotApiServer, DriverError, Telegram, User, WaitTimeout

from .expect import refused

pytestmark = pytest.mark.anyio

GO = InlineKeyboardMarkup([[InlineKeyboardButton("Go", callback_data="go")]])
TOO_OLD = "Query is too old and response timeout expired or query id is invalid"


def article(result_id: str = "1", text: str = "x", **kwargs: object) -> InlineQueryResultArticle:
    """Build an inline result."""
    return InlineQueryResultArticle(result_id, f"Title {result_id}", InputTextMessageContent(text), **kwargs)  # type: ignore[arg-type]


async def test_press(bot: Bot, telegram: Telegram, alice: User) -> None:
    """A pressed button reaches the bot and its answer reaches the user."""
    await bot.send_message(alice.id, "x", reply_markup=GO)
    pressed = asyncio.create_task(alice.press(await alice.chat.next_message(), "Go"))
    (update,) = await bot.get_updates(timeout=5)
    query = update.callback_query
    assert query is not None
    assert (query.data, query.from_user.id) == ("go", alice.id)
    assert query.message is not None
    assert query.message.chat.id == alice.id
    assert (telegram.answered_callbacks, len(telegram.callbacks)) == (0, 1)
    await query.answer("xong", show_alert=True)
    answer = await pressed
    assert (answer.text, answer.show_alert) == ("xong", True)
    assert telegram.answered_callbacks == 1


async def test_callback_answers_are_checked(bot: Bot, telegram: Telegram, alice: User) -> None:
    """A query is answered once, in time, with a short text."""
    await bot.send_message(alice.id, "x", reply_markup=GO)
    message = await alice.chat.next_message()
    query = alice.tap(message, "go")
    with refused(BadRequest, "Message_too_long"):
        await bot.answer_callback_query(query.id, "x" * 201)
    with refused(BadRequest, "Url_invalid"):
        await bot.answer_callback_query(query.id, url="https://example.com")
    await bot.answer_callback_query(query.id, "x" * 200)
    with refused(BadRequest, TOO_OLD):
        await bot.answer_callback_query(query.id)
    with refused(BadRequest, TOO_OLD):
        await bot.answer_callback_query("12345")
    late = alice.tap(message, "go")
    late.expire()
    with refused(BadRequest, TOO_OLD):
        await bot.answer_callback_query(late.id)
    assert (telegram.answered_callbacks, len(telegram.callbacks)) == (1, 2)


async def test_unanswered_press_fails_the_test(bot: Bot, alice: User) -> None:
    """Waiting for an answer that never comes ends in an error."""
    await bot.send_message(alice.id, "x", reply_markup=GO)
    with pytest.raises(WaitTimeout, match="no answer"):
        await alice.press(await alice.chat.next_message(), "Go", timeout=0.01)


async def test_inline_query(bot: Bot, alice: User) -> None:
    """An inline query reaches the bot and its results reach the user."""
    asked = asyncio.create_task(alice.inline("giá vàng", offset="10", chat_type="group"))
    (update,) = await bot.get_updates(timeout=5)
    query = update.inline_query
    assert query is not None
    assert (query.query, query.offset, query.chat_type) == ("giá vàng", "10", "group")
    button = InlineQueryResultsButton("Thêm", start_parameter="more")
    await query.answer([article("a"), article("b")], cache_time=7, is_personal=True, next_offset="20", button=button)
    answer = await asked
    assert [result.title for result in answer.results] == ["Title a", "Title b"]
    assert (answer.cache_time, answer.is_personal, answer.next_offset) == (7, True, "20")
    assert answer.button == {"text": "Thêm", "start_parameter": "more"}
    with pytest.raises(DriverError):
        answer.result("c")


@pytest.mark.parametrize(
    ("results", "error"),
    [
        ([article("a"), article("a")], "Result_id_duplicate"),
        ([article("x" * 65)], "Result_id_invalid"),
        ([article("")], "Result_id_invalid"),
        ([article(text="x" * 4097)], "Message_too_long"),
        ([article(text=" ")], "Text must be non-empty"),
        (
            [InlineQueryResultArticle("1", "t", InputTextMessageContent("<b>x", parse_mode="HTML"))],
            "Can't parse entities: can't find end tag corresponding to start tag \"b\"",
        ),
        (
            [article(reply_markup=InlineKeyboardMarkup([[InlineKeyboardButton("x", callback_data="x" * 65)]]))],
            "Button_data_invalid",
        ),
        ([InlineQueryResultArticle("1", "", InputTextMessageContent("x"))], "Article_title_empty"),
        (
            [article(text="")],
            "Can't parse inline query result: Input message content is not specified",
        ),
    ],
)
async def test_inline_results_are_checked(bot: Bot, alice: User, results: list[InlineQueryResultArticle], error: str) -> None:
    """Wrong results are refused and the query stays open."""
    query = alice.ask_inline("x")
    with refused(BadRequest, error):
        await bot.answer_inline_query(query.id, results)
    assert query.is_open


async def test_inline_answers_are_checked(bot: Bot, alice: User) -> None:
    """There are at most 50 results, and one answer."""
    query = alice.ask_inline("x")
    with refused(BadRequest, "Too many inline query results specified"):
        await bot.answer_inline_query(query.id, [article(str(i)) for i in range(51)])
    with refused(BadRequest, "Next_offset_invalid"):
        await bot.answer_inline_query(query.id, [], api_kwargs={"next_offset": "x" * 65})
    with refused(BadRequest, "Unallowed characters in start_parameter are used"):
        await bot.answer_inline_query(query.id, [], button=InlineQueryResultsButton("x", start_parameter="a b"))
    await bot.answer_inline_query(query.id, [article(str(i)) for i in range(50)])
    for query_id in (query.id, "77"):
        with refused(BadRequest, TOO_OLD):
            await bot.answer_inline_query(query_id, [])


async def test_chosen_inline_results() -> None:
    """A chosen result becomes a message the bot can edit and whose buttons work."""
    async with BotApiServer(inline_feedback=True) as server, Bot(server.token, base_url=server.base_url) as bot:
        telegram = server.telegram
        alice, bob = telegram.user("Alice"), telegram.user("Bob")
        group = telegram.group("Group", [alice, bob])
        query = alice.ask_inline("x")
        await bot.answer_inline_query(query.id, [article("a", "<b>hi</b>", reply_markup=GO), article("b")])
        answer = await query.wait()
        message = await answer.choose("a", group)
        plain = await answer.choose(1)
        assert (plain.text, plain.inline_message_id, plain.chat.has_bot) == ("x", "", False)
        tapped = bob.tap(message, "Go")
        updates = await bot.get_updates()
        kinds = [next(iter(update.to_dict().keys() - {"update_id"})) for update in updates]
        assert kinds == ["inline_query", "message", "chosen_inline_result", "chosen_inline_result", "callback_query"]
        assert updates[1].message is not None
        assert updates[1].message.via_bot is not None
        callback = updates[-1].callback_query
        assert callback is not None
        assert callback.inline_message_id == message.inline_message_id
        await callback.answer()
        await callback.edit_message_text("đã sửa")
        await tapped.wait()
        assert (message.text, message.sender) == ("đã sửa", alice)
        with pytest.raises(BadRequest, match="Message is not modified"):
            await bot.edit_message_text("đã sửa", inline_message_id=message.inline_message_id)
