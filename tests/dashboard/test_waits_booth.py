"""One booth as it was last seen: what its rows tell of whom it serves, and who stands there."""

from __future__ import annotations

from dataclasses import replace

import pytest

from dashboard.minutes import LaneMinute
from dashboard.waits.booth import Booth
from dashboard.waits.site import LaneSpec

FAST, STANDARD = "commercial/fast", "commercial/standard"
MINUTE_S = 60.0
PITCH_M = 20.0
"""Six vehicles fit into a view of 120 m."""


def booth(stacking_m: float | None = 155.0, **more: object) -> Booth:
    return Booth(LaneSpec("b1", "booth", (FAST,), 120.0, stacking_m), (FAST,), PITCH_M, **more)  # type: ignore[arg-type]


def row(place: int, length_s: float = MINUTE_S, **figures: object) -> LaneMinute:
    """The slice number `place`, in which nothing was measured but `figures`."""
    blank = LaneMinute(
        place * length_s, (place + 1) * length_s, "b1", "booth", (FAST,), None, None, None, None, None, None,
        None, False,
    )  # fmt: skip
    return replace(blank, **figures)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("case", "stacking_m", "sign", "left", "left_over", "gone_before", "gone"),
    [
        ("those out of view stand there too", 155.0, (STANDARD,), [0], 5, 0, 0),
        ("no less than are seen", 60.0, (STANDARD,), [0], 4, 0, 0),
        ("a lane of unknown length: those seen", None, (STANDARD,), [0], 4, 0, 0),
        ("the sign stays", 155.0, (FAST,), [2], 0, 0, 2),
        ("an unread sign changes nothing", 155.0, (), [2], 0, 0, 2),
        ("they leave first", 155.0, (STANDARD,), [2], 3, 2, 0),
        ("then those of the new class", 155.0, (STANDARD,), [2, 5], 0, 3, 2),
        ("and they alone", 155.0, (STANDARD,), [5, 2], 0, 0, 2),
        ("departures not counted", 155.0, (STANDARD,), [None], 5, 0, 0),
    ],
)
def test_who_stands_in_a_lane_whose_sign_changes_is_of_the_class_before(
    case: str,
    stacking_m: float | None,
    sign: tuple[str, ...],
    left: list[int | None],
    left_over: int,
    gone_before: int,
    gone: int,
) -> None:
    lane = booth(stacking_m)
    lane.see(row(0, in_view_mean=4.0))
    for place, departures in enumerate(left, start=1):
        lane.see(row(place, serves=sign, in_view_mean=4.0, departures=departures))
    assert (lane.left_over, lane.gone_before, lane.gone) == (left_over, gone_before, gone), case
    assert lane.serves == (sign or (FAST,))


@pytest.mark.parametrize(("in_view", "left_over"), [(0.0, 0), (1.0, 5), (None, 5)])
def test_an_empty_lane_holds_nobody_of_the_class_before(in_view: float | None, left_over: int) -> None:
    lane = booth()
    lane.see(row(0, in_view_mean=4.0))
    lane.see(row(1, serves=(STANDARD,), in_view_mean=4.0))
    lane.see(row(2, serves=(STANDARD,), in_view_mean=in_view))
    assert lane.left_over == left_over


@pytest.mark.parametrize(
    ("case", "occupied", "since_s", "vacant_since_s"),
    [
        ("nobody there", [0.0], None, 0.0),
        ("for longer", [0.0, 0.0], None, 0.0),
        ("came for the last half", [0.0, 0.5], 90.0, None),
        ("stays", [0.0, 0.5, 1.0], 90.0, None),
        ("has left", [0.5, 0.0], None, 60.0),
        ("a flicker is nobody", [0.05], None, 0.0),
        ("came, and was not seen since", [0.5, None], 30.0, None),
        ("nobody, and not seen since", [0.0, None], None, 0.0),
        ("never seen", [None], None, None),
    ],
)
def test_since_when_somebody_or_nobody_stands_there(
    case: str, occupied: list[float | None], since_s: float | None, vacant_since_s: float | None
) -> None:
    lane = booth()
    for place, share in enumerate(occupied):
        lane.see(row(place, booth_occ=share))
    assert (lane.occupied_since_s, lane.vacant_since_s) == (since_s, vacant_since_s), case
    assert lane.stood is None, "a minute does not tell the moment"


@pytest.mark.parametrize(
    ("case", "slices", "since_s", "vacant_since_s", "stood"),
    [
        ("nobody there", [(0.0, 0), (0.0, 0)], None, 0.0, False),
        ("comes for a second", [(0.0, 0), (0.2, 0)], 9.0, None, True),
        ("and stays", [(0.0, 0), (0.2, 0), (1.0, 0)], 9.0, None, False),
        ("leaves after a second", [(1.0, 0), (0.2, 1)], None, 6.0, False),
        ("and nobody follows", [(1.0, 0), (0.2, 1), (0.0, 0)], None, 6.0, False),
        ("the next stands when the departure is counted", [(1.0, 0), (0.6, 0), (0.7, 1)], 11.5, None, True),
        ("no departure: it was a flicker", [(1.0, 0), (0.6, 0), (0.7, 0)], 0.0, None, False),
        ("departures are not counted", [(1.0, 0), (0.6, None), (0.7, None)], 0.0, None, False),
        ("not seen since", [(0.0, 0), (0.2, 0), (None, 0)], 9.0, None, None),
    ],
)
def test_slices_of_five_seconds_tell_the_moment(
    case: str,
    slices: list[tuple[float | None, int | None]],
    since_s: float | None,
    vacant_since_s: float | None,
    stood: bool | None,
) -> None:
    lane = booth()
    for place, (share, departures) in enumerate(slices):
        lane.see(row(place, 5.0, booth_occ=share, departures=departures))
    assert lane.occupied_since_s == (since_s if since_s is None else pytest.approx(since_s)), case
    assert lane.vacant_since_s == (
        vacant_since_s if vacant_since_s is None else pytest.approx(vacant_since_s)
    )
    assert lane.stood is stood


@pytest.mark.parametrize(
    ("case", "in_view", "roomy_s"),
    [
        ("two of six", [2.0], 0.0),
        ("for longer", [2.0, 3.0], 0.0),
        ("it fills up", [2.0, 4.5], None),
        ("and empties again", [2.0, 4.5, 2.0], 120.0),
        ("nobody uses it", [2.0, 0.0], None),
        ("not seen since", [2.0, None], 0.0),
    ],
)
def test_since_when_a_lane_in_use_has_room(
    case: str, in_view: list[float | None], roomy_s: float | None
) -> None:
    lane = booth()
    for place, vehicles in enumerate(in_view):
        lane.see(row(place, in_view_mean=vehicles, full=False))
    assert lane.roomy_s == roomy_s, case
    lane.see(row(9, in_view_mean=2.0, full=True))
    assert lane.roomy_s is None, "whose end is not seen may be full"


@pytest.mark.parametrize(
    ("case", "figures", "approached", "tells"),
    [
        ("a view of the lane", {"in_view_mean": 2.0}, False, True),
        ("both ends counted", {"arrivals": 1, "departures": 1}, False, True),
        ("only who leaves", {"departures": 1}, False, False),
        ("only who leaves; a line upstream counts who comes", {"departures": 1}, True, True),
        ("only who comes", {"arrivals": 1}, False, False),
        ("nothing", {}, True, False),
        ("hardly observed", {"in_view_mean": 2.0, "missing": True}, False, False),
    ],
)
def test_which_rows_tell_the_queue(
    case: str, figures: dict[str, object], approached: bool, tells: bool
) -> None:
    lane = booth(approached=approached)
    lane.see(row(0, **figures))
    assert (lane.row is not None) is tells, case
    assert lane.is_fresh(120.0, 60.0) is tells
    assert not lane.is_fresh(121.0, 60.0)


@pytest.mark.parametrize(
    ("case", "since_s", "departed_s", "at_s", "left_s"),
    [
        ("nothing is known: half of it", None, None, 1000.0, 50.0),
        ("just came to stand", 1000.0, None, 1000.0, 80.0),
        ("half an hour is a pause, and goes on", 0.0, None, 1800.0, 400.0),
        ("its service is nearly over", 925.0, None, 1000.0, 12.0),
        ("stands since the last one left", 900.0, 930.0, 1000.0, 30.0),
        ("came after the last one left", 960.0, 900.0, 1000.0, 40.0),
    ],
)
def test_until_the_vehicle_at_the_booth_has_left(
    case: str, since_s: float | None, departed_s: float | None, at_s: float, left_s: float
) -> None:
    """A cycle takes 100 s, of which the next needs 20 s to come to stand."""
    lane = booth(occupied_since_s=since_s, departed_s=departed_s)
    assert lane.residual_s(at_s, 100.0, 20.0) == pytest.approx(left_s), case


@pytest.mark.parametrize(
    ("case", "slices", "left_s"),
    [
        ("stands there, and the one before is counted late", [(0.0, 0), (0.2, 0), (1.0, 0), (1.0, 1)], 69.0),
        (
            "has left: the next has to come, and takes a service",
            [(0.2, 0), (1.0, 0), (0.2, 1), (0.0, 0)],
            92.5,
        ),
        ("not seen any more: as the counts say", [(0.2, 0), (1.0, 0), (1.0, 1), (None, 0)], 92.5),
    ],
)
def test_where_it_is_seen_who_stands_there_that_counts(
    case: str, slices: list[tuple[float | None, int]], left_s: float
) -> None:
    lane = booth()
    for place, (share, departures) in enumerate(slices):
        lane.see(row(place, 5.0, booth_occ=share, departures=departures))
    assert lane.residual_s(20.0, 100.0, 20.0) == pytest.approx(left_s), case


@pytest.mark.parametrize(
    ("case", "minutes", "at_s", "passed_s"),
    [
        ("never seen", 0, 600.0, None),
        ("nobody behind it: the last that came", 10, 600.0, 570.0),
        ("it came before the newest row, by a row at most", 10, 481.0, 450.0),
        ("by more: who was in view then is not known", 10, 479.0, None),
        ("never after it came to stand", 1, 10.0, 10.0),
    ],
)
def test_when_who_comes_to_stand_passed_the_tail_line(
    case: str, minutes: int, at_s: float, passed_s: float | None
) -> None:
    lane = booth()
    for place in range(minutes):
        lane.see(row(place, arrivals=1, in_view_mean=1.0, full=False))
    found = lane.tail_passed_s(at_s)
    assert found == (None if passed_s is None else pytest.approx(passed_s, abs=32.0)), case
    assert found is None or found <= at_s


def test_without_a_view_nobody_knows_when_it_passed_the_tail_line() -> None:
    lane = booth()
    lane.see(row(0, arrivals=1, departures=1))
    assert lane.row is not None
    assert lane.tail_passed_s(60.0) is None
    assert not lane.is_empty()
    assert not lane.is_crowded()
