"""
The index on disk: a folder of memory-mapped arrays and JSON lines, switched to as a whole.

    ROOT/current.json            which folder is current, for which files, made how, with sizes and checksums
    ROOT/v-<time>-<process>/     arrays (.npy), word lists (.txt), settings and tables (.jsonl)

A new index is written beside the old one and `current.json` is replaced last, in one step: whoever opens the index finds a
whole one, and an interrupted build leaves nothing behind that counts.
"""

import contextlib
import json
import os
import shutil
import time
import zlib
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, fields
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from bot.errors import IndexFileError
from bot.language.abbreviations import Abbreviations
from bot.language.dictionary import Dictionary
from bot.language.reading import Tables
from bot.language.tokens import Run
from bot.model import Rejection
from bot.retrieval.collection import Collection, Terminology
from bot.retrieval.index import Build, Facts, Index, TokenTable
from bot.retrieval.lexicon import Lexicon, LexiconBuilder
from bot.retrieval.okapi import Columns, Parameters, PostingsOkapi
from bot.retrieval.ragged import Ragged, Rows
from bot.retrieval.rows import read_article, read_passage
from bot.retrieval.terms import KeyColumns, TermColumns

FORMAT = 5
_DICTIONARY = ("syllables", "pairs", "alone")
_KEPT = 600  # seconds for which a replaced folder stays, for whoever is just opening it
_MOST_KEPT = 3  # replaced folders that stay: a corpus that changes all the time must not fill the disk
_PIECE = 1 << 16  # bytes of an array that are written at a time
_BLOCK = 1 << 20  # bytes of a file that are summed up at a time


@dataclass(frozen=True, slots=True)
class Manifest:
    """
    What an index was made of.

    Attributes:
        recipe: Fingerprint of the code, the tables and the settings that made it.
        files: Path below the corpus folder → size, time of change (ns) and content hash.
    """

    recipe: str
    files: Mapping[str, tuple[int, int, str]]


def save_index(build: Build, tables: Tables, manifest: Manifest, root: Path) -> None:
    """
    Write an index, and the word tables that questions to it are read with, and make them the current ones.

    Args:
        build: The index, with what it was made of for the next update.
        tables: Of the language.
        manifest: Of the files.
        root: Folder of the indexes of this corpus.

    Raises:
        IndexFileError: The folder cannot be written; the index that was current still is.
    """
    folder = root / f"v-{time.time_ns()}-{os.getpid()}"
    try:
        folder.mkdir(parents=True)
        _write(build.index, folder)
        _write_collection(build.collection, build.terminology, folder)
        _write_json(folder / "tables.jsonl", [_tables_row(tables)])
        paths = sorted(folder.iterdir())
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            sums = {
                path.name: [path.stat().st_size, found] for path, found in zip(paths, pool.map(_checksum, paths), strict=True)
            }
        current = {"format": FORMAT, "folder": folder.name, "sums": sums, "recipe": manifest.recipe, "files": manifest.files}
        temporary = folder / "current.json"
        temporary.write_text(json.dumps(current, ensure_ascii=False), "utf-8")
        temporary.replace(root / "current.json")
    except BaseException as error:
        shutil.rmtree(folder, ignore_errors=True)
        if not isinstance(error, OSError):
            raise
        raise IndexFileError(f"cannot write the index to {root}: {error}", f"Không ghi được chỉ mục vào {root}.") from error
    _remove_old(root, keep=folder.name)


def read_manifest(root: Path) -> Manifest | None:
    """What the current index was made of; None when there is none, or it is damaged or of another format."""
    current = _current(root)
    if current is None:
        return None
    try:
        return Manifest(current["recipe"], {file: (int(s), int(m), str(h)) for file, (s, m, h) in current["files"].items()})
    except (KeyError, TypeError, ValueError, AttributeError):
        return None


def open_index(root: Path) -> tuple[Index, Tables]:
    """
    Open the current index and its tables; arrays are mapped, not read.

    Raises:
        IndexFileError: There is none, or a part of it is missing, damaged or of another format.
    """
    with _opened(root) as folder:
        (row,) = _read_json(folder / "tables.jsonl")
        return _read(folder), _tables(row)


def open_build(root: Path) -> Build:
    """
    Open the current index with what it was made of, to go on from.

    Raises:
        IndexFileError: As for `open_index`.
    """
    with _opened(root) as folder:
        return Build(_read(folder), *_read_collection(folder))


def damaged_files(root: Path) -> list[str]:
    """
    Read the whole current index and compare its checksums.

    Returns:
        Names of the files that are not as they were written; empty when all are.

    Raises:
        IndexFileError: There is no current index, or a file of it is missing or of another size.
    """
    current = _current(root) or {}
    with _opened(root) as folder:
        return [name for name, (_, checksum) in current["sums"].items() if _checksum(folder / name) != checksum]


@contextlib.contextmanager
def _opened(root: Path) -> Iterator[Path]:
    """The folder of the current index, all of whose files have the right size; what goes wrong in it is one error."""
    current = _current(root)
    if current is None:
        raise IndexFileError(f"no current index in {root}", f"Chưa có chỉ mục trong {root}.")
    folder = root / str(current.get("folder"))
    try:
        _check_sizes(folder, current["sums"])
        yield folder
    except Exception as error:  # the garbled head of an array raises whatever Python's tokenizer and numpy make of it
        raise IndexFileError(f"cannot read the index in {folder}: {error}", f"Chỉ mục trong {root} bị hỏng.") from error


def _check_sizes(folder: Path, sums: Mapping[str, tuple[int, int]]) -> None:
    for name, (size, _) in sums.items():
        if (folder / name).stat().st_size != size:
            raise ValueError(f"{name} has the wrong size")


def _checksum(path: Path) -> int:
    """CRC-32 of a file: it is to find a bad disk, not a forger."""
    found = 0
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            found = zlib.crc32(block, found)
    return found


def _current(root: Path) -> dict[str, Any] | None:
    try:
        current = json.loads((root / "current.json").read_text("utf-8"))
    except (OSError, ValueError):
        return None
    return current if isinstance(current, dict) and current.get("format") == FORMAT else None


def _remove_old(root: Path, keep: str) -> None:
    made = []
    for folder in root.glob("v-*"):
        with contextlib.suppress(OSError, ValueError):
            if folder.is_dir():
                made.append((int(folder.name.split("-")[1]) / 1e9, folder))
    made.sort(reverse=True)
    for newer, ((replaced, _), (_, folder)) in enumerate(pairwise(made)):
        if folder.name != keep and (newer >= _MOST_KEPT or time.time() - replaced > _KEPT):
            shutil.rmtree(folder, ignore_errors=True)


def _write(index: Index, folder: Path) -> None:
    for name, okapi in (("okapi", index.okapi), ("name", index.names)):
        for part in fields(Columns):
            _save(folder / f"{name}.{part.name}.npy", getattr(okapi.columns, part.name))
    for name, array in (("scopes", index.scopes), ("places", index.places), ("order", index.lexicon.order)):
        _save(folder / f"{name}.npy", array)
    _save(folder / "source.npy", index.facts.source)
    _save(folder / "published.npy", index.facts.published)
    for name in ("keys", "surfaces", "folded", "runs"):
        _write_lines(folder / f"{name}.txt", getattr(index.lexicon, name))
    _write_json(folder / "files.jsonl", index.files)  # a name may have a line break in it
    for name in _DICTIONARY:
        _write_lines(folder / f"dictionary.{name}.txt", sorted(getattr(index.dictionary, name)))
    rest = {
        "rejections": [asdict(rejection) for rejection in index.rejections],
        "definitions": {short: [list(run) for run in runs] for short, runs in index.definitions.items()},
        "shared_names": sorted(map(list, index.shared_names)),
        "sources": index.facts.sources,
        "lineage": index.lineage,
        "okapi": asdict(index.okapi.parameters),
        "name": asdict(index.names.parameters),
    }
    _write_json(folder / "rest.jsonl", [rest])


def _write_collection(collection: Collection, terminology: Terminology, folder: Path) -> None:
    for part in fields(Collection):
        rows: Ragged = getattr(collection, part.name)
        _save(folder / f"{part.name}.starts.npy", rows.starts)
        for name, column in rows.columns.items():
            _save(folder / f"{part.name}.{name}.npy", column)
    for name, keys in (("terms", terminology.terms), ("names", terminology.names)):
        _save(folder / f"vocabulary.{name}.keys.npy", keys.keys)
        _save(folder / f"vocabulary.{name}.columns.npy", keys.columns)
    _write_lines(folder / "forms.txt", list(terminology.lexicon.forms))
    _save(folder / "form_keys.npy", np.array(terminology.lexicon.form_keys, np.int32))


def _read(folder: Path) -> Index:
    (rest,) = _read_json(folder / "rest.jsonl")
    lists = {name: _read_lines(folder / f"{name}.txt") for name in ("keys", "surfaces", "folded", "runs")}
    lexicon = Lexicon(**lists, order=_map(folder / "order.npy"))
    members = _read_rows(folder, "members").columns
    return Index(
        articles=Rows(_read_rows(folder, "articles"), read_article),
        passages=Rows(_read_rows(folder, "passages"), read_passage),
        files=_read_json(folder / "files.jsonl"),
        rejections=[Rejection(**row) for row in rest["rejections"]],
        okapi=_read_okapi(folder, "okapi", TermColumns(lexicon, _read_keys(folder, "terms")), members["lengths"], rest),
        names=_read_okapi(folder, "name", TermColumns(lexicon, _read_keys(folder, "names")), members["name_lengths"], rest),
        lexicon=lexicon,
        tokens=TokenTable.over(_read_rows(folder, "tokens")),
        contexts=TokenTable.over(_read_rows(folder, "contexts")),
        scopes=_map(folder / "scopes.npy"),
        places=_map(folder / "places.npy"),
        kinds=members["kinds"],
        facts=Facts(tuple(rest["sources"]), _map(folder / "source.npy"), _map(folder / "published.npy")),
        shared_names=frozenset(map(tuple, rest["shared_names"])),
        dictionary=Dictionary(*(_read_lines(folder / f"dictionary.{part}.txt") for part in _DICTIONARY)),
        definitions={short: tuple(tuple(run) for run in runs) for short, runs in rest["definitions"].items()},
        lineage=rest["lineage"],
    )


def _read_collection(folder: Path) -> tuple[Collection, Terminology]:
    forms = zip(_read_lines(folder / "forms.txt"), _map(folder / "form_keys.npy").tolist(), strict=True)
    lexicon = LexiconBuilder(_read_lines(folder / "keys.txt"), _read_lines(folder / "runs.txt"), list(forms))
    collection = Collection(**{part.name: _read_rows(folder, part.name) for part in fields(Collection)})
    (rest,) = _read_json(folder / "rest.jsonl")
    return collection, Terminology(lexicon, _read_keys(folder, "terms"), _read_keys(folder, "names"), rest["lineage"])


def _read_rows(folder: Path, part: str) -> Ragged:
    columns = {path.name.split(".")[1]: _map(path) for path in sorted(folder.glob(f"{part}.*.npy"))}
    return Ragged(columns.pop("starts"), columns)


def _read_keys(folder: Path, name: str) -> KeyColumns:
    return KeyColumns(_map(folder / f"vocabulary.{name}.keys.npy"), _map(folder / f"vocabulary.{name}.columns.npy"))


def _read_okapi(folder: Path, name: str, vocabulary: TermColumns, lengths: Any, rest: Mapping[str, Any]) -> PostingsOkapi:
    columns = Columns(*(_map(folder / f"{name}.{part.name}.npy") for part in fields(Columns)))
    return PostingsOkapi.restore(vocabulary, lengths=lengths, columns=columns, parameters=Parameters(**rest[name]))


def _save(path: Path, array: Any) -> None:
    """
    Write an array as `np.save` does, in small pieces.

    Linux keeps what is written at once in pages of up to that size, and maps these as a whole into whoever touches a byte of
    them: with `np.save`, a first question mapped 220 MB of the index of 100,000 passages, and with this 55 MB.
    """
    array = np.ascontiguousarray(array)
    with path.open("wb") as file:
        np.lib.format.write_array_header_1_0(file, np.lib.format.header_data_from_array_1_0(array))
        content = memoryview(array).cast("B") if array.size else b""
        for start in range(0, len(content), _PIECE):
            file.write(content[start : start + _PIECE])


def _map(path: Path) -> Any:
    if path.stat().st_size < 4096:  # an empty array cannot be mapped, and a small one need not be
        with path.open("rb") as file:
            return np.lib.format.read_array(file, allow_pickle=False)
    # As a plain array: np.memmap does bookkeeping of its own at every slice.
    return np.asarray(np.lib.format.open_memmap(path, mode="r"))


def _write_lines(path: Path, lines: Sequence[str]) -> None:
    path.write_text("\n".join(lines), "utf-8", newline="\n")


def _read_lines(path: Path) -> list[str]:
    text = path.read_text("utf-8")
    return text.split("\n") if text else []


def _write_json(path: Path, rows: Sequence[Any]) -> None:
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), "utf-8", newline="\n")


def _read_json(path: Path) -> list[Any]:
    return [json.loads(line) for line in path.read_text("utf-8").split("\n") if line]


def _tables_row(tables: Tables) -> dict[str, Any]:
    return {
        "readings": [[short, runs] for short, runs in tables.abbreviations.readings.items()],
        "folded": [[short, runs] for short, runs in tables.abbreviations.folded.items()],
        "chat": [[typed, plain] for typed, plain in tables.chat.items()],
        "synonyms": _write_runs(tables.synonyms),
        "contrasts": _write_runs(tables.contrasts),
        "bigrams": {
            worth: [pair for pair, own in tables.bigrams.items() if own == worth] for worth in set(tables.bigrams.values())
        },
    }


def _tables(row: dict[str, Any]) -> Tables:
    def runs(name: str) -> dict[Run, tuple[Run, ...]]:
        return {tuple(run): tuple(map(tuple, others)) for run, others in row[name]}

    chat = {tuple(typed): tuple(plain) for typed, plain in row["chat"]}
    bigrams = {pair: int(worth) for worth, pairs in row["bigrams"].items() for pair in pairs}
    synonyms, contrasts = _WrittenRuns(row["synonyms"]), _WrittenRuns(row["contrasts"])
    return Tables(Abbreviations(runs("readings"), runs("folded")), chat, synonyms, contrasts, bigrams)


def _write_runs(runs: Mapping[Run, tuple[Run, ...]]) -> dict[str, str]:
    """As `_WrittenRuns` reads them."""
    return {" ".join(run): "|".join(map(" ".join, others)) for run, others in runs.items()}


class _WrittenRuns(Mapping[Run, tuple[Run, ...]]):
    """Runs of keys → other runs, cut when they are looked up: there are thousands, and a question needs a few."""

    def __init__(self, written: Mapping[str, str]) -> None:
        self._written = written

    def __getitem__(self, run: Run) -> tuple[Run, ...]:
        return tuple(tuple(other.split(" ")) for other in self._written[" ".join(run)].split("|") if other)

    def __iter__(self) -> Iterator[Run]:
        return (tuple(run.split(" ")) for run in self._written)

    def __len__(self) -> int:
        return len(self._written)
