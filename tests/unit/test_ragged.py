"""Rows of different lengths, put together, cut, and read one at a time."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.retrieval.ragged import Ragged, Rows

LISTS = st.lists(st.lists(st.integers(-9, 9), max_size=4), max_size=8)
BYTES = st.lists(st.binary(max_size=5), max_size=8)


def ragged(rows: list[list[int]]) -> Ragged:
    flat = np.array([value for row in rows for value in row], np.int32)
    return Ragged.of([len(row) for row in rows], values=flat, squares=(flat * flat).astype(np.int64))


def lists(rows: Ragged, name: str = "values") -> list[list[int]]:
    return [rows.row(number, name).tolist() for number in range(len(rows))]


def test_worked_by_hand() -> None:
    rows = ragged([[7, 8], [], [9]])
    assert rows.starts.tolist() == [0, 2, 2, 3]
    assert rows.lengths.tolist() == [2, 0, 1]
    assert len(rows) == 3
    assert lists(rows, "squares") == [[49, 64], [], [81]]
    assert rows.slice(1, 3).starts.tolist() == [0, 0, 1]


@given(LISTS)
def test_rows_come_back(rows: list[list[int]]) -> None:
    assert lists(ragged(rows)) == rows


@given(LISTS, st.data())
def test_a_slice_has_the_rows_of_a_slice_on_the_same_memory(rows: list[list[int]], data: st.DataObject) -> None:
    first = data.draw(st.integers(0, len(rows)))
    last = data.draw(st.integers(first, len(rows)))
    whole = ragged(rows)
    part = whole.slice(first, last)
    assert lists(part) == rows[first:last]
    assert lists(part, "squares") == [[value * value for value in row] for row in rows[first:last]]
    assert part.starts[0] == 0
    if len(part.columns["values"]):
        assert np.shares_memory(part.columns["values"], whole.columns["values"])


@given(st.lists(LISTS, min_size=1, max_size=4))
def test_parts_one_after_another(parts: list[list[list[int]]]) -> None:
    together = Ragged.concat([ragged(part) for part in parts])
    assert lists(together) == [row for part in parts for row in part]
    assert (together.starts.dtype, together.columns["values"].dtype) == (np.int64, np.int32)


@given(LISTS, st.data())
def test_cut_anywhere_and_put_together_it_is_the_same(rows: list[list[int]], data: st.DataObject) -> None:
    whole = ragged(rows)
    at = sorted(data.draw(st.lists(st.integers(0, len(rows)), max_size=4)))
    bounds = [0, *at, len(rows)]
    again = Ragged.concat([whole.slice(first, last) for first, last in itertools.pairwise(bounds)])
    np.testing.assert_array_equal(again.starts, whole.starts, strict=True)
    for name, column in whole.columns.items():
        np.testing.assert_array_equal(again.columns[name], column, strict=True)


# Rows of bytes


def decoded(rows: list[bytes], kept: int = 2048) -> Rows[str]:
    return Rows(Ragged.of_bytes(rows), bytes.hex, kept)


@given(BYTES, st.slices(8))
def test_rows_of_bytes_are_a_sequence(rows: list[bytes], at: slice) -> None:
    ours, theirs = decoded(rows), [row.hex() for row in rows]
    assert len(ours) == len(theirs)
    assert list(ours) == theirs
    assert ours[at] == theirs[at]
    for number in range(-len(rows), len(rows)):
        assert ours[number] == theirs[number]
    for number in (len(rows), -len(rows) - 1):
        with pytest.raises(IndexError):
            ours[number]


def test_a_row_is_decoded_once_while_it_is_kept() -> None:
    seen: list[bytes] = []

    def decode(row: bytes) -> int:
        seen.append(row)
        return len(row)

    rows = Rows(Ragged.of_bytes([b"a", b"bb", b"ccc"]), decode, 2)
    assert [rows[0], rows[-3], rows[0], rows[1]] == [1, 1, 1, 2]
    assert seen == [b"a", b"bb"]
    assert [rows[2], rows[0]] == [3, 1]
    assert seen == [b"a", b"bb", b"ccc", b"a"]
