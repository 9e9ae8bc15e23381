"""A message as it is sent: its body, and the signature that shows whose it is."""

from __future__ import annotations

import hashlib
import hmac
import json
from dataclasses import dataclass

from dashboard.feeds.instants import iso_z
from dashboard.feeds.values import PublishedStream
from dashboard.feeds.wait_times import stream_entry
from dashboard.webhooks.config import WebhookConfig
from dashboard.webhooks.rules import Happened

SIGNATURE = "X-Lanewatch-Signature"


@dataclass(frozen=True, slots=True)
class Message:
    """`id` is the same on every try, also after a restart; `made_at_s` is UTC seconds."""

    id: str
    kind: str
    body: bytes
    made_at_s: float


def message(
    config: WebhookConfig, happened: Happened, stream: PublishedStream, message_id: str, at_s: float
) -> Message:
    """What `config`'s receiver is told at `at_s` (UTC seconds)."""
    told = {
        "id": message_id,
        "type": happened.kind,
        "at": iso_z(at_s),
        "webhook": config.id,
        "port": config.port,
        "direction": stream.direction,
        "stream": stream.id,
        "threshold_min": happened.threshold_min,
        "state_before": happened.before,
        "now": stream_entry(stream),
    }
    body = json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()
    return Message(message_id, happened.kind, body, at_s)


def signature(secret: str, at_s: int, body: bytes) -> str:
    """`t=<UTC seconds>,v1=<HMAC-SHA256 of "t.body">`, for the header SIGNATURE."""
    digest = hmac.new(secret.encode(), f"{at_s}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={at_s},v1={digest}"
