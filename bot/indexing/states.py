"""Whether files are as they were when an index was made of them; loads next to nothing, since every start asks it."""

from collections.abc import Sequence

from bot.corpus.folder import SourceFile, content_hash
from bot.retrieval.index_file import Manifest

State = tuple[int, int, str]
"""Size in bytes, time of change in nanoseconds, content hash."""


def is_current(manifest: Manifest | None, recipe: str, sources: Sequence[SourceFile]) -> bool:
    """Tell whether an index was made of just these files; a file whose time alone has changed is compared by content."""
    if manifest is None or manifest.recipe != recipe or len(manifest.files) != len(sources):
        return False
    return all(_is_same(manifest.files.get(source.file), source) for source in sources)


def state_of(source: SourceFile, before: Manifest | None) -> State:
    """Get the state of a file; one of the same size and time has the hash that it had."""
    known = before.files.get(source.file) if before is not None else None
    if known is not None and known[:2] == (source.size, source.modified):
        return known
    return source.size, source.modified, content_hash(source)


def _is_same(state: State | None, source: SourceFile) -> bool:
    if state is None or state[0] != source.size:
        return False
    return state[1] == source.modified or state[2] == content_hash(source)
