"""The Bot API behind its HTTP front: what the methods share, and the table of methods."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

from .chat import Chat
from .errors import ApiError, JsonDict, bad_request, forbidden
from .faults import FloodControl
from .params import Params
from .webhook import WebhookSender
from .world import World


@dataclass(frozen=True, slots=True)
class RawJson:
    """A result that is serialised already."""

    text: str


@dataclass(slots=True)
class Profile:
    """What the bot has set about itself; commands are kept by scope and language code."""

    commands: dict[tuple[str, str], list[JsonDict]] = field(default_factory=dict)
    menu_buttons: dict[int, JsonDict] = field(default_factory=dict)
    descriptions: dict[str, str] = field(default_factory=dict)
    short_descriptions: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class BotApi:
    """Give the methods access to the world and to the state of the bot's own account."""

    world: World
    flood: FloodControl
    webhook_retry_delay: float
    profile: Profile = field(default_factory=Profile)
    webhook: WebhookSender | None = None
    logged_out: bool = False

    async def stop_webhook(self) -> None:
        """Stop delivering to the webhook, if there is one."""
        webhook, self.webhook = self.webhook, None
        if webhook is not None:
            await webhook.stop()

    def chat(self, value: str) -> Chat:
        """Find a chat by its identifier or @username."""
        if not value:
            raise bad_request("chat_id is empty")
        chats = self.world.chats
        if value.startswith("@"):
            name = value[1:].lower()
            found = next((chat for chat in chats.values() if chat.username and chat.username.lower() == name), None)
        else:
            found = chats.get(Params({"id": value}).integer("id"))
        if found is None or (found.peer is not None and not found.peer.started):
            raise self._no_chat(value)
        return found

    def accessible_chat(self, value: str) -> Chat:
        """Find a chat whose messages the bot may edit or delete."""
        chat = self.chat(value)
        if chat.peer is None and not chat.has_bot:
            action = "kicked from" if chat.bot_status == "kicked" else "not a member of"
            was = "was" if chat.bot_status == "kicked" else "is"
            raise forbidden(f"bot {was} {action} the {chat.type} chat")
        return chat

    def writable_chat(self, value: str) -> Chat:
        """Find a chat the bot may write to."""
        chat = self.accessible_chat(value)
        if chat.peer is not None and chat.peer.blocked:
            raise forbidden("bot was blocked by the user")
        return chat

    def _no_chat(self, value: str) -> ApiError:
        """Tell a user who has not started the bot from a chat nobody knows."""
        user = self.world.users.get(Params({"id": value}).integer("id"))
        if user is None:
            return bad_request("chat not found")
        if user.is_bot:
            return forbidden("bots can't send messages to bots")
        if any(user.id in chat.members and chat.has_bot for chat in self.world.chats.values()):
            return forbidden("bot can't initiate conversation with a user")
        return bad_request("chat not found")


Handler = Callable[[BotApi, Params], Any | Awaitable[Any]]
HandlerT = TypeVar("HandlerT", bound=Handler)

_METHODS: dict[str, tuple[str, Handler]] = {}


def method(name: str) -> Callable[[HandlerT], HandlerT]:
    """Register the handler of a Bot API method."""

    def register(handler: HandlerT) -> HandlerT:
        _METHODS[name.lower()] = (name, handler)
        return handler

    return register


def find_method(name: str) -> tuple[str, Handler] | None:
    """Return the canonical name and the handler of a method; like the real server, ignore the case of the name."""
    return _METHODS.get(name.lower())
