"""Webhooks: their settings, delivery, order, retries."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import pytest
from aiohttp import web
from telegram import Bot
from telegram.error import BadRequest, Conflict

from botapi import BotApiServer, Telegram, User

from .applications import free_port
from .expect import refused

pytestmark = pytest.mark.anyio

SECRET = "X-Telegram-Bot-Api-Secret-Token"
WEBHOOK_ACTIVE = "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"


@dataclass
class Receiver:
    """A webhook that records what it gets; `answer` chooses the status from the number of the request."""

    url: str
    answer: Callable[[int], int]
    texts: list[str] = field(default_factory=list)
    secrets: list[str | None] = field(default_factory=list)
    active: int = 0
    most_active: int = 0

    async def handle(self, request: web.BaseRequest) -> web.Response:
        """Take an update."""
        self.active += 1
        self.most_active = max(self.most_active, self.active)
        update = await request.json()
        await asyncio.sleep(0.002)
        self.active -= 1
        self.texts.append(update["message"]["text"])
        self.secrets.append(request.headers.get(SECRET))
        return web.Response(status=self.answer(len(self.texts)))


@asynccontextmanager
async def receiver(answer: Callable[[int], int] = lambda number: 200) -> AsyncIterator[Receiver]:
    """Run a webhook."""
    port = free_port()
    hook = Receiver(f"http://127.0.0.1:{port}/hook", answer)
    runner = web.ServerRunner(web.Server(hook.handle))
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    try:
        yield hook
    finally:
        await runner.cleanup()


async def test_delivery(bot: Bot, telegram: Telegram, alice: User) -> None:
    """Waiting and new updates are delivered with the secret, and polling is refused meanwhile."""
    async with receiver() as hook:
        await alice.say("a")
        await bot.set_webhook(hook.url, secret_token="Se-cr_et1")
        await alice.say("b")
        await telegram.drained()
        assert (hook.texts, hook.secrets) == (["a", "b"], ["Se-cr_et1"] * 2)
        with refused(Conflict, WEBHOOK_ACTIVE):
            await bot.get_updates()
        info = await bot.get_webhook_info()
        assert (info.url, info.pending_update_count, info.max_connections) == (hook.url, 0, 40)
        assert (info.ip_address, info.last_error_message, info.allowed_updates) == ("127.0.0.1", None, ())
        await bot.delete_webhook()
        await alice.say("c")
        assert len(await bot.get_updates()) == 1
        assert (await bot.get_webhook_info()).url == ""
        assert telegram.webhook is None


async def test_order_and_parallelism(bot: Bot, telegram: Telegram) -> None:
    """Updates of one chat come in order, those of several chats at the same time."""
    users = [telegram.user(f"User {number}", started=True) for number in range(4)]
    async with receiver() as hook:
        await bot.set_webhook(hook.url, max_connections=3)
        for number in range(10):
            for user in users:
                await user.say(f"{user.id} {number}")
        await telegram.drained()
        assert hook.most_active == 3
        for user in users:
            assert [text for text in hook.texts if text.startswith(str(user.id))] == [
                f"{user.id} {number}" for number in range(10)
            ]
        await bot.delete_webhook()


async def test_retries(bot: Bot, telegram: Telegram, alice: User) -> None:
    """A refused update is delivered again before later ones of the same chat."""
    async with receiver(answer=lambda number: 500 if number <= 3 else 200) as hook:
        await bot.set_webhook(hook.url)
        await alice.say("a")
        await alice.say("b")
        await telegram.drained()
        assert hook.texts == ["a", "a", "a", "a", "b"]
        info = await bot.get_webhook_info()
        assert info.last_error_message == "Wrong response from the webhook: 500 Internal Server Error"
        await bot.delete_webhook()


async def test_nobody_listens(bot: Bot, telegram: Telegram, alice: User) -> None:
    """Updates wait while the webhook is unreachable and can be dropped."""
    await bot.set_webhook(f"http://127.0.0.1:{free_port()}/", allowed_updates=["message"])
    await alice.say("a")
    await telegram.wait_for(lambda: telegram._api.webhook and telegram._api.webhook.last_error_message)
    info = await bot.get_webhook_info()
    assert (info.pending_update_count, info.last_error_message) == (1, "Connection refused")
    assert info.allowed_updates == ("message",)
    await bot.delete_webhook(drop_pending_updates=True)
    assert telegram.pending_updates == 0


async def test_set_webhook_ends_a_poll(bot: Bot, telegram: Telegram) -> None:
    """A waiting poll ends when a webhook is set."""
    async with receiver() as hook:
        poll = asyncio.create_task(bot.get_updates(timeout=30))
        await telegram.wait_for(lambda: [call for call in telegram.log if call.method == "getUpdates"])
        await bot.set_webhook(hook.url)
        with refused(Conflict, "Conflict: terminated by setWebhook request"):
            await poll
        await bot.set_webhook("")


@pytest.mark.parametrize(
    ("url", "secret", "error"),
    [
        ("ftp://a.vn", None, "Invalid webhook url specified"),
        ("http://a.vn/", None, "Bad webhook: an https url must be provided for webhook"),
        ("https://a.vn:8080/", None, "Bad webhook: webhook can be set up only on ports 80, 88, 443 or 8443"),
        ("https://127.0.0.1/", None, "Bad webhook: ip address 127.0.0.1 is reserved"),
        ("https://a.vn/", None, "Bad webhook: failed to resolve host: name or service not known"),
        ("http://127.0.0.1:1/", "x" * 257, "Secret token is too long"),
        ("http://127.0.0.1:1/", "ệ", "Secret token contains unallowed characters"),
    ],
)
async def test_refused_webhooks(bot: Bot, url: str, secret: str | None, error: str) -> None:
    """Wrong URLs and secrets are refused."""
    with refused(BadRequest, error):
        await bot.set_webhook(url, secret_token=secret)


async def test_server_stops_with_a_webhook_set(alice: User) -> None:
    """Stopping the server stops the delivery."""
    async with BotApiServer() as server, Bot(server.token, base_url=server.base_url) as bot:
        await bot.set_webhook(f"http://127.0.0.1:{free_port()}/")
        await server.telegram.user("Carol").start()
