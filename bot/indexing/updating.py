"""The index of a corpus folder, brought up to date: changed files are analyzed, all others taken over."""

import logging
from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from bot.corpus.folder import SourceFile
from bot.errors import CorpusError, IndexFileError
from bot.indexing.analyzing import Analyzed, analyze_files
from bot.indexing.states import State, state_of
from bot.language.reading import load_tables
from bot.model import Progress, Rejection
from bot.retrieval.collection import Collection, Terminology, collect
from bot.retrieval.index import Index, assemble
from bot.retrieval.index_file import Manifest, open_collection, open_index, read_manifest, save_index

_log = logging.getLogger(__name__)
_TOGETHER = 256  # articles that are put into arrays at a time


@dataclass(frozen=True, slots=True)
class _Kept:
    """What of the index before can be taken over: the place of each unchanged article, and unchanged files left out."""

    places: Mapping[str, int]
    rejections: Mapping[str, Rejection]
    collection: Collection | None
    terminology: Terminology


def update_index(
    root: Path,
    recipe: str,
    sources: Sequence[SourceFile],
    tables: Path | None,
    progress: Progress | None = None,
    *,
    anew: bool = False,
) -> Index:
    """
    Bring the index of a folder up to date, on disk.

    Args:
        root: Folder of the indexes of this corpus.
        recipe: Fingerprint of what else an index depends on; one of another recipe is of no use.
        sources: The files of the corpus as they are now.
        tables: The operator's folder of tables, or None.
        progress: Told after each file that is analyzed.
        anew: Analyze every file.

    Returns:
        The new index, from disk; one that cannot be written (a read-only home) from memory.

    Raises:
        CorpusError: No file can be read.
        ConfigurationError: A table is not understood.
    """
    before = None if anew else read_manifest(root)
    if before is not None and before.recipe != recipe:
        before = None
    states = {source.file: state_of(source, before) for source in sources}
    kept = _take_over(root, before, states)
    changed = [source for source in sources if source.file not in kept.places and source.file not in kept.rejections]
    terminology = kept.terminology
    # Closed here whatever goes wrong, or the processes would go on for as long as the error is held.
    with closing(analyze_files(changed, tables)) as analyzed:
        fresh, rejections = _collect(analyzed, changed, terminology, progress)
    collection = _merge(sources, kept, fresh)
    rejections |= kept.rejections
    if collection is None:
        reasons = "; ".join(f"{rejection.file}: {rejection.reason}" for rejection in list(rejections.values())[:5])
        folder = sources[0].path.parent if sources else root
        raise CorpusError(
            f"no readable article in {folder}: {reasons}",
            f"Không đọc được bài báo nào trong {folder} ({reasons}). Hãy kiểm tra các tệp .txt (UTF-8).",
        )
    build = assemble(collection, terminology, [rejections[s.file] for s in sources if s.file in rejections])
    try:
        save_index(build, load_tables(tables), Manifest(recipe, states), root)
        return open_index(root)[0]  # mapped from disk: what a build takes in memory is given back
    except IndexFileError as error:
        _log.warning("%s; going on in memory", error)
        return build.index


def _take_over(root: Path, before: Manifest | None, states: Mapping[str, State]) -> _Kept:
    if before is None:
        return _Kept({}, {}, None, Terminology())
    try:
        collection, terminology = open_collection(root)
        index, _ = open_index(root)
    except IndexFileError as error:
        _log.warning("%s; building it again", error)
        return _Kept({}, {}, None, Terminology())
    same = {file for file, state in states.items() if file in before.files and before.files[file][2] == state[2]}
    places = {file: place for place, file in enumerate(index.files) if file in same}
    rejections = {rejection.file: rejection for rejection in index.rejections if rejection.file in same}
    return _Kept(places, rejections, collection, terminology)


def _collect(
    analyzed: Iterable[Analyzed], sources: Sequence[SourceFile], terminology: Terminology, progress: Progress | None
) -> tuple[dict[str, Collection], dict[str, Rejection]]:
    """Gather articles as they come: a collection of one article each by its file, and the files left out."""
    found: dict[str, Collection] = {}
    rejections: dict[str, Rejection] = {}
    batch = []
    files: list[str] = []
    for done, (source, one) in enumerate(zip(sources, analyzed, strict=True), start=1):
        if isinstance(one, Rejection):
            rejections[source.file] = one
        else:
            batch.append(one)
            files.append(source.file)
        if batch and (len(batch) == _TOGETHER or done == len(sources)):
            together = collect(batch, terminology)
            found |= {file: together.slice(at, at + 1) for at, file in enumerate(files)}
            batch, files = [], []
        if progress is not None:
            progress(done, len(sources))
    return found, rejections


def _merge(sources: Sequence[SourceFile], kept: _Kept, fresh: Mapping[str, Collection]) -> Collection | None:
    """Put kept and fresh articles into the order of the corpus; neighbours that were kept go together."""
    parts: list[Collection] = []
    run: tuple[int, int] | None = None
    for file in [source.file for source in sources]:
        place = kept.places.get(file)
        if run is not None and place == run[1]:
            run = run[0], run[1] + 1
            continue
        if run is not None and kept.collection is not None:
            parts.append(kept.collection.slice(*run))
        run = (place, place + 1) if place is not None else None
        if file in fresh:
            parts.append(fresh[file])
    if run is not None and kept.collection is not None:
        parts.append(kept.collection.slice(*run))
    return Collection.concat(parts) if parts else None
