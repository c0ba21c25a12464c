"""
The errors that Hỏi Báo raises on purpose, caught once at the edge (`bot.cli`).

    HoiBaoError
    ├── CorpusError           the folder of articles cannot be used at all
    │   └── ArticleError      one file cannot be read; the others still can
    ├── ConfigurationError    a setting or an editable table is not understood
    ├── IndexFileError        an index on disk is missing, damaged or of another version
    ├── GoldError             a file of judged questions is not understood
    ├── JournalError          what was asked cannot be kept or read
    └── ServiceError          the bot cannot start: token, server, or another one like it

Each carries an English message for developers' logs and a Vietnamese one for the person at the screen.
"""


class HoiBaoError(Exception):
    """
    Base of the tree.

    Args:
        message: English, for logs.
        vietnamese: What the person at the console reads; says what to do where it can.
    """

    def __init__(self, message: str, vietnamese: str) -> None:
        super().__init__(message)
        self.vietnamese = vietnamese


class CorpusError(HoiBaoError):
    """The folder of articles cannot be used at all."""


class ArticleError(CorpusError):
    """One file cannot be read as an article."""


class ConfigurationError(HoiBaoError):
    """A setting or an editable table is not understood."""


class IndexFileError(HoiBaoError):
    """An index on disk is missing, damaged or of another version."""


class GoldError(HoiBaoError):
    """A file of judged questions is not understood."""


class JournalError(HoiBaoError):
    """What was asked cannot be kept or read."""


class ServiceError(HoiBaoError):
    """A server that is needed (Telegram, Qdrant) is away or refuses, or a second bot has the same token."""
