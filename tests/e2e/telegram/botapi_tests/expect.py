"""Expectations shared by the tests."""

import re

import pytest
from telegram.error import TelegramError


def refused(kind: type[TelegramError], message: str) -> pytest.RaisesExc[TelegramError]:
    """Expect the library to raise an error with exactly this message; the library changes the case of some words."""
    return pytest.raises(kind, match=f"(?i)^{re.escape(message)}$")
