"""Qdrant's own engine in this process, behind the calls of `qdrant_client` that `bot.retrieval.qdrant` makes."""

from pathlib import Path
from shutil import rmtree
from tempfile import mkdtemp
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import httpx
import qdrant_edge as edge
from qdrant_client import models
from qdrant_client.http.exceptions import UnexpectedResponse

_KINDS = {
    models.PayloadSchemaType.KEYWORD: edge.PayloadSchemaType.Keyword,
    models.PayloadSchemaType.INTEGER: edge.PayloadSchemaType.Integer,
}


def refuse(status: int, body: bytes = b"{}") -> UnexpectedResponse:
    return UnexpectedResponse(status, "refused", body, httpx.Headers())


class EdgeClient:
    """A cluster of one shard a collection: what `Cluster` needs of `QdrantClient`, and nothing else."""

    shards = 1

    def __init__(self) -> None:
        memory = Path("/dev/shm")  # noqa: S108  the engine waits for the disk at every step
        self._folder = Path(mkdtemp(prefix="qdrant-edge-", dir=memory if memory.is_dir() else None))
        self._shards: dict[str, Any] = {}
        self._metadata: dict[str, dict[str, Any]] = {}
        self._aliases: dict[str, str] = {}

    def close(self) -> None:
        for shard in self._shards.values():
            shard.close()
        rmtree(self._folder)

    # Collections

    def create_collection(self, name: str, *, sparse_vectors_config: Any, metadata: dict[str, Any], **given: Any) -> bool:
        assert given == {"vectors_config": {}, "shard_number": self.shards, "replication_factor": 1}
        assert name not in self._shards
        ((vector, params),) = sparse_vectors_config.items()
        assert params.modifier is models.Modifier.IDF
        config = edge.EdgeConfig(sparse_vectors={vector: edge.EdgeSparseVectorParams(modifier=edge.Modifier.Idf)})
        path = self._folder / name
        path.mkdir()
        self._shards[name] = edge.EdgeShard.create(str(path), config)
        self._metadata[name] = dict(metadata)
        return True

    def collection_exists(self, name: str) -> bool:
        return name in self._shards

    def get_collection(self, name: str) -> Any:
        self._shard(name)
        return SimpleNamespace(config=SimpleNamespace(metadata=dict(self._metadata[name])))

    def get_collections(self) -> Any:
        return SimpleNamespace(collections=[SimpleNamespace(name=name) for name in self._shards])

    def update_collection(self, name: str, *, metadata: dict[str, Any]) -> bool:
        self._shard(name)
        self._metadata[name] |= metadata
        return True

    def delete_collection(self, name: str) -> bool:
        self._shard(name).close()
        del self._shards[name], self._metadata[name]
        self._aliases = {alias: one for alias, one in self._aliases.items() if one != name}
        return True

    def create_payload_index(self, name: str, part: str, schema: Any, *, wait: bool) -> None:
        assert wait
        if isinstance(schema, models.IntegerIndexParams):
            kind: Any = edge.IntegerIndexParams(lookup=schema.lookup, range=schema.range)
        else:
            kind = _KINDS[schema]
        self._shard(name).update(edge.UpdateOperation.create_field_index(part, kind))

    def get_aliases(self) -> Any:
        described = [SimpleNamespace(alias_name=alias, collection_name=name) for alias, name in self._aliases.items()]
        return SimpleNamespace(aliases=described)

    def update_collection_aliases(self, *, change_aliases_operations: list[Any]) -> bool:
        aliases = dict(self._aliases)
        for operation in change_aliases_operations:
            if isinstance(operation, models.DeleteAliasOperation):
                del aliases[operation.delete_alias.alias_name]
            else:
                self._shard(operation.create_alias.collection_name)
                assert operation.create_alias.alias_name not in aliases
                aliases[operation.create_alias.alias_name] = operation.create_alias.collection_name
        self._aliases = aliases
        return True

    # Points

    def upsert(self, name: str, *, points: list[models.PointStruct], wait: bool) -> None:
        assert wait
        self._shard(name).update(
            edge.UpdateOperation.upsert_points(
                [
                    edge.Point(
                        point.id,
                        {key: edge.SparseVector(one.indices, one.values) for key, one in point.vector.items()},
                        point.payload,
                    )
                    for point in points
                ]
            )
        )

    def delete(self, name: str, *, points_selector: models.FilterSelector, wait: bool) -> None:
        assert wait
        self._shard(name).update(edge.UpdateOperation.delete_points_by_filter(_filter(points_selector.filter)))

    def count(self, name: str, *, exact: bool) -> Any:
        return SimpleNamespace(count=self._shard(name).count(edge.CountRequest(exact=exact)))

    def scroll(self, name: str, *, scroll_filter: models.Filter, limit: int, offset: Any, with_payload: list[str]) -> Any:
        request = edge.ScrollRequest(offset=offset, limit=limit, filter=_filter(scroll_filter), with_payload=with_payload)
        return self._shard(name).scroll(request)

    def query_points(
        self,
        name: str,
        *,
        query: models.SparseVector,
        using: str,
        query_filter: Any,
        limit: int,
        with_payload: Any,
        **given: Any,
    ) -> Any:
        assert given.keys() == {"timeout"}
        nearest = edge.Query.Nearest(edge.SparseVector(query.indices, query.values), using=using)
        within = _filter(query_filter) if query_filter is not None else None
        request = edge.QueryRequest(limit=limit, query=nearest, filter=within, with_payload=with_payload)
        return SimpleNamespace(points=self._shard(name).query(request))

    def _shard(self, name: str) -> Any:
        if name not in self._shards:
            raise refuse(404)
        return self._shards[name]


class ShardedClient:
    """A cluster of several shards a collection: each point on one of them, the best of all of them merged."""

    def __init__(self, shards: int) -> None:
        self._parts = [EdgeClient() for _ in range(shards)]
        for part in self._parts:
            part.shards = shards

    def __getattr__(self, name: str) -> Any:
        def call(*arguments: Any, **named: Any) -> Any:
            replies = [getattr(part, name)(*arguments, **named) for part in self._parts]
            return replies[0]

        return call

    def upsert(self, name: str, *, points: list[models.PointStruct], wait: bool) -> None:
        for number, part in enumerate(self._parts):
            part.upsert(name, points=[one for one in points if UUID(one.id).int % len(self._parts) == number], wait=wait)

    def count(self, name: str, *, exact: bool) -> Any:
        return SimpleNamespace(count=sum(part.count(name, exact=exact).count for part in self._parts))

    def query_points(self, name: str, *, limit: int, **asked: Any) -> Any:
        points = [one for part in self._parts for one in part.query_points(name, limit=limit, **asked).points]
        return SimpleNamespace(points=sorted(points, key=lambda one: -one.score)[:limit])


def _filter(asked: models.Filter) -> edge.Filter:
    assert not asked.should
    assert not asked.min_should
    return edge.Filter(must=[_condition(one) for one in asked.must], must_not=[_condition(one) for one in asked.must_not or []])


def _condition(asked: models.FieldCondition) -> edge.FieldCondition:
    if asked.range is not None:
        assert asked.range.gt is asked.range.lt is None
        return edge.FieldCondition(asked.key, range=edge.RangeFloat(gte=asked.range.gte, lte=asked.range.lte))
    if isinstance(asked.match, models.MatchAny):
        return edge.FieldCondition(asked.key, match=edge.MatchAny(asked.match.any))
    return edge.FieldCondition(asked.key, match=edge.MatchValue(asked.match.value))
