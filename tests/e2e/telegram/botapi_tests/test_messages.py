"""Sending, editing and deleting messages with python-telegram-bot's client."""

import pytest
from telegram import (
    Bot,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    MessageEntity,
    ReplyKeyboardMarkup,
    ReplyParameters,
)
from telegram.error import BadRequest, Forbidden

from botapi import BotApiServer, Telegram, User

from .expect import refused

pytestmark = pytest.mark.anyio

GO = InlineKeyboardMarkup([[InlineKeyboardButton("Go", callback_data="go")]])


async def test_sent_message(bot: Bot, alice: User) -> None:
    """The library and the test see the same message."""
    sent = await bot.send_message(alice.id, "<b>Chào</b> 😀 <i>bạn</i>", parse_mode="HTML", reply_markup=GO)
    seen = await alice.chat.next_message()
    assert sent.text == seen.text == "Chào 😀 bạn"
    assert sent.text_html == seen.html == "<b>Chào</b> 😀 <i>bạn</i>"
    assert sent.reply_markup == GO
    assert seen.rendered == "Chào 😀 bạn\n[Go]"
    assert seen.entity_texts("italic") == ["bạn"]
    assert (sent.message_id, sent.chat_id, sent.from_user and sent.from_user.id) == (1, alice.id, bot.id)


async def test_explicit_entities(bot: Bot, alice: User) -> None:
    """Entities may be given instead of a parse mode."""
    await bot.send_message(alice.id, "a bold word", entities=[MessageEntity(MessageEntity.BOLD, 2, 4)])
    assert alice.chat.last.html == "a <b>bold</b> word"


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("", "Message text is empty"),
        (" ", "Text must be non-empty"),
        ("x" * 4097, "Message is too long"),
        ("<b>x", "Can't parse entities: can't find end tag corresponding to start tag \"b\""),
    ],
)
async def test_refused_texts(bot: Bot, alice: User, text: str, error: str) -> None:
    """The library raises BadRequest for texts Telegram refuses."""
    with refused(BadRequest, error):
        await bot.send_message(alice.id, text, parse_mode="HTML")
    assert alice.chat.messages == []


async def test_refused_chats(bot: Bot, telegram: Telegram) -> None:
    """Only chats the bot knows and may write to are accepted."""
    stranger, other_bot = telegram.user("Stranger"), telegram.user("Robot", is_bot=True)
    member = telegram.user("Member")
    telegram.group(members=[member])
    with refused(BadRequest, "Chat not found"):
        await bot.send_message(987, "x")
    with refused(BadRequest, "Chat not found"):
        await bot.send_message(stranger.id, "x")
    with refused(BadRequest, "Chat not found"):
        await bot.send_message("@nobody", "x")
    with refused(BadRequest, "Chat_id is empty"):
        await bot.send_message("", "x")
    with refused(Forbidden, "Forbidden: bots can't send messages to bots"):
        await bot.send_message(other_bot.id, "x")
    with refused(Forbidden, "Forbidden: bot can't initiate conversation with a user"):
        await bot.send_message(member.id, "x")


async def test_blocked(bot: Bot, alice: User) -> None:
    """A user who blocked the bot can not be written to until a restart."""
    sent = await bot.send_message(alice.id, "x")
    await alice.block()
    with refused(Forbidden, "Forbidden: bot was blocked by the user"):
        await bot.send_message(alice.id, "y")
    with refused(Forbidden, "Forbidden: bot was blocked by the user"):
        await bot.send_chat_action(alice.id, "typing")
    await bot.delete_message(alice.id, sent.message_id)
    await alice.start()
    await bot.send_message(alice.id, "z")


@pytest.mark.parametrize(
    ("status", "error"),
    [
        ("left", "Forbidden: bot is not a member of the supergroup chat"),
        ("kicked", "Forbidden: bot was kicked from the supergroup chat"),
    ],
)
async def test_left_chats(bot: Bot, telegram: Telegram, status: str, error: str) -> None:
    """A chat the bot is not in can not be written to."""
    chat = telegram.supergroup(bot=status)
    with refused(Forbidden, error):
        await bot.send_message(chat.id, "x")


async def test_usernames(bot: Bot, telegram: Telegram) -> None:
    """Public chats are found by name; a channel shows the bot's message as its own post."""
    channel = telegram.channel("News", username="news")
    sent = await bot.send_message("@News", "x")
    assert (sent.chat_id, sent.from_user, sent.sender_chat and sent.sender_chat.id) == (channel.id, None, channel.id)
    assert channel.bot_messages == [channel.last]
    await bot.edit_message_text("y", "@news", sent.message_id)
    assert channel.last.text == "y"


async def test_replies(bot: Bot, alice: User) -> None:
    """A reply needs its message unless it is allowed to go without."""
    question = await alice.say("tin gì mới?")
    await bot.send_message(alice.id, "x", reply_parameters=ReplyParameters(question.message_id, quote="gì mới"))
    assert alice.chat.last.reply_to is question
    assert alice.chat.last.quote == {"text": "gì mới", "position": 4, "is_manual": True}
    with refused(BadRequest, "Quote_text_invalid"):
        await bot.send_message(alice.id, "x", reply_parameters=ReplyParameters(question.message_id, quote="cũ"))
    await alice.delete(question)
    with refused(BadRequest, "Message to be replied not found"):
        await bot.send_message(alice.id, "x", reply_to_message_id=question.message_id)
    loose = ReplyParameters(question.message_id, allow_sending_without_reply=True)
    sent = await bot.send_message(alice.id, "x", reply_parameters=loose)
    assert sent.reply_to_message is None


async def test_topics(bot: Bot, telegram: Telegram, alice: User) -> None:
    """Messages go to existing, open topics only; the general topic has no identifier."""
    forum = telegram.supergroup("Forum", [alice], is_forum=True)
    topic = await forum.create_topic("Tin tức", by=alice)
    sent = await bot.send_message(forum.id, "x", message_thread_id=topic.thread_id)
    assert (sent.message_thread_id, sent.is_topic_message) == (topic.thread_id, True)
    assert sent.reply_to_message is not None
    assert sent.reply_to_message.forum_topic_created is not None
    question = await alice.say("hỏi", forum, thread=topic)
    await bot.send_message(forum.id, "y", reply_to_message_id=question.message_id)
    assert forum.last.thread is topic
    assert (await bot.send_message(forum.id, "general")).message_thread_id is None
    for wrong in (1, 999):
        with refused(BadRequest, "Message thread not found"):
            await bot.send_message(forum.id, "x", message_thread_id=wrong)
    with refused(BadRequest, "Message thread not found"):
        await bot.send_message(alice.id, "x", message_thread_id=topic.thread_id)
    with refused(BadRequest, "Message thread not found"):
        await bot.send_chat_action(forum.id, "typing", message_thread_id=999)
    topic.closed = True
    with refused(BadRequest, "Topic_closed"):
        await bot.send_message(forum.id, "x", message_thread_id=topic.thread_id)


async def test_edits(bot: Bot, alice: User) -> None:
    """An edit replaces text and keyboard; a call without a keyboard removes it."""
    sent = await bot.send_message(alice.id, "a", reply_markup=GO)
    message = await alice.chat.next_message()
    edited = await bot.edit_message_text("<b>b</b>", alice.id, sent.message_id, parse_mode="HTML")
    assert not isinstance(edited, bool)
    assert edited.edit_date is not None
    assert (message.html, message.buttons, message.edits) == ("<b>b</b>", [], 1)
    await bot.edit_message_reply_markup(alice.id, sent.message_id, reply_markup=GO)
    assert (message.html, message.button("Go").data) == ("<b>b</b>", "go")
    assert [body.text for body in message.history] == ["a", "b"]


async def test_unmodified_edits(bot: Bot, alice: User) -> None:
    """An edit has to change the text, an entity or the keyboard."""
    error = (
        "Message is not modified: specified new message content and reply markup are exactly the same as a current "
        "content and reply markup of the message"
    )
    sent = await bot.send_message(alice.id, "<b>a</b>", parse_mode="HTML", reply_markup=GO)
    with refused(BadRequest, error):
        await bot.edit_message_text("<strong>a </strong>", alice.id, sent.message_id, parse_mode="HTML", reply_markup=GO)
    with refused(BadRequest, error):
        await bot.edit_message_reply_markup(alice.id, sent.message_id, reply_markup=GO)
    await bot.edit_message_text("a", alice.id, sent.message_id, reply_markup=GO)
    await bot.edit_message_text("a", alice.id, sent.message_id)


async def test_refused_edits(bot: Bot, alice: User) -> None:
    """Only an existing message of the bot without a reply keyboard can be edited, to a text that may be sent."""
    own = await bot.send_message(alice.id, "a")
    with_keyboard = await bot.send_message(alice.id, "a", reply_markup=ReplyKeyboardMarkup([["x"]]))
    other = await alice.say("hi")
    with refused(BadRequest, "Message to edit not found"):
        await bot.edit_message_text("b", alice.id, 999)
    with refused(BadRequest, "Message can't be edited"):
        await bot.edit_message_text("b", alice.id, other.message_id)
    with refused(BadRequest, "Message can't be edited"):
        await bot.edit_message_text("b", alice.id, with_keyboard.message_id)
    with refused(BadRequest, "Message_too_long"):
        await bot.edit_message_text("x" * 4097, alice.id, own.message_id)
    with refused(BadRequest, "Message text is empty"):
        await bot.edit_message_text("", alice.id, own.message_id)
    with refused(BadRequest, "Message identifier is not specified"):
        await bot.edit_message_text("b")
    with refused(BadRequest, "Message_id_invalid"):
        await bot.edit_message_text("b", inline_message_id="INLINE9")
    with refused(BadRequest, "Inline keyboard expected"):
        await bot.edit_message_text("b", alice.id, own.message_id, api_kwargs={"reply_markup": {"keyboard": [["x"]]}})


async def test_deletions(bot: Bot, telegram: Telegram, alice: User) -> None:
    """The bot deletes messages in private chats, its own ones in groups, and others' there as administrator."""
    group = telegram.supergroup("Group", [alice])
    own, other = await bot.send_message(group.id, "a"), await alice.say("b", group)
    await bot.delete_message(group.id, own.message_id)
    with refused(BadRequest, "Message to delete not found"):
        await bot.delete_message(group.id, own.message_id)
    with refused(BadRequest, "Message to edit not found"):
        await bot.edit_message_text("c", group.id, own.message_id)
    with refused(BadRequest, "Message can't be deleted"):
        await bot.delete_message(group.id, other.message_id)
    await group.promote_bot(alice)
    await bot.delete_message(group.id, other.message_id)
    assert group.messages == []
    assert group.sent[0].deleted


async def test_old_messages_stay() -> None:
    """After 48 hours a message can not be deleted."""
    now = 1_700_000_000.0
    async with BotApiServer(clock=lambda: now) as server, Bot(server.token, base_url=server.base_url) as bot:
        alice = server.telegram.user("Alice", started=True)
        sent = await bot.send_message(alice.id, "x")
        now += 48 * 3600 + 1
        with refused(BadRequest, "Message can't be deleted for everyone"):
            await bot.delete_message(alice.id, sent.message_id)


async def test_options_are_kept(bot: Bot, alice: User) -> None:
    """Link previews and protection can be checked on the message."""
    await bot.send_message(alice.id, "x", disable_web_page_preview=True, protect_content=True)
    assert alice.chat.last.options == {
        "link_preview_options": {"is_disabled": True},
        "has_protected_content": True,
    }
