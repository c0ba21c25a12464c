"""
Analyzed articles, gathered: the part of an index that is kept by passage, so that articles can be taken out and put in.

A `Terminology` numbers syllables, written forms and terms for good; a `Collection` holds the articles' rows in these numbers.
`Collection.concat` of slices of an old one and of new articles is what an update is.
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any
from uuid import uuid4

import numpy as np
from numpy.typing import NDArray

from bot.retrieval.analysis import SHARED, AnalyzedArticle
from bot.retrieval.lexicon import LexiconBuilder
from bot.retrieval.ragged import Ragged, narrow_counts
from bot.retrieval.terms import KeyColumns, Keys, View, term_keys


class Terminology:
    """
    Numbers for syllables, written forms and terms; they grow with the articles and never change.

    Attributes:
        lexicon: Syllables and forms.
        terms: Keys of the terms of passages → columns.
        names: Keys of the terms of shared names → columns.
        lineage: The same for all indexes that go on from one another, and so share these numbers; 32 hexadecimal digits.
    """

    def __init__(
        self,
        lexicon: LexiconBuilder | None = None,
        terms: KeyColumns | None = None,
        names: KeyColumns | None = None,
        lineage: str | None = None,
    ) -> None:
        self.lineage = lineage or uuid4().hex
        self.lexicon = lexicon or LexiconBuilder()
        self.terms = terms or KeyColumns.empty()
        self.names = names or KeyColumns.empty()


@dataclass(frozen=True, slots=True)
class Collection:
    """
    The rows of many articles, in the order of the corpus.

    Attributes:
        articles: `article_row`, a row an article.
        notes: `AnalyzedArticle.notes`, a row an article.
        members: A row an article, an entry a passage: kinds (uint8), scopes (int32, within the article), lengths and
            name_lengths (int32, terms with repeats).
        context_counts: A row an article, without columns: how many contexts it has.
        forms: A row an article: ids and counts (int32) of written forms.
        passages: `passage_row`, a row a passage.
        tokens: A row a passage, as in `AnalyzedArticle`, in the ids of the terminology.
        contexts: A row a context, as *tokens*.
    """

    articles: Ragged
    notes: Ragged
    members: Ragged
    context_counts: Ragged
    forms: Ragged
    passages: Ragged
    tokens: Ragged
    contexts: Ragged

    def __len__(self) -> int:
        return len(self.articles)

    def slice(self, first: int, last: int) -> "Collection":
        """The articles from *first* to before *last*, on the same memory."""
        passages = self.members.starts[first], self.members.starts[last]
        contexts = self.context_counts.starts[first], self.context_counts.starts[last]
        bounds = {"passages": passages, "tokens": passages, "contexts": contexts}
        return Collection(
            **{part.name: getattr(self, part.name).slice(*bounds.get(part.name, (first, last))) for part in fields(self)}
        )

    @classmethod
    def concat(cls, parts: Sequence["Collection"]) -> "Collection":
        """Put collections one after another; there has to be one at least."""
        if len(parts) == 1:
            return parts[0]
        return cls(**{part.name: Ragged.concat([getattr(one, part.name) for one in parts]) for part in fields(cls)})

    @property
    def places(self) -> NDArray[np.int32]:
        """Number of the article, one a passage."""
        return np.repeat(np.arange(len(self.members), dtype=np.int32), self.members.lengths)

    @property
    def scopes(self) -> NDArray[np.int32]:
        """Number of the context, one a passage."""
        first = np.repeat(self.context_counts.starts[:-1], self.members.lengths)
        return (self.members.columns["scopes"] + first).astype(np.int32)


@dataclass(frozen=True, slots=True)
class Counted:
    """
    Articles with the counts of their terms, on their way into the columns of an index.

    Attributes:
        collection: Their rows.
        terms: A row a passage: terms (columns, int32, rising) and counts (uint16).
        names: The same for the terms of shared names.
    """

    collection: Collection
    terms: Ragged
    names: Ragged

    @classmethod
    def concat(cls, parts: Sequence["Counted"]) -> "Counted":
        """Put articles one after another; there has to be one part at least."""
        if len(parts) == 1:
            return parts[0]
        return cls(
            Collection.concat([part.collection for part in parts]),
            Ragged.concat([part.terms for part in parts]),
            Ragged.concat([part.names for part in parts]),
        )


def collect(articles: Sequence[AnalyzedArticle], terminology: Terminology) -> Counted:
    """
    Put analyzed articles into the numbers of a terminology, which grows by what is new in them.

    Args:
        articles: At least one, in the order of the corpus.
        terminology: Of the collection that they will belong to.
    """
    lexicon = terminology.lexicon
    ids_of = [np.array([lexicon.add(key) for key in article.keys], np.int64) for article in articles]
    tokens = Ragged.concat([_renumbered(one.tokens, ids) for one, ids in zip(articles, ids_of, strict=True)])
    contexts = Ragged.concat([_renumbered(one.contexts, ids) for one, ids in zip(articles, ids_of, strict=True)])
    words = Ragged.concat([article.words for article in articles])
    counts = [len(article.passages) for article in articles]
    keys, owners = _passage_keys(tokens, words, lexicon)
    terminology.terms, terms, lengths = _count_terms(keys, owners, len(tokens), terminology.terms)
    keys, owners = _name_keys(articles, ids_of, lexicon)
    terminology.names, names, name_lengths = _count_terms(keys, owners, len(tokens), terminology.names)
    forms = [
        (lexicon.add_form(form, int(ids[key])), count)
        for article, ids in zip(articles, ids_of, strict=True)
        for form, key, count in article.forms
    ]
    form_table = np.array(forms, np.int32).reshape(-1, 2)
    collection = Collection(
        articles=Ragged.of_bytes([article.article for article in articles]),
        notes=Ragged.of_bytes([article.notes for article in articles]),
        members=Ragged.of(
            counts,
            kinds=np.concatenate([article.kinds for article in articles]),
            scopes=np.concatenate([article.scopes for article in articles]),
            lengths=lengths,
            name_lengths=name_lengths,
        ),
        context_counts=Ragged.of([len(article.contexts) for article in articles]),
        forms=Ragged.of(
            [len(article.forms) for article in articles], ids=form_table[:, 0].copy(), counts=form_table[:, 1].copy()
        ),
        passages=Ragged.of_bytes([row for article in articles for row in article.passages]),
        tokens=tokens,
        contexts=contexts,
    )
    return Counted(collection, terms, names)


def _renumbered(tokens: Ragged, ids: NDArray[np.int64]) -> Ragged:
    own = tokens.columns["ids"]
    return Ragged(tokens.starts, {**tokens.columns, "ids": ids[own].astype(np.int32) if len(own) else own})


def _passage_keys(tokens: Ragged, words: Ragged, lexicon: LexiconBuilder) -> tuple[Keys, NDArray[np.int64]]:
    """The keys of the terms of `bot.language.analyzer.passage_terms`, and the passage of each."""
    ids = tokens.columns["ids"].astype(np.int64)
    shared = (tokens.columns["flags"] & SHARED) > 0
    passages = np.repeat(np.arange(len(tokens)), tokens.lengths)
    folds = np.asarray(lexicon.folds, np.int64)[ids] if len(ids) else ids
    own = ~shared
    beside = (passages[:-1] == passages[1:]) & ~(shared[:-1] & shared[1:])
    left, right = np.flatnonzero(beside), np.flatnonzero(beside) + 1
    of_word = np.repeat(np.arange(len(words)), words.lengths)
    first = words.columns["first"] + tokens.starts[of_word]
    last = words.columns["last"] + tokens.starts[of_word]
    said = np.concatenate([[0], np.cumsum(own)])
    kept = said[last + 1] > said[first]  # not all of it is a shared name
    first, last, of_word = first[kept], last[kept], of_word[kept]
    two = last == first + 1
    known = list(lexicon.ids)
    runs = [
        lexicon.add_run("_".join(known[number] for number in ids[start : end + 1].tolist()))
        for start, end in zip(first[~two].tolist(), last[~two].tolist(), strict=True)
    ]
    return (
        np.concatenate(
            [
                term_keys(View.SYLLABLE, ids[own]),
                term_keys(View.FOLDED, folds[own]),
                term_keys(View.BIGRAM, ids[left], ids[right]),
                term_keys(View.FOLDED_BIGRAM, folds[left], folds[right]),
                term_keys(View.WORD, ids[first[two]], ids[last[two]]),
                term_keys(View.LONG_WORD, np.array(runs, np.int64)),
            ]
        ),
        np.concatenate([passages[own], passages[own], passages[left], passages[left], of_word[two], of_word[~two]]),
    )


def _name_keys(
    articles: Sequence[AnalyzedArticle], ids_of: Sequence[NDArray[np.int64]], lexicon: LexiconBuilder
) -> tuple[Keys, NDArray[np.int64]]:
    """The keys of the terms of `bot.language.analyzer.name_terms`, and the passage of each."""
    keys: list[Keys] = []
    passages: list[NDArray[np.int64]] = []
    known = list(lexicon.ids)
    number = 0
    for article, ids in zip(articles, ids_of, strict=True):
        of_set = [_set_keys([[int(ids[own]) for own in run] for run in runs], lexicon, known) for runs in article.names]
        for named in article.named.tolist():
            keys.append(of_set[named])
            passages.append(np.full(len(of_set[named]), number))
            number += 1
    empty = np.empty(0, np.int64)
    return np.concatenate([*keys, empty.astype(np.uint64)]), np.concatenate([*passages, empty])


def _set_keys(runs: Sequence[Sequence[int]], lexicon: LexiconBuilder, known: Sequence[str]) -> Keys:
    found: list[Any] = [np.empty(0, np.uint64)]
    for run in runs:
        ids = np.array(run, np.int64)
        folds = np.array([lexicon.folds[number] for number in run], np.int64)
        found += [term_keys(View.SYLLABLE, ids), term_keys(View.FOLDED, folds)]
        found += [term_keys(View.BIGRAM, ids[:-1], ids[1:]), term_keys(View.FOLDED_BIGRAM, folds[:-1], folds[1:])]
        if len(run) == 2:
            found.append(term_keys(View.WORD, ids[:1], ids[1:]))
        elif len(run) > 2:
            long = lexicon.add_run("_".join(known[number] for number in run))
            found.append(term_keys(View.LONG_WORD, np.array([long])))
    return np.unique(np.concatenate(found))


def _count_terms(
    keys: Keys, passages: NDArray[np.int64], size: int, known: KeyColumns
) -> tuple[KeyColumns, Ragged, NDArray[np.int32]]:
    """Count the terms of each passage: the known keys with the new ones, the counts in columns, and the lengths."""
    different, places = np.unique(keys, return_inverse=True)
    known = known.with_keys(different)
    columns = known.columns_of(different).astype(np.int64)[places]
    pairs, counts = np.unique(passages << 32 | columns, return_counts=True)
    rows = np.bincount(pairs >> 32, minlength=size)
    counted = Ragged.of(rows, terms=(pairs & 0xFFFFFFFF).astype(np.int32), counts=narrow_counts(counts))
    return known, counted, np.bincount(passages, minlength=size).astype(np.int32)
