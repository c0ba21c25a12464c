"""Methods that answer callback and inline queries."""

from typing import Any

from ..api import BotApi, method
from ..errors import JsonDict, bad_request
from ..formatting import finish_text
from ..markup import parse_markup, require_inline
from ..params import Params
from ..queries import CallbackAnswer, InlineAnswer, InlineResult
from ..utf16 import utf16_len

_MAX_ANSWER_LENGTH = 200
_MAX_RESULTS = 50
_MAX_RESULT_ID_BYTES = 64
_MAX_OFFSET_BYTES = 64
_INVALID_QUERY = "query is too old and response timeout expired or query ID is invalid"
_RESULT_PREFIX = "Can't parse inline query result: "


@method("answerCallbackQuery")
def answer_callback_query(api: BotApi, params: Params) -> bool:
    """Answer a pressed button, once and in time."""
    text = params.text("text")
    if utf16_len(text) > _MAX_ANSWER_LENGTH:
        raise bad_request("MESSAGE_TOO_LONG")
    url = params.text("url")
    if url and not url.startswith(f"https://t.me/{api.world.bot.username}?start="):
        raise bad_request("URL_INVALID")
    query = api.world.callbacks.get(params.text("callback_query_id"))
    if query is None or not query.is_open:
        raise bad_request(_INVALID_QUERY)
    query.resolve(CallbackAnswer(text, params.flag("show_alert"), url, params.clamped("cache_time", 0, 0, 2_592_000)))
    return True


@method("answerInlineQuery")
def answer_inline_query(api: BotApi, params: Params) -> bool:
    """Answer an inline query with its results."""
    button = params.json("button", "inline query results button")
    if button is not None:
        _check_button(button)
    raw_results = params.json("results", "results") or []
    if not isinstance(raw_results, list):
        raise bad_request("Expected an Array of inline query results")
    if len(raw_results) > _MAX_RESULTS:
        raise bad_request("Too many inline query results specified")
    results = [_result(api, raw) for raw in raw_results]
    query = api.world.inline_queries.get(params.text("inline_query_id"))
    if query is None or not query.is_open:
        raise bad_request(_INVALID_QUERY)
    if len({result.id for result in results}) < len(results):
        raise bad_request("RESULT_ID_DUPLICATE")
    next_offset = params.text("next_offset")
    if len(next_offset.encode()) > _MAX_OFFSET_BYTES:
        raise bad_request("NEXT_OFFSET_INVALID")
    query.resolve(
        InlineAnswer(
            query,
            results,
            params.clamped("cache_time", 300, 0, 86_400),
            params.flag("is_personal"),
            next_offset,
            button,
        )
    )
    return True


def _result(api: BotApi, raw: Any) -> InlineResult:
    """Check one result."""
    if not isinstance(raw, dict):
        raise bad_request(f"{_RESULT_PREFIX}Inline query result must be an object")
    for field in ("type", "id"):
        if field not in raw:
            raise bad_request(f'{_RESULT_PREFIX}Can\'t find field "{field}"')
    result_id = str(raw["id"])
    if not 0 < len(result_id.encode()) <= _MAX_RESULT_ID_BYTES:
        raise bad_request("RESULT_ID_INVALID")
    markup = require_inline(parse_markup(raw.get("reply_markup")))
    if raw["type"] == "article":
        if "title" not in raw:
            raise bad_request(f'{_RESULT_PREFIX}Can\'t find field "title"')
        if not raw["title"]:
            raise bad_request("ARTICLE_TITLE_EMPTY")
    content = raw.get("input_message_content")
    if isinstance(content, dict) and content.get("message_text"):
        body = api.world.formatter.message_text(
            str(content["message_text"]),
            str(content.get("parse_mode", "")),
            content.get("entities"),
            too_long="MESSAGE_TOO_LONG",
        )
    elif raw["type"] == "article":
        raise bad_request(f"{_RESULT_PREFIX}Input message content is not specified")
    else:
        body = finish_text(str(raw.get("caption", "")), [])
    return InlineResult(result_id, str(raw.get("title", "")), raw, body, markup)


def _check_button(button: JsonDict) -> None:
    """Check the button shown above the results."""
    prefix = "Can't parse inline query results button: "
    if not isinstance(button, dict) or "text" not in button:
        raise bad_request(f'{prefix}Can\'t find field "text"')
    if "web_app" in button:
        return
    if "start_parameter" not in button:
        raise bad_request(f"{prefix}InlineQueryResultsButton must have exactly one optional field")
    parameter = str(button["start_parameter"])
    if not parameter:
        raise bad_request("Can't use empty start_parameter")
    if len(parameter) > 64:
        raise bad_request("Too long start_parameter specified")
    if not parameter.replace("-", "a").replace("_", "a").isalnum() or not parameter.isascii():
        raise bad_request("Unallowed characters in start_parameter are used")
