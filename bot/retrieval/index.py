"""Everything the ranking reads: BM25 columns, passages, and each passage's tokens."""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property, lru_cache
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from bot.language.abbreviations import Abbreviations
from bot.language.dictionary import Dictionary, read_dictionary
from bot.language.normalize import fold
from bot.language.syllables import sounds_like
from bot.language.tokens import Run, run_of
from bot.model import Article, Passage, Rejection, Span
from bot.retrieval.analysis import analyze_article
from bot.retrieval.collection import Collection, Counted, Terminology, collect
from bot.retrieval.lexicon import Lexicon, LexiconBuilder
from bot.retrieval.okapi import Parameters, PostingsOkapi
from bot.retrieval.ragged import Ragged, Rows
from bot.retrieval.rows import read_article, read_passage
from bot.retrieval.terms import TermColumns, View, term_keys

_KEPT_FREQUENCIES = 1 << 16
_AT_ONCE = 1 << 20  # ids that are looked at in one go
_NOWHERE = np.iinfo(np.int64).max


@dataclass(frozen=True, slots=True)
class TokenTable:
    """
    The tokens of many texts, one after another.

    Attributes:
        ids: Lexicon ids, int32.
        flags: See `bot.retrieval.analysis`, uint8, beside *ids*.
        sentences: Number of the sentence within its text, uint16, beside *ids*.
        first: First code point of each token in its text, int32.
        last: Code point after its last one, int32.
        starts: Where each text's tokens begin, one more than there are texts, int64.
    """

    ids: NDArray[np.int32]
    flags: NDArray[np.uint8]
    sentences: NDArray[np.uint16]
    first: NDArray[np.int32]
    last: NDArray[np.int32]
    starts: NDArray[np.int64]

    @classmethod
    def over(cls, rows: Ragged) -> "TokenTable":
        """Read the rows of a collection."""
        return cls(**rows.columns, starts=rows.starts)

    def of(self, text: int) -> tuple[list[int], list[int], list[int]]:
        """Ids, flags and sentence numbers of one text's tokens."""
        start, end = self.starts[text], self.starts[text + 1]
        return self.ids[start:end].tolist(), self.flags[start:end].tolist(), self.sentences[start:end].tolist()

    def spans_at(self, text: int, places: Sequence[int]) -> list[Span]:
        """Code points of some of one text's tokens, each once, rising; those of a short form that was spelled out are one."""
        at = self.starts[text] + np.asarray(places, np.int64)
        return sorted(set(zip(self.first[at].tolist(), self.last[at].tolist(), strict=True)))


@lru_cache(maxsize=4096)
def _runs_of(names: tuple[str, ...]) -> frozenset[Run]:
    return frozenset(map(run_of, names))


@dataclass(frozen=True, slots=True)
class Facts:
    """
    What articles say about themselves, for retrieval limited by it.

    Attributes:
        sources: Names of newspapers, each once.
        source: Position in *sources*, -1 where the article names none; one an article, int32.
        published: Day of publication as `date.toordinal`, 0 where it is not known; one an article, int32.
    """

    sources: tuple[str, ...]
    source: NDArray[np.int32]
    published: NDArray[np.int32]


@dataclass(frozen=True)
class Index:
    """
    A corpus, ready to be searched. Passage numbers are positions in *passages*, text order.

    Attributes:
        articles: In the order of their files; read as they are asked for.
        passages: Of the first article, then of the second, …; read as they are asked for.
        files: Of the articles, in their order.
        rejections: Files left out.
        okapi: BM25 over the terms of `passage_terms`.
        names: BM25 over the terms of `name_terms`, without length normalisation: a shared name is worth the same in every
            passage of its scope.
        lexicon: Syllables of passages and contexts.
        tokens: Of the passages.
        contexts: Tokens of what surrounds a passage: title, section heading, lead and shared names; one text a scope.
        scopes: Number of its context, one a passage.
        places: Article number of each passage.
        kinds: Position in `KINDS` of each passage, uint8.
        facts: About the articles.
        shared_names: The places that articles or sections are about, as keys.
        dictionary: General Vietnamese.
        definitions: Abbreviations that articles define: key of the short form → runs of keys.
        lineage: See `Terminology`.
    """

    articles: Sequence[Article]
    passages: Sequence[Passage]
    files: Sequence[str]
    rejections: Sequence[Rejection]
    okapi: PostingsOkapi
    names: PostingsOkapi
    lexicon: Lexicon
    tokens: TokenTable
    contexts: TokenTable
    scopes: NDArray[np.int32]
    places: NDArray[np.int32]
    kinds: NDArray[np.uint8]
    facts: Facts
    shared_names: frozenset[Run]
    dictionary: Dictionary
    definitions: Mapping[str, tuple[Run, ...]]
    lineage: str

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
        return frozenset(self.lexicon.folded[number] for number in ids)

    def first_passage(self, place: int) -> int:
        """Number of the first passage of an article, given by its position: the facts about it."""
        return int(np.searchsorted(self.places, place))

    def place_of(self, file: str) -> int | None:
        """The number of an article by its file, or None when there is no such article."""
        return self._places_of_files.get(file)

    @cached_property
    def _places_of_files(self) -> dict[str, int]:
        return {file: place for place, file in enumerate(self.files)}

    @cached_property
    def folded_sources(self) -> tuple[Run, ...]:
        """The names of the newspapers in `Facts.sources`, as keys without diacritics."""
        return tuple(tuple(map(fold, run_of(source))) for source in self.facts.sources)

    def names_of(self, passage: int) -> frozenset[Run]:
        """The places that a passage's article or section is about, as keys."""
        return _runs_of(self.passages[passage].names)

    # What `bot.language.vocabulary.Vocabulary` asks for

    def frequency(self, term: str) -> int:
        """In how many passages a term occurs, shared names included; one that has it in both ways may count twice."""
        return self._frequency(term)

    @cached_property
    def _frequency(self) -> Callable[[str], int]:
        most = len(self.places)
        return lru_cache(_KEPT_FREQUENCIES)(lambda term: min(self.okapi.frequency(term) + self.names.frequency(term), most))

    def pair_frequencies(self, pairs: Sequence[tuple[str, str]]) -> list[int]:
        """In how many passages the first key of each pair stands right before the second, in the same order."""
        ids = self.lexicon.ids
        # From a flat list: that of a list of pairs takes twice as long.
        numbers = np.array([ids.get(key, -1) for key in chain.from_iterable(pairs)], np.int64).reshape(-1, 2)
        keys = term_keys(View.BIGRAM, *np.maximum(numbers, 0).T)
        found = sum(okapi.frequencies(okapi.vocabulary.keys.find(keys)) for okapi in (self.okapi, self.names))
        found = np.minimum(found, len(self.places))
        found[(numbers < 0).any(1)] = 0
        frequencies: list[int] = found.tolist()
        return frequencies

    def alike(self, folded: str) -> Sequence[str]:
        """Keys that are the same without diacritics."""
        return [self.lexicon.keys[number] for number in self.lexicon.by_folded.get(folded, ())]

    def folded_keys(self) -> Sequence[str]:
        """Every key without diacritics, each once."""
        return self._sounds[0]

    def sounded_keys(self) -> Sequence[str]:
        """`folded_keys` as they sound, in the same order."""
        return self._sounds[1]

    @cached_property
    def _sounds(self) -> tuple[list[str], list[str]]:
        keys = list(self.lexicon.by_folded)
        return keys, list(map(sounds_like, keys))

    def surface(self, key: str) -> str:
        """How the articles mostly write a key; the key itself when they do not have it."""
        number = self.lexicon.ids.get(key)
        return key if number is None else self.lexicon.surfaces[number]

    def defined(self, short: str) -> Sequence[Run]:
        """What an abbreviation stands for where an article defines it."""
        return self.definitions.get(short, ())


@dataclass(frozen=True, slots=True)
class Build:
    """
    An index with what it was made of, which an update goes on from.

    Attributes:
        index: Ready to be searched.
        collection: Its articles' rows.
        terminology: Their numbers.
    """

    index: Index
    collection: Collection
    terminology: Terminology


def build_index(
    articles: Sequence[Article],
    passages_of: Iterable[Sequence[Passage]],
    abbreviations: Abbreviations,
    rejections: Sequence[Rejection] = (),
) -> Build:
    """
    Analyze passages and build the index over them, in memory.

    Args:
        articles: In the order that ranking breaks ties in; at least one.
        passages_of: The passages of each article, in the same order.
        abbreviations: Spelled out where they have one reading.
        rejections: Files left out, kept for reports.
    """
    terminology = Terminology()
    analyzed = [analyze_article(one, own, abbreviations) for one, own in zip(articles, passages_of, strict=True)]
    return assemble(collect(analyzed, terminology), terminology, rejections)


def assemble(counted: Counted, terminology: Terminology, rejections: Sequence[Rejection]) -> Build:
    """
    Build the index over articles.

    Args:
        counted: In the numbers of *terminology*; at least one article.
        terminology: May number more than the articles have.
        rejections: Files left out, kept for reports.
    """
    collection = counted.collection
    lexicon = _lexicon(collection, terminology)
    members = collection.members.columns
    okapi = PostingsOkapi.of_counts(TermColumns(lexicon, terminology.terms), counted.terms, members["lengths"], Parameters())
    names = PostingsOkapi.of_counts(
        TermColumns(lexicon, terminology.names), counted.names, members["name_lengths"], Parameters(b=0.0)
    )
    return _build(collection, terminology, lexicon, (okapi, names), rejections, read_dictionary())


@dataclass(frozen=True, slots=True)
class Change:
    """
    What becomes of the articles of an index.

    Attributes:
        order: For each article of the new index, in its order: where it comes from. A number from 0 is an article of the
            old index; -1, -2, … is the first, second, … of *fresh*. Articles of either keep their order.
        fresh: New articles, in the numbers of the old index's terminology, which has grown by them; None when there is none.
        rejections: Files left out now.
    """

    order: Sequence[int]
    fresh: Counted | None
    rejections: Sequence[Rejection]


def change(build: Build, new: Change) -> Build:
    """
    Take articles out of an index and put others in.

    Returns:
        The index that a build from all of its articles would give, but for the numbers of syllables and terms.
    """
    old, terminology = build.collection, build.terminology
    fresh = new.fresh
    parts: list[Collection] = []
    for first, last in _runs(new.order):
        if first >= 0:
            parts.append(old.slice(first, last))
        elif fresh is not None:
            parts.append(fresh.collection.slice(-first - 1, -last - 1))
    collection = Collection.concat(parts)
    order = np.asarray(new.order)
    counts = collection.members.lengths
    origin = np.repeat(order, counts)  # of each passage: its article as in *order*
    kept = np.flatnonzero(origin >= 0)
    lexicon = _lexicon(collection, terminology)
    members = collection.members.columns
    numbers = np.full(len(old.passages), -1, np.int32)
    stays = np.zeros(len(old), dtype=bool)
    stays[order[order >= 0]] = True
    numbers[np.repeat(stays, old.members.lengths)] = kept
    arrived = np.flatnonzero(origin < 0).astype(np.int32)
    nothing = Ragged.of([], terms=np.empty(0, np.int32), counts=np.empty(0, np.uint16))
    okapi = build.index.okapi.merged(
        TermColumns(lexicon, terminology.terms), numbers, fresh.terms if fresh else nothing, arrived, members["lengths"]
    )
    names = build.index.names.merged(
        TermColumns(lexicon, terminology.names), numbers, fresh.names if fresh else nothing, arrived, members["name_lengths"]
    )
    return _build(collection, terminology, lexicon, (okapi, names), new.rejections, build.index.dictionary)


def _runs(order: Sequence[int]) -> list[tuple[int, int]]:
    """
    Join neighbours: ``(first, end)`` of articles in a row.

    >>> _runs([0, 1, -1, -2, 4])
    [(0, 2), (-1, -3), (4, 5)]
    """
    found: list[tuple[int, int]] = []
    for place in order:
        step = 1 if place >= 0 else -1
        if found and found[-1][1] == place and (found[-1][0] >= 0) == (place >= 0):
            found[-1] = found[-1][0], place + step
        else:
            found.append((place, place + step))
    return found


def _lexicon(collection: Collection, terminology: Terminology) -> Lexicon:
    builder = terminology.lexicon
    forms = collection.forms.columns
    written = np.bincount(forms["ids"], forms["counts"], len(builder.forms)).astype(np.int64)
    return builder.lexicon(_in_order(_first_places(forms["ids"], len(builder.forms))), written, _key_order(collection, builder))


def _key_order(collection: Collection, builder: LexiconBuilder) -> NDArray[np.int64]:
    """
    Put the keys that occur in the order in which a build from nothing numbers them, whatever updates came in between.

    Returns:
        Ids: those of the passages of the first article, then of its contexts, then of the second article, …
    """
    ranks = np.full(len(builder.ids), _NOWHERE, np.int64)
    members = ((collection.tokens, collection.members), (collection.contexts, collection.context_counts))
    for part, (tokens, texts) in enumerate(members):
        first = _first_places(tokens.columns["ids"], len(builder.ids))
        found = np.flatnonzero(first != _NOWHERE)
        articles = np.searchsorted(tokens.starts[texts.starts], first[found], "right")
        ranks[found] = np.minimum(ranks[found], (2 * articles + part) << 40 | first[found])
    return _in_order(ranks)


def _first_places(ids: NDArray[np.int32], size: int) -> NDArray[np.int64]:
    """Find where each of *size* ids stands first; `_NOWHERE` when it does not occur."""
    places = np.full(size, _NOWHERE, np.int64)
    for end in range(len(ids), 0, -_AT_ONCE):
        start = max(end - _AT_ONCE, 0)
        # From the back: where an id occurs again, the last assignment stays.
        places[ids[start:end][::-1]] = np.arange(end - 1, start - 1, -1)
    return places


def _in_order(places: NDArray[np.int64]) -> NDArray[np.int64]:
    found = np.flatnonzero(places != _NOWHERE)
    return found[np.argsort(places[found], kind="stable")]


def _build(
    collection: Collection,
    terminology: Terminology,
    lexicon: Lexicon,
    fields: tuple[PostingsOkapi, PostingsOkapi],
    rejections: Sequence[Rejection],
    dictionary: Dictionary,
) -> Build:
    notes = [json.loads(row) for row in Rows(collection.notes, bytes, 0)]
    definitions: dict[str, dict[Run, None]] = {}
    for note in notes:
        for short, long in note["definitions"]:
            definitions.setdefault(short, {})[tuple(long)] = None
    index = Index(
        articles=Rows(collection.articles, read_article),
        passages=Rows(collection.passages, read_passage),
        files=[note["file"] for note in notes],
        rejections=rejections,
        okapi=fields[0],
        names=fields[1],
        lexicon=lexicon,
        tokens=TokenTable.over(collection.tokens),
        contexts=TokenTable.over(collection.contexts),
        scopes=collection.scopes,
        places=collection.places,
        kinds=collection.members.columns["kinds"],
        facts=_facts([(note["source"], note["published"]) for note in notes]),
        shared_names=frozenset(map(run_of, {name for note in notes for name in note["names"]})),
        dictionary=dictionary,
        definitions={short: tuple(runs) for short, runs in definitions.items()},
        lineage=terminology.lineage,
    )
    return Build(index, collection, terminology)


def _facts(noted: Sequence[tuple[str | None, str | None]]) -> Facts:
    sources = {source: number for number, source in enumerate(dict.fromkeys(source for source, _ in noted if source))}
    return Facts(
        tuple(sources),
        np.array([sources.get(source, -1) if source else -1 for source, _ in noted], np.int32),
        np.array([date.fromisoformat(day).toordinal() if day else 0 for _, day in noted], np.int32),
    )
