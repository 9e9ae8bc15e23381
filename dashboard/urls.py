"""Addresses that people write into port.yaml."""

from __future__ import annotations

from urllib.parse import urlsplit


def is_readable(url: str) -> bool:
    """Whether `url` names a host, and a port from 1 to 65535 or none."""
    try:
        where = urlsplit(url)
        return bool(where.hostname) and where.port != 0
    except ValueError:
        return False
