"""Chats at the same time, and within each chat one update after the other."""

import asyncio
from collections.abc import Awaitable, Coroutine
from typing import Any

from telegram import Update
from telegram.ext import BaseUpdateProcessor

_MOST_AT_ONCE = 10_000  # more than ever wait: what is slow is bounded where it is done, by threads and connections


class ChatOrder(BaseUpdateProcessor):
    """Takes a chat's updates in the order in which they came, and those of different chats at the same time."""

    def __init__(self) -> None:
        super().__init__(_MOST_AT_ONCE)
        self._last: dict[int, asyncio.Future[None]] = {}

    async def do_process_update(self, update: object, coroutine: Awaitable[Any]) -> None:
        """Wait for the chat's former update, then work on this one."""
        key = chat_of(update)
        if key is None:
            await coroutine
            return
        before = self._last.get(key)
        done = self._last[key] = asyncio.get_running_loop().create_future()
        try:
            if before is not None:
                await asyncio.shield(before)
            await coroutine
        finally:
            if isinstance(coroutine, Coroutine):
                coroutine.close()  # it has not begun when the bot has to stop before its turn
            done.set_result(None)
            if self._last.get(key) is done:
                del self._last[key]

    async def initialize(self) -> None:
        """Nothing to set up."""

    async def shutdown(self) -> None:
        """Nothing to take down."""


def chat_of(update: object) -> int | None:
    """Whose updates keep an order: the chat's, or where there is none (inline mode) the person's."""
    if not isinstance(update, Update):
        return None
    if update.effective_chat is not None:
        return update.effective_chat.id
    return update.effective_user.id if update.effective_user is not None else None
