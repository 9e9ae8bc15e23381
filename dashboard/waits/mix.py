"""Which classes come over a shared approach lane, learned from where its vehicles end."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

MATCHED_MEMORY_S, DEPARTED_MEMORY_S = 1800.0, 3600.0
PRIOR_VEHICLES = 6.0


class Mix:
    """Shares of the `streams` that an approach lane serves; they sum to 1. Matches outweigh departures."""

    def __init__(self, streams: Sequence[str]) -> None:
        self.streams = tuple(streams)
        self._matched = dict.fromkeys(self.streams, 0.0)
        self._departed = dict.fromkeys(self.streams, PRIOR_VEHICLES / len(self.streams))
        self._left_over = 0.0

    def forget(self, seconds: float) -> None:
        """Old vehicles count less."""
        for stream in self.streams:
            self._matched[stream] *= math.exp(-seconds / MATCHED_MEMORY_S)
            self._departed[stream] *= math.exp(-seconds / DEPARTED_MEMORY_S)

    def see_match(self, stream: str) -> None:
        """A vehicle that was recognised at both ends is of `stream`."""
        if stream in self._matched:
            self._matched[stream] += 1.0

    def see(self, known: Mapping[str, float], arrivals: float) -> None:
        """`known` vehicles left which can only have come over this lane, while `arrivals` came."""
        others = [stream for stream in self.streams if stream not in known]
        for stream, vehicles in known.items():
            self._departed[stream] += vehicles
        self._left_over += arrivals - sum(known.values())
        given = max(0.0, self._left_over)
        self._left_over -= given
        for stream in others:
            self._departed[stream] += given / len(others)

    def move(self, giver: str, taker: str, vehicles: float) -> None:
        """`vehicles` (may be negative) that were taken for the giver's were the taker's."""
        if giver in self._departed and taker in self._departed:
            self._departed[giver] = max(0.1, self._departed[giver] - vehicles)
            self._departed[taker] = max(0.1, self._departed[taker] + vehicles)

    def doubt(self) -> float:
        """1 while no match told the classes, towards 0 the more did."""
        return 1.0 - self._trust()

    def _trust(self) -> float:
        matched = sum(self._matched.values())
        return matched / (matched + 10.0)

    def share(self, stream: str) -> float:
        """Expected share (0-1) of the lane's vehicles."""
        matched, departed = sum(self._matched.values()), sum(self._departed.values())
        trust = self._trust()
        from_matches = self._matched.get(stream, 0.0) / matched if matched else 0.0
        return trust * from_matches + (1 - trust) * self._departed.get(stream, 0.0) / max(departed, 1e-9)
