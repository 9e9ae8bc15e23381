"""What may be ordered: of which lane or stream, for how long. Every order ends by itself. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from dashboard.config import CentralConfig
from dashboard.orders.order import Kind
from dashboard.portconfig import DirectionConfig, LaneConfig, PortConfig

MINUTE_S, HOUR_S = 60.0, 3600.0
AHEAD_S = 7 * 24 * HOUR_S
"""So far ahead staffing may be announced."""
TEXT_LETTERS = 300


@dataclass(frozen=True, slots=True)
class Span:
    """How long an order holds where nobody says, and at most (seconds)."""

    usual_s: float
    most_s: float


SPANS: dict[Kind, Span] = {
    "staffing": Span(8 * HOUR_S, 24 * HOUR_S),
    "hold": Span(1 * HOUR_S, 24 * HOUR_S),
    "notice": Span(4 * HOUR_S, 14 * 24 * HOUR_S),
}


class OrderError(Exception):
    """An order that cannot be given: one sentence with the fix."""


class NoSuchThingError(Exception):
    """A port, lane or stream that port.yaml does not name: one sentence."""


def port_of(config: CentralConfig, port: str) -> PortConfig:
    """Raises: NoSuchThingError."""
    names = [one.id for one in config.ports]
    return config.ports[_place(port, names, "port")]


def direction_of(port: PortConfig, direction: str) -> DirectionConfig:
    """Raises: NoSuchThingError."""
    return port.directions[_place(direction, [one.id for one in port.directions], "direction")]


def booth_of(port: PortConfig, lane: str) -> tuple[DirectionConfig, LaneConfig]:
    """The booth lane and its direction. Raises: NoSuchThingError."""
    booths = [(d, one) for d in port.directions for one in d.lanes if one.kind == "booth"]
    return booths[_place(lane, [one.id for _, one in booths], "booth lane")]


def stream_of(direction: DirectionConfig, stream: str) -> str:
    """`stream` if the direction has it. Raises: NoSuchThingError."""
    names = [one.id for one in direction.streams]
    return names[_place(stream, names, "stream")]


def span(
    kind: Kind, at_s: float, from_s: float | None, until_s: float | None, for_min: float | None
) -> tuple[float, float]:
    """When an order given at `at_s` begins and ends. Raises: OrderError."""
    begins_s = at_s if from_s is None else max(from_s, at_s)
    if begins_s > at_s + AHEAD_S:
        raise OrderError("`from` lies more than 7 days ahead; give it nearer to its time.")
    if until_s is not None and for_min is not None:
        raise OrderError("`until` and `for_min` both say how long; keep one.")
    limits = SPANS[kind]
    length_s = limits.usual_s if for_min is None else for_min * MINUTE_S
    ends_s = begins_s + length_s if until_s is None else until_s
    if ends_s <= begins_s:
        raise OrderError("It would end before it begins; give a later `until`.")
    if ends_s > begins_s + limits.most_s:
        raise OrderError(f"A {kind} lasts {limits.most_s / HOUR_S:.0f} h at most; give an earlier `until`.")
    return begins_s, ends_s


def sentence(text: str) -> str:
    """`text` in one line. Raises: OrderError, when nothing is left or it is too long for the feeds."""
    line = " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())
    if not line:
        raise OrderError("A text is empty; write a sentence in English and one in French.")
    if len(line) > TEXT_LETTERS:
        raise OrderError(f"A text has {len(line)} letters, {TEXT_LETTERS} at most; shorten it.")
    return line


def _place(name: str, names: list[str], what: str) -> int:
    if name not in names:
        raise NoSuchThingError(f"There is no {what} {name!r}; there is {', '.join(names) or 'none'}.")
    return names.index(name)
