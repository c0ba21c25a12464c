"""A small server that speaks Qdrant's REST interface, as far as it is used here, over qdrant-client's local mode."""

import json
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from pydantic import BaseModel
from qdrant_client import QdrantClient, models

_CONFIG = {
    "hnsw_config": {"m": 16, "ef_construct": 100, "full_scan_threshold": 10000},
    "optimizer_config": {
        "deleted_threshold": 0.2,
        "vacuum_min_vector_number": 1000,
        "default_segment_number": 0,
        "flush_interval_sec": 5,
    },
}
_DONE = {"operation_id": 1, "status": "completed"}


class RestServer:
    """
    Holds collections in memory.

    Attributes:
        key: That every request must bring.
        status: Answered to every request instead, when it is not 0.
        asked: Method and path of each request.
        url: Of the server.
    """

    def __init__(self, key: str) -> None:
        self.key, self.status, self.url = key, 0, ""
        self.asked: list[tuple[str, str]] = []
        self.client = QdrantClient(":memory:")
        self._lock = threading.Lock()
        self._routes: list[tuple[str, str, Callable[..., Any]]] = [
            ("GET", r"/aliases", lambda _: self.client.get_aliases()),
            ("POST", r"/collections/aliases", self._switch),
            ("GET", r"/collections", lambda _: self.client.get_collections()),
            ("GET", r"/collections/([^/]+)/exists", lambda _, name: {"exists": self.client.collection_exists(name)}),
            ("GET", r"/collections/([^/]+)", self._describe),
            ("PUT", r"/collections/([^/]+)", self._create),
            ("PATCH", r"/collections/([^/]+)", lambda b, name: self.client.update_collection(name, metadata=b["metadata"])),
            ("DELETE", r"/collections/([^/]+)", lambda _, name: self.client.delete_collection(name)),
            ("PUT", r"/collections/([^/]+)/index", lambda _, __: _DONE),
            ("PUT", r"/collections/([^/]+)/points", self._upsert),
            ("POST", r"/collections/([^/]+)/points/delete", self._delete),
            ("POST", r"/collections/([^/]+)/points/count", lambda b, name: self.client.count(name, exact=b["exact"])),
            ("POST", r"/collections/([^/]+)/points/scroll", self._scroll),
            ("POST", r"/collections/([^/]+)/points/query", self._query),
        ]

    @contextmanager
    def running(self) -> Iterator["RestServer"]:
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def _answer(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                status, reply = outer._reply(self.command, self.path, body, self.headers.get("api-key"))
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(reply)))
                self.end_headers()
                self.wfile.write(reply)

            do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _answer  # noqa: N815

            def log_message(self, *_: object) -> None:
                pass

        with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
            self.url = f"http://127.0.0.1:{server.server_port}"
            thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
            thread.start()
            try:
                yield self
            finally:
                server.shutdown()
                thread.join()
                self.client.close()

    def _reply(self, method: str, address: str, body: bytes, key: str | None) -> tuple[int, bytes]:
        path = address.partition("?")[0]
        self.asked.append((method, path))
        if self.status:
            return self.status, b"out of order"
        if key != self.key:
            return 401, f"Invalid API key: {key}".encode()
        asked = json.loads(body) if body else {}
        for verb, pattern, do in self._routes:
            match = re.fullmatch(pattern, path)
            if match and verb == method:
                with self._lock:
                    try:
                        found = do(asked, *match.groups())
                    except ValueError as error:  # local mode's for a collection that is not there
                        return 404, json.dumps({"status": {"error": str(error)}}).encode()
                result = found.model_dump(mode="json") if isinstance(found, BaseModel) else found
                return 200, json.dumps({"result": result, "status": "ok", "time": 0.0}).encode()
        return 400, f"no route for {method} {path}".encode()

    def _switch(self, asked: dict[str, Any]) -> bool:
        kinds = {"create_alias": models.CreateAliasOperation, "delete_alias": models.DeleteAliasOperation}
        return self.client.update_collection_aliases([kinds[next(iter(one))](**one) for one in asked["actions"]])

    def _describe(self, _: object, name: str) -> dict[str, Any]:
        metadata = self.client.get_collection(name).config.metadata
        return {
            "status": "green",
            "optimizer_status": "ok",
            "segments_count": 1,
            "payload_schema": {},
            "config": {"params": {}, "metadata": metadata, **_CONFIG},
        }

    def _create(self, asked: dict[str, Any], name: str) -> bool:
        sparse = {key: models.SparseVectorParams(**one) for key, one in asked["sparse_vectors"].items()}
        return self.client.create_collection(name, vectors_config={}, sparse_vectors_config=sparse, metadata=asked["metadata"])

    def _upsert(self, asked: dict[str, Any], name: str) -> dict[str, Any]:
        self.client.upsert(name, [models.PointStruct(**one) for one in asked["points"]])
        return _DONE

    def _delete(self, asked: dict[str, Any], name: str) -> dict[str, Any]:
        self.client.delete(name, models.FilterSelector(**asked))
        return _DONE

    def _scroll(self, asked: dict[str, Any], name: str) -> dict[str, Any]:
        records, following = self.client.scroll(
            name,
            scroll_filter=models.Filter(**asked["filter"]),
            limit=asked["limit"],
            offset=asked.get("offset"),
            with_payload=asked["with_payload"],
        )
        return {"points": [one.model_dump(mode="json") for one in records], "next_page_offset": following}

    def _query(self, asked: dict[str, Any], name: str) -> Any:
        within = asked.get("filter")
        nearest = asked["query"].get("nearest", asked["query"])
        return self.client.query_points(
            name,
            query=models.SparseVector(**nearest),
            using=asked["using"],
            query_filter=models.Filter(**within) if within else None,
            limit=asked["limit"],
            with_payload=asked["with_payload"],
        )
