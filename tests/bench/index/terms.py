"""The same terms for every engine: those of an archive's passages, and questions to it, written once and read by each."""

import json
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
from scipy.sparse import csc_array

from bot.bootstrap import index_root
from bot.config import Settings
from bot.evaluation.gold import load_gold
from bot.language.analyzer import FOLDED, analyze, passage_terms
from bot.language.reading import load_tables
from bot.retrieval.collection import Terminology
from bot.retrieval.index_file import open_build, open_index
from bot.retrieval.terms import View

QUESTIONS = 240
"""Half of them from judged questions over the seeds, half from the archive's own paragraphs."""
_SYLLABLES = 7  # a run of so many gives about 27 terms: syllables, pairs and words, with and without diacritics
_GOLD = Path(__file__).parents[2] / "gold"
_SEED = 27


@dataclass(frozen=True, slots=True)
class Terms:
    """
    An archive as terms.

    Attributes:
        passages: The terms of each passage, with repeats.
        questions: The terms of each question, each once.
    """

    passages: list[list[str]]
    questions: list[list[str]]


def write_terms(settings: Settings, folder: Path) -> dict[str, float]:
    """Write the terms of an archive that has a current index, and tell how many there are."""
    build = open_build(index_root(settings))
    columns = build.index.okapi.columns
    size = len(build.index.passages)
    rows = csc_array((columns.counts, columns.passages, columns.starts), shape=(size, len(columns.idf))).tocsr()
    counts = rows.data.astype(np.int64)
    sums = np.concatenate([[0], np.cumsum(counts)])
    folder.mkdir(parents=True, exist_ok=True)
    ids = np.repeat(rows.indices.astype(np.int32), counts)
    np.save(folder / "ids.npy", ids)
    np.save(folder / "starts.npy", sums[rows.indptr])
    words = _written(build.terminology)
    (folder / "words.txt").write_text("\n".join(words), "utf-8", newline="\n")
    questions = _questions(settings)
    (folder / "questions.json").write_text(json.dumps(questions, ensure_ascii=False), "utf-8")
    return {
        "passages": size,
        "terms": len(words),
        "terms_a_passage": round(len(ids) / size, 1),
        "questions": len(questions),
        "terms_a_question": round(sum(map(len, questions)) / len(questions), 1),
    }


def read_terms(folder: Path) -> Terms:
    """Read what `write_terms` wrote; equal terms are one string."""
    words = (folder / "words.txt").read_text("utf-8").split("\n")
    starts = np.load(folder / "starts.npy").tolist()
    ids = np.load(folder / "ids.npy", mmap_mode="r")
    word = words.__getitem__
    passages = [list(map(word, ids[start:end].tolist())) for start, end in pairwise(starts)]
    return Terms(passages, read_questions(folder))


def read_questions(folder: Path) -> list[list[str]]:
    """Read the questions that `write_terms` wrote."""
    return json.loads((folder / "questions.json").read_text("utf-8"))


def gold_files() -> list[Path]:
    """The judged questions over the seeds."""
    return sorted(_GOLD.glob("seeds_*.jsonl"))


def _written(terminology: Terminology) -> list[str]:
    """Every term as `passage_terms` writes it, by its column."""
    lexicon, known = terminology.lexicon, terminology.terms
    keys, folded, runs = list(lexicon.ids), lexicon.folded, list(lexicon.runs)
    words = [""] * len(known)
    for key, column in zip(known.keys.tolist(), known.columns.tolist(), strict=True):
        view, first, second = View(key >> 60), key >> 30 & (1 << 30) - 1, key & (1 << 30) - 1
        if view is View.SYLLABLE:
            words[column] = keys[first]
        elif view is View.FOLDED:
            words[column] = FOLDED + folded[first]
        elif view is View.BIGRAM:
            words[column] = f"{keys[first]} {keys[second]}"
        elif view is View.FOLDED_BIGRAM:
            words[column] = f"{FOLDED}{folded[first]} {folded[second]}"
        elif view is View.WORD:
            words[column] = f"{keys[first]}_{keys[second]}"
        else:
            words[column] = runs[first]
    return words


def _questions(settings: Settings) -> list[list[str]]:
    random = np.random.default_rng(_SEED)
    index, _ = open_index(index_root(settings))
    gold = [question.question for question in load_gold(gold_files())]
    asked = [gold[at] for at in random.permutation(len(gold))]
    paragraphs = (index.passages[at].text for at in random.permutation(len(index.passages)).tolist())
    abbreviations = load_tables().abbreviations
    questions = []
    for texts in (iter(asked), paragraphs):
        wanted = len(questions) + QUESTIONS // 2
        for text in texts:
            syllables = text.split()
            if len(syllables) >= _SYLLABLES:
                first = int(random.integers(len(syllables) - _SYLLABLES + 1))
                run = " ".join(syllables[first : first + _SYLLABLES])
                questions.append(list(dict.fromkeys(passage_terms(analyze(run, abbreviations)))))
            if len(questions) == wanted:
                break
    return questions
