"""The queue of updates for the bot and long polling over it."""

import asyncio
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice, takewhile
from typing import Any

from .errors import ApiError, JsonDict, conflict

UPDATE_TYPES = frozenset(
    {
        "message",
        "edited_message",
        "channel_post",
        "edited_channel_post",
        "business_connection",
        "business_message",
        "edited_business_message",
        "deleted_business_messages",
        "message_reaction",
        "message_reaction_count",
        "inline_query",
        "chosen_inline_result",
        "callback_query",
        "shipping_query",
        "pre_checkout_query",
        "purchased_paid_media",
        "poll",
        "poll_answer",
        "my_chat_member",
        "chat_member",
        "chat_join_request",
        "chat_boost",
        "removed_chat_boost",
    }
)
DEFAULT_UPDATE_TYPES = UPDATE_TYPES - {"chat_member", "message_reaction", "message_reaction_count"}
_FIRST_UPDATE_ID = 700_000_001
OTHER_POLL = "terminated by other getUpdates request; make sure that only one bot instance is running"


@dataclass(frozen=True, slots=True)
class Update:
    """One update, already serialised; updates of one lane are delivered to a webhook in order."""

    update_id: int
    kind: str
    lane: int
    body: str


class UpdateQueue:
    """Keep updates until the bot confirms them."""

    def __init__(self, changed: Callable[[], None]) -> None:
        self.changed = changed
        self._pending: dict[int, Update] = {}
        self._next_id = _FIRST_UPDATE_ID
        self._poll: asyncio.Future[None] | None = None
        self.allowed: frozenset[str] = DEFAULT_UPDATE_TYPES
        self.listener: Callable[[Update], None] | None = None

    def __len__(self) -> int:
        """Count the updates the bot has not confirmed."""
        return len(self._pending)

    def __iter__(self) -> Iterator[Update]:
        """Iterate over the unconfirmed updates, oldest first."""
        return iter(self._pending.values())

    @property
    def has_custom_kinds(self) -> bool:
        """Whether the bot asked for other kinds than the default ones."""
        return self.allowed != DEFAULT_UPDATE_TYPES

    def allow(self, kinds: Any) -> None:
        """Apply an `allowed_updates` parameter: None keeps the previous choice, an empty list means the default."""
        if isinstance(kinds, list):
            self.allowed = frozenset(map(str, kinds)) & UPDATE_TYPES or DEFAULT_UPDATE_TYPES

    def push(self, kind: str, payload: JsonDict, lane: int) -> Update | None:
        """Queue an update, or return None when the bot does not want its kind."""
        if kind not in self.allowed:
            return None
        update_id = self._next_id
        self._next_id += 1
        body = json.dumps({"update_id": update_id, kind: payload}, ensure_ascii=False, separators=(",", ":"))
        update = self._pending[update_id] = Update(update_id, kind, lane, body)
        if self.listener is not None:
            self.listener(update)
        elif self._poll is not None and not self._poll.done():
            self._poll.set_result(None)
        return update

    def confirm(self, update_id: int) -> None:
        """Forget one delivered update."""
        if self._pending.pop(update_id, None) is not None:
            self.changed()

    def clear(self) -> None:
        """Forget all updates."""
        self._pending.clear()
        self.changed()

    def take(self, offset: int, limit: int) -> list[Update]:
        """Forget the updates before the offset and return the next ones; a negative offset keeps only the last."""
        if offset < 0:
            excess = len(self._pending) + offset
            self._drop(list(islice(self._pending, max(excess, 0))))
        elif 0 < offset <= self._next_id:
            self._drop(list(takewhile(lambda update_id: update_id < offset, self._pending)))
        return list(islice(self._pending.values(), limit))

    async def poll(self, offset: int, limit: int, timeout: int) -> list[Update]:
        """Wait up to the timeout for updates; a newer poll ends this one with a conflict."""
        updates = self.take(offset, limit)
        if updates or not timeout:
            return updates
        self.abort_poll(conflict(OTHER_POLL))
        waiter = self._poll = asyncio.get_running_loop().create_future()
        try:
            async with asyncio.timeout(timeout):
                await waiter
        except TimeoutError:
            return []
        finally:
            if self._poll is waiter:
                self._poll = None
        return self.take(offset, limit)

    def abort_poll(self, error: ApiError) -> None:
        """End the waiting poll, if there is one, with an error."""
        if self._poll is not None and not self._poll.done():
            self._poll.set_exception(error)

    def _drop(self, update_ids: list[int]) -> None:
        """Forget confirmed updates."""
        for update_id in update_ids:
            del self._pending[update_id]
        if update_ids:
            self.changed()
