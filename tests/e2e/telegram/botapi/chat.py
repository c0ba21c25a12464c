"""Chats of every kind: their state, and what a test does with and reads from them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from .errors import DriverError, JsonDict
from .formatting import finish_text
from .members import MEMBER_STATUSES, chat_member
from .signal import DEFAULT_TIMEOUT
from .utf16 import utf16_slice

if TYPE_CHECKING:
    from .entities import FormattedText
    from .message import Message
    from .user import User
    from .world import World

PRIVATE, GROUP, SUPERGROUP, CHANNEL = "private", "group", "supergroup", "channel"


@dataclass(eq=False, slots=True)
class Topic:
    """A forum topic; its first message announces it and gives it its identifier."""

    chat: Chat
    name: str
    root: Message
    closed: bool = False

    @property
    def thread_id(self) -> int:
        """Value of message_thread_id for the topic."""
        return self.root.message_id


@dataclass(eq=False, slots=True)
class Chat:
    """Hold one chat. `peer` is the user of a private chat; `bot_status` is the bot's membership elsewhere."""

    world: World
    id: int
    type: str
    title: str = ""
    username: str = ""
    peer: User | None = None
    is_forum: bool = False
    bot_status: str = "left"
    members: dict[int, User] = field(default_factory=dict)
    admins: set[int] = field(default_factory=set)
    topics: dict[int, Topic] = field(default_factory=dict)
    by_id: dict[int, Message] = field(default_factory=dict)
    sent: list[Message] = field(default_factory=list)
    actions: list[str] = field(default_factory=list)
    last_bot: User | None = None
    _seen: int = 0

    def __repr__(self) -> str:
        """Name the chat for the log of a failed test."""
        return f"<Chat {self.id} {self.type} {self.title!r}>"

    @property
    def messages(self) -> list[Message]:
        """All messages that are not deleted, oldest first."""
        return list(self.by_id.values())

    @property
    def bot_messages(self) -> list[Message]:
        """Messages of the bot that are not deleted, oldest first."""
        return [message for message in self.sent if not message.deleted]

    @property
    def last(self) -> Message:
        """Newest message."""
        if not self.by_id:
            raise DriverError(f"{self!r} has no messages")
        return self.messages[-1]

    @property
    def transcript(self) -> str:
        """The whole chat as text, one paragraph for each message."""
        return "\n".join(
            f"{message.sender.first_name if message.sender else self.title}: {message.rendered}" for message in self.messages
        )

    @property
    def has_bot(self) -> bool:
        """Whether the bot is in the chat and can write to it."""
        if self.peer is not None:
            return self.peer.started and not self.peer.blocked
        return self.bot_status in MEMBER_STATUSES

    async def next_message(self, timeout: float = DEFAULT_TIMEOUT) -> Message:
        """Return the first message of the bot that an earlier call has not returned; wait for it if need be."""
        await self.world.signal.wait_until(
            lambda: len(self.sent) > self._seen, timeout, lambda: f"new message of the bot in {self!r}"
        )
        self._seen += 1
        return self.sent[self._seen - 1]

    async def next_messages(self, count: int, timeout: float = DEFAULT_TIMEOUT) -> list[Message]:
        """Return the next messages of the bot."""
        return [await self.next_message(timeout) for _ in range(count)]

    def skip_messages(self) -> None:
        """Make next_message ignore what the bot has sent so far."""
        self._seen = len(self.sent)

    async def create_topic(self, name: str, *, by: User | None = None) -> Topic:
        """Open a forum topic."""
        if not self.is_forum:
            raise DriverError(f"{self!r} is not a forum")
        creator = by or next(iter(self.members.values()), None)
        content = {"forum_topic_created": {"name": name, "icon_color": 7322096}}
        root = self.world.add_message(self, creator, content=content)
        topic = Topic(self, name, root)
        root.thread = topic
        self.topics[topic.thread_id] = topic
        self.world.announce(root)
        return topic

    async def post(self, text: str) -> Message:
        """Publish a post in a channel."""
        if self.type != CHANNEL:
            raise DriverError(f"{self!r} is not a channel")
        message = self.world.add_message(self, None, finish_text(text, []))
        self.world.announce(message)
        return message

    async def edit_post(self, message: Message, text: str) -> None:
        """Change the text of a post in a channel."""
        message.change(finish_text(text, []), message.reply_markup, self.world.now())
        self.world.announce(message, edited=True)

    async def add_bot(self, by: User, *, admin: bool = False) -> None:
        """Let a member add the bot to the chat."""
        self._set_bot_status("administrator" if admin else "member", by)
        if self.type in (GROUP, SUPERGROUP):
            content = {"new_chat_members": [self.world.bot.to_json()]}
            self.world.announce(self.world.add_message(self, by, content=content))

    async def promote_bot(self, by: User) -> None:
        """Make the bot an administrator."""
        self._set_bot_status("administrator", by)

    async def remove_bot(self, by: User) -> None:
        """Remove the bot from the chat and ban it."""
        self._set_bot_status("kicked", by)

    def bot_leaves(self) -> None:
        """Let the bot leave by itself."""
        self._set_bot_status("left", self.world.bot)

    def bot_sees(self, message: Message) -> bool:
        """Tell whether a message is delivered to the bot, considering membership and privacy mode."""
        if not self.has_bot or message.from_bot or (message.sender is not None and message.sender.is_bot):
            return False
        if self.type in (PRIVATE, CHANNEL) or self.bot_status == "administrator" or self.world.reads_all_messages:
            return True
        bot = self.world.bot
        replies_to_bot = message.reply_to is not None and message.reply_to.sender is bot
        return message.is_service or message.via_bot is bot or replies_to_bot or self._calls_bot(message.body)

    def to_json(self) -> JsonDict:
        """Build the Chat object."""
        data: JsonDict = {"id": self.id, "type": self.type}
        if self.peer is not None:
            return data | self.peer.names()
        data["title"] = self.title
        if self.username:
            data["username"] = self.username
        if self.is_forum:
            data["is_forum"] = True
        return data

    def _calls_bot(self, body: FormattedText) -> bool:
        """Tell whether a text begins with a command for the bot, named or general."""
        if not body.entities or body.entities[0].type != "bot_command" or body.entities[0].offset:
            return False
        command = utf16_slice(body.text, 0, body.entities[0].length)
        _, at, addressee = command.partition("@")
        if at:
            return addressee.lower() == self.world.bot.username.lower()
        return self.last_bot in (None, self.world.bot)

    def _set_bot_status(self, status: str, by: User) -> None:
        """Change the bot's membership and tell the bot."""
        old, self.bot_status = self.bot_status, status
        self.world.emit(
            "my_chat_member",
            {
                "chat": self.to_json(),
                "from": by.to_json(),
                "date": self.world.now(),
                "old_chat_member": chat_member(self.world.bot, old),
                "new_chat_member": chat_member(self.world.bot, status),
            },
            self.id,
        )
