"""Message entities and the normalisation the real server applies to them.

Entities of one message are sorted, made to nest properly and split where two of them overlap, so that a bot sees
them as Telegram would return them. The rules follow TDLib's MessageEntity.cpp.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from .errors import JsonDict

SPLITTABLE = ("bold", "italic", "underline", "strikethrough", "spoiler")
BLOCKQUOTES = frozenset({"blockquote", "expandable_blockquote"})
PREFORMATTED = frozenset({"pre", "code"})

_PRIORITY = {
    "blockquote": 0,
    "expandable_blockquote": 0,
    "pre": 10,
    "code": 20,
    "text_link": 49,
    "text_mention": 49,
    "bold": 90,
    "italic": 91,
    "underline": 92,
    "strikethrough": 93,
    "spoiler": 94,
    "custom_emoji": 99,
}
_DEFAULT_PRIORITY = 50


@dataclass(frozen=True, slots=True)
class Entity:
    """Mark a part of a text; offset and length are in UTF-16 code units."""

    type: str
    offset: int
    length: int
    url: str = ""
    language: str = ""
    user_id: int = 0
    custom_emoji_id: str = ""

    @property
    def end(self) -> int:
        """Offset just past the entity."""
        return self.offset + self.length

    def to_json(self, user_json: Callable[[int], JsonDict]) -> JsonDict:
        """Build the MessageEntity object; `user_json` renders the user of a text mention."""
        data: JsonDict = {"type": self.type, "offset": self.offset, "length": self.length}
        if self.url:
            data["url"] = self.url
        if self.language:
            data["language"] = self.language
        if self.user_id:
            data["user"] = user_json(self.user_id)
        if self.custom_emoji_id:
            data["custom_emoji_id"] = self.custom_emoji_id
        return data


@dataclass(frozen=True, slots=True)
class FormattedText:
    """Hold a text together with its entities."""

    text: str = ""
    entities: tuple[Entity, ...] = ()


NO_TEXT = FormattedText()


def sort_entities(entities: Sequence[Entity]) -> list[Entity]:
    """Order entities so that an outer one comes before those it contains."""
    return sorted(entities, key=lambda e: (e.offset, -e.length, _PRIORITY.get(e.type, _DEFAULT_PRIORITY)))


def fix_entities(entities: Sequence[Entity]) -> list[Entity]:
    """Sort entities and resolve overlaps: drop what can not be nested and split styles around what can."""
    ordered = sort_entities([entity for entity in entities if entity.length > 0])
    if _are_valid(ordered):
        return ordered
    splittable = [entity for entity in ordered if entity.type in SPLITTABLE]
    quotes = _drop_intersecting([entity for entity in ordered if entity.type in BLOCKQUOTES])
    continuous = _drop_intersecting(
        [entity for entity in ordered if entity.type not in SPLITTABLE and entity.type not in BLOCKQUOTES]
    )
    continuous = _drop_crossing_quotes(continuous, quotes)
    return _resplit(splittable, sort_entities(continuous + quotes))


def merge_found(entities: list[Entity], found: list[Entity]) -> list[Entity]:
    """Add automatically found entities where no link, code or mention of the sender already is."""
    if not found:
        return entities
    splittable = [entity for entity in entities if entity.type in SPLITTABLE]
    quotes = [entity for entity in entities if entity.type in BLOCKQUOTES]
    continuous = [e for e in entities if e.type not in SPLITTABLE and e.type not in BLOCKQUOTES]
    new = [
        entity
        for entity in _drop_crossing_quotes(found, quotes)
        if all(entity.end <= other.offset or entity.offset >= other.end for other in continuous)
    ]
    return _resplit(splittable, sort_entities(continuous + quotes + new))


def _are_valid(entities: list[Entity]) -> bool:
    """Tell whether sorted entities already nest in a way that needs no splitting."""
    style_end: dict[str, int] = {}
    stack: list[Entity] = []
    for entity in entities:
        while stack and entity.offset >= stack[-1].end:
            stack.pop()
        if stack and not _may_nest(entity, stack):
            return False
        if entity.type in SPLITTABLE:
            if style_end.get(entity.type) == entity.offset:
                return False
            style_end[entity.type] = entity.end
        stack.append(entity)
    return True


def _may_nest(entity: Entity, stack: list[Entity]) -> bool:
    """Tell whether an entity may stay as it is inside the open entities."""
    open_types = {outer.type for outer in stack}
    return not (
        entity.end > stack[-1].end
        or entity.type in open_types
        or stack[-1].type in PREFORMATTED
        or (entity.type in PREFORMATTED and not open_types <= BLOCKQUOTES)
        or (entity.type not in SPLITTABLE and any(t not in SPLITTABLE and t not in BLOCKQUOTES for t in open_types))
        or any(t in SPLITTABLE for t in open_types)
    )


def _drop_intersecting(entities: list[Entity]) -> list[Entity]:
    """Keep the first of any entities that overlap."""
    kept: list[Entity] = []
    for entity in entities:
        if not kept or entity.offset >= kept[-1].end:
            kept.append(entity)
    return kept


def _drop_crossing_quotes(entities: list[Entity], quotes: list[Entity]) -> list[Entity]:
    """Keep the entities that lie wholly inside or wholly outside every quotation."""
    return [
        entity
        for entity in entities
        if all(
            entity.end <= quote.offset
            or entity.offset >= quote.end
            or (quote.offset <= entity.offset and entity.end <= quote.end)
            for quote in quotes
        )
    ]


def _resplit(splittable: list[Entity], others: list[Entity]) -> list[Entity]:
    """Cut the styles at the borders of other entities and put all of them together."""
    if not splittable:
        return others
    return sort_entities(others + _Splitter(splittable).split(others))


class _Splitter:
    """Merge and cut styles the way TDLib's split_entities does."""

    def __init__(self, splittable: list[Entity]) -> None:
        self._queue = splittable
        self._next = 0
        self._open: dict[str, tuple[int, int]] = {}
        self._result: list[Entity] = []

    def split(self, others: list[Entity]) -> list[Entity]:
        """Return the pieces, none of which lies inside code."""
        stack: list[Entity] = []
        for other in others:
            self._close(stack, other.offset)
            self._advance(other.offset)
            stack.append(other)
        self._close(stack, None)
        self._advance(None)
        return self._result

    def _close(self, stack: list[Entity], offset: int | None) -> None:
        """Leave the entities that end before the offset, forgetting styles inside code."""
        while stack and (offset is None or offset >= stack[-1].end):
            kept = len(self._result)
            self._advance(stack[-1].end)
            if stack[-1].type in PREFORMATTED:
                del self._result[kept:]
            stack.pop()

    def _advance(self, end: int | None) -> None:
        """Open the styles that begin before the offset and emit the pieces up to it."""
        while self._next < len(self._queue) and (end is None or self._queue[self._next].offset < end):
            style = self._queue[self._next]
            begin, stop = self._open.get(style.type, (0, 0))
            if stop and style.offset <= stop:
                self._open[style.type] = (begin, max(stop, style.end))
            else:
                self._flush(style.offset)
                self._open[style.type] = (style.offset, style.end)
            self._next += 1
        self._flush(end)

    def _flush(self, offset: int | None) -> None:
        """Emit the open styles up to the offset and keep their rest open."""
        for kind in SPLITTABLE:
            begin, stop = self._open.get(kind, (0, 0))
            if not stop or (offset is not None and begin >= offset):
                continue
            if offset is None or stop <= offset:
                self._result.append(Entity(kind, begin, stop - begin))
                del self._open[kind]
            else:
                self._result.append(Entity(kind, begin, offset - begin))
                self._open[kind] = (offset, stop)


def shift(entity: Entity, offset: int, length: int) -> Entity:
    """Return the entity moved to another place of the text."""
    return replace(entity, offset=offset, length=length)
