"""The state of the simulated Telegram and the events that change it."""

import time
from collections import defaultdict
from collections.abc import Callable

from .chat import CHANNEL, GROUP, PRIVATE, SUPERGROUP, Chat, Topic
from .entities import NO_TEXT, FormattedText
from .errors import JsonDict
from .formatting import TextFormatter
from .message import Message
from .queries import CallbackQuery, InlineQuery
from .signal import Signal
from .updates import UpdateQueue
from .user import User

_FIRST_IDS = {
    "user": 1_001,
    GROUP: 4_000_001,
    SUPERGROUP: 1_001_000_000_001,
    CHANNEL: 1_002_000_000_001,
    "callback query": 4_382_000_000_000_000_001,
    "inline query": 5_482_000_000_000_000_001,
}


class World:
    """Hold users, chats and messages; every identifier is deterministic."""

    def __init__(
        self,
        bot_id: int,
        *,
        bot_name: str,
        bot_username: str,
        reads_all_messages: bool,
        inline_feedback: bool,
        strict_html: bool,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.reads_all_messages = reads_all_messages
        self.inline_feedback = inline_feedback
        self.clock = clock
        self.signal = Signal()
        self.updates = UpdateQueue(self.signal.fire)
        self.bot = User(self, bot_id, bot_name, username=bot_username, is_bot=True)
        self.users: dict[int, User] = {bot_id: self.bot}
        self.chats: dict[int, Chat] = {}
        self.callbacks: dict[str, CallbackQuery] = {}
        self.inline_queries: dict[str, InlineQuery] = {}
        self.inline_messages: dict[str, Message] = {}
        self.formatter = TextFormatter(lambda user_id: user_id in self.users, strict_html=strict_html)
        self._counters: dict[str, int] = defaultdict(int)

    def now(self) -> int:
        """Return the current Unix time in whole seconds."""
        return int(self.clock())

    def next_id(self, kind: str) -> str:
        """Return the next identifier of a kind."""
        self._counters[kind] += 1
        return str(_FIRST_IDS.get(kind, 1) + self._counters[kind] - 1)

    def user_json(self, user_id: int) -> JsonDict:
        """Build the User object of a known user."""
        return self.users[user_id].to_json()

    def add_user(self, first_name: str, last_name: str, username: str, language: str, is_bot: bool) -> User:
        """Register an account and its private chat with the bot."""
        user = User(self, int(self.next_id("user")), first_name, last_name, username, language, is_bot)
        self.users[user.id] = user
        self.chats[user.id] = Chat(self, user.id, PRIVATE, peer=user)
        return user

    def add_chat(self, kind: str, title: str, username: str, *, is_forum: bool, bot_status: str) -> Chat:
        """Register a group, supergroup or channel."""
        chat = Chat(self, -int(self.next_id(kind)), kind, title, username, is_forum=is_forum, bot_status=bot_status)
        self.chats[chat.id] = chat
        if kind in (SUPERGROUP, CHANNEL):
            self.next_id(_message_scope(chat))  # message 1 of a real chat announces its creation
        return chat

    def unknown_chat(self, user: User) -> Chat:
        """Return a chat of a user that the bot is not in and can not address."""
        chat = Chat(self, -int(self.next_id(GROUP)), GROUP, "Unknown to the bot")
        chat.members[user.id] = user
        return chat

    def add_message(
        self,
        chat: Chat,
        sender: User | None,
        body: FormattedText = NO_TEXT,
        *,
        content: JsonDict | None = None,
        reply_to: Message | None = None,
        thread: Topic | None = None,
        markup: JsonDict | None = None,
    ) -> Message:
        """Store a new message; private chats and basic groups share one counter, as they do for a real bot."""
        from_bot = sender is self.bot
        message = Message(
            chat,
            int(self.next_id(_message_scope(chat))),
            self.now(),
            None if chat.type == CHANNEL else sender,
            body,
            content or {},
            reply_to=reply_to,
            thread=thread,
            reply_markup=markup,
            from_bot=from_bot,
        )
        chat.by_id[message.message_id] = message
        if sender is not None and sender.is_bot:
            chat.last_bot = sender
        if from_bot:
            chat.sent.append(message)
        self.signal.fire()
        return message

    def announce(self, message: Message, *, edited: bool = False) -> None:
        """Send the bot an update about a message it can see."""
        if message.chat.bot_sees(message):
            kind = "channel_post" if message.chat.type == CHANNEL else "message"
            self.emit(f"edited_{kind}" if edited else kind, message.to_json(), message.chat.id)

    def delete_message(self, message: Message) -> None:
        """Remove a message from its chat."""
        message.deleted = True
        message.chat.by_id.pop(message.message_id, None)
        self.signal.fire()

    def ask_callback(self, user: User, message: Message, data: str) -> CallbackQuery:
        """Tell the bot that a user pressed a button."""
        query = CallbackQuery(self.next_id("callback query"), user, data=data)
        self.callbacks[query.id] = query
        payload: JsonDict = {"id": query.id, "from": user.to_json()}
        if message.inline_message_id:
            payload["inline_message_id"] = message.inline_message_id
        else:
            payload["message"] = message.to_json()
        payload |= {"chat_instance": str(abs(message.chat.id) * 7919), "data": data}
        self.emit("callback_query", payload, user.id)
        return query

    def ask_inline(self, user: User, text: str, offset: str, chat_type: str) -> InlineQuery:
        """Tell the bot that a user typed an inline query."""
        query = InlineQuery(self.next_id("inline query"), user, text=text)
        self.inline_queries[query.id] = query
        payload = {"id": query.id, "from": user.to_json(), "query": text, "offset": offset, "chat_type": chat_type}
        self.emit("inline_query", payload, user.id)
        return query

    def emit(self, kind: str, payload: JsonDict, lane: int) -> None:
        """Queue an update for the bot; updates of one lane reach a webhook in order."""
        self.updates.push(kind, payload, lane)
        self.signal.fire()


def _message_scope(chat: Chat) -> str:
    """Name the counter of a chat's messages."""
    return "message" if chat.type in (PRIVATE, GROUP) else f"message in {chat.id}"
