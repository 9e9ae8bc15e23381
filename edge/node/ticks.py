"""When a report is due, and what belongs into it.

Ticks are half-open, `[start, end)`, end on UTC multiples of the tick's length, and also exactly at the seam
of a recording's loop. Pure: `now` is given by the caller; times are the node's own (edge/node/clock.py).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from edge.config import CameraConfig
from edge.messages import LaneReport
from edge.node.report import CameraTally
from edge.vision import SignSeen, Step

PATIENCE_S = 2.0
"""A camera that gives no picture for so long does not hold back the others."""
BEHIND_AT_MOST_S = 120.0
"""Nor does one whose pictures come, but so much too late."""
LEAP_S = 60.0
"""After a longer time without any picture (sleep, clock set) the ticks go on from the present."""
JUST_AFTER_S = 0.001
"""The last report ends so much after its last picture, since a tick does not hold its own end."""


SAME_S = 1e-4
"""Closer than this to a multiple is on it: UTC differs from the node's own time by no whole number."""


@dataclass(frozen=True, slots=True)
class Sample:
    """One picture's step. `closes`: the end of a loop, `step.at` is the seam. `behind`: came too late.

    `inference_s` None: nothing had moved, so the detector was not asked. `is_picture` False: the last word on
    tracks that end. `signs`: where lane signs were looked at. `saved`: what is known after it, for a
    restart, as bytes: while one camera is behind, thousands wait, and objects take three times the room.
    """

    camera: str
    step: Step
    inference_s: float | None = None
    closes: bool = False
    behind: bool = False
    is_picture: bool = True
    signs: tuple[SignSeen, ...] = ()
    saved: bytes | None = None


@dataclass(frozen=True, slots=True)
class Tick:
    """What a report says: all lanes of the node from `start` to `end`, and what was known then, by camera."""

    start: float
    end: float
    lanes: tuple[LaneReport, ...]
    saved: dict[str, bytes]


class _Feed:
    """Samples of one camera that are not yet in a report."""

    def __init__(self, camera: CameraConfig, at: float) -> None:
        self.tally = CameraTally(camera)
        self.pending: deque[Sample] = deque()
        self.heard_at = at
        self.away: str | None = None
        self.troubles: dict[str, None] = {}
        self.behind = False
        self.seen = False
        self.saved: bytes | None = None

    def add(self, sample: Sample, now: float) -> None:
        self.pending.append(sample)
        self.heard_at = now
        self.away = None
        self.behind = self.behind or sample.behind

    def leave(self, reason: str) -> None:
        self.away = reason
        self.troubles[reason] = None

    def waits_for(self, end: float, now: float) -> bool:
        """Whether a report up to `end` should wait for this camera."""
        if self.pending and self.pending[-1].step.at >= end:
            return False
        if self.away:
            return now < end
        silent = now - self.heard_at > PATIENCE_S
        return now < end + PATIENCE_S or (not silent and now < end + BEHIND_AT_MOST_S)

    def seams(self, after: float) -> list[float]:
        return [sample.step.at for sample in self.pending if sample.closes and sample.step.at > after]

    def fold(self, end: float) -> None:
        while self.pending and self._belongs(self.pending[0], end):
            sample = self.pending.popleft()
            self.tally.add(sample.step, sample.inference_s)
            self.tally.read(sample.signs)
            self.seen = True
            self.saved = sample.saved
        if self.pending:
            self.tally.hold(end, self.pending[0].step.at)

    def report(self, start: float, end: float) -> list[LaneReport]:
        lanes = self.tally.report(start, end, self._degraded())
        self.behind = self.seen = False
        self.troubles = {self.away: None} if self.away else {}
        return lanes

    @staticmethod
    def _belongs(sample: Sample, end: float) -> bool:
        return sample.step.at < end or (sample.closes and sample.step.at <= end)

    def _degraded(self) -> list[str]:
        reasons = ["behind"] if self.behind else []
        if not self.seen and not self.away:
            reasons.append("stalled")
        return [*reasons, *self.troubles]


class Ticks:
    """Collects samples of all cameras and gives a Tick whenever one is due."""

    def __init__(self, cameras: Sequence[CameraConfig], tick_s: int, start: float) -> None:
        self._feeds = {camera.id: _Feed(camera, start) for camera in cameras}
        self._tick_s = tick_s
        self._start = start
        self._shift_s = 0.0

    def add(self, sample: Sample, now: float) -> None:
        """One sample; those of one camera come in the order of their time."""
        self._feeds[sample.camera].add(sample, now)

    def leave(self, camera: str, reason: str) -> None:
        """That camera gives no more pictures to measure (`lost`, `ended`, ...): nothing waits for it."""
        self._feeds[camera].leave(reason)

    def due(self, now: float) -> Iterator[Tick]:
        """The ticks that are complete by `now`, oldest first."""
        self._follow_the_clock(now)
        while not any(feed.waits_for(self._next_end(), now) for feed in self._feeds.values()):
            yield self._close(self._next_end())

    def step(self, now: float, by_s: float) -> Tick | None:
        """UTC was set by `by_s`: what was measured before is a report of its own, under the old time."""
        tick = self._close(now) if now > self._start else None
        self._shift_s += by_s
        return tick

    def last(self, now: float) -> Tick | None:
        """What is left at shutdown: up to the newest picture, or to `now` when none is left over."""
        ends = [sample.step.at for feed in self._feeds.values() for sample in feed.pending]
        end = max(ends) + JUST_AFTER_S if ends else now
        return self._close(end) if end > self._start else None

    def heard_at(self, camera: str) -> float:
        """When the last sample of that camera came."""
        return self._feeds[camera].heard_at

    def _next_end(self) -> float:
        regular = self._floor(self._start + SAME_S) + self._tick_s
        seams = [at for feed in self._feeds.values() for at in feed.seams(self._start)]
        return min([regular, *seams])

    def _close(self, end: float) -> Tick:
        lanes: list[LaneReport] = []
        for feed in self._feeds.values():
            feed.fold(end)
            lanes += feed.report(self._start, end)
        saved = {name: feed.saved for name, feed in self._feeds.items() if feed.saved is not None}
        tick = Tick(self._start, end, tuple(lanes), saved)
        self._start = end
        return tick

    def _follow_the_clock(self, now: float) -> None:
        idle = not any(feed.pending for feed in self._feeds.values())
        if idle and now - self._start > LEAP_S + self._tick_s:
            self._start = self._floor(now)

    def _floor(self, at: float) -> float:
        """The newest UTC multiple of the tick's length, in the node's own time."""
        return (at + self._shift_s) // self._tick_s * self._tick_s - self._shift_s
