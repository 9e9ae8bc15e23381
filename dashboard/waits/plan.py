"""What the manager announced, as the times at which a booth takes vehicles of a stream.

An announcement holds until the lane contradicts it, and ends by itself: then the booth does again what it did
before.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from dashboard.waits.booth import SERVED_WITHIN_S, Booth
from dashboard.waits.staffing import Staffing

SIGN_LAG_S = 300.0
"""A sign may follow an announced change of class by so much; later the sign is right."""
CLOSING_S, OPENING_S = 300.0, 900.0
"""Vehicles that come so long after an announced closing, or stay away after an opening, contradict it."""
CROWD_VEHICLES = 2.0


@dataclass(frozen=True, slots=True)
class Window:
    """A booth takes vehicles from `from_s` until `until_s` (the engine's time)."""

    from_s: float
    until_s: float


@dataclass(frozen=True, slots=True)
class Before:
    """What a booth did when an announcement came into force."""

    open: bool
    serves: tuple[str, ...]


class Plan:
    """Announcements for the booths of one direction."""

    def __init__(self) -> None:
        self._staffing: tuple[Staffing, ...] = ()
        self._before: dict[Staffing, Before] = {}

    @property
    def is_empty(self) -> bool:
        """Whether nothing is announced."""
        return not self._staffing

    def announce(self, staffing: Sequence[Staffing]) -> bool:
        """All that is announced now; what was announced before and is not in it was taken back.

        Returns whether that changed anything.
        """
        known = self._staffing
        made = (one for one in staffing if one.until_s > one.from_s)
        self._staffing = tuple(sorted(set(made), key=lambda one: (one.from_s, one.until_s, one.lane)))
        self._before = {one: self._before[one] for one in self._staffing if one in self._before}
        return self._staffing != known

    def step(self, booths: dict[str, Booth], end_s: float) -> None:
        """Note what booths do for which an announcement has come into force."""
        for one in self._staffing:
            if one.from_s <= end_s and one.lane in booths:
                self._before.setdefault(one, _now(booths[one.lane], one.from_s))

    def serves(self, lane: str, at_s: float) -> tuple[str, ...] | None:
        """Whom the lane is announced to serve at `at_s`; None where nobody said."""
        named = [one.serves for one in self._staffing if one.lane == lane and one.in_force(at_s)]
        return next((serves for serves in reversed(named) if serves), None)

    def coming(self, streams: Sequence[str], at_s: float) -> set[str]:
        """Lanes that are or will be announced to serve one of the streams."""
        return {one.lane for one in self._staffing if one.until_s > at_s and _any(streams, one.serves or ())}

    def touches(self, lanes: Sequence[str], from_s: float, until_s: float) -> bool:
        """Whether an announcement for one of the lanes is in force at some time between."""
        return any(
            one.lane in lanes and one.from_s <= until_s and one.until_s > from_s for one in self._staffing
        )

    def says(self, booth: Booth, streams: Sequence[str], at_s: float, crowd: float = 0.0) -> bool | None:
        """Whether the booth is announced to take one of the streams now; None: nothing holds.

        `crowd`: vehicles at the fullest booth beside it.
        """
        one = _newest(self._of(booth, at_s, crowd), at_s)
        return None if one is None else _opens(one, booth, streams, at_s)

    def windows(
        self, booth: Booth, streams: Sequence[str], at_s: float, takes: bool, crowd: float = 0.0
    ) -> tuple[Window, ...]:
        """When the booth takes vehicles of one of the streams, from `at_s` (now) on.

        `takes`: whether it is seen to, now.
        """
        own = self._of(booth, at_s, crowd)
        edges = sorted({at_s, *(edge for one in own for edge in (one.from_s, one.until_s) if edge > at_s)})
        found: list[Window] = []
        for lower, upper in zip(edges, [*edges[1:], math.inf], strict=True):
            one = _newest(own, lower)
            opens = (
                self._after(own, streams, lower, takes) if one is None else _opens(one, booth, streams, at_s)
            )
            if opens and found and found[-1].until_s == lower:
                found[-1] = Window(found[-1].from_s, upper)
            elif opens:
                found.append(Window(lower, upper))
        return tuple(found)

    def _of(self, booth: Booth, now_s: float, crowd: float) -> list[Staffing]:
        """What is or will be in force for the booth and is not contradicted by it."""
        return [
            one
            for one in self._staffing
            if one.lane == booth.spec.id
            and one.until_s > now_s
            and not (one.in_force(now_s) and _contradicted(one, booth, now_s, crowd))
        ]

    def _after(self, own: Sequence[Staffing], streams: Sequence[str], at_s: float, takes: bool) -> bool:
        """Whether it takes them while nothing is in force: as now, or as before what has ended by then."""
        ended = [self._before[one] for one in own if one.until_s <= at_s and one in self._before]
        return ended[-1].open and _any(streams, ended[-1].serves) if ended else takes


def _newest(staffing: Sequence[Staffing], at_s: float) -> Staffing | None:
    return next((one for one in reversed(staffing) if one.in_force(at_s)), None)


def _opens(one: Staffing, booth: Booth, streams: Sequence[str], now_s: float) -> bool:
    return one.state == "open" and _any(streams, _serves(one, booth, now_s))


def _any(streams: Sequence[str], serves: Sequence[str]) -> bool:
    return not set(streams).isdisjoint(serves)


def _now(booth: Booth, at_s: float) -> Before:
    return Before(booth.served_within(at_s, SERVED_WITHIN_S), booth.serves)


def _serves(one: Staffing, booth: Booth, now_s: float) -> tuple[str, ...]:
    """Announced, until the sign had time to follow; then as the sign says."""
    if one.serves is None or now_s > one.from_s + SIGN_LAG_S:
        return booth.serves
    return one.serves


def _contradicted(one: Staffing, booth: Booth, now_s: float, crowd: float) -> bool:
    """Whether the lane does the opposite of what is announced for now."""
    came_s = max(booth.arrived_s or -math.inf, booth.departed_s or -math.inf)
    if one.state == "closed":
        arrived_s = booth.arrived_s or -math.inf
        return arrived_s > one.from_s + CLOSING_S and now_s - arrived_s <= SERVED_WITHIN_S
    idle_s = now_s - max(came_s, one.from_s)
    return idle_s > OPENING_S and crowd >= CROWD_VEHICLES and booth.is_fresh(now_s, CLOSING_S)
