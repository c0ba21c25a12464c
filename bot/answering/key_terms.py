"""A question → its key terms: the words that carry its sense, with how much each tells."""

from dataclasses import dataclass
from itertools import pairwise
from math import log

from bot.language.places import PLACE_KINDS, find_places
from bot.language.questions import Role
from bot.language.reading import Piece
from bot.language.tokens import Run, is_date, run_of
from bot.retrieval.index import Index
from bot.retrieval.query import Query

# A number behind one of these names something: quý 3 is not "3" and Chỉ thị 05 is not "5".
_NUMBERED = frozenset(
    run_of("quý tháng khóa kỳ đợt số thị quyết luận hoạch trình phố ấp phường loại cấp điều khoản định dẫn lớp hạng")
)
# Two syllables in front of a number that names: "giải quyết 5 đơn thư" is none.
_DOCUMENTS = frozenset(
    map(
        run_of,
        (
            *(
                "chỉ thị",
                "nghị quyết",
                "kết luận",
                "kế hoạch",
                "chương trình",
                "quy định",
                "quyết định",
                "hướng dẫn",
                "nghị định",
            ),
            *("thông tư", "thông tri", "công văn", "thông báo", "đề án", "quy chế", "pháp lệnh", "khu phố"),
        ),
    )
)


@dataclass(frozen=True, slots=True)
class KeyTerm:
    """
    A word of the question that carries its sense.

    Attributes:
        first: Position of its first unit.
        last: Position of its last unit.
        mass: How much it tells: its idf, so that a word that the articles lack tells most.
        decisive: A year, date, numbered thing or place: without it, another fact is told.
        place: Whether it is a place.
        dated: Whether it is or holds a year or date.
        inherited: Whether the conversation, not the question, says it.
        typed: As the person typed it.
    """

    first: int
    last: int
    mass: float
    decisive: bool
    place: bool
    dated: bool
    inherited: bool
    typed: str


class KeyTerms:
    """
    A question cut into the words that carry its sense.

    Attributes:
        query: As given.
        index: Of the corpus.
        keys: For each unit of the query, the lexicon ids that it may be, and how well each meets it, 0 to 1.
        places_at: First and last positions of places.
        terms: In the order of the question.
        asking: Positions of the units that ask.
        said: Lexicon ids of all other units.
    """

    def __init__(self, query: Query, index: Index) -> None:
        self.query, self.index = query, index
        lexicon = index.lexicon
        self.keys: list[dict[int, float]] = []
        for unit in query.units:
            exact = lexicon.ids.get(unit.key)
            other = 0.3 if unit.trusted else 0.9
            self.keys.append({key: 1.0 if key == exact else other for key in lexicon.by_folded.get(unit.folded, ())})
        self.asking = [at for at, unit in enumerate(query.units) if unit.role is Role.ASKING]
        self.said = frozenset(
            key for keys, unit in zip(self.keys, query.units, strict=True) if unit.role is not Role.ASKING for key in keys
        )
        self.places_at = self._places()
        self.terms = self._key_terms()

    def run(self, term: KeyTerm) -> Run:
        """Keys of a term."""
        return tuple(unit.key for unit in self.query.units[term.first : term.last + 1])

    def is_pair(self, at: int) -> bool:
        """Whether general Vietnamese knows a unit and the next as one word."""
        return f"{self.query.units[at].key} {self.query.units[at + 1].key}" in self.index.dictionary.pairs

    def _key_terms(self) -> tuple[KeyTerm, ...]:
        units, pieces = self.query.units, self.query.reading.pieces
        places = self.places_at
        inside = dict(self.query.reading.words)
        terms = []
        position = 0
        while position < len(units):
            place = places.get(position)
            last = place if place is not None else self._end_of_word(position, inside, places)
            document = last > position and tuple(unit.key for unit in units[last - 1 : last + 1]) in _DOCUMENTS
            if place is None and document and self._is_number_of_name(last + 1):
                last += 1
            group = units[position : last + 1]
            # "tỉnh" or "TP." before a name is part of how the name is said.
            kind = last + 1 in places and tuple(unit.key for unit in group) in PLACE_KINDS
            if any(unit.role is Role.CONTENT for unit in group) and not kind:
                numbered = last > position and pieces[last].numeric
                dated = any(pieces[at].numeric and is_date(units[at].key) for at in range(position, last + 1))
                sure = place is not None and not self._may_be_else(position, last)
                terms.append(
                    KeyTerm(
                        position,
                        last,
                        self._mass(position, last),
                        sure or ((numbered or dated) and not pieces[position].inherited),
                        place is not None,
                        dated,
                        pieces[position].inherited,
                        self._typed(position, last),
                    )
                )
            position = last + 1
        return tuple(terms)

    def _may_be_else(self, first: int, last: int) -> bool:
        """Whether a short form has another reading: "BT" may be Bến Tre, or a secretary."""
        reading = self.query.reading
        if first == last or reading.pieces[first].start != reading.pieces[last].start:
            return False
        return any((other.first, other.last) == (first, last) for other in reading.alternatives)

    def _end_of_word(self, first: int, inside: dict[int, int], places: dict[int, int]) -> int:
        """Position of the last unit of the word that begins at *first*."""
        units, pieces = self.query.units, self.query.reading.pieces
        if first + 1 >= len(units) or first + 1 in places:
            return first
        if units[first].key in _NUMBERED and self._is_number_of_name(first + 1):
            return first + 1
        if pieces[first].name:
            last = first
            while last + 1 < len(units) and self._continues(last, places):
                last += 1
            for start in range(first, last + 1):  # "Bộ Chính trị" goes on in small letters
                end = inside.get(start, last)
                if end > last and all(self._joins(at, places) for at in range(last, end)) and self._is_word(start, end):
                    return end
            return last
        last = inside.get(first, first)
        # The segmenter guesses at words that it does not know: only what is a word elsewhere too counts as one.
        if last > first:
            joined = all(self._joins(at, places) for at in range(first, last))
            return last if joined and self._is_word(first, last) else first
        alone = units[first].role is not Role.CONTENT or units[first + 1].role is not Role.CONTENT or first + 1 in inside
        return first if alone or not self._joins(first, places) or not self.is_pair(first) else first + 1

    def _is_number_of_name(self, at: int) -> bool:
        """Whether a number stands at a position, and no year or date."""
        return at < len(self.query.units) and self.query.reading.pieces[at].numeric and not is_date(self.query.units[at].key)

    def _continues(self, at: int, places: dict[int, int]) -> bool:
        """Whether a name goes on with the next unit; a short form in capitals behind it is none of it."""
        before, after = self.query.reading.pieces[at : at + 2]
        return after.name and _is_short(before) == _is_short(after) and self._joins(at, places)

    def _joins(self, at: int, places: dict[int, int]) -> bool:
        """Whether a unit and the next may be one word: no number, place or punctuation comes between."""
        before, after = self.query.reading.pieces[at : at + 2]
        between = self.query.reading.question[before.end : after.start]
        return not after.numeric and at + 1 not in places and not between.strip() and before.inherited == after.inherited

    def _is_word(self, first: int, last: int) -> bool:
        """Whether general Vietnamese or the articles know a run of units as a word."""
        run = [unit.key for unit in self.query.units[first : last + 1]]
        return all(map(self.is_pair, range(first, last))) or bool(self.index.frequency("_".join(run)))

    def _places(self) -> dict[int, int]:
        """First and last positions of places: provinces, names behind "xã" or "tỉnh", and what articles are about."""
        units, pieces = self.query.units, self.query.reading.pieces
        keys = [unit.key for unit in units]
        found = dict(find_places(keys, self.index.shared_names))
        for kind in PLACE_KINDS:
            if kind[0] not in keys:
                continue
            for at in range(len(keys) - len(kind)):
                start = at + len(kind)
                if tuple(keys[at:start]) != kind or start in found:
                    continue
                end = start
                while end < len(pieces) and units[end].name and not _is_short(pieces[end]) and end not in found:
                    end += 1
                if end - start >= 2:
                    found[start] = end - 1
        return found

    def _mass(self, first: int, last: int) -> float:
        units = self.query.units[first : last + 1]
        if len(units) == 1:
            frequency = self.index.frequency(units[0].key if units[0].trusted else f"~{units[0].folded}")
        elif all(unit.trusted for unit in units):
            frequency = min(self.index.frequency(f"{a.key} {b.key}") for a, b in pairwise(units))
        else:
            frequency = min(self.index.frequency(f"~{a.folded} {b.folded}") for a, b in pairwise(units))
        size = max(len(self.index.passages), 1)
        return max(log((size + 1) / (frequency + 0.5)), 0.2)

    def _typed(self, first: int, last: int) -> str:
        pieces = self.query.reading.pieces[first : last + 1]
        if any(piece.inherited for piece in pieces):
            return " ".join(piece.display for piece in pieces)
        return self.query.reading.question[min(p.start for p in pieces) : max(p.end for p in pieces)]


def _is_short(piece: Piece) -> bool:
    """Whether a piece is a number or a short form in capitals, which no name of a place goes on with."""
    return piece.numeric or (piece.display.isupper() and len(piece.display) > 1)
