"""Rendered recordings: files, labels and truth agree with each other. Needs no display."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import av
import numpy as np
import pytest

from simulator.cameras import HEIGHT_PX, WIDTH_PX, booth_camera, tail_camera
from simulator.cli import main
from simulator.labels import CLASSES, Labeller
from simulator.render import Order, render, setting
from simulator.scene import View
from simulator.site import TAIL_LINE_M
from simulator.stage import Image, Look
from simulator.traffic import Plan, simulate
from simulator.truth import crossed_s

pytestmark = pytest.mark.slow
RECORDINGS = Path(__file__).parents[2] / "config" / "recordings"


def pictures(path: Path) -> list[Image]:
    with av.open(str(path)) as container:
        return [frame.to_ndarray(format="rgb24") for frame in container.decode(video=0)]


@pytest.fixture(scope="module")
def recording(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("recording")
    render(Order(seed=4, length_s=30, fps=2, labels=True), folder, lambda *_: None)
    return folder


def test_films_have_every_frame_and_begin_at_zero(recording: Path) -> None:
    for name in ("tail", "booth"):
        with av.open(str(recording / f"{name}.mp4")) as container:
            times = [frame.time for frame in container.decode(video=0)]
        assert times == pytest.approx([index / 2 for index in range(60)])


def test_truth_has_the_schema_s_keys(recording: Path) -> None:
    content = json.loads((recording / "truth.json").read_text(encoding="utf-8"))
    assert (content["schema"], content["seed"], content["length_s"]) == ("lanewatch-sim/1", 4, 30)
    keys = {"id", "stream", "lane", "class", "length_m", "join_s", "tail_s", "booth_s", "leave_s"}
    assert all(set(vehicle) == keys for vehicle in content["vehicles"])
    assert all(set(row) == {"lane", "line", "camera", "t_s", "vehicle"} for row in content["crossings"])


def test_labels_are_fractions_and_stand_beside_their_picture(recording: Path) -> None:
    texts = sorted((recording / "labels").glob("*/*.txt"))
    assert len(texts) == 60
    for text in texts:
        assert text.with_suffix(".jpg").stat().st_size > 1000
        for line in text.read_text(encoding="utf-8").splitlines():
            number, *box = line.split()
            assert 0 <= int(number) < len(CLASSES)
            assert all(0 <= float(value) <= 1 for value in box)


@pytest.mark.parametrize("name", ["tail", "booth"])
def test_a_vehicle_at_the_line_is_large_unhidden_and_its_anchor_is_on_the_line(name: str) -> None:
    traffic = simulate(Plan(23, 210.0))
    camera, y_m = (tail_camera(), TAIL_LINE_M) if name == "tail" else (booth_camera(), 0.0)
    labeller = Labeller(camera, traffic)
    for part in traffic:
        for drive in part.drives:
            at_s = crossed_s(drive, camera, y_m)
            assert at_s is not None
            (label,) = [found for found in labeller.labels(at_s) if found.vehicle == drive.vehicle.id]
            line_px = camera.project(np.array([[part.lane.x_m, y_m, 0.0]]))[0] * (WIDTH_PX, HEIGHT_PX)
            assert label.xyxy[3] - label.xyxy[1] >= 30
            assert label.hidden < 0.05
            assert label.xyxy[3] == pytest.approx(line_px[1], abs=7)
            assert (label.xyxy[0] + label.xyxy[2]) / 2 == pytest.approx(line_px[0], abs=25)
    labeller.close()


@pytest.mark.parametrize("mount_m", [6.0, 16.0, 30.0])
def test_the_rear_of_the_last_vehicle_is_never_hidden(mount_m: float) -> None:
    traffic = simulate(Plan(23, 210.0))
    labeller = Labeller(tail_camera(mount_m), traffic)
    for at_s in range(40, 200, 20):
        labels = {label.vehicle: label for label in labeller.labels(float(at_s))}
        for part in traffic:
            fronts = {d.vehicle.id: d.front_at(float(at_s)) for d in part.drives}
            present = {id_: y for id_, y in fronts.items() if y is not None and 0 < y < TAIL_LINE_M - 20}
            if present:
                assert labels[max(present, key=lambda id_: present[id_])].hidden < 0.15
    labeller.close()


@pytest.mark.parametrize("mount_m", [6.0, 16.0])
def test_the_picture_is_empty_at_both_ends(mount_m: float) -> None:
    traffic = simulate(Plan(8, 120.0))
    for camera in (tail_camera(mount_m), booth_camera()):
        view = View(camera, traffic, Look())
        assert (view.frame(0.0) == view.frame(119.9)).all()
        assert (view.frame(0.0) != view.frame(40.0)).any()
        view.close()


def test_a_vehicle_comes_into_the_tail_picture_at_its_edge() -> None:
    traffic = simulate(Plan(8, 120.0))
    labeller = Labeller(tail_camera(6.0), traffic)
    first = min(drive.enter_s for part in traffic for drive in part.drives)
    assert labeller.labels(first + 0.1) == []
    labeller.close()


def test_the_same_seed_gives_the_same_pictures() -> None:
    scene = setting(Order(seed=9, length_s=60))
    shots = []
    for _ in range(2):
        view = View(scene.booth, scene.traffic, scene.look)
        shots.append(view.frame(30.0))
        view.close()
    assert (shots[0] == shots[1]).all()


def test_vary_changes_cameras_and_light_by_the_seed() -> None:
    varied = [setting(Order(seed, 60, labels=True, vary=True)) for seed in (1, 2)]
    assert varied[0].tail != varied[1].tail
    assert varied[0].look != varied[1].look
    assert setting(Order(1, 60)).look == setting(Order(2, 60)).look


def test_the_demo_recording_is_200_to_220_s_and_small() -> None:
    demo = RECORDINGS / "demo"
    content = json.loads((demo / "truth.json").read_text(encoding="utf-8"))
    assert content["length_s"] == int(content["length_s"])
    assert 200 <= content["length_s"] <= 220
    assert sum(path.stat().st_size for path in demo.rglob("*") if path.is_file()) < 6e6


@pytest.mark.parametrize(
    ("case", "arguments", "says"),
    [
        ("no seed", ["--minutes", "1", "--out", "x"], "--seed"),
        ("too short", ["--seed", "1", "--minutes", "0.1", "--out", "x"], "--minutes"),
        ("too low a mast", ["--seed", "1", "--mount-m", "2", "--out", "x"], "--mount-m"),
        ("vary without labels", ["--seed", "1", "--vary", "--out", "x"], "--labels"),
        ("labels cannot sway", ["--seed", "1", "--labels", "--conditions", "shake", "--out", "x"], "sways"),
        ("signs seen from behind", ["--seed", "1", "--signs", "--facing", "toward", "--out", "x"], "--signs"),
        ("no such traffic", ["--seed", "1", "--traffic", "ships", "--out", "x"], "--traffic"),
        ("a file in the place of the folder", ["--seed", "1", "--out", __file__], "--out"),
        ("a folder within a file", ["--seed", "1", "--out", f"{__file__}/x"], "cannot be made"),
    ],
)
def test_bad_input_is_refused_with_code_2(
    case: str,
    arguments: list[str],
    says: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(sys, "argv", ["lanewatch-sim", "render", *arguments])
    with pytest.raises(SystemExit) as stop:
        main()
    assert stop.value.code == 2
    written = capsys.readouterr().err
    assert written.count("\n") == 1
    assert says in written


def test_help_is_plain_and_gives_an_example(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.argv", ["lanewatch-sim", "render", "--help"])
    with pytest.raises(SystemExit):
        main()
    said = capsys.readouterr().out
    assert said.isascii()
    assert "Example: lanewatch-sim render --seed 7" in said


def test_a_call_without_a_command_tells_them(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.argv", ["lanewatch-sim"])
    with pytest.raises(SystemExit) as stop:
        main()
    assert stop.value.code == 2
    assert "  render " in capsys.readouterr().err
