"""Messages as everybody in a chat sees them now, with what they were before."""

from __future__ import annotations

from dataclasses import dataclass, field
from html import escape
from typing import TYPE_CHECKING

from .entities import NO_TEXT, Entity, FormattedText
from .errors import DriverError, JsonDict
from .markup import Button, inline_buttons, is_inline
from .utf16 import utf16_slice

if TYPE_CHECKING:
    from .chat import Chat, Topic
    from .user import User

SERVICE_CONTENT = frozenset({"new_chat_members", "left_chat_member", "forum_topic_created", "forum_topic_closed"})
_HTML_TAGS = {
    "bold": "b",
    "italic": "i",
    "underline": "u",
    "strikethrough": "s",
    "spoiler": "tg-spoiler",
    "code": "code",
    "blockquote": "blockquote",
}


@dataclass(eq=False, slots=True)
class Message:
    """Hold the current state of one message.

    `body` is the text of a text message or the caption of one with other `content`, which holds the fields of the
    Message object that make it a photo, a poll or a service message. Posts in channels have no sender, so `from_bot`
    tells what the bot under test sent.
    """

    chat: Chat
    message_id: int
    date: int
    sender: User | None
    body: FormattedText = NO_TEXT
    content: JsonDict = field(default_factory=dict)
    reply_to: Message | None = None
    quote: JsonDict | None = None
    thread: Topic | None = None
    reply_markup: JsonDict | None = None
    via_bot: User | None = None
    inline_message_id: str = ""
    options: JsonDict = field(default_factory=dict)
    edit_date: int = 0
    deleted: bool = False
    from_bot: bool = False
    history: list[FormattedText] = field(default_factory=list)

    def __repr__(self) -> str:
        """Name the message for the log of a failed test."""
        sender = self.sender.first_name if self.sender else self.chat.title
        return f"<Message {self.message_id} from {sender!r} in {self.chat.id}: {self.text[:60]!r}>"

    @property
    def text(self) -> str:
        """Plain text or caption, without markup."""
        return self.body.text

    @property
    def entities(self) -> tuple[Entity, ...]:
        """Entities of the text or caption."""
        return self.body.entities

    @property
    def thread_id(self) -> int:
        """Identifier of the forum topic, or 0."""
        return self.thread.thread_id if self.thread else 0

    @property
    def edits(self) -> int:
        """How many times the message was edited."""
        return len(self.history)

    @property
    def is_service(self) -> bool:
        """Whether the message only tells of an event in the chat."""
        return not SERVICE_CONTENT.isdisjoint(self.content)

    @property
    def buttons(self) -> list[Button]:
        """Buttons of the inline keyboard, row by row."""
        return list(inline_buttons(self.reply_markup))

    @property
    def html(self) -> str:
        """Text with its entities written as HTML."""
        return render_html(self.body)

    @property
    def rendered(self) -> str:
        """Plain text followed by the rows of the inline keyboard, as they look on the screen."""
        rows: dict[int, list[str]] = {}
        for button in self.buttons:
            rows.setdefault(button.row, []).append(f"[{button.text}]")
        return "\n".join([self.text, *(" ".join(row) for row in rows.values())])

    def button(self, label: str) -> Button:
        """Find a button by its exact text or callback data; fail if there is none or more than one."""
        found = [button for button in self.buttons if label in (button.text, button.data)]
        if len(found) != 1:
            raise DriverError(f"{len(found)} buttons are {label!r} in {self!r}; there are {self.buttons}")
        return found[0]

    def entity_texts(self, kind: str) -> list[str]:
        """Return the parts of the text that entities of one kind cover."""
        return [utf16_slice(self.text, e.offset, e.length) for e in self.entities if e.type == kind]

    def snapshot(self) -> tuple[FormattedText, JsonDict | None]:
        """Return what an edit has to change."""
        return self.body, self.reply_markup

    def change(self, body: FormattedText, markup: JsonDict | None, date: int) -> None:
        """Replace the text and the keyboard."""
        self.history.append(self.body)
        self.body, self.reply_markup, self.edit_date = body, markup, date

    def to_json(self, *, with_reply: bool = True) -> JsonDict:
        """Build the Message object."""
        data: JsonDict = {"message_id": self.message_id}
        if self.sender is not None:
            data["from"] = self.sender.to_json()
        else:
            data["sender_chat"] = self.chat.to_json()
        data["chat"] = self.chat.to_json()
        data["date"] = self.date
        if self.edit_date:
            data["edit_date"] = self.edit_date
        if self.thread is not None:
            data["message_thread_id"] = self.thread.thread_id
            data["is_topic_message"] = True
        if with_reply:
            replied = self.reply_to or (self.thread.root if self.thread and not self.is_service else None)
            if replied is not None and not replied.deleted:
                data["reply_to_message"] = replied.to_json(with_reply=False)
        if self.quote is not None:
            data["quote"] = self.quote
        if self.via_bot is not None:
            data["via_bot"] = self.via_bot.to_json()
        data.update(self.content)
        data.update(self._body_json())
        data.update(self.options)
        if is_inline(self.reply_markup):
            data["reply_markup"] = self.reply_markup
        return data

    def _body_json(self) -> JsonDict:
        """Build the text or caption fields."""
        if not self.text:
            return {}
        text_field, entities_field = ("caption", "caption_entities") if self.content else ("text", "entities")
        data: JsonDict = {text_field: self.text}
        if self.entities:
            data[entities_field] = [entity.to_json(self.chat.world.user_json) for entity in self.entities]
        return data


def render_html(body: FormattedText) -> str:
    """Write a formatted text as HTML that Telegram would parse into the same entities."""
    opening: dict[int, list[str]] = {}
    closing: dict[int, list[str]] = {}
    for entity in body.entities:
        tags = _html_tags(entity)
        if tags:
            opening.setdefault(entity.offset, []).append(tags[0])
            closing.setdefault(entity.end, []).insert(0, tags[1])
    parts: list[str] = []
    offset = 0
    for char in body.text:
        parts += closing.get(offset, []) + opening.get(offset, [])
        parts.append(escape(char, quote=False))
        offset += 2 if char > "\uffff" else 1
    return "".join(parts + closing.get(offset, []))


def _html_tags(entity: Entity) -> tuple[str, str] | None:
    """Return the start and end tag of an entity; automatic ones have none."""
    if entity.type in _HTML_TAGS:
        tag = _HTML_TAGS[entity.type]
        return f"<{tag}>", f"</{tag}>"
    if entity.type == "expandable_blockquote":
        return "<blockquote expandable>", "</blockquote>"
    if entity.type == "pre" and entity.language:
        return f'<pre><code class="language-{escape(entity.language)}">', "</code></pre>"
    if entity.type == "pre":
        return "<pre>", "</pre>"
    if entity.type in ("text_link", "text_mention"):
        url = entity.url or f"tg://user?id={entity.user_id}"
        return f'<a href="{escape(url)}">', "</a>"
    if entity.type == "custom_emoji":
        return f'<tg-emoji emoji-id="{entity.custom_emoji_id}">', "</tg-emoji>"
    return None
