"""Files → analyzed articles: a few in this process, many on all cores."""

import multiprocessing
import os
import signal
from collections import deque
from collections.abc import Callable, Generator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

from bot.corpus.folder import SourceFile
from bot.corpus.passages import split_passages
from bot.corpus.reader import load_article
from bot.corpus.tables import LayoutTables, load_layout_tables
from bot.errors import ArticleError
from bot.language.abbreviations import Abbreviations
from bot.language.bulk_words import load_bulk_segmenter
from bot.language.reading import load_tables
from bot.model import Rejection
from bot.retrieval.analysis import AnalyzedArticle, analyze_article

_MANY = 1_000_000  # bytes of articles: from here on, starting processes takes less time than it saves
_TASK = 100_000  # bytes of articles that a process is given at a time
_AHEAD = 8 * (os.cpu_count() or 1)  # tasks that are handed out ahead of the one whose articles are taken in

Analyzed = AnalyzedArticle | Rejection


@dataclass(frozen=True, slots=True)
class FileAnalyzer:
    """
    Reads, parses and analyzes one file.

    Attributes:
        layout: Tables of the parser.
        abbreviations: Short forms that are spelled out.
        cut: See `bot.language.words.segment_words`.
    """

    layout: LayoutTables
    abbreviations: Abbreviations
    cut: Callable[[str], list[str]] | None = None

    @classmethod
    def load(cls, tables: Path | None) -> "FileAnalyzer":
        """
        Read the tables that it takes.

        Raises:
            ConfigurationError: A table of the operator's is not understood.
        """
        return cls(load_layout_tables(tables), load_tables(tables).abbreviations)

    def __call__(self, source: SourceFile) -> Analyzed:
        """Analyze one file; when it cannot be read, say why."""
        try:
            article = load_article(source, self.layout)
        except ArticleError as error:
            return Rejection(source.file, error.vietnamese)
        return analyze_article(article, split_passages(article), self.abbreviations, self.cut)


def analyze_files(sources: Sequence[SourceFile], tables: Path | None) -> Generator[Analyzed, None, None]:
    """
    Read, parse and analyze articles.

    Args:
        sources: Files of the corpus.
        tables: The operator's folder of tables, or None.

    Yields:
        One value a file, in the same order: the article, or why it is left out.

    Raises:
        ConfigurationError: A table is not understood.
    """
    analyzer = FileAnalyzer.load(tables)
    if sum(source.size for source in sources) < _MANY:
        yield from map(analyzer, sources)
        return
    # A fresh interpreter each: a copy of one that has threads (the bot's) may wait for ever.
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(os.cpu_count(), context, _start_process, (analyzer,)) as pool:
        try:
            # A few at a time: whoever gives up, in the middle of this too, leaves no more than these to be finished.
            ahead: deque[Future[list[Analyzed]]] = deque()
            for task in _tasks(sources):
                ahead.append(pool.submit(_analyze_task, task))
                if len(ahead) == _AHEAD:
                    yield from ahead.popleft().result()
            while ahead:
                yield from ahead.popleft().result()
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def _tasks(sources: Sequence[SourceFile]) -> list[list[SourceFile]]:
    tasks: list[list[SourceFile]] = []
    room = 0
    for source in sources:
        if room <= 0:
            tasks.append([])
            room = _TASK
        tasks[-1].append(source)
        room -= source.size
    return tasks


# In a process of the pool

_analyzer: FileAnalyzer | None = None


def _start_process(analyzer: FileAnalyzer) -> None:
    # The tables come with it: the operator may be editing the files, and all of a build goes by the same ones.
    global _analyzer  # noqa: PLW0603  a process of the pool is started for one corpus
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches all of the group: the parent ends the pool
    _analyzer = replace(analyzer, cut=load_bulk_segmenter())


def _analyze_task(sources: Sequence[SourceFile]) -> list[Analyzed]:
    if _analyzer is None:
        raise RuntimeError("the process was not started for a corpus")
    return list(map(_analyzer, sources))
