"""Answers → screens: a text within Telegram's limits, and the rows of buttons under it."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.journal.journal import Votes
from bot.model import Answer, Citation, Hit, Passage, Span, Status
from bot.telegram_app import phrases
from bot.telegram_app.buttons import AnswerPress, Button, NothingPress, QuestionPress, Rows, View
from bot.telegram_app.library import Library
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
from bot.wording import NO_QUESTION, NOT_FOUND, SMALL_TALK, citation_parts, lacks

PAGE = 3500
"""UTF-16 units of a page of a longer text: less than a message may hold, since a phone shows no more at once."""
_MOST_SENTENCE, _MOST_NOTE, _MOST_TITLE, _MOST_PART = 1200, 240, 300, 160
_MOST_LABEL = 150  # UTF-16 units; a keyboard holds ten kilobytes


@dataclass(frozen=True, slots=True)
class Screen:
    """What a message shows: its text, and the rows of its buttons."""

    text: Rich
    rows: Rows = ()


@dataclass(frozen=True, slots=True)
class Shown:
    """
    An answer as it is shown in a message.

    Attributes:
        answer: To be shown.
        number: Its number in the journal.
        only: Title of the one article that was searched, or None for all.
        asked_by_button: Then the question is shown as well, since no message holds it.
    """

    answer: Answer
    number: int
    only: str | None = None
    asked_by_button: bool = False


def render_answer(shown: Shown, library: Library, votes: Votes | None = None) -> Screen:
    """
    Lay out an answer: the sentence that answers, the passage it stands in, where that is from, and what to do next.

    Args:
        shown: The answer.
        library: Names articles in links.
        votes: On the answer so far.

    Returns:
        A text of at most `LIMIT` UTF-16 units. A passage that does not fit is cut at a sentence, and one of the buttons
        shows the rest.
    """
    answer = shown.answer
    if answer.small_talk is not None:
        return Screen(rich(SMALL_TALK[answer.small_talk]))
    head = [rich(phrases.ASKED) + rich(shorten(answer.question, _MOST_NOTE), ITALIC)] if shown.asked_by_button else []
    if answer.status is Status.NOT_FOUND:
        return _render_refusal(shown, head, library, votes)
    hit = answer.hits[0]
    tail = [render_citation(hit.citation, hit.passage, library), *_notes(shown)]
    room = LIMIT - join([*head, *tail]).length - 4
    body, cut = _render_hit(hit, room, sentence_first=True)
    press = _presses(shown)
    rows: list[tuple[Button, ...]] = []
    if cut:
        rows.append((Button(phrases.READ_ON, press(View.REST)),))
    more = len(answer.hits) - 1
    first = (Button(f"{phrases.MORE} ({more})", press(View.MORE, 1)),) if more else ()
    rows.append((*first, Button(phrases.CONTEXT, press(View.CONTEXT)), Button(phrases.WHOLE, press(View.ARTICLE, 0))))
    rows.append((Button(phrases.EVERYWHERE, press(View.ALL)) if shown.only else Button(phrases.ONLY_HERE, press(View.ONLY)),))
    rows.append((*vote_buttons(shown.number, votes), Button(phrases.COPY, copies=copied_citation(hit))))
    return Screen(join([*head, body, *tail]), tuple(rows))


def render_more(shown: Shown, library: Library, first: int) -> Screen:
    """
    Lay out further passages of an answer, as many whole ones as fit.

    Args:
        shown: The answer.
        library: Names articles in links.
        first: Position of the first hit to show, from 0.

    Returns:
        At least one passage, where there is any; one that does not fit by itself is cut, and a button shows the rest.
    """
    hits = shown.answer.hits
    press = _presses(shown)
    first = max(0, min(first, len(hits) - 1))
    parts: list[Rich] = []
    after, cut = first, False
    answered = shown.answer.status is Status.ANSWERED
    while after < len(hits) and not cut:
        label = rich(phrases.PASSAGE_OF.format(number=after + 1, count=len(hits)), BOLD)
        citation = render_citation(hits[after].citation, hits[after].passage, library)
        used = join([*parts, label, citation], "\n\n").length + 8
        body, cut = _render_hit(hits[after], LIMIT - used, sentence_first=False, strong=answered)
        if parts and cut:
            break
        parts.append(join([label, body, citation]))
        after += 1
    rows: list[tuple[Button, ...]] = []
    if cut and after == first + 1:
        rows.append((Button(phrases.READ_ON, press(View.REST, first * 1000)),))
    onward = [Button(phrases.BACK, press(View.HOME))]
    if after < len(hits):
        onward.append(Button(f"{phrases.MORE} ({len(hits) - after})", press(View.MORE, after)))
    rows.append(tuple(onward))
    return Screen(join(parts, "\n\n"), tuple(rows))


def render_rest(shown: Shown, library: Library, number: int) -> Screen:
    """
    Lay out what was cut off a passage.

    Args:
        shown: The answer.
        library: Names articles in links.
        number: A thousand times the position of the hit, plus the page.
    """
    at, page = divmod(number, 1000)
    hit = shown.answer.hits[min(at, len(shown.answer.hits) - 1)]
    press = _presses(shown)
    pages = pieces_of(hit.passage.text, PAGE - 500)
    page = min(page, len(pages) - 1)
    strong = hit.answer if shown.answer.status is Status.ANSWERED else None
    text = mark(hit.passage.text, pages[page], strong, hit.highlights)
    turning = page_buttons([press(View.REST, at * 1000 + turn) for turn in range(len(pages))], page)
    rows = (*((turning,) if turning else ()), (Button(phrases.BACK, press(View.HOME)),))
    return Screen(join([text, render_citation(hit.citation, hit.passage, library)], "\n\n"), rows)


def render_citation(citation: Citation, passage: Passage, library: Library) -> Rich:
    """Lay out where a passage stands: title in italics, linked where it can be, then source, date, author, place."""
    link = library.link(citation.file, citation.paragraph)
    title = rich(shorten(citation.title, _MOST_TITLE) or phrases.UNTITLED, ITALIC)
    parts = [shorten(part, _MOST_PART) for part in citation_parts(citation, passage)]
    return (title.within(link) if link else title) + (f" — {', '.join(parts)}" if parts else "")


def render_sent(hit: Hit, answer: Answer, library: Library) -> Rich:
    """Lay out a passage that a person sends to others from inline mode: the question, then as in an answer."""
    question = rich(phrases.ASKED) + rich(shorten(answer.question, _MOST_NOTE), ITALIC)
    citation = render_citation(hit.citation, hit.passage, library)
    body, _ = _render_hit(hit, LIMIT - question.length - citation.length - 4, sentence_first=True)
    return join([question, body, citation])


def render_refusal_line(answer: Answer) -> Rich:
    """Say that the articles do not answer, and what they lack."""
    return join([rich(NOT_FOUND), *_notes(Shown(answer, 0))])


def excerpt(text: str, sentence: Span, terms: Sequence[Span], limit: int) -> str:
    """
    Take the part of a sentence that has most of the matched terms.

    Args:
        text: The passage.
        sentence: The sentence in it.
        terms: Matched terms, in order.
        limit: Most characters.

    Returns:
        The sentence when it is short enough, else a part of it between ellipses, cut at words.
    """
    start, end = _trimmed(text, sentence)
    inside = [span for span in terms if start <= span[0] and span[1] <= end]
    if end - start <= limit or not inside:
        return shorten(text[start:end], limit)
    room = limit - 2
    counts = [
        sum(span[1] - span[0] for span in inside if first <= span[0] and span[1] <= first + room // 2) for first, _ in inside
    ]
    at = inside[counts.index(max(counts))][0]
    at = max(start, min(at - room // 4, end - room))
    if at > start:
        at = text.find(" ", at, end) + 1 or at
    return ("…" if at > start else "") + shorten(text[at:end], room)


def copied_citation(hit: Hit, limit: int = 256) -> str:
    """The citation as a person pastes it, within the units that a button can copy; what is longest gives way."""
    parts = [f"“{hit.citation.title or phrases.UNTITLED}”", *citation_parts(hit.citation, hit.passage)]
    while (over := utf16(", ".join(parts)) - limit) > 0:
        longest = max(range(len(parts)), key=lambda at: utf16(parts[at]))
        parts[longest] = shorten(parts[longest], max(utf16(parts[longest]) - over, 10))
    return ", ".join(parts)


def vote_buttons(number: int, votes: Votes | None) -> tuple[Button, Button]:
    """The two buttons of a vote, with how many there are."""
    good, bad = (votes.good, votes.bad) if votes else (0, 0)
    return (
        Button(f"{phrases.GOOD} {good or ''}".rstrip(), AnswerPress(number, View.GOOD).data),
        Button(f"{phrases.BAD} {bad or ''}".rstrip(), AnswerPress(number, View.BAD).data),
    )


def question_rows(questions: Sequence[str]) -> Rows:
    """Questions as buttons, one a row: a pressed one is asked as it is labelled."""
    return tuple(
        (Button(shorten(question, _MOST_LABEL), QuestionPress(number).data),) for number, question in enumerate(questions)
    )


def page_buttons(pages: Sequence[str], page: int) -> tuple[Button, ...]:
    """Buttons to turn pages, of which each is given by what its button carries; none when there is one page."""
    if len(pages) < 2:
        return ()
    back = (Button("‹", pages[page - 1]),) if page else ()
    onward = (Button("›", pages[page + 1]),) if page + 1 < len(pages) else ()
    return (*back, Button(f"{page + 1}/{len(pages)}", NothingPress().data), *onward)


def _render_refusal(shown: Shown, head: list[Rich], library: Library, votes: Votes | None) -> Screen:
    answer = shown.answer
    press = _presses(shown)
    asked = bool(answer.hits or answer.missing or answer.understood_as)
    parts = [*head, rich(NOT_FOUND if asked else NO_QUESTION), *_notes(shown)]
    rows: list[tuple[Button, ...]] = []
    tail = [rich("\n" + phrases.SUGGESTIONS)] if answer.suggestions else []
    if answer.hits:
        hit = answer.hits[0]
        parts.append(rich("\n" + phrases.NEAREST))
        tail.insert(0, render_citation(hit.citation, hit.passage, library))
        room = LIMIT - join([*parts, *tail]).length - 4
        body, cut = _render_hit(hit, room, sentence_first=False, strong=False)
        parts.append(body)
        if cut:
            rows.append((Button(phrases.READ_ON, press(View.REST)),))
    rows += question_rows(answer.suggestions)
    if shown.only:
        rows.append((Button(phrases.EVERYWHERE, press(View.ALL)),))
    if len(answer.hits) > 1:
        rows.append((Button(f"{phrases.MORE} ({len(answer.hits) - 1})", press(View.MORE, 1)),))
    if asked:
        rows.append(vote_buttons(shown.number, votes))
    return Screen(join([*parts, *tail]), tuple(rows))


def _notes(shown: Shown) -> list[Rich]:
    answer, notes = shown.answer, []
    if answer.missing:
        notes.append(rich(phrases.MISSING + shorten(", ".join(answer.missing), _MOST_NOTE)))
    if answer.lacking is not None:
        notes.append(rich(lacks(answer.lacking)))
    if answer.understood_as is not None:
        label = phrases.CORRECTED if answer.corrected else phrases.UNDERSTOOD
        notes.append(rich(label) + rich(shorten(answer.understood_as, _MOST_NOTE), ITALIC))
    if shown.only:
        notes.append(rich(phrases.ONLY_IN) + rich(shorten(shown.only, _MOST_NOTE), ITALIC))
    return notes


def _render_hit(hit: Hit, room: int, *, sentence_first: bool, strong: bool = True) -> tuple[Rich, bool]:
    """
    Lay out a passage in at most so many UTF-16 units.

    Returns:
        The text, and whether anything of the passage was cut off.
    """
    text, sentence = hit.passage.text, hit.answer
    parts: list[Rich] = []
    if sentence_first:
        start, end = _trimmed(text, sentence)
        stop = fit(text[:end], min(_MOST_SENTENCE, room // 2), start)
        parts.append(mark(text, (start, stop), (start, stop), hit.highlights) + ("…" if stop < end else ""))
        if stop == end and (start, end) == _trimmed(text, (0, len(text))):
            return parts[0], False  # the passage is that one sentence: once is enough
        room -= parts[0].length + 1
    stop = fit(text, room - 1)
    passage = mark(text, (0, stop), sentence if strong else None, hit.highlights) + ("…" if stop < len(text) else "")
    parts.append(passage.within(QUOTE))
    return join(parts), stop < len(text)


def _trimmed(text: str, span: Span) -> Span:
    start, end = span
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return start, end


def _presses(shown: Shown) -> "_Presses":
    return _Presses(shown.number)


@dataclass(frozen=True, slots=True)
class _Presses:
    number: int

    def __call__(self, view: View, number: int = 0) -> str:
        return AnswerPress(self.number, view, number).data
