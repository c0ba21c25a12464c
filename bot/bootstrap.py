"""From settings to an engine: opens the index when it is current, builds and saves it when it is not."""

import hashlib
import json
import logging
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from platformdirs import user_cache_path

from bot import __version__
from bot.answering.engine import Engine
from bot.config import Settings
from bot.corpus.folder import list_source_files
from bot.errors import ConfigurationError, IndexFileError, ServiceError
from bot.indexing.states import is_current
from bot.language.reading import Tables, load_tables
from bot.model import Progress
from bot.retrieval.index import Index
from bot.retrieval.index_file import Manifest, damaged_files, open_index, read_manifest

if TYPE_CHECKING:
    from bot.indexing.live import LiveIndex
    from bot.retrieval.qdrant import Cluster

_log = logging.getLogger(__name__)


def open_engine(settings: Settings, progress: Progress | None = None) -> Engine:
    """
    Get ready to answer from the corpus folder.

    Args:
        settings: See `Settings`.
        progress: Told as articles are read, when the index has to be built.

    Raises:
        CorpusError: There is no folder, no article in it, or none that can be read.
        ConfigurationError: A table of the operator's is not understood, or a cluster is set and its client not installed.
        ServiceError: The cluster that is set is away or refuses.
    """
    cluster = _cluster(settings)
    index, tables, manifest = _current_index(settings, progress)
    if cluster is not None:
        return Engine(index, tables, settings.caution, retriever=cluster.serve(index))
    return Engine(index, tables, settings.caution, saved=_name_of(manifest))


def reopen_engine(settings: Settings, saved: str) -> Engine:
    """
    Open the state of an engine again, in another process.

    Args:
        settings: That the engine was opened with, without a cluster.
        saved: Its `Engine.saved`.

    Raises:
        IndexFileError: It is not the current one on disk any more, or was never written.
    """
    root = index_root(settings)
    index, tables = open_index(root)
    # Looked at last: the state was current before this began, so it was when the index was opened.
    manifest = read_manifest(root)
    if manifest is None or _name_of(manifest) != saved:
        raise IndexFileError(f"another index in {root}", f"Chỉ mục trong {root} đã đổi.")
    return Engine(index, tables, settings.caution, saved=saved)


def follow(settings: Settings, engine: Engine, swap: Callable[[Engine], None]) -> "LiveIndex":
    """
    Keep an engine fresh while files of the corpus folder change.

    Args:
        settings: That it was opened with.
        engine: The one in use.
        swap: Takes the engine over each new state, ready to answer; called in another thread.

    Returns:
        What to enter before the first question and to leave after the last.
    """
    from bot.indexing.live import LiveIndex

    root = index_root(settings)
    manifest = read_manifest(root)
    saved = engine.saved
    known = {file: state[:2] for file, state in manifest.files.items()} if manifest else {}
    cluster = _cluster(settings)

    def refresh() -> Iterator[Index]:
        nonlocal known, saved
        # Loaded now, in this thread, and not only when the first change waits for it.
        import scipy.sparse  # noqa: F401

        from bot.indexing.updating import keep_build, update_build
        from bot.language.words import load_segmenter

        load_segmenter()
        sources = list_source_files(settings.corpus)
        now = {source.file: (source.size, source.modified) for source in sources}
        if now == known:
            return
        recipe = _recipe(settings)
        manifest = read_manifest(root)
        if manifest is not None and is_current(manifest, recipe, sources):  # written by another, or but a time has changed
            saved = _name_of(manifest)
            yield open_index(root)[0]
        else:
            build, made_of = update_build(root, recipe, sources, settings.tables)
            if cluster is None:  # what a cluster holds must not be lost here
                saved = None
                yield build.index  # before it is written
            saved = _name_of(made_of)
            yield keep_build(build, made_of, root, settings.tables)
        known = now

    def swap_index(index: Index) -> None:
        # A cluster that is away now leaves the state as it is; it is tried again in a while.
        retriever = cluster.serve(index) if cluster else None
        tables = load_tables(settings.tables)
        fresh = replace(engine, index=index, tables=tables, retriever=retriever, saved=None if cluster else saved)
        with suppress(ServiceError):
            fresh.answer("Câu hỏi đầu tiên")  # what is worked out at the first question is worked out here
        swap(fresh)

    return LiveIndex(settings.corpus, engine.index.rejections, refresh, swap_index)


def current_index(settings: Settings, progress: Progress | None = None, *, rebuild: bool = False) -> tuple[Index, Tables]:
    """
    Open the index of the corpus folder and its tables, or build it where files, tables or the program have changed since.

    An index that cannot be written (a read-only home) is used from memory; the next start builds it again.

    Raises:
        CorpusError: There is no folder, no article in it, or none that can be read.
        ConfigurationError: A table of the operator's is not understood.
    """
    index, tables, _ = _current_index(settings, progress, rebuild=rebuild)
    return index, tables


def _current_index(
    settings: Settings, progress: Progress | None = None, *, rebuild: bool = False
) -> tuple[Index, Tables, Manifest]:
    """`current_index`, and what the index was made of."""
    if settings.tables is not None and not settings.tables.is_dir():
        raise ConfigurationError(
            f"tables folder not found: {settings.tables}", f"Không tìm thấy thư mục bảng riêng: {settings.tables}."
        )
    sources = list_source_files(settings.corpus)
    root = index_root(settings)
    recipe = _recipe(settings)
    manifest = None if rebuild else read_manifest(root)
    if manifest is not None and is_current(manifest, recipe, sources):
        try:
            return *open_index(root), manifest
        except IndexFileError as error:
            _log.warning("%s; building it again", error)
            rebuild = True
    # Parsing is loaded only for a build: a start from a current index does without.
    from bot.indexing.updating import update_index

    index, made_of = update_index(root, recipe, sources, settings.tables, progress, anew=rebuild)
    return index, load_tables(settings.tables), made_of


def check_index(settings: Settings) -> None:
    """
    Read the whole index of the corpus folder and compare its checksums.

    Raises:
        IndexFileError: There is none, or it is damaged.
    """
    root = index_root(settings)
    damaged = damaged_files(root)
    if damaged:
        raise IndexFileError(
            f"damaged in {root}: {', '.join(damaged)}",
            f"Chỉ mục trong {root} bị hỏng ({', '.join(damaged)}). Chạy lại: hoibao index.",
        )


def index_root(settings: Settings) -> Path:
    """The folder of the index of this corpus folder."""
    base = settings.index or user_cache_path("hoibao", appauthor=False)
    name = hashlib.blake2b(str(settings.corpus.resolve()).encode("utf-8", "surrogateescape"), digest_size=8).hexdigest()
    return base / name


def _name_of(manifest: Manifest) -> str:
    """A fingerprint of a state of the articles: indexes made of the same give the same answers."""
    made_of = [manifest.recipe, sorted((file, content) for file, (_, _, content) in manifest.files.items())]
    return hashlib.blake2b(json.dumps(made_of).encode(), digest_size=16).hexdigest()


def _cluster(settings: Settings) -> "Cluster | None":
    """The cluster that is set, not spoken to yet."""
    if settings.qdrant_url is None:
        return None
    try:
        from bot.retrieval.qdrant import Cluster  # only here: it takes as long to load as an answer may
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] != "qdrant_client":
            raise
        raise ConfigurationError(
            "QDRANT_URL is set and qdrant_client not installed",
            "Đã đặt QDRANT_URL nhưng thiếu thư viện Qdrant. Cài bằng: pip install 'hoibao[qdrant]'",
        ) from error
    return Cluster.connect(
        settings.qdrant_url,
        settings.qdrant_api_key,
        index_root(settings).name,
        shards=settings.qdrant_shards,
        replicas=settings.qdrant_replicas,
    )


def _recipe(settings: Settings) -> str:
    """A fingerprint of what an index depends on beside the articles: the program's files, and the operator's tables."""
    digest = hashlib.blake2b(f"{__version__} {sys.version_info[:2]}".encode(), digest_size=16)
    package = Path(__file__).parent
    paths = [path for folder in ("corpus", "language", "retrieval") for path in sorted((package / folder).rglob("*.*"))]
    if settings.tables is not None:
        paths += sorted(settings.tables.glob("*.t*"))
    for path in paths:
        if path.suffix in (".py", ".txt", ".tsv"):
            stat = path.stat()
            digest.update(f"{path.name} {stat.st_size} {stat.st_mtime_ns}".encode())
    return digest.hexdigest()
