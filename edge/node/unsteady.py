"""Notices connections that come up and soon are gone, as where two boxes have one name. `at` in seconds."""

from __future__ import annotations

LASTS_S = 30.0
"""A connection that holds for so long is none of them."""

TOO_OFTEN = 3
"""A broker that is started anew, or a bad minute of the network, ends one or two."""


class Unsteady:
    """Told of each connection; `told`, while they were too many in a row."""

    def __init__(self) -> None:
        self._up_at = float("-inf")
        self._short = 0

    @property
    def told(self) -> bool:
        """Whether each of them is no news any more."""
        return self._short >= TOO_OFTEN

    def up(self, at: float) -> None:
        """A connection came up."""
        self._up_at = at

    def down(self, at: float) -> bool:
        """It is gone; whether it is the one that makes them too many."""
        self._short = self._short + 1 if at - self._up_at < LASTS_S else 0
        return self._short == TOO_OFTEN

    def settled(self, at: float) -> bool:
        """Whether a connection holds again, once after they were too many."""
        settled = self.told and at - self._up_at >= LASTS_S
        self._short = 0 if settled else self._short
        return settled
