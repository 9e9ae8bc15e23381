"""A booth that nobody announced is reckoned with where the queue calls for one, and only there."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.minutes import LaneMinute
from dashboard.waits.engine import WaitEngine
from dashboard.waits.relief import OPENS_S, Relief
from dashboard.waits.site import LaneSpec, SiteSpec, StreamSpec
from dashboard.waits.staffing import Staffing
from dashboard.waits.surprise import Surprise

FAST = "commercial/fast"
CYCLE_S = 60.0
MINUTE_S = 60.0


def relief(demand: float, vehicles: float, working: int, spare: int, seconds: float = 60.0) -> Relief:
    """After one slice; `demand` over what the working booths take."""
    made = Relief()
    made.see(seconds, demand * max(1, working) / CYCLE_S, CYCLE_S, vehicles, (working, spare))
    return made


@pytest.mark.parametrize(
    ("case", "demand", "vehicles", "working", "spare", "told_s"),
    [
        ("no booth is spare", 2.0, 60.0, 1, 0, 3600.0),
        ("nobody waits for long", 2.0, 5.0, 1, 1, 3600.0),
        ("the open booths suffice", 0.8, 60.0, 1, 1, 3600.0),
        ("one of two opens after some 21 minutes", 2.0, 60.0, 1, 1, (3600.0 + 1258.0) / 2),
        ("a third beside two helps less", 2.0, 120.0, 2, 1, (2 * 3600.0 + 1258.0) / 3),
        ("called for by half, it comes in twice the time", 1.2, 60.0, 1, 1, (3600.0 + 2506.0) / 2),
    ],
)
def test_a_booth_is_called_for(
    case: str, demand: float, vehicles: float, working: int, spare: int, told_s: float
) -> None:
    assert relief(demand, vehicles, working, spare).middle_s(3600.0) == pytest.approx(told_s, abs=10.0), case


def test_a_wait_that_ends_before_a_booth_would_open_stays() -> None:
    assert relief(2.0, 60.0, 1, 1).middle_s(1200.0) == 1200.0


def test_calls_without_an_answer_are_believed_less_until_a_booth_opens() -> None:
    made, told = Relief(), []
    for hours in range(4):
        for _ in range(60 * hours):
            made.see(MINUTE_S, 2.0 / CYCLE_S, CYCLE_S, 60.0, (1, 1))
        made.see(MINUTE_S, 2.0 / CYCLE_S, CYCLE_S, 60.0, (1, 1))
        told.append(made.middle_s(3600.0))
    assert told == sorted(told)
    assert told[-1] == 3600.0
    made.see(MINUTE_S, 4.0 / CYCLE_S, CYCLE_S, 120.0, (2, 1))
    assert made.middle_s(3600.0) == pytest.approx((2 * 3600.0 + OPENS_S * 0.693) / 3, abs=25.0)


@given(
    demand=st.floats(0.0, 5.0), vehicles=st.floats(0.0, 500.0), working=st.integers(0, 8),
    spare=st.integers(0, 8), wait_s=st.floats(0.0, 20_000.0),
)  # fmt: skip
def test_relief_only_shortens_and_by_no_more_than_one_booth(
    demand: float, vehicles: float, working: int, spare: int, wait_s: float
) -> None:
    told = relief(demand, vehicles, working, spare).middle_s(wait_s)
    most = max(1, working)
    assert wait_s * most / (most + 1) - 1e-6 <= told <= wait_s


def rush(booths: tuple[str, ...], announced: tuple[Staffing, ...] = ()) -> float:
    """Told wait when for half an hour twice as many came as b1, the only open one of `booths`, takes."""
    lanes = [LaneSpec(name, "booth", (FAST,), 120.0, 155.0) for name in booths]
    lanes.append(LaneSpec("u1", "approach", (FAST,), 120.0, None, 2500.0))
    spec = StreamSpec(FAST, nominal_service_s=CYCLE_S - 10.0, pitch_m=21.0)
    engine = WaitEngine(SiteSpec((spec,), tuple(lanes)))
    engine.announce(announced)
    for minute in range(-10, 40):
        start_s, end_s = minute * MINUTE_S, (minute + 1) * MINUTE_S
        many = min(5.5, max(0.0, minute * 0.9))
        rows = [
            LaneMinute(
                start_s, end_s, name, "booth", (FAST,), int(name == "b1" and minute >= 0),
                int(name == "b1" and minute > 0), many if name == "b1" else 0.0, 0.0, None,
                many > 5.0 and name == "b1", 0.85 if name == "b1" and minute >= 0 else 0.0, False,
            )
            for name in booths
        ]  # fmt: skip
        come = 2 if minute >= 0 else 0
        line = (come, None, 0.6, 0.0, None, False, None, False)
        engine.step([*rows, LaneMinute(start_s, end_s, "u1", "approach", (FAST,), *line)])
    found = engine.states(40 * MINUTE_S)[0].expected
    assert found is not None
    return found.wait_s


def test_the_engine_reckons_with_a_closed_booth_where_nothing_is_announced() -> None:
    alone, beside = rush(("b1",)), rush(("b1", "b2"))
    assert alone > 1500.0
    assert 0.55 * alone < beside < 0.95 * alone
    stays = (Staffing("b2", "closed", -600.0, 7200.0),)
    assert rush(("b1", "b2"), stays) == pytest.approx(alone, rel=0.02)


@pytest.mark.parametrize(
    ("case", "off", "least", "most"),
    [
        ("vehicles tell what they should", [1.0, -0.8, 0.6, -1.1] * 10, 1.0, 1.01),
        ("one in fifty is mistaken for another", [*[0.5] * 49, 30.0], 1.0, 1.35),
        ("two lanes of different pace", [4.0, -4.0] * 20, 2.5, 4.0),
        ("two lanes, and alike again", [*[4.0, -4.0] * 20, *[0.5] * 80], 1.0, 1.05),
    ],
)
def test_matched_vehicles_that_disagree_are_believed_less(
    case: str, off: list[float], least: float, most: float
) -> None:
    surprise = Surprise()
    factors = [surprise.see(one) for one in off]
    assert least <= factors[-1] <= most, case
