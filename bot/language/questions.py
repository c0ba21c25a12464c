"""What a question asks for: which of its words carry it, which only ask, and what kind of answer they expect."""

from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass
from enum import Enum, StrEnum
from functools import cache

from bot.language.tokens import Run, longest_by_head, run_of, tokenize
from bot.language.word_lists import table_lines


class Expected(StrEnum):
    """The type of answer that a question expects."""

    NUMBER = "number"
    DATE = "date"
    PERSON = "person"
    NAME = "name"
    PLACE = "place"
    REASON = "reason"
    MANNER = "manner"
    THING = "thing"
    AUTHOR = "author"
    PUBLISHED = "published"
    SOURCE = "source"
    RUBRIC = "rubric"
    TITLE = "title"
    PHOTO = "photo"


ABOUT_ARTICLE = frozenset({Expected.AUTHOR, Expected.PUBLISHED, Expected.SOURCE, Expected.RUBRIC, Expected.TITLE})
"""What only the facts about an article answer."""

# Words about articles themselves: with them, "ai" asks for the author and "ngày nào" for the date of publication.
_ARTICLE = frozenset({("bài",), ("bài", "báo"), ("bài", "viết"), ("tin",), ("bản", "tin"), ("tin", "bài"), ("bài", "này")})
_ARTICLE_NOUNS = frozenset({("bài", "báo"), ("bài", "viết"), ("bản", "tin")})  # a date of one is when it was printed
_WHO_WROTE = frozenset({("ai", "viết"), ("ai", "soạn")})  # with nothing behind: "ai viết thư" asks of no article
_WRITE = frozenset("viết soạn chấp bút".split())
_COMPILE = frozenset({("tổng", "hợp"), ("biên", "soạn"), ("thực", "hiện"), ("đưa", "tin"), ("đứng", "tên")})
_PUBLISH = frozenset("đăng ra lên phát xuất đưa".split())
_NEWSPAPER = frozenset("báo trang tờ web nguồn".split())
_NAME = "tên"
_WHY = "sao"  # at the beginning: elsewhere it is a star, or ends "ra sao"
_GIVEN_TO_THINGS = frozenset("mang lấy đặt".split())  # "mang tên gì": a person is called, a thing bears a name
_AMOUNTS = frozenset(map(run_of, ("tỉ lệ", "số lượng", "phần trăm")))  # ask by themselves, but are asked of beside "nào"
_WEEKDAY = ("thứ", "mấy")
_SEVERAL = "mấy"  # "how many", or just several
_ASKS_OTHER = frozenset("gì ai đâu sao".split())  # beside these, "mấy" asks nothing
_NUMBERED_IN_ORDER = frozenset(run_of("lần tập kỳ khóa đợt vòng số"))  # "lần thứ mấy" asks for no day of the week
_SPANS_OF_TIME = frozenset("năm tháng tuần ngày hôm bữa".split())
_PASSED = frozenset("nay qua vừa gần trước rồi tới sau".split())
_EACH = frozenset("mỗi một hằng hàng từng cả".split())
_YES_OR_NO = frozenset(("không", "chưa"))
_PICTURES = frozenset(("ảnh", "hình"))
# "hình" is a picture only beside these: mô hình, tình hình and hình thức are none.
_BESIDE_PICTURE = frozenset("trong tấm bức chụp chú tay cái ảnh này kia minh".split())


_Asked = tuple[Expected, int, int]
"""What a phrase that asks expects, and its first and last position."""


class Role(Enum):
    """What a token does in a question."""

    CONTENT = 1
    FUNCTION = 2
    ASKING = 3


@dataclass(frozen=True, slots=True)
class QuestionShape:
    """
    The roles of a question's tokens, and what it expects.

    Attributes:
        roles: One a token.
        expected: None when nothing in the question asks (key words only).
        about_picture: Whether it speaks of a photo.
    """

    roles: tuple[Role, ...]
    expected: Expected | None
    about_picture: bool = False


@cache
def question_phrases() -> dict[tuple[str, ...], Expected]:
    """Keys of the phrases that ask → what they expect."""
    table: dict[tuple[str, ...], Expected] = {}
    for line in table_lines("interrogatives.tsv"):
        phrase, _, expected = line.partition("\t")
        table[tuple(token.key for token in tokenize(phrase))] = Expected(expected.strip())
    return table


@cache
def _longest_phrases() -> dict[str, int]:
    return longest_by_head(question_phrases())


@cache
def function_words() -> frozenset[str]:
    """Keys of the function words."""
    return frozenset(token.key for line in table_lines("stopwords.txt") for token in tokenize(line))


@dataclass(frozen=True, slots=True)
class Measure:
    """
    A measure that a question may ask for.

    Attributes:
        units: Keys of the first words of its units.
        beside: Whether it has to stand right beside the words that ask.
        behind: Whether it has to stand right behind them.
    """

    units: frozenset[str]
    beside: bool
    behind: bool


@cache
def measures() -> dict[Run, Measure]:
    """Keys of words that ask for a measure → the measure."""
    table: dict[Run, Measure] = {}
    for line in table_lines("measures.tsv"):
        asked, _, written = line.partition("\t")
        units = frozenset(run_of(unit)[0] for unit in written.split(","))
        for word in asked.split(","):
            table[run_of(word)] = Measure(units, word.strip().startswith("+"), word.strip().startswith("="))
    return table


def read_shape(keys: Sequence[str], words: Iterable[tuple[int, int]] = ()) -> QuestionShape:
    """
    Find the words that ask and the words that only join.

    Args:
        keys: Of the question, with diacritics.
        words: First and last positions of words of several syllables: "mới" alone joins, in "đổi mới" it does not.

    Returns:
        The shape; the first asking phrase that names a type other than *thing* decides what is expected.
    """
    phrases = question_phrases()
    words = tuple(words)
    longest = _longest_phrases()
    roles = [Role.FUNCTION if key in function_words() else Role.CONTENT for key in keys]
    for first, last in words:
        if Role.CONTENT in roles[first : last + 1]:
            roles[first : last + 1] = [Role.CONTENT] * (last - first + 1)
    asked: list[_Asked] = []
    position = 0
    while position < len(keys):
        for width in range(min(longest.get(keys[position], 0), len(keys) - position), 0, -1):
            kind = phrases.get(tuple(keys[position : position + width]))
            if kind is Expected.DATE and keys[position + width - 1] == "mấy" and position and keys[position - 1] in _EACH:
                continue  # "mỗi tháng mấy đồng chí" asks for no month
            if tuple(keys[position : position + width]) == _WEEKDAY and position and keys[position - 1] in _NUMBERED_IN_ORDER:
                continue
            if kind is not None:
                roles[position : position + width] = [Role.ASKING] * width
                asked.append((kind, position, position + width - 1))
                position += width - 1
                break
        position += 1
    if any(keys[last] in _ASKS_OTHER for _, _, last in asked):  # "tặng gì cho mấy em" counts nobody
        several = [one for one in asked if one[1] == one[2] and keys[one[1]] == _SEVERAL]
        asked = _without(asked, several, roles, Role.FUNCTION)
    amounts = [one for one in asked if tuple(keys[one[1] : one[2] + 1]) in _AMOUNTS]
    if not all(kind in (Expected.NUMBER, Expected.MANNER) for kind, _, _ in asked):  # "nhằm nâng tỷ lệ nào"
        asked = _without(asked, amounts, roles, Role.CONTENT)
    if len(asked) > 1:  # "mấy năm nay có bao nhiêu …" asks for no number of years
        asked = _without(asked, [one for one in asked if _is_some_time(keys, *one[1:])], roles, Role.FUNCTION)
    expected = [kind for kind, _, _ in asked]
    if keys and keys[0] == _WHY and roles[0] is not Role.ASKING and not any(first == 0 for first, _ in words):
        roles[0] = Role.ASKING
        expected.append(Expected.REASON)  # "Sao Mai có bao nhiêu hội viên?" asks for a number
    first = roles.index(Role.CONTENT) if Role.CONTENT in roles else 0
    inside = frozenset(at for start, end in words for at in range(start, end + 1) if end > start)
    if "nào" in keys and expected == [Expected.THING] and _asks_which_person(keys, inside):
        expected = [Expected.PERSON]
    # "tên cây cầu là gì", but neither "tên lửa …" nor "tên trộm nào"
    if expected == [Expected.THING] and keys[first] == _NAME and first not in inside and "nào" not in keys:
        expected = [Expected.NAME]
        roles[first] = Role.ASKING
    if Expected.NAME in expected and not _GIVEN_TO_THINGS.intersection(keys) and _asks_of_person(keys, roles, inside):
        expected = [Expected.PERSON if kind is Expected.NAME else kind for kind in expected]
    if len(keys) > 1 and keys[0] == _SEVERAL and (len(expected) > 1 or keys[-1] in _YES_OR_NO):
        expected = expected[1:]  # "mấy cây cầu đó ai xây?": "mấy" says only that there are several
    definite = [kind for kind in expected if kind is not Expected.THING]
    chosen = (definite or expected or [None])[0]
    picture = _asks_of_picture(keys)
    if picture and chosen in (Expected.PERSON, Expected.SOURCE, Expected.PLACE, Expected.AUTHOR):
        chosen = Expected.PHOTO
    else:
        chosen = next((kind for kind in definite if kind in ABOUT_ARTICLE), None) or _about_article(keys, chosen) or chosen
    if chosen in ABOUT_ARTICLE:
        roles = [Role.ASKING if key in _ABOUT_WORDS else role for key, role in zip(keys, roles, strict=True)]
    return QuestionShape(tuple(roles), chosen, about_picture=picture)


def _without(asked: Sequence[_Asked], others: Sequence[_Asked], roles: list[Role], role: Role) -> list[_Asked]:
    """Take phrases that do not ask here out of those that do; their words get another role, in place."""
    for _, start, end in others:
        roles[start : end + 1] = [role] * (end - start + 1)
    return [one for one in asked if one not in others]


def _is_some_time(keys: Sequence[str], start: int, end: int) -> bool:
    """Whether "mấy" only says that some time has passed or will: "mấy năm vừa rồi", "mấy tháng tới"."""
    if start != end or keys[start] != _SEVERAL or start + 2 >= len(keys):
        return False
    return keys[start + 1] in _SPANS_OF_TIME and keys[start + 2] in _PASSED


def _asks_which_person(keys: Sequence[str], inside: Container[int]) -> bool:
    """Whether "nào" stands behind a post or another word for people: "lãnh đạo nào", "phó chủ tịch nào"."""
    at = list(keys).index("nào")
    return any(_is_people(keys, at - width, inside, (at,)) for width in (3, 2, 1) if width <= at)


def _asks_of_person(keys: Sequence[str], roles: Sequence[Role], inside: Container[int]) -> bool:
    """
    Whether what a name is asked of is a person: what a question begins with, or what stands right before "tên".

    Args:
        keys: Of the question.
        roles: Beside *keys*.
        inside: Positions within longer words: "bà" in "bà con" is nobody, nor is "người" in "con người".
    """
    asking = roles.index(Role.ASKING)
    first = keys[asking] == _NAME and not asking
    for start in range(len(keys)):
        if _is_people(keys, start, inside, (start + width for width in (3, 2, 1))):
            return True
        if roles[start] is Role.CONTENT and not first:
            break
    return any(_is_people(keys, asking - width, inside, (asking,)) for width in (3, 2, 1) if width <= asking)


def _is_people(keys: Sequence[str], start: int, inside: Container[int], ends: Iterable[int]) -> bool:
    """Whether a word for people begins at *start* and ends before one of *ends*."""
    runs = (tuple(keys[start:end]) for end in ends)
    return any(run in _people() and (len(run) > 1 or start not in inside) for run in runs)


@cache
def posts() -> frozenset[Run]:
    """Keys of the posts that a person holds."""
    return frozenset(map(run_of, table_lines("posts.txt")))


@cache
def _people() -> frozenset[Run]:
    return posts().union(map(run_of, table_lines("people.txt")))


_ABOUT_WORDS = frozenset(
    "bài báo viết tin đăng ra lên tác giả nguồn trang tờ web tổng hợp lấy đưa nói mục tựa nhan đề tít".split()
)


def _about_article(keys: Sequence[str], asked: Expected | None) -> Expected | None:
    """What a question asks of an article itself, when it speaks of an article, of writing or of publishing."""
    runs = {tuple(keys[at : at + width]) for width in (1, 2) for at in range(len(keys))}
    if tuple(keys[-2:]) in _WHO_WROTE:
        return Expected.AUTHOR
    if not runs & _ARTICLE:
        return None
    words = set(keys)
    if asked is Expected.PERSON and (words & _WRITE or runs & _COMPILE):
        return Expected.AUTHOR
    if asked is Expected.DATE and (words & _PUBLISH or runs & _ARTICLE_NOUNS):
        return Expected.PUBLISHED
    if asked in (Expected.THING, Expected.PLACE) and words & _NEWSPAPER and words & _PUBLISH:
        return Expected.SOURCE
    return None


def _asks_of_picture(keys: Sequence[str]) -> bool:
    for at, key in enumerate(keys):
        if key not in _PICTURES:
            continue
        beside = {keys[at - 1] if at else "", keys[at + 1] if at + 1 < len(keys) else ""}
        if (key == "ảnh" and "hưởng" not in beside) or (key == "hình" and beside & _BESIDE_PICTURE):
            return True
    return False
