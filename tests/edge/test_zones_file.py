"""What the zones page does to node.yaml: comments and order stay, and it is valid or left alone."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.config import load_node
from edge.yamlfile import ConfigError
from edge.zones.drawing import ChangedOnDiskError, Drawing
from tests.conftest import REPOSITORY
from tests.edge.test_count_disk import files_up_to

STAMP = "20260101T000000Z"
NODE = """\
# the box at lane 5
port: ambassador
node: n07
cameras:
  # over the road
  - id: c1
    source: 'rtsp://u:${CAM_PASSWORD}@10.0.0.9/stream'   # secret by environment
    facing: away
    lanes:
      # FAST
      - id: b5
        tail: {line: [[.1, .4], [.4, .4]], toward: [.25, .1]}  # by hand
        area: [[.1, .4], [.4, .4], [.5, .9], [.1, .9]]
      - id: b6 # the next one
        kind: approach
tick_s: 2
"""
AREA = [[0.2, 0.2], [0.4, 0.2], [0.4, 0.6], [0.2, 0.6]]
Cameras = list[dict[str, Any]]


@pytest.fixture
def drawing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Drawing:
    monkeypatch.setenv("CAM_PASSWORD", "hunter2")
    path = tmp_path / "node.yaml"
    path.write_text(NODE)
    return Drawing(path)


def as_page(path: Path) -> Cameras:
    """What the page has after loading the file."""
    return [
        {
            "id": camera.id,
            "facing": camera.facing,
            "lanes": [{**lane.model_dump(mode="json"), "was": lane.id} for lane in camera.lanes],
        }
        for camera in load_node(path).cameras
    ]


def changed(drawing: Drawing, cameras: Cameras) -> list[str]:
    """Lines taken out and put in."""
    rows = drawing.diff(cameras).splitlines()
    return [row for row in rows if row[:1] in "+-" and row[:3] not in ("+++", "---")]


FILES = sorted((REPOSITORY / "config").glob("recordings/*/nodes/*.yaml")) + sorted(
    (REPOSITORY / "config" / "examples").glob("*.yaml")
)


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parents[1].name}-{path.stem}")
def test_a_file_that_is_not_changed_keeps_every_character(path: Path) -> None:
    drawing = Drawing(path)
    assert drawing.text(as_page(path)) == path.read_text()


def test_a_point_that_moves_changes_its_line_alone(drawing: Drawing) -> None:
    cameras = as_page(drawing.path)
    cameras[0]["lanes"][0]["area"][2] = [0.55, 0.91]
    assert changed(drawing, cameras) == [
        "-        area: [[.1, .4], [.4, .4], [.5, .9], [.1, .9]]",
        "+        area: [[0.1, 0.4], [0.4, 0.4], [0.55, 0.91], [0.1, 0.9]]",
    ]


def test_a_line_that_is_turned_keeps_its_comment(drawing: Drawing) -> None:
    cameras = as_page(drawing.path)
    cameras[0]["lanes"][0]["tail"]["toward"] = [0.25, 0.8]
    old, new = changed(drawing, cameras)
    assert old.startswith("-        tail: ")
    assert "toward: [0.25, 0.8]} # by hand" in new


def test_a_lane_more_and_one_less(drawing: Drawing) -> None:
    cameras = as_page(drawing.path)
    del cameras[0]["lanes"][1]
    cameras[0]["lanes"].append({"id": "b8", "was": None, "kind": "booth", "area": AREA, "tail": None})
    drawing.save(cameras, drawing.digest(), STAMP)
    text = drawing.path.read_text()
    assert "b6" not in text
    assert "      - id: b8\n        area: [[0.2, 0.2], [0.4, 0.2], [0.4, 0.6], [0.2, 0.6]]\n" in text
    assert all(comment in text for comment in ("# the box", "# over the road", "# FAST", "# by hand"))
    assert [lane.id for lane in load_node(drawing.path).cameras[0].lanes] == ["b5", "b8"]


def test_all_lanes_may_be_taken_out(drawing: Drawing) -> None:
    cameras = [{**camera, "lanes": []} for camera in as_page(drawing.path)]
    drawing.save(cameras, drawing.digest(), STAMP)
    assert drawing.read()[0].cameras[0].lanes == ()
    again = as_page(drawing.path)
    again[0]["lanes"] = [{"id": "b7", "kind": "approach"}]
    drawing.save(again, drawing.digest(), "later")
    assert [lane.id for lane in drawing.read()[0].cameras[0].lanes] == ["b7"]


def test_saving_keeps_the_former_file_and_its_rights(drawing: Drawing) -> None:
    drawing.path.chmod(0o640)
    cameras = as_page(drawing.path)
    cameras[0]["lanes"][0]["id"] = "b55"
    backup = drawing.save(cameras, drawing.digest(), STAMP)
    assert (backup.name, backup.read_text()) == (f"node.yaml.{STAMP}.bak", NODE)
    assert {path.stat().st_mode & 0o777 for path in (backup, drawing.path)} == {0o640}
    assert "hunter2" not in drawing.path.read_text()
    assert sorted(path.name for path in drawing.path.parent.iterdir()) == ["node.yaml", backup.name]


@pytest.mark.parametrize("room", [50, len(NODE) - 1])
def test_a_disk_that_takes_no_more_leaves_the_file_alone_and_nothing_else(
    room: int, drawing: Drawing
) -> None:
    cameras = [{**camera, "lanes": []} for camera in as_page(drawing.path)]
    assert (len(drawing.text(cameras)) > room) == (room == 50), "the new file, or only the former one"
    with (
        files_up_to(room),
        pytest.raises(ConfigError, match=r"cannot be written \(File too large\); free space"),
    ):
        drawing.save(cameras, drawing.digest(), STAMP)
    assert [(path.name, path.read_text()) for path in drawing.path.parent.iterdir()] == [("node.yaml", NODE)]


@pytest.mark.parametrize(
    ("case", "change", "says"),
    [
        ("an id that stands twice", {"id": "b6"}, "stands twice"),
        ("an id with a space", {"id": "b 5"}, "pattern"),
        ("an area outside", {"area": [[0.1, 0.4], [1.4, 0.4], [0.5, 0.9]]}, "is not a fraction of the width"),
        (
            "an area that crosses itself",
            {"area": [[0.1, 0.1], [0.5, 0.5], [0.5, 0.1], [0.1, 0.4]]},
            "crosses",
        ),
        ("an area of two corners", {"area": [[0.1, 0.1], [0.5, 0.5]]}, "at least 3"),
        (
            "`toward` on the line",
            {"tail": {"line": [[0.1, 0.4], [0.4, 0.4]], "toward": [0.2, 0.4]}},
            "`toward` lies on the line",
        ),
        (
            "three ground points on one line",
            {"ground": {"image": [[0.1, 0.1], [0.2, 0.2], [0.3, 0.3], [0.1, 0.9]], "metres": AREA}},
            "lie on one line",
        ),
        (
            "ground points in another order",
            {"ground": {"image": AREA, "metres": [[0, 0], [3, 9], [3, 0], [0, 9]]}},
            "go round differently",
        ),
    ],
)
def test_what_is_not_valid_is_told_and_not_written(
    case: str, change: dict[str, Any], says: str, drawing: Drawing
) -> None:
    cameras = as_page(drawing.path)
    cameras[0]["lanes"][0] |= change
    faults = drawing.faults(cameras)
    assert len(faults) == 1, faults
    assert says in faults[0].said
    with pytest.raises(ConfigError, match=r"node\.yaml:\d+ cameras\[0\]"):
        drawing.save(cameras, drawing.digest(), STAMP)
    assert drawing.path.read_text() == NODE
    assert list(drawing.path.parent.iterdir()) == [drawing.path]


def test_a_file_that_somebody_else_wrote_is_left_alone(drawing: Drawing) -> None:
    cameras, digest = as_page(drawing.path), drawing.digest()
    drawing.path.write_text(NODE + "# more\n")
    with pytest.raises(ChangedOnDiskError):
        drawing.save(cameras, digest, STAMP)
    assert drawing.path.read_text() == NODE + "# more\n"


fractions = st.floats(0, 1, allow_nan=False)
points = st.tuples(fractions, fractions).map(list)


@given(area=st.lists(points, min_size=1, max_size=6), toward=points, signal=st.booleans())
def test_whatever_is_drawn_is_refused_or_read_back_as_drawn(
    area: list[list[float]], toward: list[float], signal: bool, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("node") / "node.yaml"
    path.write_text(NODE.replace("${CAM_PASSWORD}", ""))
    drawing, cameras = Drawing(path), as_page(path)
    cameras[0]["lanes"][0] |= {"area": area, "signal": signal}
    cameras[0]["lanes"][0]["tail"]["toward"] = toward
    if drawing.faults(cameras):
        return
    try:
        drawing.save(cameras, drawing.digest(), STAMP)
    except ConfigError:
        return  # valid until its numbers were rounded
    lane = load_node(path).cameras[0].lanes[0]
    assert lane.area is not None
    assert lane.tail is not None
    assert [list(point) for point in lane.area] == [pytest.approx(point, abs=1e-5) for point in area]
    assert (list(lane.tail.toward), lane.signal) == (pytest.approx(toward, abs=1e-5), signal)
