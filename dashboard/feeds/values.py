"""The frozen values that every feed and page prints, in whole seconds (UTC since 1970 where an instant)."""

from __future__ import annotations

from dataclasses import dataclass

from dashboard.portconfig import DirectionConfig, LaneClass, Names, PortConfig, Traffic
from dashboard.waits.state import Basis, State


@dataclass(frozen=True, slots=True)
class PublishedWait:
    """An expected wait in whole seconds; `wait_s` and `high_s` are None when only a lower bound is known."""

    wait_s: int | None
    low_s: int
    high_s: int | None
    basis: tuple[Basis, ...]
    measured_at_s: int
    age_s: int
    valid_until_s: int


@dataclass(frozen=True, slots=True)
class PublishedActual:
    """Wait of the `vehicles` that just reached the booth."""

    wait_s: int
    low_s: int
    high_s: int
    vehicles: int
    measured_at_s: int


@dataclass(frozen=True, slots=True)
class PublishedForecast:
    """Expected wait of a vehicle that joins at `at_s`."""

    at_s: int
    wait_s: int
    low_s: int
    high_s: int


@dataclass(frozen=True, slots=True)
class PublishedQueue:
    """`vehicles` over all lanes of the stream, `length_m` of the longest lane."""

    vehicles: int
    length_m: float | None
    at_least: bool


@dataclass(frozen=True, slots=True)
class Benefit:
    """Seconds that FAST saves against standard; the interval holds 90 % of the differences."""

    s: int
    low_s: int
    high_s: int


@dataclass(frozen=True, slots=True)
class PublishedStream:
    """One stream of a direction. `expected` is there for `measured` and `at_least` only.

    `last_measured_s` and `unknown_since_s` are set where a figure was withdrawn for its age.
    """

    direction: str
    traffic: Traffic
    lane_class: LaneClass
    state: State
    reason: str | None = None
    lanes_open: int | None = None
    lanes_max: int | None = None
    hours: str | None = None
    redirected_to: str | None = None
    expected: PublishedWait | None = None
    actual: PublishedActual | None = None
    forecast: tuple[PublishedForecast, ...] = ()
    queue: PublishedQueue | None = None
    fast_benefit: Benefit | None = None
    last_measured_s: int | None = None
    unknown_since_s: int | None = None

    @property
    def id(self) -> str:
        """`traffic/class`."""
        return f"{self.traffic}/{self.lane_class}"


@dataclass(frozen=True, slots=True)
class PublishedNotice:
    """A sentence for the public in both languages; `direction` None: for the whole port."""

    en: str
    fr: str
    direction: str | None
    from_s: int
    until_s: int


@dataclass(frozen=True, slots=True)
class PublishedDirection:
    """One direction of a port, its streams in the order of port.yaml."""

    config: DirectionConfig
    streams: tuple[PublishedStream, ...]

    def stream(self, stream_id: str) -> PublishedStream | None:
        """The stream `traffic/class`; None if port.yaml names none."""
        return next((stream for stream in self.streams if stream.id == stream_id), None)


@dataclass(frozen=True, slots=True)
class PublishedPort:
    """One port."""

    config: PortConfig
    directions: tuple[PublishedDirection, ...]
    notices: tuple[PublishedNotice, ...] = ()

    def notices_for(self, direction: str) -> tuple[PublishedNotice, ...]:
        """Those for the whole port and those for one direction."""
        return tuple(notice for notice in self.notices if notice.direction in (None, direction))


@dataclass(frozen=True, slots=True)
class Published:
    """All that may be said at `at_s` (UTC, whole seconds)."""

    at_s: int
    operator: Names
    ports: tuple[PublishedPort, ...]
