"""The dispatchers' page: trucks only, FAST beside standard, now and when the truck arrives."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from dashboard import zones
from dashboard.feeds.clocks import Language, clock_time, wall_clock
from dashboard.feeds.instants import minutes
from dashboard.feeds.values import (
    Published,
    PublishedDirection,
    PublishedForecast,
    PublishedPort,
    PublishedStream,
)
from dashboard.hours import is_open
from dashboard.portconfig import DirectionConfig, PortConfig
from dashboard.web import words
from dashboard.web.public.arrival import arrival_s, at_arrival, clock_value
from dashboard.web.public.dispatch_strings import BY_LANGUAGE, DispatchStrings
from dashboard.web.public.frame import Frame, frame
from dashboard.web.strings import BY_LANGUAGE as PAGE_STRINGS
from dashboard.web.strings import Strings, fill
from dashboard.web.traveller import direction_name

Ahead = Callable[[PortConfig, DirectionConfig, PublishedStream, int], PublishedForecast | None]
"""(port, direction, stream, at_s) -> the engine's own forecast for that moment; None where it has none."""


def no_engine(
    _port: PortConfig, _direction: DirectionConfig, _stream: PublishedStream, _at_s: int
) -> PublishedForecast | None:
    """Where only the published points are known."""
    return None


@dataclass(frozen=True, slots=True)
class StreamColumn:
    """One stream; `opened` says whether it is open, `then_where` in which lanes the wait on arrival is."""

    name: str
    state: str
    opened: str
    follows: str
    now: str
    age: str
    then: str
    then_known: bool
    then_where: str


@dataclass(frozen=True, slots=True)
class Table:
    """One direction; `then` heads the row of the arrival, None without one."""

    anchor: str
    title: str
    clock: str
    then: str | None
    streams: tuple[StreamColumn, ...]


@dataclass(frozen=True, slots=True)
class DispatchView:
    """The whole page."""

    frame: Frame
    strings: DispatchStrings
    lead: str
    open_head: str
    arrive_at: str
    placeholder: str
    wrong: str | None
    tables: tuple[Table, ...]
    valid_s: int
    connection_lost: str
    note: str
    whose: str


def dispatch_view(
    said: Published,
    language: Language,
    arrive_at: str | None,
    valid_s: int,
    ahead: Ahead = no_engine,
) -> DispatchView:
    """The page; `arrive_at` is a time of day `HH:MM` at the port, None where none was asked for."""
    own, strings = BY_LANGUAGE[language], PAGE_STRINGS[language]
    zone = said.ports[0].directions[0].config.timezone
    wrong = bool(arrive_at) and arrival_s(arrive_at or "", said.at_s, zone) is None
    told = None if wrong or not arrive_at else arrive_at
    tables = [
        _table(said, port, direction, told, strings, own, ahead)
        for port in said.ports
        for direction in port.directions
        if any(stream.traffic == "commercial" for stream in direction.streams)
    ]
    return DispatchView(
        frame=frame("/dispatch", language, f"arrive_at={told}" if told else ""),
        strings=own,
        lead=fill(own.lead),
        open_head=fill(own.open_head),
        arrive_at=arrive_at or "",
        placeholder=clock_value(said.at_s + 1800, zone),
        wrong=fill(own.wrong, clock=arrive_at) if wrong else None,
        tables=tuple(tables),
        valid_s=valid_s,
        connection_lost=fill(strings.connection_lost, clock=wall_clock(said.at_s, zone, strings.language)),
        note=fill(own.forecast_note),
        whose=fill(strings.whose, operator=said.operator.in_language(language)),
    )


def _table(
    said: Published,
    port: PublishedPort,
    direction: PublishedDirection,
    arrive_at: str | None,
    strings: Strings,
    own: DispatchStrings,
    ahead: Ahead,
) -> Table:
    zone = direction.config.timezone
    at_s = arrival_s(arrive_at, said.at_s, zone) if arrive_at else None
    trucks = [stream for stream in direction.streams if stream.traffic == "commercial"]

    def then(stream: PublishedStream, when_s: int) -> PublishedForecast | None:
        if _is_shut(stream, when_s, zone):
            return None
        told = ahead(port.config, direction.config, stream, when_s)
        return told or at_arrival(stream, when_s, said.at_s)

    place = port.config.name.in_language(strings.language)
    return Table(
        anchor=f"{port.config.id}-{direction.config.id}",
        title=f"{place}, {_lower(direction_name(direction.config, strings))}",
        clock=fill(strings.as_of, clock=wall_clock(said.at_s, zone, strings.language)),
        then=None if at_s is None else _then_head(at_s, said.at_s, zone, strings, own),
        streams=tuple(_column(stream, direction, at_s, strings, own, then) for stream in trucks),
    )


def _then_head(at_s: int, now_s: int, zone: str, strings: Strings, own: DispatchStrings) -> str:
    head = fill(own.at, clock=clock_time(at_s, zone, strings.language))
    today = zones.local(now_s, zone).date()
    return head if zones.local(at_s, zone).date() == today else f"{head}, {own.tomorrow}"


def _column(
    stream: PublishedStream,
    direction: PublishedDirection,
    at_s: int | None,
    strings: Strings,
    own: DispatchStrings,
    expected: Callable[[PublishedStream, int], PublishedForecast | None],
) -> StreamColumn:
    served = _served_by(stream, direction)
    then = None if at_s is None else expected(served, at_s)
    wait = stream.expected
    return StreamColumn(
        name=strings.classes[stream.id],
        state=stream.state,
        opened=own.open[_opened(stream)],
        follows=_follows(stream, strings, own),
        now=words.headline(strings, stream),
        age="" if wait is None else fill(strings.ago, age=words.age(strings, wait.age_s)),
        then=_then(then, served, at_s, direction.config.timezone, strings, own),
        then_known=then is not None,
        then_where=strings.classes[served.id] if served is not stream and then is not None else "",
    )


def _served_by(stream: PublishedStream, direction: PublishedDirection) -> PublishedStream:
    """The stream whose lanes its vehicles use: itself, or where they are sent while it is closed."""
    host = direction.stream(f"{stream.traffic}/{stream.redirected_to}")
    return stream if host is None or stream.state == "measured" else host


def _opened(stream: PublishedStream) -> str:
    """Whether its own lanes are open; they are not where its trucks are sent elsewhere."""
    if stream.state in ("closed", "not_offered"):
        return stream.state
    if stream.redirected_to is not None:
        return "closed"
    return "open" if stream.lanes_open or stream.state == "measured" else "unknown"


def _follows(stream: PublishedStream, strings: Strings, own: DispatchStrings) -> str:
    if stream.redirected_to is not None:
        return own.elsewhere.get(stream.redirected_to, "")
    saved = stream.fast_benefit
    if saved is not None and saved.low_s >= 60:
        return fill(own.saves, wait=words.in_minutes(strings, minutes(saved.s)))
    return words.lanes_open(strings, stream) or ""


def _then(
    then: PublishedForecast | None,
    stream: PublishedStream,
    at_s: int | None,
    zone: str,
    strings: Strings,
    own: DispatchStrings,
) -> str:
    if at_s is None:
        return ""
    if then is not None:
        return words.upper_first(words.wait_range(strings, then.low_s, then.high_s))
    if _is_shut(stream, at_s, zone):
        return own.open["closed"]
    return own.too_far if stream.forecast else own.no_forecast


def _is_shut(stream: PublishedStream, at_s: int, zone: str) -> bool:
    """Whether its hours say that it is closed then."""
    return is_open(stream.hours, at_s, zone) is False


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:]
