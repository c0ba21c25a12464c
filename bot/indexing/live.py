"""While a bot or a console runs: the index follows the files, and the new state comes in as a whole."""

import logging
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from bot.corpus.watching import watch_folder
from bot.errors import HoiBaoError
from bot.model import Rejection
from bot.retrieval.index import Index

_log = logging.getLogger(__name__)
_SETTLED = 2.0  # seconds without a change after which a file that cannot be read is not just half written


class LiveIndex:
    """
    Watches a corpus folder and brings its index up to date, in a thread of its own.

    Use it as a context manager. Questions in flight finish on the index that they began with: nothing that was handed out
    changes.

    Args:
        folder: Of the corpus.
        rejections: Files that were left out at first.
        refresh: Gives the index as the files are now, once or in better and better forms; nothing when no file has changed.
            It raises `HoiBaoError` when there is no index to be had.
        swap: Takes a new index; called in the thread.
    """

    def __init__(
        self,
        folder: Path,
        rejections: Sequence[Rejection],
        refresh: Callable[[], Iterable[Index]],
        swap: Callable[[Index], None],
    ) -> None:
        self._folder, self._refresh, self._swap = folder, refresh, swap
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="live-index", daemon=True)
        self._rejections: Sequence[Rejection] = rejections
        self._told = frozenset(rejections)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None) -> None:
        self._stop.set()
        self._thread.join(timeout=2)

    def _run(self) -> None:
        self._update()  # what has changed since the index was opened
        for _ in watch_folder(self._folder, self._stop):
            self._update()

    def _update(self) -> None:
        try:
            for index in self._refresh():
                self._rejections = index.rejections
                self._swap(index)
        except HoiBaoError as error:
            _log.warning("the index stays as it was: %s", error)
            return
        except Exception:  # noqa: BLE001  whatever it is, people go on being answered
            _log.exception("the index stays as it was")
            return
        self._tell_rejections()

    def _tell_rejections(self) -> None:
        """Report files that are left out, but none that is still being written: that one is read again when it is whole."""
        settled = time.time() - _SETTLED
        left_out = set()
        for rejection in self._rejections:
            try:
                if (self._folder / rejection.file).stat().st_mtime < settled:
                    left_out.add(rejection)
            except OSError:
                continue
        for rejection in sorted(left_out - self._told, key=lambda one: one.file):
            _log.warning("left out %s: %s", rejection.file, rejection.reason)
        self._told = self._told & set(self._rejections) | left_out
