"""Between central and its store: pairs are kept, the past of weeks is read, a little at every turn."""

from __future__ import annotations

import math

from dashboard.accuracy.pair import Pair
from dashboard.accuracy.pairs import Pairs
from dashboard.central import Central
from dashboard.plates.travels import Told, Travels
from dashboard.store.history import History
from dashboard.store.store import Store
from dashboard.waits.weekly import weekly_of

WEEKS_S = 8 * 7 * 86400.0
LEARN_EVERY_S = 3600.0
KEEP_S = 400 * 86400.0
KEEP_TRAVELS_S = 2 * 86400.0
FORGET_EVERY_S = 86400.0
MOST_WAITING = 20000
"""Pairs that wait in memory for a database that is away."""


class Scribe:
    """Called at every turn of central. Raises StoreAwayError; nothing is lost by it."""

    def __init__(self, store: Store) -> None:
        self._pairs, self._history = Pairs(store), History(store)
        self._travels = Travels(store)
        self._told: list[Told] = []
        self._waiting: list[Pair] = []
        self._learned_s: dict[tuple[str, str], float] = {}
        self._forgot_s = -math.inf

    def recall(self, central: Central, from_s: float) -> None:
        """Before a replay: the travel times that were told after `from_s`."""
        central.recall(self._travels.since(from_s))

    def turn(self, central: Central, at_s: float) -> None:
        """Keep what came, learn one direction's past if it is due."""
        self._waiting = [*self._waiting, *central.new_pairs()][-MOST_WAITING:]
        self._pairs.add(self._waiting)
        self._waiting = []
        self._told = [*self._told, *central.new_travels()][-MOST_WAITING:]
        self._travels.add(self._told)
        self._told = []
        self._learn(central, at_s)
        if at_s - self._forgot_s >= FORGET_EVERY_S:
            self._forgot_s = at_s
            self._pairs.forget_before(at_s - KEEP_S)
            self._travels.forget_before(at_s - KEEP_TRAVELS_S)

    def _learn(self, central: Central, at_s: float) -> None:
        for port, direction, site in central.sites():
            if at_s - self._learned_s.get((port, direction), -math.inf) >= LEARN_EVERY_S:
                span = (at_s - WEEKS_S, at_s)
                hours = self._history.hours(port, direction, None, *span)
                lanes = self._history.lane_hours(port, direction, None, *span)
                central.learn(port, direction, weekly_of(site, hours, lanes))
                self._learned_s[port, direction] = at_s
                return
