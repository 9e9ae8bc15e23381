"""Who stands and where, by boxes that are off and by growth that hardly is."""

from __future__ import annotations

from math import log

import numpy as np
import pytest

from edge.measure.closely import WRONG_LOOKS, Closely, begun
from edge.measure.geometry import XYXY, ground_of
from edge.measure.meter import CameraMeter
from edge.measure.standing import STOPPED_M_S
from edge.vision import Boxes
from tests.edge.test_advance import Way, brake, start
from tests.edge.test_growth import as_far, coloured, drawn, looks
from tests.edge.traffic import HEIGHT, WIDTH, Scene, Vehicle

SCENE = Scene(mount_m=15, behind_m=60, lanes=1)
GROUND = SCENE.camera().lanes[0].ground
assert GROUND is not None
PLANE = ground_of(GROUND, WIDTH, HEIGHT)
FPS = 5
BOX_PX, GROWTH_PX = 2.0, 0.2


def box_of(rear_m: float) -> XYXY:
    found = SCENE.box(Vehicle("truck", 0, [rear_m, rear_m]), 0.0)
    assert found is not None
    return found


def near(rear_m: float) -> float:
    x0, _, x1, y1 = box_of(rear_m)
    return PLANE.nearness((x0 + x1) / 2, y1)[0]


def followed(rear_m: float) -> Closely:
    closely = begun("b0", PLANE, box_of(rear_m), rear_m, 0.0)
    assert closely is not None
    return closely


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("way", [brake, start])
def test_it_is_known_in_a_moment_though_boxes_are_off_by_metres(way: Way, seed: int) -> None:
    rng, first_m, wrong_s, off_m = np.random.default_rng(seed), way(0.0)[0], 0.0, []
    closely, slope = followed(first_m), PLANE.nearness(0, 0)[1]
    for look in range(9 * FPS):
        metres, speed = way(look / FPS)
        x0, y0, x1, y1 = box_of(metres)
        seen = x0, y0, x1, y1 + rng.normal(0, BOX_PX)
        growth = log(near(metres) / near(first_m)) + rng.normal(0, GROWTH_PX) * slope / near(metres)
        assert closely.see(PLANE, seen, hidden=False, growth=growth, at=look / FPS)
        if look < 1.5 * FPS:
            continue
        slow = closely.later(0.0).slower(STOPPED_M_S)
        assert slow is not None
        assert closely.metres is not None
        off_m.append(abs(closely.metres - metres))
        wrong_s += ((slow > 0.5) != (speed < STOPPED_M_S)) / FPS
    assert wrong_s <= 0.8
    assert np.mean(off_m) < 1.0


def test_a_hidden_foot_is_carried_on() -> None:
    closely = followed(40.0)
    for look in range(5 * FPS):
        metres = 40.0 - 0.5 * look / FPS
        x0, y0, x1, y1 = box_of(metres)
        hidden = look > FPS
        box = x0, y0, x1, y0 + (0.7 if hidden else 1.0) * (y1 - y0)
        assert closely.see(PLANE, box, hidden, log(near(metres) / near(40.0)), look / FPS)
    assert closely.metres == pytest.approx(metres, abs=1.0)


@pytest.mark.parametrize(
    ("case", "hidden", "growth", "stays"),
    [
        ("as its boxes say", False, 0.0, True),
        ("it seems to be a truck's length nearer, its boxes do not", False, 0.3, False),
        ("and farther", False, -0.3, False),
        ("hidden, and farther than what is seen of it", True, -0.3, False),
        ("hidden, and nearer than one may be that hides it", True, 0.6, False),
    ],
)
def test_what_is_not_the_vehicle_is_let_go(case: str, hidden: bool, growth: float, stays: bool) -> None:
    closely = followed(60.0)
    told = [closely.see(PLANE, box_of(60.0), hidden, growth, look / FPS) for look in range(WRONG_LOOKS)]
    assert told == [True] * (WRONG_LOOKS - 1) + [stays], case


def test_above_the_horizon_nobody_is_followed() -> None:
    assert begun("b0", PLANE, (100, -400, 140, -300), 60.0, 0.0) is None
    assert not followed(60.0).see(PLANE, (100, -400, 140, -300), hidden=False, growth=0.0, at=0.0)


@pytest.mark.parametrize(("speed", "stands"), [(0.0, 1), (2.5, 0)])
def test_a_queue_is_told_rightly_though_boxes_wander(speed: float, stands: int) -> None:
    rng, meter = np.random.default_rng(5), CameraMeter(SCENE.camera(), WIDTH, HEIGHT)
    told, first = [], box_of(45.0)
    for look in range(6 * FPS):
        metres = 45.0 - speed * look / FPS
        truck = as_far(first, near(metres) / near(45.0))
        wander = (rng.normal(0, 1), rng.normal(0, 4), rng.normal(0, 1), rng.normal(0, 4))
        boxes = Boxes(np.array([truck], np.float32) + np.float32(wander), ("truck",), np.ones(1, np.float32))
        picture = coloured(drawn([(looks(3), truck)], seed=look))
        step = meter.step(boxes, look / FPS, picture)
        (lane,) = step.lanes
        assert lane.queue is not None
        assert sum(track.stopped for track in step.tracks) == lane.queue.stopped, "a picture shows the same"
        if look >= 2 * FPS:
            told.append(lane.queue.stopped)
    assert told == [stands] * len(told)


@pytest.mark.parametrize(
    ("case", "speed", "pictures", "stopped"),
    [("it stands", 0.0, True, 1), ("it starts", 2.5, True, 0), ("nobody sees that", 2.5, False, 1)],
)
def test_pixels_are_followed_in_pictures_that_nobody_looks_at(
    case: str, speed: float, pictures: bool, stopped: int
) -> None:
    meter, first = CameraMeter(SCENE.camera(), WIDTH, HEIGHT), box_of(45.0)
    for look in range(6 * FPS):
        at, metres = look / FPS, 45.0 - speed * max(0.0, look / FPS - 3.0)
        truck = as_far(first, near(metres) / near(45.0))
        picture = coloured(drawn([(looks(3), truck)], seed=look)) if pictures else None
        if at <= 3.0:
            step = meter.step(
                Boxes(np.array([truck], np.float32), ("truck",), np.ones(1, np.float32)), at, picture
            )
        else:
            step = meter.hold(at, picture)
    (lane,) = step.lanes
    assert lane.queue is not None
    assert lane.queue.stopped == stopped, case


@pytest.mark.parametrize(
    ("case", "pictures", "in_view"), [("by its pixels", True, 2), ("by boxes", False, 1)]
)
def test_who_was_followed_and_is_hidden_stays_in_view(case: str, pictures: bool, in_view: int) -> None:
    meter, first = CameraMeter(SCENE.camera(), WIDTH, HEIGHT), box_of(45.0)
    told = []
    for look in range(8 * FPS):
        ahead = 38.0 - 1.8 * look / FPS
        trucks = [as_far(first, near(metres) / near(45.0)) for metres in (ahead, ahead + 18.0)]
        picture = coloured(drawn([(looks(3), trucks[0]), (looks(4), trucks[1])], seed=look))
        hidden = look >= 3 * FPS
        found = np.array(trucks[1:] if hidden else trucks, np.float32)
        boxes = Boxes(found, ("truck",) * len(found), np.ones(len(found), np.float32))
        (lane,) = meter.step(boxes, look / FPS, picture if pictures else None).lanes
        assert lane.queue is not None
        told.append(lane.queue.in_view)
    assert told[2 * FPS] == 2
    assert told[-5:] == [in_view] * 5, case
