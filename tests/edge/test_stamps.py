"""Times of live pictures: the camera's stamps, whatever its clock does, in this machine's time."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.camera.stamps import Stamps

STEP_S = 0.1


def taken(stamps: list[float | None], came: list[float]) -> tuple[list[float | None], int]:
    """When each picture was taken, and how many jumps were seen."""
    tied = Stamps()
    return [tied.at(stamp, at) for stamp, at in zip(stamps, came, strict=True)], tied.jumps


@pytest.mark.parametrize(
    ("case", "stamps", "came", "expected", "jumps"),
    [
        ("stamps tell the steps, not the jittered arrivals",
         [5.0, 5.1, 5.2, 5.3], [100.0, 100.1, 100.28, 100.31], [100.0, 100.1, 100.2, 100.3], 0),
        ("a camera without stamps: the times of arrival", [None, None], [7.0, 7.1], [7.0, 7.1], 0),
        ("the first was late: the others show it, and time never falls",
         [0.0, 0.1, 0.2, 0.3], [50.5, 50.5, 50.5, 50.5], [50.5, None, None, None], 0),
        ("the clock is set an hour forward", [1.0, 1.1, 3601.2, 3601.3], [10.0, 10.1, 10.2, 10.3],
         [10.0, 10.1, 10.2, 10.3], 1),
        ("the clock is set an hour back", [9000.0, 9000.1, 5400.2, 5400.3], [10.0, 10.1, 10.2, 10.3],
         [10.0, 10.1, 10.2, 10.3], 1),
        ("five seconds back", [9.0, 9.1, 4.2, 4.3], [10.0, 10.1, 10.2, 10.3], [10.0, 10.1, 10.2, 10.3], 1),
        ("the camera pauses, and so do its stamps", [1.0, 61.0], [10.0, 70.0], [10.0, 70.0], 0),
        ("a picture twice", [1.0, 1.0, 1.1], [10.0, 10.0, 10.1], [10.0, None, 10.1], 0),
        ("stamps that stand still: a jump each second, and never a picture from the past",
         [1.0, 1.0, 1.0], [10.0, 10.5, 11.5], [10.0, 10.0, 11.5], 1),
    ],
)  # fmt: skip
def test_when_a_picture_was_taken(
    case: str, stamps: list[float | None], came: list[float], expected: list[float | None], jumps: int
) -> None:
    at, seen = taken(stamps, came)
    assert [a if a is None else pytest.approx(a, abs=0.01) for a in expected] == at
    assert seen == jumps


@given(st.lists(st.tuples(st.floats(-1e6, 1e6), st.floats(0, 3)), min_size=1, max_size=50))
def test_whatever_the_stamps_say_time_rises_and_is_never_more_than_a_second_old(
    steps: list[tuple[float, float]],
) -> None:
    tied, came_at, last = Stamps(), 1000.0, float("-inf")
    for stamp, step in steps:
        came_at += step
        at = tied.at(stamp, came_at)
        if at is not None:
            assert last < at <= came_at + 1e-6
            assert came_at - at <= 1.01
            last = at


@pytest.mark.parametrize("ppm", [-500, -50, 50, 500])
def test_a_camera_whose_clock_is_fast_or_slow_stays_tied(ppm: int) -> None:
    tied, worst = Stamps(), 0.0
    for number in range(200_000):
        came_at = 1000 + number * STEP_S
        at = tied.at(number * STEP_S * (1 + ppm / 1e6), came_at)
        if at is not None:
            worst = max(worst, abs(at - came_at))
    assert worst < 0.05
    assert tied.jumps == 0
