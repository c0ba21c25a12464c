"""ChatMember objects and the updates about the bot's own membership."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .errors import JsonDict
    from .user import User

MEMBER_STATUSES = ("member", "administrator", "creator")
_RIGHTS = (
    "can_manage_chat",
    "can_delete_messages",
    "can_manage_video_chats",
    "can_restrict_members",
    "can_promote_members",
    "can_change_info",
    "can_invite_users",
    "can_post_stories",
    "can_edit_stories",
    "can_delete_stories",
    "can_post_messages",
    "can_edit_messages",
    "can_pin_messages",
)


def chat_member(user: User, status: str) -> JsonDict:
    """Build a ChatMember object."""
    data: JsonDict = {"user": user.to_json(), "status": status}
    if status == "administrator":
        data |= dict.fromkeys(_RIGHTS, True) | {"can_be_edited": False, "is_anonymous": False}
    elif status == "creator":
        data["is_anonymous"] = False
    elif status == "kicked":
        data["until_date"] = 0
    return data
