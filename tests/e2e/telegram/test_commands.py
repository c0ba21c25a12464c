"""Commands, their registration, deep links, and what is kept of a person."""

import re

import pytest
from botapi import Telegram, User
from botapi.markup import inline_buttons
from conftest import Running, ask, press
from test_telegram_answers import CA_MAU, DIEN_BIEN

pytestmark = pytest.mark.anyio


async def test_commands_and_menu_are_registered_in_vietnamese(telegram: Telegram) -> None:
    commands = {row["command"]: row["description"] for row in telegram.profile.commands["default", ""]}
    assert list(commands) == ["start", "help", "nguon", "bai", "moi", "riengtu", "xoa"]
    assert commands["moi"] == "Bắt đầu cuộc trò chuyện mới"
    assert "hoi" in [row["command"] for row in telegram.profile.commands["all_group_chats", ""]]
    assert telegram.profile.menu_buttons[0] == {"type": "commands"}
    assert "trích dẫn" in telegram.profile.descriptions[""] and telegram.profile.short_descriptions[""]


async def test_start_offers_three_questions_that_are_answered(telegram: Telegram) -> None:
    user = telegram.user("Mới")
    await user.start()
    welcome = await user.chat.next_message()
    assert "Hỏi Báo" in welcome.text and "5 bài báo" in welcome.text
    questions = [button.text for button in welcome.buttons]
    assert len(questions) == 3
    for question in questions:
        await user.press(welcome, question)
        answer = await user.chat.next_message()
        assert answer.text.startswith(f"Hỏi: {question}\n") and "không trả lời" not in answer.text
        assert answer.html.split("\n")[1].startswith("<b>")


async def test_deep_links_open_the_passage(telegram: Telegram, lan: User) -> None:
    answer = await ask(lan, CA_MAU)
    (link,) = re.findall(r'href="https://t\.me/hoibao_bot\?start=([^"]+)"', answer.html)
    assert re.fullmatch(r"a_[a-z2-7]{10}_\d+", link)
    reader = telegram.user("Người đọc")
    await reader.start(link)
    passage = await reader.chat.next_message()
    quoted = answer.entity_texts("expandable_blockquote")[0]
    assert passage.text.startswith(quoted)
    assert passage.text.endswith(answer.text.split("\n")[2])
    first = passage.html
    await press(telegram, reader, passage, "Ngữ cảnh")
    assert len(passage.entity_texts("expandable_blockquote")) == 2
    await press(telegram, reader, passage, "‹ Đoạn trích")
    assert passage.html == first
    await press(telegram, reader, passage, "Cả bài")
    await press(telegram, reader, passage, "›")
    await press(telegram, reader, passage, "‹ Đoạn trích")
    assert passage.html == first


@pytest.mark.parametrize("payload", ["a_aaaaaaaaaa_1", "a_", "a_x_y", "inline", "a_aaaaaaaaaa_99999999999"])
async def test_other_links_are_a_plain_start(telegram: Telegram, payload: str) -> None:
    user = telegram.user("Mới")
    await user.start(payload)
    message = await user.chat.next_message()
    if payload.startswith("a_"):
        assert "không còn" in message.text
        message = await user.chat.next_message()
    assert "Hỏi Báo" in message.text


async def test_help_lists_every_command(telegram: Telegram, lan: User) -> None:
    text = (await ask(lan, "/help")).text
    for row in telegram.profile.commands["default", ""]:
        assert f"/{row['command']} – {row['description']}" in text
    assert "@hoibao_bot" in text


async def test_sources_can_be_read_and_restricted_to(telegram: Telegram, lan: User) -> None:
    listing = await ask(lan, "/nguon")
    assert listing.text.startswith("5 bài báo.")
    assert "4. Nâng cao hiệu quả công tác xây dựng Đảng ở địa phương\nBáo điện tử" in listing.text
    alert = await lan.press(listing, "🔎 4")
    assert alert.show_alert and "Nâng cao hiệu quả" in alert.text
    answer = await ask(lan, DIEN_BIEN)
    assert "492" not in answer.text and "Chỉ tìm trong bài: Nâng cao hiệu quả" in answer.text
    await ask(lan, "/moi")
    assert "492" in (await ask(lan, DIEN_BIEN)).text
    reading = next(button.text for button in listing.buttons if button.text.startswith("4. "))
    await press(telegram, lan, listing, reading)
    assert listing.text.startswith("Nâng cao hiệu quả công tác xây dựng Đảng ở địa phương\n\nBáo điện tử")
    await press(telegram, lan, listing, "›")
    await press(telegram, lan, listing, "Danh sách bài")
    assert listing.text.startswith("5 bài báo.")


@pytest.mark.parametrize(
    ("typed", "start"),
    [
        ("/bai 4", "Nâng cao hiệu quả công tác xây dựng Đảng"),
        ("/bai", "Cho biết số của bài, từ 1 đến 5"),
        ("/bai hai", "Cho biết số của bài"),
        ("/bai 0", "Không có bài số 0"),
        ("/bai 6", "Không có bài số 6"),
        ("/bai ²", "Cho biết số của bài"),
        ("/khongco", "Không có lệnh này"),
        ("/hoi", "Bạn chưa hỏi gì"),
    ],
)
async def test_article_command(telegram: Telegram, lan: User, typed: str, start: str) -> None:
    assert (await ask(lan, typed)).text.startswith(start)


async def test_privacy_and_deletion(everyday: Running, telegram: Telegram, lan: User) -> None:
    text = (await ask(lan, "/riengtu")).text
    assert "30 ngày" in text and "2 giờ" in text and "/xoa" in text and "không ghi nội dung" in text
    question = "Bạc Liêu phát triển Đảng năm 2024 đạt bao nhiêu phần trăm so với chỉ tiêu?"
    answer = await ask(lan, question)
    await press(telegram, lan, answer, "👍")
    assert kept_bytes(everyday).count(question.encode())
    assert str(lan.id).encode() not in b"".join(re.findall(rb"[0-9a-f]{16}", kept_bytes(everyday)))
    said = await ask(lan, "/xoa")
    assert said.text.startswith("Đã xóa: 1 câu hỏi, 1 đánh giá, 1 cuộc trò chuyện.")
    assert question.encode() not in kept_bytes(everyday)
    assert "quá cũ" in (await lan.press(answer, "Ngữ cảnh")).text
    assert (await ask(lan, "/xoa")).text.startswith("Đã xóa: 0 câu hỏi, 0 đánh giá, 0 cuộc trò chuyện.")


def kept_bytes(everyday: Running) -> bytes:
    return b"".join(path.read_bytes() for path in sorted(everyday.state.iterdir()))


async def test_statistics_are_for_administrators(telegram: Telegram, lan: User) -> None:
    assert (await ask(lan, "/thongke")).text.startswith("Không có lệnh này")


async def test_no_button_is_over_the_limits(telegram: Telegram, lan: User) -> None:
    for typed in ("/start", "/nguon", "/bai 1", DIEN_BIEN, "giá vàng"):
        message = await ask(lan, typed)
        for button in inline_buttons(message.reply_markup):
            assert len((button.data or "").encode()) <= 64
