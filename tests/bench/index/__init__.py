"""
The index at several sizes, against rank_bm25, bm25s and Qdrant's engine on the same terms, and the whole program.

Settings, all from the environment (`make bench ONLY=index SIZES="1000 10000" FOLDER=/big/disk OUT=build/bench`):

    SIZES    passages of each archive; 1000000 takes hours, rank_bm25 is then left out
    FOLDER   where archives and indexes are made and kept for the next run; a temporary folder, removed, when not set
    OUT      where index.json and index.png are written
    ENGINES  a part of the engines' names, to try these alone; "none" for the whole program alone
"""

import json
import math
import os
import shutil
import subprocess
import sys
import tempfile
import time
from importlib.util import find_spec
from itertools import pairwise
from pathlib import Path
from typing import Any

from bot.bootstrap import index_root
from bot.config import Settings
from tests.bench.corpora import SEEDS, make_corpus
from tests.bench.index import report
from tests.bench.index.engines import ENGINES, NEEDS
from tests.bench.index.plot import draw
from tests.bench.index.program import ROOT, starts
from tests.bench.index.terms import write_terms

_SIZES = "1000 10000 100000"
_TRIAL_SECONDS = 1800  # and as many again for every 100,000 passages
_TOLERANCE = 1e-6


def measure() -> dict[str, Any]:
    """Make the archives, measure, print a table each, write JSON and plot, and return all figures."""
    sizes = sorted(map(int, (os.environ.get("SIZES") or _SIZES).replace(",", " ").split()))
    out = Path(os.environ.get("OUT") or ROOT / "build" / "bench")
    out.mkdir(parents=True, exist_ok=True)
    kept = os.environ.get("FOLDER")
    folder = Path(kept) if kept else Path(tempfile.mkdtemp(prefix="hoibao-bench-"))
    figures: dict[str, Any] = {"machine": report.machine(), "versions": report.versions(), "notes": report.NOTES, "sizes": {}}
    try:
        seeds = _seeds(folder)
        for size in sizes:
            figures["sizes"][str(size)] = one = _measure_size(size, folder, seeds)
            report.write_size(size, one)
            (out / "index.json").write_text(json.dumps(figures, ensure_ascii=False, indent=1), "utf-8")
        figures["growth"] = _growth(figures["sizes"])
        report.write_growth(figures["growth"])
    finally:
        if not kept:
            shutil.rmtree(folder, ignore_errors=True)
    (out / "index.json").write_text(json.dumps(figures, ensure_ascii=False, indent=1), "utf-8")
    drawn = draw(figures["sizes"], out / "index.png")
    sys.stdout.write(
        f"figures: {out / 'index.json'}" + (f", plot: {out / 'index.png'}\n" if drawn else "; no matplotlib, no plot\n")
    )
    return figures


def _seeds(folder: Path) -> Settings:
    """The seeds alone, in a folder of their own, since files are added to it."""
    settings = Settings(corpus=folder / "seeds", index=folder / "seeds-index")
    if not settings.corpus.exists():
        shutil.copytree(SEEDS, settings.corpus)
    _part("build", settings, 300)
    return settings


def _measure_size(size: int, folder: Path, seeds: Settings) -> dict[str, Any]:
    base = folder / str(size)
    settings = Settings(corpus=base / "corpus", index=base / "index")
    seconds = _TRIAL_SECONDS * (1 + size / 100_000)
    if not (base / "made").exists():
        _say(f"{size:,} passages: writing the archive")
        shutil.rmtree(settings.corpus, ignore_errors=True)
        make_corpus(settings.corpus, size)
        (base / "made").touch()
    _say(f"{size:,} passages: building the index")
    figures: dict[str, Any] = {"build": _part("build", settings, seconds)}
    figures["plain"] = _part("plain", settings, 300)
    _say(f"{size:,} passages: starts, answers, freshness")
    both = {"archive": settings, "seeds": seeds}
    try:
        figures["starts"] = starts({name: (own.corpus, own.index or own.corpus) for name, own in both.items()})
    except (OSError, RuntimeError) as error:
        figures["starts"] = {"failed": str(error)}
    figures["answers"] = _part("answers", settings, 600)
    figures["fresh"] = {"archive": _part("fresh", settings, 600), "seeds": _part("fresh", seeds, 600)}
    terms = base / "terms"
    figures["terms"] = write_terms(settings, terms)
    figures["engines"] = engines = {}
    for name in ENGINES:
        if os.environ.get("ENGINES", "") in name:
            _say(f"{size:,} passages: {name}")
            engines[name] = _trial(name, size, terms, index_root(settings), seconds)
    shutil.rmtree(terms)
    _check(engines)
    figures["targets"] = report.targets(size, figures)
    return figures


def _trial(name: str, size: int, terms: Path, index: Path, seconds: float) -> dict[str, Any]:
    if name in NEEDS and find_spec(NEEDS[name]) is None:
        return {"left_out": f"{NEEDS[name]} is not installed"}
    if size > ENGINES[name]().most:
        return {"left_out": "it would take more memory than most machines have"}
    work = Path(tempfile.mkdtemp(prefix="trial-", dir=terms))
    command = [sys.executable, "-m", "tests.bench.index.trial", name, str(terms), str(work)]
    if name == "hoibao, on disk":
        command.append(str(index))
    try:
        return _run(command, seconds)
    finally:
        shutil.rmtree(work, ignore_errors=True)


def _part(part: str, settings: Settings, seconds: float) -> dict[str, Any]:
    command = [sys.executable, "-m", "tests.bench.index.program", part, str(settings.corpus), str(settings.index)]
    return _run(command, seconds)


def _run(command: list[str], seconds: float) -> dict[str, Any]:
    """Run a process that prints JSON; what went wrong in it is a figure, too."""
    try:
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=seconds, check=False)
        return json.loads(done.stdout) if done.returncode == 0 else {"failed": _last_line(done.stderr) or str(done.returncode)}
    except subprocess.TimeoutExpired:
        return {"failed": f"not done after {seconds:.0f} s"}
    except ValueError as error:
        return {"failed": str(error)}


def _last_line(text: str) -> str:
    return (text.strip().splitlines() or [""])[-1].replace(str(ROOT), "")[-300:]


def _check(engines: dict[str, dict[str, Any]]) -> None:
    """Compare the best scores with rank_bm25's: those that are to be the same, or a wrong engine has no time."""
    asked = {name: figures.pop("found", []) for name, figures in engines.items()}
    reference = asked.get("rank_bm25") or asked.get("hoibao") or []
    for name, found in asked.items():
        pairs = list(zip(found, reference, strict=False))
        if not pairs:
            continue
        figures = engines[name]
        shares = [len(set(own) & set(theirs)) / max(len(theirs), 1) for (own, _), (theirs, _) in pairs]
        figures["top_10_shared"] = sum(shares) / len(shares)
        if ENGINES[name]().exact:
            wrong = sum(not _same(own, theirs) for (_, own), (_, theirs) in pairs)
            figures["compared"], figures["wrong"] = len(pairs), wrong
            if wrong:
                figures["failed"] = f"{wrong} of {len(pairs)} questions have other scores than rank_bm25's"
                for measure_ in ("p50_ms", "p95_ms", "p99_ms", "a_second_on_two"):
                    figures.pop(measure_, None)


def _same(own: list[float], theirs: list[float]) -> bool:
    theirs = [score for score in theirs if score > 0]  # rank_bm25 also gives passages that match nothing
    return len(own) >= len(theirs) and all(math.isclose(a, b, rel_tol=_TOLERANCE) for a, b in zip(own, theirs, strict=False))


def _growth(sizes: dict[str, dict[str, Any]]) -> list[dict[str, Any]]:
    """The exponent of p50 over the size of the archive, of whole answers and of every engine, between one size and the next."""
    rows = []
    for (small, one), (large, other) in pairwise(sizes.items()):
        ratio = math.log(other["build"].get("passages", int(large)) / one["build"].get("passages", int(small)))
        series = {"whole answers": (one["answers"], other["answers"])}
        series |= {name: (one["engines"].get(name, {}), other["engines"].get(name, {})) for name in ENGINES}
        for name, (before, after) in series.items():
            if "p50_ms" in before and "p50_ms" in after:
                exponent = math.log(after["p50_ms"] / before["p50_ms"]) / ratio
                rows.append({"name": name, "from": int(small), "to": int(large), "exponent": exponent})
    return rows


def _say(text: str) -> None:
    sys.stderr.write(f"{time.strftime('%H:%M:%S')} {text}\n")
