"""Words of several syllables, from underthesea: the only module that imports it."""

import logging
import threading
import unicodedata
from collections.abc import Callable, Sequence
from itertools import accumulate

from bot.language.tokens import Token

_log = logging.getLogger(__name__)
# word_tokenize loads its model on the first call and is not safe to enter from two threads before that.
_loading = threading.Lock()
_loaded = threading.Event()


def segment_words(text: str, tokens: Sequence[Token], cut: Callable[[str], list[str]] | None = None) -> list[tuple[int, int]]:
    """
    Group tokens into words of two syllables and more.

    Args:
        text: NFC text in one line.
        tokens: Its tokens, from `tokenize`.
        cut: What cuts a text into words, from `load_bulk_segmenter`; underthesea's own function when None.

    Returns:
        ``(first, last)`` token positions of each word with at least two tokens, in order. Empty when the segmenter fails
        on the text: search then works on syllables alone.
    """
    try:
        pieces = (cut or _word_tokenize)(text)
    except BaseException as error:  # its Rust core has panicked on odd combining marks, and a panic is no Exception
        if not isinstance(error, Exception) and type(error).__name__ != "PanicException":
            raise
        _log.warning("word segmentation failed on a text of %d characters; using syllables", len(text))
        return []
    # The segmenter inserts and drops spaces and moves tone marks, but keeps every other character: count those.
    spaces_before = [0, *accumulate(map(str.isspace, text))]
    first_by_ink = {token.start - spaces_before[token.start]: position for position, token in enumerate(tokens)}
    last_by_ink = {token.end - spaces_before[token.end]: position for position, token in enumerate(tokens)}
    groups = []
    ink = 0
    for piece in pieces:
        width = len("".join(unicodedata.normalize("NFC", piece).split()))
        if " " in piece:
            first, last = first_by_ink.get(ink), last_by_ink.get(ink + width)
            if first is not None and last is not None and last > first:
                groups.append((first, last))
        ink += width
    if ink != len(text) - spaces_before[-1]:
        return []
    return groups


def load_segmenter() -> None:
    """Load what `segment_words` takes, which takes longer than an answer may, before the first text comes."""
    segment_words("tải mô hình", [])


def _word_tokenize(text: str) -> list[str]:
    from underthesea import word_tokenize  # loads numpy and a model: only when words are wanted

    if not _loaded.is_set():
        with _loading:
            word_tokenize("tải mô hình")
            _loaded.set()
    return list(word_tokenize(text))
