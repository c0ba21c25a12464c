"""The bar of a build: how far, how fast, and nothing where nobody looks."""

import io
import itertools

from rich.console import Console

from bot.console.progress import building_progress


def test_it_tells_how_far_and_how_fast() -> None:
    shown = io.StringIO()
    bar = building_progress(Console(file=shown, force_terminal=True, width=100))
    clock = itertools.count()
    bar.get_time = lambda: float(next(clock))
    with bar:
        task = bar.add_task("Đọc các bài báo", total=300)
        for done in range(20, 240, 20):
            bar.update(task, completed=done)
            bar.refresh()
    assert "Đọc các bài báo" in shown.getvalue()
    assert "220/300" in shown.getvalue()
    assert "bài/giây" in shown.getvalue()


def test_it_shows_nothing_where_there_is_no_terminal() -> None:
    shown = io.StringIO()
    with building_progress(Console(file=shown)) as bar:
        bar.update(bar.add_task("Đọc các bài báo", total=2), completed=1)
    assert shown.getvalue() == ""
