"""General Vietnamese, from the word list that underthesea brings: which syllables and pairs of syllables are words."""

import re
from collections.abc import Iterable
from functools import cached_property
from importlib.util import find_spec
from itertools import pairwise
from pathlib import Path

from bot.language.normalize import fold, syllable_key

_WORD_LIST = ("corpus", "data", "Viet39K.txt")


class Dictionary:
    """
    A word list as the reading of questions needs it.

    Attributes:
        syllables: Keys of every syllable of a word.
        pairs: Neighbouring keys within words, with a space between.
        alone: Keys that are words by themselves.
    """

    def __init__(self, syllables: Iterable[str], pairs: Iterable[str], alone: Iterable[str]) -> None:
        self.syllables = frozenset(syllables)
        self.pairs = frozenset(pairs)
        self.alone = frozenset(alone)

    @cached_property
    def by_folded(self) -> dict[str, tuple[str, ...]]:
        """Key without diacritics → keys, in order."""
        found: dict[str, list[str]] = {}
        for key in sorted(self.syllables):
            found.setdefault(fold(key), []).append(key)
        return {folded: tuple(keys) for folded, keys in found.items()}


def read_dictionary() -> Dictionary:
    """
    Read the word list of the installed underthesea, which takes 0.1 s: an index keeps what it gives.

    Returns:
        The dictionary; an empty one where underthesea ships no list: questions are then read from the articles alone.
    """
    spec = find_spec("underthesea")  # finds the package without running it
    path = Path(spec.origin).parent.joinpath(*_WORD_LIST) if spec and spec.origin else None
    syllables: set[str] = set()
    pairs: set[str] = set()
    alone: set[str] = set()
    if path is not None and path.is_file():
        for line in path.read_text("utf-8").lower().splitlines():
            keys = [syllable_key(syllable) for syllable in re.split(r"[\s-]+", line) if syllable]
            syllables.update(keys)
            if len(keys) == 1:
                alone.add(keys[0])
            pairs.update(f"{first} {second}" for first, second in pairwise(keys))
    return Dictionary(syllables, pairs, alone)
