"""Every button: what it shows, that it is answered, and that it can be undone."""

import pytest
from botapi import CallbackQuery, Telegram, User
from botapi.utf16 import utf16_len
from conftest import ask, press
from test_telegram_answers import CA_MAU, DIEN_BIEN

pytestmark = pytest.mark.anyio


def label(message: object, start: str) -> str:
    return next(button.text for button in message.buttons if button.text.startswith(start))


async def test_more_passages_in_the_same_message(telegram: Telegram, lan: User) -> None:
    answer = await ask(lan, DIEN_BIEN)
    first = answer.html
    seen: list[str] = []
    while any(button.text.startswith("Thêm đoạn") for button in answer.buttons):
        await press(telegram, lan, answer, label(answer, "Thêm đoạn"))
        assert utf16_len(answer.text) <= 4096
        seen += [text for text in answer.entity_texts("bold") if text.startswith("Đoạn ")]
    count = int(seen[0].partition("/")[2])
    assert seen == [f"Đoạn {number}/{count}" for number in range(2, count + 1)]
    await press(telegram, lan, answer, "‹ Câu trả lời")
    assert answer.html == first
    assert len(lan.chat.bot_messages) == 1


async def test_context_shows_the_neighbours(telegram: Telegram, lan: User) -> None:
    answer = await ask(lan, CA_MAU)
    first = answer.html
    await press(telegram, lan, answer, "Ngữ cảnh")
    before, after = answer.entity_texts("expandable_blockquote")
    assert before.startswith(("[", "Cà Mau")) and after.startswith("[")
    assert "<b>" in answer.html and "90-KH/TU" in answer.text
    await press(telegram, lan, answer, "‹ Câu trả lời")
    assert answer.html == first


async def test_the_whole_article_in_pages(telegram: Telegram, lan: User) -> None:
    answer = await ask(lan, CA_MAU)
    first = answer.html
    await press(telegram, lan, answer, "Cả bài")
    while any(button.text == "‹" for button in answer.buttons):
        await press(telegram, lan, answer, "‹")
    texts = [answer.text]
    while any(button.text == "›" for button in answer.buttons):
        await press(telegram, lan, answer, "›")
        texts.append(answer.text)
    assert len(texts) > 1
    whole = "\n\n".join(texts)
    assert all(f"[{number}] " in whole for number in range(1, 17))
    page = label(answer, f"{len(texts)}/")
    assert (await lan.press(answer, page)).text == ""  # a page number: pressing it is answered, too
    await press(telegram, lan, answer, "‹ Câu trả lời")
    assert answer.html == first


async def test_asking_one_article_only(telegram: Telegram, lan: User) -> None:
    answer = await ask(lan, CA_MAU)
    title = answer.entity_texts("italic")[0]
    await press(telegram, lan, answer, "Chỉ tìm trong bài này")
    assert f"Chỉ tìm trong bài: {title}" in answer.text
    follow_up = await ask(lan, DIEN_BIEN)  # another article knows; this one does not
    assert "492" not in follow_up.text and f"Chỉ tìm trong bài: {title}" in follow_up.text
    await press(telegram, lan, follow_up, "Tìm trong mọi bài")
    assert "492" in follow_up.text and "Chỉ tìm" not in follow_up.text.replace("Chỉ tìm trong bài này", "")
    assert "492" in (await ask(lan, DIEN_BIEN)).text


async def test_votes_can_be_changed_and_count_once(telegram: Telegram, lan: User) -> None:
    minh = telegram.user("Minh", started=True)
    group = telegram.group("Nhóm", [lan, minh])
    await lan.say(f"/hoi {DIEN_BIEN}", group)
    answer = await group.next_message()
    await press(telegram, lan, answer, "👍")
    assert label(answer, "👍") == "👍 1"
    await press(telegram, minh, answer, "👍 1")
    assert label(answer, "👍") == "👍 2"
    assert "👍" in (await lan.press(answer, "👍 2")).text  # again: still one vote, and nothing to edit
    await press(telegram, lan, answer, "👎")
    assert (label(answer, "👍"), label(answer, "👎")) == ("👍 1", "👎 1")
    await press(telegram, minh, answer, label(answer, "Thêm đoạn"))  # buttons work for all
    await press(telegram, minh, answer, "‹ Câu trả lời")
    assert (label(answer, "👍"), label(answer, "👎")) == ("👍 1", "👎 1")


@pytest.mark.refusals
async def test_a_page_pressed_twice_is_no_error(telegram: Telegram, lan: User) -> None:
    answer = await ask(lan, DIEN_BIEN)
    refused = len(telegram.calls(ok=False))
    context = answer.button("Ngữ cảnh").data
    for _ in range(2):
        query = telegram.world.ask_callback(lan, answer, context)
        await query.wait()
    await telegram.drained()
    await ask(lan, "xin chào")
    assert [call.description[:36] for call in telegram.calls(ok=False)[refused:]] == ["Bad Request: message is not modified"]


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ("A:zzzzz:m:1", "quá cũ"),
        ("A:1:q:1", "không còn dùng được"),
        ("A:1", "không còn dùng được"),
        ("B:aaaaaaaaaa:0", "không còn trong kho"),
        ("S:aaaaaaaaaa", "không còn trong kho"),
        ("Q:77", "quá cũ"),
        ("", "không còn dùng được"),
        ("anything else", "không còn dùng được"),
    ],
)
async def test_unknown_buttons_are_answered(telegram: Telegram, lan: User, data: str, said: str) -> None:
    answer = await ask(lan, DIEN_BIEN)
    given = await telegram.world.ask_callback(lan, answer, data).wait()
    assert said in given.text and given.show_alert


async def test_a_button_of_another_answer_is_too_old(telegram: Telegram, lan: User) -> None:
    first = await ask(lan, DIEN_BIEN)
    second = await ask(lan, CA_MAU)
    given = await telegram.world.ask_callback(lan, second, first.button("Ngữ cảnh").data).wait()
    assert "quá cũ" in given.text


async def test_a_message_too_old_for_telegram_to_tell_of(telegram: Telegram, lan: User) -> None:
    answer = await ask(lan, DIEN_BIEN)
    payload = {
        "id": telegram.world.next_id("callback query"),
        "from": lan.to_json(),
        "message": {"chat": lan.chat.to_json(), "message_id": answer.message_id, "date": 0},
        "chat_instance": "1",
        "data": answer.button("Ngữ cảnh").data,
    }
    old = CallbackQuery(payload["id"], lan, data=payload["data"])
    telegram.world.callbacks[old.id] = old
    telegram.push_update("callback_query", payload, lane=lan.id)
    assert "quá cũ" in (await old.wait()).text


@pytest.mark.refusals
async def test_a_pressed_button_of_a_deleted_message(telegram: Telegram, lan: User) -> None:
    answer = await ask(lan, DIEN_BIEN)
    query = lan.tap(answer, "Ngữ cảnh")
    await lan.delete(answer)
    await query.wait()
    assert (await ask(lan, "xin chào")).text
