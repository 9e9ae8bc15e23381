"""What the CBP formats say of a direction: seven lanes in three groups, each leaf a text.

JSON, XML and RSS print these values.

`official` in port.yaml may give `cbp_port_number`, `cbp_port_name`, `cbp_crossing_name`, `cbp_border`,
`cbp_segment_from` and `cbp_segment_to`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from dashboard import zones
from dashboard.feeds.bound import leading_into
from dashboard.feeds.clocks import letters
from dashboard.feeds.hours import is_always
from dashboard.feeds.hours import official as official_hours
from dashboard.feeds.instants import minutes
from dashboard.feeds.values import Published, PublishedDirection, PublishedPort, PublishedStream

LEAST_BOUND_MIN = 10
DELAY_FROM_MIN = 10


@dataclass(frozen=True, slots=True)
class CbpLane:
    """One lane; `tag` is its name in the documents. Empty texts stand for unknown."""

    tag: str
    operational_status: str
    update_time: str = ""
    delay_minutes: str = ""
    lanes_open: str = ""


@dataclass(frozen=True, slots=True)
class CbpGroup:
    """Commercial, passenger or pedestrian lanes; `listed` if port.yaml names one of them."""

    tag: str
    maximum_lanes: str
    lanes: tuple[CbpLane, ...]
    listed: bool


@dataclass(frozen=True, slots=True)
class CbpPort:
    """One direction of a port as CBP knows it. `at` is the document's instant on its wall clock."""

    port_number: str
    border: str
    port_name: str
    crossing_name: str
    hours: str
    at: datetime
    port_status: str
    commercial: CbpGroup
    passenger: CbpGroup
    pedestrian: CbpGroup
    segment_from: str
    segment_to: str
    notice: str

    @property
    def groups(self) -> tuple[CbpGroup, CbpGroup, CbpGroup]:
        """In the order of the documents."""
        return self.commercial, self.passenger, self.pedestrian

    @property
    def date(self) -> str:
        """`M/D/YYYY`, no padding."""
        return f"{self.at.month}/{self.at.day}/{self.at.year}"


_LANES = {
    "commercial_vehicle_lanes": {"standard_lanes": "commercial/standard", "FAST_lanes": "commercial/fast"},
    "passenger_vehicle_lanes": {
        "standard_lanes": "passenger/standard",
        "NEXUS_SENTRI_lanes": "passenger/nexus",
        "ready_lanes": "passenger/ready",
    },
    "pedestrian_lanes": {"standard_lanes": "pedestrian/standard", "ready_lanes": "pedestrian/ready"},
}
_NOTICE_NAMES = {
    "commercial/standard": "Commercial standard lanes",
    "commercial/fast": "Commercial FAST lanes",
    "passenger/standard": "Passenger standard lanes",
    "passenger/nexus": "Passenger NEXUS lanes",
    "passenger/ready": "Passenger Ready lanes",
}
PENDING = "Update Pending"


def cbp_ports(said: Published) -> tuple[CbpPort, ...]:
    """Every direction that leads into the United States."""
    return tuple(
        _port(said, port, direction) for port in said.ports for direction in leading_into(port, "us")
    )


def stamp(at_s: int, zone: str, *, noon_words: bool = False) -> str:
    """`At 1:07 pm EDT`, the minute floored.

    At exactly twelve the minute before is stamped: readers lose `Noon`, `Midnight` and `12:00`. The official
    feed's own words come with `noon_words`.
    """
    at = zones.local(at_s, zone)
    if at.strftime("%I:%M") != "12:00":
        return f"At {clock(at)} {letters(at, zone)}"
    if noon_words:
        return f"At {'Noon' if at.hour else 'Midnight'} {letters(at, zone)}"
    return stamp(at_s - 60, zone)


def clock(at: datetime) -> str:
    """`1:07 pm`."""
    return f"{at.hour % 12 or 12}:{at.minute:02d} {'am' if at.hour < 12 else 'pm'}"


def _port(said: Published, port: PublishedPort, direction: PublishedDirection) -> CbpPort:
    official = direction.config.official
    dark = not any(s.state in ("measured", "at_least", "closed") for s in direction.streams)
    offered = [s for s in direction.streams if s.state != "not_offered"]
    closed = bool(offered) and all(s.state == "closed" for s in offered)
    port_name = official.get("cbp_port_name", port.config.name.en)
    crossing_name = official.get("cbp_crossing_name", "")
    noon_words = port.config.publication.official_noon_words
    commercial, passenger, pedestrian = (
        _group(tag, direction, dark=dark, noon_words=noon_words) for tag in _LANES
    )
    return CbpPort(
        port_number=official.get("cbp_port_number", ""),
        border=official.get("cbp_border", "Canadian Border"),
        port_name=port_name,
        crossing_name=crossing_name,
        hours=_hours(direction),
        at=zones.local(said.at_s, direction.config.timezone),
        port_status="Closed" if closed else "Open",
        commercial=commercial,
        passenger=passenger,
        pedestrian=pedestrian,
        segment_from=official.get("cbp_segment_from", "End of the queue"),
        segment_to=official.get("cbp_segment_to", "Primary inspection booth"),
        notice=" ".join(
            [notice.en for notice in port.notices_for(direction.config.id)]
            + _notices(direction, crossing_name or port_name)
        ),
    )


def _group(tag: str, direction: PublishedDirection, *, dark: bool, noon_words: bool) -> CbpGroup:
    streams = {name: direction.stream(stream_id) for name, stream_id in _LANES[tag].items()}
    zone = direction.config.timezone
    lanes = tuple(
        CbpLane(name, PENDING) if dark or stream is None else _lane(name, stream, zone, noon_words)
        for name, stream in streams.items()
    )
    return CbpGroup(
        tag, _maximum_lanes(streams.values()), lanes, any(s is not None for s in streams.values())
    )


def _maximum_lanes(streams: Iterable[PublishedStream | None]) -> str:
    """The sum over the lanes that port.yaml names; `N/A` where one of them is not told."""
    listed = [stream.lanes_max for stream in streams if stream is not None]
    told = [lanes for lanes in listed if lanes is not None]
    return str(sum(told)) if told and len(told) == len(listed) else "N/A"


def _lane(name: str, stream: PublishedStream, zone: str, noon_words: bool) -> CbpLane:
    if stream.state == "closed":
        return CbpLane(name, "Lanes Closed")
    if stream.state == "not_offered":
        return CbpLane(name, "N/A")
    delay_min = shown_minutes(stream)
    if delay_min is None or stream.expected is None:
        return CbpLane(name, PENDING)
    return CbpLane(
        name,
        operational_status="delay" if delay_min >= DELAY_FROM_MIN else "no delay",
        update_time=stamp(stream.expected.measured_at_s, zone, noon_words=noon_words),
        delay_minutes=str(delay_min),
        lanes_open=str(stream.lanes_open) if stream.lanes_open else "",
    )


def shown_minutes(stream: PublishedStream) -> int | None:
    """The number that the format can carry: the wait, or a lower bound that may be called a delay."""
    wait = stream.expected
    if wait is None:
        return None
    if wait.wait_s is not None:
        return minutes(wait.wait_s)
    return wait.low_s // 60 if wait.low_s // 60 >= LEAST_BOUND_MIN else None


def _notices(direction: PublishedDirection, name: str) -> list[str]:
    """A sentence per lane of which only a lower bound is printed."""
    said = []
    for stream in direction.streams:
        wait, lanes, bound_min = stream.expected, _NOTICE_NAMES.get(stream.id), shown_minutes(stream)
        if wait is None or wait.wait_s is not None or lanes is None or bound_min is None:
            continue
        at = clock(zones.local(wait.measured_at_s, direction.config.timezone))
        said.append(
            f"{lanes}: Queue is longer than the camera sees: "
            f"wait at {name} is AT LEAST {bound_min} minutes ({at})."
        )
    return said


def _hours(direction: PublishedDirection) -> str:
    """Those of the stream that is open longest, as far as that can be told."""
    given = [stream.hours for stream in direction.streams if stream.hours]
    return official_hours(next((hours for hours in given if is_always(hours)), given[0] if given else ""))
