"""Full lanes tell how many vehicles cameras miss, and those are put back into counts and views."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.minutes import LaneMinute
from dashboard.waits.slices import Slice
from dashboard.waits.unseen import ALL, LEAST, Unseen

FITS = 6.0
MINUTE_S = 60.0


def lane(
    minute: int, in_view: float | None, full: bool = True, occupied: float = 0.9, passed: int | None = 1
) -> LaneMinute:
    return LaneMinute(
        start_s=minute * MINUTE_S,
        end_s=(minute + 1) * MINUTE_S,
        lane="b1",
        kind="booth",
        serves=("commercial/fast",),
        arrivals=passed,
        departures=passed,
        in_view_mean=in_view,
        stopped_mean=in_view,
        length_m=None,
        full=full,
        booth_occ=occupied,
        missing=False,
    )


def corrected(unseen: Unseen, row: LaneMinute) -> LaneMinute:
    return unseen.correct(Slice(row.start_s, row.end_s, {row.lane: row})).rows[row.lane]


def hours(hours: float, in_view: float | None, unseen: Unseen | None = None, **row: object) -> Unseen:
    """After so many hours of one lane that looks like that in each minute."""
    unseen = unseen or Unseen({"b1": FITS})
    for minute in range(round(60 * hours)):
        corrected(unseen, lane(minute, in_view, **row))  # type: ignore[arg-type]
    return unseen


@pytest.mark.parametrize(
    ("case", "in_view", "row", "share"),
    [
        ("a full lane seen whole", FITS, {}, 1.0),
        ("gaps between vehicles are no darkness", 0.95 * FITS, {}, 1.0),
        ("a seventh is missed", 0.86 * FITS, {}, 0.86),
        ("more than a fifth is never put back", 0.7 * FITS, {}, LEAST),
        ("a view that is cut short behind a trailer", 0.45 * FITS, {}, 1.0),
        ("a lane that is not full", 0.86 * FITS, {"full": False}, 1.0),
        ("nobody stands at its booth", 0.86 * FITS, {"occupied": 0.0}, 1.0),
        ("nobody looked", None, {}, 1.0),
    ],
)
def test_full_lanes_tell_the_share_that_is_seen(
    case: str, in_view: float | None, row: dict[str, object], share: float
) -> None:
    assert hours(1.0, in_view, **row).share() == pytest.approx(share, abs=0.01), case


def test_what_is_missed_is_put_back_as_whole_vehicles() -> None:
    unseen = hours(1.0, 0.85 * FITS)
    rows = [corrected(unseen, lane(60 + minute, 0.85 * FITS)) for minute in range(85)]
    assert sum(row.arrivals or 0 for row in rows) == pytest.approx(100, abs=2)
    assert sum(row.departures or 0 for row in rows) == pytest.approx(100, abs=2)
    assert rows[-1].in_view_mean == pytest.approx(FITS, rel=0.02)


def test_nothing_is_put_back_where_nothing_passed_or_was_measured() -> None:
    unseen = hours(1.0, 0.85 * FITS)
    assert corrected(unseen, lane(60, 0.85 * FITS, passed=0)).arrivals == 0
    assert corrected(unseen, lane(61, None)).in_view_mean is None
    assert corrected(unseen, lane(62, 0.85 * FITS, passed=None)).departures is None


def test_by_day_the_share_is_whole_again_and_the_counts_are_left_alone() -> None:
    unseen = hours(0.5, FITS, hours(2.0, 0.85 * FITS))
    row = lane(200, FITS)
    assert unseen.share() == 1.0
    assert corrected(unseen, row) == row


def test_without_a_full_lane_the_share_fades() -> None:
    assert hours(8.0, 0.1, hours(2.0, 0.85 * FITS), full=False).share() == 1.0


def test_lanes_that_hold_fewer_than_thought_are_usual_after_weeks() -> None:
    assert hours(24 * 40, 0.85 * FITS).share() == 1.0


@given(
    views=st.lists(st.one_of(st.none(), st.floats(0.0, 3 * FITS)), max_size=60),
    passed=st.integers(0, 9),
)
def test_the_share_stays_within_bounds_and_counts_never_shrink(
    views: list[float | None], passed: int
) -> None:
    unseen = Unseen({"b1": FITS})
    for minute, in_view in enumerate(views):
        row = corrected(unseen, lane(minute, in_view, passed=passed))
        assert unseen.share() == 1.0 or LEAST <= unseen.share() < ALL
        assert row.arrivals is not None
        assert passed <= row.arrivals <= passed / LEAST + 1
