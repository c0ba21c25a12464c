"""The bot with an engine that fails on one word, to see what becomes of an unexpected exception."""

import sys

from bot.answering.engine import Engine
from bot.cli import main

whole = Engine.converse


def converse(self, question, *arguments, **options):
    if "hỏng" in question:
        raise LookupError("a bug, told with the token 123456:TEST-token")
    return whole(self, question, *arguments, **options)


if __name__ == "__main__":
    Engine.converse = converse
    sys.argv = ["hoibao", "telegram"]
    main()
