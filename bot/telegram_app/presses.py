"""Pressed buttons: each is answered, whatever it carries and however old it is."""

from dataclasses import replace
from typing import Any

from telegram import CallbackQuery, Message, Update

from bot.journal.journal import KeptAnswer, Votes
from bot.model import Hit
from bot.telegram_app import phrases
from bot.telegram_app.buttons import (
    AnswerPress,
    ArticlePress,
    Button,
    NothingPress,
    PassagePress,
    QuestionPress,
    RestrictPress,
    SourcesPress,
    View,
    parse_press,
)
from bot.telegram_app.limits import Verdict
from bot.telegram_app.outbox import Place
from bot.telegram_app.questions import ALONE, answer_at, note_question, shown_of
from bot.telegram_app.reading import (
    as_hit,
    page_of,
    render_article,
    render_context,
    render_passage,
    render_sources,
)
from bot.telegram_app.rendering import Screen, Shown, render_answer, render_more, render_rest, vote_buttons
from bot.telegram_app.rich_text import shorten
from bot.telegram_app.services import Context, Services, person_of, services_of, talk_of, thread_of


async def on_press(update: Update, context: Context) -> None:
    """Do what a pressed button says, and answer the press."""
    query, services = update.callback_query, services_of(context)
    if query is None:
        return
    press = parse_press(query.data or "")
    message = query.message
    if press is None:
        await query.answer(phrases.UNKNOWN_BUTTON, show_alert=True)
    elif isinstance(press, NothingPress):
        await query.answer()
    elif not isinstance(message, Message) or not message.date.timestamp():  # gone, or older than Telegram tells of
        await query.answer(phrases.TOO_OLD, show_alert=True)
    elif isinstance(press, AnswerPress):
        await _press_answer(update, context, query, message, press)
    elif isinstance(press, QuestionPress):
        await _press_question(update, context, query, message)
    elif isinstance(press, RestrictPress):
        await _press_restriction(update, services, query, press)
    elif isinstance(press, SourcesPress):
        await _show(services, query, message, render_sources(services.library, press.page))
    else:
        await _press_article(services, query, message, press)


async def _press_answer(update: Update, context: Context, query: CallbackQuery, message: Message, press: AnswerPress) -> None:
    services = services_of(context)
    kept = await services.turns.in_journal(services.journal.answer, press.answer)
    if kept is None or (kept.chat, kept.message) != (message.chat.id, message.message_id):
        await query.answer(phrases.TOO_OLD, show_alert=True)
        return
    if press.view in (View.GOOD, View.BAD):
        await _vote(update, services, query, message, press)
        return
    if press.view in (View.ONLY, View.ALL):
        await _search_elsewhere(update, services, query, message, kept, press.view)
        return
    turn = await services.turns.ask_again(kept, thread_of(message), kept.question, kept.only)
    shown = shown_of(services, turn, asked_by_button=not kept.asked_in)
    if not turn.answer.hits:  # the articles have changed since
        await _show(services, query, message, render_answer(shown, services.library))
        return
    await _show(services, query, message, await _view(services, shown, press))


async def _view(services: Services, shown: Shown, press: AnswerPress) -> Screen:
    library, hit = services.library, shown.answer.hits[0]
    back = (Button(phrases.BACK, AnswerPress(shown.number, View.HOME).data),)
    if press.view is View.MORE:
        return render_more(shown, library, press.number)
    if press.view is View.REST:
        return render_rest(shown, library, press.number)
    if press.view is View.CONTEXT:
        whole = Button(phrases.WHOLE, AnswerPress(shown.number, View.ARTICLE).data)
        return render_context(library, hit, ((*back, whole),))
    if press.view is View.ARTICLE:
        return _article_of(services, hit, press, (back,))
    votes = await services.turns.in_journal(services.journal.votes, shown.number)
    return render_answer(shown, library, votes)


def _article_of(
    services: Services, hit: Hit, press: AnswerPress | PassagePress, back: tuple[tuple[Button, ...], ...]
) -> Screen:
    """A page of the hit's article: 0 for the one that it stands on, else the page from 1."""
    library = services.library
    article = library.article_of(hit.passage.file)
    if article is None:
        return Screen(render_context(library, hit, back).text, back)
    page = press.number - 1 if press.number else page_of(library, article, hit.passage)
    return render_article(library, article, page, lambda turn: replace(press, number=turn + 1).data, back)


async def _vote(update: Update, services: Services, query: CallbackQuery, message: Message, press: AnswerPress) -> None:
    good = press.view is View.GOOD
    person = services.journal.person_key(person_of(update))
    votes = await services.turns.in_journal(lambda: services.journal.vote(press.answer, person, good=good))
    await query.answer(phrases.THANKS_GOOD if good else phrases.THANKS_BAD)
    rows = _with_votes(message, press.answer, votes)
    if rows is not None:
        await services.outbox.edit_buttons(message.chat.id, message.message_id, rows)


def _with_votes(message: Message, number: int, votes: Votes) -> list[list[dict[str, Any]]] | None:
    """The keyboard of a message with other numbers on its votes; None when they stand there already."""
    if message.reply_markup is None:
        return None
    labels: dict[object, str] = {button.data: button.label for button in vote_buttons(number, votes)}
    before = [[key.to_dict() for key in row] for row in message.reply_markup.inline_keyboard]
    after = [[key | {"text": labels.get(key.get("callback_data"), key["text"])} for key in row] for row in before]
    return None if after == before else after


async def _search_elsewhere(
    update: Update, services: Services, query: CallbackQuery, message: Message, kept: KeptAnswer, view: View
) -> None:
    """Ask the same question again, of one article only or of all again, and show that in the same message."""
    if not await _may_ask(update, services, query):
        return
    only = None
    if view is View.ONLY:
        found = await services.turns.ask_again(kept, thread_of(message), kept.question, kept.only)
        if found.answer.hits:
            only = found.answer.hits[0].passage.file
    turn = await services.turns.ask_again(kept, thread_of(message), kept.question, only)
    own = kept.person == services.journal.person_key(person_of(update))
    votes = await services.turns.in_journal(services.journal.votes, kept.id)
    screen = render_answer(shown_of(services, turn, asked_by_button=not kept.asked_in), services.library, votes)
    services.turns.keep(turn, kept.message, kept.asked_in, as_last=own)
    await _show(services, query, message, screen)
    note_question(services, update, turn)


async def _press_question(update: Update, context: Context, query: CallbackQuery, message: Message) -> None:
    """Ask the question that a button is labelled with."""
    services = services_of(context)
    keys = [key for row in message.reply_markup.inline_keyboard for key in row] if message.reply_markup else []
    question = next((key.text for key in keys if key.callback_data == query.data), None)
    if question is None:
        await query.answer(phrases.TOO_OLD, show_alert=True)
        return
    if not await _may_ask(update, services, query):
        return
    await query.answer()
    place = Place(message.chat.id, thread_of(message), message.message_id)
    await answer_at(update, context, question, place, light=ALONE)


async def _press_restriction(update: Update, services: Services, query: CallbackQuery, press: RestrictPress) -> None:
    article = services.library.article(press.article)
    if press.article and article is None:
        await query.answer(phrases.GONE_ARTICLE, show_alert=True)
        return
    await services.turns.restrict(talk_of(services, update), article.file if article else None)
    text = phrases.RESTRICTED.format(title=shorten(article.title or phrases.UNTITLED, 100)) if article else phrases.UNRESTRICTED
    await query.answer(text, show_alert=True)


async def _press_article(
    services: Services, query: CallbackQuery, message: Message, press: ArticlePress | PassagePress
) -> None:
    library = services.library
    article = library.article(press.article)
    if article is None:
        await query.answer(phrases.GONE_ARTICLE, show_alert=True)
        return
    if isinstance(press, ArticlePress):
        await _show(services, query, message, render_article(library, article, press.page))
        return
    hit = as_hit(library, article, press.passage)
    back = ((Button(phrases.BACK_TO_PASSAGE, replace(press, view=View.HOME, number=0).data),),)
    if press.view is View.CONTEXT:
        screen = render_context(library, hit, back)
    elif press.view is View.ARTICLE:
        screen = _article_of(services, hit, press, back)
    else:
        screen = render_passage(library, article, press.passage, press.number)
    await _show(services, query, message, screen)


async def _show(services: Services, query: CallbackQuery, message: Message, screen: Screen) -> None:
    """Answer a press, then show a screen in the message of the button."""
    await query.answer()
    await services.outbox.edit(message.chat.id, message.message_id, screen)


async def _may_ask(update: Update, services: Services, query: CallbackQuery) -> bool:
    user = person_of(update)
    if not services.limited(user):
        return True
    person = services.journal.person_key(user)
    if services.limits.ask(person) is Verdict.ALLOWED:
        return True
    wait = services.limits.wait(person)
    await query.answer(phrases.TOO_MANY.format(limit=services.limits.most, seconds=wait), show_alert=True)
    return False
