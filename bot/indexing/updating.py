"""The index of a corpus folder, brought up to date: changed files are analyzed, all others taken over."""

import logging
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from bot.corpus.folder import SourceFile
from bot.errors import CorpusError, IndexFileError
from bot.indexing.analyzing import analyze_files
from bot.indexing.states import State, state_of
from bot.language.reading import load_tables
from bot.model import Progress, Rejection
from bot.retrieval.analysis import AnalyzedArticle
from bot.retrieval.collection import Counted, Terminology, collect
from bot.retrieval.index import Build, Change, Index, assemble, change
from bot.retrieval.index_file import Manifest, open_build, open_index, read_manifest, save_index

_log = logging.getLogger(__name__)
_TOGETHER = 256  # articles that are put into arrays at a time


def update_build(
    root: Path,
    recipe: str,
    sources: Sequence[SourceFile],
    tables: Path | None,
    progress: Progress | None = None,
    *,
    anew: bool = False,
) -> tuple[Build, Manifest]:
    """
    Bring the index of a folder up to date, in memory.

    Args:
        root: Folder of the indexes of this corpus.
        recipe: Fingerprint of what else an index depends on; one of another recipe is of no use.
        sources: The files of the corpus as they are now, at least one.
        tables: The operator's folder of tables, or None.
        progress: Told after each file that is analyzed.
        anew: Analyze every file.

    Returns:
        The new index, ready to be asked, and what `keep_build` takes with it.

    Raises:
        CorpusError: No file can be read.
        ConfigurationError: A table is not understood.
    """
    if tables is not None:
        load_tables.cache_clear()  # the operator may have edited them
    before = None if anew else read_manifest(root)
    states = {source.file: state_of(source, before) for source in sources}
    build = _update(_take_over(root, recipe, before, states), sources, tables, progress)
    return build, Manifest(recipe, states)


def keep_build(build: Build, manifest: Manifest, root: Path, tables: Path | None) -> Index:
    """
    Write a new index to disk.

    Returns:
        The same index, mapped from disk, so that what it takes in memory is given back; one that cannot be written (a
        read-only home) from memory.
    """
    try:
        save_index(build, load_tables(tables), manifest, root)
        return open_index(root)[0]
    except IndexFileError as error:
        _log.warning("%s; going on in memory", error)
        return build.index


def update_index(
    root: Path,
    recipe: str,
    sources: Sequence[SourceFile],
    tables: Path | None,
    progress: Progress | None = None,
    *,
    anew: bool = False,
) -> tuple[Index, Manifest]:
    """Bring the index of a folder up to date on disk, `update_build`, then `keep_build`; also say what it was made of."""
    build, manifest = update_build(root, recipe, sources, tables, progress, anew=anew)
    return keep_build(build, manifest, root, tables), manifest


@dataclass(frozen=True, slots=True)
class _Before:
    """What can be taken over: an index, the place in it of each unchanged article, and unchanged files left out."""

    build: Build | None = None
    places: dict[str, int] = field(default_factory=dict)
    rejections: dict[str, Rejection] = field(default_factory=dict)


def _take_over(root: Path, recipe: str, before: Manifest | None, states: dict[str, State]) -> _Before:
    if before is None or before.recipe != recipe:
        return _Before()
    try:
        build = open_build(root)
    except IndexFileError as error:
        _log.warning("%s; building it again", error)
        return _Before()
    same = {file for file, state in states.items() if file in before.files and before.files[file][2] == state[2]}
    return _Before(
        build,
        {file: place for place, file in enumerate(build.index.files) if file in same},
        {one.file: one for one in build.index.rejections if one.file in same},
    )


def _update(before: _Before, sources: Sequence[SourceFile], tables: Path | None, progress: Progress | None) -> Build:
    places, rejections = dict(before.places), dict(before.rejections)
    changed = [source for source in sources if source.file not in places and source.file not in rejections]
    terminology = before.build.terminology if before.build else Terminology()
    parts: list[Counted] = []
    batch: list[AnalyzedArticle] = []
    fresh = 0
    # Closed here whatever goes wrong, or the processes would go on for as long as the error is held.
    with closing(analyze_files(changed, tables)) as analyzed:
        for done, (source, one) in enumerate(zip(changed, analyzed, strict=True), start=1):
            if isinstance(one, Rejection):
                rejections[source.file] = one
            else:
                batch.append(one)
                fresh += 1
                places[source.file] = -fresh
            if batch and (len(batch) == _TOGETHER or done == len(changed)):
                parts.append(collect(batch, terminology))
                batch = []
            if progress is not None:
                progress(done, len(changed))
    order = [places[source.file] for source in sources if source.file in places]
    left_out = [rejections[source.file] for source in sources if source.file in rejections]
    if not order:
        raise _nothing_readable(sources, left_out)
    counted = Counted.concat(parts) if parts else None
    if before.build is not None:
        return change(before.build, Change(order, counted, left_out))
    if counted is None:
        raise RuntimeError("articles without their terms")
    return assemble(counted, terminology, left_out)


def _nothing_readable(sources: Sequence[SourceFile], rejections: Sequence[Rejection]) -> CorpusError:
    if not sources:
        return CorpusError("no article", "Không có bài báo nào.")
    reasons = "; ".join(f"{rejection.file}: {rejection.reason}" for rejection in rejections[:5])
    folder = sources[0].path
    for _ in Path(sources[0].file).parts:
        folder = folder.parent
    return CorpusError(
        f"no readable article in {folder}: {reasons}",
        f"Không đọc được bài báo nào trong {folder} ({reasons}). Hãy kiểm tra các tệp .txt (UTF-8).",
    )
