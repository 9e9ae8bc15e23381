"""Forecasts that were told against what came of them: keeps their intervals honest, stream by stream.

Source: adaptive conformal inference, Gibbs and Candes (2021), on the logarithm of a factor.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import replace

from dashboard.waits.curve import Curve
from dashboard.waits.forecasts import AHEAD_S, PRIOR, Parts, Point
from dashboard.waits.outlook import Learned, Outlook

TARGET_MISS = 0.08
"""Less than the 10 % that are to be reached: what came of a forecast is known only when it is over."""
STEP = 0.08
NARROWEST, WIDEST = 0.4, 3.0
MEMORY = 0.99
"""An outcome counts so much less with each one that follows."""
SHARPNESS = 0.05
MEAN_S = 3 * 3600.0


class Told:
    """Forecasts of one stream at one distance: the factor for their intervals, the weights of their parts."""

    def __init__(self) -> None:
        self._wait, self._below, self._above = Curve(), Curve(), Curve()
        self._parts = (Curve(), Curve(), Curve())
        self._errors = [0.0, 0.0, 0.0]
        self._seen = 0.0
        self._log_factor = 0.0

    def note(self, point: Point) -> None:
        """It was told, in order of the times that it is for."""
        forecast, factor = point.forecast, self.factor()
        self._wait.note(forecast.at_s, forecast.wait_s)
        # as it was told, cut off at 0: uncut, too few were held (docs/decisions/0012)
        self._below.note(forecast.at_s, (forecast.wait_s - forecast.low_s) / factor)
        self._above.note(forecast.at_s, (forecast.high_s - forecast.wait_s) / factor)
        for curve, wait_s in zip(self._parts, point.parts or (forecast.wait_s,) * 3, strict=True):
            curve.note(forecast.at_s, wait_s)

    def see(self, joined_s: float, wait_s: float) -> None:
        """A vehicle that joined then waited so long; times for which nothing was told count nothing."""
        began_s = self._wait.began_s()
        if began_s is None or joined_s < began_s:
            return
        self._see_parts(joined_s, wait_s)
        error = wait_s - self._wait.at(joined_s)
        reach = self._above.at(joined_s) if error > 0 else self._below.at(joined_s)
        # a lower bound that is cut off at 0 holds whatever comes
        cut = error < 0 and self._wait.at(joined_s) <= reach * self.factor() + 1.0
        missed = abs(error) > reach * self.factor() and not cut
        step = STEP * ((1.0 - TARGET_MISS) if missed else -TARGET_MISS)
        self._log_factor = min(math.log(WIDEST), max(math.log(NARROWEST), self._log_factor + step))

    def _see_parts(self, joined_s: float, wait_s: float) -> None:
        self._seen = MEMORY * self._seen + 1.0
        for place, part in enumerate(self._parts):
            self._errors[place] = MEMORY * self._errors[place] + abs(wait_s - part.at(joined_s))

    def factor(self) -> float:
        """By which the interval is stretched."""
        return math.exp(self._log_factor)

    def learned(self, after_s: float) -> Learned:
        """Both."""
        return Learned(after_s, self.factor(), self.weights())

    def weights(self) -> Parts:
        """Of the parts, by how far each was wrong.

        Source: exponential weights, Cesa-Bianchi and Lugosi (2006), chapter 2.
        """
        mean = sum(self._errors) / 3.0
        least = min(self._errors)
        lean = SHARPNESS * self._seen / mean if mean > 0 else 0.0
        raw = [p * math.exp(-lean * (e - least)) for p, e in zip(PRIOR, self._errors, strict=True)]
        now, rolled, usual = (value / sum(raw) for value in raw)
        return now, rolled, usual


class Memory:
    """What was told of all streams of a direction, and their waits of the last hours."""

    def __init__(self, streams: Sequence[str]) -> None:
        self._told = {(name, after_s): Told() for name in streams for after_s in AHEAD_S}
        self._waits: dict[str, deque[tuple[float, float]]] = {name: deque() for name in streams}

    def note_waits(self, outlook: Outlook) -> None:
        """The waits of a moment."""
        for one in outlook.streams:
            waits = self._waits[one.stream]
            if waits and waits[-1][0] >= outlook.at_s:
                waits.pop()
            if one.wait_s is not None:
                waits.append((outlook.at_s, one.wait_s))
            while waits and waits[0][0] < outlook.at_s - MEAN_S:
                waits.popleft()

    def note(self, told: Mapping[str, tuple[Point | None, ...]]) -> None:
        """Forecasts at AHEAD_S."""
        for name, points in told.items():
            for after_s, point in zip(AHEAD_S, points, strict=True):
                if point is not None:
                    self._told[name, after_s].note(point)

    def see(self, stream: str, joined_s: float, wait_s: float) -> None:
        """A vehicle that joined then waited so long."""
        for after_s in AHEAD_S:
            self._told[stream, after_s].see(joined_s, wait_s)

    def complete(self, outlook: Outlook) -> Outlook:
        """The outlook with what is remembered."""
        streams = (
            replace(
                one,
                usual_wait_s=_mean([wait_s for _, wait_s in self._waits[one.stream]]),
                learned=tuple(self._told[one.stream, s].learned(s) for s in AHEAD_S),
            )
            for one in outlook.streams
        )
        return replace(outlook, streams=tuple(streams))


def _mean(values: Sequence[float]) -> float | None:
    return sum(values) / len(values) if values else None
