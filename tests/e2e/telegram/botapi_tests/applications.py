"""Complete bots built with python-telegram-bot, run by polling or by webhook."""

import socket
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from typing import Any

from telegram import Update
from telegram.ext import Application, ApplicationBuilder, BaseHandler

from botapi import BotApiServer

Handlers = Iterable[BaseHandler[Any, Any, Any]]
App = Application[Any, Any, Any, Any, Any, Any]


def build(server: BotApiServer, handlers: Handlers) -> App:
    """Build an application that talks to the server."""
    builder = ApplicationBuilder().token(server.token).base_url(server.base_url).base_file_url(server.base_file_url)
    application: App = builder.build()
    application.add_handlers(list(handlers))
    return application


@asynccontextmanager
async def polling(server: BotApiServer, handlers: Handlers) -> AsyncIterator[App]:
    """Run a bot by long polling."""
    application = build(server, handlers)
    async with application:
        assert application.updater is not None
        await application.start()
        await application.updater.start_polling(allowed_updates=Update.ALL_TYPES)
        try:
            yield application
        finally:
            await application.updater.stop()
            await application.stop()


@asynccontextmanager
async def webhook(server: BotApiServer, handlers: Handlers, secret: str) -> AsyncIterator[App]:
    """Run a bot by webhook on a free port."""
    application = build(server, handlers)
    port = free_port()
    async with application:
        assert application.updater is not None
        await application.start()
        await application.updater.start_webhook(
            listen="127.0.0.1",
            port=port,
            url_path="hook",
            webhook_url=f"http://127.0.0.1:{port}/hook",
            secret_token=secret,
            allowed_updates=Update.ALL_TYPES,
        )
        try:
            yield application
        finally:
            await application.updater.stop()
            await application.stop()


def free_port() -> int:
    """Return a port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
