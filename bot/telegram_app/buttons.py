"""
Buttons, and what they carry: at most 64 bytes that mean the same after a restart.

    A:<answer>:<view>:<number>     an answer kept in the journal, its number in base 36
    P:<article>:<passage>:<view>:<number>   a passage that a link opened
    B:<article>:<page>             an article, paged
    S:<article>                    ask only this article from now on; `S:-` asks all again
    N:<page>                       the list of articles
    Q:<number>                     ask the question that the button is labelled with
    X                              a page number: nothing to do
"""

from dataclasses import dataclass
from enum import StrEnum

_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
NOTHING = "X"


class View(StrEnum):
    """What a button of an answer or a passage does; the letters stand in old messages, so they never change meaning."""

    HOME = "h"
    MORE = "m"
    CONTEXT = "c"
    ARTICLE = "t"
    REST = "r"
    ONLY = "o"
    ALL = "w"
    GOOD = "u"
    BAD = "d"


@dataclass(frozen=True, slots=True)
class Button:
    """A button: its label, and either the data it sends or the text it copies."""

    label: str
    data: str = ""
    copies: str = ""


Rows = tuple[tuple[Button, ...], ...]


@dataclass(frozen=True, slots=True)
class AnswerPress:
    """A button under an answer: its number in the journal, the view, and a number of the view's own."""

    answer: int
    view: View
    number: int = 0

    @property
    def data(self) -> str:
        """What the button carries."""
        return f"A:{base36(self.answer)}:{self.view}:{self.number}"


@dataclass(frozen=True, slots=True)
class PassagePress:
    """A button under a passage that a link opened."""

    article: str
    passage: int
    view: View
    number: int = 0

    @property
    def data(self) -> str:
        """What the button carries."""
        return f"P:{self.article}:{self.passage}:{self.view}:{self.number}"


@dataclass(frozen=True, slots=True)
class ArticlePress:
    """A page of an article."""

    article: str
    page: int = 0

    @property
    def data(self) -> str:
        """What the button carries."""
        return f"B:{self.article}:{self.page}"


@dataclass(frozen=True, slots=True)
class RestrictPress:
    """Ask one article only; with an empty key all of them again."""

    article: str = ""

    @property
    def data(self) -> str:
        """What the button carries."""
        return f"S:{self.article or '-'}"


@dataclass(frozen=True, slots=True)
class SourcesPress:
    """A page of the list of articles."""

    page: int = 0

    @property
    def data(self) -> str:
        """What the button carries."""
        return f"N:{self.page}"


@dataclass(frozen=True, slots=True)
class QuestionPress:
    """A question to ask: the label of the button itself."""

    number: int

    @property
    def data(self) -> str:
        """What the button carries."""
        return f"Q:{self.number}"


@dataclass(frozen=True, slots=True)
class NothingPress:
    """A button that only shows something."""

    data: str = NOTHING


Press = AnswerPress | PassagePress | ArticlePress | RestrictPress | SourcesPress | QuestionPress | NothingPress


def parse_press(data: str) -> Press | None:
    """Read what a button carries; None for what no button of ours ever carried."""
    kind, *parts = data.split(":")
    try:
        match kind, parts:
            case "A", [answer, view, number]:
                return AnswerPress(int(answer, 36), View(view), _count(number))
            case "P", [article, passage, view, number]:
                return PassagePress(article, _count(passage), View(view), _count(number))
            case "B", [article, page]:
                return ArticlePress(article, _count(page))
            case "S", [article]:
                return RestrictPress("" if article == "-" else article)
            case "N", [page]:
                return SourcesPress(_count(page))
            case "Q", [number]:
                return QuestionPress(_count(number))
            case "X", []:
                return NothingPress()
    except ValueError:
        pass
    return None


def base36(number: int) -> str:
    """
    Write a number, not negative, in base 36.

    >>> base36(0), base36(35), base36(36)
    ('0', 'z', '10')
    """
    digits = ""
    while number or not digits:
        number, digit = divmod(number, 36)
        digits = _DIGITS[digit] + digits
    return digits


def _count(written: str) -> int:
    if not written.isascii() or not written.isdecimal() or len(written) > 9:
        raise ValueError(written)
    return int(written)
