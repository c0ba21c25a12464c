"""A folder of text files → articles, and the files that could not be read with their reasons."""

from dataclasses import dataclass
from pathlib import Path

from bot.corpus.folder import SourceFile, list_source_files
from bot.corpus.layout import parse_article
from bot.corpus.tables import LayoutTables
from bot.errors import ArticleError, CorpusError
from bot.model import Article, Progress, Rejection

MAX_FILE_BYTES = 20_000_000


@dataclass(frozen=True, slots=True)
class Corpus:
    """Every article of a folder in the order of the file names, and what could not be read."""

    articles: tuple[Article, ...]
    rejections: tuple[Rejection, ...]


def load_article(source: SourceFile, tables: LayoutTables) -> Article:
    """
    Read and parse one file.

    Raises:
        ArticleError: It is too large, not UTF-8 text, or has no words; the Vietnamese message is the reason alone.
    """
    if source.size > MAX_FILE_BYTES:
        limit = MAX_FILE_BYTES // 1_000_000
        raise ArticleError(f"{source.file}: over {limit} MB", f"lớn hơn {limit} MB")
    try:
        raw = source.path.read_bytes()
    except OSError as error:
        raise ArticleError(f"{source.file}: {error}", "không đọc được tệp") from error
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ArticleError(f"{source.file}: {error}", "không phải văn bản UTF-8") from error
    if "\x00" in text:
        raise ArticleError(f"{source.file}: NUL bytes", "không phải tệp văn bản")
    if not any(character.isalnum() for character in text):
        raise ArticleError(f"{source.file}: empty", "tệp rỗng")
    article = parse_article(source.file, text, tables)
    if not article.title:
        raise ArticleError(f"{source.file}: nothing but page furniture", "không có nội dung bài báo")
    return article


def load_corpus(folder: Path, tables: LayoutTables, progress: Progress | None = None) -> Corpus:
    """
    Read every article of a folder.

    Args:
        folder: Where the ``.txt`` files are.
        tables: Source tags and furniture.
        progress: Told after each file.

    Returns:
        The articles in the order of their paths, and the files left out.

    Raises:
        CorpusError: There is no folder, no file in it, or none that can be read.
    """
    sources = list_source_files(folder)
    articles, rejections = [], []
    for done, source in enumerate(sources, start=1):
        try:
            articles.append(load_article(source, tables))
        except ArticleError as error:
            rejections.append(Rejection(source.file, error.vietnamese))
        if progress is not None:
            progress(done, len(sources))
    if not articles:
        reasons = "; ".join(f"{rejection.file}: {rejection.reason}" for rejection in rejections[:5])
        raise CorpusError(
            f"no readable article in {folder}: {reasons}",
            f"Không đọc được bài báo nào trong {folder} ({reasons}). Hãy kiểm tra các tệp .txt (UTF-8).",
        )
    return Corpus(tuple(articles), tuple(rejections))
