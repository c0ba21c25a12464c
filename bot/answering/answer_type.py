"""The type of answer that a question asks for: a day, a name, how many of what."""

from dataclasses import dataclass
from functools import cache

from bot.answering.key_terms import KeyTerms
from bot.language.questions import Expected, Role, measures, posts
from bot.language.tokens import Run, is_date, run_of
from bot.language.word_lists import table_lines
from bot.model import Wanted

_NAME, _WHICH, _MOST = "tên", "nào", "nhất"
_NOT_BEST = frozenset(
    map(run_of, ("thống nhất", "hợp nhất", "thứ nhất", "nhất là", "nhất trí", "đồng nhất", "nhất định", "ít nhất"))
)
# "được quan tâm nhất": texts say so by "nhất là", "đặc biệt" or not at all.
_HEEDED = frozenset(
    map(run_of, ("quan tâm", "chú trọng", "chăm lo", "coi trọng", "chú ý", "lưu ý", "để ý", "ưu tiên", "tập trung", "đẩy mạnh"))
)
_ASKS_DAY = frozenset("ngày hôm bữa".split())
_WHEN = frozenset(
    map(run_of, ("khi nào", "lúc nào", "hồi nào", "dạo nào", "chừng nào", "bao giờ", "thời gian nào", "giai đoạn nào"))
)
_YEAR = "năm"
_WHO_ALL = ("những", "ai")
_MONEY, _PRICE = frozenset("nghìn ngàn triệu tỉ".split()), ("giá",)
_LONG, _TIMES = ("lâu",), "lần"
_DEPUTY = "phó"
_TAKE = "chiếm"
_HAVE, _NEW = "có", "mới"
_IN_ALL = frozenset(run_of("tổng cộng tất cả thảy khoảng chừng độ được đến tới"))  # between "có" and "bao nhiêu"
_ANYBODY = "người"
_IN = "trong"
_OF_SEVERAL = frozenset(run_of("số những các tổng hơn gần khoảng"))  # between "trong" and what it is asked of


@dataclass(frozen=True, slots=True)
class Part:
    """
    A part of a whole whose number is asked for: "trong 144 đảng viên có bao nhiêu nữ".

    Attributes:
        whole: Position of the number of the whole; None where the question does not say it.
        terms: Numbers of the terms that tell of which part.
    """

    whole: int | None
    terms: tuple[int, ...]


class AnswerType:
    """
    The type of answer that a question asks for.

    Args:
        asked: Of the question.

    Attributes:
        post: First and last unit of the post whose holder is asked for, with its body: "bí thư thành ủy".
        measure: Units of the measure that is asked for, such as those of money; empty when things are counted.
        taken: Whether a part of something is asked for, as a number or a percentage: "chiếm bao nhiêu dân số".
        unit: Number of the term that is a unit of that measure, "tiền" of "bao nhiêu tiền"; None when none is. Where the
            measure is met, so is its unit, by whatever word.
        counted: Number of the term that is to be counted; None when none is.
        total: Whether all of something is asked for that a place or a body has.
        part: A part of a whole whose number is asked for.
        focus: Numbers of the terms that a question is asked of.
        named: Numbers of the terms whose name "tên" may ask for.
        which: Number of the term that "nào" asks the name of: "công ty nào"; None when of nothing such.
        kinds: Words that stand before the names of what "nào" asks for: "trường" and "đại học" for "trường nào".
        heads: Numbers of the question that only number something → what they number, all as lexicon ids: "Chỉ thị 05" does
            not say the 5 of "5 năm".
        superlative: Whether the first or last of several is asked for.
        year: Whether a year is.
        day: Whether a day is.
        strict: Whether nothing else answers than the type that is asked for.
        lenient: Whether a passage may answer without it: a group answers "ai", and "khi nào" is answered by what happened then.
    """

    def __init__(self, asked: KeyTerms) -> None:
        self._asked = asked
        self._query, self._terms, self._asking = asked.query, asked.terms, asked.asking
        self._keys = tuple(unit.key for unit in asked.query.units)
        expected = asked.query.expected
        asking = [self._keys[at] for at in asked.asking]
        self.post = self._asked_post()
        self.taken = bool(asked.asking) and self._keys[max(asked.asking[0] - 1, 0)] == _TAKE
        self.measure = self._asked_measure()
        self.unit = self._asked_unit()
        self.counted = self._asked_count()
        self.total = self._asks_total()
        self.part = self._asked_part()
        self.focus = self._asked_of()
        self.named, self.which = self._asked_names(), self._asked_which()
        self.kinds = self._asked_kinds()
        self.heads = self._numbered_heads()
        self.superlative = self._asks_best()
        self.year = expected is Expected.DATE and _YEAR in asking
        self.day = expected is Expected.DATE and any(key in _ASKS_DAY for key in asking)
        self._name = _NAME in asking and self.post is None
        self.strict = (
            (self._name or self.day or self.year or self.superlative or asked.query.asks_share)
            or bool(self.measure or self.kinds)
            or (self.post or self.part) is not None
        )
        self.lenient = not self.superlative and (
            (expected is Expected.PERSON and self.post is None and not self._name and not self._asks_list())
            or (expected is Expected.DATE and self._asks_when())
            or expected is Expected.REASON
        )

    @property
    def kind(self) -> Wanted | None:
        """What a passage without the type lacks, to be told to people; None when no type is asked for."""
        if self.superlative:
            return Wanted.SUPERLATIVE
        if self.kinds or self.which is not None or self._name:
            return Wanted.NAME
        if self._query.asks_share:
            return Wanted.SHARE
        if self.total:
            return Wanted.TOTAL
        return _WANTED.get(self._query.expected) if self._query.expected else None

    def _asked_post(self) -> tuple[int, int] | None:
        if self._query.expected is not Expected.PERSON:
            return None
        units, keys = self._query.units, self._keys
        places = self._asked.places_at
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
        return not any(self._asked.is_pair(first) for first in (at, at + 1) if first + 1 < len(pieces))

    def _asked_measure(self) -> frozenset[str]:
        if self._query.expected is not Expected.NUMBER or self._query.asks_share or self.taken:
            return frozenset()
        asking = self._asking
        counted = self._query.counted_unit
        units: set[str] = set()
        for term in self._terms:
            measure = measures().get(self._asked.run(term))
            if measure is None or (measure.beside and term.first - 1 not in asking and term.last + 1 not in asking):
                continue
            if measure.behind and term.first - 1 not in asking:
                continue
            # "sâu mấy mét" asks for a depth, "kiểm điểm sâu mấy tổ chức" and "bao nhiêu hộ góp tiền" for a count.
            if counted < 0 or term.first <= counted <= term.last or self._keys[counted] in measure.units:
                units |= measure.units
        keys = self._keys
        times = measures()[_LONG].units
        if any(keys[at] in _LONG for at in asking):
            units |= times
        if _TIMES in keys:
            units -= times  # "bao lâu một lần": "hằng quý"
        behind = self._query.reading.pieces[asking[-1] + 1 :] if asking else ()
        if not units and asking and keys[asking[-1]] in _MONEY and all(piece.inherited for piece in behind):
            return measures()[_PRICE].units  # "hết bao nhiêu tỷ"
        return frozenset(units)

    def _asked_unit(self) -> int | None:
        for number, term in enumerate(self._terms):
            if self.measure and term.first - 1 in self._asking and self._keys[term.first] in self.measure:
                return number
        return None

    def _asked_count(self) -> int | None:
        unit = self._query.counted_unit
        return next((number for number, term in enumerate(self._terms) if term.first <= unit <= term.last), None)

    def _asks_total(self) -> bool:
        """Whether a question asks how many of something a place or a body has in all, and nothing else of them."""
        keys, asking = self._keys, self._asking
        counted = self._query.counted_unit
        if counted < 0 or keys[counted] == _ANYBODY:
            return False
        if _NEW in keys[counted:]:
            return False  # "có mấy đảng viên mới" asks for those that came
        before = asking[0] - 1
        while before > 0 and keys[before] in _IN_ALL:
            before -= 1
        if before < 1 or keys[before] != _HAVE:
            return False
        others, last = [], counted
        for term in self._terms:
            if term.first <= last + 1 and term.last >= counted and not term.place:
                last = term.last  # "cây cầu", "đảng viên nữ"
            elif not term.place:
                others.append(term)
        return any(term.place for term in self._terms) and all(self._asked.run(term) in _bodies() for term in others)

    def _asked_part(self) -> Part | None:
        pieces, keys = self._query.reading.pieces, self._keys
        if self._query.expected is not Expected.NUMBER or not self._asking:
            return None
        at = keys.index(_IN) + 1 if _IN in keys[:2] else 0
        several = at
        while at < len(keys) and keys[at] in _OF_SEVERAL:
            at += 1
        numeric = at + 1 < len(keys) and pieces[at].numeric
        timed = numeric and (keys[at + 1] in measures()[_LONG].units or is_date(keys[at]))  # "trong 5 năm", "trong 2024"
        if timed or not (numeric or (several and at > several)):
            return None
        whole = {self._asked.run(term) for term in self._terms if term.last < self._asking[0]}
        behind = tuple(
            number
            for number, term in enumerate(self._terms)
            if term.first > self._asking[-1] and not term.place and self._asked.run(term) not in whole
        )
        return Part(at if numeric else None, behind) if behind else None

    def _asked_of(self) -> tuple[int, ...]:
        """Numbers of the terms that a question is asked of: the first two behind the words that ask, else the last before."""
        asking = self._asking
        if not asking:
            return ()
        open_terms = [number for number, term in enumerate(self._terms) if not term.place and number != self.unit]
        behind = [n for n in open_terms if self._terms[n].first > asking[-1] and not self._terms[n].inherited]
        return tuple(behind[:2] or [n for n in open_terms if self._terms[n].last < asking[0]][-2:])

    def _asked_names(self) -> tuple[int, ...]:
        """
        Numbers of the terms whose name may be asked for: "công ty tặng máy tính cho trường tên gì".

        What a question begins with, and the last two before "tên" ("lập nhóm vẽ mang tên"); behind "tên" in front, any.
        """
        asking = self._asking
        if not any(self._keys[at] == _NAME for at in asking):
            return ()
        things = [number for number, term in enumerate(self._terms) if not term.place]
        before = [number for number in things if self._terms[number].last < asking[0]]
        if not before:
            return tuple(things)
        plain = [number for number in before if not self._query.units[self._terms[number].first].name]
        return tuple({before[0], *plain[-2:]})

    def _asked_which(self) -> int | None:
        if self._query.expected not in (None, Expected.THING, Expected.PLACE):
            return None
        for number, term in enumerate(self._terms):
            if self._keys[term.last + 1 : term.last + 2] == (_WHICH,) and self._asked.run(term) in _named_things():
                return number
        return None

    def _asked_kinds(self) -> tuple[str, ...]:
        keys = self._keys
        if _WHICH not in keys or self._query.expected not in (Expected.PLACE, Expected.THING):
            return ()
        at = keys.index(_WHICH)
        for width in range(min(_longest_class(), at), 0, -1):
            whole = all(term.first >= at - width or term.last < at - width for term in self._terms)
            if whole and keys[at - width : at] in _class_names():
                return _class_names()[keys[at - width : at]]
        return ()

    def _numbered_heads(self) -> dict[int, frozenset[int]]:
        heads: dict[int, set[int]] = {}
        bare: set[int] = set()
        for at, keys in enumerate(self._asked.keys):
            if not self._query.reading.pieces[at].numeric:
                continue
            numbering = any(term.first < at == term.last and term.decisive and not term.dated for term in self._terms)
            if numbering:
                for key in keys:
                    heads.setdefault(key, set()).update(self._asked.keys[at - 1])
            else:
                bare.update(keys)
        return {key: frozenset(own) for key, own in heads.items() if key not in bare}

    def _asks_best(self) -> bool:
        """Whether a question asks which of several comes first or last: "xã nào nghèo nhất", not "ít nhất bao nhiêu"."""
        if self._query.expected not in (Expected.PLACE, Expected.THING, Expected.PERSON):
            return False
        if _MOST not in self._keys:
            return False
        at = self._keys.index(_MOST)
        if self._keys[max(at - 2, 0) : at] in _HEEDED or at - 1 in self._asking:
            return False
        return not any(self._keys[first : first + 2] in _NOT_BEST for first in (max(at - 1, 0), at))

    def _asks_list(self) -> bool:
        """Whether the names of several are asked for whose number the question says: "mười cá nhân … gồm những ai"."""
        several = any(self._keys[at : at + 2] == _WHO_ALL for at in range(len(self._keys)))
        return several and any(piece.numeric for piece in self._query.reading.pieces)

    def _asks_when(self) -> bool:
        """Whether any time will do, that of another event as well: "khi nào", not "mấy giờ"."""
        return any(self._keys[at : at + width] in _WHEN for at in range(len(self._keys)) for width in (2, 3))


_WANTED = {
    Expected.NUMBER: Wanted.NUMBER,
    Expected.DATE: Wanted.TIME,
    Expected.PERSON: Wanted.PERSON,
    Expected.NAME: Wanted.NAME,
    Expected.REASON: Wanted.REASON,
}


@cache
def _class_names() -> dict[Run, tuple[str, ...]]:
    """Nouns that "nào" asks the name of → words that stand before such names."""
    table: dict[Run, tuple[str, ...]] = {}
    for line in table_lines("class_names.txt"):
        asked, _, before = line.partition("\t")
        words = tuple(word.strip() for word in before.split(","))
        table |= dict.fromkeys(map(run_of, asked.split(",")), words)
    return table


@cache
def _longest_class() -> int:
    return max(map(len, _class_names()))


@cache
def _named_things() -> frozenset[Run]:
    return frozenset(map(run_of, table_lines("named_things.txt")))


@cache
def _bodies() -> frozenset[Run]:
    return frozenset(map(run_of, table_lines("bodies.txt")))
