"""The actual wait of those who just reached a booth: of matched vehicles, else as the counts tell."""

from __future__ import annotations

import pytest

from dashboard.waits.actual import WITHIN_S, actual
from dashboard.waits.site import StreamSpec
from dashboard.waits.state import ActualWait
from dashboard.waits.stream import Stream
from tests.dashboard.test_waits_expected import place
from tests.dashboard.test_waits_survey import NOW_S, ROAD, STANDARD, booth

VEHICLES, PER_MINUTE = 30.0, 2.0


def counted(minutes: int = 60, vehicles: float = VEHICLES) -> Stream:
    """Two a minute come and go, and so many stand between."""
    made = Stream(StreamSpec(STANDARD, nominal_service_s=60.0), ())
    made.approaches = (ROAD,)
    made.drift.move(vehicles, 0.01)
    for ago in range(minutes, 0, -1):
        start_s = NOW_S - 60.0 * ago
        made.passed.add_each(start_s, start_s + 60.0, PER_MINUTE)
        made.left.add(start_s, start_s + 60.0, PER_MINUTE)
    return made


def told(of: Stream, at_s: float = NOW_S) -> ActualWait | None:
    return actual(place(of, booth("b1", STANDARD)), NOW_S, at_s)


@pytest.mark.parametrize(
    ("case", "reached", "wait_s", "vehicles"),
    [
        ("their mean", [(500.0, 600.0), (10.0, 900.0)], 750.0, 2),
        ("of the last ten minutes", [(WITHIN_S + 1.0, 100.0), (WITHIN_S, 600.0), (10.0, 900.0)], 750.0, 2),
        ("one alone", [(10.0, 900.0)], 900.0, 1),
    ],
)
def test_matched_vehicles_tell_what_they_waited(
    case: str, reached: list[tuple[float, float]], wait_s: float, vehicles: int
) -> None:
    of = counted()
    of.reached.extend((NOW_S - ago_s, waited_s) for ago_s, waited_s in reached)
    found = told(of)
    assert found is not None
    assert (found.wait_s, found.vehicles, found.measured_at_s) == (wait_s, vehicles, NOW_S), case
    seen = [waited_s for ago_s, waited_s in reached if ago_s <= WITHIN_S]
    assert found.low_s <= min(seen) <= max(seen) <= found.high_s
    assert found.low_s < found.wait_s < found.high_s


def reach_s(*waits: float) -> float:
    """Half the width of the interval."""
    of = counted()
    of.reached.extend((NOW_S - 10.0, wait_s) for wait_s in waits)
    found = told(of)
    assert found is not None
    return (found.high_s - found.low_s) / 2


def test_the_interval_of_matched_vehicles_says_how_far_they_differ() -> None:
    assert reach_s(600.0) > reach_s(600.0, 600.0, 600.0, 600.0) > 0.0
    assert reach_s(600.0) == pytest.approx(2 * reach_s(600.0, 600.0, 600.0, 600.0))
    assert reach_s(500.0, 700.0) > 1.5 * reach_s(600.0, 600.0)
    assert reach_s(0.0, 900.0) >= 450.0


def test_the_counts_tell_when_who_leaves_now_came() -> None:
    """Thirty between at two a minute came a quarter of an hour ago; the drive and the service are no wait."""
    of = counted()
    found = told(of)
    assert found is not None
    spent_s = VEHICLES / PER_MINUTE * 60.0
    assert found.wait_s == pytest.approx(spent_s - of.drive_s() - of.cycle.mean_s(), abs=40.0)
    assert found.vehicles == round(PER_MINUTE * WITHIN_S / 60.0)
    assert 0.0 <= found.low_s < found.wait_s < found.high_s


def test_an_uncertain_balance_widens_the_interval() -> None:
    sure, unsure = counted(), counted()
    unsure.drift.move(0.0, 25.0)
    first, second = told(sure), told(unsure)
    assert first is not None
    assert second is not None
    assert second.high_s - second.low_s > 1.5 * (first.high_s - first.low_s)


@pytest.mark.parametrize(
    ("case", "of", "at_s"),
    [
        ("nobody was counted yet", counted(minutes=0), NOW_S),
        ("more stand there than ever came: they came before", counted(minutes=10), NOW_S),
        ("the booths were not seen for long", counted(), NOW_S + 1000.0),
    ],
)
def test_what_the_counts_cannot_tell_is_not_known(case: str, of: Stream, at_s: float) -> None:
    assert told(of, at_s) is None, case


def test_nobody_waited_less_than_nothing() -> None:
    found = told(counted(vehicles=1.0))
    assert found is not None
    assert (found.wait_s, found.low_s) == (0.0, 0.0)
