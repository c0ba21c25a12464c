"""Chats and what users do in them: which updates the bot gets, actions, information and leaving."""

from datetime import timedelta

import pytest
from telegram import Bot, Update
from telegram.error import BadRequest, Forbidden

from botapi import BotApiServer, DriverError, Telegram, User

from .expect import refused

pytestmark = pytest.mark.anyio


async def texts(bot: Bot) -> list[str]:
    """Fetch the waiting updates and return the texts of their messages."""
    updates = await bot.get_updates(allowed_updates=Update.ALL_TYPES)
    if updates:
        await bot.get_updates(offset=updates[-1].update_id + 1)
    return [str(update.effective_message and update.effective_message.text) for update in updates]


async def test_private_messages(bot: Bot, telegram: Telegram) -> None:
    """What a user writes arrives with its entities, sender and reply."""
    user = telegram.user("Carol", last_name="C", username="carol", language="vi")
    start = await user.start("ref_1")
    await user.say("xem #tin", reply_to=start)
    first, second = await bot.get_updates()
    assert first.message is not None
    assert second.message is not None
    assert first.message.text == "/start ref_1"
    assert first.message.entities[0].type == "bot_command"
    assert first.message.from_user is not None
    assert (first.message.from_user.full_name, first.message.from_user.language_code) == ("Carol C", "vi")
    assert second.message.reply_to_message == first.message
    assert second.message.parse_entities(["hashtag"])


async def test_edited_messages(bot: Bot, alice: User) -> None:
    """An edit arrives as such, a deletion does not arrive."""
    message = await alice.say("a")
    await alice.edit(message, "b")
    await alice.delete(message)
    updates = await bot.get_updates()
    assert [bool(update.edited_message) for update in updates] == [False, True]
    assert updates[1].edited_message is not None
    assert updates[1].edited_message.text == "b"
    with pytest.raises(DriverError):
        await alice.edit(message, "c")


async def test_other_content(bot: Bot, alice: User) -> None:
    """Stickers, photos, voice messages, files and polls arrive as the library expects them."""
    await alice.send_sticker("🔥")
    await alice.send_photo("một ảnh /x")
    await alice.send_voice(7)
    await alice.send_document("a.pdf")
    await alice.send_poll("?", ["a", "b"])
    await alice.send_content({"location": {"latitude": 21.0, "longitude": 105.8}})
    sticker, photo, voice, document, poll, place = [update.message for update in await bot.get_updates()]
    assert sticker and sticker.sticker and sticker.sticker.emoji == "🔥"
    assert photo and len(photo.photo) == 2 and photo.caption == "một ảnh /x" and photo.caption_entities
    assert voice and voice.voice and voice.voice.duration == timedelta(seconds=7)
    assert document and document.document and document.document.file_name == "a.pdf"
    assert poll and poll.poll and [option.text for option in poll.poll.options] == ["a", "b"]
    assert place and place.location and place.location.latitude == 21.0


async def test_privacy_mode(bot: Bot, telegram: Telegram, alice: User) -> None:
    """In a group the bot gets commands, replies to it and service messages, but nothing else."""
    robot = telegram.user("Robot", is_bot=True)
    group = telegram.supergroup("Group", [alice, robot])
    await bot.send_message(group.id, "hi")
    await alice.say("chat", group)
    await alice.say("@test_bot xin chào", group)
    await alice.say("/a", group)
    await alice.say("/b@test_bot", group)
    await alice.say("/c@other_bot", group)
    await alice.say("see /d", group)
    await alice.say("reply", group, reply_to=group.bot_messages[0])
    await robot.say("/from_bot", group)
    await alice.say("/e", group)
    await alice.say("/f@TEST_BOT", group)
    assert await texts(bot) == ["/a", "/b@test_bot", "reply", "/f@TEST_BOT"]
    await group.promote_bot(alice)
    await alice.say("chat", group)
    assert await texts(bot) == ["None", "chat"]


async def test_without_privacy_mode() -> None:
    """A bot that reads everything gets everything users write."""
    async with BotApiServer(reads_all_messages=True) as server, Bot(server.token, base_url=server.base_url) as bot:
        alice = server.telegram.user("Alice")
        await alice.say("chat", server.telegram.group(members=[alice]))
        assert bot.can_read_all_group_messages
        assert await texts(bot) == ["chat"]


async def test_membership(bot: Bot, telegram: Telegram, alice: User, bob: User) -> None:
    """Joins, departures, blocks and the bot's own membership arrive."""
    group = telegram.supergroup("Group", [alice], bot="left")
    await alice.say("before", group)
    await group.add_bot(alice, admin=True)
    await bob.join(group)
    await bob.leave(group)
    await group.remove_bot(alice)
    await alice.say("after", group)
    await alice.block()
    updates = await bot.get_updates(allowed_updates=Update.ALL_TYPES)
    kinds = [next(iter(update.to_dict().keys() - {"update_id"})) for update in updates]
    assert kinds == ["my_chat_member", "message", "message", "message", "my_chat_member", "my_chat_member"]
    own = [update.my_chat_member for update in updates if update.my_chat_member]
    assert [(change.old_chat_member.status, change.new_chat_member.status) for change in own] == [
        ("left", "administrator"),
        ("administrator", "kicked"),
        ("member", "kicked"),
    ]
    with pytest.raises(DriverError):
        await bob.leave(group)
    with pytest.raises(DriverError):
        await alice.say("not /start")


async def test_chat_member_updates_must_be_asked_for(bot: Bot, telegram: Telegram, bob: User) -> None:
    """Other members' changes reach an administrator that allowed them."""
    group = telegram.supergroup("Group", bot="administrator")
    await bob.join(group)
    await bot.get_updates(allowed_updates=["chat_member"])
    await bob.leave(group)
    updates = await bot.get_updates(offset=-1)
    assert updates[0].chat_member is not None
    assert updates[0].chat_member.new_chat_member.status == "left"


async def test_channels(bot: Bot, telegram: Telegram) -> None:
    """Posts of a channel and their edits arrive."""
    channel = telegram.channel("News")
    post = await channel.post("a")
    await channel.edit_post(post, "b")
    first, second = await bot.get_updates()
    assert first.channel_post is not None
    assert (first.channel_post.text, first.channel_post.from_user) == ("a", None)
    assert second.edited_channel_post is not None
    assert second.edited_channel_post.text == "b"


async def test_topics_reach_the_bot(bot: Bot, telegram: Telegram, alice: User) -> None:
    """A message in a topic says so."""
    forum = telegram.supergroup("Forum", [alice], is_forum=True)
    topic = await forum.create_topic("Tin", by=alice)
    await alice.say("/x", forum, thread=topic)
    created, message = [update.message for update in await bot.get_updates()]
    assert created and created.forum_topic_created and created.message_thread_id == topic.thread_id
    assert message and message.is_topic_message and message.message_thread_id == topic.thread_id
    assert message.chat.is_forum
    with pytest.raises(DriverError):
        await telegram.supergroup("Plain").create_topic("x")


async def test_chat_actions(bot: Bot, alice: User) -> None:
    """Known actions are shown, unknown ones refused."""
    await bot.send_chat_action(alice.id, "typing")
    assert alice.chat.actions == ["typing"]
    with refused(BadRequest, "Wrong parameter action in request"):
        await bot.send_chat_action(alice.id, "dancing")


async def test_get_chat(bot: Bot, telegram: Telegram, alice: User) -> None:
    """The bot sees the chats it is in and public ones."""
    assert (await bot.get_chat(alice.id)).first_name == "Alice"
    public = telegram.channel("News", username="news", bot="left")
    assert (await bot.get_chat("@news")).id == public.id
    forum = telegram.supergroup("Forum", is_forum=True)
    assert (await bot.get_chat(forum.id)).is_forum
    with refused(BadRequest, "Chat not found"):
        await bot.get_chat(5)
    with pytest.raises(Forbidden):
        await bot.get_chat(telegram.group(bot="kicked").id)


async def test_leave_chat(bot: Bot, telegram: Telegram, alice: User) -> None:
    """After leaving a group the bot can not write there; a private chat can not be left."""
    group = telegram.group("Group", [alice])
    await bot.leave_chat(group.id)
    with refused(Forbidden, "Forbidden: bot is not a member of the group chat"):
        await bot.send_message(group.id, "x")
    with refused(BadRequest, "Can't leave private and secret chats"):
        await bot.leave_chat(alice.id)


async def test_impossible_actions(telegram: Telegram, alice: User, bob: User) -> None:
    """A test can not make users do what no user can."""
    group = telegram.group("Group", [alice])
    message = await alice.say("x", group)
    with pytest.raises(DriverError):
        await bob.say("x", group)
    with pytest.raises(DriverError):
        await alice.say("x", reply_to=message)
    with pytest.raises(DriverError):
        await alice.say(" ")
    with pytest.raises(DriverError):
        await alice.say("x" * 4097)
    with pytest.raises(DriverError):
        await alice.start("a b")
    with pytest.raises(DriverError):
        await alice.unblock()
    with pytest.raises(DriverError):
        await group.post("x")


async def test_reading_a_chat(bot: Bot, alice: User) -> None:
    """Messages of the bot are read one after the other, and the chat as a whole."""
    await alice.say("hỏi")
    await bot.send_message(alice.id, "một")
    await bot.send_message(alice.id, "hai")
    assert [message.text for message in await alice.chat.next_messages(2)] == ["một", "hai"]
    await bot.send_message(alice.id, "ba")
    alice.chat.skip_messages()
    with pytest.raises(TimeoutError, match="new message of the bot"):
        await alice.chat.next_message(timeout=0.01)
    assert alice.chat.transcript == "Alice: hỏi\nTest Bot: một\nTest Bot: hai\nTest Bot: ba"
