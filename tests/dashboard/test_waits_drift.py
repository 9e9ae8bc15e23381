"""How far counts are off: a distribution over vehicles that moves, widens, and is never negative."""

from __future__ import annotations

import numpy as np
import pytest

from dashboard.waits.drift import Drift, about, at_least, at_most


def known(vehicles: float, sd: float = 2.0) -> Drift:
    """A stream of which so many vehicles between the lines are known, but for `sd`."""
    drift = Drift()
    drift.move(vehicles, 400.0)
    drift.begin(about(drift.vehicles(), vehicles, sd, sd))
    return drift


def test_counts_move_the_mean_and_their_errors_add_up() -> None:
    drift = known(50.0)
    for change, variance in [(3.0, 0.5), (-8.0, 2.0), (0.0, 0.0), (5.0, 1.0), (2.0, 60.0)]:
        before_mean, before_sd = drift.mean(), drift.sd()
        drift.move(change, variance)
        assert drift.mean() == pytest.approx(before_mean + change, abs=0.05), (change, variance)
        assert drift.sd() ** 2 == pytest.approx(before_sd**2 + variance, rel=0.02), (change, variance)


@pytest.mark.parametrize("missed", [-1.0, 1.0], ids=["departures are missed", "arrivals are missed"])
def test_lines_that_miss_vehicles_for_days_are_followed(missed: float) -> None:
    """The counts run away from the truth by a vehicle a step, which is far more in the end than the grid
    holds, and what is seen pulls the balance back."""
    drift = known(40.0)
    for step in range(1000):
        drift.move(-missed, 1.0)
        drift.weigh(about(drift.vehicles(), 40.0, 1.0, 1.0))
        assert drift.mean() == pytest.approx(40.0, abs=2.0), step
        assert drift.sd() < 1.5, step


@pytest.mark.parametrize("off", [-70.0, 70.0])
def test_moving_the_grid_changes_nothing_that_is_told(off: float) -> None:
    drift = known(100.0)
    drift.begin(about(drift.vehicles(), 100.0 + off, 2.0, 2.0))
    base, mean, sd = drift.base, drift.mean(), drift.sd()
    drift.move(0.0, 0.0)
    assert abs(drift.base - base) > 50.0, "it was moved"
    assert (drift.mean(), drift.sd()) == pytest.approx((mean, sd), abs=0.01)


@pytest.mark.parametrize("miscounted", [4.0, 10.0, 40.0, 90.0, 500.0])
def test_no_queue_is_negative_and_the_next_who_come_are_counted(miscounted: float) -> None:
    """More are said to have left than were there, so nobody is left: who comes then is not taken for them."""
    drift = known(2.0)
    drift.move(-2.0 - miscounted, 1.0)
    assert 0.0 <= drift.mean() < 1.5
    drift.move(10.0, 0.0)
    assert drift.mean() == pytest.approx(10.0, abs=2.0)


@pytest.mark.parametrize(
    ("case", "likelihood", "fewer", "as_many", "more"),
    [
        (
            "as many were seen, two beside it",
            about(np.array([8.0, 10.0, 12.0]), 10.0, 2.0, 1.0),
            0.61,
            1,
            0.14,
        ),
        ("so many at least", at_least(np.array([8.0, 10.0, 12.0]), 10.0, 2.0), 0.61, 1, 1),
        ("so many at most", at_most(np.array([8.0, 10.0, 12.0]), 10.0, 2.0), 1, 1, 0.61),
    ],
)
def test_likelihoods_of_two_fewer_and_two_more(
    case: str, likelihood: np.ndarray, fewer: float, as_many: float, more: float
) -> None:
    assert likelihood.tolist() == pytest.approx([fewer, as_many, more], abs=0.01), case
