"""Many questions at once: processes are started for them, and whatever becomes of those nothing is lost or doubled."""

import asyncio
import contextlib
import json
import os
import re
import shutil
import signal
from pathlib import Path

import pytest
from botapi import BotApiServer, Message, User
from conftest import ROOT, TOKEN, BotProcess, launch, running, settings
from test_telegram_answers import DIEN_BIEN

pytestmark = [pytest.mark.anyio, pytest.mark.skipif(os.name == "nt", reason="threads alone are used there")]
GOLD = (ROOT / "tests" / "gold" / "seeds_dev.jsonl").read_text("utf-8").splitlines()
QUESTIONS = list(dict.fromkeys(json.loads(line)["question"] for line in GOLD))
ARTICLE = next(path.name for path in (ROOT / "seeds").glob("*.txt") if "492" in path.read_text("utf-8"))
PEOPLE = 50
_READY = re.compile(r"process (\d+) works out answers")
_PATIENCE = 60.0  # seconds before a test gives up


class Burst:
    """Questions of many people at once."""

    def __init__(self, server: BotApiServer) -> None:
        self.server = server
        self.people = [server.telegram.user(f"Người {number}", started=True) for number in range(PEOPLE)]
        self.asked: dict[User, list[Message]] = {user: [] for user in self.people}

    async def ask(self, questions: list[str]) -> None:
        for number, question in enumerate(questions):
            user = self.people[number % PEOPLE]
            self.asked[user].append(await user.say(question))

    @property
    def answers(self) -> list[Message]:
        return [answer for user in self.people for answer in user.chat.bot_messages]

    async def answered(self, count: int | None = None) -> None:
        """Wait until so many are answered, or all, and see that each person's are, once each and in order."""
        wanted = sum(map(len, self.asked.values())) if count is None else count
        await self.server.telegram.wait_for(lambda: len(self.answers) >= wanted, _PATIENCE)
        for user in self.people:
            replies = [answer.reply_to for answer in user.chat.bot_messages]
            assert replies == self.asked[user][: len(replies)]
        if count is None:
            assert len(self.answers) == wanted


def processes(bot: BotProcess) -> list[int]:
    """Those that came up, in order."""
    return [int(found[1]) for line in bot.lines if (found := _READY.search(line))]


async def a_process(bot: BotProcess, after: int = 0) -> int:
    """Wait until one more than so many processes have come up, and return the last one's number."""
    async with asyncio.timeout(_PATIENCE):
        while len(processes(bot)) <= after:
            await asyncio.sleep(0.02)
    return processes(bot)[-1]


async def gone(number: int) -> None:
    async with asyncio.timeout(_PATIENCE):
        with contextlib.suppress(ProcessLookupError):
            while True:
                os.kill(number, 0)
                await asyncio.sleep(0.02)


async def test_processes_that_are_killed_lose_nothing(tmp_path: Path, index_folder: Path) -> None:
    async with (
        BotApiServer(TOKEN) as server,
        running(server, tmp_path, index_folder, TELEGRAM_PERSON_LIMIT="0") as bot,
    ):
        burst = Burst(server)
        await burst.ask(QUESTIONS[:100])
        await a_process(bot.bot)
        await burst.answered()
        await burst.ask(QUESTIONS[100:])
        await burst.answered(120)
        killed = processes(bot.bot)
        for number in killed:
            os.kill(number, signal.SIGKILL)
        await burst.answered()
        for number in killed:
            await gone(number)
            await bot.bot.logged(f"process {number} works out no answers")
        lost = [json.loads(line)["event"] for line in bot.bot.lines if "works out no answers" in line]
        assert len(lost) == len(set(lost))
        for line in bot.bot.lines:
            json.loads(line)  # nobody else writes there


async def test_a_changed_article_is_answered_from_by_new_processes(tmp_path: Path) -> None:
    corpus = Path(shutil.copytree(ROOT / "seeds", tmp_path / "bai"))
    article = corpus / ARTICLE
    more = {"HOIBAO_CORPUS": str(corpus), "TELEGRAM_PERSON_LIMIT": "0"}
    async with BotApiServer(TOKEN) as server, running(server, tmp_path / "state", tmp_path / "index", **more) as bot:
        burst = Burst(server)
        await burst.ask(QUESTIONS[:100])
        old = await a_process(bot.bot)
        await burst.ask([f"{DIEN_BIEN} ({number})" for number in range(20)])
        article.write_text(article.read_text("utf-8").replace("492", "493"), "utf-8")
        await burst.answered()
        lan = server.telegram.user("Lan", started=True)
        for _ in range(100):
            await lan.say(DIEN_BIEN)
            if "493" in (await lan.chat.next_message(_PATIENCE)).text:
                break
        before = len(processes(bot.bot))
        await gone(old)
        for attempt in range(20):  # the first ones may be answered before the new state is saved, and no process can open it
            others = Burst(server)
            await others.ask([f"{DIEN_BIEN} ({attempt} {number})" for number in range(PEOPLE)])
            await others.answered()
            assert all("493" in answer.text and "492" not in answer.text for answer in others.answers)
            if len(processes(bot.bot)) > before:
                break
        await a_process(bot.bot, before)
        others = Burst(server)
        await others.ask([f"{DIEN_BIEN} (nữa {number})" for number in range(PEOPLE)])
        await others.answered()
        assert all("493" in answer.text and "492" not in answer.text for answer in others.answers)


async def test_a_stop_in_the_midst_of_a_burst(tmp_path: Path, index_folder: Path) -> None:
    async with BotApiServer(TOKEN) as server:
        bot = await launch(settings(server, tmp_path, index_folder, TELEGRAM_PERSON_LIMIT="0"))
        await bot.logged('"running"')
        burst = Burst(server)
        await burst.ask(QUESTIONS[:100])
        number = await a_process(bot)
        await burst.answered()
        await burst.ask(QUESTIONS[100:])
        await burst.answered(110)
        for each in (signal.SIGINT, signal.SIGTERM):  # as when all of a group is told to stop
            os.kill(number, each)
        assert await bot.stop() == 0
        await burst.answered(110)
        await gone(number)
        assert "Traceback" not in bot.log and "works out no answers" not in bot.log


async def test_no_process_outlives_a_bot_that_is_killed(tmp_path: Path, index_folder: Path) -> None:
    async with BotApiServer(TOKEN) as server:
        bot = await launch(settings(server, tmp_path, index_folder, TELEGRAM_PERSON_LIMIT="0"))
        await bot.logged('"running"')
        burst = Burst(server)
        await burst.ask(QUESTIONS)
        number = await a_process(bot)
        await bot.stop(signal.SIGKILL)
        await gone(number)
        assert "Traceback" not in bot.log
