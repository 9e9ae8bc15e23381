"""What an official feed says of one lane kind: frozen values that the parsers give."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Agency = Literal["cbp", "cbsa", "wsdot", "drivebc"]
Country = Literal["us", "ca"]
State = Literal["measured", "unknown", "closed", "not_offered"]


class OfficialError(Exception):
    """A document that cannot be used: one line that says why, and what to do."""


@dataclass(frozen=True, slots=True)
class Reading:
    """One stream of one place as published; `place` is the agency's own key (a number or a name).

    `wait_s` is there for `measured` only, `measured_at_s` (UTC s) where the feed says when.
    """

    agency: Agency
    place: str
    into: Country
    stream: str
    state: State
    wait_s: int | None = None
    measured_at_s: float | None = None
    lanes_open: int | None = None


@dataclass(frozen=True, slots=True)
class Document:
    """A whole document: `format` in words, its own instant where it has one (UTC s), its readings."""

    format: str
    at_s: float | None
    readings: tuple[Reading, ...]


def require_half(read: int, expected: int, what: str) -> None:
    """Raises: OfficialError, when nothing came, or less than half of it could be read."""
    if expected == 0:
        raise OfficialError(f"the document holds no {what}; the last good figures are kept")
    if 2 * read < expected:
        raise OfficialError(
            f"only {read} of {expected} {what} could be read; the format may have changed, "
            "the last good figures are kept"
        )
