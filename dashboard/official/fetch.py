"""Getting an official document from a file or over HTTP, bounded in size and time."""

from __future__ import annotations

import http.client
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

from dashboard.faults import reason
from dashboard.official.reading import OfficialError
from dashboard.urls import feed_address

MOST_BYTES = 8_000_000
WITHIN_S = 30.0
SILENT_S = 10.0
PIECE = 65_536
AGENT = "lanewatch"

monotonic = time.monotonic  # noqa: TID251 - for the deadline of a transfer


def is_url(source: str) -> bool:
    """Whether `source` is an address, not a file."""
    return source.lower().startswith(("http://", "https://"))


def fetch(source: str) -> bytes:
    """The bytes of a file or an address. Raises: OfficialError, one line with the fix."""
    return _from_address(source) if is_url(source) else _from_file(Path(source))


def _from_file(path: Path) -> bytes:
    try:
        with path.open("rb") as stream:
            content = stream.read(MOST_BYTES + 1)
    except OSError as error:
        raise OfficialError(f"{path}: cannot be read ({error.strerror}); give a file or a URL") from None
    return _bounded(content, str(path))


def _from_address(address: str) -> bytes:
    try:
        feed_address(address)
    except ValueError as error:
        raise OfficialError(f"address: {error}") from None
    try:
        request = urllib.request.Request(address, headers={"User-Agent": AGENT, "Accept": "*/*"})
        with urllib.request.urlopen(request, timeout=SILENT_S) as reply:  # nosec B310 - http and https only
            return _bounded(b"".join(_pieces(reply, address)), address)
    except urllib.error.HTTPError as error:
        raise OfficialError(
            f"{address}: the server answered {error.code} {error.reason}; try later"
        ) from None
    except (OSError, ValueError, http.client.HTTPException) as error:
        why = getattr(error, "reason", None) or error
        said = reason(why) if isinstance(why, Exception) else why
        raise OfficialError(
            f"{address}: cannot be fetched ({said}); check the address and the network"
        ) from None


def _pieces(reply: http.client.HTTPResponse, address: str) -> Iterator[bytes]:
    """What comes, as it comes, until the limits of time and of size."""
    deadline, size = monotonic() + WITHIN_S, 0
    while size <= MOST_BYTES and (piece := reply.read1(PIECE)):
        size += len(piece)
        yield piece
        if monotonic() > deadline:
            raise OfficialError(f"{address}: took longer than {WITHIN_S:.0f} s; try later")


def _bounded(content: bytes, source: str) -> bytes:
    if len(content) > MOST_BYTES:
        raise OfficialError(f"{source}: is larger than {MOST_BYTES // 1_000_000} MB; no official feed is")
    return content
