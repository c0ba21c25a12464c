"""Stage one behind one contract: weighted terms and where to look → candidates by BM25."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from bot.language.normalize import fold
from bot.model import EVERYWHERE, Scope
from bot.retrieval.index import Index
from bot.retrieval.top_k import Candidates, top_k

_EVER = date.max.toordinal()


class Retriever(Protocol):
    """Anything that finds passages by BM25."""

    def candidates(self, terms: Mapping[str, float], *, k: int, scope: Scope) -> Candidates:
        """
        Find the passages that best match weighted terms.

        Args:
            terms: Term of `bot.language.analyzer` → weight, above 0.
            k: Most passages to return, at least 1.
            scope: Where to look.

        Returns:
            At most *k* passages of the scope that share a term, best first; equal scores keep the order of the corpus.
            Scores are BM25 as `PostingsOkapi` defines it.

        Raises:
            ServiceError: The engine is another machine's and does not answer.
        """


@dataclass(frozen=True, slots=True)
class IndexRetriever:
    """
    Finds passages in an index of this machine's, in memory or mapped from disk.

    Attributes:
        index: Of the corpus.
    """

    index: Index

    def candidates(self, terms: Mapping[str, float], *, k: int, scope: Scope) -> Candidates:
        """See `Retriever.candidates`."""
        index = self.index
        allowed = None if scope == EVERYWHERE else articles_of(index, scope)[index.places]
        return top_k(index.okapi.postings(terms) + index.names.postings(terms), len(index.places), k, allowed)


def articles_of(index: Index, scope: Scope) -> NDArray[np.bool_]:
    """Tell for each article whether it is in a scope; one without a date is in no span of dates."""
    found = np.ones(len(index.files), dtype=bool)
    if scope.file is not None:
        found[:] = False
        place = index.place_of(scope.file)
        if place is not None:
            found[place] = True
    if scope.source is not None:
        found &= np.isin(index.facts.source, sources_like(index, scope.source))
    if scope.since is not None or scope.until is not None:
        since = scope.since.toordinal() if scope.since else 1
        until = scope.until.toordinal() if scope.until else _EVER
        found &= (index.facts.published >= since) & (index.facts.published <= until)
    return found


def narrowed(scope: Scope, other: Scope) -> Scope:
    """The part of a scope that is in another one; of two newspapers, the first one's."""
    return Scope(
        scope.file or other.file,
        scope.source or other.source,
        max((day for day in (scope.since, other.since) if day), default=None),
        min((day for day in (scope.until, other.until) if day), default=None),
    )


def sources_like(index: Index, name: str) -> list[int]:
    """Positions of the sources whose name holds another, accents and case aside: "dong khoi" is Báo Đồng Khởi."""
    wanted = fold(name)
    return [number for number, source in enumerate(index.facts.sources) if wanted in fold(source)]
