"""The index on disk: what is saved is what is opened, and damage is noticed."""

import os
from dataclasses import fields
from pathlib import Path

import numpy as np
import pytest

from bot.answering.engine import Engine
from bot.corpus.passages import split_passages
from bot.corpus.reader import load_corpus
from bot.corpus.tables import load_layout_tables
from bot.errors import IndexFileError
from bot.language.reading import Tables, load_tables
from bot.retrieval import index_file
from bot.retrieval.index import Build, TokenTable, build_index
from bot.retrieval.index_file import Manifest, open_index, read_manifest, save_index

MANIFEST = Manifest("công thức", {"cau.txt": (10, 20, "băm"), "vuon/oi.txt": (30, 40, "khác")})
QUESTIONS = (
    "Cầu Rạch Sậy dài bao nhiêu?",
    "Ai là Giám đốc thư viện?",
    "thu vien co bao nhieu cuon sach",
    "Giá vàng hôm nay?",
)


@pytest.fixture
def tables() -> Tables:
    return load_tables()


@pytest.fixture
def built(small_corpus: Path, tables: Tables) -> Build:
    (small_corpus / "rong.txt").write_bytes(b"")
    corpus = load_corpus(small_corpus, load_layout_tables())
    return build_index(corpus.articles, [split_passages(a) for a in corpus.articles], tables.abbreviations, corpus.rejections)


def current_folder(root: Path) -> Path:
    (folder,) = root.glob("v-*/")
    return folder


def test_what_is_saved_is_what_is_opened(built: Build, tables: Tables, tmp_path: Path) -> None:
    save_index(built, tables, MANIFEST, tmp_path)
    opened, opened_tables = open_index(tmp_path)
    assert opened_tables == tables
    built = built.index
    assert list(opened.articles) == list(built.articles)
    assert list(opened.passages) == list(built.passages)
    assert list(opened.rejections) == list(built.rejections)
    assert opened.definitions == built.definitions
    assert list(opened.lexicon.keys) == list(built.lexicon.keys)
    assert list(opened.lexicon.surfaces) == list(built.lexicon.surfaces)
    for ours, theirs in ((opened.tokens, built.tokens), (opened.contexts, built.contexts)):
        for field in fields(TokenTable):
            np.testing.assert_array_equal(getattr(ours, field.name), getattr(theirs, field.name))
    np.testing.assert_array_equal(opened.scopes, built.scopes)
    np.testing.assert_array_equal(opened.places, built.places)
    for ours, theirs in ((opened.okapi, built.okapi), (opened.names, built.names)):
        assert (ours.vocabulary, ours.idf) == (theirs.vocabulary, theirs.idf)
        terms = list(theirs.vocabulary)
        np.testing.assert_array_equal(ours.get_scores(terms), theirs.get_scores(terms))


@pytest.mark.parametrize("question", QUESTIONS)
def test_memory_and_disk_answer_alike(built: Build, tables: Tables, tmp_path: Path, question: str) -> None:
    save_index(built, tables, MANIFEST, tmp_path)
    from_memory = Engine(built, tables).answer(question, explain=True)
    from_disk = Engine(*open_index(tmp_path)).answer(question, explain=True)
    assert from_disk == from_memory
    assert [hit.shares for hit in from_disk.hits] == [hit.shares for hit in from_memory.hits]


def test_the_manifest_comes_back(built: Build, tables: Tables, tmp_path: Path) -> None:
    save_index(built, tables, MANIFEST, tmp_path)
    assert read_manifest(tmp_path) == MANIFEST


def test_there_is_no_index_where_none_was_saved(tmp_path: Path) -> None:
    assert read_manifest(tmp_path) is None
    with pytest.raises(IndexFileError, match="no current index"):
        open_index(tmp_path)


@pytest.mark.parametrize(
    "written",
    [b"", b"{", b"[]", b"null", b"\xff\xfe", b'{"format": 999}', b'{"format": 1}', b'{"format": 1, "recipe": "x", "files": []}',
     b'{"format": 1, "recipe": "x", "files": {"a": 3}}', b'{"format": 1, "recipe": "x", "files": {}, "folder": 3, "sizes": 4}'],
)  # fmt: skip
def test_an_unreadable_current_file_is_no_index(built: Build, tables: Tables, tmp_path: Path, written: bytes) -> None:
    save_index(built, tables, MANIFEST, tmp_path)
    (tmp_path / "current.json").write_bytes(written)
    manifest = read_manifest(tmp_path)
    assert manifest is None or manifest.files == {}
    with pytest.raises(IndexFileError):
        open_index(tmp_path)


def test_every_part_that_is_missing_cut_short_or_overwritten_is_noticed(built: Build, tables: Tables, tmp_path: Path) -> None:
    save_index(built, tables, MANIFEST, tmp_path)
    parts = sorted(current_folder(tmp_path).iterdir())
    assert len(parts) > 20
    for part in parts:
        whole = part.read_bytes()
        damages: list[bytes | None] = [None, whole + b"x"]
        if whole:
            damages.append(whole[:-1])
        if part.suffix in (".npy", ".jsonl") and whole:
            damages += [b"\0" * len(whole), b"PK\x03\x04" + b"x" * (len(whole) - 4)]
        for damage in damages:
            part.unlink()
            if damage is not None:
                part.write_bytes(damage)
            with pytest.raises(IndexFileError):
                open_index(tmp_path)
            part.write_bytes(whole)
    open_index(tmp_path)


def test_a_second_build_takes_the_place_of_the_first(built: Build, tables: Tables, tmp_path: Path) -> None:
    save_index(built, tables, MANIFEST, tmp_path)
    first = current_folder(tmp_path)
    save_index(built, tables, Manifest("mới", {}), tmp_path)
    assert read_manifest(tmp_path) == Manifest("mới", {})
    assert first.is_dir()  # whoever has just opened it may still read it
    assert [path.name for path in tmp_path.glob("*.json")] == ["current.json"]
    open_index(tmp_path)


def test_a_folder_that_was_replaced_long_ago_is_removed(built: Build, tables: Tables, tmp_path: Path) -> None:
    old, stranger = tmp_path / "v-1000000000-7", tmp_path / "v-khac"
    old.mkdir()
    stranger.mkdir()
    save_index(built, tables, MANIFEST, tmp_path)
    assert not old.exists()
    assert stranger.exists()


@pytest.mark.parametrize("error", [OSError("no space left on device"), KeyboardInterrupt()])
def test_an_interrupted_build_keeps_the_old_index(
    built: Build, tables: Tables, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: BaseException
) -> None:
    save_index(built, tables, MANIFEST, tmp_path)
    before = current_folder(tmp_path)

    def fail(*_: object) -> None:
        raise error

    monkeypatch.setattr(index_file, "_tables_row", fail)
    with pytest.raises(IndexFileError if isinstance(error, OSError) else KeyboardInterrupt):
        save_index(built, tables, Manifest("mới", {}), tmp_path)
    assert read_manifest(tmp_path) == MANIFEST
    open_index(tmp_path)
    assert current_folder(tmp_path) == before  # and nothing of the attempt stays


def test_a_failed_switch_keeps_the_old_index(
    built: Build, tables: Tables, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    save_index(built, tables, MANIFEST, tmp_path)

    def fail(*_: object) -> None:
        raise PermissionError("denied")

    monkeypatch.setattr(os, "replace", fail)
    with pytest.raises(IndexFileError) as caught:
        save_index(built, tables, Manifest("mới", {}), tmp_path)
    assert str(tmp_path) in caught.value.vietnamese
    assert read_manifest(tmp_path) == MANIFEST
    current_folder(tmp_path)  # the only one
    assert [path.name for path in tmp_path.glob("*.json")] == ["current.json"]
