"""What stands to one side of where a lane's vehicles drive is none of its queue."""

from __future__ import annotations

import numpy as np
import pytest

from edge.config import NodeConfig
from edge.measure.meter import CameraMeter
from edge.vision import Boxes
from tests.edge.boxfile import HEIGHT, WIDTH, area, point

FPS = 5
LEFT, RIGHT, FAR, NEAR = 200, 500, 200, 700
WIDE_M, LONG_M = 6.0, 100.0
MIDDLE_M = WIDE_M / 2
SPEED_M_S = 10.0
LANE = {
    "id": "b1",
    "area": area(LEFT, FAR, RIGHT, NEAR),
    "ground": {
        "image": [point(LEFT, FAR), point(RIGHT, FAR), point(RIGHT, NEAR), point(LEFT, NEAR)],
        "metres": [[0, 0], [WIDE_M, 0], [WIDE_M, LONG_M], [0, LONG_M]],
    },
}


def new_meter() -> CameraMeter:
    node = {"port": "p", "node": "n", "cameras": [{"id": "c1", "facing": "away", "lanes": [LANE]}]}
    return CameraMeter(NodeConfig.model_validate(node).cameras[0], WIDTH, HEIGHT)


class Road:
    """Vehicles that drive over the road one after the other, seen as boxes."""

    def __init__(self) -> None:
        self.meter = new_meter()
        self.look = 0

    def drive(self, across_m: float, to_m: float, stays_s: float = 0.0, from_m: float = LONG_M) -> int | None:
        """One drives up so far (m from the booth line) and stands for so long: how many are in view then."""
        way, in_view = from_m, None
        while way > to_m or stays_s > 0:
            stays_s -= 0.0 if way > to_m else 1 / FPS
            way = max(to_m, way - SPEED_M_S / FPS)
            x = LEFT + across_m / WIDE_M * (RIGHT - LEFT)
            foot = FAR + way / LONG_M * (NEAR - FAR)
            in_view = self.see([(x - 40, foot - 70, x + 40, foot)])
        return in_view

    def see(self, rows: list[tuple[float, float, float, float]]) -> int:
        boxes = np.array(rows, np.float32).reshape(-1, 4)
        step = self.meter.step(
            Boxes(boxes, ("car",) * len(rows), np.full(len(rows), 0.9, np.float32)), self.look / FPS
        )
        self.look += 1
        queue = step.lanes[0].queue
        assert queue is not None
        return queue.in_view

    def wait(self, seconds: float) -> None:
        for _ in range(round(seconds * FPS)):
            self.see([])


@pytest.mark.parametrize(
    ("case", "drove_m", "stands_m", "in_view"),
    [
        ("2 m to the left of where three drove", [0, 0.1, -0.1], -2.0, 0),
        ("2 m to the right", [0, 0.1, -0.1], 2.0, 0),
        ("1 m to one side: somebody who drives badly", [0, 0.1, -0.1], -1.0, 1),
        ("nobody drove by yet", [], -2.0, 1),
        ("too few drove by to know", [0.0], -2.0, 1),
        ("they drive two abreast, and one stands behind the left ones", [-1.6, 1.4, -1.4, 1.6], -2.0, 1),
        ("they drive badly", [-0.7, 0.6, 0.0, 0.9, -0.6], -2.0, 1),
    ],
)
def test_who_stands_beside_the_lane(case: str, drove_m: list[float], stands_m: float, in_view: int) -> None:
    road = Road()
    for off_m in drove_m:
        road.drive(MIDDLE_M + off_m, to_m=-5.0)
        road.wait(3.0)
    assert road.drive(MIDDLE_M + stands_m, to_m=40.0, stays_s=4.0) == in_view, case


def test_who_comes_into_the_lane_from_beside_it_is_in_its_queue() -> None:
    road = Road()
    for _ in range(3):
        road.drive(MIDDLE_M, to_m=-5.0)
        road.wait(3.0)
    assert road.drive(MIDDLE_M - 2.2, to_m=60.0, stays_s=2.0) == 0
    for step in range(20):  # slowly over to the middle
        way = 60.0 - step / 2
        assert road.drive(MIDDLE_M - 2.2 + 0.11 * step, to_m=way, from_m=way + 0.5) is not None
    assert road.drive(MIDDLE_M, to_m=45.0, stays_s=3.0, from_m=50.0) == 1
