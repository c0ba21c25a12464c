import json
from pathlib import Path

import pytest

FILE = "000_b7dccee3c0345c9d.txt"
GOLD = [
    {
        "id": "g1",
        "style": "direct",
        "question": "Năm 2024, TP. Bạc Liêu kết nạp được bao nhiêu đảng viên mới?",
        "gold": [{"file": FILE, "snippet": "đã kết nạp 144 đảng viên"}],
        "answer": ["144"],
    },
    {
        "id": "g2",
        "style": "wrong",
        "question": "Ai là tác giả bài viết về Giồng Trôm?",
        "gold": [{"file": FILE, "snippet": "đã kết nạp 144 đảng viên"}],
        "answer": [],
    },
    {"id": "g3", "style": "off_topic", "question": "Kết quả xổ số hôm nay thế nào?", "gold": [], "answer": []},
]
SQUAD = {
    "data": [
        {
            "paragraphs": [
                {
                    "context": "Sông Hương chảy qua thành phố Huế và dài khoảng 80 km.",
                    "qas": [{"id": "s1", "question": "Sông Hương dài bao nhiêu?", "answers": [{"text": "khoảng 80 km"}]}],
                },
                {
                    "context": "Núi Bà Đen ở tỉnh Tây Ninh cao 986 mét, cao nhất Nam Bộ.",
                    "qas": [{"id": "s2", "question": "Núi Bà Đen cao bao nhiêu?", "answers": [{"text": "986 mét"}]}],
                },
            ]
        }
    ]
}


@pytest.fixture
def gold(tmp_path: Path) -> Path:
    path = tmp_path / "gold.jsonl"
    path.write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in GOLD) + "\n", "utf-8")
    return path


def test_measures_per_style_as_json(hoibao, gold: Path):
    ended = hoibao("eval", gold, "--json")
    assert (ended.code, ended.err) == (0, "")
    rows = {row["style"]: row for row in json.loads(ended.out)}
    assert list(rows) == ["direct", "wrong", "off_topic", "tất cả"]
    names = {"count", "hit1", "hit3", "mrr10", "sentence", "wrongly_refused", "rightly_refused"}
    assert all(names <= row.keys() for row in rows.values())
    assert rows["direct"]["hit1"] == rows["direct"]["sentence"] == 1.0
    assert rows["wrong"]["hit1"] == 0.0
    assert rows["off_topic"]["rightly_refused"] == 1.0
    assert rows["off_topic"]["hit1"] is None
    assert (rows["tất cả"]["count"], rows["tất cả"]["hit1"]) == (3, 0.5)


def test_measures_as_a_table_with_the_misses(hoibao, gold: Path):
    ended = hoibao("eval", gold, "-v", COLUMNS="40")
    assert ended.lines[0].split()[:3] == ["kiểu", "số", "câu"]
    assert next(line for line in ended.lines if line.startswith("direct")).split()[1:3] == ["1", "1.000"]
    assert "g2 [wrong]" in ended.out
    assert "g1 [direct]" not in ended.out
    assert "…" not in ended.out
    assert "g2" not in hoibao("eval", gold).out


def test_without_diacritics_and_without_a_step(hoibao, gold: Path):
    ended = hoibao("eval", gold, "--fold", "--without", "diacritics", "--without", "typos", "--json")
    assert ended.code == 0
    assert json.loads(ended.out)[-1]["count"] == 3


def test_squad(hoibao, tmp_path: Path):
    path = tmp_path / "squad.json"
    path.write_text(json.dumps(SQUAD, ensure_ascii=False), "utf-8")
    (row,) = json.loads(hoibao("eval", path, "--squad", "--json").out)
    assert (row["style"], row["count"], row["hit1"], row["sentence"]) == ("squad", 2, 1.0, 1.0)


@pytest.mark.parametrize(
    ("content", "options", "said"),
    [
        (None, [], "Không đọc được"),
        (b"\xff\xfe", [], "Không đọc được"),
        (b"{}\n", [], "dòng 1: không phải câu hỏi mẫu hợp lệ"),
        (b"{}", ["--squad"], "không phải tệp SQuAD"),
        (b"", ["--without", "tất-cả"], "Không có bước tất-cả. Các bước: abbreviations, "),
    ],
)
def test_what_cannot_be_measured_exits_with_2(hoibao, tmp_path: Path, content: bytes | None, options: list[str], said: str):
    path = tmp_path / "x.jsonl"
    if content is not None:
        path.write_bytes(content)
    ended = hoibao("eval", path, *options)
    assert (ended.code, ended.out) == (2, "")
    assert said in ended.err
