"""Before all handlers: who is not answered at all."""

import structlog
from telegram import InlineQueryResultArticle, InputTextMessageContent, Message, Update
from telegram.constants import ChatType
from telegram.ext import ApplicationHandlerStop

from bot.telegram_app import phrases
from bot.telegram_app.limits import Verdict
from bot.telegram_app.rendering import Screen
from bot.telegram_app.rich_text import rich
from bot.telegram_app.services import Context, Services, person_of, reply_place, services_of

_log = structlog.get_logger(__name__)


async def stop_at_gate(update: object, context: Context) -> None:
    """
    Let pass what people who may use the bot send; other bots, the bot itself and channels are never answered.

    Raises:
        ApplicationHandlerStop: Nothing else is to handle the update.
    """
    if not isinstance(update, Update):
        raise ApplicationHandlerStop
    services = services_of(context)
    message = update.message or update.edited_message
    if message is not None and _is_no_person(message, context.bot.id):
        raise ApplicationHandlerStop
    chat = update.effective_chat.id if update.effective_chat is not None else None
    person = person_of(update)
    if services.admission.admits(chat, person):
        return
    _log.info("not admitted", person=services.journal.person_key(person))
    await _turn_away(update, services)
    raise ApplicationHandlerStop


def _is_no_person(message: Message, own_id: int) -> bool:
    if message.via_bot is not None and message.via_bot.id == own_id:
        return True  # a passage that somebody chose in inline mode
    if message.is_automatic_forward:
        return True
    if message.sender_chat is not None:
        return message.sender_chat.id != message.chat.id  # a channel; an administrator who hides is the group itself
    return message.from_user is None or message.from_user.is_bot


async def _turn_away(update: Update, services: Services) -> None:
    if update.callback_query is not None:
        await update.callback_query.answer(phrases.NOT_ALLOWED_SHORT, show_alert=True)
    elif update.inline_query is not None:
        said = InputTextMessageContent(phrases.NOT_ALLOWED_SHORT)
        result = InlineQueryResultArticle("not-allowed", phrases.NOT_ALLOWED_SHORT, said)
        await update.inline_query.answer([result], cache_time=60, is_personal=True)
    elif update.message is not None and update.message.chat.type == ChatType.PRIVATE:
        key = services.journal.person_key(person_of(update))
        if services.refusals.ask(key) is Verdict.ALLOWED:
            text = phrases.NOT_ALLOWED.format(chat=update.message.chat.id)
            await services.outbox.send(reply_place(update.message), Screen(rich(text)))
