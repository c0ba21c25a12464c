"""The index on disk: what is saved is what is opened, and damage is noticed."""

import json
import os
import random
from dataclasses import fields
from pathlib import Path

import numpy as np
import pytest
from folders import build_folder

from bot.answering.engine import Engine
from bot.errors import IndexFileError
from bot.language.reading import Tables, load_tables
from bot.retrieval import index_file
from bot.retrieval.collection import Collection
from bot.retrieval.index import Build, TokenTable
from bot.retrieval.index_file import Manifest, damaged_files, open_build, open_index, read_manifest, save_index
from bot.retrieval.lexicon import Lexicon
from bot.retrieval.okapi import Columns

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
    return build_folder(small_corpus, tables.abbreviations)


def assert_same(ours: np.ndarray, theirs: np.ndarray) -> None:
    """Equal arrays of one type."""
    np.testing.assert_array_equal(ours, theirs, strict=True)


def current_folder(root: Path) -> Path:
    (folder,) = root.glob("v-*/")
    return folder


def test_what_is_saved_is_what_is_opened(built: Build, tables: Tables, tmp_path: Path) -> None:
    save_index(built, tables, MANIFEST, tmp_path)
    opened, opened_tables = open_index(tmp_path)
    assert opened_tables == tables
    index = built.index
    for name in ("articles", "passages", "files", "rejections"):
        assert list(getattr(opened, name)) == list(getattr(index, name))
        assert getattr(opened, name)
    assert opened.definitions == index.definitions
    assert opened.shared_names == index.shared_names
    assert opened.shared_names
    assert opened.dictionary.pairs == index.dictionary.pairs
    for name in Lexicon.__init__.__annotations__.keys() - {"return"}:
        assert list(getattr(opened.lexicon, name)) == list(getattr(index.lexicon, name))
    for ours, theirs in ((opened.tokens, index.tokens), (opened.contexts, index.contexts)):
        for field in fields(TokenTable):
            assert_same(getattr(ours, field.name), getattr(theirs, field.name))
    for name in ("scopes", "places", "kinds"):
        assert_same(getattr(opened, name), getattr(index, name))
    assert opened.facts.sources == index.facts.sources
    assert_same(opened.facts.source, index.facts.source)
    assert_same(opened.facts.published, index.facts.published)
    for ours, theirs in ((opened.okapi, index.okapi), (opened.names, index.names)):
        assert ours.parameters == theirs.parameters
        assert_same(ours.doc_len, theirs.doc_len)
        for field in fields(Columns):
            assert_same(getattr(ours.columns, field.name), getattr(theirs.columns, field.name))
        assert_same(ours.vocabulary.keys.keys, theirs.vocabulary.keys.keys)
        assert_same(ours.vocabulary.keys.columns, theirs.vocabulary.keys.columns)


@pytest.mark.parametrize(
    "array",
    [
        np.arange(70_001, dtype=np.int64),
        np.arange(12, dtype=np.uint8).reshape(3, 4)[:, ::2],
        np.array([[1.5, 2.5], [3.5, 4.5]], order="F"),
        np.array([], np.int32),
        np.zeros((0, 3)),
    ],
)
def test_an_array_is_written_as_numpy_writes_it(array: np.ndarray, tmp_path: Path) -> None:
    index_file._save(tmp_path / "a.npy", array)
    np.save(tmp_path / "b.npy", np.ascontiguousarray(array))
    assert (tmp_path / "a.npy").read_bytes() == (tmp_path / "b.npy").read_bytes()


def test_what_an_update_goes_on_from_comes_back(built: Build, tables: Tables, tmp_path: Path) -> None:
    save_index(built, tables, MANIFEST, tmp_path)
    opened = open_build(tmp_path)
    collection, terminology = opened.collection, opened.terminology
    for part in fields(Collection):
        ours, theirs = getattr(collection, part.name), getattr(built.collection, part.name)
        assert_same(ours.starts, theirs.starts)
        assert ours.columns.keys() == theirs.columns.keys()
        for name in theirs.columns:
            assert_same(ours.columns[name], theirs.columns[name])
    before = built.terminology
    for name in ("ids", "folded", "folds", "runs", "forms", "form_keys"):
        assert getattr(terminology.lexicon, name) == getattr(before.lexicon, name)
        assert getattr(terminology.lexicon, name)
    for ours, theirs in ((terminology.terms, before.terms), (terminology.names, before.names)):
        assert_same(ours.keys, theirs.keys)
        assert_same(ours.columns, theirs.columns)


@pytest.mark.parametrize("name", ["hai\ndòng.txt", "về\rđầu.txt", "cách\u2028dòng.txt", "cách\x85.txt", "\n.txt"])
def test_a_file_name_with_a_line_break_comes_back(small_corpus: Path, tables: Tables, tmp_path: Path, name: str) -> None:
    try:
        (small_corpus / name).write_text("Chợ mới\n\nChợ Bình An mở cửa lúc 5 giờ sáng mỗi ngày.", "utf-8")
    except OSError:
        pytest.skip("this file system has no such names")
    save_index(build_folder(small_corpus, tables.abbreviations), tables, MANIFEST, tmp_path / "chi-muc")
    opened, _ = open_index(tmp_path / "chi-muc")
    assert len(opened.files) == 4
    place = opened.place_of(name)
    assert place is not None
    assert opened.articles[place].title == "Chợ mới"
    assert {passage.file for passage in opened.passages_of(opened.articles[place])} == {name}


@pytest.mark.parametrize("question", QUESTIONS)
def test_memory_and_disk_answer_alike(built: Build, tables: Tables, tmp_path: Path, question: str) -> None:
    save_index(built, tables, MANIFEST, tmp_path)
    from_memory = Engine(built.index, tables).answer(question, explain=True)
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
     b'{"format": 2}', b'{"format": 2, "recipe": "x", "files": []}', b'{"format": 2, "recipe": "x", "files": {"a": 3}}',
     b'{"format": 2, "recipe": "x", "files": {}, "folder": 3, "sums": 4}'],
)  # fmt: skip
def test_an_unreadable_current_file_is_no_index(built: Build, tables: Tables, tmp_path: Path, written: bytes) -> None:
    save_index(built, tables, MANIFEST, tmp_path)
    (tmp_path / "current.json").write_bytes(written)
    manifest = read_manifest(tmp_path)
    assert manifest is None or manifest.files == {}
    for read in (open_index, open_build, damaged_files):
        with pytest.raises(IndexFileError):
            read(tmp_path)


def test_an_index_of_the_format_before_is_none(built: Build, tables: Tables, tmp_path: Path) -> None:
    save_index(built, tables, MANIFEST, tmp_path)
    current = tmp_path / "current.json"
    current.write_text(json.dumps({**json.loads(current.read_text("utf-8")), "format": 1}), "utf-8")
    assert read_manifest(tmp_path) is None
    with pytest.raises(IndexFileError, match="no current index"):
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
            if damage is None or len(damage) != len(whole):
                for read in (open_index, open_build, damaged_files):
                    with pytest.raises(IndexFileError):
                        read(tmp_path)
            else:  # of the right size: whoever reads that part notices
                assert damaged_files(tmp_path) == [part.name]
                with pytest.raises(IndexFileError):
                    open_both(tmp_path)
            part.write_bytes(whole)
    open_both(tmp_path)
    assert damaged_files(tmp_path) == []


def test_a_flipped_bit_is_found_in_any_file(built: Build, tables: Tables, tmp_path: Path) -> None:
    save_index(built, tables, MANIFEST, tmp_path)
    assert damaged_files(tmp_path) == []
    dice = random.Random(4)  # noqa: S311
    for part in sorted(current_folder(tmp_path).iterdir()):
        whole = part.read_bytes()
        if not whole:
            continue
        flipped = bytearray(whole)
        flipped[dice.randrange(len(whole))] ^= 1 << dice.randrange(8)
        part.write_bytes(flipped)
        assert damaged_files(tmp_path) == [part.name]
        part.write_bytes(whole)


def test_a_garbled_head_of_an_array_is_an_index_file_error_or_harmless(built: Build, tables: Tables, tmp_path: Path) -> None:
    save_index(built, tables, MANIFEST, tmp_path)
    dice = random.Random(4)  # noqa: S311
    noticed = 0
    for part in sorted(current_folder(tmp_path).glob("*.npy")):
        whole = part.read_bytes()
        for _ in range(3):
            garbled = bytearray(whole)
            for at in dice.sample(range(6, min(len(whole), 128)), 2):
                garbled[at] = dice.choice(b"0123456789(),'{}[]<|f\x00\n\xff ")
            part.write_bytes(garbled)
            try:
                open_both(tmp_path)
            except IndexFileError:
                noticed += 1
        part.write_bytes(whole)
    assert noticed > 40


def open_both(root: Path) -> None:
    """Open all that a start and an update read."""
    open_index(root)
    open_build(root)


def test_a_second_build_takes_the_place_of_the_first(built: Build, tables: Tables, tmp_path: Path) -> None:
    save_index(built, tables, MANIFEST, tmp_path)
    first = current_folder(tmp_path)
    save_index(built, tables, Manifest("mới", {}), tmp_path)
    assert read_manifest(tmp_path) == Manifest("mới", {})
    assert first.is_dir()  # whoever has just opened it may still read it
    assert [path.name for path in tmp_path.glob("*.json")] == ["current.json"]
    open_index(tmp_path)


def test_a_folder_that_was_replaced_long_ago_is_removed(built: Build, tables: Tables, tmp_path: Path) -> None:
    old, replaced_now, stranger = (tmp_path / name for name in ("v-1000000000-7", "v-2000000000-7", "v-khac"))
    for folder in (old, replaced_now, stranger):
        folder.mkdir()
    save_index(built, tables, MANIFEST, tmp_path)
    assert not old.exists()
    assert replaced_now.exists()  # however old it is: somebody may have begun to open it
    assert stranger.exists()


def test_frequent_updates_do_not_fill_the_disk(built: Build, tables: Tables, tmp_path: Path) -> None:
    folders = []
    for _ in range(6):
        save_index(built, tables, MANIFEST, tmp_path)
        folders.append(json.loads((tmp_path / "current.json").read_text("utf-8"))["folder"])
    assert sorted(path.name for path in tmp_path.glob("v-*")) == folders[-1 - index_file._MOST_KEPT :]
    open_index(tmp_path)


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
