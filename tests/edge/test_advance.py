"""Who stands and where, on the road: soon after it is so, and though the next vehicle hides its foot."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from edge.measure.advance import Advance
from edge.measure.geometry import Floats, ground_of
from edge.measure.meter import CameraMeter
from edge.measure.standing import STOPPED_M_S
from edge.vision import Boxes
from tests.edge.traffic import HEIGHT, WIDTH, Scene, Vehicle

SCENE = Scene(mount_m=15, behind_m=60, lanes=1)
GROUND = SCENE.camera().lanes[0].ground
assert GROUND is not None
PLANE = ground_of(GROUND, WIDTH, HEIGHT)
FPS = 5
Way = Callable[[float], tuple[float, float]]


def brake(at: float, begins: float = 3.0, by: float = 1.8) -> tuple[float, float]:
    """Metres and m/s of one who drives up at 10 m/s and brakes to a stop."""
    braked = min(max(at - begins, 0.0), 10 / by)
    return 78 - 10 * min(at, begins) - 10 * braked + by * braked**2 / 2, 10 - by * braked


def start(at: float, begins: float = 4.0, by: float = 1.2) -> tuple[float, float]:
    """The same of one who stands and starts."""
    since = max(0.0, at - begins)
    return 30 - by * since**2 / 2, by * since


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("way", [brake, start])
def test_it_is_known_within_a_second_that_one_stands_or_starts(way: Way, seed: int) -> None:
    rng, advance, wrong_s = np.random.default_rng(seed), Advance("b0"), 0.0
    for look in range(9 * FPS):
        metres, speed = way(look / FPS)
        box = box_of(metres) + rng.normal(0, 0.7, 4)
        advance.see(PLANE, box.tolist(), foot_above=None, at=look / FPS)
        if look < 1.5 * FPS:
            continue
        slow = advance.slower(STOPPED_M_S)
        assert slow is not None
        assert advance.metres == pytest.approx(metres, abs=1.5)
        wrong_s += ((slow > 0.5) != (speed < STOPPED_M_S)) / FPS
    assert wrong_s <= 1.0


def box_of(rear_m: float) -> Floats:
    found = SCENE.box(Vehicle("truck", 0, [rear_m, rear_m]), 0.0)
    assert found is not None
    return np.array(found)


def covered(box: Floats, by: Floats) -> Floats:
    """What is left of a box of which a nearer one hides the lower part."""
    return np.array([box[0], box[1], box[2], max(min(box[3], by[1] + 4), box[1] + 12)])


@pytest.mark.parametrize("rear_m", [18.0, 30.0])
def test_a_truck_stands_on_while_the_next_one_closes_up(rear_m: float) -> None:
    meter, front = CameraMeter(SCENE.camera(), WIDTH, HEIGHT), box_of(rear_m)
    hidden = 0.0
    for look in range(10 * FPS):
        at = look / FPS
        next_m = max(75 - 6 * max(0.0, at - 3), rear_m + 16.5 + 3)
        nearer = box_of(next_m)
        seen = covered(front, nearer)
        hidden = (front[3] - seen[3]) / (front[3] - front[1])
        boxes = np.array([seen] if at < 3 else [seen, nearer], np.float32)
        step = meter.step(Boxes(boxes, ("truck",) * len(boxes), np.full(len(boxes), 0.9, np.float32)), at)
        queue = step.lanes[0].queue
        assert queue is not None
        if 2 < at < 7:
            assert queue.stopped >= 1, at
            assert queue.length_m == pytest.approx(rear_m, abs=2), at
    assert hidden > 0.3


def test_a_hidden_foot_is_no_nearer_than_who_hides_it() -> None:
    advance, front, nearer = Advance("b0"), box_of(30.0), box_of(64.0)
    both = np.array([front[0], front[1], front[2], nearer[3] + 5])
    for look in range(6 * FPS):
        hides = look >= FPS
        box, above = (covered(front, nearer), float(nearer[3])) if hides else (both, None)
        advance.see(PLANE, box.tolist(), above, look / FPS)
    assert advance.metres == pytest.approx(30.0, abs=12)


@pytest.mark.parametrize(("rear_m", "next_m"), [(24.0, 55.0), (30.0, 64.0)])
def test_who_is_not_there_any_more_hides_no_foot(rear_m: float, next_m: float) -> None:
    meter, front, nearer = CameraMeter(SCENE.camera(), WIDTH, HEIGHT), box_of(rear_m), box_of(next_m)
    grown = front - [0, 0.2 * (front[3] - front[1]), 0, 0]
    for look in range(12 * FPS):
        at = look / FPS
        boxes = np.array([front, nearer] if at < 3 else [front] if at < 8 else [grown], np.float32)
        step = meter.step(Boxes(boxes, ("truck",) * len(boxes), np.full(len(boxes), 0.9, np.float32)), at)
        queue = step.lanes[0].queue
        assert queue is not None
        if at > 8:
            assert queue.length_m == pytest.approx(rear_m, abs=1), at
