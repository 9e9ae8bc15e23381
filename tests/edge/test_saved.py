"""A node that was killed goes on from what it saved: nobody is counted twice, and nobody left out."""

from __future__ import annotations

from typing import Any

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge.config import NodeConfig
from edge.measure.meter import CameraMeter
from edge.measure.saved import decoded, encoded, shifted
from edge.vision import Boxes, Step
from tests.edge.boxfile import HEIGHT, WIDTH, across, area

FPS = 5
TRUCKS = 12
PITCH = 44.0
"""Pixels from truck to truck; the first stands at the booth line, the last on the tail line."""
BOOTH_Y, TAIL_Y = 640.0, 640.0 - (TRUCKS - 1) * PITCH - 18
LANE = {
    "id": "L",
    "tail": across(TAIL_Y, 200, 400, "bottom"),
    "booth": across(BOOTH_Y, 200, 400, "bottom"),
    "area": area(200, TAIL_Y, 400, BOOTH_Y),
}


def meter(lane: dict[str, Any] = LANE, width: int = WIDTH) -> CameraMeter:
    node = NodeConfig.model_validate({"port": "p", "node": "n", "cameras": [{"id": "c", "lanes": [lane]}]})
    return CameraMeter(node.cameras[0], width, HEIGHT)


def queue_at(t_s: float, rng: np.random.Generator) -> Boxes:
    """Twelve trucks drive up and stand from 20 to 60 s, the last across the tail line; then all drive off."""
    go = np.interp(t_s, [0, 20, 60, 90], [-620, 0, 0, 900])
    feet = [BOOTH_Y - 18 - number * PITCH + go for number in range(TRUCKS)]
    rows = [[250, foot - 40, 330, foot] for foot in feet if 45 < foot < 720]
    xyxy = np.array(rows, np.float32).reshape(-1, 4) + rng.uniform(-3, 3, (len(rows), 4)).astype(np.float32)
    return Boxes(xyxy, ("truck",) * len(rows), np.full(len(rows), 0.9, np.float32))


def watch(subject: CameraMeter, start: float, end: float) -> list[Step]:
    rng = np.random.default_rng(7)
    times = [i / FPS for i in range(round(start * FPS), round(end * FPS))]
    return [subject.step(queue_at(t, rng), t) for t in times]


def counts(steps: list[Step]) -> tuple[int, int]:
    lines = [crossing.line for step in steps for crossing in step.crossings]
    return lines.count("tail"), lines.count("booth")


def restarted(first: CameraMeter, at: float) -> CameraMeter:
    """Another meter that goes on at `at` from what is on the disk."""
    saved = decoded(encoded(first.save(first_seen_at(first))))
    assert saved is not None
    second = meter()
    assert second.resume(saved, at)
    return second


def first_seen_at(subject: CameraMeter) -> float:
    return max(track.seen_at for track in subject._tracker.tracks)


@pytest.mark.parametrize("killed_at", [25.0, 41.0, 58.0])
@pytest.mark.parametrize("away_s", [0.2, 4.0, 12.0])
def test_twelve_trucks_between_the_lines_are_counted_once(killed_at: float, away_s: float) -> None:
    first = meter()
    before = watch(first, 0, killed_at)
    back_at = min(killed_at + away_s, 59.0)
    after = watch(restarted(first, back_at), back_at, 95)
    arrivals, departures = counts(before + after)
    assert (arrivals, departures) == (TRUCKS, TRUCKS)
    assert counts(after)[1] == TRUCKS


def test_a_truck_on_the_tail_line_would_count_again_without_it() -> None:
    watch(meter(), 0, 41)
    assert counts(watch(meter(), 41, 95))[0] > 0


@settings(max_examples=15, deadline=None)
@given(st.integers(5, 440))
def test_a_restart_in_no_time_changes_no_count(picture: int) -> None:
    first, at = meter(), picture / FPS
    before = watch(first, 0, at)
    second = meter()
    assert second.resume(first.save(at - 1 / FPS), at)
    assert counts(before + watch(second, at, 95)) == (TRUCKS, TRUCKS)


def leaps_at(picture: int) -> Boxes:
    """One leaves beyond the line, is lost for 0.8 s, and its track goes over to the next: two vehicles."""
    there = [*np.arange(200.0, 320, 5), *[320.0] * 20, *[None] * 8, *[255.0] * 14, *np.arange(255.0, 400, 5)]
    ys = [there[picture]] if there[picture] is not None else []
    xyxy = np.array([[250, y - 50, 350, y + 50] for y in ys], np.float32).reshape(-1, 4)
    return Boxes(xyxy, ("car",) * len(ys), np.full(len(ys), 0.9, np.float32))


LEAP_PICTURES = 95
LEAP_LANE = {"id": "L", "tail": across(300)}


@pytest.mark.parametrize("killed_at", [None, *range(40, 70, 3)])
def test_whose_track_went_over_to_the_next_is_known_after_a_restart(killed_at: int | None) -> None:
    subject, counted = meter(LEAP_LANE), 0
    for picture in range(LEAP_PICTURES):
        if picture == killed_at:
            saved = decoded(encoded(subject.save((picture - 1) / 10)))
            subject = meter(LEAP_LANE)
            assert saved is not None
            assert subject.resume(shifted(shifted(saved, 9.0), -9.0), picture / 10)
        counted += len(subject.step(leaps_at(picture), picture / 10).crossings)
    assert counted == 2


def starts_unseen_at(t: float) -> Boxes:
    """A car drives up, waits before the line, and is not found for 1 s as it drives off over it."""
    waited = max(0.0, t - 8)
    y = min(120 + 60 * t, 270) + 70 * waited**2
    rows = [] if abs(waited - 0.85) < 0.5 or y > 760 else [[240, y - 100, 360, y]]
    xyxy = np.array(rows, np.float32).reshape(-1, 4)
    return Boxes(xyxy, ("car",) * len(rows), np.full(len(rows), 0.9, np.float32))


@pytest.mark.parametrize("killed_at", [None, 5.0, 7.0, 8.4])
def test_who_drives_off_unseen_is_known_by_its_way_from_before_a_restart(killed_at: float | None) -> None:
    subject, counted = meter(LEAP_LANE), 0
    for picture in range(14 * FPS):
        at = picture / FPS
        if at == killed_at:
            saved = decoded(encoded(subject.save(at - 1 / FPS)))
            assert saved is not None
            subject = meter(LEAP_LANE)
            assert subject.resume(saved, at)
        counted += len(subject.step(starts_unseen_at(at), at).crossings)
    assert counted == 1


def test_what_an_older_program_saved_of_a_track_is_gone_on_from() -> None:
    first = meter()
    watch(first, 0, 25)
    rows = msgspec.msgpack.decode(encoded(first.save(25.0)))
    for track in rows[3]:
        track.pop()  # `came_from`, the newest field
    saved = decoded(msgspec.msgpack.encode(rows))
    assert saved is not None
    assert {track.came_from for track in saved.tracks} == {None}
    second = meter()
    assert second.resume(saved, 25.2)
    assert counts(watch(second, 25.2, 95))[1] == TRUCKS


def test_travel_times_are_told_only_of_those_who_were_not_lost_from_sight() -> None:
    for away_s, told in ((4.0, True), (30.0, False)):
        first = meter()
        watch(first, 0, 25)
        second = restarted(first, 25 + away_s)
        assert bool(second._arrived) is told


@pytest.mark.parametrize(
    ("case", "subject", "away_s"),
    [
        ("the lines were moved", meter(LANE | {"tail": across(TAIL_Y + 5, 200, 400, "bottom")}), 1.0),
        ("pictures of another size", meter(width=640), 1.0),
        ("too long ago", meter(), 200.0),
        ("the clock went back", meter(), -5.0),
    ],
)
def test_what_does_not_fit_is_not_gone_on_from(case: str, subject: CameraMeter, away_s: float) -> None:
    first = meter()
    watch(first, 0, 25)
    assert not subject.resume(first.save(25.0), 25.0 + away_s), case
    assert not subject._tracker.tracks


def test_what_is_damaged_is_nothing() -> None:
    first = meter()
    watch(first, 0, 25)
    payload = encoded(first.save(25.0))
    assert decoded(payload[:-3]) is None
    assert decoded(b"") is None
    assert decoded(b"\xc0") is None


def test_another_clock_tells_the_same() -> None:
    first = meter()
    watch(first, 0, 25)
    saved = first.save(25.0)
    assert shifted(saved, 0.0) is saved
    (later, *_), (first_track, *_) = shifted(saved, 64.0).tracks, saved.tracks
    assert (later.born_at, later.seen_at) == (first_track.born_at + 64, first_track.seen_at + 64)
    assert later.arrived["L"] == pytest.approx(first_track.arrived["L"] + 64)
    assert later.xyxy == first_track.xyxy
