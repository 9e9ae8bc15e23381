"""Whether the detector sees what drives through the lanes: motion that comes and goes, and never a vehicle.

A camera that looks straight down, snow on the lens, a night that is too dark for the network: the lanes move,
but nothing is found in them. Then nothing is known of them, which is not the same as nobody there. What moves
without end (rain, a tree in the wind) is no passing vehicle, nor is what is small (people).
"""

from __future__ import annotations

PASSAGES = 3
"""After so many passages of something in which no vehicle was found, the detector is blind here."""

PASSAGE_S = (0.4, 30.0)
"""So long does something move that passes."""

LARGE = 0.05
"""What passes changes at least this part of a lane at a time."""

SMALL = 0.01
REST_S = 0.5
"""It has passed when less than this part changed for so long."""


class Blindness:
    """Adds up what one camera's lanes showed; a vehicle that is found ends all doubt."""

    def __init__(self) -> None:
        self._passages = 0
        self._since: float | None = None
        self._moved_at = 0.0
        self._largest = 0.0

    @property
    def is_blind(self) -> bool:
        """Whether what passes is not found."""
        return self._passages >= PASSAGES

    def look(self, share: float, found: bool, at: float) -> None:
        """A picture at `at` (s): which part of a lane changed, and whether a vehicle is there."""
        if found:
            self._passages, self._since = 0, None
        elif share >= SMALL:
            if self._since is None:
                self._since, self._largest = at, 0.0
            self._moved_at, self._largest = at, max(self._largest, share)
        elif self._since is not None and at - self._moved_at > REST_S:
            shortest, longest = PASSAGE_S
            passed = shortest <= self._moved_at - self._since <= longest and self._largest >= LARGE
            self._passages += passed
            self._since = None
