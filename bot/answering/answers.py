"""A reading of a question → an `Answer`: which passages to show, in what order, and whether they answer."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from math import exp

from bot.answering.evidence import Evidence, Inquiry
from bot.answering.places import cover_places
from bot.answering.refusal import is_enough, is_told, lacks_type
from bot.language.analyzer import FOLDED
from bot.language.questions import ABOUT_ARTICLE, Expected
from bot.language.reading import Reading
from bot.language.sentences import lines_of, split_sentences
from bot.model import EVERYWHERE, Answer, Article, Citation, FactLabel, Hit, Kind, Passage, Scope, Span, Status, TermShare
from bot.retrieval.index import Index
from bot.retrieval.query import Query, build_query
from bot.retrieval.ranking import Ranked, retrieve
from bot.retrieval.retriever import IndexRetriever, Retriever
from bot.retrieval.weights import Weights

EXAMINED = 10
"""How many of the ranked passages are examined for evidence, and may still change places."""


@dataclass(frozen=True, slots=True)
class Examined:
    """A ranked passage with its evidence; its score weighs in what it lacks."""

    ranked: Ranked
    evidence: Evidence


def compose_answer(
    index: Index,
    retriever: Retriever,
    reading: Reading,
    weights: Weights,
    *,
    k: int,
    caution: float,
    explain: bool = False,
    scope: Scope = EVERYWHERE,
) -> Answer:
    """
    Answer a question from the articles.

    Args:
        index: Of the corpus.
        retriever: Stage one, over the same corpus.
        reading: Of the question.
        weights: See `Weights`.
        k: Most passages to show, at least 1.
        explain: Fill in `Hit.shares`.
        caution: 0 to answer on little evidence, 1 only on much; 0.5 as calibrated.
        scope: Where to look.

    Returns:
        Hits best first; `not_found`, with the nearest passages as hits, when they do not carry the question.

    Raises:
        ValueError: *k* is below 1.
    """
    if k < 1:
        raise ValueError(f"k must be at least 1, not {k}")
    query = build_query(reading, index, weights)
    inquiry = Inquiry(query, index)
    found: Sequence[Ranked] = retrieve(index, retriever, query, weights, k=max(EXAMINED, 2 * k), scope=scope)
    if query.expected in ABOUT_ARTICLE:
        found = _articles_first(index, found)
    looked_at = [Examined(one, inquiry.examine(one.passage)) for one in found[:EXAMINED]]
    if query.expected in ABOUT_ARTICLE:
        looked_at = _speak_for_articles(index, looked_at)
    examined = _order(looked_at, weights, inquiry)
    chosen = _without_duplicates(index, cover_places(inquiry, examined), k)
    others = found[EXAMINED:]
    if others and (len(chosen) < k or len(inquiry.places_asked) > 1):
        # They may fill up, or tell of a place that none of these tells of.
        examined += [Examined(one, inquiry.examine(one.passage)) for one in others]
        chosen = _without_duplicates(index, cover_places(inquiry, examined), k)
    answered = bool(chosen) and _is_answered(index, reading, inquiry, chosen[0], caution)
    hits = tuple(_hit(index, inquiry, rank, one, explain=explain) for rank, one in enumerate(chosen, start=1))
    return Answer(
        question=reading.question,
        understood_as=reading.understood_as,
        status=Status.ANSWERED if answered else Status.NOT_FOUND,
        hits=hits,
        missing=hits[0].missing if hits else tuple(term.typed for term in inquiry.terms),
        corrected=reading.corrected,
        lacking=inquiry.wanted.kind if chosen and not answered and lacks_type(chosen[0].evidence, inquiry) else None,
    )


def rank_examined(index: Index, inquiry: Inquiry, weights: Weights) -> list[Examined]:
    """Find and examine the passages for a question, best first, `EXAMINED` of them at most."""
    found = retrieve(index, IndexRetriever(index), inquiry.query, weights, k=EXAMINED)
    return _order([Examined(one, inquiry.examine(one.passage)) for one in found], weights, inquiry)


def _articles_first(index: Index, found: Sequence[Ranked]) -> list[Ranked]:
    """
    Put the facts about the articles before their passages.

    Whoever asks who wrote "the article about X" may describe it by any of its paragraphs: its best passage ranks it.
    """
    facts: dict[int, Ranked] = {}
    top = found[0].score if found else 0.0
    for one in found:
        number = index.first_passage(int(index.places[one.passage]))
        facts.setdefault(number, Ranked(number, top + one.score, 0))
    return [*facts.values(), *(one for one in found if one.passage not in facts)]


def _speak_for_articles(index: Index, examined: Sequence[Examined]) -> list[Examined]:
    """Lend the facts about an article the best evidence of its passages: any of them may be what it is called by."""
    best: dict[int, Evidence] = {}
    for one in examined:
        place = int(index.places[one.ranked.passage])
        held = best.get(place)
        if held is None or _told(one.evidence) > _told(held):
            best[place] = one.evidence
    return [
        Examined(one.ranked, _as_told_by(one.evidence, best[int(index.places[one.ranked.passage])]))
        if index.passages[one.ranked.passage].kind is Kind.METADATA
        else one
        for one in examined
    ]


def _told(evidence: Evidence) -> tuple[int, float]:
    """How well a passage fits what an article is called by: no place or year amiss first, then the covered share."""
    return -sum(term.decisive for term in evidence.missing), evidence.coverage


def _as_told_by(own: Evidence, other: Evidence) -> Evidence:
    return replace(other, typed=own.typed, possible=own.possible, matched=own.matched)


def _is_answered(index: Index, reading: Reading, inquiry: Inquiry, first: Examined, caution: float) -> bool:
    expected = reading.shape.expected
    passage = index.passages[first.ranked.passage]
    if expected not in ABOUT_ARTICLE or passage.kind is not Kind.METADATA:
        return bool(inquiry.terms) and is_enough(first.evidence, inquiry, caution)
    if expected in _LINES and f"\n{_LINES[expected]}" not in passage.text:
        return False  # the article does not say
    if passage.file == reading.favoured:
        return True  # "bài đó" is the article of the answer before
    return bool(inquiry.terms) and is_told(first.evidence, inquiry, caution)


def _order(examined: list[Examined], weights: Weights, inquiry: Inquiry) -> list[Examined]:
    weighed = []
    for one in examined:
        evidence = one.evidence
        covered = weights.coverage * evidence.coverage + weights.substance * evidence.substance
        score = one.ranked.score * exp(inquiry.trust * covered)
        for term in evidence.missing:
            if term.decisive and not inquiry.is_spared(term, evidence):
                score *= weights.lacking
        if not evidence.typed:
            score *= weights.untyped if not evidence.possible else weights.unnamed
            if inquiry.wanted.strict:
                score *= weights.strict
        weighed.append(Examined(Ranked(one.ranked.passage, score, one.ranked.sentence), evidence))
    weighed.sort(key=lambda one: (-one.ranked.score, one.ranked.passage))
    return weighed


def _without_duplicates(index: Index, examined: Sequence[Examined], k: int) -> list[Examined]:
    """Keep the first of passages that say nearly the same (nine tenths of their syllables)."""
    kept: list[Examined] = []
    bags: list[frozenset[int]] = []
    for one in examined:
        bag = frozenset(index.tokens.of(one.ranked.passage)[0])
        if any(len(bag & other) >= 0.9 * len(bag | other) for other in bags):
            continue
        kept.append(one)
        bags.append(bag)
        if len(kept) == k:
            break
    return kept


def _hit(index: Index, inquiry: Inquiry, rank: int, one: Examined, *, explain: bool) -> Hit:
    query = inquiry.query
    passage = index.passages[one.ranked.passage]
    article = index.articles[int(index.places[one.ranked.passage])]
    return Hit(
        rank=rank,
        score=one.ranked.score,
        passage=passage,
        citation=cite(article, passage),
        answer=_answer_span(passage, one.ranked.sentence, query.expected),
        highlights=inquiry.highlights(one.ranked.passage, one.evidence),
        missing=tuple(dict.fromkeys(term.typed for term in one.evidence.missing)),
        shares=term_shares(index, query, one.ranked.passage) if explain else (),
    )


def cite(article: Article, passage: Passage) -> Citation:
    """Say where a passage stands."""
    return Citation(
        file=article.file,
        title=article.title,
        source=article.source,
        published=article.published,
        authors=article.authors,
        section=passage.section,
        paragraph=passage.paragraph,
    )


def term_shares(index: Index, query: Query, passage: int) -> tuple[TermShare, ...]:
    """Split the BM25 score of a passage by the words of the question, largest share first."""
    labels: dict[str, str] = {}
    for unit, piece in zip(query.units, query.reading.pieces, strict=True):
        labels |= dict.fromkeys((unit.key, unit.folded), piece.display)
    shares: dict[str, float] = {}
    for term, weight in query.terms.items():
        for field in (index.okapi, index.names):
            added = field.share(term, passage)
            if added:
                keys = term.lstrip(FOLDED).replace("_", " ").split(" ")
                word = " ".join(labels.get(key, key) for key in keys)
                shares[word] = shares.get(word, 0.0) + weight * added
    return tuple(TermShare(term, share) for term, share in sorted(shares.items(), key=lambda item: -item[1]))


_LINES = {
    Expected.AUTHOR: FactLabel.AUTHOR,
    Expected.PUBLISHED: FactLabel.PUBLISHED,
    Expected.SOURCE: FactLabel.SOURCE,
    Expected.RUBRIC: FactLabel.RUBRIC,
}


@lru_cache(maxsize=2048)  # passages of one subject are shown again and again
def _sentences_of(text: str) -> Sequence[Span]:
    return tuple(split_sentences(text))


def _answer_span(passage: Passage, sentence: int, expected: Expected | None) -> Span:
    """The sentence that answers; of the facts about an article, the line that is asked for."""
    spans = _sentences_of(passage.text)
    if not spans:
        return (0, len(passage.text))
    if passage.kind is Kind.METADATA and expected in ABOUT_ARTICLE:
        label = _LINES.get(expected, "") if expected else ""
        return next((span for span in lines_of(passage.text) if passage.text.startswith(label, span[0])), spans[0])
    if passage.kind is Kind.CAPTION and expected is Expected.PHOTO:
        return spans[-1]
    return spans[min(sentence, len(spans) - 1)]
