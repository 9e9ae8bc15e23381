"""A lane with room says that nobody waits behind it, but only where vehicles are seen to use it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from dashboard.minutes import LaneMinute
from dashboard.waits.booth import Booth
from dashboard.waits.engine import WaitEngine
from dashboard.waits.expected import open_booths
from dashboard.waits.site import LaneSpec, SiteSpec, StreamSpec

FAST = "commercial/fast"
MINUTE_S = 60.0
QUEUE = 20
"""Vehicles between line and booths after `grown`: by then the counts have become uncertain."""
GROWN_MIN = 90


def site(line_m: float = 1500.0) -> SiteSpec:
    """Two booths of one stream, and a line upstream of them."""
    booths = tuple(LaneSpec(name, "booth", (FAST,), 120.0, 155.0) for name in ("b1", "b2"))
    line = LaneSpec("u1", "approach", (FAST,), 120.0, None, line_m)
    return SiteSpec((StreamSpec(FAST, nominal_service_s=60.0, pitch_m=21.0),), (*booths, line))


def booth(name: str, minute: int, in_view: float, came: int, left: int) -> LaneMinute:
    start_s, busy = minute * MINUTE_S, 0.85 if in_view else 0.0
    return LaneMinute(
        start_s, start_s + MINUTE_S, name, "booth", (FAST,), came, left, in_view, in_view, None,
        in_view > 5.0, busy, False,
    )  # fmt: skip


def line(minute: int, came: int, standing: float = 0.0) -> LaneMinute:
    start_s = minute * MINUTE_S
    return LaneMinute(
        start_s, start_s + MINUTE_S, "u1", "approach", (FAST,), came, None, max(standing, 0.5), standing,
        None, standing > 4.0, None, False,
    )  # fmt: skip


def grown(site_spec: SiteSpec) -> tuple[WaitEngine, int]:
    """An engine that saw the queue grow from nothing at one booth and stay, while the other is closed; the
    next minute.
    """
    engine = WaitEngine(site_spec)
    engine.step([booth("b1", -1, 0.0, 0, 0), booth("b2", -1, 0.0, 0, 0), line(-1, 0)])
    for minute in range(GROWN_MIN):
        came = 3 if minute < QUEUE // 2 else 1
        engine.step([booth("b1", minute, 5.6, 1, 1), booth("b2", minute, 0.0, 0, 0), line(minute, came)])
    return engine, GROWN_MIN


def inside(engine: WaitEngine) -> float:
    """Vehicles between line and booths, as the engine believes."""
    return engine._streams[FAST].drift.mean()


@pytest.mark.parametrize(
    ("case", "seen", "least", "most"),
    [
        ("a vehicle of the next lane is counted for the closed booth", [(0.0, 1), (0.0, 0)], 0.85, 1.25),
        ("the booth opens and the first vehicles drive up", [(1.5, 2)], 0.85, 1.25),
        ("the lane beside full ones is used and keeps its room", [(2.0, 1)] * 8, 0.3, 0.65),
    ],
)
def test_a_lane_with_room(case: str, seen: list[tuple[float, int]], least: float, most: float) -> None:
    engine, minute = grown(site())
    for in_view, came in seen:
        left = 1 if in_view else 0
        rows = [booth("b1", minute, 5.6, 1, 1), booth("b2", minute, in_view, came, left), line(minute, 2)]
        engine.step(rows)
        minute += 1
    assert least * QUEUE <= inside(engine) <= most * QUEUE, case


def test_nobody_stands_in_the_lanes_of_closed_booths() -> None:
    """The queue reaches the line: so many vehicles fit on the road and before the booth that works."""
    engine, minute = grown(site(line_m=900.0))
    for _ in range(30):
        rows = [booth("b1", minute, 5.6, 1, 1), booth("b2", minute, 0.0, 0, 0), line(minute, 1, 5.4)]
        engine.step(rows)
        minute += 1
    state = engine.states(minute * MINUTE_S)[0]
    assert state.state == "at_least"
    assert inside(engine) == pytest.approx(0.93 * 900.0 / 21.0, abs=2.0)


def test_a_covered_line_that_goes_out_of_sight_lets_in_whom_the_booths_let_go() -> None:
    """However few came when the demand was last seen."""
    engine, minute = grown(site(line_m=900.0))
    for _ in range(30):
        rows = [booth("b1", minute, 5.6, 2, 2), booth("b2", minute, 0.0, 0, 0), line(minute, 2, 5.4)]
        engine.step(rows)
        minute += 1
    before = inside(engine)
    for _ in range(15):
        engine.step([booth("b1", minute, 5.6, 2, 2), booth("b2", minute, 0.0, 0, 0)])
        minute += 1
    assert inside(engine) == pytest.approx(before, abs=2.5)


@pytest.mark.parametrize(
    ("case", "in_view", "came", "takes"),
    [
        ("full, though its last vehicle takes long", 5.6, 0, True),
        ("one has left and none came for three minutes", 4.4, 0, False),
        ("one has left and one came", 4.4, 1, True),
        ("half empty", 2.5, 0, False),
    ],
)
def test_a_lane_that_is_not_filled_up_beside_a_full_one_is_closing(
    case: str, in_view: float, came: int, takes: bool
) -> None:
    lanes = [Booth(LaneSpec(name, "booth", (FAST,), 120.0, 155.0), (FAST,)) for name in ("b1", "b2")]
    for minute in range(6):
        lanes[0].see(booth("b1", minute, 5.6, 1, 1))
        lanes[1].see(
            booth("b2", minute, 5.6, 1, 1) if minute < 3 else booth("b2", minute, in_view, came, came)
        )
    found = open_booths(lanes, 6 * MINUTE_S)
    assert [(one.spec.id, accepts) for one, accepts in found] == [("b1", True), ("b2", takes)], case


@pytest.mark.parametrize(
    ("case", "in_view", "whole", "empty", "crowded"),
    [
        ("nobody there", 0.0, [True, True], True, False),
        ("a single row that says not all is seen", 0.0, [True, False], True, False),
        ("and it says so again: who stands there is not seen", 0.0, [False, False], False, False),
        ("it clears up", 0.0, [False, False, True], True, False),
        ("vehicles to the end of the view", 5.6, [False, False], False, True),
    ],
)
def test_a_lane_that_nobody_sees_is_neither_empty_nor_crowded(
    case: str, in_view: float, whole: list[bool], empty: bool, crowded: bool
) -> None:
    lane = Booth(LaneSpec("b1", "booth", (FAST,), 120.0, 155.0), (FAST,))
    for minute, seen_whole in enumerate(whole):
        lane.see(replace(booth("b1", minute, in_view, 1, 1), full=not seen_whole))
    assert (lane.is_empty(), lane.is_crowded()) == (empty, crowded), case
