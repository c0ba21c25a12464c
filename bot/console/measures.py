"""The measures of an evaluation as a table."""

from rich.table import Table
from rich.text import Text

from bot.console.rendering import Tidy, terminal
from bot.evaluation.measures import Judged, Report
from bot.model import Status

_HEADINGS = ("kiểu", "số câu", "hit@1", "hit@3", "MRR@10", "câu đúng", "từ chối sai", "từ chối đúng")
_LEAST_WIDTH = 80


def print_measures(report: Report, *, verbose: bool) -> None:
    """
    Print the measures, a line a style.

    Args:
        report: To be printed.
        verbose: Then also every question that was missed, with what came first instead.
    """
    out = terminal()
    out.width = max(out.width, _LEAST_WIDTH)  # narrower, no number would be whole
    table = Table(box=None, pad_edge=False)
    for number, heading in enumerate(_HEADINGS):
        table.add_column(heading, justify="left" if number == 0 else "right", no_wrap=True)
    for one in report.styles:
        shares = (one.hit1, one.hit3, one.mrr10, one.sentence, one.wrongly_refused, one.rightly_refused)
        table.add_row(one.style, str(one.count), *("–" if share is None else f"{share:.3f}" for share in shares))
    out.print(Tidy(table))
    if verbose:
        for judged in report.judged:
            if judged.missed:
                out.print(_miss(judged))


def _miss(judged: Judged) -> Text:
    refused = judged.answer.status is Status.NOT_FOUND
    if not judged.gold.qrels:
        verdict = "trả lời nhầm"
    elif refused:
        verdict = "từ chối nhầm"
    elif not any(judged.relevant[:1]):
        verdict = f"đúng ở hạng {judged.relevant.index(True) + 1}" if any(judged.relevant) else "trật"
    else:
        verdict = "nhầm câu"
    first = judged.answer.hits[0].passage.text[:80] if judged.answer.hits else "–"
    return Text(f"{judged.gold.id} [{judged.gold.style}] {verdict}: {judged.gold.question}\n    → {first}")
