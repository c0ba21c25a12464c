"""One text's tokens as evidence is looked for in them: only the places of what is asked about are listed."""

from collections.abc import Iterable

import numpy as np

from bot.retrieval.analysis import DATED, NUMERIC
from bot.retrieval.index import TokenTable
from bot.retrieval.lexicon import Lexicon


class WantedKeys:
    """
    Lexicon ids that are looked for.

    Args:
        lexicon: Of the ids.
        ids: Looked for.
    """

    def __init__(self, lexicon: Lexicon, ids: Iterable[int]) -> None:
        self.mask = np.zeros(len(lexicon.keys), dtype=bool)
        self.mask[list(ids)] = True


class TextTokens:
    """
    The tokens of a text.

    Args:
        table: Of the text.
        text: Its number there.
        wanted: Whose places are to be listed.

    Attributes:
        ids: Lexicon ids.
        flags: Beside *ids*.
        places: Where each wanted key stands, rising.
        numbers: Places of numbers and dates, rising.
    """

    __slots__ = ("flags", "ids", "numbers", "places")

    def __init__(self, table: TokenTable, text: int, wanted: WantedKeys) -> None:
        start, end = table.starts[text], table.starts[text + 1]
        ids, flags = table.ids[start:end], table.flags[start:end]
        self.ids: list[int] = ids.tolist()
        self.flags: list[int] = flags.tolist()
        self.places: dict[int, list[int]] = {}
        for at in np.flatnonzero(wanted.mask[ids]).tolist():
            self.places.setdefault(self.ids[at], []).append(at)
        self.numbers: list[int] = np.flatnonzero(flags & (NUMERIC | DATED)).tolist()
