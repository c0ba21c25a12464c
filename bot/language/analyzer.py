"""Text → terms: one bag of words, syllables and bigrams, each with and without diacritics."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import pairwise
from typing import TypeVar

from bot.language.abbreviations import Abbreviations
from bot.language.normalize import clean_text
from bot.language.tokens import Run, Token, run_of, tokenize
from bot.language.words import segment_words

_T = TypeVar("_T")

FOLDED = "~"
"""Begins every term without diacritics, so that "~ban" never counts as the syllable "ban"."""


@dataclass(frozen=True, slots=True)
class AnalyzedText:
    """
    A text with its tokens and words.

    Attributes:
        text: As given.
        tokens: In order.
        words: ``(first, last)`` token positions of words of several syllables.
    """

    text: str
    tokens: tuple[Token, ...]
    words: tuple[tuple[int, int], ...]


def analyze(text: str, abbreviations: Abbreviations, own: Mapping[Run, Run] | None = None) -> AnalyzedText:
    """
    Cut a text of an article into tokens and words; line breaks separate, and no word goes across one.

    Args:
        text: As shown.
        abbreviations: Short forms with one reading are spelled out: NQ counts as nghị quyết.
        own: Short forms that the article defines itself, from `learn_definitions`.
    """
    return TextAnalyzer(abbreviations, own or {}).analyze(text)


class TextAnalyzer:
    """
    Cuts the texts of one article as `analyze` does; a line that stands in several of them (the title, the lead) once.

    Args:
        abbreviations: Short forms with one reading are spelled out.
        own: Short forms that the article defines itself.
        cut: See `segment_words`.
    """

    def __init__(
        self, abbreviations: Abbreviations, own: Mapping[Run, Run], cut: Callable[[str], list[str]] | None = None
    ) -> None:
        self._abbreviations, self._own, self._cut = abbreviations, own, cut
        self._lines: dict[str, tuple[list[Token], list[tuple[int, int]]]] = {}

    def analyze(self, text: str) -> AnalyzedText:
        """Cut one text into tokens and words."""
        tokens: list[Token] = []
        words: list[tuple[int, int]] = []
        offset = 0
        for line in text.split("\n"):
            known = self._lines.get(line)
            if known is None:
                known = self._lines[line] = self._analyze_line(line)
            own_tokens, own_words = known
            words += [(a + len(tokens), b + len(tokens)) for a, b in own_words] if tokens else own_words
            tokens += [Token(t.key, t.start + offset, t.end + offset, t.numeric) for t in own_tokens] if offset else own_tokens
            offset += len(line) + 1
        return AnalyzedText(text, tuple(tokens), tuple(words))

    def _analyze_line(self, line: str) -> tuple[list[Token], list[tuple[int, int]]]:
        written = tokenize(line)
        spelled = self._abbreviations.spell_out(line, written, self._own)
        return spelled, _words(line, written, spelled, self._cut)


def _words(
    line: str, written: Sequence[Token], spelled: Sequence[Token], cut: Callable[[str], list[str]] | None
) -> list[tuple[int, int]]:
    groups = segment_words(line, written, cut)
    if len(spelled) == len(written):
        return groups
    place = {token.start: position for position, token in reversed(list(enumerate(spelled)))}
    kept = []
    for first, last in groups:
        start, end = place.get(written[first].start), place.get(written[last].start)
        if start is not None and end is not None and end - start == last - first:
            kept.append((start, end))
    position = 0
    while position < len(spelled):
        end = position
        while end + 1 < len(spelled) and spelled[end + 1].start == spelled[position].start:
            end += 1
        if end > position:
            run = tuple(token.key for token in spelled[position : end + 1])
            kept += [(position + a, position + b) for a, b in _words_of_run(run)]
        position = end + 1
    return sorted(kept)


@cache
def _words_of_run(run: Run) -> tuple[tuple[int, int], ...]:
    text = " ".join(run)
    return tuple(segment_words(text, tokenize(text)))


def passage_terms(analyzed: AnalyzedText, names: Iterable[str] = ()) -> list[str]:
    """
    List the terms under which a passage is found by its own words.

    Args:
        analyzed: The passage.
        names: Places shared by every passage around it. They are left out here, however often the passage says them: what
            a whole article is about tells its passages apart in nothing (`name_terms` carries them).

    Returns:
        Terms with repeats: syllables ("đảng"), bigrams ("đảng viên"), words ("đảng_viên"), then folded syllables ("~dang")
        and folded bigrams ("~dang vien").
    """
    tokens = analyzed.tokens
    keys = [token.key for token in tokens]
    shared = shared_positions(keys, names)
    terms = _view_terms(keys, [token.folded for token in tokens], shared)
    terms += ["_".join(keys[a : b + 1]) for a, b in analyzed.words if not all(shared[a : b + 1])]
    return terms


def name_terms(names: Iterable[str]) -> list[str]:
    """List the terms of the places that a passage shares with those around it, in the views of `passage_terms`."""
    terms: list[str] = []
    for name in names:
        tokens = tokenize(clean_text(name))
        keys = [token.key for token in tokens]
        terms += _view_terms(keys, [token.folded for token in tokens], [False] * len(keys))
        if len(keys) > 1:
            terms.append("_".join(keys))
    return list(dict.fromkeys(terms))


def shared_positions(keys: Sequence[str], names: Iterable[str]) -> list[bool]:
    """Tell for each key of a text whether it is part of one of the names."""
    shared = [False] * len(keys)
    for name in names:
        run = name_run(name)
        for start in find_runs(keys, run):
            shared[start : start + len(run)] = [True] * len(run)
    return shared


@lru_cache(maxsize=4096)
def name_run(name: str) -> Run:
    """The keys of a name; most passages share theirs with others."""
    return run_of(clean_text(name))


def find_runs(keys: Sequence[_T], run: Sequence[_T]) -> list[int]:
    """
    Find where a run begins in a sequence.

    >>> find_runs(["a", "b", "a", "b"], ["a", "b"])
    [0, 2]
    """
    if not run:
        return []
    wanted = list(run)
    width = len(wanted)
    return [at for at, key in enumerate(keys) if key == wanted[0] and list(keys[at : at + width]) == wanted]


def _view_terms(keys: Sequence[str], folded: Sequence[str], shared: Sequence[bool]) -> list[str]:
    terms = [key for key, is_shared in zip(keys, shared, strict=True) if not is_shared]
    terms += [FOLDED + key for key, is_shared in zip(folded, shared, strict=True) if not is_shared]
    inside = [a and b for a, b in pairwise(shared)]
    terms += [f"{a} {b}" for (a, b), drop in zip(pairwise(keys), inside, strict=True) if not drop]
    terms += [f"{FOLDED}{a} {b}" for (a, b), drop in zip(pairwise(folded), inside, strict=True) if not drop]
    return terms
