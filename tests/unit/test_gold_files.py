import json
from pathlib import Path

import pytest

from bot.errors import GoldError
from bot.evaluation.gold import GoldQuestion, Qrel, load_gold, load_squad, without_diacritics
from bot.model import Kind

ROW = {
    "id": 1,
    "style": "who",
    "question": "Ai?",
    "gold": [{"file": "a.txt", "snippet": "bà\u00a0 Mai"}],
    "answer": ["Mai"],
}


def written(folder: Path, *rows: object, name: str = "gold.jsonl") -> Path:
    path = folder / name
    path.write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in rows), "utf-8")
    return path


def test_a_line_is_a_question(tmp_path: Path):
    off_topic = {"id": "b", "style": "off_topic", "question": "Mấy giờ?", "gold": []}
    path = tmp_path / "gold.jsonl"
    path.write_text(f"\ufeff{json.dumps(ROW)}\n\n  \n{json.dumps(off_topic)}\n", "utf-8")
    assert load_gold([path]) == [
        GoldQuestion("1", "who", "Ai?", (Qrel("a.txt", "bà Mai"),), ("Mai",)),
        GoldQuestion("b", "off_topic", "Mấy giờ?", (), ()),
    ]


def test_sessions_of_two_files_are_two(tmp_path: Path):
    one = written(tmp_path, ROW | {"session": "s"}, ROW | {"session": "s"}, ROW, name="one.jsonl")
    two = written(tmp_path, ROW | {"session": "s"}, name="two.jsonl")
    first, again, alone, other = (question.session for question in load_gold([one, two]))
    assert first == again != other
    assert None not in (first, other)
    assert alone is None


@pytest.mark.parametrize(
    "line", ["{", "[]", "1", '"x"', "{}", '{"id": 1, "style": "s", "question": "q"}', json.dumps(ROW | {"gold": [1]})]
)
def test_a_line_that_is_none_is_named(tmp_path: Path, line: str):
    path = tmp_path / "gold.jsonl"
    path.write_text(f"{json.dumps(ROW)}\n{line}\n", "utf-8")
    with pytest.raises(GoldError) as raised:
        load_gold([path])
    assert raised.value.vietnamese == f"{path}, dòng 2: không phải câu hỏi mẫu hợp lệ."


def test_a_file_that_cannot_be_read(tmp_path: Path):
    with pytest.raises(GoldError, match="none"):
        load_gold([tmp_path / "none"])
    with pytest.raises(GoldError):
        load_squad([tmp_path])


def test_squad_makes_each_context_a_passage(tmp_path: Path):
    squad = {
        "data": [
            {
                "paragraphs": [
                    {
                        "context": "Sông Hương dài  80 km.",
                        "qas": [
                            {"id": 5, "question": "Dài mấy?", "answers": [{"text": "80 km"}, {"text": "80 km"}]},
                        ],
                    },
                    {"context": "Núi Bà Đen cao 986 m.", "qas": []},
                ]
            }
        ]
    }
    questions, engine = load_squad([written(tmp_path, squad)])
    assert questions == [GoldQuestion("5", "squad", "Dài mấy?", (Qrel("context-0", "Sông Hương dài 80 km."),), ("80 km",))]
    assert [(passage.file, passage.kind, passage.text) for passage in engine.index.passages] == [
        ("context-0", Kind.PARAGRAPH, "Sông Hương dài 80 km."),
        ("context-1", Kind.PARAGRAPH, "Núi Bà Đen cao 986 m."),
    ]


@pytest.mark.parametrize("content", ["{}", "[]", "x", '{"data": [{"paragraphs": [{"context": "x"}]}]}'])
def test_what_is_no_squad(tmp_path: Path, content: str):
    path = tmp_path / "squad.json"
    path.write_text(content, "utf-8")
    with pytest.raises(GoldError) as raised:
        load_squad([path])
    assert raised.value.vietnamese == f"{path} không phải tệp SQuAD."


def test_without_diacritics():
    question = GoldQuestion("1", "s", "Đảng ủy Ð thị trấn Giồng Trôm?", (), ())
    assert without_diacritics(question).question in ("Dang uy Ð thi tran Giong Trom?", "Dang uy D thi tran Giong Trom?")
    assert without_diacritics(question).style == "s"
