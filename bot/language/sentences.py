"""Sentence spans of a Vietnamese paragraph, by offsets into its text."""

import re

# A full stop after one of these is part of the abbreviation, not the end of a sentence.
_ABBREVIATED = frozenset("tp tx tt ths ts pgs gs bs ks cn lm hcm q p h st tr vd đ t.p".split())
_END = re.compile(r"(?:\.{3}|…|[.!?])+[\"”’»)\]]*(?=\s|$)|\n")
_NEXT = re.compile(r"\s*(\S?)")
_INITIALS = re.compile(r"[^\W\d_](?:\.[^\W\d_])*")  # T.A. Nguyễn


def split_sentences(text: str) -> list[tuple[int, int]]:
    """
    Find the sentences of a paragraph.

    Args:
        text: A paragraph; line breaks, where there are any, end a sentence too.

    Returns:
        ``(start, end)`` offsets in order, white space at the ends left out; together they hold every character that is
        not white space. A stop inside a number, after an abbreviation (TP., ThS.) or an initial (T.A), or before a
        lower-case letter ends nothing.
    """
    spans: list[tuple[int, int]] = []
    start = 0
    for match in _END.finditer(text):
        if match[0] != "\n" and not _ends_sentence(text, match):
            continue
        _append_trimmed(spans, text, start, match.end())
        start = match.end()
    _append_trimmed(spans, text, start, len(text))
    return spans


def lines_of(text: str) -> list[tuple[int, int]]:
    """Find the lines of a text: ``(start, end)`` offsets in order, line breaks left out."""
    spans = []
    start = 0
    for line in text.split("\n"):
        spans.append((start, start + len(line)))
        start += len(line) + 1
    return spans


def _ends_sentence(text: str, match: re.Match[str]) -> bool:
    found = _NEXT.match(text, match.end())
    following = found[1] if found else ""
    if following and following.islower():
        return False
    if match[0] == "." and following:
        start = match.start()
        while start and (text[start - 1].isalnum() or text[start - 1] == "."):
            start -= 1
        word = text[start : match.start()]
        if word.lower() in _ABBREVIATED or (_INITIALS.fullmatch(word) and word.isupper()):
            return False
    return True


def _append_trimmed(spans: list[tuple[int, int]], text: str, start: int, end: int) -> None:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    if start < end:
        spans.append((start, end))
