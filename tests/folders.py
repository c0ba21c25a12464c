"""What tests do with a corpus folder by hand, step by step, in their own process."""

from dataclasses import dataclass
from pathlib import Path

from bot.corpus.folder import list_source_files
from bot.corpus.passages import split_passages
from bot.corpus.reader import load_article
from bot.corpus.tables import LayoutTables, load_layout_tables
from bot.errors import ArticleError
from bot.language.abbreviations import Abbreviations
from bot.model import Article, Rejection
from bot.retrieval.index import Build, build_index


@dataclass(frozen=True)
class Loaded:
    """Every article of a folder in the order of the file names, and what could not be read."""

    articles: tuple[Article, ...]
    rejections: tuple[Rejection, ...]


def load_folder(folder: Path, tables: LayoutTables | None = None) -> Loaded:
    """List the files of a folder and read each."""
    tables = tables or load_layout_tables()
    articles, rejections = [], []
    for source in list_source_files(folder):
        try:
            articles.append(load_article(source, tables))
        except ArticleError as error:
            rejections.append(Rejection(source.file, error.vietnamese))
    return Loaded(tuple(articles), tuple(rejections))


def build_folder(folder: Path, abbreviations: Abbreviations) -> Build:
    """Read a folder and build the index over it, in memory."""
    loaded = load_folder(folder)
    passages = [split_passages(article) for article in loaded.articles]
    return build_index(loaded.articles, passages, abbreviations, loaded.rejections)
