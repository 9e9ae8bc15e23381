"""What the manager announces about a booth: used in advance, by the estimate and by the forecast."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Staffing:
    """One announcement for one booth lane, in force from `from_s` until it expires at `until_s` (UTC s).

    serves: streams as `traffic/class`; None when the announcement leaves them as they are.
    """

    lane: str
    state: Literal["open", "closed"]
    from_s: float
    until_s: float
    serves: tuple[str, ...] | None = None
    note: str | None = None

    def in_force(self, at_s: float) -> bool:
        """Whether it holds at `at_s`; no longer at the moment of its end."""
        return self.from_s <= at_s < self.until_s
