"""The articles as buttons and links name them: by short keys that stay the same from start to start."""

import base64
import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from bot.model import Article, Passage
from bot.retrieval.index import Index

_LINK = re.compile(r"a_([a-z2-7]{10})_(\d{1,6})")


def article_key(file: str) -> str:
    """Make a short key of an article's file: ten letters and digits, fit for a button and for a link."""
    digest = hashlib.blake2b(file.encode("utf-8", "surrogatepass"), digest_size=10).digest()
    return base64.b32encode(digest).decode("ascii").lower()[:10]


@dataclass(frozen=True)
class Library:
    """
    The articles of an index.

    Attributes:
        index: Of the corpus.
        username: The bot's, without ``@``; empty when it is not known, and then there are no links.
    """

    index: Index
    username: str = ""
    _by_key: dict[str, int] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_by_key", {article_key(file): place for place, file in enumerate(self.index.files)})

    @property
    def articles(self) -> Sequence[Article]:
        """In the order of their files."""
        return self.index.articles

    def article(self, key: str) -> Article | None:
        """Find an article by its key."""
        place = self._by_key.get(key)
        return None if place is None else self.articles[place]

    def article_of(self, file: str) -> Article | None:
        """Find an article by its file."""
        place = self.index.place_of(file)
        return None if place is None else self.articles[place]

    def passages(self, article: Article) -> list[Passage]:
        """The passages of an article, in order."""
        return self.index.passages_of(article)

    def at_paragraph(self, article: Article, paragraph: int) -> int:
        """Find the passage that shows a paragraph: its place in `passages`, 0 when there is none."""
        found, at = 0, 0
        for place, passage in enumerate(self.passages(article)):
            if passage.paragraph is not None and at < passage.paragraph <= paragraph:
                found, at = place, passage.paragraph
        return found

    def link(self, file: str, paragraph: int | None) -> str | None:
        """Make the address that opens an article at a paragraph in a chat with the bot."""
        if not self.username:
            return None
        return f"https://t.me/{self.username}?start=a_{article_key(file)}_{paragraph or 0}"

    def linked(self, payload: str) -> tuple[Article, int] | None:
        """
        Read what such an address carries.

        Returns:
            The article and the place of the passage in `passages`, or None when it names no article of these.
        """
        match = _LINK.fullmatch(payload)
        article = self.article(match[1]) if match else None
        return (article, self.at_paragraph(article, int(match[2]))) if match and article else None
