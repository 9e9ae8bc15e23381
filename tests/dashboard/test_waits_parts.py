"""The parts of the wait engine, each on its own."""

from __future__ import annotations

import math
from dataclasses import replace

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.minutes import LaneMinute
from dashboard.waits.ahead import Server, wait_s
from dashboard.waits.backtest import Backtest
from dashboard.waits.booth import Booth, Headways
from dashboard.waits.capacity import Capacity
from dashboard.waits.curve import Curve
from dashboard.waits.cycle import Cycle
from dashboard.waits.drift import Drift, about, at_least, at_most
from dashboard.waits.mix import Mix
from dashboard.waits.site import LaneSpec
from dashboard.waits.spill import Spill

FAST, STANDARD = "commercial/fast", "commercial/standard"


OPENS = Server(0.0, 0.0, opens_s=40.0)
NEVER = replace(OPENS, opens_s=math.inf)
CLOSES = Server(1.0, 8.0, until_s=30.0)


@pytest.mark.parametrize(
    ("case", "ahead", "servers", "expected_s"),
    [
        ("nobody ahead", 0.0, [Server(0.0, 0.0)], 0.0),
        ("one at the booth, half done", 1.0, [Server(1.0, 5.0)], 7.0),
        ("three in one lane", 3.0, [Server(3.0, 5.0)], 47.0),
        ("three of whom two are out of view", 3.0, [Server(1.0, 5.0)], 47.0),
        ("another booth is free", 3.0, [Server(3.0, 5.0), Server(0.0, 0.0)], 0.0),
        ("the free booth takes nobody", 3.0, [Server(3.0, 5.0), Server(0.0, 0.0, False)], 47.0),
        ("two equal booths share the rest", 6.0, [Server(1.0, 8.0), Server(1.0, 8.0)], 50.0),
        ("the shorter lane fills first", 4.0, [Server(1.0, 8.0), Server(2.0, 8.0)], 30.0),
        ("one that opens at 40 s takes its share from then on", 6.0, [Server(1.0, 8.0), OPENS], 75.0),
        ("one that closes at 30 s takes nobody after", 6.0, [CLOSES, Server(1.0, 8.0)], 70.0),
        ("one that opens when the other closes", 6.0, [OPENS, replace(CLOSES, until_s=40.0)], 110.0),
        ("one that opens never takes nobody", 6.0, [NEVER, Server(1.0, 8.0)], 110.0),
        ("all close before: they are taken not to", 6.0, [CLOSES, replace(CLOSES, until_s=20.0)], 50.0),
        ("one that opens in a century", 6.0, [replace(OPENS, opens_s=3e9)], 3e9 + 120.0),
    ],
)
def test_wait_from_vehicles_ahead(case: str, ahead: float, servers: list[Server], expected_s: float) -> None:
    assert wait_s(ahead, servers, cycle_s=20.0, ready_s=2.0) == pytest.approx(expected_s)


@pytest.mark.parametrize(
    ("case", "servers"),
    [
        ("there is none", []),
        ("it takes nobody", [Server(1.0, 5.0, accepts=False)]),
        ("it opens never", [NEVER]),
        ("it opens never, the other takes nobody", [NEVER, Server(1.0, 5.0, False)]),
    ],
)
def test_without_a_booth_that_takes_vehicles_no_wait_can_be_told(case: str, servers: list[Server]) -> None:
    with pytest.raises(ValueError, match="no booth"):
        wait_s(1.0, servers, 20.0, 2.0)


SERVERS = st.lists(st.builds(Server, st.floats(0, 7), st.floats(0, 200)), min_size=1, max_size=6)


@given(st.floats(0, 200), st.floats(0, 50), SERVERS, st.floats(5, 150))
def test_a_longer_queue_never_waits_less(
    ahead: float, more: float, servers: list[Server], cycle_s: float
) -> None:
    shorter = wait_s(ahead, servers, cycle_s, 0.1 * cycle_s)
    assert 0.0 <= shorter <= wait_s(ahead + more, servers, cycle_s, 0.1 * cycle_s) + 1e-6


def test_drift_follows_counts_and_bounds() -> None:
    drift = Drift()
    drift.move(10.0, 0.5)
    assert drift.mean() == pytest.approx(10.3, abs=0.5)
    drift.weigh(at_least(drift.vehicles(), 14.0, 0.5))
    assert drift.mean() > 11.5
    drift.weigh(at_most(drift.vehicles(), 9.0, 0.5))
    drift.weigh(about(drift.vehicles(), 9.0, 0.3, 0.3))
    assert drift.mean() == pytest.approx(9.0, abs=0.7)


@given(st.lists(st.tuples(st.floats(-30, 30), st.floats(0, 40)), max_size=40))
def test_drift_is_never_negative_and_stays_a_distribution(moves: list[tuple[float, float]]) -> None:
    drift = Drift()
    for change, variance in moves:
        drift.move(change, variance)
    assert drift.mean() >= 0.0
    assert np.isfinite(drift.sd())


@given(st.lists(st.integers(0, 5), min_size=1, max_size=30))
def test_curve_counts_back_and_forth(counts: list[int]) -> None:
    curve = Curve()
    for place, count in enumerate(counts):
        curve.add(60.0 * place, 60.0 * place + 60.0, count)
    assert curve.total() == sum(counts)
    assert curve.since(0.0, 60.0 * len(counts)) == pytest.approx(sum(counts))
    for count in range(1, sum(counts) + 1):
        reached_s = curve.when(float(count))
        assert reached_s is not None
        assert curve.at(reached_s) == pytest.approx(count)


def test_curve_forgets_what_is_old() -> None:
    curve = Curve()
    for place in range(5000):
        curve.add(60.0 * place, 60.0 * place + 60.0, 1)
    assert curve.total() == 5000
    assert curve.when(10.0) is None
    assert curve.since(60.0 * 4990, 60.0 * 5000) == pytest.approx(10.0)


def test_cycle_goes_from_what_is_usual_to_what_is_measured() -> None:
    cycle = Cycle(nominal_s=60.0, move_up_s=10.0)
    assert cycle.mean_s() == pytest.approx(70.0)
    for _ in range(3):
        cycle.add(Headways(17.0, 1, 7.0))
    assert cycle.mean_s() < 30.0
    assert 0.4 < cycle.luck_cv() < 0.6  # few regular ones promise little
    for _ in range(30):
        cycle.add(Headways(17.0, 1, 7.0))
    assert cycle.mean_s() == pytest.approx(17.0, abs=0.5)
    assert cycle.cv() < 0.1
    assert 0.2 < cycle.luck_cv() < 0.3
    assert cycle.ready_s() == pytest.approx(4.4, abs=0.3)


def test_a_pause_counts_as_a_few_cycles() -> None:
    cycle = Cycle(nominal_s=60.0, move_up_s=10.0)
    for _ in range(20):
        cycle.add(Headways(70.0, 1, 10.0))
    cycle.add(Headways(3600.0, 1, 3600.0))
    assert cycle.mean_s() < 90.0


def test_a_booth_that_takes_long_is_expected_to_take_longer_still() -> None:
    booth = Booth(LaneSpec("b1", "booth"), (FAST,), departed_s=0.0)
    left = [booth.residual_s(at_s, cycle_s=60.0, ready_s=10.0) for at_s in (15.0, 40.0, 300.0)]
    assert left == [pytest.approx(45.0), pytest.approx(20.0), pytest.approx(51.0)]


def test_shares_of_a_lane_follow_matches_and_sum_to_one() -> None:
    mix = Mix((FAST, STANDARD))
    for _ in range(60):
        mix.forget(60.0)
        mix.see_match(FAST)
        mix.see({FAST: 1.0}, 4)
    assert 0.7 < mix.share(FAST) < 1.0
    assert mix.share(FAST) + mix.share(STANDARD) == pytest.approx(1.0)
    assert mix.share("passenger/nexus") == 0.0


def test_shares_of_a_lane_follow_departures_without_matches() -> None:
    mix = Mix((FAST, STANDARD))
    for _ in range(120):
        mix.forget(60.0)
        mix.see({FAST: 1.0}, 4)
    assert mix.share(FAST) == pytest.approx(0.25, abs=0.03)


def row_of(lane: str, start_s: float, **figures: object) -> LaneMinute:
    """A minute of a booth in which nothing was measured but `figures`."""
    blank: dict[str, object] = dict.fromkeys(
        ("arrivals", "departures", "in_view_mean", "stopped_mean", "length_m", "full", "booth_occ")
    )
    row: LaneMinute = msgspec.convert(
        {"start_s": start_s, "end_s": start_s + 60.0, "lane": lane, "kind": "booth", "serves": [STANDARD]}
        | {"missing": False}
        | blank
        | figures,
        LaneMinute,
    )
    return row


FREE, COVERED = -6.0, 3.0
"""Evidence for a covered line, as a view that is empty or jammed gives."""


def spilled(minutes: int = 30, slice_s: float = 60.0) -> Spill:
    """180 vehicles/h come for 40 min over a free line; then the line is covered and lets 108/h through."""
    spill = Spill()
    for _ in range(round(40 * 60 / slice_s)):
        spill.step(slice_s, 0.05 * slice_s, FREE, 0.03)
    for _ in range(round(minutes * 60 / slice_s)):
        spill.step(slice_s, 0.03 * slice_s, COVERED, 0.03)
    return spill


def test_the_queue_beyond_the_line_grows_while_it_is_covered_and_goes_when_it_is_free() -> None:
    spill = spilled(0)
    assert spill.rate_per_s == pytest.approx(0.05, rel=0.15)
    assert not spill.covered
    spill = spilled(30)
    assert spill.covered
    assert 10.0 < spill.vehicles < 40.0
    assert spill.rate_per_s < 0.05
    assert spill.sd > 2.0
    for _ in range(10):
        spill.step(60.0, 1.8, FREE, 0.03)
    assert not spill.covered
    assert spill.vehicles < 1.0


def test_the_length_of_slices_hardly_matters_to_the_queue_beyond() -> None:
    assert spilled(30, 5.0).vehicles == pytest.approx(spilled(30, 60.0).vehicles, rel=0.25)


def test_without_counts_at_the_line_the_queue_beyond_stays_what_it_was() -> None:
    spill = spilled(30)
    before, sd = spill.vehicles, spill.sd
    for _ in range(10):
        spill.step(60.0, None, 0.0, 0.03)
    assert spill.covered
    assert spill.vehicles == pytest.approx(before, abs=8.0)
    assert spill.sd >= sd


def test_capacity_is_learned_and_doubted_again() -> None:
    capacity = Capacity()
    first = capacity.sd()
    for _ in range(10):
        capacity.see(40.0, 50.0, 3.0)
    assert capacity.share == pytest.approx(0.8, abs=0.05)
    assert capacity.sd() < first
    capacity.age(36000.0)
    assert capacity.sd() == pytest.approx(first, rel=0.05)
    capacity.see(40.0, 0.0, 3.0)
    assert capacity.share == pytest.approx(0.8, abs=0.05)


@pytest.mark.parametrize(
    ("case", "in_view", "full", "passed_s"),
    [
        ("five wait behind it: the fifth before the last came", 6.0, True, 300.0),
        ("nobody behind it", 1.0, False, 600.0),
        ("a full view that shows two does not show all", 2.0, True, None),
    ],
)
def test_when_the_vehicle_at_the_booth_passed_the_tail_line(
    case: str, in_view: float, full: bool, passed_s: float | None
) -> None:
    booth = Booth(LaneSpec("b1", "booth", (STANDARD,), 120.0, 155.0), (STANDARD,))
    for minute in range(10):
        booth.see(row_of("b1", 60.0 * minute, arrivals=1, in_view_mean=in_view, full=full))
    found = booth.tail_passed_s(600.0)
    assert (found is None) == (passed_s is None)
    if found is not None:
        assert found == pytest.approx(passed_s, abs=60.0)


@pytest.mark.parametrize(
    ("case", "error_s", "wider"), [("too narrow", 400.0, True), ("too wide", 1.0, False)]
)
def test_intervals_follow_what_matched_vehicles_waited(case: str, error_s: float, wider: bool) -> None:
    backtest = Backtest()
    for minute in range(60):
        backtest.note(60.0 * minute, 600.0, 200.0)
        backtest.see(60.0 * minute, 600.0 + error_s)
    assert (backtest.scale() > 1.3) is wider
    assert (backtest.scale() < 0.95) is not wider
