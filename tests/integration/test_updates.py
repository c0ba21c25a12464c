"""An index that has been updated, however often, is the index of the folder as it is now; only what changed is read."""

import logging
import os
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest
from folders import build_folder
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from written import written_index, written_terms

from bot.answering.engine import Engine
from bot.corpus.folder import SourceFile, list_source_files
from bot.errors import CorpusError
from bot.indexing import updating
from bot.indexing.analyzing import analyze_files
from bot.indexing.updating import update_index
from bot.language.reading import load_tables
from bot.model import Rejection
from bot.retrieval import index_file
from bot.retrieval.index import Index
from bot.retrieval.index_file import damaged_files, open_index, read_manifest

# Made up; the same words in several spellings and cases, shared places, sources, dates and definitions.
HEADS = [
    "Xã Tân Lập khánh thành cầu Rạch Sậy\n\n12/03/2024 - 08:15\n\nBDK - Xã Tân Lập làm cầu.",
    "Thư viện huyện Sông Lam mở cửa buổi tối\n\nThứ Hai, 06/05/2024 | 17:40",
    "Nghị quyết mới\n\nĐBP - Thành ủy Đồng Phú ra nghị quyết (NQ) về phát triển đảng viên.",
    "CHỢ BÌNH AN HỌP SỚM",
    "!!!",
]
PARAGRAPHS = [
    "Cầu dài 42 m, rộng 3,5 m, tổng kinh phí 2,7 tỷ đồng, trong đó người dân xã Tân Lập đóng góp 600 triệu đồng.",
    "Theo NQ số 05-NQ/TU ngày 9-3-2021, mỗi Chi bộ kết nạp hai Đảng viên; Đảng bộ xã Tân Lập có 144 đảng viên.",
    "đảng Viên, Đảng viên và đang viên; chợ Bình An bán ổi, ôi và Ổi.",
    "Ủy ban nhân dân huyện Sông Lam (UBND) giao thư viện huyện Sông Lam phục vụ học sinh từ ngày 12 tháng 3 năm 2024.",
    "Bà Trần Thị Mai, Chủ tịch UBND xã Tân Lập, nói: “Cầu giúp 180 hộ dân đi lại thuận tiện hơn.”",
    "Cau dai bao nhieu? Cau hoi nay duoc dat ra nhieu lan trong nam 2024.",
]
BROKEN = [b"", b" \n", "Đảng bộ".encode("utf-16")]
NAMES = ["a.txt", "b/c.txt", "b/d.txt", "e.txt"]
QUESTIONS = ["Cầu Rạch Sậy dài bao nhiêu?", "dang vien nam 2021", "Ai là chủ tịch xã Tân Lập?", "chợ binh an họp lúc nào", "oi"]

ARTICLES = st.builds(
    lambda head, paragraphs: "\n\n".join([head, *paragraphs]).encode(),
    st.sampled_from(HEADS),
    st.lists(st.sampled_from(PARAGRAPHS), max_size=4),
)
CONTENTS = st.one_of(ARTICLES, ARTICLES, ARTICLES, st.sampled_from(BROKEN), st.none())
FOLDERS = st.fixed_dictionaries(dict.fromkeys(NAMES, CONTENTS))
GONE = "Hội đua ghe ngo khai mạc\n\nSáng nay, ghe Kim Hồng về nhất ở kênh Ông Lãnh trước hai nghìn khán giả."
TABLES = load_tables()
Folder = dict[str, bytes | None]


def fill(folder: Path, contents: Folder) -> list[SourceFile]:
    """Make a folder hold just these files; all of them are written anew, so that their times change."""
    for name, raw in contents.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.unlink(missing_ok=True)
        if raw is not None:
            path.write_bytes(raw)
    return list_source_files(folder) if any(raw is not None for raw in contents.values()) else []


@contextmanager
def analyzed_files() -> Iterator[list[list[str]]]:
    """The files that each update analyzes."""
    seen: list[list[str]] = []

    def spy(sources: Sequence[SourceFile], tables: Path | None) -> object:
        seen.append([source.file for source in sources])
        return analyze_files(sources, tables)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(updating, "analyze_files", spy)
        yield seen


def assert_alike(updated: Index, anew: Index) -> None:
    ours, theirs = written_index(updated), written_index(anew)
    for name in theirs:
        assert ours[name] == theirs[name], name
    for one, other in ((updated.okapi, anew.okapi), (updated.names, anew.names)):
        for term in {*written_terms(one), *written_terms(other)}:
            assert one.get_scores([term]).tolist() == other.get_scores([term]).tolist(), term
            assert one.frequency(term) == other.frequency(term), term
    for question in QUESTIONS:
        assert Engine(updated, TABLES).answer(question) == Engine(anew, TABLES).answer(question)


@settings(max_examples=15, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(FOLDERS, min_size=2, max_size=5))
def test_after_any_changes_the_index_is_that_of_the_folder(steps: list[Folder]) -> None:
    with tempfile.TemporaryDirectory() as place, analyzed_files() as analyzed:
        folder, root = Path(place, "bai"), Path(place, "chi-muc")
        before: Folder = {}
        for contents in steps:
            sources = fill(folder, contents)
            changed = [source.file for source in sources if contents[source.file] != before.get(source.file)]
            try:
                updated = update_index(root, "r", sources, None)[0]
            except CorpusError:
                assert all(raw in (None, *BROKEN) or raw.startswith(b"!!!") for raw in contents.values())
                assert analyzed.pop() == changed
                continue
            assert analyzed.pop() == changed
            before = contents
            assert_alike(updated, build_folder(folder, TABLES.abbreviations).index)
            assert damaged_files(root) == []


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "bai"
    contents = {name: f"{head}\n\n{PARAGRAPHS[at]}".encode() for at, (name, head) in enumerate(zip(NAMES, HEADS, strict=False))}
    fill(made, contents)
    return made


@pytest.fixture
def update(folder: Path, tmp_path: Path) -> Callable[..., Index]:
    """Bring the index of the folder up to date."""
    return lambda **options: update_index(tmp_path / "chi-muc", "r", list_source_files(folder), None, **options)[0]


def test_a_build_from_nothing_numbers_keys_as_they_come(update: Callable[..., Index]) -> None:
    lexicon = update().lexicon
    assert lexicon.order.tolist() == list(range(len(lexicon.keys)))


@pytest.mark.parametrize("how", ["removed", "rewritten"])
def test_what_stood_in_a_text_that_is_gone_is_unknown(folder: Path, update: Callable[..., Index], how: str) -> None:
    (folder / "dua-ghe.txt").write_text(GONE, "utf-8")
    before = update()
    terms = ["ghe", "ngo", "~lanh", "kim hồng", "~kim hong", "khai_mạc"]
    assert all(before.frequency(term) for term in terms)
    assert list(before.alike("lanh")) == ["lãnh"]
    assert before.surface("lãnh") == "Lãnh"
    if how == "removed":
        (folder / "dua-ghe.txt").unlink()
    else:
        (folder / "dua-ghe.txt").write_text("Chợ sớm\n\nChợ họp lúc năm giờ.", "utf-8")
    index = update()
    assert index.place_of("dua-ghe.txt") == (None if how == "removed" else 3)
    for term in terms:
        assert index.frequency(term) == 0
        assert not index.okapi.get_scores([term]).any()
        assert index.okapi.postings({term: 1.0}) == []
    assert list(index.alike("lanh")) == []
    assert "lanh" not in index.folded_keys()
    assert index.surface("lãnh") == "lãnh"
    assert "lanh" not in set().union(*(index.folded_of(file) for file in index.files))


def test_what_comes_back_is_known_again(folder: Path, update: Callable[..., Index]) -> None:
    (folder / "dua-ghe.txt").write_text(GONE, "utf-8")
    update()
    (folder / "dua-ghe.txt").unlink()
    update()
    (folder / "z.txt").write_text(GONE, "utf-8")
    index = update()
    assert list(index.alike("lanh")) == ["lãnh"]
    assert_alike(index, build_folder(folder, TABLES.abbreviations).index)


def test_of_equally_frequent_spellings_the_first_in_the_folder_counts_whenever_it_came(
    folder: Path, update: Callable[..., Index]
) -> None:
    (folder / "x.txt").write_text("Tin sớm\n\nHôm nay bến NGỌC mở lại.", "utf-8")
    (folder / "y.txt").write_text("Tin trưa\n\nHôm nay nghe tiếng ngọc lan, ngóc đầu.", "utf-8")
    assert update().surface("ngọc") == "NGỌC"
    (folder / "w.txt").write_text("Tin khuya\n\nHôm nay gọi ngóc, Ngọc, ngốc rồi ngọc; ai tên NGỌC?", "utf-8")
    (folder / "y.txt").unlink()
    index = update()
    assert list(index.alike("ngoc")) == ["ngóc", "ngọc", "ngốc"]
    assert_alike(index, build_folder(folder, TABLES.abbreviations).index)


def test_updates_of_one_file_keep_the_numbers_of_the_others(folder: Path, update: Callable[..., Index]) -> None:
    before = update()
    (folder / "a.txt").write_text(GONE, "utf-8")
    after = update()
    shared = before.lexicon.ids.keys() & after.lexicon.ids.keys()
    assert len(shared) > 50
    assert {key: before.lexicon.ids[key] for key in shared} == {key: after.lexicon.ids[key] for key in shared}


def test_nothing_is_analyzed_when_only_times_change(folder: Path, update: Callable[..., Index]) -> None:
    update()
    for source in list_source_files(folder):
        os.utime(source.path, ns=(7, 7))
    with analyzed_files() as analyzed:
        index = update()
    assert analyzed == [[]]
    assert_alike(index, build_folder(folder, TABLES.abbreviations).index)


def test_anew_or_by_another_recipe_every_file_is_analyzed(folder: Path, tmp_path: Path, update: Callable[..., Index]) -> None:
    update()
    with analyzed_files() as analyzed:
        update(anew=True)
        update_index(tmp_path / "chi-muc", "r2", list_source_files(folder), None)
    assert analyzed == [NAMES, NAMES]


def test_more_articles_than_are_put_together_at_a_time(
    folder: Path, update: Callable[..., Index], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(updating, "_TOGETHER", 2)
    for number in range(5):
        (folder / f"b/nua-{number}.txt").write_text(f"Tin {number}\n\n{PARAGRAPHS[number]}", "utf-8")
    (folder / "b/rong.txt").write_bytes(b"")
    assert_alike(update(), build_folder(folder, TABLES.abbreviations).index)


def test_progress_is_told_of_every_file_that_is_analyzed(folder: Path, update: Callable[..., Index]) -> None:
    (folder / "rong.txt").write_bytes(b"")
    told: list[tuple[int, int]] = []
    update(progress=lambda done, total: told.append((done, total)))
    assert told == [(done, 5) for done in range(1, 6)]
    told.clear()
    (folder / "a.txt").write_text(GONE, "utf-8")
    (folder / "e.txt").unlink()
    update(progress=lambda done, total: told.append((done, total)))
    assert told == [(1, 1)]


def test_a_rejection_is_kept_without_reading_the_file_again(folder: Path, update: Callable[..., Index]) -> None:
    (folder / "b/rong.txt").write_bytes(b"")
    update()
    with analyzed_files() as analyzed:
        assert update().rejections == [Rejection("b/rong.txt", "tệp rỗng")]
    assert analyzed == [[]]
    (folder / "b/rong.txt").write_text(GONE, "utf-8")
    assert update().rejections == []


def test_a_folder_without_a_readable_article_names_files_and_reasons(tmp_path: Path) -> None:
    folder = tmp_path / "bai"
    sources = fill(folder, {"rong.txt": b"", "la.txt": "Đảng bộ".encode("utf-16")})
    with pytest.raises(CorpusError, match="no readable article") as caught:
        update_index(tmp_path / "chi-muc", "r", sources, None)
    assert str(folder) in caught.value.vietnamese
    assert "rong.txt: tệp rỗng" in caught.value.vietnamese
    assert "la.txt: không phải văn bản UTF-8" in caught.value.vietnamese
    assert read_manifest(tmp_path / "chi-muc") is None


def test_a_long_list_of_unreadable_files_is_cut(tmp_path: Path) -> None:
    sources = fill(tmp_path / "bai", {f"rong-{number}.txt": b"" for number in range(9)})
    with pytest.raises(CorpusError) as caught:
        update_index(tmp_path / "chi-muc", "r", sources, None)
    assert caught.value.vietnamese.count("tệp rỗng") == 5


def test_a_damaged_index_is_built_again_and_not_gone_on_from(
    folder: Path, tmp_path: Path, update: Callable[..., Index], caplog: pytest.LogCaptureFixture
) -> None:
    update()
    (part,) = (tmp_path / "chi-muc").glob("v-*/forms.counts.npy")  # only an update reads it
    part.write_bytes(b"\0" * part.stat().st_size)
    open_index(tmp_path / "chi-muc")
    (folder / "a.txt").write_text(GONE, "utf-8")
    with caplog.at_level(logging.WARNING, "bot"), analyzed_files() as analyzed:
        index = update()
    assert "building it again" in caplog.text
    assert analyzed == [NAMES]
    assert_alike(index, build_folder(folder, TABLES.abbreviations).index)


def test_an_update_that_cannot_be_written_is_right_all_the_same(
    folder: Path, tmp_path: Path, update: Callable[..., Index], monkeypatch: pytest.MonkeyPatch
) -> None:
    before = update()
    (folder / "a.txt").write_text(GONE, "utf-8")

    def refuse(*_: object) -> None:
        raise PermissionError("read-only")

    with monkeypatch.context() as patch:
        patch.setattr(index_file, "_write_collection", refuse)
        index = update()
    assert_alike(index, build_folder(folder, TABLES.abbreviations).index)
    on_disk, _ = open_index(tmp_path / "chi-muc")
    assert written_index(on_disk) == written_index(before)
    with analyzed_files() as analyzed:
        update()
    assert analyzed == [["a.txt"]]


@pytest.mark.parametrize("error", [KeyboardInterrupt, RuntimeError])
def test_an_interrupted_update_leaves_the_index_before(
    folder: Path, tmp_path: Path, update: Callable[..., Index], error: type[BaseException]
) -> None:
    before = update()
    (folder / "a.txt").write_text(GONE, "utf-8")

    def interrupt(*_: int) -> None:
        raise error

    with pytest.raises(error):
        update(progress=interrupt)
    on_disk, _ = open_index(tmp_path / "chi-muc")
    assert written_index(on_disk) == written_index(before)
    assert_alike(update(), build_folder(folder, TABLES.abbreviations).index)


def test_an_index_in_use_answers_on_after_the_next_is_there(folder: Path, tmp_path: Path, update: Callable[..., Index]) -> None:
    old = update()
    seen = written_index(old)
    for number in range(3):
        (folder / "a.txt").write_text(f"{GONE} Lần {number}.", "utf-8")
        new = update()
    for path in (tmp_path / "chi-muc").glob("v-*"):
        for part in path.iterdir():
            part.unlink()
    assert written_index(old) == seen
    assert new.frequency("khán") == 1
