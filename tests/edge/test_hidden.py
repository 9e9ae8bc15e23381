"""Who drove in a lane when something hid them is on the way for a while yet, and then over for good."""

from __future__ import annotations

import pytest

from edge.measure.closely import Closely
from edge.measure.hidden import REMEMBERED_S, Hidden
from edge.measure.track import Track
from edge.measure.tracker import Tracked

FPS = 5


def track(number: int, seconds: float = 4.0, speed: float = 60.0, left: bool = False) -> Track:
    """A car that drove down the picture until 0 s, and so many seconds before that."""
    looks = round(seconds * FPS)
    boxes = [(100.0, 400.0 - speed * k / FPS, 200.0, 500.0 - speed * k / FPS) for k in range(looks + 1)]
    made = Track(number, boxes[-1], "car", 0.9, -looks / FPS)
    for k in range(looks - 1, -1, -1):
        made.see(boxes[k], "car", 0.9, -k / FPS)
    made.left, made.pictures = left, looks + 1
    made.closely = Closely("b1", 1.0, 0.0)
    return made


def ids(tracks: tuple[Track, ...]) -> list[int]:
    return [one.id for one in tracks]


@pytest.mark.parametrize(
    ("case", "ended", "remembered"),
    [
        ("drove on the road", track(1), True),
        ("drove over the edge of the picture", track(1, left=True), False),
        ("was hardly seen", track(1, seconds=0.2), False),
    ],
)
def test_who_is_remembered(case: str, ended: Track, remembered: bool) -> None:
    live = track(7)
    found = Hidden().step(Tracked((live,), (ended,)), 0.4)
    assert ids(found.live) == ([7, 1] if remembered else [7]), case
    assert ids(found.ended) == ([] if remembered else [1]), case


def test_who_is_remembered_is_over_once_and_after_a_while() -> None:
    hidden, lost = Hidden(), track(1)
    hidden.step(Tracked((), (lost,)), 0.4)
    for at in (1.0, 4.0, REMEMBERED_S):
        found = hidden.step(Tracked((), ()), at)
        assert (ids(found.live), ids(found.ended)) == ([1], [])
    found = hidden.step(Tracked((), ()), REMEMBERED_S + 0.2)
    assert (ids(found.live), ids(found.ended)) == ([], [1])
    found = hidden.step(Tracked((), ()), REMEMBERED_S + 0.4)
    assert (ids(found.live), ids(found.ended)) == ([], [])


def test_several_are_remembered_each_for_its_own_time() -> None:
    hidden, first, second = Hidden(), track(1), track(2)
    second.seen_at = 3.0
    hidden.step(Tracked((), (first,)), 0.4)
    assert ids(hidden.step(Tracked((), (second,)), 3.4).live) == [1, 2]
    found = hidden.step(Tracked((), ()), REMEMBERED_S + 1.0)
    assert (ids(found.live), ids(found.ended)) == ([2], [1])
