"""What goes to standard error beside an answer: how far a build has come, and what went wrong without stopping it."""

import logging
import sys
from types import TracebackType
from typing import TYPE_CHECKING, Self

from bot.errors import HoiBaoError

if TYPE_CHECKING:
    from rich.progress import Progress as Bar
    from rich.progress import TaskID


class Notices(logging.Handler):
    """Says the program's own errors in Vietnamese; log records without one are for developers, and left out."""

    def emit(self, record: logging.LogRecord) -> None:
        """Say the errors among a record's arguments."""
        for error in record.args or ():
            if isinstance(error, HoiBaoError):
                sys.stderr.write(f"{error.vietnamese}\n")


class BuildingBar:
    """A progress bar on a terminal's standard error, from the first step on: without a build there is none."""

    def __init__(self) -> None:
        self._bar: Bar | None = None
        self._task: TaskID | None = None

    def __enter__(self) -> Self:
        return self

    def __call__(self, done: int, total: int) -> None:
        """Show that *done* of *total* articles are read."""
        if self._bar is None or self._task is None:
            from rich.console import Console  # only for a build: an answer from a current index does without

            from bot.console.progress import building_progress

            self._bar = building_progress(Console(stderr=True))
            self._task = self._bar.add_task("Đọc các bài báo")
            self._bar.start()
        self._bar.update(self._task, completed=done, total=total)

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None) -> None:
        if self._bar is not None:
            self._bar.stop()
