"""The kinds behind FIELD-REPORTS B20-B32: what traffic and detectors do to a line, over `count --boxes`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.edge.boxfile import Row, across, count_boxes
from tests.edge.test_field_reports import Frames, film

LANE = [{"id": "L", "tail": across(300, anchor="bottom")}]
TWO_LANES = [
    {"id": "left", "tail": across(300, 0, 400, "bottom")},
    {"id": "right", "tail": across(300, 400, 900, "bottom")},
]
ONE, NONE = {"L": 1}, {"L": 0}


def at(bottom: float, x: float = 300, w: float = 120, h: float = 100, *rest: Any) -> Row:
    """A box by the middle of its lower edge."""
    return (x, bottom - h / 2, w, h, *rest)


def drive(t: float, speed: float = 60, start: float = 120) -> float:
    """The lower edge of a vehicle that drives down."""
    return start + speed * t


def stops_on_the_line(minutes: float, missed: float) -> Callable[[float], list[Row]]:
    """Drives up to the line, stands across it with a jittering box, drives on; boxes are missed at random."""
    rng = np.random.default_rng(3)

    def boxes(t: float) -> list[Row]:
        if rng.random() < missed:
            return []
        go = 3.0 + 60 * minutes
        y = min(drive(t), 300) if t < go else 300 + 60 * (t - go)
        return [at(y + rng.uniform(-4, 4), 300 + rng.uniform(-3, 3))] if y < 700 else []

    return boxes


def reverses(t: float) -> list[Row]:
    """Over the line, back over it, and over it again."""
    way = np.interp(t, [0, 5, 7, 12, 14, 22], [120, 420, 420, 150, 150, 600])
    return [at(float(way))]


def split(t: float) -> list[Row]:
    """A truck that is one box, then cab and trailer, then one box again, while it crosses."""
    y = drive(t, 50, 150)
    whole = at(y, 300, 160, 260, "truck")
    parts = [at(y, 300, 150, 110, "car"), at(y - 115, 305, 160, 145, "truck")]
    return parts if 2 < t < 4.5 else [whole]


def flickering_split(t: float) -> list[Row]:
    """The same, another way in every picture."""
    y = drive(t, 50, 150)
    whole = at(y, 300, 160, 260, "truck")
    parts = [at(y, 300, 150, 110, "car"), at(y - 115, 305, 160, 145, "truck")]
    return [[whole], parts, [whole, parts[0]]][round(t * 10) % 3]


def merged_abreast(t: float) -> list[Row]:
    """Two cars side by side that are one wide box for a second about the line."""
    y = drive(t)
    cars = [at(y, 300, 110, 95), at(y + 6, 430, 110, 95)]
    return [at(y + 3, 365, 240, 100)] if 2.6 < t < 3.6 else cars


def merged_in_file(t: float) -> list[Row]:
    """Two cars close behind one another that are one high box for a second about the line."""
    y = drive(t, 60, 160)
    cars = [at(y, 300), at(y - 108, 300)]
    return [at(y, 300, 124, 208)] if 2.0 < t < 3.0 else cars


def class_flips(t: float) -> list[Row]:
    """Another class in every picture, now and then none of ours."""
    name = ("truck", "car", "truck", "bus", "truck", "train")[round(t * 10) % 6]
    return [at(drive(t), 300, 160, 180, name)]


def parked_and_passed(t: float) -> list[Row]:
    """A car parks just before the line; a truck passes it every 12 s, and hides it for a while."""
    y = drive(t % 12, 130, -60)
    truck = [at(y, 350, 200, 300, "truck")] if 40 < y < 1000 else []
    hidden = 250 < y < 560
    return truck + ([] if hidden else [at(288, 300)])


def behind_a_trailer(t: float) -> list[Row]:
    """A car waits before the line, is hidden for 10 s by a trailer in the next lane, then drives on."""
    y = min(drive(t, 60, 160), 270) if t < 20 else 270 + 60 * (t - 20)
    trailer = [at(430, 420, 280, 330, "truck")] if 5 <= t < 16 else []
    return trailer + ([] if 5.5 <= t < 15.5 or y > 690 else [at(y, 340)])


def walkers(t: float) -> list[Row]:
    """People and cyclists among standing cars."""
    cars = [at(250, 300), at(420, 300)]
    return [*cars, at(drive(t, 40), 420, 40, 90, "person"), at(600 - 50 * t, 220, 60, 90, "bicycle")]


def headlights(t: float) -> list[Row]:
    """A parked car whose box jumps over the line for 2 s every 30 s as its lamps glare."""
    return [at(297, 300, 120, 100, "car", 0.8) if t % 30 > 2 else at(301, 300, 132, 112, "car", 0.6)]


def long_truck(t: float) -> list[Row]:
    """B24: its box lies over both lanes; its front's lower corner drives along x = 330, in the left one."""
    return [at(drive(t, 60, 160), 440, 380, 230, "truck")]


def growing_truck(t: float) -> list[Row]:
    """The same, as its trailer comes into view: the box grows on one side."""
    right = min(410 + 90 * t, 630)
    return [at(drive(t, 60, 160), (250 + right) / 2, right - 250, 230, "truck")]


def leaves_its_box_to_the_next(t: float) -> list[Row]:
    """As in rain and at night: of a truck that leaves its trailer's end is seen, then the next truck."""
    if t < 4:
        share = t / 4
        return [at(drive(t, 58, 160), 490 - 93 * share, 168 + 118 * share, 200 + 144 * share, "truck")]
    if t < 6:
        share = (t - 4) / 2
        return [at(392 + 14 * share, 397 - 70 * share, 286 - 8 * share, 344 - 66 * share, "truck")]
    return [at(drive(max(0.0, t - 12), 58, 232), 490, 168, 200, "truck")] if 6.5 < t < 18 else []


def shrinks_on_the_line(seconds: float) -> Callable[[float], list[Row]]:
    """A truck stands across the line; for so long its box is that of its upper half, before the line."""

    def boxes(t: float) -> list[Row]:
        y = drive(t, 60, 180) if t < 3 else 360 + 60 * max(0.0, t - 10)
        half = 5 <= t < 5 + seconds
        return [at(y - 110 if half else y, 300, 160, 120 if half else 230, "truck")] if y < 700 else []

    return boxes


def unseen_at_the_start(fps: float, seconds: float) -> Frames:
    """A car waits before the line and is not found for so long as it drives off over it."""

    def boxes(t: float) -> list[Row]:
        waited = max(0.0, t - 8)
        y = min(drive(t), 270) + 70 * waited**2
        return [] if abs(waited - 0.85) < seconds / 2 or y > 760 else [at(y)]

    return film(fps, 14, boxes)


TRAFFIC: list[tuple[str, list[dict[str, Any]], Frames, dict[str, int]]] = [
    ("20 minutes on the line", LANE, film(5, 1230, stops_on_the_line(20, 0.0)), ONE),
    ("on the line, a third of the boxes missed", LANE, film(10, 140, stops_on_the_line(2, 0.33)), ONE),
    ("the same at 2 pictures a second", LANE, film(2, 140, stops_on_the_line(2, 0.33)), ONE),
    ("reverses over the line and comes again", LANE, film(10, 22, reverses), ONE),
    ("a truck split into cab and trailer", LANE, film(10, 9, split), ONE),
    ("a truck split another way in each picture", LANE, film(10, 9, flickering_split), ONE),
    ("two abreast merged for a second", LANE, film(10, 9, merged_abreast), {"L": 2}),
    ("two in file merged for a second", LANE, film(10, 9, merged_in_file), {"L": 2}),
    ("the class flips in every picture", LANE, film(10, 9, class_flips), ONE),
    ("a parked car passed by five trucks", LANE, film(10, 60, parked_and_passed), {"L": 5}),
    ("hidden by a trailer for 10 s", LANE, film(10, 28, behind_a_trailer), ONE),
    ("a truck that leaves, and the next", LANE, film(5, 19, leaves_its_box_to_the_next), {"L": 2}),
    ("half a truck for a moment", LANE, film(5, 16, shrinks_on_the_line(0.8)), ONE),
    ("half a truck for three seconds", LANE, film(5, 16, shrinks_on_the_line(3.0)), ONE),
    ("drives off, not found for 1 s, at 2 a second", LANE, unseen_at_the_start(2, 1.0), ONE),
    ("drives off, not found for 1 s, at 3 a second", LANE, unseen_at_the_start(3, 1.0), ONE),
    ("drives off, not found for 1 s, at 10 a second", LANE, unseen_at_the_start(10, 1.0), ONE),
    ("walkers and cyclists among standing cars", LANE, film(10, 12, walkers), NONE),
    ("headlights that glare over the line", LANE, film(10, 150, headlights), NONE),
    ("B24 a long truck over two lanes", TWO_LANES, film(10, 8, long_truck), {"left": 1, "right": 0}),
    ("B24 as its trailer comes into view", TWO_LANES, film(10, 8, growing_truck), {"left": 1, "right": 0}),
]  # fmt: skip


@pytest.mark.parametrize(("case", "lanes", "frames", "arrivals"), TRAFFIC, ids=[row[0] for row in TRAFFIC])
def test_arrivals(
    case: str,
    lanes: list[dict[str, Any]],
    frames: Frames,
    arrivals: dict[str, int],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    totals = count_boxes(monkeypatch, tmp_path, lanes, frames)["totals"]
    assert {lane: total["arrivals"] for lane, total in totals.items()} == arrivals, case
