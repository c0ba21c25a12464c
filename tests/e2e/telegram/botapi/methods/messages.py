"""Methods that send, edit and delete messages."""

from ..api import BotApi, method
from ..chat import CHANNEL, PRIVATE, Chat, Topic
from ..entities import FormattedText
from ..errors import JsonDict, bad_request
from ..markup import is_inline, parse_markup, require_inline
from ..message import Message
from ..params import Params

_DELETABLE_SECONDS = 48 * 3600
_SEND_TOO_LONG = "message is too long"
_EDIT_TOO_LONG = "MESSAGE_TOO_LONG"
_NOT_MODIFIED = (
    "message is not modified: specified new message content and reply markup are exactly the same as a current "
    "content and reply markup of the message"
)


@method("sendMessage")
def send_message(api: BotApi, params: Params) -> JsonDict:
    """Send a text message."""
    body = _text(api, params, _SEND_TOO_LONG)
    reply = params.json("reply_parameters", "reply parameters") or {}
    if not isinstance(reply, dict):
        raise bad_request("Object expected as reply parameters")
    markup = parse_markup(params.json("reply_markup", "reply keyboard markup"))
    chat = api.writable_chat(params.text("chat_id"))
    topic = find_topic(chat, params.integer("message_thread_id"))
    reply_to = _replied_message(api, chat, params, reply)
    if topic is None and reply_to is not None and reply_to.chat is chat:
        topic = reply_to.thread
    if topic is not None and topic.closed and chat.bot_status != "administrator":
        raise bad_request("TOPIC_CLOSED")
    if chat.type == CHANNEL:
        require_inline(markup)
    quote = _quote(reply, reply_to)
    api.flood.check(chat)
    message = api.world.add_message(
        chat,
        api.world.bot,
        body,
        reply_to=reply_to,
        thread=topic,
        markup=markup,
    )
    message.quote = quote
    message.options = _options(params)
    return message.to_json()


@method("editMessageText")
def edit_message_text(api: BotApi, params: Params) -> JsonDict | bool:
    """Replace the text and the keyboard of a message; without a keyboard in the call the old one goes away."""
    body = _text(api, params, _EDIT_TOO_LONG)
    markup = require_inline(parse_markup(params.json("reply_markup", "reply keyboard markup")))
    message, inline = _edited_message(api, params)
    if message.content:
        raise bad_request("there is no text in the message to edit")
    return _apply_edit(api, message, body, markup, inline=inline)


@method("editMessageReplyMarkup")
def edit_message_reply_markup(api: BotApi, params: Params) -> JsonDict | bool:
    """Replace or remove the keyboard of a message."""
    markup = require_inline(parse_markup(params.json("reply_markup", "reply keyboard markup")))
    message, inline = _edited_message(api, params)
    return _apply_edit(api, message, message.body, markup, inline=inline)


@method("deleteMessage")
def delete_message(api: BotApi, params: Params) -> bool:
    """Delete a message."""
    if not params.has("chat_id"):
        raise bad_request("Chat identifier is not specified")
    message_id = params.integer("message_id")
    if not message_id:
        raise bad_request("Message identifier is not specified")
    chat = api.accessible_chat(params.text("chat_id"))
    message = chat.by_id.get(message_id)
    if message is None:
        raise bad_request("message to delete not found")
    if chat.type != PRIVATE and chat.bot_status != "administrator" and not message.from_bot:
        raise bad_request("message can't be deleted")
    if api.world.now() - message.date > _DELETABLE_SECONDS:
        raise bad_request("message can't be deleted for everyone")
    api.world.delete_message(message)
    return True


def find_topic(chat: Chat, thread_id: int) -> Topic | None:
    """Return the forum topic a message goes to; the general topic has no identifier that could be given."""
    if not thread_id:
        return None
    topic = chat.topics.get(thread_id)
    if topic is None:
        raise bad_request("message thread not found")
    return topic


def _text(api: BotApi, params: Params, too_long: str) -> FormattedText:
    """Read the text of a message from the parameters."""
    return api.world.formatter.message_text(
        params.text("text"), params.text("parse_mode"), params.json("entities", "entities"), too_long=too_long
    )


def _replied_message(api: BotApi, chat: Chat, params: Params, reply: JsonDict) -> Message | None:
    """Find the message to reply to, which `reply_parameters` or the old `reply_to_message_id` names."""
    reply_params = Params(reply)
    message_id = reply_params.integer("message_id") or params.integer("reply_to_message_id")
    if message_id <= 0:
        return None
    source = api.accessible_chat(reply_params.text("chat_id")) if reply_params.has("chat_id") else chat
    message = source.by_id.get(message_id)
    optional = reply_params.flag("allow_sending_without_reply") or params.flag("allow_sending_without_reply")
    if message is None and not optional:
        raise bad_request("message to be replied not found")
    return message


def _quote(reply: JsonDict, reply_to: Message | None) -> JsonDict | None:
    """Check that the quoted part is in the message replied to."""
    quote = reply.get("quote")
    if not quote or reply_to is None:
        return None
    position = reply_to.text.find(str(quote))
    if position < 0:
        raise bad_request("QUOTE_TEXT_INVALID")
    return {"text": str(quote), "position": position, "is_manual": True}


def _options(params: Params) -> JsonDict:
    """Return the fields of the sent message that reflect how it was sent."""
    options: JsonDict = {}
    link_preview = params.json("link_preview_options", "link preview options")
    if link_preview:
        options["link_preview_options"] = link_preview
    if params.flag("protect_content"):
        options["has_protected_content"] = True
    return options


def _edited_message(api: BotApi, params: Params) -> tuple[Message, bool]:
    """Find the message to edit and tell whether it is an inline one."""
    message_id = params.integer("message_id")
    if not params.has("chat_id") and not message_id:
        inline_message_id = params.text("inline_message_id")
        if not inline_message_id:
            raise bad_request("Message identifier is not specified")
        inline = api.world.inline_messages.get(inline_message_id)
        if inline is None or inline.deleted:
            raise bad_request("MESSAGE_ID_INVALID")
        return inline, True
    chat = api.accessible_chat(params.text("chat_id"))
    message = chat.by_id.get(message_id)
    if message is None:
        raise bad_request("message to edit not found")
    if not message.from_bot or (message.reply_markup is not None and not is_inline(message.reply_markup)):
        raise bad_request("message can't be edited")
    return message, False


def _apply_edit(
    api: BotApi, message: Message, body: FormattedText, markup: JsonDict | None, *, inline: bool
) -> JsonDict | bool:
    """Change a message unless nothing would change."""
    if (body, markup) == message.snapshot():
        raise bad_request(_NOT_MODIFIED)
    api.flood.check(message.chat)
    message.change(body, markup, api.world.now())
    return True if inline else message.to_json()
