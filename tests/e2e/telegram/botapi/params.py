"""Parameters of a Bot API call: decoded from every encoding the server accepts, with typed access."""

import json
import re
from typing import Any
from urllib.parse import parse_qsl

from aiohttp import web

from .errors import ApiError, JsonDict, bad_request

_JSON_FIELDS = frozenset(
    {
        "allowed_updates",
        "button",
        "commands",
        "entities",
        "link_preview_options",
        "menu_button",
        "reply_markup",
        "reply_parameters",
        "results",
        "scope",
    }
)
_INTEGER_FIELDS = frozenset(
    {"cache_time", "chat_id", "limit", "max_connections", "message_id", "message_thread_id", "offset", "timeout"}
)
_BOOLEAN_FIELDS = frozenset({"disable_notification", "drop_pending_updates", "is_personal", "protect_content", "show_alert"})
_INTEGER = re.compile(r"\s*(-?\d+)")


class Params:
    """Give typed access to the parameters of one call, as lenient about types as the real server."""

    __slots__ = ("_values",)

    def __init__(self, values: JsonDict) -> None:
        self._values = values

    def has(self, name: str) -> bool:
        """Tell whether a parameter is given and not empty."""
        return self._values.get(name) not in (None, "")

    def text(self, name: str) -> str:
        """Return a string parameter, or an empty string."""
        value = self._values.get(name)
        if isinstance(value, str):
            return value
        if value is None:
            return ""
        return json.dumps(value, ensure_ascii=False)

    def integer(self, name: str, default: int = 0) -> int:
        """Return an integer parameter; like the real server, take the digits a string begins with."""
        if not self.has(name):
            return default
        match = _INTEGER.match(self.text(name))
        return int(match.group(1)) if match else 0

    def clamped(self, name: str, default: int, low: int, high: int) -> int:
        """Return an integer parameter moved into a range."""
        return max(low, min(self.integer(name, default), high))

    def flag(self, name: str) -> bool:
        """Return a boolean parameter."""
        return self.text(name).strip().lower() in ("true", "yes", "1")

    def json(self, name: str, what: str) -> Any:
        """Return a parameter that holds JSON, or None; `what` names it in the error."""
        value = self._values.get(name)
        if not isinstance(value, str):
            return value
        if not value:
            return None
        try:
            return json.loads(value)
        except ValueError as error:
            raise bad_request(f"Can't parse {what} JSON object") from error

    def readable(self) -> JsonDict:
        """Return the parameters with JSON, numbers and booleans decoded, for the log of calls."""
        return {name: _readable(name, value) for name, value in self._values.items()}


def _readable(name: str, value: Any) -> Any:
    """Decode one logged parameter if its name says what it is."""
    if not isinstance(value, str):
        return value
    try:
        if name in _JSON_FIELDS:
            return json.loads(value)
        if name in _INTEGER_FIELDS:
            return int(value)
    except ValueError:
        return value
    if name in _BOOLEAN_FIELDS:
        return value.lower() == "true"
    return value


async def read_params(request: web.BaseRequest) -> Params:
    """Read the parameters of a call from the query string and the body."""
    values: JsonDict = dict(request.query) if request.query_string else {}
    if request.body_exists:
        values.update(await _read_body(request))
    return Params(values)


async def _read_body(request: web.BaseRequest) -> JsonDict:
    """Decode a form, multipart or JSON body."""
    content_type = request.content_type
    if content_type == "application/x-www-form-urlencoded":
        return dict(parse_qsl((await request.read()).decode(), keep_blank_values=True))
    if content_type == "application/json":
        try:
            body = json.loads(await request.read())
        except ValueError as error:
            raise bad_request("Can't parse JSON object") from error
        if not isinstance(body, dict):
            raise bad_request("Can't parse JSON object")
        return body
    if content_type == "multipart/form-data":
        form = await request.post()
        return {
            name: value if isinstance(value, str) else f"<file {value.filename}>"
            for name, value in form.items()
            if isinstance(value, (str, web.FileField))
        }
    raise ApiError(400, "Bad Request: unsupported content type of the request")
