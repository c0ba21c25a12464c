"""A reading of a question → the weighted terms and units that the ranking looks for."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

from bot.language.analyzer import FOLDED
from bot.language.questions import Expected, Role
from bot.language.reading import Alternative, Piece, Reading
from bot.language.tokens import Run, run_of
from bot.language.vocabulary import Vocabulary
from bot.retrieval.weights import Weights

_NUMBER = "số"
_TOTAL = "tổng"  # "tổng số bao nhiêu hộ" counts them
_PEOPLE = "người"
_SHARE = frozenset(("phần", "lệ"))  # of "phần trăm" and "tỉ lệ"
_ORDINAL = frozenset(run_of("số khóa lớp quý thứ loại cấp ấp điều hạng"))


@dataclass(frozen=True, slots=True)
class Unit:
    """
    One piece of the reading as the second stage looks for it.

    Attributes:
        key: As `Piece.key`.
        folded: The key without diacritics.
        trusted: Whether its diacritics count.
        weight: Factor of its idf, by its role and form.
        role: What it does in the question.
        name: A number, or a word that articles or the person write with a capital.
    """

    key: str
    folded: str
    trusted: bool
    weight: float
    role: Role
    name: bool


@dataclass(frozen=True)
class Query:
    """
    What to look for.

    Attributes:
        reading: The question as read.
        terms: Stage one: term → weight.
        units: Stage two: the pieces in order.
    """

    reading: Reading
    terms: Mapping[str, float]
    units: tuple[Unit, ...]

    @property
    def expected(self) -> Expected | None:
        """The type of answer wanted."""
        return self.reading.shape.expected

    @cached_property
    def numbered_unit(self) -> int:
        """
        Position of what is numbered, where "mấy" asks which and not how many; -1 when nothing is.

        It is the directive of "chỉ thị số mấy", and the term of "khóa mấy".
        """
        asking = self._asking()
        if not asking or not asking[0] or self.units[asking[0] - 1].key not in _ORDINAL:
            return -1
        before = asking[0] - 1
        if not before or self.units[before].key != _NUMBER:
            return before
        return before - 1 if self.units[before - 1].key != _TOTAL else -1

    @cached_property
    def asks_share(self) -> bool:
        """Whether a percentage is asked for."""
        asking = self._asking()
        behind = self.reading.question[self.reading.pieces[asking[-1]].end :] if asking else ""
        return any(self.units[at].key in _SHARE for at in asking) or behind.lstrip().startswith("%")

    @cached_property
    def counted_unit(self) -> int:
        """Position of what is to be counted, a word of content right behind "bao nhiêu"; -1 when nothing is."""
        asking = self._asking()
        if self.expected is not Expected.NUMBER or self.numbered_unit >= 0:
            return -1
        if self.asks_share:
            return -1  # a share is counted in nothing
        if asking and self.units[asking[-1]].key == _PEOPLE:
            return -1  # "bao nhiêu người học": it is people who are counted
        after = asking[-1] + 1 if asking else len(self.units)
        if after < len(self.units) and self.units[after].role is Role.CONTENT and not self.reading.pieces[after].inherited:
            return after
        return -1

    def _asking(self) -> list[int]:
        if self.expected is not Expected.NUMBER:
            return []
        return [at for at, unit in enumerate(self.units) if unit.role is Role.ASKING]


def build_query(reading: Reading, vocabulary: Vocabulary, weights: Weights) -> Query:
    """
    Weigh the terms of a question.

    Args:
        reading: From `read_question`.
        vocabulary: Of the corpus.
        weights: See `Weights`.

    Returns:
        The query; without terms when the reading has no piece.
    """
    factors = {Role.CONTENT: 1.0, Role.FUNCTION: weights.function, Role.ASKING: weights.asking}
    units = []
    for piece, role in zip(reading.pieces, reading.shape.roles, strict=True):
        name = piece.numeric or (role is Role.CONTENT and _is_name(piece, vocabulary))
        weight = weights.name if name else factors[role]
        if piece.corrected:
            weight *= weights.corrected
        if piece.inherited:
            weight *= weights.inherited
        units.append(Unit(piece.key, piece.folded, piece.trusted, weight, role, name))
    return Query(reading, _terms(units, reading.words, reading.alternatives, weights), tuple(units))


def _is_name(piece: Piece, vocabulary: Vocabulary) -> bool:
    return piece.name or vocabulary.surface(piece.key)[:1].isupper()


def _terms(
    units: Sequence[Unit], words: Sequence[tuple[int, int]], alternatives: Sequence[Alternative], weights: Weights
) -> dict[str, float]:
    terms: dict[str, float] = {}

    def add(term: str, weight: float) -> None:
        terms[term] = max(terms.get(term, 0.0), weight)

    for unit in units:
        if unit.trusted:
            add(unit.key, weights.syllable * unit.weight)
            add(FOLDED + unit.folded, weights.folded * unit.weight)
        else:
            add(unit.key, weights.restored * unit.weight)
            add(FOLDED + unit.folded, weights.bare * unit.weight)
    for first, second in pairwise(units):
        together = 1.0 if first.name and second.name else min(first.weight, second.weight)
        if first.trusted and second.trusted:
            add(f"{first.key} {second.key}", weights.bigram * together)
            add(f"{FOLDED}{first.folded} {second.folded}", weights.folded_bigram * together)
        else:
            add(f"{first.key} {second.key}", weights.bigram * weights.restored * together)
            add(f"{FOLDED}{first.folded} {second.folded}", weights.bare_bigram * together)
    for start, end in words:
        word = units[start : end + 1]
        trust = 1.0 if all(unit.trusted for unit in word) else weights.restored
        add("_".join(unit.key for unit in word), weights.word * trust * max(unit.weight for unit in word))
    for alternative in alternatives:
        replaced = units[alternative.first : alternative.last + 1]
        weight = alternative.weight * max(unit.weight for unit in replaced)
        for term, view in _run_terms(alternative.run, weights):
            add(term, view * weight)
    return terms


def _run_terms(run: Run, weights: Weights) -> list[tuple[str, float]]:
    terms = [(key, weights.syllable) for key in run]
    terms += [(f"{first} {second}", weights.bigram) for first, second in pairwise(run)]
    if len(run) > 1:
        terms.append(("_".join(run), weights.word))
    return terms
