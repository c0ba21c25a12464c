"""Stage two: order the candidates that BM25 gives, by what they and their best sentence show of the question."""

from collections.abc import Mapping
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
_DIGITS = 9  # of what is summed: the order of sums depends on what is scored beside
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
    return [
        (alternative.first, alternative.last, ids, alternative.weight)
        for alternative in query.reading.alternatives
        if (ids := index.lexicon.ids_of(alternative.run)) is not None
    ]


class _Tokens:
    """
    The tokens of some passages, one after another.

    Attributes:
        starts: Where those of each passage begin, one more than there are passages.
        ids, flags: As in `TokenTable`.
        owners: The place of each token's passage among them.
        rows: Number of each token's sentence, counted through all of the passages.
        first_rows: That of the first sentence of each passage, one more than there are passages.
    """

    def __init__(self, table: TokenTable, passages: NDArray[np.int64]) -> None:
        first = table.starts[passages]
        lengths = table.starts[passages + 1] - first
        self.starts = np.concatenate([[0], np.cumsum(lengths)])
        self.owners, at = _one_after_another(first, lengths)
        self.ids, self.flags = table.ids[at], table.flags[at]
        sentences = table.sentences[at].astype(np.int64)
        # A passage without a token has a sentence, too: so each has a row of its own.
        last = np.zeros(len(passages), np.int64)
        np.maximum.at(last, self.owners, sentences)
        self.first_rows = np.concatenate([[0], np.cumsum(last + 1)])
        self.rows = sentences + self.first_rows[self.owners]


def _one_after_another(first: NDArray[np.int64], lengths: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Put runs of places one after another, given where each begins: the number of each place's run, and the places."""
    owners = np.repeat(np.arange(len(lengths)), lengths)
    before = np.cumsum(lengths) - lengths
    return owners, (first - before)[owners] + np.arange(len(owners))


class _Scorer:
    def __init__(self, index: Index, query: Query, weights: Weights) -> None:
        self._index, self._query, self._weights = index, query, weights
        size = max(len(index.passages), 1)
        self._units: dict[int, list[tuple[int, float]]] = {}
        self._mass = np.zeros(len(query.units))
        lexicon = index.lexicon
        for number, unit in enumerate(query.units):
            frequency = index.frequency(unit.key if unit.trusted else f"~{unit.folded}")
            idf = max(log((size - frequency + 0.5) / (frequency + 0.5)), 0.25)
            self._mass[number] = 0.0 if unit.role is Role.ASKING else idf * unit.weight
            exact = lexicon.ids.get(unit.key)
            other = weights.folded if unit.trusted else weights.alike
            for key in lexicon.by_folded.get(unit.folded, ()):
                self._units.setdefault(key, []).append((number, 1.0 if key == exact else other))
        self._wanted, self._counted = self._wanted_flag(), query.counted_unit
        pieces = query.reading.pieces
        self._times = [at for at, unit in enumerate(query.units) if pieces[at].numeric or unit.key in _TIME_WORDS]
        # The units of each key, one key after another: key → its row (-1: none), row → where its units begin and the next's.
        self._rows = np.full(len(lexicon.keys), -1, np.int32)
        self._rows[list(self._units)] = np.arange(len(self._units))
        self._begins = np.cumsum([0, *map(len, self._units.values())])
        listed = [one for found in self._units.values() for one in found]
        self._numbers = np.array([number for number, _ in listed], np.int64)
        self._matches = np.array([match for _, match in listed], np.float64)
        self._runs: dict[int, list[tuple[int, int, list[int], float]]] = {}
        for alternative in known_alternatives(index, query):
            self._runs.setdefault(alternative[2][0], []).append(alternative)
        self._heads = np.zeros(len(lexicon.keys), dtype=bool)
        self._heads[list(self._runs)] = True

    def rank(self, scores: Mapping[int, float]) -> list[Ranked]:
        """Score passages, given with their BM25 scores, in the same order."""
        passages = np.fromiter(scores, np.int64, len(scores))
        factors = self._factors(passages)
        if not scores or not self._units:
            return [Ranked(passage, bm25 * factor, 0) for (passage, bm25), factor in zip(scores.items(), factors, strict=True)]
        found = _Tokens(self._index.tokens, passages)
        held, pairs, counts, hit = self._units_in(found)
        for row, first, last, weight in self._runs_in(found):
            np.maximum(held[row, first : last + 1], weight, out=held[row, first : last + 1])
        matched = held.any(1)
        here = np.maximum.reduceat(held > 0, found.first_rows[:-1])
        title, around = self._contexts(passages)
        values = self._sentence_values(found, held, pairs, title)
        if self._wanted:
            typed = np.zeros(len(held), dtype=bool)
            typed[found.rows[(found.flags & self._wanted != 0) & ~hit]] = True
            values = np.where(typed, values, values * self._weights.typed)
        values = np.where(matched, values + self._weights.counted * counts, 0.0)
        context = ((self._weights.title * title + self._weights.context * around) * ~here @ self._mass).round(_DIGITS)
        told: list[float] = values.tolist()
        ranked = []
        for (passage, bm25), (first, end), shown, factor in zip(
            scores.items(), pairwise(found.first_rows.tolist()), context.tolist(), factors, strict=True
        ):
            best = max(told[first:end])
            total = bm25 + self._weights.sentence * max(best, 0.0) + shown
            ranked.append(Ranked(passage, total * factor, told.index(best, first) - first if best > 0 else 0))
        return ranked

    def _units_in(self, tokens: _Tokens) -> tuple[NDArray[np.float64], NDArray[np.bool_], NDArray[np.bool_], NDArray[np.bool_]]:
        """
        Find the tokens that are units of the question, but for those of names that all passages share.

        Returns:
            For each sentence and unit: how well the unit is met, and whether it stands right behind the unit before it; for
            each sentence, whether a number stands right before what is to be counted; for each token, whether it is a unit.
        """
        shape = (int(tokens.first_rows[-1]), len(self._mass))
        hit = (self._rows[tokens.ids] >= 0) & (tokens.flags & SHARED == 0)
        at = np.flatnonzero(hit)
        owners, numbers, matches = self._units_of(tokens.ids[at])
        places = at[owners]
        rows = tokens.rows[places]
        held = _best_matches(shape, rows, numbers, matches)
        inside = places > tokens.starts[tokens.owners[places]]  # not the first token of its passage
        met = np.zeros((len(tokens.ids) + 1, shape[1]), dtype=bool)
        met[places, numbers] = True
        behind = inside & (numbers > 0) & met[places - 1, numbers - 1]
        pairs = np.zeros(shape, dtype=bool)
        pairs[rows[behind], numbers[behind]] = True
        counts = np.zeros(shape[0], dtype=bool)
        if self._counted >= 0:
            counting = inside & (numbers == self._counted) & (tokens.flags[places - 1] & NUMERIC != 0)
            counts[rows[counting]] = True
        return held, pairs, counts, hit

    def _units_of(self, ids: NDArray[np.int32]) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
        """For each unit that any of some keys may be: the place of the key among them, the unit, and how well it is met."""
        entries = self._rows[ids]
        first = self._begins[entries]
        owners, at = _one_after_another(first, self._begins[entries + 1] - first)
        return owners, self._numbers[at], self._matches[at]

    def _runs_in(self, tokens: _Tokens) -> list[tuple[int, int, int, float]]:
        """
        Find synonyms and other readings that stand whole.

        Returns:
            For each: the row of its sentence, the first and last piece that it may replace, and its weight.
        """
        found: list[tuple[int, int, int, float]] = []
        at = np.flatnonzero(self._heads[tokens.ids]) if self._runs else np.empty(0, np.int64)
        ends = tokens.starts[tokens.owners[at] + 1]
        for start, end, row in zip(at.tolist(), ends.tolist(), tokens.rows[at].tolist(), strict=True):
            for first, last, run, weight in self._runs[int(tokens.ids[start])]:
                if start + len(run) <= end and (len(run) == 1 or tokens.ids[start : start + len(run)].tolist() == run):
                    found.append((row, first, last, weight))
        return found

    def _sentence_values(
        self, tokens: _Tokens, held: NDArray[np.float64], pairs: NDArray[np.bool_], title: NDArray[np.float64]
    ) -> NDArray[np.float64]:
        """What each sentence shows of the question, in idf."""
        owners = np.repeat(np.arange(len(title)), np.diff(tokens.first_rows))
        # What the title says, every sentence of the article is about: it tells its sentences apart in nothing.
        said = title[owners]
        first_rows = frozenset(tokens.first_rows.tolist())
        for number in self._times:
            # "Trong quý I-2021, …" sets the time for the sentences behind it as well.
            if not held[:, number].any():
                continue
            times, last = said[:, number].tolist(), 0.0
            for row, own in enumerate(held[:, number].tolist()):
                if row in first_rows:
                    last = times[row]
                times[row] = last
                last = own or last
            said[:, number] = times
        shown = np.where(held > 0, held, said)
        open_ = self._mass > 0
        counted = pairs & open_
        counted[:, 1:] &= open_[:-1]
        in_title = title[owners] > 0
        counted[:, 1:] &= ~(in_title[:, 1:] & in_title[:, :-1])
        values: NDArray[np.float64] = shown @ self._mass + self._weights.adjacent * counted.sum(1)
        return values.round(_DIGITS)

    def _contexts(self, passages: NDArray[np.int64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """For each passage and unit, how well the title meets it, and how well only section heading, names or lead do."""
        contexts = self._index.contexts
        scopes, scope_of = np.unique(self._index.scopes[passages], return_inverse=True)
        first = contexts.starts[scopes]
        owners, at = _one_after_another(first, contexts.starts[scopes + 1] - first)
        hit = self._rows[contexts.ids[at]] >= 0
        owners, at = owners[hit], at[hit]
        tokens, numbers, matches = self._units_of(contexts.ids[at])
        # Two rows a scope: the title, and what else there is.
        rows = 2 * owners[tokens] + (contexts.flags[at] & TITLE == 0)[tokens]
        found = _best_matches((2 * len(scopes), len(self._mass)), rows, numbers, matches)
        title, around = found[::2], found[1::2]
        return title[scope_of], np.where(around > title, around, 0.0)[scope_of]

    def _factors(self, passages: NDArray[np.int64]) -> list[float]:
        """By which the scores of passages are multiplied, for their kinds and their articles."""
        of_kind = [self._kind_factor(kind) for kind in KINDS]
        factors = [of_kind[kind] for kind in self._index.kinds[passages].tolist()]
        favoured = self._query.reading.favoured
        if favoured is None:
            return factors
        place = self._index.place_of(favoured)
        return [
            factor * self._weights.favoured if own == place else factor
            for factor, own in zip(factors, self._index.places[passages].tolist(), strict=True)
        ]

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

    def _wanted_flag(self) -> int:
        expected = self._query.expected
        return _FLAGS.get(expected, 0) if expected else 0


def _best_matches(
    shape: tuple[int, int], rows: NDArray[np.int64], numbers: NDArray[np.int64], matches: NDArray[np.float64]
) -> NDArray[np.float64]:
    """How well each row meets each unit at best, from all the places that meet one; 0 where none does."""
    best = np.zeros(shape)
    # By places in the flat array: with two numbers for a place this takes twice as long.
    np.maximum.at(best.reshape(-1), rows * shape[1] + numbers, matches)
    return best
