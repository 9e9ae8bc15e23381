"""`/feed/drivebc/bordercrossings.json`: DriveBC's list, whose delays are minutes, null or the word `closed`.

`official` in port.yaml may give `drivebc_id` (`134`); lanes are numbered in the order of port.yaml.
"""

from __future__ import annotations

from typing import Any

from dashboard.feeds.bound import into
from dashboard.feeds.instants import iso_z, minutes
from dashboard.feeds.values import Published, PublishedDirection, PublishedPort, PublishedStream

Json = dict[str, Any]

LANE_TYPES = {
    "passenger/standard": "Cars",
    "passenger/nexus": "NEXUS",
    "commercial/standard": "Trucks",
    "commercial/fast": "FAST",
    "passenger/bus": "Bus",
    "commercial/bus": "Bus",
}
COMPASS = {"ca": "NORTHBOUND", "us": "SOUTHBOUND"}
LANES_A_CROSSING = 100


def document(said: Published) -> list[Json]:
    """A crossing per port; a lane that is not offered, or leads nowhere that is known, is left out."""
    return [_crossing(said, port, n) for n, port in enumerate(said.ports, start=1)]


def _crossing(said: Published, port: PublishedPort, number: int) -> Json:
    told = [d.config.official["drivebc_id"] for d in port.directions if "drivebc_id" in d.config.official]
    crossing_id = int(told[0]) if told and told[0].isdecimal() else number
    offered = [
        (direction, stream)
        for direction in port.directions
        for stream in direction.streams
        if into(direction.config) and stream.id in LANE_TYPES and stream.state != "not_offered"
    ]
    place = port.config.location
    return {
        "id": crossing_id,
        "name": port.config.name.en,
        "location": None if place is None else {"type": "Point", "coordinates": list(place)},
        "schedule_url": None,
        "lanes": [
            _lane(LANES_A_CROSSING * crossing_id + n, crossing_id, direction, stream)
            for n, (direction, stream) in enumerate(offered, start=1)
        ],
        "last_updated": iso_z(said.at_s),
    }


def _lane(lane_id: int, crossing_id: int, direction: PublishedDirection, stream: PublishedStream) -> Json:
    country = into(direction.config)
    assert country is not None
    wait = stream.expected
    return {
        "id": lane_id,
        "border_crossing": crossing_id,
        "lane_type": LANE_TYPES[stream.id],
        "lane_direction": COMPASS[country],
        "delay_minutes": _delay(stream),
        "last_updated": None if wait is None else iso_z(wait.measured_at_s),
    }


def _delay(stream: PublishedStream) -> int | str | None:
    if stream.state == "closed":
        return "closed"
    if stream.expected is None or stream.expected.wait_s is None:
        return None
    return minutes(stream.expected.wait_s)
