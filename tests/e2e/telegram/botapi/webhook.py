"""Delivery of updates to the bot's webhook, with retries and in order within each chat."""

import asyncio
import time
from collections import deque
from dataclasses import dataclass
from urllib.parse import urlsplit

import aiohttp

from .errors import bad_request
from .links import LinkError, parse_url
from .updates import Update, UpdateQueue

SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"
_LOOPBACK = ("127.0.0.1", "localhost")
_HTTPS_PORTS = (443, 80, 88, 8443)
_MAX_RETRY_FACTOR = 64
_REQUEST_TIMEOUT = 60.0


@dataclass(frozen=True, slots=True)
class WebhookConfig:
    """What setWebhook asked for."""

    url: str
    secret_token: str
    max_connections: int


def check_webhook_url(url: str) -> None:
    """Refuse the URLs the real server refuses, but let plain HTTP to this machine pass.

    No other host can be reached from a test, so a correct public URL fails as if its name did not resolve.
    """
    try:
        parsed = parse_url(url, "https")
    except LinkError as error:
        raise bad_request("invalid webhook URL specified") from error
    if parsed.scheme == "http":
        if parsed.host in _LOOPBACK:
            return
        raise bad_request("bad webhook: An HTTPS URL must be provided for webhook")
    if (parsed.port or 443) not in _HTTPS_PORTS:
        raise bad_request("bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443")
    if parsed.host in _LOOPBACK:
        raise bad_request("bad webhook: IP address 127.0.0.1 is reserved")
    raise bad_request("bad webhook: Failed to resolve host: Name or service not known")


class WebhookSender:
    """POST updates to a webhook: one at a time in each lane, several lanes at once."""

    def __init__(self, config: WebhookConfig, queue: UpdateQueue, retry_delay: float) -> None:
        self.config = config
        self.last_error_date = 0
        self.last_error_message = ""
        self._queue = queue
        self._retry_delay = retry_delay
        self._session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(_REQUEST_TIMEOUT))
        self._slots = asyncio.Semaphore(config.max_connections)
        self._lanes: dict[int, deque[Update]] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def ip_address(self) -> str:
        """Address the webhook is delivered to."""
        host = urlsplit(self.config.url).hostname or ""
        return "127.0.0.1" if host in _LOOPBACK else host

    def start(self) -> None:
        """Deliver what is queued and, from now on, every new update."""
        for update in self._queue:
            self._enqueue(update)
        self._queue.listener = self._enqueue

    async def stop(self) -> None:
        """Stop delivering; unconfirmed updates stay queued."""
        self._queue.listener = None
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._session.close()

    def _enqueue(self, update: Update) -> None:
        """Put an update into its lane and see that somebody works on the lane."""
        lane = self._lanes.get(update.lane)
        if lane is not None:
            lane.append(update)
            return
        self._lanes[update.lane] = deque([update])
        task = asyncio.create_task(self._run_lane(update.lane))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _run_lane(self, lane: int) -> None:
        """Deliver the updates of a lane until none is left."""
        updates = self._lanes[lane]
        while updates:
            await self._deliver(updates[0])
            self._queue.confirm(updates.popleft().update_id)
        del self._lanes[lane]

    async def _deliver(self, update: Update) -> None:
        """POST one update until the bot accepts it; retry at once, then with growing pauses."""
        failures = 0
        while True:
            async with self._slots:
                pause = await self._post(update)
            if pause is None:
                return
            factor = min(2**failures, _MAX_RETRY_FACTOR) if failures else 0
            await asyncio.sleep(pause or self._retry_delay * factor)
            failures += 1

    async def _post(self, update: Update) -> float | None:
        """POST one update once; return None on success or the pause the bot asked for."""
        headers = {"Content-Type": "application/json"}
        if self.config.secret_token:
            headers[SECRET_HEADER] = self.config.secret_token
        try:
            async with self._session.post(self.config.url, data=update.body.encode(), headers=headers) as response:
                await response.read()
        except (aiohttp.ClientError, TimeoutError, OSError):
            self._fail("Connection refused")
            return 0.0
        if 200 <= response.status <= 299:
            return None
        self._fail(f"Wrong response from the webhook: {response.status} {response.reason}")
        retry_after = response.headers.get("Retry-After", "")
        return float(retry_after) if retry_after.isdigit() else 0.0

    def _fail(self, message: str) -> None:
        """Remember the last error for getWebhookInfo."""
        self.last_error_date = int(time.time())
        self.last_error_message = message
        self._queue.changed()
