"""The frame that other sites embed: the waits of one port in a few lines."""

from __future__ import annotations

from dataclasses import dataclass

from dashboard.feeds.clocks import Language, wall_clock
from dashboard.feeds.values import Published, PublishedPort, PublishedStream
from dashboard.portconfig import LaneClass, Traffic
from dashboard.web import words
from dashboard.web.public.frame import address
from dashboard.web.strings import BY_LANGUAGE, Strings, fill
from dashboard.web.traveller import direction_name


@dataclass(frozen=True, slots=True)
class Choice:
    """What the embedding page asks for; None stands for all."""

    direction: str | None = None
    traffic: Traffic | None = None
    lane_class: LaneClass | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """One stream."""

    name: str
    state: str
    wait: str
    elsewhere: str | None
    age: str


@dataclass(frozen=True, slots=True)
class Lines:
    """One direction."""

    name: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class WidgetView:
    """The whole frame."""

    language: Language
    place: str
    href: str
    valid_s: int
    connection_lost: str
    trouble: str | None
    as_of: str
    directions: tuple[Lines, ...]
    whose: str


def widget_view(
    said: Published,
    port: PublishedPort,
    choice: Choice,
    language: Language,
    *,
    valid_s: int,
    in_trouble: bool,
) -> WidgetView | None:
    """The frame of `port`; None where nothing fits the choice."""
    strings = BY_LANGUAGE[language]
    directions = tuple(
        Lines(direction_name(direction.config, strings), lines)
        for direction in port.directions
        if choice.direction in (None, direction.config.id)
        if (
            lines := tuple(
                _line(strings, stream)
                for stream in direction.streams
                if choice.traffic in (None, stream.traffic) and choice.lane_class in (None, stream.lane_class)
            )
        )
    )
    if not directions:
        return None
    clock = wall_clock(said.at_s, port.directions[0].config.timezone, language)
    return WidgetView(
        language=language,
        place=port.config.name.in_language(language),
        href=address(f"/p/{port.config.id}", language),
        valid_s=valid_s,
        connection_lost=fill(strings.connection_lost, clock=clock),
        trouble=strings.trouble if in_trouble else None,
        as_of=fill(strings.as_of, clock=clock),
        directions=directions,
        whose=fill(strings.title_measured, operator=said.operator.in_language(language)),
    )


def _line(strings: Strings, stream: PublishedStream) -> Line:
    wait = stream.expected
    return Line(
        name=words.stream_name(strings, stream.id),
        state=stream.state,
        wait=words.headline(strings, stream),
        elsewhere=words.elsewhere(strings, stream),
        age="" if wait is None else fill(strings.ago, age=words.age(strings, wait.age_s)),
    )
