"""Users: their state, and everything a test lets them do."""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypedDict, Unpack

from .chat import CHANNEL, GROUP, PRIVATE, SUPERGROUP, Chat, Topic
from .errors import DriverError, JsonDict
from .formatting import MAX_TEXT_LENGTH, finish_text
from .markup import is_inline
from .members import chat_member
from .signal import DEFAULT_TIMEOUT
from .utf16 import utf16_len

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .entities import Entity, FormattedText
    from .message import Message
    from .queries import CallbackAnswer, CallbackQuery, InlineAnswer, InlineQuery, InlineResult
    from .world import World

_START_PAYLOAD = re.compile(r"[A-Za-z0-9_-]{1,64}")


class Place(TypedDict, total=False):
    """Say where a message goes; by default to the private chat with the bot."""

    chat: Chat | None
    reply_to: Message | None
    thread: Topic | None


@dataclass(eq=False, slots=True)
class User:
    """One account. `started` says whether the private chat with the bot exists, `blocked` whether it is stopped."""

    world: World
    id: int
    first_name: str
    last_name: str = ""
    username: str = ""
    language: str = ""
    is_bot: bool = False
    started: bool = False
    blocked: bool = False

    def __repr__(self) -> str:
        """Name the user for the log of a failed test."""
        return f"<User {self.id} {self.first_name!r}>"

    @property
    def chat(self) -> Chat:
        """Private chat with the bot."""
        return self.world.chats[self.id]

    def names(self) -> JsonDict:
        """Build the name fields that User and private Chat objects share."""
        names = {"first_name": self.first_name, "last_name": self.last_name, "username": self.username}
        return {name: value for name, value in names.items() if value}

    def to_json(self) -> JsonDict:
        """Build the User object."""
        data: JsonDict = {"id": self.id, "is_bot": self.is_bot, **self.names()}
        if self.language:
            data["language_code"] = self.language
        return data

    async def start(self, payload: str = "") -> Message:
        """Press the start button, or follow a deep link with a payload."""
        if payload and not _START_PAYLOAD.fullmatch(payload):
            raise DriverError(f"{payload!r} can not be the payload of a deep link")
        return await self.say(f"/start {payload}".rstrip())

    async def say(
        self,
        text: str,
        chat: Chat | None = None,
        *,
        reply_to: Message | None = None,
        thread: Topic | None = None,
        entities: Sequence[Entity] = (),
    ) -> Message:
        """Send a text; commands, mentions and links in it become entities by themselves."""
        if utf16_len(text) > MAX_TEXT_LENGTH:
            raise DriverError("no client sends a text longer than 4096 in one message")
        body = finish_text(text, list(entities))
        if not body.text:
            raise DriverError("no client sends an empty text")
        return await self._send(body, {}, chat=chat, reply_to=reply_to, thread=thread)

    async def send_sticker(self, emoji: str = "👍", **place: Unpack[Place]) -> Message:
        """Send a sticker."""
        shape = {"type": "regular", "width": 512, "height": 512, "is_animated": False, "is_video": False}
        return await self.send_content({"sticker": self._file() | shape | {"emoji": emoji}}, **place)

    async def send_photo(self, caption: str = "", **place: Unpack[Place]) -> Message:
        """Send a photo."""
        sizes = [self._file() | {"width": side, "height": side} for side in (90, 800)]
        return await self.send_content({"photo": sizes}, caption, **place)

    async def send_voice(self, duration: int = 3, **place: Unpack[Place]) -> Message:
        """Send a voice message."""
        voice = self._file() | {"duration": duration, "mime_type": "audio/ogg"}
        return await self.send_content({"voice": voice}, **place)

    async def send_document(self, file_name: str = "file.txt", caption: str = "", **place: Unpack[Place]) -> Message:
        """Send a file."""
        document = self._file() | {"file_name": file_name, "mime_type": "application/octet-stream"}
        return await self.send_content({"document": document}, caption, **place)

    async def send_poll(self, question: str, options: Sequence[str], **place: Unpack[Place]) -> Message:
        """Send a regular anonymous poll."""
        poll = {
            "id": self.world.next_id("poll"),
            "question": question,
            "options": [
                {"persistent_id": str(index), "text": option, "voter_count": 0} for index, option in enumerate(options)
            ],
            "total_voter_count": 0,
            "is_closed": False,
            "is_anonymous": True,
            "type": "regular",
            "allows_multiple_answers": False,
            "allows_revoting": True,
            "members_only": False,
        }
        return await self.send_content({"poll": poll}, **place)

    async def send_content(self, content: JsonDict, caption: str = "", **place: Unpack[Place]) -> Message:
        """Send a message with any fields of the Message object, for kinds that have no method of their own."""
        return await self._send(finish_text(caption, []), content, **place)

    async def edit(self, message: Message, text: str) -> None:
        """Change the text or caption of an own message."""
        if message.sender is not self or message.deleted:
            raise DriverError(f"{self!r} can not edit {message!r}")
        message.change(finish_text(text, []), message.reply_markup, self.world.now())
        self.world.announce(message, edited=True)
        await asyncio.sleep(0)

    async def delete(self, message: Message) -> None:
        """Delete a message; bots are not told."""
        self.world.delete_message(message)

    def tap(self, message: Message, button: str) -> CallbackQuery:
        """Press a button, given by its text or callback data, without waiting for the answer."""
        if message.deleted:
            raise DriverError(f"{message!r} is deleted")
        if not self._can_see(message.chat):
            raise DriverError(f"{self!r} can not see {message.chat!r}")
        found = message.button(button)
        if found.data is None:
            raise DriverError(f"{found} does not call the bot back")
        return self.world.ask_callback(self, message, found.data)

    async def press(self, message: Message, button: str, *, timeout: float = DEFAULT_TIMEOUT) -> CallbackAnswer:
        """Press a button, given by its text or callback data, and wait until the bot answers the callback query."""
        return await self.tap(message, button).wait(timeout)

    def ask_inline(self, text: str, *, offset: str = "", chat_type: str = "sender") -> InlineQuery:
        """Type an inline query without waiting for the answer."""
        return self.world.ask_inline(self, text, offset, chat_type)

    async def inline(
        self, text: str, *, offset: str = "", chat_type: str = "sender", timeout: float = DEFAULT_TIMEOUT
    ) -> InlineAnswer:
        """Type an inline query and wait for the results."""
        return await self.ask_inline(text, offset=offset, chat_type=chat_type).wait(timeout)

    def send_inline_result(self, answer: InlineAnswer, result: InlineResult, chat: Chat | None) -> Message:
        """Send a chosen inline result to a chat."""
        world = self.world
        target = chat or world.unknown_chat(self)
        message = world.add_message(target, self, result.body, markup=result.reply_markup)
        message.via_bot = world.bot
        chosen: JsonDict = {"result_id": result.id, "from": self.to_json(), "query": answer.query.text}
        if is_inline(result.reply_markup):
            message.inline_message_id = chosen["inline_message_id"] = f"INLINE{world.next_id('inline message')}"
            world.inline_messages[message.inline_message_id] = message
        world.announce(message)
        if world.inline_feedback:
            world.emit("chosen_inline_result", chosen, self.id)
        return message

    async def join(self, chat: Chat) -> None:
        """Enter a group or channel."""
        self._change_membership(chat, "left", "member")

    async def leave(self, chat: Chat) -> None:
        """Leave a group or channel."""
        self._change_membership(chat, "member", "left")

    async def block(self) -> None:
        """Stop the bot."""
        self._set_blocked(True)

    async def unblock(self) -> None:
        """Restart the bot without writing anything."""
        self._set_blocked(False)

    def _set_blocked(self, blocked: bool) -> None:
        """Block or unblock the bot and tell it."""
        if not self.started or self.blocked == blocked:
            raise DriverError(f"{self!r} can not {'block' if blocked else 'unblock'} the bot now")
        old, new = ("member", "kicked") if blocked else ("kicked", "member")
        self.blocked = blocked
        self._emit_membership("my_chat_member", self.chat, self.world.bot, old, new)

    def _change_membership(self, chat: Chat, old: str, new: str) -> None:
        """Enter or leave a chat and tell the bot."""
        if chat.type == PRIVATE or (self.id in chat.members) == (new == "member"):
            raise DriverError(f"{self!r} can not become {new!r} in {chat!r}")
        if new == "member":
            chat.members[self.id] = self
            content: JsonDict = {"new_chat_members": [self.to_json()]}
        else:
            del chat.members[self.id]
            chat.admins.discard(self.id)
            content = {"left_chat_member": self.to_json()}
        if chat.type in (GROUP, SUPERGROUP):
            self.world.announce(self.world.add_message(chat, self, content=content))
        if chat.bot_status == "administrator":
            self._emit_membership("chat_member", chat, self, old, new)

    def _emit_membership(self, kind: str, chat: Chat, member: User, old: str, new: str) -> None:
        """Send an update about a membership this user changed."""
        self.world.emit(
            kind,
            {
                "chat": chat.to_json(),
                "from": self.to_json(),
                "date": self.world.now(),
                "old_chat_member": chat_member(member, old),
                "new_chat_member": chat_member(member, new),
            },
            chat.id,
        )

    def _can_see(self, chat: Chat) -> bool:
        """Tell whether the user can read a chat."""
        return chat.peer is self or self.id in chat.members

    async def _send(self, body: FormattedText, content: JsonDict, **place: Unpack[Place]) -> Message:
        """Send a message of any kind and give the server a chance to deliver it."""
        target = place.get("chat") or self.chat
        reply_to = place.get("reply_to")
        if not self._can_see(target) or target.type == CHANNEL:
            raise DriverError(f"{self!r} can not write to {target!r}")
        if reply_to is not None and (reply_to.chat is not target or reply_to.deleted):
            raise DriverError(f"{self!r} can not reply to {reply_to!r} in {target!r}")
        if target is self.chat:
            self._open_private_chat(body.text)
        topic = place.get("thread") or (reply_to.thread if reply_to else None)
        message = self.world.add_message(target, self, body, content=content, reply_to=reply_to, thread=topic)
        self.world.announce(message)
        await asyncio.sleep(0)
        return message

    def _open_private_chat(self, text: str) -> None:
        """Start the bot, or restart it after a block, which only /start can do."""
        if self.blocked:
            if not text.startswith("/start"):
                raise DriverError(f"{self!r} has blocked the bot and can only /start it")
            self._set_blocked(False)
        self.started = True

    def _file(self) -> JsonDict:
        """Build the fields that every file object has."""
        number = self.world.next_id("file")
        return {"file_id": f"FILE{number}", "file_unique_id": f"UNIQUE{number}", "file_size": 1024}
