"""rank_bm25's Okapi, its scores precomputed in compressed columns: one column of passages and scores a term."""

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray
from rank_bm25 import BM25Okapi

Floats = NDArray[np.float64]
Ints = NDArray[np.int32]


class PostingsOkapi(BM25Okapi):  # type: ignore[misc]
    """
    `rank_bm25.BM25Okapi` that looks at the passages with a term instead of at all of them.

    The idf with its epsilon floor is `BM25Okapi._calc_idf` itself; the score of a term in a passage is its formula
    (Trotman et al. 2014, the ATIRE variant), computed once when the index is built. `get_scores` and `get_top_n` mean what
    they mean there, and an empty corpus, which rank_bm25 cannot hold, is an index that finds nothing.

    Attributes:
        vocabulary: term → column.
        starts: Column boundaries, one more than there are terms.
        passages: Passage numbers, column after column, rising within each.
        scores: The score that the term adds to that passage, beside `passages`.
    """

    def __init__(self, corpus: Iterable[Sequence[str]], k1: float = 1.5, b: float = 0.75, epsilon: float = 0.25) -> None:
        self.k1, self.b, self.epsilon = k1, b, epsilon
        self.idf: dict[str, float] = {}
        self.average_idf = 0.0
        self.tokenizer = None
        self.vocabulary: dict[str, int] = {}
        columns: list[NDArray[np.int64]] = []
        lengths: list[int] = []
        for number, terms in enumerate(corpus):
            ids = [self.vocabulary.setdefault(term, len(self.vocabulary)) for term in terms]
            lengths.append(len(ids))
            columns.append(np.asarray(ids, dtype=np.int64) << 32 | number)
        self.corpus_size = len(lengths)
        self.doc_len: Sequence[int] | Ints = lengths
        self.avgdl = sum(lengths) / len(lengths) if lengths else 0.0
        pairs, frequencies = np.unique(np.concatenate(columns) if columns else np.empty(0, np.int64), return_counts=True)
        terms_of_pairs = pairs >> 32
        self.passages: Ints = (pairs & 0xFFFFFFFF).astype(np.int32)
        per_term = np.bincount(terms_of_pairs, minlength=len(self.vocabulary))
        self.starts = np.concatenate([[0], np.cumsum(per_term)]).astype(np.int64)
        if self.vocabulary:
            self._calc_idf(dict(zip(self.vocabulary, per_term.tolist(), strict=True)))
        idf = np.fromiter(self.idf.values(), np.float64, len(self.idf))
        length = np.asarray(lengths, np.float64)[self.passages]
        norm = k1 * (1 - b + b * length / (self.avgdl or 1.0))
        self.scores: Floats = idf[terms_of_pairs] * frequencies * (k1 + 1) / (frequencies + norm)

    @classmethod
    def restore(
        cls,
        vocabulary: dict[str, int],
        *,
        idf: dict[str, float],
        lengths: Sequence[int] | Ints,
        starts: NDArray[np.int64],
        passages: Ints,
        scores: Floats,
        parameters: Mapping[str, float],
    ) -> "PostingsOkapi":
        """Put an index together from the parts of one that was built before; see the attributes."""
        okapi = cls.__new__(cls)
        okapi.vocabulary, okapi.idf, okapi.doc_len = vocabulary, idf, lengths
        okapi.starts, okapi.passages, okapi.scores = starts, passages, scores
        okapi.corpus_size, okapi.tokenizer = len(lengths), None
        okapi.k1, okapi.b, okapi.epsilon = parameters["k1"], parameters["b"], parameters["epsilon"]
        okapi.average_idf, okapi.avgdl = parameters["average_idf"], parameters["avgdl"]
        return okapi

    def column(self, term: str) -> tuple[Ints, Floats]:
        """Passages with a term, rising, and what it adds to each; both empty for an unknown term."""
        at = self.vocabulary.get(term)
        if at is None:
            return self.passages[:0], self.scores[:0]
        start, end = self.starts[at], self.starts[at + 1]
        return self.passages[start:end], self.scores[start:end]

    def frequency(self, term: str) -> int:
        """In how many passages a term occurs."""
        at = self.vocabulary.get(term)
        return 0 if at is None else int(self.starts[at + 1] - self.starts[at])

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

    def add_weighted(self, weights: Mapping[str, float], scores: Floats, matched: NDArray[np.bool_]) -> None:
        """
        Add the scores of weighted terms, and note the passages that have any of them.

        Args:
            weights: term → factor of its score.
            scores: One a passage, added to in place.
            matched: One a passage, set to True in place: a score alone says nothing of that, since a term of two
                identical passages has a negative one.
        """
        for term, weight in weights.items():
            passages, added = self.column(term)
            scores[passages] += weight * added
            matched[passages] = True
