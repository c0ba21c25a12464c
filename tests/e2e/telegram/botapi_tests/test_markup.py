"""Keyboards: what Telegram accepts and what it refuses."""

from typing import Any

import pytest
from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup
from telegram.error import BadRequest

from botapi import DriverError, User
from botapi.errors import ApiError
from botapi.markup import parse_markup

from .expect import refused


def inline(*buttons: dict[str, Any]) -> dict[str, Any]:
    """Build a keyboard with one button in each row."""
    return {"inline_keyboard": [[button] for button in buttons]}


def callback(data: str = "x", text: str = "x") -> dict[str, Any]:
    """Build a callback button."""
    return {"text": text, "callback_data": data}


@pytest.mark.parametrize(
    "markup",
    [
        inline(callback("x" * 64)),
        inline(callback("ệ" * 21)),
        inline({"text": "x", "switch_inline_query": ""}),
        inline({"text": "x", "copy_text": {"text": "x" * 256}}),
        inline({"text": "x", "url": "tg://user?id=7"}),
        inline({"text": "x", "web_app": {"url": "https://a.vn/"}}),
        {"inline_keyboard": [[callback(str(i)) for i in range(8)] for _ in range(12)]},
        inline(*(callback(str(i)) for i in range(100))),
        {"keyboard": [[{"text": "x"}]], "resize_keyboard": True},
        {"remove_keyboard": True},
        {"force_reply": True, "input_field_placeholder": "x"},
    ],
)
def test_accepted(markup: dict[str, Any]) -> None:
    """Correct markups come back unchanged."""
    assert parse_markup(markup) == markup


@pytest.mark.parametrize(
    ("url", "canonical"),
    [
        ("https://example.com", "https://example.com/"),
        ("Example.com/Path?q=a b", "http://example.com/Path?q=a%20b"),
        ("https://u:p@example.com:8443#x", "https://u:p@example.com:8443/#x"),
        ("tg://resolve?domain=x", "tg://resolve?domain=x"),
        ("https://tin-tức.vn/bài", "https://tin-tức.vn/bài"),
    ],
)
def test_urls_get_their_canonical_form(url: str, canonical: str) -> None:
    """URLs are normalised as by the real server."""
    assert parse_markup(inline({"text": "x", "url": url})) == inline({"text": "x", "url": canonical})


@pytest.mark.parametrize("markup", [None, {}, {"inline_keyboard": []}, {"inline_keyboard": [[]]}])
def test_empty_markups_are_none(markup: Any) -> None:
    """A keyboard without buttons is no keyboard."""
    assert parse_markup(markup) is None


BUTTON = "can't parse inline keyboard button: "


@pytest.mark.parametrize(
    ("markup", "error"),
    [
        (inline(callback("x" * 65)), "BUTTON_DATA_INVALID"),
        (inline(callback("ệ" * 22)), "BUTTON_DATA_INVALID"),
        (inline(callback("")), f"{BUTTON}Text buttons are unallowed in the inline keyboard"),
        (inline({"text": "x"}), f"{BUTTON}Text buttons are unallowed in the inline keyboard"),
        (inline({"callback_data": "x"}), f'{BUTTON}Can\'t find field "text"'),
        (inline(callback(text="")), "inline keyboard button text must be non-empty"),
        (
            inline({"text": "x", "url": "https://a.vn", "callback_data": "x"}),
            f"{BUTTON}exactly one of the optional fields must be used, found url, callback_data",
        ),
        (
            inline({"text": "x", "url": "localhost"}),
            "inline keyboard button URL 'localhost' is invalid: Wrong HTTP URL",
        ),
        (
            inline({"text": "x", "url": "ftp://a.vn"}),
            "inline keyboard button URL 'ftp://a.vn' is invalid: Unsupported URL protocol",
        ),
        (inline({"text": "x", "url": "http://"}), "inline keyboard button URL 'http://' is invalid: URL host is empty"),
        (
            inline({"text": "x", "url": "http://a.vn:0"}),
            "inline keyboard button URL 'http://a.vn:0' is invalid: Wrong port number specified in the URL",
        ),
        (
            inline({"text": "x", "url": "http://a b.vn"}),
            "inline keyboard button URL 'http://a b.vn' is invalid: Disallowed character in URL host",
        ),
        (
            inline({"text": "x", "web_app": {"url": "http://a.vn"}}),
            "inline keyboard button Web App URL 'http://a.vn' is invalid: Only HTTPS links are allowed",
        ),
        (inline({"text": "x", "copy_text": {"text": "x" * 257}}), "BUTTON_COPY_TEXT_INVALID"),
        (inline({"text": "x", "copy_text": {"text": ""}}), "BUTTON_COPY_TEXT_INVALID"),
        (inline(*(callback(str(i)) for i in range(101))), "reply markup is too long"),
        ({"inline_keyboard": [[callback(str(i)) for i in range(9)]]}, "reply markup is too long"),
        (inline(*(callback(str(i), "x" * 100) for i in range(100))), "reply markup is too long"),
        (
            {"inline_keyboard": [callback()]},
            'field "inline_keyboard" of the InlineKeyboardMarkup must be an Array of Arrays',
        ),
        ({"inline_keyboard": [["x"]]}, f"{BUTTON}InlineKeyboardButton must be an Object"),
        ([1], "object expected as reply markup"),
        ({"keyboard": [[{"text": ""}]]}, "keyboard button text must be non-empty"),
    ],
)
def test_refused(markup: Any, error: str) -> None:
    """Wrong markups are refused with the reason."""
    with pytest.raises(ApiError) as caught:
        parse_markup(markup)
    assert caught.value.description == f"Bad Request: {error}"


@pytest.mark.anyio
async def test_library_raises_bad_request(bot: Bot, alice: User) -> None:
    """The library reports refusals of sent and edited keyboards."""
    wrong = InlineKeyboardMarkup([[InlineKeyboardButton("x", callback_data="x" * 65)]])
    with refused(BadRequest, "Button_data_invalid"):
        await bot.send_message(alice.id, "x", reply_markup=wrong)
    sent = await bot.send_message(alice.id, "x")
    with refused(BadRequest, "Button_data_invalid"):
        await bot.edit_message_reply_markup(alice.id, sent.message_id, reply_markup=wrong)


@pytest.mark.anyio
async def test_only_existing_buttons_can_be_pressed(bot: Bot, alice: User, bob: User) -> None:
    """A test that presses what is not there fails."""
    link = InlineKeyboardButton("Link", url="https://a.vn")
    twin = InlineKeyboardButton("Twin", callback_data="t")
    await bot.send_message(alice.id, "x", reply_markup=InlineKeyboardMarkup([[link, twin, twin]]))
    message = await alice.chat.next_message()
    for label in ("Missing", "Link", "Twin"):
        with pytest.raises(DriverError):
            alice.tap(message, label)
    with pytest.raises(DriverError, match="can not see"):
        bob.tap(message, "Link")
    await bot.delete_message(alice.id, message.message_id)
    with pytest.raises(DriverError, match="is deleted"):
        alice.tap(message, "Link")
