"""One text file → an article, or the reason why it cannot be read."""

from bot.corpus.folder import SourceFile
from bot.corpus.layout import parse_article
from bot.corpus.tables import LayoutTables
from bot.errors import ArticleError
from bot.model import Article

MAX_FILE_BYTES = 20_000_000


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
