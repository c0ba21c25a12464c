"""Commands: what the bot is, the articles, the conversation, and what is kept of a person."""

from telegram import Update
from telegram.constants import ChatType

from bot.answering.suggestions import suggest_questions
from bot.telegram_app import phrases
from bot.telegram_app.outbox import Place
from bot.telegram_app.questions import may_ask
from bot.telegram_app.reading import render_article, render_passage, render_sources
from bot.telegram_app.rendering import Screen, question_rows
from bot.telegram_app.rich_text import join, rich
from bot.telegram_app.services import (
    Context,
    Services,
    person_of,
    reply_place,
    services_of,
    talk_of,
    thread_of,
)


async def start(update: Update, context: Context) -> None:
    """Say what the bot is, with three questions to try; or open the passage that a link leads to."""
    services = services_of(context)
    payload = context.args[0] if context.args else ""
    if payload.startswith("a_"):
        found = services.library.linked(payload)
        if found is not None:
            await _say(update, services, render_passage(services.library, *found))
            return
        await _say(update, services, Screen(rich(phrases.GONE_ARTICLE)))
    index = services.library.index
    examples = await services.turns.beside(suggest_questions, index)
    welcome = rich(phrases.WELCOME.format(articles=len(index.articles)))
    await _say(update, services, Screen(join([welcome, rich(phrases.TRY)], "\n\n"), question_rows(examples)))


async def help_(update: Update, context: Context) -> None:
    """Say how to ask, and list the commands."""
    services = services_of(context)
    text = rich(phrases.HELP.format(username=context.bot.username))
    commands = [rich(f"/{name}") + f" – {meaning}" for name, meaning in phrases.COMMANDS.items()]
    await _say(update, services, Screen(join([text, join(commands)], "\n\n")))


async def sources(update: Update, context: Context) -> None:
    """List the articles."""
    services = services_of(context)
    await _say(update, services, render_sources(services.library, 0))


async def article(update: Update, context: Context) -> None:
    """Open an article by its number in the list."""
    services = services_of(context)
    articles = services.library.articles
    written = context.args[0] if context.args else ""
    if not written.isdecimal() or len(written) > 9:
        await _say(update, services, Screen(rich(phrases.WHICH_ARTICLE.format(count=len(articles)))))
    elif not 1 <= int(written) <= len(articles):
        text = phrases.NO_ARTICLE.format(number=int(written), count=len(articles))
        await _say(update, services, Screen(rich(text)))
    else:
        await _say(update, services, render_article(services.library, articles[int(written) - 1], 0))


async def new(update: Update, context: Context) -> None:
    """Forget the conversation, and the article that it was restricted to."""
    services = services_of(context)
    await services.turns.forget(talk_of(services, update))
    await _say(update, services, Screen(rich(phrases.FORGOTTEN_TALK)))


async def privacy(update: Update, context: Context) -> None:
    """Say what is kept, and for how long."""
    services = services_of(context)
    log = phrases.LOG_WITH if services.settings.log_questions else phrases.LOG_WITHOUT
    await _say(update, services, Screen(rich(phrases.PRIVACY.format(log=log))))


async def erase(update: Update, context: Context) -> None:
    """Delete what is kept of the person."""
    services = services_of(context)
    person = services.journal.person_key(person_of(update))
    services.turns.forget_recent(person)
    forgotten = await services.turns.in_journal(services.journal.forget_person, person)
    services.limits.forget(person)
    text = phrases.ERASED.format(answers=forgotten.answers, votes=forgotten.votes, conversations=forgotten.conversations)
    await _say(update, services, Screen(rich(text)))


async def statistics(update: Update, context: Context) -> None:
    """Tell an administrator what happened; to others this is no command."""
    services = services_of(context)
    if person_of(update) not in services.admission.admins:
        await unknown(update, context)
        return
    answers, votes = await services.turns.in_journal(services.journal.totals)
    counts, index = services.counts, services.library.index
    text = phrases.STATISTICS.format(
        articles=len(index.articles),
        passages=len(index.passages),
        answers=answers,
        good=votes.good,
        bad=votes.bad,
        since=f"{counts.since:%d/%m/%Y %H:%M}",
        questions=counts.questions,
        not_found=counts.not_found,
        errors=counts.errors,
    )
    await _say(update, services, Screen(rich(text)))


async def unknown(update: Update, context: Context) -> None:
    """Say that there is no such command; in a group it may be another bot's."""
    services, message = services_of(context), update.message
    if message is not None and message.chat.type == ChatType.PRIVATE and await may_ask(services, update, message):
        await _say(update, services, Screen(rich(phrases.UNKNOWN_COMMAND)))


async def _say(update: Update, services: Services, screen: Screen) -> None:
    message = update.message
    if message is None:
        return
    place = reply_place(message)
    if message.chat.type == ChatType.PRIVATE:
        place = Place(message.chat.id, thread_of(message))
    await services.outbox.send(place, screen)
