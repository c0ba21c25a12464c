"""From QDRANT_URL to answers: the engine, the live update and the command, over HTTP to a stand-in for the server."""

import logging
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from qdrant_rest_server import RestServer

from bot.answering.engine import Engine
from bot.bootstrap import follow, open_engine
from bot.config import Settings, load_settings
from bot.errors import ConfigurationError, ServiceError
from bot.model import Status
from bot.retrieval import qdrant

pytestmark = pytest.mark.filterwarnings("ignore:Payload indexes have no effect in the local Qdrant:UserWarning")

ROOT = Path(__file__).resolve().parents[2]
KEY = "khoa.bi-mat_42"
QUESTIONS = [
    "Ông Đỗ Văn Hạnh trồng bao nhiêu gốc ổi?",
    "Thư viện huyện Sông Lam mở cửa đến mấy giờ?",
    "Ai là chủ tịch xã Tân Lập?",
    "Giá vàng hôm nay thế nào?",
]


@pytest.fixture
def server() -> Iterator[RestServer]:
    with RestServer(KEY).running() as running:
        yield running


@pytest.fixture
def settings(small_corpus: Path, tmp_path: Path, server: RestServer) -> Settings:
    return Settings(corpus=small_corpus, index=tmp_path / "chi-muc", qdrant_url=server.url, qdrant_api_key=KEY)


def test_answers_are_those_of_the_local_index(settings: Settings, server: RestServer) -> None:
    engine, local = open_engine(settings), open_engine(replace(settings, qdrant_url=None))
    assert local.retriever is None
    server.asked.clear()
    for question in QUESTIONS:
        found, wanted = engine.answer(question), local.answer(question)
        assert found.status is wanted.status
        assert [hit.passage for hit in found.hits] == [hit.passage for hit in wanted.hits]
        assert [hit.score for hit in found.hits] == pytest.approx([hit.score for hit in wanted.hits], rel=1e-3)
    assert {path.rpartition("/")[2] for _, path in server.asked} == {"query"}


def test_a_second_start_uploads_nothing(settings: Settings, server: RestServer) -> None:
    open_engine(settings)
    server.asked.clear()
    open_engine(settings)
    assert {method for method, _ in server.asked} == {"GET", "POST"}
    assert {path.rpartition("/")[2] for method, path in server.asked if method == "POST"} == {"count"}


def test_the_live_update_reaches_the_cluster_before_the_swap(settings: Settings, server: RestServer) -> None:
    engines = [open_engine(settings)]
    live = follow(settings, engines[0], engines.append)
    live._update()
    assert len(engines) == 1
    path = settings.corpus / "vuon" / "oi.txt"
    path.write_text(path.read_text("utf-8").replace("300 gốc", "450 gốc"), "utf-8")
    (settings.corpus / "cho.txt").write_text("Chợ mới\n\nChợ Bình An mở cửa lúc 5 giờ sáng mỗi ngày.", "utf-8")
    live._update()
    assert len(engines) == 2
    assert "450 gốc ổi" in engines[1].answer(QUESTIONS[0]).hits[0].passage.text
    assert "5 giờ sáng" in engines[1].answer("Chợ Bình An mở cửa lúc mấy giờ?").hits[0].passage.text
    (name,) = {one.name for one in server.client.get_collections().collections}
    assert server.client.count(name).count == len(engines[1].index.passages)


def test_a_change_while_the_cluster_is_away_is_made_up_for(
    settings: Settings, server: RestServer, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(qdrant, "_FIRST_PAUSE", 0.0)
    engines = [open_engine(settings)]
    live = follow(settings, engines[0], engines.append)
    path = settings.corpus / "vuon" / "oi.txt"
    path.write_text(path.read_text("utf-8").replace("300 gốc", "450 gốc"), "utf-8")
    server.status = 503
    with caplog.at_level(logging.WARNING, "bot"):
        live._update()
    assert len(engines) == 1
    assert "the index stays as it was: Qdrant at 127.0.0.1" in caplog.text
    server.status = 0
    assert "300 gốc ổi" in first_text(engines[0])
    live._update()  # comes by itself every twenty seconds
    assert len(engines) == 2
    assert "450 gốc ổi" in first_text(engines[1])


def first_text(engine: Engine) -> str:
    """All that is shown first for the question about the garden."""
    hits = engine.answer(QUESTIONS[0]).hits
    return hits[0].passage.text if hits else ""


def test_a_cluster_away_in_the_middle_of_a_run_is_told(settings: Settings, server: RestServer) -> None:
    engine = open_engine(settings)
    server.status = 502
    with pytest.raises(ServiceError) as raised:
        engine.answer(QUESTIONS[0])
    assert raised.value.vietnamese.startswith("Không kết nối được Qdrant ở 127.0.0.1:")
    server.status = 0
    assert engine.answer(QUESTIONS[0]).status is Status.ANSWERED


def test_without_the_client_it_says_what_to_install(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "qdrant_client", None)
    monkeypatch.delitem(sys.modules, "bot.retrieval.qdrant", raising=False)
    with pytest.raises(ConfigurationError) as raised:
        open_engine(settings)
    assert "pip install 'hoibao[qdrant]'" in raised.value.vietnamese


# The settings


def test_the_settings_are_read() -> None:
    settings = load_settings(
        {"QDRANT_URL": "https://a.b:6333", "QDRANT_API_KEY": "ey.J-x_", "QDRANT_SHARDS": "6", "QDRANT_REPLICAS": "2"}, None
    )
    assert (settings.qdrant_url, settings.qdrant_api_key) == ("https://a.b:6333", "ey.J-x_")
    assert (settings.qdrant_shards, settings.qdrant_replicas) == (6, 2)
    assert "ey.J-x_" not in repr(settings)


@pytest.mark.parametrize(
    ("name", "written"),
    [("QDRANT_URL", "localhost"), ("QDRANT_API_KEY", "có dấu cách"), ("QDRANT_SHARDS", "0"), ("QDRANT_REPLICAS", "nhiều")],
)
def test_settings_that_are_none(name: str, written: str) -> None:
    with pytest.raises(ConfigurationError, match=name) as raised:
        load_settings({name: written}, None)
    if name == "QDRANT_API_KEY":
        assert written not in str(raised.value) + raised.value.vietnamese


# The command


def run(settings: Settings, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-W", "error", "-m", "bot", *arguments],
        capture_output=True,
        cwd=ROOT,
        encoding="utf-8",
        env={
            "PATH": "/usr/bin:/bin",
            "HOIBAO_CORPUS": str(settings.corpus),
            "HOIBAO_INDEX": str(settings.index),
            "QDRANT_URL": str(settings.qdrant_url),
            "QDRANT_API_KEY": KEY,
        }
        | more,
        timeout=120,
        check=False,
    )


def test_ask_on_a_cluster(settings: Settings, server: RestServer) -> None:
    ended = run(settings, "ask", QUESTIONS[0])
    assert (ended.returncode, ended.stderr) == (0, "")
    assert "300 gốc ổi" in ended.stdout
    assert any(path.endswith("/points/query") for _, path in server.asked)


def test_ask_with_a_wrong_key(settings: Settings) -> None:
    ended = run(settings, "ask", QUESTIONS[0], QDRANT_API_KEY="khoa-sai")
    assert ended.returncode == 2
    assert ended.stdout == ""
    assert "từ chối QDRANT_API_KEY (lỗi 401)" in ended.stderr
    assert "khoa-sai" not in ended.stderr


def test_ask_while_the_cluster_is_away(settings: Settings) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{closed.getsockname()[1]}"
        ended = run(settings, "ask", QUESTIONS[0], QDRANT_URL=url)
    assert ended.returncode == 2
    assert ended.stderr.startswith("Không kết nối được Qdrant ở 127.0.0.1:")
    assert ended.stderr.count("\n") == 1


def test_nothing_of_qdrant_is_loaded_without_a_url(settings: Settings) -> None:
    program = (
        "import sys; from pathlib import Path; import bot.cli; from bot.bootstrap import open_engine; "
        "from bot.config import Settings; "
        f"open_engine(Settings(corpus=Path({str(settings.corpus)!r}), index=Path({str(settings.index)!r}))).answer('cầu'); "
        "sys.exit('qdrant_client' in sys.modules or 'bot.retrieval.qdrant' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", program], cwd=ROOT, timeout=120, check=False).returncode == 0
