"""Rows of different lengths in flat arrays: what a corpus is made of, in memory or mapped from disk."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, TypeVar, overload

import numpy as np
from numpy.typing import NDArray

_T = TypeVar("_T")

Array = NDArray[Any]


@dataclass(frozen=True, slots=True)
class Ragged:
    """
    Rows of different lengths, each a run of every column.

    Attributes:
        starts: Where each row begins, one more than there are rows, int64, rising from 0.
        columns: Name → values of all rows, one after another; all of the same length.
    """

    starts: NDArray[np.int64]
    columns: Mapping[str, Array]

    @classmethod
    def of(cls, lengths: Sequence[int] | Array, /, **columns: Array) -> "Ragged":
        """Put rows together from their lengths."""
        return cls(np.concatenate([[0], np.cumsum(np.asarray(lengths, np.int64))]).astype(np.int64), columns)

    @classmethod
    def of_bytes(cls, rows: Sequence[bytes]) -> "Ragged":
        """Put rows of bytes together, in the column ``bytes``."""
        return cls.of([len(row) for row in rows], bytes=np.frombuffer(b"".join(rows), np.uint8))

    @classmethod
    def concat(cls, parts: Sequence["Ragged"]) -> "Ragged":
        """Put the rows of several parts one after another; there has to be one part at least."""
        lengths = np.concatenate([np.diff(part.starts) for part in parts])
        return cls.of(lengths, **{name: np.concatenate([part.columns[name] for part in parts]) for name in parts[0].columns})

    def __len__(self) -> int:
        return len(self.starts) - 1

    @property
    def lengths(self) -> NDArray[np.int64]:
        """Length of each row."""
        return np.diff(self.starts)

    def slice(self, first: int, last: int) -> "Ragged":
        """The rows from *first* to before *last*, on the same memory."""
        start, end = self.starts[first], self.starts[last]
        return Ragged(self.starts[first : last + 1] - start, {name: column[start:end] for name, column in self.columns.items()})

    def row(self, number: int, name: str) -> Array:
        """One column of one row."""
        return self.columns[name][self.starts[number] : self.starts[number + 1]]


def narrow_counts(counts: NDArray[np.integer[Any]]) -> NDArray[np.integer[Any]]:
    """Hold counts in as few bytes as they take: two, but for those of a text without end."""
    return counts.astype(np.uint16 if counts.max(initial=0) <= np.iinfo(np.uint16).max else np.int32)


class Rows(Sequence[_T]):
    """
    Rows of bytes, decoded as they are asked for.

    Args:
        rows: With a column ``bytes``.
        decode: Bytes of one row → its value.
        kept: How many decoded rows are kept.
    """

    def __init__(self, rows: Ragged, decode: Callable[[bytes], _T], kept: int = 2048) -> None:
        self.rows = rows
        self._read = lru_cache(kept)(lambda number: decode(rows.row(number, "bytes").tobytes()))

    def __len__(self) -> int:
        return len(self.rows)

    @overload
    def __getitem__(self, at: int) -> _T: ...
    @overload
    def __getitem__(self, at: slice) -> list[_T]: ...
    def __getitem__(self, at: int | slice) -> _T | list[_T]:
        if isinstance(at, slice):
            return [self._read(number) for number in range(*at.indices(len(self)))]
        number = at + len(self) if at < 0 else at
        if not 0 <= number < len(self):
            raise IndexError(at)
        return self._read(number)
