"""
Articles in many layouts: the files of tests/layouts against the description beside each, then small cases.

The descriptions give paragraphs, lead and captions by their beginnings, without a source tag ("BDK - ", "(NLĐ) - ").
"""

# ruff: noqa: DTZ001 (articles print local time)

import json
import re
import unicodedata
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from bot.corpus.layout import parse_article
from bot.corpus.tables import load_layout_tables
from bot.language.normalize import clean_text
from bot.model import Article

LAYOUTS = sorted((Path(__file__).resolve().parent.parent / "layouts").glob("*.txt"))
BODY = (
    "Sáng nay, xã Tân Lập khánh thành cây cầu bắc qua rạch Sậy sau tám tháng thi công liên tục.",
    "Cầu dài 42 m, rộng 3,5 m, tổng kinh phí 2,7 tỷ đồng do Nhà nước và nhân dân cùng làm.",
    "Bà Trần Thị Mai cho biết cây cầu giúp 180 hộ dân ấp Đông đi lại thuận tiện hơn trước.",
)


def parse(*lines: str) -> Article:
    return parse_article("a.txt", "\n\n".join(lines), load_layout_tables())


def body(article: Article) -> list[str]:
    """Lead and paragraphs in order."""
    return [article.lead or "", *(paragraph.text for paragraph in article.paragraphs)]


def all_text(article: Article) -> str:
    captions = [caption.text for caption in article.captions]
    return "\n".join([article.title, article.kicker or "", *body(article), *article.sections, *captions])


def without_tag(text: str | None) -> str:
    return re.sub(r"^\(?[A-ZĐ&]{2,8}\)?\s*[-–]\s+", "", text or "")


def begins(texts: list[str], beginnings: list[str]) -> bool:
    return len(texts) == len(beginnings) and all(map(str.startswith, texts, beginnings))


def differences(article: Article, expected: dict[str, Any]) -> dict[str, Any]:
    """The fields in which the article is not as described → what it has there."""
    unsure = set(expected.get("unsure", ()))
    exact = {
        "title": article.title,
        "kicker": article.kicker,
        "source": article.source,
        "published": article.published.isoformat() if article.published else None,
        "authors": list(article.authors),
        "sections": list(article.sections),
        "credits": [caption.credit for caption in article.captions],
    }
    wrong = {name: value for name, value in exact.items() if name not in unsure and value != expected[name]}
    lead, paragraphs = without_tag(article.lead), [without_tag(paragraph.text) for paragraph in article.paragraphs]
    captions = [caption.text for caption in article.captions]
    if "lead" in unsure:  # whether the first paragraph is the lead is open, but not the order
        first = [expected["lead"]] if expected["lead"] else []
        if not begins([text for text in [lead, *paragraphs] if text], first + expected["paragraphs"]):
            wrong["lead and paragraphs"] = [lead, *paragraphs]
    else:
        if not begins([lead] if lead else [], [expected["lead"]] if expected["lead"] else []):
            wrong["lead"] = lead
        if "paragraphs" not in unsure and not begins(paragraphs, expected["paragraphs"]):
            wrong["paragraphs"] = paragraphs
    if "captions" not in unsure and not begins(captions, expected["captions"]):
        wrong["captions"] = captions
    return wrong


@pytest.mark.parametrize("path", LAYOUTS, ids=[path.stem for path in LAYOUTS])
def test_layout(path: Path) -> None:
    expected = json.loads(path.with_suffix(".json").read_text("utf-8"))
    if "captions" in expected.get("unsure", ()):
        expected["unsure"].append("credits")
    article = parse_article(path.name, path.read_bytes().decode("utf-8-sig"), load_layout_tables())
    assert differences(article, expected) == {}
    text = all_text(article)
    for beginning in [expected["title"], *expected["paragraphs"], *expected["captions"], *expected["sections"]]:
        assert beginning in text
    for furniture in expected["absent"]:
        assert clean_text(furniture) not in text


def test_there_are_layouts_to_test() -> None:
    assert len(LAYOUTS) >= 10


# Characters and lines


def test_unicode_form_byte_order_mark_and_line_endings_make_no_difference() -> None:
    lines = ["Khánh thành cầu Rạch Sậy ở xã Tân Lập", "12/03/2024 - 08:15", *BODY, "Minh Khang"]
    plain = parse(*lines)
    assert plain.authors == ("Minh Khang",)
    assert plain.lead == BODY[0]
    tables = load_layout_tables()
    text = "\n\n".join(lines)
    for written in (
        "\ufeff" + text,
        unicodedata.normalize("NFD", text),
        text.replace("\n", "\r\n"),
        text.replace("\n", "\r"),
        text.replace("\n\n", "\n"),
        text.replace("\n\n", "\u2029"),
        text.replace("\n\n", "\x0c"),
        text.replace(" ", "\u00a0"),
        f"\n\n  \t{text}\n \n",
    ):
        assert parse_article("a.txt", written, tables) == plain


@pytest.mark.parametrize("ending", ["\x0b", "\x0c", "\x85", "\u2028", "\u2029", "\r", "\r\n"])
def test_odd_line_breaks_separate_paragraphs(ending: str) -> None:
    article = parse_article("a.txt", ending.join(["Một tựa đề", *BODY]), load_layout_tables())
    assert article.title == "Một tựa đề"
    assert [text for text in body(article) if text] == list(BODY)


def test_one_line_gives_its_first_sentence_as_title_and_loses_nothing() -> None:
    article = parse(" ".join(BODY))
    assert article.title == BODY[0]
    assert [paragraph.text for paragraph in article.paragraphs] == [f"{BODY[1]} {BODY[2]}"]


def test_one_sentence_is_title_and_text_at_once() -> None:
    article = parse(BODY[0])
    assert article.title == BODY[0]
    assert BODY[0] in body(article)


def test_a_title_alone_over_furniture_still_is_an_article() -> None:
    assert parse("Cầu mới ở Tân Lập", "Chia sẻ bài viết").title == "Cầu mới ở Tân Lập"


def test_sixty_thousand_words_keep_every_paragraph_in_order() -> None:
    paragraphs = [f"Đoạn thứ {number} kể chuyện xây cầu, {'làm đường và trồng cây ' * 9}ở xã." for number in range(1250)]
    article = parse("Một bài báo rất dài về xã Tân Lập", "12/03/2024 - 08:15", *paragraphs, "Minh Khang")
    assert sum(len(text.split()) for text in body(article)) > 60_000
    assert body(article) == paragraphs
    assert [paragraph.number for paragraph in article.paragraphs] == list(range(2, 1251))


@pytest.mark.parametrize("text", ["", "\n\n", " \u00a0 ", "\ufeff", "\x0c"])
def test_nothing_gives_an_article_without_anything(text: str) -> None:
    assert parse_article("a.txt", text, load_layout_tables()) == Article("a.txt", "")


def test_an_unknown_layout_is_title_and_paragraphs() -> None:
    article = parse("Tựa đề không có gì khác", *BODY)
    assert article.title == "Tựa đề không có gì khác"
    assert [paragraph.text for paragraph in article.paragraphs] == list(BODY)
    assert (article.lead, article.published, article.authors, article.source) == (None, None, (), None)


# Dates


@pytest.mark.parametrize(
    ("line", "published"),
    [
        ("12/03/2024 - 08:15", datetime(2024, 3, 12, 8, 15)),
        ("Thứ Ba, 12/03/2024 | 08:15", datetime(2024, 3, 12, 8, 15)),
        ("08:15 - Thứ Ba, 12/03/2024 Lượt xem: 5201 In bài viết", datetime(2024, 3, 12, 8, 15)),
        ("Thứ ba, 12/3/2024 8h15", datetime(2024, 3, 12, 8, 15)),
        ("Cập nhật lúc 08:15, ngày 12-03-2024", datetime(2024, 3, 12, 8, 15)),
        ("Ngày đăng: 12.03.2024 08:15:30", datetime(2024, 3, 12, 8, 15)),
        ("Thứ Ba, 12/03/2024, 08:15 (GMT+7)", datetime(2024, 3, 12, 8, 15)),
        ("Chủ nhật, 10/03/2024 20:00", datetime(2024, 3, 10, 20, 0)),
        ("12/03/2024", date(2024, 3, 12)),
        ("Ngày 12 tháng 3 năm 2024", date(2024, 3, 12)),
        ("Thứ Ba, ngày 12 tháng 3 năm 2024, 8 giờ 15 phút", datetime(2024, 3, 12, 8, 15)),
    ],
)
def test_date_lines(line: str, published: datetime | date) -> None:
    article = parse("Khánh thành cầu Rạch Sậy ở Tân Lập", line, *BODY)
    assert article.published == published
    assert type(article.published) is type(published)
    assert body(article) == list(BODY)


@pytest.mark.parametrize(
    "line",
    [
        "32/03/2024 - 08:15",
        "Hội nghị diễn ra ngày 12/03/2024 tại hội trường xã Tân Lập.",
        "Từ ngày 12/03/2024 đến ngày 15/03/2024, xã tổ chức hội trại.",
    ],
)
def test_what_is_no_date_line_stays_in_the_text(line: str) -> None:
    article = parse("Khánh thành cầu Rạch Sậy ở Tân Lập", line, *BODY)
    assert article.published is None
    assert line in all_text(article)


@pytest.mark.parametrize("place", [0, 1, 2])
def test_the_date_may_stand_before_the_title_after_it_or_after_the_lead(place: int) -> None:
    lines = ["Khánh thành cầu Rạch Sậy ở Tân Lập", *BODY]
    lines.insert(place, "12/03/2024 - 08:15")
    article = parse(*lines)
    assert article.title == "Khánh thành cầu Rạch Sậy ở Tân Lập"
    assert article.published == datetime(2024, 3, 12, 8, 15)
    assert body(article) == list(BODY)


# Authors and sources


@pytest.mark.parametrize(
    ("line", "authors"),
    [
        ("Minh Khang", ("Minh Khang",)),
        ("MINH KHANG", ("MINH KHANG",)),
        ("Huyền Thu - Hồng Quốc", ("Huyền Thu", "Hồng Quốc")),
        ("Huyền Thu – Hồng Quốc – Lê An", ("Huyền Thu", "Hồng Quốc", "Lê An")),
        ("Huyền Thu, Hồng Quốc", ("Huyền Thu", "Hồng Quốc")),
        ("Huyền Thu và Hồng Quốc", ("Huyền Thu", "Hồng Quốc")),
        ("Bài, ảnh: Ánh Nguyệt", ("Ánh Nguyệt",)),
        ("Bài và ảnh: Ánh Nguyệt", ("Ánh Nguyệt",)),
        ("Tin, ảnh: H.Quốc", ("H.Quốc",)),
        ("Tác giả: Lê Thị Hoài An", ("Lê Thị Hoài An",)),
        ("Thực hiện: Lê An", ("Lê An",)),
        ("Bùi An (th)", ("Bùi An",)),
        ("Bùi An (tổng hợp)", ("Bùi An",)),
        ("Bùi An (theo TTXVN)", ("Bùi An",)),
    ],
)
def test_bylines_at_the_end(line: str, authors: tuple[str, ...]) -> None:
    article = parse("Khánh thành cầu Rạch Sậy ở Tân Lập", "12/03/2024 - 08:15", *BODY, line)
    assert article.authors == authors
    assert article.byline == line
    assert body(article) == list(BODY)


@pytest.mark.parametrize(
    "lines", [("Bài: Minh Khang", "Ảnh: Lê An"), ("Ảnh: Lê An", "Minh Khang"), ("Minh Khang", "Ảnh: Lê An")]
)
def test_writer_and_photographer_on_lines_of_their_own(lines: tuple[str, str]) -> None:
    article = parse("Khánh thành cầu Rạch Sậy ở Tân Lập", "12/03/2024", *BODY, *lines)
    assert article.authors == ("Minh Khang",)
    assert article.byline == "; ".join(lines)
    assert body(article) == list(BODY)
    assert article.captions == ()


def test_a_byline_under_the_title() -> None:
    article = parse("Khánh thành cầu Rạch Sậy ở Tân Lập", "Minh Khang", "12/03/2024", *BODY)
    assert article.authors == ("Minh Khang",)
    assert body(article) == list(BODY)


@pytest.mark.parametrize(
    ("last", "authors", "byline"),
    [
        ("Minh Khang", ("Minh Khang",), "Minh Khang"),
        ("Lê An", ("Minh Khang", "Lê An"), "Minh Khang; Lê An"),
    ],
)
def test_bylines_at_both_ends(last: str, authors: tuple[str, ...], byline: str) -> None:
    article = parse("Khánh thành cầu Rạch Sậy ở Tân Lập", "Minh Khang", "12/03/2024", *BODY, last)
    assert article.authors == authors
    assert article.byline == byline


def test_a_byline_on_the_date_line() -> None:
    article = parse("Khánh thành cầu Rạch Sậy ở Tân Lập", "Minh Khang - 12/03/2024 08:15", *BODY)
    assert article.authors == ("Minh Khang",)
    assert article.published == datetime(2024, 3, 12, 8, 15)


def test_a_name_within_the_text_is_no_byline() -> None:
    article = parse("Khánh thành cầu Rạch Sậy ở Tân Lập", "12/03/2024", BODY[0], "Trần Thị Mai", *BODY[1:])
    assert article.authors == ()
    assert "Trần Thị Mai" in all_text(article)


@pytest.mark.parametrize(
    "line",
    [
        "Hết.",
        "Xin cảm ơn ông!",
        "Cầu sẽ mở rộng vào năm 2026",
        "Theo đó, xã sẽ làm tiếp.",
        "Theo Nghị quyết thì xã làm tiếp.",
    ],
)
def test_a_last_line_that_is_no_byline_stays(line: str) -> None:
    article = parse("Khánh thành cầu Rạch Sậy ở Tân Lập", "12/03/2024", *BODY, line)
    assert article.authors == ()
    assert line in body(article)


@pytest.mark.parametrize(
    ("lead", "source"),
    [
        ("BDK - ", "Báo Đồng Khởi"),
        ("(NLĐ) - ", "Báo Người Lao Động"),
        ("(ĐCSVN) – ", "Báo điện tử Đảng Cộng sản Việt Nam"),
        ("XYZ - ", None),
        ("", None),
    ],
)
def test_source_tags(lead: str, source: str | None) -> None:
    article = parse("Khánh thành cầu Rạch Sậy ở Tân Lập", "12/03/2024", lead + BODY[0], *BODY[1:])
    assert article.source == source
    assert article.lead == lead + BODY[0]


@pytest.mark.parametrize(
    ("line", "source"),
    [
        ("Theo TTXVN", "Thông tấn xã Việt Nam"),
        ("(Nguồn: VOV)", "Đài Tiếng nói Việt Nam"),
        ("Theo Báo Làng", "Báo Làng"),
        ("Theo Báo Làng.", "Báo Làng"),
    ],
)
def test_source_lines_at_the_end(line: str, source: str) -> None:
    article = parse("Khánh thành cầu Rạch Sậy ở Tân Lập", "12/03/2024", *BODY, line)
    assert article.source == source
    assert body(article) == list(BODY)


# Captions, headings, furniture


@pytest.mark.parametrize(
    ("lines", "text", "credit"),
    [
        (["Cầu mới ngày khánh thành. Ảnh: H.Quốc"], "Cầu mới ngày khánh thành. Ảnh: H.Quốc", "H.Quốc"),
        (["Cầu mới ngày khánh thành (Ảnh: Lê An)"], "Cầu mới ngày khánh thành (Ảnh: Lê An)", "Lê An"),
        (["Cầu mới ngày khánh thành.", "Ảnh: Lê An"], "Cầu mới ngày khánh thành. Ảnh: Lê An", "Lê An"),
        (["Cầu mới ngày khánh thành."] * 2, "Cầu mới ngày khánh thành.", None),
        (["Cầu mới. Ảnh: A.B"] * 2, "Cầu mới. Ảnh: A.B", "A.B"),
        (["Trong ảnh: Người dân đi trên cầu mới."], "Trong ảnh: Người dân đi trên cầu mới.", None),
    ],
)
def test_captions(lines: list[str], text: str, credit: str | None) -> None:
    article = parse("Khánh thành cầu Rạch Sậy ở Tân Lập", "12/03/2024", BODY[0], BODY[1], *lines, BODY[2])
    assert [(caption.text, caption.credit) for caption in article.captions] == [(text, credit)]
    assert body(article) == list(BODY)


def test_paragraphs_and_captions_know_their_section() -> None:
    caption = "Người dân đi trên cầu mới. Ảnh: Lê An"
    article = parse(
        "Khánh thành cầu Rạch Sậy", "12/03/2024", BODY[0], "Góp công góp của", BODY[1], caption, "Vui ngày hội", BODY[2]
    )
    assert article.sections == ("Góp công góp của", "Vui ngày hội")
    assert [(paragraph.number, paragraph.section) for paragraph in article.paragraphs] == [
        (2, "Góp công góp của"),
        (3, "Vui ngày hội"),
    ]
    assert article.captions[0].section == "Góp công góp của"


def test_a_list_under_its_announcement_is_paragraphs() -> None:
    items = ["- Cầu Rạch Sậy;", "- Cầu Ông Tám;", "- Cầu Bà Bảy."]
    article = parse("Ba cây cầu mới của xã Tân Lập", "12/03/2024", BODY[0], "Ba cây cầu là:", *items)
    assert body(article) == [BODY[0], "Ba cây cầu là:", *items]


@pytest.mark.parametrize(
    "furniture",
    [
        "Xem thêm: Cầu khác cũng xong",
        "Thích 12 Chia sẻ",
        "Quảng cáo",
        "Chia sẻ qua Zalo",
        "Facebook",
        "Lượt xem: 1.874",
        "Về đầu trang",
    ],
)
def test_furniture_in_the_middle_goes_and_the_text_goes_on(furniture: str) -> None:
    article = parse("Khánh thành cầu Rạch Sậy ở Tân Lập", "12/03/2024", *BODY[:2], furniture, BODY[2], "Minh Khang")
    assert body(article) == list(BODY)
    assert furniture not in all_text(article)
    assert article.authors == ("Minh Khang",)


def test_a_block_of_links_in_the_middle_goes_and_the_text_goes_on() -> None:
    links = ["CÓ THỂ BẠN QUAN TÂM", "Xã bên cũng làm cầu", "Giá ổi tăng"]
    article = parse("Khánh thành cầu Rạch Sậy ở Tân Lập", "12/03/2024", BODY[0], *links, *BODY[1:], *BODY[1:], *BODY[1:])
    text = all_text(article)
    assert all(link not in text for link in links)
    assert all(paragraph in text for paragraph in BODY)


@pytest.mark.parametrize(
    "tail",
    [
        "BÌNH LUẬN",
        "Bình luận (2)",
        "Tin khác",
        "Tin liên quan",
        "CÓ THỂ BẠN QUAN TÂM",
        "thăm dò ý kiến",
        "Từ khóa: cầu, xã",
    ],
)
def test_what_stands_behind_the_article_goes(tail: str) -> None:
    article = parse("Khánh thành cầu Rạch Sậy ở Tân Lập", "12/03/2024", *BODY, "Minh Khang", tail, "Một lời bàn dài dòng.")
    assert article.authors == ("Minh Khang",)
    assert body(article) == list(BODY)


@pytest.mark.parametrize("line", ["ab > " * 60 + "hết.", "facebook " * 60 + "!", "Ảnh: " * 70, "An " * 26 + "?", "1." * 150])
def test_a_line_that_nearly_is_furniture_is_kept_without_long_search(line: str) -> None:
    # Patterns that can match one text in many ways would not come to an end here.
    article = parse("Khánh thành cầu Rạch Sậy ở Tân Lập", "12/03/2024", BODY[0], line, *BODY[1:])
    assert clean_text(line) in all_text(article)


def test_a_paragraph_that_only_mentions_comments_stays() -> None:
    paragraph = "Bình luận về cây cầu, bà Mai nói rằng tin khác vui hơn chưa từng có ở xã Tân Lập."
    assert paragraph in body(parse("Khánh thành cầu Rạch Sậy ở Tân Lập", "12/03/2024", BODY[0], paragraph))
