"""The outlook of a direction, as surveyed from streams and booths with a known past."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from dashboard.waits.booth import Booth
from dashboard.waits.expected import PASSAGE_S, Place, room_beside
from dashboard.waits.outlook import Outlook
from dashboard.waits.plan import Plan, Window
from dashboard.waits.site import LaneSpec, StreamSpec
from dashboard.waits.staffing import Staffing
from dashboard.waits.state import Wait
from dashboard.waits.stream import Stream
from dashboard.waits.survey import View, outlook_of
from tests.dashboard.test_waits_booth import row

FAST, STANDARD = "commercial/fast", "commercial/standard"
ROAD = LaneSpec("u1", "approach", (FAST, STANDARD), 120.0, None, 1500.0)
NOW_S = 6 * 3600.0
MINUTE_S = 60.0


def stream(name: str, vehicles: float = 0.0, minutes: int = 240, per_minute: float = 1.0) -> Stream:
    """Counted for so long until now, a vehicle a minute: half as many as usual in the last hour."""
    made = Stream(
        StreamSpec(name, nominal_service_s=60.0, when_closed=STANDARD if name == FAST else None), ()
    )
    made.approaches = (ROAD,)
    made.drift.move(vehicles, 0.01)
    for ago in range(minutes, 0, -1):
        start_s = NOW_S - ago * MINUTE_S
        made.entered.add(start_s, start_s + MINUTE_S, per_minute / 2 if ago <= 60 else per_minute)
    return made


def booth(name: str, *serves: str, in_view: float = 4.0, served_ago_s: float | None = 30.0) -> Booth:
    made = Booth(LaneSpec(name, "booth", serves, 120.0, 155.0), serves)
    made.see(replace(row(int(NOW_S / MINUTE_S) - 1, in_view_mean=in_view), lane=name, serves=serves))
    made.departed_s = None if served_ago_s is None else NOW_S - served_ago_s
    return made


def wait(seconds: float) -> Wait:
    return Wait(seconds, seconds - 100.0, seconds + 200.0, ("queue",), NOW_S, NOW_S + 900.0)


def view(of: Stream, *own: Booth, wait_s: float | None = 600.0, **more: object) -> View:
    """A stream at its own booths."""
    made = Place(of, of, own, (), (), 0, None)
    return View(replace(made, **more), own, None if wait_s is None else wait(wait_s))  # type: ignore[arg-type]


def surveyed(*views: View, plan: Plan | None = None, booths: tuple[Booth, ...] = ()) -> Outlook:
    seen = {booth.spec.id: booth for one in views for booth in one.own}
    return outlook_of(views, booths or tuple(seen.values()), plan or Plan(), NOW_S, "UTC")


@pytest.mark.parametrize(
    ("case", "wait_s", "told"),
    [("known", 600.0, (600.0, 500.0, 800.0)), ("not known, and no 0 s", None, (None, 0.0, 0.0))],
)
def test_the_wait_of_now(case: str, wait_s: float | None, told: tuple[float | None, float, float]) -> None:
    one = surveyed(view(stream(STANDARD), booth("b1", STANDARD), wait_s=wait_s)).streams[0]
    assert (one.wait_s, one.low_s, one.high_s) == told, case
    assert not one.bound


@pytest.mark.parametrize(
    ("case", "minutes", "usual_per_min"),
    [
        ("three hours: two as they were, the last with half", 240, (2 * 1.0 + 0.5) / 3),
        ("no more than was counted", 90, (30 * 1.0 + 60 * 0.5) / 90),
        ("half an hour is enough", 30, 0.5),
        ("less is not: lately", 29, None),
        ("nothing was counted: lately", 0, None),
    ],
)
def test_the_usual_demand_is_that_of_the_last_hours(
    case: str, minutes: int, usual_per_min: float | None
) -> None:
    one = surveyed(view(stream(STANDARD, minutes=minutes), booth("b1", STANDARD))).streams[0]
    if usual_per_min is None:
        assert one.usual_per_s == one.rate_per_s, case
    else:
        assert one.usual_per_s * MINUTE_S == pytest.approx(usual_per_min), case
        assert one.usual_per_s != one.rate_per_s
    assert one.counted_s == minutes * MINUTE_S


def shared(own_common: bool, host_is_own: bool = True) -> tuple[View, View]:
    """Standard and FAST at booth b1, or FAST sent there."""
    standard, fast = stream(STANDARD), stream(FAST)
    both, alone = booth("b1", STANDARD, FAST), booth("b2", FAST)
    first = view(standard, both, with_it=(fast,), host=standard if host_is_own else fast)
    return first, view(fast, *((both,) if own_common else (alone,)))


@pytest.mark.parametrize(
    ("case", "views", "streams"),
    [
        ("both have it as their own", shared(own_common=True), 2),
        ("the other is only sent there", shared(own_common=False), 1),
        ("it is itself sent elsewhere", shared(own_common=True, host_is_own=False), 1),
    ],
)
def test_whose_demand_counts_at_shared_booths(case: str, views: tuple[View, View], streams: int) -> None:
    one = surveyed(*views).streams[0]
    assert one.usual_per_s * MINUTE_S == pytest.approx(streams * 2.5 / 3), case
    assert one.rate_per_s == pytest.approx(streams * views[0].stream.rate_per_s), case


@pytest.mark.parametrize(
    ("case", "booths", "taking"),
    [
        ("all work", {"b1": (4.0, 30.0), "b2": (4.0, 30.0)}, {"b1", "b2"}),
        ("one stands empty", {"b1": (4.0, 30.0), "b2": (0.0, None)}, {"b1"}),
        ("nobody waits, one served lately", {"b1": (0.0, 600.0), "b2": (0.0, 1200.0)}, {"b1"}),
        ("idle for long: the one that served last", {"b1": (0.0, 2000.0), "b2": (0.0, 1500.0)}, {"b2"}),
        ("one never served", {"b1": (0.0, None), "b2": (0.0, 5000.0)}, {"b2"}),
    ],
)
def test_which_booths_take_vehicles(
    case: str, booths: dict[str, tuple[float, float | None]], taking: set[str]
) -> None:
    lanes = [booth(name, STANDARD, in_view=n, served_ago_s=ago) for name, (n, ago) in booths.items()]
    found = surveyed(view(stream(STANDARD), *lanes))
    assert found.streams[0].working == len(taking), case
    assert found.streams[0].booths == 2
    assert {one.lane for one in found.booths if one.seen == (STANDARD,)} == taking, case
    assert {one.lane for one in found.booths if one.windows} == taking
    assert all(one.windows == ((STANDARD, (Window(NOW_S, math.inf),)),) for one in found.booths if one.seen)


def test_a_booth_that_was_never_seen_takes_nobody() -> None:
    unseen = Booth(LaneSpec("b2", "booth", (STANDARD,), 120.0, 155.0), (STANDARD,))
    found = surveyed(view(stream(STANDARD), booth("b1", STANDARD), unseen))
    assert [one.seen for one in found.booths] == [(STANDARD,), ()]
    assert surveyed(view(stream(STANDARD), unseen)).streams[0].working == 0


def test_idle_booths_of_a_stream_that_is_sent_elsewhere_take_nobody() -> None:
    idle = booth("b2", FAST, in_view=0.0, served_ago_s=5000.0)
    sent = view(stream(FAST), idle, host=stream(STANDARD))
    assert surveyed(sent).streams[0].working == 0
    assert surveyed(sent).streams[0].host == STANDARD


def test_an_announced_booth_opens_in_the_outlook() -> None:
    plan = Plan()
    plan.announce([Staffing("b2", "open", NOW_S + 600.0, NOW_S + 4200.0, (FAST,))])
    views = view(stream(STANDARD), booth("b1", STANDARD)), view(stream(FAST), booth("b2", FAST, in_view=0.0))
    opened = surveyed(
        views[0], replace(views[1], own=()), plan=plan, booths=(views[0].own[0], views[1].own[0])
    )
    assert opened.booths[1].windows == ((FAST, (Window(NOW_S + 600.0, NOW_S + 4200.0),)),)


def test_a_booth_drains_its_full_lane_at_the_pace_of_its_stream() -> None:
    """155 m hold 7.4 trucks, half of the first is done; a booth of nobody surveyed drains nothing."""
    of = stream(STANDARD)
    found = surveyed(view(of, booth("b1", STANDARD)), booths=(booth("b1", STANDARD), booth("b9", FAST)))
    assert found.booths[0].drains_s == pytest.approx((155.0 / 21.0 - 0.5) * of.cycle.mean_s())
    assert found.booths[1].drains_s == 0.0


def behind(
    others: float, own: float, own_lane_m: float | None = 200.0, wait_s: float | None = 3600.0
) -> Outlook:
    """FAST on the road with so many of standard and fewer of the buses, at two booths."""
    standard, buses = stream(STANDARD, others), stream("commercial/bus", 1.0)
    fast = view(
        stream(FAST, own), booth("b5", FAST), beside=(buses, standard), beside_open=2, own_lane_m=own_lane_m
    )
    return surveyed(fast, view(standard, booth("b1", STANDARD), wait_s=wait_s), view(buses, booth("b6")))


@pytest.mark.parametrize(
    ("case", "found"),
    [
        ("a road of its own", behind(90.0, 5.0, None)),
        ("nobody knows how long they wait", behind(90.0, 5.0, wait_s=None)),
    ],
)
def test_who_stands_behind_nobody(case: str, found: Outlook) -> None:
    assert (found.streams[0].behind, found.streams[0].behind_s) == (None, 0.0), case


def test_who_stands_behind_the_longest_queue_on_a_shared_road() -> None:
    """It does once those queue to where its own lane begins: so long do they wait by then."""
    found, more = behind(90.0, 5.0).streams[0], behind(100.0, 5.0).streams[0]
    assert found.behind == STANDARD
    standard, buses = stream(STANDARD, 90.0), stream("commercial/bus", 1.0)
    place = Place(stream(FAST, 5.0), stream(FAST), (booth("b5", FAST),), (), (standard, buses), 2, 200.0)
    pace = 2 / standard.cycle.mean_s() + 2 / buses.cycle.mean_s()
    standing = sum(one.joined(NOW_S) for one in (standard, buses)) - place.stream.joined(NOW_S)
    assert found.behind_s == pytest.approx(3600.0 - (standing - room_beside(place)) / pace - PASSAGE_S)
    assert more.behind_s == pytest.approx(found.behind_s - 10.0 / pace, abs=5.0)
