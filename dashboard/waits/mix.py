"""Which classes come over a shared approach lane, learned from where its vehicles end."""

from __future__ import annotations

import math
from collections.abc import Sequence

MEMORY_S = 2 * 3600.0
PRIOR_VEHICLES = 8.0


class Mix:
    """Shares of the streams that an approach lane serves; they sum to 1."""

    def __init__(self, streams: Sequence[str]) -> None:
        self._seen = {stream: PRIOR_VEHICLES / len(streams) for stream in streams}

    def forget(self, seconds: float) -> None:
        """Old vehicles count less, but never below the prior's weight."""
        total = sum(self._seen.values())
        keep = max(math.exp(-seconds / MEMORY_S), min(1.0, PRIOR_VEHICLES / total))
        for stream in self._seen:
            self._seen[stream] *= keep

    def see(self, stream: str, vehicles: float) -> None:
        """`vehicles` of `stream` came over the lane."""
        if stream in self._seen:
            self._seen[stream] += vehicles

    def share(self, stream: str) -> float:
        """Expected share (0-1) of the lane's vehicles."""
        return self._seen.get(stream, 0.0) / sum(self._seen.values())
