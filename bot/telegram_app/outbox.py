"""
Sending: within the limits outwards, tried again where that is safe, as plain text where Telegram refuses the markup.
"""

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field, replace
from time import monotonic
from typing import Any, TypeVar

import structlog
from telegram import (
    Bot,
)
from telegram.constants import ChatAction, ParseMode
from telegram.error import BadRequest, ChatMigrated, Forbidden, NetworkError, TelegramError, TimedOut
from telegram.ext import AIORateLimiter

from bot.telegram_app.buttons import Button, Rows
from bot.telegram_app.connection import was_sent
from bot.telegram_app.rendering import Screen
from bot.telegram_app.rich_text import LIMIT, fit

CONNECTIONS = 12
"""Requests under way at once; more only cost time in the connection pool."""
_NO_PREVIEW = {"is_disabled": True}
_PAUSES = (0.5, 2.0)  # seconds before the second and the third try
_TYPING_LASTS = 4.0  # seconds; Telegram shows it for five
_MOST_TYPING = 5_000
_log = structlog.get_logger(__name__)
_T = TypeVar("_T")
JSONDict = dict[str, Any]
_Result = bool | JSONDict | list[JSONDict]


@dataclass(frozen=True, slots=True)
class Place:
    """
    Where a message goes.

    Attributes:
        chat: The chat.
        thread: A forum topic, 0 for none.
        reply_to: The message to reply to, 0 for none.
    """

    chat: int
    thread: int = 0
    reply_to: int = 0


class Outward(AIORateLimiter):
    """python-telegram-bot's limits on what is sent, and no more requests at once than there are connections."""

    def __init__(self, rate: int) -> None:
        super().__init__(overall_max_rate=rate, max_retries=5)
        self._slots = asyncio.Semaphore(CONNECTIONS)

    async def process_request(
        self,
        callback: Callable[..., Coroutine[Any, Any, _Result]],
        args: Any,
        kwargs: dict[str, Any],
        endpoint: str,
        data: dict[str, Any],
        rate_limit_args: int | None,
    ) -> _Result:
        """Wait for the limits, then for a connection."""

        async def connected(*args: Any, **kwargs: Any) -> _Result:
            async with self._slots:
                return await callback(*args, **kwargs)

        return await super().process_request(connected, args, kwargs, endpoint, data, rate_limit_args)


@dataclass(slots=True)
class Outbox:
    """
    Sends screens and edits them.

    Attributes:
        bot: To send with.
    """

    bot: Bot
    _typing: dict[int, float] = field(default_factory=dict)

    async def send(self, place: Place, screen: Screen) -> int | None:
        """
        Send a screen as a message.

        Returns:
            The number of the message; None when the person has blocked the bot or the group has put it out.

        Raises:
            TelegramError: It could not be sent in any form.
        """
        where: JSONDict = {"chat_id": place.chat}
        if place.reply_to:
            where["reply_parameters"] = {"message_id": place.reply_to, "allow_sending_without_reply": True}
        if place.thread:
            where["message_thread_id"] = place.thread

        async def attempt(content: JSONDict) -> int:
            # Not `send_message`: of the message that comes back, only the number is wanted, and to make objects of all
            # its styles and buttons takes longer than to send it.
            sent = await self.bot.do_api_request("sendMessage", where | content)
            return int(sent["message_id"])

        try:
            return await _in_some_form(screen, attempt)
        except ChatMigrated as moved:
            return await self.send(replace(place, chat=moved.new_chat_id), screen)
        except Forbidden as error:
            _log.info("not sent", reason=str(error))
            return None

    async def edit(self, chat: int, message: int, screen: Screen) -> bool:
        """
        Show another screen in a message.

        Returns:
            Whether it is shown; False when the message is gone or can no longer be edited.
        """
        where = {"chat_id": chat, "message_id": message}

        async def attempt(content: JSONDict) -> bool:
            await self.bot.do_api_request("editMessageText", where | content)
            return True

        try:
            return await _in_some_form(screen, attempt)
        except BadRequest as error:
            return _is_unchanged(error)
        except Forbidden:
            return False

    async def edit_buttons(self, chat: int, message: int, rows: list[list[JSONDict]]) -> None:
        """Change the buttons of a message, given as Telegram's, where it still can be edited."""
        where = {"chat_id": chat, "message_id": message, "reply_markup": {"inline_keyboard": rows}}
        try:
            await _tried(lambda: self.bot.do_api_request("editMessageReplyMarkup", where))
        except (BadRequest, Forbidden) as error:
            if not _is_unchanged(error):
                _log.info("buttons not changed", reason=str(error))

    async def show_typing(self, place: Place) -> None:
        """Show "typing" in a chat, unless it is shown there already; that it fails does not matter."""
        now = monotonic()
        if now - self._typing.get(place.chat, -_TYPING_LASTS) < _TYPING_LASTS:
            return
        self._typing.pop(place.chat, None)
        self._typing[place.chat] = now
        if len(self._typing) > _MOST_TYPING:
            del self._typing[next(iter(self._typing))]
        try:
            await self.bot.send_chat_action(place.chat, ChatAction.TYPING, message_thread_id=place.thread or None)
        except TelegramError as error:
            _log.info("typing not shown", reason=type(error).__name__)


def keyboard(rows: Rows) -> JSONDict | None:
    """Make Telegram's keyboard of rows of buttons; None of none."""
    return {"inline_keyboard": [[_key(button) for button in row] for row in rows]} if rows else None


def plain_form(screen: Screen) -> str:
    """The text of a screen without markup, within Telegram's limit whatever it is."""
    text = screen.text.plain
    return text[: fit(text, LIMIT)]


def _key(button: Button) -> JSONDict:
    if button.copies:
        return {"text": button.label, "copy_text": {"text": button.copies}}
    return {"text": button.label, "callback_data": button.data}


async def _in_some_form(screen: Screen, attempt: Callable[[JSONDict], Coroutine[Any, Any, _T]]) -> _T:
    """Try HTML, then plain text, then plain text without buttons."""
    markup = keyboard(screen.rows)
    buttons = {"reply_markup": markup} if markup else {}
    html: JSONDict = {"text": screen.text.html, "parse_mode": ParseMode.HTML, "link_preview_options": _NO_PREVIEW}
    try:
        return await _tried(lambda: attempt(html | buttons))
    except BadRequest as error:
        if _is_unchanged(error) or _is_gone(error):
            raise
        _log.warning("refused, sent as plain text", reason=str(error))
    plain: JSONDict = {"text": plain_form(screen), "link_preview_options": _NO_PREVIEW}
    try:
        return await _tried(lambda: attempt(plain | buttons))
    except BadRequest as error:
        if _is_unchanged(error) or not buttons:
            raise
        _log.warning("refused again, sent without buttons", reason=str(error))
    return await _tried(lambda: attempt(plain))


async def _tried(attempt: Callable[[], Coroutine[Any, Any, _T]]) -> _T:
    """
    Try up to three times where the network fails.

    Not after a time-out of the answer, since the message may well have arrived and would be there twice.
    """
    for pause in _PAUSES:
        try:
            return await attempt()
        except BadRequest:
            raise
        except TimedOut as error:
            if was_sent(error):
                raise
            _log.warning("no connection, trying again", seconds=pause)
        except NetworkError as error:
            _log.warning("network failed, trying again", reason=str(error), seconds=pause)
        await asyncio.sleep(pause)
    return await attempt()


def _is_unchanged(error: TelegramError) -> bool:
    return "message is not modified" in str(error).lower()


def _is_gone(error: TelegramError) -> bool:
    text = str(error).lower()
    return any(
        part in text
        for part in ("to edit not found", "can't be edited", "message_id_invalid", "chat not found", "thread not found")
    )
