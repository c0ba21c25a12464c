"""When the files of a corpus folder change."""

import threading
from collections.abc import Iterator
from pathlib import Path

_STEP, _LONGEST = 50, 400  # milliseconds without a change after which changes are told, and how long they are gathered
_LOOK_AGAIN = 20_000  # milliseconds after which the folder is looked at anyway: network drives tell nothing


def watch_folder(folder: Path, stop: threading.Event) -> Iterator[None]:
    """
    Tell when articles may have been added, changed or removed.

    Args:
        folder: Of the corpus.
        stop: Ends the watching within a second.

    Yields:
        Once for changes that come together, and without any a second after the start and once in a while.
    """
    from watchfiles import watch  # only while something runs for long

    # Before it is told of changes, some may have come that nobody tells: look once when the watch has begun.
    waited = _LOOK_AGAIN
    while not stop.is_set():
        try:
            for changes in watch(
                folder,
                watch_filter=_may_be_article,
                step=_STEP,
                debounce=_LONGEST,
                stop_event=stop,
                rust_timeout=1000,
                yield_on_timeout=True,
                raise_interrupt=False,
            ):
                waited = 0 if changes else waited + 1000
                if changes or waited >= _LOOK_AGAIN:
                    waited = 0
                    yield
        except OSError:  # the folder itself is gone: it may come back
            yield
        stop.wait(1)


def _may_be_article(_: object, path: str) -> bool:
    """Whether a change is worth a look: of an article, or of a folder, which says nothing of the files in it."""
    name = Path(path).name
    return not name.startswith(".") and (name.endswith(".txt") or "." not in name)
