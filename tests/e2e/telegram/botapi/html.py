"""The HTML parse mode: markup to text and entities, refusing what the real server refuses, with its wording.

The parser follows parse_html of TDLib's MessageEntity.cpp. Two refusals are stricter than the real server and can be
switched off with `strict=False`: an unknown named character reference such as ``&nbsp;`` (the real server shows it
literally) and a quotation inside a quotation (the real server drops the inner one).
"""

import re
from dataclasses import dataclass, replace

from .entities import Entity
from .links import checked_link, link_user_id
from .utf16 import utf16_len

_STYLES = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "ins": "underline",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "tg-spoiler": "spoiler",
    "span": "spoiler",
}
_TAGS = frozenset(_STYLES) | {"a", "tg-emoji", "pre", "code", "blockquote"}
_NAMED_REFERENCES = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}

_END = "\0"
_SPECIAL = re.compile(r"[<&]")
_NUMERIC_REFERENCE = re.compile(r"&#(?:x([0-9a-fA-F]*)|([0-9]*))", re.ASCII)
_NAMED_REFERENCE = re.compile(r"&([A-Za-z]*)")
_SURROGATE = re.compile("[\ud800-\udfff]")
_NAME_END = re.compile(r"[ \t\r\n\v\0>]")
_SPACES = re.compile(r"[ \t\r\n\v]*")
_ATTRIBUTE_NAME = re.compile(r"[^ \t\r\n\v\0=>/\"']*")
_NAME_TOKEN = re.compile(r"[A-Za-z0-9.\-]*")
_MAX_REFERENCE_LENGTH = 10
_MAX_CODE_POINT = 0x10FFFF


class HtmlError(ValueError):
    """Reject a markup; the message is what follows "can't parse entities: "."""


@dataclass(slots=True)
class _Open:
    """A start tag that waits for its end tag."""

    tag: str
    argument: str
    offset: int
    position: int


def parse_html(source: str, *, strict: bool = True) -> tuple[str, list[Entity]]:
    """Parse a markup into the plain text and its entities, in order of their end tags."""
    return _Parser(source, strict).parse()


class _Parser:
    """Walk through a markup once, collecting text and entities."""

    def __init__(self, source: str, strict: bool) -> None:
        self._source = source
        self._text = source + _END
        self._strict = strict
        self._pos = 0
        self._out: list[str] = []
        self._offset = 0
        self._stack: list[_Open] = []
        self._entities: list[Entity] = []

    def parse(self) -> tuple[str, list[Entity]]:
        """Parse everything."""
        while self._pos < len(self._source):
            special = _SPECIAL.search(self._source, self._pos)
            stop = special.start() if special else len(self._source)
            self._write(self._source[self._pos : stop])
            self._pos = stop
            if special is None:
                break
            if special.group() == "&":
                self._reference()
            elif self._text[stop + 1] == "/":
                self._end_tag()
            else:
                self._start_tag()
        if self._stack:
            raise HtmlError(f'Can\'t find end tag corresponding to start tag "{self._stack[-1].tag}"')
        text = "".join(self._out)
        if _SURROGATE.search(text):
            raise HtmlError(
                "Text contains invalid Unicode characters after decoding HTML entities, check for unmatched "
                "surrogate code units"
            )
        return text, [replace(e, language="") if e.type == "code" and e.language else e for e in self._entities]

    def _write(self, chunk: str) -> None:
        """Append plain text."""
        if chunk:
            self._out.append(chunk)
            self._offset += utf16_len(chunk)

    def _at(self, position: int) -> str:
        """Name a place of the markup the way the real server does."""
        return f"at byte offset {len(self._source[:position].encode())}"

    def _reference(self) -> None:
        """Copy a character reference into the text, decoded when it is a known one."""
        char, self._pos = self._decode_reference(self._pos)
        self._write(char)

    def _decode_reference(self, position: int) -> tuple[str, int]:
        """Decode the reference at a position; return the text for it and the position behind it."""
        text = self._text
        if text[position + 1] == "#":
            match = _NUMERIC_REFERENCE.match(text, position)
            assert match is not None
            hexadecimal, decimal = match.groups()
            if match.end() - position >= _MAX_REFERENCE_LENGTH:
                return "&", position + 1
            code = int(hexadecimal or decimal or "0", 16 if hexadecimal else 10)
            if code == 0 or code >= _MAX_CODE_POINT:
                return "&", position + 1
            decoded = chr(code)
        else:
            match = _NAMED_REFERENCE.match(text, position)
            assert match is not None
            known = _NAMED_REFERENCES.get(match.group(1))
            if known is None:
                if self._strict and match.group(1) and text[match.end()] == ";":
                    raise HtmlError(f'Unsupported character reference "{match.group()};" {self._at(position)}')
                return "&", position + 1
            decoded = known
        end = match.end()
        return decoded, end + 1 if text[end] == ";" else end

    def _skip_spaces(self, position: int) -> int:
        """Return the first position that is not a space."""
        match = _SPACES.match(self._text, position)
        assert match is not None
        return match.end()

    def _start_tag(self) -> None:
        """Open an entity."""
        begin = self._pos
        name_end = _NAME_END.search(self._text, begin + 1)
        assert name_end is not None
        position = name_end.start()
        if position >= len(self._source):
            raise HtmlError(f"Unclosed start tag {self._at(begin)}")
        tag = self._source[begin + 1 : position].lower()
        if tag not in _TAGS:
            raise HtmlError(f'Unsupported start tag "{tag}" {self._at(begin)}')
        argument = ""
        while self._text[position] != ">":
            position = self._skip_spaces(position)
            if self._text[position] == ">":
                break
            name, value, position = self._attribute(tag, begin, position)
            argument = _argument(tag, name, value, argument)
        if tag == "span" and argument != "spoiler":
            raise HtmlError(f'Tag "span" must have class "tg-spoiler" {self._at(begin)}')
        if tag == "blockquote" and self._strict and any(outer.tag == tag for outer in self._stack):
            raise HtmlError(f'Tag "blockquote" can\'t be nested {self._at(begin)}')
        self._stack.append(_Open(tag, argument, self._offset, len(self._out)))
        self._pos = position + 1

    def _attribute(self, tag: str, begin: int, position: int) -> tuple[str, str | None, int]:
        """Read one attribute; a value of None means there is no value."""
        match = _ATTRIBUTE_NAME.match(self._text, position)
        assert match is not None
        name = match.group()
        if not name:
            raise HtmlError(f'Empty attribute name in the tag "{tag}" {self._at(begin)}')
        position = self._skip_spaces(match.end())
        if self._text[position] != "=":
            if position >= len(self._source):
                raise HtmlError(f'Unclosed start tag "{tag}" {self._at(begin)}')
            return name, None, position
        position = self._skip_spaces(position + 1)
        if position >= len(self._source):
            raise HtmlError(f'Unclosed start tag "{tag}" {self._at(begin)}')
        if self._text[position] in "'\"":
            value, position = self._quoted(position)
        else:
            token = _NAME_TOKEN.match(self._text, position)
            assert token is not None
            if not _NAME_END.match(self._text, token.end()):
                raise HtmlError(f"Unexpected end of name token {self._at(position)}")
            value, position = token.group().lower(), token.end()
        if position >= len(self._source):
            raise HtmlError(f"Unclosed start tag {self._at(begin)}")
        return name, value, position

    def _quoted(self, position: int) -> tuple[str, int]:
        """Read a quoted attribute value; return it and the position behind the closing quote."""
        quote = self._text[position]
        position += 1
        parts: list[str] = []
        while position < len(self._source) and self._text[position] != quote:
            if self._text[position] == "&":
                char, position = self._decode_reference(position)
            else:
                char, position = self._text[position], position + 1
            parts.append(char)
        return "".join(parts), min(position + 1, len(self._source))

    def _end_tag(self) -> None:
        """Close the innermost entity."""
        begin = self._pos
        if not self._stack:
            raise HtmlError(f"Unexpected end tag {self._at(begin)}")
        name_end = _NAME_END.search(self._text, begin + 2)
        assert name_end is not None
        tag = self._text[begin + 2 : name_end.start()].lower()
        position = self._skip_spaces(name_end.start())
        if self._text[position] != ">":
            raise HtmlError(f"Unclosed end tag {self._at(begin)}")
        opened = self._stack[-1]
        if tag not in ("", opened.tag):
            raise HtmlError(
                f'Unmatched end tag {self._at(begin)}, expected "</{opened.tag}>", found "</{tag}>"',
            )
        if self._offset > opened.offset:
            self._close(opened)
        self._stack.pop()
        self._pos = position + 1

    def _close(self, opened: _Open) -> None:
        """Turn a finished tag into an entity; code keeps its language until `pre` has had a chance to claim it."""
        offset, length = opened.offset, self._offset - opened.offset
        entities = self._entities
        last = entities[-1] if entities else None
        covers_last = last is not None and last.offset == offset and last.length == length
        if opened.tag in _STYLES:
            entities.append(Entity(_STYLES[opened.tag], offset, length))
        elif opened.tag == "tg-emoji":
            if not opened.argument.isascii() or not opened.argument.isdigit() or int(opened.argument) == 0:
                raise HtmlError("Invalid custom emoji identifier specified")
            entities.append(Entity("custom_emoji", offset, length, custom_emoji_id=opened.argument))
        elif opened.tag == "a":
            url = opened.argument or "".join(self._out[opened.position :])
            user_id = link_user_id(url)
            link = checked_link(url)
            if user_id:
                entities.append(Entity("text_mention", offset, length, user_id=user_id))
            elif link:
                entities.append(Entity("text_link", offset, length, url=link))
        elif opened.tag == "pre":
            if last is not None and covers_last and last.type == "code" and last.language:
                entities[-1] = replace(last, type="pre")
            else:
                entities.append(Entity("pre", offset, length))
        elif opened.tag == "code":
            if last is not None and covers_last and last.type == "pre" and opened.argument:
                entities[-1] = replace(last, language=opened.argument)
            else:
                entities.append(Entity("code", offset, length, language=opened.argument))
        else:
            entities.append(Entity("expandable_blockquote" if opened.argument else "blockquote", offset, length))


def _argument(tag: str, name: str, value: str | None, current: str) -> str:
    """Return the argument of a tag after one more of its attributes."""
    if tag == "blockquote" and name == "expandable":
        return "1"
    if value is None:
        return current
    if (tag, name) in (("a", "href"), ("tg-emoji", "emoji-id")):
        return value
    if (tag, name) == ("code", "class") and value.startswith("language-"):
        return value.removeprefix("language-")
    if (tag, name) == ("span", "class") and value.startswith("tg-"):
        return value.removeprefix("tg-")
    return current
