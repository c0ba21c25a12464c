"""What reading a question needs to know of the corpus, behind a protocol that the index fulfils."""

from collections.abc import Sequence
from typing import Protocol

from bot.language.dictionary import Dictionary


class Vocabulary(Protocol):
    """The words of a corpus, as the reading of a question asks for them."""

    @property
    def dictionary(self) -> Dictionary:
        """General Vietnamese, for the words that the articles lack."""

    def frequency(self, term: str) -> int:
        """In how many passages a term of `bot.language.analyzer` occurs."""

    def pair_frequencies(self, pairs: Sequence[tuple[str, str]]) -> Sequence[int]:
        """In how many passages the first key of each pair stands right before the second, in the same order."""

    def alike(self, folded: str) -> Sequence[str]:
        """Keys that are the same without diacritics."""

    def folded_keys(self) -> Sequence[str]:
        """Every key without diacritics, each once."""

    def sounded_keys(self) -> Sequence[str]:
        """What `bot.language.syllables.sounds_like` makes of each of `folded_keys`, in the same order."""

    def surface(self, key: str) -> str:
        """How the articles write a key; the key itself when they do not have it."""

    def defined(self, short: str) -> Sequence[tuple[str, ...]]:
        """What an abbreviation (its key) stands for where an article defines it: runs of keys."""
