"""`scripts/bench edge`: the same boxes for every side, what a missing side is, figures and goals."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from itertools import islice
from pathlib import Path
from types import SimpleNamespace

import cv2
import numpy as np
import pytest

from edge.camera.video import VideoSource
from edge.detection.detector import Detector
from edge.detection.heap import Holes, freed_at_once
from edge.detection.packs import find_pack
from scripts import bench_edge
from scripts.rivals import page
from scripts.rivals.adapter import adapt
from scripts.rivals.goals import BARE, EVERY, GOALS, LANE, SET_ON_MS, SHIPPED, STILL, Goal, Told, goals_of
from scripts.rivals.job import Job, pace
from scripts.rivals.sides import reshape

ROOT = Path(__file__).parents[2]
RECORDED = ROOT / "config" / "recordings" / "demo"
LINE = ((0.2, 0.7), (0.8, 0.7))


def rss_mb() -> float:
    """Of this process, now."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmRSS:"))


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


def test_a_live_camera_has_a_decode_process_whose_memory_is_told() -> None:
    told = bench_edge.run_side("decoding", job(0, every_s=0.2))
    assert not isinstance(told, str), told
    assert told["frames"] > 0
    assert 5 < told["own_mb"] < told["rss_mb"]


def test_what_breaks_or_hangs_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    assert str(bench_edge.run_side("ours", replace(job(2), clip="none.mp4"))).startswith("FAILED: ")
    monkeypatch.setattr(bench_edge, "LONGEST_S", 0.01)
    assert bench_edge.run_side("ours", job(2)) == "FAILED: ours was not done within 0.01 s"


def test_a_net_of_another_shape_finds_the_same_boxes(shared: Path, tmp_path: Path) -> None:
    square, wide = shared / "models" / "yolox_nano.onnx", tmp_path / "wide.onnx"
    reshape(square, 256, 416, wide)
    frame = next(iter(VideoSource(str(shared / "data" / "ahmetozlu" / "input_video.mp4"))))
    before, after = Detector.load(str(square)).boxes(frame.image), Detector.load(str(wide)).boxes(frame.image)
    assert (after.classes, len(after) > 0) == (before.classes, True)
    assert np.abs(after.xyxy - before.xyxy).max() < 3  # px; cells at the lower edge see less padding


def test_a_peak_is_of_the_process_itself_not_of_who_started_it() -> None:
    large = np.ones(40_000_000)  # 320 MB
    program = "from scripts.rivals.job import peak_rss_mb; print(peak_rss_mb())"
    run = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=ROOT
    )
    assert float(run.stdout) < large.nbytes / 1e6 / 4


def test_a_ratio_is_the_median_over_the_rounds() -> None:
    rounds = [figures(ObjectCounter=ms) for ms in (30.0, 90.0, 40.0)]
    rows = bench_edge.judge(rounds, dict.fromkeys((EVERY, LANE, STILL, SHIPPED), 24.0))
    (row,) = (row for row in rows if row["what"] == "every picture: ObjectCounter / lanewatch")
    assert (row["value"], row["spread"], row["reached"]) == (4.0, [3.0, 9.0], True)
    assert bench_edge.typical(rounds)[EVERY, "ObjectCounter"]["ms"] == 40.0  # type: ignore[index]


def test_no_round_begins_that_would_end_too_late(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bench_edge, "run_side", lambda *_: "FAILED: asked for")
    sides = SimpleNamespace(jobs={(EVERY, "lanewatch"): ("ours", job(2))})
    assert len(bench_edge.measure(sides, 4, 5.0)) == 4  # type: ignore[arg-type]
    clock = iter(range(0, 1000, 40))
    monkeypatch.setattr(bench_edge.time, "perf_counter", lambda: next(clock))
    assert len(bench_edge.measure(sides, 4, 5.0)) == 2  # type: ignore[arg-type]


def test_the_page_says_what_was_measured_missed_and_left_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(page, "PAGE", tmp_path / "page.md")
    (tmp_path / "page.md").write_text(f"before\n{page.MARK}\nold\n{page.END}\nafter\n")
    found = figures() | {(EVERY, "ObjectCounter"): bench_edge.NO_ORACLES}
    rows = bench_edge.judge([found], dict.fromkeys((EVERY, LANE, STILL, SHIPPED), 24.0))
    page.write({"net": "n", "square": "s", "wide": "w", "rounds": 1, "frames": 2}, found, rows)
    text = (tmp_path / "page.md").read_text()
    assert text.startswith("before\n")
    assert text.endswith("after\n")
    assert "\nold\n" not in text
    assert "| lanewatch / bare | 1.00 | <= 1.3 |" in text
    assert "| every picture: ObjectCounter / lanewatch | not measured | >= 2.5 |  |" in text
    assert "| cameras a core, 5 pictures a second looked at, no gate | 4.17 | >= 8: **missed** |" in text


def test_a_rival_that_is_not_installed_is_skipped_with_the_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bench_edge, "ORACLES", Path("nowhere"))
    assert bench_edge.run_side("counter", job(2)) == bench_edge.NO_ORACLES


def figures(**ms: float) -> dict[tuple[str, str], Told | str]:
    sides = {side for goal in GOALS for side in (goal.over, goal.under) if side}
    told = {"rss_mb": 150.0, "own_mb": 30.0, "start_cpu_s": 0.3, "node_start_cpu_s": 0.4, "counted": 1}
    return {side: told | {"ms": ms.get(side[1], 10.0)} for side in sides}


@pytest.mark.parametrize(
    ("case", "goal", "value", "reached"),
    [
        ("a ratio", Goal("", (EVERY, "ObjectCounter"), (EVERY, "lanewatch"), least=2.5), 3.0, True),
        ("a ratio missed", Goal("", (EVERY, "ObjectCounter"), (EVERY, "lanewatch"), least=3.5), 3.0, False),
        ("no goal, only a figure", Goal("", (EVERY, "ObjectCounter"), (EVERY, "lanewatch")), 3.0, None),
        ("cameras a core", Goal("", (LANE, "lanewatch"), least=8), 1000 / (24 * 10), False),
        ("as on the core of the goals", Goal("", (LANE, "lanewatch"), least=8, as_set=True), 10.0, True),
        ("memory", Goal("", (STILL, "lanewatch, gate"), key="rss_mb", most=160), 150.0, True),
    ],
)
def test_goals(case: str, goal: Goal, value: float, reached: bool | None) -> None:
    found = figures(ObjectCounter=30.0) | {BARE: {"ms": 2.4 * SET_ON_MS}}
    assert goal.value(found, {LANE: 24, STILL: 12}) == pytest.approx(value), case
    assert goal.reached(goal.value(found, {LANE: 24, STILL: 12})) is reached, case


def test_only_the_network_of_the_goals_tells_how_fast_their_core_is() -> None:
    assert goals_of("yolox_nano") == GOALS
    assert goals_of("vehicles") == tuple(goal for goal in GOALS if not goal.as_set)


def test_a_goal_whose_side_is_missing_is_not_measured() -> None:
    goal = Goal("", (EVERY, "ObjectCounter"), (EVERY, "lanewatch"), least=2.5)
    found = figures() | dict.fromkeys(((EVERY, "ObjectCounter"), BARE), bench_edge.NO_ORACLES)
    assert goal.value(found, {}) is None
    assert Goal("", (LANE, "lanewatch"), as_set=True).value(found, {LANE: 24}) is None
    assert goal.reached(None) is None


@pytest.mark.parametrize(
    ("fps", "every_s", "taken"), [(24, 0, 24), (24, 0.2, 5), (10, 0.2, 5), (12, 1 / 6, 6), (5, 0.1, 5)]
)
def test_pictures_are_taken_by_their_time(fps: int, every_s: float, taken: int) -> None:
    assert sum(pace((number / fps for number in range(fps)), every_s)) == taken


@pytest.mark.skipif(sys.platform != "linux", reason="glibc gives memory back")
def test_holes_in_the_heap_are_given_back_once_a_minute() -> None:
    holes = Holes()
    assert not holes.tick(0.0)
    blocks = [np.full(100_000, 7, np.uint8) for _ in range(1000)]  # too small to be mapped on their own
    full = rss_mb()
    del blocks[1::2]
    kept = rss_mb()
    assert not holes.tick(59.0)
    assert holes.tick(60.0)
    assert not holes.tick(61.0)
    assert rss_mb() < min(kept, full) - 30
    assert all(int(block.sum()) == 700_000 for block in blocks)
    assert holes.tick(1.0), "a clock that was set back"


def test_memory_settings_leave_what_is_made_within_them_as_it_is() -> None:
    with freed_at_once():
        made = np.full(1_000_000, 7, np.uint8)
    assert int(made.sum()) == 7_000_000
