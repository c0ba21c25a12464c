"""What is on a cluster: uploads, the alias, updates in place, and a cluster that is away or refuses."""

import json
import logging
import os
import traceback
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from shutil import copytree
from typing import Any

import httpx
import numpy as np
import pytest
from qdrant_client import QdrantClient
from qdrant_client.http.exceptions import ResponseHandlingException
from qdrant_edge_client import EdgeClient, refuse

from bot.bootstrap import current_index
from bot.config import Settings
from bot.errors import ConfigurationError, ServiceError
from bot.retrieval import qdrant
from bot.retrieval.index import Index
from bot.retrieval.qdrant import Cluster
from bot.retrieval.ranking import EVERYWHERE
from bot.retrieval.retriever import IndexRetriever, Retriever

pytestmark = pytest.mark.filterwarnings("ignore:Payload indexes have no effect in the local Qdrant:UserWarning")

ARTICLES = {
    "cau.txt": "Cầu mới\n\nXã Tân Lập khánh thành cầu Rạch Sậy sáng nay.\n\nCầu dài 42 m, rộng 3,5 m, do huyện Phú Hòa làm.\n",
    "thu-vien.txt": "Thư viện huyện\n\nThư viện huyện Sông Lam mở cửa buổi tối cho học sinh.\n\nỞ đó có 12.400 cuốn sách.\n",
    "vuon/oi.txt": "Vườn ổi\n\nÔng Đỗ Văn Hạnh trồng 300 gốc ổi ở xã Đồng Phú.\n\nỔi được bán cho siêu thị trong huyện.\n",
    **{
        f"tin-{number}.txt": f"Tin ngắn số {number}\n\nThôn {number} vừa làm xong {number + 3} km đường và hai cây cầu nhỏ.\n"
        for number in range(1, 6)  # so that an update is of the lesser part
    },
}
KEY = "sk-rat-bi-mat.0123456789"
WRITING = {"upsert", "delete", "update_collection", "create_collection", "update_collection_aliases", "delete_collection"}


class Fragile:
    """A client whose calls are counted, and fail when they are told to."""

    def __init__(self, client: Any) -> None:
        self._client = client
        self.calls: Counter[str] = Counter()
        self.fails: Callable[[str, int], Exception | None] = lambda _name, _time: None

    def __getattr__(self, name: str) -> Callable[..., Any]:
        inner = getattr(self._client, name)

        def call(*arguments: Any, **named: Any) -> Any:
            self.calls[name] += 1
            error = self.fails(name, self.calls[name])
            if error is not None:
                raise error
            return inner(*arguments, **named)

        return call


def away() -> ResponseHandlingException:
    return ResponseHandlingException(httpx.ConnectError("[Errno 111] Connection refused"))


@pytest.fixture(params=["local", "edge", "server"])
def client(request: pytest.FixtureRequest) -> Iterator[Fragile]:
    if request.param == "server":
        url = os.environ.get("QDRANT_URL")
        if not url:
            pytest.skip("QDRANT_URL is not set")
        inner: Any = Cluster.connect(url, os.environ.get("QDRANT_API_KEY"), "bao")._client
    else:
        inner = QdrantClient(":memory:") if request.param == "local" else EdgeClient()
    made = Fragile(inner)
    for name in names(made):  # of a run on a server that did not end
        inner.delete_collection(name)
    yield made
    for name in names(made):
        inner.delete_collection(name)
    inner.close()


@pytest.fixture
def slept() -> list[float]:
    return []


@pytest.fixture
def cluster(client: Fragile, slept: list[float]) -> Cluster:
    return Cluster(client, "bao", address="qdrant.vi.du:6333", drift=0.5, sleep=slept.append, secret=KEY)


@dataclass(frozen=True)
class States:
    """
    A corpus as time goes by.

    Attributes:
        first: A few articles.
        changed: One added, one changed, one taken out; of the same lineage.
        most: All of them changed; of the same lineage.
        others: Built from nothing, twice.
    """

    first: Index
    changed: Index
    most: Index
    others: tuple[Index, Index]


@pytest.fixture(scope="module")
def states(tmp_path_factory: pytest.TempPathFactory) -> States:
    folder = tmp_path_factory.mktemp("bai")
    settings = Settings(corpus=folder, index=tmp_path_factory.mktemp("chi-muc"))
    (folder / "vuon").mkdir()
    for name, text in ARTICLES.items():
        (folder / name).write_text(text, "utf-8")
    first, _ = current_index(settings)
    (folder / "cho.txt").write_text("Chợ mới\n\nChợ Bình An mở cửa lúc 5 giờ sáng mỗi ngày trong tuần.\n", "utf-8")
    path = folder / "vuon" / "oi.txt"
    path.write_text(path.read_text("utf-8").replace("300 gốc ổi", "450 gốc chanh"), "utf-8")
    (folder / "cau.txt").unlink()
    changed, _ = current_index(settings)
    for path in folder.rglob("*.txt"):
        path.write_text(f"{path.read_text('utf-8')}\nĐoạn này mới được thêm vào bài, nói về việc trồng cây.\n", "utf-8")
    most, _ = current_index(settings)
    others = current_index(settings, rebuild=True)[0], current_index(settings, rebuild=True)[0]
    assert len({first.lineage, changed.lineage, most.lineage}) == 1
    assert len({first.lineage, *(one.lineage for one in others)}) == 3
    return States(first, changed, most, others)


@pytest.fixture
def index(states: States) -> Index:
    return states.first


def names(client: Fragile) -> list[str]:
    """Collections of these tests: no key of a real corpus has an "o" in it."""
    every = client._client.get_collections().collections
    return sorted(one.name for one in every if one.name.startswith("hoibao-bao"))


def named(client: Fragile) -> dict[str, str]:
    every = client._client.get_aliases().aliases
    return {one.alias_name: one.collection_name for one in every if one.alias_name.startswith("hoibao-bao")}


def count(client: Fragile) -> int:
    (name,) = names(client)
    return client._client.count(name, exact=True).count


def files_with(retriever: Retriever, index: Index, *terms: str) -> set[str]:
    found = retriever.candidates(dict.fromkeys(terms, 1.0), k=50, scope=EVERYWHERE)
    return {index.files[index.places[passage]] for passage in found.passages}


def agrees(retriever: Retriever, index: Index) -> None:
    """The retriever finds what the index has; after deletions scores may differ until Qdrant has cleaned up."""
    terms = {"xã": 1.0, "ổi": 1.0, "thư": 1.0, "viện": 1.0, "cầu": 1.0, "trồng": 1.0, "đồng": 1.0, "huyện": 1.0, "mới": 1.0}
    wanted = IndexRetriever(index).candidates(terms, k=100, scope=EVERYWHERE)
    found = retriever.candidates(terms, k=100, scope=EVERYWHERE)
    assert set(found.passages.tolist()) == set(wanted.passages.tolist())


# Uploading


def test_the_first_upload_is_named_by_the_alias(cluster: Cluster, client: Fragile, index: Index) -> None:
    agrees(cluster.serve(index), index)
    (name,) = names(client)
    assert named(client) == {"hoibao-bao": name}
    assert name.startswith(f"hoibao-bao-{index.lineage[:12]}-")
    notes = client._client.get_collection(name).config.metadata
    assert notes["lineage"] == index.lineage
    assert notes["avgdl"] == index.okapi.avgdl
    assert notes["state"]
    assert count(client) == len(index.passages)


def test_a_second_start_changes_nothing(cluster: Cluster, client: Fragile, index: Index) -> None:
    cluster.serve(index)
    client.calls.clear()
    agrees(cluster.serve(index), index)
    assert not WRITING & client.calls.keys()


def test_other_shards_or_replicas_upload_anew(cluster: Cluster, client: Fragile, index: Index) -> None:
    if isinstance(client._client, EdgeClient):
        pytest.skip("the engine in this process is one shard")
    cluster.serve(index)
    (name,) = names(client)
    cluster._shards = 3
    agrees(cluster.serve(index), index)
    assert names(client) != [name]


@pytest.mark.parametrize("url", ["http://[::1", "https://a:99999", "http://a:b"])
def test_an_address_that_is_none(url: str) -> None:
    with pytest.raises(ConfigurationError, match="QDRANT_URL"):
        Cluster.connect(url, None, "bao")


@pytest.mark.parametrize("step", ["create_collection", "create_payload_index", "upsert", "count"])
def test_the_alias_is_switched_only_when_the_upload_is_complete(
    cluster: Cluster, client: Fragile, states: States, index: Index, step: str
) -> None:
    before = cluster.serve(index)
    (name,) = names(client)
    other = states.others[0]
    assert other.lineage != index.lineage
    client.fails = lambda called, _: away() if called == step else None
    with pytest.raises(ServiceError):
        cluster.serve(other)
    client.fails = lambda _name, _time: None
    assert names(client) == [name]
    assert named(client) == {"hoibao-bao": name}
    agrees(before, index)
    agrees(cluster.serve(other), other)
    (new,) = names(client)
    assert new != name
    assert named(client) == {"hoibao-bao": new}


def test_an_upload_that_arrives_in_part_is_not_served(cluster: Cluster, client: Fragile, index: Index) -> None:
    inner = client._client.upsert
    client._client.upsert = lambda name, *, points, wait: inner(name, points=points[1:], wait=wait)
    with pytest.raises(ServiceError, match=f"has {len(index.passages) - 1} points of {len(index.passages)}"):
        cluster.serve(index)
    assert names(client) == []
    assert named(client) == {}


def test_a_switch_that_fails_leaves_the_old_state(cluster: Cluster, client: Fragile, states: States, index: Index) -> None:
    before = cluster.serve(index)
    alias = named(client)
    client.fails = lambda called, _: away() if called == "update_collection_aliases" else None
    with pytest.raises(ServiceError):
        cluster.serve(states.others[0])
    assert named(client) == alias
    agrees(before, index)


def test_an_old_collection_that_cannot_be_dropped_is_dropped_a_day_later(
    cluster: Cluster, client: Fragile, states: States, index: Index, caplog: pytest.LogCaptureFixture
) -> None:
    cluster.serve(index)
    client.fails = lambda called, _: away() if called == "delete_collection" else None
    other = states.others[0]
    with caplog.at_level(logging.WARNING, "bot"):
        agrees(cluster.serve(other), other)
    assert "left behind" in caplog.text
    assert len(names(client)) == 2
    client.fails = lambda _name, _time: None
    now = cluster._clock
    cluster._clock = lambda: now() + 25 * 3600
    cluster.serve(states.others[1])
    assert list(named(client).values()) == names(client)


def test_collections_of_others_are_left_alone(cluster: Cluster, client: Fragile, index: Index) -> None:
    other = Cluster(client, "bao-khac", clock=lambda: 1.0)
    other.serve(index)
    cluster.serve(index)
    assert set(named(client)) == {"hoibao-bao", "hoibao-bao-khac"}
    assert len(names(client)) == 2


def test_a_server_that_keeps_no_metadata_is_too_old(cluster: Cluster, client: Fragile, index: Index) -> None:
    inner = client._client.create_collection
    client._client.create_collection = lambda name, **given: inner(name, **(given | {"metadata": {}}))
    with pytest.raises(ServiceError, match=r"older than 1\.16"):
        cluster.serve(index)
    assert names(client) == []


# Updating in place


def test_an_update_puts_in_and_deletes_in_place(cluster: Cluster, client: Fragile, states: States, index: Index) -> None:
    before = cluster.serve(index)
    (name,) = names(client)
    assert files_with(before, index, "rạch sậy") == {"cau.txt"}
    new = states.changed
    assert new.lineage == index.lineage
    client.calls.clear()
    after = cluster.serve(new)
    assert names(client) == [name]
    assert client.calls["create_collection"] == 0
    assert count(client) == len(new.passages)
    agrees(after, new)
    assert files_with(after, new, "chợ") == {"cho.txt"}
    assert files_with(after, new, "chanh") == {"vuon/oi.txt"}
    assert files_with(after, new, "rạch sậy") == set()
    # The old state's retriever still answers, from the articles that are as they were.
    assert files_with(before, index, "ổi", "rạch sậy", "thư viện") == {"thu-vien.txt"}


def test_deleted_points_do_not_come_back(cluster: Cluster, client: Fragile, states: States, index: Index) -> None:
    cluster.serve(index)
    new = states.changed
    cluster.serve(new)
    if isinstance(client._client, EdgeClient):
        for shard in client._client._shards.values():
            shard.optimize()
            shard.flush()
    client.calls.clear()
    again = cluster.serve(new)
    assert not WRITING & client.calls.keys()
    assert files_with(again, new, "rạch sậy", "sậy") == set()
    assert count(client) == len(new.passages)


def test_an_article_that_is_changed_back(cluster: Cluster, client: Fragile, states: States, index: Index) -> None:
    cluster.serve(index)
    cluster.serve(states.changed)
    served = cluster.serve(index)
    assert files_with(served, index, "rạch sậy") == {"cau.txt"}
    assert files_with(served, index, "chanh") == set()
    agrees(served, index)
    assert count(client) == len(index.passages)


@pytest.mark.parametrize("step", ["upsert", "delete", "count", "update_collection"])
@pytest.mark.parametrize("time", [1, 2])
def test_an_interrupted_update_is_made_up_for(
    cluster: Cluster, client: Fragile, states: States, index: Index, step: str, time: int
) -> None:
    cluster.serve(index)
    new = states.changed
    client.calls.clear()
    client.fails = lambda called, at: away() if called == step and at >= time else None
    try:
        cluster.serve(new)
    except ServiceError:
        pass
    else:
        assert client.calls[step] < time
    client.fails = lambda _name, _time: None
    after = cluster.serve(new)
    agrees(after, new)
    assert count(client) == len(new.passages)
    assert files_with(after, new, "rạch sậy") == set()


def test_points_that_vanished_are_uploaded_anew(cluster: Cluster, client: Fragile, index: Index) -> None:
    cluster.serve(index)
    (name,) = names(client)
    gone = qdrant.models.Filter(must=[qdrant._is("ordinal", 1)])
    client._client.delete(name, points_selector=qdrant.models.FilterSelector(filter=gone), wait=True)
    agrees(cluster.serve(index), index)
    assert names(client) != [name]
    assert count(client) == len(index.passages)


def test_another_mean_length_uploads_anew(cluster: Cluster, client: Fragile, states: States, index: Index) -> None:
    cluster.serve(index)
    (name,) = names(client)
    cluster._drift = 0.001
    new = states.changed
    served = cluster.serve(new)
    assert names(client) != [name]
    found = served.candidates({"chợ": 1.0, "thư": 1.0}, k=20, scope=EVERYWHERE)
    wanted = IndexRetriever(new).candidates({"chợ": 1.0, "thư": 1.0}, k=20, scope=EVERYWHERE)
    assert found.scores == pytest.approx(wanted.scores, rel=1e-3)


def test_a_drift_within_bounds_keeps_the_mean_length_of_the_upload(
    cluster: Cluster, client: Fragile, states: States, index: Index
) -> None:
    cluster.serve(index)
    new = states.changed
    cluster.serve(new)
    (name,) = names(client)
    assert client._client.get_collection(name).config.metadata["avgdl"] == index.okapi.avgdl != new.okapi.avgdl


def test_most_of_it_new_uploads_anew(cluster: Cluster, client: Fragile, states: States, index: Index) -> None:
    cluster.serve(index)
    (name,) = names(client)
    new = states.most
    agrees(cluster.serve(new), new)
    assert names(client) != [name]


# Other processes


def test_updates_that_gave_one_number_to_different_terms(cluster: Cluster, client: Fragile, tmp_path: Path) -> None:
    """Two machines go on from copies of one index, or one from what it had before it crashed."""
    folder, mine, theirs = tmp_path / "bai", tmp_path / "chi-muc", tmp_path / "ban-sao"
    (folder / "vuon").mkdir(parents=True)
    for name, text in ARTICLES.items():
        (folder / name).write_text(text, "utf-8")
    first, _ = current_index(Settings(corpus=folder, index=mine))
    copytree(mine, theirs)
    (folder / "moi.txt").write_text("Tin mới\n\nLễ hội gióng trống khai xuân ở đình làng.\n", "utf-8")
    one, _ = current_index(Settings(corpus=folder, index=mine))
    (folder / "moi.txt").write_text("Tin mới\n\nTrạm kiểm lâm bắt quả tang xe chở gỗ lậu.\n", "utf-8")
    other, _ = current_index(Settings(corpus=folder, index=theirs))
    assert first.lineage == one.lineage == other.lineage
    cluster.serve(first)
    (name,) = names(client)
    agrees(cluster.serve(one), one)
    assert names(client) == [name]
    served = cluster.serve(other)
    assert names(client) != [name]
    assert files_with(served, other, "lậu", "kiểm lâm") == {"moi.txt"}
    assert files_with(served, other, "gióng", "khai xuân") == set()
    agrees(served, other)


def test_a_collection_that_another_process_replaced(cluster: Cluster, client: Fragile, states: States, index: Index) -> None:
    if not isinstance(client._client, EdgeClient):
        pytest.skip("local mode has an error of its own for a collection that is not there")
    mine = cluster.serve(index)
    other = Cluster(client, "bao")
    other._drift = -1.0  # uploads anew, in the same lineage
    other.serve(index)
    agrees(mine, index)
    other.serve(states.others[0])
    with pytest.raises(ServiceError, match="not of this index any more") as raised:
        mine.candidates({"xã": 1.0}, k=5, scope=EVERYWHERE)
    assert "Hãy chạy lại chương trình" in raised.value.vietnamese


# A cluster that is away, busy, or refuses


def test_calls_are_tried_again_with_longer_and_longer_pauses(
    cluster: Cluster, client: Fragile, index: Index, slept: list[float]
) -> None:
    client.fails = lambda called, time: away() if called == "upsert" and time <= 4 else None
    agrees(cluster.serve(index), index)
    assert len(slept) == 4
    assert all(1.5 < later / sooner < 3 for sooner, later in pairwise(slept))


@pytest.mark.parametrize("status", [408, 429, 500, 502, 503, 504])
def test_what_may_pass_is_tried_again(cluster: Cluster, client: Fragile, index: Index, status: int) -> None:
    served = cluster.serve(index)
    client.calls.clear()
    client.fails = lambda called, time: refuse(status) if called == "query_points" and time < 3 else None
    agrees(served, index)
    assert client.calls["query_points"] == 3


@pytest.mark.parametrize("status", [400, 401, 403, 404, 413, 422])
def test_what_will_not_pass_is_not(cluster: Cluster, client: Fragile, index: Index, slept: list[float], status: int) -> None:
    client.fails = lambda called, _: refuse(status) if called == "get_aliases" else None
    with pytest.raises(ServiceError, match=f"HTTP {status}"):
        cluster.serve(index)
    assert client.calls["get_aliases"] == 1
    assert not slept


def test_a_cluster_away_mid_run(cluster: Cluster, client: Fragile, index: Index, slept: list[float]) -> None:
    served = cluster.serve(index)
    client.fails = lambda _name, _time: away()
    with pytest.raises(ServiceError) as raised:
        served.candidates({"xã": 1.0}, k=5, scope=EVERYWHERE)
    assert "Connection refused" in str(raised.value)
    assert raised.value.vietnamese.startswith("Không kết nối được Qdrant ở qdrant.vi.du:6333.")
    assert sum(slept) < 2
    client.fails = lambda _name, _time: None
    agrees(served, index)


# Over HTTP, with a fake transport


def over(handler: Callable[[httpx.Request], httpx.Response], slept: list[float]) -> Cluster:
    client = QdrantClient(
        url="https://qdrant.vi.du:6333", api_key=KEY, check_compatibility=False, transport=httpx.MockTransport(handler)
    )
    return Cluster(client, "bao", address="qdrant.vi.du:6333", sleep=slept.append, secret=KEY)


NO_ALIASES = {"result": {"aliases": []}, "status": "ok", "time": 0.0}


def test_the_key_goes_into_the_header_and_nowhere_else(slept: list[float]) -> None:
    asked: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        return httpx.Response(200, json=NO_ALIASES)

    assert over(answer, slept)._current() == (None, {})
    assert [(one.method, str(one.url), one.headers["api-key"]) for one in asked] == [
        ("GET", "https://qdrant.vi.du:6333/aliases", KEY)
    ]


@pytest.mark.parametrize("status", [401, 403])
def test_a_refused_key_is_told_and_never_shown(
    slept: list[float], status: int, caplog: pytest.LogCaptureFixture, index: Index
) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        return httpx.Response(status, text=f"Invalid API key {request.headers['api-key']}")

    with caplog.at_level(logging.DEBUG), pytest.raises(ServiceError) as raised:
        over(answer, slept).serve(index)
    assert raised.value.vietnamese == (f"Qdrant ở qdrant.vi.du:6333 từ chối QDRANT_API_KEY (lỗi {status}). Hãy kiểm tra khóa.")
    assert not slept
    shown = "".join(traceback.format_exception(raised.value)) + raised.value.vietnamese + caplog.text
    assert KEY not in shown
    assert "Invalid API key …" in shown


def test_a_busy_cluster_says_how_long_to_wait(slept: list[float]) -> None:
    replies = [httpx.Response(429, headers={"Retry-After": "3"}), httpx.Response(429), httpx.Response(200, json=NO_ALIASES)]
    assert over(lambda _: replies.pop(0), slept)._current() == (None, {})
    assert 3 <= slept[0] < 4
    assert slept[1] < 1


@pytest.mark.parametrize(
    "error", [httpx.ConnectError("refused"), httpx.ReadTimeout("slow"), httpx.RemoteProtocolError(f"broken: {KEY}")]
)
def test_whatever_goes_wrong_on_the_way_is_one_error(
    slept: list[float], error: Exception, caplog: pytest.LogCaptureFixture, index: Index
) -> None:
    def answer(_: httpx.Request) -> httpx.Response:
        raise error

    with caplog.at_level(logging.DEBUG), pytest.raises(ServiceError, match=type(error).__name__) as raised:
        over(answer, slept).serve(index)
    assert len(slept) == 2
    assert KEY not in "".join(traceback.format_exception(raised.value)) + caplog.text


@pytest.mark.parametrize("body", [b"", b"{", b"<html>", b'{"result": 7}'])
def test_an_answer_that_is_none_is_one_error(slept: list[float], body: bytes, index: Index) -> None:
    with pytest.raises(ServiceError):
        over(lambda _: httpx.Response(200, content=body), slept).serve(index)


def test_a_key_over_plain_http_is_warned_of(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING, "bot"):
        Cluster.connect("http://qdrant.vi.du:6333", KEY, "bao")
        assert "QDRANT_API_KEY goes to qdrant.vi.du:6333 without encryption" in caplog.text
        assert KEY not in caplog.text
        caplog.clear()
        Cluster.connect("http://localhost:6333", KEY, "bao")
        Cluster.connect("https://qdrant.vi.du", KEY, "bao")
        Cluster.connect("http://qdrant.vi.du", None, "bao")
        assert not caplog.text


def test_what_is_sent_to_make_a_collection(slept: list[float], index: Index) -> None:
    """The shards and replicas of the settings, the idf of the server, and an index for each part that scopes ask for."""
    sent: dict[tuple[str, str], Any] = {}

    def answer(request: httpx.Request) -> httpx.Response:
        path = request.url.path.split("/")
        sent[request.method, path[-1] if len(path) > 3 else "collection"] = json.loads(request.content or b"{}")
        if path[-1] == "index":
            return httpx.Response(500)
        exists = {"exists": False}
        made = {"result": exists if path[-1] == "exists" else True, "status": "ok", "time": 0.0}
        if request.method == "GET" and path[-1] == "aliases":
            made = NO_ALIASES
        elif request.method == "GET" and len(path) == 3:
            made["result"] = {
                "status": "green",
                "optimizer_status": "ok",
                "points_count": 0,
                "segments_count": 1,
                "payload_schema": {},
                "config": {
                    "params": {},
                    "hnsw_config": {"m": 16, "ef_construct": 100, "full_scan_threshold": 10000},
                    "optimizer_config": {
                        "deleted_threshold": 0.2,
                        "vacuum_min_vector_number": 1000,
                        "default_segment_number": 0,
                        "flush_interval_sec": 5,
                    },
                    "metadata": {"lineage": index.lineage},
                },
            }
        return httpx.Response(200, json=made)

    cluster = over(answer, slept)
    cluster._shards, cluster._replicas = 3, 2
    with pytest.raises(ServiceError, match="HTTP 500"):
        cluster.serve(index)
    made = sent["PUT", "collection"]
    assert (made["shard_number"], made["replication_factor"]) == (3, 2)
    assert made["sparse_vectors"] == {"terms": {"modifier": "idf"}}
    assert made["metadata"]["avgdl"] == index.okapi.avgdl
    assert sent["PUT", "index"] == {"field_name": "file", "field_schema": "keyword"}
    assert ("DELETE", "collection") in sent


def test_vectors_by_hand(index: Index) -> None:
    """The value of a term is Okapi's weight without its idf, and a query's makes up for the idf of the engine."""
    passage = next(number for number, one in enumerate(index.passages) if "42 m" in one.text)
    (vector,) = qdrant.passage_vectors(index, np.array([passage]), index.okapi.avgdl)
    values = dict(zip(*vector, strict=True))
    assert list(values) == sorted(values)
    column = index.okapi.vocabulary.get("dài")
    length = index.okapi.doc_len[passage]
    norm = 1.5 * (1 - 0.75 + 0.75 * length / index.okapi.avgdl)
    assert values[column] == pytest.approx(2.5 / (1 + norm))
    (at,), (weight,) = qdrant.query_vector(index, {"dài": 2.0}, len(index.passages))
    frequency, size = index.okapi.frequency("dài"), len(index.passages)
    engine = np.log(1 + (size - frequency + 0.5) / (frequency + 0.5))
    assert at == column
    assert weight * engine * values[column] == pytest.approx(2 * index.okapi.share("dài", passage))
    scored = qdrant.okapi_scores(index, {"dài": 2.0, "cầu": 1.0}, np.array([passage, 0]))
    assert scored[0] == pytest.approx(2 * index.okapi.share("dài", passage) + index.okapi.share("cầu", passage))
