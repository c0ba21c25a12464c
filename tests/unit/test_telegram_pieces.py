"""The bot's small parts: logs, settings, memory, order, conversations as JSON, and what is imported when."""

import asyncio
import gc
import io
import json
import logging
import pickle
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
import structlog

from bot.answering.dialogue import Conversation
from bot.answering.engine import Engine
from bot.answering.memo import MemoEngine
from bot.config import Settings, load_settings
from bot.errors import ConfigurationError
from bot.model import Scope
from bot.telegram_app.library import Library
from bot.telegram_app.logs import configure_logs, redact
from bot.telegram_app.ordering import ChatOrder, chat_of
from bot.telegram_app.rendering import excerpt
from bot.telegram_app.run import webhook_secret
from bot.telegram_app.turns import dump_conversation, load_conversation

TOKEN = "1234567890:AAFakeFakeFakeFakeFakeFakeFakeFake_-x"
DIEN_BIEN = "Trong nhiệm kỳ, TP. Điện Biên Phủ kết nạp bao nhiêu đảng viên mới?"
MUONG_THANH = "Thế riêng phường Mường Thanh?"


@pytest.fixture
def _logs_as_before() -> Iterator[None]:
    root = logging.getLogger()
    before = root.handlers[:], root.level, sys.excepthook, logging.raiseExceptions
    yield
    root.handlers[:], root.level, sys.excepthook, logging.raiseExceptions = before
    logging.captureWarnings(capture=False)
    structlog.reset_defaults()


@pytest.mark.usefixtures("_logs_as_before")
@pytest.mark.parametrize("terminal", [True, False])
def test_no_token_in_any_log(monkeypatch: pytest.MonkeyPatch, terminal: bool) -> None:
    err = io.StringIO()
    monkeypatch.setattr(sys, "stderr", err)
    configure_logs(["123:short"], terminal=terminal)
    log = structlog.get_logger("test")
    log.info("question", url=f"https://api.telegram.org/bot{TOKEN}/getMe", other="bot123%3Ashort")
    logging.getLogger("httpx").warning("POST /bot%s/x", "123:short")
    logging.getLogger("httpx").info("POST /bot%s/x", TOKEN)
    hidden = f"token {TOKEN}"
    try:
        raise ValueError(hidden)
    except ValueError:
        log.exception("failed")
    try:
        raise LookupError("123:short")
    except LookupError:
        sys.excepthook(*sys.exc_info())
    written = err.getvalue()
    assert "short" not in written and "AAFake" not in written
    assert written.count("***") >= 5 and written.count("Traceback") == 2
    if not terminal:
        assert [json.loads(line)["event"] for line in written.splitlines()][0] == "question"


def test_redacting_leaves_the_rest() -> None:
    assert redact("lúc 10:30 có 123 người", []) == "lúc 10:30 có 123 người"


def test_settings_of_the_bot(tmp_path: Path) -> None:
    dotenv = tmp_path / ".env"
    dotenv.write_text(f"TELEGRAM_BOT_TOKEN={TOKEN}\nTELEGRAM_ALLOWED_CHATS=1, -100;3\nLOG_QUESTIONS=\n", "utf-8")
    settings = load_settings({"TELEGRAM_PERSON_LIMIT": "7", "TELEGRAM_BASE_URL": "http://127.0.0.1:1/bot"}, dotenv)
    assert settings.telegram_allowed_chats == {1, -100, 3}
    assert (settings.telegram_person_limit, settings.log_questions, settings.telegram_rate) == (7, False, 30)
    assert TOKEN not in repr(settings)
    assert load_settings({"LOG_QUESTIONS": "1"}, None).log_questions


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("TELEGRAM_ADMINS", "Lan"),
        ("TELEGRAM_WEBHOOK_PORT", "0"),
        ("TELEGRAM_WEBHOOK_PORT", "65536"),
        ("TELEGRAM_PERSON_LIMIT", "²"),
        ("TELEGRAM_BASE_URL", "api.telegram.org"),
        ("LOG_QUESTIONS", "có"),
        ("TELEGRAM_WEBHOOK_SECRET", "có dấu"),
        ("HOIBAO_CAUTION", "2"),
    ],
)
def test_settings_that_are_not_understood(name: str, value: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        load_settings({name: value}, None)
    assert caught.value.vietnamese.startswith(f"{name} phải là ")


def test_webhook_secret() -> None:
    assert webhook_secret(Settings(telegram_token=TOKEN)) == webhook_secret(Settings(telegram_token=TOKEN))
    assert TOKEN[11:] not in webhook_secret(Settings(telegram_token=TOKEN))
    assert webhook_secret(Settings(telegram_token=TOKEN, telegram_webhook_secret="x")) == "x"


def test_a_memory_answers_as_the_engine_does(seeds_engine: Engine) -> None:
    memory = MemoEngine.over(seeds_engine)
    before = plain = Conversation()
    for question in (DIEN_BIEN, MUONG_THANH, "xin chào", DIEN_BIEN, "giá vàng?"):
        expected, plain = seeds_engine.converse(question, plain, k=5)
        known = memory.recall(question, before, k=5)
        answer, after = memory.converse(question, before, k=5)
        assert (answer, after) == (expected, plain)
        assert memory.recall(question, before, k=5) == (answer, after)
        assert known is None or known == (answer, after)
        before = after
    assert memory.recall(DIEN_BIEN, Conversation(), k=6) is None


def test_what_one_memory_has_learnt_another_can_be_told(seeds_engine: Engine) -> None:
    one, other = MemoEngine.over(seeds_engine), MemoEngine.over(seeds_engine)
    first, light = one.converse(DIEN_BIEN, Conversation(), k=5)
    second = one.converse(MUONG_THANH, light, k=5)
    assert other.recall(DIEN_BIEN, Conversation(), k=5) is None
    other.learn(pickle.loads(pickle.dumps(one.memory())))  # noqa: S301
    assert other.recall(DIEN_BIEN, Conversation(), k=5) == (first, light)
    assert other.recall(MUONG_THANH, light, k=5) == second


def test_only_one_article(seeds_engine: Engine) -> None:
    file = seeds_engine.index.articles[3].file
    answer, _ = seeds_engine.converse(DIEN_BIEN, Conversation(), k=10, scope=Scope(file=file))
    assert {hit.passage.file for hit in answer.hits} == {file}
    nowhere, _ = seeds_engine.converse(DIEN_BIEN, Conversation(), k=10, scope=Scope(file="missing.txt"))
    assert nowhere.hits == ()


def test_conversations_as_json(seeds_engine: Engine) -> None:
    _, conversation = seeds_engine.converse(DIEN_BIEN, Conversation())
    assert conversation != Conversation()
    assert load_conversation(dump_conversation(conversation)) == conversation
    for damaged in ("", "{}", "[]", "null", '{"places": [{"x": 1}], "topic": [], "file": null}'):
        assert load_conversation(damaged) == Conversation()


def test_places_of_paragraphs(seeds_engine: Engine) -> None:
    library = Library(seeds_engine.index, "hoibao_bot")
    for article in library.articles:
        passages = library.passages(article)
        for place, passage in enumerate(passages):
            if passage.paragraph is None:
                continue
            link = library.link(article.file, passage.paragraph)
            found = library.linked(link.partition("start=")[2])
            assert found is not None and found[0] is article
            assert passages[found[1]].paragraph == passage.paragraph and found[1] <= place
    assert Library(seeds_engine.index).link("x", 1) is None


def test_excerpts_show_what_was_matched() -> None:
    text = "Mở đầu rất dài dòng. " + "lời dẫn " * 40 + "kết nạp 492 đảng viên mới trong nhiệm kỳ. Hết."
    start = text.index("kết nạp")
    terms = ((start, start + 7), (start + 12, start + 21))
    shown = excerpt(text, (21, len(text) - 5), terms, 60)
    assert "kết nạp 492 đảng viên" in shown and len(shown) <= 60 and shown.startswith("…")
    assert excerpt("Ngắn.", (0, 5), (), 60) == "Ngắn."


def test_one_chat_in_order_others_at_once() -> None:
    done: list[tuple[int, int]] = []

    async def work(chat: int, number: int) -> None:
        await asyncio.sleep(0.01 if number == 0 else 0)
        done.append((chat, number))
        if number == 1:
            raise ValueError

    async def run() -> None:
        order = ChatOrder()
        chats = [SimpleNamespace(effective_chat=SimpleNamespace(id=chat)) for chat in (1, 2)]
        tasks = [
            asyncio.create_task(order.process_update(update, work(update.effective_chat.id, number)))
            for number in range(4)
            for update in chats
        ]
        await asyncio.gather(*tasks, return_exceptions=True)
        assert not order._last

    assert chat_of(object()) is None
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("bot.telegram_app.ordering.chat_of", lambda update: update.effective_chat.id)
        asyncio.run(run())
    assert [number for chat, number in done if chat == 1] == [0, 1, 2, 3]
    assert [number for chat, number in done if chat == 2] == [0, 1, 2, 3]


def test_what_waits_for_its_turn_at_a_stop_is_not_begun() -> None:
    begun = []

    async def work(number: int) -> None:
        begun.append(number)
        await asyncio.sleep(3600)

    async def run() -> None:
        order, update = ChatOrder(), SimpleNamespace(effective_chat=SimpleNamespace(id=1))
        tasks = [asyncio.create_task(order.process_update(update, work(number))) for number in range(3)]
        await asyncio.sleep(0)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)  # warned of, and so an error, if one were left
        assert not order._last

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("bot.telegram_app.ordering.chat_of", lambda update: update.effective_chat.id)
        asyncio.run(run())
    gc.collect()
    assert begun == [0]


@pytest.mark.parametrize("command", [["--help"], ["ask", "--help"], ["ask", DIEN_BIEN], ["telegram", "--help"]])
def test_commands_of_the_console_load_no_telegram(command: list[str], seeds: Path) -> None:
    code = (
        "import sys\nfrom bot.cli import app\n"
        f"try:\n    app({command!r})\nexcept SystemExit:\n    pass\n"
        "loaded = [name for name in ('telegram', 'structlog', 'aiohttp', 'bot.telegram_app') if name in sys.modules]\n"
        "print('LOADED', loaded)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=seeds.parent)
    assert "LOADED []" in done.stdout
