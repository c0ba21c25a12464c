"""The wiring: which handler takes which update, and what is set up around them."""

from typing import Any

import structlog
from telegram import (
    BotCommand,
    BotCommandScopeAllGroupChats,
    BotCommandScopeDefault,
    MenuButtonCommands,
)
from telegram.constants import UpdateType
from telegram.error import TelegramError
from telegram.ext import (
    Application,
    ApplicationBuilder,
    CallbackQueryHandler,
    CommandHandler,
    InlineQueryHandler,
    MessageHandler,
    TypeHandler,
    filters,
)

from bot.config import Settings
from bot.errors import JournalError
from bot.telegram_app import commands, phrases
from bot.telegram_app.connection import AiohttpRequest
from bot.telegram_app.gate import stop_at_gate
from bot.telegram_app.inline import on_inline
from bot.telegram_app.ordering import ChatOrder
from bot.telegram_app.outbox import CONNECTIONS, Outward
from bot.telegram_app.presses import on_press
from bot.telegram_app.questions import on_ask_command, on_edited, on_text, on_unreadable
from bot.telegram_app.services import Context, found_in, services_of
from bot.telegram_app.trouble import on_error

App = Application[Any, Any, Any, Any, Any, Any]
UPDATES = [UpdateType.MESSAGE, UpdateType.EDITED_MESSAGE, UpdateType.CALLBACK_QUERY, UpdateType.INLINE_QUERY]
"""What Telegram is asked for; nothing else is needed."""
_SWEEP_EVERY = 3600  # seconds
_log = structlog.get_logger(__name__)


def build_application(settings: Settings) -> App:
    """
    Wire the bot.

    Args:
        settings: With a token.

    Returns:
        The application; its services are to be put into its `bot_data` before it runs.
    """
    application: App = (
        ApplicationBuilder()
        .token(settings.telegram_token or "")
        .base_url(settings.telegram_base_url)
        .base_file_url(settings.telegram_base_file_url)
        .rate_limiter(Outward(settings.telegram_rate))
        .concurrent_updates(ChatOrder())
        .request(AiohttpRequest(connections=CONNECTIONS, connect=5, read=15, proxy=settings.telegram_proxy))
        .get_updates_request(AiohttpRequest(connections=1, connect=5, read=5, proxy=settings.telegram_proxy))
        .post_init(_introduce)
        .post_shutdown(_close)
        .build()
    )
    new = filters.UpdateType.MESSAGE
    application.add_handler(TypeHandler(object, stop_at_gate), group=-1)
    for name, command in {
        "start": commands.start,
        "help": commands.help_,
        "nguon": commands.sources,
        "bai": commands.article,
        "moi": commands.new,
        "riengtu": commands.privacy,
        "xoa": commands.erase,
        "thongke": commands.statistics,
        "hoi": on_ask_command,
    }.items():
        application.add_handler(CommandHandler(name, command, filters=new))
    application.add_handler(MessageHandler(new & filters.COMMAND, commands.unknown))
    application.add_handler(MessageHandler(new & filters.TEXT, on_text))
    application.add_handler(MessageHandler(filters.UpdateType.EDITED_MESSAGE & filters.TEXT, on_edited))
    application.add_handler(MessageHandler(new & ~filters.TEXT & ~filters.StatusUpdate.ALL, on_unreadable))
    application.add_handler(CallbackQueryHandler(on_press))
    application.add_handler(InlineQueryHandler(on_inline))
    application.add_error_handler(on_error)
    if application.job_queue is not None:
        application.job_queue.run_repeating(_sweep, _SWEEP_EVERY)
    return application


async def _introduce(application: App) -> None:
    """Tell Telegram the commands, the menu and what the bot is; it works without that, too."""
    bot = application.bot
    everywhere = [BotCommand(name, meaning) for name, meaning in phrases.COMMANDS.items()]
    in_groups = [BotCommand(name, meaning) for name, meaning in phrases.GROUP_COMMANDS.items()]
    try:
        await bot.set_my_commands(everywhere, BotCommandScopeDefault())
        await bot.set_my_commands(in_groups, BotCommandScopeAllGroupChats())
        await bot.set_chat_menu_button(menu_button=MenuButtonCommands())
        await bot.set_my_description(phrases.DESCRIPTION)
        await bot.set_my_short_description(phrases.SHORT_DESCRIPTION)
    except TelegramError as error:
        _log.warning("commands not registered", reason=str(error))


async def _close(application: App) -> None:
    found_in(application.bot_data).turns.close()


async def _sweep(context: Context) -> None:
    services = services_of(context)
    try:
        await services.turns.in_journal(services.journal.sweep)
    except JournalError as error:
        _log.error("old answers not deleted", reason=str(error))
