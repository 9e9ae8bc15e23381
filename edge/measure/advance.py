"""How a vehicle advances along its lane: metres of road and m/s, though the next one hides its foot.

A line fitted over seconds says late that a vehicle stands or starts; a filter that knows how vehicles brake
and start says it within a second. And who closes up hides the foot of the vehicle before, whose box shrinks
from below as if it drove. Its upper edge shows then how it moves, for how tall it is was seen before.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import exp, sqrt

import numpy as np

from edge.measure.geometry import Floats, GroundError, GroundPlane

NOISE_PX = 0.7
"""Standard deviation of an edge of a box."""

LEAST_NOISE_M = 0.1
FIRST_SPEED, FIRST_PUSH = 6.0, 1.2
"""Standard deviations of a new vehicle's speed (m/s) and acceleration (m/s2)."""

PUSH_LASTS_S = 2.0
JERK = 1.0
"""Spectral density of the change of acceleration, (m/s3)^2 per s."""

OUTLIER = 3.0
"""A box that is off by more standard deviations is believed the less."""

TALL_GAIN = 0.2
"""How much one look says of how tall a vehicle is."""

LEAST_SHARE = 0.3
"""A camera hardly above a vehicle does not see from its upper edge where it is."""

LOOKS = 3
SURE_M_S = 1.5
"""It takes so many looks, and a standard error of the speed no larger, to say whether a vehicle stands."""

HIDES = 0.5
TOUCHES = 0.06
"""One that is nearer hides a foot below so much of its width, with a gap of so many heights at most."""

Place = tuple[float, float]
"""Metres upstream of the booth line, and their standard deviation."""

Speed = tuple[float, float]
"""Speed (m/s, without direction) and its standard error."""


class Path:
    """Place, speed and acceleration along a lane: the filter of a manoeuvring target.

    Source: the Singer model, Bar-Shalom et al., Estimation with Applications to Tracking and Navigation.
    """

    __slots__ = ("_at", "_cov", "_looks", "_state")

    def __init__(self) -> None:
        self._at = 0.0
        self._looks = 0
        self._state = np.zeros(3)
        self._cov = np.zeros((3, 3))

    @property
    def metres(self) -> float | None:
        """Where it was at the last look; None before the first."""
        return float(self._state[0]) if self._looks else None

    @property
    def speed(self) -> Speed | None:
        """How fast it was at the last look; None while that is not known well."""
        error = sqrt(max(float(self._cov[1, 1]), 0.0))
        if self._looks < LOOKS or error > SURE_M_S:
            return None
        return abs(float(self._state[1])), error

    def expected(self, at: float) -> float:
        """Where it will be at `at` (s), m."""
        by_s = at - self._at
        return float(self._state @ (1.0, by_s, by_s * by_s / 2))

    def move(self, by: float) -> None:
        """It is so many metres elsewhere, and was before."""
        self._state[0] += by

    def see(self, place: Place, at: float) -> None:
        """Take where it was seen at `at` (s)."""
        metres, noise = place
        if not self._looks:
            self._state = np.array([metres, 0.0, 0.0])
            self._cov = np.diag([noise**2, FIRST_SPEED**2, FIRST_PUSH**2])
        else:
            self._go_on(at - self._at)
            self._correct(metres, noise**2)
        self._looks += 1
        self._at = at

    def _go_on(self, by_s: float) -> None:
        way = by_s * by_s / 2
        step = np.array([[1.0, by_s, way], [0.0, 1.0, by_s], [0.0, 0.0, exp(-by_s / PUSH_LASTS_S)]])
        push = np.array([by_s**3 / 6, way, by_s])
        self._state = step @ self._state
        self._cov = step @ self._cov @ step.T + JERK / max(by_s, 1e-3) * np.outer(push, push)

    def _correct(self, metres: float, noise: float) -> None:
        off = metres - self._state[0]
        spread = self._cov[0, 0] + noise
        spread += noise * max(0.0, off * off / (OUTLIER**2 * spread) - 1.0)
        gain = self._cov[0] / spread
        self._state = self._state + gain * off
        self._cov = self._cov - np.outer(gain, self._cov[0])


class Advance:
    """One vehicle in one lane: where its end that the camera sees is, and how fast it drives."""

    __slots__ = ("_hidden", "_offset", "_path", "_tall", "lane")

    def __init__(self, lane: str) -> None:
        self.lane = lane
        self._path = Path()
        self._tall: float | None = None
        self._hidden = False
        self._offset = 0.0

    @property
    def metres(self) -> float | None:
        """Metres upstream of the booth line at the last look; None: it never was on the plane."""
        return self._path.metres

    @property
    def speed(self) -> Speed | None:
        """How fast it drove at the last look; None while that is not known well."""
        return self._path.speed

    def see(self, plane: GroundPlane, xyxy: Sequence[float], foot_hidden: bool, at: float) -> None:
        """Take a box (px) seen at `at` (s), its lower edge hidden or not."""
        x0, y0, x1, y1 = xyxy
        x = (x0 + x1) / 2
        hidden = foot_hidden and self._tall is not None
        place = self._by_head(plane, x, y0) if hidden else _place(plane, x, y1, NOISE_PX)
        if place is None:
            return
        if hidden != self._hidden:
            self._change_over(hidden, place[0], at)
        self._path.see((place[0] + self._offset, place[1]), at)
        if not hidden:
            self._learn_height((y1 - y0) / plane.nearness(x, y1)[0])

    def _change_over(self, hidden: bool, metres: float, at: float) -> None:
        """The other edge says from now on where it is; that the two do not quite agree is no motion."""
        self._hidden = hidden
        expected = self._path.expected(at)
        self._offset = expected - metres if hidden else 0.0
        if not hidden:
            self._path.move(metres - expected)

    def _by_head(self, plane: GroundPlane, x: float, y: float) -> Place | None:
        """Where one as tall as it was seen to be has its foot, if its upper edge is there."""
        near, slope = plane.nearness(x, y)
        tall = self._tall or 0.0
        share = 1.0 - tall * slope
        return None if share < LEAST_SHARE else _place(plane, x, y + tall * near / share, NOISE_PX / share)

    def _learn_height(self, tall: float) -> None:
        self._tall = tall if self._tall is None else self._tall + TALL_GAIN * (tall - self._tall)


def _place(plane: GroundPlane, x: float, y: float, noise_px: float) -> Place | None:
    """Where on the road a pixel is; None near or above the horizon."""
    try:
        place, above = plane.to_metres([(x, y), (x, y - noise_px)])[:, 1].tolist()
    except GroundError:
        return None
    return place, max(abs(above - place), LEAST_NOISE_M)


def feet_hidden(xyxy: Floats) -> list[bool]:
    """Whether another one of these boxes (n, 4) px hides a box's lower edge."""
    x0, y0, x1, y1 = xyxy.T
    width, height = x1 - x0, y1 - y0
    common = np.minimum(x1[:, None], x1[None, :]) - np.maximum(x0[:, None], x0[None, :])
    nearer = y1[None, :] > y1[:, None] + TOUCHES * height[:, None]
    meets = y0[None, :] <= y1[:, None] + TOUCHES * height[:, None]
    hides = nearer & meets & (common > HIDES * width[:, None])
    return [bool(row) for row in hides.any(axis=1)]
