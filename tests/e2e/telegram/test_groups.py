"""Groups: the bot speaks when it is spoken to, stays in the topic, and answers no bots."""

import pytest
from botapi import Telegram, User
from conftest import changed, press
from test_telegram_answers import CA_MAU, DIEN_BIEN

pytestmark = pytest.mark.anyio


async def test_only_what_is_addressed_is_answered(telegram: Telegram, lan: User) -> None:
    minh = telegram.user("Minh", started=True)
    group = telegram.group("Nhóm", [lan, minh])
    await lan.say(DIEN_BIEN, group)
    await minh.say("@someone_else " + DIEN_BIEN, group)
    await lan.send_photo("ảnh", chat=group)
    await lan.send_sticker(chat=group)
    await minh.say("/khongco", group)
    mentioned = await lan.say(f"@HoiBao_bot {DIEN_BIEN}", group)
    answer = await group.next_message()
    assert answer.reply_to is mentioned and "492" in answer.text.split("\n")[0]
    replied = await minh.say("Thế riêng phường Mường Thanh?", group, reply_to=answer)
    follow_up = await group.next_message()
    assert follow_up.reply_to is replied and "kết nạp 40" in follow_up.text
    commanded = await lan.say(f"/hoi@hoibao_bot {CA_MAU}", group)
    answer = await group.next_message()
    assert answer.reply_to is commanded and "90-KH/TU" in answer.text
    assert len(group.bot_messages) == 3
    assert not [call for call in telegram.calls("sendChatAction") if call.params["chat_id"] == group.id]


async def test_a_mention_alone_asks_the_message_it_replies_to(telegram: Telegram, lan: User) -> None:
    minh = telegram.user("Minh", started=True)
    group = telegram.supergroup("Nhóm", [lan, minh])
    asked = await lan.say(DIEN_BIEN, group)
    for text in ("@hoibao_bot", "/hoi"):
        called = await minh.say(text, group, reply_to=asked)
        answer = await group.next_message()
        assert answer.reply_to is called and "492" in answer.text


async def test_media_that_addresses_the_bot(telegram: Telegram, lan: User) -> None:
    group = telegram.group("Nhóm", [lan])
    photo = await lan.send_photo(f"@hoibao_bot {DIEN_BIEN}", chat=group)
    assert (await group.next_message()).reply_to is photo
    sticker = await lan.send_sticker(chat=group, reply_to=group.bot_messages[0])
    assert (await group.next_message()).reply_to is sticker


async def test_topics_of_a_forum(telegram: Telegram, lan: User) -> None:
    forum = telegram.supergroup("Diễn đàn", [lan], is_forum=True)
    first, second = await forum.create_topic("Một", by=lan), await forum.create_topic("Hai", by=lan)
    await lan.say(DIEN_BIEN, forum, thread=first)  # in a topic every message replies to the one that opened it
    await lan.say(f"/hoi {DIEN_BIEN}", forum, thread=first)
    await lan.say(f"/hoi {CA_MAU}", forum, thread=second)
    await lan.say("/hoi Thế riêng phường Mường Thanh?", forum, thread=first)
    answers = await forum.next_messages(3)
    assert [answer.thread for answer in answers] == [first, second, first]
    assert "kết nạp 40" in answers[2].text  # each topic has its own conversation
    general = await lan.say(f"@hoibao_bot {CA_MAU}", forum)
    answer = await forum.next_message()
    assert answer.thread is None and answer.reply_to is general


async def test_bots_are_never_answered(telegram: Telegram, lan: User) -> None:
    other = telegram.user("Bot khác", is_bot=True)
    group = telegram.group("Nhóm", [lan, other])
    message = telegram.world.add_message(group, other, (await lan.say("@hoibao_bot xin chào", group)).body)
    telegram.push_update("message", message.to_json(), lane=group.id)
    results = await lan.inline(DIEN_BIEN)
    await results.choose(0, lan.chat)  # what a person sends from inline mode comes back as a message
    await lan.say("@hoibao_bot cảm ơn", group)
    answers = await group.next_messages(2)
    assert [answer.reply_to.sender for answer in answers] == [lan, lan]
    assert group.bot_messages == answers and lan.chat.bot_messages == []


async def test_an_administrator_who_hides_is_answered_and_a_channel_is_not(telegram: Telegram, lan: User) -> None:
    group = telegram.supergroup("Nhóm", [lan])
    hidden = telegram.user("Group", is_bot=True)
    for sender in ({"id": -1009, "type": "channel", "title": "Kênh"}, group.to_json()):
        message = telegram.world.add_message(group, hidden, (await lan.say("chuyện khác", group)).body)
        payload = message.to_json() | {"sender_chat": sender, "text": f"/hoi {DIEN_BIEN}"}
        payload["entities"] = [{"type": "bot_command", "offset": 0, "length": 4}]
        telegram.push_update("message", payload, lane=group.id)
    answer = await group.next_message()
    assert answer.reply_to is message and len(group.bot_messages) == 1


async def test_edited_question_in_a_group(telegram: Telegram, lan: User) -> None:
    group = telegram.group("Nhóm", [lan])
    asked = await lan.say(f"@hoibao_bot {DIEN_BIEN}", group)
    answer = await group.next_message()
    await lan.edit(asked, f"@hoibao_bot {CA_MAU}")
    await changed(telegram, answer, 0)
    assert "90-KH/TU" in answer.text and len(group.bot_messages) == 1


async def test_another_person_may_restrict_an_answer(telegram: Telegram, lan: User) -> None:
    minh = telegram.user("Minh", started=True)
    group = telegram.group("Nhóm", [lan, minh])
    await lan.say(f"/hoi {CA_MAU}", group)
    answer = await group.next_message()
    await press(telegram, minh, answer, "Chỉ tìm trong bài này")
    assert "Chỉ tìm trong bài: " in answer.text
    await lan.say(f"/hoi {DIEN_BIEN}", group)  # that was Minh's wish, not Lan's
    assert "492" in (await group.next_message()).text


async def test_in_a_channel_and_after_being_put_out_nothing_is_said(telegram: Telegram, lan: User) -> None:
    channel = telegram.channel("Kênh")
    await channel.post(DIEN_BIEN)
    group = telegram.supergroup("Nhóm", [lan])
    await lan.say(f"/hoi {CA_MAU}", group)
    await group.next_message()
    await group.remove_bot(lan)
    assert channel.bot_messages == [] and len(group.bot_messages) == 1


@pytest.mark.refusals
async def test_a_chat_that_blocks_the_bot_is_no_trouble(telegram: Telegram, lan: User) -> None:
    minh = telegram.user("Minh", started=True)
    await minh.say(DIEN_BIEN)
    await minh.block()
    await lan.say("xin chào")
    assert (await lan.chat.next_message()).text
