"""Message texts: from the parameters of a call to a checked text with normalised entities."""

import re
from bisect import bisect_left
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from .detect import find_entities
from .entities import SPLITTABLE, Entity, FormattedText, fix_entities, merge_found, shift, sort_entities
from .errors import ApiError, JsonDict, bad_request
from .html import HtmlError, parse_html
from .links import checked_link
from .utf16 import utf16_len

MAX_TEXT_LENGTH = 4096
_MAX_TEXT_BYTES = 1 << 15

_CLEANED = re.compile(r"[\x00-\x09\x0b-\x1f\u2028-\u202e\u0333\u033f\u030a]")
_INVISIBLE = re.compile(r"[\s\u200b-\u200f\u2060-\u2064\u2800\u3164\ufeff\u00ad]*")
_AUTOMATIC = frozenset({"mention", "hashtag", "cashtag", "bot_command", "url", "email", "phone_number", "bank_card_number"})
_EXPLICIT = frozenset(
    {*SPLITTABLE, "code", "pre", "text_link", "text_mention", "custom_emoji", "blockquote", "expandable_blockquote"}
)


class TextFormatter:
    """Turn texts of the bot into what Telegram stores; `knows_user` tells which users can be mentioned by id."""

    def __init__(self, knows_user: Callable[[int], bool], *, strict_html: bool = True) -> None:
        self._knows_user = knows_user
        self._strict_html = strict_html

    def message_text(self, text: str, parse_mode: str, entities: Any, *, too_long: str) -> FormattedText:
        """Check and format the text of a message; `too_long` is the error for more than 4096 UTF-16 code units."""
        if not text:
            raise bad_request("Message text is empty")
        formatted = finish_text(*self._parse(text, parse_mode, entities))
        if not formatted.text:
            raise bad_request("Text must be non-empty")
        if utf16_len(formatted.text) > MAX_TEXT_LENGTH:
            raise bad_request(too_long)
        return formatted

    def _parse(self, text: str, parse_mode: str, entities: Any) -> tuple[str, list[Entity]]:
        """Apply the parse mode or the explicit entities."""
        if len(text.encode("utf-8", "surrogatepass")) > _MAX_TEXT_BYTES:
            raise bad_request("Text is too long")
        mode = parse_mode.lower()
        if mode == "html":
            try:
                text, parsed = parse_html(text, strict=self._strict_html)
            except HtmlError as error:
                raise bad_request(f"Can't parse entities: {error}") from error
        elif mode in ("", "none"):
            parsed = [entity for item in _as_list(entities) if (entity := _explicit_entity(item))]
        elif mode in ("markdown", "markdownv2"):
            raise ApiError(501, f"Not Implemented: this test server does not know parse_mode {parse_mode}")
        else:
            raise bad_request("Unsupported parse_mode")
        return text, [entity for entity in parsed if not entity.user_id or self._knows_user(entity.user_id)]


def finish_text(text: str, entities: list[Entity]) -> FormattedText:
    """Clean and trim a text, normalise its entities and add the automatic ones."""
    fixed = fix_entities(entities)
    total = utf16_len(text) if fixed else 0
    for entity in fixed:
        if entity.end > total:
            raise bad_request(
                f"Entity beginning at UTF-16 offset {entity.offset} ends after the end of the text at UTF-16 offset "
                f"{entity.end}"
            )
    text, fixed = _clean(text, fixed)
    text, fixed = _trim(text, fix_entities(fixed))
    return FormattedText(text, tuple(merge_found(fixed, find_entities(text))))


def _clean(text: str, entities: list[Entity]) -> tuple[str, list[Entity]]:
    """Replace control characters with spaces and drop the characters Telegram drops."""
    if not _CLEANED.search(text):
        return text, entities
    dropped: list[int] = []
    parts: list[str] = []
    offset = 0
    for char in text:
        if not _CLEANED.match(char):
            parts.append(char)
        elif char != "\r" and char < " ":
            parts.append(" ")
        else:
            dropped.append(offset)
        offset += 2 if char > "\uffff" else 1
    moved = [
        shift(entity, begin, entity.end - bisect_left(dropped, entity.end) - begin)
        for entity in entities
        for begin in (entity.offset - bisect_left(dropped, entity.offset),)
    ]
    return "".join(parts), moved


def _trim(text: str, entities: list[Entity]) -> tuple[str, list[Entity]]:
    """Strip spaces and line breaks at the ends; leading ones stay when an entity begins there."""
    untrimmed = len(text)
    text = text.rstrip(" \n")
    if _INVISIBLE.fullmatch(text):
        return "", []
    end = utf16_len(text)
    kept = [e if e.end <= end else shift(e, e.offset, end - e.offset) for e in entities if e.offset < end]
    if len(text) < untrimmed:
        kept = sort_entities(kept)
    leading = len(text) - len(text.lstrip(" \n"))
    if kept:
        leading = min(leading, kept[0].offset)
    if not leading:
        return text, kept
    return text[leading:], [shift(e, e.offset - leading, e.length) for e in kept]


def _explicit_entity(item: Any) -> Entity | None:
    """Read one element of an `entities` parameter; automatic kinds are ignored, as the real server finds its own."""
    prefix = "Can't parse MessageEntity: "
    if not isinstance(item, dict):
        raise bad_request(f"{prefix}expected an Object")
    for field in ("offset", "length", "type"):
        if field not in item:
            raise bad_request(f'{prefix}Can\'t find field "{field}"')
    kind = item["type"]
    if kind in _AUTOMATIC:
        return None
    if kind not in _EXPLICIT:
        raise bad_request(f"{prefix}Unsupported type specified")
    offset, length = _integer(item, "offset"), _integer(item, "length")
    if offset < 0 or length < 0:
        raise bad_request(f"Receive an entity with incorrect offset {offset} or length {length}")
    entity = Entity(kind, offset, length)
    if kind == "text_link":
        return replace(entity, url=url) if (url := checked_link(str(item.get("url", "")))) else None
    if kind == "pre":
        return replace(entity, language=str(item.get("language", "")))
    if kind == "custom_emoji":
        return replace(entity, custom_emoji_id=str(item.get("custom_emoji_id", "")))
    if kind == "text_mention":
        user = item.get("user")
        return replace(entity, user_id=_integer(user if isinstance(user, dict) else {}, "id"))
    return entity


def _integer(item: JsonDict, field: str) -> int:
    """Read an integer field of an entity."""
    try:
        return int(item[field])
    except (KeyError, TypeError, ValueError) as error:
        raise bad_request(f'Can\'t parse MessageEntity: Field "{field}" must be a valid Number') from error


def _as_list(entities: Any) -> list[Any]:
    """Ignore an `entities` parameter that is not an array, as the real server does."""
    return entities if isinstance(entities, list) else []
