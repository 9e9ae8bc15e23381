"""A detector that does not find what drives through the lanes is blind: unknown, never nobody.

Pictures are grey cells, 40 x 60: a lane of 20 cells' width goes down through them. What drives is drawn,
what the detector finds is said.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from edge.config import CameraConfig
from edge.detection.detector import Detector
from edge.measure.blindness import Blindness
from edge.measure.bodies import median_of
from edge.measure.region import CELL_PX
from edge.picture import Colours
from edge.vision import Boxes
from edge.watch import Watch

ROWS, COLUMNS = 40, 60
LANE = np.zeros((ROWS, COLUMNS), bool)
LANE[:, 20:40] = True
ROAD = np.random.default_rng(5).integers(90, 130, (ROWS, COLUMNS)).astype(np.int16)
NOBODY = np.zeros((0, 4))

Look = tuple[NDArray[np.int16], NDArray[np.float64]]
Scene = Callable[[float], Iterator[Look]]


@dataclass(frozen=True)
class Drive:
    """A body of `size` (rows, columns) drives down the lane."""

    size: tuple[int, int] = (16, 11)
    seconds: float = 3.0
    found: bool = False
    grey: int = 60
    column: int = 25

    def __call__(self, fps: float) -> Iterator[Look]:
        tall, wide = self.size
        looks = round(self.seconds * fps)
        for look in range(looks):
            front = round((ROWS + tall) * (look + 1) / looks)
            rows = slice(max(0, front - tall), min(ROWS, front))
            picture = ROAD.copy()
            picture[rows, self.column : self.column + wide] = self.grey
            box = (self.column, rows.start, self.column + wide, rows.stop)
            visible = self.found and rows.stop > rows.start
            yield picture, np.array([box], float) * CELL_PX if visible else NOBODY


@dataclass(frozen=True)
class Beside:
    """A vehicle that is found drives beside the lane; its shadow or its lamps move through the lane."""

    grey: int

    def __call__(self, fps: float) -> Iterator[Look]:
        for picture, box in Drive(size=(16, 10), found=True, grey=self.grey, column=20)(fps):
            yield picture, box - np.array([8, 0, 8, 0]) * CELL_PX if len(box) else box


def _weather(kind: str, seconds: float) -> Scene:
    def looks(fps: float) -> Iterator[Look]:
        rng = np.random.default_rng(7)
        for look in range(round(seconds * fps)):
            picture = ROAD.copy()
            if kind == "rain":
                picture[rng.random(picture.shape) < 0.25] += 40
            elif kind == "snow":
                for row, column in rng.integers(0, (ROWS - 2, COLUMNS - 2), (30, 2)).tolist():
                    picture[row : row + 2, column : column + 2] += 60
            elif kind == "shake":
                picture = np.roll(ROAD, rng.integers(-2, 3, 2), (0, 1))
            elif kind == "exposure":
                picture += 60 * (round(look / fps) % 2)
            elif kind == "flash":
                picture[5:35, 22:38] += 90 * (look % 7 == 0)
            elif kind == "tree":
                picture[2:14, 20:30] += round(40 * np.sin(3 * look / fps))
            yield picture, NOBODY

    return looks


def _pause(seconds: float = 2.0) -> Scene:
    return _weather("", seconds)


PASS, PAUSE, FOUND = Drive(), _pause(), Drive(found=True)
WALKER = Drive(size=(6, 3), seconds=20)


def blind_after(scenes: list[Scene], fps: float) -> bool:
    subject, at = Blindness([LANE]), 0.0
    for scene in scenes:
        for picture, boxes in scene(fps):
            subject.look(picture.clip(0, 255).astype(np.uint8), boxes, at)
            at += 1 / fps
    return subject.is_blind


@pytest.mark.parametrize("fps", [3, 5, 12.5])
@pytest.mark.parametrize(
    ("case", "scenes", "blind"),
    [
        ("nothing happens", [_pause(60)], False),
        ("three pass and none is found", [PASS, PAUSE] * 3, True),
        ("two may be anything", [PASS, PAUSE] * 2, False),
        ("vehicles are found", [FOUND, PAUSE] * 10, False),
        ("one in four is found", [PASS, PAUSE, FOUND, PAUSE, PASS, PAUSE, PASS, PAUSE], True),
        ("one in four is missed", [FOUND, PAUSE, FOUND, PAUSE, FOUND, PAUSE, PASS, PAUSE] * 3, False),
        ("it sees again", [*([PASS, PAUSE] * 5), *([FOUND, PAUSE] * 3)], False),
        ("lorries pass and none is found", [Drive(size=(30, 14), seconds=6), PAUSE] * 3, True),
        ("dark vehicles at night are found", [Drive(grey=75, found=True), PAUSE] * 6, False),
        ("people walk about", [WALKER, PAUSE] * 5, False),
        ("a shadow from the next lane", [Beside(grey=70), PAUSE] * 6, False),
        ("headlights in the next lane", [Beside(grey=230), PAUSE] * 6, False),
        ("rain without end", [_weather("rain", 60)], False),
        ("showers", [_weather("rain", 3), PAUSE] * 10, False),
        ("snow", [_weather("snow", 60)], False),
        ("a pole that sways in gusts", [_weather("shake", 4), PAUSE] * 10, False),
        ("exposure jumps", [_weather("exposure", 60)], False),
        ("flashes of light", [_weather("flash", 60)], False),
        ("a tree in the wind", [_weather("tree", 60)], False),
    ],
)
def test_blindness(case: str, scenes: list[Scene], blind: bool, fps: float) -> None:
    assert blind_after(scenes, fps) is blind, case


def test_nothing_is_said_of_a_camera_without_lanes_or_pictures() -> None:
    subject = Blindness([np.zeros((ROWS, COLUMNS), bool)])
    subject.look(None, NOBODY, 0.0)
    subject.look(ROAD.astype(np.uint8), NOBODY, 0.2)
    assert not subject.is_blind


def test_of_moments_at_which_it_was_blind_no_queue_is_told_afterwards(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    corners = [[1 / 3, 0.0], [2 / 3, 0.0], [2 / 3, 1.0], [1 / 3, 1.0]]
    camera = CameraConfig.model_validate({"id": "c1", "lanes": [{"id": "b1", "area": corners}]})
    found = NOBODY

    def boxes(*_: object) -> Boxes:
        return Boxes(found.astype(np.float32), ("truck",) * len(found), np.full(len(found), 0.9, np.float32))

    monkeypatch.setattr(Detector, "boxes", boxes)
    watch = Watch(camera, Detector.load("vehicles"), COLUMNS * CELL_PX, ROWS * CELL_PX, gated=False)
    steps, at = [], 0.0
    for scene in [*([PASS, PAUSE] * 4), *([FOUND, PAUSE] * 4)]:
        for cells, found in scene(5):  # noqa: B007 the detector gives them
            picture = cells.clip(0, 255).astype(np.uint8).repeat(CELL_PX, 0).repeat(CELL_PX, 1)
            steps.append(watch.see(Colours(picture[..., None].repeat(3, 2)), at).step)
            at += 0.2
    blind = {step.at for step in steps if step.blind}
    told = {queue.at for step in steps for queue in step.queues}
    assert blind
    assert max(told) > max(blind)
    assert not told & blind


@given(levels=st.lists(st.integers(-255, 255), min_size=1, max_size=40))
def test_the_light_that_all_cells_share_is_their_median_in_whole_levels(levels: list[int]) -> None:
    values = np.array(levels, np.int16)
    assert median_of(values) == np.int16(np.median(values))


def test_no_cells_share_no_light() -> None:
    assert median_of(np.zeros(0, np.int16)) == 0
