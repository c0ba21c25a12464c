"""Questions in private chats: the answer's form, follow-ups, edits, and what is no question."""

import asyncio
import json

import pytest
from botapi import Telegram, User
from conftest import Running, ask, changed

pytestmark = pytest.mark.anyio

DIEN_BIEN = "Trong nhiệm kỳ, TP. Điện Biên Phủ kết nạp bao nhiêu đảng viên mới?"
CA_MAU = "Cà Mau tuyên truyền xây dựng Đảng năm 2022 dựa vào văn bản nào?"


async def test_an_answer_has_its_parts_in_order(telegram: Telegram, lan: User) -> None:
    asked = await lan.say(CA_MAU)
    answer = await lan.chat.next_message()
    assert answer.reply_to is asked
    sentence, quote, citation, *notes = answer.html.split("\n")
    assert sentence.startswith("<b>") and sentence.endswith("</b>") and "90-KH/TU" in sentence
    assert "<u>Cà Mau</u>" in sentence
    assert answer.text.split("\n")[0] in answer.entity_texts("expandable_blockquote")[0]
    assert quote.startswith("<blockquote expandable>") and quote.endswith("</blockquote>")
    assert citation.startswith('<a href="https://t.me/hoibao_bot?start=a_') and "<i>" in citation
    title = answer.entity_texts("italic")[0]
    assert answer.text.split("\n")[2].startswith(f"{title} — ")
    assert answer.text.split("\n")[2].rpartition(", ")[2].startswith("đoạn ")
    assert all(note.startswith(("Không thấy trong bài: ", "Hiểu là: ")) for note in notes)
    assert answer.options["link_preview_options"] == {"is_disabled": True}
    labels = [button.text for button in answer.buttons]
    assert labels[0].startswith("Thêm đoạn (")
    assert labels[1:] == ["Ngữ cảnh", "Cả bài", "Chỉ tìm trong bài này", "👍", "👎", "Sao chép trích dẫn"]
    copied = answer.button("Sao chép trích dẫn").raw["copy_text"]["text"]
    assert title[:40] in copied and copied.endswith(answer.text.split("\n")[2].rpartition(", ")[2])


async def test_a_passage_of_one_sentence_is_said_once(telegram: Telegram, lan: User) -> None:
    answer = await ask(lan, DIEN_BIEN)
    sentence, citation = answer.text.split("\n")
    assert "492" in sentence and citation.endswith(", đoạn 5")
    assert answer.entity_texts("expandable_blockquote") == []


async def test_typing_is_shown_before_the_answer(telegram: Telegram, lan: User) -> None:
    await ask(lan, DIEN_BIEN)
    calls = [call for call in telegram.calls() if call.params.get("chat_id") == lan.id]
    assert [call.method for call in calls] == ["sendChatAction", "sendMessage"]
    assert lan.chat.actions == ["typing"]


async def test_a_follow_up_counts_on_what_was_asked(telegram: Telegram, lan: User) -> None:
    await ask(lan, DIEN_BIEN)
    answer = await ask(lan, "Thế riêng phường Mường Thanh?")
    assert "kết nạp 40" in answer.text
    assert "Hiểu là: Thế riêng phường Mường Thanh? (" in answer.text


async def test_a_reply_asks_in_the_light_of_the_older_answer(telegram: Telegram, lan: User) -> None:
    older = await ask(lan, DIEN_BIEN)
    await ask(lan, CA_MAU)
    answer = await ask(lan, "Thế riêng phường Mường Thanh?", reply_to=older)
    assert "kết nạp 40" in answer.text


async def test_people_in_one_group_have_conversations_of_their_own(telegram: Telegram, lan: User) -> None:
    minh = telegram.user("Minh", started=True)
    group = telegram.group("Nhóm", [lan, minh])
    for user, question in ((lan, DIEN_BIEN), (minh, CA_MAU), (lan, "Thế riêng phường Mường Thanh?")):
        await user.say(f"/hoi {question}", group)
    answers = await group.next_messages(3)
    assert "kết nạp 40" in answers[2].text


async def test_a_new_conversation_forgets_the_old_one(telegram: Telegram, lan: User) -> None:
    await ask(lan, DIEN_BIEN)
    assert "quên" in (await ask(lan, "/moi")).text
    answer = await ask(lan, "Thế riêng phường Mường Thanh?")
    assert "Hiểu là: Thế riêng phường Mường Thanh? (" not in answer.text


async def test_an_edited_question_edits_its_answer(telegram: Telegram, lan: User) -> None:
    asked = await lan.say(DIEN_BIEN)
    answer = await lan.chat.next_message()
    later = await ask(lan, "cảm ơn")
    await lan.edit(asked, CA_MAU)
    await changed(telegram, answer, 0)
    assert "90-KH/TU" in answer.text
    assert [message.text for message in lan.chat.bot_messages] == [answer.text, later.text]
    await lan.edit(asked, CA_MAU)  # nothing has changed: nothing is asked or edited
    await ask(lan, "xin chào")
    assert answer.edits == 1
    reply = await ask(lan, "Của cấp nào ban hành?", reply_to=answer)
    assert "Hiểu là: " in reply.text  # asked in the light of what the answer says now


async def test_small_talk_edited_into_a_question(telegram: Telegram, lan: User) -> None:
    asked = await lan.say("xin chào")
    answer = await lan.chat.next_message()
    assert answer.text.startswith("Chào bạn!") and answer.buttons == []
    await lan.edit(asked, DIEN_BIEN)
    await changed(telegram, answer, 0)
    assert "492" in answer.text and answer.buttons


async def test_edits_of_what_was_no_question_do_nothing(telegram: Telegram, lan: User) -> None:
    asked = await lan.say("/moi")
    await lan.chat.next_message()
    await lan.edit(asked, DIEN_BIEN)
    await ask(lan, "xin chào")
    assert len(lan.chat.bot_messages) == 2


async def test_what_the_articles_do_not_say_is_refused_with_suggestions(telegram: Telegram, lan: User) -> None:
    answer = await ask(lan, "Giá vàng SJC hôm nay bao nhiêu?")
    assert answer.text.startswith("Các bài báo không trả lời câu này.\nKhông thấy trong bài: ")
    assert "vàng" in answer.text.split("\n")[1]
    assert "Đoạn gần nhất:" in answer.text and "<b>" not in answer.html
    questions = [button.text for button in answer.buttons if (button.data or "").startswith("Q:")]
    assert len(questions) == 3
    await lan.press(answer, questions[0])
    asked = await lan.chat.next_message()
    assert asked.text.startswith(f"Hỏi: {questions[0]}\n") and asked.reply_to is answer
    assert "không trả lời" not in asked.text


async def test_unaccented_and_mistyped_questions_say_how_they_were_read(telegram: Telegram, lan: User) -> None:
    answer = await ask(lan, "tp dien bien phu ket nap bao nhieu dang vien moi trong nhiem ky")
    assert "492" in answer.text.split("\n")[0]
    assert "Hiểu là: " in answer.text
    corrected = await ask(lan, "Trong nhiệm kỳ, TP. Điện Biên Phủ kết nạp bao nhiêu đảng vien mứi?")
    assert "Ý bạn là: " in corrected.text or "Hiểu là: " in corrected.text


@pytest.mark.parametrize("kind", ["voice", "sticker", "photo", "document", "poll"])
async def test_what_is_no_text_gets_a_short_line(telegram: Telegram, lan: User, kind: str) -> None:
    arguments = {"poll": ("Chọn?", ["A", "B"]), "photo": (DIEN_BIEN,)}.get(kind, ())
    sent = await getattr(lan, f"send_{kind}")(*arguments)
    answer = await lan.chat.next_message()
    assert answer.reply_to is sent
    assert answer.text == "Tôi chỉ đọc được câu hỏi bằng chữ. Bạn gõ câu hỏi giúp nhé!"


async def test_a_question_as_long_as_a_message_can_be(telegram: Telegram, lan: User) -> None:
    question = (f"{DIEN_BIEN} " * 100)[:4096]
    answer = await ask(lan, question)
    assert answer.text
    emoji = await ask(lan, "😀" * 2048)
    assert emoji.text.startswith(("Bạn chưa hỏi gì", "Các bài báo"))


@pytest.mark.parametrize("text", ["<b>&lt;", "</blockquote>", "&nbsp;", "?", "…", "\u200b?\u200b", "a" * 4096, "/ không"])
async def test_odd_texts_are_answered(telegram: Telegram, lan: User, text: str) -> None:
    assert (await ask(lan, text)).text


async def test_many_chats_at_once_each_in_order(telegram: Telegram) -> None:
    users = [telegram.user(f"Người {number}", started=True) for number in range(20)]
    asked = {
        user.id: [await user.say(question) for question in (DIEN_BIEN, "xin chào", CA_MAU, "cảm ơn", "/moi")] for user in users
    }
    for user in users:
        answers = await user.chat.next_messages(5, 20)
        assert [answer.reply_to for answer in answers[:4]] == asked[user.id][:4]
        assert "492" in answers[0].text and "90-KH/TU" in answers[2].text and "quên" in answers[4].text


async def test_one_line_a_question_without_its_text(everyday: Running, telegram: Telegram, lan: User) -> None:
    question = "Ai đang làm bí thư thị trấn Giồng Trôm, xin hỏi riêng?"
    before = len(everyday.bot.lines)
    await ask(lan, question)
    async with asyncio.timeout(5):
        while len(everyday.bot.lines) == before:
            await asyncio.sleep(0.01)
    (line,) = everyday.bot.lines[before:]
    row = json.loads(line)
    assert (row["event"], row["chat"], row["characters"]) == ("question", "private", len(question))
    assert row["status"] in ("answered", "not_found")
    assert str(lan.id) not in row["person"] and "Giồng" not in line
