"""Text with styles, measured as Telegram measures it, and written as its HTML or as plain text."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape
from itertools import pairwise

from bot.language.sentences import split_sentences
from bot.model import Span

LIMIT = 4096
"""Most UTF-16 units of a message, after its markup is read."""
MOST_MARKS = 30
"""Most marked terms of one text: Telegram shows a hundred styles in a message and drops the rest."""
BOLD, ITALIC, UNDERLINED, QUOTE = "b", "i", "u", "quote"
_LOOK_AHEAD = 40
_UNSENDABLE = re.compile("[\x00-\x08\x0b-\x1f\u2028-\u202e\ud800-\udfff]")

Run = tuple[str, tuple[str, ...]]
"""Text and its styles, the outermost first; a style is one of those above, or an address for a link."""


@dataclass(frozen=True, slots=True)
class Rich:
    """
    Styled text; joined with ``+``.

    Attributes:
        runs: In order.
    """

    runs: tuple[Run, ...] = ()

    def __add__(self, other: "Rich | str") -> "Rich":
        """Join two texts; a string has no style."""
        return Rich(self.runs + (rich(other) if isinstance(other, str) else other).runs)

    @property
    def plain(self) -> str:
        """The text without any style."""
        return "".join(text for text, _ in self.runs)

    @property
    def length(self) -> int:
        """UTF-16 units, as Telegram counts them."""
        return utf16(self.plain)

    @property
    def html(self) -> str:
        """
        The text as Telegram's HTML, every tag closed and all else escaped.

        >>> (rich("a<b ", "b") + rich("c", "b", "u") + " d").html
        '<b>a&lt;b <u>c</u></b> d'
        """
        parts: list[str] = []
        opened: list[str] = []
        for text, styles in self.runs:
            if not text:
                continue
            same = 0
            for before, now in zip(opened, styles, strict=False):
                if before != now:
                    break
                same += 1
            while len(opened) > same:
                parts.append(_closing(opened.pop()))
            for style in styles[same:]:
                parts.append(_opening(style))
                opened.append(style)
            parts.append(escape(text, quote=False))
        parts += [_closing(style) for style in reversed(opened)]
        return "".join(parts)

    def within(self, style: str) -> "Rich":
        """Put the whole text inside one more style."""
        return Rich(tuple((text, (style, *styles)) for text, styles in self.runs))


def rich(text: str, *styles: str) -> Rich:
    """Make styled text of a string; what Telegram cannot carry is left out."""
    return Rich(((_UNSENDABLE.sub("", text), styles),))


def join(parts: Iterable[Rich], between: str = "\n") -> Rich:
    """Join texts with a string between them."""
    runs: list[Run] = []
    for number, part in enumerate(parts):
        runs += [(between, ()), *part.runs] if number else part.runs
    return Rich(tuple(runs))


def mark(text: str, shown: Span, strong: Span | None, terms: Sequence[Span]) -> Rich:
    """
    Style a part of a passage: the answering sentence bold, matched terms underlined.

    Args:
        text: The passage.
        shown: The part of it to return.
        strong: The answering sentence, or None.
        terms: Matched terms, in order, not overlapping; at most `MOST_MARKS` of those shown are marked.
    """
    start, end = shown
    inside = [(max(a, start), min(b, end)) for a, b in terms if a < end and b > start][:MOST_MARKS]
    bounds = {start, end, *(bound for span in inside for bound in span)}
    if strong is not None:
        bounds |= {bound for bound in strong if start < bound < end}
    runs: list[Run] = []
    at = 0
    for first, last in pairwise(sorted(bounds)):
        while at < len(inside) and inside[at][1] <= first:
            at += 1
        styles = []
        if strong is not None and strong[0] <= first < strong[1]:
            styles.append(BOLD)
        if at < len(inside) and inside[at][0] <= first:
            styles.append(UNDERLINED)
        runs += rich(text[first:last], *styles).runs
    return Rich(tuple(runs))


def utf16(text: str) -> int:
    """Count the UTF-16 units of a text."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def fit(text: str, limit: int, start: int = 0) -> int:
    """
    Find where to cut a text so that a piece of it fits.

    Args:
        text: Any text.
        limit: Most UTF-16 units of the piece, at least 2.
        start: Where the piece begins.

    Returns:
        The end of the piece: of the text when the rest fits, else of the last sentence that does, or of the last word
        where the first sentence is too long by itself; always behind *start* unless the text ends there.
    """
    if utf16(text[start : start + limit + 1]) <= limit:
        return len(text)
    end, room = start, limit
    while end < len(text) and room >= (need := 2 if text[end] > "\uffff" else 1):
        room -= need
        end += 1
    if end == len(text):
        return end
    ahead = text[start : end + _LOOK_AHEAD]  # what follows tells whether a full stop ends a sentence
    ends = [start + last for _, last in split_sentences(ahead)]
    if start + len(ahead) < len(text):
        ends = ends[:-1]
    whole = max((last for last in ends if last <= end), default=start)
    if whole > start:
        return whole
    space = text.rfind(" ", start + 1, end)
    return space if space > start else end


def pieces_of(text: str, limit: int, start: int = 0) -> list[Span]:
    """Cut a text into pieces that fit, in order; together they hold all of it but the spaces between them."""
    spans: list[Span] = []
    while start < len(text):
        end = fit(text, limit, start)
        spans.append((start, end))
        start = end
        while start < len(text) and text[start].isspace():
            start += 1
    return spans


def shorten(text: str, limit: int) -> str:
    """
    Shorten a text to a number of UTF-16 units, at a word, with an ellipsis.

    >>> shorten("Thị trấn Giồng Trôm", 12)
    'Thị trấn…'
    """
    if utf16(text) <= limit:
        return text
    end, room = 0, limit - 1
    while room >= (need := 2 if text[end] > "\uffff" else 1):
        room -= need
        end += 1
    space = text.rfind(" ", 0, end + 1)
    return text[: space if space > end // 2 else end].rstrip(" ,;:") + "…"


def _opening(style: str) -> str:
    if style == QUOTE:
        return "<blockquote expandable>"
    return f'<a href="{escape(style)}">' if "://" in style else f"<{style}>"


def _closing(style: str) -> str:
    if style == QUOTE:
        return "</blockquote>"
    return "</a>" if "://" in style else f"</{style}>"
