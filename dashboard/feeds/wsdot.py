"""`/feed/wsdot/crossings.json`: WSDOT's border crossings, waits into Canada, -1 for no reading.

`official` in port.yaml may give `wsdot_name` (`I5`, `SR543`) and `wsdot_road` (`005`, `543`).
"""

from __future__ import annotations

from typing import Any

from dashboard import zones
from dashboard.feeds.bound import leading_into
from dashboard.feeds.instants import minutes
from dashboard.feeds.values import Published, PublishedDirection, PublishedPort, PublishedStream

Json = dict[str, Any]

NO_READING = -1
SUFFIXES = {
    "passenger/standard": ("", "General Purpose"),
    "passenger/nexus": ("Nexus", "Nexus Lane"),
    "commercial/standard": ("Trucks", "Trucks"),
    "commercial/fast": ("TrucksFast", "Trucks FAST"),
}


def document(said: Published) -> list[Json]:
    """A row per lane kind that is offered in a direction into Canada."""
    return [row for _, row in crossings(said)]


def crossings(said: Published) -> list[tuple[int, Json]]:
    """The rows, each with its instant (UTC s)."""
    return [
        _row(said, port, direction, stream)
        for port in said.ports
        for direction in leading_into(port, "ca")
        for stream in direction.streams
        if stream.id in SUFFIXES and stream.state != "not_offered"
    ]


def _row(
    said: Published, port: PublishedPort, direction: PublishedDirection, stream: PublishedStream
) -> tuple[int, Json]:
    wait_s = None if stream.expected is None else stream.expected.wait_s
    at_s = said.at_s if stream.expected is None or wait_s is None else stream.expected.measured_at_s
    suffix, _ = SUFFIXES[stream.id]
    return at_s, {
        "BorderCrossingLocation": _location(port, direction, stream),
        "CrossingName": direction.config.official.get("wsdot_name", port.config.name.en) + suffix,
        "Time": f"/Date({at_s * 1000}{zones.local(at_s, direction.config.timezone):%z})/",
        "WaitTime": NO_READING if wait_s is None else minutes(wait_s),
    }


def _location(port: PublishedPort, direction: PublishedDirection, stream: PublishedStream) -> Json | None:
    if port.config.location is None:
        return None
    longitude, latitude = port.config.location
    _, kind = SUFFIXES[stream.id]
    return {
        "Description": f"{port.config.name.en} {kind}",
        "Direction": None,
        "Latitude": latitude,
        "Longitude": longitude,
        "MilePost": 0,
        "RoadName": direction.config.official.get("wsdot_road", ""),
    }
