"""Screens of any answer: accepted by the strict server's own parser, within the limits, with nothing lost."""

import sys
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "e2e" / "telegram"))

from botapi.formatting import TextFormatter
from botapi.markup import parse_markup
from botapi.utf16 import utf16_len

from bot.journal.journal import Votes
from bot.model import Answer, Article, Citation, Hit, Kind, Paragraph, Passage, Status, Wanted
from bot.telegram_app.buttons import AnswerPress, View, parse_press
from bot.telegram_app.library import Library
from bot.telegram_app.outbox import keyboard, plain_form
from bot.telegram_app.reading import article_pages, render_context, render_passage, render_sources
from bot.telegram_app.rendering import (
    PAGE,
    Screen,
    Shown,
    copied_citation,
    render_answer,
    render_more,
    render_rest,
    render_sent,
)
from bot.telegram_app.rich_text import fit, mark, pieces_of, rich, shorten, utf16

SERVER = TextFormatter(lambda _: False)
WORDS = st.sampled_from(
    [
        "xã",
        "Cà Mau",
        "đảng viên",
        "<b>",
        "</i>",
        "&",
        "&nbsp;",
        "😀",
        "12.400",
        "TP.",
        "a" * 90,
        "?",
        "!",
        ".",
        "…",
        "\n",
        '"',
    ]
)
PROSE = st.lists(WORDS, min_size=1, max_size=60).map(" ".join)
LONG = st.builds(lambda text, times: " ".join([text] * times), PROSE, st.integers(1, 60)).map(lambda text: text[:9000])
ANY = st.text(min_size=1, max_size=300)


def accept(screen: Screen) -> None:
    """Let the server's own parser read a screen."""
    if not screen.text.plain.strip():
        return
    body = SERVER.message_text(screen.text.html, "HTML", None, too_long="too long")
    assert len(body.entities) <= 100
    assert utf16_len(plain_form(screen)) <= 4096
    parse_markup(keyboard(screen.rows))
    for row in screen.rows:
        for button in row:
            assert button.copies or parse_press(button.data) is not None


@st.composite
def hits(draw: st.DrawFn, count: int) -> tuple[Hit, ...]:
    found = []
    for rank in range(1, count + 1):
        text = draw(LONG | ANY | PROSE)
        bounds = sorted(draw(st.lists(st.integers(0, len(text)), min_size=2, max_size=2)))
        cuts = sorted(set(draw(st.lists(st.integers(0, len(text)), max_size=120))))
        passage = Passage("a.txt", draw(st.sampled_from(Kind)), text, draw(st.none() | st.integers(1, 999)))
        title, source, section = draw(ANY | LONG), draw(st.none() | ANY), draw(st.none() | LONG)
        citation = Citation("a.txt", title, source, None, (draw(ANY),), section, passage.paragraph)
        terms = tuple(zip(cuts[::2], cuts[1::2], strict=False))
        found.append(Hit(rank, 1.0, passage, citation, (bounds[0], bounds[1]), terms, ()))
    return tuple(found)


@st.composite
def answers(draw: st.DrawFn) -> Answer:
    return Answer(
        draw(ANY | LONG),
        draw(st.none() | ANY | LONG),
        draw(st.sampled_from(Status)),
        draw(hits(draw(st.integers(1, 3)))),
        tuple(draw(st.lists(ANY, max_size=30))),
        draw(st.booleans()),
        tuple(
            draw(
                st.lists(
                    st.text(min_size=1, alphabet="aăđờ ?<&").map(lambda text: "Ai " + text) | LONG.filter(str.strip), max_size=3
                )
            )
        ),
        lacking=draw(st.none() | st.sampled_from(Wanted)),
    )


class NoIndex:
    """As much of an index as screens of answers ask for."""

    articles = ()
    files = ()

    def place_of(self, file: str) -> None:
        return None


LIBRARY = Library(NoIndex(), "hoibao_bot")  # type: ignore[arg-type]


@given(answers(), st.none() | ANY | LONG, st.booleans())
def test_every_screen_of_an_answer_is_accepted(answer: Answer, only: str | None, by_button: bool) -> None:
    shown = Shown(answer, 36**6, only, by_button)
    accept(render_answer(shown, LIBRARY, Votes(1234, 5)))
    accept(render_context(LIBRARY, answer.hits[0], ()))
    accept(Screen(render_sent(answer.hits[0], answer, LIBRARY)))
    for number in range(len(answer.hits)):
        accept(render_more(shown, LIBRARY, number))
        accept(render_rest(shown, LIBRARY, 1000 * number + 2))
        assert utf16_len(copied_citation(answer.hits[number])) <= 256


@given(answers())
def test_what_was_cut_is_behind_the_button(answer: Answer) -> None:
    answer = replace(answer, status=Status.ANSWERED)
    text = answer.hits[0].passage.text
    shown = Shown(answer, 1)
    screen = render_answer(shown, LIBRARY)
    buttons = {button.label: button.data for row in screen.rows for button in row}
    if "Đọc tiếp" not in buttons:
        assert squeezed(text) in squeezed(screen.text.plain)
        return
    press = parse_press(buttons["Đọc tiếp"])
    assert isinstance(press, AnswerPress) and press.view is View.REST
    pages = pieces_of(text, PAGE - 500)
    for number, (start, end) in enumerate(pages):
        page = render_rest(shown, LIBRARY, press.number + number)
        assert squeezed(text[start:end]) in squeezed(page.text.plain)


@given(answers())
def test_more_passages_skips_none(answer: Answer) -> None:
    at, seen = 0, 0
    while at is not None:
        screen = render_more(Shown(answer, 1), LIBRARY, at)
        data = [button.data for row in screen.rows for button in row if button.label.startswith("Thêm đoạn")]
        press = parse_press(data[0]) if data else None
        after = press.number if isinstance(press, AnswerPress) else len(answer.hits)
        assert after > at
        for number in range(at, after):
            assert f"Đoạn {number + 1}/{len(answer.hits)}" in screen.text.plain
        seen, at = seen + after - at, after if press else None
    assert seen == len(answer.hits)


def squeezed(text: str) -> str:
    return "".join(rich(text).plain.split())


@given(LONG | ANY, st.integers(2, 5000))
def test_pieces_hold_everything(text: str, limit: int) -> None:
    spans = pieces_of(text, limit)
    assert all(utf16(text[start:end]) <= limit and end > start for start, end in spans)
    assert "".join("".join(text[start:end].split()) for start, end in spans) == "".join(text.split())


def test_a_cut_is_at_a_sentence() -> None:
    text = "Câu một nói về TP. Cà Mau. Câu hai dài hơn một chút. Câu ba."
    assert text[: fit(text, 40)] == "Câu một nói về TP. Cà Mau."
    assert text[: fit(text, 20)] == "Câu một nói về TP."[:18] or text[: fit(text, 20)].startswith("Câu một")
    assert text[: fit(text, 10)] == "Câu một"
    assert fit("abcdefgh", 3) == 3
    assert fit("😀😀", 3) == 1


@given(LONG | ANY, st.integers(2, 400))
def test_shortened_texts_fit(text: str, limit: int) -> None:
    assert utf16(shorten(text, limit)) <= limit


@given(LONG, st.lists(st.integers(0, 9000), max_size=300))
def test_marks_change_no_text(text: str, bounds: list[int]) -> None:
    cuts = sorted({bound for bound in bounds if bound <= len(text)})
    terms = tuple(zip(cuts[::2], cuts[1::2], strict=False))
    marked = mark(text, (0, len(text)), (0, len(text) // 2), terms)
    assert marked.plain == rich(text).plain
    assert marked.length == utf16(marked.plain)


class OneArticle:
    """An index of one article."""

    def __init__(self, article: Article, passages: list[Passage]) -> None:
        self.articles = [article]
        self.files = [article.file]
        self._passages = passages

    def passages_of(self, _: Article) -> list[Passage]:
        return self._passages

    def place_of(self, file: str) -> int | None:
        return 0 if file == "a.txt" else None


@given(ANY | LONG, st.lists(LONG | ANY, min_size=1, max_size=5), st.none() | LONG)
def test_article_pages_hold_the_article(title: str, texts: list[str], kicker: str | None) -> None:
    article = Article("a.txt", title, kicker=kicker, paragraphs=tuple(Paragraph(1, text) for text in texts))
    passages = [Passage("a.txt", Kind.METADATA, title)]
    passages += [Passage("a.txt", Kind.PARAGRAPH, text, number) for number, text in enumerate(texts, start=1)]
    library = Library(OneArticle(article, passages))  # type: ignore[arg-type]
    pages, begins = article_pages(library, article)
    for page in pages:
        assert page.length <= PAGE
        accept(Screen(page))
    whole = squeezed(" ".join(page.plain for page in pages))
    assert all(squeezed(text) in whole for text in (title, *texts) if text.strip())
    assert set(begins) >= {number for number, text in enumerate(texts, start=1) if text.strip()}
    accept(render_sources(library, 3))
    for place in range(len(passages)):
        accept(render_passage(library, article, place, 1))


@pytest.mark.parametrize("number", [0, 1, 36**12])
def test_answer_buttons_fit_whatever_the_number(number: int) -> None:
    press = AnswerPress(number, View.REST, 999_999_999)
    assert len(press.data.encode()) <= 64 and parse_press(press.data) == press
