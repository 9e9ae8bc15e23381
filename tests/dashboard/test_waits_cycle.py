"""Seconds between departures of booths: first what is usual, then what was measured lately."""

from __future__ import annotations

import numpy as np
import pytest

from dashboard.waits.booth import Headways
from dashboard.waits.cycle import LUCK_CV, Cycle
from tests.dashboard.test_waits_booth import booth, row

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


@pytest.mark.parametrize(
    ("case", "minutes", "told"),
    [
        ("nobody left", [(1.0, 0)], None),
        ("a minute and a half for one", [(1.0, 0), (0.5, 1)], (90.0, 1)),
        ("two shared a minute", [(1.0, 2)], (60.0, 2)),
        ("each departure begins anew", [(1.0, 1), (0.5, 1)], (30.0, 1)),
        ("a minute that nobody counted is not known of", [(1.0, 0), (1.0, None), (0.5, 1)], (30.0, 1)),
        ("nor one that nobody saw", [(1.0, 0), (None, 0), (0.5, 1)], (30.0, 1)),
        ("it left unseen", [(1.0, 0), (None, 1)], None),
        ("no more than all the time", [(1.2, 1)], (60.0, 1)),
        ("no less than none", [(-0.2, 0), (0.5, 1)], (30.0, 1)),
    ],
)
def test_how_long_services_took(
    case: str, minutes: list[tuple[float | None, int | None]], told: tuple[float, int] | None
) -> None:
    lane, found = booth(), None
    for place, (share, departures) in enumerate(minutes):
        one = row(place, booth_occ=share, departures=departures)
        lane.see(one)
        found = lane.services(one)
    assert found == (None if told is None else (pytest.approx(told[0]), told[1])), case


@pytest.mark.parametrize(
    ("case", "minutes", "told"),
    [
        ("one departure tells of no time between", [(1, 0.9, True)], None),
        ("one a minute", [(1, 0.9, True)] * 2, Headways(60.0, 1, 6.0)),
        ("a minute without", [(1, 0.9, True), (0, 1.0, True), (1, 0.9, True)], Headways(120.0, 1, 6.0)),
        ("two, evenly spread over theirs", [(1, 0.9, True), (2, 0.8, True)], Headways(75.0, 2, 12.0)),
        ("nobody left", [(1, 0.9, True), (0, 1.0, True)], None),
        ("nobody waited in between", [(1, 0.9, True), (0, 0.0, False), (1, 0.9, True)], None),
        ("nobody waits behind the last", [(1, 0.9, True), (1, 0.9, False)], None),
        ("a minute was not counted", [(1, 0.9, True), (None, 0.9, True), (1, 0.9, True)], None),
        ("who stands there is not seen", [(1, None, True)] * 2, Headways(60.0, 1, None)),
        ("more than all the time is none vacant", [(1, 1.2, True)] * 2, Headways(60.0, 1, 0.0)),
        ("no more vacant than all the time", [(1, -0.2, True)] * 2, Headways(60.0, 1, 60.0)),
    ],
)
def test_the_time_between_departures_while_others_wait(
    case: str, minutes: list[tuple[int | None, float | None, bool]], told: Headways | None
) -> None:
    lane, found = booth(), None
    for place, (departures, share, crowded) in enumerate(minutes):
        one = row(place, booth_occ=share, departures=departures)
        lane.see(one)
        found = lane.headways(one, crowded)
    if told is None:
        assert found is None, case
        return
    assert found is not None, case
    assert (found.busy_s, found.departures) == (pytest.approx(told.busy_s), told.departures), case
    assert found.vacant_s == (None if told.vacant_s is None else pytest.approx(told.vacant_s)), case


BRIEF = (0.8, 1.0, 1.0, 1.0, 0.2, 0.8, 1.0, 1.0, 1.0, 0.2, 0.8)


def test_brief_slices_tell_the_time_from_one_vehicle_to_the_next() -> None:
    """They come to stand at 1 s, 26 s and 51 s; each has left 5 s before the next."""
    lane, found = booth(), []
    for place, share in enumerate(BRIEF):
        one = row(place, 5.0, booth_occ=share, departures=int(share == 0.2))
        lane.see(one)
        found.append(lane.headways(one, crowded=True))
    told = [one for one in found if one is not None]
    assert [(one.busy_s, one.departures) for one in told] == [(pytest.approx(25.0), 1)] * 2
    assert [one.vacant_s for one in told] == [pytest.approx(5.0)] * 2
