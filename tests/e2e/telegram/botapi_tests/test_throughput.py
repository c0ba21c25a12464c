"""The server must not be what makes an end-to-end test slow."""

import asyncio
import time
from urllib.parse import urlencode

import aiohttp
import pytest

from botapi import BotApiServer, Telegram, User

pytestmark = pytest.mark.anyio

CALLS = 3000
CLIENTS = 20


async def test_thousands_of_calls_in_seconds(server: BotApiServer, telegram: Telegram, alice: User) -> None:
    """Three thousand messages, sent by a client in the same process, take a few seconds at most."""
    url = f"{server.base_url}{server.token}/sendMessage"
    text = "<b>Tin mới</b> &amp; <i>nóng</i>: " + "một câu trả lời dài vừa phải. " * 20
    body = urlencode({"chat_id": alice.id, "text": text, "parse_mode": "HTML"}).encode()
    headers = {"Content-Type": "application/x-www-form-urlencoded"}

    async def client(session: aiohttp.ClientSession) -> None:
        for _ in range(CALLS // CLIENTS):
            async with session.post(url, data=body, headers=headers) as response:
                assert response.status == 200

    started = time.perf_counter()
    async with aiohttp.ClientSession() as session:
        await asyncio.gather(*(client(session) for _ in range(CLIENTS)))
    seconds = time.perf_counter() - started
    assert len(telegram.calls("sendMessage", ok=True)) == len(alice.chat.messages) == CALLS
    print(f"{CALLS / seconds:.0f} calls a second")
    assert seconds < 8
