"""The Telegram bot: updates in, messages with buttons out."""
