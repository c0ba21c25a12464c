"""Articles taken out of a collection and put together again."""

import itertools
from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from folders import build_folder
from hypothesis import given, settings
from hypothesis import strategies as st
from written import written_index

from bot.language.reading import load_tables
from bot.retrieval.collection import Collection
from bot.retrieval.index import Build, Change, change


@pytest.fixture(scope="module")
def build() -> Build:
    return build_folder(Path(__file__).parent.parent / "layouts", load_tables().abbreviations)


@pytest.fixture(scope="module")
def everything(build: Build) -> dict[str, Any]:
    return written_index(build.index)


def assert_same(ours: Collection, theirs: Collection) -> None:
    for part in fields(Collection):
        one, other = getattr(ours, part.name), getattr(theirs, part.name)
        np.testing.assert_array_equal(one.starts, other.starts, strict=True)
        assert one.columns.keys() == other.columns.keys()
        for name in other.columns:
            np.testing.assert_array_equal(one.columns[name], other.columns[name], strict=True)


def test_single_articles_put_together_again_are_the_collection(build: Build) -> None:
    whole = build.collection
    assert len(whole) > 20
    parts = [whole.slice(at, at + 1) for at in range(len(whole))]
    assert [len(part) for part in parts] == [1] * len(whole)
    assert sum(len(part.passages) for part in parts) == len(whole.passages)
    assert_same(Collection.concat(parts), whole)


@given(st.data())
def test_cut_anywhere_and_put_together_it_is_the_same(build: Build, data: st.DataObject) -> None:
    whole = build.collection
    at = sorted(data.draw(st.lists(st.integers(0, len(whole)), max_size=5)))
    bounds = [0, *at, len(whole)]
    assert_same(Collection.concat([whole.slice(a, b) for a, b in itertools.pairwise(bounds)]), whole)


def test_a_slice_numbers_articles_and_contexts_from_0(build: Build) -> None:
    whole = build.collection
    part = whole.slice(5, 9)
    places, scopes = whole.places, whole.scopes
    inside = (places >= 5) & (places < 9)
    np.testing.assert_array_equal(part.places, places[inside] - 5)
    np.testing.assert_array_equal(part.scopes, scopes[inside] - scopes[inside][0])
    assert part.scopes.max() == len(part.contexts) - 1


@settings(max_examples=30)
@given(st.data())
def test_some_articles_are_the_index_of_these_in_their_order(
    build: Build, everything: dict[str, Any], data: st.DataObject
) -> None:
    """With the others taken out, they are what a build of just these files would be."""
    whole = build.collection
    chosen = sorted(data.draw(st.sets(st.integers(0, len(whole) - 1), min_size=1, max_size=4)))
    found = written_index(change(build, Change(chosen, None, ())).index)
    for name, of in (("files", range(len(whole))), ("passages", whole.places), ("tokens", whole.places)):
        rows = list(zip(of, everything[name], strict=True))
        assert found[name] == [row for at in chosen for place, row in rows if place == at]
    places_of_contexts = np.repeat(np.arange(len(whole)), whole.context_counts.lengths)
    rows = list(zip(places_of_contexts, everything["contexts"], strict=True))
    assert found["contexts"] == [row for at in chosen for place, row in rows if place == at]
    said = [key for text in (*found["tokens"], *found["contexts"]) for key in text[0]]
    assert set(found["keys"]) == set(said)
    assert {key for keys in found["alike"].values() for key in keys} == set(said)
