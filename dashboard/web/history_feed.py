"""The route of the history feed: a stretch of time, streamed a day at a time.

Its tag comes from what rows there are, not from the bytes: rows are written once, so that a reader who has
them is told so before any is read.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterator
from datetime import datetime
from typing import Annotated, Literal

from fastapi import FastAPI, Query, Request, Response
from fastapi.responses import StreamingResponse

from dashboard.config import CentralConfig
from dashboard.feeds import history_csv
from dashboard.history import StreamHour, StreamMinute
from dashboard.orders.rules import direction_of, port_of, stream_of
from dashboard.portconfig import StreamId
from dashboard.store.history import History
from dashboard.store.store import StoreAwayError
from dashboard.web.conditions import holds
from dashboard.web.instant import Instant
from dashboard.web.kept import STALE_IF_ERROR_S
from dashboard.web.problems import ProblemError
from dashboard.web.source import Source

DAY_S = 86400.0
MOST_DAYS = {"minute": 31, "hour": 366}
PATH = "/feed/v1/history.csv"
HEADERS = {
    "Access-Control-Allow-Origin": "*",
    "Cache-Control": f"public, max-age=60, stale-if-error={STALE_IF_ERROR_S}",
    "Content-Disposition": 'inline; filename="history.csv"',
}

Begins = Annotated[
    Instant | None, Query(alias="from", description="first instant; a day before `to` if left out")
]
Ends = Annotated[Instant | None, Query(alias="to", description="end, itself not included; now if left out")]
Step = Annotated[Literal["minute", "hour"], Query(description="what a row spans")]
Directions = list[tuple[str, str]]


def add_history_feed(app: FastAPI, source: Source, history: History) -> None:
    """`GET /feed/v1/history.csv`."""

    @app.get(PATH, response_class=Response)
    def past(
        request: Request,
        port: str | None = None,
        direction: str | None = None,
        stream: StreamId | None = None,
        begins: Begins = None,
        ends: Ends = None,
        step: Step = "minute",
    ) -> Response:
        from_s, to_s = _span(begins, ends, source.now(), MOST_DAYS[step])
        chosen = _chosen(source.config, port, direction, stream)
        pieces = _pieces(history, chosen, stream, step, from_s, to_s)
        try:
            tag = _tag(history, chosen, stream, step, from_s, to_s)
            headers = HEADERS | {"ETag": f'"{tag}"'}
            if holds(request.headers.get("if-none-match", ""), tag):
                return Response(status_code=304, headers=headers)
            first = next(pieces)  # a database that is away is told before the answer has begun
        except StoreAwayError:
            raise ProblemError(503, "The database is away; try again in a moment.") from None
        body = _with_first(first, pieces)
        return StreamingResponse(body, media_type="text/csv; charset=utf-8; header=present", headers=headers)


def _tag(
    history: History, chosen: Directions, stream: str | None, step: str, from_s: float, to_s: float
) -> str:
    """The same while the rows of the stretch are the same ones."""
    held = history.minutes_held if step == "minute" else history.hours_held
    columns = history_csv.MINUTE_COLUMNS if step == "minute" else history_csv.HOUR_COLUMNS
    rows = [(port, direction, held(port, direction, stream, from_s, to_s)) for port, direction in chosen]
    return hashlib.sha256(repr((columns, rows)).encode()).hexdigest()[:32]


def _pieces(
    history: History, chosen: Directions, stream: str | None, step: str, from_s: float, to_s: float
) -> Iterator[bytes]:
    columns = history_csv.MINUTE_COLUMNS if step == "minute" else history_csv.HOUR_COLUMNS
    head = history_csv.header(columns)
    for day in _days(from_s, to_s):
        for port, direction in chosen:
            rows = _rows(history, port, direction, stream, step, *day)
            yield head + b"".join(history_csv.lines(rows))
            head = b""


def _rows(
    history: History, port: str, direction: str, stream: str | None, step: str, from_s: float, to_s: float
) -> list[StreamMinute] | list[StreamHour]:
    if step == "minute":
        return history.minutes(port, direction, stream, from_s, to_s)
    return history.hours(port, direction, stream, from_s, to_s)


def _with_first(first: bytes, rest: Iterator[bytes]) -> Iterator[bytes]:
    yield first
    yield from rest


def _days(from_s: float, to_s: float) -> Iterator[tuple[float, float]]:
    """The days of UTC in [from_s, to_s): the order of the lines must not hang on where the stretch begins."""
    while from_s < to_s:
        until_s = min((math.floor(from_s / DAY_S) + 1) * DAY_S, to_s)
        yield from_s, until_s
        from_s = until_s


def _span(
    begins: datetime | None, ends: datetime | None, now_s: float, most_days: int
) -> tuple[float, float]:
    to_s = now_s if ends is None else ends.timestamp()
    from_s = to_s - DAY_S if begins is None else begins.timestamp()
    if not from_s < to_s:
        raise ProblemError(422, "`from` must lie before `to`.")
    if to_s - from_s > most_days * DAY_S:
        raise ProblemError(
            422, f"At most {most_days} days at once; ask for them in pieces, or for step=hour."
        )
    return from_s, to_s


def _chosen(config: CentralConfig, port: str | None, direction: str | None, stream: str | None) -> Directions:
    """Every (port, direction) that is asked for. Raises: NoSuchThingError, ProblemError 404."""
    ports = config.ports if port is None else (port_of(config, port),)
    found = [(one, d) for one in ports for d in one.directions if direction in (None, d.id)]
    if port is not None and direction is not None:
        direction_of(ports[0], direction)
    if stream is not None and port is not None and direction is not None:
        stream_of(found[0][1], stream)
    if not found:
        raise ProblemError(404, f"There is no direction {direction!r}.")
    return [(one.id, d.id) for one, d in found]
