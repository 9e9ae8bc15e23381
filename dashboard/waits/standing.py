"""When vehicles came to stand at a booth and left it, from the share of each slice that it was occupied.

Only in slices so short that a booth changes hands at most once in each: then the share tells the moment.
"""

from __future__ import annotations

from dataclasses import dataclass

BRIEF_S = 6.0
"""A booth takes longer than this from one vehicle to the next (move-up), so one change a slice."""
OCCUPIED = 0.05
FULL = 0.95
GONE = 0.5
"""A flicker of the camera does not empty a booth for longer than this share of a slice."""


@dataclass(slots=True)
class Standing:
    """Who stands there: since `began_s`; the one before left at `left_s`. None: has not happened."""

    here: bool = False
    began_s: float | None = None
    left_s: float | None = None
    thinning_s: float | None = None
    departed: bool = False

    def see(self, start_s: float, length_s: float, occupied: float, departures: int) -> bool:
        """Take in a slice occupied for a share (0-1) of it; True if a vehicle came to stand in it."""
        share = min(1.0, max(0.0, occupied))
        self.departed |= departures > 0
        if self.here and not self._is_gone(share):
            self.thinning_s = start_s + share * length_s if share < FULL else None
            return False
        if self.here:
            seen_leaving = self.thinning_s is not None
            self.left_s = self.thinning_s if seen_leaving else start_s + share * length_s
            self.here, self.thinning_s, self.departed = False, None, False
            if not seen_leaving:
                return False
        if share <= OCCUPIED:
            return False
        self.here, self.began_s = True, start_s + (1.0 - share) * length_s
        return True

    def _is_gone(self, share: float) -> bool:
        """Away for most of the slice, or for parts of two in a row and one was counted as departed."""
        return share <= GONE or (self.thinning_s is not None and share < FULL and self.departed)
