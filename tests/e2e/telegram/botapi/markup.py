"""Reply markups: inline and reply keyboards, checked as the real server checks them.

Stricter than the real server, which silently ignores them: a button with empty text or with more than one action, and
keyboards beyond 100 buttons or 8 in a row (300 and 12 for reply keyboards).
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from .errors import JsonDict, bad_request
from .links import LinkError, check_link, link_user_id
from .utf16 import utf16_len

MAX_CALLBACK_DATA_BYTES = 64
MAX_COPY_TEXT_LENGTH = 256
_MAX_MARKUP_BYTES = 10_240
_INLINE_LIMITS = (100, 8)
_REPLY_LIMITS = (300, 12)
_SWITCH_QUERIES = ("switch_inline_query", "switch_inline_query_current_chat")
_ACTIONS = (
    "url",
    "callback_data",
    "callback_game",
    "pay",
    *_SWITCH_QUERIES,
    "switch_inline_query_chosen_chat",
    "login_url",
    "web_app",
    "copy_text",
)
_REPLY_FLAGS = ("is_persistent", "resize_keyboard", "one_time_keyboard", "selective")


@dataclass(frozen=True, slots=True)
class Button:
    """One button of an inline keyboard as a user sees it."""

    text: str
    data: str | None
    url: str | None
    row: int
    column: int
    raw: JsonDict


def parse_markup(value: Any) -> JsonDict | None:
    """Check a reply markup and return it in its canonical form, or None if there is none."""
    if value is None:
        return None
    if not isinstance(value, dict):
        raise bad_request("Object expected as reply markup")
    if value.get("keyboard"):
        rows = _rows(value["keyboard"], "keyboard", _reply_button, _REPLY_LIMITS)
        flags = {flag: True for flag in _REPLY_FLAGS if value.get(flag)}
        return {"keyboard": rows, **flags, **_placeholder(value)}
    if value.get("inline_keyboard"):
        rows = _rows(value["inline_keyboard"], "inline keyboard", _inline_button, _INLINE_LIMITS)
        if len(json.dumps(rows, ensure_ascii=False, separators=(",", ":")).encode()) > _MAX_MARKUP_BYTES:
            raise bad_request("reply markup is too long")
        return {"inline_keyboard": rows} if rows else None
    if value.get("remove_keyboard"):
        return {"remove_keyboard": True}
    if value.get("force_reply"):
        return {"force_reply": True, **_placeholder(value)}
    return None


def require_inline(markup: JsonDict | None) -> JsonDict | None:
    """Refuse any markup but an inline keyboard, as edits and inline results do."""
    if markup is not None and "inline_keyboard" not in markup:
        raise bad_request("Inline keyboard expected")
    return markup


def is_inline(markup: JsonDict | None) -> bool:
    """Tell whether a markup is an inline keyboard."""
    return markup is not None and "inline_keyboard" in markup


def inline_buttons(markup: JsonDict | None) -> Iterator[Button]:
    """Yield the buttons of an inline keyboard, row by row."""
    rows = markup.get("inline_keyboard", []) if markup else []
    for row_index, row in enumerate(rows):
        for column, raw in enumerate(row):
            yield Button(raw["text"], raw.get("callback_data"), raw.get("url"), row_index, column, raw)


def _placeholder(value: JsonDict) -> JsonDict:
    """Keep the placeholder of the input field, if there is one."""
    placeholder = value.get("input_field_placeholder")
    return {"input_field_placeholder": placeholder} if placeholder else {}


def _rows(rows: Any, name: str, parse_button: Callable[[Any], JsonDict], limits: tuple[int, int]) -> list[list[JsonDict]]:
    """Parse the rows of a keyboard, leaving out the empty ones."""
    max_buttons, max_row = limits
    if not isinstance(rows, list) or not all(isinstance(row, list) for row in rows):
        field = "inline_keyboard" if name == "inline keyboard" else name
        owner = " of the InlineKeyboardMarkup" if name == "inline keyboard" else ""
        raise bad_request(f'Field "{field}"{owner} must be an Array of Arrays')
    parsed = [[parse_button(button) for button in row] for row in rows if row]
    if sum(map(len, parsed)) > max_buttons or any(len(row) > max_row for row in parsed):
        raise bad_request("reply markup is too long")
    return parsed


def _reply_button(button: Any) -> JsonDict:
    """Parse a button of a reply keyboard."""
    if isinstance(button, str):
        button = {"text": button}
    if not isinstance(button, dict):
        raise bad_request("Can't parse keyboard button: KeyboardButton must be a String or an Object")
    if "text" not in button:
        raise bad_request("Can't parse keyboard button: Can't find field \"text\"")
    if not button["text"]:
        raise bad_request("Keyboard button text must be non-empty")
    return dict(button)


def _inline_button(button: Any) -> JsonDict:
    """Parse a button of an inline keyboard."""
    prefix = "Can't parse inline keyboard button: "
    if not isinstance(button, dict):
        raise bad_request(f"{prefix}InlineKeyboardButton must be an Object")
    if "text" not in button:
        raise bad_request(f'{prefix}Can\'t find field "text"')
    text = str(button["text"])
    if not text.strip():
        raise bad_request("Inline keyboard button text must be non-empty")
    given = [name for name in _ACTIONS if button.get(name) or (name in _SWITCH_QUERIES and name in button)]
    if not given:
        raise bad_request(f"{prefix}Text buttons are unallowed in the inline keyboard")
    if len(given) > 1:
        raise bad_request(f"{prefix}exactly one of the optional fields must be used, found {', '.join(given)}")
    (action,) = given
    return {"text": text, action: _checked_action(action, button[action])}


def _checked_action(action: str, value: Any) -> Any:
    """Check what a button does and return its canonical form."""
    if action == "callback_data":
        if len(str(value).encode()) > MAX_CALLBACK_DATA_BYTES:
            raise bad_request("BUTTON_DATA_INVALID")
        return str(value)
    if action == "url":
        return str(value) if link_user_id(str(value)) else _checked_url(str(value), "", https_only=False)
    if action == "copy_text":
        text = value.get("text") if isinstance(value, dict) else None
        if not isinstance(text, str) or not 0 < utf16_len(text) <= MAX_COPY_TEXT_LENGTH:
            raise bad_request("BUTTON_COPY_TEXT_INVALID")
        return {"text": text}
    if action in ("web_app", "login_url"):
        kind = "Web App " if action == "web_app" else "login "
        url = str(value.get("url", "")) if isinstance(value, dict) else ""
        return {**value, "url": _checked_url(url, kind, https_only=True)}
    return value


def _checked_url(url: str, kind: str, *, https_only: bool) -> str:
    """Return the canonical form of a button's URL."""
    try:
        return check_link(url, https_only=https_only)
    except LinkError as error:
        raise bad_request(f"Inline keyboard button {kind}{error}") from error
