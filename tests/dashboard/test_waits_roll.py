"""Queues rolled forward: vehicles come at the demand and leave at the pace of the booths that are open."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from dashboard.waits.outlook import BoothOutlook, Outlook, StreamOutlook
from dashboard.waits.plan import Window
from dashboard.waits.roll import MOST_S, Array, roll
from tests.dashboard.test_waits_forecasts import AT_S, FAST, STANDARD, booth, outlook, stream

HOUR_S = 3600.0
NEVER: tuple[Window, ...] = ()


def steady(one: StreamOutlook, times: Array) -> Array:
    """What comes lately goes on."""
    return np.full(len(times), one.rate_per_s)


def middle(of: Outlook, after_s: float, name: str = STANDARD, known: Outlook | None = None) -> float:
    """Median of the waits of those who join so much later."""
    return float(np.median(roll(of, [after_s], steady, known)[name][0]))


def fixed(**more: object) -> StreamOutlook:
    """Standard with two booths that work, and no other that could open unannounced."""
    return stream(**{"working": 2, "booths": 2} | more)  # type: ignore[arg-type]


def test_a_stream_whose_wait_is_not_known_is_not_rolled() -> None:
    assert roll(outlook(fixed(wait_s=None)), [0.0], steady) == {}
    both = outlook(fixed(), replace(fixed(wait_s=None), stream=FAST))
    assert list(roll(both, [0.0], steady)) == [STANDARD]


@pytest.mark.parametrize("wait_s", [0.0, 600.0, 1200.0, 7200.0])
def test_who_joins_now_waits_as_is_told(wait_s: float) -> None:
    assert middle(outlook(fixed(wait_s=wait_s)), 0.0) == pytest.approx(wait_s, abs=60.0)


def lone(rate: float) -> Outlook:
    """One booth, 100 s a vehicle; none other opens or closes, whatever comes."""
    return outlook(fixed(rate=rate, wait_s=7200.0, working=1, booths=1), booths=(booth("b1", STANDARD),))


@pytest.mark.parametrize(("case", "rate"), [("half as many again", 0.015), ("half of them", 0.005)])
def test_the_queue_grows_by_who_comes_and_is_not_served(case: str, rate: float) -> None:
    """Each vehicle more or less is one service."""
    assert middle(lone(0.01), HOUR_S) == pytest.approx(7200.0, rel=0.05)
    grown_s = middle(lone(rate), HOUR_S) - middle(lone(0.01), HOUR_S)
    assert grown_s / 100.0 == pytest.approx((rate - 0.01) * HOUR_S, rel=0.1), case


@pytest.mark.parametrize("after_s", [900.0, HOUR_S, MOST_S])
def test_no_wait_is_negative(after_s: float) -> None:
    assert roll(outlook(fixed(rate=0.001)), [after_s], steady)[STANDARD].min() >= 0.0


def test_chances_spread_with_time_and_with_what_is_not_known_now() -> None:
    waits = roll(outlook(fixed()), [0.0, 900.0, HOUR_S, MOST_S], steady)[STANDARD]
    spreads = waits.std(axis=1).tolist()
    assert spreads == sorted(spreads)
    unsure = roll(outlook(fixed(low_s=300.0, high_s=2400.0)), [0.0], steady)[STANDARD]
    assert unsure.std() > 1.5 * spreads[0]
    regular = roll(outlook(fixed(cv=0.1)), [0.0], steady)[STANDARD]
    assert regular.std() < spreads[0]


def test_times_beyond_what_is_rolled_are_told_as_its_ends() -> None:
    waits = roll(outlook(fixed(rate=0.03)), [-900.0, 0.0, MOST_S, 2 * MOST_S], steady)[STANDARD]
    assert (waits[0] == waits[1]).all()
    assert (waits[2] == waits[3]).all()


def follows(rate: float, booths: int) -> float:
    """Wait in an hour of a stream with two booths of so many that work, behind two hours of queue."""
    return middle(outlook(fixed(rate=rate, wait_s=7200.0, booths=booths)), HOUR_S)


def test_booths_open_where_more_come_than_those_that_work_can_take() -> None:
    assert follows(0.03, booths=2) > follows(0.03, booths=3) + 600.0
    assert follows(0.05, booths=3) > follows(0.05, booths=4) + 600.0, "and no more than there are"
    assert follows(0.02, booths=3) == pytest.approx(follows(0.02, booths=2), abs=60.0), (
        "if they are called for"
    )


def test_booths_close_where_few_come_but_for_one() -> None:
    """Two hours are 144 vehicles; after an hour at two booths 108 would be left, 5400 s."""
    assert follows(0.01, booths=2) > 1.15 * 5400.0
    assert middle(lone(0.001), HOUR_S) == pytest.approx(7200.0 - HOUR_S + 0.001 * HOUR_S * 100.0, rel=0.1)


def closing(at_s: float) -> tuple[BoothOutlook, ...]:
    """Both booths of standard work, and FAST's own one until so long from now."""
    fast = booth("b5", FAST, (Window(AT_S, AT_S + at_s),) if at_s > 0 else NEVER)
    return booth("b1", STANDARD), booth("b2", STANDARD), fast


def test_a_stream_whose_booths_are_closed_waits_among_those_of_its_host() -> None:
    fast = stream(FAST, 600.0, 0.01, working=1, booths=1, host=STANDARD)
    shut = outlook(fixed(), fast, booths=closing(0.0))
    waits = roll(shut, [900.0, HOUR_S], steady)
    assert (waits[FAST] == waits[STANDARD]).all()
    apart = roll(outlook(fixed(), fast, booths=closing(2 * MOST_S)), [900.0, HOUR_S], steady)
    assert (np.median(waits[STANDARD], axis=1) > np.median(apart[STANDARD], axis=1) + 300.0).all()
    assert (np.median(apart[FAST], axis=1) < np.median(apart[STANDARD], axis=1)).all()


def test_a_stream_whose_booths_close_later_goes_over_then() -> None:
    fast = stream(FAST, 600.0, 0.01, working=1, booths=1, host=STANDARD)
    waits = roll(outlook(fixed(), fast, booths=closing(1800.0)), [900.0, HOUR_S], steady)
    assert (waits[FAST][0] != waits[STANDARD][0]).any()
    assert (waits[FAST][1] == waits[STANDARD][1]).all()


def test_without_a_host_it_waits_at_its_closed_booths() -> None:
    fast = stream(FAST, 600.0, 0.01, working=1, booths=1)
    found = outlook(fixed(), fast, booths=closing(0.0))
    assert middle(found, HOUR_S, FAST) > 4 * HOUR_S


@pytest.mark.parametrize(("behind_s", "least_s"), [(600.0, 600.0), (1200.0, 0.0), (-300.0, 1500.0)])
def test_a_stream_on_a_shared_road_stands_behind_the_queue_of_the_others(
    behind_s: float, least_s: float
) -> None:
    """That waits 1200 s; the stream itself would wait next to nothing."""
    fast = stream(FAST, 10.0, 0.001, working=1, booths=1, behind=STANDARD, behind_s=behind_s)
    waits = roll(outlook(fixed(), fast), [0.0, 900.0], steady)
    assert np.median(waits[FAST][0]) == pytest.approx(least_s, abs=80.0)
    assert (waits[FAST] >= waits[STANDARD] - behind_s).all()


@pytest.mark.parametrize(
    ("case", "lanes", "share"),
    [("a booth is closed: twice the wait", 1, 2.0), ("two more are open: half of it", 4, 0.5)],
)
def test_those_who_stand_there_wait_at_the_booths_of_the_change(case: str, lanes: int, share: float) -> None:
    known = outlook(fixed())
    changed = replace(known, booths=tuple(booth(f"b{place}", STANDARD) for place in range(lanes)))
    assert middle(changed, 0.0, known=known) == pytest.approx(share * middle(known, 0.0), rel=0.1), case


def test_a_booth_that_closes_still_serves_its_lane() -> None:
    closes = (Window(AT_S, AT_S + 300.0),)
    at_once = outlook(fixed(), booths=(booth("b1", STANDARD), booth("b2", STANDARD, closes)))
    drains = replace(at_once, booths=(at_once.booths[0], replace(at_once.booths[1], drains_s=600.0)))
    assert middle(at_once, 0.0, known=outlook(fixed())) > middle(drains, 0.0, known=outlook(fixed())) + 200.0
