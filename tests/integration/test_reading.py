"""How questions are read with the seeds as vocabulary: each way of typing, each step off, offsets into what was typed."""

import unicodedata
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.answering.engine import Engine
from bot.evaluation.gold import load_gold, without_diacritics
from bot.language.normalize import clean_text
from bot.language.reading import Part, Reading, read_question
from bot.language.tokens import tokenize

GOLD = Path(__file__).parent.parent / "gold"
ALL = frozenset(Part)

Read = Callable[..., Reading]


@pytest.fixture(scope="module")
def read(seeds_engine: Engine) -> Read:
    def one(question: str, parts: frozenset[Part] = ALL) -> Reading:
        return read_question(clean_text(question), seeds_engine.index, seeds_engine.tables, parts)

    return one


def keys(reading: Reading) -> str:
    return " ".join(piece.key for piece in reading.pieces)


def also(reading: Reading) -> set[str]:
    return {" ".join(alternative.run) for alternative in reading.alternatives}


# Diacritics


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("thanh uy dien bien phu", "thành ủy điện biên phủ"),
        ("nam 2024 bac lieu ket nap bao nhieu dang vien", "năm 2024 bạc liêu kết nạp bao nhiêu đảng viên"),
        ("nhung noi nao ket nap dang vien moi", "những nơi nào kết nạp đảng viên mới"),
        ("ban thuong vu tinh uy", "ban thường vụ tỉnh ủy"),
        ("dang vien nu", "đảng viên nữ"),
        ("NAM 2024 BAC LIEU KET NAP BAO NHIEU DANG VIEN", "năm 2024 bạc liêu kết nạp bao nhiêu đảng viên"),
    ],
)
def test_no_diacritics_are_restored_and_said(read: Read, typed: str, meant: str) -> None:
    reading = read(typed)
    assert keys(reading) == meant
    assert reading.understood_as is not None
    assert reading.understood_as.lower() == meant
    assert not reading.corrected


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("thành ủy điện biên phủ giam sat mấy đảng viên", "thành ủy điện biên phủ giám sát mấy đảng viên"),
        ("Bac Liêu co bao nhiêu đang viên", "bạc liêu có bao nhiêu đảng viên"),
        ("sinh hoat chi bô", "sinh hoạt chi bộ"),
        ("bạc lieu", "bạc liêu"),
    ],
)
def test_some_diacritics(read: Read, typed: str, meant: str) -> None:
    assert keys(read(typed)) == meant


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("bị thư đảng ủy", "bí thư đảng ủy"),
        ("Điên Biên Phủ", "điện biên phủ"),
        ("Giông Trôm", "giồng trôm"),
        ("nghị quyêt", "nghị quyết"),
        ("Huyện Đắk Glei", "huyện đăk glei"),
    ],
)
def test_wrong_diacritics(read: Read, typed: str, meant: str) -> None:
    reading = read(typed)
    assert keys(reading) == meant
    assert reading.understood_as is not None


def test_right_diacritics_count(read: Read) -> None:
    reading = read("Bí thư đảng ủy là ai")
    assert keys(reading) == "bí thư đảng ủy là ai"
    assert reading.understood_as is None
    assert all(piece.trusted for piece in reading.pieces)
    assert not any(piece.trusted for piece in read("bi thu dang uy").pieces)


@pytest.mark.parametrize(
    ("typed", "same"),
    [
        (unicodedata.normalize("NFD", "Thành ủy Điện Biên Phủ"), "Thành ủy Điện Biên Phủ"),
        ("Thành uỷ, toàn hoà", "Thành ủy, toàn hòa"),
        ("Ðảng bộ Ðiện Biên", "Đảng bộ Điện Biên"),
        ("THÀNH ỦY ĐIỆN BIÊN PHỦ", "Thành ủy Điện Biên Phủ"),
        ("tỷ lệ, kỳ họp, quý I", "tỉ lệ, kì họp, quí I"),
        ("Thành\u00a0ủy\u200b  Điện Biên Phủ", "Thành ủy Điện Biên Phủ"),
    ],
)
def test_other_spellings_of_the_same(read: Read, typed: str, same: str) -> None:
    assert keys(read(typed)) == keys(read(same))
    assert read(typed).understood_as is None


# Chat, keystrokes, spaces


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("ad cho tui hỏi bạc liêu kết nạp bn đảng viên v ạ", "bạc liêu kết nạp bao nhiêu đảng viên"),
        ("ko, hok, hông", "không không không"),
        ("bạn ơi bí thư nói j z", "bí thư nói gì"),
        ("ko biết đảng viên dc học ntn", "không biết đảng viên được học như thế nào"),
        ("cho em hỏi mn họp r hả", "mọi người họp rồi"),
    ],
)
def test_chat(read: Read, typed: str, meant: str) -> None:
    assert keys(read(typed)) == meant


@pytest.mark.parametrize("typed", ["Ấp 5B", "Bí thư A Phương", "xã An Hòa"])
def test_capitals_and_names_are_no_chat(read: Read, typed: str) -> None:
    assert read(typed).understood_as is None


def test_nothing_but_pleasantries_keeps_its_words(read: Read) -> None:
    assert read("ad ơi").pieces


@pytest.mark.parametrize("typed", ["ddangr vieen bacj lieeu", "d9a3ng vie6n ba5c lie6u", "DDANGR VIEEN BACJ LIEEU"])
def test_telex_and_vni(read: Read, typed: str) -> None:
    assert keys(read(typed)) == "đảng viên bạc liêu"


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("baclieu ket nap", "bạc liêu kết nạp"),
        ("Bạcliêu kết nạp đảngviên", "bạc liêu kết nạp đảng viên"),
        ("điện biênphủ", "điện biên phủ"),
        ("ketnap dangvien", "kết nạp đảng viên"),
        ("quangbinh", "quang bình"),
    ],
)
def test_missing_spaces(read: Read, typed: str, meant: str) -> None:
    assert keys(read(typed)) == meant


# Abbreviations


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("UBND phường", "ủy ban nhân dân phường"),
        ("ubnd phường", "ủy ban nhân dân phường"),
        ("nq của hđnd", "nghị quyết của hội đồng nhân dân"),
        ("đ/c bí thư", "đồng chí bí thư"),
        ("chi bộ tsvmtd", "chi bộ trong sạch vững mạnh toàn diện"),  # defined by an article
        ("CB-ĐV", "cán bộ đảng viên"),
        ("CT 05 của BCT", "chỉ thị 5 của bộ chính trị"),
        ("KH số mấy", "kế hoạch số mấy"),
        ("BTV Tỉnh ủy", "ban thường vụ tỉnh ủy"),
    ],
)
def test_abbreviations(read: Read, typed: str, meant: str) -> None:
    assert keys(read(typed)) == meant


@pytest.mark.parametrize(
    ("typed", "meant", "other"),
    [
        ("TT Giồng Trôm", "thị trấn giồng trôm", "trung tâm"),
        ("TT Bồi dưỡng chính trị", "trung tâm bồi dưỡng chính trị", "thị trấn"),
        ("CT 05", "chỉ thị 5", "chủ tịch"),
        ("BTV Tỉnh ủy", "ban thường vụ tỉnh ủy", "biên tập viên"),
        ("GĐ Trung tâm Bồi dưỡng chính trị là ai", "giám đốc trung tâm bồi dưỡng chính trị là ai", "gia đình"),
    ],
)
def test_ambiguous_ones_keep_the_other_readings(read: Read, typed: str, meant: str, other: str) -> None:
    reading = read(typed)
    assert keys(reading) == meant
    assert other in also(reading)


def test_words_of_small_letters_are_no_abbreviations(read: Read) -> None:
    assert keys(read("đi tu ở chùa")).split()[1] == "tu"
    assert keys(read("hai ca trực")).split()[1] == "ca"


# Typos


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("đảng vein Bạc Liêu", "đảng viên bạc liêu"),
        ("thị trân Giồng Chôm", "thị trấn giồng trôm"),
        ("Phạm Thành Ngạy", "phạm thành ngại"),
        ("Võ Thanh Hồn", "võ thanh hồng"),
        ("Huỳnh Văn Thưong", "huỳnh văn thương"),
        ("Triệu Tài Phông", "triệu tài phong"),
        ("Huyện Đắc Glei", "huyện đăk glei"),
        ("Huyện Quan Bình", "huyện quang bình"),  # both syllables are words, the two are no name
        ("Huyện Quảng Bình", "huyện quang bình"),  # a province, and no district
        ("Thị trấn Giồng Tôm", "thị trấn giồng trôm"),
    ],
)
def test_slips_are_corrected_and_said(read: Read, typed: str, meant: str) -> None:
    reading = read(typed)
    assert keys(reading) == meant
    assert reading.corrected
    assert (reading.understood_as or "").lower() == meant


@pytest.mark.parametrize(
    "typed",
    [
        "kết quả xổ số miền nam",
        "tôi muốn gia nhập đảng",
        "con số đảng viên",
        "Tôi muốn con gia nhập đoàn",
        "thời tiết hôm nay thế nào",
        "khách sạn gần biển",
        "Võ Thanh Hồng là ai",
        "Tỉnh Quảng Bình",
        "Huyện Giồng Riềng",  # another province's
        "Xã Thanh Minh",
    ],
)
def test_words_of_general_vietnamese_are_no_slips(read: Read, typed: str) -> None:
    reading = read(typed)
    assert not reading.corrected
    assert keys(reading) == keys(read(typed, frozenset()))


# Numbers


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("khóa XII", "khóa 12"),
        ("quý I", "quý 1"),
        ("loại V", "loại 5"),
        ("1.441 lượt", "1441 lượt"),
        ("9-3-2021", "09/03/2021"),
        ("ngày 9-3-2021", "ngày 9 tháng 3 năm 2021"),
        ("ngay 9/3/2021", "ngày 09.03.2021"),
        ("Chỉ thị số 05", "chỉ thị số 5"),
        ("quý I-2021", "quý 1/2021"),
    ],
)
def test_numbers_and_dates_have_one_reading(read: Read, one: str, other: str) -> None:
    assert keys(read(one)) == keys(read(other))


def test_document_codes_meet_their_short_names(read: Read) -> None:
    code, name = keys(read("05-CT/TW")).split(), keys(read("CT 05")).split()
    assert set(name) == {"chỉ", "thị", "5"}
    assert set(name) < set(code)


# Every step can be switched off


@pytest.mark.parametrize(
    ("part", "typed"),
    [
        (Part.CHAT, "ad ơi cho hỏi ko biết"),
        (Part.KEYSTROKES, "quangbinh"),
        (Part.ABBREVIATIONS, "UBND và đ/c BTV"),
        (Part.DIACRITICS, "thanh uy dien bien phu"),
        (Part.TYPOS, "Võ Thanh Hồn"),
    ],
)
def test_a_step_does_its_work_alone_and_nothing_when_off(read: Read, part: Part, typed: str) -> None:
    untouched = keys(read(typed, frozenset()))
    assert keys(read(typed, frozenset({part}))) != untouched
    assert keys(read(typed, ALL - {part})) == untouched


def test_a_synonym_stands_beside_the_words_and_is_gone_with_its_step(read: Read) -> None:
    on, off = read("khen thưởng tập thể"), read("khen thưởng tập thể", ALL - {Part.SYNONYMS})
    assert "biểu dương" in also(on)
    assert keys(on) == keys(off)
    assert also(off) == set()


def test_with_every_step_off_questions_are_their_own_tokens(read: Read) -> None:
    for gold in load_gold(sorted(GOLD.glob("*.jsonl"))):
        reading = read(gold.question, frozenset())
        assert [piece.key for piece in reading.pieces] == [token.key for token in tokenize(clean_text(gold.question))]
        assert reading.alternatives == ()
        assert not reading.corrected


# Offsets


def test_pieces_stay_inside_the_question_and_in_order(read: Read) -> None:
    questions = load_gold(sorted(GOLD.glob("*.jsonl")))
    for gold in [*questions, *map(without_diacritics, questions)]:
        reading = read(gold.question)
        places = [(piece.start, piece.end) for piece in reading.pieces]
        assert all(0 <= start < end <= len(reading.question) for start, end in places)
        assert places == sorted(places)
        assert len(reading.shape.roles) == len(reading.pieces)
        assert all(0 <= a.first <= a.last < len(reading.pieces) for a in reading.alternatives)


@pytest.mark.parametrize(
    ("typed", "places"),
    [
        ("UBND TT Giồng Trôm", ["UBND"] * 4 + ["TT"] * 2 + ["Giồng", "Trôm"]),
        ("ad ơi bn đảng viên v ạ", ["bn", "bn", "đảng", "viên"]),
        ("thanh uy", ["thanh", "uy"]),
        ("đảng vein Bạc Liêu", ["đảng", "vein", "Bạc", "Liêu"]),
        ("ddangr vieen", ["ddangr", "vieen"]),
    ],
)
def test_each_piece_knows_what_was_typed_for_it(read: Read, typed: str, places: list[str]) -> None:
    assert [typed[piece.start : piece.end] for piece in read(typed).pieces] == places


@pytest.mark.parametrize("typed", ["", "???", "…", "  \n ", "🙂", "\ud800"])
def test_a_question_without_a_word_has_no_pieces(read: Read, typed: str) -> None:
    assert read(typed).pieces == ()


def test_a_short_way_to_ask_is_not_read_twice(read: Read) -> None:
    assert keys(read("học phí hết bao nhiêu tiền")) == "học phí hết bao nhiêu tiền"


def test_words_that_were_typed_with_diacritics_stay_what_they_are(read: Read) -> None:
    assert "cỡ nào" in keys(read("Cái bàn to cỡ nào?"))


def test_a_name_that_is_mended_keeps_its_capitals(read: Read) -> None:
    assert read("phường Mường Than").understood_as == "Phường Mường Thanh"


def test_a_slip_in_a_name_is_told_by_the_names_beside_it(read: Read) -> None:
    assert "võ thanh hồng" in keys(read("ông Võ Thanh Hòng là ai"))
