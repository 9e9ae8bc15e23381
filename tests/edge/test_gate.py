"""The motion gate: what wakes it, and that a held picture loses no track, second or place in the queue."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from edge.config import CameraConfig, NodeConfig
from edge.detection.detector import Detector
from edge.detection.gate import MotionGate
from edge.measure.meter import CameraMeter
from edge.measure.region import holds, lane_cells
from edge.measure.rest import EMPTY_REST_S, SETTLING_REST_S, STANDING_REST_S
from edge.picture import Colours
from edge.vision import Boxes, Image, Step
from edge.watch import Watch
from tests.edge.answers import answers_are_kept
from tests.edge.boxfile import HEIGHT, WIDTH, across, area, run_cli
from tests.edge.traffic import HEIGHT as SCENE_HEIGHT
from tests.edge.traffic import WIDTH as SCENE_WIDTH
from tests.edge.traffic import Noise, Scene, Vehicle, boxes_at, queueing

REPOSITORY = Path(__file__).parents[2]
AT_LEAST = REPOSITORY / "config" / "recordings" / "at-least"
DEMO = REPOSITORY / "config" / "recordings" / "demo"
YOLOX = REPOSITORY.parent / "shared" / "models" / "yolox_nano.onnx"
AHMETOZLU = REPOSITORY.parent / "shared" / "data" / "ahmetozlu" / "input_video.mp4"

__all__ = ["answers_are_kept"]

AREA = area(200, 100, 600, 600)
STREET = 90
"""Grey of the empty road."""


def camera_of(*lanes: dict[str, object]) -> CameraConfig:
    camera = {"id": "c1", "lanes": list(lanes)}
    return NodeConfig.model_validate({"port": "p", "node": "n", "cameras": [camera]}).cameras[0]


def lane(**parts: object) -> dict[str, object]:
    return {"id": "L", "area": AREA, "area_anchor": "center", **parts}


def road(*vehicles: tuple[int, int], light: int = 0, noise: float = 0.0, seed: int = 0) -> Image:
    """A grey road with vehicles of 80x60 px, their left upper corners given."""
    picture = np.full((HEIGHT, WIDTH, 3), STREET + light, np.float32)
    for x, y in vehicles:
        picture[y : y + 60, x : x + 80] = 150 + light
        picture[y + 10 : y + 25, x + 10 : x + 70] = 40 + light
    if noise:
        picture += np.random.default_rng(seed).normal(0, noise, picture.shape)
    return np.clip(picture, 0, 255).astype(np.uint8)


PARKED = (300, 300)


@pytest.mark.parametrize(
    ("case", "before", "after", "moved"),
    [
        ("the same picture", road(PARKED), road(PARKED), False),
        ("noise of a night", road(PARKED, noise=8, seed=1), road(PARKED, noise=8, seed=2), False),
        ("a vehicle came", road(), road(PARKED), True),
        ("a vehicle went", road(PARKED), road(), True),
        ("a vehicle moved by a tenth of its length", road(PARKED), road((308, 300)), True),
        ("it shivers by a pixel", road(PARKED), road((301, 300)), False),
        ("something moved, far beside the lane", road(PARKED), road(PARKED, (1100, 620)), False),
        ("somebody is about to come into the lane", road(), road((640, 300)), True),
        ("the light changed", road(PARKED), road(PARKED, light=20), True),
        ("the light changed by a shade", road(PARKED), road(PARKED, light=5), False),
    ],
)
def test_what_opens_the_gate(case: str, before: Image, after: Image, moved: bool) -> None:
    gate = MotionGate([lane_cells(camera_of(lane()).lanes[0], WIDTH, HEIGHT)])
    gate.remember(Colours(before))
    assert gate.moved(Colours(after)) is moved, case


def test_a_slow_creep_adds_up() -> None:
    gate = MotionGate([lane_cells(camera_of(lane()).lanes[0], WIDTH, HEIGHT)])
    gate.remember(Colours(road(PARKED)))
    moved = [gate.moved(Colours(road((300 + step, 300)))) for step in range(1, 9)]
    assert moved == sorted(moved)
    assert not moved[0]
    assert moved[-1]


def test_before_the_first_look_everything_is_new() -> None:
    assert MotionGate([lane_cells(camera_of(lane()).lanes[0], WIDTH, HEIGHT)]).moved(Colours(road()))


@pytest.mark.parametrize("lanes", [(), ({"id": "L"},)], ids=["no lane", "a lane that nothing is drawn of"])
def test_a_camera_without_a_place_to_watch_is_looked_at_by_time_only(lanes: tuple[dict[str, object]]) -> None:
    gate = MotionGate([lane_cells(lane, WIDTH, HEIGHT) for lane in camera_of(*lanes).lanes])
    gate.remember(Colours(road()))
    assert not gate.moved(Colours(road(PARKED)))


@pytest.mark.parametrize(
    ("case", "point", "held"),
    [
        ("inside the area", (400, 300), True),
        ("between the area and a line apart from it", (400, 625), True),
        ("on that line", (400, 650), True),
        ("within the margin", (640, 300), True),
        ("beyond the margin", (760, 300), False),
        ("outside of the picture", (-10, 300), False),
    ],
)
def test_a_lane_is_the_hull_of_what_it_is_drawn_with(
    case: str, point: tuple[float, float], held: bool
) -> None:
    drawn = camera_of(lane(booth=across(650, 200, 600))).lanes[0]
    assert holds(lane_cells(drawn, WIDTH, HEIGHT), point) is held, case


def cars(*boxes: tuple[float, float, float, float]) -> Boxes:
    xyxy = np.array(boxes, np.float32).reshape(-1, 4)
    return Boxes(xyxy, ("car",) * len(boxes), np.full(len(boxes), 0.9, np.float32))


FIRST, SECOND = (300, 300, 400, 380), (300, 420, 400, 500)


def driving(look: int) -> tuple[float, float, float, float]:
    return 300, 420 + 8 * look, 400, 500 + 8 * look


def meter_after(*pictures: Boxes) -> CameraMeter:
    """A meter that saw these pictures, five a second, up to 0 s."""
    meter = CameraMeter(camera_of(lane()), WIDTH, HEIGHT)
    for back, boxes in zip(range(len(pictures) - 1, -1, -1), pictures, strict=True):
        meter.step(boxes, -back / 5)
    return meter


@pytest.mark.parametrize(
    ("case", "pictures", "rest_s"),
    [
        ("nobody is there", [cars()] * 5, EMPTY_REST_S),
        ("all stand", [cars(FIRST, SECOND)] * 10, STANDING_REST_S),
        ("one stands, but is not yet known to", [cars(FIRST)] * 3, SETTLING_REST_S),
        (
            "its head flickers, its foot stays",
            [cars((300, 300 - i % 2 * 15, 400, 380)) for i in range(3)],
            SETTLING_REST_S,
        ),
        ("one was seen once", [cars(FIRST)], 0.0),
        ("one stands, another one drives", [cars(FIRST, driving(i)) for i in range(3)], 0.0),
        ("one drives", [cars((300, 300 + 8 * i, 400, 380 + 8 * i)) for i in range(10)], 0.0),
        (
            "a part of one that stands is not found again",
            [*[cars(FIRST)] * 10, *[cars(FIRST, (310, 310, 390, 370))] * 2, *[cars(FIRST)] * 2],
            SETTLING_REST_S,
        ),
        ("one that drove is not found", [*[cars(driving(i)) for i in range(5)], *[cars()] * 4], 0.0),
        ("one drives beside the lane", [cars((900 + 9 * i, 300, 990 + 9 * i, 380)) for i in range(10)], 2.0),
        ("one that stood was missed a moment ago", [*[cars(FIRST)] * 10, *[cars()] * 3], 0.0),
        ("one that stood is hidden for long", [*[cars(FIRST)] * 10, *[cars()] * 22], STANDING_REST_S),
    ],
)
def test_how_long_the_lanes_need_no_look_if_nothing_moves(
    case: str, pictures: list[Boxes], rest_s: float
) -> None:
    assert meter_after(*pictures).rest_s(0.2) == rest_s, case


def held(meter: CameraMeter, seconds: float) -> Step:
    for i in range(1, round(seconds * 5) + 1):
        step = meter.hold(i / 5)
    return step


def test_a_queue_that_is_held_stands_on() -> None:
    meter = meter_after(*[cars(FIRST, SECOND)] * 10)
    before = meter.hold(0.1)
    after = held(meter, 1200)
    assert before.lanes == after.lanes
    assert after.lanes[0].queue is not None
    assert after.lanes[0].queue.stopped == 2
    assert [(t.track, t.xyxy, t.coasting) for t in after.tracks] == [
        (t.track, t.xyxy, t.coasting) for t in before.tracks
    ]
    again = meter.step(cars(FIRST, SECOND), 1200.2)
    assert {t.track for t in again.tracks} == {t.track for t in before.tracks}
    assert all(t.stopped for t in again.tracks)


def test_who_just_came_to_stand_is_known_to_as_soon_as_if_it_were_looked_at() -> None:
    came = [
        *[cars((300, 300 + 30 * i, 400, 380 + 30 * i)) for i in range(4)],
        *[cars((300, 390, 400, 470))] * 2,
    ]
    held_on, looked_at = meter_after(*came), meter_after(*came)
    for i in range(1, 16):
        still, seen = held_on.hold(i / 5), looked_at.step(came[-1], i / 5)
        assert still.lanes == seen.lanes, i
    (track,) = still.tracks
    assert (track.stopped, track.coasting, track.xyxy) == (True, False, (300, 390, 400, 470))


def test_who_creeps_unseen_by_the_gate_is_not_taken_to_stand() -> None:
    meter, looked_at = meter_after(cars(FIRST)), 0.0
    for i in range(1, 101):
        at, creeps = i / 5, cars((300, 300 + 3.5 * i, 400, 380 + 3.5 * i))
        if at - looked_at < meter.rest_s(at):
            step = meter.hold(at)
        else:
            step, looked_at = meter.step(creeps, at), at
        assert not any(track.stopped for track in step.tracks), at


def test_a_vehicle_hidden_behind_another_is_held_with_it() -> None:
    covered, trailer = (310, 290, 390, 350), (290, 280, 420, 420)
    meter = meter_after(*[cars(covered)] * 10, *[cars(trailer)] * 25)
    before = meter.hold(0.1)
    assert before.lanes[0].queue is not None
    assert before.lanes[0].queue.stopped == 2
    assert held(meter, 600).lanes == before.lanes


def test_who_starts_again_is_the_same_vehicle_and_moves_at_once() -> None:
    meter = meter_after(*[cars(FIRST)] * 10)
    (stood,) = held(meter, 60).tracks
    for i in range(1, 11):
        step = meter.step(cars((300, 300 + 12 * i, 400, 380 + 12 * i)), 60 + i / 5)
    (drives,) = step.tracks
    assert (drives.track, stood.stopped, drives.stopped) == (stood.track, True, False)


Moment = tuple[float, Boxes, list[float | None]]
"""Time, boxes, and where each vehicle truly is."""


def traffic(scene: Scene, vehicles: list[Vehicle], seconds: int) -> list[Moment]:
    rng = np.random.default_rng(4)
    return [
        (t, boxes_at(scene, vehicles, t, Noise(jitter=0.005), rng), [_place(v, t) for v in vehicles])
        for t in np.arange(0, seconds, 0.2).tolist()
    ]


def _place(vehicle: Vehicle, t_s: float) -> float | None:
    rear = vehicle.rear_at(t_s)
    return None if rear is None else round(rear, 2)


def steps_of(scene: Scene, moments: list[Moment], gated: bool) -> tuple[list[Step], int]:
    """Gated, a moment like the one that was last looked at is held; also how many were."""
    meter = CameraMeter(scene.camera(), SCENE_WIDTH, SCENE_HEIGHT)
    steps, asleep = [], 0
    looked_at, looked = -99.0, moments[0][2]
    for t, boxes, places in moments:
        if gated and places == looked and t - looked_at < meter.rest_s(t):
            steps.append(meter.hold(t))
            asleep += 1
        else:
            steps.append(meter.step(boxes, t))
            looked_at, looked = t, places
    return [*steps, meter.finish(moments[-1][0])], asleep


@pytest.mark.parametrize(("facing", "seed"), [("away", 1), ("toward", 2)])
def test_stop_and_go_counts_and_queues_the_same_with_and_without_the_gate(facing: str, seed: int) -> None:
    scene = Scene(facing=facing, mount_m=10)
    moments = traffic(scene, queueing(seed, minutes=1.6), 96)
    plain, _ = steps_of(scene, moments, gated=False)
    gated, asleep = steps_of(scene, moments, gated=True)
    assert asleep > len(moments) / 10
    for line in ("tail", "booth"):
        assert times(gated, line) == pytest.approx(times(plain, line), abs=0.3)
    for lane_number in (0, 1):
        off = [
            (abs(a.in_view - b.in_view), abs(a.stopped - b.stopped))
            for one, other in zip(plain[:-1], gated[:-1], strict=True)
            if (a := one.lanes[lane_number].queue) and (b := other.lanes[lane_number].queue)
        ]
        assert np.mean(off, axis=0) == pytest.approx([0, 0], abs=0.05)


def times(steps: list[Step], line: str) -> list[float]:
    return sorted(c.t_s for step in steps for c in step.crossings if c.line == line)


def test_a_frozen_picture_is_held_but_still_looked_at() -> None:
    watch = Watch(camera_of(lane()), Detector.load("vehicles"), WIDTH, HEIGHT, gated=True)
    asked = [i / 5 for i in range(50) if watch.see(Colours(road()), i / 5).inference_s is not None]
    assert asked == pytest.approx([0, 2, 4, 6, 8])


def test_without_the_gate_every_picture_is_looked_at() -> None:
    watch = Watch(camera_of(lane()), Detector.load("vehicles"), WIDTH, HEIGHT, gated=False)
    assert all(watch.see(Colours(road()), i / 5).inference_s is not None for i in range(5))


Runs = Iterator[tuple[str, Path, Path, str]]


def recordings() -> Runs:
    yield "a plaza", AT_LEAST / "booth.mp4", AT_LEAST / "nodes" / "n-booth.yaml", "vehicles"
    yield "a light", AHMETOZLU, REPOSITORY / "config" / "examples" / "ahmetozlu.yaml", str(YOLOX)


@pytest.mark.slow
@pytest.mark.usefixtures("answers_are_kept")
@pytest.mark.parametrize(("case", "video", "config", "model"), list(recordings()))
def test_a_recording_counts_and_queues_the_same_with_and_without_the_gate(
    case: str, video: Path, config: Path, model: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not video.is_file():
        pytest.skip("the real recordings in ../shared are not here")
    arguments = ("count", video, "--config", config, "--model", model, "--sample-fps", 5)
    documents = []
    for name, options in (("plain", ()), ("gated", ("--gate",))):
        assert run_cli(monkeypatch, *arguments, *options, "--json", tmp_path / name) == 0
        documents.append(json.loads((tmp_path / name).read_text()))
    plain, gated = documents
    assert gated["held"] > 0.1 * len(plain["queue"]) / max(1, len(plain["totals"])), case
    assert gated["totals"] == plain["totals"]
    assert [c["t_s"] for c in gated["crossings"]] == pytest.approx(
        [c["t_s"] for c in plain["crossings"]], abs=0.3
    )
    for figure in ("in_view", "stopped"):
        off = [abs(a[figure] - b[figure]) for a, b in zip(plain["queue"], gated["queue"], strict=True)]
        assert np.mean(off) < 0.05, figure
