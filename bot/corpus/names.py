"""
The places that an article, or one section of it, is about.

A paragraph that says "đã kết nạp 144 đảng viên" seldom repeats the town that the whole article is about, and its neighbours
that do would win. So a place is given to every passage of its scope: the whole article when the title, the lead or most of
the body names it, one section when only that section does.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from functools import lru_cache

from bot.language.normalize import fold, syllable_key
from bot.model import Article

# A capitalised run of words, as names of places are written; digits for "Khu phố 2" are left out on purpose.
_CAPITALISED = re.compile(r"[^\W\d_]+(?: [^\W\d_]+)*")
_UPPER = {
    "tinh", "thanh pho", "tp", "huyen", "thi xa", "tx", "quan", "tinh uy", "thanh uy", "huyen uy", "thi uy", "quan uy",
    "thanh doan", "tinh doan", "huyen doan",
}  # fmt: skip
_MARKERS = re.compile(
    r"(?i:\b(?P<marker>tỉnh ủy|tỉnh uỷ|thành ủy|thành uỷ|huyện ủy|huyện uỷ|thị ủy|quận ủy|thành đoàn|tỉnh đoàn|huyện đoàn"
    r"|thành phố|tp|tỉnh|huyện|thị xã|tx|quận|thị trấn|xã|phường|đảo)\b\.?\s+)(?=[^\W\d_])"
)


def scope_names(article: Article) -> dict[str | None, tuple[str, ...]]:
    """
    Find the places that each section of an article is about.

    Args:
        article: A parsed article.

    Returns:
        For every section heading, and for None (what stands before the first heading), the places shared by all of its
        passages: as written, in the order of first mention, without repeats.
    """
    mentions = _place_mentions(article)
    if not mentions:
        return dict.fromkeys((None, *article.sections), ())
    head = _mentioned_in([article.title, article.kicker or "", article.lead or ""], mentions)
    in_heading = {section: _mentioned_in([section], mentions) for section in article.sections}
    by_section: dict[str | None, list[str]] = defaultdict(list)
    for paragraph in article.paragraphs:
        by_section[paragraph.section].append(paragraph.text)
    for caption in article.captions:
        by_section[caption.section].append(caption.text)

    naming_of = {
        section: Counter(place for text in texts for place in _mentioned_in([text], mentions))
        for section, texts in by_section.items()
    }
    naming_all: Counter[str] = Counter()
    for counts in naming_of.values():
        naming_all.update(counts)

    # A place named in one heading belongs to that section alone, unless the title or the lead has it too.
    owned = {place for places in in_heading.values() for place in places if place not in head}
    shared = list(head)
    if not shared and not owned:
        shared = _most_named(article, mentions)
    scopes: dict[str | None, tuple[str, ...]] = {}
    for section in (None, *article.sections):
        own = list(in_heading.get(section, ())) if section is not None else []
        counts, texts = naming_of.get(section, Counter()), by_section[section]
        for place in mentions:
            naming = counts[place]
            elsewhere = naming_all[place] - naming
            if naming >= 2 and naming * 3 >= len(texts) and not elsewhere and place not in owned:
                own.append(place)
        scopes[section] = tuple(dict.fromkeys([*shared, *own]))
    return scopes


def _place_mentions(article: Article) -> list[str]:
    """Every place that the article names with its kind (tỉnh X, thành ủy Y) or as the head of a heading (X: …)."""
    texts = [article.title, article.lead or "", *article.sections]
    texts += [paragraph.text for paragraph in article.paragraphs] + [caption.text for caption in article.captions]
    found: list[str] = []
    for text in texts:
        for marker in _MARKERS.finditer(text):
            name = _capitalised_at(text, marker.end())
            if name:
                found.append(name)
    for heading in article.sections:
        head, colon, _ = heading.partition(":")
        if colon and 2 <= len(head.split()) <= 4 and all(word[:1].isupper() for word in head.split()):
            found.append(_capitalised_at(head, 0) or head)
    return list(dict.fromkeys(name for name in found if len(name.split()) >= 2))


def _capitalised_at(text: str, start: int) -> str:
    found = _CAPITALISED.match(text, start)
    if not found:
        return ""
    words = []
    for word in found[0].split(" "):
        if not word[:1].isupper() or (word.isupper() and len(word) > 1):
            break
        words.append(word)
    return " ".join(words[:4])


def _mentioned_in(texts: Iterable[str], places: list[str]) -> list[str]:
    joined = " \n ".join(texts)
    return [place for place in places if place in joined and _whole(place).search(joined)]


@lru_cache(maxsize=4096)
def _whole(place: str) -> re.Pattern[str]:
    return re.compile(rf"\b{re.escape(place)}\b")


def _most_named(article: Article, mentions: list[str]) -> list[str]:
    """The province, town or district named most often with its kind, where neither title nor lead names one."""
    counts: Counter[str] = Counter()
    for text in [*(p.text for p in article.paragraphs), *(c.text for c in article.captions)]:
        for marker in _MARKERS.finditer(text):
            kind = fold(" ".join(map(syllable_key, marker["marker"].split())))
            name = _capitalised_at(text, marker.end())
            if name in mentions and kind in _UPPER:
                counts[name] += 1
    if not counts:
        return []
    name, often = counts.most_common(1)[0]
    return [name] if often >= 2 else []
