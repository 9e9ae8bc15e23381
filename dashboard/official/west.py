"""The two feeds of the Pacific coast: WSDOT's crossings and DriveBC's list."""

from __future__ import annotations

from typing import Any

from dashboard.official import stamps, words
from dashboard.official.reading import Country, Document, Reading, State, require_half

WSDOT_LANES = {
    "TrucksFast": "commercial/fast",
    "Trucks": "commercial/standard",
    "Nexus": "passenger/nexus",
    "": "passenger/standard",
}
DRIVEBC_LANES = {
    "cars": "passenger/standard",
    "nexus": "passenger/nexus",
    "trucks": "commercial/standard",
    "fast": "commercial/fast",
}
DRIVEBC_INTO: dict[str, Country] = {"northbound": "ca", "southbound": "us"}


def from_wsdot(rows: list[Any]) -> Document:
    """`-1` and null are no reading. Raises: OfficialError."""
    readings = tuple(one for row in rows if isinstance(row, dict) and (one := _wsdot(row)) is not None)
    require_half(len(readings), len(rows), "crossings")
    return Document("WSDOT JSON", _newest_s(readings), readings)


def _wsdot(row: dict[str, Any]) -> Reading | None:
    name, wait = row.get("CrossingName"), row.get("WaitTime")
    if not isinstance(name, str) or not (wait is None or isinstance(wait, int)):
        return None
    suffix = next(suffix for suffix in WSDOT_LANES if name.endswith(suffix))
    told, at_s = words.minutes(wait), stamps.iso_s(row.get("Time"))
    place, stream = name.removesuffix(suffix), WSDOT_LANES[suffix]
    if told is None or at_s is None:
        return Reading("wsdot", place, "ca", stream, "unknown")
    return Reading("wsdot", place, "ca", stream, "measured", 60 * told, at_s)


def from_drivebc(rows: list[Any]) -> Document:
    """Minutes, null, or the word `closed`. Raises: OfficialError."""
    lanes = [(row.get("id"), lane) for row in rows if isinstance(row, dict) for lane in _lanes(row)]
    readings = tuple(one for place, lane in lanes if (one := _drivebc(place, lane)) is not None)
    require_half(len(readings), sum(not _is_bus(lane) for _, lane in lanes), "lanes")
    return Document("DriveBC JSON", _newest_s(readings), readings)


def _lanes(row: dict[str, Any]) -> list[Any]:
    lanes = row.get("lanes")
    return lanes if isinstance(lanes, list) else []


def _drivebc(place: object, lane: Any) -> Reading | None:
    if not isinstance(lane, dict):
        return None
    stream = DRIVEBC_LANES.get(words.plain(lane.get("lane_type")))
    into = DRIVEBC_INTO.get(words.plain(lane.get("lane_direction")))
    if stream is None or into is None:
        return None
    told, at_s = words.minutes(lane.get("delay_minutes")), stamps.iso_s(lane.get("last_updated"))
    state: State = "closed" if words.word(lane.get("delay_minutes")) == "closed" else "unknown"
    if told is None or at_s is None:
        return Reading("drivebc", str(place), into, stream, state)
    return Reading("drivebc", str(place), into, stream, "measured", 60 * told, at_s)


def _is_bus(lane: Any) -> bool:
    return isinstance(lane, dict) and words.plain(lane.get("lane_type")) == "bus"


def _newest_s(readings: tuple[Reading, ...]) -> float | None:
    return max((one.measured_at_s for one in readings if one.measured_at_s is not None), default=None)
