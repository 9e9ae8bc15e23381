"""`scripts/bench edge`: the same boxes for every side, what a missing side is, figures and goals."""

from __future__ import annotations

from itertools import islice
from pathlib import Path

import cv2
import numpy as np
import pytest

from edge.camera.video import VideoSource
from edge.detection.detector import Detector
from edge.detection.heap import freed_at_once
from edge.detection.packs import find_pack
from scripts import bench_edge
from scripts.rivals.adapter import adapt
from scripts.rivals.goals import EVERY, GOALS, LANE, STILL, Goal, Told
from scripts.rivals.job import Job, pace

RECORDED = Path(__file__).parents[2] / "config" / "recordings" / "demo"
LINE = ((0.2, 0.7), (0.8, 0.7))


def job(frames: int, **more: object) -> Job:
    film, config = RECORDED / "tail.mp4", RECORDED / "nodes" / "n-tail.yaml"
    return Job("vehicles", str(film), str(config), frames, 256, 416, LINE, **more)  # type: ignore[arg-type]


def test_the_rivals_see_the_same_boxes(tmp_path: Path) -> None:
    pack = find_pack("vehicles")
    adapted = tmp_path / "adapted.onnx"
    adapt(pack.model, "lanewatch", 256, 416, pack.card.classes, adapted)
    (frame,) = islice(VideoSource(str(RECORDED / "tail.mp4")).every(40), 1, 2)
    picture = np.asarray(cv2.resize(frame.image, (416, 256)), np.uint8)
    ours = Detector.load("vehicles").boxes(picture, 0.4)
    theirs = Detector.load(str(adapted)).boxes(picture, 0.4)
    assert len(ours) > 2
    same = np.abs(ours.xyxy[:, None] - theirs.xyxy[None]).max(axis=2)
    assert same.min(axis=1).max() < 2  # px; bytes or floats within the graph
    assert theirs.scores[same.argmin(axis=1)] == pytest.approx(ours.scores, abs=0.05)


@pytest.mark.parametrize(
    ("case", "more", "taken", "looked"),
    [
        ("every picture", {}, 11, 12),
        ("five a second", {"every_s": 0.2}, 5, 6),
        ("five a second, four cameras", {"every_s": 0.2, "cameras": 4}, 5, 24),
    ],
)
def test_our_side_tells_what_it_did(case: str, more: dict[str, object], taken: int, looked: int) -> None:
    told = bench_edge.run_side("ours", job(12, **more))
    assert not isinstance(told, str), told
    assert (told["frames"], told["taken"], told["looked"]) == (11, taken, looked), case
    assert told["cpu_s"] > 0
    assert told["rss_mb"] > 50


def test_a_rival_that_is_not_installed_is_skipped_with_the_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bench_edge, "ORACLES", Path("nowhere"))
    assert bench_edge.run_side("counter", job(2)) == bench_edge.NO_ORACLES


def figures(**ms: float) -> dict[tuple[str, str], Told | str]:
    sides = {side for goal in GOALS for side in (goal.over, goal.under) if side}
    told = {"rss_mb": 150.0, "start_cpu_s": 0.3}
    return {side: told | {"ms": ms.get(side[1], 10.0)} for side in sides}


@pytest.mark.parametrize(
    ("case", "goal", "value", "reached"),
    [
        ("a ratio", Goal("", (EVERY, "ObjectCounter"), (EVERY, "lanewatch"), least=2.5), 3.0, True),
        ("a ratio missed", Goal("", (EVERY, "ObjectCounter"), (EVERY, "lanewatch"), least=3.5), 3.0, False),
        ("no goal, only a figure", Goal("", (EVERY, "ObjectCounter"), (EVERY, "lanewatch")), 3.0, None),
        ("cameras a core", Goal("", (LANE, "lanewatch"), least=8), 1000 / (24 * 10), False),
        ("memory", Goal("", (STILL, "lanewatch, gate"), key="rss_mb", most=160), 150.0, True),
    ],
)
def test_goals(case: str, goal: Goal, value: float, reached: bool | None) -> None:
    found = figures(ObjectCounter=30.0)
    assert goal.value(found, {LANE: 24, STILL: 12}) == pytest.approx(value), case
    assert goal.reached(goal.value(found, {LANE: 24, STILL: 12})) is reached, case


def test_a_goal_whose_side_is_missing_is_not_measured() -> None:
    goal = Goal("", (EVERY, "ObjectCounter"), (EVERY, "lanewatch"), least=2.5)
    found = figures() | {(EVERY, "ObjectCounter"): bench_edge.NO_ORACLES}
    assert goal.value(found, {}) is None
    assert goal.reached(None) is None


@pytest.mark.parametrize(
    ("fps", "every_s", "taken"), [(24, 0, 24), (24, 0.2, 5), (10, 0.2, 5), (12, 1 / 6, 6), (5, 0.1, 5)]
)
def test_pictures_are_taken_by_their_time(fps: int, every_s: float, taken: int) -> None:
    assert sum(pace((number / fps for number in range(fps)), every_s)) == taken


def test_memory_settings_leave_what_is_made_within_them_as_it_is() -> None:
    with freed_at_once():
        made = np.full(1_000_000, 7, np.uint8)
    assert int(made.sum()) == 7_000_000
