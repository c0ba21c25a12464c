"""Which strings of letters are Vietnamese syllables, and what Telex and VNI keystrokes make of others."""

import re
import unicodedata
from functools import lru_cache

from bot.language.normalize import fold, place_tone, split_tone

_ONSETS = "ngh ng nh gh gi kh ph qu th tr ch b c d đ g h k l m n p r s t v x".split()
_RIMES = frozenset(
    """
    a ac ach ai am an ang anh ao ap at au ay ă ăc ăm ăn ăng ăp ăt â âc âm ân âng âp ât âu ây
    e ec em en eng eo ep et ê êch êm ên ênh êp êt êu i ia ich iêc iêm iên iêng iêp iêt iêu im in inh ip it iu
    o oa oac oach oai oam oan oang oanh oao oap oat oay oăc oăm oăn oăng oăt oc oe oen oeo oet oi om on ong ooc oong op ot
    ô ôc ôi ôm ôn ông ôp ôt ơ ơi ơm ơn ơp ơt
    u ua uân uâng uât uây uc ue uê uêch uênh uêu ui um un ung uơ uôc uôi uôm uôn uông uôt up ut uy uya
    uych uyên uyêt uyn uynh uyp uyt uyu ư ưa ưc ưi ưm ưn ưng ươc ươi ươm ươn ương ươp ươt ươu ưt ưu y yêm yên yêng yêt yêu
    """.split()
)
_BARE_RIMES = frozenset(map(fold, _RIMES))

_TELEX_VOWELS = [("aa", "â"), ("ee", "ê"), ("oo", "ô"), ("aw", "ă"), ("ow", "ơ"), ("uw", "ư"), ("dd", "đ")]
_TELEX_TONES = {"f": "\u0300", "s": "\u0301", "x": "\u0303", "r": "\u0309", "j": "\u0323"}
_VNI_MARKS = {"6": {"a": "â", "e": "ê", "o": "ô"}, "7": {"o": "ơ", "u": "ư"}, "8": {"a": "ă"}, "9": {"d": "đ"}}
_VNI_TONES = {"1": "\u0301", "2": "\u0300", "3": "\u0309", "4": "\u0303", "5": "\u0323"}


def is_syllable(key: str) -> bool:
    """
    Tell whether a key could be a Vietnamese syllable, typed with its diacritics or with none.

    >>> is_syllable("nghiêng"), is_syllable("nghieng"), is_syllable("vine"), is_syllable("wifi")
    (True, True, False, False)
    """
    base, _ = split_tone(key)
    rimes = _BARE_RIMES if fold(base) == base else _RIMES | _BARE_RIMES
    if base in rimes:
        return True
    return any(base.startswith(onset) and base[len(onset) :] in rimes for onset in _ONSETS) or (
        base.startswith("gi") and base[1:] in rimes
    )


@lru_cache(maxsize=65536)
def is_written_syllable(key: str) -> bool:
    """
    Tell whether a key is a Vietnamese syllable just as it stands: marks in place, and a tone where a stop needs one.

    >>> is_written_syllable("con"), is_written_syllable("bác"), is_written_syllable("bac"), is_written_syllable("lieu")
    (True, True, False, False)
    """
    base, tone = split_tone(key)
    if base.endswith(("c", "p", "t", "ch")) and tone not in ("\u0301", "\u0323"):
        return False
    return base in _RIMES or any(base.startswith(onset) and base[len(onset) :] in _RIMES for onset in (*_ONSETS, "g"))


@lru_cache(maxsize=65536)
def sounds_like(folded: str) -> str:
    """
    Reduce a folded key to what regional speech makes of it: tr = ch, s = x, d = gi = r, l = n, i = y, final ng = n and t = c.

    >>> sounds_like("trom") == sounds_like("chom"), sounds_like("xa") == sounds_like("sa")
    (True, True)
    """
    for onset, sound in (("tr", "ch"), ("gi", "d"), ("r", "d"), ("x", "s"), ("n", "l")):
        if folded.startswith(onset) and not folded.startswith(("ng", "nh")) and len(folded) > len(onset):
            folded = sound + folded[len(onset) :]
            break
    folded = folded.replace("y", "i")
    for final, sound in (("ng", "n"), ("c", "t")):
        if folded.endswith(final) and not folded.endswith("ch"):
            folded = folded[: -len(final)] + sound
    return folded


def decode_keystrokes(typed: str) -> str | None:
    """
    Read a word whose Telex or VNI keystrokes were not turned into letters.

    >>> decode_keystrokes("ddangr"), decode_keystrokes("vieen"), decode_keystrokes("d9a3ng"), decode_keystrokes("ban")
    ('đảng', 'viên', 'đảng', None)

    Returns:
        The syllable, or None when the letters hold no keystrokes or do not give a Vietnamese syllable.
    """
    lowered = unicodedata.normalize("NFC", typed.lower())
    for decode in (_telex, _vni):
        decoded = decode(lowered)
        if decoded is not None and decoded != lowered and is_syllable(decoded):
            return decoded
    return None


def _telex(typed: str) -> str | None:
    if not re.fullmatch(r"[^\W\d_]+", typed):
        return None
    body, tone = typed, ""
    for position in range(len(typed) - 1, 0, -1):
        # A tone key stands after the vowel: at the end ("ddangr") or right behind it ("keets").
        if typed[position] in _TELEX_TONES and re.search(r"[aeiouyăâêôơư]", typed[:position]):
            body, tone = typed[:position] + typed[position + 1 :], _TELEX_TONES[typed[position]]
            break
    found = _telex_marks(body)
    if tone and (not found or not is_syllable(found)):
        body, tone = typed, ""
        found = _telex_marks(body)
    return place_tone(split_tone(found)[0], tone) if tone else found


def _telex_marks(body: str) -> str:
    # A doubled letter marks the vowel even when typed at the end of the syllable: "vieen", "viene", "dduowngf".
    for keys, letter in _TELEX_VOWELS:
        if keys in body:
            body = body.replace(keys, letter, 1)
        elif keys[0] == keys[1] and body.count(keys[0]) == 2 and body.endswith(keys[0]):
            body = body[:-1].replace(keys[0], letter, 1)
    if body.endswith("w"):
        for plain, marked in (("uo", "ươ"), ("a", "ă"), ("o", "ơ"), ("u", "ư")):
            if plain in body:
                return body[:-1].replace(plain, marked, 1)
    return body.replace("uơ", "ươ") if not body.startswith("qu") else body


def _vni(typed: str) -> str | None:
    if not re.fullmatch(r"[a-zà-ỹ][^\W_]*\d[^\W_]*", typed):
        return None
    letters: list[str] = []
    tone = ""
    for character in typed:
        if character in _VNI_TONES:
            tone = _VNI_TONES[character]
        elif character in _VNI_MARKS:
            for position in range(len(letters) - 1, -1, -1):
                marked = _VNI_MARKS[character].get(letters[position])
                if marked:
                    letters[position] = marked
                    if character == "7" and position and letters[position - 1] == "u":
                        letters[position - 1] = "ư"
                    break
            else:
                return None
        elif character.isdigit():
            return None
        else:
            letters.append(character)
    return place_tone("".join(letters), tone)
