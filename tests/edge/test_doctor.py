"""`lanewatch-edge doctor`: what it says of a box, each fault made for real."""

from __future__ import annotations

import json
import sqlite3
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from edge.cli import main
from edge.config import CameraConfig, NodeConfig, PlatesConfig
from edge.detection.packs import find_pack
from edge.doctor.box import check_clock, check_heat, check_memory
from edge.doctor.cameras import look_at
from edge.doctor.disk import check_disk, is_running
from edge.doctor.finding import Finding
from edge.doctor.lanes import check_lanes, check_signs
from edge.doctor.plates import check_plates
from edge.node.outbox import Outbox
from edge.signs import SignFolder
from tests.edge.boxfile import across, area, line
from tests.edge.films import write_film
from tests.edge.test_disk_faults import fill, small_disk  # noqa: F401 a fixture
from tests.edge.test_sign import drawn

WIDTH, HEIGHT = 1280, 720


def levels(findings: list[Finding]) -> list[tuple[str, str]]:
    return [(finding.check, finding.level) for finding in findings]


def at(year: int) -> float:
    return datetime(year, 6, 1, tzinfo=UTC).timestamp()


@pytest.mark.parametrize(
    ("case", "findings", "level", "says"),
    [
        ("a clock that runs right", check_clock(at(2027), True), "ok", "2027-06-01 00:00:00 UTC"),
        ("a clock that nobody sets", check_clock(at(2027), False), "warn", "not synchronised"),
        ("a box without a clock chip", check_clock(at(1970), False), "fail", "cannot be"),
        ("a clock far ahead", check_clock(at(2150), True), "fail", "cannot be"),
        ("memory for a node", check_memory(900.0), "ok", "900 MB"),
        ("no memory for a node", check_memory(120.0), "warn", "120 MB"),
        ("a system that does not tell its memory", check_memory(None), "warn", "cannot be read"),
        ("a cool box", check_heat(48.0), "ok", "48 °C"),
        ("a warm box", check_heat(83.0), "warn", "83 °C"),
        ("a hot box", check_heat(99.0), "fail", "99 °C"),
        ("a box without a thermometer", check_heat(None), "ok", "not told"),
    ],
)
def test_the_box(case: str, findings: Any, level: str, says: str) -> None:
    (found,) = findings
    assert (found.level, says in found.line) == (level, True), found.line
    assert found.fix or found.level == "ok" or says == "cannot be read"


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    assert levels(list(check_disk(tmp_path / "away" / "outbox.db", False))) == [("disk", "fail")]


def test_a_full_disk(small_disk: Path) -> None:  # noqa: F811
    fill(small_disk)
    (found,) = check_disk(small_disk / "outbox.db", False)
    assert found.level == "fail"
    assert "No space left" in found.said


def test_a_disk_with_little_room(small_disk: Path) -> None:  # noqa: F811
    found = list(check_disk(small_disk / "outbox.db", False))
    assert levels(found) == [("disk", "fail"), ("outbox", "ok")]
    assert "MB free" in found[0].said


def test_a_sound_outbox_is_left_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "outbox.db"
    assert levels(list(check_disk(path, False))) == [("disk", "ok"), ("outbox", "ok")]
    assert not path.exists()
    Outbox(path).close()
    assert levels(list(check_disk(path, is_running(path)))) == [("disk", "ok"), ("outbox", "ok")]


def test_an_outbox_that_a_node_holds(tmp_path: Path) -> None:
    path = tmp_path / "outbox.db"
    node = Outbox(path)
    assert is_running(path)
    assert "the node runs" in list(check_disk(path, True))[1].said
    node.close()
    assert not is_running(path)


def test_an_outbox_that_is_no_database(tmp_path: Path) -> None:
    path = tmp_path / "outbox.db"
    path.write_bytes(b"no database at all, " * 500)
    assert levels(list(check_disk(path, is_running(path)))) == [("disk", "ok"), ("outbox", "fail")]


def test_an_outbox_with_a_broken_page(tmp_path: Path) -> None:
    path = tmp_path / "outbox.db"
    Outbox(path).close()
    with sqlite3.connect(path) as db:
        db.executemany(
            "INSERT INTO rows (boot, seq, kind, end_s, payload) VALUES ('b', ?, 'report', 0, ?)",
            [(n, b"x" * 2000) for n in range(200)],
        )
        db.commit()
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    db.close()
    data = bytearray(path.read_bytes())
    data[20 * 4096 : 24 * 4096] = b"\xff" * (4 * 4096)
    path.write_bytes(bytes(data))
    assert levels(list(check_disk(path, False)))[1] == ("outbox", "fail")


def camera(source: str | None, **keys: Any) -> CameraConfig:
    return CameraConfig.model_validate({"id": "c1", "source": source, **keys})


def video(path: Path, grey: tuple[int, int] = (0, 255)) -> str:
    rng = np.random.default_rng(1)
    return str(write_film(path, [rng.integers(*grey, (96, 160, 3)).astype(np.uint8) for _ in range(20)]))


def test_a_camera_that_gives_pictures(tmp_path: Path) -> None:
    look = look_at(camera(video(tmp_path / "clip.mp4")))
    assert [finding.level for finding in look.findings] == ["ok"]
    assert "160x96" in look.findings[0].said
    assert look.frame is not None


def test_a_camera_with_its_cap_on(tmp_path: Path) -> None:
    look = look_at(camera(video(tmp_path / "clip.mp4", (0, 4))))
    assert [finding.level for finding in look.findings] == ["ok", "warn"]
    assert "dark" in look.findings[1].said


@pytest.mark.parametrize(
    ("source", "says"),
    [
        (None, "has no source"),
        ("/nowhere/at/all.mp4", "no such file"),
        ("rtsp://admin:hunter2@127.0.0.1:9/stream", "cannot be read (Connection refused)"),
        (str(Path(__file__)), "cannot be opened as a video"),
    ],
)
def test_a_camera_that_gives_none(source: str | None, says: str) -> None:
    look = look_at(camera(source))
    (found,) = look.findings
    assert (found.level, look.frame) == ("fail", None)
    assert says in found.line
    assert "hunter2" not in found.line


GOOD = {"tail": across(200), "booth": across(600), "area": area(300, 200, 900, 600)}
LOW = line((500, 708), (720, 708), (610, 720))
ROAD = {
    "booth": across(600, 300, 900),
    "ground": {
        "image": [[x / WIDTH, y / HEIGHT] for x, y in ((300, 600), (900, 600), (660, 200), (540, 200))],
        "metres": [[0, 0], [10, 0], [10, 80], [0, 80]],
    },
}
"""A camera 20 m before the booth line: the horizon at y = 100, a metre 4 px large at 50 m from it."""
UP = line((0, 600), (1280, 600), (640, 500))


@pytest.mark.parametrize(
    ("case", "lane", "says"),
    [
        ("a sound lane", GOOD, None),
        ("a lane of which nothing is drawn", {}, "neither line nor area"),
        (
            "B22: a line at the upper edge",
            {"booth": across(10, 500, 720)},
            "line nearer to the edge than a vehicle: cannot count",
        ),
        (
            "B22 at the lower edge, with the centre as anchor",
            {"booth": LOW},
            "line nearer to the edge than a vehicle: cannot count",
        ),
        ("the lower edge will do for bottoms", {"booth": LOW | {"anchor": "bottom"}}, None),
        ("counting up what comes toward the camera", {"booth": UP}, "counts up the picture"),
        ("tail and booth changed places", {"tail": across(600), "booth": across(200)}, "away from the booth"),
        (
            "a booth line that is not at 0 m",
            {"booth": across(600, 300, 900), "ground": {"image": area(300, 100, 900, 300), "metres": [
                [0, 60], [3.5, 60], [3.5, 20], [0, 20]]}},
            "the booth line lies",
        ),
        ("where a metre is a pixel", ROAD | {"tail": across(200, 540, 660)}, "a metre of road is 1.0 px"),
        ("half as far, a metre is four", ROAD | {"tail": across(300, 480, 720)}, None),
        ("a traffic light, which nothing reads yet", GOOD | {"signal": True}, "`signal` has no effect yet"),
        ("a sign of a few pixels", GOOD | {"sign": [[0.5, 0.5], [0.505, 0.51]]}, "cannot be read"),
    ],
)  # fmt: skip
def test_lanes(case: str, lane: dict[str, Any], says: str | None) -> None:
    node = camera("x.mp4", facing="toward", lanes=[{"id": "b1", **lane}])
    found = list(check_lanes(node, np.zeros((HEIGHT, WIDTH, 3), np.uint8), None))
    if says is None:
        assert levels(found) == [("lane b1", "ok")], found
    else:
        assert any(says in finding.line and finding.level == "warn" for finding in found), found


def test_a_camera_without_lanes() -> None:
    assert levels(list(check_lanes(camera("x.mp4"), None, None))) == [("lanes c1", "warn")]


@pytest.mark.parametrize(
    ("states", "level", "says"),
    [
        ([], "warn", "references of no state"),
        (["fast"], "warn", "references of fast alone"),
        (["fast", "closed"], "ok", "references of closed, fast"),
        (["fast", "fast as standard"], "warn", "fast and standard look alike"),
    ],
)
def test_signs(states: list[str], level: str, says: str, tmp_path: Path) -> None:
    folder = SignFolder(tmp_path)
    for state in states:
        shown, _, said = state.partition(" as ")
        folder.add("c1", "b1", said or shown, drawn(shown))
    (found,) = check_signs(camera("x.mp4", lanes=[{"id": "b1", "sign": [[0.5, 0.5], [0.7, 0.6]]}]), folder)
    assert (found.level, says in found.said) == (level, True), found


def run(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> int:
    monkeypatch.setattr(sys, "argv", ["lanewatch-edge", "doctor", *arguments])
    with pytest.raises(SystemExit) as ended:
        main()
    assert isinstance(ended.value.code, int)
    return ended.value.code


def node_yaml(folder: Path, **keys: Any) -> Path:
    clip = video(folder / "clip.mp4")
    cameras = [{"id": "c1", "source": clip, "facing": "toward", "lanes": [{"id": "b1", **GOOD}]}]
    path = folder / "node.yaml"
    path.write_text(json.dumps({"port": "p", "node": "n1", "cameras": cameras} | keys))
    NodeConfig.model_validate(json.loads(path.read_text()))
    return path


def test_the_command_on_a_box_that_works(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "doctor.json"
    assert run(monkeypatch, "--config", str(node_yaml(tmp_path)), "--json", str(out)) == 0
    lines = capsys.readouterr().out.splitlines()
    said = json.loads(out.read_text())
    assert (said["port"], said["node"], said["ok"]) == ("p", "n1", True)
    assert len(said["findings"]) == len(lines)
    assert {"clock", "memory", "model", "provider", "camera c1", "lane b1", "disk", "outbox", "broker"} <= {
        finding["check"] for finding in said["findings"]
    }
    runs = find_pack("vehicles").runs
    told = f"vehicles {runs.precision} {runs.sha256[:12]}, digest as on its card"
    assert any(text.startswith("ok    model") and told in text for text in lines)


def test_the_command_on_a_box_whose_model_is_damaged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "mine.onnx").write_bytes(b"not a model")
    assert run(monkeypatch, "--config", str(node_yaml(tmp_path, model="./mine.onnx"))) == 1
    lines = capsys.readouterr().out.splitlines()
    assert next(text for text in lines if text.startswith("FAIL")).startswith("FAIL  model")
    assert any(text.startswith("ok    camera c1") for text in lines)


@pytest.mark.parametrize(
    ("given", "mode", "level", "says"),
    [
        ("ab" * 32, 0o600, "ok", "the port's secret can be read, and by nobody else"),
        ("ab" * 32, 0o644, "fail", "chmod 600"),
        ("ab", 0o600, "fail", "64 hexadecimal digits"),
        (None, 0o600, "fail", "enrol the node, or copy the port's secret by hand"),
    ],
)
def test_plates_need_the_ports_secret(
    given: str | None, mode: int, level: str, says: str, tmp_path: Path
) -> None:
    secret = tmp_path / "plates.key"
    if given is not None:
        secret.write_text(given)
        secret.chmod(mode)
    (found,) = check_plates(PlatesConfig(secret_file=secret))
    assert (found.level, says in found.line) == (level, True), found.line
    assert "abab" not in found.line


@pytest.mark.parametrize(
    ("config", "level", "says"),
    [
        (PlatesConfig(), "fail", "plates.secret_file: is missing"),
        (PlatesConfig(model="no-such-model"), "fail", "no-such-model"),
    ],
)
def test_plates_that_cannot_be_read(config: PlatesConfig, level: str, says: str) -> None:
    (found,) = check_plates(config)
    assert (found.level, says in found.line) == (level, True), found.line


def test_nothing_is_said_of_plates_that_are_not_read() -> None:
    assert list(check_plates(None)) == []
