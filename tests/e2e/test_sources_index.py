import json
from pathlib import Path

import pytest
from rich.cells import cell_len

FILES = [
    "000_b7dccee3c0345c9d.txt",
    "001_c2621e674c0475ab.txt",
    "002_87ee905287b6b9a1.txt",
    "003_908718d36a887bd7.txt",
    "004_f78f6ee8ae16f3f1.txt",
]


def test_sources_as_a_table(hoibao):
    ended = hoibao("sources")
    assert (ended.code, ended.err) == (0, "")
    assert "\x1b" not in ended.out
    for file in FILES:
        assert file in ended.out
    assert "21/05/2025" in ended.out
    assert "Huyền Thu, Hồng Quốc" in ended.out


@pytest.mark.parametrize("width", [40, 120])
def test_the_table_keeps_to_the_width(hoibao, width: int):
    ended = hoibao("sources", COLUMNS=str(width))
    assert max(cell_len(line) for line in ended.lines) <= width
    assert all(line == line.rstrip() for line in ended.lines)
    assert "…" not in ended.out


def test_sources_as_json(hoibao):
    rows = json.loads(hoibao("sources", "--json").out)
    assert [row["file"] for row in rows] == FILES
    first = rows[0]
    assert {"file", "title", "kicker", "source", "published", "authors", "lead", "sections", "captions"} <= first.keys()
    assert first["published"] == "2025-05-21T16:26:00"
    assert first["authors"] == ["Chí Thiện"]
    assert rows[3]["source"] == "Báo điện tử Đảng Cộng sản Việt Nam"


def test_index_counts_and_names_what_it_left_out(hoibao, small_corpus: Path, tmp_path: Path):
    (small_corpus / "trống.txt").write_text("")
    (small_corpus / "nhị-phân.txt").write_bytes(b"\x00\xff\xfe\x80" * 40)
    own = {"HOIBAO_CORPUS": str(small_corpus), "HOIBAO_INDEX": str(tmp_path / "own")}
    ended = hoibao("index", **own)
    assert (ended.code, ended.err) == (0, "")
    assert "\x1b" not in ended.out
    assert "Bỏ qua trống.txt: " in ended.out
    assert "Bỏ qua nhị-phân.txt: " in ended.out
    last = ended.lines[-1]
    assert last.startswith("3 bài, ")
    assert "2 tệp bị bỏ qua." in last
    assert any((tmp_path / "own").iterdir())

    listed = hoibao("sources", **own)
    assert "Bỏ qua trống.txt: " in listed.out
    assert len(json.loads(hoibao("sources", "--json", **own).out)) == 3


def test_a_new_article_is_found_without_being_told(hoibao, small_corpus: Path, tmp_path: Path):
    own = {"HOIBAO_CORPUS": str(small_corpus), "HOIBAO_INDEX": str(tmp_path / "own")}
    question = "Chợ nổi Vàm Tre có bao nhiêu ghe?"
    assert hoibao("ask", question, **own).code == 1
    (small_corpus / "cho.txt").write_text(
        "Chợ nổi Vàm Tre đông khách\n\nChợ nổi Vàm Tre mỗi sáng có 85 ghe bán trái cây từ khắp vùng đổ về.\n", "utf-8"
    )
    ended = hoibao("ask", question, **own)
    assert ended.code == 0
    assert "85 ghe" in ended.out
    (small_corpus / "cho.txt").unlink()
    assert hoibao("ask", question, **own).code == 1


@pytest.mark.parametrize("command", ["sources", "index", "chat", "batch"])
def test_no_corpus_is_a_configuration_error(hoibao, tmp_path: Path, command: str):
    ended = hoibao(command, "--corpus", tmp_path / "không-có")
    assert (ended.code, ended.out) == (2, "")
    assert "Hãy tạo thư mục" in ended.err


def test_a_build_shows_its_progress_on_a_terminal(terminal, small_corpus: Path, tmp_path: Path):
    shown = terminal("index", HOIBAO_CORPUS=str(small_corpus), HOIBAO_INDEX=str(tmp_path / "own"))
    assert shown.wait() == 0
    assert "Đọc các bài báo" in shown.text
    assert "3 bài, " in shown.text
