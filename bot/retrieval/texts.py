"""One text's tokens as evidence is looked for in them: only the places of what is asked about are listed."""

from collections.abc import Container, Sequence
from functools import cached_property

from bot.retrieval.analysis import DATED, NUMERIC
from bot.retrieval.index import TokenTable

_NUMBERS = NUMERIC | DATED


class TextTokens:
    """
    The tokens of a text. They are few, so that plain lists are made and read in less time than arrays.

    Args:
        table: Of the text.
        text: Its number there.
        wanted: Lexicon ids whose places are to be listed.

    Attributes:
        ids: Lexicon ids.
        flags: Beside *ids*.
        places: Where each wanted key stands, rising.
    """

    def __init__(self, table: TokenTable, text: int, wanted: Container[int]) -> None:
        start, end = table.starts[text : text + 2].tolist()
        self.ids: list[int] = table.ids[start:end].tolist()
        self.flags: Sequence[int] = table.flags[start:end].tobytes()
        self.places: dict[int, list[int]] = {}
        for at, key in enumerate(self.ids):
            if key in wanted:
                self.places.setdefault(key, []).append(at)

    @cached_property
    def numbers(self) -> list[int]:
        """Places of numbers and dates, rising."""
        return [at for at, flag in enumerate(self.flags) if flag & _NUMBERS]
