"""Articles and passages as rows of JSON, and back."""

import json
from collections.abc import Mapping
from dataclasses import asdict
from datetime import date, datetime
from typing import Any

from bot.model import Article, Caption, Kind, Paragraph, Passage


def article_row(article: Article) -> bytes:
    """Write an article as one line of JSON."""
    row = asdict(article)
    row["published"] = article.published.isoformat() if article.published else None
    return _dumps(row)


def read_article(row: bytes) -> Article:
    """Read what `article_row` wrote."""
    values: Mapping[str, Any] = json.loads(row)
    return Article(
        **{
            **values,
            "published": _moment(values["published"]),
            "authors": tuple(values["authors"]),
            "sections": tuple(values["sections"]),
            "paragraphs": tuple(Paragraph(**paragraph) for paragraph in values["paragraphs"]),
            "captions": tuple(Caption(**caption) for caption in values["captions"]),
        }
    )


def passage_row(passage: Passage) -> bytes:
    """Write a passage as one line of JSON."""
    return _dumps([passage.file, passage.kind.value, passage.text, passage.paragraph, passage.section, passage.names])


def read_passage(row: bytes) -> Passage:
    """Read what `passage_row` wrote."""
    file, kind, text, paragraph, section, names = json.loads(row)
    return Passage(file, Kind(kind), text, paragraph, section, tuple(names))


def _dumps(row: Any) -> bytes:
    # Lone surrogates cannot be encoded as UTF-8; `\ud800` in JSON keeps them.
    try:
        return (json.dumps(row, ensure_ascii=False) + "\n").encode()
    except UnicodeEncodeError:
        return (json.dumps(row) + "\n").encode()


def _moment(written: str | None) -> datetime | date | None:
    if written is None:
        return None
    return datetime.fromisoformat(written) if "T" in written else date.fromisoformat(written)
