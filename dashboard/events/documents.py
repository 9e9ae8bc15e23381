"""What is sent on `waits/v1/P/...`: one CloudEvent per stream and one for the notices of a port. Pure.

CloudEvents 1.0, structured JSON mode: MQTT 3.1.1 has no properties for the binary mode. They are retained, so
they hold no age; `valid_until` says how long a figure may be shown.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from dashboard.feeds import wait_times
from dashboard.feeds.instants import iso_z
from dashboard.feeds.values import Published, PublishedPort, PublishedStream

Json = dict[str, Any]

WAIT_TYPE, NOTICES_TYPE = "lanewatch.wait.v1", "lanewatch.notices.v1"
_MATTERS = ("state", "reason", "lanes_open", "lanes_max", "hours", "redirected_to")


@dataclass(frozen=True, slots=True)
class Event:
    """A message that is to be retained on `topic`; it says something new when `key` differs from the last.

    `measured_s`: when its figure was measured; None without one.
    """

    topic: str
    key: str
    measured_s: int | None
    payload: bytes


def events(said: Published) -> Iterator[Event]:
    """All that is published at a moment."""
    for port in said.ports:
        for direction in port.directions:
            for stream in direction.streams:
                yield _wait(said, port.config.id, stream)
        yield _notices(said, port)


def _wait(said: Published, port: str, stream: PublishedStream) -> Event:
    lane, wait = wait_times.stream_entry(stream), stream.expected
    if lane["expected"] is not None:
        del lane["expected"]["age_s"]
    figure = None if wait is None else (wait.wait_s, wait.low_s, wait.high_s)
    key = json.dumps([[lane[name] for name in _MATTERS], figure])
    subject = f"{stream.direction}/{stream.id}"
    payload = _event(said, port, WAIT_TYPE, subject, lane)
    return Event(f"waits/v1/{port}/{subject}", key, None if wait is None else wait.measured_at_s, payload)


def _notices(said: Published, port: PublishedPort) -> Event:
    data = {"notices": [wait_times.notice(one) for one in port.notices]}
    payload = _event(said, port.config.id, NOTICES_TYPE, "notices", data)
    return Event(f"waits/v1/{port.config.id}/notices", json.dumps(data), None, payload)


def _event(said: Published, port: str, kind: str, subject: str, data: Json) -> bytes:
    at = iso_z(said.at_s)
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    digest = hashlib.sha256(f"{port} {subject} {text}".encode()).hexdigest()[:16]
    event = {
        "specversion": "1.0",
        "id": f"{at}-{digest}",
        "source": f"/ports/{port}",
        "type": kind,
        "subject": subject,
        "time": at,
        "datacontenttype": "application/json",
        "data": data,
    }
    return json.dumps(event, ensure_ascii=False, separators=(",", ":")).encode()


def is_due(event: Event, sent: Event | None, refresh_s: float) -> bool:
    """Whether `event` is to be sent after `sent`: it says something new, or is that much fresher."""
    if sent is None or event.key != sent.key:
        return True
    if event.measured_s is None or sent.measured_s is None:
        return False
    return event.measured_s - sent.measured_s >= refresh_s
