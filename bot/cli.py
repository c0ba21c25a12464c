"""Commands and exit codes: 0 answered, 1 not found, 2 usage or configuration, 3 a defect of the program's own."""

import json
import sys
from dataclasses import asdict, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from bot import __version__
from bot.errors import HoiBaoError

# What a command needs it imports itself: `--help` loads neither a segmenter nor a terminal.
if TYPE_CHECKING:
    from bot.answering.engine import Engine
    from bot.config import Settings
    from bot.model import Scope

app = typer.Typer(
    name="hoibao",
    help="Hỏi các bài báo, nhận đoạn trả lời kèm trích dẫn.",
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)

NOT_FOUND, MISUSED, BROKEN = 1, 2, 3
_Corpus = Annotated[
    Path | None,
    typer.Option("--corpus", metavar="THƯ_MỤC", help="Thư mục bài báo (mặc định: HOIBAO_CORPUS hoặc seeds/)."),
]
_Article = Annotated[str | None, typer.Option("--bai", metavar="BÀI", help="Chỉ tìm trong một bài: số của bài hoặc tên tệp.")]
_Source = Annotated[str | None, typer.Option("--nguon", metavar="BÁO", help="Chỉ tìm trong bài của một báo.")]
_Since = Annotated[str | None, typer.Option("--tu", metavar="NGÀY", help="Chỉ tìm trong bài đăng từ ngày (tháng, năm) này.")]
_Until = Annotated[str | None, typer.Option("--den", metavar="NGÀY", help="Chỉ tìm trong bài đăng đến hết ngày này.")]
_Count = Annotated[int, typer.Option("-k", min=1, max=50, metavar="SỐ", help="Số đoạn nhiều nhất.")]


def main() -> None:
    """Run the command line; every error ends here, in Vietnamese."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")
    try:
        sys.exit(app(prog_name="hoibao", standalone_mode=False))
    except HoiBaoError as error:
        _stop(error.vietnamese, MISUSED)
    except typer.TyperException as error:
        from bot.console.usage import usage_message

        context = getattr(error, "ctx", None)
        _stop(usage_message(error.format_message(), context.command_path if context else "hoibao"), MISUSED)
    except Exception as error:
        if sys.flags.dev_mode:
            raise
        _stop(f"Xin lỗi, Hỏi Báo gặp lỗi ngoài dự kiến: {error!r}. Xem chi tiết: đặt PYTHONDEVMODE=1, chạy lại.", BROKEN)


def _stop(message: str, code: int) -> NoReturn:
    typer.echo(message, err=True)
    sys.exit(code)


@app.callback(invoke_without_command=True)
def _root(context: typer.Context, version: Annotated[bool, typer.Option("--version", help="In phiên bản.")] = False) -> None:
    if version:
        typer.echo(__version__)
        raise typer.Exit
    if context.invoked_subcommand is None:
        _stop(context.get_help(), MISUSED)


@app.command()
def ask(
    words: Annotated[list[str], typer.Argument(metavar="CÂU_HỎI", help="Câu hỏi, có dấu hay không dấu.")],
    k: _Count = 3,
    as_json: Annotated[bool, typer.Option("--json", help="In JSON.")] = False,
    explain: Annotated[bool, typer.Option("--explain", help="Cho biết mỗi từ góp bao nhiêu điểm.")] = False,
    bai: _Article = None,
    nguon: _Source = None,
    tu: _Since = None,
    den: _Until = None,
    corpus: _Corpus = None,
) -> None:
    """Hỏi một câu. Mã thoát: 0 có trả lời, 1 không thấy, 2 dùng sai hoặc cấu hình sai."""
    engine = _engine(corpus)
    answer = engine.answer(" ".join(words), k=k, explain=explain, scope=_scope(engine, bai, nguon, tu, den))
    if as_json:
        from bot.console.json_lines import answer_row

        typer.echo(json.dumps(answer_row(answer), ensure_ascii=False))
    else:
        from bot.console.rendering import has_colour, render_answer, terminal

        out = terminal()
        out.print(render_answer(answer, colour=has_colour(out), explain=explain))
    raise typer.Exit(0 if answer.status == "answered" else NOT_FOUND)


@app.command()
def chat(
    k: _Count = 3,
    bai: _Article = None,
    nguon: _Source = None,
    tu: _Since = None,
    den: _Until = None,
    corpus: _Corpus = None,
) -> None:
    """Trò chuyện: hỏi nhiều câu, câu sau nối câu trước."""
    from platformdirs import user_state_path

    from bot.bootstrap import follow
    from bot.console.chat import Chat, run_chat
    from bot.console.rendering import terminal

    settings = _console_settings(corpus)
    engine = _open(settings)
    one = Chat(engine, terminal(), k, _scope(engine, bai, nguon, tu, den))
    with follow(settings, engine, one.swap):
        run_chat(one, user_state_path("hoibao", appauthor=False) / "history")


@app.command()
def telegram(corpus: _Corpus = None) -> None:
    """Chạy bot Telegram (cần TELEGRAM_BOT_TOKEN). Mã thoát: 0 dừng theo lệnh, 2 không chạy được."""
    settings = _settings(corpus)
    try:
        from bot.telegram_app.run import run_bot
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in ("telegram", "structlog", "aiohttp"):
            raise
        raise HoiBaoError(
            f"not installed: {error.name}", "Thiếu thư viện cho bot Telegram. Cài bằng: pip install 'hoibao[telegram]'"
        ) from error
    from bot.bootstrap import follow, open_engine, reopen_engine

    run_bot(
        settings,
        lambda: open_engine(settings),
        lambda engine, swap: follow(settings, engine, swap),
        partial(reopen_engine, settings),
    )


@app.command()
def batch(
    file: Annotated[Path | None, typer.Argument(metavar="[TỆP]", help="Tệp JSON Lines; không có thì đọc từ stdin.")] = None,
    k: _Count = 3,
    bai: _Article = None,
    nguon: _Source = None,
    tu: _Since = None,
    den: _Until = None,
    corpus: _Corpus = None,
) -> None:
    """Hỏi nhiều câu: JSON Lines vào, JSON Lines ra, đúng thứ tự."""
    from bot.console.batch import answer_lines

    engine = _engine(corpus)
    scope = _scope(engine, bai, nguon, tu, den)
    try:
        stream = sys.stdin.buffer if file is None or str(file) == "-" else file.open("rb")
    except OSError as error:
        raise HoiBaoError(f"{file}: {error}", f"Không mở được tệp {file}.") from error
    with stream:
        for line in answer_lines(engine, stream, k=k, scope=scope):
            typer.echo(line)


@app.command()
def sources(as_json: Annotated[bool, typer.Option("--json", help="In JSON.")] = False, corpus: _Corpus = None) -> None:
    """Liệt kê các bài báo."""
    from bot.bootstrap import current_index
    from bot.console.notices import BuildingBar

    with BuildingBar() as bar:
        found, _ = current_index(_console_settings(corpus), bar)
    if as_json:
        rows = []
        for article in found.articles:
            row = asdict(article)
            row["published"] = article.published.isoformat() if article.published else None
            rows.append(row)
        typer.echo(json.dumps(rows, ensure_ascii=False))
        return
    from bot.console.rendering import render_rejections, render_sources, terminal

    out = terminal()
    out.print(render_sources(found.articles))
    out.print(render_rejections(found.rejections), end="")


@app.command()
def index(
    check: Annotated[bool, typer.Option("--check", help="Chỉ kiểm tra chỉ mục trên đĩa có nguyên vẹn.")] = False,
    corpus: _Corpus = None,
) -> None:
    """Dựng lại chỉ mục; báo số bài, số đoạn và các tệp bị bỏ qua."""
    from bot.bootstrap import check_index, current_index, index_root
    from bot.console.notices import BuildingBar
    from bot.console.rendering import render_rejections, terminal

    settings = _console_settings(corpus)
    if check:
        check_index(settings)
        typer.echo(f"Chỉ mục nguyên vẹn: {index_root(settings)}")
        return
    with BuildingBar() as bar:
        built, _ = current_index(settings, bar, rebuild=True)
    out = terminal()
    out.print(render_rejections(built.rejections), end="")
    counts = f"{len(built.articles)} bài, {len(built.passages)} đoạn, {len(built.rejections)} tệp bị bỏ qua."
    out.print(f"{counts} Chỉ mục: {index_root(settings)}", soft_wrap=True)


@app.command("eval")
def evaluate(
    files: Annotated[list[Path], typer.Argument(metavar="TỆP…", help="Câu hỏi mẫu (.jsonl), hoặc SQuAD với --squad.")],
    squad: Annotated[bool, typer.Option("--squad", help="Tệp dạng SQuAD: mỗi ngữ cảnh là một đoạn.")] = False,
    fold: Annotated[bool, typer.Option("--fold", help="Bỏ hết dấu khỏi câu hỏi.")] = False,
    without: Annotated[
        list[str] | None, typer.Option("--without", metavar="BƯỚC", help="Tắt một bước hiểu câu hỏi (nhiều lần được).")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="In JSON.")] = False,
    verbose: Annotated[bool, typer.Option("-v", help="Liệt kê các câu trật.")] = False,
    corpus: _Corpus = None,
) -> None:
    """Đo chất lượng trên các câu hỏi có đáp án."""
    from bot.console.measures import print_measures
    from bot.evaluation.gold import load_gold, load_squad, without_diacritics
    from bot.evaluation.measures import measure
    from bot.language.reading import Part

    names = {part.value for part in Part}
    unknown = sorted(set(without or ()) - names)
    if unknown:
        raise HoiBaoError(
            f"unknown parts: {unknown}", f"Không có bước {', '.join(unknown)}. Các bước: {', '.join(sorted(names))}."
        )
    parts = frozenset(part for part in Part if part.value not in (without or ()))
    questions, engine = load_squad(files) if squad else (load_gold(files), _engine(corpus))
    if fold:
        questions = [without_diacritics(question) for question in questions]
    report = measure(replace(engine, parts=parts), questions)
    if as_json:
        typer.echo(json.dumps(report.rows(), ensure_ascii=False))
    else:
        print_measures(report, verbose=verbose)


def _settings(corpus: Path | None) -> "Settings":
    from bot.config import load_settings

    settings = load_settings()
    return settings if corpus is None else replace(settings, corpus=corpus)


def _console_settings(corpus: Path | None) -> "Settings":
    """Load the settings of a console command, whose warnings a person reads: the bot has a log of its own."""
    import logging

    from bot.console.notices import Notices

    log = logging.getLogger("bot")
    log.addHandler(Notices(logging.WARNING))
    log.propagate = False
    return _settings(corpus)


def _engine(corpus: Path | None) -> "Engine":
    return _open(_console_settings(corpus))


def _open(settings: "Settings") -> "Engine":
    from bot.bootstrap import open_engine
    from bot.console.notices import BuildingBar

    with BuildingBar() as bar:
        return open_engine(settings, bar)


def _scope(engine: "Engine", article: str | None, source: str | None, since: str | None, until: str | None) -> "Scope":
    from bot.console.scope import read_scope

    return read_scope(engine.index, article, source, since, until)
