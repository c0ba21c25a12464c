"""Answers and articles as text for a terminal, through rich: colour only where it can be shown, wrapped to the width."""

from collections.abc import Sequence

from rich.console import Console, Group
from rich.padding import Padding
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from bot.model import Answer, Article, Hit, Passage, Rejection, Status
from bot.wording import KINDS, NO_QUESTION, NOT_FOUND, SMALL_TALK, citation_parts, moment

_STRONG, _MARK, _QUIET, _WARN = "bold green", "underline", "dim", "yellow"


def render_answer(answer: Answer, *, explain: bool = False) -> Group:
    """
    Lay out an answer: how it was read, the passages best first with the answering sentence marked, their citations.

    Args:
        answer: To be shown.
        explain: Also show what each word adds to the score.
    """
    parts: list[Text | Padding] = []
    if answer.small_talk is not None:
        return Group(Text(SMALL_TALK[answer.small_talk]))
    if answer.understood_as is not None:
        asked = "Ý bạn là: " if answer.corrected else "Hiểu là: "
        parts.append(Text(f"{asked}{answer.understood_as}", style=_QUIET))
    if answer.status is Status.NOT_FOUND:
        parts.append(Text(NOT_FOUND if answer.question.strip() else NO_QUESTION, style=_WARN))
    if answer.missing:
        parts.append(Text(f"Không thấy trong bài: {', '.join(answer.missing)}", style=_WARN))
    if answer.status is Status.NOT_FOUND and answer.hits:
        parts.append(Text("Đoạn gần nhất:", style=_QUIET))
    for hit in answer.hits:
        parts += _render_hit(hit, explain=explain, answered=answer.status is Status.ANSWERED)
    if answer.suggestions:
        parts.append(Text("\nCó thể hỏi:", style=_QUIET))
        parts += [Text(f"  • {question}") for question in answer.suggestions]
    return Group(*parts)


def _render_hit(hit: Hit, *, explain: bool, answered: bool) -> list[Text | Padding]:
    passage = Text(hit.passage.text)
    start, end = hit.answer
    if answered:
        passage.stylize(_STRONG, start, end)
    for first, last in hit.highlights:
        passage.stylize(_MARK, first, last)
    # Without colour the answering sentence still has to stand out.
    marked = passage[:start] + Text("»") + passage[start:end] + Text("«") + passage[end:] if answered else passage
    lines: list[Text | Padding] = [Text(""), Text.assemble((f"{hit.rank}. ", "bold"), (hit.citation.title, "bold"))]
    lines.append(Padding(marked, (0, 0, 0, 3)))
    where = " · ".join([*citation_parts(hit.citation, hit.passage), hit.citation.file])
    lines.append(Padding(Text(where, style=_QUIET), (0, 0, 0, 3)))
    if hit.rank > 1 and hit.missing:
        lines.append(Padding(Text(f"Không thấy trong đoạn này: {', '.join(hit.missing)}", style=_QUIET), (0, 0, 0, 3)))
    if explain:
        shares = ", ".join(f"{share.term} {share.share:.2f}" for share in hit.shares[:12])
        lines.append(Padding(Text(f"Điểm {hit.score:.2f}: {shares}", style=_QUIET), (0, 0, 0, 3)))
    return lines


def render_sources(articles: Sequence[Article]) -> Table:
    """List the articles, numbered from 1."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("#", justify="right")
    for heading in ("Bài", "Nguồn", "Ngày đăng", "Tác giả", "Tệp"):
        table.add_column(heading, overflow="fold")
    for number, article in enumerate(articles, start=1):
        published = moment(article.published) if article.published is not None else ""
        table.add_row(
            str(number),
            Text(article.title),
            article.source or "",
            published,
            Text(", ".join(article.authors)),
            Text(article.file),
        )
    return table


def render_article(article: Article, passages: Sequence[Passage]) -> Group:
    """Lay out a whole article with its paragraph numbers."""
    facts = [
        article.source or "",
        moment(article.published) if article.published is not None else "",
        ", ".join(article.authors),
    ]
    parts: list[Text | Rule | Padding] = [
        Text(article.title, style="bold"),
        Text(" · ".join(fact for fact in facts if fact), style=_QUIET),
    ]
    for passage in passages:
        if passage.paragraph is not None:
            parts.append(Text.assemble(("\n" + f"[{passage.paragraph}] ", _QUIET), passage.text))
        elif passage.kind.value == "heading":
            parts.append(Text("\n" + passage.text, style="bold"))
        elif passage.kind.value == "caption":
            parts.append(Text(f"\n({KINDS[passage.kind]}) {passage.text}", style=_QUIET))
    return Group(*parts)


def render_rejections(rejections: Sequence[Rejection]) -> Group:
    """List the files that were left out, with their reasons."""
    return Group(*(Text(f"Bỏ qua {rejection.file}: {rejection.reason}", style=_WARN) for rejection in rejections))


def terminal() -> Console:
    """A console on standard output that keeps text whole: no markup, no guessing at links or numbers."""
    return Console(highlight=False, markup=False, emoji=False, soft_wrap=False)
