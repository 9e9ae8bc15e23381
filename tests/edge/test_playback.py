"""A recording in a camera's place: frame times, seams, where a late node begins."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.node.playback import Place, Schedule, first_moment

T0 = 1_800_000_000.0
LOOP = Schedule(T0, 210.0, loop=True)
ONCE = Schedule(T0, 210.0, loop=False)


@pytest.mark.parametrize(
    ("case", "schedule", "now", "expected"),
    [
        ("before the start", LOOP, -30.0, Place(0, 0.0)),
        ("a little late: from the first picture", LOOP, 9.0, Place(0, 0.0)),
        ("much too late: where it is by now", LOOP, 50.0, Place(0, 50.0)),
        ("in the third loop", LOOP, 430.0, Place(2, 10.0)),
        ("late for a recording that is played once", ONCE, 50.0, Place(0, 50.0)),
        ("after its end", ONCE, 211.0, None),
    ],
)
def test_where_to_begin(case: str, schedule: Schedule, now: float, expected: Place | None) -> None:
    assert schedule.begin(T0 + now) == expected


@pytest.mark.parametrize(
    ("watched_until", "expected"),
    [(-5.0, Place(0, 0.0)), (0.0, Place(0, 0.0)), (4.0, Place(0, 9.0))],
    ids=["another recording's end", "nothing of this one", "its start: nobody is counted there again"],
)
def test_a_node_that_was_killed_soon_after_the_start_goes_on(watched_until: float, expected: Place) -> None:
    assert LOOP.begin(T0 + 9.0, T0 + watched_until) == expected


@pytest.mark.parametrize(
    ("schedule", "expected"), [(LOOP, Place(4, 0.0)), (ONCE, None)], ids=["a loop goes on", "once is once"]
)
def test_what_comes_after_a_loop(schedule: Schedule, expected: Place | None) -> None:
    assert schedule.after(Place(3, 7.0)) == expected


@given(st.integers(0, 1000), st.integers(1, 10_000_000))
def test_the_seam_is_exact(loop: int, length_ms: int) -> None:
    schedule = Schedule(T0, length_ms / 1000, loop=True)
    assert schedule.seam(loop) == schedule.frame_at(loop + 1, 0.0)
    assert round(schedule.seam(loop) * 1000) == round(T0 * 1000) + (loop + 1) * length_ms


@pytest.mark.parametrize(
    ("start_at", "now", "expected"),
    [(None, 5.0, 5.0), (9.0, 5.0, 9.0), (1.0, 5.0, 1.0), (1.0, 500.0, 500.0)],
    ids=["live: now", "in the future", "a little late", "much too late: now"],
)
def test_first_moment(start_at: float | None, now: float, expected: float) -> None:
    assert first_moment(start_at, now) == expected


def test_the_first_moment_after_a_kill_is_now() -> None:
    assert first_moment(1.0, 5.0, watched_until=3.0) == 5.0
