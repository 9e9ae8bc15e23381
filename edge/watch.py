"""One camera's pictures to steps, as the node and `count` alike do it: gate, detector, meter."""

from __future__ import annotations

import time
from dataclasses import dataclass

from edge.config import CameraConfig
from edge.detection.detector import Detector
from edge.detection.gate import MotionGate
from edge.measure.meter import CameraMeter
from edge.measure.region import lane_cells, looked_at
from edge.measure.saved import SavedMeter
from edge.measure.tracker import START_SCORE
from edge.vision import Image, Step

CARRY = 0.7
"""A known vehicle is carried on by a box of this share of the score that a new one needs."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What a picture says, and how long the detector took (s); None when nothing moved: it was not asked."""

    step: Step
    inference_s: float | None


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
        self._gate = MotionGate([lane_cells(lane, width, height) for lane in camera.lanes]) if gated else None
        self._looked_at = 0.0

    def see(self, image: Image, at: float) -> Seen:
        """The picture at `at` (s); times must not fall."""
        if self._gate is not None and self._may_rest(self._gate, image, at):
            return Seen(self._meter.hold(at), None)
        begun = time.perf_counter()
        boxes = self._detector.boxes(image, CARRY * self._start_score, self._region)
        inference_s = time.perf_counter() - begun
        if self._gate is not None:
            self._gate.remember(image)
        self._looked_at = at
        return Seen(self._meter.step(boxes, at), inference_s)

    def save(self, at: float) -> SavedMeter:
        """What a watch that takes over after a restart must know at `at`."""
        return self._meter.save(at)

    def resume(self, saved: SavedMeter, at: float) -> bool:
        """Take over what an earlier watch saved; False if it does not fit, or is too old at `at`."""
        return self._meter.resume(saved, at)

    def finish(self, at: float) -> Step:
        """The recording ends at `at` or starts again: all tracks end."""
        return self._meter.finish(at)

    def _may_rest(self, gate: MotionGate, image: Image, at: float) -> bool:
        return at - self._looked_at < self._meter.rest_s(at) and not gate.moved(image)
