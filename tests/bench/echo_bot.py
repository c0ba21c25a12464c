"""The bot that ours is measured against: python-telegram-bot's echo, with nothing added."""

import os

from telegram import Update
from telegram.ext import ApplicationBuilder, ContextTypes, MessageHandler, filters


async def echo(update: Update, _: ContextTypes.DEFAULT_TYPE) -> None:
    """Send a text back as a reply."""
    if update.message is not None and update.message.text is not None:
        await update.message.reply_text(update.message.text, do_quote=True)


def main() -> None:
    """Poll until stopped."""
    builder = ApplicationBuilder().token(os.environ["TELEGRAM_BOT_TOKEN"]).base_url(os.environ["TELEGRAM_BASE_URL"])
    if os.environ.get("CONCURRENT"):
        builder = builder.concurrent_updates(16).connection_pool_size(16).pool_timeout(60)
    application = builder.build()
    application.add_handler(MessageHandler(filters.TEXT, echo))
    application.run_polling(allowed_updates=[])


if __name__ == "__main__":
    main()
