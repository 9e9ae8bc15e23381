"""Seconds between departures of booths: first what is usual, then what was measured lately."""

from __future__ import annotations

import numpy as np
import pytest

from dashboard.waits.booth import Headways
from dashboard.waits.cycle import LUCK_CV, Cycle

NOMINAL_S, MOVE_UP_S = 50.0, 10.0


def cycle_of(headways_s: list[float], vacant_s: float = MOVE_UP_S) -> Cycle:
    """After these times between departures, one at a booth with a queue."""
    cycle = Cycle(NOMINAL_S, MOVE_UP_S)
    for one_s in headways_s:
        cycle.add(Headways(one_s, 1, vacant_s))
        cycle.add_service(one_s - vacant_s, 1)
    return cycle


@pytest.mark.parametrize(
    ("case", "headways_s", "least_s", "most_s"),
    [
        ("nothing measured: what is called usual", [], 60.0, 60.0),
        ("one departure moves it, and is not all", [120.0], 75.0, 115.0),
        ("ten alike are believed", [120.0] * 10, 110.0, 120.0),
        (
            "it became slower: the last 1500 count, not those before",
            [60.0] * 3000 + [90.0] * 1500,
            87.0,
            90.0,
        ),
        ("it became faster again", [90.0] * 3000 + [60.0] * 1500, 60.0, 63.0),
    ],
)
def test_the_pace_is_the_usual_one_until_measured(
    case: str, headways_s: list[float], least_s: float, most_s: float
) -> None:
    cycle = cycle_of(headways_s)
    assert least_s <= cycle.mean_s() <= most_s, case
    assert least_s <= cycle.usual_s() <= most_s, f"{case}: by services alone"


@pytest.mark.parametrize("cv", [0.1, 0.3, 0.5])
def test_how_irregular_services_are_is_measured(cv: float) -> None:
    drawn = np.random.default_rng(7).gamma(1 / cv**2, 60.0 * cv**2, 2000)
    cycle = cycle_of(drawn.tolist())
    assert cycle.cv() == pytest.approx(cv, rel=0.15)
    assert min(cv, LUCK_CV) * 0.9 < cycle.luck_cv() < LUCK_CV
    assert cycle_of([]).luck_cv() == pytest.approx(LUCK_CV, rel=0.05), "nothing is known: as is common"


def test_a_pause_is_not_the_pace() -> None:
    """An hour without a departure is somebody's break, and counts as three cycles."""
    cycle = Cycle(NOMINAL_S, MOVE_UP_S)
    for one_s in [60.0] * 10 + [3600.0] + [60.0] * 9:
        cycle.add(Headways(one_s, 1, None))
    assert cycle.mean_s() == pytest.approx(60.0 + 2 * 60.0 / 20, abs=1.0)


@pytest.mark.parametrize(
    ("vacant_s", "least_s", "most_s"), [(0.0, 0.0, 1.0), (10.0, 5.5, 7.0), (60.0, 30.0, 36.0)]
)
def test_the_next_stands_at_the_booth_within_the_vacant_time(
    vacant_s: float, least_s: float, most_s: float
) -> None:
    """Part of it passes before the departure is counted; and never is it more than .6 of a cycle."""
    assert least_s <= cycle_of([60.0] * 200, vacant_s).ready_s() <= most_s
