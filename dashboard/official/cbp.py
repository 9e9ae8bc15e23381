"""CBP's JSON and XML: the same ports and lanes, told by tag name in any order."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from xml.etree.ElementTree import Element

from dashboard.official import stamps, words
from dashboard.official.reading import Document, Reading, State, require_half

Field = Callable[[str], object]
"""What a lane says under a tag; no text where it says nothing."""

STREAMS = {
    ("commercial_vehicle_lanes", "standard_lanes"): "commercial/standard",
    ("commercial_vehicle_lanes", "FAST_lanes"): "commercial/fast",
    ("passenger_vehicle_lanes", "standard_lanes"): "passenger/standard",
    ("passenger_vehicle_lanes", "NEXUS_SENTRI_lanes"): "passenger/nexus",
    ("passenger_vehicle_lanes", "ready_lanes"): "passenger/ready",
}
ALIASES = {"202401": "240202"}
"""Numbers under which the feed listed a crossing for a while, and the one that it goes by."""


@dataclass(frozen=True, slots=True)
class Port:
    """One port of a document, still in its own words."""

    number: object
    border: object
    date: object
    time: object
    lanes: Mapping[str, Field]


def from_json(rows: list[Any], fetched_s: float | None) -> Document:
    """The array `bwtnew`. Raises: OfficialError."""
    ports = [_json_port(row) for row in rows if isinstance(row, dict)]
    instants = Counter(at_s for port in ports if (at_s := _own_clock_s(port)) is not None)
    told_s = instants.most_common(1)[0][0] if instants else None
    return _document("CBP JSON", ports, told_s if told_s is not None else fetched_s, len(rows))


def from_xml(root: Element, fetched_s: float | None) -> Document:
    """`border_wait_time`; its own clock is Eastern. Raises: OfficialError."""
    told_s = stamps.clock_s(root.findtext("last_updated_date"), root.findtext("last_updated_time"), "EST")
    ports = [_xml_port(element) for element in root.findall("port")]
    return _document("CBP XML", ports, told_s if told_s is not None else fetched_s, len(ports))


def number_of(text: object) -> str:
    """Six digits, whatever was typed for a one; an alias is the number it stands for."""
    number = words.plain(text).replace("l", "1")
    return ALIASES.get(number, number)


def lane_reading(
    said: tuple[object, object, object], at_s: float | None
) -> tuple[State, int | None, float | None, int | None] | None:
    """State, wait (s), instant and open lanes of status, minutes and lanes; None for words nobody knows."""
    status, minutes, lanes_open = words.word(said[0]), words.minutes(said[1]), words.count(said[2])
    if status is None:
        return None
    if status in ("closed", "not_offered"):
        return ("closed" if status == "closed" else "not_offered"), None, None, None
    if status == "unknown" or minutes is None or at_s is None:
        return "unknown", None, None, None
    return "measured", 60 * minutes, at_s, lanes_open


def _document(name: str, ports: list[Port], told_s: float | None, expected: int) -> Document:
    good = [readings for port in ports if (readings := _readings(port, told_s))]
    require_half(len(good), expected, "ports")
    return Document(name, told_s, tuple(reading for readings in good for reading in readings))


def _readings(port: Port, told_s: float | None) -> list[Reading]:
    """Those of a port; none when its words are not known, since then nothing of it can be trusted."""
    if words.plain(port.border) not in words.BORDERS:
        return []
    found = [_reading(port, stream, field, told_s) for stream, field in port.lanes.items()]
    return [one for one in found if one is not None] if None not in found else []


def _reading(port: Port, stream: str, field: Field, told_s: float | None) -> Reading | None:
    day = stamps.date_of(port.date)
    at_s = None if day is None or told_s is None else stamps.stamped_s(field("update_time"), day, told_s)
    said = lane_reading((field("operational_status"), field("delay_minutes"), field("lanes_open")), at_s)
    if said is None:
        return None
    state, wait_s, measured_s, lanes_open = said
    return Reading("cbp", number_of(port.number), "us", stream, state, wait_s, measured_s, lanes_open)


def _own_clock_s(port: Port) -> float | None:
    """The instant of the document as this port's clock and the letters of its stamps tell it."""
    for field in port.lanes.values():
        letters = words.plain(field("update_time"))[-3:]
        at_s = stamps.clock_s(port.date, port.time, letters)
        if at_s is not None:
            return at_s
    return None


def _json_port(row: Mapping[str, Any]) -> Port:
    lanes = dict(_json_lanes(row))
    return Port(row.get("port_number"), row.get("border"), row.get("date"), row.get("time"), lanes)


def _json_lanes(row: Mapping[str, Any]) -> Iterator[tuple[str, Field]]:
    for (group, tag), stream in STREAMS.items():
        inside = row.get(group)
        lane = inside.get(tag) if isinstance(inside, dict) else None
        if isinstance(lane, dict):
            yield stream, lane.get


def _xml_port(element: Element) -> Port:
    lanes: dict[str, Field] = {}
    for (group, tag), stream in STREAMS.items():
        lane = element.find(f"{group}/{tag}")
        if lane is not None:
            lanes[stream] = lane.findtext
    number, border, day = (element.findtext(tag) for tag in ("port_number", "border", "date"))
    return Port(number, border, day, None, lanes)
