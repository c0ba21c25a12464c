"""A folder of text files → articles, and the files that could not be read with their reasons."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

from bot.corpus.layout import parse_article
from bot.corpus.tables import LayoutTables
from bot.errors import ArticleError, CorpusError
from bot.model import Article, Progress, Rejection

MAX_FILE_BYTES = 20_000_000


@dataclass(frozen=True, slots=True)
class SourceFile:
    """
    One file of the corpus folder.

    Attributes:
        file: Its path below the folder, with forward slashes.
        path: Where it is.
        size: Bytes.
        modified: Nanoseconds since the epoch.
    """

    file: str
    path: Path
    size: int
    modified: int


@dataclass(frozen=True, slots=True)
class Corpus:
    """Every article of a folder in the order of the file names, and what could not be read."""

    articles: tuple[Article, ...]
    rejections: tuple[Rejection, ...]


def list_source_files(folder: Path) -> list[SourceFile]:
    """
    List the articles of a folder and of the folders in it.

    Returns:
        Every ``*.txt`` in the order of its path; hidden files and folders are left out.

    Raises:
        CorpusError: The folder is missing, is not a folder, cannot be read, or holds no ``.txt`` file.
    """
    if not folder.is_dir():
        raise CorpusError(
            f"corpus folder not found: {folder}",
            f"Không tìm thấy thư mục bài báo: {folder}. Hãy tạo thư mục, chép các tệp .txt vào, "
            "hoặc đặt HOIBAO_CORPUS tới thư mục khác.",
        )
    found = []
    try:
        for path in sorted(folder.rglob("*.txt")):
            below = path.relative_to(folder)
            if path.is_file() and not any(part.startswith(".") for part in below.parts):
                stat = path.stat()
                found.append(SourceFile(below.as_posix(), path, stat.st_size, stat.st_mtime_ns))
    except OSError as error:
        raise CorpusError(
            f"cannot list {folder}: {error}", f"Không đọc được thư mục bài báo: {folder}. Hãy kiểm tra quyền truy cập."
        ) from error
    if not found:
        raise CorpusError(
            f"no .txt file in {folder}",
            f"Thư mục {folder} chưa có bài báo nào (tệp .txt). Hãy chép bài vào rồi chạy lại.",
        )
    return found


def content_hash(source: SourceFile) -> str:
    """Hash the bytes of a file (BLAKE2b, 16 bytes, hex); an unreadable file has the hash of nothing."""
    try:
        return hashlib.blake2b(source.path.read_bytes(), digest_size=16).hexdigest()
    except OSError:
        return hashlib.blake2b(b"", digest_size=16).hexdigest()


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
