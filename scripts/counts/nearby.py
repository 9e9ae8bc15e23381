"""A real clip measured in ways that differ by next to nothing: whether its counts hold, or were luck.

Ways: each choice of pictures that a pace allows, scores a few hundredths lower or higher (as other weights
give them), and levels of the pixels off by one at random (as another processor rounds colours and scaling).
Boxes are found once in every picture and measured in each way.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from edge.camera.opening import open_source
from edge.camera.pace import Pace
from edge.config import CameraConfig, load_node
from edge.detection.contrast import with_contrast
from edge.detection.detector import Detector
from edge.measure.meter import CameraMeter
from edge.measure.region import looked_at
from edge.measure.tracker import START_SCORE
from edge.picture import Colours
from edge.recording.tally import Tally
from edge.vision import Boxes
from edge.watch import CARRY
from scripts.counts.judge import Crossings, Samples
from scripts.counts.measuring import judge_clip
from scripts.counts.recordings import Clip

SHIFTS = (-0.03, 0.0, 0.03)
PACES = (5.0, 10.0, None)
NOISE_SEED = 1


@dataclass(frozen=True, slots=True)
class Look:
    """What was found in a picture: its number, its time (s), all boxes that any way takes into account."""

    number: int
    at: float
    boxes: Boxes


@dataclass(slots=True)
class Nearby:
    """One clip with one model in all ways: crossings of each line, samples of each zone, one entry a way.

    `tolerances`: how far off the truth lets the count of each line be.
    """

    clip: str
    model: str
    tolerances: dict[str, int]
    crossings: dict[str, list[Crossings]] = field(default_factory=dict)
    samples: dict[str, list[Samples]] = field(default_factory=dict)


def nearby(clip: Clip, model: str) -> Nearby:
    """Measure the clip in all ways."""
    camera, detector = load_node(clip.config).cameras[0], Detector.load(model)
    result = Nearby(clip.name, detector.model, clip.truth["count_tolerance"])
    for noisy in (False, True):
        looks, size = _looks(clip, camera, detector, noisy)
        fps = clip.truth["media"]["fps"]
        for taken in choices(looks, fps):
            for shift in (0.0,) if noisy else SHIFTS:
                document = _counted(camera, size, max(detector.min_score, START_SCORE), taken, shift)
                crossings, samples = judge_clip(clip, document)
                for line, found in crossings.items():
                    result.crossings.setdefault(line, []).append(found)
                for zone, right in samples.items():
                    result.samples.setdefault(zone, []).append(right)
    return result


def choices(looks: Sequence[Look], fps: float) -> Iterator[list[Look]]:
    """Each choice of pictures at each pace; the first picture and the last are in all of them."""
    for per_s in PACES:
        for phase in range(1 if per_s is None else max(1, round(fps / per_s))):
            pace, last = Pace(0.0 if per_s is None else 1 / per_s), looks[-1].number
            begun = looks[min(phase, len(looks) - 1)].at
            yield [
                look
                for row, look in enumerate(looks)
                if (row >= phase and pace.takes(look.at - begun)) or row == 0 or look.number == last
            ]


def shifted(boxes: Boxes, shift: float, floor: float) -> Boxes:
    """The boxes with all scores moved by `shift`, those that then reach `floor`."""
    scores = np.asarray(boxes.scores + np.float32(shift), np.float32)
    rows = np.flatnonzero(scores >= floor)
    return Boxes(boxes.xyxy[rows], tuple(boxes.classes[row] for row in rows), scores[rows])


def _looks(
    clip: Clip, camera: CameraConfig, detector: Detector, noisy: bool
) -> tuple[list[Look], tuple[int, int]]:
    """What the detector finds in every picture where a node would look; the pictures' width and height."""
    floor = CARRY * max(detector.min_score, START_SCORE) - max(SHIFTS)
    noise, looks, size = np.random.default_rng(NOISE_SEED), [], (0, 0)
    for frame in open_source(str(clip.source), camera.fps).every():
        height, width = frame.picture.shape
        size = width, height
        region = looked_at(camera.lanes, width, height) if detector.layout.input.step else None
        picture = Colours(_rounded_otherwise(frame.image, noise)) if noisy else frame.picture
        looks.append(Look(frame.number, frame.at, detector.boxes(with_contrast(picture), floor, region)))
    return looks, size


def _rounded_otherwise(image: NDArray[np.uint8], noise: np.random.Generator) -> NDArray[np.uint8]:
    """The picture with each level as it is, one higher or one lower."""
    change = noise.integers(0, 3, image.shape, np.uint8)
    return np.asarray(cv2.subtract(cv2.add(image, change), np.ones_like(image)), np.uint8)


def _counted(
    camera: CameraConfig, size: tuple[int, int], start_score: float, looks: Sequence[Look], shift: float
) -> dict[str, Any]:
    meter, tally = CameraMeter(camera, *size, start_score), Tally(camera)
    for look in looks:
        boxes = shifted(look.boxes, shift, CARRY * start_score)
        tally.add(look.number, meter.step(boxes, look.at))
    tally.close(meter.finish(looks[-1].at))
    return {"crossings": tally.crossings(), "queue": tally.queue()}
