"""
What a passage shows of a question: which of its key terms it has, and whether the kind of answer that is asked for is there.

Nothing here looks at a BM25 score, which means something else in every corpus.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import chain, pairwise
from math import log

from bot.language.places import find_places
from bot.language.questions import Expected, Role, measures, posts
from bot.language.reading import Piece
from bot.language.tokens import Run, is_date, run_of
from bot.language.word_lists import table_lines
from bot.model import Span
from bot.retrieval.analysis import DATED, NUMERIC, PERSON, SHARED, WITHIN
from bot.retrieval.index import Index
from bot.retrieval.query import Query
from bot.retrieval.ranking import known_alternatives
from bot.retrieval.texts import TextTokens

# A number behind one of these names something: quý 3 is not "3" and Chỉ thị 05 is not "5".
_NUMBERED = frozenset(
    run_of("quý tháng khóa kỳ đợt số thị quyết luận hoạch trình phố ấp phường loại cấp điều khoản định dẫn lớp hạng")
)
_MONTH = "tháng"
_NAME, _WHICH = "tên", "nào"
_ASKS_DAY = frozenset("ngày hôm bữa".split())
_NUMBERED_DAYS = frozenset("ngày sáng trưa chiều tối đêm thứ".split())  # a day with a number behind it
_NUMBERED_TIMES = _NUMBERED_DAYS | frozenset(run_of("tháng quý lúc hồi mùng mồng"))
_HOURS = frozenset(("giờ", "h"))
_WHEN = frozenset(
    map(run_of, ("khi nào", "lúc nào", "hồi nào", "dạo nào", "chừng nào", "bao giờ", "thời gian nào", "giai đoạn nào"))
)
_YEAR = "năm"
_MONEY, _PRICE = frozenset("nghìn ngàn triệu tỉ".split()), ("giá",)
_DAYS = frozenset("mùng mồng rằm hôm".split())
_WHERE = frozenset(("xã", "phường", "huyện"))  # "… nào" asks for the name of one
_PLACE_KINDS = tuple(map(run_of, ("tỉnh", "huyện", "xã", "phường", "quận", "thành phố", "thị xã", "thị trấn")))
_DEPUTY = "phó"
_HAVING = frozenset(run_of("có tổng hiện gồm toàn lên cộng còn với là chiếm"))  # stand before the number of all that there are
_HAVE = "có"
_IN_ALL = frozenset(run_of("tổng cộng tất cả thảy khoảng chừng độ được đến tới"))  # between "có" and "bao nhiêu"
_TOTAL_WINDOW = 3  # tokens between those words and the number, and between the number and what it counts
_ANYBODY = "người"
_PERCENT = ("%", "phần trăm")
_LONG, _TIMES = ("lâu",), "lần"
_POST_WINDOW = 14  # tokens between a post and the name of who holds it: "Bí thư Đảng ủy thị trấn Giồng Trôm Huỳnh Văn Thương"
_COUNT_WINDOW = 4  # tokens between a number and what it counts: "144 đảng viên", "chi bộ đạt … là 3"
_BESIDE = 6  # tokens between a number and the words that it is asked of
_BARE = 0.6  # chosen on the questions of seeds_dev*, layouts_dev* and xquad-vi-dev without their diacritics
_APART = 0.25  # what the syllables of a word show of it when they stand apart
_CARRIED = 4  # passages over which a year goes on
_NAME_WINDOW = 6  # tokens between a thing and its name: "phong trào mỗi hộ góp một người “Ngày công thứ bảy”"
_QUOTED = 3  # tokens of a quotation that tell whether the question has it
_QUOTES = frozenset("\"“‘'«")
_FOUND = 0.5  # the least strength with which a term counts as found
_WITHIN_WORD = 0.45  # what a syllable that stands in a longer word of the text shows of a word of one syllable


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


@dataclass(frozen=True, slots=True)
class Evidence:
    """
    What one passage shows of a question.

    Attributes:
        coverage: Share of the key terms' mass that the passage has with its context, 0 to 1; 1 without key terms.
        substance: The same without places: of what is asked about them.
        anchored: Whether one of its places is what the passage's article or section is about.
        places: The places of the question that the passage or its context has.
        missing: Key terms that neither passage nor context has.
        typed: Whether the passage has the number, date or name that is asked for; True when none is.
        possible: False when it cannot hold the answer for lack of it. "Ai" may ask for a group, which no list of names can
            tell, so a passage without a name stays possible unless the holder of a post is asked for; "khi nào" may be
            answered by what happened then.
        matched: Which of the passage's tokens are key terms, rising.
        share: Share of the key terms that are no places, by number, that it has.
        found: Mass of those that it has, in idf.
        counted: Whether it has what is to be counted; True when nothing is.
        beside: Whether a number or date that the question does not say stands near what it is asked of, or a name behind what
            "nào" asks of; True when none is asked for.
    """

    coverage: float
    substance: float
    anchored: bool
    places: frozenset[Run]
    missing: tuple[KeyTerm, ...]
    typed: bool
    possible: bool
    matched: tuple[int, ...]
    share: float
    found: float
    counted: bool
    beside: bool


class Inquiry:
    """
    One question's key terms, ready to be looked for in passages.

    Attributes:
        query: As given.
        terms: In the order of the question.
        places_asked: The places among them that articles or sections are about, as keys.
        strict: Whether nothing else answers than the type that is asked for: a measure, or what "tên" asks for (but not the
            holder of a post: a caption may have that name).
        trust: Share of the question's words whose diacritics count, `_BARE` at least: words without any are covered by too
            many passages for their coverage to count in full.
    """

    def __init__(self, query: Query, index: Index) -> None:
        self.query = self._query = query
        self._index = index
        lexicon = index.lexicon
        self._keys: list[dict[int, float]] = []
        for unit in query.units:
            exact = lexicon.ids.get(unit.key)
            other = 0.3 if unit.trusted else 0.9
            self._keys.append({key: 1.0 if key == exact else other for key in lexicon.by_folded.get(unit.folded, ())})
        self._units: dict[int, list[tuple[int, float]]] = {}  # key → the units that it may be, and how well it meets each
        for at, keys in enumerate(self._keys):
            for key, strength in keys.items():
                self._units.setdefault(key, []).append((at, strength))
        self._contexts: dict[int, list[tuple[float, list[int]]]] = {}
        self._months: dict[int, frozenset[int]] = {}
        self._add_months()
        self._asking = [at for at, unit in enumerate(query.units) if unit.role is Role.ASKING]
        self._said = frozenset(
            key for keys, unit in zip(self._keys, query.units, strict=True) if unit.role is not Role.ASKING for key in keys
        )
        runs = known_alternatives(index, query)
        heads = [run[0] for _, _, run, _ in runs]
        self._wanted = frozenset(chain(*self._keys, *self._months.values(), heads))
        self._places_at = self._places()
        self.terms = self._key_terms()
        # A synonym of a phrase speaks for each word in it.
        self._runs = [
            [(run, weight) for first, last, run, weight in runs if first <= term.first and term.last <= last]
            for term in self.terms
        ]
        self.places_asked = tuple(dict.fromkeys(self._run(term) for term in self.terms if term.place and self._is_known(term)))
        self.trust = max(sum(unit.trusted for unit in query.units) / max(len(query.units), 1), _BARE)
        self._post = self._asked_post()
        self._measure = self._asked_measure()
        self._total = self._asks_total()
        self._causes = [[lexicon.ids[key] for key in run] for run in _causes() if all(key in lexicon.ids for key in run)]
        asking = [query.units[at].key for at in self._asking]
        self._focus = self._asked_of()
        self._kinds = _WHERE.intersection(asking)
        self._named, self._which = self._asked_names(), self._asked_which()
        asks_name = _NAME in asking and self._post is None
        self.strict = asks_name or bool(self._measure)
        # A group answers "ai", and "khi nào" is answered by what happened then.
        person = self._query.expected is Expected.PERSON and self._post is None and not asks_name
        self._may_go_untyped = (
            person or (query.expected is Expected.DATE and self._asks_when()) or query.expected is Expected.REASON
        )
        self._asks_year = _YEAR in asking
        self._asks_day = any(key in _ASKS_DAY for key in asking)

    def is_spared(self, term: KeyTerm, evidence: "Evidence") -> bool:
        """Whether a passage may lack a term: of several places that are asked for, it need tell of one, and of its time."""
        return len(self.places_asked) > 1 and bool(evidence.places) and (not term.place or self._run(term) in self.places_asked)

    def _is_known(self, term: KeyTerm) -> bool:
        """Whether the articles name a place at all."""
        run = self._run(term)
        return all(self._index.frequency(f"{first} {second}") for first, second in pairwise(run))

    def _run(self, term: KeyTerm) -> Run:
        return tuple(unit.key for unit in self._query.units[term.first : term.last + 1])

    def _add_months(self) -> None:
        """Find the month of "tháng 4" in dates of April, too."""
        units = self._query.units
        for at, (first, second) in enumerate(pairwise(units)):
            if first.key == _MONTH and second.key.isdigit():
                month = f"-{int(second.key):02d}-"
                lexicon = self._index.lexicon
                self._months[at] = frozenset(number for number in lexicon.dates if month in lexicon.keys[number])

    # What the question says

    def _key_terms(self) -> tuple[KeyTerm, ...]:
        units, pieces = self._query.units, self._query.reading.pieces
        places = self._places_at
        inside = dict(self._query.reading.words)
        terms = []
        position = 0
        while position < len(units):
            place = places.get(position)
            last = place if place is not None else self._end_of_word(position, inside, places)
            group = units[position : last + 1]
            # "tỉnh" or "TP." before a name is part of how the name is said.
            kind = last + 1 in places and tuple(unit.key for unit in group) in _PLACE_KINDS
            if any(unit.role is Role.CONTENT for unit in group) and not kind:
                numbered = last > position and pieces[last].numeric
                dated = any(pieces[at].numeric and is_date(units[at].key) for at in range(position, last + 1))
                terms.append(
                    KeyTerm(
                        position,
                        last,
                        self._mass(position, last),
                        (place is not None or numbered or dated) and (place is not None or not pieces[position].inherited),
                        place is not None,
                        dated,
                        pieces[position].inherited,
                        self._typed(position, last),
                    )
                )
            position = last + 1
        return tuple(terms)

    def _end_of_word(self, first: int, inside: dict[int, int], places: dict[int, int]) -> int:
        """Position of the last unit of the word that begins at *first*."""
        units, pieces = self._query.units, self._query.reading.pieces
        if first + 1 >= len(units) or first + 1 in places:
            return first
        if units[first].key in _NUMBERED and pieces[first + 1].numeric and not is_date(units[first + 1].key):
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
        return first if alone or not self._joins(first, places) or not self._is_pair(first) else first + 1

    def _continues(self, at: int, places: dict[int, int]) -> bool:
        """Whether a name goes on with the next unit; a short form in capitals behind it is none of it."""
        before, after = self._query.reading.pieces[at : at + 2]
        return after.name and _is_short(before) == _is_short(after) and self._joins(at, places)

    def _joins(self, at: int, places: dict[int, int]) -> bool:
        """Whether a unit and the next may be one word: no number, place or punctuation comes between."""
        before, after = self._query.reading.pieces[at : at + 2]
        between = self._query.reading.question[before.end : after.start]
        return not after.numeric and at + 1 not in places and not between.strip() and before.inherited == after.inherited

    def _is_word(self, first: int, last: int) -> bool:
        """Whether general Vietnamese or the articles know a run of units as a word."""
        run = [unit.key for unit in self._query.units[first : last + 1]]
        return all(map(self._is_pair, range(first, last))) or bool(self._index.frequency("_".join(run)))

    def _is_pair(self, at: int) -> bool:
        return f"{self._query.units[at].key} {self._query.units[at + 1].key}" in self._index.dictionary.pairs

    def _places(self) -> dict[int, int]:
        """First and last positions of places: provinces, names behind "xã" or "tỉnh", and what articles are about."""
        units, pieces = self._query.units, self._query.reading.pieces
        keys = [unit.key for unit in units]
        found = dict(find_places(keys, self._index.shared_names))
        for kind in _PLACE_KINDS:
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
        units = self._query.units[first : last + 1]
        if len(units) == 1:
            frequency = self._index.frequency(units[0].key if units[0].trusted else f"~{units[0].folded}")
        elif all(unit.trusted for unit in units):
            frequency = min(self._index.frequency(f"{a.key} {b.key}") for a, b in pairwise(units))
        else:
            frequency = min(self._index.frequency(f"~{a.folded} {b.folded}") for a, b in pairwise(units))
        size = max(len(self._index.passages), 1)
        return max(log((size + 1) / (frequency + 0.5)), 0.2)

    def _typed(self, first: int, last: int) -> str:
        pieces = self._query.reading.pieces[first : last + 1]
        if any(piece.inherited for piece in pieces):
            return " ".join(piece.display for piece in pieces)
        return self._query.reading.question[min(p.start for p in pieces) : max(p.end for p in pieces)]

    def _asked_post(self) -> tuple[int, int] | None:
        """First and last unit of the post whose holder is asked for, with its body: "bí thư thành ủy"."""
        if self._query.expected is not Expected.PERSON:
            return None
        units = self._query.units
        keys = tuple(unit.key for unit in units)
        places = self._places_at
        for width in (3, 2):
            for at in range(len(keys) - width + 1):
                if keys[at : at + width] in posts() and not (at and keys[at - 1] == _DEPUTY):
                    last = at + width - 1
                    while last + 1 < len(units) and units[last + 1].role is Role.CONTENT and last + 1 not in places:
                        if self._begins_name(last + 1):
                            break
                        last += 1
                    return at, last
        return None

    def _begins_name(self, at: int) -> bool:
        """
        Whether a name that is no word of general Vietnamese begins with a unit.

        "Huổi Moi" does, but neither "Cựu chiến binh" nor the "Hội" before it.
        """
        pieces = self._query.reading.pieces
        if at + 1 >= len(pieces) or not (pieces[at].name and pieces[at + 1].name):
            return False
        return not any(self._is_pair(first) for first in (at, at + 1) if first + 1 < len(pieces))

    def _asked_measure(self) -> frozenset[str]:
        """Units of the measure that is asked for, such as those of money; empty when things are counted."""
        if self._query.expected is not Expected.NUMBER or self._query.asks_share:
            return frozenset()
        asking = self._asking
        counted = self._query.counted_unit
        units: set[str] = set()
        for term in self.terms:
            measure = measures().get(self._run(term))
            if measure is None or (measure.beside and term.first - 1 not in asking and term.last + 1 not in asking):
                continue
            # "sâu mấy mét" asks for a depth, "kiểm điểm sâu mấy tổ chức" and "bao nhiêu hộ góp tiền" for a count.
            if counted < 0 or term.first <= counted <= term.last or self._query.units[counted].key in measure.units:
                units |= measure.units
        keys = [unit.key for unit in self._query.units]
        if any(keys[at] in _LONG for at in asking):
            return frozenset() if _TIMES in keys else measures()[_LONG].units  # "bao lâu một lần": "hằng quý"
        behind = self._query.reading.pieces[asking[-1] + 1 :] if asking else ()
        if not units and asking and self._query.units[asking[-1]].key in _MONEY and all(piece.inherited for piece in behind):
            return measures()[_PRICE].units  # "hết bao nhiêu tỷ"
        return frozenset(units)

    def _asks_total(self) -> bool:
        """Whether a question asks how many of something a place or a body has in all, and nothing else of them."""
        query, asking = self._query, self._asking
        counted = query.counted_unit
        if counted < 0 or query.units[counted].key == _ANYBODY:
            return False
        before = asking[0] - 1
        while before > 0 and query.units[before].key in _IN_ALL:
            before -= 1
        if before < 1 or query.units[before].key != _HAVE:
            return False
        others, last = [], counted
        for term in self.terms:
            if term.first <= last + 1 and term.last >= counted and not term.place:
                last = term.last  # "cây cầu", "đảng viên nữ"
            elif not term.place:
                others.append(term)
        return any(term.place for term in self.terms) and all(self._run(term) in _bodies() for term in others)

    # What a passage shows

    def examine(self, passage: int) -> Evidence:
        """Look for the key terms in one passage and its context."""
        index = self._index
        text = TextTokens(index.tokens, passage, self._wanted)
        here = self._find_all(text)
        around = self._around(int(index.scopes[passage]))
        best = [max(strength, other) for (strength, _), (other, _) in zip(here, around, strict=True)]
        for number, term in enumerate(self.terms):
            if term.dated and best[number] < _FOUND:
                best[number] = self._carried(number, passage, text)
        missing = tuple(
            term
            for term, strength in zip(self.terms, best, strict=True)
            if strength < _FOUND and (term.place or term.dated or not term.inherited)
        )
        typed = self._has_type(passage, text, here)
        places = frozenset(self._run(term) for term in self.terms if term.place and term not in missing)
        masses = [term.mass * strength for term, strength in zip(self.terms, best, strict=True) if not term.place]
        strong = [strength >= _FOUND for term, strength in zip(self.terms, best, strict=True) if not term.place]
        return Evidence(
            coverage=_share(self.terms, best),
            substance=_share(
                [t for t in self.terms if not t.place],
                [s for t, s in zip(self.terms, best, strict=True) if not t.place],
            ),
            anchored=bool(places and places & index.names_of(passage)),
            places=places,
            missing=missing,
            typed=typed,
            possible=typed or self._may_go_untyped,
            matched=tuple(sorted({at for _, places in here for at in places})),
            share=sum(strong) / max(len(strong), 1),
            found=sum(masses),
            counted=self._has_counted(here),
            beside=self._is_beside(passage, text, here),
        )

    def highlights(self, passage: int, evidence: Evidence) -> tuple[Span, ...]:
        """Where a passage has key terms, in order, not overlapping."""
        return _joined(self._index.tokens.spans_at(passage, evidence.matched), self._index.passages[passage].text)

    def _carried(self, number: int, passage: int, text: TextTokens) -> float:
        """
        Strength with which a passage that tells no year or date has one from before it: time once set goes on.

        Of the passages before it in its section, the last that tells any says which.
        """
        before = passage
        while not any(text.flags[at] & DATED for at in text.numbers):
            before -= 1
            if before < 0 or passage - before > _CARRIED or self._index.scopes[before] != self._index.scopes[passage]:
                return 0.0
            text = TextTokens(self._index.tokens, before, self._wanted)
        return self._find(number, text, self._met(text))[0] if before != passage else 0.0

    def _around(self, scope: int) -> list[tuple[float, list[int]]]:
        found = self._contexts.get(scope)
        if found is None:
            text = TextTokens(self._index.contexts, scope, self._wanted)
            found = self._contexts[scope] = self._find_all(text)
        return found

    def _find_all(self, text: TextTokens) -> list[tuple[float, list[int]]]:
        met = self._met(text)
        return [self._find(number, text, met) for number in range(len(self.terms))]

    def _met(self, text: TextTokens) -> list[list[tuple[int, float]]]:
        """For each unit, the places in a text that meet it, and how well they do."""
        met: list[list[tuple[int, float]]] = [[] for _ in self._keys]
        for key, places in text.places.items():
            for unit, strength in self._units.get(key, ()):
                met[unit] += [(at, strength) for at in places]
        return met

    def _find(self, number: int, text: TextTokens, met: Sequence[Sequence[tuple[int, float]]]) -> tuple[float, list[int]]:
        """
        Find a term, by its number: whole, or by a synonym, or (for less than half its worth) by its syllables apart.

        Args:
            number: Of the term.
            text: To look in.
            met: From `_met`.

        Returns:
            The best strength, 0 to 1, and the token positions of every match that counts.
        """
        term = self.terms[number]
        for key in self._months.get(term.first, ()):
            if key in text.places:
                return 1.0, text.places[key]
        width = term.last - term.first + 1
        places: list[int] = []
        best = 0.0
        for at, whole in met[term.first]:
            strength, matched = self._follow(term, text.ids, at, whole)
            if not matched:
                continue
            if width == 1 and text.flags[at] & WITHIN and not term.decisive:
                strength *= _WITHIN_WORD
            best = max(best, strength)
            if strength >= _WITHIN_WORD:
                places += matched
        for run, weight in self._runs[number]:
            for at in text.places.get(run[0], ()):
                if text.ids[at : at + len(run)] == run:
                    best = max(best, weight)
                    places += range(at, at + len(run))
        if best < 0.5 and width > 1 and not term.decisive:
            apart = sum(max((strength for _, strength in own), default=0.0) for own in met[term.first : term.last + 1])
            best = max(best, _APART * apart / width)
        return best, places

    def _follow(self, term: KeyTerm, ids: list[int], at: int, strength: float) -> tuple[float, list[int]]:
        """Match the rest of a term behind its first token; a number may stand one token further: "chỉ thị (số) 05"."""
        gap = 2 if self._query.reading.pieces[term.last].numeric else 1
        matched = [at]
        for number in range(term.first + 1, term.last + 1):
            for place in range(matched[-1] + 1, min(matched[-1] + gap, len(ids) - 1) + 1):
                found = self._keys[number].get(ids[place])
                if found is not None:
                    matched.append(place)
                    strength = min(strength, found)
                    break
            else:
                return 0.0, []
        return strength, matched

    def _has_type(self, passage: int, text: TextTokens, here: Sequence[tuple[float, list[int]]]) -> bool:
        ids, flags = text.ids, text.flags
        expected = self._query.expected
        if expected is Expected.NAME:
            return any(self._named_after(passage, text, here[number][1]) for number in self._named)
        if self._which is not None:
            return self._tells_name(passage, text)
        if expected is Expected.PERSON:
            if self._post:
                return self._names_holder(self._post, ids, flags)
            if any(flag & PERSON and key not in self._said for key, flag in zip(ids, flags, strict=True)):
                return True
            return any(self._named_after(passage, text, here[number][1]) for number in self._named)  # "con trai tên Bon"
        if expected is Expected.NUMBER and self._query.asks_share:
            return self._tells_share(passage, text)
        if expected is Expected.NUMBER:
            return self._counts(text, here)
        if expected is Expected.PLACE and self._kinds:
            return self._tells_place(passage)
        if expected is Expected.REASON:
            return any(ids[at : at + len(run)] == run for run in self._causes for at in range(len(ids)) if ids[at] == run[0])
        if expected is Expected.DATE and self._asks_day:
            return self._tells_day(text)
        if expected is Expected.DATE:
            return self._tells_time(text)
        return True

    def _tells_time(self, text: TextTokens) -> bool:
        """Whether a text tells a date, or a number of a month or hour, that the question does not say: "12 năm" is no year."""
        keys = self._index.lexicon.keys
        for at in text.numbers:
            if text.ids[at] in self._said:
                continue
            before = keys[text.ids[at - 1]] if at else ""
            after = keys[text.ids[at + 1]] if at + 1 < len(text.ids) else ""
            if text.flags[at] & DATED or (not self._asks_year and (before in _NUMBERED_TIMES or after in _HOURS)):
                return True
        return False

    def _tells_day(self, text: TextTokens) -> bool:
        """Whether a text tells a day that the question does not: a year is no answer to "ngày nào"."""
        keys = [self._index.lexicon.keys[number] for number in text.ids]
        for at, (key, flag) in enumerate(zip(keys, text.flags, strict=True)):
            if "-" in key and flag & DATED and text.ids[at] not in self._said:
                return True
            if key in _DAYS or (at + 1 < len(keys) and key in _NUMBERED_DAYS and text.flags[at + 1] & NUMERIC):
                return True
        return False

    def _tells_place(self, passage: int) -> bool:
        """Whether a passage, its headings or its section name a place of the kind that is asked for: "xã Nà Lốc"."""
        scopes = self._index.scopes
        first = last = passage
        while first and scopes[first - 1] == scopes[passage]:
            first -= 1
        while last + 1 < len(scopes) and scopes[last + 1] == scopes[passage]:
            last += 1
        around = [self._index.passages[number].text for number in range(first, last + 1)]
        article = self._index.articles[int(self._index.places[passage])]
        said = {unit.key for unit in self._query.units}
        return any(
            (name[0].isupper() or name.isdigit()) and not said.issuperset(run_of(name))
            for text in (article.title, self._index.passages[passage].section or "", *around)
            for kind in self._kinds
            for name in re.findall(rf"\b(?i:{kind})\b:?\s+(\w+)", text)
        )

    def _is_unit(self, number: int, key: int) -> bool:
        return self._keys[number].get(key, 0.0) >= 0.5

    def _counts(self, text: TextTokens, here: Sequence[tuple[float, list[int]]]) -> bool:
        """Whether a number that the question does not say stands beside what is counted, or behind what is numbered."""
        ids = text.ids
        numbers = [at for at in text.numbers if ids[at] not in self._said]
        if self._measure:
            return any(
                self._index.lexicon.keys[ids[near]] in self._measure and not text.flags[near] & WITHIN
                for at in numbers
                for near in range(at + 1, min(at + 3, len(ids)))
            )
        numbered = self._query.numbered_unit
        if numbered >= 0:
            things = [at for at, key in enumerate(ids) if self._is_unit(numbered, key)]
            return any(1 <= number - thing <= _COUNT_WINDOW for thing in things for number in numbers)
        counted = self._counted_term()
        things = here[counted][1] if counted is not None else []
        if self._total:
            return any(self._is_total(text, number, thing) for thing in things for number in numbers)
        if not things:
            return bool(numbers)
        return any(abs(thing - number) <= _COUNT_WINDOW for thing in things for number in numbers)

    def _is_total(self, text: TextTokens, number: int, thing: int) -> bool:
        """Whether a number tells how many of a thing there are in all: "hiện có 4.704 đảng viên", not "kết nạp 144 …"."""
        before = text.ids[max(number - _TOTAL_WINDOW, 0) : number]
        return 1 <= thing - number <= _TOTAL_WINDOW and any(self._index.lexicon.keys[key] in _HAVING for key in before)

    def _tells_share(self, passage: int, text: TextTokens) -> bool:
        """Whether a text tells a percentage that the question does not."""
        written, tokens = self._index.passages[passage].text, self._index.tokens
        ends = tokens.last[tokens.starts[passage] : tokens.starts[passage + 1]]
        return any(
            text.ids[at] not in self._said and written[int(ends[at]) :].lstrip().startswith(_PERCENT) for at in text.numbers
        )

    def _has_counted(self, here: Sequence[tuple[float, list[int]]]) -> bool:
        if self._query.counted_unit < 0:
            return True
        counted = self._counted_term()
        return counted is not None and bool(here[counted][1])

    def _counted_term(self) -> int | None:
        """Number of the term that is to be counted."""
        unit = self._query.counted_unit
        return next((number for number, term in enumerate(self.terms) if term.first <= unit <= term.last), None)

    def _asked_of(self) -> tuple[int, ...]:
        """Numbers of the terms that a question is asked of: the first two behind the words that ask, else the last before."""
        asking = self._asking
        if not asking:
            return ()
        open_terms = [number for number, term in enumerate(self.terms) if not term.place]
        behind = [n for n in open_terms if self.terms[n].first > asking[-1] and not self.terms[n].inherited]
        return tuple(behind[:2] or [n for n in open_terms if self.terms[n].last < asking[0]][-2:])

    def _is_beside(self, passage: int, text: TextTokens, here: Sequence[tuple[float, list[int]]]) -> bool:
        if self._which is not None:
            return self._named_after(passage, text, here[self._which][1])
        if self._query.expected not in (Expected.NUMBER, Expected.DATE) or not self._focus:
            return True
        numbers = [at for at in text.numbers if text.ids[at] not in self._said]
        places = [at for number in self._focus for at in here[number][1]]
        return any(abs(number - place) <= _BESIDE for number in numbers for place in places)

    def _asks_when(self) -> bool:
        """Whether any time will do, that of another event as well: "khi nào", not "mấy giờ"."""
        units = self._query.units
        runs = (tuple(unit.key for unit in units[at : at + width]) for at in range(len(units)) for width in (2, 3))
        return any(run in _WHEN for run in runs)

    def _asked_names(self) -> tuple[int, ...]:
        """
        Numbers of the terms whose name may be asked for: "công ty tặng máy tính cho trường tên gì".

        What a question begins with, and the last two before "tên" ("lập nhóm vẽ mang tên"); behind "tên" in front, any.
        """
        asking = self._asking
        if not any(self._query.units[at].key == _NAME for at in asking):
            return ()
        things = [number for number, term in enumerate(self.terms) if not term.place]
        before = [number for number in things if self.terms[number].last < asking[0]]
        if not before:
            return tuple(things)
        plain = [number for number in before if not self._query.units[self.terms[number].first].name]
        return tuple({before[0], *plain[-2:]})

    def _asked_which(self) -> int | None:
        """Number of the term that "nào" asks the name of: "công ty nào", "những sàn nào"; None when of nothing such."""
        if self._query.expected not in (None, Expected.THING, Expected.PLACE):
            return None
        for number, term in enumerate(self.terms):
            following = self._query.units[term.last + 1 : term.last + 2]
            if following and following[0].key == _WHICH and self._run(term) in _named_things():
                return number
        return None

    def _named_after(self, passage: int, text: TextTokens, things: Sequence[int]) -> bool:
        """Whether a name that the question does not say stands behind one of some tokens."""
        behind = sorted({at + step for at in things for step in range(1, _NAME_WINDOW + 1) if at + step < len(text.ids)})
        return any(self._new_names(passage, text, behind))

    def _tells_name(self, passage: int, text: TextTokens) -> bool:
        """Whether a passage, or what its article is about, has a name that the question lacks and that is no person's."""
        said = {unit.key for unit in self._query.units}
        if not all(said.issuperset(name) for name in self._index.names_of(passage)):
            return True
        person = -2  # the last token of a person's name
        for at, name in enumerate(self._new_names(passage, text, range(len(text.ids)))):
            if text.flags[at] & PERSON or (name and person == at - 1):
                person = at
            elif name:
                return True
        return False

    def _new_names(self, passage: int, text: TextTokens, places: Iterable[int]) -> Iterator[bool]:
        """For some tokens, whether each has a capital of its own, or opens a quotation, and the question does not say it."""
        written, tokens = self._index.passages[passage].text, self._index.tokens
        starts = tokens.first[tokens.starts[passage] : tokens.starts[passage + 1]].tolist()
        for at in places:
            start = starts[at]
            if written[start - 1 : start] in _QUOTES:
                yield not self._said.issuperset(text.ids[at : at + _QUOTED])
            elif text.ids[at] in self._said or text.flags[at] & (SHARED | NUMERIC | DATED):
                yield False
            else:
                yield written[start].isupper() and not _begins_sentence(written, start)

    def _names_holder(self, post: Span, ids: Sequence[int], flags: Sequence[int]) -> bool:
        """Whether somebody is named beside the very post, not beside its deputy's or another body's."""
        first, last = post
        deputy = self._index.lexicon.ids.get(_DEPUTY)
        people = [at for at, flag in enumerate(flags) if flag & PERSON]
        for at, key in enumerate(ids):
            if not self._is_unit(first, key) or (at and ids[at - 1] == deputy and self._query.units[first].key != _DEPUTY):
                continue
            window = ids[at : at + _POST_WINDOW]
            if not all(any(self._is_unit(number, near) for near in window) for number in range(first, last + 1)):
                continue
            if any(-_POST_WINDOW // 2 <= person - at <= _POST_WINDOW for person in people):
                return True
        return False


def _begins_sentence(text: str, start: int) -> bool:
    """Whether a word stands where every word has a capital."""
    before = text[:start].rstrip()
    return not before or before[-1] in ".!?…:"


@cache
def _named_things() -> frozenset[Run]:
    return frozenset(map(run_of, table_lines("named_things.txt")))


@cache
def _bodies() -> frozenset[Run]:
    return frozenset(map(run_of, table_lines("bodies.txt")))


@cache
def _causes() -> tuple[Run, ...]:
    return tuple(map(run_of, table_lines("causes.txt")))


def _is_short(piece: Piece) -> bool:
    """Whether a piece is a number or a short form in capitals, which no name of a place goes on with."""
    return piece.numeric or (piece.display.isupper() and len(piece.display) > 1)


def _share(terms: Sequence[KeyTerm], strengths: Sequence[float]) -> float:
    total = sum(term.mass for term in terms)
    return sum(term.mass * strength for term, strength in zip(terms, strengths, strict=True)) / total if total else 1.0


def _joined(spans: Sequence[Span], text: str) -> tuple[Span, ...]:
    """Join spans with nothing but spaces between them."""
    joined: list[Span] = []
    for start, end in spans:
        if joined and (start <= joined[-1][1] or text[joined[-1][1] : start].isspace()):
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return tuple(joined)
