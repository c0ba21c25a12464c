"""Answers as JSON, for `--json` and `batch`."""

from typing import Any

from bot.model import Answer, Hit


def answer_row(answer: Answer, identifier: Any = None) -> dict[str, Any]:
    """
    Put an answer into the form that `--json` prints.

    Args:
        answer: To be printed.
        identifier: The `id` of the question in a batch, of any JSON type.

    Returns:
        Values that `json.dumps` takes; offsets count code points of the passage's text.
    """
    return {
        "id": identifier,
        "question": answer.question,
        "understood_as": answer.understood_as,
        "status": answer.status.value,
        "hits": [_hit_row(hit) for hit in answer.hits],
        "missing": list(answer.missing),
        "suggestions": list(answer.suggestions),
        "small_talk": answer.small_talk.value if answer.small_talk else None,
        "lacking": answer.lacking.value if answer.lacking else None,
    }


def _hit_row(hit: Hit) -> dict[str, Any]:
    start, end = hit.answer
    citation = hit.citation
    return {
        "rank": hit.rank,
        "score": round(hit.score, 4),
        "passage": {"text": hit.passage.text, "kind": hit.passage.kind.value},
        "answer": {"text": hit.passage.text[start:end], "start": start, "end": end},
        "highlights": [list(span) for span in hit.highlights],
        "missing": list(hit.missing),
        "citation": {
            "file": citation.file,
            "title": citation.title,
            "source": citation.source,
            "published": citation.published.isoformat() if citation.published else None,
            "authors": list(citation.authors),
            "section": citation.section,
            "paragraph": citation.paragraph,
        },
    }
