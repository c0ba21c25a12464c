"""
Characters and syllables: one spelling for every way of writing the same Vietnamese text.

Display text only has its Unicode form and its spaces unified (`clean_text`). Search works on *keys*: lower-case syllables
with one tone placement (hoà = hòa, uỷ = ủy) and one i/y spelling (kỳ = kì), and on *folded* keys without diacritics.
"""

import re
import unicodedata
from functools import lru_cache

# Zero-width characters and soft hyphens that web pages leave behind; lone surrogates cannot be encoded as UTF-8.
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060\ufeff\ud800-\udfff]")
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x9f]")

_TONES = {"\u0300", "\u0301", "\u0303", "\u0309", "\u0323"}  # huyền, sắc, ngã, hỏi, nặng
# Look-alikes of Đ from other alphabets, and the exponents of m² and m³.
_ALIKE = str.maketrans({"Ð": "Đ", "ð": "đ", "Ɖ": "Đ", "ɖ": "đ", "²": "2", "³": "3"})
_VOWELS = "aăâeêioôơuưy"
_MARKED = "ăâêôơư"
_SHORT_Y = re.compile(r"(h|k|l|m|s|t|qu)y")


def clean_text(text: str) -> str:
    """
    Unify the Unicode form and the spaces of a text, and nothing else.

    Args:
        text: Any string, control characters and lone surrogates included.

    Returns:
        NFC text in one line: every run of white space (U+00A0 included) is one space, none at the ends; control and
        zero-width characters are gone. ``clean_text(clean_text(x)) == clean_text(x)``.
    """
    text = _INVISIBLE.sub("", _CONTROL.sub(" ", text))
    return " ".join(unicodedata.normalize("NFC", text).split())


@lru_cache(maxsize=65536)
def syllable_key(syllable: str) -> str:
    """
    Reduce one word of letters to the key under which it is searched.

    >>> syllable_key("Uỷ"), syllable_key("ủy"), syllable_key("hoà"), syllable_key("Kỳ"), syllable_key("Ðảng")
    ('ủy', 'ủy', 'hòa', 'kì', 'đảng')
    """
    lowered = unicodedata.normalize("NFC", syllable.translate(_ALIKE).lower())
    base, tone = split_tone(lowered)
    if not base.isalpha():
        return lowered
    if _SHORT_Y.fullmatch(base):
        base = base[:-1] + "i"
    return place_tone(base, tone)


def split_tone(syllable: str) -> tuple[str, str]:
    """
    Take the tone mark off a lower-case syllable.

    >>> split_tone("hoà")
    ('hoa', '̀')
    """
    tone = ""
    kept = []
    for character in unicodedata.normalize("NFD", syllable):
        if character in _TONES:
            tone = character
        else:
            kept.append(character)
    return unicodedata.normalize("NFC", "".join(kept)), tone


def place_tone(base: str, tone: str) -> str:
    """
    Put a tone mark on the vowel where the older spelling (hòa, ủy, thúy) has it.

    Args:
        base: A lower-case syllable without tone mark.
        tone: A combining mark, or an empty string.

    Returns:
        The syllable in NFC; *base* itself when there is no tone or no vowel to carry it.
    """
    if not tone:
        return base
    start = 0
    if base.startswith("qu") or (base.startswith("gi") and len(base) > 2 and base[2] in _VOWELS):
        start = 2
    places = []
    for position in range(start, len(base)):
        if base[position] in _VOWELS:
            places.append(position)
        elif places:
            break
    if not places:
        places = [position for position, letter in enumerate(base) if letter in _VOWELS][:1]
    if not places:
        return base + tone
    marked = [position for position in places if base[position] in _MARKED]
    if marked:
        at = marked[-1]  # ươ carries it on ơ
    elif places[-1] + 1 < len(base) and len(places) > 1:
        at = places[-1]  # a closed syllable: toàn
    elif len(places) == 3:
        at = places[1]  # ngoài, khuỷu
    else:
        at = places[0]
    return unicodedata.normalize("NFC", base[: at + 1] + tone + base[at + 1 :])


@lru_cache(maxsize=65536)
def fold(key: str) -> str:
    """
    Strip all diacritics, đ included, and the case.

    >>> fold("Đảng ủy")
    'dang uy'
    """
    lowered = key.translate(_ALIKE).lower().replace("đ", "d")
    return "".join(c for c in unicodedata.normalize("NFD", lowered) if not unicodedata.combining(c))


def has_diacritics(text: str) -> bool:
    """Tell whether any letter of the text carries a Vietnamese diacritic (đ counts)."""
    return fold(text) != text.translate(_ALIKE).lower()
