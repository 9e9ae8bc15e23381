"""What the traveller page shows, as plain values for its template."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby

from dashboard.config import DirectionConfig
from dashboard.feeds.clocks import Language, wall_clock
from dashboard.feeds.values import Published, PublishedDirection, PublishedPort, PublishedStream
from dashboard.web import words
from dashboard.web.strings import BY_LANGUAGE, Strings, fill

SHORTEST_SCALE_MIN = 30
SCALE_STEP_MIN = 15


@dataclass(frozen=True, slots=True)
class Bar:
    """A range on a scale of 0-100 that all streams of a direction share; without `point` it is open-ended."""

    low: float
    width: float
    point: float | None


@dataclass(frozen=True, slots=True)
class StreamView:
    """One stream."""

    name: str
    note: str
    state: str
    headline: str
    details: tuple[str, ...]
    evidence: str | None
    bar: Bar | None


@dataclass(frozen=True, slots=True)
class GroupView:
    """The streams of one traffic."""

    name: str
    streams: tuple[StreamView, ...]


@dataclass(frozen=True, slots=True)
class DirectionView:
    """One direction with its local clock."""

    anchor: str
    name: str
    as_of: str
    clock: str
    groups: tuple[GroupView, ...]


@dataclass(frozen=True, slots=True)
class PortView:
    """One port; `name` is empty where the page's title already says it."""

    name: str
    directions: tuple[DirectionView, ...]


@dataclass(frozen=True, slots=True)
class PageView:
    """The whole page in one language."""

    strings: Strings
    place: str
    title: str
    trouble: str | None
    connection_lost: str
    valid_s: int
    ports: tuple[PortView, ...]
    how: tuple[str, ...]
    whose: str


def page(said: Published, language: Language, *, valid_s: int, in_trouble: bool) -> PageView:
    """The page of what was published; `valid_s` is the age at which figures are withdrawn."""
    strings = BY_LANGUAGE[language]
    operator = said.operator.in_language(language)
    place, rest = _title(said, strings, language)
    ports = tuple(_port(said, port, strings, language) for port in said.ports)
    limit = words.in_minutes(strings, valid_s // 60) if valid_s >= 60 else words.age(strings, valid_s)
    return PageView(
        strings=strings,
        place=place,
        title=rest,
        trouble=strings.trouble if in_trouble else None,
        connection_lost=fill(strings.connection_lost, clock=ports[0].directions[0].clock),
        valid_s=valid_s,
        ports=ports,
        how=(strings.how_range, strings.how_wait, fill(strings.how_unknown, limit=limit)),
        whose=fill(strings.whose, operator=operator),
    )


def _title(said: Published, strings: Strings, language: Language) -> tuple[str, str]:
    """The place and the rest of the title."""
    one_port = len(said.ports) == 1
    place = said.ports[0].config.name.in_language(language) if one_port else strings.title_many_ports
    rest = fill(strings.title_measured, operator=said.operator.in_language(language))
    return place, rest


def _port(said: Published, port: PublishedPort, strings: Strings, language: Language) -> PortView:
    name = port.config.name.in_language(language) if len(said.ports) > 1 else ""
    directions = tuple(
        _direction(said.at_s, port.config.id, direction, strings, language) for direction in port.directions
    )
    return PortView(name, directions)


def _direction(
    at_s: int, port_id: str, direction: PublishedDirection, strings: Strings, language: Language
) -> DirectionView:
    zone = direction.config.timezone
    scale_s = _scale_s(direction.streams)
    clock = wall_clock(at_s, zone, language)
    groups = tuple(
        GroupView(strings.traffics[traffic], tuple(_stream(s, strings, zone, scale_s) for s in streams))
        for traffic, streams in groupby(direction.streams, key=lambda stream: stream.traffic)
    )
    return DirectionView(
        anchor=f"{port_id}-{direction.config.id}",
        name=direction_name(direction.config, strings),
        as_of=fill(strings.as_of, clock=clock),
        clock=clock,
        groups=groups,
    )


def direction_name(direction: DirectionConfig, strings: Strings) -> str:
    """`To the United States`; the id in words where port.yaml says nothing that is known here."""
    if direction.into is not None:
        return strings.into[direction.into]
    return strings.directions.get(direction.id, words.upper_first(direction.id.replace("_", " ")))


def _stream(stream: PublishedStream, strings: Strings, zone: str, scale_s: int) -> StreamView:
    return StreamView(
        name=strings.classes[stream.id],
        note=strings.class_notes.get(stream.id, ""),
        state=stream.state,
        headline=words.headline(strings, stream),
        details=words.details(strings, stream, zone),
        evidence=words.evidence(strings, stream),
        bar=_bar(stream, scale_s),
    )


def _bar(stream: PublishedStream, scale_s: int) -> Bar | None:
    wait = stream.expected
    if wait is None:
        return None
    low = 100 * min(1.0, wait.low_s / scale_s)
    if wait.wait_s is None or wait.high_s is None:
        return Bar(round(low, 1), round(100 - low, 1), None)
    high = 100 * wait.high_s / scale_s
    return Bar(round(low, 1), round(max(high - low, 1.0), 1), round(100 * wait.wait_s / scale_s, 1))


def _scale_s(streams: tuple[PublishedStream, ...]) -> int:
    """The seconds that a full bar stands for: whole quarters of an hour that hold every figure."""
    step_s = SCALE_STEP_MIN * 60
    longest_s = max(
        (s.expected.high_s or round(s.expected.low_s * 1.25) for s in streams if s.expected is not None),
        default=0,
    )
    return max(SHORTEST_SCALE_MIN * 60, -(-longest_s // step_s) * step_s)
