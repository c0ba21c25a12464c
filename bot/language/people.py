"""Where a text names a person."""

from collections.abc import Sequence
from functools import cache

from bot.language.places import provinces
from bot.language.syllables import is_written_syllable
from bot.language.tokens import Token
from bot.language.word_lists import table_lines

_NOT_PEOPLE = frozenset({("hồ", "chí", "minh")})  # mostly a thought, a city or a medal
_PLACE_KINDS = frozenset(
    "tỉnh huyện xã phường thôn ấp bản làng quận phố trấn đảo sông núi hồ chợ cầu đường ngõ hẻm trường viện tp tx".split()
)


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
    position = 0
    while position < len(tokens):
        end = position
        while end < len(tokens) and _continues(text, tokens, position, end):
            end += 1
        run = tokens[position:end]
        for start in range(len(run)):
            written = text[run[start].start : run[start].end]
            rest = len(run) - start - 1
            if written in _surnames() and 1 <= rest <= 3:
                name = tuple(token.key for token in run[start:])
                at_place = bool(position) and not start and tokens[position - 1].key in _PLACE_KINDS
                if name not in _NOT_PEOPLE and name not in provinces() and not at_place:
                    found.append(position + start)
                break
            if len(written) > 2 and not written.isupper() and not is_written_syllable(run[start].key):
                found.append(position + start)
                break
        position = max(end, position + 1)
    return frozenset(found)


def _continues(text: str, tokens: Sequence[Token], first: int, at: int) -> bool:
    """A name runs over capitalised words with one space between them; a short form spelled out is no part of it."""
    token = tokens[at]
    if token.numeric or not text[token.start].isupper() or text[token.start : token.end].isdigit():
        return False
    return at == first or text[tokens[at - 1].end : token.start] == " "
