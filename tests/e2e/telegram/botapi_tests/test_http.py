"""The HTTP front: paths, tokens and encodings of parameters."""

import json

import aiohttp
import pytest
from telegram import Bot
from telegram.error import InvalidToken

from botapi import BotApiServer, Telegram, User

pytestmark = pytest.mark.anyio


async def post(server: BotApiServer, path: str, **kwargs: object) -> tuple[int, dict[str, object]]:
    """Send a raw request and return the status and the body."""
    async with aiohttp.ClientSession() as session, session.post(server.root_url + path, **kwargs) as response:  # type: ignore[arg-type]
        return response.status, await response.json()


@pytest.mark.parametrize(
    ("path", "status", "description"),
    [
        ("/bot123456:OTHER/getMe", 401, "Unauthorized"),
        ("/botgarbage/getMe", 404, "Not Found"),
        ("/bot0:x/getMe", 404, "Not Found"),
        ("/somewhere", 404, "Not Found"),
        ("/bot{token}/noSuchMethod", 404, "Not Found: method not found"),
    ],
)
async def test_refuses_wrong_paths(server: BotApiServer, path: str, status: int, description: str) -> None:
    """Unknown tokens, malformed tokens and unknown methods are told apart."""
    body = {"ok": False, "error_code": status, "description": description}
    assert await post(server, path.format(token=server.token)) == (status, body)


@pytest.mark.parametrize("token", ["123456:OTHER", "999:whatever"])
async def test_library_raises_invalid_token(server: BotApiServer, token: str) -> None:
    """The library reports an unknown token as InvalidToken."""
    client = Bot(token, base_url=server.base_url)
    with pytest.raises(InvalidToken):
        await client.initialize()
    await client.shutdown()


async def test_get_me(bot: Bot) -> None:
    """The bot learns its own name."""
    assert (bot.id, bot.username, bot.first_name) == (123456, "test_bot", "Test Bot")
    assert bot.supports_inline_queries
    assert not bot.can_read_all_group_messages


async def test_accepts_every_encoding(server: BotApiServer, telegram: Telegram, alice: User) -> None:
    """JSON, forms, multipart bodies and query strings mean the same."""
    path = f"/bot{server.token}/sendMessage"
    markup = {"inline_keyboard": [[{"text": "Go", "callback_data": "go"}]]}
    flat = {"chat_id": str(alice.id), "text": "chào", "reply_markup": json.dumps(markup)}
    multipart = aiohttp.FormData(flat, default_to_multipart=True)
    query = f"/bot{server.token}/SENDMESSAGE?chat_id={alice.id}&text=ch%C3%A0o&reply_markup={json.dumps(markup)}"
    for status, body in [
        await post(server, path, json={"chat_id": alice.id, "text": "chào", "reply_markup": markup}),
        await post(server, path, data=flat),
        await post(server, path, data=multipart),
        await post(server, query),
    ]:
        assert (status, body["ok"]) == (200, True), body
    assert [message.text for message in alice.chat.bot_messages] == ["chào"] * 4
    assert all(message.buttons[0].data == "go" for message in alice.chat.bot_messages)
    assert {call.method for call in telegram.log} == {"sendMessage"}
    assert all(call.params == {"chat_id": alice.id, "text": "chào", "reply_markup": markup} for call in telegram.log)


@pytest.mark.parametrize(
    ("kwargs", "description"),
    [
        ({"data": b"{", "headers": {"Content-Type": "application/json"}}, "can't parse JSON object"),
        ({"json": [1]}, "can't parse JSON object"),
        ({"data": b"x", "headers": {"Content-Type": "text/plain"}}, "unsupported content type of the request"),
        ({"data": {"text": "x", "reply_markup": "{"}}, "can't parse reply keyboard markup JSON object"),
    ],
)
async def test_refuses_broken_bodies(server: BotApiServer, kwargs: dict[str, object], description: str) -> None:
    """Bodies that can not be decoded are refused."""
    status, body = await post(server, f"/bot{server.token}/sendMessage", **kwargs)
    assert (status, body["description"]) == (400, f"Bad Request: {description}")
