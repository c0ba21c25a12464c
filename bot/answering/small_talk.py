"""Greetings, thanks and "bạn là ai": answered as a person would, not searched for."""

import re
from collections.abc import Sequence
from functools import cache

from bot.language.normalize import fold
from bot.language.synonym_file import load_rules
from bot.language.tokens import Run, Token, tokenize
from bot.model import SmallTalk

_PARTICLES = frozenset("a ạ à á ơi oi nhé nha nhe nè ne nhỉ vậy vay thế the z v dạ da ad bot bạn ban em anh chị chi".split())


@cache
def _phrases() -> dict[Run, SmallTalk]:
    return {
        tuple(fold(token.key) for token in tokenize(form)): SmallTalk(rule.right[0])
        for rule in load_rules("small_talk.txt")
        if rule.right
        for form in rule.left
    }


_LONGEST = 24  # tokens: what is longer is no greeting, and would take long to be looked at


def small_talk(message: str) -> SmallTalk | None:
    """
    Tell whether a message is nothing but small talk.

    Args:
        message: Clean text.

    Returns:
        Its kind, or None when any part of it may be a question to the articles. Particles around a phrase ("dạ … ạ") do
        not matter; of several phrases ("chào bạn, bạn là ai?") the last decides.
    """
    kinds: list[SmallTalk] = []
    for part in re.split(r"[,.!?;]+", message):
        tokens = tokenize(part)
        if not tokens:
            continue
        kind = _kind(tokens)
        if kind is None:
            return None
        kinds.append(kind)
    return kinds[-1] if kinds else None


def _kind(tokens: Sequence[Token]) -> SmallTalk | None:
    if len(tokens) > _LONGEST:
        return None
    keys = [fold(token.key) for token in tokens]
    for start in range(len(keys) + 1):
        if start and tokens[start - 1].key not in _PARTICLES:
            break
        for end in range(len(keys), start, -1):
            if end < len(keys) and tokens[end].key not in _PARTICLES:
                break
            kind = _phrases().get(tuple(keys[start:end]))
            if kind is not None:
                return kind
    return None
