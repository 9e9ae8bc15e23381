"""`/feed/cbp/bwt.xml`: CBP's whole document; ASCII bytes, so that readers of UTF-8 and of Latin-1 agree."""

from __future__ import annotations

import unicodedata
from xml.sax.saxutils import escape

from dashboard import zones
from dashboard.feeds.cbp import CbpGroup, CbpLane, CbpPort, cbp_ports
from dashboard.feeds.values import Published

EASTERN = "America/New_York"
DECLARATION = "<?xml version='1.0' encoding='UTF-8'?>"
# The misspelling is the real tag, and readers use it.
AUTOMATION_TAGS = ("commercial_automation_type", "passenger_automation_type", "pedestrain_automation_type")
PORT_TAGS = ("port_number", "border", "port_name", "crossing_name", "hours", "date", "port_status")
LANE_TAGS = ("operational_status", "update_time", "delay_minutes", "lanes_open")


def document(said: Published) -> bytes:
    """The document, dated by Eastern time as the official one is."""
    at = zones.local(said.at_s, EASTERN)
    ports = cbp_ports(said)
    inside = (
        _leaf("last_updated_date", f"{at.year}-{at.month}-{at.day}")
        + _leaf("last_updated_time", f"{at:%H:%M:%S}")
        + _leaf("number_of_ports", str(len(ports)))
        + "".join(_port(port) for port in ports)
    )
    return (DECLARATION + _element("border_wait_time", inside)).encode("ascii", "xmlcharrefreplace")


def _port(port: CbpPort) -> str:
    automation = zip(AUTOMATION_TAGS, port.groups, strict=True)
    parts = [_leaf(tag, getattr(port, tag)) for tag in PORT_TAGS]
    parts += [_leaf(tag, "Camera" if group.listed else "") for tag, group in automation]
    parts += [_group(group) for group in port.groups]
    if port.notice:
        parts.append(_element("construction_notice", _cdata(port.notice)))
    return _element("port", "".join(parts))


def _group(group: CbpGroup) -> str:
    lanes = "".join(_lane(lane) for lane in group.lanes)
    return _element(group.tag, _leaf("maximum_lanes", group.maximum_lanes) + lanes)


def _lane(lane: CbpLane) -> str:
    return _element(lane.tag, "".join(_leaf(tag, getattr(lane, tag)) for tag in LANE_TAGS))


def _leaf(tag: str, text: str) -> str:
    """An empty value is an empty element, never a missing one."""
    return _element(tag, escape(text)) if text else f"<{tag} />"


def _element(tag: str, inside: str) -> str:
    return f"<{tag}>{inside}</{tag}>"


def _cdata(text: str) -> str:
    """Raw text without accents: in CDATA there are no character references."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return f"<![CDATA[{plain.replace(']]>', ']] >')}]]>"
