"""WSDOT's border crossings as XML: the rows of wsdot.py, elements in alphabetical order, one namespace."""

from __future__ import annotations

from typing import Any
from xml.sax.saxutils import escape

from dashboard.feeds.instants import iso_z
from dashboard.feeds.values import Published
from dashboard.feeds.wsdot import Json, crossings

NAMESPACE = "http://schemas.datacontract.org/2004/07/"
INSTANCE = "http://www.w3.org/2001/XMLSchema-instance"


def document(said: Published) -> bytes:
    """The array as XML; `Time` is an xs:dateTime."""
    rows = "".join(
        _element("BorderCrossingData", _members({**row, "Time": iso_z(at_s)}))
        for at_s, row in crossings(said)
    )
    head = f'<ArrayOfBorderCrossingData xmlns="{NAMESPACE}" xmlns:i="{INSTANCE}">'
    return f"{head}{rows}</ArrayOfBorderCrossingData>".encode("ascii", "xmlcharrefreplace")


def _members(row: Json) -> str:
    return "".join(_member(name, row[name]) for name in sorted(row))


def _member(name: str, value: Any) -> str:
    if value is None:
        return f'<{name} i:nil="true"/>'
    return _element(name, _members(value) if isinstance(value, dict) else escape(str(value)))


def _element(tag: str, inside: str) -> str:
    return f"<{tag}>{inside}</{tag}>"
