"""Terms as numbers, and their columns."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.retrieval.lexicon import Lexicon, LexiconBuilder
from bot.retrieval.terms import KeyColumns, TermColumns, View, term_key, term_keys

KEYS = ["đảng", "viên", "đang", "dang", "ủy", "ban", "2021-03-09", "144", "vien"]
RUNS = ["ủy_ban_đảng", "ban_đảng_viên_ủy"]
DEAD = "ban"


@pytest.fixture
def lexicon() -> Lexicon:
    builder = LexiconBuilder(KEYS)
    for run in RUNS:
        builder.add_run(run)
    none = np.empty(0, np.int64)
    order = np.array([number for number, key in enumerate(KEYS) if key != DEAD])
    return builder.lexicon(none, none, order)


def key(view: View, first: int, second: int = 0) -> int:
    return (view << 60) + (first << 30) + second


@pytest.mark.parametrize(
    ("term", "expected"),
    [
        ("đảng", key(View.SYLLABLE, 0)),
        ("dang", key(View.SYLLABLE, 3)),
        ("144", key(View.SYLLABLE, 7)),
        ("2021-03-09", key(View.SYLLABLE, 6)),
        ("~dang", key(View.FOLDED, 0)),  # of đảng, đang and dang: the first
        ("~vien", key(View.FOLDED, 1)),
        ("~144", key(View.FOLDED, 7)),
        ("đảng viên", key(View.BIGRAM, 0, 1)),
        ("viên đảng", key(View.BIGRAM, 1, 0)),
        ("đảng đảng", key(View.BIGRAM, 0, 0)),
        ("~dang vien", key(View.FOLDED_BIGRAM, 0, 1)),
        ("đảng_viên", key(View.WORD, 0, 1)),
        ("ủy_ban_đảng", key(View.LONG_WORD, 0)),
        ("ban_đảng_viên_ủy", key(View.LONG_WORD, 1)),
        ("xe", None),
        ("~xe", None),
        ("~đảng", None),
        ("đảng xe", None),
        ("xe đảng", None),
        ("~dang xe", None),
        ("đảng_xe", None),
        ("xe_đảng", None),
        ("đảng_viên_ủy", None),  # every part is known, the word is not
        ("đảng viên ủy", None),  # there are no terms of three
        ("~dang vien uy", None),
        ("ban", None),  # of no text any more
        ("ủy ban", None),
        ("ủy_ban", None),
        ("", None),
        ("~", None),
        (" ", None),
        ("_", None),
        ("đảng ", None),
    ],
)
def test_the_key_of_a_written_term(lexicon: Lexicon, term: str, expected: int | None) -> None:
    assert term_key(term, lexicon) == expected


def test_keys_of_many_are_the_keys_of_each() -> None:
    first, second = np.array([0, 5, (1 << 30) - 1]), np.array([7, 0, (1 << 30) - 1])
    for view in View:
        assert term_keys(view, first).tolist() == [key(view, number) for number in first.tolist()]
        assert term_keys(view, first, second).tolist() == list(map(key, [view] * 3, first.tolist(), second.tolist()))


IDS = st.integers(0, (1 << 30) - 1)


@given(st.sets(st.tuples(st.sampled_from(View), IDS, IDS)))
def test_different_terms_have_different_keys(terms: set[tuple[View, int, int]]) -> None:
    keys = {int(term_keys(view, np.array([first]), np.array([second]))[0]) for view, first, second in terms}
    assert len(keys) == len(terms)


# Columns

SETS = st.sets(st.integers(0, 60).map(lambda number: number * 10**17), max_size=20)


def rising(keys: set[int]) -> np.ndarray:
    return np.array(sorted(keys), np.uint64)


@given(st.lists(SETS, max_size=5))
def test_old_keys_keep_their_columns_and_new_ones_get_the_next(steps: list[set[int]]) -> None:
    columns = KeyColumns.empty()
    expected: dict[int, int] = {}
    for wanted in steps:
        before = columns
        columns = columns.with_keys(rising(wanted))
        for new in sorted(wanted - expected.keys()):
            expected[new] = len(expected)
        assert len(before) <= len(columns) == len(expected)
        assert columns.keys.tolist() == sorted(expected)
        assert [columns.get(one) for one in expected] == list(expected.values())
        assert columns.columns_of(rising(wanted)).tolist() == [expected[one] for one in sorted(wanted)]
        assert (columns.keys.dtype, columns.columns.dtype) == (np.uint64, np.int32)
    for unknown in {1, 5 * 10**18 + 1, *(one + 1 for one in expected)}:
        assert columns.get(unknown) is None


def test_no_key_is_in_no_columns() -> None:
    assert KeyColumns.empty().get(0) is None
    assert len(KeyColumns.empty().with_keys(rising(set()))) == 0


def test_the_columns_of_written_terms(lexicon: Lexicon) -> None:
    terms = ["đảng", "~dang vien", "ủy_ban_đảng"]
    keys = KeyColumns.empty().with_keys(rising({term_key(term, lexicon) or 0 for term in terms}))
    vocabulary = TermColumns(lexicon, keys)
    assert len(vocabulary) == 3
    assert [vocabulary.get(term) for term in terms] == [0, 1, 2]  # rising by view
    assert vocabulary.get("viên") is None  # known to the lexicon, a term of no passage
    assert vocabulary.get("xe") is None


# The lexicon


def test_alike_keys_come_in_the_order_of_the_corpus_and_only_where_a_text_has_them() -> None:
    builder = LexiconBuilder(["đang", "ban", "đảng", "dang"])
    none = np.empty(0, np.int64)
    lexicon = builder.lexicon(none, none, np.array([3, 2, 0]))
    assert list(lexicon.ids) == ["dang", "đảng", "đang"]
    assert lexicon.by_folded == {"dang": [3, 2, 0]}
    assert lexicon.folded_ids == {"dang": 0, "ban": 1}  # what folded terms go under never changes


def test_the_most_frequent_form_is_the_surface_and_the_first_of_equal_ones() -> None:
    builder = LexiconBuilder(["đảng", "ban", "viên"])
    for form, of in (("Đảng", 0), ("đảng", 0), ("Ban", 1), ("ban", 1), ("Viên", 2)):
        builder.add_form(form, of)
    counts = np.array([2, 3, 1, 1, 0])
    lexicon = builder.lexicon(np.array([3, 0, 2, 1]), counts, np.arange(3))
    assert list(lexicon.surfaces) == ["đảng", "ban", "viên"]


def test_a_builder_goes_on_from_a_lexicon() -> None:
    builder = LexiconBuilder()
    assert [builder.add(one) for one in ("đảng", "đang", "đảng", "ban")] == [0, 1, 0, 2]
    assert (builder.add_run("a_b_c"), builder.add_form("Ban", 2)) == (0, 0)
    after = LexiconBuilder(list(builder.ids), list(builder.runs), [("Ban", 2)])
    assert (after.ids, after.folds, after.folded, after.runs) == (builder.ids, builder.folds, builder.folded, builder.runs)
    assert [after.add("ban"), after.add("dang"), after.add_run("a_b_c"), after.add_form("ban", 2)] == [2, 3, 0, 1]
    assert after.folds == [0, 0, 2, 0]
