"""The one error handler: what was unexpected is logged once with an id, and the person is told that id."""

import secrets
from contextlib import suppress

import structlog
from telegram import Update
from telegram.constants import ChatType
from telegram.error import BadRequest, Forbidden, NetworkError, RetryAfter, TelegramError

from bot.telegram_app import phrases
from bot.telegram_app.questions import addressed_text
from bot.telegram_app.rendering import Screen
from bot.telegram_app.rich_text import rich
from bot.telegram_app.services import Context, reply_place, services_of

_log = structlog.get_logger(__name__)


async def on_error(update: object, context: Context) -> None:
    """Log what went wrong, and apologise where somebody waits for an answer."""
    error = context.error
    if isinstance(error, Forbidden):
        _log.info("not sent", reason=str(error))
        return
    if isinstance(error, RetryAfter) or (isinstance(error, NetworkError) and not isinstance(error, BadRequest)):
        _log.error("Telegram cannot be reached", reason=str(error))  # nor could an apology be sent
        return
    if isinstance(error, BadRequest) and "query is too old" in str(error).lower():
        _log.info("a press or an inline query was answered too late")
        return
    number = secrets.token_hex(4)
    services_of(context).counts.errors += 1
    _log.error("unexpected error", error=number, exc_info=error)
    if isinstance(update, Update):
        with suppress(TelegramError):
            await _apologise(update, context, phrases.APOLOGY.format(error=number))


async def _apologise(update: Update, context: Context, text: str) -> None:
    if update.callback_query is not None:
        await update.callback_query.answer(text, show_alert=True)
        return
    message = update.message or update.edited_message
    if message is None:
        return
    command = (message.text or "").startswith("/")
    if message.chat.type == ChatType.PRIVATE or command or addressed_text(message, context) is not None:
        await services_of(context).outbox.send(reply_place(message), Screen(rich(text)))
