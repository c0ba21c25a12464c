"""Automatic entities: the commands, mentions, hashtags, addresses and links Telegram finds in a plain text."""

import re

from .entities import Entity
from .utf16 import offset_mapper

_TOP_DOMAINS = "com|org|net|info|io|me|vn|ru|dev|app|edu|gov|co|ai"
_TRAILING = ".,:;!?)]}'\"»…"

_BOT_COMMAND = re.compile(r"(?<![\w/<>])/[A-Za-z0-9_]{1,64}(?:@[A-Za-z0-9_]{3,32})?(?![\w/<>])")
_MENTION = re.compile(r"(?<!\w)@[A-Za-z0-9_]{4,32}(?!\w)")
_HASHTAG = re.compile(r"(?<![\w#@/])#(?=\w*[^\W\d_])\w{1,255}")
_EMAIL = re.compile(r"(?<![\w.+-])[A-Za-z0-9._+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,}(?!\w)")
_URL = re.compile(rf"(?<![\w@./-])(?:https?://[^\s<>\"]+|(?:[\w-]+\.)+(?:{_TOP_DOMAINS})(?![\w.@-])(?:/[^\s<>\"]*)?)")
_HINTS = re.compile(r"[/@#]|\.[A-Za-z]")


def find_entities(text: str) -> list[Entity]:
    """Find the automatic entities of a text, in order and without overlaps."""
    if not _HINTS.search(text):
        return []
    spans: list[tuple[int, int, str]] = []
    for kind, pattern in (
        ("email", _EMAIL),
        ("url", _URL),
        ("bot_command", _BOT_COMMAND),
        ("mention", _MENTION),
        ("hashtag", _HASHTAG),
    ):
        for match in pattern.finditer(text):
            start, end = match.span()
            if kind == "url":
                end = start + len(match.group().rstrip(_TRAILING))
            if all(end <= other_start or start >= other_end for other_start, other_end, _ in spans):
                spans.append((start, end, kind))
    to_utf16 = offset_mapper(text)
    return [Entity(kind, to_utf16(start), to_utf16(end) - to_utf16(start)) for start, end, kind in sorted(spans)]
