"""Tracks through time: gaps, rates, hiding, duplicates."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge.measure.association import assign
from edge.measure.duplicates import distinct
from edge.measure.geometry import overlaps
from edge.measure.standing import standing_since
from edge.measure.track import Track
from edge.measure.tracker import Tracker
from edge.vision import Boxes

WIDTH, HEIGHT = 1280, 720


def boxes(*rows: tuple[float, float], cls: str = "car", score: float = 0.9, size: float = 100) -> Boxes:
    """Square boxes about these centres."""
    xyxy = [[x - size / 2, y - size / 2, x + size / 2, y + size / 2] for x, y in rows]
    return Boxes(
        np.array(xyxy, np.float32).reshape(-1, 4),
        (cls,) * len(rows),
        np.full(len(rows), score, np.float32),
    )


def follow(looks: list[tuple[float, Boxes]]) -> list[Track]:
    """Every track that ever was; who stands is judged as a meter does."""
    tracker, found = Tracker(WIDTH, HEIGHT), {}
    for at, seen in looks:
        tracked = tracker.step(seen, at)
        for track in tracked.live:
            if track.seen_at == at:
                track.stand(standing_since(track, None))
        found |= {track.id: track for track in (*tracked.live, *tracked.ended)}
    return list(found.values())


@pytest.mark.parametrize("fps", [2, 3, 5, 10, 25])
@pytest.mark.parametrize("speed", [20, 100, 250])
def test_one_vehicle_is_one_track_at_any_rate(fps: int, speed: float) -> None:
    looks = [(i / fps, boxes((600, 60 + speed * i / fps))) for i in range(int(600 / speed * fps))]
    assert len(follow(looks)) == 1


@pytest.mark.parametrize(
    ("case", "gap_s", "speed", "tracks"),
    [
        ("a moment without a box", 0.5, 100, 1),
        ("a second without a box", 1.0, 100, 1),
        ("three seconds behind something", 3.0, 100, 2),
        ("standing, ten seconds behind something", 10.0, 0, 1),
        ("standing, away for a minute", 60.0, 0, 2),
    ],
)
def test_gaps(case: str, gap_s: float, speed: float, tracks: int) -> None:
    before = [(i / 10, boxes((600, 100 + speed * i / 10))) for i in range(25)]
    gap = [(2.5 + i / 10, boxes()) for i in range(int(gap_s * 10))]
    end = 2.5 + gap_s
    after = [(end + i / 10, boxes((600, 100 + speed * (end + i / 10)))) for i in range(5)]
    assert len(follow(before + gap + after)) == tracks, case


def test_a_gap_in_the_pictures_is_only_a_larger_step() -> None:
    looks = [(t, boxes((600, 100 + 100 * t))) for t in (0, 0.1, 0.2, 0.3, 0.4, 1.4, 1.5, 3.0)]
    assert len(follow(looks)) == 1


def test_two_that_meet_keep_their_ways() -> None:
    looks = [(i / 10, boxes((100 + 10 * i, 300), (1100 - 10 * i, 340))) for i in range(100)]
    tracks = follow(looks)
    assert len(tracks) == 2
    assert {np.sign(track.motion.vx) for track in tracks} == {1, -1}


def test_the_class_is_voted() -> None:
    looks = [(i / 10, boxes((600, 100 + 5 * i), cls="truck" if i % 4 else "car")) for i in range(20)]
    assert [track.cls for track in follow(looks)] == ["truck"]


def test_a_body_is_that_of_what_is_known_by_now() -> None:
    track = Track(1, (0, 0, 100, 80), "car", 0.9, 0.0)
    assert track.body(0.2) == (0, 0, 100, 80)
    track.see((0, 0, 100, 40), "car", 0.9, 0.2)
    assert track.body(0.2) == (0, 0, 100, 40)
    track.stand(0.0)
    track.see((0, 0, 100, 80), "car", 0.9, 0.4)
    assert track.body(0.4) == pytest.approx((0, 20, 100, 60), abs=0.5)
    track.stand(None)
    assert track.body(0.4) == (0, 0, 100, 80)


@pytest.mark.parametrize(
    ("case", "score", "looks", "confirmed"),
    [
        ("one sure box", 0.7, 1, True),
        ("one unsure box", 0.45, 1, False),
        ("two unsure boxes", 0.45, 2, True),
    ],
)
def test_confirmation(case: str, score: float, looks: int, confirmed: bool) -> None:
    (track,) = follow([(i / 10, boxes((600, 300), score=score)) for i in range(looks)])
    assert track.confirmed is confirmed, case


def test_a_weak_box_starts_nothing_but_carries_on() -> None:
    assert follow([(0.0, boxes((600, 300), score=0.3))]) == []
    looks = [(i / 10, boxes((600, 300 + i), score=0.8 if i < 5 else 0.3)) for i in range(40)]
    (track,) = follow(looks)
    assert track.hits == 40


def test_other_classes_are_no_vehicles() -> None:
    assert follow([(0.0, boxes((600, 300), cls="person"))]) == []


@pytest.mark.parametrize(
    ("case", "rows", "kept"),
    [
        ("two boxes on one vehicle", [[0, 0, 100, 100], [5, 5, 105, 105]], 1),
        ("a cab's box in the truck's box", [[0, 0, 100, 200], [10, 120, 90, 198]], 1),
        ("abreast", [[0, 0, 100, 100], [110, 0, 210, 100]], 2),
        ("one behind the other", [[0, 0, 100, 100], [5, 60, 105, 180]], 2),
        ("a box without area", [[0, 0, 100, 100], [300, 300, 300, 400]], 1),
        ("a box that is no number", [[0, 0, 100, 100], [np.nan, 0, 10, 10]], 1),
        ("none", [], 0),
    ],
)
def test_duplicates(case: str, rows: list[list[float]], kept: int) -> None:
    xyxy = np.array(rows, float).reshape(-1, 4)
    nobody = np.zeros((len(rows), 0))
    assert len(distinct(xyxy, np.linspace(0.9, 0.5, len(rows)), nobody)) == kept, case


CAR, TALL, TRAILER = [100.0, 200.0, 200.0, 280.0], [95.0, 60.0, 205.0, 285.0], [90.0, 190.0, 400.0, 300.0]


@pytest.mark.parametrize(
    ("case", "known", "rows", "kept"),
    [
        ("unknown: the stronger one", [], [TALL, CAR], [TALL]),
        ("a known car, and a box about it and the tree above", [CAR], [TALL, CAR], [CAR]),
        ("a known car before a known trailer", [CAR, TRAILER], [TRAILER, CAR], [TRAILER, CAR]),
        ("two boxes on the known car", [CAR], [[101.0, 201, 201, 281], CAR], [[101.0, 201, 201, 281]]),
    ],
)
def test_of_two_boxes_that_of_a_known_vehicle_stays(
    case: str, known: list[list[float]], rows: list[list[float]], kept: list[list[float]]
) -> None:
    iou, _ = overlaps(np.array(rows), np.array(known).reshape(-1, 4))
    found = distinct(np.array(rows), np.array([0.9, 0.5]), iou)
    assert [rows[row] for row in found] == kept, case


@settings(max_examples=50)
@given(st.integers(0, 2**32 - 1), st.integers(1, 6), st.integers(1, 6))
def test_assignment_takes_each_once_and_nothing_beyond_the_limit(seed: int, rows: int, columns: int) -> None:
    cost = np.random.default_rng(seed).uniform(0, 50, (rows, columns))
    pairs = assign(cost, 30.0)
    assert len({row for row, _ in pairs}) == len({column for _, column in pairs}) == len(pairs)
    assert all(cost[row, column] < 30 for row, column in pairs)


def test_finish_empties_the_tracker() -> None:
    tracker = Tracker(WIDTH, HEIGHT)
    tracker.step(boxes((600, 300)), 0.0)
    assert len(tracker.finish()) == 1
    assert tracker.step(boxes(), 0.1).live == ()


def test_who_drives_out_of_the_picture_has_left_and_ends_at_once() -> None:
    tracker = Tracker(WIDTH, HEIGHT)
    for look in range(13):
        tracker.step(boxes((600, 100 + 50 * look)), look / 10)
    ended = tracker.step(boxes(), 1.4).ended
    assert [track.left for track in ended] == [True]


def test_who_is_hidden_within_the_picture_has_not_left() -> None:
    tracker = Tracker(WIDTH, HEIGHT)
    for look in range(13):
        tracker.step(boxes((600, 100 + 10 * look)), look / 10)
    assert tracker.step(boxes(), 1.4).ended == ()
    assert [track.left for track in tracker.step(boxes(), 2.9).ended] == [False]


@pytest.mark.parametrize(
    ("case", "near", "seen_last", "stays"),
    [
        ("far from all that is still", False, True, False),
        ("where nothing moves", True, True, True),
        ("where nothing moves, but hidden when that was looked at last", True, False, False),
    ],
)
def test_while_nothing_moves_who_stood_stays_and_who_drove_where_it_was_seen(
    case: str, near: bool, seen_last: bool, stays: bool
) -> None:
    """However long nobody looks: a still picture says of one that stands that it stands."""
    tracker = Tracker(WIDTH, HEIGHT)
    for look in range(40):
        moving = [(900, 60 + 10 * look)] if seen_last or look < 39 else []
        tracked = tracker.step(boxes((300, 300), *moving), look / 10)
        for track in tracked.live:
            track.stand(standing_since(track, None))
    stands, drives = tracked.live
    assert (stands.stopped, drives.stopped) == (True, False)
    held = tracker.hold({drives.id} if near else (), 60.0)
    assert held.live == ((stands, drives) if stays else (stands,)), case
    assert held.ended == (() if stays else (drives,)), case
    assert stands in tracker.step(boxes((300, 300)), 60.2).live


def test_numbers_go_on_after_those_of_an_earlier_tracker() -> None:
    earlier, later = Tracker(WIDTH, HEIGHT), Tracker(WIDTH, HEIGHT)
    earlier.step(boxes((200, 300), (600, 300), (1000, 300)), 0.0)
    later.resume(earlier.tracks[1:])
    live = later.step(boxes((200, 300), (600, 300), (1000, 300)), 0.1).live
    assert sorted(track.id for track in live) == [2, 3, 4]
