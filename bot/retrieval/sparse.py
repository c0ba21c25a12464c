"""
BM25 as sparse vectors, for an engine that multiplies a query's values by an idf of its own.

A passage's value for a term is Okapi's weight without the idf (Trotman et al. 2014, the ATIRE variant)

    tf * (k1 + 1) / (tf + k1 * (1 - b + b * length / avgdl))

and the engine's idf is that of Lucene, ln(1 + (N - n + 0.5) / (n + 0.5)), which is never negative: N vectors, n of them with
the term. A query's value is therefore the term's weight * Okapi's idf / the engine's idf, both from the counts of the local
index, so that the products add up to Okapi's scores as long as the engine's counts and avgdl are those of the index.

Terms of passages and terms of shared names are two fields with their own statistics; the columns of the second begin at
`NAMES_FROM`, and both fit the unsigned 32 bits of an index.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from hashlib import blake2b
from math import log
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bot.retrieval.index import Index
from bot.retrieval.okapi import Parameters, PostingsOkapi
from bot.retrieval.ragged import Ragged, Rows
from bot.retrieval.rows import article_row

NAMES_FROM = 1 << 31
_NEXT_TO_NOTHING = 1e-9  # a value that finds passages and adds nothing to be seen: engines leave out products that are 0
_BLOCK = 1 << 16  # passages whose columns are turned into rows at a time; each time, all postings are looked at

SparseVector = tuple[list[int], list[float]]
"""Columns, rising, and the values beside them."""


def passage_vectors(index: Index, passages: NDArray[np.int64], avgdl: float) -> Iterator[SparseVector]:
    """
    Work out the vectors of passages.

    Args:
        index: Of the corpus.
        passages: Their numbers, each once.
        avgdl: Mean number of terms a passage, of the time when the first of the vectors beside these was made.

    Yields:
        One vector a passage, in the order given; empty for one without any term.
    """
    for first in range(0, len(passages), _BLOCK):
        block = passages[first : first + _BLOCK]
        own = _rows(index.okapi, block, replace(index.okapi.parameters, avgdl=avgdl))
        shared = _rows(index.names, block, index.names.parameters)
        for at in range(len(block)):
            yield (
                [*own.row(at, "terms").tolist(), *(shared.row(at, "terms") + NAMES_FROM).tolist()],
                [*own.row(at, "values").tolist(), *shared.row(at, "values").tolist()],
            )


def query_vector(index: Index, terms: Mapping[str, float], size: int) -> SparseVector:
    """
    Work out the vector of a query; see the top of this module.

    A term whose Okapi idf is 0 or below (there are some in a corpus of a few passages) keeps its sign, and one of exactly 0
    a value next to nothing: it still finds its passages, as `IndexRetriever` does.

    Args:
        index: Of the corpus.
        terms: Term → weight.
        size: See `filled`.
    """
    values: dict[int, float] = {}
    for okapi, start in ((index.okapi, 0), (index.names, NAMES_FROM)):
        for term, weight in terms.items():
            column = okapi.vocabulary.get(term)
            frequency = okapi.frequency(term)
            if column is not None and frequency and weight:
                values[start + column] = weight * _idf(okapi, column) / engine_idf(frequency, size)
    columns = sorted(values)
    return columns, [values[column] for column in columns]


def okapi_scores(index: Index, terms: Mapping[str, float], passages: NDArray[np.int64]) -> NDArray[np.float64]:
    """
    Score some passages as `IndexRetriever` does, looking up no other.

    Args:
        index: Of the corpus.
        terms: Term → weight.
        passages: Their numbers.
    """
    scores = np.zeros(len(passages))
    for okapi in (index.okapi, index.names):
        for one in okapi.postings(terms):
            scores += one.look_up(passages)
    return scores


def engine_idf(frequency: int, size: int) -> float:
    """
    Compute the idf that Qdrant multiplies a query's value by (its Modifier.IDF).

    Args:
        frequency: How many vectors have the term.
        size: How many vectors there are, empty ones left out.
    """
    return log(1 + (size - frequency + 0.5) / (frequency + 0.5))


def filled(index: Index) -> int:
    """How many passages have any term, and so a vector that the engine's idf counts."""
    return int(np.count_nonzero((np.asarray(index.okapi.doc_len) > 0) | (np.asarray(index.names.doc_len) > 0)))


def article_versions(index: Index) -> list[str]:
    """
    Name the state of each article: 32 hexadecimal digits, which differ as soon as anything in its passages does.

    Within one lineage an article's row decides what its passages, their terms and the numbers of these are.
    """
    articles = index.articles
    rows = (
        (articles.rows.row(place, "bytes").tobytes() for place in range(len(articles)))
        if isinstance(articles, Rows)
        else map(article_row, articles)
    )
    return [version_of(row, index.lineage) for row in rows]


def version_of(row: bytes, lineage: str) -> str:
    """Name the state of one article by its `article_row`, which has its file in it."""
    return blake2b(row, digest_size=16, key=lineage.encode()).hexdigest()


def numbers_of(index: Index, sizes: Sequence[int] | None = None) -> tuple[list[int], str] | None:
    """
    Name which terms the columns of vectors stand for.

    Numbers are only ever added, but two updates of one index, on two machines or after a crash, may give the same number to
    different terms. An index whose first numbers are those that a collection was made with reads it rightly.

    Args:
        index: Of the corpus.
        sizes: How many numbers of each kind to look at; all of them when None.

    Returns:
        How many numbers of each kind there are, and 32 hexadecimal digits; None when there are fewer than *sizes*.
    """
    lexicon = index.lexicon
    lists = (lexicon.keys, lexicon.folded, lexicon.runs)
    columns = tuple(okapi.vocabulary.keys for okapi in (index.okapi, index.names))
    counts = [*map(len, lists), *map(len, columns)]
    wanted = counts if sizes is None else list(sizes)
    if len(wanted) != len(counts) or any(count < size for count, size in zip(counts, wanted, strict=True)):
        return None
    digest = blake2b(digest_size=16)
    for names, size in zip(lists, wanted, strict=False):
        digest.update("\n".join(names[:size]).encode("utf-8", "surrogatepass") + b"\0")
    for known, size in zip(columns, wanted[len(lists) :], strict=True):
        by_column = np.empty(len(known), np.uint64)
        by_column[known.columns] = known.keys
        digest.update(by_column[:size].tobytes() + b"\0")
    return wanted, digest.hexdigest()


def state_of(versions: Iterable[str]) -> str:
    """Name the state of all articles together; their order does not matter."""
    return blake2b("".join(sorted(versions)).encode(), digest_size=16).hexdigest()


def _idf(okapi: PostingsOkapi, column: int) -> float:
    return float(okapi.columns.idf[column]) or _NEXT_TO_NOTHING


def _rows(okapi: PostingsOkapi, passages: NDArray[Any], parameters: Parameters) -> Ragged:
    """Turn columns into a row a passage: ``terms`` (columns, rising) and ``values``."""
    places = np.full(okapi.corpus_size, -1, np.int64)
    places[passages] = np.arange(len(passages))
    columns = okapi.columns
    at = np.flatnonzero(places[columns.passages] >= 0)
    rows = places[columns.passages[at]]
    at = at[np.argsort(rows, kind="stable")]
    counted = np.bincount(rows, minlength=len(passages))
    lengths = np.asarray(okapi.doc_len)[passages].astype(np.float64)
    norm = parameters.k1 * (1 - parameters.b + parameters.b * lengths / (parameters.avgdl or 1.0))
    frequency = columns.counts[at].astype(np.float64)
    values = frequency * (parameters.k1 + 1) / (frequency + np.repeat(norm, counted))
    return Ragged.of(counted, terms=np.searchsorted(columns.starts, at, "right") - 1, values=values)
