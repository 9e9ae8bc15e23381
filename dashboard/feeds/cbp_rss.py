"""`/feed/cbp/rss/<port_number>.xml`: CBP's RSS, whose descriptions are real child markup with exact spaces.

RSS never says `no delay`: a measured zero is `0 min delay`, unknown is `Update Pending`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal
from xml.sax.saxutils import escape

from dashboard import zones
from dashboard.feeds.cbp import PENDING, CbpGroup, CbpLane, CbpPort
from dashboard.feeds.cbp_xml import EASTERN
from dashboard.feeds.clocks import letters
from dashboard.feeds.values import Published

Part = Literal["pov", "cov", "ped", "all"]

_TITLES = {
    "commercial_vehicle_lanes": "Commercial Vehicles",
    "passenger_vehicle_lanes": "Passenger Vehicles",
    "pedestrian_lanes": "Pedestrian",
}
_PARTS: dict[Part, tuple[str, ...]] = {
    "cov": ("commercial_vehicle_lanes",),
    "pov": ("passenger_vehicle_lanes",),
    "ped": ("pedestrian_lanes",),
    "all": tuple(_TITLES),
}


def document(said: Published, ports: Sequence[CbpPort], part: Part, link: str) -> bytes:
    """The channel of `ports` with the groups of `part`; `link` is where the figures are shown."""
    dated = _date(said.at_s)
    operator = said.operator.en
    name = ports[0].crossing_name or ports[0].port_name if len(ports) == 1 else "Border"
    title = f"{name} wait times, measured by {operator} (CBP-compatible format)"
    about = (
        "Estimated wait times for reaching the primary inspection booth, "
        f"measured by cameras of {operator}. These are not figures of CBP."
    )
    items = "".join(_item(port, _PARTS[part], link, dated) for port in ports)
    return (
        "<?xml version='1.0' encoding='UTF-8'?><rss version='2.0'><channel>"
        f"<title>{escape(title)}</title><link>{escape(link)}</link><description>{escape(about)}</description>"
        f"<pubDate>{dated}</pubDate>{items}</channel></rss>"
    ).encode("ascii", "xmlcharrefreplace")


def _date(at_s: int) -> str:
    """`Sat, 22 Aug 2026 14:08:39 EDT`, with the zone that holds."""
    at = zones.local(at_s, EASTERN)
    return f"{at:%a, %d %b %Y %H:%M:%S} {letters(at, EASTERN)}"


def _item(port: CbpPort, tags: tuple[str, ...], link: str, dated: str) -> str:
    title = f"{port.port_name} - {port.crossing_name}" if port.crossing_name else port.port_name
    groups = "".join(
        _group(group, port.border) for group in port.groups if group.listed and group.tag in tags
    )
    notice = f"<b>Border Notice: </b>{escape(port.notice)}" if port.notice else ""
    return (
        f"<item><title>{escape(title)}</title>"
        f"<description>Hours: {escape(port.hours)} <br/> Date: {port.date} <br/>{groups}{notice}"
        "</description>"
        f"<link>{escape(link)}</link><pubDate>{dated}</pubDate>"
        f"<guid isPermaLink='false'>{escape(link)}#{escape(port.port_number)}</guid></item>"
    )


def _group(group: CbpGroup, border: str) -> str:
    lanes = "".join(f"{_name(lane, border)} Lanes:{_value(lane)}<br/>" for lane in group.lanes)
    return f" <h4><b> {_TITLES[group.tag]} </b></h4>  Maximum Lanes: {group.maximum_lanes} <br/>{lanes}"


def _name(lane: CbpLane, border: str) -> str:
    program = "Sentri" if border == "Mexican Border" else "Nexus"
    names = {"standard_lanes": "General", "FAST_lanes": "Fast", "ready_lanes": "Ready"}
    return names.get(lane.tag, program)


def _value(lane: CbpLane) -> str:
    """The sentence needs a count of open lanes; without one it cannot be written."""
    if not lane.delay_minutes:
        return f"  {lane.operational_status}  "
    if not lane.lanes_open:
        return f"  {PENDING}  "
    return f" {lane.update_time} {lane.delay_minutes} min delay {lane.lanes_open} lane(s) open  "
