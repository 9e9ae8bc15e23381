"""What the traveller page shows, as plain values for its template."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import groupby

from dashboard.feeds.clocks import Language, local_date, wall_clock
from dashboard.feeds.values import (
    Published,
    PublishedDirection,
    PublishedNotice,
    PublishedPort,
    PublishedStream,
)
from dashboard.history import StreamMinute
from dashboard.portconfig import DirectionConfig
from dashboard.web import words
from dashboard.web.public.compare import CompareView, compare
from dashboard.web.public.frame import Frame, address, frame
from dashboard.web.public.outlook_words import OutlookView, outlook
from dashboard.web.strings import BY_LANGUAGE, Strings, fill

SHORTEST_SCALE_MIN = 30
SCALE_STEP_MIN = 15
DAY_S = 86_400
MOST_PORTS_IN_FULL = 3
"""With more ports the page compares them, and each has a page of its own."""

Past = Callable[[str, str, str], Sequence[StreamMinute]]
"""(port, direction, stream) -> its minutes of the last hour, oldest first."""


def no_past(_port: str, _direction: str, _stream: str) -> Sequence[StreamMinute]:
    """Where no history is kept."""
    return ()


@dataclass(frozen=True, slots=True)
class Bar:
    """A range on a scale of 0-100 that all streams of a direction share; without `point` it is open-ended."""

    low: float
    width: float
    point: float | None
    end: str


@dataclass(frozen=True, slots=True)
class StreamView:
    """One stream; `lead` says where to go instead or what it saves; `tone` is its state, or `none`."""

    name: str
    note: str
    tone: str
    headline: str
    lead: str | None
    details: tuple[str, ...]
    evidence: str | None
    bar: Bar | None
    outlook: OutlookView


@dataclass(frozen=True, slots=True)
class GroupView:
    """The streams of one traffic."""

    name: str
    streams: tuple[StreamView, ...]


@dataclass(frozen=True, slots=True)
class NoticeView:
    """What the port's manager wants travellers to know, and for how long."""

    text: str
    until: str


@dataclass(frozen=True, slots=True)
class DirectionView:
    """One direction with its local clock."""

    anchor: str
    name: str
    as_of: str
    notices: tuple[NoticeView, ...]
    groups: tuple[GroupView, ...]


@dataclass(frozen=True, slots=True)
class PortView:
    """One port; `name` is empty where the page's title already says it."""

    id: str
    name: str
    notices: tuple[NoticeView, ...]
    directions: tuple[DirectionView, ...]


@dataclass(frozen=True, slots=True)
class PageView:
    """The whole page in one language."""

    frame: Frame
    strings: Strings
    place: str
    title: str
    trouble: str | None
    connection_lost: str
    valid_s: int
    compare: CompareView | None
    ports: tuple[PortView, ...]
    how: tuple[str, ...]
    whose: str


@dataclass(frozen=True, slots=True)
class _Told:
    """What all parts of one page share."""

    said: Published
    strings: Strings
    past: Past

    @property
    def language(self) -> Language:
        return self.strings.language


def page(
    said: Published,
    language: Language,
    *,
    valid_s: int,
    in_trouble: bool,
    path: str = "/",
    past: Past = no_past,
) -> PageView:
    """The page of what was published; `valid_s` is the age at which figures are withdrawn.

    `path` is its English address: `/` for all ports, `/p/<port>` where `said` holds that port alone.
    """
    told = _Told(said, BY_LANGUAGE[language], past)
    strings = told.strings
    place, rest = _title(told)
    first = said.ports[0].directions[0].config
    in_full = said.ports if len(said.ports) <= MOST_PORTS_IN_FULL else ()
    limit = words.in_minutes(strings, valid_s // 60) if valid_s >= 60 else words.age(strings, valid_s)
    return PageView(
        frame=frame(path, language),
        strings=strings,
        place=place,
        title=rest,
        trouble=strings.trouble if in_trouble else None,
        connection_lost=fill(strings.connection_lost, clock=wall_clock(said.at_s, first.timezone, language)),
        valid_s=valid_s,
        compare=_compare(told, bool(in_full)),
        ports=tuple(_port(told, port) for port in in_full),
        how=(strings.how_range, strings.how_wait, fill(strings.how_unknown, limit=limit)),
        whose=fill(strings.whose, operator=said.operator.in_language(language)),
    )


def _title(told: _Told) -> tuple[str, str]:
    """The place and the rest of the title."""
    said, strings = told.said, told.strings
    one_port = len(said.ports) == 1
    place = said.ports[0].config.name.in_language(told.language) if one_port else strings.title_many_ports
    return place, fill(strings.title_measured, operator=said.operator.in_language(told.language))


def _compare(told: _Told, in_full: bool) -> CompareView | None:
    if len(told.said.ports) < 2:
        return None

    def href(port_id: str) -> str:
        return f"#{port_id}" if in_full else address(f"/p/{port_id}", told.language)

    return compare(told.said, told.strings, lambda one: direction_name(one, told.strings), href)


def _port(told: _Told, port: PublishedPort) -> PortView:
    name = port.config.name.in_language(told.language) if len(told.said.ports) > 1 else ""
    zone = port.directions[0].config.timezone
    return PortView(
        id=port.config.id,
        name=name,
        notices=tuple(_notice(told, notice, zone) for notice in port.notices if notice.direction is None),
        directions=tuple(_direction(told, port, direction) for direction in port.directions),
    )


def _notice(told: _Told, notice: PublishedNotice, zone: str) -> NoticeView:
    text = notice.fr if told.language == "fr" else notice.en
    clock = wall_clock(notice.until_s, zone, told.language)
    if notice.until_s - told.said.at_s < DAY_S:
        return NoticeView(text, fill(told.strings.notice_until, clock=clock))
    day = local_date(notice.until_s, zone, told.language)
    return NoticeView(text, fill(told.strings.notice_until_day, day=day, clock=clock))


def _direction(told: _Told, port: PublishedPort, direction: PublishedDirection) -> DirectionView:
    port_id, zone = port.config.id, direction.config.timezone
    scale_s = _scale_s(direction.streams)
    clock = wall_clock(told.said.at_s, zone, told.language)
    groups = tuple(
        GroupView(
            told.strings.traffics[traffic],
            tuple(_stream(told, port_id, direction.config, stream, scale_s) for stream in streams),
        )
        for traffic, streams in groupby(direction.streams, key=lambda stream: stream.traffic)
    )
    return DirectionView(
        anchor=f"{port_id}-{direction.config.id}",
        name=direction_name(direction.config, told.strings),
        as_of=fill(told.strings.as_of, clock=clock),
        notices=tuple(
            _notice(told, notice, zone) for notice in port.notices if notice.direction == direction.config.id
        ),
        groups=groups,
    )


def direction_name(direction: DirectionConfig, strings: Strings) -> str:
    """`To the United States`; the id in words where port.yaml says nothing that is known here."""
    if direction.into is not None:
        return strings.into[direction.into]
    return strings.directions.get(direction.id, words.upper_first(direction.id.replace("_", " ")))


def _stream(
    told: _Told, port_id: str, direction: DirectionConfig, stream: PublishedStream, scale_s: int
) -> StreamView:
    strings, zone = told.strings, direction.timezone
    headline = words.headline(strings, stream)
    return StreamView(
        name=strings.classes[stream.id],
        note=strings.class_notes.get(stream.id, ""),
        tone=_tone(strings, stream, headline),
        headline=headline,
        lead=words.elsewhere(strings, stream) or words.benefit(strings, stream),
        details=words.details(strings, stream, zone),
        evidence=words.evidence(strings, stream),
        bar=_bar(strings, stream, scale_s),
        outlook=outlook(strings, stream, told.past(port_id, direction.id, stream.id), zone),
    )


def _tone(strings: Strings, stream: PublishedStream, headline: str) -> str:
    if headline == strings.states["unknown"]:
        return "unknown"
    return "none" if headline == strings.no_wait else stream.state


def _bar(strings: Strings, stream: PublishedStream, scale_s: int) -> Bar | None:
    wait = stream.expected
    if wait is None:
        return None
    end = fill(strings.minutes_short, n=scale_s // 60)
    low = 100 * min(1.0, wait.low_s / scale_s)
    if wait.wait_s is None or wait.high_s is None:
        return Bar(round(low, 1), round(100 - low, 1), None, end)
    high = 100 * wait.high_s / scale_s
    return Bar(round(low, 1), round(max(high - low, 1.0), 1), round(100 * wait.wait_s / scale_s, 1), end)


def _scale_s(streams: tuple[PublishedStream, ...]) -> int:
    """The seconds that a full bar stands for: whole quarters of an hour that hold every figure."""
    step_s = SCALE_STEP_MIN * 60
    longest_s = max(
        (s.expected.high_s or round(s.expected.low_s * 1.25) for s in streams if s.expected is not None),
        default=0,
    )
    return max(SHORTEST_SCALE_MIN * 60, -(-longest_s // step_s) * step_s)
