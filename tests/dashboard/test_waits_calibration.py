"""Intervals that were told, against what came of them: they learn to hold as many as they promise."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.waits import backtest, told
from dashboard.waits.backtest import Backtest
from dashboard.waits.forecasts import AHEAD_S, Point
from dashboard.waits.outlook import Outlook, StreamOutlook
from dashboard.waits.state import Forecast
from dashboard.waits.told import Memory, Told

WAIT_S = 600.0
GOLDEN = 0.6180339887


def spread(number: int) -> float:
    """Evenly over -1 to 1, without a pattern in the order."""
    return 2.0 * (number * GOLDEN % 1.0) - 1.0


def point(low_s: float, high_s: float, at_s: float = 0.0, wait_s: float = WAIT_S) -> Point:
    return Point(Forecast(at_s, wait_s, low_s, high_s))


@pytest.mark.parametrize(("case", "reach_s"), [("too narrow", 250.0), ("right", 350.0), ("too wide", 550.0)])
def test_intervals_of_waits_come_to_hold_as_many_as_they_should(case: str, reach_s: float) -> None:
    learned, held = Backtest(), 0
    for number in range(4000):
        learned.note(60.0 * number, WAIT_S, reach_s)
        off_s = 400.0 * spread(number)
        held += number >= 3000 and abs(off_s) <= reach_s * learned.scale()
        learned.see(60.0 * number, WAIT_S + off_s)
    assert held / 1000 == pytest.approx(1.0 - backtest.TARGET_MISS, abs=0.03), case


@pytest.mark.parametrize(("case", "reach_s"), [("too narrow", 250.0), ("right", 350.0), ("too wide", 550.0)])
def test_intervals_of_forecasts_come_to_hold_as_many_as_they_should(case: str, reach_s: float) -> None:
    learned, held = Told(), 0
    for number in range(4000):
        reach = reach_s * learned.factor()
        learned.note(point(WAIT_S - reach, WAIT_S + reach, 60.0 * number))
        off_s = 400.0 * spread(number)
        held += number >= 3000 and abs(off_s) <= reach
        learned.see(60.0 * number, WAIT_S + off_s)
    assert held / 1000 == pytest.approx(1.0 - told.TARGET_MISS, abs=0.03), case


@given(st.lists(st.floats(0.0, 1e5), max_size=10), st.booleans())
def test_however_wrong_or_right_intervals_stay_of_a_sensible_width(waits: list[float], right: bool) -> None:
    waited, forecast = Backtest(), Told()
    waited.note(0.0, WAIT_S, 200.0)
    forecast.note(point(400.0, 800.0))
    for wait_s in [*waits, *[WAIT_S if right else 5000.0] * 400]:
        waited.see(60.0, wait_s)
        forecast.see(60.0, wait_s)
        assert backtest.NARROWEST * 0.999 <= waited.scale() <= backtest.WIDEST * 1.001
        assert told.NARROWEST * 0.999 <= forecast.factor() <= told.WIDEST * 1.001
    assert waited.scale() == pytest.approx(backtest.NARROWEST if right else backtest.WIDEST)
    assert forecast.factor() == pytest.approx(told.NARROWEST if right else told.WIDEST)


def test_a_vehicle_that_waited_before_anything_was_told_teaches_nothing() -> None:
    learned, before = Backtest(), Backtest().scale()
    learned.see(60.0, 900.0)
    assert learned.scale() == before


@pytest.mark.parametrize(
    ("case", "joined_s", "waited_s", "wider"),
    [
        ("longer, within the upper end", 600.0, 950.0, False),
        ("longer than the upper end", 600.0, 1050.0, True),
        ("shorter, within the lower end", 600.0, 520.0, False),
        ("shorter than the lower end", 600.0, 450.0, True),
        ("as told", 600.0, 600.0, False),
        ("joined before the first forecast", 599.0, 1050.0, None),
    ],
)
def test_each_end_of_a_forecast_is_held_by_itself(
    case: str, joined_s: float, waited_s: float, wider: bool | None
) -> None:
    learned = Told()
    learned.note(point(500.0, 1000.0, 600.0))
    learned.see(joined_s, waited_s)
    assert (learned.factor() > 1.0) is (wider is True), case
    assert (learned.factor() < 1.0) is (wider is False), case


def test_what_was_told_with_a_stretched_interval_is_remembered_without_the_stretch() -> None:
    """Else each stretch would be stretched again."""
    learned = Told()
    learned.note(point(500.0, 700.0, 0.0))
    for _ in range(5):
        learned.see(0.0, 5000.0)
    factor = learned.factor()
    assert factor > 1.2
    learned.note(point(WAIT_S - 100.0 * factor, WAIT_S + 100.0 * factor, 60.0))
    for waited_s in (WAIT_S + 99.0 * factor, WAIT_S - 99.0 * factor * 0.9):
        before = learned.factor()
        learned.see(60.0, waited_s)
        assert learned.factor() < before
    before = learned.factor()
    learned.see(60.0, WAIT_S + 101.0 * factor)
    assert learned.factor() > before


@pytest.mark.parametrize("right", [0, 1, 2])
def test_a_part_of_the_forecast_that_alone_is_always_right_counts_nearly_alone(right: int) -> None:
    learned = Told()
    parts = tuple(700.0 if place == right else 900.0 for place in range(3))
    for number in range(300):
        learned.note(Point(Forecast(60.0 * number, 800.0, 500.0, 1100.0), (parts[0], parts[1], parts[2])))
        learned.see(60.0 * number, 700.0)
    assert learned.weights()[right] > 0.98
    assert sum(learned.weights()) == pytest.approx(1.0)


def test_parts_that_are_wrong_alike_keep_their_weights() -> None:
    learned = Told()
    for number in range(300):
        learned.note(point(500.0, 700.0, 60.0 * number))
        learned.see(60.0 * number, 900.0)
    assert learned.weights() == pytest.approx(Told().weights())


def test_what_proved_right_lately_counts_more_than_what_did_long_ago() -> None:
    learned = Told()
    for number in range(400):
        parts = (700.0, 900.0, 900.0) if number < 200 else (900.0, 700.0, 900.0)
        learned.note(Point(Forecast(60.0 * number, 800.0, 500.0, 1100.0), parts))
        learned.see(60.0 * number, 700.0)
    now, rolled, _ = learned.weights()
    assert rolled > 2.0 * now


FAST, STANDARD = "commercial/fast", "commercial/standard"
HOUR_S = 3600.0


def outlook(at_s: float, wait_s: float | None) -> Outlook:
    """Standard waits `wait_s`, FAST is unknown."""
    waits = ((FAST, None), (STANDARD, wait_s))
    return Outlook(
        at_s,
        "UTC",
        tuple(StreamOutlook(name, of, 0.0, 0.0, 0.02, 0.02, 2, 2, 100.0, 0.4) for name, of in waits),
        (),
    )


@pytest.mark.parametrize(
    ("case", "waits", "usual_s"),
    [
        ("nothing yet", [], None),
        ("unknown all the time", [(0.0, None), (60.0, None)], None),
        ("their mean", [(0.0, 300.0), (60.0, 600.0)], 450.0),
        ("times when it was unknown are left out", [(0.0, 300.0), (60.0, None), (120.0, 600.0)], 450.0),
        ("of one moment what was told last", [(0.0, 300.0), (60.0, 900.0), (60.0, 500.0)], 400.0),
        ("of one moment, unknown by then", [(0.0, 300.0), (60.0, 900.0), (60.0, None)], 300.0),
        ("three hours ago still counts", [(0.0, 300.0), (3 * HOUR_S, 600.0)], 450.0),
        ("what is older does not", [(0.0, 300.0), (10.0, 500.0), (3 * HOUR_S + 5.0, 700.0)], 600.0),
        ("unknown for longer than that", [(0.0, 300.0), (4 * HOUR_S, None)], None),
    ],
)
def test_the_usual_wait_is_the_mean_of_the_last_three_hours(
    case: str, waits: list[tuple[float, float | None]], usual_s: float | None
) -> None:
    memory = Memory((FAST, STANDARD))
    for at_s, wait_s in waits:
        memory.note_waits(outlook(at_s, wait_s))
    fast, standard = memory.complete(outlook(5 * HOUR_S, 100.0)).streams
    assert (fast.usual_wait_s, standard.usual_wait_s) == (None, usual_s), case


def test_each_stream_and_each_distance_learns_from_its_own_forecasts() -> None:
    """A vehicle is held against what was told of the time when it joined, at each distance."""
    memory = Memory((FAST, STANDARD))
    narrow, wide = point(590.0, 610.0, 0.0), point(100.0, 1100.0, 0.0)
    memory.note({FAST: (narrow, narrow, narrow, narrow), STANDARD: (narrow, wide, None, narrow)})
    memory.see(STANDARD, 60.0, 900.0)
    fast, standard = memory.complete(outlook(HOUR_S, 100.0)).streams
    assert [learned.after_s for learned in standard.learned] == list(AHEAD_S)
    assert [learned.factor for learned in fast.learned] == [1.0] * 4
    missed, held, untold, last = (learned.factor for learned in standard.learned)
    assert missed == last > 1.0
    assert held < 1.0
    assert untold == 1.0
