"""
Text → tokens with offsets: syllables, numbers, dates and document codes under one key for all their spellings.

This is the layer below words: it needs no model, loads at once, and keeps exact offsets into the text it is given.
"""

import re
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

from bot.language.normalize import fold, syllable_key

# What is written right behind a number is a word of its own: "1.200m2", "45.000đ", "19h30", "50k", "100hộ". Of single letters
# only units are: "ấp 5B" and "mạng 3G" are names.
_BEHIND_NUMBER = r"(?i:(?:[kc]?m[23²³]?|[kđ]|ha|kg|vnđ|usd)(?![^\W_])|h(?![^\W\d_]))|[^\W\d_A-ZĐ]{2}"
_TOKEN = re.compile(
    r"(?P<date>\b\d{1,2}[-/.]\d{1,2}[-/.](?:19|20)\d{2}\b)"
    # Possessive: no number is cut between its digits.
    rf"|(?P<number>\d++(?:[.,]\d++)*+(?:(?![^\W\d_])|(?={_BEHIND_NUMBER})))"
    # "19h30", "năm2024", "NQ21" and "kp1" (letters without a vowel), but "lieu6" is VNI for "liêu"
    r"|(?P<word>(?<=\d)[hH](?=\d)|[^\W\d_]{2,}(?=(?:19|20)\d\d(?![^\W_]))|[A-ZĐ]{2,5}(?=\d{2,}(?![^\W_]))"
    r"|(?![kc]?m[23²³])(?i:[bcdđghklmnpqrstvx]{1,4})(?=\d+(?![^\W_]))|[^\W_]+)"
)
_THOUSANDS = re.compile(r"(\d{1,3}(?:\.\d{3})+)(?:,(\d+))?")
_ROMAN = re.compile(r"(?=[ivxl])(xl|l?x{0,3})(ix|iv|v?i{0,3})")
# Words after which even a single letter is a Roman numeral: quý I, loại V, khóa XII, lần thứ X, Đại hội XI.
_ACCENTED_BEFORE_ROMAN = frozenset("khóa loại quí hạng thứ hội đh bảng cấp chương phần mục quận tập kì lớp".split())
_BEFORE_ROMAN = _ACCENTED_BEFORE_ROMAN.union(map(fold, _ACCENTED_BEFORE_ROMAN))  # or typed bare; but "ký" is no "kỳ"
_ROMAN_VALUE = {"i": 1, "v": 5, "x": 10, "l": 50}
_SPELLED_DATE = re.compile(
    r"\bng[àa]y\s+(\d{1,2})\s+th[áa]ng\s+(\d{1,2})(?:\s+n[ăa]m\s+|\s*[/-]\s*)((?:19|20)\d{2})\b", re.IGNORECASE
)


Run = tuple[str, ...]
"""Keys in a row."""


class Token(NamedTuple):
    """
    One syllable, number or date of a text.

    Attributes:
        key: What it is searched as: "đảng", "1441", "12" for XII, "2021-03-09" for a date.
        start: Code point where it begins in the text.
        end: Code point after its last one.
        numeric: True for numbers, Roman numerals and dates.
    """

    key: str
    start: int
    end: int
    numeric: bool = False

    @property
    def folded(self) -> str:
        """The key without diacritics."""
        return fold(self.key)


def tokenize(text: str) -> list[Token]:
    """
    Cut NFC text into tokens.

    Args:
        text: One line of text as `clean_text` gives it.

    Returns:
        Tokens in the order of the text. A date also yields its year as a token of its own, at the year's place, so that
        "năm 2021" finds 9-3-2021. Tokens never overlap otherwise.
    """
    spelled = {match.start(1): match for match in _SPELLED_DATE.finditer(text)}
    tokens: list[Token] = []
    skip_until = 0
    for match in _TOKEN.finditer(text):
        start, end = match.span()
        if start < skip_until:
            continue
        kind, written = match.lastgroup, match[0]
        if start in spelled:
            whole = spelled[start]
            day, month, year = whole.groups()
            tokens += _date_tokens(day, month, year, start, whole.end())
            skip_until = whole.end()
        elif kind == "word":
            tokens.append(_word_token(written, start, end, tokens))
        elif kind == "number":
            tokens.append(Token(number_key(written), start, end, numeric=True))
        else:
            day, month, year = re.split(r"[-/.]", written)
            tokens += _date_tokens(day, month, year, start, end)
    return tokens


def run_of(phrase: str) -> Run:
    """The keys of a phrase."""
    return tuple(token.key for token in tokenize(phrase))


def longest_by_head(runs: Iterable[Run]) -> dict[str, int]:
    """
    Find how many keys to look at where a run of a table may begin: nearly none begins with just any key.

    >>> longest_by_head([("bao", "nhiêu"), ("bao", "nhiêu", "là"), ("ai",)])
    {'bao': 3, 'ai': 1}
    """
    longest: dict[str, int] = {}
    for run in runs:
        if run:
            longest[run[0]] = max(len(run), longest.get(run[0], 0))
    return longest


def longest_runs(keys: Sequence[str], known: Container[Run], longest: Mapping[str, int]) -> Iterator[tuple[int, int]]:
    """
    Find the runs of a table among some keys.

    Args:
        keys: To look in.
        known: The runs.
        longest: From `longest_by_head` of them.

    Yields:
        First and last position of each, in order; the longest that fits, not overlapping.
    """
    position = 0
    while position < len(keys):
        for width in range(min(longest.get(keys[position], 0), len(keys) - position), 0, -1):
            if tuple(keys[position : position + width]) in known:
                yield position, position + width - 1
                position += width - 1
                break
        position += 1


def number_key(written: str) -> str:
    """
    Reduce a written number to one form.

    >>> number_key("1.441"), number_key("05"), number_key("102,85"), number_key("2.9"), number_key("1.441,5")
    ('1441', '5', '102,85', '2,9', '1441,5')
    """
    grouped = _THOUSANDS.fullmatch(written)
    if grouped:
        whole, fraction = grouped[1].replace(".", ""), grouped[2]
    else:
        whole, _, fraction = written.replace(".", ",").partition(",")
    whole = whole.lstrip("0") or "0"
    return f"{whole},{fraction}" if fraction else whole


def is_date(key: str) -> bool:
    """
    Tell whether a numeric key is a date or a year.

    >>> is_date("2021-03-09"), is_date("2024"), is_date("1441")
    (True, True, False)
    """
    return "-" in key or (len(key) == 4 and key.isdigit() and key.startswith(("19", "20")))


@lru_cache(maxsize=65536)
def roman_value(letters: str) -> int | None:
    """
    Read a Roman numeral from I to LXXXIX.

    >>> roman_value("XIII"), roman_value("mix")
    (13, None)
    """
    lowered = letters.lower()
    if not lowered or not _ROMAN.fullmatch(lowered):
        return None
    total = 0
    for letter, following in zip(lowered, [*lowered[1:], ""], strict=True):
        value = _ROMAN_VALUE[letter]
        total += -value if following and value < _ROMAN_VALUE[following] else value
    return total


def _date_tokens(day: str, month: str, year: str, start: int, end: int) -> list[Token]:
    full = Token(f"{year}-{int(month):02d}-{int(day):02d}", start, end - len(year), numeric=True)
    return [full, Token(year, end - len(year), end, numeric=True)]


def _word_token(written: str, start: int, end: int, before: list[Token]) -> Token:
    key, value = _read_word(written)
    if value is not None:
        after_cue = bool(before) and (before[-1].key in _BEFORE_ROMAN or (before[-1].numeric and len(written) > 1))
        if after_cue or (written.isupper() and len(written) > 1):
            return Token(str(value), start, end, numeric=True)
    return Token(key, start, end)


@lru_cache(maxsize=65536)
def _read_word(written: str) -> tuple[str, int | None]:
    """The key of a word as a syllable, and its value as a Roman numeral."""
    return syllable_key(written), roman_value(written)
