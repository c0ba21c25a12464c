"""A strict local Telegram Bot API server for end-to-end tests of one bot.

Start `BotApiServer` in a test, point the bot at its `base_url` and play the users through `server.telegram`::

    async with BotApiServer(token="123456:TEST") as server:
        alice = server.telegram.user("Alice")
        await alice.start()
        welcome = await alice.chat.next_message()
        answer = await alice.press(welcome, "Help")

Refusals follow the sources of telegram-bot-api and TDLib. Where the server is stricter than Telegram, it refuses what
Telegram would silently ignore or change: unknown character references and nested quotations in HTML (`strict_html`),
inline buttons with empty text or several actions, and keyboards beyond 100 buttons or 8 in a row.
"""

from .calls import Call
from .chat import Chat, Topic
from .entities import Entity, FormattedText
from .errors import ApiError, DriverError, WaitTimeout
from .faults import DropConnection, FloodLimits, Hang, HttpError, Script, TooManyRequests
from .markup import Button
from .message import Message
from .queries import CallbackAnswer, CallbackQuery, InlineAnswer, InlineQuery, InlineResult
from .server import BotApiServer
from .telegram import Telegram
from .user import User

__all__ = [
    "ApiError",
    "BotApiServer",
    "Button",
    "Call",
    "CallbackAnswer",
    "CallbackQuery",
    "Chat",
    "DriverError",
    "DropConnection",
    "Entity",
    "FloodLimits",
    "FormattedText",
    "Hang",
    "HttpError",
    "InlineAnswer",
    "InlineQuery",
    "InlineResult",
    "Message",
    "Script",
    "Telegram",
    "TooManyRequests",
    "Topic",
    "User",
    "WaitTimeout",
]
