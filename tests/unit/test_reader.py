"""A folder listed, its files → articles or the reasons why not, and the editable tables."""

import os
import re
import unicodedata
from pathlib import Path

import pytest
from folders import load_folder

from bot.corpus import reader
from bot.corpus.folder import content_hash, list_source_files
from bot.corpus.reader import load_article
from bot.corpus.tables import load_layout_tables
from bot.errors import ArticleError, ConfigurationError, CorpusError
from bot.model import Rejection

TEXT = "Khánh thành cầu Rạch Sậy\n\nSáng nay, xã Tân Lập khánh thành cây cầu bắc qua rạch Sậy."


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A corpus folder with one good article, ``tot.txt``."""
    made = tmp_path / "bai"
    made.mkdir()
    (made / "tot.txt").write_text(TEXT, "utf-8")
    return made


# Folder


def test_listing_is_sorted_and_leaves_out_hidden_and_other_files(folder: Path) -> None:
    for name in ("b/hai.txt", "a/sau/ba.txt", ".an/bon.txt", ".nam.txt", "ghi-chu.md", "a/.git/sau.txt", "anh.txt.jpg"):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(TEXT, "utf-8")
    (folder / "thu-muc.txt").mkdir()
    assert [source.file for source in list_source_files(folder)] == ["a/sau/ba.txt", "b/hai.txt", "tot.txt"]


def test_a_listed_file_has_its_size_and_time(folder: Path) -> None:
    os.utime(folder / "tot.txt", ns=(5, 7_000_000_000))
    (source,) = list_source_files(folder)
    assert (source.size, source.modified) == (len(TEXT.encode()), 7_000_000_000)
    assert source.path.read_text("utf-8") == TEXT


def test_a_hidden_folder_above_the_corpus_does_not_hide_it(tmp_path: Path) -> None:
    hidden = tmp_path / ".cau" / "bai"
    hidden.mkdir(parents=True)
    (hidden / "mot.txt").write_text(TEXT, "utf-8")
    assert [source.file for source in list_source_files(hidden)] == ["mot.txt"]


def test_a_name_with_spaces_and_diacritics(folder: Path) -> None:
    (folder / "Cầu mới (1).txt").write_text(TEXT, "utf-8")
    assert unicodedata.normalize("NFC", load_folder(folder).articles[0].file) == "Cầu mới (1).txt"


def test_a_missing_folder_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match="not found") as caught:
        list_source_files(tmp_path / "khong-co")
    assert str(tmp_path / "khong-co") in caught.value.vietnamese
    assert "HOIBAO_CORPUS" in caught.value.vietnamese


def test_a_file_in_place_of_the_folder_says_what_to_do(folder: Path) -> None:
    with pytest.raises(CorpusError) as caught:
        list_source_files(folder / "tot.txt")
    assert "Hãy" in caught.value.vietnamese


def test_an_empty_folder_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(CorpusError) as caught:
        list_source_files(tmp_path)
    assert "chưa có bài báo nào" in caught.value.vietnamese
    assert ".txt" in caught.value.vietnamese


# Files


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        ("Cà phê ở Tân Lập".encode("latin-1", "ignore") + b"\xe0\xe8", "không phải văn bản UTF-8"),
        ("Đảng bộ Tân Lập".encode("utf-16"), "không phải văn bản UTF-8"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "không phải văn bản UTF-8"),
        (b"Tan Lap\x00\x00khanh thanh cau", "không phải tệp văn bản"),
        (b"", "tệp rỗng"),
        (b"\xef\xbb\xbf", "tệp rỗng"),
        (b" \n\t\n", "tệp rỗng"),
        ("– … !\n***".encode(), "tệp rỗng"),
        ("Chia sẻ bài viết\nVề đầu trang\n".encode(), None),
    ],
)
def test_an_unreadable_file_is_rejected_with_its_reason_and_the_rest_load(folder: Path, raw: bytes, reason: str | None) -> None:
    (folder / "hong.txt").write_bytes(raw)
    corpus = load_folder(folder)
    assert [article.file for article in corpus.articles] == ["tot.txt"]
    assert [rejection.file for rejection in corpus.rejections] == ["hong.txt"]
    assert corpus.rejections[0].reason == (reason or "không có nội dung bài báo")


def test_a_file_over_the_limit_is_rejected(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader, "MAX_FILE_BYTES", 1_000_000)
    (folder / "to.txt").write_text("Bài dài.\n\n" + "chữ " * 250_000, "utf-8")
    corpus = load_folder(folder)
    assert corpus.rejections == (Rejection("to.txt", "lớn hơn 1 MB"),)
    assert [article.file for article in corpus.articles] == ["tot.txt"]


def test_a_file_that_vanishes_after_listing_is_rejected(folder: Path) -> None:
    (folder / "mat.txt").write_text(TEXT, "utf-8")
    gone, _ = list_source_files(folder)
    (folder / "mat.txt").unlink()
    with pytest.raises(ArticleError) as caught:
        load_article(gone, load_layout_tables())
    assert caught.value.vietnamese == "không đọc được tệp"


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads everything")
def test_a_file_without_permission_is_rejected(folder: Path) -> None:
    (folder / "kin.txt").write_text(TEXT, "utf-8")
    (folder / "kin.txt").chmod(0)
    assert load_folder(folder).rejections == (Rejection("kin.txt", "không đọc được tệp"),)


def test_content_hash_is_of_the_bytes_alone(folder: Path) -> None:
    (folder / "giong.txt").write_text(TEXT, "utf-8")
    (folder / "khac.txt").write_text(f"{TEXT}.", "utf-8")
    hashes = {source.file: content_hash(source) for source in list_source_files(folder)}
    assert hashes["giong.txt"] == hashes["tot.txt"] != hashes["khac.txt"]


def test_content_hash_of_a_file_that_vanished_does_not_raise(folder: Path) -> None:
    (source,) = list_source_files(folder)
    before = content_hash(source)
    source.path.unlink()
    assert content_hash(source) != before


# Tables


def test_the_operators_tables_extend_the_shipped_ones(folder: Path, tmp_path: Path) -> None:
    tables = tmp_path / "bang"
    tables.mkdir()
    (tables / "sources.tsv").write_text("# của tòa soạn\n\nBTL\tBáo Tân Lập\nBDK\tĐồng Khởi online\n", "utf-8-sig")
    (tables / "furniture.txt").write_text("[line]\nmua báo giấy .*\n[tail]\nhỏi đáp cùng tòa soạn\n", "utf-8")
    lines = ["Cầu mới ở Tân Lập", "12/03/2024", "{} - Xã Tân Lập làm cầu.", "Mua báo giấy tại đây", "Cầu dài 42 m."]
    text = "\n\n".join([*lines, "Hỏi đáp cùng tòa soạn", "Báo mấy giờ có?"])
    (folder / "mot.txt").write_text(text.format("BTL"), "utf-8")
    (folder / "hai.txt").write_text(text.format("BDK"), "utf-8")
    articles = {article.file: article for article in load_folder(folder, load_layout_tables(tables)).articles}
    assert articles["mot.txt"].source == "Báo Tân Lập"
    assert articles["hai.txt"].source == "Đồng Khởi online"
    assert [paragraph.text for paragraph in articles["mot.txt"].paragraphs] == ["Cầu dài 42 m."]


def test_a_tables_folder_without_tables_gives_the_shipped_ones(tmp_path: Path) -> None:
    assert load_layout_tables(tmp_path).sources == load_layout_tables().sources


def test_shipped_tables_know_the_tags_of_the_seeds() -> None:
    sources = load_layout_tables().sources
    assert sources["BDK"] == "Báo Đồng Khởi"
    assert sources["ĐBP"] == "Báo Điện Biên Phủ"
    assert sources["ĐCSVN"] == "Báo điện tử Đảng Cộng sản Việt Nam"


def test_a_table_edited_while_the_program_runs_is_read_again(tmp_path: Path) -> None:
    (tmp_path / "sources.tsv").write_text("BTL\tBáo Tân Lập\n", "utf-8")
    assert load_layout_tables(tmp_path).sources["BTL"] == "Báo Tân Lập"
    (tmp_path / "sources.tsv").write_text("BTL\tTân Lập mới\n", "utf-8")
    assert load_layout_tables(tmp_path).sources["BTL"] == "Tân Lập mới"


@pytest.mark.parametrize(
    ("name", "text", "line"),
    [
        ("sources.tsv", "BTL Báo Tân Lập\n", 1),
        ("sources.tsv", "# ổn\nBTL\t\n", 2),
        ("sources.tsv", "ABC\tBáo ABC\n\n\tBáo Tân Lập\n", 3),
        ("furniture.txt", "[line]\nmua (báo\n", 2),
        ("furniture.txt", "mua báo\n", 1),
        ("furniture.txt", "[line]\n(?i)mua báo\n", 2),
        ("furniture.txt", "[lạ]\nmua báo\n", 1),
    ],
)
def test_a_malformed_line_is_reported_with_file_and_line(tmp_path: Path, name: str, text: str, line: int) -> None:
    (tmp_path / name).write_text(text, "utf-8")
    with pytest.raises(ConfigurationError, match=re.escape(f"{name}:{line}:")) as caught:
        load_layout_tables(tmp_path)
    assert f"{name}, dòng {line}" in caught.value.vietnamese


def test_a_table_that_is_not_utf_8_is_reported(tmp_path: Path) -> None:
    (tmp_path / "sources.tsv").write_bytes("BTL\tBáo".encode("utf-16"))
    with pytest.raises(ConfigurationError) as caught:
        load_layout_tables(tmp_path)
    assert "sources.tsv" in caught.value.vietnamese
