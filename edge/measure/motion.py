"""How a tracked box moves: a constant-velocity filter in seconds, and the anchor's speed fitted over time.

Lengths inside the filter's covariance are in box scales (square root of the box's area), so that one setting
serves near and far vehicles.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import hypot, sqrt
from typing import Literal

from edge.measure.flow import Drift
from edge.measure.geometry import XYXY, GroundError, GroundPlane, Point

FIT_S = 2.0
"""Speed is fitted over this much of the past."""

FIT_MIN_S = 0.9
"""Shorter looks say nothing of whether a vehicle stands."""

SAMPLE_S = 0.095
"""The fit keeps at most one sample per this time."""

JITTER = 0.06
"""Standard deviation of a box's centre, in scales."""

FIRST_SPEED = 5.0
"""Standard deviation of a new vehicle's speed, in scales per second."""

JERK = 1.0
"""Spectral density of its acceleration, in scales^2 / s^3."""

SIZE_GAIN = 0.4

Edge = Literal["foot", "head"]
"""The lower or the upper edge of a box."""


class Motion:
    """Centre, size and velocity of one box (px, px/s), with the variance of its place and speed."""

    __slots__ = ("at", "cov", "cx", "cy", "height", "scale", "speed_var", "var", "vx", "vy", "width")

    def __init__(self, xyxy: Sequence[float], at: float) -> None:
        self.cx, self.cy, self.width, self.height = _centre_and_size(xyxy)
        self.scale = sqrt(self.width * self.height)
        self.vx = self.vy = 0.0
        self.var, self.cov, self.speed_var = JITTER**2, 0.0, FIRST_SPEED**2
        self.at = at

    def follow(self, drift: Drift) -> None:
        """Take the usual velocity of the place for that of a new vehicle."""
        self.vx, self.vy = drift.vx * self.scale, drift.vy * self.scale
        self.speed_var = min(drift.variance, FIRST_SPEED**2)

    def centre(self, at: float) -> tuple[float, float]:
        """Where the centre is expected at `at`, px."""
        dt = at - self.at
        return self.cx + self.vx * dt, self.cy + self.vy * dt

    @property
    def xyxy(self) -> XYXY:
        """The box (px) as it was at the last look."""
        return box_about((self.cx, self.cy), self.width, self.height)

    def variance(self, at: float) -> float:
        """Variance of the expected place at `at`, in scales^2, without the box's own jitter."""
        dt = at - self.at
        return self.var + 2 * dt * self.cov + dt * dt * self.speed_var + JERK * dt**3 / 3

    def correct(self, xyxy: Sequence[float], at: float) -> None:
        """Take a box seen at `at` into the state.

        Source: the Kalman filter with white-noise acceleration, Bar-Shalom et al., Estimation with
        Applications to Tracking and Navigation, section 6.2.
        """
        dt = at - self.at
        var = self.variance(at)
        cov = self.cov + dt * self.speed_var + JERK * dt * dt / 2
        speed_var = self.speed_var + JERK * dt
        x, y = self.centre(at)
        cx, cy, width, height = _centre_and_size(xyxy)
        gain, speed_gain = var / (var + JITTER**2), cov / (var + JITTER**2)
        self.cx, self.cy = x + gain * (cx - x), y + gain * (cy - y)
        self.vx += speed_gain * (cx - x)
        self.vy += speed_gain * (cy - y)
        self.var, self.cov = (1 - gain) * var, (1 - gain) * cov
        self.speed_var = speed_var - speed_gain * cov
        self.width += SIZE_GAIN * (width - self.width)
        self.height += SIZE_GAIN * (height - self.height)
        self.scale = sqrt(self.width * self.height)
        self.at = at


def box_about(centre: Point, width: float, height: float) -> XYXY:
    """The box (px) of that size about a centre."""
    x, y = centre
    return x - width / 2, y - height / 2, x + width / 2, y + height / 2


def _centre_and_size(xyxy: Sequence[float]) -> tuple[float, float, float, float]:
    x0, y0, x1, y1 = xyxy
    return (x0 + x1) / 2, (y0 + y1) / 2, max(x1 - x0, 1.0), max(y1 - y0, 1.0)


def _from_mean(values: Sequence[float]) -> list[float]:
    mean = sum(values) / len(values)
    return [value - mean for value in values]


@dataclass(frozen=True, slots=True)
class Speed:
    """Speed and its standard error (px/s), and the median box height (px)."""

    value: float
    error: float
    height: float


@dataclass(frozen=True, slots=True)
class _Course:
    """What the fits of both edges share: times (s) from their mean and the sum of their squares, slope (px/s)
    and misfit (px^2) across the picture, median height (px)."""

    times: list[float]
    spread: float
    slope: float
    misfit: float
    height: float


def _course(samples: Iterable[tuple[float, float, float, float]]) -> _Course:
    at, across, _, heights = zip(*samples, strict=True)
    times = _from_mean(at)
    spread = sum([time * time for time in times])  # lists cost half of generators
    return _Course(times, spread, *_line(times, spread, across), sorted(heights)[len(heights) // 2])


def _line(times: list[float], spread: float, values: Sequence[float]) -> tuple[float, float]:
    """Slope and misfit of the straight line through values at these times."""
    values = _from_mean(values)
    slope = sum([time * value for time, value in zip(times, values, strict=True)]) / spread
    return slope, sum([(value - slope * time) ** 2 for time, value in zip(times, values, strict=True)])


class SpeedFit:
    """Straight-line fit of a box's foot or head and the median box height over the last `FIT_S` seconds."""

    __slots__ = ("_course", "_samples", "_speeds")

    def __init__(self) -> None:
        self._samples: deque[tuple[float, float, float, float]] = deque()
        self._course: _Course | None = None
        self._speeds: dict[Edge, Speed] = {}

    def add(self, at: float, x: float, y: float, height: float) -> bool:
        """Keep where the foot is (px), unless the last sample is too recent; says whether it did."""
        samples = self._samples
        if samples and at - samples[-1][0] < SAMPLE_S:
            return False
        self._course = None
        self._speeds.clear()
        samples.append((at, x, y, height))
        while len(samples) > 3 and at - samples[1][0] >= FIT_S:
            samples.popleft()
        return True

    def speed(self, edge: Edge = "foot") -> Speed | None:
        """Least-squares speed of an edge's middle in the picture; None while the look is too short.

        Source: standard error of a regression's slope, any text on linear regression.
        """
        samples = self._samples
        if len(samples) < 3 or samples[-1][0] - samples[0][0] < FIT_MIN_S:
            return None
        known = self._speeds.get(edge)
        if known is not None:
            return known
        course = self._course = self._course or _course(samples)
        up = 1.0 if edge == "head" else 0.0
        slope, misfit = _line(course.times, course.spread, [y - up * height for _, _, y, height in samples])
        error = sqrt((course.misfit + misfit) / (2 * len(samples) - 4) / course.spread)
        known = self._speeds[edge] = Speed(hypot(course.slope, slope), error, course.height)
        return known

    def still_since(self, tolerance: float, plane: GroundPlane | None = None) -> float:
        """Time of the first sample from which on the point stays within `tolerance` (px or m) of the last."""
        points = self._points(plane)
        since = self._samples[-1][0]
        if points is None:
            return since
        x, y = points[-1]
        for sample, point in zip(reversed(self._samples), reversed(points), strict=True):
            if hypot(point[0] - x, point[1] - y) > tolerance:
                break
            since = sample[0]
        return since

    def _points(self, plane: GroundPlane | None) -> list[Point] | None:
        points = [(sample[1], sample[2]) for sample in self._samples]
        if plane is None:
            return points
        try:
            return [plane.place(x, y) for x, y in points]
        except GroundError:
            return None
