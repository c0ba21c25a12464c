"""Articles → screens: the list of them, their pages, and a passage among its neighbours."""

from collections.abc import Callable

from bot.answering.answers import cite
from bot.language.sentences import split_sentences
from bot.model import Article, Hit, Kind, Passage
from bot.telegram_app import phrases
from bot.telegram_app.buttons import ArticlePress, Button, PassagePress, RestrictPress, Rows, SourcesPress, View
from bot.telegram_app.library import Library, article_key
from bot.telegram_app.rendering import PAGE, Screen, copied_citation, page_buttons, render_citation
from bot.telegram_app.rich_text import (
    BOLD,
    ITALIC,
    LIMIT,
    QUOTE,
    Rich,
    fit,
    join,
    mark,
    pieces_of,
    rich,
    shorten,
    utf16,
)
from bot.wording import moment

_SOURCES_A_PAGE = 8
_MOST_TITLE, _MOST_LABEL = 200, 60


def render_sources(library: Library, page: int) -> Screen:
    """
    List the articles, numbered from 1, with buttons to read each or to ask only that one.

    Args:
        library: The articles.
        page: From 0; one past the last shows the last.
    """
    count = len(library.articles)
    pages = -(-count // _SOURCES_A_PAGE)
    page = min(page, pages - 1)
    parts = [rich(phrases.SOURCES.format(count=count))]
    rows: list[tuple[Button, ...]] = []
    for number in range(page * _SOURCES_A_PAGE, min((page + 1) * _SOURCES_A_PAGE, count)):
        article = library.articles[number]
        title = article.title or phrases.UNTITLED
        parts.append(rich(f"{number + 1}. ") + rich(shorten(title, _MOST_TITLE), BOLD) + _facts(article, before="\n"))
        key = article_key(article.file)
        rows.append(
            (
                Button(f"{number + 1}. {shorten(title, _MOST_LABEL)}", ArticlePress(key).data),
                Button(f"🔎 {number + 1}", RestrictPress(key).data),
            )
        )
    turning = page_buttons([SourcesPress(turn).data for turn in range(pages)], page)
    return Screen(join(parts, "\n\n"), (*rows, *((turning,) if turning else ())))


def render_article(
    library: Library, article: Article, page: int, press: Callable[[int], str] | None = None, back: Rows = ()
) -> Screen:
    """
    Lay out one page of an article, paragraphs numbered.

    Args:
        library: The articles.
        article: To be read.
        page: From 0; one past the last shows the last.
        press: What the button of a page carries; `ArticlePress` when None.
        back: Rows below those that turn pages; when empty, to ask this article only and to the list.
    """
    pages, _ = article_pages(library, article)
    page = min(page, len(pages) - 1)
    key = article_key(article.file)
    carried = press or (lambda turn: ArticlePress(key, turn).data)
    turning = page_buttons([carried(turn) for turn in range(len(pages))], page)
    below = back or ((Button(phrases.ONLY_HERE, RestrictPress(key).data), Button(phrases.LIST, SourcesPress().data)),)
    return Screen(pages[page], (*((turning,) if turning else ()), *below))


def article_pages(library: Library, article: Article) -> tuple[list[Rich], dict[int, int]]:
    """
    Lay out a whole article in pages.

    Returns:
        The pages, each of at most `PAGE` UTF-16 units; and for each passage, by its place in `Library.passages`, the
        page on which it begins. Nothing of the article is left out.
    """
    blocks: list[tuple[int, Rich]] = [(-1, rich(part)) for part in _pieces(article.kicker or "")]
    blocks += [(-1, rich(part, BOLD)) for part in _pieces(article.title or phrases.UNTITLED)]
    facts = _facts(article)
    blocks += [(-1, facts)] if facts.length else []
    for place, passage in enumerate(library.passages(article)):
        if passage.kind is Kind.METADATA:
            continue
        for number, piece in enumerate(_pieces(passage.text)):
            blocks.append((place, _block(passage, piece, first=number == 0)))
    pages: list[Rich] = []
    begins: dict[int, int] = {}
    for place, block in blocks:
        if pages and pages[-1].length + 2 + block.length <= PAGE:
            pages[-1] = pages[-1] + "\n\n" + block
        else:
            pages.append(block)
        begins.setdefault(place, len(pages) - 1)
    return pages, begins


def page_of(library: Library, article: Article, passage: Passage) -> int:
    """The page of an article on which a passage begins."""
    _, begins = article_pages(library, article)
    return begins.get(place_of(library, article, passage), 0)


def place_of(library: Library, article: Article, passage: Passage) -> int:
    """The place of a passage in `Library.passages`, 0 when it is not there."""
    passages = library.passages(article)
    return passages.index(passage) if passage in passages else 0


def render_context(library: Library, hit: Hit, back: Rows) -> Screen:
    """
    Lay out a passage with the paragraphs before and after it; where all three do not fit, the neighbours are cut.

    Args:
        library: The articles.
        hit: The passage, with what is marked in it.
        back: Rows of buttons.
    """
    article = library.article_of(hit.passage.file)
    passages = library.passages(article) if article else []
    place = passages.index(hit.passage) if hit.passage in passages else 0
    shown = [at for at, passage in enumerate(passages) if passage.kind in (Kind.LEAD, Kind.PARAGRAPH)]
    before = [passages[at] for at in shown if at < place][-1:]
    after = [passages[at] for at in shown if at > place][:1]
    citation = render_citation(hit.citation, hit.passage, library)
    room = LIMIT - citation.length - 16
    middle_end = fit(hit.passage.text, room)
    middle = mark(hit.passage.text, (0, middle_end), hit.answer, hit.highlights)
    room = (room - middle.length) // max(len(before) + len(after), 1)
    parts: list[Rich] = []
    if before and room > 100:
        text = before[0].text
        start = _last_start(text, room - 12)
        parts.append((rich("…" if start else "") + _block(before[0], text[start:], first=True)).within(QUOTE))
    parts.append(middle)
    if after and room > 100:
        text = after[0].text
        end = fit(text, room - 12)
        parts.append((_block(after[0], text[:end], first=True) + ("…" if end < len(text) else "")).within(QUOTE))
    return Screen(join([*parts, citation]), back)


def render_passage(library: Library, article: Article, place: int, page: int = 0) -> Screen:
    """
    Lay out one passage that a link opened.

    Args:
        library: The articles.
        article: It stands in this one.
        place: In `Library.passages`.
        page: Of a passage too long for one message, from 0.
    """
    hit = as_hit(library, article, place)
    spans = pieces_of(hit.passage.text, PAGE - 500) or [(0, 0)]
    page = min(page, len(spans) - 1)
    text = hit.passage.text[slice(*spans[page])]
    key = article_key(article.file)
    turning = page_buttons([PassagePress(key, place, View.REST, turn).data for turn in range(len(spans))], page)
    rows = (
        *((turning,) if turning else ()),
        (
            Button(phrases.CONTEXT, PassagePress(key, place, View.CONTEXT).data),
            Button(phrases.WHOLE, PassagePress(key, place, View.ARTICLE).data),
        ),
        (Button(phrases.ONLY_HERE, RestrictPress(key).data), Button(phrases.COPY, copies=copied_citation(hit))),
    )
    return Screen(join([rich(text), render_citation(hit.citation, hit.passage, library)], "\n\n"), rows)


def as_hit(library: Library, article: Article, place: int) -> Hit:
    """A passage as a hit with nothing marked; the first one for a place that does not exist."""
    passages = library.passages(article)
    passage = passages[place] if place < len(passages) else passages[0]
    return Hit(1, 0.0, passage, cite(article, passage), (0, 0), (), ())


def _block(passage: Passage, text: str, *, first: bool) -> Rich:
    if passage.kind is Kind.HEADING:
        return rich(text, BOLD)
    if passage.kind is Kind.CAPTION:
        return rich(("📷 " if first else "") + text, ITALIC)
    return rich(f"[{passage.paragraph}] " if first and passage.paragraph is not None else "") + rich(text)


def _facts(article: Article, before: str = "") -> Rich:
    facts = [article.source, moment(article.published) if article.published else None, ", ".join(article.authors)]
    known = shorten(" · ".join(fact for fact in facts if fact), _MOST_TITLE)
    return rich(before + known) if known else Rich()


def _pieces(text: str) -> list[str]:
    return [text[first:last] for first, last in pieces_of(text, PAGE - 20)]


def _last_start(text: str, limit: int) -> int:
    """Where the last sentences begin that fit in so many units."""
    start = len(text)
    for first, _ in reversed(split_sentences(text)):
        if utf16(text[first:]) > limit:
            break
        start = first
    return start if start < len(text) else max(0, len(text) - limit // 2)
