"""How wide the band of a wait is, by what it may come from."""

from __future__ import annotations

import pytest

from dashboard.waits.booth import Headways
from dashboard.waits.cycle import Cycle
from dashboard.waits.site import StreamSpec
from dashboard.waits.spread import Ways, spread_s
from dashboard.waits.stream import Stream

CYCLE_S = 100.0


def cycle(*busy_s: float, times: int = 300) -> Cycle:
    found = Cycle(nominal_s=90.0, move_up_s=10.0)
    for place in range(times):
        found.add(Headways(busy_s[place % len(busy_s)], 1, 10.0))
    return found


def stream(doubt: float = 0.0) -> Stream:
    one = Stream(StreamSpec(id="truck/std", nominal_service_s=90.0, pitch_m=21.0), [])
    one.drift.move(40.0, doubt)
    return one


STEADY, USUAL = cycle(CYCLE_S), cycle(45.0, 155.0)
ALONE, THREE = Ways(1, 7.0, USUAL), Ways(3, 7.0, USUAL)


@pytest.mark.parametrize(
    ("case", "narrow", "wide"),
    [
        ("services vary", (Ways(1, 7.0, STEADY), 10.0, 0.0, 0.0), (ALONE, 10.0, 0.0, 0.0)),
        ("more wait", (THREE, 10.0, 0.0, 0.0), (THREE, 60.0, 0.0, 0.0)),
        ("the count is unsure", (THREE, 30.0, 0.0, 0.0), (THREE, 30.0, 20.0, 0.0)),
        ("others hold it up", (ALONE, 1.0, 0.0, 0.0), (ALONE, 1.0, 0.0, 900.0)),
        ("its own lane is longer", (THREE, 80.0, 0.0, 0.0), (Ways(3, 20.0, USUAL), 80.0, 0.0, 0.0)),
    ],
)
def test_a_band_is_wider_where(
    case: str, narrow: tuple[Ways, float, float, float], wide: tuple[Ways, float, float, float]
) -> None:
    reaches = [
        spread_s(stream(doubt), ways, ahead, 600.0, held_s) for ways, ahead, doubt, held_s in (narrow, wide)
    ]
    assert reaches[1] > 1.05 * reaches[0]


def test_the_luck_of_those_upstream_of_a_lane_is_shared_by_all_lanes() -> None:
    """Forty turns alone vary as forty, but as 10 + 30 / 3 where 30 of them are upstream of three lanes."""
    one = stream()
    reach = {lanes: spread_s(one, Ways(lanes, 10.0, USUAL), 40.0 * lanes, 0.0, 0.0) for lanes in (1, 3)}
    assert reach[3] / reach[1] == pytest.approx((20.0 / 40.0) ** 0.5, abs=0.03)
