"""What every handler works with: one value in the application's `bot_data`."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from telegram import Message, Update
from telegram.ext import ContextTypes

from bot.answering.memo import MemoEngine
from bot.config import Settings
from bot.journal.journal import Journal, Talk
from bot.telegram_app.library import Library
from bot.telegram_app.limits import Admission, PersonLimits
from bot.telegram_app.outbox import Outbox, Place
from bot.telegram_app.turns import Turns

Context = ContextTypes.DEFAULT_TYPE
_NAME = "services"


@dataclass(slots=True)
class Counts:
    """What happened since the start."""

    since: datetime
    questions: int = 0
    not_found: int = 0
    errors: int = 0


@dataclass(slots=True)
class Services:
    """
    What handlers work with.

    Attributes:
        settings: The operator's.
        library: The articles.
        turns: Answers questions.
        journal: What is kept.
        outbox: Sends.
        admission: Who may use the bot.
        limits: Questions a person may ask.
        inline_limits: Inline queries a person may cause: every few letters typed are one.
        refusals: How often somebody is told that the bot is not for everyone.
        counts: Since the start.
    """

    settings: Settings
    library: Library
    turns: Turns
    journal: Journal
    outbox: Outbox
    admission: Admission
    limits: PersonLimits
    inline_limits: PersonLimits
    refusals: PersonLimits
    counts: Counts = field(default_factory=lambda: Counts(datetime.now().astimezone()))

    def renew(self, engine: MemoEngine) -> None:
        """Answer from another state of the articles from now on; answers in flight end on the one they began with."""
        self.turns.renew(engine)
        self.library = Library(engine.index, self.library.username)

    def limited(self, user: int) -> bool:
        """Tell whether limits hold for a person."""
        return user not in self.admission.admins


def services_of(context: Context) -> Services:
    """Find the services of a handler."""
    return found_in(context.bot_data)


def found_in(bot_data: Mapping[Any, Any]) -> Services:
    """Find the services in an application's data."""
    services = bot_data[_NAME]
    if not isinstance(services, Services):
        raise TypeError("bot_data holds no services")
    return services


def put_into(bot_data: dict[Any, Any], services: Services) -> None:
    """Put the services where handlers find them."""
    bot_data[_NAME] = services


def thread_of(message: Message) -> int:
    """The forum topic of a message, 0 for none."""
    return message.message_thread_id or 0 if message.is_topic_message else 0


def person_of(update: Update) -> int:
    """Who caused an update; an anonymous administrator is the group."""
    message = update.effective_message
    if message is not None and message.sender_chat is not None and update.callback_query is None:
        return message.sender_chat.id
    return update.effective_user.id if update.effective_user is not None else 0


def talk_of(services: Services, update: Update) -> Talk:
    """Who speaks, and where."""
    message = update.effective_message
    chat = update.effective_chat
    return (
        chat.id if chat is not None else 0,
        services.journal.person_key(person_of(update)),
        thread_of(message) if message is not None else 0,
    )


def reply_place(message: Message) -> Place:
    """Where the answer to a message goes: its chat and topic, as a reply."""
    return Place(message.chat.id, thread_of(message), message.message_id)
