"""What must not change a count: a little jitter, fewer pictures, another clock, a mirror."""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge.config import CameraConfig, NodeConfig
from edge.measure.meter import CameraMeter
from edge.vision import Boxes
from tests.edge.traffic import HEIGHT, WIDTH, Noise, Scene, boxes_at, queueing

MINUTES = 1.2
FPS = 12
Pictures = list[tuple[float, Boxes]]
Counts = Counter[tuple[str, str]]

SCENES = {"away": Scene(mount_m=10), "toward": Scene(facing="toward", mount_m=10)}
NEAR = {"away": "tail", "toward": "booth"}
"""The line near the camera, where nobody is hidden."""


def filmed(facing: str, seed: int, jitter: float = 0.0) -> Pictures:
    rng = np.random.default_rng(seed)
    vehicles = queueing(seed, minutes=MINUTES)
    times = [i / FPS for i in range(round(MINUTES * 60 * FPS))]
    noise = Noise(jitter=jitter)
    return [(t, boxes_at(SCENES[facing], vehicles, t, noise, rng)) for t in times]


def counted(camera: CameraConfig, pictures: Pictures, line: str) -> Counts:
    meter = CameraMeter(camera, WIDTH, HEIGHT)
    steps = [meter.step(boxes, at) for at, boxes in pictures]
    steps.append(meter.finish(pictures[-1][0]))
    return Counter((c.lane, c.cls) for step in steps for c in step.crossings if c.line == line)


def mirrored(camera: CameraConfig) -> CameraConfig:
    """The same lanes in a picture whose left is right."""

    def flip(value: Any) -> Any:
        if isinstance(value, list | tuple) and len(value) == 2 and all(isinstance(v, float) for v in value):
            return [1.0 - value[0], value[1]]
        return [flip(each) for each in value] if isinstance(value, list | tuple) else value

    document = camera.model_dump(mode="json", exclude_none=True)
    for lane in document["lanes"]:
        lane["area"] = flip(lane["area"])
        lane["ground"]["image"] = flip(lane["ground"]["image"])
        for name in ("tail", "booth"):
            lane[name] |= {key: flip(lane[name][key]) for key in ("line", "toward")}
    return NodeConfig.model_validate({"port": "p", "node": "n", "cameras": [document]}).cameras[0]


def in_the_mirror(boxes: Boxes) -> Boxes:
    xyxy = boxes.xyxy.copy()
    xyxy[:, [0, 2]] = WIDTH - boxes.xyxy[:, [2, 0]]
    return Boxes(xyxy, boxes.classes, boxes.scores)


seeds = st.integers(0, 50)


@pytest.mark.parametrize("facing", ["away", "toward"])
@settings(max_examples=3, deadline=None)
@given(seed=seeds, every=st.sampled_from([2, 3, 4]), start=st.integers(0, 3))
def test_fewer_pictures_count_the_same(facing: str, seed: int, every: int, start: int) -> None:
    camera, pictures = SCENES[facing].camera(), filmed(facing, seed)
    thinned = pictures[start % every :: every]
    assert counted(camera, thinned, NEAR[facing]) == counted(camera, pictures, NEAR[facing])


@pytest.mark.parametrize("facing", ["away", "toward"])
@settings(max_examples=3, deadline=None)
@given(seed=seeds, jitter=st.floats(0.0, 0.02))
def test_a_little_jitter_counts_the_same(facing: str, seed: int, jitter: float) -> None:
    camera = SCENES[facing].camera()
    still, shaken = filmed(facing, seed)[::2], filmed(facing, seed, jitter)[::2]
    assert counted(camera, shaken, NEAR[facing]) == counted(camera, still, NEAR[facing])


@settings(max_examples=3, deadline=None)
@given(seed=seeds, later=st.sampled_from([0.125, 3600.0, 1_767_225_600.0]))
def test_another_clock_counts_the_same(seed: int, later: float) -> None:
    camera, pictures = SCENES["away"].camera(), filmed("away", seed)[::3]
    shifted = [(at + later, boxes) for at, boxes in pictures]
    assert counted(camera, shifted, "tail") == counted(camera, pictures, "tail")


@pytest.mark.parametrize("facing", ["away", "toward"])
@settings(max_examples=2, deadline=None)
@given(seed=seeds)
def test_a_mirror_counts_the_same(facing: str, seed: int) -> None:
    camera, pictures = SCENES[facing].camera(), filmed(facing, seed)[::3]
    flipped = [(at, in_the_mirror(boxes)) for at, boxes in pictures]
    assert counted(mirrored(camera), flipped, NEAR[facing]) == counted(camera, pictures, NEAR[facing])
