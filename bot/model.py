"""The values that flow through the program: frozen, and free of any behaviour that needs the outside world."""

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Protocol


class Kind(StrEnum):
    """What part of an article a passage is."""

    PARAGRAPH = "paragraph"
    LEAD = "lead"
    HEADING = "heading"
    CAPTION = "caption"
    METADATA = "metadata"


class FactLabel(StrEnum):
    """What begins the lines of the facts about an article: whoever writes them and whoever looks for one agree on it."""

    RUBRIC = "Chuyên mục:"
    PUBLISHED = "Ngày đăng:"
    AUTHOR = "Tác giả:"
    SOURCE = "Nguồn:"


@dataclass(frozen=True, slots=True)
class Paragraph:
    """
    One paragraph of the body, or the lead.

    Attributes:
        number: Position among lead and body paragraphs, from 1.
        text: The article's own text, NFC, spaces folded.
        section: Heading of the section it stands in, or None.
    """

    number: int
    text: str
    section: str | None = None


@dataclass(frozen=True, slots=True)
class Caption:
    """
    A photo caption.

    Attributes:
        text: The caption as printed, with the line of its credit.
        credit: Who took the photo, or None.
        section: Heading of the section it stands in, or None.
    """

    text: str
    credit: str | None = None
    section: str | None = None


@dataclass(frozen=True, slots=True)
class Article:
    """
    One source file, parsed.

    Attributes:
        file: Path below the corpus folder, with forward slashes.
        title: The headline.
        kicker: The rubric printed above the headline, or None.
        source: Full name of the newspaper, or None when the article names none.
        source_tag: The tag as printed ("BDK"), or None.
        published: With a time when the article gives one, else a date, or None.
        date_line: The part of the line that gives the date, as printed, or None.
        authors: Names in printed order.
        byline: The line or lines that name them, as printed, or None.
        lead: The opening paragraph where the layout sets it apart, or None.
        sections: Headings, in order.
        paragraphs: The body in order; the lead is not among them.
        captions: In order, each once.
    """

    file: str
    title: str
    kicker: str | None = None
    source: str | None = None
    source_tag: str | None = None
    published: datetime | date | None = None
    date_line: str | None = None
    authors: tuple[str, ...] = ()
    byline: str | None = None
    lead: str | None = None
    sections: tuple[str, ...] = ()
    paragraphs: tuple[Paragraph, ...] = ()
    captions: tuple[Caption, ...] = ()


@dataclass(frozen=True, slots=True)
class Rejection:
    """A file that could not be indexed: its path below the corpus folder, and why (Vietnamese)."""

    file: str
    reason: str


@dataclass(frozen=True, slots=True)
class Passage:
    """
    The unit of retrieval: a paragraph or a part of one, a heading, a caption, or the facts about the article.

    Attributes:
        file: The article's `Article.file`.
        kind: What part of the article it is.
        text: The text shown; offsets everywhere count its code points.
        paragraph: Number of the (first) paragraph it shows, from 1; None for headings, captions and metadata.
        section: Heading of its section, or None.
        names: Places that the surrounding article or section is about, shared by every passage of it.
    """

    file: str
    kind: Kind
    text: str
    paragraph: int | None = None
    section: str | None = None
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Citation:
    """Where a passage stands, in the words of the article."""

    file: str
    title: str
    source: str | None
    published: datetime | date | None
    authors: tuple[str, ...]
    section: str | None
    paragraph: int | None


Span = tuple[int, int]
"""``(start, end)`` code points of a passage's text, end exclusive."""


@dataclass(frozen=True, slots=True)
class TermShare:
    """One term's part in a score: the words it stands for, and what it added (BM25, weighted)."""

    term: str
    share: float


@dataclass(frozen=True, slots=True)
class Hit:
    """
    A passage that was found.

    Attributes:
        rank: From 1.
        score: Unitless, comparable within one answer only.
        passage: What was found.
        citation: Where it stands.
        answer: The sentence that answers.
        highlights: Matched terms, in order, not overlapping.
        missing: Key terms of the question that neither the passage nor its article's context has, as typed.
        shares: Each term's share of the score, largest first.
    """

    rank: int
    score: float
    passage: Passage
    citation: Citation
    answer: Span
    highlights: tuple[Span, ...]
    missing: tuple[str, ...]
    shares: tuple[TermShare, ...] = field(default=(), compare=False)


class Status(StrEnum):
    """Whether the articles answer."""

    ANSWERED = "answered"
    NOT_FOUND = "not_found"


class Wanted(StrEnum):
    """A type of answer that a question may ask for, and that the articles may not give."""

    NUMBER = "number"
    TOTAL = "total"
    SHARE = "share"
    TIME = "time"
    PERSON = "person"
    NAME = "name"
    REASON = "reason"
    SUPERLATIVE = "superlative"


@dataclass(frozen=True, slots=True)
class Scope:
    """
    Where to look; None does not limit.

    Attributes:
        file: The one article, by its `Article.file`.
        source: The newspaper, by its name or a part of it.
        since: First day of publication.
        until: Last day of publication.
    """

    file: str | None = None
    source: str | None = None
    since: date | None = None
    until: date | None = None


EVERYWHERE = Scope()
"""The scope that limits nothing."""


class SmallTalk(StrEnum):
    """What people say to a bot that is no question to the articles."""

    GREETING = "greeting"
    THANKS = "thanks"
    WHO = "who"
    FAREWELL = "farewell"


@dataclass(frozen=True, slots=True)
class Answer:
    """
    What the articles say to a question.

    Attributes:
        question: As the person typed it.
        understood_as: How it was read, where that differs from what was typed.
        status: With `not_found`, *hits* are the nearest passages and no answer.
        hits: Best first.
        missing: What the articles lack, as typed; empty when answered in full.
        corrected: Whether a typo was guessed at: the person should be asked whether this was meant.
        suggestions: With `not_found`, questions that the articles do answer.
        small_talk: What kind of small talk it was; then there are no hits.
        lacking: With `not_found`, the type of answer that the nearest passage lacks while it has most of the words; None when
            it is the words that are missing.
    """

    question: str
    understood_as: str | None
    status: Status
    hits: tuple[Hit, ...] = ()
    missing: tuple[str, ...] = ()
    corrected: bool = False
    suggestions: tuple[str, ...] = ()
    small_talk: SmallTalk | None = None
    lacking: Wanted | None = None


class Progress(Protocol):
    """Told how far a long piece of work has come."""

    def __call__(self, done: int, total: int) -> None:
        """Take note that *done* of *total* pieces are finished."""
