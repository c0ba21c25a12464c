"""Handlers of the Bot API methods; importing this package registers all of them."""

from . import chats, messages, profile, queries, updates

__all__ = ["chats", "messages", "profile", "queries", "updates"]
