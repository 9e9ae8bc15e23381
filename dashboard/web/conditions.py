"""What a reader already holds, by the conditions of RFC 9110, for feeds, pages and streamed answers alike."""

from __future__ import annotations

from datetime import UTC
from email.utils import parsedate_to_datetime

from dashboard.web.encodings import SUFFIXES


def held_copy(if_none_match: str, tag: str, codings: tuple[str, ...]) -> str | None:
    """Of the copies of the content `tag` (without quotes) by `codings`, best first, the one that is held.

    A copy in a coding that the reader would not take now is not his to use: a cache in front may name what it
    holds for others. `*` stands for whatever there is.
    """
    if not if_none_match:
        return None
    held = [one.strip().removeprefix("W/").strip('"') for one in if_none_match.split(",")]
    copies = [tag + SUFFIXES[coding] for coding in codings]
    return next((copy for copy in copies if copy in held or held == ["*"]), None)


def holds(if_none_match: str, tag: str) -> bool:
    """Whether the header names `tag` (without quotes), weakly compared; a packed copy is the same one."""
    return held_copy(if_none_match, tag, tuple(SUFFIXES)) is not None


def holds_since(if_modified_since: str, since_s: int, now_s: int) -> bool:
    """Whether what a reader holds from that date is what is there since `since_s` (UTC seconds).

    What is no date, or one that is still to come, says nothing.
    """
    try:
        date = parsedate_to_datetime(if_modified_since)
    except (ValueError, OverflowError):
        return False
    return since_s <= date.replace(tzinfo=date.tzinfo or UTC).timestamp() <= now_s
