"""One message of type `test` to a receiver, now, as the receiver will get the real ones."""

from __future__ import annotations

import json
import secrets
from urllib.parse import urlsplit

from dashboard.config import CentralConfig
from dashboard.feeds.instants import iso_z
from dashboard.webhooks.addresses import ForbiddenAddressError
from dashboard.webhooks.config import WebhookConfig
from dashboard.webhooks.message import Message
from dashboard.webhooks.sending import USUAL, Receiver, RefusedError, TryAgainError

KIND = "test"


class TrialError(Exception):
    """The message was not taken, or there is no such webhook: one line."""


def trial(config: CentralConfig, webhook_id: str, now_s: float) -> str:
    """Send it, once; says who took it. `now_s` is UTC seconds. Raises: TrialError."""
    hook = next((one for one in config.webhooks if one.id == webhook_id), None)
    if hook is None:
        known = ", ".join(one.id for one in config.webhooks) or "none"
        raise TrialError(f"webhook {webhook_id!r}: is not in port.yaml, which has {known}")
    receiver = Receiver(hook, lambda: now_s, USUAL)
    try:
        status = receiver.post(trial_message(hook, now_s))
    except (TryAgainError, RefusedError, ForbiddenAddressError) as error:
        raise TrialError(f"webhook {hook.id!r}: {urlsplit(hook.url).hostname} {error}") from None
    finally:
        receiver.close()
    return f"{hook.id}: {urlsplit(hook.url).hostname} took the message ({status})"


def trial_message(hook: WebhookConfig, at_s: float) -> Message:
    """With the keys of the real ones; what there is nothing to say of is null."""
    told = {
        "id": secrets.token_hex(12),
        "type": KIND,
        "at": iso_z(at_s),
        "webhook": hook.id,
        "port": hook.port,
        "direction": hook.direction,
        "stream": hook.stream,
        "threshold_min": None,
        "state_before": None,
        "now": None,
    }
    return Message(told["id"] or "", KIND, json.dumps(told, separators=(",", ":")).encode(), at_s)
