"""Short forms: learned from articles, read from the table, spelled out in place."""

import pytest

from bot.language.abbreviations import Abbreviations, Run, learn_definitions, run_of
from bot.language.tokens import tokenize


@pytest.fixture(scope="module")
def table() -> Abbreviations:
    return Abbreviations.load()


def learned(text: str) -> dict[str, str]:
    """Short form → long form, both with spaces."""
    return {" ".join(short): " ".join(long) for short, long in learn_definitions([text]).items()}


def spelled(table: Abbreviations, text: str, own: dict[Run, Run] | None = None) -> str:
    return " ".join(token.key for token in table.spell_out(text, tokenize(text), own or {}))


# Learned from an article


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("cụ thể hóa nghị quyết (NQ) của cấp trên", {"NQ": "nghị quyết"}),
        ("chi bộ trong sạch, vững mạnh toàn diện (TSVMTD)", {"TSVMTD": "trong sạch vững mạnh toàn diện"}),
        ("Hội đồng nhân dân (HĐND) các cấp", {"HĐND": "hội đồng nhân dân"}),
        ("Hội Liên hiệp Phụ nữ (LHPN)", {"LHPN": "liên hiệp phụ nữ"}),
        ("đồng bào dân tộc thiểu số (DTTS)", {"DTTS": "dân tộc thiểu số"}),
        ("nông thôn mới (NTM) và xã hội hóa (XHH)", {"NTM": "nông thôn mới", "XHH": "xã hội hóa"}),
    ],
)
def test_an_article_explains_its_short_forms(text: str, expected: dict[str, str]) -> None:
    assert learned(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "quán triệt Nghị quyết Đại hội (NQ ĐH) XI",
            {"NQ ĐH": "nghị quyết đại hội", "NQ": "nghị quyết", "ĐH": "đại hội"},
        ),
        ("kinh tế - xã hội (KT-XH)", {"KT XH": "kinh tế xã hội", "KT": "kinh tế", "XH": "xã hội"}),
    ],
)
def test_a_short_form_of_several_parts_gives_its_parts_too(text: str, expected: dict[str, str]) -> None:
    assert learned(text) == expected


def test_function_words_may_stand_between_initials() -> None:
    assert learned("công tác phòng và chống tham nhũng (PCTN)") == {"PCTN": "phòng và chống tham nhũng"}


@pytest.mark.parametrize(
    "text",
    [
        "tại tỉnh Bến Tre (BDK)",  # other initials
        "hoạt động thi đua (TP)",
        "Tổ chức Y tế thế giới (WHO)",  # another language's
        "Nghị quyết Trung ương 4 (khóa XII)",  # no capitals only
        "Bùi An (th)",
        "đảng (Đ)",  # one letter explains nothing
        "(UBND) tỉnh",  # nothing before it
        "phong trào thi đua yêu nước (PTYN)",  # a word of content is skipped
        "dịch Covid (COVID)",  # one word, not initials
    ],
)
def test_brackets_that_explain_nothing(text: str) -> None:
    assert learned(text) == {}


def test_the_first_explanation_in_an_article_stays() -> None:
    texts = ["nghị quyết (NQ) của tỉnh", "nông quốc (NQ)"]
    assert learn_definitions(texts)[("NQ",)] == ("nghị", "quyết")


# Spelled out in an article


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("UBND tỉnh", "ủy ban nhân dân tỉnh"),
        ("TP. Bến Tre", "thành phố bến tre"),
        ("MTTQ và HĐND", "mặt trận tổ quốc và hội đồng nhân dân"),
        ("T.Ư", "trung ương"),
        ("CB-ĐV", "cán bộ đảng viên"),
    ],
)
def test_one_reading_is_spelled_out(table: Abbreviations, text: str, expected: str) -> None:
    assert spelled(table, text) == expected


@pytest.mark.parametrize("text", ["KH của tỉnh", "CT xã", "xã TT", "ubnd", "Ảnh: T.A", "khoa học"])
def test_several_readings_small_letters_and_unknown_forms_are_left_alone(table: Abbreviations, text: str) -> None:
    assert spelled(table, text) == " ".join(token.key for token in tokenize(text))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("05-CT/TW", "5 chỉ thị trung ương"),
        ("số 90-KH/TU", "số 90 kế hoạch tỉnh ủy"),
        ("02-NQ/TU", "2 nghị quyết tỉnh ủy"),
    ],
)
def test_a_document_code_tells_which_reading_is_meant(table: Abbreviations, text: str, expected: str) -> None:
    assert spelled(table, text) == expected


def test_what_an_article_defines_wins_over_the_table(table: Abbreviations) -> None:
    own = {("NQ",): run_of("nhân quyền"), ("RSC",): run_of("rừng sông cửa")}
    assert spelled(table, "NQ về RSC", own) == "nhân quyền về rừng sông cửa"
    assert spelled(table, "NQ về RSC") == "nghị quyết về rsc"


def test_an_expansion_stands_where_the_short_form_stood(table: Abbreviations) -> None:
    text = "Đảng ủy, UBND phường và CB-ĐV"
    tokens = table.spell_out(text, tokenize(text), {})
    written = [(token.key, text[token.start : token.end]) for token in tokens]
    assert written == [
        ("đảng", "Đảng"),
        ("ủy", "ủy"),
        *((key, "UBND") for key in ("ủy", "ban", "nhân", "dân")),
        ("phường", "phường"),
        ("và", "và"),
        *((key, "CB-ĐV") for key in ("cán", "bộ", "đảng", "viên")),
    ]
