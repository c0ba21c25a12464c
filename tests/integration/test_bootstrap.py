"""From settings to an engine: when the index is built, and when the one on disk serves."""

import json
import logging
import os
from dataclasses import replace
from pathlib import Path
from typing import NoReturn

import pytest

from bot import bootstrap
from bot.bootstrap import current_index, index_root, open_engine
from bot.config import Settings, load_settings
from bot.errors import ConfigurationError, CorpusError
from bot.model import Status
from bot.retrieval import index_file

QUESTION = "Ông Đỗ Văn Hạnh trồng bao nhiêu gốc ổi?"


class Builds:
    """Counts builds by the progress that they report."""

    def __init__(self) -> None:
        self.count = 0

    def __call__(self, done: int, total: int) -> None:
        self.count += done == total


@pytest.fixture
def settings(small_corpus: Path, tmp_path: Path) -> Settings:
    return Settings(corpus=small_corpus, index=tmp_path / "chi-muc")


def builds(settings: Settings) -> int:
    """How many times opening builds: 0 or 1."""
    progress = Builds()
    current_index(settings, progress)
    return progress.count


def edit_current(settings: Settings, **changes: object) -> None:
    path = index_root(settings) / "current.json"
    path.write_text(json.dumps({**json.loads(path.read_text("utf-8")), **changes}), "utf-8")


def test_the_first_start_builds_and_the_second_opens(settings: Settings) -> None:
    assert builds(settings) == 1
    assert builds(settings) == 0


def test_both_answer_alike(settings: Settings) -> None:
    first, second = open_engine(settings), open_engine(settings)
    for question in (QUESTION, "Thư viện huyện Sông Lam mở cửa đến mấy giờ?", "Ai viết bài về thư viện?", "Giá vàng?"):
        assert first.answer(question) == second.answer(question)
    answer = second.answer(QUESTION)
    assert answer.status is Status.ANSWERED
    assert "300 gốc ổi" in answer.hits[0].passage.text


def test_seeds_answer_the_question_of_the_specification(seeds_engine: bootstrap.Engine) -> None:
    answer = seeds_engine.answer("Năm 2024, TP. Bạc Liêu kết nạp được bao nhiêu đảng viên mới?")
    assert answer.status is Status.ANSWERED
    hit = answer.hits[0]
    assert hit.citation.file == "000_b7dccee3c0345c9d.txt"
    assert "kết nạp 144 đảng viên" in hit.passage.text[slice(*hit.answer)]


def test_the_environment_chooses_corpus_and_index(small_corpus: Path, tmp_path: Path) -> None:
    environ = {"HOIBAO_CORPUS": str(small_corpus), "HOIBAO_INDEX": str(tmp_path / "noi-khac")}
    index, _ = current_index(load_settings(environ, dotenv=None))
    assert len(index.articles) == 3
    assert list((tmp_path / "noi-khac").glob("*/current.json"))


def test_two_corpora_have_two_indexes(settings: Settings, tmp_path: Path) -> None:
    other = tmp_path / "bai-khac"
    other.mkdir()
    (other / "mot.txt").write_text("Chợ mới\n\nChợ Bình An mở cửa lúc 5 giờ sáng mỗi ngày trong tuần.", "utf-8")
    assert builds(settings) == builds(replace(settings, corpus=other)) == 1
    assert builds(settings) == builds(replace(settings, corpus=other)) == 0


# What makes an index old


def test_a_changed_file_rebuilds(settings: Settings) -> None:
    current_index(settings)
    path = settings.corpus / "vuon" / "oi.txt"
    path.write_text(path.read_text("utf-8").replace("300 gốc", "450 gốc"), "utf-8")  # of the same size
    os.utime(path, ns=(1, 1))
    assert builds(settings) == 1
    assert "450 gốc ổi" in open_engine(settings).answer(QUESTION).hits[0].passage.text


def test_an_added_file_rebuilds(settings: Settings) -> None:
    current_index(settings)
    (settings.corpus / "cho.txt").write_text("Chợ mới\n\nChợ Bình An mở cửa lúc 5 giờ sáng mỗi ngày.", "utf-8")
    index, _ = current_index(settings)
    assert [article.file for article in index.articles] == ["cau.txt", "cho.txt", "thu-vien.txt", "vuon/oi.txt"]
    assert builds(settings) == 0


def test_a_removed_file_rebuilds(settings: Settings) -> None:
    current_index(settings)
    (settings.corpus / "cau.txt").unlink()
    index, _ = current_index(settings)
    assert [article.file for article in index.articles] == ["thu-vien.txt", "vuon/oi.txt"]


def test_a_file_that_was_only_touched_does_not_rebuild(settings: Settings) -> None:
    current_index(settings)
    os.utime(settings.corpus / "cau.txt", ns=(5, 5))
    assert builds(settings) == 0


def test_a_rejected_file_is_remembered_and_does_not_rebuild(settings: Settings) -> None:
    (settings.corpus / "rong.txt").write_bytes(b"")
    current_index(settings)
    index, _ = current_index(settings)
    assert [rejection.file for rejection in index.rejections] == ["rong.txt"]
    assert builds(settings) == 0


def test_another_program_or_another_format_rebuilds(settings: Settings) -> None:
    current_index(settings)
    edit_current(settings, recipe="của bản cũ")
    assert builds(settings) == 1
    edit_current(settings, format=index_file.FORMAT + 1)
    assert builds(settings) == 1
    assert builds(settings) == 0


def test_rebuild_on_request(settings: Settings) -> None:
    progress = Builds()
    current_index(settings, progress)
    current_index(settings, progress, rebuild=True)
    assert progress.count == 2


def test_the_operators_tables_rebuild_and_count(settings: Settings, tmp_path: Path) -> None:
    tables = tmp_path / "bang"
    tables.mkdir()
    settings = replace(settings, tables=tables)
    current_index(settings)
    assert builds(settings) == 0
    path = settings.corpus / "cau.txt"
    path.write_text(path.read_text("utf-8").replace("Sáng 11/3", "BTL - Sáng 11/3"), "utf-8")
    (tables / "sources.tsv").write_text("BTL\tBáo Tân Lập\n", "utf-8")
    index, _ = current_index(settings)
    assert index.articles[0].source == "Báo Tân Lập"
    (tables / "sources.tsv").write_text("BTL\tBáo mới của Tân Lập\n", "utf-8")
    index, _ = current_index(settings)
    assert index.articles[0].source == "Báo mới của Tân Lập"
    assert builds(settings) == 0


# What goes wrong


def test_file_names_that_are_not_utf_8_are_indexed_and_told_apart(settings: Settings) -> None:
    folder = os.fsencode(settings.corpus)
    try:
        for name in (b"/cho\xfe.txt", b"/cho\xff.txt"):
            Path(os.fsdecode(folder + name)).write_text(f"Chợ {name[-5]}\n\nChợ Bình An mở cửa lúc 5 giờ sáng.", "utf-8")
    except OSError:
        pytest.skip("this file system has no such names")
    index, _ = current_index(settings)
    assert [(one.file, one.title) for one in index.articles[1:3]] == [("cho\\xfe.txt", "Chợ 254"), ("cho\\xff.txt", "Chợ 255")]
    assert builds(settings) == 0


def test_damage_rebuilds_with_a_warning(settings: Settings, caplog: pytest.LogCaptureFixture) -> None:
    current_index(settings)
    (folder,) = index_root(settings).glob("v-*/")
    part = folder / "okapi.scores.npy"
    part.write_bytes(part.read_bytes()[:-8])
    with caplog.at_level(logging.WARNING, "bot"):
        assert builds(settings) == 1
    assert "building it again" in caplog.text
    assert builds(settings) == 0


def test_a_missing_part_rebuilds_with_a_warning(settings: Settings, caplog: pytest.LogCaptureFixture) -> None:
    current_index(settings)
    (folder,) = index_root(settings).glob("v-*/")
    (folder / "passages.bytes.npy").unlink()
    with caplog.at_level(logging.WARNING, "bot"):
        assert builds(settings) == 1
    assert "building it again" in caplog.text


@pytest.mark.parametrize("written", [b"", b"{", b"\xff", b"[1]", b'{"format": 1, "recipe": 7}'])
def test_a_garbled_current_file_rebuilds(settings: Settings, written: bytes) -> None:
    current_index(settings)
    (index_root(settings) / "current.json").write_bytes(written)
    assert builds(settings) == 1
    assert builds(settings) == 0


def test_an_index_that_cannot_be_written_is_used_from_memory(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def refuse(*_: object, **__: object) -> NoReturn:
        raise PermissionError("read-only")

    with monkeypatch.context() as patch, caplog.at_level(logging.WARNING, "bot"):
        patch.setattr(index_file, "_write", refuse)
        engine = open_engine(settings)
    assert engine.answer(QUESTION).status is Status.ANSWERED
    assert "going on in memory" in caplog.text
    assert builds(settings) == 1


def test_a_file_in_place_of_the_index_folder_is_no_obstacle(settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "tep").write_text("không phải thư mục", "utf-8")
    engine = open_engine(replace(settings, index=tmp_path / "tep"))
    assert engine.answer(QUESTION).status is Status.ANSWERED


def test_an_interrupted_build_is_made_up_for_at_the_next_start(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*_: object) -> NoReturn:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(index_file, "_tables_row", interrupt)
        with pytest.raises(KeyboardInterrupt):
            current_index(settings)
    assert builds(settings) == 1
    assert builds(settings) == 0


def test_corpus_errors_come_through(settings: Settings, tmp_path: Path) -> None:
    with pytest.raises(CorpusError):
        open_engine(replace(settings, corpus=tmp_path / "khong-co"))


def test_a_corpus_that_vanished_is_not_answered_from_the_old_index(settings: Settings) -> None:
    current_index(settings)
    for path in settings.corpus.rglob("*.txt"):
        path.unlink()
    with pytest.raises(CorpusError):
        open_engine(settings)


def test_a_missing_tables_folder_says_so(settings: Settings, tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError) as caught:
        open_engine(replace(settings, tables=tmp_path / "khong-co"))
    assert "khong-co" in caught.value.vietnamese
