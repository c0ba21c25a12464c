"""The type of answer that a question asks for, and whether a passage has one: a day, a name, a number of what is counted."""

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from itertools import chain

from bot.answering.key_terms import KeyTerms
from bot.language.questions import Expected, Role, measures, posts
from bot.language.tokens import Run, run_of, is_date
from bot.language.word_lists import table_lines
from bot.model import Span
from bot.retrieval.analysis import DATED, NUMERIC, PERSON, SHARED, WITHIN
from bot.retrieval.texts import TextTokens

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
_WEEKDAYS = frozenset(("thứ", day) for day in ("hai", "ba", "tư", "năm", "sáu", "bảy")) | {("chủ", "nhật"), ("cuối", "tuần")}
_DEPUTY = "phó"
_HAVING = frozenset(run_of("có tổng hiện gồm toàn lên cộng còn với là chiếm"))  # stand before the number of all that there are
_HAVE = "có"
_IN_ALL = frozenset(run_of("tổng cộng tất cả thảy khoảng chừng độ được đến tới"))  # between "có" and "bao nhiêu"
_TOTAL_WINDOW = 3  # tokens between those words and the number, and between the number and what it counts
_ANYBODY = "người"
_SECTION = 20  # passages before and behind that may name a place
_PERCENT = ("%", "phần trăm")
_LONG, _TIMES = ("lâu",), "lần"
_POST_WINDOW = 14  # tokens between a post and the name of who holds it: "Bí thư Đảng ủy thị trấn Giồng Trôm Huỳnh Văn Thương"
_COUNT_WINDOW = 4  # tokens between a number and what it counts: "144 đảng viên", "chi bộ đạt … là 3"
_BESIDE = 6  # tokens between a number and the words that it is asked of
_NAME_WINDOW = 6  # tokens between a thing and its name: "phong trào mỗi hộ góp một người “Ngày công thứ bảy”"
_QUOTED = 3  # tokens of a quotation that tell whether the question has it
_QUOTES = frozenset("\"“‘'«")


class AnswerType:
    """
    The type of answer that a question asks for, ready to be looked for in passages.

    Args:
        asked: Of the question.

    Attributes:
        strict: Whether nothing else answers than the type that is asked for: a measure, or what "tên" asks for (but not the
            holder of a post: a caption may have that name).
        unit: Number of the term that is a unit of the measure asked for, "tiền" of "bao nhiêu tiền"; None when none is. Where
            the measure is met, so is its unit, by whatever word.
        lenient: Whether a passage may answer without it: a group answers "ai", and "khi nào" is answered by what happened then.
    """

    def __init__(self, asked: KeyTerms) -> None:
        self._asked = asked
        self._query, self._index, self._terms, self._asking = asked.query, asked.index, asked.terms, asked.asking
        query, ids = asked.query, asked.index.lexicon.ids
        asking = [query.units[at].key for at in asked.asking]
        self._written = frozenset(unit.key for unit in query.units)
        self._post = self._asked_post()
        self._measure = self._asked_measure()
        self.unit = self._asked_unit()
        self._total = self._asks_total()
        self._focus = self._asked_of()
        self._named, self._which = self._asked_names(), self._asked_which()
        self._kinds = self._asked_kinds()
        self._heads = self._numbered_heads()
        self._whole = -1
        self._part = self._asked_part()
        self._best = _superlatives() if self._asks_best() else None
        self._asks_year = _YEAR in asking
        self._asks_day = any(key in _ASKS_DAY for key in asking)
        self._causes: list[list[int]] = []
        if query.expected is Expected.REASON:
            self._causes = [[ids[key] for key in run] for run in _causes() if all(key in ids for key in run)]
        asks_name = _NAME in asking and self._post is None
        self.strict = asks_name or bool(self._measure) or bool(self._kinds) or (self._asks_day and query.expected is Expected.DATE) or self._post is not None
        self.lenient = (
            (query.expected is Expected.PERSON and self._post is None and not asks_name)
            or (query.expected is Expected.DATE and self._asks_when())
            or query.expected is Expected.REASON
        ) and self._best is None

    def _asked_post(self) -> tuple[int, int] | None:
        """First and last unit of the post whose holder is asked for, with its body: "bí thư thành ủy"."""
        if self._query.expected is not Expected.PERSON:
            return None
        units = self._query.units
        keys = tuple(unit.key for unit in units)
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
        """Units of the measure that is asked for, such as those of money; empty when things are counted."""
        if self._query.expected is not Expected.NUMBER or self._query.asks_share:
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
            if counted < 0 or term.first <= counted <= term.last or self._query.units[counted].key in measure.units:
                units |= measure.units
        keys = [unit.key for unit in self._query.units]
        times = measures()[_LONG].units
        if any(keys[at] in _LONG for at in asking):
            units |= times
        if _TIMES in keys:
            units -= times  # "bao lâu một lần": "hằng quý"
        behind = self._query.reading.pieces[asking[-1] + 1 :] if asking else ()
        if not units and asking and self._query.units[asking[-1]].key in _MONEY and all(piece.inherited for piece in behind):
            return measures()[_PRICE].units  # "hết bao nhiêu tỷ"
        return frozenset(units)

    def _numbered_heads(self) -> dict[int, frozenset[int]]:
        """
        Numbers of the question that only number something → what they number, all as lexicon ids.

        "Chỉ thị 05" does not say the 5 of "5 năm".
        """
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

    def _asked_kinds(self) -> tuple[str, ...]:
        """Words that stand before the names of what "nào" asks for: "trường" and "đại học" for "trường nào"."""
        keys = [unit.key for unit in self._query.units]
        if _WHICH not in keys or self._query.expected not in (Expected.PLACE, Expected.THING):
            return ()
        at = keys.index(_WHICH)
        for width in range(min(_longest_class(), at), 0, -1):
            whole = all(term.first >= at - width or term.last < at - width for term in self._terms)
            if whole and tuple(keys[at - width : at]) in _class_names():
                return _class_names()[tuple(keys[at - width : at])]
        return ()

    def _asked_part(self) -> tuple[int, ...]:
        """Numbers of the terms behind "bao nhiêu" where it asks for a part: "trong 144 đảng viên có bao nhiêu nữ"."""
        keys = [unit.key for unit in self._query.units]
        if self._query.expected is not Expected.NUMBER or not self._asking or not ("trong" in keys[:2] or self._query.reading.pieces[0].numeric):
            return ()
        at = keys.index("trong") + 1 if "trong" in keys[:2] else 0
        while at < len(keys) and keys[at] in _SET:
            at += 1
        if at and keys[at - 1] == "trong" and not self._query.reading.pieces[at].numeric:
            return ()
        if self._query.reading.pieces[at].numeric and (at + 1 >= len(keys) or keys[at + 1] in measures()[_LONG].units or is_date(keys[at])):
            return ()
        if self._query.reading.pieces[at].numeric:
            self._whole = at
        return tuple(n for n, term in enumerate(self._terms) if term.first > self._asking[-1] and not term.place)

    def _asks_best(self) -> bool:
        """Whether a question asks which of several comes first or last: "xã nào nghèo nhất", not "ít nhất bao nhiêu"."""
        if self._query.expected not in (Expected.PLACE, Expected.THING, Expected.PERSON):
            return False
        keys = [unit.key for unit in self._query.units]
        words = [start for start, end in self._query.reading.words for at in range(start, end + 1) if end > start and keys[at] == _MOST and "_".join(keys[start:end+1]) in _NO_BEST]
        return _MOST in keys and not words

    def _asked_unit(self) -> int | None:
        units, asking = self._query.units, self._asking
        for number, term in enumerate(self._terms):
            if self._measure and term.first - 1 in asking and units[term.first].key in self._measure:
                return number
        return None

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
        for term in self._terms:
            if term.first <= last + 1 and term.last >= counted and not term.place:
                last = term.last  # "cây cầu", "đảng viên nữ"
            elif not term.place:
                others.append(term)
        return any(term.place for term in self._terms) and all(self._asked.run(term) in _bodies() for term in others)

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
        things = [number for number, term in enumerate(self._terms) if not term.place]
        before = [number for number in things if self._terms[number].last < asking[0]]
        if not before:
            return tuple(things)
        plain = [number for number in before if not self._query.units[self._terms[number].first].name]
        return tuple({before[0], *plain[-2:]})

    def _asked_which(self) -> int | None:
        """Number of the term that "nào" asks the name of: "công ty nào", "những sàn nào"; None when of nothing such."""
        if self._query.expected not in (None, Expected.THING, Expected.PLACE):
            return None
        for number, term in enumerate(self._terms):
            following = self._query.units[term.last + 1 : term.last + 2]
            if following and following[0].key == _WHICH and self._asked.run(term) in _named_things():
                return number
        return None

    def _asked_of(self) -> tuple[int, ...]:
        """Numbers of the terms that a question is asked of: the first two behind the words that ask, else the last before."""
        asking = self._asking
        if not asking:
            return ()
        open_terms = [number for number, term in enumerate(self._terms) if not term.place and number != self.unit]
        behind = [n for n in open_terms if self._terms[n].first > asking[-1] and not self._terms[n].inherited]
        return tuple(behind[:2] or [n for n in open_terms if self._terms[n].last < asking[0]][-2:])

    def is_met(self, passage: int, text: TextTokens, here: Sequence[tuple[float, list[int]]]) -> bool:
        """
        Whether a passage has the type; true when none is asked for.

        Args:
            passage: Its number in the index.
            text: Its tokens.
            here: For each key term, how well the passage meets it, and the places of its matches.
        """
        ids, flags = text.ids, text.flags
        expected = self._query.expected
        if self._best and not self._best.search(self._index.passages[passage].text):
            return False
        if self._part:
            if self._whole >= 0 and not any(self._is_unit(self._whole, key) for key in ids):
                return False
            near = [n for n in self._part if self._is_near_number(text, here[n][1])]
            if sum(self._terms[n].mass for n in near) < 0.25 * sum(self._terms[n].mass for n in self._part):
                return False
        if self._kinds:
            return self._tells_kind(passage)
        if expected is Expected.NAME:
            return any(self._named_after(passage, text, here[number][1]) for number in self._named)
        if self._which is not None:
            return self._tells_name(passage, text)
        if expected is Expected.PERSON:
            if self._post:
                return self._names_holder(self._post, ids, flags)
            if any(flag & PERSON and key not in self._asked.said for key, flag in zip(ids, flags, strict=True)):
                return True
            return any(self._named_after(passage, text, here[number][1]) for number in self._named)  # "con trai tên Bon"
        if expected is Expected.NUMBER and self._query.asks_share:
            return self._tells_share(passage, text)
        if expected is Expected.NUMBER:
            return self._counts(text, here)
        if expected is Expected.REASON:
            return any(ids[at : at + len(run)] == run for run in self._causes for at in range(len(ids)) if ids[at] == run[0])
        if expected is Expected.DATE and self._asks_day:
            return self._tells_day(text)
        if expected is Expected.DATE:
            return self._tells_time(text)
        return True

    def has_counted(self, here: Sequence[tuple[float, list[int]]]) -> bool:
        """Whether a passage has what is to be counted; true when nothing is. *here* is that of `is_met`."""
        counted = self._counted_term()
        if self._query.counted_unit < 0 or (self.unit is not None and counted == self.unit):
            return True
        return counted is not None and bool(here[counted][1])

    def is_beside(self, passage: int, text: TextTokens, here: Sequence[tuple[float, list[int]]]) -> bool:
        """
        Whether a new number or date stands near what it is asked of, or a name behind what "nào" asks of.

        True when none is asked for. The arguments are those of `is_met`.
        """
        if self._which is not None:
            return self._named_after(passage, text, here[self._which][1])
        if self._query.expected not in (Expected.NUMBER, Expected.DATE) or not self._focus:
            return True
        return self._is_near_number(text, [at for number in self._focus for at in here[number][1]])

    def _is_near_number(self, text: TextTokens, places: Sequence[int]) -> bool:
        return any(abs(number - place) <= _BESIDE for number in self._new_numbers(text) for place in places)

    def _new_numbers(self, text: TextTokens) -> list[int]:
        """Places of the numbers and dates of a text that the question does not say."""
        ids, heads = text.ids, self._heads
        return [
            at
            for at in text.numbers
            if ids[at] not in self._asked.said or (ids[at] in heads and heads[ids[at]].isdisjoint(ids[max(at - 2, 0) : at]))
        ]

    def _tells_time(self, text: TextTokens) -> bool:
        """Whether a text tells a date, or a number of a month or hour, that the question does not say: "12 năm" is no year."""
        keys = self._index.lexicon.keys
        for at in self._new_numbers(text):
            before = keys[text.ids[at - 1]] if at else ""
            after = keys[text.ids[at + 1]] if at + 1 < len(text.ids) else ""
            if text.flags[at] & DATED or (not self._asks_year and (before in _NUMBERED_TIMES or after in _HOURS)):
                return True
        return False

    def _tells_day(self, text: TextTokens) -> bool:
        """Whether a text tells a day that the question does not: a year is no answer to "ngày nào"."""
        keys = [self._index.lexicon.keys[number] for number in text.ids]
        for at, (key, flag) in enumerate(zip(keys, text.flags, strict=True)):
            if "-" in key and flag & DATED and text.ids[at] not in self._asked.said:
                return True
            if key in _DAYS or (at + 1 < len(keys) and (key, keys[at + 1]) in _WEEKDAYS) or (at + 1 < len(keys) and key in _NUMBERED_DAYS and text.flags[at + 1] & NUMERIC):
                return True
        return False

    def _tells_kind(self, passage: int) -> bool:
        """Whether a passage, its headings or its section name something of the kind that is asked for: "xã Nà Lốc"."""
        scopes = self._index.scopes
        near = range(max(passage - _SECTION, 0), min(passage + _SECTION + 1, len(scopes)))
        article = self._index.articles[int(self._index.places[passage])]
        # The headings first, and the others only as long as none has a name: texts are read from the index.
        headings = (article.title, self._index.passages[passage].section or "")
        around = (self._index.passages[number].text for number in near if scopes[number] == scopes[passage])
        return any(
            (name[0].isupper() or name.isdigit()) and not self._written.issuperset(run_of(name))
            for text in chain(headings, around)
            for kind in self._kinds
            for name in re.findall(rf"\b(?i:{kind})\b:?\s+(\w+)", text)
        )

    def _tells_share(self, passage: int, text: TextTokens) -> bool:
        """Whether a text tells a percentage that the question does not."""
        written = self._index.passages[passage].text
        spans = self._index.tokens.spans_at(passage, self._new_numbers(text))
        return any(written[end:].lstrip().startswith(_PERCENT) for _, end in spans)

    def _counts(self, text: TextTokens, here: Sequence[tuple[float, list[int]]]) -> bool:
        """Whether a number that the question does not say stands beside what is counted, or behind what is numbered."""
        ids = text.ids
        numbers = self._new_numbers(text)
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

    def _counted_term(self) -> int | None:
        """Number of the term that is to be counted."""
        unit = self._query.counted_unit
        return next((number for number, term in enumerate(self._terms) if term.first <= unit <= term.last), None)

    def _is_unit(self, number: int, key: int) -> bool:
        return self._asked.keys[number].get(key, 0.0) >= 0.5

    def _named_after(self, passage: int, text: TextTokens, things: Sequence[int]) -> bool:
        """Whether a name that the question does not say stands behind one of some tokens."""
        behind = sorted({at + step for at in things for step in range(1, _NAME_WINDOW + 1) if at + step < len(text.ids)})
        return any(self._new_names(passage, text, behind))

    def _tells_name(self, passage: int, text: TextTokens) -> bool:
        """Whether a passage, or what its article is about, has a name that the question lacks and that is no person's."""
        if not all(self._written.issuperset(name) for name in self._index.names_of(passage)):
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
                yield not self._asked.said.issuperset(text.ids[at : at + _QUOTED])
            elif text.ids[at] in self._asked.said or text.flags[at] & (SHARED | NUMERIC | DATED):
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


_SET = frozenset(run_of("số những các tổng hơn gần khoảng"))
_MOST = "nhất"
_NO_BEST = frozenset("thống_nhất hợp_nhất thứ_nhất nhất_là nhất_trí đồng_nhất nhất_quán nhất_định ít_nhất".split())


@cache
def _superlatives() -> re.Pattern[str]:
    words = "|".join(table_lines("superlatives.txt"))
    return re.compile(rf"(?<![,;(] )(?<!thống )(?<!hợp )(?<!thứ )(?<!đồng )\b(?:nhất|{words})\b(?! trí| quán)", re.IGNORECASE)


@cache
def _class_names() -> dict[Run, tuple[str, ...]]:
    table = {}
    for line in table_lines("class_names.txt"):
        asked, _, before = line.partition("\t")
        words = tuple(word.strip() for word in before.split(","))
        for word in asked.split(","):
            table[run_of(word)] = words
    return table


@cache
def _longest_class() -> int:
    return max(map(len, _class_names()))


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
