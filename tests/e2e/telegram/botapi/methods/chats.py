"""Methods about chats: information, actions, leaving."""

from ..api import BotApi, method
from ..chat import PRIVATE
from ..errors import JsonDict, bad_request, forbidden
from ..params import Params
from .messages import find_topic

_ACTIONS = frozenset(
    {
        "typing",
        "upload_photo",
        "record_video",
        "upload_video",
        "record_voice",
        "upload_voice",
        "upload_document",
        "choose_sticker",
        "find_location",
        "record_video_note",
        "upload_video_note",
    }
)
_GIFT_TYPES = ("unlimited_gifts", "limited_gifts", "unique_gifts", "premium_subscription", "gifts_from_channels")


@method("sendChatAction")
def send_chat_action(api: BotApi, params: Params) -> bool:
    """Show a status such as "typing" to the users of a chat."""
    action = params.text("action").lower()
    if action not in _ACTIONS:
        raise bad_request("wrong parameter action in request")
    chat = api.writable_chat(params.text("chat_id"))
    find_topic(chat, params.integer("message_thread_id"))
    chat.actions.append(action)
    return True


@method("getChat")
def get_chat(api: BotApi, params: Params) -> JsonDict:
    """Return everything known about a chat."""
    chat = api.chat(params.text("chat_id"))
    if chat.peer is None and not chat.has_bot and not chat.username:
        raise forbidden(f"bot is not a member of the {chat.type} chat")
    return {
        **chat.to_json(),
        "accent_color_id": 0,
        "max_reaction_count": 11,
        "accepted_gift_types": dict.fromkeys(_GIFT_TYPES, False),
        **({"active_usernames": [chat.username]} if chat.username else {}),
    }


@method("leaveChat")
def leave_chat(api: BotApi, params: Params) -> bool:
    """Make the bot leave a group or channel."""
    chat = api.accessible_chat(params.text("chat_id"))
    if chat.type == PRIVATE:
        raise bad_request("Can't leave private and secret chats")
    chat.bot_leaves()
    return True
