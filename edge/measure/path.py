"""Where on a lane a vehicle is, how fast it drives and whether it stands: metres and m/s of road.

A vehicle stands, or it drives: two filters side by side, and how likely each is. One that drives may have any
speed; one that stands stays where it is to the centimetre, so that every further look says better where, and
soon that it left. Without the second a filter must hold every wobble of the box for a start.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import erf, exp, log, sqrt

import numpy as np

from edge.measure.geometry import Floats

FIRST_SPEED, FIRST_PUSH = 6.0, 1.2
"""Standard deviations of a new vehicle's speed (m/s) and acceleration (m/s2)."""

PUSH_LASTS_S = 2.0
JERK = 0.7
"""Spectral density of the change of acceleration, (m/s3)^2 per s."""

STANDS_FIRST = 0.3
"""How likely it is that a new vehicle stands."""

STANDS_S = 15.0
STOPS_S = 0.6
"""How long one stands before it moves up, and one that hardly moves before it stands."""

SLOW_M_S = 0.8
"""One that drives may come to stand below about this speed."""

START_PUSH, START_SPREAD = 1.2, 0.5
"""Acceleration with which one starts, and its standard deviation, m/s2."""

START_SPEED = 0.3
"""Standard deviation of its speed then, m/s."""

DRIFT_M2_S = 1e-3
"""Spectral density of the place of one that stands: it rocks, and the camera sways."""

APART_S = 0.2
"""Boxes nearer in time are wrong alike, and say the less."""

OUTLIER = 3.0
"""A box that is off by more standard deviations is believed the less."""

LOOKS = 3
SURE_M_S = 1.5
"""It takes so many looks, and a standard error of the speed no larger, to say whether a vehicle stands."""

LEAST_DOUBT, MOST_ODDS = 1e-4, 20.0
"""Nothing is surer than this, and no look says more (logarithm of the odds)."""

Gauss = tuple[Floats, Floats]
"""Mean (n,) and covariance (n, n)."""

Place = tuple[float, float]
"""Metres upstream of the booth line, and their standard deviation."""


@dataclass(slots=True)
class _Standing:
    """Place of one that stands, m, and its variance."""

    metres: float
    variance: float


class Path:
    """One vehicle's way along its lane, downstream being towards 0 m.

    Sources: two models that interact, Blom and Bar-Shalom, The interacting multiple model algorithm for
    systems with Markovian switching coefficients (1988); of them the one that drives is the Singer model,
    Bar-Shalom et al., Estimation with Applications to Tracking and Navigation.
    """

    __slots__ = ("_at", "_cov", "_looks", "_stand", "_stands", "_state")

    def __init__(self) -> None:
        self._at = 0.0
        self._looks = 0
        self._state = np.zeros(3)
        self._cov = np.zeros((3, 3))
        self._stand = _Standing(0.0, 0.0)
        self._stands = STANDS_FIRST

    @property
    def metres(self) -> float | None:
        """Where it was at the last look; None before the first."""
        if not self._looks:
            return None
        return self._stands * self._stand.metres + (1 - self._stands) * float(self._state[0])

    def slower(self, limit: float) -> float | None:
        """How likely it was slower than `limit` (m/s) at the last look; None while that is not known."""
        if self._looks < LOOKS:
            return None
        if (1 - self._stands) * self._speed_error > SURE_M_S:
            return None
        return self._stands + (1 - self._stands) * self._drives_slower(limit)

    @property
    def _speed_error(self) -> float:
        return sqrt(max(float(self._cov[1, 1]), 1e-6))

    def _drives_slower(self, limit: float) -> float:
        """How likely one that drives is slower than `limit` (m/s)."""
        return _within(float(self._state[1]), self._speed_error, limit)

    def expected(self, at: float) -> float:
        """Where it will be at `at` (s), m."""
        by_s = at - self._at
        driven = float(self._state @ (1.0, by_s, by_s * by_s / 2))
        return self._stands * self._stand.metres + (1 - self._stands) * driven

    def move(self, by: float) -> None:
        """It is so many metres elsewhere, and was before."""
        self._state[0] += by
        self._stand.metres += by

    def see(self, place: Place, at: float) -> None:
        """Take where it was seen at `at` (s)."""
        metres, noise = place
        by_s = at - self._at
        if not self._looks:
            self._state = np.array([metres, 0.0, 0.0])
            self._cov = np.diag([noise**2, FIRST_SPEED**2, FIRST_PUSH**2])
            self._stand = _Standing(metres, noise**2)
        elif by_s > 0:
            self._switch(by_s)
            self._go_on(by_s)
            self._correct(metres, noise**2 * max(1.0, APART_S / by_s))
        self._looks += 1
        self._at = at

    def _switch(self, by_s: float) -> None:
        """Some of those that stood start, some of those that hardly moved stand."""
        starts = self._stands * (1 - exp(-by_s / STANDS_S))
        stops = (1 - self._stands) * (1 - exp(-by_s / STOPS_S)) * self._drives_slower(SLOW_M_S)
        stays, drives = self._stands - starts, 1 - self._stands - stops
        stand, state, cov = self._stand, self._state, self._cov
        start = np.array([stand.metres, 0.0, -START_PUSH])
        spread = np.diag([stand.variance, START_SPEED**2, START_SPREAD**2])
        self._state, self._cov = _mixed(starts / (starts + drives), (start, spread), (state, cov))
        stopped = state[:1], cov[:1, :1]
        kept = np.array([stand.metres]), np.array([[stand.variance]])
        place, variance = _mixed(stops / (stops + stays), stopped, kept)
        self._stand = _Standing(float(place[0]), float(variance[0, 0]))
        self._stands = stays + stops

    def _go_on(self, by_s: float) -> None:
        self._stand.variance += DRIFT_M2_S * by_s
        way = by_s * by_s / 2
        step = np.array([[1.0, by_s, way], [0.0, 1.0, by_s], [0.0, 0.0, exp(-by_s / PUSH_LASTS_S)]])
        push = np.array([by_s**3 / 6, way, by_s])
        self._state = step @ self._state
        self._cov = step @ self._cov @ step.T + JERK / by_s * np.outer(push, push)

    def _correct(self, metres: float, noise: float) -> None:
        stand, off, variance = self._stand, metres - float(self._state[0]), float(self._cov[0, 0])
        still_off = metres - stand.metres
        spreads = stand.variance + noise, variance + noise
        least = min(still_off**2 / spreads[0], off**2 / spreads[1])
        noise += noise * max(0.0, least / OUTLIER**2 - 1.0)
        still_spread, spread = stand.variance + noise, variance + noise
        likelier = 0.5 * (off**2 / spread - still_off**2 / still_spread + log(spread / still_spread))
        odds = self._stands / (1 - self._stands) * exp(min(max(likelier, -MOST_ODDS), MOST_ODDS))
        self._stands = min(max(odds / (1 + odds), LEAST_DOUBT), 1 - LEAST_DOUBT)
        self._stand = _Standing(
            stand.metres + stand.variance / still_spread * still_off, stand.variance * noise / still_spread
        )
        gain = self._cov[0] / spread
        self._state = self._state + gain * off
        self._cov = self._cov - np.outer(gain, self._cov[0])


def _mixed(share: float, one: Gauss, other: Gauss) -> Gauss:
    """Mean and covariance of two distributions, `share` of the first."""
    (mean, cov), (mean_other, cov_other) = one, other
    apart = mean - mean_other
    both = share * cov + (1 - share) * cov_other + share * (1 - share) * np.outer(apart, apart)
    return mean_other + share * apart, both


def _within(speed: float, error: float, limit: float) -> float:
    """How likely a normal deviate about `speed` lies within +-`limit`."""
    scale = error * sqrt(2)
    return (erf((limit - speed) / scale) - erf((-limit - speed) / scale)) / 2
