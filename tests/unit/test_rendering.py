import io
import re
from datetime import date, datetime

import pytest
from rich.cells import cell_len
from rich.console import Console, RenderableType

from bot.console.rendering import (
    has_colour,
    render_answer,
    render_article,
    render_hits,
    render_rejections,
    render_sources,
    terminal,
)
from bot.corpus.passages import split_passages
from bot.model import (
    Answer,
    Article,
    Caption,
    Citation,
    Hit,
    Kind,
    Paragraph,
    Passage,
    Rejection,
    SmallTalk,
    Status,
    TermShare,
    Wanted,
)

TEXT = "Cầu dài 42 m. Cầu rộng 3,5 m."
WHEN = datetime.fromisoformat("2024-03-12T08:15")
CITATION = Citation("cau.txt", "Khánh thành cầu [bold]", "Báo Đồng", WHEN, ("Minh Khang",), "Cây cầu", 2)


def hit(rank: int = 1, *, missing: tuple[str, ...] = ()) -> Hit:
    passage = Passage("cau.txt", Kind.PARAGRAPH, TEXT, 2, "Cây cầu")
    return Hit(rank, 12.345, passage, CITATION, (14, 29), ((18, 22),), missing, (TermShare("rộng", 1.5),))


def shown(what: RenderableType, width: int = 80, colour: str | None = None) -> str:
    out = Console(file=io.StringIO(), width=width, color_system=colour, force_terminal=colour is not None, legacy_windows=False)
    out.print(what)
    return out.file.getvalue()


def test_an_answer_without_colour():
    answer = Answer("rong", "Cầu rộng bao nhiêu?", Status.ANSWERED, (hit(), hit(2, missing=("cao",))), ("cao",))
    assert shown(render_answer(answer, colour=False)) == (
        "Hiểu là: Cầu rộng bao nhiêu?\n"
        "Không thấy trong bài: cao\n"
        "\n"
        "1. Khánh thành cầu [bold]\n"
        "   Cầu dài 42 m. »Cầu rộng 3,5 m.«\n"
        "   Báo Đồng · 12/03/2024 08:15 · Minh Khang · mục “Cây cầu” · đoạn 2 · cau.txt\n"
        "\n"
        "2. Khánh thành cầu [bold]\n"
        "   Cầu dài 42 m. »Cầu rộng 3,5 m.«\n"
        "   Báo Đồng · 12/03/2024 08:15 · Minh Khang · mục “Cây cầu” · đoạn 2 · cau.txt\n"
        "   Không thấy trong đoạn này: cao\n"
    )


def test_an_answer_with_colour_has_style_instead_of_marks():
    text = shown(render_answer(Answer("rộng", None, Status.ANSWERED, (hit(),)), colour=True), colour="standard")
    assert "»" not in text
    assert "\x1b[1;32mCầu \x1b[0m\x1b[1;4;32mrộng\x1b[0m\x1b[1;32m 3,5 m.\x1b[0m" in text


def test_a_refusal_offers_what_is_nearest_and_marks_nothing():
    answer = Answer(
        "cao?", None, Status.NOT_FOUND, (hit(),), ("cao",), suggestions=("Cầu dài bao nhiêu?",), lacking=Wanted.NUMBER
    )
    assert shown(render_answer(answer, colour=False)) == (
        "Các bài báo không trả lời câu này.\n"
        "Không thấy trong bài: cao\n"
        "Đoạn gần nhất không nêu con số được hỏi.\n"
        "Đoạn gần nhất:\n"
        "\n"
        "1. Khánh thành cầu [bold]\n"
        "   Cầu dài 42 m. Cầu rộng 3,5 m.\n"
        "   Báo Đồng · 12/03/2024 08:15 · Minh Khang · mục “Cây cầu” · đoạn 2 · cau.txt\n"
        "\n"
        "Có thể hỏi:\n"
        "  • Cầu dài bao nhiêu?\n"
    )


def test_a_guess_is_asked_back():
    text = shown(render_answer(Answer("x", "Cầu", Status.ANSWERED, (hit(),), corrected=True), colour=False))
    assert text.startswith("Ý bạn là: Cầu\n")


def test_no_question_and_small_talk():
    assert shown(render_answer(Answer(" ", None, Status.NOT_FOUND), colour=False)).startswith("Bạn chưa hỏi gì.")
    for kind in SmallTalk:
        text = shown(render_answer(Answer("x", None, Status.NOT_FOUND, small_talk=kind), colour=False))
        assert len(text) > 10
        assert "không trả lời" not in text


def test_explained():
    answer = Answer("rộng", None, Status.ANSWERED, (hit(),))
    assert "   Điểm 12.35; phần của mỗi từ trong BM25: rộng 100%\n" in shown(render_answer(answer, colour=False, explain=True))
    assert shown(render_hits(answer, answer.hits, colour=False)).startswith("\n1. Khánh thành")


def test_facts_keep_their_lines():
    facts = Passage("cau.txt", Kind.METADATA, "Khánh thành cầu\nNgày đăng: 12/03/2024\nTác giả: Minh Khang")
    citation = Citation("cau.txt", "Khánh thành cầu", None, None, (), None, None)
    answer = Answer("ai viết", None, Status.ANSWERED, (Hit(1, 1.0, facts, citation, (38, 57), (), ()),))
    assert shown(render_answer(answer, colour=False)) == (
        "\n1. Khánh thành cầu\n"
        "   Khánh thành cầu\n"
        "   Ngày đăng: 12/03/2024\n"
        "   »Tác giả: Minh Khang«\n"
        "   thông tin bài · cau.txt\n"
    )


ARTICLE = Article(
    "cau.txt",
    "Khánh thành cầu",
    source="Báo Đồng",
    published=date(2024, 3, 12),
    authors=("Minh Khang", "An"),
    lead="Sáng nay, xã Tân Lập khánh thành cây cầu bắc qua rạch Sậy sau tám tháng thi công.",
    sections=("Cây cầu",),
    paragraphs=(Paragraph(2, "Cầu dài 42 m, rộng 3,5 m, cho xe đến năm tấn qua lại. " * 80, "Cây cầu"),),
    captions=(Caption("Cầu mới. Ảnh: An", "An"),),
)


def test_an_article_with_its_paragraph_numbers():
    text = shown(render_article(ARTICLE, split_passages(ARTICLE)))
    assert text.startswith("Khánh thành cầu\nBáo Đồng · 12/03/2024 · Minh Khang, An\n\n[1] Sáng nay,")
    assert "\n\nCây cầu\n\n[2] Cầu dài 42 m" in text
    assert text.count("[2]") == 1, "the parts of a long paragraph are one paragraph"
    assert text.endswith("\n(chú thích ảnh) Cầu mới. Ảnh: An\n")


def test_the_sources_and_what_was_left_out():
    text = shown(render_sources([ARTICLE, Article("x/y.txt", "Không tên")]))
    assert re.search(r"^1  Khánh thành cầu +Báo Đồng +12/03/2024$", text, re.MULTILINE)
    assert re.search(r"^   cau.txt +Minh Khang, An$", text, re.MULTILINE)
    assert "2  Không tên\n   x/y.txt\n" in text
    assert shown(render_rejections([Rejection("a.txt", "tệp trống")])) == "Bỏ qua a.txt: tệp trống\n"


@pytest.mark.parametrize("width", [20, 33, 80])
@pytest.mark.parametrize("colour", [None, "truecolor"])
def test_nothing_is_wider_than_the_width_or_padded(width: int, colour: str | None):
    answer = Answer("cao", "Cầu cao " * 12, Status.ANSWERED, (hit(2, missing=("cao",)),), suggestions=("Ai? " * 30,))
    for what in (
        render_answer(answer, colour=colour is not None, explain=True),
        render_article(ARTICLE, split_passages(ARTICLE)),
        render_sources([ARTICLE]),
        render_rejections([Rejection("a" * 50, "lý do " * 20)]),
    ):
        plain = re.sub(r"\x1b\[[0-9;]*m", "", shown(what, width, colour))
        assert all(cell_len(line) <= width for line in plain.splitlines())
        assert all(line == line.rstrip() for line in plain.splitlines())


def test_nothing_left_out_prints_nothing():
    out = Console(file=io.StringIO())
    out.print(render_rejections([]), end="")
    assert out.file.getvalue() == ""


def test_no_color_is_honoured(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.delenv("NO_COLOR", raising=False)
    assert has_colour(terminal())
    monkeypatch.setenv("NO_COLOR", "1")
    assert not has_colour(terminal())
