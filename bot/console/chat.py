"""The chat in a terminal: a line read, an answer shown, until the person leaves."""

import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from rich.console import Console, RenderableType
from rich.table import Table

from bot.answering.dialogue import Conversation
from bot.answering.engine import Engine
from bot.console.rendering import Tidy, has_colour, render_answer, render_article, render_hits, render_sources
from bot.language.normalize import fold
from bot.model import EVERYWHERE, Answer, Passage, Scope

COMMANDS = {
    "/nguon": "liệt kê các bài báo",
    "/bai": "đọc một bài: /bai 2",
    "/them": "xem thêm đoạn cho câu vừa hỏi",
    "/giaithich": "vì sao chọn các đoạn đó",
    "/moi": "bắt đầu cuộc trò chuyện mới",
    "/tro-giup": "các lệnh",
    "/thoat": "thoát (hoặc Ctrl-D)",
}
_MORE = 3  # passages that each /them adds
_MOST = 50
_COMPLETED = 200  # articles that completion offers


@dataclass
class Chat:
    """
    One person's chat: what was asked last, and the conversation so far.

    Attributes:
        engine: Answers.
        out: Where answers are shown.
        k: Passages an answer.
        scope: Where to look.
    """

    engine: Engine
    out: Console
    k: int = 3
    scope: Scope = EVERYWHERE
    _conversation: Conversation = field(default_factory=Conversation)
    _before: Conversation = field(default_factory=Conversation)
    _question: str = ""
    _shown: list[Passage] = field(default_factory=list)

    def swap(self, engine: Engine) -> None:
        """Answer from another state of the articles from the next question on."""
        self.engine = engine

    def take(self, line: str) -> bool:
        """
        Answer a line or carry out a command.

        Returns:
            False when the person wants to leave.
        """
        line = line.strip()
        if not line:
            return True
        if not line.startswith("/"):
            self._ask(line)
            return True
        typed, _, argument = line.partition(" ")
        command = fold(typed).replace("-", "")  # an input method adds marks by itself: /nguồn, /trợ-giúp
        actions: dict[str, Callable[[str], None]] = {
            "/nguon": lambda _: self._show(render_sources(self.engine.index.articles)),
            "/bai": self._read,
            "/them": self._more,
            "/giaithich": self._explain,
            "/moi": self._forget,
            "/trogiup": lambda _: self._help(),
        }
        if command == "/thoat":
            return False
        action = actions.get(command)
        if action is None:
            self._say(f"Không có lệnh {typed}. Gõ /tro-giup để xem các lệnh.")
        else:
            action(argument.strip())
        return True

    def _ask(self, question: str) -> None:
        self._before, self._question = self._conversation, question
        answer, self._conversation = self.engine.converse(question, self._conversation, k=self.k, scope=self.scope)
        self._shown = [hit.passage for hit in answer.hits]
        self._show(render_answer(answer, colour=has_colour(self.out)))

    def _again(self, k: int, *, explain: bool = False) -> Answer:
        answer, _ = self.engine.converse(self._question, self._before, k=k, explain=explain, scope=self.scope)
        return answer

    def _more(self, _: str) -> None:
        if not self._question:
            self._say("Bạn chưa hỏi gì.")
            return
        answer = self._again(min(len(self._shown) + _MORE, _MOST))
        more = [hit for hit in answer.hits if hit.passage not in self._shown]
        if more:
            self._shown += [hit.passage for hit in more]
            self._show(render_hits(answer, more, colour=has_colour(self.out)))
        else:
            self._say("Không còn đoạn nào nữa.")

    def _explain(self, _: str) -> None:
        if self._question:
            answer = self._again(max(len(self._shown), 1), explain=True)
            self._show(render_answer(answer, colour=has_colour(self.out), explain=True))
        else:
            self._say("Bạn chưa hỏi gì.")

    def _read(self, argument: str) -> None:
        articles = self.engine.index.articles
        if not argument.isdecimal() or not 1 <= int(argument) <= len(articles):
            self._say(f"Cho biết số của bài, từ 1 đến {len(articles)}: /bai 1. Gõ /nguon để xem danh sách.")
            return
        article = articles[int(argument) - 1]
        body = render_article(article, self.engine.index.passages_of(article))
        if self.out.is_terminal and sys.stdin.isatty():
            self._show_paged(body)
        else:
            self._show(body)

    def _forget(self, _: str) -> None:
        self._conversation = self._before = Conversation()
        self._question = ""
        self._say("Đã quên cuộc trò chuyện trước.")

    def _help(self) -> None:
        table = Table.grid(padding=(0, 2, 0, 0))
        for command, meaning in COMMANDS.items():
            table.add_row(command, meaning)
        self._show(Tidy(table))

    def _show(self, what: RenderableType) -> None:
        self.out.print(what)

    def _show_paged(self, what: RenderableType) -> None:
        # Not through the system's pager: whether that shows colour, or even Vietnamese, depends on its settings.
        with self.out.capture() as captured:
            self._show(what)
        lines = captured.get().splitlines(keepends=True)
        page = max(self.out.height - 1, 1)
        for start in range(0, len(lines), page):
            if start and not _wants_more():
                break
            self.out.file.write("".join(lines[start : start + page]))

    def _say(self, text: str) -> None:
        self._show(Tidy(text))


def run_chat(chat: Chat, history: Path) -> None:
    """
    Chat until the person leaves or the input ends.

    Args:
        chat: A new one.
        history: File of the lines typed in earlier runs, kept only from a terminal.
    """
    many = len(chat.engine.index.articles)
    chat.out.print(Tidy(f"Hỏi Báo: {many} bài báo. Gõ câu hỏi, /tro-giup để xem các lệnh, /thoat để thoát."))
    for line in _typed_lines(history, chat.engine) if sys.stdin.isatty() else _piped_lines():
        if not chat.take(line):
            break


def _wants_more() -> bool:
    try:
        return input("— Enter: xem tiếp, q: thôi — ").strip().lower() != "q"
    except (EOFError, KeyboardInterrupt):
        sys.stdout.write("\n")
        return False


def _piped_lines() -> Iterator[str]:
    for raw in sys.stdin.buffer:
        yield raw.decode("utf-8", "replace")


def _typed_lines(history: Path, engine: Engine) -> Iterator[str]:
    from prompt_toolkit import PromptSession  # only for a terminal: it takes longer to load than an answer takes
    from prompt_toolkit.completion import WordCompleter
    from prompt_toolkit.history import FileHistory, InMemoryHistory

    try:
        history.parent.mkdir(parents=True, exist_ok=True)
        history.touch(mode=0o600)
        kept: FileHistory | InMemoryHistory = FileHistory(str(history))
    except OSError:
        kept = InMemoryHistory()
    meanings = COMMANDS | {
        f"/bai {number}": one.title for number, one in enumerate(engine.index.articles[:_COMPLETED], start=1)
    }
    completer = WordCompleter(list(meanings), sentence=True, meta_dict=meanings)
    session: PromptSession[str] = PromptSession(history=kept, completer=completer, complete_while_typing=False)
    while True:
        try:
            yield session.prompt("Hỏi: ")
        except KeyboardInterrupt:
            continue  # Ctrl-C drops the line, Ctrl-D leaves
        except EOFError:
            return
