"""Lines, areas, boxes and the ground plane."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from edge.config import GroundConfig, LineConfig
from edge.measure.geometry import GroundError, anchor_of, ground_of, inside, overlaps, segment_of

LEVEL = LineConfig.model_validate({"line": [[0.1, 0.5], [0.9, 0.5]], "toward": [0.5, 0.9]})
fractions = st.floats(0.05, 0.95)
points = st.tuples(fractions, fractions)


@pytest.mark.parametrize(
    ("case", "start", "end", "share"),
    [
        ("straight over the middle", (50, 40), (50, 60), 0.5),
        ("from the line itself", (50, 50), (50, 60), 0.0),
        ("ends on the line: not yet beyond", (50, 40), (50, 50), None),
        ("the other way", (50, 60), (50, 40), None),
        ("stays before", (50, 10), (60, 40), None),
        ("passes the line's end", (5, 40), (5, 60), None),
        ("over the very end", (10, 40), (10, 60), 0.5),
        ("aslant over the end", (0, 40), (16, 60), None),
    ],
)
def test_where_a_way_meets_a_line(
    case: str, start: tuple[float, float], end: tuple[float, float], share: float | None
) -> None:
    met = segment_of(LEVEL, 100, 100).met_at(start, end)
    assert met == (None if share is None else pytest.approx(share)), case


@given(points, points, points)
def test_toward_lies_on_the_side_that_counts(a: tuple, b: tuple, toward: tuple) -> None:
    cross = (b[0] - a[0]) * (toward[1] - a[1]) - (b[1] - a[1]) * (toward[0] - a[0])
    assume(abs(cross) > 1e-3)
    segment = segment_of(LineConfig.model_validate({"line": [a, b], "toward": toward}), 640, 360)
    assert segment.beyond((toward[0] * 640, toward[1] * 360)) > 0
    assert np.hypot(*segment.normal) == pytest.approx(1)


@given(points, points, points)
def test_a_change_of_resolution_moves_nothing(a: tuple, b: tuple, toward: tuple) -> None:
    cross = (b[0] - a[0]) * (toward[1] - a[1]) - (b[1] - a[1]) * (toward[0] - a[0])
    assume(abs(cross) > 1e-2)
    line = LineConfig.model_validate({"line": [a, b], "toward": toward})
    small, large = segment_of(line, 640, 360), segment_of(line, 1280, 720)
    assert large.beyond((600, 500)) == pytest.approx(2 * small.beyond((300, 250)), abs=1e-6)


@pytest.mark.parametrize(
    ("case", "point", "within"),
    [
        ("in the middle", (5, 5), True),
        ("left of it", (-1, 5), False),
        ("in the notch of a concave area", (5, 8), False),
        ("beside the notch", (1, 8), True),
    ],
)
def test_inside_an_area(case: str, point: tuple[float, float], within: bool) -> None:
    concave = ((0, 0), (10, 0), (10, 10), (5, 6), (0, 10))
    assert inside(point, concave) is within, case


@pytest.mark.parametrize(
    ("case", "left", "right", "iou", "share"),
    [
        ("the same", [0, 0, 10, 10], [0, 0, 10, 10], 1.0, 1.0),
        ("apart", [0, 0, 10, 10], [20, 0, 30, 10], 0.0, 0.0),
        ("one in the other", [0, 0, 10, 10], [0, 0, 5, 10], 0.5, 1.0),
        ("half over", [0, 0, 10, 10], [5, 0, 15, 10], 1 / 3, 0.5),
        ("without area", [0, 0, 0, 0], [0, 0, 10, 10], 0.0, 0.0),
    ],
)
def test_overlap(case: str, left: list[float], right: list[float], iou: float, share: float) -> None:
    found = overlaps(np.array([left], float), np.array([right], float))
    assert found[0][0, 0] == pytest.approx(iou), case
    assert found[1][0, 0] == pytest.approx(share), case


def test_anchors() -> None:
    assert anchor_of((10, 20, 30, 60), "bottom") == (20, 60)
    assert anchor_of((10, 20, 30, 60), "center") == (20, 40)


ROAD = GroundConfig.model_validate(
    {
        "image": [[0.1, 0.9], [0.9, 0.9], [0.6, 0.3], [0.4, 0.3]],
        "metres": [[0, 0], [3.5, 0], [3.5, 60], [0, 60]],
    }
)


def test_the_ground_plane_gives_back_its_own_points() -> None:
    plane = ground_of(ROAD, 1280, 720)
    metres = plane.to_metres(np.array(ROAD.image) * (1280, 720))
    assert metres == pytest.approx(np.array(ROAD.metres), abs=1e-6)


@given(st.floats(0.31, 0.89), st.floats(0.31, 0.89))
def test_lower_in_this_picture_is_nearer_to_the_booth(y1: float, y2: float) -> None:
    assume(abs(y1 - y2) > 1e-3)
    plane = ground_of(ROAD, 1280, 720)
    first, second = plane.to_metres([(640, y1 * 720), (640, y2 * 720)])[:, 1]
    assert bool(first > second) == (y1 < y2)


@given(st.floats(0, 1279), st.floats(0, 719))
def test_one_pixel_has_the_place_that_it_has_among_many(x: float, y: float) -> None:
    plane = ground_of(ROAD, 1280, 720)
    try:
        among_many = plane.to_metres([(640, 600), (x, y)])[1]
    except GroundError:
        with pytest.raises(GroundError, match="horizon"):
            plane.place(x, y)
    else:
        assert plane.place(x, y) == pytest.approx(among_many, rel=1e-9, abs=1e-9)


def test_a_point_above_the_horizon_has_no_place_on_the_road() -> None:
    plane = ground_of(ROAD, 1280, 720)
    for ask in (lambda: plane.to_metres([(640, 10)]), lambda: plane.place(640, 10)):
        with pytest.raises(GroundError, match="horizon"):
            ask()
