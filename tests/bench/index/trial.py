"""
One engine, in a process of its own: `python -m tests.bench.index.trial NAME TERMS WORK [INDEX]` prints its figures as JSON.

What is not counted: imports and compilation (a tiny index is built and asked beforehand), and the first touch of memory and
of files (all questions are asked once before the clock runs, as far as that takes no longer than a few seconds).
Memory is told twice: what the process holds before the build (the interpreter, the engine's packages, and the terms of all
passages as lists of strings, the same for all), and how far a build rises above that at its peak.
"""

import gc
import json
import multiprocessing
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median, quantiles
from typing import Any

from tests.bench.index.engines import ENGINES, Engine
from tests.bench.index.terms import read_questions, read_terms

_ROUNDS = 10
_MOST_SECONDS = 20.0  # of questions one at a time
_LEAST_QUESTIONS = 8
_WARM_SECONDS = 4.0
_TOGETHER_SECONDS = 3.0
_CHECKED = 40  # questions whose scores are compared


def run(name: str, terms: Path, work: Path, index: Path | None) -> dict[str, Any]:
    """Measure one engine."""
    engine = ENGINES[name]()
    figures: dict[str, Any] = {}
    if index is None:
        engine.build([["một", "hai"], ["ba", "bốn"], ["năm", "một"]] * 10, work / "tiny")
        engine.ask(["một", "ba"])
        read = read_terms(terms)
        questions = read.questions
        gc.collect()
        before = _memory("VmRSS")
        _forget_peak()
        start = time.perf_counter()
        engine.build(read.passages, work / "built")
        figures["build_seconds"] = time.perf_counter() - start
        figures["build_peak_mb"] = _memory("VmHWM") - before
        figures["before_build_mb"] = before
        del read
        figures |= _disk(engine, work / "saved")
    else:
        questions = read_questions(terms)
        before = _memory("VmRSS")
        start = time.perf_counter()
        engine.open(index)
        figures["open_seconds"] = time.perf_counter() - start
        figures["opened_mb"] = _memory("VmRSS") - before
    figures |= _ask(engine, questions)
    figures["a_second_on_two"] = _together(engine, questions)
    figures["two_are"] = "threads" if engine.threads else "processes"
    return figures


def _disk(engine: Engine, folder: Path) -> dict[str, float]:
    try:
        folder.mkdir(parents=True)
        engine.save(folder)
    except NotImplementedError:
        return {}
    size = sum(path.stat().st_blocks * 512 for path in folder.rglob("*") if path.is_file()) / 2**20
    start = time.perf_counter()
    engine.open(folder)
    engine.ask(["báo"])
    return {"disk_mb": size, "open_seconds": time.perf_counter() - start}


def _ask(engine: Engine, questions: list[list[str]]) -> dict[str, Any]:
    found = []
    start = time.perf_counter()
    for terms in questions:
        if len(found) >= _CHECKED and time.perf_counter() - start > _WARM_SECONDS:
            break
        found.append(engine.ask(terms))
        if len(found) >= _LEAST_QUESTIONS and time.perf_counter() - start > _MOST_SECONDS:
            break
    taken: list[float] = []
    start = time.perf_counter()
    gc.collect()
    gc.freeze()
    for at in range(_ROUNDS * len(questions)):
        now = time.perf_counter()
        if at >= _LEAST_QUESTIONS and now - start > _MOST_SECONDS:
            break
        engine.ask(questions[at % len(questions)])
        taken.append((time.perf_counter() - now) * 1000)
    cuts = quantiles(taken, n=100, method="inclusive")
    return {
        "asked": len(taken),
        "p50_ms": median(taken),
        "p95_ms": cuts[94],
        "p99_ms": cuts[98],
        "found": found[:_CHECKED],
    }


def _together(engine: Engine, questions: list[list[str]]) -> float:
    """Questions a second of two that ask at once."""

    def work(number: int, barrier: Any, tell: Callable[[float], None]) -> None:
        barrier.wait(60)
        start = time.perf_counter()
        count = 0
        while time.perf_counter() - start < _TOGETHER_SECONDS:
            engine.ask(questions[(2 * count + number) % len(questions)])
            count += 1
        tell(count / (time.perf_counter() - start))

    if engine.threads:
        rates: list[float] = []
        barrier = threading.Barrier(2)
        workers: list[Any] = [threading.Thread(target=work, args=(n, barrier, rates.append)) for n in (0, 1)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
        return sum(rates)
    forked = multiprocessing.get_context("fork")
    queue, gate = forked.SimpleQueue(), forked.Barrier(2)
    workers = [forked.Process(target=work, args=(n, gate, queue.put)) for n in (0, 1)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(120)
        if worker.is_alive() or worker.exitcode:
            worker.kill()
            raise RuntimeError("a process of two that ask at once did not end")
    return sum(queue.get() for _ in workers)


def _memory(line: str) -> float:
    """A line of this process's status (Linux), in MB."""
    for row in Path("/proc/self/status").read_text("ascii").splitlines():
        if row.startswith(f"{line}:"):
            return int(row.split()[1]) / 1024
    return float("nan")


def _forget_peak() -> None:
    Path("/proc/self/clear_refs").write_text("5", "ascii")


if __name__ == "__main__":
    _name, _terms, _work, *_index = sys.argv[1:]
    json.dump(run(_name, Path(_terms), Path(_work), Path(_index[0]) if _index else None), sys.stdout)
