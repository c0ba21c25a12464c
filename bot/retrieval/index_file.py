"""
The index on disk: a folder of memory-mapped arrays and JSON lines, switched to as a whole.

    ROOT/current.json            which folder is current, for which files, made how
    ROOT/v-<time>-<process>/     arrays (.npy), vocabularies (.txt), articles and passages (.jsonl)

A new index is written beside the old one and `current.json` is replaced last, in one step: whoever opens the index finds a
whole one, and an interrupted build leaves nothing behind that counts.
"""

import contextlib
import json
import os
import shutil
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import numpy as np

from bot.errors import IndexFileError
from bot.language.abbreviations import Abbreviations
from bot.language.dictionary import Dictionary
from bot.language.reading import Tables
from bot.language.tokens import Run
from bot.model import Article, Caption, Kind, Paragraph, Passage, Rejection
from bot.retrieval.index import Index, Lexicon, TokenTable
from bot.retrieval.okapi import PostingsOkapi

FORMAT = 1
_DICTIONARY = ("syllables", "pairs", "alone")
_KEPT = 600  # seconds for which a replaced folder stays, for whoever has just opened it


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


def save_index(index: Index, tables: Tables, manifest: Manifest, root: Path) -> None:
    """
    Write an index, and the word tables that questions to it are read with, and make them the current ones.

    Raises:
        IndexFileError: The folder cannot be written; the index that was current still is.
    """
    folder = root / f"v-{time.time_ns()}-{os.getpid()}"
    try:
        folder.mkdir(parents=True)
        _write(index, folder)
        _write_json(folder / "tables.jsonl", [_tables_row(tables)])
        sizes = {path.name: path.stat().st_size for path in sorted(folder.iterdir())}
        current = {"format": FORMAT, "folder": folder.name, "sizes": sizes, **asdict(manifest)}
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
    current = _current(root)
    if current is None:
        raise IndexFileError(f"no current index in {root}", f"Chưa có chỉ mục trong {root}.")
    folder = root / str(current.get("folder"))
    try:
        for name, size in current["sizes"].items():
            if (folder / name).stat().st_size != size:
                raise IndexFileError(f"{folder / name}: wrong size", f"Chỉ mục trong {root} bị hỏng.")
        (row,) = _read_json(folder / "tables.jsonl")
        return _read(folder), _tables(row)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise IndexFileError(f"cannot read the index in {folder}: {error}", f"Chỉ mục trong {root} bị hỏng.") from error


def _current(root: Path) -> dict[str, Any] | None:
    try:
        current = json.loads((root / "current.json").read_text("utf-8"))
    except (OSError, ValueError):
        return None
    return current if isinstance(current, dict) and current.get("format") == FORMAT else None


def _remove_old(root: Path, keep: str) -> None:
    for folder in root.glob("v-*"):
        with contextlib.suppress(OSError, ValueError):
            made = int(folder.name.split("-")[1]) / 1e9
            if folder.name != keep and folder.is_dir() and time.time() - made > _KEPT:
                shutil.rmtree(folder, ignore_errors=True)


def _write(index: Index, folder: Path) -> None:
    for name, okapi in (("okapi", index.okapi), ("names", index.names)):
        _write_lines(folder / f"{name}.vocabulary.txt", list(okapi.vocabulary))
        np.save(folder / f"{name}.idf.npy", np.fromiter(okapi.idf.values(), np.float64, len(okapi.idf)))
        np.save(folder / f"{name}.lengths.npy", np.asarray(okapi.doc_len, np.int32))
        np.save(folder / f"{name}.starts.npy", okapi.starts)
        np.save(folder / f"{name}.passages.npy", okapi.passages)
        np.save(folder / f"{name}.scores.npy", okapi.scores)
    for name, table in (("tokens", index.tokens), ("contexts", index.contexts)):
        for part in ("ids", "flags", "sentences", "spans", "starts"):
            np.save(folder / f"{name}.{part}.npy", getattr(table, part))
    np.save(folder / "scopes.npy", index.scopes)
    np.save(folder / "places.npy", index.places)
    _write_lines(folder / "keys.txt", index.lexicon.keys)
    _write_lines(folder / "surfaces.txt", index.lexicon.surfaces)
    for part in _DICTIONARY:
        _write_lines(folder / f"dictionary.{part}.txt", sorted(getattr(index.dictionary, part)))
    _write_json(folder / "articles.jsonl", [_article_row(article) for article in index.articles])
    _write_json(folder / "passages.jsonl", [_passage_row(passage) for passage in index.passages])
    parameters = {
        "rejections": [asdict(rejection) for rejection in index.rejections],
        "definitions": {short: [list(run) for run in runs] for short, runs in index.definitions.items()},
        "okapi": _parameters(index.okapi),
        "names": _parameters(index.names),
    }
    _write_json(folder / "rest.jsonl", [parameters])


def _read(folder: Path) -> Index:
    (rest,) = _read_json(folder / "rest.jsonl")
    return Index(
        articles=[_article(row) for row in _read_json(folder / "articles.jsonl")],
        passages=[_passage(row) for row in _read_json(folder / "passages.jsonl")],
        rejections=[Rejection(**row) for row in rest["rejections"]],
        okapi=_read_okapi(folder, "okapi", rest["okapi"]),
        names=_read_okapi(folder, "names", rest["names"]),
        lexicon=Lexicon(_read_lines(folder / "keys.txt"), _read_lines(folder / "surfaces.txt")),
        tokens=_read_tokens(folder, "tokens"),
        contexts=_read_tokens(folder, "contexts"),
        scopes=_map(folder / "scopes.npy"),
        places=_map(folder / "places.npy"),
        dictionary=Dictionary(*(_read_lines(folder / f"dictionary.{part}.txt") for part in _DICTIONARY)),
        definitions={short: tuple(tuple(run) for run in runs) for short, runs in rest["definitions"].items()},
    )


def _parameters(okapi: PostingsOkapi) -> dict[str, float]:
    return {
        "k1": okapi.k1,
        "b": okapi.b,
        "epsilon": okapi.epsilon,
        "average_idf": okapi.average_idf,
        "avgdl": okapi.avgdl,
    }


def _read_okapi(folder: Path, name: str, parameters: Mapping[str, float]) -> PostingsOkapi:
    vocabulary = _read_lines(folder / f"{name}.vocabulary.txt")
    return PostingsOkapi.restore(
        {term: number for number, term in enumerate(vocabulary)},
        idf=dict(zip(vocabulary, _map(folder / f"{name}.idf.npy").tolist(), strict=True)),
        lengths=_map(folder / f"{name}.lengths.npy"),
        starts=_map(folder / f"{name}.starts.npy"),
        passages=_map(folder / f"{name}.passages.npy"),
        scores=_map(folder / f"{name}.scores.npy"),
        parameters=parameters,
    )


def _read_tokens(folder: Path, name: str) -> TokenTable:
    return TokenTable(*(_map(folder / f"{name}.{part}.npy") for part in ("ids", "flags", "sentences", "spans", "starts")))


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
        "synonyms": [[run, others] for run, others in tables.synonyms.items()],
    }


def _tables(row: dict[str, Any]) -> Tables:
    def runs(name: str) -> dict[Run, tuple[Run, ...]]:
        return {tuple(run): tuple(map(tuple, others)) for run, others in row[name]}

    chat = {tuple(typed): tuple(plain) for typed, plain in row["chat"]}
    return Tables(Abbreviations(runs("readings"), runs("folded")), chat, runs("synonyms"))


def _article_row(article: Article) -> dict[str, Any]:
    row = asdict(article)
    row["published"] = article.published.isoformat() if article.published else None
    return row


def _article(row: dict[str, Any]) -> Article:
    return Article(
        **{
            **row,
            "published": _moment(row["published"]),
            "authors": tuple(row["authors"]),
            "sections": tuple(row["sections"]),
            "paragraphs": tuple(Paragraph(**paragraph) for paragraph in row["paragraphs"]),
            "captions": tuple(Caption(**caption) for caption in row["captions"]),
        }
    )


def _moment(written: str | None) -> datetime | date | None:
    if written is None:
        return None
    return datetime.fromisoformat(written) if "T" in written else date.fromisoformat(written)


def _passage_row(passage: Passage) -> list[Any]:
    return [passage.file, passage.kind.value, passage.text, passage.paragraph, passage.section, list(passage.names)]


def _passage(row: list[Any]) -> Passage:
    file, kind, text, paragraph, section, names = row
    return Passage(file, Kind(kind), text, paragraph, section, tuple(names))
