"""
Abbreviations: a shipped table, what articles define themselves, and spelling both out in the tokens of a text.

"trong sạch, vững mạnh toàn diện (TSVMTD)" is learned as Schwartz and Hearst (2003) learn it, with one letter a syllable:
Vietnamese initials skip no content word.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from bot.language.normalize import fold
from bot.language.questions import function_words
from bot.language.synonym_file import load_own_rules, load_rules
from bot.language.tokens import Run, Token, run_of, tokenize

_BRACKETED = re.compile(r"\((?P<short>[A-ZĐƯ][A-ZĐƯ &-]{1,14})\)")
_DOCUMENT_CODE = re.compile(r"\d+[-–/](?P<kind>[A-ZĐ][A-Za-zĐ]{0,3})(?:/(?P<body>[A-ZĐƯ]{2,8}))?\b")
_LONGEST = 4  # tokens of a written short form: T.Ư, CB-ĐV, KT-XH


@dataclass(frozen=True)
class Abbreviations:
    """
    Short forms and their readings.

    Attributes:
        readings: Tokens of the short form as written ("UBND",) → readings, the likeliest first.
        folded: The same under lower-case tokens without diacritics, for questions typed in any case.
    """

    readings: Mapping[Run, tuple[Run, ...]]
    folded: Mapping[Run, tuple[Run, ...]] = field(repr=False)

    @cached_property
    def heads(self) -> frozenset[str]:
        """What the short forms begin with, as written."""
        return frozenset(short[0] for short in self.readings if short)

    @cached_property
    def folded_heads(self) -> frozenset[str]:
        """What they begin with in lower case without diacritics."""
        return frozenset(short[0] for short in self.folded if short)

    @classmethod
    def load(cls, extra: Path | None = None) -> "Abbreviations":
        """
        Read the shipped table and the operator's.

        Raises:
            ConfigurationError: A line is not of the table's form.
        """
        readings: dict[Run, tuple[Run, ...]] = {}
        folded: dict[Run, tuple[Run, ...]] = {}
        for rules in (load_rules("abbreviations.txt"), load_own_rules("abbreviations.txt", extra)):
            table: dict[Run, tuple[Run, ...]] = {}
            loose: dict[Run, tuple[Run, ...]] = {}
            for rule in rules:
                runs = tuple(run_of(form) for form in rule.right or ())
                for form in rule.left:
                    written = tuple(form[token.start : token.end] for token in tokenize(form))
                    table[written] = tuple(dict.fromkeys([*table.get(written, ()), *runs]))
                    plain = tuple(fold(part) for part in written)
                    loose[plain] = tuple(dict.fromkeys([*loose.get(plain, ()), *runs]))
            readings |= table  # the operator's readings stand instead of the shipped ones
            folded |= loose
        return cls(readings, folded)

    def spell_out(self, text: str, tokens: Sequence[Token], own: Mapping[Run, Run]) -> list[Token]:
        """
        Replace the short forms in an article's tokens by what they stand for.

        Args:
            text: Of the tokens.
            tokens: In order.
            own: What this article defines, by the tokens as written; it wins over the table.

        Returns:
            Tokens in order; those of an expansion all have the span of the short form. A form with several readings is
            left alone, except in a document code (05-CT/TW), where the first reading is meant.
        """
        coded = {
            position
            for match in _DOCUMENT_CODE.finditer(text)
            for group in ("kind", "body")
            if (position := match.start(group)) >= 0
        }
        spelled: list[Token] = []
        position = 0
        own_heads = {short[0] for short in own}
        while position < len(tokens):
            token = tokens[position]
            head = text[token.start : token.end]
            if head not in self.heads and head not in own_heads:
                spelled.append(token)
                position += 1
                continue
            for width in range(min(_LONGEST, len(tokens) - position), 0, -1):
                group = tokens[position : position + width]
                written = tuple(text[token.start : token.end] for token in group)
                run = own.get(written)
                if run is None:
                    known = self.readings.get(written, ())
                    if len(known) == 1 or (known and group[0].start in coded):
                        run = known[0]
                if run is not None and not any(token.numeric for token in group):
                    spelled += [Token(key, group[0].start, group[-1].end) for key in run]
                    position += width
                    break
            else:
                spelled.append(tokens[position])
                position += 1
        return spelled


def learn_definitions(texts: Sequence[str]) -> dict[Run, Run]:
    """
    Find the abbreviations that an article explains: "nghị quyết (NQ)".

    Args:
        texts: The article's texts in order.

    Returns:
        Tokens of the short form as written → keys of the long form. A short form of several parts whose letters divide
        evenly gives its parts too: "Nghị quyết Đại hội (NQ ĐH)" explains NQ and ĐH.
    """
    found: dict[Run, Run] = {}
    for text in texts:
        for match in _BRACKETED.finditer(text):
            before = tokenize(text[: match.start()])
            long = _long_form(match["short"], before)
            if long is None:
                continue
            parts = tuple(re.findall(r"[A-ZĐƯ]+", match["short"]))
            found.setdefault(parts, long)
            if len(parts) > 1 and sum(map(len, parts)) == len(long):
                at = 0
                for part in parts:
                    if len(part) > 1:
                        found.setdefault((part,), long[at : at + len(part)])
                    at += len(part)
    return found


def _long_form(short: str, before: Sequence[Token]) -> Run | None:
    letters = [letter.lower() for letter in short if letter.isalpha()]
    at = len(before) - 1
    first = at + 1
    for letter in reversed(letters):
        while at >= 0 and not _begins(before[at].key, letter) and before[at].key in function_words():
            at -= 1
        if at < 0 or not _begins(before[at].key, letter):
            return None
        first = at
        at -= 1
    run = tuple(token.key for token in before[first:])
    return run if len(run) >= 2 else None


def _begins(key: str, letter: str) -> bool:
    return key.startswith(letter) or fold(key[:1]) == letter
