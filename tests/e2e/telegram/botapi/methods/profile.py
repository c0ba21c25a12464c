"""Methods about the bot itself: who it is, its commands, menu button and descriptions."""

import re
from typing import Any

from ..api import BotApi, method
from ..errors import JsonDict, bad_request
from ..links import LinkError, check_link
from ..params import Params

_MAX_COMMANDS = 100
_MAX_COMMAND_LENGTH = 32
_MAX_COMMAND_DESCRIPTION_LENGTH = 256
_MAX_DESCRIPTION_LENGTH = 512
_MAX_SHORT_DESCRIPTION_LENGTH = 120
_COMMAND = re.compile(r"[a-z0-9_]{1,32}")
_LANGUAGE = re.compile(r"(?:[a-z]{2})?")
_GLOBAL_SCOPES = ("default", "all_private_chats", "all_group_chats", "all_chat_administrators")
_CHAT_SCOPES = ("chat", "chat_administrators", "chat_member")


@method("getMe")
def get_me(api: BotApi, params: Params) -> JsonDict:
    """Return the bot's account."""
    return {
        **api.world.bot.to_json(),
        "can_join_groups": True,
        "can_read_all_group_messages": api.world.reads_all_messages,
        "supports_inline_queries": True,
        "can_connect_to_business": False,
        "has_main_web_app": False,
    }


@method("setMyCommands")
def set_my_commands(api: BotApi, params: Params) -> bool:
    """Replace the commands of one scope and language."""
    raw = params.json("commands", "commands") or []
    if not isinstance(raw, list):
        raise bad_request("Expected an Array of BotCommand")
    commands = [_command(item) for item in raw]
    if len(commands) > _MAX_COMMANDS:
        raise bad_request("BOT_COMMANDS_TOO_MUCH")
    api.profile.commands[_scope_and_language(api, params)] = commands
    return True


@method("getMyCommands")
def get_my_commands(api: BotApi, params: Params) -> list[JsonDict]:
    """Return the commands of exactly one scope and language."""
    return api.profile.commands.get(_scope_and_language(api, params), [])


@method("deleteMyCommands")
def delete_my_commands(api: BotApi, params: Params) -> bool:
    """Remove the commands of one scope and language."""
    api.profile.commands.pop(_scope_and_language(api, params), None)
    return True


@method("setChatMenuButton")
def set_chat_menu_button(api: BotApi, params: Params) -> bool:
    """Set the menu button of one private chat, or the default one."""
    button = params.json("menu_button", "MenuButton") or {"type": "default"}
    _check_menu_button(button)
    user_id = params.integer("chat_id")
    if params.has("chat_id") and user_id not in api.world.users:
        raise bad_request("user not found")
    api.profile.menu_buttons[user_id] = button
    return True


@method("setMyDescription")
def set_my_description(api: BotApi, params: Params) -> bool:
    """Set the text shown in an empty chat with the bot."""
    return _store_text(params, "description", _MAX_DESCRIPTION_LENGTH, api.profile.descriptions)


@method("setMyShortDescription")
def set_my_short_description(api: BotApi, params: Params) -> bool:
    """Set the text shown on the bot's profile page."""
    return _store_text(params, "short_description", _MAX_SHORT_DESCRIPTION_LENGTH, api.profile.short_descriptions)


def _store_text(params: Params, name: str, limit: int, texts: dict[str, str]) -> bool:
    """Keep a description in its language."""
    text = params.text(name)
    if len(text) > limit:
        raise bad_request(f"{name.replace('_', ' ')} is too long")
    texts[_language(params)] = text
    return True


def _command(item: Any) -> JsonDict:
    """Check one command; a leading slash is tolerated."""
    prefix = "Can't parse BotCommand: "
    if not isinstance(item, dict):
        raise bad_request(f"{prefix}expected an Object")
    for field in ("command", "description"):
        if field not in item:
            raise bad_request(f'{prefix}Can\'t find field "{field}"')
    command = str(item["command"]).strip().removeprefix("/")
    description = str(item["description"]).strip()
    if not command:
        raise bad_request("Command must be non-empty")
    if len(command) > _MAX_COMMAND_LENGTH:
        raise bad_request(f"Command length must not exceed {_MAX_COMMAND_LENGTH}")
    if not description:
        raise bad_request("Command description must be non-empty")
    if len(description) > _MAX_COMMAND_DESCRIPTION_LENGTH:
        raise bad_request(f"Command description length must not exceed {_MAX_COMMAND_DESCRIPTION_LENGTH}")
    if not _COMMAND.fullmatch(command):
        raise bad_request("BOT_COMMAND_INVALID")
    return {"command": command, "description": description}


def _scope_and_language(api: BotApi, params: Params) -> tuple[str, str]:
    """Return the key of a list of commands."""
    prefix = "Can't parse BotCommandScope: "
    scope = params.json("scope", "BotCommandScope") or {"type": "default"}
    if not isinstance(scope, dict):
        raise bad_request(f"{prefix}BotCommandScope must be an Object")
    kind = scope.get("type")
    if kind in _GLOBAL_SCOPES:
        return str(kind), _language(params)
    if kind not in _CHAT_SCOPES:
        raise bad_request(f"{prefix}Unsupported type specified")
    chat_id = scope.get("chat_id")
    if chat_id in (None, ""):
        raise bad_request(f'{prefix}Can\'t find field "chat_id"')
    key = f"{kind}:{api.accessible_chat(str(chat_id)).id}"
    if kind == "chat_member":
        user_id = Params(scope).integer("user_id")
        if user_id <= 0:
            raise bad_request(f"{prefix}Invalid user_id specified")
        key += f":{user_id}"
    return key, _language(params)


def _language(params: Params) -> str:
    """Check the language code."""
    code = params.text("language_code")
    if not _LANGUAGE.fullmatch(code):
        raise bad_request("Invalid language code specified")
    return code


def _check_menu_button(button: Any) -> None:
    """Check a menu button."""
    prefix = "Can't parse MenuButton: "
    if not isinstance(button, dict):
        raise bad_request(f"{prefix}MenuButton must be an Object")
    kind = button.get("type")
    if kind in ("default", "commands"):
        return
    if kind != "web_app":
        raise bad_request(f"{prefix}Invalid menu button type specified")
    if not button.get("text"):
        raise bad_request(f'{prefix}Can\'t find field "text"')
    web_app = button.get("web_app")
    url = str(web_app.get("url", "")) if isinstance(web_app, dict) else ""
    try:
        check_link(url, https_only=True)
    except LinkError as error:
        raise bad_request(f"Menu button Web App {error}") from error
