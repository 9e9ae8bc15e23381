"""Forecasts for an arrival, and what-if questions, over HTTP."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import Depends, FastAPI, Query, Response
from pydantic import BaseModel, ConfigDict, Field

from dashboard.ahead.ask import Ask, AskError, answer, document, span
from dashboard.board import DirectionView
from dashboard.feeds.instants import iso_z
from dashboard.feeds.values import PublishedStream
from dashboard.hours import is_open
from dashboard.orders.rules import port_of
from dashboard.portconfig import DirectionConfig, LocalId, PortConfig, StreamId
from dashboard.waits.forecasts import forecasts
from dashboard.waits.roll import MOST_S
from dashboard.waits.state import Forecast
from dashboard.web.feeds import OWN_MAX_AGE_S
from dashboard.web.instant import Instant
from dashboard.web.problems import ProblemError
from dashboard.web.source import Source

Json = dict[str, Any]
SLACK_S = 60.0
NOT_NOW = "no forecast can be told"
OUTSIDE_HOURS = "outside its hours"


class WhatIfBody(BaseModel):
    """A booth that would open or close now; `serves` where its class would change."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"lane": "b5", "state": "open", "serves": ["commercial/fast"]}]},
    )

    lane: LocalId
    state: Literal["open", "closed"]
    serves: Annotated[tuple[StreamId, ...], Field(min_length=1)] | None = None


def add_forecast(app: FastAPI, source: Source) -> None:
    """Both routes."""

    @app.get("/api/v1/ports/{port}/forecast")
    def forecast(
        port: str,
        reply: Response,
        arrive_at: Annotated[Instant, Query(description="an instant with its zone, up to 4 h ahead")],
        direction: str | None = None,
        stream: StreamId | None = None,
    ) -> Json:
        """Expected wait of one who joins at `arrive_at`, up to 4 h ahead, by stream."""
        at_s = _ahead(arrive_at, source.now())
        found = [*_streams(source, port_of(source.config, port), direction, stream)]
        if not found:
            raise ProblemError(404, f"Port {port} has no such direction or stream.")
        rows = [_row(source, *one, at_s) for one in found]
        reply.headers["Cache-Control"] = f"public, max-age={OWN_MAX_AGE_S}"
        return {"port": port, "generated_at": iso_z(source.now()), "arrive_at": iso_z(at_s), "streams": rows}

    asks = [Depends(source.guard.require("viewer"))]

    @app.post("/api/v1/ports/{port}/whatif", dependencies=asks)
    def whatif(port: str, body: WhatIfBody) -> Json:
        """The next 60 minutes of every stream with and without the change; nothing is ordered by it."""
        ask, at = Ask(body.lane, body.state, body.serves), port_of(source.config, port)
        try:
            direction = ask.checked(at)
        except AskError as error:
            raise ProblemError(422, f"{error}.") from None
        view = _view(source, port, direction.id)
        if view is None or view.outlook is None or source.now() - view.outlook.at_s > source.config.valid_s:
            raise ProblemError(409, "Nothing was measured lately, so nothing can be said of the next hour.")
        effects = answer(ask, view.outlook, view.weekly)
        if not effects:
            raise ProblemError(409, "No stream was counted for long enough to say what a change would do.")
        return document(ask, port, direction.id, view.outlook.at_s, effects)


def _ahead(arrive_at: datetime, now_s: float) -> float:
    at_s = arrive_at.timestamp()
    if not now_s - SLACK_S <= at_s <= now_s + MOST_S + SLACK_S:
        raise ProblemError(422, f"arrive_at: must lie within {MOST_S / 3600:.0f} h from now.")
    return at_s


def _streams(
    source: Source, port: PortConfig, direction: str | None, stream: str | None
) -> Iterator[tuple[PortConfig, DirectionConfig, PublishedStream]]:
    said = next(one for one in source.published().ports if one.config.id == port.id)
    for one in said.directions:
        for shown in one.streams:
            if direction in (None, one.config.id) and stream in (None, shown.id):
                yield port, one.config, shown


def _view(source: Source, port: str, direction: str) -> DirectionView | None:
    views = source.holder.newest().directions
    return next((view for view in views if (view.port, view.direction) == (port, direction)), None)


def _row(
    source: Source, port: PortConfig, direction: DirectionConfig, shown: PublishedStream, at_s: float
) -> Json:
    told, reason = told_at(source, port, direction, shown, at_s)
    return {
        "direction": direction.id,
        "stream": shown.id,
        "state": shown.state,
        "forecast": None if told is None else span(told),
        "reason": reason,
    }


def told_at(
    source: Source, port: PortConfig, direction: DirectionConfig, shown: PublishedStream, at_s: float
) -> tuple[Forecast | None, str | None]:
    """What is published of now decides: what is held back or only a bound has no forecast of its own."""
    if is_open(shown.hours, at_s, direction.timezone) is False:
        return None, OUTSIDE_HOURS
    view = _view(source, port.id, direction.id)
    book = source.book().publication(port.id, direction.id, shown.id, source.now())
    if view is None or view.outlook is None or shown.state == "not_offered" or book.held is not None:
        return None, shown.reason or NOT_NOW
    (point,) = forecasts(view.outlook, [at_s - view.outlook.at_s], view.weekly).get(shown.id, (None,))
    if point is None or (shown.state != "measured" and point.forecast.basis != ("history",)):
        return None, shown.reason or NOT_NOW
    return point.forecast, None
