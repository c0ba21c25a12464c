"""Whether a passage has the type of answer that a question asks for: a day, a name, a number of what is counted."""

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from itertools import chain

from bot.answering.answer_type import AnswerType, Part
from bot.answering.key_terms import KeyTerms
from bot.language.questions import Expected
from bot.language.tokens import Run, run_of
from bot.language.word_lists import table_lines
from bot.model import Span
from bot.retrieval.analysis import DATED, NUMERIC, PERSON, SHARED, WITHIN
from bot.retrieval.texts import TextTokens

_NUMBERED_DAYS = frozenset("ngày sáng trưa chiều tối đêm thứ".split())  # a day with a number behind it
_NUMBERED_TIMES = _NUMBERED_DAYS | frozenset(run_of("tháng quý lúc hồi mùng mồng"))
_HOURS = frozenset(("giờ", "h"))
_DAYS = frozenset("mùng mồng rằm hôm".split())
_WEEKDAYS = frozenset(("thứ", day) for day in "hai ba tư năm sáu bảy".split()) | {("chủ", "nhật"), ("cuối", "tuần")}
_DEPUTY = "phó"
_FIRST = "nhất"
_HAVING = frozenset(run_of("có tổng hiện gồm toàn lên cộng còn với là chiếm"))  # stand before the number of all that there are
_TOTAL_WINDOW = 3  # tokens between those words and the number, and between the number and what it counts
_SECTION = 20  # passages before and behind that may name a place
_PERCENT = ("%", "phần trăm")
_POST_WINDOW = 14  # tokens between a post and the name of who holds it: "Bí thư Đảng ủy thị trấn Giồng Trôm Huỳnh Văn Thương"
_COUNT_WINDOW = 4  # tokens between a number and what it counts: "144 đảng viên", "chi bộ đạt … là 3"
_BESIDE = 6  # tokens between a number and the words that it is asked of
_PART = 0.15  # share of the mass of what is asked of a whole that has to stand beside a number
_NAME_WINDOW = 6  # tokens between a thing and its name: "phong trào mỗi hộ góp một người “Ngày công thứ bảy”"
_NUMBER_WINDOW = 2  # tokens between what is numbered and its number: "Chỉ thị số 05"
_QUOTED = 3  # tokens of a quotation that tell whether the question has it
_QUOTES = frozenset("\"“‘'«")


class TypeEvidence:
    """
    The type of answer that a question asks for, ready to be looked for in passages.

    Args:
        asked: Of the question.
        wanted: Of the question.
    """

    def __init__(self, asked: KeyTerms, wanted: AnswerType) -> None:
        self._asked, self._wanted = asked, wanted
        self._query, self._index, self._terms = asked.query, asked.index, asked.terms
        self._written = frozenset(unit.key for unit in asked.query.units)
        self._causes: list[list[int]] = []
        if asked.query.expected is Expected.REASON:
            self._causes = [ids for run in _causes() if (ids := asked.index.lexicon.ids_of(run)) is not None]

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
        if self._wanted.superlative and not _superlatives().search(self._index.passages[passage].text):
            return False
        if self._wanted.part and not self._tells_part(self._wanted.part, text, here):
            return False
        if self._wanted.kinds:
            return self._tells_kind(passage)
        if expected is Expected.NAME:
            return any(self._named_after(passage, text, here[number][1]) for number in self._wanted.named)
        if self._wanted.which is not None:
            return self._tells_name(passage, text)
        if expected is Expected.PERSON:
            if self._wanted.post:
                return self._names_holder(self._wanted.post, ids, flags)
            if any(flag & PERSON and key not in self._asked.said for key, flag in zip(ids, flags, strict=True)):
                return True
            return any(self._named_after(passage, text, here[number][1]) for number in self._wanted.named)  # "con trai tên Bon"
        if expected is Expected.NUMBER and self._query.asks_share:
            return bool(self._shares(passage, self._new_numbers(text)))
        if expected is Expected.NUMBER:
            return self._counts(passage, text, here)
        if expected is Expected.REASON:
            return any(ids[at : at + len(run)] == run for run in self._causes for at in range(len(ids)) if ids[at] == run[0])
        if self._wanted.day:
            return self._tells_day(text)
        if expected is Expected.DATE:
            return self._tells_time(text)
        return True

    def has_counted(self, here: Sequence[tuple[float, list[int]]]) -> bool:
        """Whether a passage has what is to be counted; true when nothing is. *here* is that of `is_met`."""
        counted = self._wanted.counted
        if self._query.counted_unit < 0 or (self._wanted.unit is not None and counted == self._wanted.unit):
            return True
        return counted is not None and bool(here[counted][1])

    def is_beside(self, passage: int, text: TextTokens, here: Sequence[tuple[float, list[int]]]) -> bool:
        """
        Whether a new number or date stands near what it is asked of, or a name behind what "nào" asks of.

        True when none is asked for. The arguments are those of `is_met`.
        """
        if self._wanted.which is not None:
            return self._named_after(passage, text, here[self._wanted.which][1])
        if self._query.expected not in (Expected.NUMBER, Expected.DATE) or not self._wanted.focus:
            return True
        numbers = self._new_numbers(text)
        return any(_are_beside(numbers, here[number][1]) for number in self._wanted.focus)

    def _tells_part(self, part: Part, text: TextTokens, here: Sequence[tuple[float, list[int]]]) -> bool:
        """Whether a text has the whole, and a number beside what the question asks of it."""
        if part.whole is not None and not any(self._is_unit(part.whole, key) for key in text.ids):
            return False
        numbers = self._new_numbers(text)
        near = sum(self._terms[number].mass for number in part.terms if _are_beside(numbers, here[number][1]))
        return near >= _PART * sum(self._terms[number].mass for number in part.terms)

    def _new_numbers(self, text: TextTokens) -> list[int]:
        """Places of the numbers and dates of a text that the question does not say."""
        return [at for at in text.numbers if not self._is_said(text, at)]

    def _is_said(self, text: TextTokens, at: int) -> bool:
        number = text.ids[at]
        if number not in self._asked.said:
            return False
        heads = self._wanted.heads.get(number)
        return heads is None or not heads.isdisjoint(text.ids[max(at - _NUMBER_WINDOW, 0) : at])

    def _tells_time(self, text: TextTokens) -> bool:
        """Whether a text tells a date, or a number of a month or hour, that the question does not say: "12 năm" is no year."""
        keys = self._index.lexicon.keys
        for at in self._new_numbers(text):
            before = keys[text.ids[at - 1]] if at else ""
            after = keys[text.ids[at + 1]] if at + 1 < len(text.ids) else ""
            if text.flags[at] & DATED or (not self._wanted.year and (before in _NUMBERED_TIMES or after in _HOURS)):
                return True
        return False

    def _tells_day(self, text: TextTokens) -> bool:
        """Whether a text tells a day that the question does not: a year is no answer to "ngày nào"."""
        keys = [self._index.lexicon.keys[number] for number in text.ids]
        for at, (key, flag) in enumerate(zip(keys, text.flags, strict=True)):
            if "-" in key and flag & DATED and text.ids[at] not in self._asked.said:
                return True
            behind, numeric = (keys[at + 1], text.flags[at + 1] & NUMERIC) if at + 1 < len(keys) else ("", 0)
            if key in _DAYS or (key, behind) in _WEEKDAYS or (key in _NUMBERED_DAYS and numeric):
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
            for kind in self._wanted.kinds
            for name in re.findall(rf"\b(?i:{kind})\b:?\s+(\w+)", text)
        )

    def _shares(self, passage: int, numbers: Sequence[int]) -> list[int]:
        """Places of the percentages among those of some numbers."""
        written = self._index.passages[passage].text
        if not any(sign in written for sign in _PERCENT):
            return []
        spans = self._index.tokens.spans_at(passage, numbers)
        return [at for at, (_, end) in zip(numbers, spans, strict=True) if written[end:].lstrip().startswith(_PERCENT)]

    def _counts(self, passage: int, text: TextTokens, here: Sequence[tuple[float, list[int]]]) -> bool:
        """Whether a number that the question does not say stands beside what is counted, or behind what is numbered."""
        ids = text.ids
        numbers = self._new_numbers(text)
        shares = () if self._wanted.taken else self._shares(passage, numbers)
        numbers = [at for at in numbers if at not in shares]
        if self._wanted.measure:
            return any(
                self._index.lexicon.keys[ids[near]] in self._wanted.measure and not text.flags[near] & WITHIN
                for at in numbers
                for near in range(at + 1, min(at + 3, len(ids)))
            )
        numbered = self._query.numbered_unit
        if numbered >= 0:
            things = [at for at, key in enumerate(ids) if self._is_unit(numbered, key)]
            if any(self._index.lexicon.keys[key] == _FIRST for at in things for key in ids[at + 1 : at + 2]):
                return True  # "lần thứ nhất"
            return any(1 <= number - thing <= _COUNT_WINDOW for thing in things for number in numbers)
        counted = self._wanted.counted
        things = here[counted][1] if counted is not None else []
        if self._wanted.total:
            return any(self._is_total(text, number, thing) for thing in things for number in numbers)
        if not things:
            return bool(numbers)
        return any(abs(thing - number) <= _COUNT_WINDOW for thing in things for number in numbers)

    def _is_total(self, text: TextTokens, number: int, thing: int) -> bool:
        """Whether a number tells how many of a thing there are in all: "hiện có 4.704 đảng viên", not "kết nạp 144 …"."""
        before = text.ids[max(number - _TOTAL_WINDOW, 0) : number]
        return 1 <= thing - number <= _TOTAL_WINDOW and any(self._index.lexicon.keys[key] in _HAVING for key in before)

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


def _are_beside(numbers: Sequence[int], places: Sequence[int]) -> bool:
    """Whether one of some numbers stands near one of some places."""
    return any(abs(number - place) <= _BESIDE for number in numbers for place in places)


def _begins_sentence(text: str, start: int) -> bool:
    """Whether a word stands where every word has a capital."""
    before = text[:start].rstrip()
    return not before or before[-1] in ".!?…:"


@cache
def _causes() -> tuple[Run, ...]:
    return tuple(map(run_of, table_lines("causes.txt")))


@cache
def _superlatives() -> re.Pattern[str]:
    """What comes first or last of several; "thống nhất" does not, nor does ", nhất là"."""
    words = "|".join(("nhất", *table_lines("superlatives.txt")))
    return re.compile(rf"(?<![,;(] )(?<!thống )(?<!hợp )(?<!thứ )(?<!đồng )\b(?:{words})\b(?! trí| quán)", re.IGNORECASE)
