"""`GET /api/v1/ports/P/official`: our figure beside the one that the agency publishes, each with its age."""

from __future__ import annotations

from typing import Any

from fastapi import Depends, FastAPI

from dashboard.feeds.instants import iso_z
from dashboard.feeds.values import PublishedPort, PublishedStream
from dashboard.official.figures import Figures, OfficialFigure
from dashboard.orders.rules import direction_of, port_of, stream_of
from dashboard.store.store import StoreAwayError
from dashboard.web.paging import Before, Begins, Ends, Limit, stretch
from dashboard.web.problems import ProblemError
from dashboard.web.source import Source

Json = dict[str, Any]


def add_official(app: FastAPI, source: Source, figures: Figures) -> None:
    """The routes of dashboard/official."""
    viewer = Depends(source.guard.require("viewer"))

    @app.get("/api/v1/ports/{port}/official", dependencies=[viewer])
    def official(port: str) -> Json:
        found = _found(source, port)
        now_s = source.now()
        try:
            newest = figures.newest(port)
        except StoreAwayError as error:
            raise ProblemError(503, f"The database is away: {error}.") from None
        ours = {stream.direction + " " + stream.id: stream for d in found.directions for stream in d.streams}
        return {
            "figures": [
                official_json(one, now_s) | {"ours": _ours(ours.get(f"{one.direction} {one.stream}"), one)}
                for one in newest
            ]
        }

    @app.get("/api/v1/ports/{port}/official/history", dependencies=[viewer])
    def history(
        port: str,
        direction: str,
        stream: str,
        before: Before = None,
        limit: Limit = 100,
        begins: Begins = None,
        ends: Ends = None,
    ) -> Json:
        _check(source, port, direction, stream)
        from_s, to_s = stretch(begins, ends)
        try:
            said = figures.page((port, direction, stream), from_s, to_s, before, limit)
        except StoreAwayError as error:
            raise ProblemError(503, f"The database is away: {error}.") from None
        return {
            "figures": [official_json(one, source.now()) for _, one in said],
            "before": said[-1][0] if len(said) == limit else None,
        }


def official_json(figure: OfficialFigure, now_s: float) -> Json:
    """An official figure with its age."""
    at_s = figure.measured_at_s
    return {
        "direction": figure.direction,
        "stream": figure.stream,
        "agency": figure.agency,
        "state": figure.state,
        "wait_s": figure.wait_s,
        "lanes_open": figure.lanes_open,
        "measured_at": None if at_s is None else iso_z(at_s),
        "age_s": round(figure.age_s(now_s)),
        "seen_first": iso_z(figure.seen_first_s),
        "seen_last": iso_z(figure.seen_last_s),
    }


def _ours(stream: PublishedStream | None, figure: OfficialFigure) -> Json | None:
    """What we publish; `less_s` is ours less theirs where both are measured."""
    if stream is None:
        return None
    wait = stream.expected
    wait_s = None if wait is None else wait.wait_s
    return {
        "state": stream.state,
        "reason": stream.reason,
        "wait_s": wait_s,
        "low_s": None if wait is None else wait.low_s,
        "high_s": None if wait is None else wait.high_s,
        "age_s": None if wait is None else wait.age_s,
        "less_s": None if wait_s is None or figure.wait_s is None else wait_s - figure.wait_s,
    }


def _found(source: Source, port: str) -> PublishedPort:
    _check(source, port)
    return next(one for one in source.published().ports if one.config.id == port)


def _check(source: Source, port: str, direction: str | None = None, stream: str | None = None) -> None:
    """Raises: NoSuchThingError."""
    place = port_of(source.config, port)
    if direction is not None and stream is not None:
        stream_of(direction_of(place, direction), stream)
