"""Questions that the articles do answer, made from their titles, sections and places."""

from collections.abc import Sequence

from bot.model import Article, Hit, Kind
from bot.retrieval.index import Index

_COUNT = 3
_LOOKED_AT = 200  # articles that questions are made from


def suggest_questions(index: Index, near: Sequence[Hit] = (), count: int = _COUNT) -> tuple[str, ...]:
    """
    Offer questions that have an answer.

    Args:
        index: Of the corpus.
        near: Passages near to what was asked; their articles come first.
        count: Most questions to offer.

    Returns:
        At most *count* questions, one an article as far as there are articles: about a section, else about its date or
        author, all of which the article has.
    """
    nearest = [place for hit in near if (place := index.place_of(hit.passage.file)) is not None and place < _LOOKED_AT]
    places = dict.fromkeys([*nearest, *range(min(len(index.files), _LOOKED_AT))])
    asked: dict[str, None] = {}
    for offset in range(2):
        for place in places:
            possible = _questions(index, index.articles[place])
            if offset < len(possible):
                asked[possible[offset]] = None
            if len(asked) == count:
                return tuple(asked)
    return tuple(asked)


def _questions(index: Index, article: Article) -> list[str]:
    questions = []
    place = next(
        (passage.names[0] for passage in index.passages_of(article) if passage.names and passage.kind is not Kind.METADATA),
        None,
    )
    for section in article.sections[:1]:
        heading = section.rstrip(".:")
        if ":" in heading:
            at, _, topic = heading.partition(":")
            questions.append(f"{at.strip()} {_lowered(topic.strip())} như thế nào?")
        else:
            questions.append(f"{_lowered_place(place, heading)} như thế nào?")
    if article.published is not None:
        questions.append(f"Bài “{article.title}” đăng ngày nào?")
    if article.authors:
        questions.append(f"Ai là tác giả bài “{article.title}”?")
    if not questions:
        questions.append(article.title.rstrip(".?") + "?")
    return questions


def _lowered_place(place: str | None, heading: str) -> str:
    return f"{place} {_lowered(heading)}" if place else heading


def _lowered(text: str) -> str:
    return text[:1].lower() + text[1:]
