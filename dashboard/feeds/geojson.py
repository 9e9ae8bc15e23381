"""`/feed/v1/wait-times.geojson`: RFC 7946, a feature per port and direction, flat properties for GIS."""

from __future__ import annotations

from typing import Any

from dashboard.feeds.instants import iso_z, minutes
from dashboard.feeds.values import Published, PublishedDirection, PublishedPort, PublishedStream

Json = dict[str, Any]

PREFIXES = {
    "pv_standard": "passenger/standard",
    "pv_nexus": "passenger/nexus",
    "pv_ready": "passenger/ready",
    "cv_standard": "commercial/standard",
    "cv_fast": "commercial/fast",
}


def document(said: Published) -> Json:
    """The FeatureCollection; an unknown number is null."""
    features = [_feature(port, direction) for port in said.ports for direction in port.directions]
    return {"type": "FeatureCollection", "features": features}


def _feature(port: PublishedPort, direction: PublishedDirection) -> Json:
    place = port.config.location
    properties: Json = {
        "port_number": direction.config.official.get("cbp_port_number", ""),
        "name": port.config.name.en,
        "direction": direction.config.id,
        "notice": " ".join(notice.en for notice in port.notices_for(direction.config.id)),
    }
    for prefix, stream_id in PREFIXES.items():
        properties |= _lane(prefix, direction.stream(stream_id))
    return {
        "type": "Feature",
        "id": f"{port.config.id}/{direction.config.id}",
        "geometry": None if place is None else {"type": "Point", "coordinates": list(place)},
        "properties": properties,
    }


def _lane(prefix: str, stream: PublishedStream | None) -> Json:
    """Minutes: the point rounded, the range widened; a lane that port.yaml does not name is unknown."""
    wait = None if stream is None else stream.expected
    point_s, high_s = (None, None) if wait is None else (wait.wait_s, wait.high_s)
    return {
        f"{prefix}_min": None if point_s is None else minutes(point_s),
        f"{prefix}_lo_min": None if wait is None else wait.low_s // 60,
        f"{prefix}_hi_min": None if high_s is None else -(-high_s // 60),
        f"{prefix}_state": "unknown" if stream is None else stream.state,
        f"{prefix}_measured_at": None if wait is None else iso_z(wait.measured_at_s),
    }
