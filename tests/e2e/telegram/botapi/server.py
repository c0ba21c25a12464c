"""The HTTP front: a server on this machine that speaks the Bot API for one bot."""

from __future__ import annotations

import asyncio
import json
import re
import time
from inspect import isawaitable
from typing import TYPE_CHECKING, Any

from aiohttp import web

from . import methods as methods  # registers the handlers
from .api import BotApi, RawJson, find_method
from .calls import Call
from .errors import ApiError, too_many_requests
from .faults import NO_LIMITS, FloodControl, FloodLimits, Hang, HttpError, Script, TooManyRequests
from .params import Params, read_params
from .telegram import Telegram
from .world import World

if TYPE_CHECKING:
    from collections.abc import Callable

_HOST = "127.0.0.1"
_PATH = re.compile(r"/bot([^/]+)/([^/]+)/?")
_TOKEN = re.compile(r"[1-9]\d*:[A-Za-z0-9_-]+")
_SHUTDOWN_SECONDS = 1.0
_NOT_FOUND = ApiError(404, "Not Found")
_NO_METHOD = ApiError(404, "Not Found: method not found")
_UNAUTHORIZED = ApiError(401, "Unauthorized")
_LOGGED_OUT = ApiError(400, "Logged out")


class BotApiServer:
    """Run the server inside `async with`; `telegram` drives it.

    `reads_all_messages` turns off privacy mode in groups, `inline_feedback` turns on chosen inline results,
    `strict_html` refuses two mistakes the real server tolerates, and `webhook_retry_delay` scales the pauses between
    attempts to deliver an update to a webhook.
    """

    def __init__(
        self,
        token: str = "123456:TEST-token",
        *,
        bot_name: str = "Test Bot",
        bot_username: str = "test_bot",
        port: int = 0,
        reads_all_messages: bool = False,
        inline_feedback: bool = False,
        strict_html: bool = True,
        limits: FloodLimits = NO_LIMITS,
        webhook_retry_delay: float = 1.0,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.token = token
        self._port = port
        world = World(
            int(token.partition(":")[0]),
            bot_name=bot_name,
            bot_username=bot_username,
            reads_all_messages=reads_all_messages,
            inline_feedback=inline_feedback,
            strict_html=strict_html,
            clock=clock,
        )
        self._api = BotApi(world, FloodControl(limits, clock), webhook_retry_delay)
        self.telegram = Telegram(self._api)
        self._runner = web.ServerRunner(
            web.Server(self._handle, handler_cancellation=True, access_log=None), shutdown_timeout=_SHUTDOWN_SECONDS
        )

    @property
    def root_url(self) -> str:
        """Address of the server without a path."""
        return f"http://{_HOST}:{self._port}"

    @property
    def base_url(self) -> str:
        """Value for python-telegram-bot's `base_url`."""
        return f"{self.root_url}/bot"

    @property
    def base_file_url(self) -> str:
        """Value for python-telegram-bot's `base_file_url`."""
        return f"{self.root_url}/file/bot"

    async def __aenter__(self) -> BotApiServer:
        """Start listening."""
        await self._runner.setup()
        await web.TCPSite(self._runner, _HOST, self._port).start()
        self._port = self._runner.addresses[0][1]
        return self

    async def __aexit__(self, *exc_info: object) -> None:
        """Stop listening and delivering; waiting calls are cut off."""
        await self._api.stop_webhook()
        self._api.world.updates.abort_poll(ApiError(500, "Internal Server Error: restart"))
        await self._runner.cleanup()

    async def _handle(self, request: web.BaseRequest) -> web.StreamResponse:
        """Answer one HTTP request."""
        match = _PATH.fullmatch(request.path)
        if match is None or not _TOKEN.fullmatch(match.group(1)):
            return _error(_NOT_FOUND)
        if match.group(1) != self.token:
            return _error(_UNAUTHORIZED)
        try:
            params = await read_params(request)
        except ApiError as error:
            return _error(error)
        except web.HTTPRequestEntityTooLarge:
            return _error(ApiError(413, "Request Entity Too Large"))
        found = find_method(match.group(2))
        name = found[0] if found else match.group(2)
        loop = asyncio.get_running_loop()
        call = Call(name, params, loop.time())
        self.telegram.begin(call)
        try:
            return await self._respond(call, request)
        finally:
            call.finished = loop.time()
            self.telegram.finish(call)

    async def _respond(self, call: Call, request: web.BaseRequest) -> web.StreamResponse:
        """Execute a call, or let it run into the fault scripted for it."""
        script = self.telegram.faults.take(call.method, lambda: call.params)
        if script is None:
            return _respond(call, *await self._execute(call.method, call.raw_params))
        return await self._run_script(script, call, request)

    async def _run_script(self, script: Script, call: Call, request: web.BaseRequest) -> web.StreamResponse:
        """Play a fault."""
        fault = script.fault
        answer = await self._execute(call.method, call.raw_params) if script.applied else None
        if isinstance(fault, Hang):
            await asyncio.sleep(fault.seconds)
            return _respond(call, *(answer or await self._execute(call.method, call.raw_params)))
        if isinstance(fault, TooManyRequests):
            return _respond(call, *_refusal(too_many_requests(fault.retry_after)))
        if isinstance(fault, HttpError):
            status, body = _refusal(ApiError(fault.status, fault.description))
            return _respond(call, status, fault.body or body)
        if request.transport is not None:
            request.transport.abort()
        return web.Response()

    async def _execute(self, name: str, params: Params) -> tuple[int, bytes]:
        """Call the handler of a method and serialise what it returns or raises."""
        if self._api.logged_out:
            return _refusal(_LOGGED_OUT)
        found = find_method(name)
        if found is None:
            return _refusal(_NO_METHOD)
        try:
            result = found[1](self._api, params)
            if isawaitable(result):
                result = await result
        except ApiError as error:
            return _refusal(error)
        if isinstance(result, RawJson):
            return 200, f'{{"ok":true,"result":{result.text}}}'.encode()
        return 200, _dump({"ok": True, "result": result})


def _dump(body: Any) -> bytes:
    """Serialise a response."""
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")


def _refusal(error: ApiError) -> tuple[int, bytes]:
    """Return the status and the body for an error."""
    return error.code, _dump(error.body())


def _respond(call: Call, status: int, body: bytes) -> web.Response:
    """Record the answer in the log and build the response."""
    call.status, call.body = status, body
    return web.Response(status=status, body=body, content_type="application/json")


def _error(error: ApiError) -> web.Response:
    """Build the response for a request that never became a call."""
    status, body = _refusal(error)
    return web.Response(status=status, body=body, content_type="application/json")
