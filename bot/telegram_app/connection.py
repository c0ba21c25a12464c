"""
python-telegram-bot's requests, made with aiohttp.

Its own client, httpx, takes three times as long for a request as working out most answers does; see `tests/bench`.
"""

import json
from typing import Any

import aiohttp
from telegram.error import NetworkError, TimedOut
from telegram.request import BaseRequest, RequestData


class AiohttpRequest(BaseRequest):
    """
    Sends what the bot asks for; it uploads no files.

    Args:
        connections: Most at once; a request beyond waits for one.
        connect: Seconds to get a connection.
        read: Seconds to wait for an answer.
        proxy: Address of the proxy to go through, or None.
    """

    def __init__(self, *, connections: int, connect: float, read: float, proxy: str | None = None) -> None:
        self._connections, self._connect, self._read, self._proxy = connections, connect, read, proxy
        self._session: aiohttp.ClientSession | None = None

    @property
    def read_timeout(self) -> float | None:
        """Seconds to wait for an answer."""
        return self._read

    async def initialize(self) -> None:
        """Open the connections' pool."""
        if self._session is None or self._session.closed:
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=self._connections),
                headers={"User-Agent": self.USER_AGENT, "Content-Type": "application/json"},
                proxy=self._proxy,
            )

    async def shutdown(self) -> None:
        """Close all connections."""
        if self._session is not None:
            await self._session.close()

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: Any = BaseRequest.DEFAULT_NONE,
        write_timeout: Any = BaseRequest.DEFAULT_NONE,  # noqa: ARG002
        connect_timeout: Any = BaseRequest.DEFAULT_NONE,
        pool_timeout: Any = BaseRequest.DEFAULT_NONE,  # noqa: ARG002
    ) -> tuple[int, bytes]:
        """
        Make one request.

        Returns:
            The status and the body.

        Raises:
            TimedOut: There was no answer in time; `was_sent` tells whether it may have arrived.
            NetworkError: It failed in any other way.
        """
        if self._session is None:
            raise RuntimeError("not initialized")
        if request_data is not None and request_data.multipart_data:
            raise NetworkError("files cannot be sent")
        timeout = aiohttp.ClientTimeout(
            total=None,
            sock_connect=self._connect if connect_timeout is self.DEFAULT_NONE else connect_timeout,
            sock_read=self._read if read_timeout is self.DEFAULT_NONE else read_timeout,
        )
        # As JSON, not as a form: percent-encoding makes Vietnamese three times as long.
        data = json.dumps(request_data.parameters, ensure_ascii=False).encode() if request_data is not None else None
        try:
            async with self._session.request(method, url, data=data, timeout=timeout) as response:
                return response.status, await response.read()
        except TimeoutError as error:
            raise TimedOut from error
        except (aiohttp.ClientError, OSError, ValueError) as error:
            raise NetworkError(f"{type(error).__name__}: {error}") from error


def was_sent(error: TimedOut) -> bool:
    """Tell whether a request that timed out may have reached Telegram."""
    return not isinstance(error.__cause__, aiohttp.ConnectionTimeoutError)
