"""FIELD-REPORTS part B as tables over `count --boxes`; the ids are those of that file."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.edge.boxfile import Row, across, area, count_boxes, line

Frames = list[tuple[float, list[Row]]]
Lanes = list[dict[str, Any]]

LANE = [{"id": "L", "tail": across(300)}]
ONE = {"L": 1}
CREEP = (296, 298, 301, 299, 302, 298, 303, 299, 304)


def film(fps: float, seconds: float, boxes: Callable[[float], list[Row]]) -> Frames:
    """Pictures of what `boxes` says at each time."""
    return [(i / fps, boxes(i / fps)) for i in range(round(fps * seconds))]


def creeping(gap_s: float = 0.0, jump_px: float = 0.0) -> Frames:
    """B20: 20 s on the line, the box lost for `gap_s` or shifted by `jump_px` at 6 and 12 s."""

    def boxes(t: float) -> list[Row]:
        if any(start <= t < start + gap_s for start in (6, 12)):
            return []
        shift = jump_px * ((t >= 6) + (t >= 12)) % (2 * jump_px or 1)
        return [(300 + shift, CREEP[round(t * 10) % len(CREEP)], 120, 100)]

    return film(10, 20, boxes)


def parked(flicker_at: int | None, last: int = 100) -> Frames:
    """B21: a parked car whose box is twice as high in one picture."""
    return [
        (i / 10, [(300, 310, 120, 200) if i == flicker_at else (300, 290, 120, 100)]) for i in range(last)
    ]


def flickers(fps: float, still: Row, flicker: Row) -> Frames:
    """B21: with few pictures, and the box grows or shrinks on one side only; then it leaves."""

    def boxes(t: float) -> list[Row]:
        x, y, *size = flicker if 2.3 < t < 2.3 + 1 / fps else still
        way = 80 * max(0.0, t - 5)
        return [(x + way, y + way, *size)]

    return film(fps, 8, boxes)


def from_the_top(speed: float) -> Frames:
    """B22: a car comes in over the upper edge, cut off by it."""

    def boxes(t: float) -> list[Row]:
        low = -30 + speed * t
        high = max(0.0, low - 100)
        return [(600, (high + low) / 2, 120, low - high)] if low - high > 25 and high < 720 else []

    return film(10, 5, boxes)


def from_the_left(fps: float, speed: float, late_s: float = 0.0) -> Frames:
    """B22: a car comes in over the left edge so fast that its first box lies inside, `late_s` farther."""

    def boxes(t: float) -> list[Row]:
        right = speed * (t - 1 + late_s) + 10
        left = max(0.0, right - 120)
        return [((left + right) / 2, 400, right - left, 100)] if right - left > 60 and left < 1280 else []

    return film(fps, 1 + 1400 / speed, boxes)


def pulls_out(fps: float, speed: float) -> Frames:
    """B22: a car that stood beyond the line from the first picture on drives off."""
    return film(fps, 8, lambda t: [(130 + speed * max(0.0, t - 4), 400, 120, 100)] if t < 6.5 else [])


def then_drives_off(frames: Frames) -> Frames:
    """The car of `frames` goes on downwards, away."""
    start = frames[-1][0]
    return frames + [(start + i / 10, [(300, 305 + 12 * i, 120, 100)]) for i in range(1, 30)]


def jump(start: float, end: float, empty: int = 0) -> Frames:
    """B23: seen twice, half a second apart, then `empty` pictures without it."""
    seen: Frames = [(0.0, [(300, start, 120, 100)]), (0.5, [(300, end, 120, 100)])]
    return seen + [(1.0 + i / 2, []) for i in range(empty)]


def abreast(t: float) -> list[Row]:
    """B25: two cars side by side."""
    return [(200, 100 + 150 * t, 120, 100), (420, 100 + 150 * t, 120, 100)]


def brightening(t: float) -> list[Row]:
    """B32: a parked car whose box grows for 2 s every 30 s."""
    return [(300, 297, 120, 100, "car", 0.8) if t % 30 > 2 else (300, 299, 124, 112, "car", 0.6)]


TO_THE_RIGHT = [{"id": "L", "tail": line((300, 100), (300, 500), (500, 300))}]
HIGHER = (300, 290, 120, 100), (300, 340, 120, 200)
WIDER = (280, 300, 120, 100), (340, 300, 240, 100)
NARROWER = (280, 300, 120, 100), (316, 300, 48, 100)
TOP = [{"id": "L", "tail": across(10)}]
LEFT = [{"id": "L", "tail": line((60, 200), (60, 600), (300, 400))}]
TOP_BOTTOM = [{"id": "L", "tail": across(10, anchor="bottom")}]
TWO_LANES = [{"id": "a", "tail": across(300, 0, 310)}, {"id": "b", "tail": across(300, 310, 700)}]
TWO_WAYS = [
    {"id": "right", "tail": line((550, 100), (550, 500), (700, 300))},
    {"id": "left", "tail": line((550, 100), (550, 500), (400, 300))},
]


def both_ways(t: float) -> list[Row]:
    """B26: one from left to right, one from right to left."""
    return [(100 + 100 * t, 300, 120, 100), (1000 - 100 * t, 330, 120, 100)]


COUNTS: list[tuple[str, Lanes, Frames, dict[str, int]]] = [
    ("B20 stop-and-go on the line counts once", LANE, creeping(), {"L": 1}),
    ("B20 with the box lost for half a second twice", LANE, creeping(gap_s=0.5), {"L": 1}),
    ("B20 with the box lost for a second twice", LANE, creeping(gap_s=1.2), {"L": 1}),
    ("B20 with jumps of the box", LANE, creeping(jump_px=30), {"L": 1}),
    ("B20 and then drives off", LANE, then_drives_off(creeping()), {"L": 1}),
    ("B21 a flicker is no crossing", LANE, parked(50), {"L": 0}),
    ("B21 nor is one just before the end", LANE, parked(97), {"L": 0}),
    ("B21 a box twice as high for a picture, at 5 a second, then it leaves", LANE, flickers(5, *HIGHER), ONE),
    ("B21 at 3 a second", LANE, flickers(3, *HIGHER), ONE),
    ("B21 twice as wide", TO_THE_RIGHT, flickers(5, *WIDER), ONE),
    ("B21 its far part alone", TO_THE_RIGHT, flickers(3, *NARROWER), ONE),
    ("B22 a line at the edge counts", TOP, from_the_top(150), {"L": 1}),
    ("B22 with the bottom as anchor", TOP_BOTTOM, from_the_top(150), {"L": 1}),
    ("B22 at 2 a second, first seen inside", LEFT, from_the_left(2, 420, 0.0), {"L": 1}),
    ("B22 at 3 a second", LEFT, from_the_left(3, 500, 0.1), {"L": 1}),
    ("B22 but it stood there and drives off", LEFT, pulls_out(2, 420), {"L": 0}),
    ("B23 a jump over the line at 2 fps", LANE, jump(120, 480), {"L": 1}),
    ("B23 the other way does not count", LANE, jump(480, 120), {"L": 0}),
    ("B23 a car that leaves after it", LANE, jump(120, 480, empty=3), {"L": 1}),
    ("B25 two abreast are two, one per lane", TWO_LANES, film(10, 4, abreast), {"a": 1, "b": 1}),
    ("B25 two abreast on one line are two", LANE, film(10, 4, abreast), {"L": 2}),
    ("B26 opposite directions, each in its lane", TWO_WAYS, film(10, 8, both_ways), {"right": 1, "left": 1}),
    ("B29 a pedestrian", LANE, film(10, 10, lambda t: [(300, 100 + 50 * t, 40, 100, "person")]), {"L": 0}),
    ("B29 a cyclist", LANE, film(10, 10, lambda t: [(300, 100 + 50 * t, 40, 90, "bicycle")]), {"L": 0}),
    ("B32 a parked car that brightens", LANE, film(10, 120, brightening), {"L": 0}),
]


@pytest.mark.parametrize(("case", "lanes", "frames", "arrivals"), COUNTS, ids=[row[0] for row in COUNTS])
def test_arrivals(
    case: str,
    lanes: Lanes,
    frames: Frames,
    arrivals: dict[str, int],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    totals = count_boxes(monkeypatch, tmp_path, lanes, frames)["totals"]
    assert {lane: total["arrivals"] for lane, total in totals.items()} == arrivals, case


QUEUE_OF_B27 = [
    {
        "id": "L",
        "tail": across(200, 200, 400),
        "booth": across(300, 200, 400),
        "area": area(200, 100, 400, 600),
    }
]
IN_ITS_LANE: Row = (330, 260, 300, 250, "bus")
IN_THE_NEXT: Row = (300, 230, 400, 200, "bus")


def waiting_car(hidden: tuple[float, float], bus: Row | None) -> Frames:
    """B27: a car waits 40 s and is hidden for a while, with or without the bus that hides it."""

    def boxes(t: float) -> list[Row]:
        y = min(100 + 40 * t, 250) if t < 45 else 250 + 60 * (t - 45)
        start, end = hidden
        car: list[Row] = [] if start <= t < end or y > 700 else [(300 + 2 * (t >= end), y, 120, 100)]
        return car + ([bus] if bus and start - 0.5 < t < end + 0.5 else [])

    return film(10, 60, boxes)


@pytest.mark.parametrize(
    ("case", "hidden", "bus"),
    [
        ("B27 hidden for 3 s", (10, 13), None),
        ("B27 hidden for 3 s by a bus that is seen", (10, 13), IN_ITS_LANE),
        ("B27 hidden for 12 s", (10, 22), IN_ITS_LANE),
    ],
)
def test_a_hidden_vehicle_is_one_vehicle(
    case: str, hidden: tuple[float, float], bus: Row | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    document = count_boxes(monkeypatch, tmp_path, QUEUE_OF_B27, waiting_car(hidden, bus))
    assert document["totals"] == {"L": {"arrivals": 1, "departures": 1}}, case
    assert len({crossing["track"] for crossing in document["crossings"]}) == 1
    waiting = [row["stopped"] for row in document["queue"] if 7 < row["t_s"] < 44]
    assert min(waiting) >= 1, "the vehicle stands all the while"


def test_b27_who_was_hidden_is_in_the_queue_again_once_the_bus_has_gone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    frames = waiting_car((10, 22), IN_THE_NEXT)
    queue = count_boxes(monkeypatch, tmp_path, QUEUE_OF_B27, frames)["queue"]
    assert {(row["in_view"], row["stopped"]) for row in queue if 22.5 < row["t_s"] < 44} == {(1, 1)}


def test_b28_a_change_of_lanes_adds_no_exit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lanes = [
        {"id": "one", "tail": across(200, 0, 400), "booth": across(500, 0, 400)},
        {"id": "two", "tail": across(200, 400, 800), "booth": across(500, 400, 800)},
    ]
    frames = film(10, 6, lambda t: [(200 + min(max(t - 2, 0) * 200, 400), 100 + 100 * t, 120, 100)])
    totals = count_boxes(monkeypatch, tmp_path, lanes, frames)["totals"]
    assert sum(total["arrivals"] for total in totals.values()) == 1
    assert sum(total["departures"] for total in totals.values()) == 1


def test_b29_a_pedestrian_is_not_in_view(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lane = {"id": "L", "tail": across(300), "area": area(0, 100, 1280, 700)}
    frames = film(10, 10, lambda t: [(300, 600 - 50 * t, 40, 100, "person")])
    document = count_boxes(monkeypatch, tmp_path, [lane], frames)
    assert {(row["in_view"], row["stopped"]) for row in document["queue"]} == {(0, 0)}


def test_b21_the_last_box_of_a_recording_has_the_last_word(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    totals = count_boxes(monkeypatch, tmp_path, LANE, parked(99))["totals"]
    assert totals["L"]["arrivals"] == 1


QUEUE_LANE = [{"id": "L", "booth": across(655), "area": area(200, 100, 700, 700)}]
WAITING: list[Row] = [(300, 600, 120, 100), (300, 480, 120, 100)]
SWITCH_S = 20.0
LAMP: Row = (560, 350, 90, 80, "car", 0.66)
MISSED_S = 26.0


def lit(t: float) -> list[Row]:
    """B31: two cars wait; from the switch to night on, something stands where nobody came to."""
    return [*WAITING, LAMP] if t >= SWITCH_S else WAITING


def starts_late(t: float) -> list[Row]:
    """What appeared at the switch drives off 10 s later: it was a car."""
    x, y, *rest = LAMP
    return lit(t) if t < SWITCH_S + 10 else [*WAITING, (x, y + 12 * min(t - SWITCH_S - 10, 10), *rest)]


def from_behind(t: float) -> list[Row]:
    """A car that came hidden by a trailer stands there when the trailer leaves."""
    if t < SWITCH_S:
        return [*WAITING, (560, 340, 240, 220, "truck", 0.9)]
    gone = 340 + 150 * (t - SWITCH_S)
    return [*WAITING, LAMP] + ([(560, gone, 240, 220, "truck", 0.9)] if gone < 760 else [])


def queues_up(t: float) -> list[Row]:
    """A car comes over the upstream end and stops at once."""
    return WAITING if t < SWITCH_S else [*WAITING, (560, 160, 90, 80, "car", 0.66)]


def found_again(t: float) -> list[Row]:
    """A standing car is not found for longer than its track lives."""
    return WAITING[:1] if 10 <= t < 10 + MISSED_S else WAITING


def after_a_gap(pictures: Frames) -> Frames:
    """No pictures for the 10 s before the switch."""
    return [(t, boxes) for t, boxes in pictures if not SWITCH_S - 10 < t < SWITCH_S]


@pytest.mark.parametrize(
    ("case", "frames", "stopped"),
    [
        ("B31 a box appears at the switch to night, and stays", film(5, 120, lit), 2),
        ("B31 but it moves later", film(5, 60, starts_late), 3),
        ("B31 but it came hidden behind a trailer", film(5, 60, from_behind), 3),
        ("B31 but it came over the upstream end", film(5, 60, queues_up), 3),
        ("B31 but the camera was away meanwhile", after_a_gap(film(5, 60, lit)), 3),
        ("B31 but it was there at the start", film(5, 60, lambda t: [*WAITING, LAMP]), 3),
        ("B31 but it stood there before and was not found for a while", film(5, 60, found_again), 2),
        ("B31 but it has been there for longer than any stop", film(1, 1300, lit), 3),
    ],
)
def test_what_appears_standing_in_the_middle_is_no_vehicle(
    case: str, frames: Frames, stopped: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    queue = count_boxes(monkeypatch, tmp_path, QUEUE_LANE, frames)["queue"]
    assert (queue[-1]["in_view"], queue[-1]["stopped"]) == (stopped, stopped), case
