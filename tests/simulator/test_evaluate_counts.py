"""`scripts/evaluate counts` end to end on a short recording: rendered, kept, counted, judged, written."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from scripts.counts import recordings
from scripts.counts.goals import goals
from scripts.counts.measuring import iou, measure
from scripts.counts.plots import draw
from scripts.counts.recordings import Rendered, folder_of, matrix, quick
from scripts.counts.results import grouped
from scripts.counts.tables import node_table, rendered_table
from simulator.conditions import NAMES
from simulator.render import Order
from tests.conftest import REPOSITORY


def test_the_matrix_holds_every_condition_mount_and_facing() -> None:
    orders = [one.order for one in matrix(120, 1)]
    assert set(NAMES) == {name for order in orders for name in order.conditions}
    assert {order.mount_m for order in orders} == {6.0, 10.0, 15.0}
    assert {(order.facing, order.trucks) for order in orders} == {
        ("away", False),
        ("away", True),
        ("toward", True),
    }
    assert len({one.name for one in matrix(120, 3)}) == len(matrix(120, 3))
    assert sum(one.order.length_s for one in quick()) <= 180


@pytest.mark.parametrize(
    ("one", "other", "share"),
    [
        ((0, 0, 10, 10), (0, 0, 10, 10), 1.0),
        ((0, 0, 10, 10), (5, 0, 15, 10), 1 / 3),
        ((0, 0, 1, 1), (2, 2, 3, 3), 0.0),
    ],
)
def test_overlap_of_boxes(one: tuple[float, ...], other: tuple[float, ...], share: float) -> None:
    assert iou(one, other) == pytest.approx(share)


@pytest.mark.slow
def test_a_recording_is_rendered_once_counted_and_written(tmp_path: Path) -> None:
    recording = Rendered("day", Order(9, 40, 5, 15.0, cameras=("tail",)))
    result, as_node = measure(recording, ["vehicles"], tmp_path)
    film = folder_of(recording, tmp_path) / "tail.mp4"
    made_at = film.stat().st_mtime_ns
    assert folder_of(recording, tmp_path) == film.parent
    assert film.stat().st_mtime_ns == made_at
    assert result.crossings.true == 2
    assert result.crossings.recall == 1.0
    assert result.detector.visible >= result.detector.found > 0
    assert (as_node.crossings.true, as_node.crossings.recall) == (2, 1.0)
    assert result.held is None
    assert as_node.held is not None
    assert 0.1 < as_node.held < 0.9
    groups = grouped([result, as_node])
    assert rendered_table(groups[:1])[2].startswith("| day | 40 |")
    assert node_table(groups[1:])[2].startswith(f"| day | {as_node.held:.1%} | 2 | 2 |")
    assert "reached" in goals(groups[:1])[0]
    assert goals(groups[1:], ", as a node looks")[0].startswith("- count error, day, as a node looks: 0 of 2")
    for plot in draw(groups, tmp_path / "plots"):
        assert 1_000 < plot.stat().st_size < 200_000


def test_films_of_an_earlier_simulator_are_deleted_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old, other = tmp_path / "0123456789" / "day", tmp_path / "holidays" / "film"
    for folder in (old, other):
        folder.mkdir(parents=True)
    monkeypatch.setattr(recordings, "render", lambda order, folder, progress: folder.mkdir(parents=True))
    folder_of(Rendered("day", Order(9, 40, 5, 15.0)), tmp_path)
    assert not old.exists()
    assert other.exists()


def test_wrong_numbers_end_in_a_usage_line() -> None:
    run = subprocess.run(
        [REPOSITORY / "scripts" / "evaluate", "counts", "--seconds", "3"], capture_output=True, text=True
    )
    assert run.returncode == 2
    assert "--seconds takes 60 or more" in run.stderr
