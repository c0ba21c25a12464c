"""One article → what the index keeps of it, in numbers of its own: the part of a build that can be done anywhere."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from bot.language.abbreviations import Abbreviations, learn_definitions
from bot.language.analyzer import AnalyzedText, TextAnalyzer, name_run, shared_positions
from bot.language.normalize import syllable_key
from bot.language.people import person_positions
from bot.language.sentences import split_sentences
from bot.language.tokens import is_date
from bot.model import Article, Kind, Passage
from bot.retrieval.ragged import Ragged
from bot.retrieval.rows import article_row, passage_row

NUMERIC, DATED, PERSON, SHARED, WITHIN, TITLE = 1, 2, 4, 8, 16, 32
"""Bits of a token's flags: a number; a date or a year; the first word of a person's name; part of a place that the article
or section is about; part of a word of several syllables; in a context, part of the title."""

KINDS = tuple(Kind)
"""Kinds of passages by their number."""

# Without "một" (mostly "a") and "năm" (mostly "year").
_NUMBER_WORDS = frozenset("hai ba bốn sáu bảy tám chín mười chục trăm nghìn ngàn triệu rưỡi".split())


@dataclass(frozen=True, slots=True)
class AnalyzedArticle:
    """
    An article, analyzed. Ids are positions in *keys* and *forms* here.

    Attributes:
        article: `article_row`.
        notes: JSON of what the index needs of the article as a whole: definitions, shared names, source, date.
        passages: `passage_row` of each.
        kinds: Positions in `KINDS`, uint8.
        scopes: Number of each passage's context within the article, int32.
        tokens: A row a passage: ids (int32), flags (uint8), sentences (uint16), first and last (int32, code points).
        contexts: The same, a row a context.
        words: A row a passage: positions of the first and last token of words of several syllables, int32.
        names: The lists of shared names that occur; each name is the ids of its syllables.
        named: Position in *names*, one a passage, int32.
        keys: Syllables.
        forms: How they are written: form, id of its key, and how often.
    """

    article: bytes
    notes: bytes
    passages: tuple[bytes, ...]
    kinds: NDArray[np.uint8]
    scopes: NDArray[np.int32]
    tokens: Ragged
    contexts: Ragged
    words: Ragged
    names: tuple[tuple[tuple[int, ...], ...], ...]
    named: NDArray[np.int32]
    keys: tuple[str, ...]
    forms: tuple[tuple[str, int, int], ...]


def analyze_article(
    article: Article,
    passages: Sequence[Passage],
    abbreviations: Abbreviations,
    cut: Callable[[str], list[str]] | None = None,
) -> AnalyzedArticle:
    """
    Analyze an article.

    Args:
        article: Parsed.
        passages: Its passages, in order.
        abbreviations: Spelled out where they have one reading.
        cut: See `bot.language.words.segment_words`.
    """
    own = learn_definitions([passage.text for passage in passages])
    analyzer = TextAnalyzer(abbreviations, own, cut)
    numbers = _Numbers()
    tokens, contexts = _TokenRows(numbers), _TokenRows(numbers)
    words: list[tuple[tuple[int, int], ...]] = []
    scope_of: dict[tuple[str | None, Kind | None], int] = {}
    scopes: list[int] = []
    texts: list[str] = []
    named: list[int] = []
    names: dict[tuple[str, ...], int] = {}
    for passage in passages:
        own_scope = passage.kind if passage.kind in (Kind.LEAD, Kind.METADATA) else None
        scope = (passage.section, own_scope)
        if scope not in scope_of:
            scope_of[scope] = len(texts)
            texts.append(context_text(article, passage))
        scopes.append(scope_of[scope])
        named.append(names.setdefault(passage.names, len(names)))
        analyzed = analyzer.analyze(passage.text)
        tokens.add(analyzed, passage.names)
        words.append(analyzed.words)
    for text in texts:
        contexts.add(analyzer.analyze(text), title_end=len(article.title))
    runs = tuple(tuple(tuple(map(numbers.id_of, name_run(name))) for name in shared) for shared in names)
    notes = {
        "file": article.file,
        "definitions": [[" ".join(part.lower() for part in short), list(long)] for short, long in own.items()],
        "names": list(dict.fromkeys(name for shared in names for name in shared)),
        "source": article.source,
        "published": article.published.isoformat()[:10] if article.published else None,
    }
    return AnalyzedArticle(
        article_row(article),
        json.dumps(notes).encode(),
        tuple(map(passage_row, passages)),
        np.array([KINDS.index(passage.kind) for passage in passages], np.uint8),
        np.array(scopes, np.int32),
        tokens.rows(),
        contexts.rows(),
        Ragged.of([len(own_words) for own_words in words], **_pairs([pair for own_words in words for pair in own_words])),
        runs,
        np.array(named, np.int32),
        tuple(numbers.ids),
        tuple((form, key, count) for (form, key), count in numbers.forms.items()),
    )


def context_text(article: Article, passage: Passage) -> str:
    """
    Join what surrounds a passage, a line each.

    Returns:
        Title, kicker, shared names, the heading of its section (for the facts about the article: all headings), and the lead,
        unless the passage is the lead.
    """
    headings = article.sections if passage.kind is Kind.METADATA else (passage.section,)
    lead = None if passage.kind is Kind.LEAD else article.lead
    return "\n".join(part for part in (article.title, article.kicker, *passage.names, *headings, lead) if part)


def _pairs(pairs: Sequence[tuple[int, int]]) -> dict[str, NDArray[np.int32]]:
    table = np.array(pairs, np.int32).reshape(-1, 2)
    return {"first": table[:, 0].copy(), "last": table[:, 1].copy()}


class _Numbers:
    """Gives syllables and their written forms numbers, in the order of first occurrence."""

    def __init__(self) -> None:
        self.ids: dict[str, int] = {}
        self.forms: dict[tuple[str, int], int] = {}

    def id_of(self, key: str) -> int:
        return self.ids.setdefault(key, len(self.ids))


_MOST_SENTENCES = np.iinfo(np.uint16).max  # what is behind them counts to the last


@lru_cache(maxsize=65536)
def _flag_of(key: str) -> int:
    """The flag of a numeric token by its key."""
    return DATED if is_date(key) else NUMERIC


class _TokenRows:
    """Gathers the tokens of texts."""

    def __init__(self, numbers: _Numbers) -> None:
        self._numbers = numbers
        self._ids: list[int] = []
        self._flags: list[int] = []
        self._sentences: list[int] = []
        self._starts: list[int] = []
        self._ends: list[int] = []
        self._lengths: list[int] = []

    def add(self, analyzed: AnalyzedText, names: Sequence[str] = (), *, title_end: int = 0) -> None:
        text, tokens = analyzed.text, analyzed.tokens
        keys = [token.key for token in tokens]
        flags = [SHARED if shared else 0 for shared in shared_positions(keys, names)]
        for first, last in analyzed.words:
            for position in range(first, last + 1):
                flags[position] |= WITHIN
        for position in person_positions(text, tokens):
            flags[position] |= PERSON
        spans = split_sentences(text) or [(len(text), len(text))]
        ids, forms = self._numbers.ids, self._numbers.forms
        sentence, last_sentence = 0, len(spans) - 1
        # A capital at the beginning of a sentence says nothing of how a word is written.
        opening, closing = spans[0][0] + 1, spans[0][1]
        for position, (token, key) in enumerate(zip(tokens, keys, strict=True)):
            start, end = token.start, token.end
            while start >= closing and sentence < last_sentence:
                sentence += 1
                opening, closing = spans[sentence][0] + 1, spans[sentence][1]
            self._sentences.append(sentence)
            number = ids.setdefault(key, len(ids))
            self._ids.append(number)
            if end <= title_end:
                flags[position] |= TITLE
            if token.numeric:
                flags[position] = flags[position] & ~PERSON | _flag_of(key)
                continue
            if key in _NUMBER_WORDS and not flags[position] & WITHIN:
                flags[position] = flags[position] & ~PERSON | NUMERIC
            form = text[start:end]
            if (start > opening or form.islower()) and syllable_key(form) == key:
                written = form, number
                forms[written] = forms.get(written, 0) + 1
        self._flags += flags
        self._starts += [token.start for token in tokens]
        self._ends += [token.end for token in tokens]
        self._lengths.append(len(tokens))

    def rows(self) -> Ragged:
        return Ragged.of(
            self._lengths,
            ids=np.array(self._ids, np.int32),
            flags=np.array(self._flags, np.uint8),
            sentences=np.minimum(np.array(self._sentences, np.int32), _MOST_SENTENCES).astype(np.uint16),
            first=np.array(self._starts, np.int32),
            last=np.array(self._ends, np.int32),
        )
