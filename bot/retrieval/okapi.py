"""rank_bm25's Okapi, its scores precomputed in compressed columns: one column of passages and scores a term."""

from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from itertools import chain, islice
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray
from rank_bm25 import BM25Okapi

from bot.retrieval.ragged import Ragged, narrow_counts
from bot.retrieval.top_k import Field, Postings

Floats = NDArray[np.float64]
Ints = NDArray[np.int32]
_KEPT = 1 << 16  # terms whose columns are kept at hand
_TOGETHER = 256  # passages whose terms are counted in one go
_AT_ONCE = 1 << 16  # postings whose scores are worked out in one go: what that takes stays in the cache


class Vocabulary(Protocol):
    """Written terms → columns."""

    def __len__(self) -> int:
        """How many columns there are."""

    def get(self, term: str, /) -> int | None:
        """The column of a term, or None."""


@dataclass(frozen=True, slots=True)
class Columns:
    """
    Postings, column after column.

    Attributes:
        starts: Column boundaries, one more than there are columns, int64.
        passages: Passage numbers, rising within each column.
        counts: How often the term occurs in that passage, beside *passages*.
        scores: What the term adds to the score of that passage, beside *passages*.
        bounds: Largest score of each column; 0 for an empty one.
        idf: Of each column; 0 for an empty one.
    """

    starts: NDArray[np.int64]
    passages: Ints
    counts: NDArray[np.integer[Any]]
    scores: Floats
    bounds: Floats
    idf: Floats


@dataclass(frozen=True, slots=True)
class Parameters:
    """
    The numbers that a score depends on beside the texts.

    Attributes:
        k1, b, epsilon: As in rank_bm25.
        average_idf: Mean over the terms, from which the floor of negative ones is made.
        avgdl: Mean number of terms a passage.
    """

    k1: float = 1.5
    b: float = 0.75
    epsilon: float = 0.25
    average_idf: float = 0.0
    avgdl: float = 0.0


class PostingsOkapi(BM25Okapi):  # type: ignore[misc]
    """
    `rank_bm25.BM25Okapi` that looks at the passages with a term instead of at all of them.

    The idf with its epsilon floor is that of `BM25Okapi._calc_idf`; the score of a term in a passage is its formula (Trotman
    et al. 2014, the ATIRE variant), computed once when the index is built. `get_scores` and `get_top_n` mean what they mean
    there, and an empty corpus, which rank_bm25 cannot hold, is an index that finds nothing.

    Args:
        corpus: The terms of each passage; read once, one passage at a time.
        k1, b, epsilon: As in rank_bm25.

    Attributes:
        vocabulary: Term → column.
        columns: The postings.
        field: The same as `top_k` looks at them.
        span_of: Term → where its column starts and ends, and its largest score; None for a term that no passage has.
    """

    def __init__(self, corpus: Iterable[Sequence[str]], k1: float = 1.5, b: float = 0.75, epsilon: float = 0.25) -> None:
        vocabulary: dict[str, int] = {}
        lengths = array("i")
        parts = [
            _count([[vocabulary.setdefault(term, len(vocabulary)) for term in terms] for terms in some], lengths)
            for some in _batches(corpus)
        ]
        built = PostingsOkapi.of_counts(vocabulary, _join(parts), np.array(lengths, np.int32), Parameters(k1, b, epsilon))
        self.__dict__.update(built.__dict__)

    @classmethod
    def of_counts(
        cls, vocabulary: Vocabulary, counted: Ragged, lengths: Sequence[int] | Ints, parameters: Parameters
    ) -> "PostingsOkapi":
        """
        Build from counted terms.

        Args:
            vocabulary: Term → column.
            counted: A row a passage: ``terms`` (columns, each once) and ``counts``.
            lengths: Terms of each passage, repeats counted.
            parameters: `k1`, `b` and `epsilon`; the averages are worked out here.
        """
        starts, passages, counts = _by_term(counted, len(vocabulary))
        del counted  # as large as the columns, and of no more use
        return cls._of_columns(vocabulary, starts, passages, counts, lengths, parameters)

    def merged(
        self, vocabulary: Vocabulary, numbers: Ints, counted: Ragged, fresh: Ints, lengths: Sequence[int] | Ints
    ) -> "PostingsOkapi":
        """
        Take passages out and put others in; the scores are those of a build from all passages that are there then.

        Args:
            vocabulary: Term → column; columns that are there already keep their numbers.
            numbers: The new number of each passage, in the same order as before; -1 for those that go.
            counted: The new passages, as for `of_counts`.
            fresh: The number of each of them, rising.
            lengths: Terms of each passage, by the new numbers.
        """
        old = self.columns
        starts = np.full(len(vocabulary) + 1, len(old.passages), np.int64)
        starts[: len(old.starts)] = old.starts
        gone = np.flatnonzero((numbers < 0)[old.passages]) if (numbers < 0).any() else np.empty(0, np.int64)
        added_starts, added, added_counts = _by_term(counted, len(vocabulary))
        added = fresh[added]
        # Before which of the old passages each of the new ones comes: those that stay are in the same order as before.
        kept = np.flatnonzero(numbers >= 0)
        before = np.append(kept, len(numbers))[np.searchsorted(numbers[kept], added)]
        columns = np.repeat(np.arange(len(vocabulary)), np.diff(added_starts))
        at = np.array(
            [
                start + int(np.searchsorted(old.passages[start:end], passage))
                for start, end, passage in zip(
                    starts[columns].tolist(), starts[columns + 1].tolist(), before.tolist(), strict=True
                )
            ],
            np.int64,
        )
        pieces = _pieces(len(old.passages), at, gone)
        size = len(old.passages) - len(gone) + len(at)
        passages, counts = np.empty(size, np.int32), np.empty(size, np.result_type(old.counts, added_counts))
        for first, last, place in pieces:
            # Not checked, or numpy would make another array first: the numbers are those of passages.
            np.take(numbers, old.passages[first:last], out=passages[place : place + last - first], mode="clip")
            counts[place : place + last - first] = old.counts[first:last]
        places = at - np.searchsorted(gone, at) + np.arange(len(at))
        passages[places], counts[places] = added, added_counts
        return self._of_columns(
            vocabulary, starts - np.searchsorted(gone, starts) + added_starts, passages, counts, lengths, self.parameters
        )

    @classmethod
    def _of_columns(
        cls,
        vocabulary: Vocabulary,
        starts: NDArray[np.int64],
        passages: Ints,
        counts: NDArray[np.integer[Any]],
        lengths: Sequence[int] | Ints,
        parameters: Parameters,
    ) -> "PostingsOkapi":
        """Work out idf, averages, scores and bounds."""
        total = float(np.sum(lengths, dtype=np.int64))
        avgdl = total / len(lengths) if len(lengths) else 0.0
        idf, average_idf = inverse_frequencies(np.diff(starts), len(lengths), parameters.epsilon)
        norm = parameters.k1 * (1 - parameters.b + parameters.b * np.asarray(lengths, np.float64) / (avgdl or 1.0))
        scores = np.empty(len(passages))
        for first in range(0, len(passages), _AT_ONCE):
            last = min(first + _AT_ONCE, len(passages))
            # Columns that begin before `last`; the first and the last may be cut.
            low = int(np.searchsorted(starts, first, "right")) - 1
            high = int(np.searchsorted(starts, last, "left"))
            ends: NDArray[np.int64] = np.clip(starts[low : high + 1], first, last)
            widths = np.diff(ends)
            # idf * tf * (k1 + 1) / (tf + norm), in place: new memory takes as long as the sums.
            frequency = counts[first:last].astype(np.float64)
            upper = np.repeat(idf[low:high], widths)
            upper *= frequency
            upper *= parameters.k1 + 1
            frequency += norm[passages[first:last]]
            np.divide(upper, frequency, out=scores[first:last])
        filled = np.diff(starts) > 0
        bounds = np.zeros(len(vocabulary))
        if len(scores):
            bounds[filled] = np.maximum.reduceat(scores, starts[:-1][filled])
        return cls.restore(
            vocabulary,
            lengths=lengths,
            columns=Columns(starts, passages, counts, scores, bounds, idf),
            parameters=Parameters(parameters.k1, parameters.b, parameters.epsilon, average_idf, avgdl),
        )

    @classmethod
    def restore(
        cls, vocabulary: Vocabulary, *, lengths: Sequence[int] | Ints, columns: Columns, parameters: Parameters
    ) -> "PostingsOkapi":
        """Put an index together from the parts of one that was built before; see the attributes."""
        okapi = cls.__new__(cls)
        okapi.vocabulary, okapi.columns, okapi.doc_len = vocabulary, columns, lengths
        # Questions share most of their terms, and there may be millions.
        okapi.span_of = lru_cache(_KEPT)(partial(_span, vocabulary, columns))
        okapi.field = Field(columns.passages, columns.scores, len(lengths))
        okapi.corpus_size, okapi.tokenizer = len(lengths), None
        okapi.k1, okapi.b, okapi.epsilon = parameters.k1, parameters.b, parameters.epsilon
        okapi.average_idf, okapi.avgdl = parameters.average_idf, parameters.avgdl
        return okapi

    @property
    def parameters(self) -> Parameters:
        """The numbers that its scores depend on."""
        return Parameters(self.k1, self.b, self.epsilon, self.average_idf, self.avgdl)

    @property
    def idf(self) -> dict[str, float]:
        """Term → idf, as in rank_bm25; for a vocabulary that lists its terms."""
        return {term: float(self.columns.idf[column]) for term, column in self.vocabulary.items()}

    def column(self, term: str) -> tuple[Ints, Floats]:
        """Passages with a term, rising, and what it adds to each; both empty for an unknown term."""
        start, end, _ = self.span_of(term) or (0, 0, 0.0)
        return self.columns.passages[start:end], self.columns.scores[start:end]

    def postings(self, weights: Mapping[str, float]) -> list[Postings]:
        """The columns of weighted terms that any passage has."""
        known = [(span, weight) for term, weight in weights.items() if weight and (span := self.span_of(term)) is not None]
        return [Postings(self.field, start, end, weight, weight * bound) for (start, end, bound), weight in known]

    def frequency(self, term: str) -> int:
        """In how many passages a term occurs."""
        start, end, _ = self.span_of(term) or (0, 0, 0.0)
        return end - start

    def frequencies(self, columns: NDArray[np.integer[Any]]) -> NDArray[np.int64]:
        """In how many passages the terms of some columns occur, in the shape given; 0 for column -1."""
        starts = self.columns.starts
        found: NDArray[np.int64] = starts[columns + 1] - starts[columns]
        found[columns < 0] = 0
        return found

    def share(self, term: str, passage: int) -> float:
        """What a term adds to the score of one passage."""
        passages, added = self.column(term)
        at = int(np.searchsorted(passages, passage))
        return float(added[at]) if at < len(passages) and passages[at] == passage else 0.0

    def get_scores(self, query: Iterable[str]) -> Floats:
        """Score every passage for a query of terms; a repeated term counts again, as in rank_bm25."""
        scores = np.zeros(self.corpus_size)
        for term in query:
            passages, added = self.column(term)
            scores[passages] += added
        return scores

    def get_batch_scores(self, query: Iterable[str], doc_ids: Sequence[int]) -> list[float]:
        """Score some passages, in the order given."""
        found: list[float] = self.get_scores(query)[np.asarray(doc_ids, dtype=np.int64)].tolist()
        return found


def _span(vocabulary: Vocabulary, columns: Columns, term: str) -> tuple[int, int, float] | None:
    """Where the column of a term starts and ends, and its largest score; None for a term that no passage has."""
    at = vocabulary.get(term)
    if at is None or columns.starts[at] == columns.starts[at + 1]:
        return None
    return int(columns.starts[at]), int(columns.starts[at + 1]), float(columns.bounds[at])


def _pieces(size: int, added: NDArray[np.int64], gone: NDArray[np.int64]) -> list[tuple[int, int, int]]:
    """
    Cut a row where something comes in or goes.

    Args:
        size: Of the row.
        added: Before which places something comes in, rising; a place may be there again.
        gone: Which places go, rising.

    Returns:
        First and last place (not included) of each piece that stays, and where it begins in the new row.

    >>> _pieces(6, np.array([2, 2]), np.array([3]))
    [(0, 2, 0), (2, 3, 4), (4, 6, 5)]
    """
    events = sorted([*((place, 0) for place in added.tolist()), *((place, 1) for place in gone.tolist()), (size, 0)])
    found, begins, shift = [], 0, 0
    for place, goes in events:
        if place > begins:
            found.append((begins, place, begins + shift))
        begins = place + goes
        shift += 1 - 2 * goes
    return found


def _by_term(counted: Ragged, size: int) -> tuple[NDArray[np.int64], Ints, NDArray[np.integer[Any]]]:
    """Turn rows of passages into columns of terms: where each of *size* columns starts, the passages and counts in them."""
    from scipy.sparse import csr_array  # only for a build: it takes as long to load as an answer may

    # Starts of the type of the columns, or scipy makes both of the wider one.
    small = counted.starts[-1] <= np.iinfo(np.int32).max
    starts = counted.starts.astype(np.int32) if small else counted.starts
    by_term = csr_array((counted.columns["counts"], counted.columns["terms"], starts), shape=(len(counted), size)).tocsc()
    return by_term.indptr.astype(np.int64), by_term.indices.astype(np.int32, copy=False), by_term.data


def _batches(corpus: Iterable[Sequence[str]]) -> Iterator[list[Sequence[str]]]:
    passages = iter(corpus)
    while some := list(islice(passages, _TOGETHER)):
        yield some


def _join(parts: Sequence[dict[str, NDArray[Any]]]) -> Ragged:
    """Put counted passages together, and give each column of the parts back as soon as it is joined."""
    rows = np.concatenate([part.pop("rows") for part in parts]) if parts else np.empty(0, np.int64)
    terms = np.concatenate([part.pop("terms") for part in parts]) if parts else np.empty(0, np.int32)
    counts = np.concatenate([part.pop("counts") for part in parts]) if parts else np.empty(0, np.uint16)
    return Ragged.of(rows, terms=terms, counts=counts)


def _count(columns: Sequence[Sequence[int]], lengths: "array[int]") -> dict[str, NDArray[Any]]:
    """Count the terms of some passages, and note how many each has, repeats counted."""
    own = [len(row) for row in columns]
    lengths.extend(own)
    of_passage = np.repeat(np.arange(len(own), dtype=np.int64), own)
    pairs, counts = np.unique(of_passage << 32 | np.fromiter(chain.from_iterable(columns), np.int64), return_counts=True)
    rows = np.bincount(pairs >> 32, minlength=len(own))
    return {"rows": rows, "terms": (pairs & 0xFFFFFFFF).astype(np.int32), "counts": narrow_counts(counts)}


def inverse_frequencies(frequencies: NDArray[np.int64], corpus_size: int, epsilon: float) -> tuple[Floats, float]:
    """
    Work out the idf of terms as `BM25Okapi._calc_idf` does, which walks a dictionary of all terms.

    Args:
        frequencies: In how many passages each term occurs; terms with none do not count.
        corpus_size: Number of passages.
        epsilon: Negative ones become this share of the mean.

    Returns:
        The idf of each term (0 for those with no passage), and the mean before the floor.
    """
    found = frequencies > 0
    idf = np.zeros(len(frequencies))
    # By frequency, of which there are few: summed up so, the mean does not depend on the order of the columns, which updates
    # change.
    counts = np.bincount(frequencies[found])
    different = np.flatnonzero(counts)
    logs = np.zeros(len(counts))
    logs[different] = np.log(corpus_size - different + 0.5) - np.log(different + 0.5)
    idf[found] = logs[frequencies[found]]
    average = float((logs * counts).sum() / counts.sum()) if len(different) else 0.0
    idf[idf < 0] = epsilon * average
    return idf, average
