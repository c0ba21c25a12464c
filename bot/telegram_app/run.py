"""Running the bot: checks first, then polling or a webhook until it is told to stop, then an orderly end."""

import asyncio
import gc
import hashlib
import signal
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager, suppress
from pathlib import Path
from time import monotonic
from urllib.parse import urlsplit

import structlog
from platformdirs import user_state_path
from telegram import Bot
from telegram.error import Conflict, InvalidToken, NetworkError, TelegramError

from bot.answering.engine import Engine
from bot.answering.memo import MemoEngine
from bot.config import Settings
from bot.errors import ConfigurationError, ServiceError
from bot.journal.journal import Journal
from bot.telegram_app.application import UPDATES, App, build_application
from bot.telegram_app.library import Library
from bot.telegram_app.limits import Admission, PersonLimits
from bot.telegram_app.logs import configure_logs
from bot.telegram_app.outbox import Outbox
from bot.telegram_app.services import Services, put_into
from bot.telegram_app.turns import Turns

_SETTLED = 5.0  # seconds; another instance that was there before is heard of within one or two
_RECEIVING_ENDS, _WORK_ENDS, _CLOSING_ENDS = 2.0, 5.0, 1.0  # seconds, less than ten together
_COLLECTED_EVERY = 10_000  # new objects: one answer makes some hundreds
_log = structlog.get_logger(__name__)

OpenEngine = Callable[[], Engine]
Follow = Callable[[Engine, Callable[[Engine], None]], AbstractContextManager[object]]
Reopen = Callable[[str], Engine]


def run_bot(settings: Settings, open_engine: OpenEngine, follow: Follow, reopen: Reopen) -> None:
    """
    Run the bot until it gets SIGTERM or SIGINT.

    Args:
        settings: With a token.
        open_engine: Opens the corpus; called once the token is known to be good.
        follow: Hands over the engine anew, from another thread, whenever the articles have changed.
        reopen: Opens a state of the articles by its `Engine.saved` in another process; it is pickled.

    Raises:
        ConfigurationError: There is no token, or the webhook's settings are of no use.
        CorpusError: See `bot.bootstrap.open_engine`.
        JournalError: The journal cannot be opened.
        ServiceError: The token is refused, the server cannot be reached, or another instance uses the same token.
    """
    token = settings.telegram_token
    if token is None:
        raise ConfigurationError(
            "TELEGRAM_BOT_TOKEN is not set",
            "Chưa có TELEGRAM_BOT_TOKEN. Xin một token ở @BotFather rồi ghi vào tệp .env: TELEGRAM_BOT_TOKEN=…",
        )
    configure_logs([token, settings.telegram_webhook_secret or ""])
    # Questions are worked out in threads: hand the interpreter over often enough for the event loop to stay quick.
    sys.setswitchinterval(0.001)
    asyncio.run(_run(settings, open_engine, follow, reopen))


def state_folder(settings: Settings) -> Path:
    """The folder of the journal."""
    return settings.state or user_state_path("hoibao", appauthor=False)


async def _run(settings: Settings, open_engine: OpenEngine, follow: Follow, reopen: Reopen) -> None:
    application = build_application(settings)
    await _check_token(application, settings)
    try:
        engine = open_engine()
        engine.answer("Câu hỏi đầu tiên")  # the segmenter loads its model now, while there is one thread
        services = _services(settings, application.bot, MemoEngine.over(engine), reopen)
        put_into(application.bot_data, services)
        # What is there now stays: the collector, a twelfth of all the time under load, need not look at it again and again.
        gc.freeze()
        gc.set_threshold(_COLLECTED_EVERY)
    except BaseException:
        await application.shutdown()
        raise
    loop = asyncio.get_running_loop()

    def renew(fresh: Engine) -> None:
        with suppress(RuntimeError):  # the loop has ended
            loop.call_soon_threadsafe(services.renew, MemoEngine.over(fresh))

    try:
        with follow(engine, renew):
            await _serve(application, settings)
    finally:
        await _end(application)


def _services(settings: Settings, bot: Bot, engine: MemoEngine, reopen: Reopen) -> Services:
    # The one clock that only rises for limits; the journal's own tells the date.
    journal = Journal(state_folder(settings) / "journal.sqlite")
    return Services(
        settings=settings,
        library=Library(engine.index, bot.username),
        turns=Turns(engine, journal, reopen),
        journal=journal,
        outbox=Outbox(bot),
        admission=Admission(settings.telegram_allowed_chats, settings.telegram_admins),
        limits=PersonLimits(settings.telegram_person_limit, monotonic),
        inline_limits=PersonLimits(6 * settings.telegram_person_limit, monotonic),
        refusals=PersonLimits(1, monotonic),
    )


async def _check_token(application: App, settings: Settings) -> None:
    try:
        await application.initialize()
    except InvalidToken:
        raise ServiceError(
            "the token was refused",
            "Telegram không nhận TELEGRAM_BOT_TOKEN này. Kiểm tra lại token do @BotFather cấp.",
        ) from None
    except NetworkError as error:
        where = urlsplit(settings.telegram_base_url)
        raise ServiceError(
            f"cannot reach the Bot API: {error}",
            f"Không kết nối được tới máy chủ Telegram ({where.scheme}://{where.netloc}). "
            "Kiểm tra mạng, hoặc TELEGRAM_BASE_URL.",
        ) from None
    except TelegramError as error:
        raise ServiceError(f"getMe failed: {error}", "Máy chủ Telegram từ chối bot lúc khởi động.") from None


async def _serve(application: App, settings: Settings) -> None:
    """Take updates until a signal comes or another instance turns out to be there."""
    loop = asyncio.get_running_loop()
    stopped: asyncio.Future[None] = loop.create_future()

    def stop() -> None:
        if not stopped.done():
            stopped.set_result(None)

    for number in (signal.SIGTERM, signal.SIGINT):
        with suppress(NotImplementedError):  # Windows: Ctrl-C still raises KeyboardInterrupt
            loop.add_signal_handler(number, stop)
    if application.post_init is not None:
        await application.post_init(application)
    await application.start()
    if settings.telegram_webhook_url:
        await _listen(application, settings, settings.telegram_webhook_url)
    else:
        await _poll(application, stopped)
    _log.info(
        "running",
        bot=application.bot.username,
        mode="webhook" if settings.telegram_webhook_url else "polling",
    )
    await stopped
    _log.info("stopping")


async def _poll(application: App, stopped: asyncio.Future[None]) -> None:
    started = monotonic()

    def on_failure(error: TelegramError) -> None:
        if not isinstance(error, Conflict):
            _log.warning("updates not received, trying again", reason=str(error))
        elif monotonic() - started > _SETTLED:
            _log.error("another instance was started with this token; this one goes on")
        elif not stopped.done():
            stopped.set_exception(_second_instance())

    if application.updater is None:
        raise RuntimeError("the application has no updater")
    try:
        await application.updater.start_polling(allowed_updates=UPDATES, error_callback=on_failure)
    except Conflict:
        raise _second_instance() from None
    except TelegramError as error:
        raise ServiceError(f"polling: {error}", "Không nhận được tin từ máy chủ Telegram.") from None


async def _listen(application: App, settings: Settings, address: str) -> None:
    if application.updater is None:
        raise RuntimeError("the application has no updater")
    try:
        await application.updater.start_webhook(
            listen=settings.telegram_webhook_listen,
            port=settings.telegram_webhook_port,
            url_path=urlsplit(address).path.strip("/"),
            webhook_url=address,
            secret_token=webhook_secret(settings),
            allowed_updates=UPDATES,
        )
    except OSError as error:
        place = f"{settings.telegram_webhook_listen}:{settings.telegram_webhook_port}"
        raise ConfigurationError(f"{place}: {error}", f"Không lắng nghe được ở {place}: {error.strerror}.") from None
    except TelegramError as error:
        raise ServiceError(f"setWebhook: {error}", f"Telegram không nhận TELEGRAM_WEBHOOK_URL ({error.message}).") from None


def webhook_secret(settings: Settings) -> str:
    """The webhook's secret: the operator's, else one made from the token, the same at every start."""
    if settings.telegram_webhook_secret:
        return settings.telegram_webhook_secret
    return hashlib.blake2b((settings.telegram_token or "").encode(), digest_size=24, person=b"webhook").hexdigest()


def _second_instance() -> ServiceError:
    return ServiceError(
        "another instance polls with the same token (409)",
        "Đã có một bot khác đang chạy với token này (lỗi 409). Hãy dừng bot kia trước.",
    )


async def _end(application: App) -> None:
    """Receive nothing more, finish what has begun, save; whatever hangs is left after a few seconds."""
    updater = application.updater
    try:
        for seconds, step in (
            (_RECEIVING_ENDS, updater.stop if updater is not None and updater.running else None),
            (_WORK_ENDS, application.stop if application.running else None),
            (_CLOSING_ENDS, application.shutdown),
        ):
            if step is None:
                continue
            try:
                async with asyncio.timeout(seconds):
                    await step()
            except TimeoutError:
                _log.warning("did not end in time", step=step.__name__, seconds=seconds)
            except TelegramError as error:
                _log.warning("ended with an error", step=step.__name__, reason=str(error))
    finally:  # or the processes that work out answers would be waited for
        if application.post_shutdown is not None:
            await application.post_shutdown(application)
    _log.info("stopped")
