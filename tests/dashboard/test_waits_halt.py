"""A plaza stands still where nobody leaves any of its occupied booths for much longer than usual."""

from __future__ import annotations

from dataclasses import replace

import pytest

from dashboard.minutes import LaneMinute
from dashboard.waits.booth import Booth
from dashboard.waits.engine import WaitEngine
from dashboard.waits.halt import LASTS_S, is_halted
from dashboard.waits.site import LaneSpec, SiteSpec, StreamSpec

FAST = "commercial/fast"
MINUTE_S, CYCLE_S = 60.0, 60.0


def minute_of(lane: str, minute: int, left: int, occupied: float = 1.0) -> LaneMinute:
    """A booth with five vehicles in its lane, or as `occupied` says with nobody."""
    start_s, standing = minute * MINUTE_S, 5.0 if occupied else 0.0
    return LaneMinute(
        start_s, start_s + MINUTE_S, lane, "booth", (FAST,), left, left, standing, standing, None, False,
        occupied, False,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("case", "booths", "left", "still_min", "occupied", "halted"),
    [
        ("they go on", 3, 1, 3, 1.0, False),
        ("a minute without a departure is luck", 2, 0, 1, 1.0, False),
        ("two minutes at two booths are not", 2, 0, 2, 1.0, True),
        ("at three booths one minute tells", 3, 0, 1, 1.0, True),
        ("one booth alone pauses", 1, 0, 9, 1.0, False),
        ("nobody is there to leave", 3, 0, 9, 0.0, False),
    ],
)
def test_a_halt_is_seen(
    case: str, booths: int, left: int, still_min: int, occupied: float, halted: bool
) -> None:
    lanes = [Booth(LaneSpec(f"b{n}", "booth", (FAST,), 120.0, 155.0), (FAST,)) for n in range(booths)]
    for lane in lanes:
        for minute in range(5):
            lane.see(minute_of(lane.spec.id, minute, 1))
        for minute in range(5, 5 + still_min):
            lane.see(minute_of(lane.spec.id, minute, left, occupied))
    found = is_halted([(lane, CYCLE_S) for lane in lanes], (5 + still_min) * MINUTE_S)
    assert found is halted, case


@pytest.mark.parametrize(
    ("case", "third", "halted"),
    [
        ("nobody leaves the third either", {}, True),
        ("the third lets somebody go", {"departures": 1}, False),
        ("the third is gone from sight", None, True),
    ],
)
def test_a_halt_is_of_all_booths(case: str, third: dict[str, int] | None, halted: bool) -> None:
    lanes = [Booth(LaneSpec(f"b{n}", "booth", (FAST,), 120.0, 155.0), (FAST,)) for n in range(3)]
    for lane in lanes:
        for minute in range(5):
            lane.see(minute_of(lane.spec.id, minute, 1))
    for minute in range(5, 9):
        for lane in lanes[:2]:
            lane.see(minute_of(lane.spec.id, minute, 0))
        if third is not None:
            lanes[2].see(replace(minute_of("b2", minute, 0), **third))
    assert is_halted([(lane, CYCLE_S) for lane in lanes], 9 * MINUTE_S) is halted, case


@pytest.mark.parametrize(
    ("case", "occupied", "in_view", "halted"),
    [
        ("vehicles stand at both booths", 1.0, 5.0, True),
        ("vehicles are in the lanes, but the booths mostly vacant", 0.3, 5.0, False),
        ("both lanes are seen empty, whatever a shadow at the booth says", 1.0, 0.0, False),
    ],
)
def test_only_those_who_stand_at_a_booth_are_held(
    case: str, occupied: float, in_view: float, halted: bool
) -> None:
    lanes = [Booth(LaneSpec(f"b{n}", "booth", (FAST,), 120.0, 155.0), (FAST,)) for n in range(2)]
    for lane in lanes:
        lane.see(minute_of(lane.spec.id, 0, 1))
        for minute in range(1, 9):
            lane.see(replace(minute_of(lane.spec.id, minute, 0, occupied), in_view_mean=in_view))
    assert is_halted([(lane, CYCLE_S) for lane in lanes], 9 * MINUTE_S) is halted, case


def test_cameras_that_are_out_tell_of_no_halt() -> None:
    lanes = [Booth(LaneSpec(name, "booth", (FAST,), 120.0, 155.0), (FAST,)) for name in ("b1", "b2")]
    for lane in lanes:
        lane.see(minute_of(lane.spec.id, 0, 1))
    assert not is_halted([(lane, CYCLE_S) for lane in lanes], 20 * MINUTE_S)


def test_who_joins_during_a_halt_waits_for_its_end() -> None:
    booths = tuple(LaneSpec(f"b{n}", "booth", (FAST,), 120.0, 155.0) for n in range(3))
    engine = WaitEngine(SiteSpec((StreamSpec(FAST, nominal_service_s=50.0, pitch_m=21.0),), booths))

    def told(minute: int, left: int) -> float:
        engine.step([minute_of(lane.id, minute, left) for lane in booths])
        wait = engine.estimates((minute + 1) * MINUTE_S)[0]
        assert wait is not None
        return wait.wait_s

    before_s = [told(minute, 1) for minute in range(20)][-1]
    during_s = [told(minute, 0) for minute in range(20, 25)][-1]
    after_s = [told(minute, 1) for minute in range(25, 30)][-1]
    assert during_s > before_s + 0.7 * LASTS_S
    assert after_s == pytest.approx(before_s, abs=CYCLE_S)
