"""What cameras see corrects the balance of counts: it is believed for what it shows, and not beyond."""

from __future__ import annotations

from dataclasses import replace

import pytest

from dashboard.minutes import LaneMinute, Match
from dashboard.waits.booth import Booth
from dashboard.waits.mix import Mix
from dashboard.waits.sight import look, look_upstream, match, room_of
from dashboard.waits.site import LaneSpec, StreamSpec
from dashboard.waits.slices import Slice
from dashboard.waits.stream import Stream, Use
from tests.dashboard.test_waits_booth import row

FAST, STANDARD = "commercial/fast", "commercial/standard"
ROAD = LaneSpec("u1", "approach", (STANDARD,), 120.0, None, 900.0)
MINUTE_S = 60.0
FULL = 5.6
"""A view of 120 m is full with so many trucks of 21 m."""
COUNTED, SD = 20.0, 4.0
"""Vehicles between line and booths as the counts say, and how far they may be off."""


def stream(road: bool = False, vehicles: float = COUNTED, anchored: bool = True) -> Stream:
    made = Stream(StreamSpec(STANDARD, nominal_service_s=60.0), (ROAD,) if road else ())
    made.approaches = (ROAD,) if road else ()
    made.drift.move(vehicles, SD**2 if vehicles else 0.01)
    made.anchored, made.counted = anchored, True
    return made


def use(name: str, minutes: list[LaneMinute], share: float = 1.0, left_over: int = 0) -> Use:
    """A booth that has seen these minutes."""
    lane = Booth(LaneSpec(name, "booth", (STANDARD,), 120.0, 155.0), (STANDARD,))
    for one in minutes:
        lane.see(replace(one, lane=name, serves=(STANDARD,)))
    lane.left_over = left_over
    return Use(lane, share)


def minutes(in_view: float | None, number: int = 5, **figures: object) -> list[LaneMinute]:
    occupied = 0.85 if in_view else 0.0
    standard: dict[str, object] = {
        "in_view_mean": in_view,
        "full": False,
        "booth_occ": occupied,
        "arrivals": 1 if in_view else 0,
        "departures": 1 if in_view else 0,
    }
    return [row(place, **standard | figures) for place in range(number)]


def looked(
    of: Stream,
    *lanes: list[LaneMinute],
    blocked: bool = False,
    share: float = 1.0,
    left_over: int = 0,
    slices: int = 5,
) -> float:
    """Vehicles that the balance holds after so many slices like the newest of the booths'."""
    uses = [use(f"b{place}", seen, share, left_over) for place, seen in enumerate(lanes)]
    rows = {one.booth.spec.id: seen[-1] for one, seen in zip(uses, lanes, strict=True) if seen}
    length_s = next(seen[-1].length_s for seen in lanes if seen)
    for _ in range(slices):
        look(of, Slice(300.0 - length_s, 300.0, rows), uses, blocked)
    return of.drift.mean()


SEEN = minutes(3.0)
ALL_FULL = minutes(FULL, full=True)


@pytest.mark.parametrize(
    ("case", "road", "lanes", "least", "most"),
    [
        ("three and three: as many, and not twenty", False, (SEEN, SEEN), 5.0, 12.0),
        ("the end of a view is not seen: more may stand there", True, (ALL_FULL, ALL_FULL), 19.0, 21.0),
        ("a lane has had room for long: nobody stands upstream", True, (SEEN, SEEN), 5.0, 12.0),
        ("nobody there", False, (minutes(0.0), minutes(0.0)), 0.0, 1.0),
        ("nobody there, and none on the road", True, (minutes(0.0), minutes(0.0)), 0.0, 1.0),
        ("nobody in view, but somebody at the booth", True, (minutes(0.0, booth_occ=0.5),) * 2, 19.0, 21.0),
        ("one booth is not seen: nothing is known", False, (SEEN, []), 19.0, 21.0),
        ("one view is not told: nothing is known", False, (SEEN, minutes(None)), 19.0, 21.0),
        ("fog is no view of nobody", False, (minutes(0.0, full=True), minutes(0.0)), 19.0, 21.0),
    ],
)  # fmt: skip
def test_the_queue_in_view_of_the_booths(
    case: str, road: bool, lanes: tuple[list[LaneMinute], ...], least: float, most: float
) -> None:
    assert least <= looked(stream(road), *lanes) <= most, case


@pytest.mark.parametrize(
    ("case", "blocked", "lanes", "least", "most"),
    [
        ("more are seen than were counted", False, (ALL_FULL, ALL_FULL), 9.0, 13.0),
        ("who is held up by others may stand where nobody sees", True, (SEEN, SEEN), 5.0, 9.0),
    ],
)
def test_a_balance_of_fewer_than_are_seen_is_raised(
    case: str, blocked: bool, lanes: tuple[list[LaneMinute], ...], least: float, most: float
) -> None:
    few = stream(road=True, vehicles=3.0)
    assert few.drift.mean() < 5.0
    assert least <= looked(few, *lanes, blocked=blocked) <= most, case
    assert looked(stream(road=True), *lanes, blocked=blocked) > 18.0, "and one of more is left"


@pytest.mark.parametrize(
    ("case", "share", "left_over", "expected"),
    [
        ("all are its own", 1.0, 0, 8.0),
        ("half of them", 0.5, 0, 4.0),
        ("three in each lane are of the class before", 1.0, 3, 2.0),
        ("more than are in view", 1.0, 9, 0.0),
    ],
)
def test_only_its_own_vehicles_count(case: str, share: float, left_over: int, expected: float) -> None:
    """Four stand in each of two lanes."""
    first = stream(vehicles=0.0, anchored=False)
    four = minutes(4.0)
    assert looked(first, four, four, share=share, left_over=left_over) == pytest.approx(expected, abs=0.7), (
        case
    )


def test_a_brief_slice_tells_less_than_a_minute() -> None:
    brief = [replace(one, start_s=one.end_s - 5.0) for one in SEEN]
    assert looked(stream(), SEEN, SEEN, slices=1) + 3.0 < looked(stream(), brief, brief, slices=1) < COUNTED


@pytest.mark.parametrize(
    ("case", "road", "seen", "least", "most"),
    [
        ("as many as are seen", False, SEEN, 5.5, 6.5),
        ("the view is full: more may stand beyond it", False, ALL_FULL, 14.0, 30.0),
        ("all lanes are full and a road lies upstream", True, minutes(FULL), 14.0, 30.0),
        ("there is room: nobody stands on the road", True, SEEN, 5.5, 6.5),
        ("nobody", True, minutes(0.0), 0.0, 0.7),
    ],
)
def test_measuring_begins_with_those_who_stand_there(
    case: str, road: bool, seen: list[LaneMinute], least: float, most: float
) -> None:
    first = stream(road, vehicles=0.0, anchored=False)
    assert least <= looked(first, seen, seen, slices=1) <= most, case
    assert first.anchored


def upstream(of: Stream, in_view: float | None, stopped: float, full: bool, slices: int = 40) -> None:
    """So many minutes in which one a minute comes over the line and leaves a booth in a full lane."""
    uses = [use("b0", minutes(FULL))]
    for place in range(slices):
        start_s = place * MINUTE_S
        of.entered.add(start_s, start_s + MINUTE_S, 1.0)
        of.left.add(start_s, start_s + MINUTE_S, 1.0)
        seen = row(place, arrivals=1, in_view_mean=in_view, stopped_mean=stopped, full=full)
        look_upstream(of, Slice(start_s, start_s + MINUTE_S, {"u1": seen}), uses, {"u1": Mix((STANDARD,))})


ROOM = 900.0 / 21.0
"""Vehicles between the line and one booth in use."""


@pytest.mark.parametrize(
    ("case", "view", "covered", "least", "most"),
    [
        ("jammed to its end: all is full", (FULL - 0.3, FULL - 0.3, True), True, 0.85 * ROOM, ROOM),
        ("the queue ends within the view", (2.8, 2.8, False), False, ROOM - 7.0, ROOM - 1.0),
        ("nobody in the view: no more than fit below it", (0.2, 0.0, False), False, 1.0, ROOM - 3.5),
        ("not seen: as the counts say", (None, 0.0, False), False, 50.0, 65.0),
    ],
)
def test_the_road_says_where_the_queue_ends(
    case: str, view: tuple[float | None, float, bool], covered: bool, least: float, most: float
) -> None:
    """The counts say that 60 stand there, where 43 fit."""
    of = stream(road=True, vehicles=60.0)
    upstream(of, *view)
    assert of.spill.covered is covered, case
    assert least <= of.drift.mean() <= most, case


def test_where_booths_stand_empty_nobody_stands_in_their_lanes() -> None:
    mixes = {"u1": Mix((STANDARD,))}
    busy, closed = use("b0", minutes(FULL)), use("b1", minutes(0.0))
    assert room_of(stream(road=True), [busy], mixes) == pytest.approx(ROOM)
    assert room_of(stream(road=True), [busy, closed], mixes) == pytest.approx(ROOM)
    assert room_of(stream(road=True), [busy, busy], mixes) == pytest.approx(ROOM + 155.0 / 21.0)
    assert room_of(stream(road=True), [closed], mixes) == pytest.approx(ROOM), "one at least will open"
    half = room_of(stream(road=True), [busy], {"u1": Mix((STANDARD, FAST))})
    assert half == pytest.approx((745.0 / 2 + 155.0) / 21.0), "the road holds others, too"


def test_without_a_road_the_demand_is_what_the_booths_lines_count() -> None:
    of = stream()
    for place in range(120):
        of.entered.add(place * MINUTE_S, (place + 1) * MINUTE_S, 3.0)
        look_upstream(of, Slice(place * MINUTE_S, (place + 1) * MINUTE_S, {}), [], {})
    assert of.rate_per_s == pytest.approx(3.0 / MINUTE_S, rel=0.15)
    assert not of.spill.covered
    of.counted = False
    before = of.rate_per_s
    for place in range(120, 130):
        of.entered.add(place * MINUTE_S, (place + 1) * MINUTE_S, 0.0)
        look_upstream(of, Slice(place * MINUTE_S, (place + 1) * MINUTE_S, {}), [], {})
    assert of.rate_per_s > 0.5 * before, "nobody counted is not nobody"


@pytest.mark.parametrize(("came_behind", "least", "most"), [(2.0, 2.0, 12.0), (40.0, 28.0, 44.0)])
def test_a_matched_vehicle_tells_how_many_came_behind_it(
    came_behind: float, least: float, most: float
) -> None:
    """The counts say 20, give or take four: matches that say otherwise are believed."""
    of = stream(road=True, anchored=False)
    of.entered.add(0.0, 1200.0, 5.0)
    of.entered.add(1200.0, 3000.0, came_behind)
    now = Slice(2940.0, 3000.0, {})
    for _ in range(4):
        match(of, now, [Match(3000.0, "b0", "u1", 1800.0)], [use("b0", [])], ROOM)
    assert least <= of.drift.mean() <= most
    assert of.anchored
    assert of.matched_s == 3000.0
    assert (of.followed[-1].entered_s, of.followed[-1].reached_s) == (1200.0, 3000.0)
    assert of.reached[-1] == (3000.0, pytest.approx(1800.0 - of.drive_s()))


@pytest.mark.parametrize(
    ("case", "told_s", "wider"), [("as told", 1740.0, False), ("an hour less than told", 5340.0, True)]
)
def test_a_matched_vehicle_is_held_against_what_was_told_when_it_joined(
    case: str, told_s: float, wider: bool
) -> None:
    of = stream(road=True)
    of.entered.add(0.0, 3000.0, 30.0)
    of.backtest.note(0.0, told_s, 300.0)
    before = of.backtest.scale()
    match(of, Slice(2940.0, 3000.0, {}), [Match(3000.0, "b0", "u1", 1800.0)], [use("b0", [])], ROOM)
    assert (of.backtest.scale() > before) is wider, case
