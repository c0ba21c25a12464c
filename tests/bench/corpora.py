"""Made-up archives for benchmarks: Vietnamese-like articles with a Zipf vocabulary around the seed articles."""

import re
import shutil
from collections import Counter
from datetime import date, timedelta
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import numpy as np

SEEDS = Path(__file__).parent.parent.parent / "seeds"
PASSAGES_AN_ARTICLE = 15
"""Of a made-up article: its facts, its lead and thirteen paragraphs."""
_EXPONENT, _SHIFT = 1.05, 2.7  # of Zipf's law as Mandelbrot has it: 1 / (rank + shift) ** exponent
_FIRST_DAY = date(2010, 1, 1)
_SURNAMES = "Nguyễn Trần Lê Phạm Hoàng Huỳnh Phan Vũ Võ Đặng Bùi Đỗ Hồ Ngô Dương Lý".split()
_SOURCES = ("Báo Sông Hậu", "Báo Miền Đông", "Báo Cao Nguyên", "Báo Ven Biển")


@cache
def _words() -> tuple[list[str], np.ndarray]:
    """Words, the likeliest first, and the sums of their shares: those of the seeds, then general Vietnamese, shuffled."""
    text = " ".join(path.read_text("utf-8") for path in sorted(SEEDS.glob("*.txt"))).lower()
    counted = Counter(re.findall(r"[^\W\d_]+", text))
    spec = find_spec("underthesea")
    if spec is None or spec.origin is None:
        raise RuntimeError("underthesea is not installed")
    listed = Path(spec.origin).parent.joinpath("corpus", "data", "Viet39K.txt").read_text("utf-8").lower().splitlines()
    general = sorted({" ".join(word.split()) for word in listed} - counted.keys() - {""})
    np.random.default_rng(39).shuffle(general)
    words = [word for word, _ in counted.most_common()] + general
    shares = 1 / (np.arange(len(words)) + _SHIFT) ** _EXPONENT
    return words, np.cumsum(shares / shares.sum())


def make_corpus(folder: Path, passages: int, seed: int = 2026) -> None:
    """
    Write an archive.

    Args:
        folder: Made; the seed articles are copied into it as they are, made-up ones stand around them.
        passages: About how many passages there are to be, the seeds' 76 among them.
        seed: The same one gives the same archive.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for path in SEEDS.glob("*.txt"):
        shutil.copy(path, folder / path.name)
    random = np.random.default_rng(seed)
    for number in range(max(passages - 76, 0) // PASSAGES_AN_ARTICLE):
        below = folder / f"{number // 1000:04d}"
        below.mkdir(exist_ok=True)
        below.joinpath(f"{number:07d}.txt").write_text(_article(number, random), "utf-8")


def sample_words(random: np.random.Generator, count: int) -> list[str]:
    """Draw words; one in a hundred and fifty is a number."""
    words, sums = _words()
    drawn = np.minimum(np.searchsorted(sums, random.random(count)), len(words) - 1).tolist()
    numbers = (random.random(count) < 1 / 150).nonzero()[0].tolist()
    found = [words[at] for at in drawn]
    for at in numbers:
        found[at] = str(random.integers(2, 9000))
    return found


def _article(number: int, random: np.random.Generator) -> str:
    day = _FIRST_DAY + timedelta(days=int(random.integers(0, 6000)))
    place = " ".join(word.split(" ")[0].title() for word in sample_words(random, 2))
    title = f"Huyện {place}: {' '.join(sample_words(random, 9))}".strip()
    lines = [title, f"Thứ Hai, {day:%d/%m/%Y} | {random.integers(6, 22)}:{random.integers(10, 60)}"]
    lines += [_paragraph(random) for _ in range(PASSAGES_AN_ARTICLE - 1)]
    surname = _SURNAMES[int(random.integers(len(_SURNAMES)))]
    given = " ".join(word.split(" ")[0].title() for word in sample_words(random, 2))
    lines += [f"{surname} {given}", f"Nguồn: {_SOURCES[number % len(_SOURCES)]}"]
    return "\n\n".join(lines) + "\n"


def _paragraph(random: np.random.Generator) -> str:
    sentences = []
    for length in random.integers(9, 24, size=int(random.integers(3, 6))).tolist():
        sentence = " ".join(sample_words(random, length))
        sentences.append(f"{sentence[:1].upper()}{sentence[1:]}.")
    return " ".join(sentences)
