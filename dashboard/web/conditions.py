"""What a reader already holds: `If-None-Match` of RFC 9110, for feeds, pages and streamed answers alike."""

from __future__ import annotations


def holds(if_none_match: str, tag: str) -> bool:
    """Whether the header names `tag` (without quotes), weakly compared; a packed copy is the same one."""
    held = [one.strip().removeprefix("W/").strip('"').removesuffix("-gz") for one in if_none_match.split(",")]
    return tag in held or held == ["*"]
