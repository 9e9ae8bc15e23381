"""The files of a recording are what the node and central read, and they fit the scene."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from dashboard.config import load_central
from edge.config import LaneConfig, LineConfig, NodeConfig, load_node
from simulator.cameras import Camera, booth_camera, tail_camera
from simulator.config_files import write_config
from simulator.site import LANES, TAIL_LINE_M
from simulator.traffic import Plan, simulate
from simulator.truth import truth

MOUNTS_M = [6.0, 10.0, 16.0, 30.0]
RECORDINGS = Path(__file__).parents[2] / "config" / "recordings"


@pytest.fixture(params=MOUNTS_M)
def written(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[Path, Camera, Camera]:
    tail, booth = tail_camera(request.param), booth_camera()
    write_config(tmp_path, tail, booth)
    return tmp_path, tail, booth


def nodes(folder: Path) -> dict[str, NodeConfig]:
    return {config.node: config for config in map(load_node, sorted((folder / "nodes").glob("*.yaml")))}


def crosses(line: LineConfig, before: np.ndarray, after: np.ndarray) -> bool:
    """Whether the way from `before` to `after` cuts the segment towards its `toward` side."""
    (ax, ay), (bx, by) = line.line

    def side(point: np.ndarray) -> float:
        return float((bx - ax) * (point[1] - ay) - (by - ay) * (point[0] - ax))

    share = side(before) / (side(before) - side(after))
    met = before + share * (after - before)
    inside = min(ax, bx) <= met[0] <= max(ax, bx)
    return (
        side(before) * side(np.array(line.toward)) < 0 < side(after) * side(np.array(line.toward)) and inside
    )


def test_central_reads_port_yaml(written: tuple[Path, Camera, Camera]) -> None:
    central = load_central(written[0] / "port.yaml")
    (direction,) = central.ports[0].directions
    assert central.slice_s == 5
    assert [stream.id for stream in direction.streams] == [lane.stream for lane in LANES]
    assert {(lane.id, lane.serves) for lane in direction.lanes} == {(ln.id, (ln.stream,)) for ln in LANES}


def test_a_figure_comes_from_the_node_whose_camera_sees_it(written: tuple[Path, Camera, Camera]) -> None:
    central, found = load_central(written[0] / "port.yaml"), nodes(written[0])
    for lane in central.ports[0].directions[0].lanes:
        for source in lane.all_sources():
            (seen,) = [ln for ln in found[source.node].cameras[0].lanes if ln.id == lane.id]
            assert (seen.tail is not None) == ("arrivals" in source.gives)
            assert (seen.booth is not None) == ("departures" in source.gives)


def test_sources_lie_beside_the_nodes_folder(written: tuple[Path, Camera, Camera]) -> None:
    for config in nodes(written[0]).values():
        (camera,) = config.cameras
        source = Path(camera.source or "")
        assert source.resolve() == (written[0] / f"{camera.id}.mp4").resolve()
        assert camera.playback is not None
        assert camera.playback.loop


def test_each_lane_crosses_its_own_line_only(written: tuple[Path, Camera, Camera]) -> None:
    folder, tail, booth = written
    found = nodes(folder)
    for camera, y_m in ((tail, TAIL_LINE_M), (booth, 0.0)):
        for driven in LANES:
            way = camera.project(np.array([[driven.x_m, y_m + 5, 0], [driven.x_m, y_m - 5, 0]]))
            for lane in found[camera.node].cameras[0].lanes:
                line = lane.tail or lane.booth
                assert line is not None
                assert crosses(line, way[0], way[1]) == (lane.id == driven.id)


def test_ground_points_and_area_are_the_projected_road(written: tuple[Path, Camera, Camera]) -> None:
    folder, tail, booth = written
    for camera in (tail, booth):
        for lane in nodes(folder)[camera.node].cameras[0].lanes:
            assert_ground_fits(camera, lane)


def assert_ground_fits(camera: Camera, lane: LaneConfig) -> None:
    assert lane.ground is not None
    road = np.array([(x, y, 0.0) for x, y in lane.ground.metres])
    assert camera.project(road) == pytest.approx(np.array(lane.ground.image), abs=1e-4)


def test_nothing_is_clipped_at_the_default_mount() -> None:
    tail, booth = tail_camera(), booth_camera()
    for camera, far_m in ((tail, TAIL_LINE_M), (booth, 30.0)):
        road = np.array(
            [(ln.x_m + side, y, 0.0) for ln in LANES for side in (-2.7, 2.7) for y in (0.0, far_m)]
        )
        seen = camera.project(road)
        assert seen.min() > 0.02
        assert seen.max() < 0.98


@pytest.mark.parametrize("name", ["demo", "at-least"])
def test_committed_recordings_load(name: str) -> None:
    folder = RECORDINGS / name
    assert load_central(folder / "port.yaml").ports[0].id == "demo"
    assert set(nodes(folder)) == {"n-booth", "n-tail"}
    assert all(Path(camera.source or "").is_file() for n in nodes(folder).values() for camera in n.cameras)


@pytest.mark.parametrize(
    ("name", "plan"), [("demo", Plan(23, 210.0)), ("at-least", Plan(5, 90.0, spill=True))]
)
def test_committed_recordings_are_what_their_seed_gives(name: str, plan: Plan, tmp_path: Path) -> None:
    tail, booth = tail_camera(), booth_camera()
    write_config(tmp_path, tail, booth)
    for path in ("port.yaml", "nodes/n-tail.yaml", "nodes/n-booth.yaml"):
        assert (tmp_path / path).read_bytes() == (RECORDINGS / name / path).read_bytes()
    kept = json.loads((RECORDINGS / name / "truth.json").read_text(encoding="utf-8"))
    given = truth(plan.seed, plan.length_s, simulate(plan), tail, booth)
    assert [row["vehicle"] for row in given["crossings"]] == [row["vehicle"] for row in kept["crossings"]]
    times = [[row["t_s"] for row in content["crossings"]] for content in (given, kept)]
    assert times[0] == pytest.approx(times[1], abs=0.01)
    assert kept.get("scored", True) is not plan.spill
