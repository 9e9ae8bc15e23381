"""Who stood a moment ago, told when it is known what came after."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.config import NodeConfig
from edge.measure.meter import CameraMeter
from edge.measure.standing import STOPPED_M_S
from edge.measure.trail import ABOUT_S, Trail
from edge.vision import Boxes, LaneQueue
from tests.edge.boxfile import area, line
from tests.edge.test_advance import SCENE, Way, box_of, brake, start
from tests.edge.test_queue_view import PLANE
from tests.edge.traffic import HEIGHT, WIDTH

FPS = 5


def trail_of(seen: list[tuple[float, float]]) -> Trail:
    trail = Trail()
    for at, metres in seen:
        trail.see(metres, at)
    return trail


@given(
    st.floats(-20, 20),
    st.floats(-100, 100),
    st.floats(0, 1e9),
    st.lists(st.floats(-ABOUT_S, ABOUT_S), min_size=1, max_size=8, unique_by=lambda s: round(s, 3)),
)
def test_one_at_constant_speed_drives_at_it(
    speed: float, metres: float, t0: float, looks: list[float]
) -> None:
    looks = sorted([-ABOUT_S, *looks, ABOUT_S])
    trail = trail_of([(t0 + s, metres - speed * s) for s in looks])
    assert trail.speed_m_s(t0) == pytest.approx(speed, abs=0.01)
    trail.move(7.5)
    assert trail.speed_m_s(t0) == pytest.approx(speed, abs=0.01)


@pytest.mark.parametrize(
    ("case", "looks", "speed"),
    [
        ("never seen", [], None),
        ("seen twice", [-0.8, 0.8], None),
        ("half of the time", [-0.8, -0.4, 0.0], 2.0),
        ("less than half of it", [-0.4, -0.2, 0.0, 0.2], None),
        ("only before and after, nearly", [-0.8, -0.7, 0.8], 2.0),
        ("long before", [-1.6, -1.4, -1.2, -1.0], None),
    ],
)
def test_a_speed_takes_looks_about_that_time(case: str, looks: list[float], speed: float | None) -> None:
    found = trail_of([(50 + s, 30 - 2 * s) for s in looks]).speed_m_s(50.0)
    assert found == (None if speed is None else pytest.approx(speed)), case


def seen_behind(way: Way, seconds: float, noise_px: float, seed: int) -> tuple[CameraMeter, list[LaneQueue]]:
    """A lorry on its way, its boxes off at random; the meter, and what it told of the queue."""
    meter, rng, told = CameraMeter(SCENE.camera(), WIDTH, HEIGHT), np.random.default_rng(seed), []
    for look in range(round(seconds * FPS)):
        box = box_of(way(look / FPS)[0]) + rng.normal(0, noise_px, 4)
        boxes = Boxes(box[None].astype(np.float32), ("truck",), np.full(1, 0.9, np.float32))
        told += meter.step(boxes, look / FPS).queues
    return meter, told


def test_every_moment_is_told_once_in_its_order_and_the_last_at_the_end() -> None:
    meter, told = seen_behind(start, 4, 0.5, 0)
    assert [queue.at for queue in told] == [look / FPS for look in range(4 * FPS - 4)]
    rest = meter.finish(4.0).queues
    assert [queue.at for queue in rest] == [look / FPS for look in range(4 * FPS - 4, 4 * FPS)]
    assert meter.finish(4.0).queues == ()


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("way", [brake, start])
def test_who_stops_or_starts_is_told_within_two_looks(way: Way, seed: int) -> None:
    _, told = seen_behind(way, 9, 0.7, seed)
    wrong = [
        queue.at
        for queue in told
        if queue.at > 1.5 and (queue.state.stopped == 1) != (way(queue.at)[1] < STOPPED_M_S)
    ]
    assert len(wrong) <= 2, wrong


@pytest.mark.parametrize(
    ("case", "head", "head_px_s", "stopped"),
    [
        ("drives into sight", 640.0, -70.0, 0),
        ("drives out of sight", 400.0, 75.0, 0),
        ("stands, its foot out of sight", 500.0, 0.0, 1),
    ],
)
def test_a_foot_at_the_edge_of_the_picture_does_not_stand(
    case: str, head: float, head_px_s: float, stopped: int
) -> None:
    lane = {"id": "b1", "area": area(200, 100, 500, 720), "ground": PLANE}
    node = {"port": "p", "node": "n", "cameras": [{"id": "c1", "facing": "away", "lanes": [lane]}]}
    meter, told = CameraMeter(NodeConfig.model_validate(node).cameras[0], WIDTH, HEIGHT), []
    for look in range(20):
        box = np.array([(300, head + head_px_s * look / FPS, 400, 716)], np.float32)
        told += meter.step(Boxes(box, ("truck",), np.full(1, 0.9, np.float32)), look / FPS).queues
    assert {queue.state.stopped for queue in told if queue.at > 1.0} == {stopped}, case


def test_a_lane_without_a_ground_plane_is_told_as_it_was_seen() -> None:
    lane = {"id": "b1", "area": area(200, 100, 500, 700), "booth": line((200, 200), (500, 200), (350, 100))}
    node = {"port": "p", "node": "n", "cameras": [{"id": "c1", "facing": "away", "lanes": [lane]}]}
    meter = CameraMeter(NodeConfig.model_validate(node).cameras[0], WIDTH, HEIGHT)
    seen, told = {}, []
    for look in range(30):
        foot = 600 - 60 * max(0.0, look / FPS - 3)
        boxes = np.array([(300, foot - 100, 400, foot)], np.float32)
        step = meter.step(Boxes(boxes, ("car",), np.full(1, 0.9, np.float32)), look / FPS)
        seen[look / FPS] = step.lanes[0].queue
        told += step.queues
    told += meter.finish(6.0).queues
    assert {queue.at: queue.state for queue in told} == seen
    assert {queue.state.stopped for queue in told} == {0, 1}
    assert {queue.state.length_m for queue in told} == {None}
