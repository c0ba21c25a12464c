"""Time a question over the size of the archive, both axes logarithmic."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

_WHOLE = "Hỏi Báo, whole answer"
# Okabe and Ito's colours, told apart by people of any colour vision; markers and labels say the same again.
_STYLES = {
    "hoibao": ("#D55E00", "o", "-", "Hỏi Báo, stage one"),
    "hoibao, on disk": ("#D55E00", "s", "--", "Hỏi Báo, stage one, on disk"),
    "rank_bm25": ("#000000", "^", "-", "rank_bm25"),
    "bm25s, numpy": ("#56B4E9", "v", "-", "bm25s, numpy"),
    "bm25s, numba": ("#0072B2", "D", "-", "bm25s, numba"),
    "qdrant-edge": ("#009E73", "P", "-", "qdrant-edge"),
    _WHOLE: ("#CC79A7", "X", ":", _WHOLE),
}
_APART = 0.058  # of the height: labels closer than this are moved


def draw(sizes: Mapping[str, Mapping[str, Any]], path: Path) -> bool:
    """Draw the plot; False where matplotlib is not installed."""
    try:
        import matplotlib as mpl
    except ImportError:
        return False
    mpl.use("Agg")
    from matplotlib import pyplot as plt
    from matplotlib.ticker import FuncFormatter, NullFormatter

    lines = {name: _points(sizes, name) for name in _STYLES}
    lines = {name: points for name, points in lines.items() if points}
    if not lines:
        return False
    figure, axes = plt.subplots(figsize=(10, 6.2), dpi=130, layout="constrained")
    for name, points in lines.items():
        colour, marker, dash, _ = _STYLES[name]
        axes.plot(*zip(*points, strict=True), dash, color=colour, marker=marker, markersize=7, linewidth=2, clip_on=False)
    axes.set(xscale="log", yscale="log")
    low = min(y for points in lines.values() for _, y in points)
    high = max(y for points in lines.values() for _, y in points)
    axes.set_ylim(low / 1.6, high * 1.6)
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,g}"))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.0f}"))
    axes.set_xticks(sorted({x for points in lines.values() for x, _ in points}))
    axes.xaxis.set_minor_formatter(NullFormatter())
    axes.yaxis.set_minor_formatter(NullFormatter())
    axes.grid(visible=True, which="major", color="#DDDDDD", linewidth=0.8)
    axes.set_axisbelow(True)
    axes.spines[["top", "right"]].set_visible(False)
    axes.set_xlabel("passages in the archive")
    axes.set_title("Milliseconds a question, median, one at a time (k = 10, the same terms for all)", loc="left", fontsize=12)
    _label(axes, lines)
    figure.savefig(path)
    plt.close(figure)
    return True


def _points(sizes: Mapping[str, Mapping[str, Any]], name: str) -> list[tuple[int, float]]:
    points = []
    for size, figures in sizes.items():
        one = figures["answers"] if name == _WHOLE else figures["engines"].get(name, {})
        if "p50_ms" in one:
            points.append((int(size), one["p50_ms"]))
    return points


def _label(axes: Any, lines: Mapping[str, list[tuple[int, float]]]) -> None:
    """Write the names beside the right ends of their lines, apart from one another."""
    to_share = axes.transData + axes.transAxes.inverted()
    axes.figure.canvas.draw()
    ends = {name: to_share.transform(points[-1]) for name, points in lines.items()}
    heights: dict[str, float] = {}
    wanted = sorted((height, name) for name, (_, height) in ends.items())
    groups: list[list[tuple[float, str]]] = []
    for one in wanted:  # names that are too close stand around the middle of their points
        groups.append([one])
        while len(groups) > 1 and _bottom(groups[-1]) < _bottom(groups[-2]) + len(groups[-2]) * _APART:
            groups[-2:] = [groups[-2] + groups[-1]]
    for group in groups:
        heights |= {name: _bottom(group) + at * _APART for at, (_, name) in enumerate(group)}
    for name, points in lines.items():
        colour, _, _, text = _STYLES[name]
        value = points[-1][1]
        shown = f"{text}  {value:,.0f}" if value >= 100 else f"{text}  {value:,.2g}"
        axes.annotate(
            shown,
            points[-1],
            xytext=(1.03, heights[name]),
            textcoords=axes.transAxes,
            va="center",
            color=colour,
            fontsize=11,
            annotation_clip=False,
            arrowprops={"arrowstyle": "-", "color": colour, "linewidth": 0.7, "shrinkA": 1, "shrinkB": 5, "relpos": (0, 0.5)},
        )


def _bottom(group: list[tuple[float, str]]) -> float:
    middle = sum(height for height, _ in group) / len(group)
    return middle - (len(group) - 1) * _APART / 2
