"""What fog has swallowed is out of sight: `at_least` or unknown, never empty."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.config import NodeConfig
from edge.measure.meter import CameraMeter
from edge.measure.queue_length import OCCUPIED, OUT_OF_SIGHT
from edge.measure.queue_view import OVERHANG_M
from edge.measure.sight import FADED, LASTS_S, STRIPS, Sight
from edge.picture import Colours
from edge.vision import Boxes, QueueState
from tests.edge.boxfile import HEIGHT, WIDTH, area, point

ROWS, COLUMNS = 160, 320
STRIP = ROWS // STRIPS


def picture(spans: list[float], low: float = 140) -> Colours:
    """Strips from the upper edge down, each with levels at random from `low` on, over its span."""
    draw = np.random.default_rng(1)
    grey = np.concatenate([low + draw.uniform(0, span, (STRIP, COLUMNS)) for span in spans])
    return Colours(np.repeat(grey.round().astype(np.uint8)[:, :, None], 3, axis=2))


FOG = [2.0 + 2 * strip for strip in range(STRIPS)]
CLEAR = [100.0] * STRIPS


@pytest.mark.parametrize(
    ("case", "spans", "low", "far", "row"),
    [
        ("a clear day", CLEAR, 60, 30, 0),
        ("fog: what is far is faded", FOG, 140, 0, 6 * STRIP),
        ("fog, but the lanes end before it", FOG, 140, 80, 0),
        ("a dark road: lamps would shine", FOG, 20, 0, 0),
        ("plain asphalt before the camera, and all behind it seen", [90.0] * 8 + [5.0] * 8, 90, 0, 0),
        ("nothing anywhere: the lens", [5.0] * STRIPS, 140, 0, 0),
        ("hazy, but all is seen", [20.0] * STRIPS, 140, 0, 0),
    ],
)
def test_how_far_a_camera_sees(case: str, spans: list[float], low: float, far: float, row: float) -> None:
    sight = Sight(ROWS, far)
    assert sight.look(picture(spans, low), 0.0)
    assert sight.row == pytest.approx(row, abs=STRIP), case
    assert bool(sight.row) == bool(row), case


def test_what_was_seen_a_moment_ago_is_not_out_of_sight_yet_but_after_a_minute() -> None:
    sight = Sight(ROWS, 0)
    sight.look(picture(CLEAR), 0.0)
    assert not sight.look(picture(FOG), 1.0)
    for at in range(3, int(LASTS_S) + 6, 3):
        sight.look(picture(FOG), float(at))
        assert bool(sight.row) == (at > LASTS_S), at
    sight.look(picture(CLEAR), LASTS_S + 30)
    assert not sight.row


@pytest.mark.parametrize(
    ("height", "width", "taken"),
    [(1, 1, False), (1, 640, False), (STRIPS - 1, 40, False), (STRIPS, 1, True), (200, 4000, True)],
)
def test_a_picture_of_any_shape(height: int, width: int, taken: bool) -> None:
    sight = Sight(height, 0)
    noise = np.random.default_rng(7).integers(0, 256, (height, width, 3), np.uint8)
    assert sight.look(Colours(noise), 0.0) == taken
    assert not sight.row


@given(st.lists(st.floats(0, 120), min_size=STRIPS, max_size=STRIPS), st.floats(0, ROWS - 1))
def test_never_more_than_faded_strips_are_out_of_sight(spans: list[float], far: float) -> None:
    sight = Sight(ROWS, far)
    sight.look(picture(spans, 100), 0.0)
    assert all(span < FADED + 3 for span in spans[int(far / STRIP) : round(sight.row / STRIP)])


IMAGE = [point(200, 200), point(500, 200), point(500, 700), point(200, 700)]
METRES = {
    "away": [[0, 0], [3.5, 0], [3.5, 100], [0, 100]],
    "toward": [[0, 100], [3.5, 100], [3.5, 0], [0, 0]],
}


@pytest.mark.parametrize(
    ("case", "facing", "foot", "row", "length_m", "why"),
    [
        ("all is seen, nobody there", "away", None, 0, 0.0, None),
        ("booths in fog, nobody to be seen", "away", None, 350, None, OUT_OF_SIGHT),
        ("booths in fog, one stands where it can be seen", "away", 500, 350, 60.0 + OVERHANG_M, OUT_OF_SIGHT),
        ("less in fog than a car needs", "away", None, 220, 0.0, None),
        ("the queue reaches into the fog", "toward", 400, 350, 64.5 - OVERHANG_M, OCCUPIED),
        ("the queue ends before the fog", "toward", 650, 350, 14.5 - OVERHANG_M, None),
        ("nobody before the fog", "toward", None, 350, 0.0, None),
        ("the fog has gone", "toward", 400, 0, 64.5 - OVERHANG_M, None),
    ],
)
def test_a_queue_in_fog(
    case: str, facing: str, foot: float | None, row: float, length_m: float | None, why: str | None
) -> None:
    found = queue_of(facing, foot, row)
    assert found.length_m == (None if length_m is None else pytest.approx(length_m, abs=0.2)), case
    assert (found.at_least, found.why) == (why is not None, why), case


def queue_of(facing: str, foot: float | None, row: float) -> QueueState:
    """What is said after 4 s with a car that stands with its foot at that row, and fog above `row`."""
    ground = {"image": IMAGE, "metres": METRES[facing]}
    lane = {"id": "b1", "area": area(200, 200, 500, 700), "ground": ground}
    camera = {"id": "c1", "facing": facing, "lanes": [lane]}
    node = NodeConfig.model_validate({"port": "p", "node": "n", "cameras": [camera]})
    meter = CameraMeter(node.cameras[0], WIDTH, HEIGHT)
    meter.sight(row)
    boxes = np.array([] if foot is None else [(310, foot - 70, 390, foot)], np.float32).reshape(-1, 4)
    for look in range(21):
        seen = Boxes(boxes, ("car",) * len(boxes), np.full(len(boxes), 0.9, np.float32))
        step = meter.step(seen, look / 5)
    found = step.lanes[0].queue
    assert found is not None
    return found
