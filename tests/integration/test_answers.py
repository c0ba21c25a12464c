"""Answers over the seeds: what is shown, marked and cited; what is refused; and what a small corpus makes of ties."""

import itertools
from dataclasses import replace
from pathlib import Path

import pytest

from bot.answering.engine import Engine
from bot.answering.evidence import Inquiry
from bot.bootstrap import open_engine
from bot.config import Settings
from bot.evaluation.gold import load_gold
from bot.language.normalize import clean_text
from bot.language.reading import read_question
from bot.model import Answer, Hit, Kind, SmallTalk, Status
from bot.retrieval.query import build_query

GOLD = Path(__file__).parent.parent / "gold"
QUESTIONS = [gold.question for gold in load_gold(sorted(GOLD.glob("*.jsonl")))][::2]  # enough for what holds for every one
BAC_LIEU = "Năm 2024, TP. Bạc Liêu kết nạp được bao nhiêu đảng viên mới?"


@pytest.fixture(scope="module")
def answers(seeds_engine: Engine) -> list[Answer]:
    """The answers to every second gold question, each asked alone."""
    return [seeds_engine.answer(question, k=5) for question in QUESTIONS]


def sentence(hit: Hit) -> str:
    return hit.passage.text[slice(*hit.answer)]


def marked(hit: Hit) -> list[str]:
    return [hit.passage.text[start:end] for start, end in hit.highlights]


def engine_over(folder: Path, texts: dict[str, str]) -> Engine:
    corpus = folder / "bai"
    corpus.mkdir()
    for name, text in texts.items():
        (corpus / name).write_text(text, "utf-8")
    return open_engine(Settings(corpus=corpus, index=folder / "chi-muc"))


# What is shown


def test_the_hit_its_sentence_and_its_citation(seeds_engine: Engine) -> None:
    answer = seeds_engine.answer(BAC_LIEU)
    assert answer.status is Status.ANSWERED
    assert answer.missing == ()
    assert answer.suggestions == ()
    hit = answer.hits[0]
    assert sentence(hit).startswith("Trong năm 2024, đã kết nạp 144 đảng viên")
    assert hit.citation.file == "000_b7dccee3c0345c9d.txt"
    assert hit.citation.title.startswith("TP. Bạc Liêu: Nâng cao")
    assert hit.citation.authors == ("Chí Thiện",)
    assert hit.citation.paragraph == hit.passage.paragraph == 6


@pytest.mark.parametrize(
    ("question", "kind", "said"),
    [
        ("Thị trấn Giồng Trôm đạt bao nhiêu tiêu chí đô thị loại V?", Kind.PARAGRAPH, "55/59 tiêu chí"),
        ("Bí thư Đảng ủy phường Mường Thanh là ai?", Kind.PARAGRAPH, "Trần Quốc Hải"),
        ("Đăk Glei có bao nhiêu đảng viên nữ?", Kind.PARAGRAPH, "886 đảng viên là nữ"),
        ("Ai tặng sổ tiết kiệm cho trẻ mồ côi?", Kind.CAPTION, "Hội Phụ nữ Công an tỉnh"),
        ("Ảnh tặng sổ tiết kiệm cho trẻ mồ côi do ai chụp?", Kind.CAPTION, "Ảnh: T.A"),
        ("Tạo niềm tin vững chắc cho Nhân dân", Kind.HEADING, "Tạo niềm tin"),
        ("Ai là tác giả bài viết về Giồng Trôm?", Kind.METADATA, "Ánh Nguyệt"),
        ("Bài về Điện Biên Phủ đăng ngày nào?", Kind.METADATA, "14/08/2020"),
        ("Bài Thị trấn Giồng Trôm đăng báo nào?", Kind.METADATA, "Báo Đồng Khởi"),
    ],
)
def test_every_part_of_an_article_is_answerable(seeds_engine: Engine, question: str, kind: Kind, said: str) -> None:
    answer = seeds_engine.answer(question)
    assert answer.status is Status.ANSWERED
    assert answer.hits[0].passage.kind is kind
    assert said in sentence(answer.hits[0])


def test_spans_are_true_to_the_passage(answers: list[Answer]) -> None:
    for hit in (hit for answer in answers for hit in answer.hits):
        text = hit.passage.text
        start, end = hit.answer
        assert 0 <= start < end <= len(text)
        assert text[start:end].strip() == text[start:end]
        assert all(0 <= first < last <= len(text) for first, last in hit.highlights)
        assert all(one[1] <= two[0] for one, two in itertools.pairwise(hit.highlights))
        for first, last in hit.highlights:  # whole words only
            assert first == 0 or not (text[first - 1].isalnum() and text[first].isalnum())
            assert last == len(text) or not (text[last - 1].isalnum() and text[last].isalnum())


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("Đăk Glei có bao nhiêu đảng viên nữ?", {"Đăk Glei", "đảng viên", "nữ"}),
        ("dak glei co bao nhieu dang vien nu", {"Đăk Glei", "đảng viên", "nữ"}),
        ("Ai tặng sổ tiết kiệm cho trẻ mồ côi?", {"tặng sổ tiết kiệm", "trẻ mồ côi"}),
    ],
)
def test_highlights_are_where_the_words_are(seeds_engine: Engine, question: str, words: set[str]) -> None:
    assert set(marked(seeds_engine.answer(question).hits[0])) == words


def test_a_short_form_is_marked_as_it_is_printed(seeds_engine: Engine) -> None:
    hit = seeds_engine.answer("Nội dung tăng 9 chỉ tiêu trong nghị quyết Thành ủy Bến Tre năm 2021").hits[0]
    assert "NQ" in marked(hit)


def test_missing_terms_are_the_persons_own_words(answers: list[Answer]) -> None:
    for question, answer in zip(QUESTIONS, answers, strict=True):
        assert [term for hit in answer.hits for term in hit.missing if term not in clean_text(question)] == []
        if answer.hits:
            assert answer.missing == answer.hits[0].missing


def test_what_a_weaker_hit_lacks_is_said(seeds_engine: Engine) -> None:
    first, second, *_ = seeds_engine.answer("Thị trấn Giồng Trôm đạt bao nhiêu tiêu chí đô thị loại V?").hits
    assert first.missing == ()
    assert {"tiêu chí", "đô thị", "loại V"} <= set(second.missing)


@pytest.mark.parametrize("k", [1, 2, 5])
def test_k_is_the_most_hits_and_a_larger_k_only_adds(seeds_engine: Engine, k: int) -> None:
    hits = seeds_engine.answer(BAC_LIEU, k=k).hits
    assert [hit.rank for hit in hits] == list(range(1, k + 1))
    assert hits == seeds_engine.answer(BAC_LIEU, k=8).hits[:k]


def test_k_below_one_is_a_programming_error(seeds_engine: Engine) -> None:
    with pytest.raises(ValueError, match="k must be at least 1"):
        seeds_engine.answer(BAC_LIEU, k=0)


def test_no_passage_is_shown_twice(answers: list[Answer]) -> None:
    for answer in answers:
        assert len({hit.passage for hit in answer.hits}) == len(answer.hits)


def test_shares_explain_a_score_on_request(seeds_engine: Engine) -> None:
    assert seeds_engine.answer(BAC_LIEU).hits[0].shares == ()
    shares = seeds_engine.answer(BAC_LIEU, explain=True).hits[0].shares
    assert {"2024", "kết nạp"} <= {share.term for share in shares}
    values = [share.share for share in shares]
    assert values == sorted(values, reverse=True)


# Near-duplicates and ties


def test_near_duplicates_are_folded(tmp_path: Path) -> None:
    told = "Sáng qua, hợp tác xã thu mua mười tấn ổi của bà con trong vùng để chở về thành phố bán dịp rằm."
    other = "Năm ngoái, thương lái mua ổi tại vườn với giá cao hơn."
    engine = engine_over(
        tmp_path,
        {
            "mot.txt": f"Mùa ổi\n\n{told}\n\n{other}\n",
            "hai.txt": f"Ổi được giá\n\n{told.replace('Sáng qua', 'Hôm qua')}\n",
        },
    )
    hits = engine.answer("Hợp tác xã thu mua mấy tấn ổi?", k=5).hits
    assert len([hit for hit in hits if "hợp tác xã thu mua" in hit.passage.text]) == 1
    assert any(hit.passage.text == other for hit in hits)


def test_equal_scores_keep_the_order_of_the_corpus(tmp_path: Path) -> None:
    texts = {
        "c.txt": "Tin cuối\n\nĐội bóng xanh luyện tập mỗi chiều trong sân nhỏ cạnh trường.\n",
        "a.txt": "Tin đầu\n\nĐội bóng vàng chuẩn bị suốt tuần giữa phố lớn ngoài chợ.\n",
        "b.txt": "Tin giữa\n\nĐội bóng trắng khởi động từng sáng bên hồ rộng gần đình.\n",
    }
    hits = engine_over(tmp_path, texts).answer("đội bóng", k=5).hits
    assert [hit.citation.file for hit in hits] == ["a.txt", "b.txt", "c.txt"]
    assert len({hit.score for hit in hits}) == 1


# Several places


@pytest.mark.parametrize(
    ("question", "places"),
    [
        ("Cà Mau và Hà Giang đổi mới việc gì?", {"Cà Mau", "Hà Giang"}),
        ("Kon Tum hay Hà Giang có nhiều đảng viên hơn?", {"Kon Tum", "Hà Giang"}),
        ("Bạc Liêu và Bến Tre kỷ luật bao nhiêu đảng viên?", {"Bạc Liêu", "Bến Tre"}),
        ("ben tre va bac lieu ky luat may dang vien", {"Bạc Liêu", "Bến Tre"}),
        ("Bạc Liêu, Bến Tre và Điện Biên Phủ kiểm tra bao nhiêu đảng viên?", {"Bạc Liêu", "Bến Tre", "Điện Biên Phủ"}),
    ],
)
def test_each_place_has_its_passage_before_any_has_a_second(seeds_engine: Engine, question: str, places: set[str]) -> None:
    answer = seeds_engine.answer(question, k=5)
    assert answer.status is Status.ANSWERED
    first = answer.hits[: len(places)]
    assert {name for hit in first for name in hit.passage.names} & places == places
    assert all(len(set(hit.passage.names) & places) == 1 for hit in first)


# Refusing

REFUSED = [
    "Năm 2023, TP. Bạc Liêu kết nạp được bao nhiêu đảng viên mới?",
    "Tỉnh Quảng Ninh kết nạp bao nhiêu đảng viên?",
    "Chủ tịch UBND tỉnh Điện Biên là ai?",
    "kết quả xổ số miền nam hôm nay",
    "dịch câu này sang tiếng Anh",
    "mấy giờ rồi",
]


@pytest.mark.parametrize(
    ("question", "missing"),
    [
        (REFUSED[0], "2023"),
        ("nam 2019 bac lieu ket nap bao nhieu dang vien", "2019"),
        ("Năm 2030 Đăk Glei có bao nhiêu đảng viên nữ?", "2030"),
        (REFUSED[1], "Quảng Ninh"),
        ("Sóc Trăng có bao nhiêu đảng viên?", "Sóc Trăng"),
        ("Quý III-2021 Bến Tre kỷ luật bao nhiêu đảng viên?", "Quý III"),
        (REFUSED[2], "Chủ tịch"),
    ],
)
def test_another_year_province_or_post_is_refused_with_what_is_missing(
    seeds_engine: Engine, question: str, missing: str
) -> None:
    answer = seeds_engine.answer(question)
    assert answer.status is Status.NOT_FOUND
    assert missing in answer.missing


@pytest.mark.parametrize(
    ("question", "file"),
    [
        ("Đô thị loại V ở Bến Tre đã đạt bao nhiêu tiêu chí?", "001_c2621e674c0475ab.txt"),  # it is Giồng Trôm's
        ("Điện Biên có bao nhiêu cán bộ, công chức, viên chức?", "002_87ee905287b6b9a1.txt"),
    ],
)
def test_a_district_is_in_its_province(seeds_engine: Engine, question: str, file: str) -> None:
    answer = seeds_engine.answer(question)
    assert answer.status is Status.ANSWERED
    assert answer.hits[0].citation.file == file


def test_a_short_form_that_may_be_a_place_decides_nothing(seeds_engine: Engine) -> None:
    reading = read_question("Xây dựng CM ở Giồng Trôm thế nào?", seeds_engine.index, seeds_engine.tables)
    terms = Inquiry(build_query(reading, seeds_engine.index, seeds_engine.weights), seeds_engine.index).terms
    assert {term.typed: term.decisive for term in terms if term.place} == {"CM": False, "Giồng Trôm": True}


def test_a_deputy_is_not_the_holder_of_the_post(seeds_engine: Engine) -> None:
    assert seeds_engine.answer("Bí thư Thành ủy Bến Tre là ai?").status is Status.NOT_FOUND
    answer = seeds_engine.answer("Phó Bí thư Thường trực Thành ủy Bến Tre là ai?")
    assert answer.status is Status.ANSWERED
    assert "Võ Thanh Hồng" in answer.hits[0].passage.text


@pytest.mark.parametrize("question", REFUSED)
def test_a_refusal_offers_near_passages_and_three_questions_that_are_answered(seeds_engine: Engine, question: str) -> None:
    answer = seeds_engine.answer(question)
    assert answer.status is Status.NOT_FOUND
    assert 1 <= len(answer.hits) <= 3
    assert len(set(answer.suggestions)) == 3
    assert [seeds_engine.answer(one).status for one in answer.suggestions] == [Status.ANSWERED] * 3


@pytest.mark.parametrize("question", ["", "???", "🙂", "\x00\x07", "\ud800", "là của và"])
def test_a_question_without_content_is_refused(seeds_engine: Engine, question: str) -> None:
    answer = seeds_engine.answer(question)
    assert answer.status is Status.NOT_FOUND
    assert answer.question == question
    assert len(answer.suggestions) == 3


def test_a_question_of_a_million_letters_is_read_in_part(seeds_engine: Engine) -> None:
    answer = seeds_engine.answer(BAC_LIEU + " " + "x" * 1_000_000)
    assert "kết nạp 144 đảng viên" in answer.hits[0].passage.text


def test_what_is_refused_stays_refused_with_more_caution(seeds_engine: Engine, answers: list[Answer]) -> None:
    bold, careful = replace(seeds_engine, caution=0.0), replace(seeds_engine, caution=1.0)
    refused = [answer.question for answer in answers if answer.status is Status.NOT_FOUND]
    answered = [answer.question for answer in answers if answer.status is Status.ANSWERED][::2]
    assert {careful.answer(question, k=1).status for question in refused} == {Status.NOT_FOUND}
    assert {bold.answer(question, k=1).status for question in answered} == {Status.ANSWERED}
    # and it makes a difference, both ways
    assert Status.ANSWERED in {bold.answer(question, k=1).status for question in refused}
    assert Status.NOT_FOUND in {careful.answer(question, k=1).status for question in answered}


def test_caution_changes_no_passage(seeds_engine: Engine) -> None:
    bold, careful = replace(seeds_engine, caution=0.0), replace(seeds_engine, caution=1.0)
    for question in (BAC_LIEU, *REFUSED):
        assert bold.answer(question).hits == careful.answer(question).hits


@pytest.mark.parametrize(
    ("message", "kind"),
    [
        ("Xin chào", SmallTalk.GREETING),
        ("cảm ơn bạn nhé", SmallTalk.THANKS),
        ("bạn là ai?", SmallTalk.WHO),
        ("tạm biệt", SmallTalk.FAREWELL),
    ],
)
def test_small_talk_is_not_searched(seeds_engine: Engine, message: str, kind: SmallTalk) -> None:
    answer = seeds_engine.answer(message)
    assert answer.small_talk is kind
    assert answer.hits == answer.suggestions == answer.missing == ()


def test_a_greeting_before_a_question_is_no_small_talk(seeds_engine: Engine) -> None:
    answer = seeds_engine.answer("Chào ad, năm 2024 Bạc Liêu kết nạp bao nhiêu đảng viên ạ?")
    assert answer.small_talk is None
    assert answer.status is Status.ANSWERED
    assert "144 đảng viên" in sentence(answer.hits[0])
