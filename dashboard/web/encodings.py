"""Content codings of answers (RFC 9110, section 12.5.3): which of ours a reader takes, and packing."""

from __future__ import annotations

import gzip
import re
from collections.abc import Callable
from functools import lru_cache, partial

import brotli

IDENTITY = "identity"
PACKERS: dict[str, Callable[[bytes], bytes]] = {
    "br": partial(brotli.compress, mode=brotli.MODE_TEXT, quality=5),
    "gzip": partial(gzip.compress, compresslevel=6, mtime=0),
}
"""What we pack by, the smaller result first; both cost about a millisecond for a page."""
SUFFIXES = {"br": "-br", "gzip": "-gz", IDENTITY: ""}
"""What tells the tags of one content's copies apart: packed bytes are other bytes."""

_ALIASES = {"x-gzip": "gzip"}
_UNSAID = 1e-6
"""The weight of plain bytes where the header is silent on them: taken, but after whatever it names."""
_MEMBER = re.compile(r"\s*([\w!#$%&'*+.^`|~-]+)\s*(?:;\s*q\s*=\s*(0(?:\.\d*)?|1(?:\.0*)?)\s*)?", re.ASCII)


@lru_cache(maxsize=64)
def accepted(header: str) -> tuple[str, ...]:
    """Of br, gzip and identity what an Accept-Encoding takes, best first; among equals the smaller.

    What cannot be read in it is passed over. A reader who refuses all three gets plain bytes.
    """
    said = dict(_weights(header))
    unsaid = {IDENTITY: said.get("*", _UNSAID)}
    weights = {
        coding: said.get(coding, unsaid.get(coding, said.get("*", 0.0))) for coding in (*PACKERS, IDENTITY)
    }
    taken = [coding for coding, weight in weights.items() if weight > 0]
    return tuple(sorted(taken, key=lambda coding: -weights[coding])) or (IDENTITY,)


def _weights(header: str) -> list[tuple[str, float]]:
    members = (_MEMBER.fullmatch(member) for member in header.lower().split(","))
    return [(_ALIASES.get(m[1], m[1]), float(m[2] or 1)) for m in members if m is not None]
