"""Questions: in private chats every text, in groups what is addressed to the bot; edited ones edit their answers."""

import re

import structlog
from telegram import Message, MessageEntity, Update
from telegram.constants import ChatType

from bot.errors import JournalError
from bot.journal.journal import KeptAnswer
from bot.model import Status
from bot.telegram_app import phrases
from bot.telegram_app.limits import Verdict
from bot.telegram_app.outbox import Place
from bot.telegram_app.rendering import Screen, Shown, render_answer
from bot.telegram_app.rich_text import rich
from bot.telegram_app.services import (
    Context,
    Services,
    person_of,
    reply_place,
    services_of,
    talk_of,
    thread_of,
)
from bot.telegram_app.turns import Turn

_log = structlog.get_logger(__name__)
ALONE = KeptAnswer(0, 0, 0, 0, "", "", None, "", "")
"""In the light of nothing: for questions that stand on buttons, and are complete."""
_COMMAND = re.compile(r"/\w+(?:@\w+)?\s*")


async def on_text(update: Update, context: Context) -> None:
    """Answer a text that is addressed to the bot."""
    message = update.message
    if message is None:
        return
    question = addressed_text(message, context)
    if question is None:
        return
    if not question and message.reply_to_message is not None:  # "@bot" alone, as a reply: that message is the question
        question = message.reply_to_message.text or ""
    await answer_message(update, context, question)


async def on_ask_command(update: Update, context: Context) -> None:
    """Answer the question behind /hoi, or the message that /hoi replies to."""
    message = update.message
    if message is None:
        return
    question = _COMMAND.sub("", message.text or "", count=1)
    if not question and message.reply_to_message is not None:
        question = message.reply_to_message.text or ""
    await answer_message(update, context, question)


async def on_edited(update: Update, context: Context) -> None:
    """Edit the answer to an edited question."""
    message = update.edited_message
    if message is None or not message.text:
        return
    services = services_of(context)
    kept = await services.turns.in_journal(services.journal.answer_to, message.chat.id, message.message_id)
    if kept is None:
        return
    question = _COMMAND.sub("", without_mention(message, context), count=1)
    if question == kept.question or not await may_ask(services, update, message):
        return
    turn = await services.turns.ask_again(kept, thread_of(message), question, kept.only)
    if await services.outbox.edit(kept.chat, kept.message, screen_of(services, turn)):
        services.turns.keep(turn, kept.message, kept.asked_in)
    note_question(services, update, turn, edited=True)


async def on_unreadable(update: Update, context: Context) -> None:
    """Say that only text is read, where something else was sent to the bot."""
    message = update.message
    if message is None:
        return
    if message.chat.type != ChatType.PRIVATE and not (_replies_to_bot(message, context) or _mentions(message, context)):
        return
    services = services_of(context)
    await services.outbox.send(reply_place(message), Screen(rich(phrases.READS_TEXT)))


async def answer_message(update: Update, context: Context, question: str) -> None:
    """Answer the question of a message, as a reply to it."""
    services, message = services_of(context), update.message
    if message is None or not await may_ask(services, update, message):
        return
    light = None
    replied = message.reply_to_message
    if replied is not None and replied.from_user is not None and replied.from_user.id == context.bot.id:
        light = await _kept_in(services, replied)
    await answer_at(update, context, question, reply_place(message), light, asked_in=message.message_id)


async def answer_at(
    update: Update, context: Context, question: str, place: Place, light: KeptAnswer | None = None, *, asked_in: int = 0
) -> None:
    """
    Answer a question with a new message.

    Args:
        update: What it came with.
        context: The handler's.
        question: As typed, or as a button is labelled.
        place: Where the answer goes.
        light: The older answer that it is asked in the light of.
        asked_in: The message that asked; 0 when a button did, and then the answer says what was asked.
    """
    services = services_of(context)
    typing = None
    if update.effective_chat is not None and update.effective_chat.type == ChatType.PRIVATE:
        typing = context.application.create_task(services.outbox.show_typing(place), update=update)
    turn = await services.turns.ask(talk_of(services, update), question, light)
    sent = await services.outbox.send(place, screen_of(services, turn, asked_by_button=not asked_in))
    if sent is not None:
        services.turns.keep(turn, sent, asked_in)
    if typing is not None:
        await typing
    note_question(services, update, turn)


async def may_ask(services: Services, update: Update, message: Message) -> bool:
    """Count a question; when it is one too many, say so once in a window."""
    user = person_of(update)
    if not services.limited(user):
        return True
    person = services.journal.person_key(user)
    verdict = services.limits.ask(person)
    if verdict is Verdict.REFUSED:
        text = phrases.TOO_MANY.format(limit=services.limits.most, seconds=services.limits.wait(person))
        await services.outbox.send(reply_place(message), Screen(rich(text)))
    return verdict is Verdict.ALLOWED


def screen_of(services: Services, turn: Turn, *, asked_by_button: bool = False) -> Screen:
    """Lay out an answer as it is first shown."""
    return render_answer(shown_of(services, turn, asked_by_button=asked_by_button), services.library)


def shown_of(services: Services, turn: Turn, *, asked_by_button: bool = False) -> Shown:
    """What is shown of a turn."""
    article = services.library.article_of(turn.only) if turn.only else None
    return Shown(turn.answer, turn.number, article.title if article else None, asked_by_button)


def note_question(services: Services, update: Update, turn: Turn, *, edited: bool = False) -> None:
    """Log one line for a question, its text only where the operator wants that; and count it."""
    answer = turn.answer
    services.counts.questions += 1
    services.counts.not_found += answer.status is Status.NOT_FOUND and answer.small_talk is None
    facts: dict[str, object] = {
        "person": turn.talk[1],
        "chat": update.effective_chat.type if update.effective_chat else "",
        "status": answer.small_talk.value if answer.small_talk else answer.status.value,
        "hits": len(answer.hits),
        "characters": len(answer.question),
        "milliseconds": round(turn.seconds * 1000, 1),
        "answer": turn.number,
    }
    if edited:
        facts["edited"] = True
    if services.settings.log_questions:
        facts["question"] = answer.question
    _log.info("question", **facts)


def addressed_text(message: Message, context: Context) -> str | None:
    """
    The question in a message that is addressed to the bot.

    Returns:
        The text without the mention of the bot; None when a group's message is for somebody else.
    """
    private = message.chat.type == ChatType.PRIVATE
    if not private and not _replies_to_bot(message, context) and not _mentions(message, context):
        return None
    return without_mention(message, context)


def without_mention(message: Message, context: Context) -> str:
    """The text of a message without mentions of the bot."""
    name = re.escape(context.bot.username)
    return re.sub(rf"(?<!\w)@{name}(?!\w)[,:]?", " ", message.text or "", flags=re.IGNORECASE).strip()


def _mentions(message: Message, context: Context) -> bool:
    bot = context.bot
    mentions = message.parse_entities([MessageEntity.MENTION, MessageEntity.TEXT_MENTION])
    mentions |= message.parse_caption_entities([MessageEntity.MENTION, MessageEntity.TEXT_MENTION])
    return any(
        text.lower() == f"@{bot.username}".lower() or (entity.user is not None and entity.user.id == bot.id)
        for entity, text in mentions.items()
    )


def _replies_to_bot(message: Message, context: Context) -> bool:
    replied = message.reply_to_message
    if replied is None or replied.from_user is None or replied.from_user.id != context.bot.id:
        return False
    # In a forum every message replies to the one that opened its topic.
    return replied.forum_topic_created is None


async def _kept_in(services: Services, message: Message) -> KeptAnswer | None:
    try:
        return await services.turns.in_journal(services.journal.answer_shown_in, message.chat.id, message.message_id)
    except JournalError as error:
        _log.error("older answer not read", reason=str(error))
        return None
