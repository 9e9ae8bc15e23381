"""Which of our streams an official reading is about: by the agency's own key in port.yaml, never by likeness.

`official` of a direction gives `cbp_port_number` (and, where the feed has listed it under others,
`cbp_port_aliases`), `cbp_port_name` and `cbp_crossing_name` for RSS, `cbsa_office_en`, `cbsa_office_fr`,
`wsdot_name`, `drivebc_id`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from dashboard.config import CentralConfig
from dashboard.feeds.bound import into
from dashboard.official.cbp import number_of
from dashboard.official.reading import Agency, Reading
from dashboard.official.words import plain
from dashboard.portconfig import DirectionConfig, PortConfig


@dataclass(frozen=True, slots=True)
class Placed:
    """A reading of a stream of ours."""

    port: str
    direction: str
    reading: Reading


def placed(config: CentralConfig, readings: Iterable[Reading]) -> list[Placed]:
    """Those readings that are about streams of port.yaml; each stream once an agency."""
    keys = dict(_keys(config))
    found: dict[tuple[str, str, str, Agency], Placed] = {}
    for reading in readings:
        for port, direction in keys.get((reading.agency, _key(reading)), ()):
            named = {stream.id for stream in direction.streams}
            if reading.stream in named and into(direction) in (reading.into, None):
                place = Placed(port.id, direction.id, reading)
                found.setdefault((port.id, direction.id, reading.stream, reading.agency), place)
    return list(found.values())


Place = tuple[PortConfig, DirectionConfig]


def _keys(config: CentralConfig) -> Iterator[tuple[tuple[Agency, str], tuple[Place, ...]]]:
    found: dict[tuple[Agency, str], list[Place]] = {}
    for port in config.ports:
        for direction in port.directions:
            for key in _keys_of(port, direction):
                found.setdefault(key, []).append((port, direction))
    return ((key, tuple(places)) for key, places in found.items())


def _keys_of(port: PortConfig, direction: DirectionConfig) -> set[tuple[Agency, str]]:
    official = direction.official
    numbers = [official.get("cbp_port_number", ""), *official.get("cbp_port_aliases", "").split(",")]
    found: set[tuple[Agency, str]] = {("cbp", number_of(number)) for number in numbers if number.strip()}
    name, crossing = official.get("cbp_port_name", port.name.en), official.get("cbp_crossing_name", "")
    found.add(("cbp", plain(f"{name} - {crossing}" if crossing else name)))
    offices = [official.get(f"cbsa_office_{one}", port.name.in_language(one)) for one in ("en", "fr")]
    found |= {("cbsa", plain(office)) for office in offices}
    found |= {("wsdot", plain(official.get("wsdot_name", port.name.en)))}
    if "drivebc_id" in official:
        found.add(("drivebc", plain(official["drivebc_id"])))
    return found


def _key(reading: Reading) -> str:
    return plain(reading.place)
