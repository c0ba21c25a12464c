"""
Two hundred chats ask two thousand questions of the bot, and of an echo bot, through the same server in the same run.

The server and its users are this process; each bot is one of its own. All questions wait when the clock starts, ten a
chat, so that latency is mostly waiting: throughput is the measure, and the 95th percentile stands beside it. People's
questions come from the judged ones and repeat, as they do; the first round finds a bot that has just started, the
second (in another order, by other chats) one that remembers. The third finds every question new.
"""

import asyncio
import json
import os
import random
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "e2e" / "telegram"))

from botapi import BotApiServer, Message, User  # noqa: E402

from bot.language.normalize import fold  # noqa: E402

CHATS, QUESTIONS = 200, 2000
TARGET = 0.6
_MOST_SECONDS = 300
TOKEN = "123456:TEST-token"


@dataclass(frozen=True)
class Load:
    """One bot under load."""

    name: str
    seconds: float
    median: float
    p95: float
    wrong: int
    unanswered: int
    doubled: int

    @property
    def throughput(self) -> float:
        """Questions a second."""
        return QUESTIONS / self.seconds


def measure() -> dict[str, object]:
    """Print the table and return its figures."""
    return asyncio.run(_measure())


async def _measure() -> dict[str, object]:
    gold = [
        json.loads(line)["question"]
        for name in ("seeds_dev", "seeds_heldout")
        for line in (ROOT / "tests" / "gold" / f"{name}.jsonl").read_text("utf-8").splitlines()
    ]
    chance = random.Random(2000)
    repeated = [chance.choice(gold) for _ in range(QUESTIONS)]
    again = chance.sample(repeated, QUESTIONS)
    spellings = [*gold, *map(fold, gold), *(text.upper() for text in gold), *(f"Cho hỏi {text}" for text in gold)]
    distinct = list(dict.fromkeys(spellings))[:QUESTIONS]
    chance.shuffle(distinct)
    with tempfile.TemporaryDirectory() as folder:
        ours = [sys.executable, "-m", "bot", "telegram"]
        echo = [sys.executable, str(Path(__file__).with_name("echo_bot.py"))]
        loads = [
            *await _load(["echo bot"], echo, [repeated], folder),
            *await _load(["Hỏi Báo, just started", "Hỏi Báo, running"], ours, [repeated, again], folder),
            *await _load(["Hỏi Báo, no two alike"], ours, [distinct], folder),
            *await _load(["echo bot, 16 at once"], echo, [repeated], folder, CONCURRENT="1"),
        ]
    base = loads[0].throughput
    out = sys.stdout
    out.write(f"{CHATS} chats, {QUESTIONS} questions, {len(set(repeated))} of them different in people's questions\n")
    out.write(f"{'':<30}{'a second':>10}{'ratio':>8}{'median s':>10}{'p95 s':>8}{'lost':>6}{'twice':>7}{'order':>7}\n")
    rows = []
    for load in loads:
        ratio = load.throughput / base
        out.write(
            f"{load.name:<30}{load.throughput:>10.1f}{ratio:>8.2f}{load.median:>10.2f}{load.p95:>8.2f}"
            f"{load.unanswered:>6}{load.doubled:>7}{load.wrong:>7}\n"
        )
        rows.append({"throughput": load.throughput, "ratio": ratio, **load.__dict__})
    reached = {load.name: load.throughput / base >= TARGET for load in loads[1:3]}
    for name, good in reached.items():
        out.write(f"target {TARGET} × echo, {name}: {'reached' if good else 'MISSED'}\n")
    return {"loads": rows, "target": TARGET, "reached": reached}


async def _load(names: list[str], command: list[str], rounds: list[list[str]], folder: str, **more: str) -> list[Load]:
    """Start a bot, and ask each round of questions by chats of its own."""
    async with BotApiServer(TOKEN, bot_username="hoibao_bot") as server:
        environment = (
            os.environ
            | {
                "TELEGRAM_BOT_TOKEN": TOKEN,
                "TELEGRAM_BASE_URL": server.base_url,
                "TELEGRAM_RATE": "0",  # else Telegram's 30 a second is what is measured
                "TELEGRAM_PERSON_LIMIT": "0",
                "HOIBAO_CORPUS": str(ROOT / "seeds"),
                "HOIBAO_INDEX": f"{folder}/index",
                "HOIBAO_STATE": f"{folder}/state-{names[0]}",
                "PYTHONPATH": str(ROOT),
            }
            | more
        )
        bot = await asyncio.create_subprocess_exec(*command, env=environment, stderr=asyncio.subprocess.DEVNULL)
        try:
            warm = server.telegram.user("Warm", started=True)
            await warm.say("xin chào")
            await warm.chat.next_message(60)
            return [await _round(server, name, questions) for name, questions in zip(names, rounds, strict=True)]
        finally:
            bot.terminate()
            await bot.wait()


async def _round(server: BotApiServer, name: str, questions: list[str]) -> Load:
    users = [server.telegram.user(f"Người {number}", started=True) for number in range(CHATS)]
    asked: dict[User, list[Message]] = {user: [] for user in users}
    started = time.perf_counter()
    sent: dict[Message, float] = {}
    for number, question in enumerate(questions):
        user = users[number % CHATS]
        message = await user.say(question)
        asked[user].append(message)
        sent[message] = time.perf_counter()
    took: dict[Message, float] = {}
    seen = dict.fromkeys(users, 0)

    def all_there() -> bool:
        now = time.perf_counter()
        for user in users:
            for answer in user.chat.sent[seen[user] :]:
                if answer.reply_to is not None:
                    took.setdefault(answer.reply_to, now - sent[answer.reply_to])
            seen[user] = len(user.chat.sent)
        return len(took) == len(sent)

    while not all_there() and time.perf_counter() - started < _MOST_SECONDS:
        await asyncio.sleep(0.02)  # not woken by every call: that would be measured, too
    seconds = time.perf_counter() - started
    await asyncio.sleep(0.3)  # whatever comes twice comes now
    replies = {user: [answer.reply_to for answer in user.chat.sent] for user in users}
    times = sorted(took.values()) or [float("nan")]
    return Load(
        name,
        seconds,
        times[len(times) // 2],
        times[int(len(times) * 0.95)],
        wrong=sum(list(dict.fromkeys(replies[user])) != asked[user] for user in users),
        unanswered=len(sent) - len(took),
        doubled=sum(len(found) - len(set(found)) for found in replies.values()),
    )
