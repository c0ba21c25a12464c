"""`python -m bot` is `hoibao`."""

from bot.cli import main

main()
