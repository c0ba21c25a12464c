"""Where a text names a person."""

from collections.abc import Sequence
from functools import cache
from itertools import pairwise

from bot.language.places import LEADER, provinces
from bot.language.syllables import is_written_syllable
from bot.language.tokens import Token, run_of
from bot.language.word_lists import table_lines

_PLACE_KINDS = frozenset(
    "tỉnh huyện xã phường thôn ấp bản làng quận phố trấn đảo sông núi hồ chợ cầu đường ngõ hẻm trường viện tp tx".split()
)

_OFFICES_OF = frozenset("tỉnh huyện xã phường thôn ấp bản".split())  # what has a chairman: no street or bridge has one
_POST_WINDOW = 9  # tokens between a post and the name of who holds it
_FULL_NAME = 3  # words of a name in full


@cache
def _posts() -> frozenset[str]:
    """The first two keys of each post: "chủ tịch", "bí thư"."""
    return frozenset(" ".join(run[:2]) for run in map(run_of, table_lines("posts.txt")))


@cache
def _surnames() -> frozenset[str]:
    return frozenset(name for line in table_lines("surnames.txt") for name in line.split())


def person_positions(text: str, tokens: Sequence[Token]) -> frozenset[int]:
    """
    Find the tokens with which a person's name begins.

    Args:
        text: Of the tokens.
        tokens: In order.

    Returns:
        Positions where a family name is followed by one to three more capitalised words, or where a capitalised word that
        is no Vietnamese syllable stands: foreign names have no list.
    """
    found = []
    names = _surnames()
    # Most tokens are in small letters: only the others can be a part of a name.
    capital = [position for position, token in enumerate(tokens) if _is_capitalised(text, token)]
    for run in _runs(text, tokens, capital):
        for start in run:
            token = tokens[start]
            written = text[token.start : token.end]
            rest = run[-1] - start
            if written in names and 1 <= rest <= 3:
                name = tuple(token.key for token in tokens[start : run[-1] + 1])
                at_place = start == run[0] and _is_place_name(tokens, start, len(name))
                if name != LEADER and name not in provinces() and not at_place:  # he is mostly a thought, a city or a medal
                    found.append(start)
                break
            if len(written) > 2 and not written.isupper() and not is_written_syllable(token.key):
                found.append(start)
                break
    return frozenset(found)


def _is_place_name(tokens: Sequence[Token], position: int, length: int) -> bool:
    """
    Tell whether a capitalised name is that of a place: "xã Võ Thị Sáu".

    It is a person's in "Chủ tịch Hội Cựu chiến binh xã Phùng Bá Đạt", where a post goes before and the name is in full.
    """
    if not position or tokens[position - 1].key not in _PLACE_KINDS:
        return False
    before = [token.key for token in tokens[max(position - _POST_WINDOW, 0) : position - 1]]
    held = any(first + " " + second in _posts() for first, second in pairwise(before))
    if before and f"{before[-1]} {tokens[position - 1].key}" in _posts():
        return False  # "Trưởng bản Lý A Chứ"
    return not (held and length >= _FULL_NAME and tokens[position - 1].key in _OFFICES_OF)


def _is_capitalised(text: str, token: Token) -> bool:
    return not token.numeric and text[token.start].isupper() and not text[token.start : token.end].isdigit()


def _runs(text: str, tokens: Sequence[Token], capital: Sequence[int]) -> list[list[int]]:
    """A name runs over capitalised words with one space between them; a short form spelled out is no part of it."""
    runs: list[list[int]] = []
    for position in capital:
        follows = runs and runs[-1][-1] == position - 1
        if follows and text[tokens[position - 1].end : tokens[position].start] == " ":
            runs[-1].append(position)
        else:
            runs.append([position])
    return runs
