"""What a source of pictures is, and how its faults are told."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from edge.vision import Frame


class SourceError(ValueError):
    """A source that gives no pictures: one line that names it, what is wrong and the fix."""


class Source(Protocol):
    """A recording or a stream; `every` may be called again to read a recording from its start."""

    @property
    def fps(self) -> float:
        """Pictures per second, nominal."""

    @property
    def frames(self) -> int | None:
        """How many pictures there are, if that is known without decoding."""

    @property
    def length_s(self) -> float | None:
        """From the first picture to the end of the last one's time; None for a live source.

        Raises: SourceError, if its pictures have no times.
        """

    @property
    def read(self) -> int:
        """How many pictures the last reading went through, taken or not."""

    @property
    def fault(self) -> str | None:
        """What broke in the last reading, though pictures came: one line."""

    def every(self, seconds: float = 0.0) -> Iterator[Frame]:
        """The pictures, or one per `seconds` by their times; the others are decoded but not converted.

        Raises: SourceError, if there is no picture at all.
        """

    def __iter__(self) -> Iterator[Frame]:
        """All pictures."""


def without_password(source: str) -> str:
    """The address without user and password."""
    scheme, separator, rest = source.partition("://")
    return f"{scheme}{separator}{rest.rpartition('@')[2]}" if separator else source
