"""
Terms as numbers: every view of a text's syllables under one 64-bit key, so that whole corpora are handled as arrays.

A term as `bot.language.analyzer` writes it ("đảng", "~dang", "đảng viên", "~dang vien", "đảng_viên") is its view and the
lexicon ids of one or two syllables. The key is exact, not a hash: 4 bits of view, 30 bits for each id.
"""

from bisect import bisect_left
from collections.abc import Sequence
from enum import IntEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bot.language.analyzer import FOLDED
from bot.retrieval.lexicon import Lexicon

Keys = NDArray[np.uint64]
_WIDTH = 30


class View(IntEnum):
    """What a term shows of a text."""

    SYLLABLE = 0
    FOLDED = 1
    BIGRAM = 2
    FOLDED_BIGRAM = 3
    WORD = 4
    LONG_WORD = 5


def term_keys(view: View, first: NDArray[Any], second: NDArray[Any] | None = None) -> Keys:
    """Make the keys of terms: *first* and *second* are lexicon ids, folded views those of `Lexicon.folds`."""
    keys = np.asarray(first, np.uint64) << np.uint64(_WIDTH) | np.uint64(view << 2 * _WIDTH)
    return keys if second is None else keys | np.asarray(second, np.uint64)


def term_key(term: str, lexicon: Lexicon) -> int | None:
    """Find the key of one written term; None when the lexicon lacks a part of it."""
    if term.startswith(FOLDED):
        ids = [lexicon.folded_ids.get(part) for part in term[1:].split(" ")]
        view = View.FOLDED if len(ids) == 1 else View.FOLDED_BIGRAM
    elif "_" in term:
        parts = term.split("_")
        if len(parts) > 2:
            ids, view = [lexicon.run_ids.get(term)], View.LONG_WORD
        else:
            ids, view = [lexicon.ids.get(part) for part in parts], View.WORD
    else:
        ids = [lexicon.ids.get(part) for part in term.split(" ")]
        view = View.SYLLABLE if len(ids) == 1 else View.BIGRAM
    if None in ids or len(ids) > 2:
        return None
    first, second = (*ids, 0)[:2]
    return int(view) << 2 * _WIDTH | int(first or 0) << _WIDTH | int(second or 0)


class KeyColumns:
    """
    Keys of terms → their columns; columns are numbered as terms come, so that a term keeps its own for good.

    Attributes:
        keys: Rising.
        columns: Beside *keys*, int32.
    """

    def __init__(self, keys: Keys, columns: NDArray[np.int32]) -> None:
        self.keys, self.columns = keys, columns
        # Scalar look-ups in a memoryview take a third of the time of those in an array.
        self._view: Sequence[int] = np.ascontiguousarray(keys).data

    @classmethod
    def empty(cls) -> "KeyColumns":
        """No terms."""
        return cls(np.empty(0, np.uint64), np.empty(0, np.int32))

    def __len__(self) -> int:
        return len(self.keys)

    def get(self, key: int) -> int | None:
        """The column of one key, or None."""
        at = bisect_left(self._view, key)
        return int(self.columns[at]) if at < len(self._view) and self._view[at] == key else None

    def with_keys(self, wanted: Keys) -> "KeyColumns":
        """Add the keys that are missing, given rising and each once."""
        places = np.searchsorted(self.keys, wanted)
        inside = np.minimum(places, max(len(self.keys) - 1, 0))
        new = wanted if not len(self.keys) else wanted[self.keys[inside] != wanted]
        if not len(new):
            return self
        at = np.searchsorted(self.keys, new)
        added = np.arange(len(self.keys), len(self.keys) + len(new), dtype=np.int32)
        return KeyColumns(np.insert(self.keys, at, new), np.insert(self.columns, at, added))

    def find(self, keys: Keys) -> NDArray[np.int32]:
        """The columns of keys in the shape given, -1 for those that are not there."""
        if not len(self.keys):
            return np.full(keys.shape, -1, np.int32)
        places = np.minimum(np.searchsorted(self.keys, keys), len(self.keys) - 1)
        return np.where(self.keys[places] == keys, self.columns[places], np.int32(-1))

    def columns_of(self, keys: Keys) -> NDArray[np.int32]:
        """The columns of keys that are all there."""
        return self.columns[np.searchsorted(self.keys, keys)]


class TermColumns:
    """What `PostingsOkapi` asks of a vocabulary, over keys: a written term → its column."""

    def __init__(self, lexicon: Lexicon, keys: KeyColumns) -> None:
        self.lexicon, self.keys = lexicon, keys

    def __len__(self) -> int:
        return len(self.keys)

    def get(self, term: str, /) -> int | None:
        """The column of a term, or None."""
        key = term_key(term, self.lexicon)
        return None if key is None else self.keys.get(key)
