"""Where on a lane a vehicle is, how fast it drives and whether it stands: metres and m/s of road.

A vehicle stands, or it drives: two filters side by side, and how likely each is. One that drives may have any
speed; one that stands stays where it is to the centimetre, so that every further look says better where, and
soon that it left. Without the second a filter must hold every wobble of the box for a start.
"""

from __future__ import annotations

from copy import copy
from dataclasses import dataclass
from math import erf, exp, log, sqrt

from edge.measure.trail import Trail

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

STEP_S, TINY_S = 0.2, 1e-6
"""Who is not looked at goes on in steps of so long, a shorter rest left out."""

APART_S = 0.2
"""Boxes nearer in time are wrong alike, and say the less."""

OUTLIER = 3.0
"""A box that is off by more standard deviations is believed the less."""

LOOKS = 3
SURE_M_S = 1.5
"""It takes so many looks, and a standard error of the speed no larger, to say whether a vehicle stands."""

LEAST_DOUBT, MOST_ODDS = 1e-4, 20.0
"""Nothing is surer than this, and no look says more (logarithm of the odds)."""

Place = tuple[float, float]
"""Metres upstream of the booth line, and their standard deviation."""


@dataclass(slots=True)
class Standing:
    """Place of one that stands, m, and its variance."""

    metres: float
    variance: float

    def take_in(self, share: float, other: Driving) -> None:
        """A share of those that are here now is the other, which came to stand."""
        apart = other.metres - self.metres
        self.variance = _mixed(share, other.mm, self.variance, apart * apart)
        self.metres += share * apart

    def correct(self, off: float, noise: float) -> None:
        """It was seen so far (m) from where it is, by a look of this variance."""
        spread = self.variance + noise
        self.metres += self.variance / spread * off
        self.variance *= noise / spread


class Driving:
    """Place (m), speed and push (acceleration) of one that drives, and their six covariances: `ms` is that of
    metres and speed. In plain numbers: for so few of them numpy takes seven times as long.
    """

    __slots__ = ("metres", "mm", "mp", "ms", "pp", "push", "sp", "speed", "ss")

    def __init__(self, metres: float, mm: float, ss: float, pp: float) -> None:
        """Where one is that has just been seen first, and the variances."""
        self.metres, self.speed, self.push = metres, 0.0, 0.0
        self.mm, self.ss, self.pp = mm, ss, pp
        self.ms = self.mp = self.sp = 0.0

    @property
    def covariances(self) -> tuple[float, float, float, float, float, float]:
        """The upper half of their matrix, row by row."""
        return self.mm, self.ms, self.mp, self.ss, self.sp, self.pp

    def take_in(self, share: float, other: Standing) -> None:
        """A share of those that are here now is the other, which starts."""
        m, s, p = other.metres - self.metres, -self.speed, -START_PUSH - self.push
        self.mm = _mixed(share, other.variance, self.mm, m * m)
        self.ms = _mixed(share, 0.0, self.ms, m * s)
        self.mp = _mixed(share, 0.0, self.mp, m * p)
        self.ss = _mixed(share, START_SPEED**2, self.ss, s * s)
        self.sp = _mixed(share, 0.0, self.sp, s * p)
        self.pp = _mixed(share, START_SPREAD**2, self.pp, p * p)
        self.metres += share * m
        self.speed += share * s
        self.push += share * p

    def go_on(self, by_s: float) -> None:
        """It drives for so long: the step's matrix is (1, by, way), (0, 1, by), (0, 0, lasts)."""
        way, lasts = by_s * by_s / 2, exp(-by_s / PUSH_LASTS_S)
        far = by_s**3 / 6
        mm, ms, mp, ss, sp, pp = self.covariances
        m_s, m_p = ms + by_s * ss + way * sp, mp + by_s * sp + way * pp  # of the new place and the old speed
        s_p = sp + by_s * pp
        noise = JERK / by_s
        self.mm = mm + by_s * ms + way * mp + by_s * m_s + way * m_p + noise * far * far
        self.ms = m_s + by_s * m_p + noise * far * way
        self.mp = lasts * m_p + noise * far * by_s
        self.ss = ss + by_s * sp + by_s * s_p + noise * way * way
        self.sp = lasts * s_p + noise * way * by_s
        self.pp = lasts * lasts * pp + noise * by_s * by_s
        self.metres += by_s * self.speed + way * self.push
        self.speed += by_s * self.push
        self.push *= lasts

    def correct(self, off: float, noise: float) -> None:
        """It was seen so far (m) from where it is, by a look of this variance."""
        mm, ms, mp = self.mm, self.ms, self.mp
        m, s, p = mm / (mm + noise), ms / (mm + noise), mp / (mm + noise)
        self.metres += m * off
        self.speed += s * off
        self.push += p * off
        self.mm, self.ms, self.mp = mm - m * mm, ms - m * ms, mp - m * mp
        self.ss, self.sp, self.pp = self.ss - s * ms, self.sp - s * mp, self.pp - p * mp


class Path:
    """One vehicle's way along its lane, downstream being towards 0 m.

    Sources: two models that interact, Blom and Bar-Shalom, The interacting multiple model algorithm for
    systems with Markovian switching coefficients (1988); of them the one that drives is the Singer model,
    Bar-Shalom et al., Estimation with Applications to Tracking and Navigation.
    """

    __slots__ = ("_at", "_drive", "_looks", "_stand", "_stands", "trail")

    def __init__(self) -> None:
        self._at = 0.0
        self._looks = 0
        self._stand = Standing(0.0, 0.0)
        self._drive = Driving(0.0, 0.0, 0.0, 0.0)
        self._stands = STANDS_FIRST
        self.trail = Trail()

    @property
    def metres(self) -> float | None:
        """Where it was at the last look; None before the first."""
        if not self._looks:
            return None
        return self._stands * self._stand.metres + (1 - self._stands) * self._drive.metres

    def slower(self, limit: float) -> float | None:
        """How likely it was slower than `limit` (m/s) at the last look; None while that is not known."""
        if self._looks < LOOKS:
            return None
        if (1 - self._stands) * self._speed_error > SURE_M_S:
            return None
        return self._stands + (1 - self._stands) * self._drives_slower(limit)

    @property
    def _speed_error(self) -> float:
        return sqrt(max(self._drive.ss, 1e-6))

    def _drives_slower(self, limit: float) -> float:
        """How likely one that drives is slower than `limit` (m/s)."""
        return _within(self._drive.speed, self._speed_error, limit)

    def expected(self, at: float) -> float:
        """Where it will be at `at` (s), m."""
        by_s, drive = at - self._at, self._drive
        driven = drive.metres + by_s * drive.speed + by_s * by_s / 2 * drive.push
        return self._stands * self._stand.metres + (1 - self._stands) * driven

    def later(self, by_s: float) -> Path:
        """The same so many seconds after the last look, nobody having looked."""
        path = copy(self)
        path._stand, path._drive = copy(self._stand), copy(self._drive)
        while by_s > TINY_S:
            path._go_on(min(by_s, STEP_S))
            by_s -= STEP_S
        return path

    def move(self, by: float) -> None:
        """It is so many metres elsewhere, and was before."""
        self._drive.metres += by
        self._stand.metres += by
        self.trail.move(by)

    def see(self, place: Place, at: float) -> None:
        """Take where it was seen at `at` (s)."""
        metres, noise = place
        by_s = at - self._at
        if not self._looks:
            self._stand = Standing(metres, noise**2)
            self._drive = Driving(metres, noise**2, FIRST_SPEED**2, FIRST_PUSH**2)
        elif by_s > 0:
            self._go_on(by_s)
            self._correct(metres, noise**2 * max(1.0, APART_S / by_s))
        self._looks += 1
        self._at = at
        self.trail.see(metres, at)

    def _go_on(self, by_s: float) -> None:
        self._switch(by_s)
        self._stand.variance += DRIFT_M2_S * by_s
        self._drive.go_on(by_s)
        self._at += by_s

    def _switch(self, by_s: float) -> None:
        """Some of those that stood start, some of those that hardly moved stand."""
        starts = self._stands * (1 - exp(-by_s / STANDS_S))
        stops = (1 - self._stands) * (1 - exp(-by_s / STOPS_S)) * self._drives_slower(SLOW_M_S)
        stays, drives = self._stands - starts, 1 - self._stands - stops
        stood = Standing(self._stand.metres, self._stand.variance)
        self._stand.take_in(stops / (stops + stays), self._drive)
        self._drive.take_in(starts / (starts + drives), stood)
        self._stands = stays + stops

    def _correct(self, metres: float, noise: float) -> None:
        stand, drive = self._stand, self._drive
        still_off, off = metres - stand.metres, metres - drive.metres
        least = min(still_off**2 / (stand.variance + noise), off**2 / (drive.mm + noise))
        noise += noise * max(0.0, least / OUTLIER**2 - 1.0)
        still_spread, spread = stand.variance + noise, drive.mm + noise
        likelier = 0.5 * (off**2 / spread - still_off**2 / still_spread + log(spread / still_spread))
        odds = self._stands / (1 - self._stands) * exp(min(max(likelier, -MOST_ODDS), MOST_ODDS))
        self._stands = min(max(odds / (1 + odds), LEAST_DOUBT), 1 - LEAST_DOUBT)
        stand.correct(still_off, noise)
        drive.correct(off, noise)


def _mixed(share: float, one: float, other: float, apart: float) -> float:
    """Covariance of two distributions, `share` of the first; `apart`: product of how far their means are."""
    return share * one + (1 - share) * other + share * (1 - share) * apart


def _within(speed: float, error: float, limit: float) -> float:
    """How likely a normal deviate about `speed` lies within +-`limit`."""
    scale = error * sqrt(2)
    return (erf((limit - speed) / scale) - erf((-limit - speed) / scale)) / 2
