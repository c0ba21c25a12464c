"""
The contract of `Retriever`, and what questions find, on this machine's index and on Qdrant.

"local" is qdrant-client's own stand-in, "edge" Qdrant's engine in this process, and "server" the cluster that QDRANT_URL
names, where it is set: the same tests, unchanged.
"""

import os
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from random import Random
from uuid import uuid4

import numpy as np
import pytest
from qdrant_client import QdrantClient
from qdrant_edge_client import EdgeClient, ShardedClient

from bot.answering.engine import Engine
from bot.bootstrap import current_index
from bot.config import Settings
from bot.evaluation.gold import load_gold
from bot.model import Scope
from bot.retrieval.index import Index
from bot.retrieval.qdrant import Cluster, conditions_of
from bot.retrieval.ranking import EVERYWHERE
from bot.retrieval.retriever import IndexRetriever, Retriever, articles_of
from bot.retrieval.sparse import filled, query_vector
from bot.retrieval.top_k import Candidates

pytestmark = pytest.mark.filterwarnings("ignore:Payload indexes have no effect in the local Qdrant:UserWarning")

GOLD = Path(__file__).parent.parent / "gold" / "seeds_dev.jsonl"
ENGINES = ["local", "edge", "server"]
CLOSE = 1e-3  # of a score: Qdrant adds in 32-bit floats


@pytest.fixture(scope="module", params=ENGINES)
def cluster(request: pytest.FixtureRequest) -> Iterator[Cluster]:
    yield from clusters(request.param)


def clusters(engine: str) -> Iterator[Cluster]:
    corpus = uuid4().hex[:16]
    if engine == "server":
        url = os.environ.get("QDRANT_URL")
        if not url:
            pytest.skip("QDRANT_URL is not set")
        made = Cluster.connect(url, os.environ.get("QDRANT_API_KEY"), corpus)
    else:
        made = Cluster(QdrantClient(":memory:") if engine == "local" else EdgeClient(), corpus)
    yield made
    client = made._client
    for one in client.get_collections().collections:
        if one.name.startswith(made.alias):
            client.delete_collection(one.name)
    client.close()


@pytest.fixture(scope="module", params=["index", *ENGINES])
def retriever(request: pytest.FixtureRequest, index: Index) -> Iterator[Retriever]:
    if request.param == "index":
        yield IndexRetriever(index)
        return
    for one in clusters(request.param):
        yield one.serve(index)


TWINS = "Hai tin giống nhau\n\nNgười dân thôn Thượng trồng 500 cây sưa dọc con đường mới mở của thôn vào mùa xuân.\n"
TAGGED = """\
Trạm bơm An Phước chạy thử

02/01/2020 - 08:00

BDK - Trạm bơm An Phước chạy thử sáng nay, tưới được 90 ha lúa của xã An Phước và xã bên cạnh.
"""


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory, seeds: Path) -> Index:
    """The seeds, with two articles that are alike and one of long ago."""
    folder = tmp_path_factory.mktemp("bai")
    for path in seeds.glob("*.txt"):
        (folder / path.name).write_bytes(path.read_bytes())
    for name, text in (("tin-a.txt", TWINS), ("tin-b.txt", TWINS), ("tram-bom.txt", TAGGED)):
        (folder / name).write_text(text, "utf-8")
    return current_index(Settings(corpus=folder, index=tmp_path_factory.mktemp("chi-muc")))[0]


def pairs(found: Candidates) -> list[tuple[int, float]]:
    return list(zip(found.passages.tolist(), found.scores.tolist(), strict=True))


def same(found: Candidates, wanted: Candidates) -> None:
    """The same passages with the same scores; those of (nearly) the same score may change places."""
    assert found.scores == pytest.approx(wanted.scores, rel=CLOSE, abs=1e-6)
    edge = wanted.scores[-1] * (1 + CLOSE) + 1e-6 if len(wanted.scores) else 0.0
    scores = dict(pairs(wanted))
    for passage, score in pairs(found):
        if passage in scores:
            assert score == pytest.approx(scores[passage], rel=CLOSE, abs=1e-6)
        else:
            assert score <= edge


# The contract


def test_best_first_and_no_more_than_asked_for(retriever: Retriever) -> None:
    found = retriever.candidates({"xã": 1.0, "an phước": 2.0}, k=4, scope=EVERYWHERE)
    assert len(found.passages) == len(found.scores) == 4
    assert np.all(np.diff(found.scores) <= 0)
    assert found.passages.dtype == np.int64
    assert len(retriever.candidates({"xã": 1.0}, k=500, scope=EVERYWHERE).passages) < 500


def test_equal_scores_keep_the_order_of_the_corpus(retriever: Retriever, index: Index) -> None:
    found = retriever.candidates({"cây sưa": 1.0, "sưa": 1.0}, k=10, scope=EVERYWHERE)
    first, second = (index.place_of(file) for file in ("tin-a.txt", "tin-b.txt"))
    assert index.places[found.passages].tolist() == [first, second]
    assert found.scores[0] == found.scores[1]
    (best,) = retriever.candidates({"cây sưa": 1.0, "sưa": 1.0}, k=1, scope=EVERYWHERE).passages
    assert best == found.passages[0]


@pytest.mark.parametrize("k", [0, -1])
def test_k_below_one_is_refused(retriever: Retriever, k: int) -> None:
    with pytest.raises(ValueError, match="k must be at least 1"):
        retriever.candidates({"xã": 1.0}, k=k, scope=EVERYWHERE)


@pytest.mark.parametrize("terms", [{}, {"khôngcótừnày": 1.0}, {"": 1.0}])
def test_nothing_that_is_known_finds_nothing(retriever: Retriever, terms: Mapping[str, float]) -> None:
    assert pairs(retriever.candidates(terms, k=5, scope=EVERYWHERE)) == []


def test_weights_count(retriever: Retriever) -> None:
    one = retriever.candidates({"tưới": 1.0}, k=1, scope=EVERYWHERE)
    two = retriever.candidates({"tưới": 2.5}, k=1, scope=EVERYWHERE)
    assert two.scores == pytest.approx(2.5 * one.scores, rel=1e-5)


SCOPES = [
    Scope(file="tram-bom.txt"),
    Scope(file="khong-co.txt"),
    Scope(source="dong khoi"),
    Scope(source="Đồng Khởi", since=date(2020, 1, 2), until=date(2020, 1, 2)),
    Scope(source="báo nào đó"),
    Scope(since=date(2020, 1, 2)),
    Scope(since=date(2020, 1, 3)),
    Scope(until=date(2020, 1, 1)),
    Scope(until=date(2020, 1, 2)),
    Scope(since=date(2021, 1, 1), until=date(2024, 12, 31)),
    Scope(file="tin-a.txt", since=date(1, 1, 1)),
    Scope(file="tram-bom.txt", source="đồng khởi", until=date(2020, 12, 31)),
]


@pytest.mark.parametrize("scope", SCOPES, ids=str)
def test_a_scope_means_what_articles_of_means(retriever: Retriever, index: Index, scope: Scope) -> None:
    terms = {"xã": 1.0, "của": 0.5, "và": 0.25, "một": 1.0, "năm": 1.0, "thôn": 1.0, "sáng": 1.0}
    within = set(np.flatnonzero(articles_of(index, scope)[index.places]).tolist())
    everywhere = {passage for passage, _ in pairs(retriever.candidates(terms, k=len(index.places), scope=EVERYWHERE))}
    found = retriever.candidates(terms, k=len(index.places), scope=scope)
    assert set(found.passages.tolist()) == everywhere & within
    same(found, IndexRetriever(index).candidates(terms, k=len(index.places), scope=scope))


def test_any_terms_find_what_they_find_in_the_index(retriever: Retriever, index: Index) -> None:
    random = Random(4)  # noqa: S311
    words = [key for key in index.lexicon.keys if key]
    local = IndexRetriever(index)
    for _ in range(60):
        chosen = random.sample(words, random.randint(1, 12))
        terms = {
            word: random.uniform(0.1, 3) for word in [*chosen, *(f"~{index.lexicon.folded[words.index(w)]}" for w in chosen)]
        }
        k = random.choice([1, 3, 32])
        same(retriever.candidates(terms, k=k, scope=EVERYWHERE), local.candidates(terms, k=k, scope=EVERYWHERE))


def test_terms_that_are_worth_nothing_still_find_their_passages(cluster: Cluster, tmp_path: Path) -> None:
    """In a corpus of a few passages half of them have a term (idf 0), or nearly all (below 0)."""
    folder = tmp_path / "bai"
    folder.mkdir()
    (folder / "mot.txt").write_text("Chợ Bình An\n\nChợ Bình An mở cửa lúc 5 giờ sáng.", "utf-8")
    (folder / "hai.txt").write_text("Chợ Bình An\n\nChợ Bình An đóng cửa lúc 7 giờ tối.", "utf-8")
    index = current_index(Settings(corpus=folder, index=tmp_path / "chi-muc"))[0]
    fewer = {float(index.okapi.columns.idf[index.okapi.vocabulary.get(term)]) <= 0 for term in ("mở", "cửa", "chợ")}
    assert True in fewer
    served = cluster.serve(index)
    for terms in ({"mở": 1.0}, {"cửa": 1.0}, {"chợ": 1.0, "mở": 1.0}, {"giờ": 2.0, "tối": 1.0}):
        wanted = IndexRetriever(index).candidates(terms, k=9, scope=EVERYWHERE)
        found = served.candidates(terms, k=9, scope=EVERYWHERE)
        assert set(found.passages.tolist()) == set(wanted.passages.tolist())
        same(found, wanted)


# Questions


class Both:
    """Asks Qdrant and the index, and compares what they find, and Qdrant's own scores."""

    def __init__(self, index: Index, cluster: Cluster) -> None:
        self._index, self._cluster = index, cluster
        self._one, self._other = cluster.serve(index), IndexRetriever(index)
        self.asked = self.wanted = self.found = self.found_by_own_scores = 0

    def candidates(self, terms: Mapping[str, float], *, k: int, scope: Scope) -> Candidates:
        found = self._one.candidates(terms, k=k, scope=scope)
        wanted = self._other.candidates(terms, k=k, scope=scope)
        same(found, wanted)
        own = self._own(terms, k, scope)
        same(own, wanted)
        self.asked += 1
        self.wanted += len(wanted.passages)
        self.found += len(np.intersect1d(found.passages, wanted.passages))
        self.found_by_own_scores += len(np.intersect1d(own.passages, wanted.passages))
        return found

    def _own(self, terms: Mapping[str, float], k: int, scope: Scope) -> Candidates:
        index = self._index
        vector, conditions = query_vector(index, terms, filled(index)), conditions_of(index, scope)
        assert conditions is not None
        points = self._cluster.search(index.lineage, vector, conditions, k) if vector[0] else []
        passages = [index.first_passage(index.place_of(one.payload["file"])) + one.payload["ordinal"] for one in points]
        return Candidates(np.array(passages, np.int64), np.array([one.score for one in points]))


def test_gold_questions_find_the_same_candidates_and_the_same_first_passage(cluster: Cluster, seeds_engine: Engine) -> None:
    both = Both(seeds_engine.index, cluster)
    engine = replace(seeds_engine, retriever=both)
    questions = [one.question for one in load_gold([GOLD])]
    first = whole = 0
    for question in questions:
        found, wanted = engine.answer(question), seeds_engine.answer(question)
        first += [hit.passage for hit in found.hits[:1]] == [hit.passage for hit in wanted.hits[:1]]
        whole += found.status is wanted.status and [hit.passage for hit in found.hits] == [hit.passage for hit in wanted.hits]
    assert len(questions) == 284
    assert both.asked >= 280
    assert both.found == both.wanted
    assert both.found_by_own_scores >= 0.999 * both.wanted
    assert first == whole == len(questions)


def test_passages_on_many_shards_are_ranked_alike(seeds_engine: Engine) -> None:
    """Each shard has its own idf: what it picks varies, what is made of it does not depend on where a passage lies."""
    shards = ShardedClient(4)
    served = Cluster(shards, "bao", shards=4).serve(seeds_engine.index)
    local = IndexRetriever(seeds_engine.index)
    wanted_all = found_all = 0
    for one in load_gold([GOLD])[::4]:
        terms = {term: 1.0 for word in one.question.lower().split() for term in (word, f"~{word}")}
        found = served.candidates(terms, k=8, scope=EVERYWHERE)
        wanted = local.candidates(terms, k=8, scope=EVERYWHERE)
        scores = dict(pairs(local.candidates(terms, k=99, scope=EVERYWHERE)))
        assert found.scores.tolist() == pytest.approx([scores[passage] for passage in found.passages.tolist()])
        assert found.passages[:1].tolist() == wanted.passages[:1].tolist()
        wanted_all += len(wanted.passages)
        found_all += len(np.intersect1d(found.passages, wanted.passages))
    shards.close()
    assert found_all >= 0.98 * wanted_all
