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


def is_bare(url: str) -> bool:
    """Whether a readable `url` holds neither user nor password nor `#`, behind which either may go astray."""
    parts = urlsplit(url)
    return "@" not in parts.netloc and "#" not in url


def is_place(url: str, *schemes: str) -> bool:
    """Whether `url` is one of `schemes`, a host and perhaps a port, user and password, and no more."""
    scheme, _, rest = url.partition("://")
    return scheme in schemes and not any(c in "/?#" or c.isspace() for c in rest) and is_readable(url)


def feed_address(url: str) -> str:
    """`url` itself, of a feed that anybody may read. Raises: ValueError, with the fix, not the address."""
    is_web = url.lower().startswith(("http://", "https://")) and not any(c.isspace() for c in url)
    if not is_web or not is_readable(url):
        raise ValueError("its host or port cannot be read; write it as https://agency.example/waits.json")
    if not is_bare(url):
        raise ValueError("may hold neither user, password nor #; official feeds are for anybody")
    return url
