"""Sentence spans, worked examples."""

import pytest

from bot.language.sentences import lines_of, split_sentences


def sentences(text: str) -> list[str]:
    return [text[start:end] for start, end in split_sentences(text)]


@pytest.mark.parametrize(
    "parts",
    [
        ["Mưa to.", "Gió lớn!", "Vì sao?"],
        ["Thành ủy TP. Bạc Liêu tổ chức 6 đợt.", "Có 3.738 lượt người dự."],
        ["ThS. Lê Văn A nói vậy.", "Ông đúng."],
        ["Ảnh của T.A đẹp.", "Ảnh của H. Quốc cũng vậy."],
        ["Số liệu đạt 102,85%, tăng 2.5 lần.", "Hết."],
        ["Họ nói: “Được.”", "Rồi về."],
        ["Còn nữa...", "Mai kể tiếp…", "Xong."],
        ["Chuyến xe lúc 7 giờ... chưa tới."],
        ["Một câu không có dấu chấm"],
        ["Chưa đạt chi bộ trong sạch./.", "Bùi An"],
    ],
)
def test_sentences(parts: list[str]) -> None:
    assert sentences(" ".join(parts)) == parts


def test_a_line_break_ends_a_sentence() -> None:
    assert sentences("Ngày đăng: 5/3/2024\nTác giả: Chí Thiện") == ["Ngày đăng: 5/3/2024", "Tác giả: Chí Thiện"]


@pytest.mark.parametrize("text", ["", " ", "\n\n"])
def test_nothing_has_no_sentences(text: str) -> None:
    assert split_sentences(text) == []


def test_lines_of() -> None:
    text = "một\n\nhai"
    assert [text[start:end] for start, end in lines_of(text)] == ["một", "", "hai"]
