"""UTF-16 arithmetic: Telegram counts lengths and entity offsets in UTF-16 code units."""

from bisect import bisect_left
from collections.abc import Callable


def utf16_len(text: str) -> int:
    """Count the UTF-16 code units of a text."""
    if text.isascii():
        return len(text)
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def offset_mapper(text: str) -> Callable[[int], int]:
    """Return a function from an index in the Python string to its UTF-16 offset."""
    wide = [index for index, char in enumerate(text) if char > "\uffff"]
    if not wide:
        return lambda index: index
    return lambda index: index + bisect_left(wide, index)


def utf16_slice(text: str, offset: int, length: int) -> str:
    """Cut the part of a text that an entity covers."""
    if text.isascii():
        return text[offset : offset + length]
    data = text.encode("utf-16-le", "surrogatepass")
    return data[2 * offset : 2 * (offset + length)].decode("utf-16-le", "surrogatepass")
