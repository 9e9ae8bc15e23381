"""Measuring begins in the middle of a day: who stands there then was counted by nobody, and waits."""

from __future__ import annotations

import pytest

from dashboard.minutes import LaneMinute
from dashboard.waits.engine import WaitEngine
from dashboard.waits.site import LaneSpec, SiteSpec, StreamSpec

FAST = "commercial/fast"
SERVICE_S = 60.0
SLICES_S = (5.0, 60.0)


def site(approach: bool) -> SiteSpec:
    """One booth, with or without a line upstream of it."""
    lanes = [LaneSpec("b1", "booth", (FAST,), 120.0)]
    if approach:
        lanes.append(LaneSpec("u1", "approach", (FAST,), 120.0, None, 800.0))
    return SiteSpec((StreamSpec(FAST, nominal_service_s=SERVICE_S, pitch_m=21.0),), tuple(lanes))


def begun(approach: bool, standing: int, full: bool, slice_s: float, slices: int) -> WaitEngine:
    """An engine of a port where `standing` vehicles are in view; one comes when one is served."""
    engine = WaitEngine(site(approach))
    for number in range(slices):
        start_s, end_s = number * slice_s, (number + 1) * slice_s
        turned = int(end_s // SERVICE_S) - int(start_s // SERVICE_S)
        rows = [
            LaneMinute(
                start_s, end_s, "b1", "booth", (FAST,), turned, turned, float(standing), float(standing),
                None, full, 1.0 if standing else 0.0, False,
            )
        ]  # fmt: skip
        if approach:
            line = ("u1", "approach", (FAST,), turned, None, 0.5, 0.0, None, False, None, False)
            rows.append(LaneMinute(start_s, end_s, *line))
        engine.step(rows)
    return engine


@pytest.mark.parametrize("slice_s", SLICES_S)
@pytest.mark.parametrize("minutes", [1, 2, 10])
@pytest.mark.parametrize(
    ("case", "approach", "standing", "full", "most"),
    [
        ("nobody", False, 0, False, 0.5),
        ("six, and the lane's end is seen", False, 6, False, 7.0),
        ("three of an approach's", True, 3, False, 5.0),
        ("six, and the view ends before the queue does", False, 6, True, 18.0),
        ("six in full lanes, and a road behind them", True, 6, True, 30.0),
    ],
)
def test_who_stands_there_at_the_start_waits(
    case: str, approach: bool, standing: int, full: bool, most: float, minutes: int, slice_s: float
) -> None:
    end_s = minutes * 60.0
    engine = begun(approach, standing, full, slice_s, int(end_s / slice_s))
    state = engine.states(end_s)[0]
    assert standing - 1.5 <= engine._streams[FAST].drift.mean() <= most, case
    if standing:
        assert state.expected is not None
        assert state.expected.wait_s >= (standing - 2.5) * SERVICE_S, "never no wait while vehicles stand"
        assert state.expected.low_s <= (standing - 0.5) * SERVICE_S <= state.expected.high_s


@pytest.mark.parametrize(
    ("case", "full", "least", "most"),
    [("nobody is there", False, 0.0, 0.5), ("fog: nobody is seen, but not all either", True, 4.0, 12.0)],
)
def test_who_is_not_seen_is_not_gone(case: str, full: bool, least: float, most: float) -> None:
    engine = begun(False, 6, False, 60.0, 20)
    for number in range(20, 30):
        start_s, unseen = number * 60.0, (0.0, 0.0, None, full, None, False)
        engine.step([LaneMinute(start_s, start_s + 60.0, "b1", "booth", (FAST,), 1, 1, *unseen)])
    assert least <= engine._streams[FAST].drift.mean() <= most, case
