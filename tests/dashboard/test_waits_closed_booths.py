"""While a stream's own booths are closed, it waits among others, who take longer, until one opens again."""

from __future__ import annotations

import pytest

from dashboard.waits.booth import Booth
from dashboard.waits.expected import REOPENS_S, Place, pace_s, reopened_s
from dashboard.waits.plan import Plan
from dashboard.waits.site import LaneSpec, StreamSpec
from dashboard.waits.staffing import Staffing
from dashboard.waits.stream import Stream

FAST, STANDARD = "commercial/fast", "commercial/standard"
FAST_S, STANDARD_S = 60.0, 120.0
HOUR_S = 3600.0


def stream(name: str, cycle_s: float, vehicles: float) -> Stream:
    made = Stream(StreamSpec(name, nominal_service_s=cycle_s), ())
    made.drift.move(vehicles, 0.01)
    return made


def place(fast: float, standard: float, closed: int = 1, plan: Plan | None = None) -> Place:
    """FAST while its `closed` booths are, at the booths of standard; so many vehicles of each wait."""
    own, others = stream(FAST, FAST_S, fast), stream(STANDARD, STANDARD_S, standard)
    coming = tuple(
        Booth(LaneSpec(f"b{k}", "booth", (FAST,), 120.0, 155.0), (FAST,), 21.0) for k in range(closed)
    )
    return Place(own, others, (), (others,), (), 0, None, coming, plan or Plan())


@pytest.mark.parametrize(
    ("case", "fast", "standard", "share"),
    [
        ("only its own wait", 40.0, 0.0, 1.0),
        ("as many of each", 20.0, 20.0, 0.5),
        ("one in four is its own", 10.0, 30.0, 0.25),
    ],
)
def test_each_stream_takes_its_own_time(case: str, fast: float, standard: float, share: float) -> None:
    here = place(fast, standard)
    own_s, others_s = here.stream.cycle.mean_s(), here.host.cycle.mean_s()
    assert own_s < others_s
    assert pace_s(here, 0.0) == pytest.approx(share * own_s + (1.0 - share) * others_s, abs=2.0), case


@pytest.mark.parametrize("vehicles", [0.0, 40.0])
def test_who_shares_no_booth_keeps_the_pace_of_its_booths(vehicles: float) -> None:
    own = stream(FAST, FAST_S, vehicles)
    assert pace_s(Place(own, own, (), (), (), 0, None), 0.0) == own.cycle.mean_s()


@pytest.mark.parametrize(
    ("case", "wait_s", "fast", "closed", "told_s"),
    [
        ("over before a booth opens", REOPENS_S, 10.0, 1, REOPENS_S),
        ("few are left by then, soon served", 2 * REOPENS_S, 10.0, 1, REOPENS_S + 5.0),
        ("two booths take them in half the time", 2 * REOPENS_S, 10.0, 2, REOPENS_S + 2.5),
        ("so many that its own booth gains nothing", 2 * REOPENS_S, 90.0, 1, 2 * REOPENS_S),
        ("no booth that could open", 2 * REOPENS_S, 10.0, 0, 2 * REOPENS_S),
    ],
)
def test_a_long_wait_reckons_with_a_booth_that_opens_again(
    case: str, wait_s: float, fast: float, closed: int, told_s: float
) -> None:
    here = place(fast, 60.0, closed)
    if REOPENS_S < told_s < wait_s:
        told_s = REOPENS_S + (told_s - REOPENS_S) * here.stream.cycle.mean_s()
    assert reopened_s(here, wait_s, 0.0) == pytest.approx(told_s, abs=60.0), case


def test_a_booth_announced_to_stay_closed_is_not_reckoned_with() -> None:
    plan = Plan()
    plan.announce([Staffing("b0", "closed", 0.0, 4 * HOUR_S)])
    assert reopened_s(place(10.0, 60.0), HOUR_S, 0.0) < HOUR_S
    assert reopened_s(place(10.0, 60.0, plan=plan), HOUR_S, 0.0) == HOUR_S
