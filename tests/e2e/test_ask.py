import json
from collections.abc import Callable
from pathlib import Path

import pytest
from rich.cells import cell_len

ADMITTED = "Năm 2024, TP. Bạc Liêu kết nạp được bao nhiêu đảng viên mới?"


def test_answers_with_the_marked_sentence_and_its_citation(hoibao):
    ended = hoibao("ask", ADMITTED)
    assert ended.code == 0
    assert ended.err == ""
    text = " ".join(ended.out.split())
    assert "»Trong năm 2024, đã kết nạp 144 đảng viên" in text
    assert "21/05/2025 16:26 · Chí Thiện · mục “Tăng cường kiểm tra, tháo gỡ khó khăn, vướng mắc” · đoạn 6" in text
    assert "000_b7dccee3c0345c9d.txt" in text


def test_a_question_needs_no_quotes(hoibao):
    quoted, bare = hoibao("ask", ADMITTED, "--json"), hoibao("ask", *ADMITTED.split(), "--json")
    assert bare.out == quoted.out


def test_json_is_the_contract(hoibao, check_answer: Callable[..., None]):
    ended = hoibao("ask", ADMITTED, "--json", "-k", "2")
    row = json.loads(ended.out)
    check_answer(row, k=2)
    assert row["id"] is None
    assert row["question"] == ADMITTED
    assert row["status"] == "answered"
    first = row["hits"][0]
    assert "144 đảng viên" in first["answer"]["text"]
    assert first["citation"] == {
        "file": "000_b7dccee3c0345c9d.txt",
        "title": "TP. Bạc Liêu: Nâng cao chất lượng công tác xây dựng Đảng và đảng viên",
        "source": None,
        "published": "2025-05-21T16:26:00",
        "authors": ["Chí Thiện"],
        "section": "Tăng cường kiểm tra, tháo gỡ khó khăn, vướng mắc",
        "paragraph": 6,
    }


def test_what_is_not_there_is_said_and_exits_with_1(hoibao):
    ended = hoibao("ask", "Kết quả xổ số hôm nay thế nào?")
    assert ended.code == 1
    assert "Các bài báo không trả lời câu này." in ended.out
    assert "Có thể hỏi:" in ended.out
    assert "»" not in ended.out


@pytest.mark.parametrize("question", ["", " \t\n"])
def test_no_question_is_said(hoibao, question: str):
    ended = hoibao("ask", question)
    assert ended.code == 1
    assert ended.out.startswith("Bạn chưa hỏi gì.")
    assert "Không thấy" not in ended.out


def test_explain_shows_what_each_word_adds(hoibao):
    ended = hoibao("ask", ADMITTED, "--explain", "-k", "1")
    shares = ended.out.partition("Điểm ")[2]
    assert "kết nạp" in shares
    assert "Điểm" not in hoibao("ask", ADMITTED, "-k", "1").out


@pytest.mark.parametrize("width", [40, 100])
def test_nothing_is_wider_than_the_terminal_or_padded(hoibao, width: int):
    ended = hoibao("ask", ADMITTED, "--explain", COLUMNS=str(width))
    assert max(cell_len(line) for line in ended.lines) <= width
    assert all(line == line.rstrip() for line in ended.lines)


def test_a_pipe_gets_no_escape_codes(hoibao):
    assert "\x1b" not in hoibao("ask", ADMITTED).out


def test_a_terminal_gets_colour_instead_of_marks(terminal):
    shown = terminal("ask", ADMITTED, "-k", "1")
    assert shown.wait() == 0
    assert "\x1b[1;32m" in shown.raw
    assert "144 đảng viên" in " ".join(shown.text.split())
    assert "»" not in shown.text


def test_no_colour_on_request(terminal):
    shown = terminal("ask", ADMITTED, "-k", "1", NO_COLOR="1")
    assert shown.wait() == 0
    assert "\x1b" not in shown.raw
    assert "»" in shown.text


def test_vietnamese_without_a_locale(hoibao):
    ended = hoibao("ask", ADMITTED, "-k", "1", LC_ALL="C")
    assert ended.code == 0
    assert "kết nạp 144 đảng viên" in " ".join(ended.out.split())


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["ask"], "Thiếu CÂU_HỎI.\nXem cách dùng: hoibao ask --help\n"),
        (["ask", "x", "-k", "0"], "Giá trị của -k không hợp lệ.\nXem cách dùng: hoibao ask --help\n"),
        (["ask", "x", "-k", "51"], "Giá trị của -k không hợp lệ.\n"),
        (["ask", "x", "-k", "ba"], "Giá trị của -k không hợp lệ.\n"),
        (["ask", "x", "-k"], "Tùy chọn -k cần một giá trị.\n"),
        (["ask", "--jsn", "x"], "Không có tùy chọn --jsn.\n"),
        (["ask", "--json=1", "x"], "Tùy chọn --json không nhận giá trị.\n"),
        (["hoi"], "Không có lệnh “hoi”.\nXem cách dùng: hoibao --help\n"),
        (["batch", "a", "b"], "Không hiểu phần thừa: b.\nXem cách dùng: hoibao batch --help\n"),
    ],
)
def test_wrong_use_is_said_and_exits_with_2(hoibao, arguments: list[str], said: str):
    ended = hoibao(*arguments)
    assert ended.code == 2
    assert ended.out == ""
    assert ended.err.startswith(said)


def test_without_a_command_the_help_is_shown(hoibao):
    ended = hoibao()
    assert ended.code == 2
    assert "ask" in ended.err
    assert "sources" in ended.err


def test_a_setting_that_is_not_understood(hoibao):
    ended = hoibao("ask", "x", HOIBAO_CAUTION="cao")
    assert (ended.code, ended.out) == (2, "")
    assert "HOIBAO_CAUTION phải là một số từ 0 đến 1" in ended.err


def test_a_corpus_that_cannot_be_used(hoibao, tmp_path: Path):
    ended = hoibao("ask", "x", "--corpus", tmp_path / "không-có")
    assert (ended.code, ended.out) == (2, "")
    assert "Không tìm thấy thư mục bài báo" in ended.err
    assert "HOIBAO_CORPUS" in ended.err

    ended = hoibao("ask", "x", HOIBAO_CORPUS=str(tmp_path))
    assert (ended.code, ended.out) == (2, "")
    assert "Hãy chép bài vào" in ended.err

    (tmp_path / "hỏng.txt").write_bytes(b"\x00\xff\xfe\x80" * 40)
    ended = hoibao("ask", "x", "--corpus", tmp_path)
    assert (ended.code, ended.out) == (2, "")
    assert "hỏng.txt" in ended.err


def test_an_index_that_cannot_be_written_is_said_and_the_question_answered(hoibao, small_corpus: Path, tmp_path: Path):
    blocked = tmp_path / "a-file"
    blocked.write_text("")
    ended = hoibao("ask", "Cầu Rạch Sậy dài bao nhiêu?", "--corpus", small_corpus, HOIBAO_INDEX=str(blocked))
    assert ended.code == 0
    assert "42 m" in ended.out
    assert ended.err.startswith("Không ghi được chỉ mục")
    assert len(ended.err.splitlines()) == 1
