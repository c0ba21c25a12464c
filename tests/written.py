"""What an index has, in words instead of numbers, so that two indexes that number differently can be compared."""

from collections.abc import Iterator
from typing import Any

from bot.language.analyzer import FOLDED
from bot.retrieval.index import Index, TokenTable
from bot.retrieval.lexicon import Lexicon
from bot.retrieval.okapi import PostingsOkapi
from bot.retrieval.terms import View

_ID = (1 << 30) - 1


def written_term(key: int, lexicon: Lexicon) -> str:
    """Write a term as `bot.language.analyzer` does, from its key."""
    view, first, second = View(key >> 60), key >> 30 & _ID, key & _ID
    match view:
        case View.SYLLABLE:
            return lexicon.keys[first]
        case View.FOLDED:
            return FOLDED + lexicon.folded[first]
        case View.BIGRAM:
            return f"{lexicon.keys[first]} {lexicon.keys[second]}"
        case View.FOLDED_BIGRAM:
            return f"{FOLDED}{lexicon.folded[first]} {lexicon.folded[second]}"
        case View.WORD:
            return f"{lexicon.keys[first]}_{lexicon.keys[second]}"
        case View.LONG_WORD:
            return lexicon.runs[first]


def written_terms(okapi: PostingsOkapi) -> list[str]:
    """Every term that an index of numbers knows, those included that no passage has any more."""
    return [written_term(key, okapi.vocabulary.lexicon) for key in okapi.vocabulary.keys.keys.tolist()]


def written_tokens(table: TokenTable, lexicon: Lexicon) -> Iterator[tuple[object, ...]]:
    """Each text's tokens: keys, flags, sentences and spans."""
    for text in range(len(table.starts) - 1):
        ids, flags, sentences = table.of(text)
        start, end = table.starts[text : text + 2].tolist()
        spans = list(zip(table.first[start:end].tolist(), table.last[start:end].tolist(), strict=True))
        yield [lexicon.keys[number] for number in ids], flags, sentences, spans


def written_index(index: Index) -> dict[str, Any]:
    """Everything of an index but the scores, without its numbers."""
    lexicon = index.lexicon
    return {
        "articles": list(index.articles),
        "passages": list(index.passages),
        "files": list(index.files),
        "rejections": list(index.rejections),
        "keys": list(lexicon.ids),
        "surfaces": {key: index.surface(key) for key in lexicon.ids},
        "folded": list(index.folded_keys()),
        "alike": {folded: list(index.alike(folded)) for folded in index.folded_keys()},
        "dates": [lexicon.keys[number] for number in lexicon.dates],
        "tokens": list(written_tokens(index.tokens, lexicon)),
        "contexts": list(written_tokens(index.contexts, lexicon)),
        "scopes": index.scopes.tolist(),
        "places": index.places.tolist(),
        "kinds": index.kinds.tolist(),
        "sources": index.facts.sources,
        "source": index.facts.source.tolist(),
        "published": index.facts.published.tolist(),
        "shared names": index.shared_names,
        "definitions": list(index.definitions.items()),
        "lengths": [list(index.okapi.doc_len), list(index.names.doc_len)],
        "parameters": [index.okapi.parameters, index.names.parameters],
    }
