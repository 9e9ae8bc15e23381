"""The queues of one direction rolled forward: many ways in which the next hours may go from what is known.

The wait of a stream is turned into vehicles by the pace of its booths; vehicles come at the expected rate and
leave at that pace; the vehicles at a later time, turned back, are the wait then. The chances are fixed
numbers, so the same outlook always gives the same forecast.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from dashboard.waits.outlook import BoothOutlook, Outlook, StreamOutlook

STEP_S = 100.0
PATHS = 64
MOST_S = 4 * 3600.0
BEYOND_S = 8 * 3600.0
"""How far ahead the pace of booths is followed, so that a long wait at the end still ends."""
FOLLOWS_S, FOLLOWS = 900.0, 0.9
"""Booths open and close unannounced where demand calls for it: time, and share of what is called for."""
LEAST_PER_S = 1e-4
"""A stream without any booth moves so slowly."""
RATE_ERROR = 0.25
"""Standard error of the demand an hour from now, as a share of it."""
Z90 = 1.645
Array = NDArray[np.float64]
Demand = Callable[[StreamOutlook, Array], Array]
"""Vehicles per second at the times given, seconds from now."""

_STEPS = round(MOST_S / STEP_S)
_LUCK: Array = np.random.default_rng(20260302).standard_normal((_STEPS + 2, 4, PATHS))


def roll(
    outlook: Outlook, after_s: Sequence[float], demand: Demand, known: Outlook | None = None
) -> dict[str, Array]:
    """Waits (len(after_s), PATHS) of each stream whose wait is known, for vehicles that join that much later.

    `after_s`: seconds from `outlook.at_s`, each 0 to MOST_S. The waits now hold for the booths of `known`
    (None: those of `outlook`), which tells how many vehicles stand there.
    """
    streams = [one for one in outlook.streams if one.wait_s is not None]
    if not streams:
        return {}
    return _Roll(outlook, known or outlook, streams, demand).run(after_s)


class _Roll:
    """State of one run: vehicles (streams, PATHS)."""

    def __init__(
        self, outlook: Outlook, known: Outlook, streams: Sequence[StreamOutlook], demand: Demand
    ) -> None:
        self._streams = streams
        self._times: Array = np.arange(0.0, MOST_S + BEYOND_S + STEP_S, STEP_S)
        self._rate = np.array([demand(one, self._times + STEP_S / 2) for one in streams])
        follow = [_follow(one, rate, self._times) for one, rate in zip(streams, self._rate, strict=True)]
        self._pace, self._served = self._paces(outlook, follow)
        _, before = (self._pace, self._served) if known is outlook else self._paces(known, follow)
        self._cv: Array = np.array([[one.cv] for one in streams])
        names = [one.stream for one in streams]
        self._hosts = [names.index(one.host) if one.host in names else None for one in streams]
        self._behind = [names.index(one.behind) if one.behind in names else None for one in streams]
        self._vehicles = np.array([self._at_first(one, before[k]) for k, one in enumerate(streams)])

    def _paces(self, outlook: Outlook, follow: Sequence[Array]) -> tuple[Array, Array]:
        """Vehicles per second that are taken in each step, and vehicles taken before it, (streams, steps)."""
        pace = np.array([_pace(one, outlook, self._times) for one in self._streams])
        pace = np.where(pace > 0.0, np.maximum(pace + np.array(follow), LEAST_PER_S), 0.0)
        served = np.cumsum(np.maximum(pace, LEAST_PER_S) * STEP_S, axis=1)
        return pace, np.concatenate([np.zeros((len(self._streams), 1)), served[:, :-1]], axis=1)

    def _at_first(self, one: StreamOutlook, served: Array) -> Array:
        wait_s = one.wait_s or 0.0
        sd = (one.high_s - one.low_s) / (2 * Z90)
        waits = np.maximum(0.0, wait_s + 0.5 * sd * _LUCK[0, 3])
        vehicles: Array = np.interp(waits, self._times, served)
        return vehicles

    def run(self, after_s: Sequence[float]) -> dict[str, Array]:
        found: dict[float, Array] = {}
        steps = {round(min(max(one, 0.0), MOST_S) / STEP_S) for one in after_s}
        for step in range(max(steps) + 1):
            if step:
                self._step(step - 1)
            if step in steps:
                found[step] = self._waits(step)
        chosen = [found[round(min(max(one, 0.0), MOST_S) / STEP_S)] for one in after_s]
        return {one.stream: np.array([waits[k] for waits in chosen]) for k, one in enumerate(self._streams)}

    def _step(self, step: int) -> None:
        luck = _LUCK[step + 1]
        doubt = RATE_ERROR * np.sqrt(min(1.0, self._times[step] / 3600.0)) * _LUCK[0, 0]
        come = self._rate[:, step, None] * STEP_S * np.maximum(0.2, 1.0 + doubt)
        go = self._pace[:, step, None] * STEP_S
        noise = np.sqrt(come) * luck[0] + self._cv * np.sqrt(go) * luck[1]
        for place, host in enumerate(self._hosts):
            if host is not None and self._pace[place, step] == 0.0:
                self._vehicles[host] += self._vehicles[place] + come[place]
                self._vehicles[place], come[place], noise[place] = 0.0, 0.0, 0.0
        self._vehicles = np.maximum(0.0, self._vehicles + come - go + noise)

    def _waits(self, step: int) -> Array:
        waits = np.array([self._wait(place, step) for place in range(len(self._streams))])
        for place, host in enumerate(self._hosts):
            if host is not None and self._pace[place, step] == 0.0:
                waits[place] = waits[host]
        for place, ahead in enumerate(self._behind):
            if ahead is not None:
                waits[place] = np.maximum(waits[place], waits[ahead] - self._streams[place].behind_s)
        return waits

    def _wait(self, place: int, step: int) -> Array:
        vehicles, served = self._vehicles[place], self._served[place]
        luck = self._cv[place] * np.sqrt(vehicles) * _LUCK[0, 2]
        served_s = np.interp(served[step] + np.maximum(0.0, vehicles + luck), served, self._times)
        waits: Array = served_s - self._times[step]
        return waits


def _pace(one: StreamOutlook, outlook: Outlook, times: Array) -> Array:
    """Vehicles per second that the stream's booths take in each step."""
    pace = np.zeros(len(times))
    for booth in outlook.booths:
        pace += _open_share(booth, one.stream, outlook.at_s, times) / one.cycle_s
    return pace


def _follow(one: StreamOutlook, rate: Array, times: Array) -> Array:
    """Vehicles per second that booths which nobody announced take more, or less, than those that work now."""
    lack = (rate * one.cycle_s - one.working) * FOLLOWS * (1.0 - np.exp(-times / FOLLOWS_S))
    most, least = max(0, one.booths - one.working), min(0, 1 - one.working)
    follow: Array = np.clip(lack, least, most) / one.cycle_s
    return follow


def _open_share(booth: BoothOutlook, stream: str, now_s: float, times: Array) -> Array:
    """Share (0-1) of each step in which the booth serves the stream."""
    share = np.zeros(len(times))
    for window in booth.of(stream):
        until_s = window.until_s - now_s + booth.drains_s
        share += np.clip(
            np.minimum(times + STEP_S, until_s) - np.maximum(times, window.from_s - now_s), 0.0, STEP_S
        )
    return np.minimum(1.0, share / STEP_S)
