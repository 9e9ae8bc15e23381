"""`lanewatch-port official`: read an official feed once, show it, and keep it beside our own figures."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Sequence
from typing import Any

from rich.console import Console
from rich.table import Table

from dashboard.config import CentralConfig
from dashboard.feeds.instants import iso_z
from dashboard.official.detect import read
from dashboard.official.fetch import fetch, is_url
from dashboard.official.figures import Figures
from dashboard.official.places import Placed, placed
from dashboard.official.reading import Document, OfficialError, Reading
from dashboard.store.store import Store

utc = time.time  # noqa: TID251 - a command's own clock


def official(source: str, config: CentralConfig | None, as_json: bool) -> None:
    """Read `source`; with `config` keep what it says of our streams, else only show it.

    Raises: OfficialError, StoreAwayError, StoreUrlError, one line each.
    """
    now_s = utc()
    document = parsed(fetch(source), source, now_s)
    if config is None:
        _show(source, document, [("", "", reading) for reading in document.readings], now_s, as_json)
        return
    found = matched(config, document, source)
    store = Store(config.store.url)
    try:
        store.upgrade()
        Figures(store).note(found, now_s)
    finally:
        store.close()
    rows = [(one.port, one.direction, one.reading) for one in found]
    _show(source, document, rows, now_s, as_json)


def parsed(content: bytes, source: str, now_s: float) -> Document:
    """What the bytes say, fetched just now if they came from an address. Raises: OfficialError."""
    try:
        return read(content, now_s if is_url(source) else None)
    except OfficialError as error:
        raise OfficialError(f"{source}: {error}") from None


def matched(config: CentralConfig, document: Document, source: str) -> list[Placed]:
    """What is said of streams of port.yaml. Raises: OfficialError, when that is nothing."""
    found = placed(config, document.readings)
    if not found:
        keys = "cbp_port_number, cbsa_office_en, wsdot_name or drivebc_id"
        raise OfficialError(
            f"{source}: {document.format}, {len(document.readings)} figures, none of a stream in port.yaml; "
            f"give {keys} under `official` of the direction"
        )
    return found


def _show(
    source: str, document: Document, rows: Sequence[tuple[str, str, Reading]], now_s: float, as_json: bool
) -> None:
    if as_json:
        told = [_json(port, direction, reading, now_s) for port, direction, reading in rows]
        at = None if document.at_s is None else iso_z(document.at_s)
        json.dump(
            {"source": source, "format": document.format, "at": at, "figures": told}, sys.stdout, indent=1
        )
        print()
        return
    table = Table(
        "place", "direction", "stream", "published", "age", title=f"{document.format}, {len(rows)} figures"
    )
    for port, direction, reading in rows:
        table.add_row(
            port or reading.place,
            direction or reading.into,
            reading.stream,
            _words(reading),
            _age(reading, now_s),
        )
    Console().print(table)


def _json(port: str, direction: str, reading: Reading, now_s: float) -> dict[str, Any]:
    at_s = reading.measured_at_s
    return {
        "port": port or None,
        "direction": direction or None,
        "agency": reading.agency,
        "place": reading.place,
        "into": reading.into,
        "stream": reading.stream,
        "state": reading.state,
        "wait_s": reading.wait_s,
        "lanes_open": reading.lanes_open,
        "measured_at": None if at_s is None else iso_z(at_s),
        "age_s": None if at_s is None else max(0, round(now_s - at_s)),
    }


def _words(reading: Reading) -> str:
    if reading.wait_s is None:
        return reading.state.replace("_", " ")
    lanes = "" if reading.lanes_open is None else f", {reading.lanes_open} lane(s) open"
    return f"{reading.wait_s // 60} min{lanes}"


def _age(reading: Reading, now_s: float) -> str:
    if reading.measured_at_s is None:
        return ""
    minutes = max(0, round((now_s - reading.measured_at_s) / 60))
    return (
        f"{minutes} min"
        if minutes < 120
        else f"{minutes // 60} h"
        if minutes < 2880
        else f"{minutes // 1440} d"
    )
