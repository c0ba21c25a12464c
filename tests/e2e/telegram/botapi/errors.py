"""Errors: those the Bot API reports to the bot, and those that tell a test it asks for the impossible."""

from typing import Any

JsonDict = dict[str, Any]


class ApiError(Exception):
    """Refuse a Bot API call; the HTTP layer turns this into the error body of the real server."""

    def __init__(self, code: int, description: str, *, retry_after: int | None = None) -> None:
        super().__init__(description)
        self.code = code
        self.description = description
        self.retry_after = retry_after

    def body(self) -> JsonDict:
        """Build the response object that carries this error."""
        body: JsonDict = {"ok": False, "error_code": self.code, "description": self.description}
        if self.retry_after is not None:
            body["parameters"] = {"retry_after": self.retry_after}
        return body


class DriverError(AssertionError):
    """Fail a test that does something no Telegram user could do, such as pressing a missing button."""


class WaitTimeout(DriverError, TimeoutError):
    """Fail a test whose awaited condition did not come true in time."""


def bad_request(message: str) -> ApiError:
    """Build a 400 error; like the real server, lower the first letter unless the text is a code or an acronym."""
    second = message[1:2]
    if not (second == "_" or ("A" <= second <= "Z")):
        message = message[:1].lower() + message[1:]
    return ApiError(400, f"Bad Request: {message}")


def forbidden(message: str) -> ApiError:
    """Build a 403 error."""
    return ApiError(403, f"Forbidden: {message}")


def conflict(message: str) -> ApiError:
    """Build a 409 error."""
    return ApiError(409, f"Conflict: {message}")


def too_many_requests(retry_after: int) -> ApiError:
    """Build a 429 error that names the pause in seconds."""
    return ApiError(429, f"Too Many Requests: retry after {retry_after}", retry_after=retry_after)
