import json
from collections.abc import Callable, Sequence
from pathlib import Path

QUESTIONS = [
    {"id": 1, "question": "Năm 2024, TP. Bạc Liêu kết nạp được bao nhiêu đảng viên mới?"},
    {"id": "hai", "question": "Ai là tác giả bài viết về Giồng Trôm?"},
    {"id": [3, {"a": None}], "question": "Kết quả xổ số hôm nay thế nào?"},
    {"question": "xin chào"},
    {"id": None, "question": ""},
    {"id": 6, "question": "Bài về Điện Biên Phủ đăng ngày nào?", "session": None},
]


def lines(rows: Sequence[object]) -> bytes:
    return "\n".join(json.dumps(row, ensure_ascii=False) for row in rows).encode()


def test_answers_in_order_and_in_the_contract(hoibao, check_answer: Callable[..., None]):
    ended = hoibao("batch", "-k", "2", stdin=lines(QUESTIONS))
    rows = [json.loads(line) for line in ended.lines]
    assert ended.code == 0
    assert ended.err == ""
    assert [row["id"] for row in rows] == [1, "hai", [3, {"a": None}], None, None, 6]
    assert [row["question"] for row in rows] == [question["question"] for question in QUESTIONS]
    for row in rows:
        check_answer(row, k=2)
    assert [row["status"] for row in rows[:3]] == ["answered", "answered", "not_found"]
    assert rows[0]["hits"][0]["passage"]["kind"] == "paragraph"
    assert rows[1]["hits"][0]["passage"]["kind"] == "metadata"
    assert "Ánh Nguyệt" in rows[1]["hits"][0]["answer"]["text"]


def test_a_file_and_one_question_say_what_ask_says(hoibao, tmp_path: Path):
    (tmp_path / "hỏi.jsonl").write_bytes(lines(QUESTIONS[:1]))
    (row,) = [json.loads(line) for line in hoibao("batch", tmp_path / "hỏi.jsonl").lines]
    asked = json.loads(hoibao("ask", QUESTIONS[0]["question"], "--json").out)
    taken = row.pop("took_ms")
    assert isinstance(taken, float)
    assert taken > 0
    assert row == asked | {"id": 1}


def test_a_bad_line_is_an_error_in_its_place(hoibao, check_answer: Callable[..., None]):
    good = b'{"id": "ok", "question": "Ai l\xc3\xa0 t\xc3\xa1c gi\xe1\xba\xa3?"}'
    bad = [
        b"not json",
        b"[1, 2]",
        b'"chu\xe1\xbb\x97i"',
        b"null",
        b'{"id": 7}',
        b'{"id": 8, "question": 5}',
        b'{"id": 9, "question": null}',
        b"\xff\xfe{}",
        b'{"id": NaN, "question": "x"}',
        b'{"id": 1e999, "question": "x"}',
        b'{"id": ' + b"[" * 100_000 + b"]" * 100_000 + b', "question": "x"}',
        b'{"id": ' + b"9" * 5000 + b', "question": "x"}',
        b"\xef\xbb\xbf" + good,  # a byte order mark belongs to the first line only
        b'{"question": "x"',
    ]
    sent = b"\xef\xbb\xbf" + b"\n".join([good, b"", b"  \t ", *bad, good, b""])
    ended = hoibao("batch", stdin=sent)
    assert ended.code == 0
    rows = [json.loads(line, parse_constant=_refuse) for line in ended.lines]
    assert len(rows) == len(bad) + 2
    assert [rows[0]["id"], rows[-1]["id"]] == ["ok", "ok"]
    check_answer(rows[0])
    check_answer(rows[-1])
    for number, row in enumerate(rows[1:-1], start=4):
        assert row.keys() == {"id", "error"}
        assert row["error"].startswith(f"dòng {number}: ")
    assert [row["id"] for row in rows if "error" in row and row["id"] is not None] == [7, 8, 9]


def _refuse(name: str) -> None:
    raise AssertionError(name)


def test_what_no_one_should_send_is_answered_all_the_same(hoibao, check_answer: Callable[..., None]):
    sent = [
        b'{"id": "\\ud800", "question": "bi thu \\udfff la ai"}',
        b'{"id": 1, "question": "\\u0000\\u0007\\u202e"}',
        json.dumps({"id": 2, "question": "bí thư thành ủy " * 65_536}).encode(),
        json.dumps({"id": 3, "question": "a" * 1_000_000}).encode(),
        b'{"id": 4, "question": "x", "session": {"khung": [1, 2]}, "more": true}\r',
    ]
    ended = hoibao("batch", stdin=b"\n".join(sent))
    assert ended.code == 0
    rows = [json.loads(line) for line in ended.lines]
    assert [row["id"] for row in rows] == ["?", 1, 2, 3, 4]
    for row in rows:
        check_answer(row)
    assert len(rows[2]["question"]) == 16 * 65_536


def test_a_session_is_a_conversation(hoibao):
    first, second = "Cà Mau đổi mới công tác tuyên truyền thế nào?", "Thế ở Hà Giang?"
    rows = [
        {"id": 1, "question": first, "session": "a"},
        {"id": 2, "question": QUESTIONS[0]["question"], "session": "b"},
        {"id": 3, "question": second, "session": "a"},
        {"id": 4, "question": second},
        {"id": 5, "question": second, "session": "chưa có"},
    ]
    ended = hoibao("batch", stdin=lines(rows))
    answers = {row["id"]: row for row in map(json.loads, ended.lines)}
    assert list(answers) == [1, 2, 3, 4, 5]
    assert "tuyên truyền" in answers[3]["understood_as"]
    assert "Hà Giang" in answers[3]["understood_as"]
    assert "Hà Giang" in answers[3]["hits"][0]["citation"]["section"]
    assert "tuyên truyền" not in (answers[4]["understood_as"] or "")
    for answer in answers.values():
        answer.pop("took_ms")  # no two alike
    assert answers[5] == answers[4] | {"id": 5}


def test_nothing_in_nothing_out(hoibao):
    ended = hoibao("batch", stdin=b"\n \n")
    assert (ended.code, ended.out, ended.err) == (0, "", "")


def test_a_file_that_cannot_be_opened(hoibao, tmp_path: Path):
    for path in (tmp_path / "none.jsonl", tmp_path):
        ended = hoibao("batch", path)
        assert (ended.code, ended.out) == (2, "")
        assert ended.err == f"Không mở được tệp {path}.\n"
