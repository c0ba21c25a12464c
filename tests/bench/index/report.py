"""What was measured, for people: tables, and what was asked for beside what was reached."""

import os
import platform
import sys
from collections.abc import Mapping
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

Figures = Mapping[str, Any]
_PACKAGES = ("numpy", "scipy", "underthesea", "rank-bm25", "bm25s", "numba", "qdrant-edge-py")
NOTES = (
    "Every engine gets the same lists of terms, k=10, k1=1.5, b=0.75, one question at a time, in a process of its own.",
    "Peak memory is the build's, above what the process held before it: the interpreter, packages and the lists of terms.",
    "Imports, compilation (numba) and the first touch of memory and files are not timed; files are in the page cache.",
    "Questions a second are of two processes forked from the one that has built the index; two threads for qdrant-edge.",
    "bm25s adds up in 32-bit floats by its ATIRE idf, Qdrant by its own idf: their best ten may differ from rank_bm25's.",
    "Whole answers: every judged question over seeds/ once, new to the engine; 'again' is the same round repeated.",
)


def machine() -> dict[str, Any]:
    """Cores, processor and memory; nothing that tells whose machine it is."""
    model = platform.machine()
    cpuinfo, meminfo = Path("/proc/cpuinfo"), Path("/proc/meminfo")
    memory = None
    if cpuinfo.exists():
        names = [
            line.split(":", 1)[1].strip() for line in cpuinfo.read_text("utf-8").splitlines() if line.startswith("model name")
        ]
        model = names[0] if names else model
    if meminfo.exists():
        memory = round(int(meminfo.read_text("ascii").split()[1]) / 2**20, 1)
    return {"cores": os.cpu_count(), "processor": model, "memory_gb": memory, "system": platform.system()}


def versions() -> dict[str, str | None]:
    """Of Python and of all that is compared."""
    found: dict[str, str | None] = {"python": platform.python_version()}
    for package in _PACKAGES:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            found[package] = None
    return found


def targets(size: int, figures: Figures) -> list[dict[str, Any]]:
    """
    What issue 4 asks, with what was measured; ratios are of the same run.

    Those that are asked at 100,000 passages are told at every size, and count there.
    """
    engines, answers, build = figures["engines"], figures["answers"], figures["build"]
    ours, disk, numba = (engines.get(name, {}) for name in ("hoibao", "hoibao, on disk", "bm25s, numba"))
    others = [engines.get(name, {}) for name in ("bm25s, numpy", "bm25s, numba")]
    started, fresh = figures["starts"], figures["fresh"]
    archive, seeds = started.get("archive", {}), started.get("seeds", {})

    def ratio(over: Figures, under: Figures, name: str) -> float | None:
        return over[name] / under[name] if name in over and under.get(name) else None

    def best(name: str) -> dict[str, float]:
        values = [one[name] for one in others if name in one]
        return {name: min(values)} if values else {}

    def slowest(name: str) -> float | None:
        found = [value for step, value in fresh[name].items() if step.endswith("_seconds")]
        return max(found) if found else None

    def grown(name: str) -> float | None:
        return archive[name] - seeds[name] if name in archive and name in seeds else None

    rows = [
        ("stage one p50, in memory ÷ bm25s numba", ratio(ours, numba, "p50_ms"), "<=", 1.0),
        ("stage one p50, on disk ÷ bm25s numba", ratio(disk, numba, "p50_ms"), "<=", 1.0),
        ("rank_bm25 p50 ÷ stage one p50", ratio(engines.get("rank_bm25", {}), ours, "p50_ms"), ">=", 1000.0),
        ("build seconds ÷ bm25s's faster", ratio(ours, best("build_seconds"), "build_seconds"), "<=", 1.0),
        ("build peak memory ÷ bm25s's smaller", ratio(ours, best("build_peak_mb"), "build_peak_mb"), "<=", 0.5),
        ("whole answers, p50 ms", answers.get("p50_ms"), "<=", 10.0),
        ("whole answers, p95 ms", answers.get("p95_ms"), "<=", 30.0),
        ("analysis ÷ one process of underthesea", ratio(build, figures["plain"], "analysis"), ">=", 1.8),
        ("start ÷ start on seeds/", ratio(archive, seeds, "seconds"), "<=", 2.5),
        ("memory at the start above seeds/'s, MB", grown("memory_mb"), "<=", 300.0),
        ("the same, without mapped files, MB", grown("private_mb"), "<=", 300.0),
        ("freshness on seeds/, slowest s", slowest("seeds"), "<=", 2.0),
        ("freshness on the archive, slowest s", slowest("archive"), "<=", 5.0),
    ]
    if "analysis_a_second" in build and "a_second" in figures["plain"]:
        at = [name for name, *_ in rows].index("analysis ÷ one process of underthesea")
        rows[at] = (rows[at][0], build["analysis_a_second"] / figures["plain"]["a_second"], *rows[at][2:])
    found = []
    for name, value, comparison, target in rows:
        reached = None if value is None else value <= target if comparison == "<=" else value >= target
        verdict = "not measured" if reached is None else "ok" if reached else "short"
        found.append({"name": name, "value": value, "asked": f"{comparison} {target:g}", "at": size, "verdict": verdict})
    return found


def write_size(size: int, figures: Figures) -> None:
    """Print the tables of one size."""
    build, terms, answers, plain = figures["build"], figures["terms"], figures["answers"], figures["plain"]
    out = sys.stdout
    out.write(f"\n{size:,} passages")
    out.write(
        f" ({terms['terms_a_passage']} terms each; {terms['questions']} questions of {terms['terms_a_question']} terms)\n"
    )
    heads = ("build s", "peak MB", "disk MB", "open s", "p50 ms", "p95 ms", "p99 ms", "2 cores/s", "top 10")
    out.write(f"{'':<17}" + "".join(f"{head:>10}" for head in heads) + "\n")
    columns = ("build_seconds", "build_peak_mb", "disk_mb", "open_seconds", "p50_ms", "p95_ms", "p99_ms", "a_second_on_two")
    for name, one in figures["engines"].items():
        shown = dict(one)
        if name == "hoibao, on disk":
            shown["disk_mb"] = build.get("disk_stage_one_mb")
        out.write(f"{name:<17}" + "".join(_cell(shown.get(column)) for column in columns))
        out.write(f"{one['top_10_shared']:>10.0%}" if "top_10_shared" in one else f"{'–':>10}")
        out.write(f"  {one.get('left_out') or one.get('failed') or ''}\n")
    out.write("\n")
    for title, one, parts in (
        (
            "index, all cores",
            build,
            (
                ("analysis_a_second", "passages/s analyzed"),
                ("analysis_cpu_ms", "ms of CPU each"),
                ("build_a_second", "passages/s in all"),
                ("build_seconds", "s"),
                ("peak_mb", "MB peak"),
                ("peak_of_a_worker_mb", "MB peak of a worker"),
                ("disk_mb", "MB on disk"),
            ),
        ),
        ("underthesea alone", plain, (("a_second", "passages/s in one process"), ("cpu_ms", "ms of CPU each"))),
        (
            "whole answers",
            answers,
            (
                ("p50_ms", "ms p50"),
                ("p95_ms", "p95"),
                ("p99_ms", "p99"),
                ("again_p50_ms", "p50 again"),
                ("again_p95_ms", "p95 again"),
                ("hit1", "hit@1"),
                ("hit3", "hit@3"),
                ("open_seconds", "s to open"),
            ),
        ),
        *(
            (f"start, {name}", own, (("seconds", "s"), ("memory_mb", "MB"), ("private_mb", "MB of its own")))
            for name, own in _parts(figures["starts"])
        ),
        *(
            (f"fresh, {name}", own, tuple((f"{step}_seconds", f"s {step}") for step in ("added", "changed", "removed")))
            for name, own in figures["fresh"].items()
        ),
    ):
        cells = [
            f"{one[name]:,.3g} {unit}" if one[name] < 1000 else f"{one[name]:,.0f} {unit}"
            for name, unit in parts
            if name in one
        ]
        out.write(f"{title:<20}{', '.join(cells) or one.get('failed', '–')}\n")
    out.write(f"\n{'asked at 100,000 passages':<44}{'here':>10}{'asked':>12}\n")
    for row in figures["targets"]:
        out.write(f"{row['name']:<44}{_cell(row['value'])}{row['asked']:>12}  {row['verdict']}\n")
    out.flush()


def write_growth(rows: list[dict[str, Any]]) -> None:
    """Print how p50 grows; whole answers are asked to grow no faster than the square root from 10,000 on."""
    for row in rows:
        row["verdict"] = ""
        if row["name"] == "whole answers" and row["from"] >= 10_000:
            row["verdict"] = "ok" if row["exponent"] <= 0.5 else "short"
        where = f"{row['from']:,} to {row['to']:,}"
        sys.stdout.write(f"growth of p50, {row['name']:<17} {where:<22} exponent {row['exponent']:5.2f}  {row['verdict']}\n")


def _parts(started: Figures) -> list[tuple[str, Figures]]:
    return [("all", started)] if "failed" in started else list(started.items())


def _cell(value: float | None) -> str:
    if value is None:
        return f"{'–':>10}"
    digits = 0 if abs(value) >= 1000 else 1 if abs(value) >= 10 else 3
    return f"{value:>10,.{digits}f}"
