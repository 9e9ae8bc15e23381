"""One camera's pictures to steps, as the node and `count` alike do it: gate, detector, meter."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace

from edge.config import CameraConfig
from edge.detection.contrast import Clearing, as_it_is, clearing
from edge.detection.detector import Detector
from edge.detection.gate import MotionGate
from edge.measure.blindness import Blindness
from edge.measure.meter import CameraMeter
from edge.measure.region import area_cells, lane_cells, looked_at
from edge.measure.saved import SavedMeter
from edge.measure.sight import Sight
from edge.measure.tracker import START_SCORE
from edge.vision import LaneStep, Picture, Step

GLANCE_S = 0.2
"""Where every picture is looked at, what moves is compared over this time, and contrast judged: as often as a
node looks."""

CARRY = 0.7
"""A known vehicle is carried on by a box of this share of the score that a new one needs."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What a picture says, and how long the detector took (s); None when nothing moved: it was not asked."""

    step: Step
    inference_s: float | None


def unseen(step: Step) -> Step:
    """The same, but nothing is known of its lanes."""
    lanes = tuple(LaneStep(lane.lane, None, None) for lane in step.lanes)
    return replace(step, lanes=lanes, queues=(), blind=True)


class Watch:
    """Pictures of one size of one camera; with `gated`, the detector is asked only when something moves.

    A network whose input takes the shape of what it looks at sees the lanes alone, and so larger.
    """

    def __init__(
        self, camera: CameraConfig, detector: Detector, width: int, height: int, gated: bool
    ) -> None:
        self._detector = detector
        self._start_score = max(detector.min_score, START_SCORE)
        self._meter = CameraMeter(camera, width, height, self._start_score)
        self._region = looked_at(camera.lanes, width, height) if detector.layout.input.step else None
        self._gate = MotionGate([lane_cells(lane, width, height) for lane in camera.lanes])
        self._gated = gated
        self._blindness = Blindness(
            [area_cells(lane, width, height) for lane in camera.lanes], self._gate.corner
        )
        self._sight = Sight(height, self._meter.far_row)
        self._clearing: Clearing = as_it_is
        self._looked_at = 0.0
        self._blind_at = float("-inf")
        self._glanced_at = float("-inf")

    def see(self, picture: Picture, at: float) -> Seen:
        """The picture at `at` (s); times must not fall."""
        glances = self._gated or at - self._glanced_at >= GLANCE_S - 1e-6
        moved = glances and self._gate.moved(picture)
        if self._sight.look(picture, at):
            self._meter.sight(self._sight.row)
        if self._gated and not moved and at - self._looked_at < self._meter.rest_s(at):
            return Seen(self._judged(self._meter.hold(at, picture), glances), None)
        begun = time.perf_counter()
        if glances:
            self._clearing = clearing(picture, self._region)
        boxes = self._detector.boxes(self._clearing(picture), CARRY * self._start_score, self._region)
        inference_s = time.perf_counter() - begun
        self._looked_at = at
        if glances:
            self._gate.remember(picture)
            self._glanced_at = at
        return Seen(self._judged(self._meter.step(boxes, at, picture), glances), inference_s)

    def _judged(self, step: Step, glanced: bool) -> Step:
        """The step, its lanes unknown where bodies pass in which no vehicle is found."""
        if glanced:
            self._blindness.look(self._gate.luma, self._meter.boxes(step.at), step.at)
        if self._blindness.is_blind:
            self._blind_at = step.at
            return unseen(step)
        return replace(step, queues=tuple(queue for queue in step.queues if queue.at > self._blind_at))

    def save(self, at: float) -> SavedMeter:
        """What a watch that takes over after a restart must know at `at`."""
        return self._meter.save(at)

    def resume(self, saved: SavedMeter, at: float) -> bool:
        """Take over what an earlier watch saved; False if it does not fit, or is too old at `at`."""
        return self._meter.resume(saved, at)

    def finish(self, at: float) -> Step:
        """The recording ends at `at` or starts again: all tracks end."""
        return self._meter.finish(at)
