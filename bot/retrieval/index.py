"""Everything the ranking reads: BM25 columns, passages, and each passage's tokens, built from articles."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from bot.language.abbreviations import Abbreviations, learn_definitions
from bot.language.analyzer import AnalyzedText, analyze, name_terms, passage_terms, shared_positions
from bot.language.dictionary import Dictionary, read_dictionary
from bot.language.normalize import fold, syllable_key
from bot.language.people import person_positions
from bot.language.sentences import split_sentences
from bot.language.tokens import Run, is_date, run_of
from bot.model import Article, Kind, Passage, Progress, Rejection, Span
from bot.retrieval.okapi import PostingsOkapi

NUMERIC, DATED, PERSON, SHARED, WITHIN, TITLE = 1, 2, 4, 8, 16, 32
"""Bits of `TokenTable.flags`: a number; a date or a year; the first word of a person's name; part of a place that the
article or section is about; part of a word of several syllables; in a context, part of
the title."""


# Without "một" (mostly "a") and "năm" (mostly "year").
_NUMBER_WORDS = frozenset("hai ba bốn sáu bảy tám chín mười chục trăm nghìn ngàn triệu rưỡi".split())


class Lexicon:
    """
    The syllables of a corpus.

    Attributes:
        keys: Every key, in the order of first occurrence; its position is its id.
        surfaces: How the articles mostly write each, beside *keys*.
    """

    def __init__(self, keys: Sequence[str], surfaces: Sequence[str]) -> None:
        self.keys = keys
        self.surfaces = surfaces

    @cached_property
    def ids(self) -> dict[str, int]:
        """Key → id."""
        return {key: number for number, key in enumerate(self.keys)}

    @cached_property
    def by_folded(self) -> dict[str, list[int]]:
        """Folded key → ids of the keys that fold to it."""
        found: dict[str, list[int]] = {}
        for number, key in enumerate(self.keys):
            found.setdefault(fold(key), []).append(number)
        return found


@dataclass(frozen=True, slots=True)
class TokenTable:
    """
    The tokens of many texts, one after another.

    Attributes:
        ids: Lexicon ids, int32.
        flags: `NUMERIC`, `DATED`, `PERSON`, `SHARED`, `WITHIN` and `TITLE`, uint8, beside *ids*.
        sentences: Number of the sentence within its text, uint16, beside *ids*.
        spans: First and last-plus-one code point of each token in its text, int32, one row a token.
        starts: Where each text's tokens begin, one more than there are texts, int64.
    """

    ids: NDArray[np.int32]
    flags: NDArray[np.uint8]
    sentences: NDArray[np.uint16]
    spans: NDArray[np.int32]
    starts: NDArray[np.int64]

    def of(self, text: int) -> tuple[list[int], list[int], list[int]]:
        """Ids, flags and sentence numbers of one text's tokens."""
        start, end = self.starts[text], self.starts[text + 1]
        return self.ids[start:end].tolist(), self.flags[start:end].tolist(), self.sentences[start:end].tolist()

    def spans_of(self, text: int) -> list[Span]:
        """Code points of one text's tokens; those of a short form that was spelled out repeat."""
        return [(first, last) for first, last in self.spans[self.starts[text] : self.starts[text + 1]].tolist()]


@dataclass(frozen=True)
class Index:
    """
    A corpus, ready to be searched. Passage numbers are positions in *passages*, text order.

    Attributes:
        articles: In the order of their files.
        passages: Of the first article, then of the second, …
        rejections: Files left out.
        okapi: BM25 over the terms of `passage_terms`.
        names: BM25 over the terms of `name_terms`, without length normalisation: a shared name is worth the same in every
            passage of its scope.
        lexicon: Syllables of passages and contexts.
        tokens: Of the passages.
        contexts: Tokens of what surrounds a passage: title, section heading, lead and shared names; one text a scope.
        scopes: Number of its context, one a passage.
        places: Article number of each passage.
        dictionary: General Vietnamese.
        definitions: Abbreviations that articles define: key of the short form → runs of keys.
    """

    articles: Sequence[Article]
    passages: Sequence[Passage]
    rejections: Sequence[Rejection]
    okapi: PostingsOkapi
    names: PostingsOkapi
    lexicon: Lexicon
    tokens: TokenTable
    contexts: TokenTable
    scopes: NDArray[np.int32]
    places: NDArray[np.int32]
    dictionary: Dictionary
    definitions: Mapping[str, tuple[Run, ...]]

    @cached_property
    def shared_names(self) -> frozenset[Run]:
        """The places that articles or sections are about, as keys."""
        return frozenset(map(run_of, {name for passage in self.passages for name in passage.names}))

    def passages_of(self, article: Article) -> list[Passage]:
        """The passages of one article, in order."""
        place = self.place_of(article.file)
        if place is None:
            return []
        first, last = np.searchsorted(self.places, [place, place + 1]).tolist()
        return list(self.passages[first:last])

    def folded_of(self, file: str) -> frozenset[str]:
        """Folded keys of all that one article says."""
        place = self._places_of_files.get(file, -1)
        first, last = np.searchsorted(self.places, [place, place + 1]).tolist()
        ids = np.unique(self.tokens.ids[self.tokens.starts[first] : self.tokens.starts[last]]).tolist()
        return frozenset(fold(self.lexicon.keys[number]) for number in ids)

    def first_passage(self, place: int) -> int:
        """Number of the first passage of an article, given by its position: the facts about it."""
        return int(np.searchsorted(self.places, place))

    def place_of(self, file: str) -> int | None:
        """The number of an article by its file, or None when there is no such article."""
        return self._places_of_files.get(file)

    @cached_property
    def _places_of_files(self) -> dict[str, int]:
        return {article.file: place for place, article in enumerate(self.articles)}

    def names_of(self, passage: int) -> frozenset[Run]:
        """The places that a passage's article or section is about, as keys."""
        return frozenset(map(run_of, self.passages[passage].names))

    # What `bot.language.vocabulary.Vocabulary` asks for

    def frequency(self, term: str) -> int:
        """In how many passages a term occurs, shared names included."""
        return self.okapi.frequency(term) + self.names.frequency(term)

    def alike(self, folded: str) -> Sequence[str]:
        """Keys that are the same without diacritics."""
        return [self.lexicon.keys[number] for number in self.lexicon.by_folded.get(folded, ())]

    def folded_keys(self) -> Sequence[str]:
        """Every key without diacritics, each once."""
        return list(self.lexicon.by_folded)

    def surface(self, key: str) -> str:
        """How the articles mostly write a key; the key itself when they do not have it."""
        number = self.lexicon.ids.get(key)
        return key if number is None else self.lexicon.surfaces[number]

    def defined(self, short: str) -> Sequence[Run]:
        """What an abbreviation stands for where an article defines it."""
        return self.definitions.get(short, ())


def build_index(
    articles: Sequence[Article],
    passages_of: Iterable[Sequence[Passage]],
    abbreviations: Abbreviations,
    rejections: Sequence[Rejection] = (),
    progress: Progress | None = None,
) -> Index:
    """
    Analyze passages and build the index over them.

    Args:
        articles: In the order that ranking breaks ties in.
        passages_of: The passages of each article, in the same order.
        abbreviations: Spelled out where they have one reading.
        rejections: Files left out, kept for reports.
        progress: Told after each article.
    """
    passages: list[Passage] = []
    places: list[int] = []
    scope_of: dict[tuple[int, str | None, Kind | None], int] = {}
    scopes: list[int] = []
    contexts: list[str] = []
    ids: dict[str, int] = {}
    surfaces: list[Counter[str]] = []
    builder = _TokenBuilder(ids, surfaces)
    own_of: list[dict[Run, Run]] = []
    definitions: dict[str, dict[Run, None]] = {}
    for place, (article, own) in enumerate(zip(articles, passages_of, strict=True)):
        own_of.append(learn_definitions([passage.text for passage in own]))
        for short, long in own_of[-1].items():
            definitions.setdefault(" ".join(part.lower() for part in short), {})[long] = None
        for passage in own:
            own_scope = passage.kind if passage.kind in (Kind.LEAD, Kind.METADATA) else None
            scope = (place, passage.section, own_scope)
            if scope not in scope_of:
                scope_of[scope] = len(contexts)
                contexts.append(context_text(article, passage))
            scopes.append(scope_of[scope])
            places.append(place)
            passages.append(passage)
        if progress is not None:
            progress(place + 1, len(articles))

    def terms() -> Iterator[list[str]]:
        for place, passage in zip(places, passages, strict=True):
            analyzed = analyze(passage.text, abbreviations, own_of[place])
            builder.add(analyzed, passage.names)
            yield passage_terms(analyzed, passage.names)

    okapi = PostingsOkapi(terms())
    names = PostingsOkapi((name_terms(passage.names) for passage in passages), b=0.0)
    tokens = builder.table()
    context_builder = _TokenBuilder(ids, surfaces)
    for (place, _, _), text in zip(scope_of, contexts, strict=True):
        context_builder.add(analyze(text, abbreviations, own_of[place]), title_end=len(articles[place].title))
    return Index(
        articles=articles,
        passages=passages,
        rejections=rejections,
        okapi=okapi,
        names=names,
        lexicon=builder.lexicon(),
        tokens=tokens,
        contexts=context_builder.table(),
        scopes=np.asarray(scopes, np.int32),
        places=np.asarray(places, np.int32),
        dictionary=read_dictionary(),
        definitions={short: tuple(runs) for short, runs in definitions.items()},
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


class _TokenBuilder:
    """Gathers the tokens of texts; two that share *ids* and *surfaces* share a lexicon."""

    def __init__(self, ids: dict[str, int], surfaces: list[Counter[str]]) -> None:
        self._ids, self._surfaces = ids, surfaces
        self._rows: list[int] = []
        self._flags: list[int] = []
        self._sentences: list[int] = []
        self._spans: list[Span] = []
        self._starts = [0]

    def add(self, analyzed: AnalyzedText, names: Sequence[str] = (), *, title_end: int = 0) -> None:
        shared = shared_positions([token.key for token in analyzed.tokens], names)
        spans = split_sentences(analyzed.text)
        within = {position for first, last in analyzed.words for position in range(first, last + 1)}
        people = person_positions(analyzed.text, analyzed.tokens)
        sentence = 0
        for position, token in enumerate(analyzed.tokens):
            while sentence + 1 < len(spans) and token.start >= spans[sentence][1]:
                sentence += 1
            first = bool(spans) and token.start <= spans[sentence][0] + 1
            flag = 0
            if token.numeric:
                flag = DATED if is_date(token.key) else NUMERIC
            elif token.key in _NUMBER_WORDS and position not in within:
                flag = NUMERIC
            elif position in people:
                flag = PERSON
            if shared[position]:
                flag |= SHARED
            if position in within:
                flag |= WITHIN
            if token.end <= title_end:
                flag |= TITLE
            number = self._ids.setdefault(token.key, len(self._ids))
            if number == len(self._surfaces):
                self._surfaces.append(Counter())
            surface = analyzed.text[token.start : token.end]
            if not token.numeric and (surface.islower() or not first) and syllable_key(surface) == token.key:
                self._surfaces[number][surface] += 1
            self._rows.append(number)
            self._flags.append(flag)
            self._spans.append((token.start, token.end))
            self._sentences.append(min(sentence, 65535))
        self._starts.append(len(self._rows))

    def lexicon(self) -> Lexicon:
        keys = list(self._ids)
        surfaces = [
            max(written, key=written.__getitem__) if written else key for key, written in zip(keys, self._surfaces, strict=True)
        ]
        return Lexicon(keys, surfaces)

    def table(self) -> TokenTable:
        return TokenTable(
            np.asarray(self._rows, np.int32),
            np.asarray(self._flags, np.uint8),
            np.asarray(self._sentences, np.uint16),
            np.asarray(self._spans, np.int32).reshape(-1, 2),
            np.asarray(self._starts, np.int64),
        )
