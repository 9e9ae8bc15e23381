"""Traffic: what every seed must hold, so that a recording can be scored."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.cameras import booth_camera, tail_camera
from simulator.driving import Drive, safe_speed
from simulator.site import QUEUE_LIMIT_M, STOP_LINE_M, TAIL_LINE_M
from simulator.traffic import LaneTraffic, Plan, planned_wait_s, simulate
from simulator.truth import true_wait_s, truth

seeds = st.integers(0, 2**32 - 1)
minutes = st.sampled_from([2.0, 2.5, 3.0, 3.5, 4.0, 6.0])
pytestmark = pytest.mark.slow


def rear_m(drive: Drive, at_s: float) -> float | None:
    front = drive.front_at(at_s)
    return None if front is None else front + drive.vehicle.length_m


def waits(part: LaneTraffic) -> list[float]:
    return [drive.wait_s for drive in part.drives if drive.wait_s is not None]


@settings(max_examples=12)
@given(seeds, minutes)
def test_peak_wait_lies_between_40_and_90_s_in_each_stream(seed: int, length_min: float) -> None:
    for part in simulate(Plan(seed, length_min * 60)):
        assert 40 <= max(waits(part)) <= 90


@settings(max_examples=12)
@given(seeds, st.floats(0.5, 8.0))
def test_lanes_are_empty_at_both_ends(seed: int, length_min: float) -> None:
    length_s = float(round(length_min * 60))
    for part in simulate(Plan(seed, length_s)):
        assert all(drive.enter_s > 0 for drive in part.drives)
        assert all(drive.gone_s is not None and drive.gone_s <= length_s for drive in part.drives)
        assert all(drive.front_at(length_s - 0.1) is None for drive in part.drives)


@settings(max_examples=12)
@given(seeds, minutes)
def test_the_queue_ends_well_inside_the_view(seed: int, length_min: float) -> None:
    for part in simulate(Plan(seed, length_min * 60)):
        ends = [rear_m(drive, drive.join_s) for drive in part.drives if drive.join_s is not None]
        assert max(end for end in ends if end is not None) <= QUEUE_LIMIT_M < TAIL_LINE_M - 15


@settings(max_examples=8)
@given(seeds, st.booleans())
def test_nobody_overlaps_overtakes_or_drives_back(seed: int, spill: bool) -> None:
    for part in simulate(Plan(seed, 210.0, spill)):
        for drive in part.drives:
            assert (np.diff(drive.front_m) <= 1e-9).all()
        for ahead, behind in pairwise(part.drives):
            for at_s in np.arange(behind.enter_s, 210.0, 0.5):
                rear, front = rear_m(ahead, float(at_s)), behind.front_at(float(at_s))
                assert rear is None or front is None or front - rear > 1.5


@settings(max_examples=8)
@given(seeds)
def test_vehicles_are_conserved(seed: int) -> None:
    traffic = simulate(Plan(seed, 210.0))
    content = truth(seed, 210.0, traffic, tail_camera(), booth_camera())
    for part in traffic:
        lines = [row["line"] for row in content["crossings"] if row["lane"] == part.lane.id]
        assert lines.count("tail") == lines.count("booth") == len(part.drives)


@settings(max_examples=8)
@given(seeds)
def test_each_vehicle_passes_tail_queue_booth_and_line_in_this_order(seed: int) -> None:
    content = truth(seed, 210.0, simulate(Plan(seed, 210.0)), tail_camera(), booth_camera())
    for vehicle in content["vehicles"]:
        assert 0 < vehicle["tail_s"] < vehicle["join_s"] <= vehicle["booth_s"] < vehicle["leave_s"] < 210
    leaves = {v["id"]: v["leave_s"] for v in content["vehicles"]}
    assert leaves == {r["vehicle"]: r["t_s"] for r in content["crossings"] if r["line"] == "booth"}


@settings(max_examples=6)
@given(seeds)
def test_after_the_first_minute_20_samples_have_a_true_wait_and_one_40_s(seed: int) -> None:
    content = truth(seed, 210.0, simulate(Plan(seed, 210.0)), tail_camera(), booth_camera())
    for stream in ("commercial/fast", "commercial/standard"):
        told = [true_wait_s(content, stream, float(at_s)) for at_s in range(60, 210, 5)]
        known = [wait for wait in told if wait is not None]
        assert len(known) >= 20
        assert max(known) >= 40


@given(seeds)
@settings(max_examples=6)
def test_inspection_takes_8_to_12_s_with_little_spread(seed: int) -> None:
    services = [d.vehicle.service_s for part in simulate(Plan(seed, 600.0)) for d in part.drives]
    assert min(services) >= 8
    assert max(services) <= 12
    assert np.std(services) / np.mean(services) <= 0.2


@pytest.mark.parametrize("seed", [0, 23, 777, 2**31])
def test_the_same_seed_gives_the_same_traffic(seed: int) -> None:
    first, second = (
        truth(seed, 210.0, simulate(Plan(seed, 210.0)), tail_camera(), booth_camera()) for _ in range(2)
    )
    assert first == second


def test_another_seed_gives_other_traffic() -> None:
    assert waits(simulate(Plan(1, 210.0))[0]) != waits(simulate(Plan(2, 210.0))[0])


def test_a_spill_stands_across_the_tail_line() -> None:
    for part in simulate(Plan(5, 90.0, spill=True)):
        standing = [rear_m(d, 85.0) for d in part.drives if d.join_s is not None and d.join_s < 85]
        assert max(rear for rear in standing if rear is not None) > TAIL_LINE_M


def test_vehicles_stop_at_the_stop_line() -> None:
    for part in simulate(Plan(4, 210.0)):
        for drive in part.drives:
            assert drive.booth_s is not None
            front = drive.front_at(drive.booth_s + 4)
            assert front is not None
            assert STOP_LINE_M <= front < STOP_LINE_M + 0.3


@pytest.mark.parametrize(
    ("case", "free_m", "ahead_ms", "at_most_ms"),
    [
        ("no room and a standing leader: stand", 0.0, 0.0, 0.0),
        ("overlap is never answered by driving", -3.0, 0.0, 0.0),
        ("25 m before a standing leader: a speed that stops in 25 m", 25.0, 0.0, 9.5),
    ],
)
def test_safe_speed(case: str, free_m: float, ahead_ms: float, at_most_ms: float) -> None:
    assert 0 <= safe_speed(free_m, ahead_ms, brake_ms2=1.8) <= at_most_ms


@pytest.mark.parametrize(
    ("case", "at_s", "expected_s"),
    [
        ("before the rise", 0.0, 20.0),
        ("on the plateau", 60.0, 50.0),
        ("after the fall", 200.0, 5.0),
    ],
)
def test_planned_wait_rises_and_falls(case: str, at_s: float, expected_s: float) -> None:
    assert planned_wait_s(at_s, peak_s=50.0, length_s=210.0) == pytest.approx(expected_s)
