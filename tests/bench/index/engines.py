"""The engines that are compared, each behind the same few methods; what one imports is loaded only when it is asked for."""

import shutil
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

K = 10
"""How many passages are asked for."""
K1, B = 1.5, 0.75
Found = tuple[list[int], list[float]]
"""Passages, best first, and their scores."""
Passages = Sequence[Sequence[str]]


class Engine:
    """
    One engine; what it cannot do, it does not override.

    Attributes:
        threads: Whether threads share it, rather than processes that are forked from one that has built it.
        exact: Whether its scores are to be those of `rank_bm25.BM25Okapi`.
        most: Passages from which on it is not tried.
    """

    threads = False
    exact = False
    most = 10_000_000

    def build(self, passages: Passages, folder: Path) -> None:
        """Build from terms; a *folder* to write to, not there yet, for those that live on disk."""
        raise NotImplementedError

    def ask(self, terms: list[str]) -> Found:
        """Find the best `K` passages."""
        raise NotImplementedError

    def save(self, folder: Path) -> None:
        """Write the form on disk into an empty folder."""
        raise NotImplementedError

    def open(self, folder: Path) -> None:
        """Open the form on disk."""
        raise NotImplementedError


class Ours(Engine):
    """`PostingsOkapi` and `top_k` as they are used inside the program, in memory."""

    exact = True

    def build(self, passages: Passages, folder: Path) -> None:
        import scipy.sparse  # noqa: F401

        from bot.retrieval.okapi import PostingsOkapi

        del folder
        self._okapi = PostingsOkapi(passages, K1, B)

    def ask(self, terms: list[str]) -> Found:
        from bot.retrieval.top_k import top_k

        found = top_k(self._okapi.postings(dict.fromkeys(terms, 1.0)), self._okapi.corpus_size, K)
        return found.passages.tolist(), found.scores.tolist()


class OursOnDisk(Ours):
    """
    The same as `hoibao` opens it: arrays mapped from the index that `hoibao index` has written.

    It is not built from the terms; the folder that it opens is that of the archive's index, passages and all.
    """

    def build(self, passages: Passages, folder: Path) -> None:
        raise NotImplementedError

    def open(self, folder: Path) -> None:
        from bot.retrieval.index_file import open_index

        index, _ = open_index(folder)
        self._okapi = index.okapi
        self.ask(["báo"])  # tables of the vocabulary are made at the first question: that is part of opening


class RankBm25(Engine):
    """The definition: `rank_bm25.BM25Okapi`, its best found without sorting everything."""

    exact = True
    most = 300_000  # beyond, it needs more memory than most machines have

    def build(self, passages: Passages, folder: Path) -> None:
        from rank_bm25 import BM25Okapi

        del folder
        self._okapi = BM25Okapi(passages, k1=K1, b=B)

    def ask(self, terms: list[str]) -> Found:
        scores = self._okapi.get_scores(terms)
        best = np.argpartition(-scores, min(K, len(scores) - 1))[:K]
        best = best[np.argsort(-scores[best], kind="stable")]
        return best.tolist(), scores[best].tolist()


class Bm25s(Engine):
    """bm25s, scored and selected by numpy."""

    backend = "numpy"

    def build(self, passages: Passages, folder: Path) -> None:
        import bm25s

        del folder
        self._bm25 = bm25s.BM25(k1=K1, b=B, method="atire", backend=self.backend)
        self._bm25.index(passages, show_progress=False)

    def ask(self, terms: list[str]) -> Found:
        found = self._bm25.retrieve([terms], k=K, show_progress=False, n_threads=self.n_threads)
        return found.documents[0].tolist(), found.scores[0].tolist()

    n_threads = 0  # in the calling thread: the numpy backend starts a pool for 1

    def save(self, folder: Path) -> None:
        self._bm25.save(str(folder), show_progress=False)

    def open(self, folder: Path) -> None:
        import bm25s

        self._bm25 = bm25s.BM25.load(str(folder), mmap=True, load_corpus=False, show_progress=False)


class Bm25sNumba(Bm25s):
    """bm25s, scored and selected by compiled code."""

    backend = "numba"
    n_threads = 1


class QdrantEdge(Engine):
    """Qdrant's own engine in this process: sparse vectors, idf worked out by the engine, its defaults otherwise."""

    threads = True  # a fork of a process with its threads may wait for ever
    _TOGETHER = 1000

    def build(self, passages: Passages, folder: Path) -> None:
        import qdrant_edge as edge

        self._edge = edge
        self._ids: dict[str, int] = {}
        number_of = self._ids.setdefault
        average = sum(map(len, passages)) / len(passages)
        folder.mkdir(parents=True)
        sparse = {"terms": edge.EdgeSparseVectorParams(modifier=edge.Modifier.Idf)}
        self._shard = edge.EdgeShard.create(str(folder), edge.EdgeConfig(sparse_vectors=sparse))
        points = []
        for at, terms in enumerate(passages):
            ids = [number_of(term, len(self._ids)) for term in terms]
            row, counts = np.unique(ids, return_counts=True)
            weights = counts * (K1 + 1) / (counts + K1 * (1 - B + B * len(ids) / average))
            points.append(edge.Point(at, {"terms": edge.SparseVector(row.tolist(), weights.tolist())}))
            if len(points) == self._TOGETHER or at == len(passages) - 1:
                self._shard.update(edge.UpdateOperation.upsert_points(points))
                points = []
        self._shard.optimize()
        self._shard.flush()
        self._folder = folder

    def ask(self, terms: list[str]) -> Found:
        edge, ids = self._edge, self._ids
        known = sorted(ids[term] for term in terms if term in ids)
        if not known:
            return [], []
        query = edge.Query.Nearest(edge.SparseVector(known, [1.0] * len(known)), using="terms")
        found = self._shard.query(edge.QueryRequest(limit=K, query=query))
        return [point.id for point in found], [point.score for point in found]

    def save(self, folder: Path) -> None:
        self._shard.close()  # frees the lock; the shard has been on disk all along
        shutil.copytree(self._folder, folder, dirs_exist_ok=True)

    def open(self, folder: Path) -> None:
        self._shard = self._edge.EdgeShard.load(str(folder))


ENGINES: dict[str, Callable[[], Engine]] = {
    "hoibao": Ours,
    "hoibao, on disk": OursOnDisk,
    "rank_bm25": RankBm25,
    "bm25s, numpy": Bm25s,
    "bm25s, numba": Bm25sNumba,
    "qdrant-edge": QdrantEdge,
}
NEEDS = {
    "rank_bm25": "rank_bm25",
    "bm25s, numpy": "bm25s",
    "bm25s, numba": "numba",
    "qdrant-edge": "qdrant_edge",
}
"""What has to be installed for an engine to be tried."""
Figures = dict[str, Any]
