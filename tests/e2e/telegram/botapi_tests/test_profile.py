"""Commands, menu button and descriptions of the bot."""

import pytest
from telegram import (
    Bot,
    BotCommand,
    BotCommandScope,
    BotCommandScopeAllPrivateChats,
    BotCommandScopeChat,
    BotCommandScopeChatMember,
    MenuButtonCommands,
    MenuButtonWebApp,
    WebAppInfo,
)
from telegram.error import BadRequest

from botapi import Telegram, User

from .expect import refused

pytestmark = pytest.mark.anyio


async def test_commands_by_scope_and_language(bot: Bot, telegram: Telegram, alice: User) -> None:
    """Each scope and language has its own commands."""
    group = telegram.group("Group", [alice])
    await bot.set_my_commands([BotCommand("/start", " Bắt đầu ")])
    await bot.set_my_commands([("start", "Start")], language_code="en")
    await bot.set_my_commands([("help", "x")], BotCommandScopeAllPrivateChats())
    await bot.set_my_commands([("stop", "x")], BotCommandScopeChat(group.id))
    await bot.set_my_commands([("me", "x")], BotCommandScopeChatMember(group.id, alice.id))
    assert await bot.get_my_commands() == (BotCommand("start", "Bắt đầu"),)
    assert await bot.get_my_commands(language_code="en") == (BotCommand("start", "Start"),)
    assert await bot.get_my_commands(BotCommandScopeAllPrivateChats(), "vi") == ()
    assert set(telegram.profile.commands) == {
        ("default", ""),
        ("default", "en"),
        ("all_private_chats", ""),
        (f"chat:{group.id}", ""),
        (f"chat_member:{group.id}:{alice.id}", ""),
    }
    await bot.delete_my_commands(language_code="en")
    assert await bot.get_my_commands(language_code="en") == ()


@pytest.mark.parametrize(
    ("command", "description", "error"),
    [
        ("Start", "x", "Bot_command_invalid"),
        ("tin-tức", "x", "Bot_command_invalid"),
        ("", "x", "Command must be non-empty"),
        ("x" * 33, "x", "Command length must not exceed 32"),
        ("x", "", "Command description must be non-empty"),
        ("x", "y" * 257, "Command description length must not exceed 256"),
    ],
)
async def test_commands_are_checked(bot: Bot, command: str, description: str, error: str) -> None:
    """Names are short, lower-case and ASCII; descriptions are neither empty nor long."""
    with refused(BadRequest, error):
        await bot.set_my_commands([(command, description)])


async def test_command_lists_are_checked(bot: Bot, telegram: Telegram) -> None:
    """There are at most 100 commands, scopes exist and languages have two letters."""
    with refused(BadRequest, "Bot_commands_too_much"):
        await bot.set_my_commands([(f"c{i}", "x") for i in range(101)])
    await bot.set_my_commands([(f"c{i}", "y" * 256) for i in range(100)])
    with refused(BadRequest, "Invalid language code specified"):
        await bot.set_my_commands([("x", "x")], language_code="vie")
    with refused(BadRequest, "Chat not found"):
        await bot.set_my_commands([("x", "x")], BotCommandScopeChat(5))
    with refused(BadRequest, "Can't parse BotCommandScope: Unsupported type specified"):
        await bot.set_my_commands([("x", "x")], BotCommandScope("galaxy"))


async def test_menu_button(bot: Bot, telegram: Telegram, alice: User) -> None:
    """The menu button is set for everybody or for one user."""
    await bot.set_chat_menu_button(menu_button=MenuButtonCommands())
    await bot.set_chat_menu_button(alice.id, MenuButtonWebApp("Mở", WebAppInfo("https://a.vn")))
    assert telegram.profile.menu_buttons[0] == {"type": "commands"}
    assert telegram.profile.menu_buttons[alice.id]["text"] == "Mở"
    with refused(BadRequest, "Menu button Web App URL 'http://a.vn' is invalid: Only HTTPS links are allowed"):
        await bot.set_chat_menu_button(menu_button=MenuButtonWebApp("x", WebAppInfo("http://a.vn")))
    with refused(BadRequest, "User not found"):
        await bot.set_chat_menu_button(5, MenuButtonCommands())


async def test_descriptions(bot: Bot, telegram: Telegram) -> None:
    """Descriptions have limits and languages."""
    await bot.set_my_description("x" * 512)
    await bot.set_my_description("y", language_code="vi")
    await bot.set_my_short_description("x" * 120)
    assert telegram.profile.descriptions == {"": "x" * 512, "vi": "y"}
    assert telegram.profile.short_descriptions == {"": "x" * 120}
    with refused(BadRequest, "Description is too long"):
        await bot.set_my_description("x" * 513)
    with refused(BadRequest, "Short description is too long"):
        await bot.set_my_short_description("x" * 121)
