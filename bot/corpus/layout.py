"""
Lines of a copied news article → `Article`, by rules that hold for Vietnamese news sites in general.

The lines are read in five steps: furniture goes; the header gives kicker, title, date and byline; the end gives the byline
or the source; what is left is told apart into captions, headings and paragraphs; the first paragraph is the lead where a
header was recognised. Where nothing is recognised the first line is the title and all else is paragraphs.
"""

import re
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from bot.corpus.tables import LayoutTables
from bot.language.normalize import clean_text
from bot.language.sentences import split_sentences
from bot.model import Article, Caption, Paragraph

_HEADER_LINES = 8  # title, kicker, date and byline stand among the first lines
_HEADING_LENGTH = 140
_CAPTION_LENGTH = 400
_BYLINE_LENGTH = 80
_WRAP = range(50, 101)  # line lengths of hard-wrapped text

_DATE = re.compile(
    r"(?:ngày\s+)?\b(?P<d>\d{1,2})\s*(?:[-/.]\s*|\s+tháng\s+)(?P<m>\d{1,2})\s*(?:[-/.]\s*|,?\s+năm\s+)(?P<y>(?:19|20)\d{2})\b",
    re.IGNORECASE,
)
_TIME = re.compile(
    r"\b(?P<h>[01]?\d|2[0-3])\s*(?::|h|giờ)\s*(?P<min>[0-5]\d)(?::[0-5]\d)?(?:\s*(?:phút|am|pm|sa|ch))?\b",
    re.IGNORECASE,
)
_DATE_NOISE = re.compile(
    r"\b(?:thứ\s+(?:hai|ba|tư|năm|sáu|bảy|[2-7])|chủ\s+nhật|cập\s+nhật(?:\s+lần\s+cuối)?|đăng(?:\s+lúc)?|ngày\s+đăng|ngày|lúc|vào|xuất\s+bản|phát\s+hành|gmt|utc)\b"
    r"|[\s|,\-–—•·:/()+]+|\b7\b",
    re.IGNORECASE,
)
# One to five capitalised words, initials included: Bùi An, H.Quốc, T.A; the capitals are checked in _match_byline.
_NAME = r"(?:(?:[^\W\d_]\.\s?){1,3}[^\W\d_]*|[^\W\d_]+(?:\s[^\W\d_][\w.]*){1,4})"
_NAMES = rf"{_NAME}(?:\s*(?:[-–—,;&/]|và)\s*{_NAME})*"
_NOTE = r"(?:\s*\((?:th|t/h|tổng hợp|thực hiện|lược ghi|lược dịch|ghi|biên soạn|sưu tầm|theo [^)]{2,40})\.?\))?"
_MADE = r"(?:bài viết|tin bài|bài|tin|ảnh|hình|clip|video|đồ họa)"
_BYLINE = re.compile(
    rf"(?i:(?P<label>(?:thực hiện|tác giả|người viết|bút danh|{_MADE}(?:\s*(?:,|và|&|-|/)\s*{_MADE})*)\s*:\s*))?"
    rf"(?P<names>{_NAMES})(?P<note>{_NOTE}){_NOTE}\.?"
)
_SOURCE_LINE = re.compile(r"\(?\s*(?:theo|nguồn(?:\s+tin)?)\s*:?\s+(?P<name>[^.()]{2,60})\)?\.?", re.IGNORECASE)
_EMAIL = re.compile(r"\S+@\S+\.\w+")
_CREDIT = re.compile(
    r"[(\[]?\s*\b(?<!trong )(?:ảnh|hình|photo)(?:\s+(?:tư liệu|minh họa|chụp))?"
    r"\s*:\s*(?P<credit>[^()\[\]:]{1,60}?)\s*[)\]]?\.?$"
    r"|[(\[]?\s*\bảnh\s+(?:minh h[oọ][aạ]|tư liệu)\s*[)\]]?\.?$",
    re.IGNORECASE,
)
_PICTURED = re.compile(r"\b(?:trong ảnh|ảnh trên|ảnh dưới|từ trái (?:qua|sang))\b", re.IGNORECASE)
_TERMINAL = re.compile(r"[.!?…;:,][\"”’»)\]/]*$|\./\.$")
_LIST_ITEM = re.compile(r"[-–—+•*“\"]")
_TAG = re.compile(r"\(?(?P<tag>[A-ZĐ][A-ZĐƯƠa-zà-ỹ&.]{1,11})\)?\s*[-–—:]\s+(?=\S)")


def parse_article(file: str, text: str, tables: LayoutTables) -> Article:
    """
    Read one article.

    Args:
        file: Its name, kept in the article.
        text: The whole file, decoded; any line endings.
        tables: Source tags and furniture.

    Returns:
        The article. Every line that is not furniture, header or byline is in its lead, sections, paragraphs or
        captions, once. A text without any line of words gives an article with an empty title and no paragraphs.
    """
    lines = _drop_furniture(_logical_lines(text), tables)
    if len(lines) == 1:  # no line breaks at all: the first sentence has to serve as the title
        spans = split_sentences(lines[0])
        lines = [lines[0][start:end] for start, end in spans[:1]] + [lines[0][spans[1][0] :] if len(spans) > 1 else lines[0]]
    header = _read_header(lines, tables)
    end = _read_end(lines, header.body_start, tables)
    body = lines[header.body_start : end.body_end]
    # A byline, a source or a tag tells a news article as well as a date line does: its first paragraph is the lead.
    tag = _leading_tag(body[0], tables) if body else None
    recognised = header.recognised or bool(end.authors or end.source or tag)
    captions, rest = _take_captions(body, recognised=recognised)
    headings = _find_headings(rest)

    lead: str | None = None
    paragraphs: list[Paragraph] = []
    section: str | None = None
    number = 0
    sectioned_captions: list[Caption] = []
    for position, line in enumerate(rest):
        sectioned_captions += [replace(caption, section=section) for caption in captions.get(position, ())]
        if position in headings:
            section = line
            continue
        number += 1
        if recognised and position == 0:
            lead = line
        else:
            paragraphs.append(Paragraph(number, line, section))
    sectioned_captions += [replace(caption, section=section) for caption in captions.get(len(rest), ())]

    source = tables.sources[tag] if tag else end.source
    return Article(
        file=file,
        title=header.title,
        kicker=header.kicker,
        source=source,
        source_tag=tag or end.source_tag,
        published=header.published,
        date_line=header.date_line,
        authors=tuple(dict.fromkeys([*header.authors, *end.authors])),
        byline="; ".join(dict.fromkeys(line for line in (header.byline, end.byline) if line)) or None,
        lead=lead,
        sections=tuple(rest[position] for position in sorted(headings)),
        paragraphs=tuple(paragraphs),
        captions=tuple(sectioned_captions),
    )


# Lines


def _logical_lines(text: str) -> list[str]:
    """Clean lines without blanks; hard-wrapped blocks are joined into the one paragraph that they were."""
    lines: list[str] = []
    block: list[str] = []
    for raw in [*re.split(r"\r\n|[\n\r\x0b\x0c\x85\u2028\u2029]", text), ""]:
        line = clean_text(raw)
        if line:
            block.append(line)
        else:
            lines += _unwrap(block)
            block = []
    return lines


def _unwrap(block: list[str]) -> list[str]:
    if len(block) < 2 or any(len(line) not in _WRAP for line in block[:-1]) or len(block[-1]) > _WRAP[-1]:
        return block
    broken = sum(not _TERMINAL.search(line) or line.endswith(",") for line in block[:-1])
    continued = sum(following[0].islower() or following[0].isdigit() for following in block[1:])
    if broken * 2 < len(block) - 1 or continued * 2 < len(block) - 1:
        return block
    return [" ".join(block)]


def _drop_furniture(lines: list[str], tables: LayoutTables) -> list[str]:
    furniture = tables.furniture
    total = remaining = sum(map(len, lines))
    kept: list[str] = []
    kept_length = 0
    in_tail = False
    for line in lines:
        remaining -= len(line)
        # The very first line is never furniture unless it is a breadcrumb-like line of its own group.
        if furniture.tail.fullmatch(line) and kept:
            if kept_length >= remaining or kept_length * 2 >= total:
                break
            in_tail = True  # a block of links in the middle of the article: skip its short lines
            continue
        if furniture.line.fullmatch(line):
            continue
        if in_tail and len(line) < _HEADING_LENGTH and not _TERMINAL.search(line):
            continue
        in_tail = False
        kept.append(line)
        kept_length += len(line)
    if len(kept) == 1 and furniture.tail.fullmatch(kept[0]):
        return []  # a page without an article
    return kept


# Header


@dataclass(slots=True)
class _Header:
    title: str = ""
    kicker: str | None = None
    published: datetime | date | None = None
    date_line: str | None = None
    authors: tuple[str, ...] = ()
    byline: str | None = None
    recognised: bool = False
    body_start: int = 0


@dataclass(slots=True)
class _DateLine:
    published: datetime | date
    printed: str
    names: str = ""


def _read_header(lines: list[str], tables: LayoutTables) -> _Header:
    header = _Header()
    titles: list[str] = []
    position = 0
    while position < min(len(lines), _HEADER_LINES):
        line = lines[position]
        dated = _read_date_line(line, tables) if header.published is None else None
        byline = _match_byline(line) if titles and not header.authors else None
        if dated is not None:
            header.published, header.date_line = dated.published, dated.printed
            if dated.names and (named := _match_byline(dated.names)):
                header.authors, header.byline = _split_names(named["names"]), dated.names
            header.recognised = True
        elif byline and _starts_body(lines, position + 1, tables):
            header.authors, header.byline = _split_names(byline["names"]), line
            header.recognised = True
        elif titles and _EMAIL.fullmatch(line):
            pass
        elif not titles or (len(titles) == 1 and _is_kicker(titles[0], line, lines, position, tables)):
            titles.append(line)
        else:
            break
        position += 1
    header.body_start = position
    if titles:
        header.title = titles[-1]
        if len(titles) == 2:
            header.kicker = titles[0]
    if header.published is None:
        header = _read_date_after_lead(lines, header, tables)
    return header


def _starts_body(lines: list[str], position: int, tables: LayoutTables) -> bool:
    """A name under the title is a byline only when body text, a date or an address comes next."""
    if position >= len(lines):
        return False
    line = lines[position]
    return bool(
        len(line) > _HEADING_LENGTH or _TERMINAL.search(line) or _EMAIL.fullmatch(line) or _read_date_line(line, tables)
    )


def _is_kicker(first: str, second: str, lines: list[str], position: int, tables: LayoutTables) -> bool:
    """A short line above a longer headline, where the header goes on with a date or a byline, or which is all capitals."""
    if len(first) > 40 or len(second) > 250 or _TERMINAL.search(first) or len(second) <= len(first):
        return False
    if _TERMINAL.search(second) and not second.endswith(("?", "!")):
        return False
    following = lines[position + 1] if position + 1 < len(lines) else ""
    if _read_date_line(following, tables) is not None:
        return True
    if first.isupper() and not second.isupper() and len(following) > len(second):
        return True
    return bool(_match_byline(following)) and len(first.split()) <= 5


def _read_date_line(line: str, tables: LayoutTables) -> _DateLine | None:
    """A line that holds a date and nothing else but a time, a weekday, counters and perhaps the author's name."""
    if len(line) > 160:
        return None
    printed = " ".join(tables.furniture.inside.sub(" ", line).split()).strip(" |-–•·,")
    found = _DATE.search(printed)
    if not found:
        return None
    try:
        day = date(int(found["y"]), int(found["m"]), int(found["d"]))
    except ValueError:
        return None
    rest = printed[: found.start()] + " " + printed[found.end() :]
    published: datetime | date = day
    if clock := _TIME.search(rest):
        published = datetime(day.year, day.month, day.day, int(clock["h"]), int(clock["min"]))  # noqa: DTZ001 (a newspaper prints local time)
        rest = rest[: clock.start()] + " " + rest[clock.end() :]
    without_noise = " ".join(_DATE_NOISE.sub(" ", rest).split())
    if not without_noise:
        return _DateLine(published, printed)
    names = rest.strip(" |-–—•·,:")
    if _match_byline(names):
        return _DateLine(published, printed, names)
    # A place before the date, as in "Cà Mau, ngày 5/3/2024", is part of the date line.
    return None


def _read_date_after_lead(lines: list[str], header: _Header, tables: LayoutTables) -> _Header:
    """Some sites print the date between the lead and the body."""
    for position in range(header.body_start, min(len(lines), header.body_start + 3)):
        dated = _read_date_line(lines[position], tables)
        if dated is not None:
            header.published, header.date_line, header.recognised = dated.published, dated.printed, True
            if dated.names and not header.authors:
                named = _match_byline(dated.names)
                if named:
                    header.authors, header.byline = _split_names(named["names"]), dated.names
            del lines[position]
            break
    return header


# End


@dataclass(slots=True)
class _End:
    body_end: int
    authors: tuple[str, ...] = ()
    byline: str | None = None
    source: str | None = None
    source_tag: str | None = None
    bylines: list[str] = field(default_factory=list)


def _read_end(lines: list[str], body_start: int, tables: LayoutTables) -> _End:
    """Read the byline, the source line and an e-mail address off the end of the body."""
    end = _End(len(lines))
    while end.body_end > body_start + 1:
        line = lines[end.body_end - 1]
        named = _match_byline(line)
        by_photographer = bool(named) and _names_photographer(line)
        sourced = _match_source(line, tables)
        if sourced and not end.source:
            name = clean_text(sourced["name"])
            end.source = tables.sources.get(name, name)
            end.source_tag = name if name in tables.sources else None
        elif named and not end.authors and not by_photographer:
            end.authors = _split_names(named["names"])
            end.bylines.insert(0, line)
        elif by_photographer and (end.authors or _is_writers_byline(lines[end.body_end - 2])):
            end.bylines.insert(0, line)
        elif not _EMAIL.fullmatch(line):
            break
        end.body_end -= 1
    end.byline = "; ".join(end.bylines) or None
    return end


def _is_writers_byline(line: str) -> bool:
    return _match_byline(line) is not None and not _names_photographer(line)


def _names_photographer(line: str) -> bool:
    return re.match(r"(?:ảnh|hình)\s*:", line, re.IGNORECASE) is not None


def _match_source(line: str, tables: LayoutTables) -> re.Match[str] | None:
    """A newspaper after "Theo" or "Nguồn"; "Theo đó, …" and other sentences are text."""
    found = _SOURCE_LINE.fullmatch(line)
    if not found:
        return None
    name = clean_text(found["name"])
    words = name.split()
    like_a_name = words[0][0].isupper() and sum(word[0].isupper() for word in words) * 2 >= len(words)
    return found if like_a_name or name in tables.sources.values() else None


def _match_byline(line: str) -> re.Match[str] | None:
    if len(line) > _BYLINE_LENGTH:
        return None
    found = _BYLINE.fullmatch(line)
    if not found:
        return None
    words = [word for word in re.split(r"[\s\-–—,;&/.]+", found["names"]) if word and word != "và"]
    if not all(word[0].isupper() for word in words):
        return None
    if found["names"].isupper() and not found["label"] and len(words) > 6:
        return None  # a heading in capitals
    return found


def _split_names(names: str) -> tuple[str, ...]:
    return tuple(clean_text(name) for name in re.split(r"\s*[-–—,;&/]\s*|\s+và\s+", names) if name.strip())


def _leading_tag(line: str, tables: LayoutTables) -> str | None:
    found = _TAG.match(line)
    return found["tag"] if found and found["tag"] in tables.sources else None


# Captions and headings


def _take_captions(body: list[str], *, recognised: bool) -> tuple[dict[int, list[Caption]], list[str]]:
    """Separate captions from the rest; each is kept under the position in the rest before which it stood."""
    captions: dict[int, list[Caption]] = {}
    rest: list[str] = []
    seen: set[str] = set()
    position = 0
    while position < len(body):
        line = body[position]
        following = body[position + 1] if position + 1 < len(body) else ""
        credit = _CREDIT.search(line) if len(line) <= _CAPTION_LENGTH else None
        width = 1
        text, by = line, credit["credit"] if credit and credit["credit"] else None
        if line == following and len(line) <= _CAPTION_LENGTH:
            is_caption, width = True, 2  # printed as text and as the picture's alternative text
        elif credit and credit.start() == 0:
            is_caption = True  # a credit whose caption was no caption by itself
        elif credit or (_PICTURED.search(line) and len(line) <= _CAPTION_LENGTH and len(split_sentences(line)) <= 3):
            is_caption = True
        elif (own := _CREDIT.match(following)) and own.end() == len(following) and len(line) <= _CAPTION_LENGTH:
            is_caption, width, by = True, 2, clean_text(own["credit"] or "") or None
            text = f"{line} {following}"
        else:
            is_caption = recognised and len(rest) == 1 and _stands_under_lead(body, position)
        if is_caption:
            if text not in seen:
                captions.setdefault(len(rest), []).append(Caption(text, by))
                seen.add(text)
        else:
            rest.append(line)
        position += width
    return captions, rest


def _stands_under_lead(body: list[str], position: int) -> bool:
    """A single short sentence between the lead and a heading is the first photo's caption."""
    line = body[position]
    following = body[position + 1] if position + 1 < len(body) else ""
    after = body[position + 2] if position + 2 < len(body) else ""
    single = len(split_sentences(line)) == 1 and len(line) <= 220 and not _LIST_ITEM.match(line)
    return single and _looks_like_heading(following) and len(after) > 2 * len(line)


def _looks_like_heading(line: str) -> bool:
    return bool(line) and len(line) <= _HEADING_LENGTH and not _TERMINAL.search(line) and not _LIST_ITEM.match(line)


def _find_headings(rest: list[str]) -> set[int]:
    headings = set()
    for position in range(len(rest) - 1):
        line, following = rest[position], rest[position + 1]
        question = line.endswith("?") and len(line) <= 80 and len(following) > len(line)
        if not (_looks_like_heading(line) or (question and not _LIST_ITEM.match(line))):
            continue
        if _looks_like_heading(following) and position + 2 >= len(rest):
            continue
        if len(following) > len(line) / 2 or _LIST_ITEM.match(following):
            headings.add(position)
    return headings
