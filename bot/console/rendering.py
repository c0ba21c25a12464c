"""Answers and articles as text for a terminal, through rich: wrapped to the width, colour only where it shows."""

from collections.abc import Sequence

from rich.console import Console, ConsoleOptions, Group, RenderableType, RenderResult
from rich.padding import Padding
from rich.segment import Segment
from rich.table import Table
from rich.text import Text

from bot.model import Answer, Article, Hit, Kind, Passage, Rejection, Status
from bot.wording import KINDS, NO_QUESTION, NOT_FOUND, SMALL_TALK, citation_parts, lacks, moment

_STRONG, _MARK, _QUIET, _WARN = "bold green", "underline", "dim", "yellow"


class Tidy:
    """Anything printable, without the spaces that lines are filled up with: they would be copied and piped along."""

    def __init__(self, *parts: RenderableType) -> None:
        self.parts = parts

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Yield the lines of the parts, each without its trailing spaces."""
        for line in console.render_lines(Group(*self.parts), options, pad=False):
            while line and not line[-1].text.rstrip(" "):
                line.pop()
            if line:
                yield from line[:-1]
                yield Segment(line[-1].text.rstrip(" "), line[-1].style)
            yield Segment.line()


def render_answer(answer: Answer, *, colour: bool, explain: bool = False) -> Tidy:
    """
    Lay out an answer: how it was read, the passages best first with the answering sentence marked, their citations.

    Args:
        answer: To be shown.
        colour: Whether style will be seen; without it »…« mark the sentence.
        explain: Also show what each word adds to the score.
    """
    if answer.small_talk is not None:
        return Tidy(Text(SMALL_TALK[answer.small_talk]))
    parts: list[RenderableType] = []
    refused = answer.status is Status.NOT_FOUND
    if answer.understood_as is not None:
        asked = "Ý bạn là: " if answer.corrected else "Hiểu là: "
        parts.append(Text(f"{asked}{answer.understood_as}", style=_QUIET))
    if refused:
        parts.append(Text(NOT_FOUND if answer.question.strip() else NO_QUESTION, style=_WARN))
    if answer.missing and answer.question.strip():
        parts.append(Text(f"Không thấy trong bài: {', '.join(answer.missing)}", style=_WARN))
    if answer.lacking is not None:
        parts.append(Text(lacks(answer.lacking), style=_WARN))
    if refused and answer.hits:
        parts.append(Text("Đoạn gần nhất:", style=_QUIET))
    parts.append(render_hits(answer, answer.hits, colour=colour, explain=explain))
    if answer.suggestions:
        parts.append(Text("\nCó thể hỏi:", style=_QUIET))
        parts += [Padding(Text(f"• {question}"), (0, 0, 0, 2)) for question in answer.suggestions]
    return Tidy(*parts)


def render_hits(answer: Answer, hits: Sequence[Hit], *, colour: bool, explain: bool = False) -> Tidy:
    """Lay out some of an answer's passages; see `render_answer`."""
    shown = (_render_hit(hit, answered=answer.status is Status.ANSWERED, colour=colour, explain=explain) for hit in hits)
    return Tidy(*shown)


def _render_hit(hit: Hit, *, answered: bool, colour: bool, explain: bool) -> Table:
    passage = Text(hit.passage.text)
    start, end = hit.answer
    if answered:
        passage.stylize(_STRONG, start, end)
    for first, last in hit.highlights:
        passage.stylize(_MARK, first, last)
    if answered and not colour:
        passage = passage[:start] + Text("»") + passage[start:end] + Text("«") + passage[end:]
    where = " · ".join([*citation_parts(hit.citation, hit.passage), hit.citation.file])
    lines = [Text(hit.citation.title, style="bold"), passage, Text(where, style=_QUIET)]
    if hit.rank > 1 and hit.missing:
        lines.append(Text(f"Không thấy trong đoạn này: {', '.join(hit.missing)}", style=_QUIET))
    if explain:
        total = sum(share.share for share in hit.shares) or 1.0
        shares = ", ".join(f"{share.term} {share.share / total:.0%}" for share in hit.shares[:12])
        lines.append(Text(f"Điểm {hit.score:.2f}; phần của mỗi từ trong BM25: {shares}", style=_QUIET))
    row = Table.grid(padding=(0, 1, 0, 0))
    row.add_row("")
    row.add_row(Text(f"{hit.rank}.", style="bold"), Group(*lines))
    return row


def render_sources(articles: Sequence[Article]) -> Tidy:
    """List the articles, numbered from 1."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("#", justify="right")
    table.add_column("Bài, tệp", overflow="fold", ratio=3)
    table.add_column("Nguồn, tác giả", overflow="fold", ratio=2)
    table.add_column("Ngày đăng", width=10)
    for number, article in enumerate(articles, start=1):
        table.add_row(
            str(number),
            Text.assemble(article.title, ("\n" + article.file, _QUIET)),
            Text("\n".join(filter(None, (article.source, ", ".join(article.authors))))),
            moment(article.published) if article.published is not None else "",
        )
    return Tidy(table)


def render_article(article: Article, passages: Sequence[Passage]) -> Tidy:
    """Lay out a whole article with its paragraph numbers."""
    published = moment(article.published) if article.published is not None else None
    facts = filter(None, (article.source, published, ", ".join(article.authors)))
    parts: list[RenderableType] = [Text(article.title, style="bold"), Text(" · ".join(facts), style=_QUIET)]
    before = None
    for passage in passages:
        if passage.paragraph is not None:
            number = f"[{passage.paragraph}] " if passage.paragraph != before else ""  # a long one is in parts
            parts.append(Text.assemble(("\n" + number, _QUIET), passage.text))
            before = passage.paragraph
        elif passage.kind is Kind.HEADING:
            parts.append(Text("\n" + passage.text, style="bold"))
        elif passage.kind is Kind.CAPTION:
            parts.append(Text(f"\n({KINDS[passage.kind]}) {passage.text}", style=_QUIET))
    return Tidy(*parts)


def render_rejections(rejections: Sequence[Rejection]) -> Tidy:
    """List the files that were left out, with their reasons."""
    return Tidy(*(Text(f"Bỏ qua {one.file}: {one.reason}", style=_WARN) for one in rejections))


def terminal() -> Console:
    """A console on standard output that keeps text whole: no markup, no guessing at links or numbers."""
    out = Console(highlight=False, markup=False, emoji=False, soft_wrap=False)
    if out.no_color:  # NO_COLOR: then no bold or underline either, as in a pipe
        out = Console(highlight=False, markup=False, emoji=False, soft_wrap=False, color_system=None)
    return out


def has_colour(out: Console) -> bool:
    """Whether style shows on a console."""
    return out.color_system is not None
