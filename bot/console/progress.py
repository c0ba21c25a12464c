"""The bar of a build: how far it has come, how fast it goes, and how long it will take."""

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, ProgressColumn, Task, TextColumn, TimeRemainingColumn
from rich.text import Text


class Rate(ProgressColumn):
    """Articles a second; nothing until it is known."""

    def render(self, task: Task) -> Text:
        """Write it."""
        speed = task.finished_speed or task.speed
        return Text(f"{speed:.0f} bài/giây" if speed else "")


def building_progress(out: Console) -> Progress:
    """Make a bar that leaves nothing behind, and shows nothing where there is no terminal."""
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        Rate(),
        TimeRemainingColumn(),
        console=out,
        transient=True,
        disable=not out.is_terminal,
    )
