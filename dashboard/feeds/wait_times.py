"""`/feed/v1/wait-times.json`: lanewatch's own feed, every key always present, unknown as null."""

from __future__ import annotations

from typing import Any

from dashboard.board import Board
from dashboard.config import CentralConfig
from dashboard.feeds.instants import iso_z
from dashboard.feeds.published import published
from dashboard.feeds.values import (
    Benefit,
    Published,
    PublishedActual,
    PublishedForecast,
    PublishedNotice,
    PublishedPort,
    PublishedQueue,
    PublishedStream,
    PublishedWait,
)

Json = dict[str, Any]


def wait_times(board: Board, config: CentralConfig, now_s: float) -> Json:
    """The document at `now_s` (UTC seconds): one entry in `lanes` per stream of port.yaml."""
    return document(published(board, config, now_s))


def document(said: Published) -> Json:
    """The same from what was already published."""
    return {"generated_at": iso_z(said.at_s), "ports": [_port(port) for port in said.ports]}


def _port(port: PublishedPort) -> Json:
    return {
        "id": port.config.id,
        "name": port.config.name.en,
        "lanes": [stream_entry(stream) for direction in port.directions for stream in direction.streams],
        "notices": [notice(one) for one in port.notices],
    }


def notice(told: PublishedNotice) -> Json:
    """A sentence for the public."""
    return {
        "direction": told.direction,
        "en": told.en,
        "fr": told.fr,
        "from": iso_z(told.from_s),
        "until": iso_z(told.until_s),
    }


def stream_entry(stream: PublishedStream) -> Json:
    """One stream as the document and the live stream write it."""
    return {
        "direction": stream.direction,
        "traffic": stream.traffic,
        "class": stream.lane_class,
        "state": stream.state,
        "reason": stream.reason,
        "lanes_open": stream.lanes_open,
        "lanes_max": stream.lanes_max,
        "hours": stream.hours,
        "redirected_to": stream.redirected_to,
        "expected": _expected(stream.expected),
        "actual": _actual(stream.actual),
        "forecast": [_forecast(point) for point in stream.forecast],
        "queue": _queue(stream.queue),
        "fast_benefit": _benefit(stream.fast_benefit),
    }


def _expected(wait: PublishedWait | None) -> Json | None:
    if wait is None:
        return None
    return {
        "wait_s": wait.wait_s,
        "low_s": wait.low_s,
        "high_s": wait.high_s,
        "basis": list(wait.basis),
        "measured_at": iso_z(wait.measured_at_s),
        "age_s": wait.age_s,
        "valid_until": iso_z(wait.valid_until_s),
    }


def _actual(actual: PublishedActual | None) -> Json | None:
    if actual is None:
        return None
    return {
        "wait_s": actual.wait_s,
        "low_s": actual.low_s,
        "high_s": actual.high_s,
        "vehicles": actual.vehicles,
        "measured_at": iso_z(actual.measured_at_s),
    }


def _forecast(point: PublishedForecast) -> Json:
    return {"at": iso_z(point.at_s), "wait_s": point.wait_s, "low_s": point.low_s, "high_s": point.high_s}


def _queue(queue: PublishedQueue | None) -> Json | None:
    if queue is None:
        return None
    return {"vehicles": queue.vehicles, "length_m": queue.length_m, "at_least": queue.at_least}


def _benefit(benefit: Benefit | None) -> Json | None:
    if benefit is None:
        return None
    return {"s": benefit.s, "low_s": benefit.low_s, "high_s": benefit.high_s}
