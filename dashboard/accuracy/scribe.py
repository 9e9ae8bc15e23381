"""Between central and its store: pairs are kept, the past of weeks is read.

Noted on the thread that judges, written and read on one of its own.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable
from typing import TypeVar

from dashboard.accuracy.pair import Pair
from dashboard.accuracy.pairs import Pairs
from dashboard.central import Central
from dashboard.plates.travels import Told, Travels
from dashboard.store.history import History
from dashboard.store.store import Store, StoreAwayError
from dashboard.waits.site import SiteSpec
from dashboard.waits.weekly import Weekly, weekly_of

WEEKS_S = 8 * 7 * 86400.0
LEARN_EVERY_S = 3600.0
KEEP_S = 400 * 86400.0
KEEP_TRAVELS_S = 2 * 86400.0
FORGET_EVERY_S = 86400.0
T = TypeVar("T")

MOST_WAITING = 20000
"""Pairs that wait in memory for a database that is away."""


class Scribe:
    """`note` and `write` may be called from two threads."""

    def __init__(self, store: Store) -> None:
        self._pairs, self._history = Pairs(store), History(store)
        self._travels = Travels(store)
        self._waiting: deque[Pair] = deque(maxlen=MOST_WAITING)
        self._told: deque[Told] = deque(maxlen=MOST_WAITING)
        self._sites: list[tuple[str, str, SiteSpec]] = []
        self._at_s = -math.inf
        self._learned: deque[tuple[str, str, Weekly]] = deque()
        self._learned_s: dict[tuple[str, str], float] = {}
        self._forgot_s = -math.inf

    def recall(self, central: Central, from_s: float) -> None:
        """Before a replay: the travel times that were told after `from_s`."""
        central.recall(self._travels.since(from_s))

    def note(self, central: Central, at_s: float) -> bool:
        """Take what came, tell central what was learned of its past; True when there is something to keep."""
        self._waiting.extend(central.new_pairs())
        self._told.extend(central.new_travels())
        self._sites, self._at_s = central.sites(), at_s
        while self._learned:
            central.learn(*self._learned.popleft())
        return bool(self._waiting or self._told)

    def write(self) -> None:
        """Keep what came, learn the past of directions for which it is due.

        Raises: StoreAwayError; nothing is lost by it.
        """
        _keep(self._told, self._travels.add)
        _keep(self._waiting, self._pairs.add)
        for port, direction, site in self._sites:
            self._learn(port, direction, site, self._at_s)
        if self._at_s - self._forgot_s >= FORGET_EVERY_S:
            self._pairs.forget_before(self._at_s - KEEP_S)
            self._travels.forget_before(self._at_s - KEEP_TRAVELS_S)
            self._forgot_s = self._at_s

    def _learn(self, port: str, direction: str, site: SiteSpec, at_s: float) -> None:
        if at_s - self._learned_s.get((port, direction), -math.inf) < LEARN_EVERY_S:
            return
        span = (at_s - WEEKS_S, at_s)
        hours = self._history.hours(port, direction, None, *span)
        lanes = self._history.lane_hours(port, direction, None, *span)
        self._learned.append((port, direction, weekly_of(site, hours, lanes)))
        self._learned_s[port, direction] = at_s


def _keep(waiting: deque[T], add: Callable[[list[T]], object]) -> None:
    """Add what waits; when the database is away it waits on, before what came meanwhile."""
    taken = [waiting.popleft() for _ in range(len(waiting))]
    try:
        add(taken)
    except StoreAwayError:
        waiting.extendleft(reversed(taken[max(0, len(waiting) + len(taken) - MOST_WAITING) :]))
        raise
