"""Times of a recording's pictures that never fall, though its own may. Pure; seconds."""

from __future__ import annotations

JOINED_S = 1.0
"""Times that fall by more than this show that recordings were joined; by less, that they are not exact."""


class Onward:
    """Counts from the first picture; what was joined to a recording follows it a picture later.

    `joined`: how many times that was so.
    """

    def __init__(self, picture_s: float) -> None:
        self._picture_s = picture_s
        self._first: float | None = None
        self._at = 0.0
        self.joined = 0

    def at(self, time: float) -> float:
        """When the picture of `time` is; not before the one before it."""
        if self._first is None:
            self._first = time
        at = time - self._first
        if at < self._at - JOINED_S:
            self.joined += 1
            self._first = time - self._at - self._picture_s
            at = self._at + self._picture_s
        self._at = max(at, self._at)
        return self._at
