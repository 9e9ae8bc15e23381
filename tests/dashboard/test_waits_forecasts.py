"""Forecasts: the same engine rolled forward; causal, repeatable, honest about what it does not know."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest

from dashboard.history import LaneHour, StreamHour
from dashboard.waits.benefit import Span, saved
from dashboard.waits.engine import WaitEngine
from dashboard.waits.forecasts import AHEAD_S, Point, forecasts
from dashboard.waits.outlook import BoothOutlook, Outlook, StreamOutlook
from dashboard.waits.plan import Window
from dashboard.waits.site import LaneSpec, SiteSpec, StreamSpec
from dashboard.waits.staffing import Staffing
from dashboard.waits.state import Forecast
from dashboard.waits.told import Told
from dashboard.waits.weekly import NO_PAST, hour_of_week, weekly_of
from dashboard.waits.whatif import what_if
from tests.dashboard.test_waits_staffing import NOW_S, engine, opening

FAST, STANDARD = "commercial/fast", "commercial/standard"
AT_S = 1_772_449_200.0
"""Monday, 2 March 2026, 11:00 UTC."""
ALWAYS = (Window(AT_S, float("inf")),)


def booth(lane: str, stream: str, windows: tuple[Window, ...] = ALWAYS) -> BoothOutlook:
    """A booth that works."""
    return BoothOutlook(lane, (stream,), (stream,), ((stream, windows),), 0.0)


def stream(
    name: str = STANDARD, wait_s: float | None = 1200.0, rate: float = 0.02, **more: object
) -> StreamOutlook:
    """Two booths of 100 s a vehicle keep up with a rate of 0.02 vehicles a second."""
    high_s = (wait_s or 0.0) + 300.0
    made = StreamOutlook(
        name, wait_s, max(0.0, (wait_s or 0.0) - 300.0), high_s, rate, rate, 2, 2, 100.0, 0.4
    )
    return replace(made, **more)  # type: ignore[arg-type]


def outlook(*streams: StreamOutlook, booths: tuple[BoothOutlook, ...] = ()) -> Outlook:
    """A direction with two booths for standard, one for FAST."""
    own = booths or (booth("b1", STANDARD), booth("b2", STANDARD), booth("b5", FAST))
    return Outlook(AT_S, "UTC", streams, own)


def wait_at(found: Outlook, after_s: float, name: str = STANDARD) -> float:
    """Forecast wait."""
    point = forecasts(found, [after_s])[name][0]
    assert point is not None
    return point.forecast.wait_s


def test_a_queue_that_is_served_as_fast_as_it_comes_stays() -> None:
    points = forecasts(outlook(stream()))[STANDARD]
    assert [round(point.forecast.at_s - AT_S) for point in points if point] == [900, 1800, 2700, 3600]
    assert all(point and abs(point.forecast.wait_s - 1200.0) < 150.0 for point in points)
    assert all(point and point.forecast.basis == ("balance", "queue") for point in points)


@pytest.mark.parametrize(
    ("case", "rate", "grows"), [("more come than are served", 0.03, True), ("fewer come", 0.01, False)]
)
def test_the_queue_follows_the_demand(case: str, rate: float, grows: bool) -> None:
    waits = [1200.0, *(wait_at(outlook(stream(rate=rate)), after_s) for after_s in AHEAD_S)]
    assert all((later > sooner) is grows for sooner, later in pairwise(waits))


def test_the_interval_widens_with_the_distance() -> None:
    points = [point.forecast for point in forecasts(outlook(stream()))[STANDARD] if point]
    widths = [point.high_s - point.low_s for point in points]
    assert widths == sorted(widths)
    assert all(0.0 <= point.low_s <= point.wait_s <= point.high_s for point in points)


def test_an_unknown_wait_without_a_past_has_no_forecast() -> None:
    assert forecasts(outlook(stream(wait_s=None)))[STANDARD] == (None,) * 4


def test_a_bound_is_never_forecast_to_shrink() -> None:
    draining = stream(rate=0.005, usual_wait_s=100.0)
    assert wait_at(outlook(draining), 3600.0) < 1000.0
    assert wait_at(outlook(replace(draining, bound=True)), 3600.0) >= 1200.0


@pytest.mark.parametrize(
    ("case", "windows", "shorter"),
    [
        ("opens in 20 min", (Window(AT_S + 1200, float("inf")),), True),
        ("opens after the hour", (Window(AT_S + 3 * 3600, float("inf")),), None),
    ],
)
def test_what_is_announced_counts(case: str, windows: tuple[Window, ...], shorter: bool | None) -> None:
    extra = replace(booth("b3", STANDARD, windows), seen=())
    as_it_is = outlook(stream())
    found = replace(as_it_is, booths=(*as_it_is.booths, extra))
    changes = [wait_at(found, s) - wait_at(as_it_is, s) for s in (2400.0, 3600.0)]
    assert all(change < -60.0 for change in changes) if shorter else changes == pytest.approx([0, 0], abs=30)


@pytest.mark.parametrize(
    ("case", "change", "name", "longer"),
    [
        ("close a standard booth", Staffing("b2", "closed", AT_S, AT_S + 9e3), STANDARD, True),
        ("open another one", Staffing("b9", "open", AT_S, AT_S + 9e3, (STANDARD,)), STANDARD, False),
        ("give one to FAST: standard", Staffing("b2", "open", AT_S, AT_S + 9e3, (FAST,)), STANDARD, True),
        ("give one to FAST: FAST", Staffing("b2", "open", AT_S, AT_S + 9e3, (FAST,)), FAST, False),
        ("close FAST: its trucks go to standard", Staffing("b5", "closed", AT_S, AT_S + 9e3), STANDARD, True),
    ],
)
def test_what_if(case: str, change: Staffing, name: str, longer: bool) -> None:
    fast = stream(FAST, 600.0, 0.01, working=1, booths=1, host=STANDARD)
    lanes = (*outlook(stream()).booths, replace(booth("b9", STANDARD, ()), seen=()))
    effects = what_if(outlook(stream(), fast, booths=lanes), change)
    last = [effect for effect in effects if effect.stream == name][-1]
    assert last.without.at_s == AT_S + 3600.0
    assert (last.change_s > 60.0) is longer
    assert (last.change_s < -60.0) is not longer


def test_a_change_of_nothing_changes_nothing() -> None:
    effects = what_if(outlook(stream()), Staffing("b1", "open", AT_S, AT_S + 9e3))
    assert max(abs(effect.change_s) for effect in effects) == pytest.approx(0.0, abs=1.0)


@pytest.mark.parametrize(("minutes", "told"), [(1, False), (9, False), (10, True), (60, True)])
def test_what_a_change_does_is_not_told_of_a_stream_that_was_hardly_counted(minutes: int, told: bool) -> None:
    """A truck every 8 s in the first minute, and a booth whose pace is a guess: 222 min were told of it."""
    young = stream(rate=0.125, working=1, counted_s=60.0 * minutes)
    assert bool(what_if(outlook(young), Staffing("b2", "closed", AT_S, AT_S + 9e3))) is told
    seen = engine(minutes=minutes).outlook()
    assert seen is not None
    assert bool(what_if(seen, opening(60.0 * minutes))) is told


def test_the_same_outlook_gives_the_same_forecast() -> None:
    assert forecasts(outlook(stream())) == forecasts(outlook(stream()))


def test_forecasts_do_not_know_the_future_and_announcements_reach_them() -> None:
    long, short = engine(minutes=40), engine(minutes=30)
    assert short.states(1800.0)[1].forecast == engine(minutes=30).states(1800.0)[1].forecast
    told = long.states(NOW_S)[1].forecast
    assert [point.at_s for point in told] == [NOW_S + after_s for after_s in AHEAD_S]
    announced = engine([opening(NOW_S + 300)]).states(NOW_S)[1].forecast
    assert announced[3].wait_s < told[3].wait_s - 60.0


def test_a_stream_that_will_be_closed_has_no_forecast() -> None:
    made = engine(hours="24 hrs/day").states(NOW_S)[0]
    assert len(made.forecast) == 4
    night = WaitEngine(
        SiteSpec((StreamSpec(STANDARD, "0:00-0:50"),), (LaneSpec("b1", "booth", (STANDARD,)),))
    )
    assert night.states(0.0)[0].forecast == ()


def past(weeks: int, wait_s: float = 2400.0) -> list[StreamHour]:
    """Mondays from 11 to 13 h had long waits."""
    starts = [AT_S - 7 * 86400 * k + 3600 * n for k in range(1, weeks + 1) for n in (-1, 0, 1, 2)]
    return [
        StreamHour(
            "p", "d", STANDARD, at_s, 60, 60, 0, 0, wait_s, wait_s - 600, wait_s + 600, None, None, None, 2.0
        )
        for at_s in starts
    ]


SITE = SiteSpec((StreamSpec(STANDARD),), (LaneSpec("u1", "approach", (STANDARD,)),), "UTC")


def test_the_past_draws_the_forecast_towards_the_hour_of_the_week() -> None:
    weekly = weekly_of(SITE, past(4), [])
    point = forecasts(outlook(stream()), weekly=weekly)[STANDARD][3]
    assert point is not None
    assert point.forecast.wait_s > wait_at(outlook(stream()), 3600.0) + 200.0
    assert "history" in point.forecast.basis


def test_without_a_measurement_the_past_alone_tells() -> None:
    weekly = weekly_of(SITE, past(4), [])
    point = forecasts(outlook(stream(wait_s=None)), weekly=weekly)[STANDARD][3]
    assert point == Point(Forecast(AT_S + 3600.0, 2400.0, 1800.0, 3000.0, ("history",)))


def test_hours_hardly_measured_teach_nothing() -> None:
    thin = [replace(hour, measured=10) for hour in past(3)]
    assert weekly_of(SITE, thin, []).hours == {}
    assert NO_PAST.at(STANDARD, AT_S) is None


def test_demand_by_hour_of_the_week() -> None:
    lanes = [
        LaneHour("p", "d", "u1", hour.start_s, 60, 30, 90, None, None, None, None, None, None)
        for hour in past(2)
    ]
    usual = weekly_of(SITE, [], lanes).at(STANDARD, AT_S + 1800.0)
    assert usual is not None
    assert usual.wait_s is None
    assert usual.rate_per_s == pytest.approx(180 / 3600)


@pytest.mark.parametrize(("zone", "hour"), [("UTC", 11), ("America/Detroit", 6)])
def test_the_hour_of_the_week_is_local(zone: str, hour: int) -> None:
    assert hour_of_week(AT_S, zone) == hour


def test_intervals_learn_from_what_came() -> None:
    wide, narrow = Told(), Told()
    for k in range(200):
        for told in (wide, narrow):
            told.note(Point(Forecast(60.0 * k, 600.0, 500.0, 700.0)))
        wide.see(60.0 * k, 600.0)
        narrow.see(60.0 * k, 900.0 if k % 2 else 600.0)
    assert wide.factor() < 1.0 < narrow.factor()


def test_the_part_that_proves_right_gains_weight() -> None:
    told = Told()
    first = told.weights()
    for k in range(200):
        told.note(Point(Forecast(60.0 * k, 600.0, 500.0, 700.0), (500.0, 900.0, 600.0)))
        told.see(60.0 * k, 900.0)
    assert told.weights()[1] > first[1] + 0.1
    assert sum(told.weights()) == pytest.approx(1.0)


def test_outcomes_of_times_for_which_nothing_was_told_teach_nothing() -> None:
    told = Told()
    told.see(60.0, 900.0)
    assert told.factor() == 1.0


def test_the_benefit_is_narrower_than_the_difference_of_bounds() -> None:
    found = saved(Span(300, 200, 400), Span(900, 600, 1300))
    assert found.wait_s == 600
    assert 200 < found.low_s < found.wait_s < found.high_s < 1100
