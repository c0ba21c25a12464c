"""
How a question is read: from what was typed to the plain Vietnamese that is searched.

The steps, each of which can be switched off: chat spelling → keystrokes and missing spaces → abbreviations → diacritics →
typos → synonyms. Every piece of the reading keeps its place in the question as it was typed.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cache, cached_property
from itertools import chain, pairwise, zip_longest
from math import log, log1p
from pathlib import Path

from rapidfuzz import process
from rapidfuzz.distance import OSA

from bot.language.abbreviations import Abbreviations
from bot.language.analyzer import FOLDED
from bot.language.contrasts import Contrast, find_contrasts, load_contrasts
from bot.language.normalize import clean_text, fold, has_diacritics
from bot.language.places import PLACE_KINDS, districts, provinces
from bot.language.questions import QuestionShape, function_words, posts, question_phrases, read_shape
from bot.language.syllables import decode_keystrokes, is_syllable, is_written_syllable, sounds_like
from bot.language.synonym_file import load_own_rules, load_rules
from bot.language.tokens import Run, longest_by_head, run_of, tokenize
from bot.language.vocabulary import Vocabulary
from bot.language.word_lists import table_lines
from bot.language.words import segment_words


class Part(StrEnum):
    """The steps of the reading that can be switched off."""

    CHAT = "chat"
    KEYSTROKES = "keystrokes"
    ABBREVIATIONS = "abbreviations"
    DIACRITICS = "diacritics"
    TYPOS = "typos"
    SYNONYMS = "synonyms"
    DIALOGUE = "dialogue"


@dataclass(frozen=True, slots=True)
class Piece:
    """
    One syllable or number of the reading.

    Attributes:
        key: As it is searched.
        display: As it is shown to the person.
        start: Where what was typed for it begins in the question.
        end: Where that ends.
        numeric: A number or date.
        trusted: Its diacritics are the person's own (or it has a set spelling): they count.
        corrected: It is near to what was typed, not the same: it counts less.
        name: Written with a capital inside the question.
        inherited: Not typed in this question, but taken over from the conversation.
    """

    key: str
    display: str
    start: int
    end: int
    numeric: bool = False
    trusted: bool = True
    corrected: bool = False
    name: bool = False
    inherited: bool = False

    @property
    def folded(self) -> str:
        """The key without diacritics."""
        return fold(self.key)


@dataclass(frozen=True, slots=True)
class Alternative:
    """
    Another way to say some pieces of the reading.

    Attributes:
        first: Position of the first piece that it may stand for.
        last: Position of the last.
        run: Its keys.
        weight: What a match is worth against a match of the pieces themselves.
    """

    first: int
    last: int
    run: Run
    weight: float


@dataclass(frozen=True, slots=True)
class Reading:
    """
    A question, read.

    Attributes:
        question: The clean text as typed.
        pieces: In order.
        words: ``(first, last)`` positions of words of several syllables.
        alternatives: Synonyms, and the other readings of abbreviations.
        contrasts: Its words that exclude others of their kind.
        shape: Roles of the pieces, and the expected type of answer.
        understood_as: The question as read, where that says something else than what was typed; else None.
        corrected: Whether a typo was guessed at: the person should be asked whether this was meant.
        favoured: The article that the conversation is about, by its file; None when the question stands alone.
    """

    question: str
    pieces: tuple[Piece, ...]
    words: tuple[tuple[int, int], ...]
    alternatives: tuple[Alternative, ...]
    contrasts: tuple[Contrast, ...]
    shape: QuestionShape
    understood_as: str | None
    corrected: bool
    favoured: str | None = None


@dataclass(frozen=True)
class Tables:
    """
    The editable tables.

    Attributes:
        abbreviations: Short forms.
        chat: Run of typed keys → run of plain keys, empty to drop them.
        synonyms: Run of keys → runs that may stand for it.
        contrasts: Words that exclude others of their kind → the words that say the same.
        bigrams: Pair of keys of general Vietnamese that a corpus may lack, a space between → what it is worth beside counts.
    """

    abbreviations: Abbreviations
    chat: Mapping[Run, Run]
    synonyms: Mapping[Run, tuple[Run, ...]]
    contrasts: Mapping[Run, tuple[Run, ...]]
    bigrams: Mapping[str, int]

    @cached_property
    def longest_chat(self) -> dict[str, int]:
        """First key of the runs in *chat* → keys of the longest."""
        return longest_by_head(self.chat)

    @cached_property
    def longest_synonym(self) -> dict[str, int]:
        """First key of the runs in *synonyms* → keys of the longest."""
        return longest_by_head(self.synonyms)

    @cached_property
    def longest_contrast(self) -> dict[str, int]:
        """First key of the runs in *contrasts* → keys of the longest."""
        return longest_by_head(self.contrasts)


@cache
def load_tables(extra: Path | None = None) -> Tables:
    """
    Read the shipped tables and the operator's.

    Raises:
        ConfigurationError: A line is not of its table's form.
    """
    chat: dict[Run, Run] = {}
    for rule in [*load_rules("chat.txt"), *load_own_rules("chat.txt", extra)]:
        for form in rule.left:
            chat[run_of(clean_text(form))] = run_of(rule.right[0]) if rule.right else ()
    synonyms: dict[Run, tuple[Run, ...]] = {}
    for rule in [*load_rules("synonyms.txt"), *load_own_rules("synonyms.txt", extra)]:
        left = [run_of(clean_text(form)) for form in rule.left]
        right = left if rule.right is None else [run_of(clean_text(form)) for form in rule.right]
        for run in left:
            others = [other for other in right if other != run]
            synonyms[run] = tuple(dict.fromkeys([*synonyms.get(run, ()), *others]))
    chat.pop((), None)
    return Tables(Abbreviations.load(extra), chat, synonyms, load_contrasts(), _general_bigrams(synonyms))


def _general_bigrams(synonyms: Mapping[Run, tuple[Run, ...]]) -> dict[str, int]:
    """Pairs of keys that stand side by side in the tables."""
    told = [*synonyms, *chain.from_iterable(synonyms.values()), *map(run_of, table_lines("collocations.txt"))]
    often = [*question_phrases(), *provinces(), *map(run_of, table_lines("phrases.txt"))]
    return {
        f"{first} {second}": worth
        for runs, worth in ((told, _TOLD), (often, _SAID_OFTEN))
        for run in runs
        for first, second in pairwise(run)
    }


SYNONYM_WEIGHT = 0.6
_TOLD, _SAID_OFTEN = 1, 8  # what a pair of syllables in a table, and in a phrase of any question, counts in articles
READING_WEIGHT = 0.8
# The accented reading of bare syllables maximises the sum of these (log-frequencies of the articles and of general
# Vietnamese), chosen by the share of syllables restored aright in the questions of xquad-vi-dev and seeds_dev.
_ALONE, _PAIR, _WORD, _FUNCTION, _UNSEEN = 0.3, 3.0, 3.0, 1.0, 1.0
_KINDS = frozenset(run[-1] for run in PLACE_KINDS)
_PROVINCE_KINDS = frozenset(("tỉnh", "phố"))  # "huyện Quảng Bình" is none
_SLIPS_FROM = 3  # letters of a syllable: in a shorter one, a slip may be anything
_NUMBER = "số"
_WHO = "ai"
_ANY_BEFORE = frozenset(("nào", "gì"))
_ALL = frozenset(Part)


def read_question(question: str, vocabulary: Vocabulary, tables: Tables, parts: frozenset[Part] = _ALL) -> Reading:
    """
    Read a question as a person meant it.

    Args:
        question: Clean text.
        vocabulary: Of the corpus that is asked.
        tables: Chat spelling, abbreviations and synonyms.
        parts: The steps to take; those that are left out change nothing.

    Returns:
        The reading; without pieces when the question has no word.
    """
    reader = _Reader(question, vocabulary, tables)
    typed = tokenize(question)
    pieces = [
        Piece(
            token.key,
            question[token.start : token.end],
            token.start,
            token.end,
            token.numeric,
            name=position > 0 and question[token.start].isupper() and not question.isupper(),
        )
        for position, token in enumerate(typed)
    ]
    if Part.CHAT in parts:
        pieces = reader.without_chat(pieces)
    if Part.KEYSTROKES in parts:
        pieces = reader.with_keystrokes(pieces)
    readings: list[tuple[int, int, tuple[Run, ...]]] = []
    if Part.ABBREVIATIONS in parts:
        pieces, readings = reader.without_abbreviations(pieces)
    if Part.DIACRITICS in parts:
        pieces = reader.with_diacritics(pieces)
    else:
        bare = not has_diacritics(question)
        pieces = [replace(piece, trusted=not bare) for piece in pieces]
    if Part.TYPOS in parts:
        pieces = reader.without_typos(pieces)
    alternatives = [Alternative(first, last, run, READING_WEIGHT) for first, last, runs in readings for run in runs]
    if Part.SYNONYMS in parts:
        alternatives += reader.synonyms(pieces)
    keys = [piece.key for piece in pieces]
    display = " ".join(piece.display for piece in pieces)
    # What an article's own short forms are read as (TP., UBND) needs no saying.
    plain = tables.abbreviations.spell_out(question, typed, {}) if Part.ABBREVIATIONS in parts else typed
    same = keys == [token.key for token in plain]
    tokens = tokenize(display)
    aligned = len(tokens) == len(pieces)
    words = tuple(segment_words(display, tokens)) if aligned else ()
    return Reading(
        question=question,
        pieces=tuple(pieces),
        words=words,
        alternatives=tuple(alternatives),
        contrasts=tuple(find_contrasts(keys, tables.contrasts, tables.longest_contrast)),
        shape=read_shape(keys, [word for word in words if reader.is_word(pieces, word)]),
        understood_as=None if same else reader.render(pieces),
        corrected=any(piece.corrected for piece in pieces),
    )


@cache
def _general_keys() -> dict[str, tuple[str, ...]]:
    keys: dict[str, dict[str, None]] = {}
    for run in [*question_phrases(), *sorted(provinces()), *((word,) for word in sorted(function_words()))]:
        for key in run:
            keys.setdefault(fold(key), {})[key] = None
    return {folded: tuple(alike) for folded, alike in keys.items()}


@cache
def _common() -> frozenset[str]:
    """Words of one syllable that any question may hold: those that join, and those that ask."""
    return function_words() | {run[0] for run in question_phrases() if len(run) == 1}


def _is_whole(run: Run, group: Sequence[Piece], before: Sequence[Piece]) -> bool:
    """Whether a short way to say something stands in the long way already."""
    ahead = len(run) - len(group)
    if not 0 < ahead <= len(before):
        return False
    keys = [piece.key for piece in (*before[len(before) - ahead :], *group)]
    return tuple(keys) == run


class _Reader:
    def __init__(self, question: str, vocabulary: Vocabulary, tables: Tables) -> None:
        self._question = question
        self._bare = not has_diacritics(question)
        self._vocabulary = vocabulary
        self._tables = tables

    # Chat

    def without_chat(self, pieces: list[Piece]) -> list[Piece]:
        longest = self._tables.longest_chat
        kept: list[Piece] = []
        position = 0
        while position < len(pieces):
            for width in range(min(longest.get(pieces[position].key, 0), len(pieces) - position), 0, -1):
                group = pieces[position : position + width]
                run = self._tables.chat.get(tuple(piece.key for piece in group))
                if run is None or not self._is_chat(group, kept):
                    continue
                if _is_whole(run, group, kept):  # "nhiêu tiền" is short for "bao nhiêu tiền", but not in it
                    kept += group
                    position += width
                    break
                kept += [Piece(key, key, group[0].start, group[-1].end) for key in run]
                position += width
                break
            else:
                kept.append(pieces[position])
                position += 1
        return kept or pieces

    def _is_chat(self, group: Sequence[Piece], before: Sequence[Piece]) -> bool:
        """Capitals are names and abbreviations; a letter behind a number names something (Ấp 5B, loại v 2)."""
        if any(piece.name or (piece.display.isupper() and not self._question.isupper()) for piece in group):
            return False
        first = group[0]
        glued = first.start > 0 and self._question[first.start - 1] in "/-."
        return not glued and not (len(group) == 1 and len(first.key) == 1 and before and before[-1].numeric)

    # Keystrokes and spaces

    def with_keystrokes(self, pieces: list[Piece]) -> list[Piece]:
        changed: list[Piece] = []
        for piece in pieces:
            if piece.numeric or self._known(piece.key) or is_syllable(piece.key):
                changed.append(piece)
                continue
            decoded = decode_keystrokes(piece.display)
            if decoded is not None:
                key = tokenize(decoded)[0].key
                if self._vocabulary.alike(fold(key)) or self._known(key):
                    changed.append(replace(piece, key=key, display=decoded))
                    continue
            split = self._split(piece)
            changed += split or [piece]
        return changed

    def _split(self, piece: Piece) -> list[Piece]:
        """Put back the spaces of "baclieu", where every pair of neighbours stands together in the articles."""
        typed = piece.folded
        if not typed.isalpha() or len(typed) < 5:
            return []
        ends: dict[int, list[list[str]]] = {0: [[]]}
        for start in range(len(typed)):
            for parts in ends.get(start, ()):
                for end in range(start + 2, min(start + 7, len(typed)) + 1):
                    part = typed[start:end]
                    if not self._vocabulary.alike(part):
                        continue
                    if parts and not self._pair_frequency(FOLDED + parts[-1], part):
                        continue
                    ends.setdefault(end, []).append([*parts, part])
        found = [parts for parts in ends.get(len(typed), ()) if 2 <= len(parts) <= 6]
        if not found:
            return []
        best = min(found, key=len)
        accented = piece.key != typed
        split: list[Piece] = []
        at = 0
        for part in best:
            written = piece.display[at : at + len(part)].lower()
            key = tokenize(written)[0].key if accented else part
            split.append(replace(piece, key=key, display=written))
            at += len(part)
        return split

    # Abbreviations

    def without_abbreviations(self, pieces: list[Piece]) -> tuple[list[Piece], list[tuple[int, int, tuple[Run, ...]]]]:
        keys = [piece.key for piece in pieces]
        heads = self._tables.abbreviations.folded_heads
        kept: list[Piece] = []
        others: list[tuple[int, int, tuple[Run, ...]]] = []
        position = 0
        while position < len(pieces):
            in_tables = fold(pieces[position].display) in heads
            for width in range(min(4, len(pieces) - position), 0, -1):
                learned = self._vocabulary.defined(" ".join(keys[position : position + width]))
                if not learned and not in_tables:
                    continue
                group = pieces[position : position + width]
                runs = self._readings(group, learned)
                if not runs:
                    continue
                following = pieces[position + width] if position + width < len(pieces) else None
                # "GĐ … là ai" asks for a director, whatever "GĐ" is elsewhere.
                who = any(piece.key == _WHO for piece in pieces[position + width :])
                ordered = sorted(runs, key=lambda run: (who and run in posts(), self._fit(kept, run, following)), reverse=True)
                main = ordered[0]
                first = len(kept)
                kept += [
                    Piece(key, self._vocabulary.surface(key), group[0].start, group[-1].end, numeric=key.isdigit())
                    for key in main
                ]
                alternatives = [*ordered[1:]]
                if len(runs) > 1:  # an article may write the short form itself, when it has several readings
                    alternatives.append(tuple(piece.key for piece in group))
                if alternatives:
                    others.append((first, len(kept) - 1, tuple(alternatives)))
                position += width
                break
            else:
                kept.append(pieces[position])
                position += 1
        return kept, others

    def _readings(self, group: Sequence[Piece], learned: Sequence[Run]) -> tuple[Run, ...]:
        """What a short form stands for, by the articles (*learned*) and the tables."""
        if any(piece.numeric for piece in group):
            return ()
        first, last = group[0], group[-1]
        typed = self._question[first.start : last.end]
        if len(group) > 1 and last.start == first.start:
            return ()
        written = tuple(piece.display for piece in group)
        if " " in typed and tuple(map(fold, written)) not in self._tables.abbreviations.folded:
            return ()
        shouting = self._question.isupper()
        exact = self._tables.abbreviations.readings.get(written, ())
        if exact and not shouting:
            return tuple(dict.fromkeys([*learned, *exact]))
        folded = tuple(fold(part) for part in written)
        loose = self._tables.abbreviations.folded.get(folded, ())
        runs = tuple(dict.fromkeys([*learned, *loose]))
        if not runs:
            return ()
        # In lower case, "tu" or "ca" are words; "ubnd" and "nq" are none, and what no syllable can be is short for something.
        if typed.isupper() and not shouting:
            return runs
        if any(is_syllable(piece.key) for piece in group) and len(group) == 1:
            return ()
        return runs

    def _fit(self, before: Sequence[Piece], run: Run, following: Piece | None) -> float:
        """How well a reading joins its neighbours in the articles; a known one beats an unknown one."""
        pairs = [self._vocabulary.frequency(f"{first} {second}") for first, second in pairwise(run)]
        fit = log1p(min(pairs)) if pairs else float(bool(self._vocabulary.frequency(run[0])))
        if before:
            fit += 2 * log1p(
                max(
                    self._pair_frequency(FOLDED + before[-1].folded, fold(run[0])), self._pair_frequency(before[-1].key, run[0])
                )
            )
        if following is not None and following.numeric:  # CT 28 is a directive, as in "chỉ thị số 28"
            fit += 2 * log1p(self._vocabulary.frequency(f"{run[-1]} {_NUMBER}"))
        elif following is not None:
            fit += 2 * log1p(
                max(
                    self._pair_frequency(FOLDED + fold(run[-1]), following.folded), self._pair_frequency(run[-1], following.key)
                )
            )
        return fit

    # Diacritics

    def with_diacritics(self, pieces: list[Piece]) -> list[Piece]:
        """Choose the accented reading that the articles make likeliest (Viterbi over pairs of syllables)."""
        sure = self._surely_typed(pieces)
        choices = [
            [(piece.key, 0.0)] if certain else self._candidates(piece, after)
            for piece, certain, after in zip_longest(pieces, sure, pieces[1:])
        ]
        if all(len(candidates) == 1 for candidates in choices):
            return [piece if self._is_trusted(piece) else replace(piece, trusted=False) for piece in pieces]
        pairs = [(first, second) for before, own in pairwise(choices) for second, _ in own for first, _ in before]
        fits = iter(self._pair_fits(pairs))
        best: list[dict[str, tuple[float, str]]] = []  # a column a piece: key → score, and the key before it
        for candidates in choices:
            own = {key: _ALONE * log(self._vocabulary.frequency(key) + 0.5) - cost for key, cost in candidates}
            if not best:
                best.append({key: (score, key) for key, score in own.items()})
                continue
            before = [(score, key) for key, (score, _) in best[-1].items()]
            best.append(
                {key: max((score + next(fits) + alone, previous) for score, previous in before) for key, alone in own.items()}
            )
        chosen: list[str] = [max(best[-1], key=lambda one: best[-1][one][0])]
        for column in reversed(best[1:]):
            chosen.append(column[chosen[-1]][1])
        chosen.reverse()
        read = []
        for piece, now in zip(pieces, chosen, strict=True):
            if now == piece.key and self._is_trusted(piece):
                read.append(piece)
            else:
                read.append(replace(piece, key=now, display=self._vocabulary.surface(now), trusted=False))
        return read

    def _surely_typed(self, pieces: Sequence[Piece]) -> list[bool]:
        """Which pieces have diacritics that are known beside both of their neighbours: they stay, whatever is likelier."""
        marked = [piece.key != piece.folded for piece in pieces]
        if not any(marked):
            return marked
        known = [True, *(self._is_known_pair(before.key, own.key) for before, own in pairwise(pieces)), True]
        return [own and before and after for own, before, after in zip(marked, known, known[1:], strict=False)]

    def _is_trusted(self, piece: Piece) -> bool:
        if piece.numeric or piece.key != piece.folded:
            return True
        return not self._bare and (self._vocabulary.frequency(piece.key) > 0 or is_written_syllable(piece.key))

    def _candidates(self, piece: Piece, after: Piece | None) -> list[tuple[str, float]]:
        """Accented readings of a piece with their costs; what was typed with diacritics is costly to change."""
        if piece.numeric:
            return [(piece.key, 0.0)]
        alike = dict.fromkeys([*self._vocabulary.alike(piece.folded), *_general_keys().get(piece.folded, ())])
        if piece.key != piece.folded:
            is_word = self._known(piece.key) or piece.key in self._vocabulary.dictionary.alone
            if not is_word and alike and not piece.name and is_syllable(piece.key) and not is_written_syllable(piece.key):
                return [(key, 0.0) for key in alike]  # "cuôc" lacks a tone: it is no word at all
            # Any word may stand before "nào": that "mục nào" is common says nothing against "mức nào".
            cost = (12.0 if after is not None and after.key in _ANY_BEFORE else 7.0) if is_word else 4.0
            return [(piece.key, 0.0), *((key, cost) for key in alike if key != piece.key)]
        if not self._bare and is_written_syllable(piece.key):
            return [(piece.key, -3.0), *((key, 0.0) for key in alike if key != piece.key)]
        rare = [key for key in self._vocabulary.dictionary.by_folded.get(piece.folded, ()) if key not in alike]
        found = [(key, -_FUNCTION if key in _common() else 0.0) for key in alike] + [(key, _UNSEEN) for key in rare]
        return found or [(piece.key, 0.0)]

    def _pair_frequency(self, first: str, second: str) -> int:
        return max(self._vocabulary.frequency(f"{first} {second}"), self._tables.bigrams.get(f"{first} {second}", 0))

    def _is_known_pair(self, first: str, second: str) -> bool:
        """Whether the articles or general Vietnamese have two syllables side by side."""
        return f"{first} {second}" in self._vocabulary.dictionary.pairs or self._pair_frequency(first, second) > 0

    def _pair_fits(self, pairs: Sequence[tuple[str, str]]) -> list[float]:
        """How likely each two syllables stand side by side, by the articles and by general Vietnamese."""
        general, words = self._tables.bigrams, self._vocabulary.dictionary.pairs
        fits = []
        for (first, second), frequency in zip(pairs, self._vocabulary.pair_frequencies(pairs), strict=True):
            pair = f"{first} {second}"
            known = max(frequency, general.get(pair, 0))
            fit = _PAIR * log1p(known) if known else 0.0
            fits.append(fit + _WORD if pair in words else fit)
        return fits

    # Typos

    def without_typos(self, pieces: list[Piece]) -> list[Piece]:
        fixed = self._without_slips(self._without_strange_names(pieces))
        # A name whose neighbour was mended may be known beside it: "Đăc Glây".
        return fixed if fixed == pieces or not any(piece.name for piece in pieces) else self._without_slips(fixed)

    def _without_slips(self, pieces: list[Piece]) -> list[Piece]:
        fixed = list(pieces)
        for position, piece in enumerate(pieces):
            if piece.numeric or len(piece.key) < _SLIPS_FROM:
                continue
            if self._known(piece.key):
                continue
            if self._vocabulary.alike(piece.folded) and piece.key == piece.folded:
                continue
            before = fixed[position - 1] if position else None
            after = pieces[position + 1] if position + 1 < len(pieces) else None
            near = self._nearest(piece, before, after)
            if near is not None:
                fixed[position] = self._mended(piece, near)
        return fixed

    def _nearest(self, piece: Piece, before: Piece | None, after: Piece | None) -> str | None:
        """
        The likeliest word of the articles that is one slip away from a word that they lack.

        A syllable that is Vietnamese is taken for a slip only where it makes no word with its neighbours and the other one
        does, in the articles too: "dân tọc" is a slip of "dân tộc", "gia nhập" is none of "gia nạp".
        """
        typed = piece.folded
        if piece.name:  # a name is told by the names beside it, not by "của" or "là"
            before = before if before is not None and before.name else None
            after = after if after is not None and after.name else None
        possible = is_syllable(piece.key)
        pairs = self._vocabulary.dictionary.pairs
        if piece.key in self._vocabulary.dictionary.alone and piece.key != typed and not piece.name:
            return None
        if possible and any(pair in pairs for pair in self._pairs(before, piece.key, after)):
            return None
        best: tuple[float, str] | None = None
        for candidate in self._one_slip_away(typed):
            for key in self._vocabulary.alike(candidate):
                around = self._pairs(before, key, after)
                support = sum(map(self._vocabulary.frequency, around))
                if piece.name:
                    support += sum(self._vocabulary.frequency(FOLDED + fold(pair)) for pair in around)
                if possible and not any(self._is_attested(pair, piece) for pair in around):
                    continue
                if not support and len(typed) < 4:
                    continue
                score = support * 10 + log1p(self._vocabulary.frequency(key)) + (candidate[0] == typed[0])
                if best is None or score > best[0]:
                    best = (score, key)
        return best[1] if best else None

    def _without_strange_names(self, pieces: list[Piece]) -> list[Piece]:
        """Mend a name of two behind the word for its kind that is no place's, but a letter away from one: "huyện Quan Bình"."""
        fixed = list(pieces)
        for at in range(1, len(pieces) - 1):
            first, second = pieces[at : at + 2]
            kind = self._kind_of_place(pieces[at - 1])
            if not (first.name and second.name and kind) or self._is_place((first.key, second.key), kind):
                continue
            meant = [(key, second.key) for key in self._other_keys(first)] + [
                (first.key, key) for key in self._other_keys(second)
            ]
            known = [name for name in meant if self._is_name(" ".join(name))]
            if known:
                typed = f"{first.folded} {second.folded}"
                name = min(known, key=lambda name: self._remoteness(" ".join(name), typed))
                for place, key in zip((at, at + 1), name, strict=True):
                    if key != pieces[place].key:
                        fixed[place] = self._mended(pieces[place], key)
        return fixed

    def _kind_of_place(self, piece: Piece) -> str:
        """The word before names of places that a piece is, "phường" for "phưòng" too; empty when it is none."""
        if piece.key in _KINDS:
            return piece.key
        if self._known(piece.key):
            return ""
        return next((kind for kind in _KINDS if fold(kind) == piece.folded), "")

    def _is_place(self, name: Run, kind: str) -> bool:
        """Whether the articles have a name of two, or it is a place's of its kind, or a word of general Vietnamese."""
        run = " ".join(name)
        known = (
            name in districts() or (name in provinces() and kind in _PROVINCE_KINDS) or run in self._vocabulary.dictionary.pairs
        )
        return known or bool(self._vocabulary.frequency(run))

    def _is_name(self, pair: str) -> bool:
        """Whether the articles have two syllables side by side that are no word."""
        return bool(self._vocabulary.frequency(pair)) and pair not in self._vocabulary.dictionary.pairs

    def _remoteness(self, name: str, typed: str) -> tuple[int, int, str]:
        """How far a name is from what was typed; of those that are as near, the most frequent comes first."""
        return OSA.distance(typed, fold(name)), -self._vocabulary.frequency(name), name

    def _other_keys(self, piece: Piece) -> list[str]:
        """The keys of the articles that are at most a letter and diacritics away from what was typed."""
        near = self._one_slip_away(piece.folded) if len(piece.key) >= _SLIPS_FROM else []
        return [key for folded in near for key in self._vocabulary.alike(folded) if key != piece.key]

    def _mended(self, piece: Piece, key: str) -> Piece:
        surface = self._vocabulary.surface(key)
        display = surface[:1].upper() + surface[1:] if piece.name else surface  # a name, though most often the word is none
        return replace(piece, key=key, display=display, trusted=False, corrected=True)

    def _one_slip_away(self, typed: str) -> list[str]:
        """The folded keys of the articles that look or sound like one, at most a letter apart, in their order."""
        keys = self._vocabulary.folded_keys()
        slips = {at for _, _, at in process.extract_iter(typed, keys, scorer=OSA.distance, score_cutoff=1)}
        sounded, most = sounds_like(typed), 1 if len(typed) > 3 else 0
        sounds = self._vocabulary.sounded_keys()
        slips |= {at for _, _, at in process.extract_iter(sounded, sounds, scorer=OSA.distance, score_cutoff=most)}
        return [keys[at] for at in sorted(slips) if abs(len(keys[at]) - len(typed)) <= 1 and keys[at].isalpha()]

    def _is_attested(self, pair: str, piece: Piece) -> bool:
        """Whether the articles have two syllables together, as a word of general Vietnamese or as a name."""
        if piece.name:  # names are often written with other diacritics than the articles': Đắk, Đăk
            return bool(self._vocabulary.frequency(FOLDED + fold(pair)))
        return bool(self._vocabulary.frequency(pair)) and pair in self._vocabulary.dictionary.pairs

    @staticmethod
    def _pairs(before: Piece | None, key: str, after: Piece | None) -> list[str]:
        pairs = [f"{before.key} {key}"] if before is not None else []
        return [*pairs, f"{key} {after.key}"] if after is not None else pairs

    # Synonyms

    def synonyms(self, pieces: Sequence[Piece]) -> list[Alternative]:
        keys = [piece.key for piece in pieces]
        longest = self._tables.longest_synonym
        return [
            Alternative(start, start + width - 1, other, SYNONYM_WEIGHT)
            for start in range(len(keys))
            for width in range(1, min(longest.get(keys[start], 0), len(keys) - start) + 1)
            for other in self._tables.synonyms.get(tuple(keys[start : start + width]), ())
        ]

    # Shared

    def is_word(self, pieces: Sequence[Piece], word: tuple[int, int]) -> bool:
        """Whether general Vietnamese knows a word that the segmenter found."""
        keys = [piece.key for piece in pieces[word[0] : word[1] + 1]]
        return all(f"{first} {second}" in self._vocabulary.dictionary.pairs for first, second in pairwise(keys))

    def _known(self, key: str) -> bool:
        return bool(self._vocabulary.frequency(key)) or key in _general_keys().get(fold(key), ())

    def render(self, pieces: Iterable[Piece]) -> str:
        """The reading as a line of text; what the person typed between the pieces, such as a question mark, is kept."""
        parts: list[str] = []
        end = 0
        for piece in pieces:
            between = self._question[end : piece.start] if piece.start >= end else ""
            kept = "".join(character for character in between if character in ',;:?!/-–"“”()%')
            if parts and kept and not kept.isspace():
                parts.append(kept if kept in "/-–" else kept + " ")
            elif parts:
                parts.append(" ")
            parts.append(piece.display)
            end = max(end, piece.end)
        tail = "?" if self._question.rstrip().endswith("?") else ""
        text = " ".join("".join(parts).split()) + tail
        return text[:1].upper() + text[1:]
