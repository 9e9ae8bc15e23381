"""Reading our own published feed, as any app would."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from urllib.error import URLError
from urllib.request import urlopen


def read_feed(http_port: int) -> Mapping[str, Any] | None:
    """wait-times.json now, None when central does not answer."""
    address = f"http://127.0.0.1:{http_port}/feed/v1/wait-times.json"
    try:
        with urlopen(address, timeout=3) as answer:  # nosec B310 - http of this machine
            document: Mapping[str, Any] = json.load(answer)
    except (URLError, TimeoutError, ConnectionError):
        return None
    return document


def streams_of(document: Mapping[str, Any] | None) -> dict[str, Mapping[str, Any]]:
    """The feed's streams by `traffic/class`."""
    ports = document["ports"] if document else []
    return {f"{lane['traffic']}/{lane['class']}": lane for port in ports for lane in port["lanes"]}
