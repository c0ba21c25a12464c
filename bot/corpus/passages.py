"""Articles → passages, the units of retrieval."""

from bot.corpus.names import scope_names
from bot.language.sentences import split_sentences
from bot.model import Article, FactLabel, Kind, Paragraph, Passage

MAX_CHARACTERS = 2400
"""A longer paragraph is split at sentences: it would not fit one Telegram message with its citation, and hides its answer."""
MIN_CHARACTERS = 40
"""A shorter one joins its neighbour: too little to be an answer by itself."""


def split_passages(article: Article) -> list[Passage]:
    """
    Cut an article into passages.

    Args:
        article: A parsed article.

    Returns:
        The facts about the article (`Kind.METADATA`), then lead and paragraphs with each section's heading before them,
        then captions. Nothing of the article's text is lost: the paragraphs of the passages, joined by spaces, are the
        article's paragraphs, joined by spaces.
    """
    names = scope_names(article)
    everywhere = tuple(dict.fromkeys(name for shared in names.values() for name in shared))
    passages = [Passage(article.file, Kind.METADATA, metadata_text(article), names=everywhere)]
    if article.lead is not None:
        passages += [Passage(article.file, Kind.LEAD, part, 1, None, names[None]) for part in _split_long(article.lead)]
    headed: set[str] = set()
    for paragraph in _join_short(article.paragraphs):
        section = paragraph.section
        if section is not None and section not in headed:
            headed.add(section)
            passages.append(Passage(article.file, Kind.HEADING, section, None, section, names[section]))
        passages += [
            Passage(article.file, Kind.PARAGRAPH, part, paragraph.number, section, names[section])
            for part in _split_long(paragraph.text)
        ]
    for heading in article.sections:
        if heading not in headed:
            headed.add(heading)
            passages.append(Passage(article.file, Kind.HEADING, heading, None, heading, names[heading]))
    passages += [
        Passage(article.file, Kind.CAPTION, caption.text, None, caption.section, names[caption.section])
        for caption in article.captions
    ]
    return passages


def metadata_text(article: Article) -> str:
    """
    Put what an article says about itself into lines that a question can find.

    Returns:
        The title, then a line each for date, authors and source as the article prints them; only what is known.
    """
    lines = [article.title]
    if article.kicker:
        lines.append(f"{FactLabel.RUBRIC} {article.kicker}")
    if article.date_line:
        lines.append(f"{FactLabel.PUBLISHED} {article.date_line}")
    if article.byline:
        lines.append(f"{FactLabel.AUTHOR} {article.byline}")
    if article.source:
        tag = f" ({article.source_tag})" if article.source_tag else ""
        lines.append(f"{FactLabel.SOURCE} {article.source}{tag}")
    return "\n".join(lines)


def _join_short(paragraphs: tuple[Paragraph, ...]) -> list[Paragraph]:
    """Join a short paragraph to the one after it, or to the one before where none follows in its section."""
    joined: list[Paragraph] = []
    for paragraph in paragraphs:
        previous = joined[-1] if joined else None
        neighbours = previous is not None and previous.section == paragraph.section
        if (
            previous is not None
            and neighbours
            and (
                len(previous.text) < MIN_CHARACTERS
                or (len(paragraph.text) < MIN_CHARACTERS and len(previous.text) < MAX_CHARACTERS)
            )
        ):
            joined[-1] = Paragraph(previous.number, f"{previous.text} {paragraph.text}", paragraph.section)
        else:
            joined.append(paragraph)
    return joined


def _split_long(text: str) -> list[str]:
    """Split at sentences into parts of about equal length; a single sentence over the limit is split at spaces."""
    if len(text) <= MAX_CHARACTERS:
        return [text]
    pieces: list[tuple[int, int]] = []
    for first, end in split_sentences(text):
        start = first
        while end - start > MAX_CHARACTERS:
            cut = text.rfind(" ", start, start + MAX_CHARACTERS)
            cut = cut if cut > start else start + MAX_CHARACTERS
            pieces.append((start, cut))
            start = cut + (text[cut : cut + 1] == " ")
        pieces.append((start, end))
    parts = -(-len(text) // MAX_CHARACTERS)
    target = len(text) / parts
    spans: list[tuple[int, int]] = []
    for start, end in pieces:
        if spans and end - spans[-1][0] <= MAX_CHARACTERS and spans[-1][1] - spans[-1][0] < target:
            spans[-1] = (spans[-1][0], end)
        else:
            spans.append((start, end))
    return [text[start:end] for start, end in spans]
