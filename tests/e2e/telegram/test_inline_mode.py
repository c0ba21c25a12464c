"""Inline mode: passages to send from any chat."""

import pytest
from botapi import Telegram, User
from test_telegram_answers import DIEN_BIEN

pytestmark = pytest.mark.anyio


async def test_passages_as_results(telegram: Telegram, lan: User) -> None:
    answer = await lan.inline(DIEN_BIEN)
    assert 2 <= len(answer.results) <= 10
    assert (answer.is_personal, 0 < answer.cache_time <= 300) == (False, True)
    first = answer.results[0]
    assert "492" in first.title and len({result.id for result in answer.results}) == len(answer.results)
    assert "đoạn " in first.raw["description"]
    sent = await answer.choose(0)
    assert sent.text.startswith(f"Hỏi: {DIEN_BIEN}\n") and "492" in sent.text.split("\n")[1]
    assert "start=a_" in sent.html
    assert (await answer.choose(1)).entity_texts("expandable_blockquote")
    assert first.raw["input_message_content"]["link_preview_options"] == {"is_disabled": True}


async def test_a_refusal_is_one_result(telegram: Telegram, lan: User) -> None:
    answer = await lan.inline("Giá vàng SJC hôm nay bao nhiêu?")
    (result,) = answer.results
    assert result.title == "Các bài báo không trả lời câu này."
    assert "vàng" in (await answer.choose(0)).text


async def test_nothing_typed_yet(telegram: Telegram, lan: User) -> None:
    answer = await lan.inline("  ")
    assert answer.results == [] and answer.button["start_parameter"] == "inline"


@pytest.mark.parametrize("typed", ["xin chào", "?", "<b>", "a" * 256])
async def test_odd_queries(telegram: Telegram, lan: User, typed: str) -> None:
    assert (await lan.inline(typed)).results
