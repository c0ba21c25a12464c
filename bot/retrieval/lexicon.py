"""The syllables of a corpus and the numbers they go by."""

from collections.abc import Sequence
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from bot.language.normalize import fold
from bot.language.tokens import Run


class Lexicon:
    """
    The syllables of a corpus. A syllable keeps its id for good, also when the last text that has it is gone.

    Attributes:
        keys: Every key, in the order of first occurrence; its position is its id.
        surfaces: How the articles mostly write each, beside *keys*.
        folded: Each without diacritics, beside *keys*.
        order: Ids of those that any text has, as they come in the corpus: alike keys are weighed in this order.
        runs: Words of three syllables and more ("ủy_ban_nhân_dân"); positions are their ids.
    """

    def __init__(
        self,
        keys: Sequence[str],
        surfaces: Sequence[str],
        folded: Sequence[str],
        order: NDArray[np.int64],
        runs: Sequence[str] = (),
    ) -> None:
        self.keys, self.surfaces, self.folded, self.order, self.runs = keys, surfaces, folded, order, runs

    @cached_property
    def ids(self) -> dict[str, int]:
        """Key → id, of those that any text has."""
        return {self.keys[number]: number for number in self.order.tolist()}

    def ids_of(self, run: Run) -> list[int] | None:
        """Ids of the keys of a run; None when no text has one of them."""
        return [self.ids[key] for key in run] if all(key in self.ids for key in run) else None

    @cached_property
    def by_folded(self) -> dict[str, list[int]]:
        """Folded key → ids of the keys that fold to it, of those that any text has."""
        found: dict[str, list[int]] = {}
        for number in self.order.tolist():
            found.setdefault(self.folded[number], []).append(number)
        return found

    @cached_property
    def folded_ids(self) -> dict[str, int]:
        """Folded key → the first id of all that fold to it, under which folded terms go."""
        return {folded: number for number, folded in reversed(list(enumerate(self.folded)))}

    @cached_property
    def run_ids(self) -> dict[str, int]:
        """Word of three syllables and more → id."""
        return {run: number for number, run in enumerate(self.runs)}

    @cached_property
    def dates(self) -> tuple[int, ...]:
        """Ids of the dates (2021-03-09)."""
        return tuple(number for key, number in self.ids.items() if "-" in key)


class LexiconBuilder:
    """
    A lexicon that grows, with the forms in which syllables are written.

    Args:
        keys: Of the lexicon to go on from.
        runs: Of that lexicon.
        forms: Written forms known so far, with the id of the key of each.
    """

    def __init__(self, keys: Sequence[str] = (), runs: Sequence[str] = (), forms: Sequence[tuple[str, int]] = ()) -> None:
        self.ids: dict[str, int] = {}
        self.folded: list[str] = []
        self.folds: list[int] = []
        self._first: dict[str, int] = {}
        self.runs = {run: number for number, run in enumerate(runs)}
        self.forms = {form: number for number, (form, _) in enumerate(forms)}
        self.form_keys = [key for _, key in forms]
        for key in keys:
            self.add(key)

    def add(self, key: str) -> int:
        """Get the id of a key, new or not."""
        number = self.ids.setdefault(key, len(self.ids))
        if number == len(self.folded):
            folded = fold(key)
            self.folded.append(folded)
            self.folds.append(self._first.setdefault(folded, number))
        return number

    def add_run(self, run: str) -> int:
        """Get the id of a word of three syllables and more, new or not."""
        return self.runs.setdefault(run, len(self.runs))

    def add_form(self, form: str, key: int) -> int:
        """Get the id of a written form, new or not."""
        number = self.forms.setdefault(form, len(self.forms))
        if number == len(self.form_keys):
            self.form_keys.append(key)
        return number

    def lexicon(self, forms: NDArray[np.int64], form_counts: NDArray[np.int64], order: NDArray[np.int64]) -> Lexicon:
        """
        Close the lexicon.

        Args:
            forms: Ids of the written forms that any text has, as they come in the corpus; of equally frequent ones the
                first is the surface.
            form_counts: How often each form is written, one a form known.
            order: See `Lexicon`.
        """
        keys = list(self.ids)
        surfaces = list(keys)
        best = [0] * len(keys)
        written = list(self.forms)
        for form, count in zip(forms.tolist(), form_counts[forms].tolist(), strict=True):
            key = self.form_keys[form]
            if count > best[key]:
                best[key], surfaces[key] = count, written[form]
        return Lexicon(keys, surfaces, self.folded, order, list(self.runs))
