"""The whole meter on made traffic with known truth, and on streams that never end."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from edge.config import NodeConfig
from edge.measure.meter import CameraMeter
from edge.vision import Boxes, Crossing, LaneStep, Step
from tests.edge.boxfile import across, area
from tests.edge.traffic import HEIGHT, SIZES, STEP_S, TAIL_M, WIDTH, Noise, Scene, Vehicle, boxes_at, queueing

MINUTES = 2.5


def measure(scene: Scene, vehicles: list[Vehicle], fps: float, noise: Noise, seed: int) -> list[Step]:
    meter, rng = CameraMeter(scene.camera(), WIDTH, HEIGHT), np.random.default_rng(seed)
    times = [i / fps for i in range(int(MINUTES * 60 * fps))]
    steps = [meter.step(boxes_at(scene, vehicles, t, noise, rng), t) for t in times]
    return [*steps, meter.finish(times[-1])]


def crossed_s(scene: Scene, vehicle: Vehicle, y_m: float) -> float | None:
    """When the vehicle's anchor passed `y_m`."""
    ahead = 0.0 if scene.facing == "away" else SIZES[vehicle.cls][0]
    for step, (before, after) in enumerate(zip(vehicle.rear, vehicle.rear[1:], strict=False)):
        if before - ahead >= y_m > after - ahead:
            return (vehicle.first_step + step) * STEP_S
    return None


def crossings_of(steps: list[Step], lane: int, line: str) -> list[Crossing]:
    found = [c for step in steps for c in step.crossings if (c.lane, c.line) == (f"b{lane}", line)]
    return sorted(found, key=lambda crossing: crossing.t_s)


@pytest.mark.parametrize(
    "noise", [Noise(), Noise(missed=0.1, jitter=0.02, doubled=0.03)], ids=["clean", "noisy"]
)
@pytest.mark.parametrize("fps", [3, 8])
@pytest.mark.parametrize(("facing", "line", "y_m"), [("away", "tail", TAIL_M), ("toward", "booth", 0.0)])
def test_every_vehicle_counts_once_at_the_line_near_the_camera(
    facing: str, line: str, y_m: float, fps: float, noise: Noise
) -> None:
    scene = Scene(facing=facing, mount_m=10)
    vehicles = queueing(seed=5, minutes=MINUTES)
    steps = measure(scene, vehicles, fps, noise, seed=1)
    for lane in range(2):
        true = [crossed_s(scene, v, y_m) for v in vehicles if v.lane == lane]
        counted = [crossing.t_s for crossing in crossings_of(steps, lane, line)]
        assert counted == pytest.approx(sorted(t for t in true if t is not None), abs=0.6)


def test_cars_in_a_queue_are_in_view_stopped_served_and_timed() -> None:
    scene = Scene(mount_m=12)
    vehicles = queueing(seed=3, minutes=MINUTES, truck_share=0)
    steps = measure(scene, vehicles, 5, Noise(missed=0.05, jitter=0.01), seed=2)
    errors = [
        step.lanes[lane].queue.in_view - in_view(vehicles, lane, step.at)
        for step in steps[:-1]
        for lane in (0, 1)
    ]
    assert np.abs(errors).mean() < 0.2
    served = sum(bool(step.lanes[0].booth_occupied) for step in steps[:-1]) / len(steps)
    assert 0.2 < served < 0.9
    passages = [passage for step in steps for passage in step.passages]
    assert len(passages) == sum(len(crossings_of(steps, lane, "booth")) for lane in (0, 1))
    assert all(3 < passage.travel_s < MINUTES * 60 for passage in passages)


def in_view(vehicles: list[Vehicle], lane: int, t_s: float) -> int:
    rears = [v.rear_at(t_s) for v in vehicles if v.lane == lane]
    return sum(rear is not None and 0 <= rear <= TAIL_M for rear in rears)


def lane_meter() -> CameraMeter:
    lane = {"id": "L", "tail": across(200), "booth": across(500), "area": area(0, 100, 1280, 600)}
    camera = {"id": "c1", "lanes": [lane]}
    node = NodeConfig.model_validate({"port": "p", "node": "n", "cameras": [camera]})
    return CameraMeter(node.cameras[0], 1280, 720)


def row_of_cars(y: float) -> Boxes:
    """Ten abreast."""
    xyxy = np.array([[x, y - 40, x + 60, y + 40] for x in range(0, 1250, 125)], np.float32)
    return Boxes(xyxy, ("car",) * 10, np.full(10, 0.9, np.float32))


def test_long_traffic_leaves_no_state_behind() -> None:
    meter, passed, at = lane_meter(), 0, 0.0
    for _ in range(200):
        for y in (60, 180, 300, 420, 540, 660):
            passed += len(meter.step(row_of_cars(y), at).crossings)
            at += 0.5
        at += 2.0
    assert passed >= 2 * 10 * 199
    assert state_size(meter) < 60


def test_a_hundred_thousand_tracks_leave_no_state_behind() -> None:
    meter, rng = lane_meter(), np.random.default_rng(1)
    for i in range(2_500):
        corner = np.stack([rng.permutation(40) * 32.0, rng.uniform(0, 680, 40)], axis=1)
        xyxy = np.hstack([corner, corner + np.array([24, 40])]).astype(np.float32)
        step = meter.step(Boxes(xyxy, ("car",) * 40, np.full(40, 0.9, np.float32)), i * 25.0)
    assert max(track.track for track in step.tracks) > 90_000
    assert state_size(meter) < 200


def state_size(meter: CameraMeter) -> int:
    """How many tracks and notes of tracks the meter holds."""
    held = (
        meter._tracker._tracks,
        meter._counter._passings,
        meter._arrived,
        meter._served,
        meter._covered_since,
    )
    return sum(len(part) for part in held)


def test_finish_gives_the_last_word_and_empties() -> None:
    node = NodeConfig.model_validate(
        {"port": "p", "node": "n", "cameras": [{"id": "c1", "lanes": [{"id": "L", "tail": across(300)}]}]}
    )
    meter = CameraMeter(node.cameras[0], 1280, 720)
    for i, y in enumerate((240, 280, 320)):
        xyxy = np.array([[300, y - 40, 400, y + 40]], np.float32)
        assert meter.step(Boxes(xyxy, ("car",), np.ones(1, np.float32)), i / 10).crossings == ()
    assert [crossing.lane for crossing in meter.finish(0.2).crossings] == ["L"]
    assert state_size(meter) == 0
    assert meter.step(Boxes.empty(), 0.3).tracks == ()


def test_where_the_clock_starts_does_not_matter() -> None:
    scene, vehicles, origin = Scene(mount_m=10), queueing(seed=7, minutes=1.5), 1_767_225_600.0
    early, late = (CameraMeter(scene.camera(), WIDTH, HEIGHT) for _ in range(2))
    rng = np.random.default_rng(0)
    for i in range(450):
        boxes = boxes_at(scene, vehicles, i / 5, Noise(), rng)
        first, second = early.step(boxes, i / 5), late.step(boxes, origin + i / 5)
        assert [rounded(lane) for lane in first.lanes] == [rounded(lane) for lane in second.lanes]
        assert [c.track for c in first.crossings] == [c.track for c in second.crossings]


def rounded(lane: LaneStep) -> LaneStep:
    """Seconds since 1970 leave a few digits fewer for the way of a box."""
    if lane.queue is None or lane.queue.length_m is None:
        return lane
    return replace(lane, queue=replace(lane.queue, length_m=round(lane.queue.length_m, 3)))


@pytest.mark.parametrize(
    ("case", "y", "speed", "hidden_s", "there"),
    [
        ("who creeps in the middle cannot vanish", 300, 15, 2.5, True),
        ("but is not there for ever", 300, 15, 6.0, False),
        ("who drives may be gone", 250, 150, 1.5, False),
        ("who creeps at the end may have left", 585, 10, 2.5, False),
    ],
)
def test_a_creeping_vehicle_behind_a_post(
    case: str, y: float, speed: float, hidden_s: float, there: bool
) -> None:
    """A car (100 px) that comes to `y` at `speed` px/s, and is not found from then on."""
    subject, seen_s, fps = lane_meter(), 3.0, 5
    for look in range(round((seen_s + hidden_s) * fps) + 1):
        at = look / fps
        xyxy = np.array([[300, y - (seen_s - at) * speed - 100, 400, y - (seen_s - at) * speed]], np.float32)
        found = Boxes(xyxy, ("car",), np.array([0.9], np.float32)) if at <= seen_s else Boxes.empty()
        (lane,) = subject.step(found, at).lanes
    assert lane.queue is not None
    assert (lane.queue.in_view == 1) is there, case
