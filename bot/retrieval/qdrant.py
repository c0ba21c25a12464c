"""
Stage one on a Qdrant cluster: when the postings of a corpus are more than one machine should hold.

A passage is a point with one sparse vector (`bot.retrieval.sparse`) and a payload that says where it stands. An index has a
collection of its own, `hoibao-<corpus>-<lineage>-<time>`, and the alias `hoibao-<corpus>` names the one that is complete:

- another lineage (a first start, another version of the program) → a new collection beside the old one; when it is uploaded
  and counted, the alias is switched in one step and the old one is dropped;
- the same lineage → points of changed articles are put in and those of their earlier states deleted, in place. The first
  point of an article is written last, so that an article whose first point is there is there as a whole.

A collection is gone on with only by an index whose terms have the numbers that it was made with (`numbers_of`), whose avgdl has
not drifted by more than `Cluster.drift` from the one at the time of the upload, and of the same shards and replicas.

Qdrant works out idf by shard and counts deleted points until their segment is vacuumed. So its scores only pick: more
passages than are asked for, which are then scored from the local index.
"""

import logging
import re
import time
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from json import JSONDecodeError
from random import random
from typing import Any, TypeVar
from urllib.parse import urlsplit
from uuid import UUID, uuid5

import numpy as np
from qdrant_client import QdrantClient, models
from qdrant_client.common.client_exceptions import QdrantException
from qdrant_client.http.exceptions import ResponseHandlingException, UnexpectedResponse

from bot.errors import ConfigurationError, ServiceError
from bot.model import Scope
from bot.retrieval.index import Index
from bot.retrieval.retriever import sources_like
from bot.retrieval.sparse import (
    SparseVector,
    article_versions,
    filled,
    numbers_of,
    okapi_scores,
    passage_vectors,
    query_vector,
    state_of,
)
from bot.retrieval.top_k import Candidates

_log = logging.getLogger(__name__)
_T = TypeVar("_T")

_VECTOR = "terms"
_FORMAT = 1
# Points asked for: k times this, and some more. Shards see a score each in its own way, equal scores meet at the edge, and
# points of a state that is just being replaced do not count.
_TIMES, _SPARE = 2, 16
_POINTS, _FILES, _HEADS = 128, 256, 1000  # that go into one request
_READS, _WRITES = 3, 7  # attempts; with the pauses between them, under one second and about half a minute
_FIRST_PAUSE, _LONGEST_PAUSE = 0.25, 16.0  # seconds
_ANSWER_WITHIN, _WRITE_WITHIN = 5, 60  # seconds
_LEFT_BEHIND = 24 * 3600.0  # seconds after which a collection that nothing names was not finished, or not dropped
_NAMESPACE = UUID("6f1d9f5e-5b0c-4c1e-9d55-6f3f3f0b7a11")
_RANGED = models.IntegerIndexParams(type=models.IntegerIndexType.INTEGER, lookup=False, range=True)
_PAYLOAD_INDEXES: Mapping[str, models.PayloadSchemaType | models.IntegerIndexParams] = {
    "file": models.PayloadSchemaType.KEYWORD,
    "source": models.PayloadSchemaType.KEYWORD,
    "version": models.PayloadSchemaType.KEYWORD,
    "published": _RANGED,
    "ordinal": models.PayloadSchemaType.INTEGER,
}


class _GoneError(ServiceError):
    """The collection is not there any more."""


class Cluster:
    """
    The collections of one corpus on a Qdrant cluster; safe to share between threads.

    Args:
        client: Of the cluster, or anything that takes the same calls.
        corpus: Key of the corpus, of letters and digits.
        address: Of the cluster, for messages.
        shards: Number of shards of a new collection.
        replicas: On how many machines each shard is held.
        secret: The API key, which no message may show.
        drift: Share by which avgdl may have changed since a collection was uploaded.
        sleep: Waits some seconds.
        clock: Tells the seconds since the epoch.
    """

    def __init__(
        self,
        client: QdrantClient,
        corpus: str,
        *,
        address: str = "",
        shards: int = 1,
        replicas: int = 1,
        secret: str | None = None,
        drift: float = 0.02,
        sleep: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._client, self._address, self._secret = client, address, secret
        self.alias = f"hoibao-{corpus}"
        self._shards, self._replicas, self._drift = shards, replicas, drift
        self._sleep, self._clock = sleep, clock
        self._names: dict[str, str] = {}  # lineage → the collection last known to be of it

    @classmethod
    def connect(cls, url: str, api_key: str | None, corpus: str, *, shards: int = 1, replicas: int = 1) -> "Cluster":
        """
        Make a cluster of an address; nothing is sent yet.

        Args:
            url: With ``http://`` or ``https://``; the port is 6333 where it names none.
            api_key: Or None where the cluster asks for none.
            corpus: As above.
            shards: As above.
            replicas: As above.

        Raises:
            ConfigurationError: The address is none.
        """
        try:
            parts = urlsplit(url)
            address = parts.netloc.rpartition("@")[2]
            _ = parts.port
        except ValueError as error:
            raise ConfigurationError(f"QDRANT_URL: {error}", "QDRANT_URL không phải một địa chỉ đúng.") from None
        if api_key and parts.scheme == "http" and parts.hostname not in ("localhost", "127.0.0.1", "::1"):
            _log.warning("QDRANT_API_KEY goes to %s without encryption: use https", address)
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", "Api key is used with an insecure connection", UserWarning)
            client = QdrantClient(url=url, api_key=api_key, timeout=_WRITE_WITHIN, check_compatibility=False)
        return cls(client, corpus, address=address, shards=shards, replicas=replicas, secret=api_key)

    def serve(self, index: Index) -> "QdrantRetriever":
        """
        Bring the cluster to the state of an index, if it is not there already.

        Args:
            index: Of the corpus.

        Returns:
            A retriever over that state.

        Raises:
            ServiceError: The cluster is away or refuses; what the alias names still is as it was.
        """
        retriever = QdrantRetriever(index, self)
        upload = _Upload(index, retriever.versions, index.okapi.avgdl)
        name, facts = self._current()
        if name is None or not self._goes_on(facts, index) or not self._update(name, facts, upload):
            name = self._upload_anew(upload)
        self._names[index.lineage] = name
        return retriever

    def search(
        self, lineage: str, vector: SparseVector, conditions: Sequence[models.FieldCondition], limit: int
    ) -> list[models.ScoredPoint]:
        """
        Find the points that a query's vector fits best.

        Args:
            lineage: Of the index whose columns the vector is in.
            vector: Not empty.
            conditions: That all must hold.
            limit: Most points to return.

        Raises:
            ServiceError: The cluster is away or refuses, or holds another lineage by now.
        """
        query = models.SparseVector(indices=vector[0], values=vector[1])
        within = models.Filter(must=list(conditions)) if conditions else None

        def ask(name: str) -> list[models.ScoredPoint]:
            response = self._client.query_points(
                name,
                query=query,
                using=_VECTOR,
                query_filter=within,
                limit=limit,
                with_payload=["file", "ordinal", "version"],
                timeout=_ANSWER_WITHIN,
            )
            return response.points

        name = self._names.get(lineage, "")
        try:
            if name:
                return self._call(lambda: ask(name), _READS)
        except _GoneError:
            _log.info("the collection %s was dropped", name)
        found, facts = self._current()  # another process has put one in its place
        if found is None or facts.get("lineage") != lineage:
            raise ServiceError(
                f"{self.alias} at {self._address} is not of this index any more",
                f"Dữ liệu trên Qdrant ({self._address}) đã được thay bằng của một chỉ mục khác. Hãy chạy lại chương trình.",
            )
        self._names[lineage] = found
        return self._call(lambda: ask(found), _READS)

    # What is there

    def _current(self) -> tuple[str | None, Mapping[str, Any]]:
        """The collection that the alias names, and what is noted with it."""
        aliases = self._call(self._client.get_aliases, _READS).aliases
        name = next((one.collection_name for one in aliases if one.alias_name == self.alias), None)
        return (None, {}) if name is None else (name, self._facts(name))

    def _facts(self, name: str) -> Mapping[str, Any]:
        return self._call(lambda: self._client.get_collection(name), _READS).config.metadata or {}

    def _goes_on(self, facts: Mapping[str, Any], index: Index) -> bool:
        """Whether a collection with these notes can be brought to the state of an index in place."""
        if any(facts.get(part) != value for part, value in self._kind(index).items()):
            return False
        numbers = numbers_of(index, facts.get("sizes") or [])
        if numbers is None or numbers[1] != facts.get("numbers"):
            _log.info("%s: another update has given the numbers of terms away", self.alias)
            return False
        avgdl = float(facts.get("avgdl") or 0)
        return bool(abs(index.okapi.avgdl - avgdl) <= self._drift * avgdl)

    def _kind(self, index: Index) -> dict[str, Any]:
        """What stays the same for as long as a collection is updated in place."""
        return {"format": _FORMAT, "lineage": index.lineage, "shards": self._shards, "replicas": self._replicas}

    def _has(self, name: str, points: int) -> bool:
        """Tell whether a collection has just so many points; a copy may lag behind for a moment."""
        for _ in range(_READS):
            if self._count(name) == points:
                return True
            self._sleep(_FIRST_PAUSE)
        return False

    def _count(self, name: str) -> int:
        return self._call(lambda: self._client.count(name, exact=True), _READS).count

    def _heads(self, name: str) -> dict[str, str]:
        """Version → file of each article whose first point is there."""
        found: dict[str, str] = {}
        first = models.Filter(must=[_is("ordinal", 0)])
        offset: Any = None
        while True:
            records, offset = self._call(
                lambda start: self._client.scroll(
                    name, scroll_filter=first, limit=_HEADS, offset=start, with_payload=["file", "version"]
                ),
                _READS,
                offset,
            )
            for record in records:
                payload = record.payload or {}
                found[payload["version"]] = payload["file"]
            if offset is None:
                return found

    # Changing it

    def _upload_anew(self, upload: "_Upload") -> str:
        """Upload a whole index beside what is there; only when it is complete does the alias name it."""
        index, versions = upload.index, upload.versions
        name = f"{self.alias}-{index.lineage[:12]}-{int(self._clock() * 1000):x}"
        _log.info("uploading %d passages to %s as %s", len(index.places), self._address, name)
        try:
            self._create(name, index)
            self._put(name, upload.points(range(len(versions)), slice(None)))
            self._check(name, index)
            self._note(name, {"state": state_of(versions)})
        except BaseException:
            self._drop(name, 1)
            raise
        self._switch(name)
        return name

    def _check(self, name: str, index: Index) -> None:
        if not self._has(name, len(index.places)):
            count = self._count(name)
            raise ServiceError(
                f"{name} has {count} points of {len(index.places)}",
                f"Qdrant ({self._address}) nhận thiếu dữ liệu: {count}/{len(index.places)} đoạn. Hãy thử lại.",
            )

    def _create(self, name: str, index: Index) -> None:
        notes = {**self._kind(index), **_numbers(index), "avgdl": index.okapi.avgdl, "state": ""}

        def create() -> object:
            if self._client.collection_exists(name):  # the answer to an earlier attempt was lost
                return None
            return self._client.create_collection(
                name,
                vectors_config={},
                sparse_vectors_config={_VECTOR: models.SparseVectorParams(modifier=models.Modifier.IDF)},
                shard_number=self._shards,
                replication_factor=self._replicas,
                metadata=notes,
            )

        self._call(create, _WRITES)
        if self._facts(name).get("lineage") != index.lineage:
            raise ServiceError(
                f"Qdrant at {self._address} keeps no metadata of collections: it is older than 1.16",
                f"Qdrant ở {self._address} quá cũ, cần từ bản 1.16.",
            )
        for part, schema in _PAYLOAD_INDEXES.items():
            self._call(lambda of, kind: self._client.create_payload_index(name, of, kind, wait=True), _WRITES, part, schema)

    def _update(self, name: str, facts: Mapping[str, Any], upload: "_Upload") -> bool:
        """
        Put in what is new and delete what is old, in place, if there is anything.

        Returns:
            Whether the collection is of the index's state now; it is to be uploaded anew where most of it is new, or where
            points are missing or left over.
        """
        versions = upload.versions
        if facts.get("state") == state_of(versions) and self._count(name) == len(upload.index.places):
            return True
        upload = replace(upload, avgdl=float(facts.get("avgdl") or 0))
        present, wanted = self._heads(name), set(versions)
        places = [place for place, version in enumerate(versions) if version not in present]
        if len(places) * 2 > len(versions):
            return False
        files = {upload.index.files[place] for place in places} | {
            file for version, file in present.items() if version not in wanted
        }
        _log.info("%s: %d articles put in, %d files changed or gone", name, len(places), len(files))
        self._note(name, {"state": "", **_numbers(upload.index)})
        self._put(name, upload.points(places, slice(1, None)))
        self._put(name, upload.points(places, slice(0, 1)))
        kept = {upload.index.files[place]: version for place, version in enumerate(versions)}
        for some in _batches(sorted(files), _FILES):
            self._delete_old(name, some, [kept[file] for file in some if file in kept])
        if not self._has(name, len(upload.index.places)):
            _log.warning("%s does not have the %d points that it should: uploading anew", name, len(upload.index.places))
            return False
        self._note(name, {"state": state_of(versions)})
        return True

    def _put(self, name: str, points: Iterable[models.PointStruct]) -> None:
        for some in _batches(points, _POINTS):
            self._call(lambda batch: self._client.upsert(name, points=batch, wait=True), _WRITES, some)

    def _delete_old(self, name: str, files: Sequence[str], kept: Sequence[str]) -> None:
        """Delete the points of some files but those of the versions that are kept."""
        old = models.Filter(must=[_is_any("file", files)], must_not=[_is_any("version", kept)] if kept else None)
        selector = models.FilterSelector(filter=old)
        self._call(lambda: self._client.delete(name, points_selector=selector, wait=True), _WRITES)

    def _note(self, name: str, facts: Mapping[str, Any]) -> None:
        """Note something with a collection: which state it is of, empty while it is being changed."""
        self._call(lambda: self._client.update_collection(name, metadata=dict(facts)), _WRITES)

    def _switch(self, name: str) -> None:
        """Let the alias name a collection, in one step, and drop what it named before."""
        before, _ = self._current()
        operations: list[models.CreateAliasOperation | models.DeleteAliasOperation] = []
        if before is not None:
            operations.append(models.DeleteAliasOperation(delete_alias=models.DeleteAlias(alias_name=self.alias)))
        create = models.CreateAlias(collection_name=name, alias_name=self.alias)
        operations.append(models.CreateAliasOperation(create_alias=create))
        self._call(lambda: self._client.update_collection_aliases(change_aliases_operations=operations), _WRITES)
        if before is not None and before != name:
            self._drop(before, _READS)
        for left in self._left_behind(name):
            self._drop(left, _READS)

    def _left_behind(self, current: str) -> list[str]:
        """Collections of this corpus that were not finished, or not dropped, a day ago."""
        found = []
        for one in self._call(self._client.get_collections, _READS).collections:
            match = re.fullmatch(rf"{re.escape(self.alias)}-[0-9a-f]+-([0-9a-f]+)", one.name)
            if match and one.name != current and self._clock() - int(match[1], 16) / 1000 > _LEFT_BEHIND:
                found.append(one.name)
        return found

    def _drop(self, name: str, attempts: int) -> None:
        try:
            self._call(lambda: self._client.delete_collection(name), attempts)
        except ServiceError as error:
            _log.warning("%s is left behind: %s", name, error)

    # Calling

    def _call(self, what: Callable[..., _T], attempts: int, *arguments: Any) -> _T:
        """Call the cluster; again after a while, each time a longer one, when it is away or has too much to do."""
        pause = _FIRST_PAUSE
        for left in range(attempts - 1, -1, -1):
            try:
                return what(*arguments)
            except UnexpectedResponse as error:
                status = error.status_code or 0
                if status not in (408, 429) and status < 500:
                    raise self._refusal(status, error) from None
                reason, wait = f"HTTP {status}", pause
            except QdrantException as error:  # 429 that says how long to wait
                reason, wait = "HTTP 429", max(pause, min(float(getattr(error, "retry_after_s", 0)), _LONGEST_PAUSE))
            except ResponseHandlingException as error:
                reason, wait = f"{type(error.source).__name__}: {error.source}", pause
            except JSONDecodeError as error:
                reason, wait = f"not JSON: {error}", pause
            reason = self._without_secret(reason)
            if not left:
                break
            _log.info("Qdrant: %s; trying again", reason)
            self._sleep(wait * (1 + random() / 4))  # noqa: S311  so that many clients do not come back together
            pause = min(2 * pause, _LONGEST_PAUSE)
        raise ServiceError(
            f"Qdrant at {self._address} does not answer: {reason}",
            f"Không kết nối được Qdrant ở {self._address}. Hãy kiểm tra QDRANT_URL và máy chủ Qdrant rồi thử lại.",
        )

    def _refusal(self, status: int, error: UnexpectedResponse) -> ServiceError:
        said = self._without_secret(error.content[:200].decode("utf-8", "replace"))
        message = f"Qdrant at {self._address}: HTTP {status}: {said}"
        if status in (401, 403):
            return ServiceError(message, f"Qdrant ở {self._address} từ chối QDRANT_API_KEY (lỗi {status}). Hãy kiểm tra khóa.")
        kind = _GoneError if status == 404 else ServiceError
        return kind(message, f"Qdrant ở {self._address} không nhận yêu cầu (lỗi {status}).")

    def _without_secret(self, text: str) -> str:
        return text.replace(self._secret, "…") if self._secret else text


class QdrantRetriever:
    """
    Finds passages in a collection of a cluster; made by `Cluster.serve`.

    The cluster picks the passages, by scores that are Okapi's as long as its counts agree with the index's (see
    `bot.retrieval.sparse`); those that it picks are scored again from the index, so that a score does not depend on the
    shard that a passage lies on.

    Args:
        index: Of the same state; maps points to passages.
        cluster: That holds the collection.

    Attributes:
        versions: See `article_versions`.
    """

    def __init__(self, index: Index, cluster: Cluster) -> None:
        self._index, self._cluster = index, cluster
        self.versions = article_versions(index)
        self._size = filled(index)
        self._firsts = np.searchsorted(index.places, np.arange(len(index.files)))

    def candidates(self, terms: Mapping[str, float], *, k: int, scope: Scope) -> Candidates:
        """See `Retriever.candidates`."""
        if k < 1:
            raise ValueError(f"k must be at least 1, not {k}")
        vector = query_vector(self._index, terms, self._size)
        conditions = conditions_of(self._index, scope)
        if conditions is None or not vector[0]:
            return Candidates(np.empty(0, np.int64), np.empty(0))
        points = self._cluster.search(self._index.lineage, vector, conditions, _TIMES * k + _SPARE)
        found = [passage for point in points if (passage := self._passage(point.payload or {})) is not None]
        passages = np.array(found, np.int64)
        scores = okapi_scores(self._index, terms, passages)
        order = np.lexsort((passages, -scores))[:k]
        return Candidates(passages[order], scores[order])

    def _passage(self, payload: Mapping[str, Any]) -> int | None:
        """Number of a point's passage; None when it is of another state of its article."""
        place = self._index.place_of(payload["file"])
        if place is None or self.versions[place] != payload["version"]:
            return None
        return int(self._firsts[place]) + int(payload["ordinal"])


def conditions_of(index: Index, scope: Scope) -> list[models.FieldCondition] | None:
    """
    Put a scope into Qdrant's words; they mean what `articles_of` means.

    Returns:
        Conditions that all must hold, or None when nothing can be in the scope.
    """
    found = []
    if scope.file is not None:
        if index.place_of(scope.file) is None:
            return None
        found.append(_is("file", scope.file))
    if scope.source is not None:
        sources = [index.facts.sources[number] for number in sources_like(index, scope.source)]
        if not sources:
            return None
        found.append(_is_any("source", sources))
    if scope.since is not None or scope.until is not None:
        since = scope.since.toordinal() if scope.since else None
        until = scope.until.toordinal() if scope.until else None
        found.append(models.FieldCondition(key="published", range=models.Range(gte=since, lte=until)))
    return found


@dataclass(frozen=True, slots=True)
class _Upload:
    """Makes the points of articles."""

    index: Index
    versions: Sequence[str]
    avgdl: float

    def points(self, places: Sequence[int], part: slice) -> Iterator[models.PointStruct]:
        """Make the points of some articles, or of a part of the passages of each."""
        bounds = np.searchsorted(self.index.places, np.arange(len(self.versions) + 1)).tolist()
        wanted = [(place, passage) for place in places for passage in range(*bounds[place : place + 2])[part]]
        vectors = passage_vectors(self.index, np.array([passage for _, passage in wanted], np.int64), self.avgdl)
        for (place, passage), (columns, values) in zip(wanted, vectors, strict=True):
            version, ordinal = self.versions[place], passage - bounds[place]
            yield models.PointStruct(
                id=str(uuid5(_NAMESPACE, f"{version} {ordinal}")),
                vector={_VECTOR: models.SparseVector(indices=columns, values=values)} if columns else {},
                payload={**self._facts_of(place), "version": version, "ordinal": ordinal},
            )

    def _facts_of(self, place: int) -> dict[str, Any]:
        facts = self.index.facts
        found: dict[str, Any] = {"file": self.index.files[place]}
        if facts.source[place] >= 0:
            found["source"] = facts.sources[facts.source[place]]
        if facts.published[place]:
            found["published"] = int(facts.published[place])
        return found


def _numbers(index: Index) -> dict[str, Any]:
    found = numbers_of(index)
    return {} if found is None else {"sizes": found[0], "numbers": found[1]}


def _is(part: str, value: str | int) -> models.FieldCondition:
    return models.FieldCondition(key=part, match=models.MatchValue(value=value))


def _is_any(part: str, values: Sequence[str]) -> models.FieldCondition:
    return models.FieldCondition(key=part, match=models.MatchAny(any=list(values)))


def _batches(values: Iterable[_T], most: int) -> Iterator[list[_T]]:
    rest = iter(values)
    while some := list(islice(rest, most)):
        yield some
