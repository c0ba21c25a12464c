"""
What a passage shows of a question: which of its key terms it has, and whether the kind of answer that is asked for is there.

Nothing here looks at a BM25 score, which means something else in every corpus.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain, pairwise

from bot.answering.answer_type import AnswerType
from bot.answering.key_terms import KeyTerm, KeyTerms
from bot.answering.type_evidence import TypeEvidence
from bot.language.contrasts import Contrast
from bot.language.places import lies_in
from bot.language.tokens import Run
from bot.model import Span
from bot.retrieval.analysis import DATED, WITHIN
from bot.retrieval.index import Index
from bot.retrieval.query import Query
from bot.retrieval.ranking import known_alternatives
from bot.retrieval.texts import TextTokens

_MONTH = "tháng"
_BARE = 0.6  # chosen on the questions of seeds_dev*, layouts_dev* and xquad-vi-dev without their diacritics
_APART = 0.25  # what the syllables of a word show of it when they stand apart
_CARRIED = 4  # passages over which a year goes on
_EQUAL = 0.9  # strength of a word that says the same as one that excludes others
_FOUND = 0.5  # the least strength with which a term counts as found
_WITHIN_WORD = 0.45  # what a syllable that stands in a longer word of the text shows of a word of one syllable


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
        contrary: Whether it lacks a word of the question that excludes others of its kind: it tells another fact.
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
    contrary: bool


class Inquiry:
    """
    One question's key terms, ready to be looked for in passages.

    Attributes:
        query: As given.
        terms: In the order of the question.
        places_asked: The places among them that articles or sections are about, as keys.
        wanted: The type of answer that is asked for.
        trust: Share of the question's words whose diacritics count, `_BARE` at least: words without any are covered by too
            many passages for their coverage to count in full.
    """

    def __init__(self, query: Query, index: Index) -> None:
        self.query, self._index = query, index
        self._asked = KeyTerms(query, index)
        self.terms, self.wanted = self._asked.terms, AnswerType(self._asked)
        self._type = TypeEvidence(self._asked, self.wanted)
        self._units: dict[int, list[tuple[int, float]]] = {}  # key → the units that it may be, and how well it meets each
        for at, keys in enumerate(self._asked.keys):
            for key, strength in keys.items():
                self._units.setdefault(key, []).append((at, strength))
        self._contexts: dict[int, list[tuple[float, list[int]]]] = {}
        self._months: dict[int, frozenset[int]] = {}
        self._add_months()
        self._contrasts = [(contrast, own) for contrast in query.reading.contrasts if (own := self._terms_of(contrast))]
        runs = known_alternatives(index, query)
        runs += [
            (self.terms[own[0]].first, self.terms[own[-1]].last, ids, _EQUAL)
            for contrast, own in self._contrasts
            for run in contrast.equals
            if (ids := index.lexicon.ids_of(run)) is not None
        ]
        heads = [run[0] for _, _, run, _ in runs]
        self._wanted = frozenset(chain(*self._asked.keys, *self._months.values(), heads))
        # A synonym of a phrase speaks for each word in it.
        self._runs = [
            [(run, weight) for first, last, run, weight in runs if first <= term.first and term.last <= last]
            for term in self.terms
        ]
        # Terms that may be found though their first unit is not there.
        self._may_be_else = [
            bool(runs or self._months.get(term.first) or (term.last > term.first and not term.decisive))
            for term, runs in zip(self.terms, self._runs, strict=True)
        ]
        self.places_asked = tuple(
            dict.fromkeys(self._asked.run(term) for term in self.terms if term.place and self._is_known(term))
        )
        self.trust = max(sum(unit.trusted for unit in query.units) / max(len(query.units), 1), _BARE)

    def is_spared(self, term: KeyTerm, evidence: "Evidence") -> bool:
        """Whether a passage may lack a term: of several places that are asked for, it need tell of one, and of its time."""
        return (
            len(self.places_asked) > 1
            and bool(evidence.places)
            and (not term.place or self._asked.run(term) in self.places_asked)
        )

    def _terms_of(self, contrast: Contrast) -> list[int]:
        """Numbers of the terms that have part in a word that excludes others, in order."""
        return [
            number
            for number, term in enumerate(self.terms)
            if term.first <= contrast.last and contrast.first <= term.last and not (term.place or term.inherited)
        ]

    def _is_known(self, term: KeyTerm) -> bool:
        """Whether the articles name a place at all."""
        run = self._asked.run(term)
        return all(self._index.frequency(f"{first} {second}") for first, second in pairwise(run))

    def _add_months(self) -> None:
        """Find the month of "tháng 4" in dates of April, too."""
        units = self.query.units
        for at, (first, second) in enumerate(pairwise(units)):
            if first.key == _MONTH and second.key.isdigit():
                month = f"-{int(second.key):02d}-"
                lexicon = self._index.lexicon
                self._months[at] = frozenset(number for number in lexicon.dates if month in lexicon.keys[number])

    def examine(self, passage: int) -> Evidence:
        """Look for the key terms in one passage and its context."""
        index = self._index
        text = TextTokens(index.tokens, passage, self._wanted)
        here = self._find_all(text)
        around = self._around(int(index.scopes[passage]))
        best = [max(strength, other) for (strength, _), (other, _) in zip(here, around, strict=True)]
        names = index.names_of(passage)
        lying = False  # whether what it is about lies in a province of the question
        for number, term in enumerate(self.terms):
            if term.dated and best[number] < _FOUND:
                best[number] = self._carried(number, passage, text)
            elif term.place and best[number] < _FOUND and any(lies_in(name, self._asked.run(term)) for name in names):
                best[number], lying = 1.0, True
        typed = self._type.is_met(passage, text, here)
        if typed and self.wanted.unit is not None:
            best[self.wanted.unit] = 1.0
        missing = tuple(
            term
            for term, strength in zip(self.terms, best, strict=True)
            if strength < _FOUND and (term.place or term.dated or not term.inherited)
        )
        places = frozenset(self._asked.run(term) for term in self.terms if term.place and term not in missing)
        masses = [term.mass * strength for term, strength in zip(self.terms, best, strict=True) if not term.place]
        strong = [strength >= _FOUND for term, strength in zip(self.terms, best, strict=True) if not term.place]
        return Evidence(
            coverage=_share(self.terms, best),
            substance=_share(
                [t for t in self.terms if not t.place],
                [s for t, s in zip(self.terms, best, strict=True) if not t.place],
            ),
            anchored=lying or not places.isdisjoint(names),
            places=places,
            missing=missing,
            typed=typed,
            possible=typed or self.wanted.lenient,
            matched=tuple(sorted({at for _, places in here for at in places})),
            share=sum(strong) / max(len(strong), 1),
            found=sum(masses),
            counted=self._type.has_counted(here),
            beside=self._type.is_beside(passage, text, here),
            contrary=any(best[number] < _FOUND for _, own in self._contrasts for number in own),
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
        return [
            self._find(number, text, met) if met[term.first] or self._may_be_else[number] else (0.0, [])
            for number, term in enumerate(self.terms)
        ]

    def _met(self, text: TextTokens) -> list[list[tuple[int, float]]]:
        """For each unit, the places in a text that meet it, and how well they do."""
        met: list[list[tuple[int, float]]] = [[] for _ in self._asked.keys]
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
        gap = 2 if self.query.reading.pieces[term.last].numeric else 1
        matched = [at]
        for number in range(term.first + 1, term.last + 1):
            for place in range(matched[-1] + 1, min(matched[-1] + gap, len(ids) - 1) + 1):
                found = self._asked.keys[number].get(ids[place])
                if found is not None:
                    matched.append(place)
                    strength = min(strength, found)
                    break
            else:
                return 0.0, []
        return strength, matched


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
