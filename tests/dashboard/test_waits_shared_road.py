"""A stream that shares its road with others up to its own lane: it moves on as they do."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from dashboard.minutes import Match
from dashboard.waits.expected import (
    PASSAGE_S,
    Place,
    behind_followed_s,
    blocked_s,
    is_behind_others,
    learn_room,
    room_beside,
)
from dashboard.waits.site import LaneSpec
from dashboard.waits.stream import ROAD_MS, ROOM_PRIOR, Followed
from tests.dashboard.test_waits_expected import BUSY, place, told
from tests.dashboard.test_waits_survey import FAST, NOW_S, ROAD, STANDARD, booth, stream

OWN_ROAD = LaneSpec("u2", "approach", (FAST,), 120.0, None, 1500.0)


def behind(
    roads: tuple[LaneSpec, ...] = (ROAD,), open_booths: int = 2, own_lane_m: float | None = 200.0
) -> Place:
    """FAST on roads beside 30 of standard."""
    fast, others = stream(FAST, 5.0), stream(STANDARD, 30.0)
    fast.approaches = roads
    return place(fast, booth("b5", FAST), beside=(others,), beside_open=open_booths, own_lane_m=own_lane_m)


@pytest.mark.parametrize(
    ("case", "here", "found"),
    [
        ("all share the road", behind(), True),
        ("a second road is its own", behind((ROAD, OWN_ROAD)), False),
        ("the others have no booth open", behind(open_booths=0), False),
        ("apart all the way", behind(own_lane_m=None), False),
        ("nobody else is on the road", replace(behind(), beside=()), False),
    ],
)
def test_who_stands_behind_others(case: str, here: Place, found: bool) -> None:
    assert is_behind_others(here) is found, case
    here.stream.followed.append(Followed("u1", NOW_S - 1800.0, NOW_S))
    assert (behind_followed_s(here, NOW_S) is not None) is found, case


FREE_S = 1500.0 / ROAD_MS + PASSAGE_S
"""Of a free drive from the line to the booth."""


@pytest.mark.parametrize(
    ("case", "followed", "expects"),
    [
        ("nobody was recognised", [], False),
        ("one took twice a free drive", [(0.0, 2 * FREE_S)], True),
        ("one drove freely", [(0.0, FREE_S)], False),
        ("long ago", [(700.0, 2 * FREE_S)], False),
        ("the newest drove freely: the jam is over", [(300.0, 4 * FREE_S), (0.0, FREE_S)], False),
        ("the newest stood", [(300.0, FREE_S), (0.0, 2 * FREE_S)], True),
    ],
)
def test_recognised_vehicles_tell_of_a_jam(
    case: str, followed: list[tuple[float, float]], expects: bool
) -> None:
    """Each so many seconds ago and after so long a drive."""
    here = behind()
    for ago_s, drive_s in followed:
        here.stream.followed.append(Followed("u1", NOW_S - ago_s - drive_s, NOW_S - ago_s))
    assert (behind_followed_s(here, NOW_S) is not None) is expects, case


def test_who_joins_now_comes_as_much_later_as_the_others_in_between_take() -> None:
    """Half a vehicle of the others a minute came over the line since the recognised one did."""
    here = behind()
    here.stream.followed.append(Followed("u1", NOW_S - 1800.0, NOW_S))
    found = behind_followed_s(here, NOW_S)
    between = (1800.0 - here.stream.drive_s()) / 60.0 / 2
    pace = 2 / here.beside[0].cycle.mean_s()
    assert found == pytest.approx((between + here.beside[0].spill.vehicles) / pace)
    for later in (1.0, 2.0, 3.0, 4.0):
        here.stream.followed.append(Followed("u1", NOW_S - 1200.0 + later, NOW_S))
    newest = behind_followed_s(here, NOW_S)
    assert newest is not None
    assert newest == pytest.approx(found - 600.0 / 60.0 / 2 / pace, abs=5.0), "the four newest tell"
    assert math.isfinite(newest)


@pytest.mark.parametrize("crowd", [30.0, 60.0, 90.0])
def test_who_stands_on_the_shared_road_waits_for_those_before_its_own_lane(crowd: float) -> None:
    """200 m of road and two full lanes hold the first of them; the rest moves at the pace of two booths."""
    here, others = behind(), stream(STANDARD, crowd)
    here = replace(here, beside=(others,))
    room = (200.0 + 2 * 155.0) / 21.0
    standing = others.joined(NOW_S) - here.stream.joined(NOW_S)
    blocks_s = (standing - room) * others.cycle.mean_s() / 2
    assert blocked_s(here, NOW_S) == (pytest.approx(blocks_s + PASSAGE_S) if blocks_s > 0 else 0.0)
    assert told(here).wait_s >= blocked_s(here, NOW_S)


def test_a_matched_vehicle_tells_how_many_of_the_others_stood_before_its_own_lane() -> None:
    """Forty stood on the road when it joined and thirty had left a free drive before it reached its booth."""
    here, others = behind(), stream(STANDARD, 30.0)
    here = replace(here, beside=(others,), booths=(booth("b5", FAST, in_view=1.0),))
    travel_s = 2000.0
    joined_s = NOW_S - travel_s + here.stream.drive_s()
    others.stood.note(joined_s - 60.0, 40.0)
    others.stood.note(joined_s + 60.0, 40.0)
    others.left.add(joined_s, NOW_S - PASSAGE_S, 30.0)
    matches = [Match(NOW_S, "b5", "u1", travel_s)]
    room = room_beside(here)
    learn_room(here, matches)
    assert here.stream.room.value() == pytest.approx((40.0 - 30.0 - room) / (1.0 + ROOM_PRIOR))
    for _ in range(60):
        learn_room(here, matches)
    assert room_beside(here) == pytest.approx(room + (10.0 - room) * 5.0 / 8.0, abs=0.1)


@pytest.mark.parametrize(
    ("case", "here", "travel_s"),
    [
        ("its own booth is crowded: it waits there", replace(behind(), booths=(BUSY,)), 2000.0),
        ("it drove freely", behind(), 200.0),
        ("nobody else has a booth open", behind(open_booths=0), 2000.0),
    ],
)
def test_a_matched_vehicle_that_others_did_not_hold_up_tells_nothing_of_the_road(
    case: str, here: Place, travel_s: float
) -> None:
    here = replace(here, booths=here.booths if BUSY in here.booths else (booth("b5", FAST, in_view=1.0),))
    learn_room(here, [Match(NOW_S, "b5", "u1", travel_s)])
    assert here.stream.room.value() == 0.0, case
