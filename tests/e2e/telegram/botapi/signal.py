"""Waiting for the state of the server to change, without polling."""

import asyncio
from collections.abc import Callable
from typing import TypeVar

from .errors import WaitTimeout

T = TypeVar("T")

DEFAULT_TIMEOUT = 5.0


class Signal:
    """Wake waiting coroutines whenever something happened."""

    __slots__ = ("_waiters",)

    def __init__(self) -> None:
        self._waiters: list[asyncio.Future[None]] = []

    def fire(self) -> None:
        """Wake every waiter; free when there are none."""
        if self._waiters:
            waiters, self._waiters = self._waiters, []
            for waiter in waiters:
                if not waiter.done():
                    waiter.set_result(None)

    async def wait_until(
        self, condition: Callable[[], T], timeout: float, describe: Callable[[], str] = lambda: "the condition"
    ) -> T:
        """Return the first true value of the condition, checked after every change, or fail after the timeout."""
        if value := condition():
            return value
        loop = asyncio.get_running_loop()
        deadline = loop.time() + timeout
        while True:
            waiter = loop.create_future()
            self._waiters.append(waiter)
            try:
                async with asyncio.timeout_at(deadline):
                    await waiter
            except TimeoutError:
                raise WaitTimeout(f"no {describe()} within {timeout:g} s") from None
            if value := condition():
                return value
