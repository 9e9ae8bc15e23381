"""`/feed/cbp/bwt.json`: CBP's `bwtnew` array; every leaf is a text, no key is ever missing."""

from __future__ import annotations

from typing import Any

from dashboard.feeds.cbp import CbpGroup, CbpLane, CbpPort, cbp_ports
from dashboard.feeds.values import Published

Json = dict[str, Any]

TOLERANCES = {
    "cv": ("cv_standard_tolerance", "cv_fast_tolerance"),
    "pv": ("pv_standard_tolerance", "pv_nexus_sentri_tolerance", "pv_ready_tolerance"),
    "ped": ("ped_standard_tolerance", "ped_ready_tolerance"),
}


def document(said: Published) -> list[Json]:
    """The array, one element per direction into the United States."""
    return [_port(port) for port in cbp_ports(said)]


def _port(port: CbpPort) -> Json:
    return {
        "port_number": port.port_number,
        "border": port.border,
        "port_name": port.port_name,
        "crossing_name": port.crossing_name,
        "hours": port.hours,
        "date": port.date,
        "time": f"{port.at:%H:%M:%S}",
        "port_status": port.port_status,
        "commercial_vehicle_lanes": _group(port.commercial, "cv", port),
        "passenger_vehicle_lanes": _group(port.passenger, "pv", port),
        "pedestrian_lanes": _group(port.pedestrian, "ped", port),
        "construction_notice": port.notice,
        "automation": "1",
        "automation_enabled": "1",
    }


def _group(group: CbpGroup, short: str, port: CbpPort) -> Json:
    measured_here = group.listed
    return {
        "maximum_lanes": group.maximum_lanes,
        f"{short}_automation_type": "Camera" if measured_here else "",
        f"{short}_segment_from": port.segment_from if measured_here else "",
        f"{short}_segment_to": port.segment_to if measured_here else "",
        **dict.fromkeys(TOLERANCES[short], ""),
        **{lane.tag: _lane(lane) for lane in group.lanes},
    }


def _lane(lane: CbpLane) -> Json:
    return {
        "update_time": lane.update_time,
        "operational_status": lane.operational_status,
        "delay_minutes": lane.delay_minutes,
        "lanes_open": lane.lanes_open,
    }
