"""Which official feed some bytes are, and what they say. Pure: any bytes give a Document or an error."""

from __future__ import annotations

import json
from typing import Any
from xml.etree.ElementTree import Element, ParseError, fromstring

from dashboard.official import cbp, cbsa, rss, west
from dashboard.official.reading import Document, OfficialError

KNOWN = "CBP JSON, XML or RSS, CBSA CSV or HTML, WSDOT JSON, DriveBC JSON"


def read(content: bytes, fetched_s: float | None) -> Document:
    """What `content`, fetched at `fetched_s` (UTC s), says. Raises: OfficialError, one line."""
    if not content.strip():
        raise OfficialError("the document is empty; the last good figures are kept")
    text = _text(content)
    start = text.lstrip("\ufeff \r\n\t")[:1]
    if start in ("[", "{"):
        return _from_json(text, fetched_s)
    if start == "<":
        return _from_markup(content, text, fetched_s)
    if cbsa.is_cbsa(text):
        return cbsa.from_csv(text)
    raise OfficialError(f"this is no official feed that is known; give {KNOWN}")


def _text(content: bytes) -> str:
    if b"\0" in content:
        raise OfficialError(f"this is no text; give {KNOWN}")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("latin-1")


def _from_json(text: str, fetched_s: float | None) -> Document:
    try:
        rows = json.loads(text.lstrip("\ufeff"))
    except (ValueError, RecursionError) as error:
        raise OfficialError(f"this is no whole JSON document ({error}); fetch it again") from None
    if not isinstance(rows, list):
        raise OfficialError(f"the JSON document is no list of crossings; give {KNOWN}")
    keys = _keys(rows)
    if "port_number" in keys:
        return cbp.from_json(rows, fetched_s)
    if "CrossingName" in keys:
        return west.from_wsdot(rows)
    if "lanes" in keys:
        return west.from_drivebc(rows)
    if not rows:
        raise OfficialError("the list of crossings is empty; the last good figures are kept")
    raise OfficialError(f"the crossings in the list are of no format that is known; give {KNOWN}")


def _keys(rows: list[Any]) -> set[str]:
    return {key for row in rows if isinstance(row, dict) for key in row}


def _from_markup(content: bytes, text: str, fetched_s: float | None) -> Document:
    if rss.is_rss(text):
        return rss.from_rss(text, fetched_s)
    if "<html" in text[:2000].lower():
        if cbsa.is_page(text):
            return cbsa.from_page(text)
        raise OfficialError(f"this is a web page, not a feed; give {KNOWN}")
    root = _xml(content)
    if root.tag != "border_wait_time":
        raise OfficialError(f"the XML document is no `border_wait_time`; give {KNOWN}")
    return cbp.from_xml(root, fetched_s)


def _xml(content: bytes) -> Element:
    """No document type is accepted: entities could grow without bound, or read files."""
    if b"<!DOCTYPE" in content or b"<!ENTITY" in content:
        raise OfficialError("the XML document declares a document type; official feeds have none")
    try:
        return fromstring(content)  # nosec B314
    except (ParseError, ValueError, LookupError) as error:
        raise OfficialError(f"this is no whole XML document ({error}); fetch it again") from None
