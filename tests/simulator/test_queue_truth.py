"""What truth.json says of the queue: counted by hand for vehicles put where the table says."""

from __future__ import annotations

import numpy as np
import pytest

from simulator.cameras import gantry_camera, tail_camera
from simulator.driving import Drive
from simulator.fleet import TRUCKS, Vehicle
from simulator.queue_truth import queue_rows
from simulator.render import Order, setting
from simulator.site import LANES, TAIL_LINE_M
from simulator.traffic import LaneTraffic

LENGTH_M = 16.0
FAST = 11.0


def driving(front_m: float, speed_ms: float) -> Drive:
    """A truck whose front is at front_m at time 0."""
    truck = Vehicle("v", TRUCKS[0], LENGTH_M, 1.2, 1.8, 11.0, 3.0, 10.0, 1)
    fronts = front_m - speed_ms * 0.05 * np.arange(40, dtype=np.float64)
    return Drive(truck, 0.0, fronts, None, None, None)


def row(
    vehicles: list[tuple[float, float]], mount_m: float = 16.0, toward: bool = False
) -> dict[str, object]:
    camera = gantry_camera(mount_m) if toward else tail_camera(mount_m)
    part = LaneTraffic(LANES[0], tuple(driving(*one) for one in vehicles))
    return queue_rows([part], camera, 0.9)[0]


@pytest.mark.parametrize(
    ("case", "vehicles", "expected"),
    [
        ("nobody: an empty lane", [], (0, 0, 0.0, False)),
        ("one at the booth", [(4.0, 0.0)], (1, 1, 20.0, False)),
        ("one drives: no queue", [(50.0, FAST)], (1, 0, 0.0, False)),
        ("slower than 5 km/h is stopped", [(50.0, 1.3)], (1, 1, 66.0, False)),
        ("the rear not yet over the tail line: not in view", [(110.0, FAST)], (0, 0, 0.0, None)),
        ("the queue reaches past the tail line", [(85.0, 0.0), (105.0, 0.0)], (1, 1, 121.0, True)),
        ("little room before the tail line: both are right", [(100.0, 0.0)], (1, 1, 116.0, None)),
    ],
)
def test_a_lane_seen_from_behind(case: str, vehicles: list[tuple[float, float]], expected: object) -> None:
    found = row(vehicles)
    assert (found["in_view"], found["stopped"], found["length_m"], found["at_least"]) == expected


@pytest.mark.parametrize(
    ("case", "mount_m", "hidden"),
    [("from 16 m all are seen", 16.0, 0), ("low down the last hides the others", 6.0, 2)],
)
def test_a_low_camera_does_not_see_all(case: str, mount_m: float, hidden: int) -> None:
    found = row([(30.0, 0.0), (49.0, 0.0), (68.0, 0.0)], mount_m)
    assert (found["in_view"], found["hidden"]) == (3, hidden)


def test_seen_from_the_front_the_anchor_is_the_front_and_the_near_end_is_out_of_the_picture() -> None:
    found = row([(4.0, 0.0), (TAIL_LINE_M - 1.0, FAST)], toward=True)
    assert (found["in_view"], found["stopped"], found["length_m"]) == (1, 0, 20.0)


@pytest.mark.slow
@pytest.mark.parametrize("facing", ["away", "toward"])
@pytest.mark.parametrize("seed", [1, 2])
def test_queues_of_trucks_are_six_long_reach_past_the_view_and_drain(seed: int, facing: str) -> None:
    scene = setting(Order(seed, 210, trucks=True, facing=facing))
    rows = queue_rows(scene.traffic, tail_camera(), 210.0)
    assert all(drive.vehicle.kind.name == "semi" for part in scene.traffic for drive in part.drives)
    for part in scene.traffic:
        own = [r for r in rows if r["lane"] == part.lane.id]
        assert max(r["stopped"] for r in own) >= 6
        assert {True, False} <= {r["at_least"] for r in own}
        assert (own[0]["in_view"], own[-1]["in_view"]) == (0, 0)
        assert all(drive.gone_s is not None for drive in part.drives)
