"""What the wait engine must know of a place: its streams, its lanes, and lengths in metres. Frozen values."""

from __future__ import annotations

from dataclasses import dataclass

from dashboard.minutes import Kind
from dashboard.portconfig import DirectionConfig, LaneConfig, StreamConfig

SERVICE_S = {"fast": 60.0, "standard": 100.0, "nexus": 25.0, "ready": 50.0, "bus": 300.0}
"""Primary inspection, seconds, where port.yaml says nothing; passengers' standard lanes take 60 s."""
PASSENGER_STANDARD_S = 60.0
PITCH_M = {"commercial": 21.0, "passenger": 7.2}
"""Metres of queue per vehicle."""
VIEW_M = 120.0


@dataclass(frozen=True, slots=True)
class StreamSpec:
    """One stream; `when_closed`: id of the stream whose booths take it while none of its own is open."""

    id: str
    hours: str | None = None
    lanes_max: int | None = None
    when_closed: str | None = None
    nominal_service_s: float = 60.0
    pitch_m: float = 21.0

    @property
    def move_up_s(self) -> float:
        """Seconds from a departure until the next stands at the booth: 6 s for cars, 10 s for trucks."""
        return 3.5 + 0.3 * self.pitch_m


@dataclass(frozen=True, slots=True)
class LaneSpec:
    """One lane. `line_m`: distance of an approach line from the booths; `view_m`: length that is seen."""

    id: str
    kind: Kind
    serves: tuple[str, ...] = ()
    view_m: float = VIEW_M
    stacking_m: float | None = None
    line_m: float | None = None

    @property
    def room_m(self) -> float:
        """Metres of a booth's lane in which vehicles stand; what is seen of it where nobody says more."""
        return self.stacking_m or self.view_m


@dataclass(frozen=True, slots=True)
class SiteSpec:
    """One direction of a port. `own_lane_m`: the last stretch on which classes are apart, if they share."""

    streams: tuple[StreamSpec, ...]
    lanes: tuple[LaneSpec, ...]
    timezone: str = "UTC"
    valid_s: float = 900.0
    own_lane_m: float | None = None


def site_of(direction: DirectionConfig, valid_s: float) -> SiteSpec:
    """The engine's view of one direction of port.yaml; figures live `valid_s` seconds."""
    return SiteSpec(
        streams=tuple(_stream(stream) for stream in direction.streams),
        lanes=tuple(_lane(lane) for lane in direction.lanes),
        timezone=direction.timezone,
        valid_s=valid_s,
        own_lane_m=direction.own_lane_m,
    )


def default_service_s(traffic: str, lane_class: str) -> float:
    """Seconds of primary inspection where nobody says otherwise."""
    if traffic == "passenger" and lane_class == "standard":
        return PASSENGER_STANDARD_S
    return SERVICE_S[lane_class]


def _stream(stream: StreamConfig) -> StreamSpec:
    closed = stream.when_closed
    return StreamSpec(
        id=stream.id,
        hours=stream.hours,
        lanes_max=stream.lanes_max,
        when_closed=f"{stream.traffic}/{closed}" if closed else None,
        nominal_service_s=stream.nominal_service_s or default_service_s(stream.traffic, stream.lane_class),
        pitch_m=stream.pitch_m or PITCH_M[stream.traffic],
    )


def _lane(lane: LaneConfig) -> LaneSpec:
    return LaneSpec(
        id=lane.id,
        kind=lane.kind,
        serves=tuple(lane.serves),
        view_m=lane.view_m or VIEW_M,
        stacking_m=lane.stacking_m,
        line_m=lane.line_m,
    )
