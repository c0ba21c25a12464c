"""What the five articles of seeds/ must give: the table of the specification, and what follows from it."""

# ruff: noqa: DTZ001 (articles print local time)

import hashlib
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pytest
from folders import load_folder

from bot.corpus.passages import split_passages
from bot.language.normalize import clean_text
from bot.model import Article, Kind

SHA256 = {
    "000_b7dccee3c0345c9d.txt": "50b02b07124585d2211db9d4ec32b138a4fa477ade24d8e5d9cd3e3f3d7bffbd",
    "001_c2621e674c0475ab.txt": "5b832cdc6165152232b4968707076d05d63da7cdb10186f3d8eaba3f736dee58",
    "002_87ee905287b6b9a1.txt": "eceafae50ade19f69d251d7973e1d0f5a0505c8cad1a8ad9dceb3b36efe246ff",
    "003_908718d36a887bd7.txt": "b3ece46e57d35a29b9e73d98bb8499eec30685aa18b01c85a7416dbed0043712",
    "004_f78f6ee8ae16f3f1.txt": "74cf1cb8eff84b4435e7ce3f39a595caf6b9297b84386b84b460274bc342e14f",
}
CA_MAU = "Cà Mau: Đẩy mạnh tuyên truyền về tầm quan trọng của công tác xây dựng Đảng"
KON_TUM = "Kon Tum: Chú trọng phát triển đảng viên vùng đồng bào dân tộc thiểu số"
HA_GIANG = "Hà Giang: Đổi mới, nâng cao chất lượng sinh hoạt chi bộ"


@dataclass(frozen=True)
class Expected:
    title: str
    kicker: str | None
    published: datetime
    source: str | None
    authors: tuple[str, ...]
    sections: tuple[str, ...]
    captions: tuple[tuple[str, str | None], ...]  # beginning and credit
    paragraphs: int  # the lead included
    last: str  # how the last paragraph ends


EXPECTED = {
    "000": Expected(
        title="TP. Bạc Liêu: Nâng cao chất lượng công tác xây dựng Đảng và đảng viên",
        kicker="Nhịp sống đô thị",
        published=datetime(2025, 5, 21, 16, 26),
        source=None,
        authors=("Chí Thiện",),
        sections=("Tăng cường kiểm tra, tháo gỡ khó khăn, vướng mắc", "Tạo niềm tin vững chắc cho Nhân dân"),
        captions=(("Đảng ủy, UBND phường Nhà Mát tổ chức", None), ("Hội Phụ nữ Công an tỉnh và Hội LHPN", "T.A")),
        paragraphs=10,
        last="trong đó có 5 cấp ủy viên các cấp.",
    ),
    "001": Expected(
        title="Thị trấn Giồng Trôm tập trung nâng chất tổ chức cơ sở đảng, đảng viên",
        kicker=None,
        published=datetime(2023, 6, 7, 6, 41),
        source="Báo Đồng Khởi",
        authors=("Ánh Nguyệt",),
        sections=("Đẩy mạnh học tập và làm theo Bác", "Nâng chất sinh hoạt chi bộ, cấp ủy"),
        captions=(("Khánh thành cầu giao thông nông thôn", None),),
        paragraphs=11,
        last="với chăm lo chính sách cán bộ.",
    ),
    "002": Expected(
        title="Xây dựng, củng cố tổ chức cơ sở đảng trong sạch, vững mạnh",
        kicker=None,
        published=datetime(2020, 8, 14, 9, 32),
        source="Báo Điện Biên Phủ",
        authors=("Gia Kiệt",),
        sections=(),
        captions=(("Đoàn viên thanh niên TP. Điện Biên Phủ tích cực", "C.T.V"),),
        paragraphs=7,
        last="kinh tế - xã hội trên địa bàn thành phố.",
    ),
    "003": Expected(
        title="Nâng cao hiệu quả công tác xây dựng Đảng ở địa phương",
        kicker=None,
        published=datetime(2022, 6, 20, 9, 45),
        source="Báo điện tử Đảng Cộng sản Việt Nam",
        authors=("Bùi An",),
        sections=(CA_MAU, KON_TUM, HA_GIANG),
        captions=(
            ("Tọa đàm góp ý hoàn thiện cuốn sách", "camau.dcs.vn"),
            ("Sinh hoạt thường kỳ hàng tháng của Chi bộ", "Đình Anh- Hồng Hải"),
        ),
        paragraphs=16,
        last="chất lượng sinh hoạt của các chi bộ./.",
    ),
    "004": Expected(
        title="Quan tâm công tác xây dựng Đảng và hệ thống chính trị",
        kicker=None,
        published=datetime(2021, 4, 19, 7, 3),
        source="Báo Đồng Khởi",
        authors=("Huyền Thu", "Hồng Quốc"),
        sections=("Một số kết quả nổi bật", "Phương hướng, nhiệm vụ quý II-2021"),
        captions=(("Phó bí thư Thường trực Thành ủy TP. Bến Tre", "H.Quốc"),),
        paragraphs=11,
        last="thực hiện Chỉ thị số 05-CT/TW.",
    ),
}
FURNITURE = (
    "Viết bình luận", "thăm dò ý kiến", "giữ chân và thu hút người tài", "THÔNG TIN CẦN BIẾT", "mưa vừa, mưa to", "Tin khác",
    "Chia sẻ bài viết", "BÌNH LUẬN", "Lượt xem", "5201", "In bài viết", "Bình luận", "CÓ THỂ BẠN QUAN TÂM", "Email",
    "Ý kiến bình luận", "Họ và tên", "Lời bình", "Xác thực",
)  # fmt: skip


@pytest.fixture(scope="module")
def articles(seeds: Path) -> dict[str, Article]:
    """The first three digits of the file's name → the article."""
    corpus = load_folder(seeds)
    assert corpus.rejections == ()
    return {article.file[:3]: article for article in corpus.articles}


def test_seeds_are_the_five_files_byte_for_byte(seeds: Path) -> None:
    assert {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in seeds.iterdir()} == SHA256


@pytest.mark.parametrize("number", EXPECTED)
def test_article(articles: dict[str, Article], number: str) -> None:
    article, expected = articles[number], EXPECTED[number]
    assert article.title == expected.title
    assert article.kicker == expected.kicker
    assert article.published == expected.published
    assert article.source == expected.source
    assert article.authors == expected.authors
    assert article.sections == expected.sections
    assert [caption.credit for caption in article.captions] == [credit for _, credit in expected.captions]
    for caption, (beginning, _) in zip(article.captions, expected.captions, strict=True):
        assert caption.text.startswith(beginning)
    assert article.lead is not None
    assert [paragraph.number for paragraph in article.paragraphs] == list(range(2, expected.paragraphs + 1))
    assert article.paragraphs[-1].text.endswith(expected.last)


def test_compiled_and_labelled_bylines_are_kept_as_printed(articles: dict[str, Article]) -> None:
    assert articles["001"].byline == "Bài, ảnh: Ánh Nguyệt"
    assert articles["003"].byline == "Bùi An (th)"


def test_photographs_stand_in_their_section(articles: dict[str, Article]) -> None:
    assert [caption.section for caption in articles["000"].captions] == [None, articles["000"].sections[0]]
    assert [caption.section for caption in articles["003"].captions] == [CA_MAU, HA_GIANG]


@pytest.mark.parametrize("number", EXPECTED)
def test_furniture_never_becomes_a_passage(articles: dict[str, Article], number: str) -> None:
    for passage in split_passages(articles[number]):
        assert [words for words in FURNITURE if words in passage.text] == []


@pytest.mark.parametrize("number", EXPECTED)
def test_passages_are_the_articles_own_text(articles: dict[str, Article], seeds: Path, number: str) -> None:
    file = clean_text((seeds / articles[number].file).read_text("utf-8"))
    for passage in split_passages(articles[number]):
        if passage.kind is not Kind.METADATA:
            assert passage.text in file


@pytest.mark.parametrize("number", EXPECTED)
def test_every_paragraph_is_in_exactly_one_passage_and_in_order(articles: dict[str, Article], number: str) -> None:
    article = articles[number]
    passages = [passage for passage in split_passages(article) if passage.kind in (Kind.LEAD, Kind.PARAGRAPH)]
    whole = [article.lead, *(paragraph.text for paragraph in article.paragraphs)]
    assert " ".join(passage.text for passage in passages) == " ".join(filter(None, whole))
    assert [passage.paragraph for passage in passages] == list(range(1, len(whole) + 1))
    sections = {paragraph.number: paragraph.section for paragraph in article.paragraphs}
    assert all(sections.get(passage.paragraph or 0) == passage.section for passage in passages)


@pytest.mark.parametrize("number", EXPECTED)
def test_captions_and_headings_are_passages_once(articles: dict[str, Article], number: str) -> None:
    passages, article = split_passages(articles[number]), articles[number]
    texts = {kind: [passage.text for passage in passages if passage.kind is kind] for kind in Kind}
    assert texts[Kind.HEADING] == list(article.sections)
    assert texts[Kind.CAPTION] == [caption.text for caption in article.captions]
    assert len(texts[Kind.METADATA]) == 1


@pytest.mark.parametrize(
    ("number", "lines"),
    [
        ("000", ["Ngày đăng: Thứ Tư, 21/05/2025 | 16:26", "Tác giả: Chí Thiện"]),
        ("002", ["Ngày đăng: 09:32 - Thứ Sáu, 14/08/2020", "Tác giả: Gia Kiệt", "Nguồn: Báo Điện Biên Phủ (ĐBP)"]),
        ("004", ["Tác giả: Huyền Thu - Hồng Quốc", "Nguồn: Báo Đồng Khởi (BDK)"]),
    ],
)
def test_metadata_passages_state_date_authors_and_source(articles: dict[str, Article], number: str, lines: list[str]) -> None:
    (metadata,) = (passage for passage in split_passages(articles[number]) if passage.kind is Kind.METADATA)
    written = metadata.text.split("\n")
    assert written[0] == articles[number].title
    assert set(lines) <= set(written)


@pytest.mark.parametrize(
    ("number", "names"),
    [("000", ("Bạc Liêu",)), ("001", ("Giồng Trôm",)), ("002", ("Điện Biên Phủ",)), ("004", ("Bến Tre",))],
)
def test_the_place_of_an_article_is_shared_by_all_its_passages(
    articles: dict[str, Article], number: str, names: tuple[str]
) -> None:
    assert {passage.names for passage in split_passages(articles[number])} == {names}


def test_the_places_of_sections_are_shared_within_each_only(articles: dict[str, Article]) -> None:
    passages = [passage for passage in split_passages(articles["003"]) if passage.kind is not Kind.METADATA]
    names: dict[str | None, set[tuple[str, ...]]] = {}
    for passage in passages:
        names.setdefault(passage.section, set()).add(tuple(sorted(passage.names)))
    assert names == {
        None: {()},
        CA_MAU: {("Cà Mau",)},
        KON_TUM: {("Kon Tum", "Đăk Glei")},
        HA_GIANG: {("Hà Giang", "Quang Bình")},
    }
