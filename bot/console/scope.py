"""Where to look, as it is typed on the command line: `--bai`, `--nguon`, `--tu`, `--den`."""

import re
from calendar import monthrange
from datetime import date

from bot.errors import ConfigurationError
from bot.model import Scope
from bot.retrieval.index import Index
from bot.retrieval.retriever import sources_like

_DATE = re.compile(r"(?:(?:(?P<day>\d{1,2})[/.-])?(?P<month>\d{1,2})[/.-])?(?P<year>(?:19|20)\d\d)", re.ASCII)
_ISO_DATE = re.compile(r"(?P<year>(?:19|20)\d\d)-(?P<month>\d{1,2})(?:-(?P<day>\d{1,2}))?", re.ASCII)
_LISTED = 8  # names of newspapers that a message lists


def read_scope(index: Index, article: str | None, source: str | None, since: str | None, until: str | None) -> Scope:
    """
    Read the options that limit where to look.

    Args:
        index: Of the corpus.
        article: Number of an article as `sources` lists them, or its file.
        source: Name of a newspaper or a part of it, with or without diacritics.
        since: A day, month or year: 9/3/2021, 2021-03-09, 3/2021, 2021.
        until: The same; a month or year counts to its end.

    Raises:
        ConfigurationError: There is no such article or newspaper, or a date is none.
    """
    return Scope(
        None if article is None else _file_of(index, article),
        None if source is None else _source(index, source),
        None if since is None else _day(since, last=False),
        None if until is None else _day(until, last=True),
    )


def _file_of(index: Index, article: str) -> str:
    if index.place_of(article) is not None:
        return article
    if article.isdecimal() and 1 <= int(article) <= len(index.files):
        return index.files[int(article) - 1]
    raise ConfigurationError(
        f"no such article: {article}",
        f"Không có bài “{article}”. Cho biết số của bài, từ 1 đến {len(index.files)}, hoặc tên tệp; xem: hoibao sources.",
    )


def _source(index: Index, source: str) -> str:
    if not source.strip() or not sources_like(index, source):
        names = ", ".join(index.facts.sources[:_LISTED]) or "các bài không ghi nguồn"
        raise ConfigurationError(f"no such source: {source}", f"Không có báo nào tên “{source}”. Có: {names}.")
    return source


def _day(written: str, *, last: bool) -> date:
    found = _DATE.fullmatch(written.strip()) or _ISO_DATE.fullmatch(written.strip())
    if found is None:
        raise _not_a_date(written)
    try:
        year, month = int(found["year"]), int(found["month"] or (12 if last else 1))
        return date(year, month, int(found["day"] or (monthrange(year, month)[1] if last else 1)))
    except ValueError as error:
        raise _not_a_date(written) from error


def _not_a_date(written: str) -> ConfigurationError:
    return ConfigurationError(
        f"not a date: {written}", f"“{written}” không phải ngày tháng. Viết như 9/3/2021, 3/2021 hoặc 2021."
    )
