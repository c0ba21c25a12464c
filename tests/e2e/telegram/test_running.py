"""Starting, stopping, starting again; and what goes wrong around it."""

import asyncio
import json
import signal
import socket
import sqlite3
import time
from pathlib import Path

import aiohttp
import pytest
from botapi import BotApiServer, DropConnection, FloodLimits, Hang, HttpError, TooManyRequests
from conftest import ROOT, TOKEN, ask, free_port, launch, press, running, settings
from test_telegram_answers import CA_MAU, DIEN_BIEN

pytestmark = pytest.mark.anyio


async def fails(environment: dict[str, str]) -> str:
    bot = await launch(environment)
    code = await bot.ended()
    assert (code, "Traceback" in bot.log, TOKEN in bot.log) == (2, False, False), bot.log
    return bot.log


async def test_without_a_token(tmp_path: Path) -> None:
    said = await fails({"HOIBAO_STATE": str(tmp_path), "CWD": str(tmp_path), "PYTHONPATH": str(ROOT)})
    assert "Chưa có TELEGRAM_BOT_TOKEN" in said


async def test_token_from_a_dotenv_file(tmp_path: Path, index_folder: Path) -> None:
    async with BotApiServer(TOKEN) as server:
        environment = settings(server, tmp_path / "state", index_folder)
        names = [name for name in environment if name != "PYTHONPATH"]
        (tmp_path / ".env").write_text("".join(f"{name}={environment.pop(name)}\n" for name in names))
        bot = await launch(environment | {"CWD": str(tmp_path)})
        await bot.logged('"running"')
        assert await bot.stop() == 0


@pytest.mark.parametrize("token", ["999:wrong-token", "no token at all", "123456:TEST-token2"])
async def test_a_bad_token(tmp_path: Path, index_folder: Path, token: str) -> None:
    async with BotApiServer(TOKEN) as server:
        said = await fails(settings(server, tmp_path, index_folder, TELEGRAM_BOT_TOKEN=token))
        assert token not in said
    assert "không nhận TELEGRAM_BOT_TOKEN" in said


async def test_a_server_that_is_not_there(tmp_path: Path, index_folder: Path) -> None:
    async with BotApiServer(TOKEN) as server:
        environment = settings(server, tmp_path, index_folder)
    environment["TELEGRAM_BASE_URL"] = f"http://127.0.0.1:{free_port()}/bot"
    assert "Không kết nối được" in await fails(environment)


async def test_a_server_that_is_down(tmp_path: Path, index_folder: Path) -> None:
    async with BotApiServer(TOKEN) as server:
        server.telegram.fail("getMe", HttpError(502, body=b"<html>Bad Gateway</html>"), times=99)
        assert "Không kết nối được" in await fails(settings(server, tmp_path, index_folder))


async def test_no_articles(tmp_path: Path, index_folder: Path) -> None:
    async with BotApiServer(TOKEN) as server:
        assert str(tmp_path / "x") in await fails(settings(server, tmp_path, index_folder, HOIBAO_CORPUS=str(tmp_path / "x")))
        assert server.telegram.calls("getUpdates") == []


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("TELEGRAM_ALLOWED_CHATS", "ai cũng được"),
        ("TELEGRAM_PERSON_LIMIT", "-1"),
        ("TELEGRAM_WEBHOOK_SECRET", "bí mật"),
    ],
)
async def test_settings_that_are_not_understood(tmp_path: Path, index_folder: Path, name: str, value: str) -> None:
    async with BotApiServer(TOKEN) as server:
        said = await fails(settings(server, tmp_path, index_folder, **{name: value}))
    assert said.startswith(f"{name} phải là")
    assert (value in said) == (name != "TELEGRAM_WEBHOOK_SECRET")


async def test_a_state_folder_that_cannot_be_written(tmp_path: Path, index_folder: Path) -> None:
    (tmp_path / "file").write_text("")
    async with BotApiServer(TOKEN) as server:
        said = await fails(settings(server, tmp_path / "file" / "state", index_folder))
    assert "HOIBAO_STATE" in said


async def test_a_port_that_is_taken(tmp_path: Path, index_folder: Path) -> None:
    async with BotApiServer(TOKEN) as server:
        environment = settings(server, tmp_path, index_folder, "webhook")
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", int(environment["TELEGRAM_WEBHOOK_PORT"])))
            taken.listen()
            assert "Không lắng nghe được" in await fails(environment)


async def test_a_webhook_address_that_telegram_refuses(tmp_path: Path, index_folder: Path) -> None:
    async with BotApiServer(TOKEN) as server:
        environment = settings(server, tmp_path, index_folder, "webhook", TELEGRAM_WEBHOOK_URL="https://bot.example/hook")
        assert "TELEGRAM_WEBHOOK_URL" in await fails(environment)


async def test_a_second_instance_ends_and_the_first_goes_on(tmp_path: Path, index_folder: Path) -> None:
    async with (
        BotApiServer(TOKEN) as server,
        running(server, tmp_path / "first", index_folder) as first,
    ):
        await asyncio.sleep(5.2)  # by now the first one is settled
        said = await fails(settings(server, tmp_path / "second", index_folder))
        assert "409" in said
        assert "492" in (await ask(server.telegram.user("Lan"), DIEN_BIEN)).text
        assert "another instance" in first.bot.log


@pytest.mark.parametrize("mode", ["polling", "webhook"])
async def test_buttons_and_conversations_survive_a_restart(tmp_path: Path, index_folder: Path, mode: str) -> None:
    async with BotApiServer(TOKEN, webhook_retry_delay=0.02) as server:
        lan = server.telegram.user("Lan", started=True)
        async with running(server, tmp_path, index_folder, mode):
            answer = await ask(lan, DIEN_BIEN)
        await lan.say("Thế riêng phường Mường Thanh?")  # asked while the bot is away
        query = lan.tap(answer, "Ngữ cảnh")
        async with running(server, tmp_path, index_folder, mode):
            follow_up = await lan.chat.next_message(15)
            assert "kết nạp 40" in follow_up.text
            await query.wait()
            await server.telegram.wait_for(lambda: answer.edits == 1)
            await press(server.telegram, lan, answer, "‹ Câu trả lời")
            assert answer.text.startswith("Chăm lo xây dựng") and "492" in answer.text
        age(tmp_path, days=31)
        async with running(server, tmp_path, index_folder, mode):
            assert "quá cũ" in (await lan.press(answer, "Ngữ cảnh")).text
        if mode == "polling":
            assert server.telegram.webhook is None


def age(state: Path, days: float) -> None:
    with sqlite3.connect(state / "journal.sqlite") as connection:
        connection.execute("UPDATE answers SET at = at - ?", (days * 86400,))
        connection.execute("UPDATE conversations SET at = at - ?", (days * 86400,))
    connection.close()


async def test_a_damaged_journal_is_set_aside(tmp_path: Path, index_folder: Path) -> None:
    (tmp_path / "journal.sqlite").write_bytes(b"no database at all, but long enough to look like one" * 100)
    async with BotApiServer(TOKEN) as server, running(server, tmp_path, index_folder) as bot:
        assert "492" in (await ask(server.telegram.user("Lan"), DIEN_BIEN)).text
        assert "is damaged" in bot.bot.log
    assert (tmp_path / "journal.sqlite.damaged").exists()
    assert (tmp_path / "journal.sqlite").stat().st_mode & 0o077 == 0


async def test_a_journal_that_breaks_later_does_not_stop_answers(tmp_path: Path, index_folder: Path) -> None:
    async with BotApiServer(TOKEN) as server, running(server, tmp_path, index_folder) as bot:
        lan = server.telegram.user("Lan")
        with sqlite3.connect(tmp_path / "journal.sqlite") as connection:
            connection.executescript("DROP TABLE answers; DROP TABLE conversations;")
        connection.close()
        assert "492" in (await ask(lan, DIEN_BIEN)).text
        assert await bot.bot.logged("answers not kept")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
@pytest.mark.parametrize("mode", ["polling", "webhook"])
async def test_stopping_finishes_what_has_begun(tmp_path: Path, index_folder: Path, mode: str, number: signal.Signals) -> None:
    async with BotApiServer(TOKEN, webhook_retry_delay=0.02) as server:
        bot = await launch(settings(server, tmp_path, index_folder, mode))
        await bot.logged('"running"')
        users = [server.telegram.user(f"Người {at}", started=True) for at in range(8)]
        server.telegram.fail("sendMessage", Hang(1.0), times=8)  # a slow network
        for user in users:
            await user.say(DIEN_BIEN)
        await server.telegram.wait_for(lambda: sum(c.method == "sendMessage" for c in server.telegram.log) >= 1)
        started = time.monotonic()
        assert await bot.stop(number) == 0
        assert time.monotonic() - started < 10
        answered = [user for user in users if user.chat.bot_messages]
        waiting = server.telegram.pending_updates
        assert len(answered) + waiting == 8 and answered, bot.log
        assert all(len(user.chat.bot_messages) == 1 for user in answered)
    with sqlite3.connect(tmp_path / "journal.sqlite") as connection:
        assert connection.execute("SELECT count(*) FROM answers").fetchone() == (len(answered),)
    connection.close()


async def test_stopping_is_quick_even_when_telegram_hangs(tmp_path: Path, index_folder: Path) -> None:
    async with BotApiServer(TOKEN) as server:
        bot = await launch(settings(server, tmp_path, index_folder))
        await bot.logged('"running"')
        server.telegram.fail("*", Hang(60), times=99)
        await server.telegram.user("Lan").say(DIEN_BIEN)
        await asyncio.sleep(0.5)
        started = time.monotonic()
        assert await bot.stop() == 0
        assert time.monotonic() - started < 10
        assert "Traceback" not in bot.log


async def test_a_webhook_takes_only_what_has_the_secret(tmp_path: Path, index_folder: Path) -> None:
    async with BotApiServer(TOKEN) as server:
        lan = server.telegram.user("Lan", started=True)
        environment = settings(server, tmp_path, index_folder, "webhook")
        del environment["TELEGRAM_WEBHOOK_SECRET"]  # then one is made from the token
        bot = await launch(environment)
        await bot.logged('"running"')
        config = server.telegram.webhook
        assert config is not None and len(config.secret_token) == 48
        update = {"update_id": 1, "message": {"message_id": 1, "date": 1, "chat": lan.chat.to_json(), "text": "x"}}
        async with aiohttp.ClientSession() as session:
            for headers in ({}, {"X-Telegram-Bot-Api-Secret-Token": "wrong"}):
                async with session.post(config.url, data=json.dumps(update), headers=headers) as response:
                    assert response.status == 403
        assert "492" in (await ask(lan, DIEN_BIEN)).text
        assert len(lan.chat.bot_messages) == 1
        assert await bot.stop() == 0
        assert config.secret_token not in bot.log


async def test_who_may_ask_and_how_much(tmp_path: Path, index_folder: Path) -> None:
    async with BotApiServer(TOKEN) as server:
        telegram = server.telegram
        lan, minh, admin = (telegram.user(name, started=True) for name in ("Lan", "Minh", "Quản trị"))
        group, other = telegram.group("Nhóm", [lan, minh]), telegram.group("Nhóm khác", [lan, minh])
        more = {
            "TELEGRAM_ALLOWED_CHATS": f"{lan.id}, {group.id}",
            "TELEGRAM_ADMINS": str(admin.id),
            "TELEGRAM_PERSON_LIMIT": "3",
            "LOG_QUESTIONS": "1",
        }
        async with running(server, tmp_path, index_folder, **more) as bot:
            refused = await ask(minh, DIEN_BIEN)
            assert "được mời" in refused.text and str(minh.id) in refused.text
            await minh.say(CA_MAU)  # told once a window
            await minh.say(f"/hoi {DIEN_BIEN}", other)
            assert "được mời" in (await minh.inline(DIEN_BIEN)).results[0].title
            await minh.say(f"/hoi {DIEN_BIEN}", group)
            assert "492" in (await group.next_message()).text
            assert (len(minh.chat.bot_messages), other.bot_messages) == (1, [])

            for _ in range(3):
                answer = await ask(lan, DIEN_BIEN)
            too_many = await ask(lan, DIEN_BIEN)
            assert "tối đa 3 câu" in too_many.text
            asked = await lan.say(DIEN_BIEN)
            await lan.edit(asked, CA_MAU)
            alert = await lan.press(answer, "Chỉ tìm trong bài này")
            assert alert.show_alert and "tối đa 3 câu" in alert.text
            assert (await lan.press(answer, "Ngữ cảnh")).text == ""  # reading on is no question
            assert (await lan.inline(DIEN_BIEN)).results
            assert len(lan.chat.bot_messages) == 4

            for _ in range(5):
                assert "492" in (await ask(admin, DIEN_BIEN)).text
            assert (await ask(admin, "/thongke")).text.startswith("5 bài, ")
            rows = [json.loads(line) for line in bot.bot.lines]
            assert [row["question"] for row in rows if row["event"] == "question"].count(DIEN_BIEN) == 9
            assert "có ghi nội dung" in (await ask(admin, "/riengtu")).text


async def test_an_unexpected_exception(tmp_path: Path, index_folder: Path) -> None:
    async with BotApiServer(TOKEN, reads_all_messages=True) as server:
        environment = settings(server, tmp_path, index_folder)
        bot = await launch(environment, str(Path(__file__).with_name("broken_bot.py")))
        await bot.logged('"running"')
        lan = server.telegram.user("Lan", started=True)
        group = server.telegram.group("Nhóm", [lan])
        apology = await ask(lan, "máy hỏng")
        number = apology.text.rpartition("Mã lỗi: ")[2].removesuffix(")")
        line = json.loads(await bot.logged("unexpected error"))
        assert line["error"] == number and "LookupError: a bug, told with the token ***" in line["exception"]
        await lan.say("@test_bot máy hỏng", group)
        assert "Mã lỗi" in (await group.next_message()).text
        inline = lan.ask_inline("máy hỏng")
        answer = await ask(lan, DIEN_BIEN)  # it goes on
        assert "492" in answer.text and inline.answer is None
        await lan.edit(lan.chat.messages[-2], "lại hỏng")
        assert "Mã lỗi" in (await lan.chat.next_message()).text
        assert await bot.stop() == 0
        assert bot.log.count("Traceback") == 4 == bot.log.count('"unexpected error"')
        assert TOKEN not in bot.log


@pytest.mark.parametrize("mode", ["polling", "webhook"])
async def test_a_network_at_its_worst(tmp_path: Path, index_folder: Path, mode: str) -> None:
    async with (
        BotApiServer(TOKEN, webhook_retry_delay=0.02) as server,
        running(server, tmp_path, index_folder, mode) as bot,
    ):
        telegram = server.telegram
        lan = telegram.user("Lan", started=True)
        telegram.fail("getUpdates", HttpError(502, body=b"<html>"))
        telegram.fail("sendChatAction", HttpError(500))
        for fault in (HttpError(500), DropConnection(), TooManyRequests(1)):
            telegram.fail("sendMessage", fault)
            answer = await ask(lan, DIEN_BIEN)
            assert "492" in answer.text
        telegram.fail("sendMessage", HttpError(400, "Bad Request: can't parse entities: whatever"))
        plain = await ask(lan, DIEN_BIEN)
        assert plain.text == answer.text and plain.entity_texts("bold") == [] and plain.buttons
        telegram.fail("editMessageText", HttpError(400, "Bad Request: can't parse entities: whatever"))
        await press(telegram, lan, answer, "Ngữ cảnh")
        assert answer.entity_texts("bold") == []
        telegram.fail("answerCallbackQuery", HttpError(400, "Bad Request: query is too old and response timeout expired"))
        lan.tap(answer, "‹ Câu trả lời")
        assert (await ask(lan, "xin chào")).text
        asked = await lan.say(DIEN_BIEN)
        await lan.delete(asked)  # an answer to a message that is gone is sent all the same
        assert "492" in (await lan.chat.next_message()).text
        assert "Traceback" not in bot.bot.log
        assert len(lan.chat.bot_messages) == 6


async def test_floods_are_waited_out(tmp_path: Path, index_folder: Path) -> None:
    async with BotApiServer(TOKEN) as server, running(server, tmp_path, index_folder, TELEGRAM_RATE="30"):
        server.telegram.limit(FloodLimits(per_chat_second=2))
        lan = server.telegram.user("Lan", started=True)
        asked = [await lan.say(question) for question in (DIEN_BIEN, CA_MAU, "xin chào", "cảm ơn", DIEN_BIEN)]
        answers = await lan.chat.next_messages(5, 20)
        assert [answer.reply_to for answer in answers] == asked
        assert any(call.status == 429 for call in server.telegram.calls("sendMessage"))


async def test_a_group_that_becomes_a_supergroup(tmp_path: Path, index_folder: Path) -> None:
    async with BotApiServer(TOKEN) as server, running(server, tmp_path, index_folder):
        lan = server.telegram.user("Lan", started=True)
        group, new = server.telegram.group("Nhóm", [lan]), server.telegram.supergroup("Nhóm", [lan])
        body = {
            "ok": False,
            "error_code": 400,
            "description": "Bad Request: group chat was upgraded to a supergroup chat",
            "parameters": {"migrate_to_chat_id": new.id},
        }
        server.telegram.fail("sendMessage", HttpError(400, body=json.dumps(body).encode()))
        await lan.say(f"/hoi {DIEN_BIEN}", group)
        assert "492" in (await new.next_message()).text
