"""In view, stopped, queue length, `at_least` with its reason, and who is served."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from edge.config import NodeConfig
from edge.measure.meter import CameraMeter
from edge.measure.queue_length import BEGINS_HIDDEN, HIDDEN, OCCUPIED, VEHICLE_HIDDEN
from edge.measure.queue_view import OVERHANG_M
from edge.vision import Boxes, LaneStep, QueueState
from tests.edge.boxfile import HEIGHT, WIDTH, area, line, point

Row = tuple[float, float, float, float]
"""Box x0, y0, x1, y1 in px."""

AREA = area(200, 100, 500, 700)
PLANE = {
    "image": [point(200, 200), point(500, 200), point(500, 700), point(200, 700)],
    "metres": [[0, 0], [3.5, 0], [3.5, 100], [0, 100]],
}
NEAR, MIDDLE = (300, 200, 400, 260), (300, 300, 400, 400)
UP_TO_BOOTH = line((200, 200), (500, 200), (350, 100), "bottom")


def lane(**parts: Any) -> dict[str, Any]:
    return {"id": "b1", "area": AREA, **parts}


def watch(
    document: dict[str, Any],
    rows: list[Row],
    seconds: float = 4,
    cls: str = "car",
    facing: str = "away",
    drift: float = 0,
) -> LaneStep:
    """What is said of the lane after `seconds` at 5 fps; boxes drift down by `drift` px/s."""
    camera = {"id": "c1", "facing": facing, "lanes": [document]}
    node = NodeConfig.model_validate({"port": "p", "node": "n", "cameras": [camera]})
    meter = CameraMeter(node.cameras[0], WIDTH, HEIGHT)
    for i in range(round(seconds * 5) + 1):
        xyxy = np.array(rows, np.float32).reshape(-1, 4) + np.array([0, drift * i / 5] * 2, np.float32)
        seen = Boxes(xyxy, (cls,) * len(rows), np.full(len(rows), 0.9, np.float32))
        step = meter.step(seen, i / 5)
    return step.lanes[0]


def queue_of(*arguments: Any, **options: Any) -> QueueState:
    found = watch(*arguments, **options).queue
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("case", "drift", "height", "stopped"),
    [
        ("stands", 0, 100, 1),
        ("creeps by 8 % of its height a second", 8, 100, 1),
        ("creeps by 15 % of its height a second", 15, 100, 0),
        ("the same speed is stopped for a larger box", 15, 200, 1),
    ],
)
def test_stopped_without_a_ground_plane(case: str, drift: float, height: float, stopped: int) -> None:
    state = queue_of(lane(), [(300, 300, 400, 300 + height)], drift=drift)
    assert (state.in_view, state.stopped) == (1, stopped), case


@pytest.mark.parametrize(
    ("case", "speed_m_s", "stopped"),
    [("stands", 0.0, 1), ("4 km/h", 4 / 3.6, 1), ("6 km/h", 6 / 3.6, 0)],
)
def test_stopped_with_a_ground_plane_is_below_5_km_h(case: str, speed_m_s: float, stopped: int) -> None:
    state = queue_of(lane(ground=PLANE, booth=UP_TO_BOOTH), [(300, 200, 400, 300)], drift=speed_m_s * 5)
    assert state.stopped == stopped, case


@pytest.mark.parametrize(
    ("case", "anchor", "box", "in_view"),
    [
        ("bottom inside", "bottom", (300, 40, 400, 140), 1),
        ("bottom inside, centre outside", "center", (300, 40, 400, 140), 0),
        ("bottom outside, centre inside", "center", (300, 600, 400, 710), 1),
        ("beside the lane", "bottom", (520, 300, 620, 400), 0),
    ],
)
def test_in_view_goes_by_the_anchor(case: str, anchor: str, box: Row, in_view: int) -> None:
    assert queue_of(lane(area_anchor=anchor), [box]).in_view == in_view, case


@pytest.mark.parametrize(
    ("case", "facing", "cls", "rows", "length_m"),
    [
        ("nobody", "away", "car", [], 0.0),
        ("the rear of the last, seen from behind", "away", "car", [NEAR, MIDDLE], 40.0 + OVERHANG_M),
        ("its length is added, seen from the front", "toward", "car", [MIDDLE], 44.5 - OVERHANG_M),
        ("a truck is longer", "toward", "truck", [MIDDLE], 56.5 - OVERHANG_M),
    ],
)
def test_queue_length(case: str, facing: str, cls: str, rows: list[Row], length_m: float) -> None:
    state = queue_of(lane(ground=PLANE, booth=UP_TO_BOOTH), rows, cls=cls, facing=facing)
    assert state.length_m == pytest.approx(length_m, abs=0.1), case


def test_without_a_ground_plane_the_length_is_not_known() -> None:
    assert queue_of(lane(), [(300, 300, 400, 400)]).length_m is None


@pytest.mark.parametrize(
    ("case", "begins_m", "rows", "length_m"),
    [
        ("nobody, the view begins at the booth", 0, [], 0.0),
        ("nobody, there is no room for a vehicle before it", 6, [], 0.0),
        ("nobody, but one may stand before it", 40, [], None),
        ("one stands in view, whoever stands before it", 40, [(300, 300, 400, 400)], 76.0 + OVERHANG_M),
    ],
)
def test_a_queue_that_may_stand_before_the_view_begins(
    case: str, begins_m: float, rows: list[Row], length_m: float | None
) -> None:
    plane = PLANE | {"metres": [[x, begins_m + 0.9 * y] for x, y in [[0, 0], [3.5, 0], [3.5, 100], [0, 100]]]}
    found = queue_of(lane(ground=plane, area=area(200, 200, 500, 700)), rows).length_m
    assert found == (None if length_m is None else pytest.approx(length_m, abs=0.2)), case


@pytest.mark.parametrize(
    ("case", "cls", "head", "foot", "speed_m_s", "length_m", "why"),
    [
        ("a lorry drives, the road before it is seen", "truck", 300, 480, 3, 0.0, None),
        ("a lorry drives and hides the lane's first metres", "truck", 150, 480, 3, None, BEGINS_HIDDEN),
        ("so does a car close before the camera", "car", 150, 480, 3, None, BEGINS_HIDDEN),
        ("what stands there is the queue, whatever it hides", "truck", 150, 480, 0, 56.8, None),
        ("room for a car is left to be seen before it", "truck", 240, 480, 3, 0.0, None),
        ("it is the first: there is no room before it", "truck", 150, 290, 1.5, 0.0, None),
    ],
)
def test_no_queue_is_told_only_where_its_first_vehicle_would_be_seen(
    case: str, cls: str, head: float, foot: float, speed_m_s: float, length_m: float | None, why: str | None
) -> None:
    box, way = (250.0, head + 20 * speed_m_s, 450.0, foot + 20 * speed_m_s), -5 * speed_m_s
    state = queue_of(lane(ground=PLANE, booth=UP_TO_BOOTH), [box], cls=cls, drift=way)
    assert state.length_m == (None if length_m is None else pytest.approx(length_m, abs=0.2)), case
    assert state.why == why, case


@pytest.mark.parametrize(
    ("case", "document", "rows", "drift", "why"),
    [
        ("empty", lane(ground=PLANE, booth=UP_TO_BOOTH), [], 0, None),
        ("room behind the last", lane(ground=PLANE, booth=UP_TO_BOOTH), [(300, 400, 400, 500)], 0, None),
        ("the last at the end", lane(ground=PLANE, booth=UP_TO_BOOTH), [(300, 580, 400, 690)], 0, OCCUPIED),
        ("one stands across the end", lane(booth=UP_TO_BOOTH), [(300, 600, 400, 716)], 0, OCCUPIED),
        ("without a plane", lane(booth=UP_TO_BOOTH), [(300, 560, 400, 680)], 0, OCCUPIED),
        ("without any line", lane(), [(300, 560, 400, 680)], 0, OCCUPIED),
        ("one drives in there", lane(booth=UP_TO_BOOTH), [(300, 560, 400, 620)], 20, None),
    ],
)
def test_at_least(
    case: str, document: dict[str, Any], rows: list[Row], drift: float, why: str | None
) -> None:
    state = queue_of(document, rows, drift=drift)
    assert (state.at_least, state.why) == (why is not None, why), case


@pytest.mark.parametrize("foot", range(692, 712, 2))
@pytest.mark.parametrize("plane", [None, PLANE])
def test_the_end_stays_occupied_though_a_box_on_it_flickers(foot: int, plane: Any) -> None:
    document = lane(booth=UP_TO_BOOTH) if plane is None else lane(booth=UP_TO_BOOTH, ground=plane)
    node = {"port": "p", "node": "n", "cameras": [{"id": "c1", "facing": "away", "lanes": [document]}]}
    meter = CameraMeter(NodeConfig.model_validate(node).cameras[0], WIDTH, HEIGHT)
    for look in range(40):
        top, bottom = (600, foot) if look < 20 or look % 2 else (604, foot - 4)
        seen = Boxes(np.array([(300, top, 400, bottom)], np.float32), ("car",), np.full(1, 0.9, np.float32))
        queue = meter.step(seen, look / 5).lanes[0].queue
        assert queue is not None
        if look > 10:
            assert (queue.at_least, queue.why) == (True, OCCUPIED), look


def test_an_end_behind_a_trailer_is_hidden() -> None:
    far = {
        "id": "b1",
        "area": area(300, 150, 400, 600),
        "booth": line((300, 600), (400, 600), (350, 700), "bottom"),
    }
    hidden = queue_of(far, [(250, 100, 450, 400)], facing="toward", cls="truck")
    assert (hidden.at_least, hidden.why) == (True, HIDDEN)
    assert queue_of(far, [(250, 300, 450, 500)], facing="toward", cls="truck").at_least is False


@pytest.mark.parametrize(
    ("case", "facing", "cls", "box", "occupied"),
    [
        ("nobody", "away", "car", None, False),
        ("a car's rear 6 m before the line", "away", "car", (300, 150, 400, 230), True),
        ("a car's rear 20 m before the line", "away", "car", (300, 200, 400, 300), False),
        ("a truck's rear 20 m before the line", "away", "truck", (300, 200, 400, 300), True),
        ("a car's front 4 m before the line", "toward", "car", (300, 150, 400, 220), True),
        ("a car's front 20 m before the line", "toward", "car", (300, 200, 400, 300), False),
        ("gone past the line", "away", "car", (300, 100, 400, 190), False),
    ],
)
def test_the_booth_is_occupied(case: str, facing: str, cls: str, box: Row | None, occupied: bool) -> None:
    rows = [] if box is None else [box]
    document = lane(ground=PLANE, booth=UP_TO_BOOTH)
    assert watch(document, rows, cls=cls, facing=facing).booth_occupied is occupied, case


def test_the_booth_without_a_ground_plane() -> None:
    document = lane(booth=UP_TO_BOOTH)
    assert watch(document, [(300, 150, 400, 250)]).booth_occupied is True
    assert watch(document, [(300, 300, 400, 400)]).booth_occupied is False
    assert watch(document, [(300, 150, 400, 250)], drift=30).booth_occupied is False


def test_what_is_not_configured_is_not_measured() -> None:
    assert watch({"id": "b1"}, []) == LaneStep("b1", None, None)


def test_a_queue_that_reached_beyond_the_view_a_moment_ago_is_not_known_to_end_in_it() -> None:
    node = NodeConfig.model_validate({"port": "p", "node": "n", "cameras": [{"id": "c1", "lanes": [lane()]}]})
    meter, said = CameraMeter(node.cameras[0], WIDTH, HEIGHT), {}
    for look in range(60):
        drives = max(0.0, look / 5 - 6.0)
        foot = 690 - 60 * drives
        seen = Boxes(
            np.array([[300, foot - 90, 400, foot]], np.float32), ("car",), np.array([0.9], np.float32)
        )
        queue = meter.step(seen, look / 5).lanes[0].queue
        assert queue is not None
        said[look / 5] = queue.at_least
    assert said[5.0]
    assert said[7.4]
    assert not said[11.0]


@pytest.mark.parametrize(
    ("case", "stands_s", "outlasts_s"), [("it stood there for long", 4.0, 1.0), ("for a moment", 1.0, 0.0)]
)
def test_at_least_outlasts_a_vehicle_at_the_end_by_a_second_if_it_stood_for_one(
    case: str, stands_s: float, outlasts_s: float
) -> None:
    """Whether it stands, as told, decides: what the lane says is compared with that at each look."""
    camera = {"id": "c1", "facing": "away", "lanes": [lane(ground=PLANE, area=area(200, 200, 500, 700))]}
    node = NodeConfig.model_validate({"port": "p", "node": "n", "cameras": [camera]})
    meter = CameraMeter(node.cameras[0], WIDTH, HEIGHT)
    stood, said = [], []
    for look in range(round(5 * (stands_s + 4))):
        foot = 690 - 80 * max(0.0, look / 5 - stands_s)
        box = np.array([(310, foot - 70, 390, foot)], np.float32)
        step = meter.step(Boxes(box, ("car",), np.full(1, 0.9, np.float32)), look / 5)
        queue = step.lanes[0].queue
        assert queue is not None
        stood += [look / 5] * any(track.stopped for track in step.tracks)
        said += [look / 5] * queue.at_least
    assert stood
    long = stood[-1] - stood[0] >= 1.0
    assert long == (outlasts_s > 0), case
    assert said[-1] - stood[-1] == pytest.approx(outlasts_s, abs=0.3), case


@pytest.mark.parametrize("plane", [None, PLANE])
@pytest.mark.parametrize("foot", [690.0, 716.0])
@pytest.mark.parametrize(
    ("case", "first_head", "head_px_s", "stands"),
    [
        ("drives into sight", 640.0, -70.0, False),
        ("drives out of sight", 400.0, 75.0, False),
        ("stands, its foot out of sight", 500.0, 0.0, True),
    ],
)
def test_a_foot_at_the_end_of_what_is_looked_at_does_not_tell_who_stands(
    case: str, first_head: float, head_px_s: float, stands: bool, foot: float, plane: Any
) -> None:
    document = lane(booth=UP_TO_BOOTH) if plane is None else lane(booth=UP_TO_BOOTH, ground=plane)
    node = {"port": "p", "node": "n", "cameras": [{"id": "c1", "facing": "away", "lanes": [document]}]}
    meter = CameraMeter(NodeConfig.model_validate(node).cameras[0], WIDTH, HEIGHT)
    for look in range(20):
        head = first_head + head_px_s * look / 5
        box = np.array([(300, head, 400, foot)], np.float32)
        queue = meter.step(Boxes(box, ("truck",), np.full(1, 0.9, np.float32)), look / 5).lanes[0].queue
        assert queue is not None
        if look >= 10 or not stands:
            assert queue.at_least == stands, (case, look)


@pytest.mark.parametrize(
    ("case", "seconds", "counts", "length_m", "why"),
    [
        ("it is seen to stand, the next one comes", 4.0, (1, 1), 40.0, OCCUPIED),
        ("the one behind hides it for a moment", 6.4, (2, 1), 40.0, None),
        ("and drives up to it: it may have started", 12.0, (2, 1), None, VEHICLE_HIDDEN),
        ("and drives where it stood: it may stand elsewhere", 15.8, (2, 0), None, VEHICLE_HIDDEN),
        ("and stands behind it: the queue reaches to there", 19.0, (2, 2), 50.0, None),
    ],
)
def test_who_is_hidden_does_not_stand_where_another_one_drives(
    case: str, seconds: float, counts: tuple[int, int], length_m: float | None, why: str | None
) -> None:
    camera = {"id": "c1", "facing": "away", "lanes": [lane(ground=PLANE, booth=UP_TO_BOOTH)]}
    node = NodeConfig.model_validate({"port": "p", "node": "n", "cameras": [camera]})
    meter = CameraMeter(node.cameras[0], WIDTH, HEIGHT)
    for i in range(round(seconds * 5) + 1):
        foot = 700 - 25 * (i / 5 - 4)  # 5 m/s, into the area at 4 s
        foot = max(foot, 450.0) if seconds > 16 else foot
        found = {"truck": (280, foot - 260, 420, foot)} if foot < 780 else {}
        found |= {"car": (300, 340, 400, 400)} if foot > 660 else {}
        rows = np.array(list(found.values()), np.float32)
        step = meter.step(Boxes(rows, tuple(found), np.full(len(found), 0.9, np.float32)), i / 5)
    state = step.lanes[0].queue
    assert state is not None
    assert (state.in_view, state.stopped) == counts, case
    assert state.length_m == (None if length_m is None else pytest.approx(length_m, abs=1.5)), case
    assert state.why == why, case
