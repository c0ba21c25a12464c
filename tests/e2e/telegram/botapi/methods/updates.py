"""Methods that bring updates to the bot, and those that end a session."""

import re

from ..api import BotApi, RawJson, method
from ..errors import JsonDict, bad_request, conflict
from ..params import Params
from ..webhook import WebhookConfig, WebhookSender, check_webhook_url

_MAX_POLL_SECONDS = 50
_MAX_LIMIT = 100
_DEFAULT_CONNECTIONS = 40
_MAX_CONNECTIONS = 100
_MAX_SECRET_LENGTH = 256
_SECRET = re.compile(r"[A-Za-z0-9_-]*")
_WEBHOOK_ACTIVE = "can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"


@method("getUpdates")
async def get_updates(api: BotApi, params: Params) -> RawJson:
    """Return waiting updates, or wait for them."""
    if api.webhook is not None:
        raise conflict(_WEBHOOK_ACTIVE)
    api.world.updates.allow(params.json("allowed_updates", "allowed_updates"))
    updates = await api.world.updates.poll(
        params.integer("offset"),
        params.clamped("limit", _MAX_LIMIT, 1, _MAX_LIMIT),
        params.clamped("timeout", 0, 0, _MAX_POLL_SECONDS),
    )
    return RawJson(f"[{','.join(update.body for update in updates)}]")


@method("setWebhook")
async def set_webhook(api: BotApi, params: Params) -> bool:
    """Deliver updates to a URL from now on; an empty URL means deleteWebhook."""
    url = params.text("url")
    if not url:
        return await delete_webhook(api, params)
    check_webhook_url(url)
    secret = params.text("secret_token")
    if len(secret) > _MAX_SECRET_LENGTH:
        raise bad_request("secret token is too long")
    if not _SECRET.fullmatch(secret):
        raise bad_request("secret token contains unallowed characters")
    await api.stop_webhook()
    updates = api.world.updates
    if params.flag("drop_pending_updates"):
        updates.clear()
    updates.allow(params.json("allowed_updates", "allowed_updates"))
    updates.abort_poll(conflict("terminated by setWebhook request"))
    config = WebhookConfig(url, secret, params.clamped("max_connections", _DEFAULT_CONNECTIONS, 1, _MAX_CONNECTIONS))
    api.webhook = WebhookSender(config, updates, api.webhook_retry_delay)
    api.webhook.start()
    return True


@method("deleteWebhook")
async def delete_webhook(api: BotApi, params: Params) -> bool:
    """Stop delivering updates to a URL."""
    await api.stop_webhook()
    if params.flag("drop_pending_updates"):
        api.world.updates.clear()
    return True


@method("getWebhookInfo")
def get_webhook_info(api: BotApi, params: Params) -> JsonDict:
    """Return the state of the webhook."""
    webhook = api.webhook
    info: JsonDict = {
        "url": webhook.config.url if webhook else "",
        "has_custom_certificate": False,
        "pending_update_count": len(api.world.updates),
    }
    if webhook is not None:
        info["ip_address"] = webhook.ip_address
        info["max_connections"] = webhook.config.max_connections
        if webhook.last_error_date:
            info["last_error_date"] = webhook.last_error_date
            info["last_error_message"] = webhook.last_error_message
    if api.world.updates.has_custom_kinds:
        info["allowed_updates"] = sorted(api.world.updates.allowed)
    return info


@method("close")
async def close(api: BotApi, params: Params) -> bool:
    """Close the session before the bot moves to another server."""
    await api.stop_webhook()
    return True


@method("logOut")
async def log_out(api: BotApi, params: Params) -> bool:
    """End the session for good; nothing but errors follows."""
    await api.stop_webhook()
    api.world.updates.clear()
    api.logged_out = True
    return True
