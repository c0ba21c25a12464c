"""Stage two: order the candidates that BM25 gives, by what they and their best sentence show of the question."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise
from math import log

import numpy as np
from numpy.typing import NDArray

from bot.language.analyzer import find_runs
from bot.language.questions import ABOUT_ARTICLE, Expected, Role
from bot.language.tokens import is_date
from bot.model import EVERYWHERE, Kind, Scope
from bot.retrieval.analysis import DATED, KINDS, NUMERIC, PERSON, SHARED, TITLE
from bot.retrieval.index import Index, TokenTable
from bot.retrieval.query import Query
from bot.retrieval.retriever import Retriever, articles_of, narrowed
from bot.retrieval.weights import Weights

_FLAGS = {Expected.NUMBER: NUMERIC, Expected.DATE: DATED, Expected.PERSON: PERSON}
_TIME_WORDS = frozenset(("năm", "quí", "tháng", "ngày"))
CANDIDATES = 32
"""How many passages of stage one are ranked again."""


@dataclass(frozen=True, slots=True)
class Ranked:
    """
    A passage in its final place.

    Attributes:
        passage: Its number in the index.
        score: Final score, unitless, comparable within one query only.
        sentence: Number of the sentence that answers best.
    """

    passage: int
    score: float
    sentence: int


def retrieve(
    index: Index, retriever: Retriever, query: Query, weights: Weights, *, k: int = CANDIDATES, scope: Scope = EVERYWHERE
) -> tuple[Ranked, ...]:
    """
    Find and order the passages for a query.

    Args:
        index: Of the corpus.
        retriever: Stage one, over the same corpus.
        query: From `build_query`.
        weights: See `Weights`.
        k: Most passages to return, at least 1.
        scope: Where to look.

    Returns:
        At most *k* passages that share a term with the query, best first; equal scores keep the order of the corpus.

    Raises:
        ValueError: *k* is below 1.
    """
    if k < 1:
        raise ValueError(f"k must be at least 1, not {k}")
    found = retriever.candidates(query.terms, k=CANDIDATES, scope=scope)
    scores = dict(zip(found.passages.tolist(), found.scores.tolist(), strict=True))
    favours: list[tuple[NDArray[np.bool_], float]] = []
    for said, factor in said_scopes(index, query, weights):
        favours.append((articles_of(index, said), factor))
        more = retriever.candidates(query.terms, k=CANDIDATES // 2, scope=narrowed(scope, said))
        scores |= zip(more.passages.tolist(), more.scores.tolist(), strict=True)
    scorer = _Scorer(index, query, weights)
    ranked = scorer.rank(scores)
    for favoured, factor in favours:
        ranked = [replace(one, score=one.score * factor) if favoured[index.places[one.passage]] else one for one in ranked]
    ranked.sort(key=lambda one: (-one.score, one.passage))
    return tuple(ranked[:k])


def said_scopes(index: Index, query: Query, weights: Weights) -> list[tuple[Scope, float]]:
    """
    Find the newspaper and the times that a question names, with the factor for passages published there and then.

    "Theo Báo Đồng Khởi, …" and "năm 2021" weigh in; they exclude nothing, since an article of 2021 may tell of 2020.
    """
    folded = [unit.folded for unit in query.units]
    found = [
        (Scope(source=source), weights.source_said)
        for source, run in zip(index.facts.sources, index.folded_sources, strict=True)
        if find_runs(folded, run)
    ]
    for unit, piece in zip(query.units, query.reading.pieces, strict=True):
        if piece.numeric and is_date(unit.key) and not piece.inherited:
            year, *day = (int(part) for part in unit.key.split("-"))
            with suppress(ValueError):  # 31-02-2021 is no day
                first, last = (day, day) if day else ((1, 1), (12, 31))
                found.append((Scope(since=date(year, *first), until=date(year, *last)), weights.date_said))
    return found


def known_alternatives(index: Index, query: Query) -> list[tuple[int, int, list[int], float]]:
    """First and last piece, lexicon ids and weight of the alternatives whose every word the articles have."""
    ids = index.lexicon.ids
    return [
        (alternative.first, alternative.last, [ids[key] for key in alternative.run], alternative.weight)
        for alternative in query.reading.alternatives
        if all(key in ids for key in alternative.run)
    ]


class _Tokens:
    """
    The tokens of some passages, one after another.

    Attributes:
        starts: Where those of each passage begin, one more than there are passages.
        ids, flags, sentences: As in `TokenTable`.
    """

    def __init__(self, table: TokenTable, passages: NDArray[np.int64]) -> None:
        first = table.starts[passages]
        lengths = table.starts[passages + 1] - first
        self.starts = np.concatenate([[0], np.cumsum(lengths)])
        at = np.repeat(first - self.starts[:-1], lengths) + np.arange(self.starts[-1])
        self.ids, self.flags, self.sentences = table.ids[at], table.flags[at], table.sentences[at]

    def sentences_of(self, mask: NDArray[np.bool_]) -> list[frozenset[int]]:
        """For each passage, the sentences of the tokens that a mask is true for."""
        at = np.flatnonzero(mask)
        ends = np.searchsorted(at, self.starts).tolist()
        sentences = self.sentences[at].tolist()
        return [frozenset(sentences[start:end]) for start, end in pairwise(ends)]


@dataclass(frozen=True, slots=True)
class _Hits:
    """
    The tokens of some passages that are units of the question.

    Attributes:
        mask: True for them, one a token.
        starts: Where those of each passage begin in *hits*, one more than there are passages.
        hits: Place of the token, lexicon id, sentence, and whether a number stands right before it in the passage.
    """

    mask: NDArray[np.bool_]
    starts: list[int]
    hits: list[tuple[int, int, int, bool]]

    def of(self, number: int) -> list[tuple[int, int, int, bool]]:
        """Those of one passage."""
        return self.hits[self.starts[number] : self.starts[number + 1]]


class _Scorer:
    def __init__(self, index: Index, query: Query, weights: Weights) -> None:
        self._index, self._query, self._weights = index, query, weights
        size = max(len(index.passages), 1)
        self._units: dict[int, list[tuple[int, float]]] = {}
        self._mass: list[float] = []
        self._scopes: dict[int, tuple[dict[int, float], dict[int, float]]] = {}
        lexicon = index.lexicon
        for number, unit in enumerate(query.units):
            frequency = index.frequency(unit.key if unit.trusted else f"~{unit.folded}")
            idf = max(log((size - frequency + 0.5) / (frequency + 0.5)), 0.25)
            self._mass.append(0.0 if unit.role is Role.ASKING else idf * unit.weight)
            exact = lexicon.ids.get(unit.key)
            other = weights.folded if unit.trusted else weights.alike
            for key in lexicon.by_folded.get(unit.folded, ()):
                self._units.setdefault(key, []).append((number, 1.0 if key == exact else other))
        self._wanted, self._counted = self._wanted_flag(), query.counted_unit
        pieces = query.reading.pieces
        self._times = frozenset(at for at, unit in enumerate(query.units) if pieces[at].numeric or unit.key in _TIME_WORDS)
        self._marked = np.zeros(len(lexicon.keys), dtype=bool)
        self._marked[list(self._units)] = True
        self._runs: dict[int, list[tuple[int, int, list[int], float]]] = {}
        for alternative in known_alternatives(index, query):
            self._runs.setdefault(alternative[2][0], []).append(alternative)
        self._heads = np.zeros(len(lexicon.keys), dtype=bool)
        self._heads[list(self._runs)] = True

    def rank(self, scores: Mapping[int, float]) -> list[Ranked]:
        """Score passages, given with their BM25 scores, in the same order."""
        found = _Tokens(self._index.tokens, np.fromiter(scores, np.int64, len(scores)))
        hits = self._units_in(found)
        typed = found.sentences_of((found.flags & self._wanted != 0) & ~hits.mask) if self._wanted else None
        runs = self._runs_in(found)
        return [
            self._score(passage, bm25, hits.of(number), typed[number] if typed else frozenset(), runs.get(number, ()))
            for number, (passage, bm25) in enumerate(scores.items())
        ]

    def _units_in(self, tokens: "_Tokens") -> "_Hits":
        """Find the tokens that are units of the question, but for those of names that all passages share."""
        mask = self._marked[tokens.ids] & (tokens.flags & SHARED == 0)
        at = np.flatnonzero(mask)
        numeric = np.concatenate([[False], tokens.flags[:-1] & NUMERIC != 0])
        numeric[tokens.starts[:-1][tokens.starts[:-1] < len(numeric)]] = False  # of the passage before
        return _Hits(
            mask,
            np.searchsorted(at, tokens.starts).tolist(),
            list(zip(at.tolist(), tokens.ids[at].tolist(), tokens.sentences[at].tolist(), numeric[at].tolist(), strict=True)),
        )

    def _runs_in(self, tokens: "_Tokens") -> dict[int, list[tuple[int, int, int, float]]]:
        """
        Find synonyms and other readings that stand whole.

        Returns:
            For each passage that has any: the sentence, the first and last piece that it may replace, and its weight.
        """
        found: dict[int, list[tuple[int, int, int, float]]] = {}
        at = np.flatnonzero(self._heads[tokens.ids]) if self._runs else np.empty(0, np.int64)
        owners = np.searchsorted(tokens.starts, at, "right") - 1
        for start, owner, end in zip(at.tolist(), owners.tolist(), tokens.starts[owners + 1].tolist(), strict=True):
            for first, last, run, weight in self._runs[int(tokens.ids[start])]:
                if start + len(run) <= end and (len(run) == 1 or tokens.ids[start : start + len(run)].tolist() == run):
                    found.setdefault(owner, []).append((int(tokens.sentences[start]), first, last, weight))
        return found

    def _score(
        self,
        passage: int,
        bm25: float,
        hits: Sequence[tuple[int, int, int, bool]],
        typed: frozenset[int],
        runs: Sequence[tuple[int, int, int, float]],
    ) -> Ranked:
        weights, query = self._weights, self._query
        matches: dict[int, dict[int, float]] = {}
        pairs: dict[int, set[int]] = {}
        counts: set[int] = set()
        before: list[tuple[int, float]] = []
        last = -2
        for place, key, sentence, counted in hits:
            found = self._units[key]
            held = matches.setdefault(sentence, {})
            for number, match in found:
                if match > held.get(number, 0.0):
                    held[number] = match
                if last == place - 1 and any(number == previous + 1 for previous, _ in before):
                    pairs.setdefault(sentence, set()).add(number)
                if counted and number == self._counted:
                    counts.add(sentence)
            last, before = place, found
        for sentence, first, end, weight in runs:
            held = matches.setdefault(sentence, {})
            for number in range(first, end + 1):
                held[number] = max(held.get(number, 0.0), weight)
        best, at = 0.0, 0
        title, around = self._context(int(self._index.scopes[passage]))
        # What the title says, every sentence of the article is about: it tells its sentences apart in nothing.
        said = dict(title)
        for sentence in sorted(matches):
            # "Trong quý I-2021, …" sets the time for the sentences behind it as well.
            held = {**said, **matches[sentence]}
            said |= {number: match for number, match in held.items() if number in self._times}
            value = sum(self._mass[number] * match for number, match in held.items())
            value += sum(
                weights.adjacent
                for number in pairs.get(sentence, ())
                if self._mass[number] and self._mass[number - 1] and not (number in title and number - 1 in title)
            )
            if self._wanted and sentence not in typed:
                value *= weights.typed
            if sentence in counts:
                value += weights.counted
            if value > best:
                best, at = value, sentence
        here = {number for held in matches.values() for number in held}
        context = sum(
            weight * self._mass[number] * match
            for weight, found in ((weights.title, title), (weights.context, around))
            for number, match in found.items()
            if number not in here
        )
        total = bm25 + weights.sentence * best + context
        total *= self._kind_factor(KINDS[self._index.kinds[passage]])
        if query.reading.favoured == self._index.files[self._index.places[passage]]:
            total *= weights.favoured
        return Ranked(passage, total, at)

    def _kind_factor(self, kind: Kind) -> float:
        weights, shape = self._weights, self._query.reading.shape
        if kind is Kind.LEAD:
            return weights.lead
        if kind is Kind.HEADING:
            return weights.heading
        if kind is Kind.CAPTION:
            return weights.caption_wanted if shape.about_picture else weights.caption
        if kind is Kind.METADATA:
            return weights.metadata_wanted if shape.expected in ABOUT_ARTICLE else weights.metadata
        return 1.0

    def _context(self, scope: int) -> tuple[dict[int, float], dict[int, float]]:
        """Units with their matches in the title, and those that only section heading, names or lead have."""
        known = self._scopes.get(scope)
        if known is None:
            contexts = self._index.contexts
            start, end = contexts.starts[scope], contexts.starts[scope + 1]
            ids = contexts.ids[start:end]
            at = np.flatnonzero(self._marked[ids])
            title: dict[int, float] = {}
            around: dict[int, float] = {}
            for key, flag in zip(ids[at].tolist(), contexts.flags[start:end][at].tolist(), strict=True):
                for number, match in self._units[key]:
                    found = title if flag & TITLE else around
                    found[number] = max(match, found.get(number, 0.0))
            known = title, {number: match for number, match in around.items() if match > title.get(number, 0.0)}
            self._scopes[scope] = known
        return known

    def _wanted_flag(self) -> int:
        expected = self._query.expected
        return _FLAGS.get(expected, 0) if expected else 0
