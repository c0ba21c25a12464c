"""Start and answers of the console on seeds/, against loading the segmenter alone."""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median, quantiles

from bot.bootstrap import open_engine
from bot.config import Settings
from bot.evaluation.gold import load_gold

_ROOT = Path(__file__).parent.parent.parent
_QUESTION = "Năm 2024, TP. Bạc Liêu kết nạp được bao nhiêu đảng viên mới?"
_RUNS = 7


def measure() -> dict[str, float]:
    """
    Time the start and the answers, print them, and return them.

    Returns:
        Seconds of `hoibao ask` with a current index and of underthesea's `word_tokenize` alone (medians of runs in turn), their
        ratio (asked: at most 1.6), and milliseconds a question in process (asked: p95 at most 15).
    """
    with tempfile.TemporaryDirectory() as folder:
        environ = {**os.environ, "HOIBAO_INDEX": folder, "HOIBAO_CORPUS": str(_ROOT / "seeds")}
        ask = [sys.executable, "-m", "bot", "ask", _QUESTION]
        alone = [sys.executable, "-c", "from underthesea import word_tokenize; word_tokenize('a')"]
        _seconds(ask, environ)  # builds the index
        asked, loaded = zip(*((_seconds(ask, environ), _seconds(alone, environ)) for _ in range(_RUNS)), strict=True)
        engine = open_engine(Settings(corpus=_ROOT / "seeds", index=Path(folder)))
        questions = [gold.question for gold in load_gold(sorted((_ROOT / "tests" / "gold").glob("seeds_*.jsonl")))]
        for question in questions:
            engine.answer(question)
        taken = []
        for question in questions:
            start = time.perf_counter()
            engine.answer(question)
            taken.append((time.perf_counter() - start) * 1000)
    cuts = quantiles(taken, n=100)
    figures = {
        "ask_seconds": median(asked),
        "underthesea_seconds": median(loaded),
        "ask_ratio": median(asked) / median(loaded),
        "question_ms_p50": median(taken),
        "question_ms_p95": cuts[94],
        "question_ms_p99": cuts[98],
    }
    for name, value in figures.items():
        sys.stdout.write(f"{name:24} {value:8.2f}\n")
    return {name: round(value, 4) for name, value in figures.items()}


def _seconds(command: list[str], environ: dict[str, str]) -> float:
    start = time.perf_counter()
    subprocess.run(command, env=environ, cwd=_ROOT, stdout=subprocess.DEVNULL, check=True)
    return time.perf_counter() - start
