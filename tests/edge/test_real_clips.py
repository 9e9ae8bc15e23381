"""`count` on real recordings with hand-made truth; they lie beside the repository, in ../shared."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.edge.answers import answers_are_kept
from tests.edge.realclips import PACK, SHARED, YOLOX, are_here, count

pytestmark = [pytest.mark.slow, are_here, pytest.mark.usefixtures("answers_are_kept")]
__all__ = ["answers_are_kept"]


def unmatched(document: dict[str, Any], clip: str, lane: str) -> tuple[list[str], int]:
    """True crossings of a line without a count within max(6, tolerance) frames, and counts left over."""
    truth = json.loads((SHARED / "data" / clip / "truth.json").read_text())
    counted = [crossing["frame"] for crossing in document["crossings"] if crossing["lane"] == lane]
    missed = []
    for crossing in truth["crossings"]:
        if crossing["line"] != lane:
            continue
        near = [f for f in counted if abs(f - crossing["frame"]) <= max(6, crossing["frame_tol"])]
        if near:
            counted.remove(min(near, key=lambda frame: abs(frame - crossing["frame"])))
        else:
            missed.append(crossing["id"])
    return missed, len(counted)


@pytest.mark.parametrize("model", [YOLOX, PACK], ids=["yolox_nano", "vehicles"])
@pytest.mark.parametrize(("clip", "true", "frames"), [("opendatacam", 24, 499), ("ahmetozlu", 8, 905)])
def test_every_vehicle_of_line_a_is_counted_in_time_and_none_else(
    clip: str, true: int, frames: int, model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    document = count(monkeypatch, clip, model, tmp_path / "out.json")
    assert document["frames"] == frames
    assert unmatched(document, clip, "A") == ([], 0)
    assert document["totals"]["A"]["arrivals"] == true


@pytest.mark.parametrize("fps", [10, 5])
@pytest.mark.parametrize(("clip", "true"), [("opendatacam", 24), ("ahmetozlu", 8)])
def test_fewer_pictures_a_second_count_the_same(
    clip: str, true: int, fps: float, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    document = count(monkeypatch, clip, YOLOX, tmp_path / "out.json", "--sample-fps", fps)
    assert document["totals"]["A"]["arrivals"] == true


@pytest.mark.parametrize(
    "sampled", [(), ("--sample-fps", 10), ("--sample-fps", 5)], ids=["all", "10/s", "5/s"]
)
@pytest.mark.parametrize(("clip", "tolerance"), [("opendatacam", 1), ("ahmetozlu", 0)])
def test_line_b_is_counted_within_the_tolerance_of_its_truth(
    clip: str, tolerance: int, sampled: tuple[object, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    document = count(monkeypatch, clip, PACK, tmp_path / "out.json", *sampled)
    truth = json.loads((SHARED / "data" / clip / "truth.json").read_text())
    assert document["totals"]["B"]["arrivals"] == pytest.approx(truth["totals"]["B"], abs=tolerance)


@pytest.mark.parametrize(
    "sampled", [(), ("--sample-fps", 10), ("--sample-fps", 5)], ids=["all", "10/s", "5/s"]
)
def test_the_queue_samples_are_right(
    sampled: tuple[object, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All but one of twelve (nobody is known to stand in the first picture); docs/counting.md."""
    document = count(monkeypatch, "ahmetozlu", PACK, tmp_path / "out.json", *sampled)
    truth = json.loads((SHARED / "data" / "ahmetozlu" / "truth.json").read_text())
    right = 0
    for sample in truth["queue_zones"][0]["samples"]:
        row = min(document["queue"], key=lambda row: abs(row["frame"] - sample["frame"]))
        standing = abs(row["stopped"] - sample["stationary"]) <= sample["stationary_tol"]
        right += standing and abs(row["in_view"] - sample["vehicles"]) <= sample["tol"]
    assert right >= 11


def test_the_queue_at_the_light_is_seen_standing_and_then_gone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    document = count(monkeypatch, "ahmetozlu", YOLOX, tmp_path / "out.json", "--sample-fps", 6)
    standing = {row["frame"]: row["stopped"] for row in document["queue"]}
    waiting = [stopped for frame, stopped in standing.items() if 60 <= frame <= 470]
    assert min(waiting) >= 2
    assert max(waiting) <= 6
    assert sum(waiting) / len(waiting) == pytest.approx(3.5, abs=1)
    assert {stopped for frame, stopped in standing.items() if frame > 700} == {0}
