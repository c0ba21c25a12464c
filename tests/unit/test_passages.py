"""Articles → passages: splitting, joining, and what an article says about itself."""

from datetime import date

from bot.corpus.passages import MAX_CHARACTERS, MIN_CHARACTERS, metadata_text, split_passages
from bot.model import Article, Caption, Kind, Paragraph, Passage

LONG_ENOUGH = "Đoạn này đủ dài để tự nó là một đoạn trả lời."
SENTENCE = "Câu này nói về một cây cầu mới ở xã Tân Lập, huyện Phú Hòa."


def article(*texts: str, section: str | None = None) -> Article:
    paragraphs = tuple(Paragraph(number, text, section) for number, text in enumerate(texts, start=1))
    return Article("a.txt", "Một tựa đề", sections=(section,) if section else (), paragraphs=paragraphs)


def paragraphs(of: Article) -> list[Passage]:
    return [passage for passage in split_passages(of) if passage.kind is Kind.PARAGRAPH]


def test_one_paragraph_is_one_passage() -> None:
    passages = paragraphs(article(LONG_ENOUGH, SENTENCE))
    assert [(passage.text, passage.paragraph) for passage in passages] == [(LONG_ENOUGH, 1), (SENTENCE, 2)]


def test_an_over_long_paragraph_is_split_at_sentences() -> None:
    text = " ".join(f"{SENTENCE[:-1]} số {number}." for number in range(100))
    passages = paragraphs(article(text))
    assert len(passages) == -(-len(text) // MAX_CHARACTERS)
    assert " ".join(passage.text for passage in passages) == text
    assert all(passage.text.startswith("Câu này") and passage.text.endswith(".") for passage in passages)
    assert all(len(passage.text) <= MAX_CHARACTERS for passage in passages)
    assert {passage.paragraph for passage in passages} == {1}


def test_a_paragraph_at_the_limit_stays_whole() -> None:
    text = ("từ " * MAX_CHARACTERS)[: MAX_CHARACTERS - 1] + "."
    assert [passage.text for passage in paragraphs(article(text))] == [text]


def test_a_single_sentence_over_the_limit_is_split_at_spaces() -> None:
    text = " ".join(f"từ{number}" for number in range(1500))
    passages = paragraphs(article(text))
    assert len(passages) > 1
    assert all(len(passage.text) <= MAX_CHARACTERS for passage in passages)
    assert " ".join(passage.text for passage in passages) == text


def test_a_run_without_spaces_over_the_limit_loses_nothing() -> None:
    text = "x" * (3 * MAX_CHARACTERS + 7)
    passages = paragraphs(article(text))
    assert "".join(passage.text for passage in passages) == text
    assert all(len(passage.text) <= MAX_CHARACTERS for passage in passages)


def test_an_over_long_lead_is_split_too() -> None:
    lead = " ".join([SENTENCE] * 60)
    passages = [passage for passage in split_passages(Article("a.txt", "Tựa", lead=lead)) if passage.kind is Kind.LEAD]
    assert len(passages) > 1
    assert " ".join(passage.text for passage in passages) == lead
    assert {passage.paragraph for passage in passages} == {1}


def test_an_over_short_paragraph_joins_the_one_after_it() -> None:
    passages = paragraphs(article(LONG_ENOUGH, "Ngắn thôi.", SENTENCE))
    assert [passage.text for passage in passages] == [f"{LONG_ENOUGH} Ngắn thôi.", SENTENCE] or [
        passage.text for passage in passages
    ] == [LONG_ENOUGH, f"Ngắn thôi. {SENTENCE}"]


def test_an_over_short_first_paragraph_joins_the_second() -> None:
    (passage,) = paragraphs(article("Ngắn thôi.", SENTENCE))
    assert passage.text == f"Ngắn thôi. {SENTENCE}"
    assert passage.paragraph == 1


def test_an_over_short_last_paragraph_joins_the_one_before() -> None:
    (passage,) = paragraphs(article(SENTENCE, "Hết."))
    assert passage.text == f"{SENTENCE} Hết."


def test_many_short_paragraphs_become_passages_that_are_long_enough() -> None:
    lines = [f"Dòng ngắn {number}." for number in range(20)]
    passages = paragraphs(article(*lines))
    assert " ".join(passage.text for passage in passages) == " ".join(lines)
    assert all(len(passage.text) >= MIN_CHARACTERS for passage in passages)


def test_a_short_paragraph_never_joins_over_a_heading() -> None:
    of = Article(
        "a.txt",
        "Tựa",
        sections=("Phần một", "Phần hai"),
        paragraphs=(
            Paragraph(1, SENTENCE, "Phần một"),
            Paragraph(2, "Hết.", "Phần một"),
            Paragraph(3, "Ngắn.", "Phần hai"),
        ),
    )
    assert [(passage.text, passage.section) for passage in paragraphs(of)] == [
        (f"{SENTENCE} Hết.", "Phần một"),
        ("Ngắn.", "Phần hai"),
    ]


def test_order_is_metadata_lead_then_sections_then_captions() -> None:
    of = Article(
        "a.txt",
        "Tựa",
        lead=LONG_ENOUGH,
        sections=("Phần một", "Phần hai"),
        paragraphs=(Paragraph(2, SENTENCE), Paragraph(3, SENTENCE, "Phần một"), Paragraph(4, SENTENCE, "Phần hai")),
        captions=(Caption("Một tấm ảnh. Ảnh: A", "A", "Phần một"),),
    )
    assert [(passage.kind.value, passage.paragraph, passage.section) for passage in split_passages(of)] == [
        ("metadata", None, None),
        ("lead", 1, None),
        ("paragraph", 2, None),
        ("heading", None, "Phần một"),
        ("paragraph", 3, "Phần một"),
        ("heading", None, "Phần hai"),
        ("paragraph", 4, "Phần hai"),
        ("caption", None, "Phần một"),
    ]


def test_a_heading_without_paragraphs_is_a_passage_all_the_same() -> None:
    of = Article("a.txt", "Tựa", sections=("Phần trống",), paragraphs=(Paragraph(1, SENTENCE),))
    assert [passage.text for passage in split_passages(of) if passage.kind is Kind.HEADING] == ["Phần trống"]


def test_metadata_has_a_line_for_each_thing_known() -> None:
    of = Article(
        "a.txt",
        "Khánh thành cầu",
        kicker="Giao thông",
        source="Báo Đồng Khởi",
        source_tag="BDK",
        published=date(2024, 3, 5),
        date_line="Thứ Ba, 05/03/2024",
        authors=("Lê An",),
        byline="Bài, ảnh: Lê An",
    )
    assert metadata_text(of).split("\n") == [
        "Khánh thành cầu",
        "Chuyên mục: Giao thông",
        "Ngày đăng: Thứ Ba, 05/03/2024",
        "Tác giả: Bài, ảnh: Lê An",
        "Nguồn: Báo Đồng Khởi (BDK)",
    ]


def test_metadata_of_an_article_that_says_nothing_is_its_title() -> None:
    assert metadata_text(Article("a.txt", "Khánh thành cầu")) == "Khánh thành cầu"


def test_a_source_without_a_tag_is_named_alone() -> None:
    assert metadata_text(Article("a.txt", "Tựa", source="Báo Làng")) == "Tựa\nNguồn: Báo Làng"


# Places


def names(of: Article) -> dict[str, tuple[str, ...]]:
    return {passage.text: passage.names for passage in split_passages(of)}


def test_the_place_in_the_title_is_shared_by_every_passage() -> None:
    of = Article("a.txt", "Huyện Phú Hòa khánh thành cầu", paragraphs=(Paragraph(1, LONG_ENOUGH), Paragraph(2, SENTENCE)))
    assert set(names(of).values()) == {("Phú Hòa",)}


def test_a_place_in_a_heading_belongs_to_its_section_alone() -> None:
    of = Article(
        "a.txt",
        "Làm cầu ở nhiều nơi",
        sections=("Phú Hòa: Góp công", "Sông Lam: Góp của"),
        paragraphs=(
            Paragraph(1, LONG_ENOUGH, "Phú Hòa: Góp công"),
            Paragraph(2, f"{LONG_ENOUGH} Hết.", "Sông Lam: Góp của"),
        ),
    )
    shared = names(of)
    assert shared[LONG_ENOUGH] == ("Phú Hòa",)
    assert shared[f"{LONG_ENOUGH} Hết."] == ("Sông Lam",)
    assert shared["Làm cầu ở nhiều nơi"] == ("Phú Hòa", "Sông Lam")


def test_an_article_that_names_no_place_shares_none() -> None:
    assert set(names(article(LONG_ENOUGH)).values()) == {()}


def test_the_place_named_most_often_serves_where_title_and_lead_name_none() -> None:
    texts = [f"Huyện Phú Hòa làm cầu số {number} trong năm nay." for number in (1, 2, 3)]
    of = article(*texts, "Xã khác thuộc huyện Sông Lam cũng có cầu.", LONG_ENOUGH)
    assert names(of)[LONG_ENOUGH] == ("Phú Hòa",)
