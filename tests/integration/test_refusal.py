"""What a passage shows decides whether it answers: over a few articles of our own."""

from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest

from bot.answering.answers import rank_examined
from bot.answering.engine import Engine
from bot.answering.evidence import Evidence, Inquiry
from bot.answering.refusal import ANCHORED, LOOSE, ON_TOPIC, shown
from bot.bootstrap import open_engine
from bot.config import Settings
from bot.language.reading import read_question
from bot.model import Status, Wanted
from bot.retrieval.query import build_query

ARTICLES = {
    "cau.txt": (
        "Xã Hòa Lạc: Khánh thành cầu Rạch Sậy\n\n12/05/2023 - 08:00\n\n"
        "Xã Hòa Lạc vừa khánh thành cầu Rạch Sậy sau tám tháng thi công.\n\n"
        "Cầu dài 48 m, rộng 3 m, 215 hộ dân đã góp công và tiền. Năm 2022, xã đã xây 4 cây cầu khác.\n\n"
        "Chủ tịch Hội Nông dân xã Đinh Thị Lựu cho biết hội đã vận động hội viên hiến đất làm đường dẫn lên cầu.\n\nMinh Tâm\n"
    ),
    "cho.txt": (
        "Chợ nổi Vàm Xáng đông trở lại\n\n03/02/2024 - 09:30\n\n"
        "Chợ nổi Vàm Xáng đông khách từ mùng 6 Tết, ghe bán trái cây chiếm phần lớn.\n\n"
        "Ban quản lý chợ đã lắp 12 phao tiêu, trong đó 5 phao có đèn, và phát áo phao miễn phí cho du khách. "
        "Theo Chỉ thị số 05, chợ họp 5 ngày một tuần.\n\n"
        "Khách tăng nhờ tuyến xe buýt mới mở tới bến. Hiện chợ có 140 ghe, riêng vụ này thêm 25 ghe; "
        "ghe trái cây chiếm 60%.\n\nThu Hà\n"
    ),
    "tranh.txt": (
        "Lớp vẽ của ông Tư Ren\n\n20/11/2023 - 07:15\n\n"
        "Hằng tuần, nhà ông Tư Ren rộn tiếng trẻ con tới học vẽ, môn các em thích nhất. Con trai ông tên Bon, mới lên sáu.\n\n"
        "Năm 2018, ông mở lớp đầu tiên cho chín em. Công ty Bút Sen tặng 60 hộp màu, một doanh nghiệp khác tặng giấy.\n\n"
        "Ông còn dựng thêm hai gian nhà lá, lập nhóm “Nét vẽ quê nhà” và bày 35 bức tranh trong sân.\n\n"
        "Từ năm 2021, mỗi bức tranh bán được 200.000 đồng. Trưởng ấp Lý A Sinh cho mượn bàn ghế. "
        "Dân số ấp hiện có 1.250 người. Văn bản của xã quy định mức thu của lớp vẽ.\n\nBảo Châu\n"
    ),
}


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    folder: Path = tmp_path_factory.mktemp("refusal")
    (folder / "bai").mkdir()
    for name, text in ARTICLES.items():
        (folder / "bai" / name).write_text(text, "utf-8")
    return open_engine(Settings(corpus=folder / "bai", index=folder / "index"))


def best_evidence(engine: Engine, question: str) -> tuple[Evidence, Inquiry]:
    """What the best passage shows of a question, and the question."""
    reading = read_question(question, engine.index, engine.tables)
    inquiry = Inquiry(build_query(reading, engine.index, engine.weights), engine.index)
    return rank_examined(engine.index, inquiry, engine.weights)[0].evidence, inquiry


@pytest.mark.parametrize(
    "question",
    [
        "Cầu Rạch Sậy dài bao nhiêu mét?",
        "Bao nhiêu hộ dân góp tiền làm cầu ở Hòa Lạc?",
        "Chủ tịch Hội Nông dân xã Hòa Lạc là ai?",
        "Chợ nổi Vàm Xáng lắp mấy phao tiêu?",
        "Bài nhắc tới chợ nổi Vàm Xáng đăng ngày nào?",
        "Công ty nào tặng hộp màu cho lớp vẽ?",
        "Nhóm vẽ mà ông Tư Ren lập mang tên gì?",
        "Ông Tư Ren lập nhóm vẽ mang tên gì?",
        "Con trai ông Tư Ren tên gì?",
        "Văn bản nào quy định mức thu của lớp vẽ?",
        "Dân số ấp của ông Tư Ren là bao nhiêu nghìn?",
        "Mỗi bức tranh bán được bao nhiêu tiền?",
        "Trưởng ấp cho ông Tư Ren mượn bàn ghế tên gì?",
        "Ông Tư Ren mở lớp vẽ đầu tiên năm nào?",
        "Chợ nổi Vàm Xáng có tất cả bao nhiêu ghe?",
        "Vì sao khách tới chợ nổi Vàm Xáng tăng?",
        "sao khách tới chợ nổi Vàm Xáng lại tăng vậy",
        "Cầu Rạch Sậy thi công bao lâu?",
        "Cây cầu Rạch Sậy ở xã nào?",
        "Ghe trái cây chiếm bao nhiêu % ở chợ nổi Vàm Xáng?",
        "Tỷ lệ ghe trái cây ở chợ nổi Vàm Xáng là bao nhiêu?",
        "Ghe trái cây chiếm bao nhiêu trong số ghe ở chợ nổi Vàm Xáng?",
        "Ban quản lý chợ nổi Vàm Xáng lắp tổng số bao nhiêu phao tiêu?",
        "Bao nhiêu hộ dân ở Hòa Lạc được quan tâm nhất?",
        "Trong 12 phao tiêu ở chợ nổi Vàm Xáng có mấy phao có đèn?",
        "Trong số phao tiêu của chợ nổi Vàm Xáng, bao nhiêu phao có đèn?",
        "Chợ nổi Vàm Xáng họp mấy ngày một tuần theo Chỉ thị 05?",  # "5 ngày" is not the 05 of the directive
        "Ở nhà ông Tư Ren trẻ con thích học môn nào nhất?",
        "cầu rạch sậy dài bn mét z",
        "Cầu Rạch Sây rông bao nhiêu mét?",  # without its tones
        "Năm 2022 xã Hòa Lạc có mấy cây cầu mới?",  # those of one year: it asks for no total
        "Năm 2018 ông Tư Ren dựng thêm mấy gian nhà lá?",  # the year stands in the paragraph before
    ],
)
def test_what_the_articles_say_is_answered(engine: Engine, question: str) -> None:
    assert engine.answer(question).status is Status.ANSWERED


@pytest.mark.parametrize(
    "question",
    [
        "Năm 2019 xã Hòa Lạc xây mấy cây cầu?",  # another year
        "Xã Phú Cường xây mấy cây cầu?",  # another place
        "Bí thư Đảng ủy xã Hòa Lạc là ai?",  # another post
        "Cầu Rạch Sậy tốn bao nhiêu tiền?",  # no sum of money
        "Hội Nông dân xã Hòa Lạc họp đại hội ngày nào?",  # no day
        "Tỉ số trận chung kết hôm qua là bao nhiêu?",
        "Doanh nghiệp tặng giấy cho lớp vẽ tên là gì?",  # it has no name
        "Hai gian nhà lá của lớp vẽ tốn bao nhiêu?",  # no sum beside them
        "Năm 2021 ông Tư Ren dựng thêm mấy gian nhà lá?",  # that year is told of later
        "Chợ nổi Vàm Xáng lập từ năm nào?",  # no year
        "Xã Hòa Lạc có bao nhiêu cây cầu?",  # only those of one year
        "Đi ghe tới chợ nổi Vàm Xáng mất bao lâu?",  # no time that it takes
        "Chợ nổi Vàm Xáng thuộc huyện nào?",  # no district
        "Bao nhiêu phần trăm hộ dân Hòa Lạc góp tiền làm cầu?",  # households, but no share
        "Trong 215 hộ dân góp công làm cầu Rạch Sậy có mấy hộ nghèo?",  # the whole, and no such part
        "Trong 20 phao tiêu ở chợ nổi Vàm Xáng có mấy phao có đèn?",  # another whole
        "Con ông Tư Ren học trường nào?",  # no school
        "Cầu Rạch Sậy nối với con đường nào?",  # no road with a name
        "Ghe nào ở chợ nổi Vàm Xáng bán đắt nhất?",  # nothing of the kind is the most
        "Chợ nổi Vàm Xáng họp mấy tháng một năm theo Chỉ thị 07?",  # another directive
        "Chợ nổi Vàm Xáng nghỉ mấy tháng?",  # days, and no months
        "Cầu Rạch Sậy khởi công ngày nào?",  # when it was opened, not begun
    ],
)
def test_what_they_do_not_say_is_refused(engine: Engine, question: str) -> None:
    assert engine.answer(question).status is Status.NOT_FOUND


@pytest.mark.parametrize(
    ("question", "told"),
    [("Vì sao khách tới chợ nổi Vàm Xáng tăng?", 1.0), ("Vì sao Hội Nông dân xã Hòa Lạc vận động hội viên hiến đất?", 0.0)],
)
def test_a_reason_is_told_by_words_for_reasons(engine: Engine, question: str, told: float) -> None:
    evidence, inquiry = best_evidence(engine, question)
    assert shown(evidence, inquiry)["grounds"] == told


@pytest.mark.parametrize(
    ("question", "lacking"),
    [
        ("Con ông Tư Ren học trường nào?", Wanted.NAME),
        ("Bí thư Hội Nông dân xã Hòa Lạc là ai?", Wanted.PERSON),
        ("Bao nhiêu phần trăm hộ dân Hòa Lạc góp tiền làm cầu?", Wanted.SHARE),
        ("Xã Hòa Lạc có bao nhiêu cây cầu?", Wanted.TOTAL),
        ("Cầu Rạch Sậy tốn bao nhiêu tiền?", Wanted.NUMBER),
        ("Chợ nổi Vàm Xáng lập từ năm nào?", Wanted.TIME),
        ("Ghe nào ở chợ nổi Vàm Xáng bán đắt nhất?", Wanted.SUPERLATIVE),
        ("Tỉ số trận chung kết hôm qua là bao nhiêu?", None),  # it is the words that are missing
        ("Cầu Rạch Sậy dài bao nhiêu mét?", None),  # answered
    ],
)
def test_a_refusal_says_what_type_of_answer_is_lacking(engine: Engine, question: str, lacking: Wanted | None) -> None:
    assert engine.answer(question).lacking is lacking


def test_a_passage_that_lacks_a_word_that_excludes_others_is_contrary(engine: Engine) -> None:
    questions = ("Bao nhiêu hộ dân góp tiền làm cầu?", "Bao nhiêu hộ nghèo góp tiền làm cầu?")
    contrary = [best_evidence(engine, question)[0].contrary for question in questions]
    assert contrary == [False, True]


def test_caution_only_ever_refuses_more(engine: Engine) -> None:
    questions = ["Chợ nổi có gì lạ?", "Cầu làm xong chưa?", "Ai hiến đất?", "Giá vé xem phim?", "Hòa Lạc góp gì làm cầu?"]
    refused: list[set[str]] = []
    for caution in (0.0, 0.25, 0.5, 0.75, 1.0):
        asked = replace(engine, caution=caution)
        refused.append({question for question in questions if asked.answer(question).status is Status.NOT_FOUND})
    assert all(less <= more for less, more in pairwise(refused))
    assert refused[0] < refused[-1]


def test_more_evidence_is_never_held_against_a_passage() -> None:
    for model in (ANCHORED, ON_TOPIC, LOOSE):
        for name in ("coverage", "substance", "share", "found", "possible", "counted", "beside", "grounds"):
            assert getattr(model, name) >= 0
        for name in ("slight", "contrary", "nearly"):
            assert getattr(model, name) <= 0
