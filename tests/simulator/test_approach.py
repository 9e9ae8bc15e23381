"""A shared approach: all vehicles pass it once, in single file, before they come into their lanes."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from dashboard.config import load_central
from edge.config import load_node
from simulator.approach import LANE, LINE_M
from simulator.cameras import approach_camera, booth_camera, tail_camera
from simulator.config_files import write_config
from simulator.render import Order, setting
from simulator.truth import approach_crossings, crossed_s

CAMERA = approach_camera()


@pytest.mark.parametrize("trucks", [False, True])
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_everyone_comes_through_it_once_and_nobody_overlaps(seed: int, trucks: bool) -> None:
    scene = setting(Order(seed, 240, approach=True, trucks=trucks))
    assert scene.upstream is not None
    passed = {drive.vehicle.id: crossed_s(drive, CAMERA, LINE_M) for drive in scene.upstream.drives}
    enters = {drive.vehicle.id: drive.enter_s for part in scene.traffic for drive in part.drives}
    assert set(passed) == set(enters)
    assert len(scene.upstream.drives) == len(enters)
    assert all(0 < at_s <= enters[id_] - 7.9 for id_, at_s in passed.items() if at_s is not None)
    for ahead, behind in pairwise(scene.upstream.drives):
        both = np.arange(behind.enter_s, ahead.enter_s + 20.0, 1.0)
        for at_s in both:
            front, leader = behind.front_at(float(at_s)), ahead.front_at(float(at_s))
            assert front is None or leader is None or front - leader - ahead.vehicle.length_m > 5.0
    assert min(drive.enter_s for drive in scene.upstream.drives) > 0
    assert all(drive.gone_s is not None and drive.gone_s < 240.0 for drive in scene.upstream.drives)


def test_truth_has_its_crossings_beside_those_of_the_lanes() -> None:
    scene = setting(Order(5, 150, approach=True))
    assert scene.upstream is not None
    rows = approach_crossings(scene.upstream, CAMERA, 150.0)
    assert {(row["lane"], row["line"], row["camera"]) for row in rows} == {(LANE.id, "tail", "approach")}
    assert len(rows) == sum(len(part.drives) for part in scene.traffic)


def test_central_and_a_third_node_know_it(tmp_path: Path) -> None:
    write_config(tmp_path, tail_camera(), booth_camera(), upstream=CAMERA)
    direction = load_central(tmp_path / "port.yaml").ports[0].directions[0]
    (lane,) = [lane for lane in direction.lanes if lane.id == LANE.id]
    assert lane.kind == "approach"
    assert set(lane.serves) == {stream.id for stream in direction.streams}
    (camera,) = load_node(tmp_path / "nodes" / "n-approach.yaml").cameras
    (seen,) = camera.lanes
    assert seen.tail is not None
    assert all(0.02 < value < 0.98 for point in seen.tail.line for value in point)
    assert seen.ground is not None
    assert {y for _, y in seen.ground.metres} == {250.0, 300.0}
