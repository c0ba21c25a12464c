"""Logs on standard error: for a person at a terminal, as JSON elsewhere; no token in any line."""

import logging
import re
import sys
from collections.abc import Sequence
from types import TracebackType
from typing import Any
from urllib.parse import quote

import structlog
from structlog.typing import Processor

_TOKEN = re.compile(r"(?<!\d)[1-9]\d{4,}:[A-Za-z0-9_-]{30,}")
_QUIET = {
    "httpx": logging.WARNING,
    "httpcore": logging.WARNING,
    "aiohttp": logging.WARNING,
    "apscheduler": logging.WARNING,
    "telegram": logging.CRITICAL,  # what it raises is logged where it is caught, in one line
    "tornado.access": logging.ERROR,
    "asyncio": logging.WARNING,
}


class _RedactingFormatter(structlog.stdlib.ProcessorFormatter):
    """Writes a line, then blots out every secret in it, tracebacks included."""

    def __init__(self, secrets: Sequence[str], **options: Any) -> None:
        super().__init__(**options)
        self._secrets = secrets

    def format(self, record: logging.LogRecord) -> str:
        return redact(super().format(record), self._secrets)


def redact(text: str, secrets: Sequence[str]) -> str:
    """
    Blot out secrets, and whatever looks like a bot's token.

    >>> redact("GET /bot123:abc/getMe", ["123:abc"])
    'GET /bot***/getMe'
    """
    for secret in secrets:
        for form in (secret, quote(secret, safe="")):
            text = text.replace(form, "***")
    return _TOKEN.sub("***", text)


def configure_logs(secrets: Sequence[str], *, terminal: bool | None = None) -> None:
    """
    Send all logs of the process to standard error.

    Args:
        secrets: Never to be written.
        terminal: Write for a person; when None, if standard error is a terminal.
    """
    if terminal is None:
        terminal = sys.stderr.isatty()
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="%H:%M:%S" if terminal else "iso", utc=not terminal),
    ]
    last: list[Processor] = [structlog.stdlib.ProcessorFormatter.remove_processors_meta]
    if terminal:
        # Not rich's tracebacks: they show the values of variables, questions and tokens among them.
        last.append(structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback))
    else:
        last += [structlog.processors.format_exc_info, structlog.processors.JSONRenderer(ensure_ascii=False)]
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        _RedactingFormatter([secret for secret in secrets if secret], foreign_pre_chain=shared, processors=last)
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.INFO)
    for name, level in _QUIET.items():
        logging.getLogger(name).setLevel(level)
    logging.captureWarnings(capture=True)
    logging.raiseExceptions = False
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    sys.excepthook = _log_uncaught


def _log_uncaught(kind: type[BaseException], error: BaseException, traceback: TracebackType | None) -> None:
    if issubclass(kind, KeyboardInterrupt):
        return
    structlog.get_logger(__name__).critical("uncaught exception", exc_info=(kind, error, traceback))
