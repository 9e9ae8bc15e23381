"""`/feed/cbp/bwt.xml`: CBP's whole document; ASCII bytes, so that readers of UTF-8 and of Latin-1 agree."""

from __future__ import annotations

import unicodedata
from xml.etree.ElementTree import Element, SubElement, tostring

from dashboard import zones
from dashboard.feeds.cbp import CbpGroup, CbpPort, cbp_ports
from dashboard.feeds.values import Published

EASTERN = "America/New_York"
DECLARATION = b"<?xml version='1.0' encoding='UTF-8'?>"
# The misspelling is the real tag, and readers use it.
AUTOMATION_TAGS = ("commercial_automation_type", "passenger_automation_type", "pedestrain_automation_type")


def document(said: Published) -> bytes:
    """The document, dated by Eastern time as the official one is."""
    at = zones.local(said.at_s, EASTERN)
    ports = cbp_ports(said)
    root = Element("border_wait_time")
    _leaf(root, "last_updated_date", f"{at.year}-{at.month}-{at.day}")
    _leaf(root, "last_updated_time", f"{at:%H:%M:%S}")
    _leaf(root, "number_of_ports", str(len(ports)))
    for port in ports:
        _port(SubElement(root, "port"), port)
    body: bytes = tostring(root, encoding="us-ascii", xml_declaration=False)
    return DECLARATION + body


def _port(element: Element, port: CbpPort) -> None:
    for tag in ("port_number", "border", "port_name", "crossing_name", "hours", "date", "port_status"):
        _leaf(element, tag, getattr(port, tag))
    for tag, group in zip(AUTOMATION_TAGS, port.groups, strict=True):
        _leaf(element, tag, "Camera" if group.listed else "")
    for group in port.groups:
        _group(SubElement(element, group.tag), group)
    if port.notice:
        _leaf(element, "construction_notice", _ascii(port.notice))


def _group(element: Element, group: CbpGroup) -> None:
    _leaf(element, "maximum_lanes", group.maximum_lanes)
    for lane in group.lanes:
        inside = SubElement(element, lane.tag)
        for tag in ("operational_status", "update_time", "delay_minutes", "lanes_open"):
            _leaf(inside, tag, getattr(lane, tag))


def _leaf(parent: Element, tag: str, text: str) -> None:
    SubElement(parent, tag).text = text or None


def _ascii(text: str) -> str:
    """Accents dropped: a reader that takes the notice for raw text meets no character reference."""
    return unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
