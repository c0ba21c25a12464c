"""General Vietnamese, from the word list that underthesea brings: which syllables and pairs of syllables are words."""

import re
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from itertools import pairwise
from pathlib import Path

from bot.language.normalize import fold, syllable_key

_WORD_LIST = ("corpus", "data", "Viet39K.txt")


@dataclass(frozen=True, slots=True)
class Dictionary:
    """
    A word list as the reading of questions needs it.

    Attributes:
        syllables: Keys of every syllable of a word.
        pairs: Neighbouring keys within words, with a space between.
        alone: Keys that are words by themselves.
        by_folded: Key without diacritics → keys.
    """

    syllables: frozenset[str]
    pairs: frozenset[str]
    alone: frozenset[str]
    by_folded: dict[str, tuple[str, ...]]


@cache
def load_dictionary() -> Dictionary:
    """
    Read the word list (about 0.1 s, once, and only when a question has a word that the articles lack).

    Returns:
        The dictionary; an empty one where underthesea ships no list: questions are then read from the articles alone.
    """
    spec = find_spec("underthesea")  # finds the package without running it
    path = Path(spec.origin).parent.joinpath(*_WORD_LIST) if spec and spec.origin else None
    syllables: dict[str, None] = {}
    pairs: set[str] = set()
    alone: set[str] = set()
    if path is not None and path.is_file():
        for line in path.read_text("utf-8").lower().splitlines():
            keys = [syllable_key(syllable) for syllable in re.split(r"[\s-]+", line) if syllable]
            syllables.update(dict.fromkeys(keys))
            if len(keys) == 1:
                alone.add(keys[0])
            pairs.update(f"{first} {second}" for first, second in pairwise(keys))
    by_folded: dict[str, list[str]] = {}
    for key in syllables:
        by_folded.setdefault(fold(key), []).append(key)
    return Dictionary(frozenset(syllables), frozenset(pairs), frozenset(alone), {f: tuple(keys) for f, keys in by_folded.items()})
