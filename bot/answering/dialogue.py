"""
Follow-up questions: what a question takes over from the conversation, and what it replaces.

"Thế ở Cà Mau?" keeps the topic and replaces the place; "Bao nhiêu cái đã xong?" keeps both. A question that stands alone, with
a place or a topic of its own, takes over nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from itertools import pairwise

from bot.language.analyzer import FOLDED, name_run
from bot.language.places import PLACE_KINDS, find_places
from bot.language.questions import ABOUT_ARTICLE, Expected, QuestionShape, Role
from bot.language.reading import Piece, Reading
from bot.language.tokens import Run, is_date, run_of
from bot.language.word_lists import table_lines
from bot.model import Answer, Status
from bot.retrieval.index import Index

_VAGUE = frozenset({None, Expected.THING, Expected.MANNER})
_MOST_TOPIC = 12  # pieces remembered of what a conversation is about
_POINTING = frozenset(("này", "đó", "ấy", "kia"))
# What a question points back at: people, times, events and papers. "Trong đó", "do đó" and "hiện này" point at nothing.
_POINTED_AT = frozenset(
    "anh chị ông bà cô chú bác thầy em cháu bé người vị chí bài buổi hôm dịp đợt lần lớp cuộc nghị vụ việc chuyện điều cái "
    "con số tiền nhóm đội hội đoàn trường cầu đường nhà làng mô dự trình hình án trào hoạch quyết thị luận sách quỹ "
    "tỉnh huyện xã phường quận phố trấn phương ấp thôn bản nơi chỗ vùng".split()
)
_ENOUGH_TOPIC = 3  # pieces of content of its own with which a question stands alone


@dataclass(frozen=True, slots=True)
class Conversation:
    """
    What of the last turns a next question may lean on; empty at the start.

    Attributes:
        places: Pieces of the places talked about.
        topic: Pieces of content of the last question that had any, at most twelve.
        file: The article of the last answer.
        expected: The type of answer that the last question expected.
    """

    places: tuple[Piece, ...] = ()
    topic: tuple[Piece, ...] = ()
    file: str | None = None
    expected: Expected | None = None


def in_the_light_of(conversation: Conversation, reading: Reading, index: Index) -> Reading:
    """
    Read a question as the next turn of a conversation.

    Returns:
        The reading itself when the question stands alone or there was nothing before; else one with the pieces that it
        takes over behind its own, the article talked about favoured, and both shown in `Reading.understood_as`.
    """
    if conversation.file is None or not reading.pieces:
        return reading
    own_places = _place_positions(reading, index)
    own_topic = [
        piece
        for at, (piece, role) in enumerate(zip(reading.pieces, reading.shape.roles, strict=True))
        if role is Role.CONTENT and at not in own_places
    ]
    about_article = reading.shape.expected in ABOUT_ARTICLE
    leans = _leans(reading.question, tuple(piece.key for piece in reading.pieces))
    if own_places and not (leans and len(own_topic) <= _ENOUGH_TOPIC):
        return reading
    if (
        not own_places
        and not leans
        and (
            len(own_topic) >= _ENOUGH_TOPIC
            or (not about_article and not _speaks_of(index, conversation.file, own_topic, reading))
        )
    ):
        return reading  # "giá vàng": what the articles never speak of leans on nothing
    taken: list[Piece] = []
    if not own_places:
        taken += conversation.places
    if not about_article and not (own_topic and _points_at_place(reading)):
        own_keys = {piece.key for piece in reading.pieces}
        dated = any(piece.numeric and is_date(piece.key) for piece in reading.pieces)
        topic = _without_kinds(conversation.topic) if own_places else conversation.topic
        taken += [
            piece for piece in topic if piece.key not in own_keys and not (dated and piece.numeric and is_date(piece.key))
        ]
    end = len(reading.question)
    taken = [replace(piece, start=end, end=end, inherited=True) for piece in taken]
    return replace(
        reading,
        pieces=(*reading.pieces, *taken),
        shape=QuestionShape(
            (*reading.shape.roles, *(Role.CONTENT for _ in taken)),
            # "Thế ở Cà Mau thì sao?" asks what was asked before.
            conversation.expected if reading.shape.expected in _VAGUE else reading.shape.expected,
            reading.shape.about_picture,
        ),
        understood_as=_shown(reading, taken),
        favoured=None if own_places else conversation.file,
    )


def remember(conversation: Conversation, reading: Reading, answer: Answer, index: Index) -> Conversation:
    """Note what a turn was about, for the next."""
    content = [piece for piece, role in zip(reading.pieces, reading.shape.roles, strict=True) if role is Role.CONTENT]
    refused = answer.status is Status.NOT_FOUND and not find_places([piece.key for piece in content], index.shared_names)
    if not answer.hits or not content or refused:
        return conversation  # weather asked for in between changes nothing
    top = answer.hits[0].passage
    names = {name_run(name) for name in top.names}
    at_place = {at for first, last in find_places([p.key for p in content], frozenset(names)) for at in range(first, last + 1)}
    topic = tuple(piece for at, piece in enumerate(content) if at not in at_place)[:_MOST_TOPIC]
    places = tuple(piece for at, piece in enumerate(content) if at in at_place)[:_MOST_TOPIC]
    if not places and answer.status is Status.ANSWERED and top.names:
        places = tuple(
            Piece(key, word, 0, 0, name=True) for word, key in zip(top.names[0].split(), run_of(top.names[0]), strict=False)
        )
    return Conversation(places, topic or conversation.topic, top.file, reading.shape.expected)


def _speaks_of(index: Index, file: str, topic: Sequence[Piece], reading: Reading) -> bool:
    """Whether an article has every word of a topic; words of several syllables have to stand whole somewhere."""
    pairs = [(reading.pieces[a], reading.pieces[b]) for a, b in reading.words if b == a + 1]
    if any(first in topic and not index.frequency(f"{FOLDED}{first.folded} {second.folded}") for first, second in pairs):
        return False
    folded = index.folded_of(file)
    return all(piece.folded in folded for piece in topic)


def _place_positions(reading: Reading, index: Index) -> set[int]:
    found = find_places([piece.key for piece in reading.pieces], index.shared_names)
    return {at for first, last in found for at in range(first, last + 1)}


def _without_kinds(topic: Sequence[Piece]) -> list[Piece]:
    """Leave out what the place that is replaced was: "thành phố" of "thành phố Bạc Liêu"."""
    keys = [piece.key for piece in topic]
    out: set[int] = set()
    for run in PLACE_KINDS:
        for at in range(len(keys) - len(run) + 1):
            follows = keys[at + len(run)] if at + len(run) < len(keys) else ""
            if tuple(keys[at : at + len(run)]) == run and follows != "ủy":
                out.update(range(at, at + len(run)))
    return [piece for at, piece in enumerate(topic) if at not in out]


def _points_at_place(reading: Reading) -> bool:
    """Whether a question takes over a place alone: "Bí thư huyện này là ai?", "… ở đó"."""
    keys = tuple(piece.key for piece in reading.pieces)
    return any(keys[at : at + len(run)] == run for run in _place_pointers() for at in range(len(keys)))


@cache
def _place_pointers() -> frozenset[Run]:
    kinds = (*PLACE_KINDS, *map(run_of, ("địa phương", "nơi", "chỗ", "vùng")))
    return frozenset((*kind, this) for kind in kinds for this in _POINTING) | {run_of("ở đó"), run_of("tại đó")}


@lru_cache(maxsize=4096)  # asked anew of a remembered reading
def _leans(question: str, keys: Run) -> bool:
    """Whether a question, as typed and as read, points at what was talked about before."""
    start, inside = _signals()
    typed = run_of(question)
    if any(first in _POINTED_AT and second in _POINTING for first, second in pairwise(keys)):
        return True
    for words in (typed, keys):
        if any(words[: len(run)] == run for run in start):
            return True
        if any(words[at : at + len(run)] == run for run in inside for at in range(len(words))):
            return True
    return False


@cache
def _signals() -> tuple[tuple[Run, ...], tuple[Run, ...]]:
    groups: dict[str, list[Run]] = {"[start]": [], "[inside]": []}
    group = groups["[start]"]
    for line in table_lines("follow_ups.txt"):
        if line in groups:
            group = groups[line]
        else:
            group.append(run_of(line))
    return tuple(groups["[start]"]), tuple(groups["[inside]"])


def _shown(reading: Reading, taken: Sequence[Piece]) -> str:
    own = reading.understood_as or reading.question
    return f"{own} ({' '.join(piece.display for piece in taken)})" if taken else own
