"""
The whole program on an archive, each part in a process of its own: `python -m tests.bench.index.program PART …` prints JSON.

    build CORPUS INDEX      the index, built on all cores (spawned processes: everything here is behind `__main__`)
    plain CORPUS INDEX      underthesea's `word_tokenize` alone, one process, over a sample of the same paragraphs
    answers CORPUS INDEX    the judged questions over the seeds, asked of the archive
    fresh CORPUS INDEX      a file added, changed and removed while the index is followed
"""

import json
import os
import queue
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median, quantiles
from typing import Any

from bot.answering.engine import Engine
from bot.bootstrap import current_index, follow, index_root, open_engine
from bot.config import Settings
from bot.evaluation.gold import GoldQuestion, load_gold
from bot.language.normalize import clean_text
from bot.model import Answer
from tests.bench.index.terms import gold_files

ROOT = Path(__file__).parents[3]
_QUESTION = "Năm 2024, TP. Bạc Liêu kết nạp được bao nhiêu đảng viên mới?"
_STARTS = 7
_LOOK = 0.004  # seconds between looks at the memory of a start
_PLAIN_SECONDS = 30.0
_PLAIN_PASSAGES = 3000
_WARM = ("Ai là bí thư?", "Bao nhiêu hộ nghèo năm 2021?", "truong hoc o dau", "Lễ khai giảng diễn ra khi nào?")
_MOST_SECONDS = 60.0  # for a change to be answerable
_BUILT = "Thị trấn Quyên Hoằng khánh thành cầu Xuân Trĩ dài {} mét."


def build(settings: Settings) -> dict[str, Any]:
    """Build anew: seconds to the last analyzed article, to the end, CPU time of the analysis, peak memory, size on disk."""
    last = start = time.perf_counter()
    own_cpu = cpu = time.process_time()

    def progress(_done: int, _total: int) -> None:
        nonlocal last, cpu
        last, cpu = time.perf_counter(), time.process_time()

    index, _ = current_index(settings, progress, rebuild=True)
    end = time.perf_counter()
    count = len(index.passages)
    workers = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu += workers.ru_utime + workers.ru_stime - own_cpu
    folder = index_root(settings) / json.loads((index_root(settings) / "current.json").read_text("utf-8"))["folder"]
    sizes = {path.name: path.stat().st_size / 2**20 for path in folder.iterdir()}
    stage_one = [
        name for name in sizes if name.split(".")[0] in {"okapi", "keys", "folded", "runs"} or "vocabulary.terms" in name
    ]
    return {
        "passages": count,
        "articles": len(index.articles),
        "analysis_a_second": count / (last - start),
        "analysis_cpu_ms": cpu / count * 1000,
        "build_a_second": count / (end - start),
        "build_seconds": end - start,
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "peak_of_a_worker_mb": resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024,
        "disk_mb": sum(sizes.values()),
        "disk_stage_one_mb": sum(sizes[name] for name in stage_one),
    }


def plain(settings: Settings) -> dict[str, Any]:
    """Passages a second of one process that does nothing but cut them into words; its model is loaded beforehand."""
    from underthesea import word_tokenize

    index, _ = current_index(settings)
    step = max(len(index.passages) // _PLAIN_PASSAGES, 1)
    texts = [index.passages[at].text for at in range(0, len(index.passages), step)]
    word_tokenize("tải mô hình")
    count = 0
    start, cpu = time.perf_counter(), time.process_time()
    for text in texts:
        for line in text.split("\n"):
            word_tokenize(line)
        count += 1
        if time.perf_counter() - start > _PLAIN_SECONDS:
            break
    taken, cpu = time.perf_counter() - start, time.process_time() - cpu
    return {"a_second": count / taken, "cpu_ms": cpu / count * 1000, "passages": count}


def answers(settings: Settings) -> dict[str, Any]:
    """Time whole answers: the first round finds every question new, the second one remembers what it can."""
    start = time.perf_counter()
    engine = open_engine(settings)
    opened = time.perf_counter() - start
    gold = load_gold(gold_files())
    for question in _WARM:
        engine.answer(question)
    new, found = _ask(engine, gold)
    again, _ = _ask(engine, gold)
    answerable = [(one, answer) for one, answer in zip(gold, found, strict=True) if one.qrels]
    ranks = [_rank(one, answer) for one, answer in answerable]
    return {
        "questions": len(gold),
        "open_seconds": opened,
        **_percentiles(new),
        **{f"again_{name}": value for name, value in _percentiles(again).items()},
        "hit1": sum(rank == 1 for rank in ranks) / len(ranks),
        "hit3": sum(0 < rank <= 3 for rank in ranks) / len(ranks),
        "memory_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


def _ask(engine: Engine, gold: list[GoldQuestion]) -> tuple[list[float], list[Answer]]:
    taken, found = [], []
    for one in gold:
        start = time.perf_counter()
        answer = engine.answer(one.question)
        taken.append((time.perf_counter() - start) * 1000)
        found.append(answer)
    return taken, found


def _rank(gold: GoldQuestion, answer: Answer) -> int:
    for hit in answer.hits:
        text = clean_text(hit.passage.text)
        if any(qrel.file == hit.citation.file and qrel.snippet in text for qrel in gold.qrels):
            return hit.rank
    return 0


def _percentiles(taken: list[float]) -> dict[str, float]:
    cuts = quantiles(taken, n=100, method="inclusive")
    return {"p50_ms": median(taken), "p95_ms": cuts[94], "p99_ms": cuts[98]}


def fresh(settings: Settings) -> dict[str, float]:
    """Seconds from a file's change to an engine, swapped in, that answers by it."""
    os.sync()  # what was written before must not make this wait for the disk
    engine = open_engine(settings)
    swapped: queue.Queue[tuple[float, Engine]] = queue.Queue()
    path = settings.corpus / "0500_moi.txt"
    name = path.name

    def says(length: int) -> Callable[[Answer], bool]:
        return lambda answer: bool(answer.hits) and answer.hits[0].citation.file == name and str(length) in _text(answer)

    def gone(answer: Answer) -> bool:
        return all(hit.citation.file != name for hit in answer.hits)

    figures = {}
    try:
        with follow(settings, engine, lambda new: swapped.put((time.perf_counter(), new))):
            time.sleep(3)  # the watcher has begun and has looked once
            steps: list[tuple[str, Callable[[], Any], Callable[[Answer], bool]]] = [
                ("added", lambda: path.write_text(_news(4321), "utf-8"), says(4321)),
                ("changed", lambda: path.write_text(_news(8765), "utf-8"), says(8765)),
                ("removed", path.unlink, gone),
            ]
            for step, act, holds in steps:
                start = time.perf_counter()
                act()
                figures[f"{step}_seconds"] = _wait(swapped, start, holds)
                time.sleep(1)
    finally:
        path.unlink(missing_ok=True)
    current_index(settings)
    return figures


def _news(length: int) -> str:
    fact = _BUILT.format(length)
    parts = (
        "Khánh thành cầu Xuân Trĩ",
        "Thứ Hai, 05/02/2024 | 08:00",
        fact,
        "Người dân vui mừng qua cầu.",
        "Nguồn: Báo Ven Biển",
    )
    return "\n\n".join(parts) + "\n"


def _text(answer: Answer) -> str:
    return answer.hits[0].passage.text


def _wait(swapped: "queue.Queue[tuple[float, Engine]]", start: float, holds: Callable[[Answer], bool]) -> float:
    while True:
        left = _MOST_SECONDS - (time.perf_counter() - start)
        try:
            at, engine = swapped.get(timeout=max(left, 0.01))
        except queue.Empty:
            return float("inf")
        if holds(engine.answer("Cầu Xuân Trĩ ở thị trấn Quyên Hoằng dài bao nhiêu mét?")):
            return at - start


def starts(corpora: dict[str, tuple[Path, Path]]) -> dict[str, dict[str, float]]:
    """
    `hoibao ask` with a current index, of each corpus in turn.

    Returns:
        Of each: median seconds; ``memory_mb``, the most memory, pages of mapped files among it, which the system takes back
        when it needs them; ``private_mb``, the most without these (on Linux).
    """
    found: dict[str, dict[str, list[float]]] = {name: {} for name in corpora}
    for number in range(_STARTS + 1):
        for name, (corpus, index) in corpora.items():
            environ = {**os.environ, "HOIBAO_CORPUS": str(corpus), "HOIBAO_INDEX": str(index)}
            started = _start([sys.executable, "-m", "bot", "ask", _QUESTION], environ)
            if number:  # the first start finds files and bytecode cold
                for figure, value in started.items():
                    found[name].setdefault(figure, []).append(value)
    return {name: {figure: median(values) for figure, values in own.items()} for name, own in found.items()}


def _start(command: list[str], environ: dict[str, str]) -> dict[str, float]:
    start = time.perf_counter()
    process = subprocess.Popen(command, env=environ, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    peak, private, ended = 0, 0, 0
    while not ended:
        peak, private = max(peak, _status_kb(process.pid, "VmHWM")), max(private, _status_kb(process.pid, "RssAnon"))
        time.sleep(_LOOK)
        ended, status, used = os.wait4(process.pid, os.WNOHANG)
    seconds = time.perf_counter() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        raise RuntimeError(f"hoibao ask ended with {process.returncode}")
    # What the system says at the end counts this process, too: the new one begins as its copy.
    figures = {"seconds": seconds, "memory_mb": (peak or used.ru_maxrss) / 1024}
    return {**figures, "private_mb": private / 1024} if private else figures


def _status_kb(process: int, field: str) -> int:
    """Peak of all memory of a process (VmHWM), or what it has now that is mapped from no file (RssAnon); 0 where unknown."""
    try:
        lines = Path(f"/proc/{process}/status").read_text("ascii").splitlines()
    except OSError:
        return 0
    return sum(int(line.split()[1]) for line in lines if line.startswith(f"{field}:"))


PARTS = {part.__name__: part for part in (build, plain, answers, fresh)}


if __name__ == "__main__":
    _part, _corpus, _index = sys.argv[1:]
    json.dump(PARTS[_part](Settings(corpus=Path(_corpus), index=Path(_index))), sys.stdout)
