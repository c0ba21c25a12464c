"""What is said to a bot that is no question to the articles."""

import pytest

from bot.answering.small_talk import small_talk
from bot.model import SmallTalk


@pytest.mark.parametrize(
    ("message", "kind"),
    [
        ("Xin chào", SmallTalk.GREETING),
        ("XIN CHÀO!", SmallTalk.GREETING),
        ("chao ban", SmallTalk.GREETING),
        ("dạ chào ad ơi", SmallTalk.GREETING),
        ("Hello", SmallTalk.GREETING),
        ("cảm ơn ad nhé", SmallTalk.THANKS),
        ("cam on", SmallTalk.THANKS),
        ("Bạn là ai?", SmallTalk.WHO),
        ("ban la ai vay", SmallTalk.WHO),
        ("Tạm biệt", SmallTalk.FAREWELL),
        ("bye bye", SmallTalk.FAREWELL),
    ],
)
def test_small_talk(message: str, kind: SmallTalk) -> None:
    assert small_talk(message) is kind


@pytest.mark.parametrize(
    "message",
    [
        "Chào bạn, Bạc Liêu có bao nhiêu đảng viên?",
        "chào mừng đại hội",
        "cảm ơn Đảng",
        "Ai là bí thư?",
        "mấy giờ rồi",
        "Bạn là ai trong bài này?",
        "...",
        "",
    ],
)
def test_what_may_be_a_question_is_none(message: str) -> None:
    assert small_talk(message) is None
