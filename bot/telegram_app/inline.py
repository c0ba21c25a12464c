"""Inline mode: ``@bot câu hỏi`` in any chat, a passage to send."""

from telegram import (
    InlineQueryResultArticle,
    InlineQueryResultsButton,
    InputTextMessageContent,
    LinkPreviewOptions,
    Update,
)
from telegram.constants import ParseMode

from bot.model import Answer, Hit, Status
from bot.telegram_app import phrases
from bot.telegram_app.library import Library, article_key
from bot.telegram_app.limits import Verdict
from bot.telegram_app.reading import place_of
from bot.telegram_app.rendering import copied_citation, excerpt, render_refusal_line, render_sent
from bot.telegram_app.rich_text import Rich, rich, shorten
from bot.telegram_app.services import Context, services_of
from bot.telegram_app.turns import MOST_HITS
from bot.wording import SMALL_TALK

_CACHED = 60  # seconds for which Telegram may give the same results to anybody
_MOST_TITLE, _MOST_DESCRIPTION = 120, 160


async def on_inline(update: Update, context: Context) -> None:
    """Answer an inline query with passages, or with one result that says there are none."""
    query, services = update.inline_query, services_of(context)
    if query is None:
        return
    question = query.query.strip()
    person = services.journal.person_key(query.from_user.id)
    if services.limited(query.from_user.id) and services.inline_limits.ask(person) is not Verdict.ALLOWED:
        text = phrases.TOO_MANY_INLINE
        result = _result("wait", text, "", rich(text))
        await query.answer([result], cache_time=5, is_personal=True)
        return
    if not question:
        button = InlineQueryResultsButton(phrases.INLINE_HINT, start_parameter="inline")
        await query.answer([], cache_time=_CACHED, is_personal=False, button=button)
        return
    answer = await services.turns.answer_alone(question)
    await query.answer(inline_results(answer, services.library), cache_time=_CACHED, is_personal=False)


def inline_results(answer: Answer, library: Library) -> list[InlineQueryResultArticle]:
    """
    Make results of an answer.

    Returns:
        One a passage, at most ten, best first, titled with the sentence that answers; one alone when nothing does.
    """
    if answer.small_talk is not None:
        text = SMALL_TALK[answer.small_talk]
        return [_result("talk", text, "", rich(text))]
    if answer.status is Status.NOT_FOUND:
        said = render_refusal_line(answer)
        return [_result("none", said.plain.partition("\n")[0], shorten(answer.question, _MOST_DESCRIPTION), said)]
    return [_passage_result(hit, answer, library) for hit in answer.hits[:MOST_HITS]]


def _passage_result(hit: Hit, answer: Answer, library: Library) -> InlineQueryResultArticle:
    article = library.article_of(hit.passage.file)
    place = place_of(library, article, hit.passage) if article else hit.rank
    start, end = hit.answer
    sentence = excerpt(hit.passage.text, (start, end), hit.highlights, _MOST_TITLE)
    where = copied_citation(hit, _MOST_DESCRIPTION)
    return _result(f"{article_key(hit.passage.file)}.{place}.{hit.rank}", sentence, where, render_sent(hit, answer, library))


def _result(identifier: str, title: str, description: str, text: Rich) -> InlineQueryResultArticle:
    return InlineQueryResultArticle(
        identifier,
        shorten(title, _MOST_TITLE),
        InputTextMessageContent(
            text.html, parse_mode=ParseMode.HTML, link_preview_options=LinkPreviewOptions(is_disabled=True)
        ),
        description=shorten(description, _MOST_DESCRIPTION) or None,
    )
