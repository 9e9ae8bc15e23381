"""`lanewatch-edge`: what `count` writes, and what it says when it is given something wrong."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from fcntl import ioctl
from pathlib import Path
from termios import FIONREAD
from typing import Any

import av
import cv2
import numpy as np
import pytest

from edge.camera.opening import open_source
from edge.config import load_node
from edge.detection.detector import vehicle_detector
from edge.recording.annotate import Annotator
from edge.recording.command import Stopped, count_recording
from edge.vision import LaneStep, QueueState, Step, TrackView
from tests.edge.boxfile import across, area, count_boxes, picture, run_cli, write_case
from tests.edge.test_sources import write_pictures, write_video
from tests.edge.tinymodels import yolox_model

LANES = [
    {"id": "b1", "tail": across(200), "booth": across(500), "area": area(0, 200, 1280, 500)},
    {"id": "b2", "booth": across(650)},
    {"id": "b3"},
]
KEYS = ["video", "frames", "fps", "model", "provider", "wall_s", "cpu_s", "crossings", "queue", "totals"]


def passing_car(fps: float = 10) -> list[tuple[float, list[Any]]]:
    return [(i / fps, [(300, 100 + 60 * i / fps, 120, 100, "truck", 0.8)]) for i in range(int(9.5 * fps))]


def test_the_document(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    document = count_boxes(monkeypatch, tmp_path, LANES, passing_car())
    assert list(document) == KEYS
    assert (document["frames"], document["fps"], document["model"]) == (95, 10.0, "boxes")
    assert document["totals"] == {
        "b1": {"arrivals": 1, "departures": 1},
        "b2": {"arrivals": None, "departures": 1},
        "b3": {"arrivals": None, "departures": None},
    }
    tail = document["crossings"][0]
    assert list(tail) == ["frame", "t_s", "lane", "line", "class", "track", "score"]
    assert (tail["frame"], tail["lane"], tail["line"], tail["class"]) == (17, "b1", "tail", "truck")
    assert tail["t_s"] == pytest.approx(100 / 60, abs=0.02)
    assert [crossing["line"] for crossing in document["crossings"]] == ["tail", "booth", "booth"]


@pytest.mark.parametrize("fps", [2, 3, 5, 24.01, 30])
def test_a_queue_row_at_least_every_half_second(
    fps: float, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = count_boxes(monkeypatch, tmp_path, LANES, passing_car(fps))["queue"]
    assert list(rows[0]) == ["frame", "t_s", "lane", "in_view", "stopped", "length_m", "at_least", "why"]
    assert {row["lane"] for row in rows} == {"b1"}
    assert rows[0]["t_s"] == 0
    times = [row["t_s"] for row in rows]
    assert max(np.diff(times)) <= 0.5 + 1e-6


def test_recorded_boxes_are_sampled_by_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    every = count_boxes(monkeypatch, tmp_path, LANES, passing_car(24))
    sampled = count_boxes(monkeypatch, tmp_path, LANES, passing_car(24), "--sample-fps", 3)
    assert (sampled["frames"], sampled["fps"]) == (every["frames"], 24.0)
    assert {row["frame"] % 8 for row in sampled["queue"]} == {0}
    assert sampled["totals"] == every["totals"]
    for one, other in zip(sampled["crossings"], every["crossings"], strict=True):
        assert one["frame"] == pytest.approx(other["frame"], abs=2)


def test_a_recording_takes_the_place_of_a_camera_whose_password_is_not_here(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    boxes = tmp_path / "boxes.jsonl"
    write_case(tmp_path, LANES, passing_car())
    document = json.loads((tmp_path / "node.yaml").read_text())
    document["cameras"][0]["source"] = "rtsp://user:${NO_SUCH_PASSWORD}@10.0.0.9/stream"
    (tmp_path / "node.yaml").write_text(json.dumps(document))
    assert run_cli(monkeypatch, "count", "--boxes", boxes, "--config", tmp_path / "node.yaml") == 0
    assert json.loads(capsys.readouterr().out)["totals"]["b1"] == {"arrivals": 1, "departures": 1}
    assert run_cli(monkeypatch, "count", "--config", tmp_path / "node.yaml") == 2
    assert "NO_SUCH_PASSWORD} is not set" in capsys.readouterr().err


@pytest.mark.parametrize("option", [("--fps", 10), ("--model", "vehicles"), ("--annotate", "out.mp4")])
def test_what_recorded_boxes_do_not_have_is_refused(
    option: tuple[str, Any],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    write_case(tmp_path, LANES, passing_car())
    arguments = ("count", "--boxes", tmp_path / "boxes.jsonl", "--config", tmp_path / "node.yaml")
    assert run_cli(monkeypatch, *arguments, *option) == 2
    written = capsys.readouterr()
    assert written.out == ""
    assert written.err.count("\n") == 1
    assert f"drop {option[0]}" in written.err


@pytest.fixture
def model(tmp_path: Path) -> Path:
    """A network of the YOLOX layout that finds nothing much."""
    return yolox_model(tmp_path / "net.onnx", {})


@pytest.fixture
def node(tmp_path: Path) -> Path:
    write_case(tmp_path, LANES, passing_car())
    return tmp_path / "node.yaml"


def test_count_on_a_video_with_a_film(
    tmp_path: Path, node: Path, model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    video, out, film = (
        write_video(tmp_path / "clip.mp4", range(30)),
        tmp_path / "out.json",
        tmp_path / "film.mp4",
    )
    arguments = ("count", video, "--config", node, "--model", model, "--json", out, "--annotate", film)
    assert run_cli(monkeypatch, *arguments) == 0
    document = json.loads(out.read_text())
    assert list(document) == KEYS
    assert (document["video"], document["frames"], document["fps"]) == (str(video), 30, 10)
    assert document["provider"] == "CPUExecutionProvider"
    with av.open(str(film)) as drawn:
        stream = drawn.streams.video[0]
        assert (stream.codec_context.name, stream.codec_context.pix_fmt) == ("h264", "yuv420p")
        assert sum(1 for _ in drawn.decode(video=0)) == 30


def write_film_that_goes_dark(path: Path) -> Path:
    """A second of noise by day, then one of black."""
    noise = np.random.default_rng(1)
    with av.open(str(path), "w") as file:
        stream = file.add_stream("libx264", rate=10, options={"crf": "23"})
        stream.width, stream.height, stream.pix_fmt = 320, 192, "yuv420p"
        for number in range(20):
            image = noise.integers(0, 256 if number < 10 else 1, (192, 320, 3), np.uint8)
            file.mux(stream.encode(av.VideoFrame.from_ndarray(image, "bgr24")))
        file.mux(stream.encode())
    return path


def test_pictures_that_cannot_be_measured_are_in_the_film(
    tmp_path: Path, node: Path, model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    video, film, out = write_film_that_goes_dark(tmp_path / "clip.mp4"), tmp_path / "film.mp4", tmp_path / "o"
    arguments = ("count", video, "--config", node, "--model", model, "--json", out, "--annotate", film)
    assert run_cli(monkeypatch, *arguments) == 0
    assert max(row["frame"] for row in json.loads(out.read_text())["queue"]) < 10
    with av.open(str(film)) as drawn:
        assert sum(1 for _ in drawn.decode(video=0)) == 20


@pytest.mark.parametrize("name", ["film.webm", "film.png", "film.wav", "film"])
def test_a_film_of_another_kind_is_refused_before_the_work(
    name: str,
    tmp_path: Path,
    node: Path,
    model: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    video, film = write_video(tmp_path / "clip.mp4", range(3)), tmp_path / name
    assert run_cli(monkeypatch, "count", video, "--config", node, "--model", model, "--annotate", film) == 2
    said = capsys.readouterr().err
    assert said.count(f"{film}: cannot be written (") == 1
    assert said.endswith("; give a path that ends in .mp4\n")


@pytest.fixture
def interruptible() -> Iterator[None]:
    """As from a keyboard: a shell has who runs in the background ignore Ctrl-C."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("interruptible")
def test_a_count_that_is_stopped_says_what_it_counted_and_leaves_the_film(
    tmp_path: Path, node: Path, model: Path
) -> None:
    film = tmp_path / "film.mp4"
    source = open_source(str(write_video(tmp_path / "clip.mp4", range(30))), None)

    def stop(number: int) -> None:
        if number == 11:
            signal.raise_signal(signal.SIGINT)

    with pytest.raises(Stopped) as told:
        count_recording(
            source, "clip", load_node(node).cameras[0], vehicle_detector(str(model)), None, film, stop
        )
    assert str(told.value) == (
        "stopped after 12 pictures: b1 arrivals 0, departures 0; b2 departures 0; "
        f"{film} holds them; no totals were written"
    )
    with av.open(str(film)) as drawn:
        assert sum(1 for _ in drawn.decode(video=0)) == 12


@pytest.mark.usefixtures("interruptible")
def test_count_on_boxes_that_is_stopped_says_so(tmp_path: Path, node: Path) -> None:
    boxes = tmp_path / "pipe.jsonl"
    os.mkfifo(boxes)
    arguments = [sys.executable, "-c", "from edge.cli import main; main()", "count", "--boxes", str(boxes)]
    arguments += ["--config", str(node)]
    with (
        subprocess.Popen(arguments, stderr=subprocess.PIPE, text=True) as child,
        boxes.open("w") as pipe,
    ):
        pipe.write((tmp_path / "boxes.jsonl").read_text() + "\n")
        pipe.flush()
        while any(ioctl(pipe, FIONREAD, bytes(4))):
            time.sleep(0.1)
        time.sleep(2.0)  # what was read is counted by now, and more may come
        child.send_signal(signal.SIGINT)
        said = child.communicate(timeout=30)[1]
    assert child.returncode == 130
    assert said == (
        "stopped after 95 pictures: b1 arrivals 1, departures 1; b2 departures 0; no totals were written\n"
    )


def test_count_on_a_folder_samples_by_time(
    tmp_path: Path, node: Path, model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, out = (
        write_pictures(tmp_path / "stills", [f"{i:03}.png" for i in range(40)]),
        tmp_path / "out.json",
    )
    arguments = ("count", folder, "--fps", 10, "--sample-fps", 5, "--config", node, "--model", model)
    assert run_cli(monkeypatch, *arguments, "--json", out) == 0
    document = json.loads(out.read_text())
    assert document["frames"] == 40
    assert {row["frame"] % 2 for row in document["queue"]} == {0}


def test_the_config_gives_source_rate_and_model(
    tmp_path: Path, model: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    write_pictures(tmp_path / "stills", ["1.png", "2.png"])
    camera = {"id": "c1", "source": "stills", "fps": 2, "lanes": LANES}
    config = {"port": "p", "node": "n", "model": model.name, "cameras": [camera]}
    (tmp_path / "node.yaml").write_text(json.dumps(config))
    assert run_cli(monkeypatch, "count", "--config", tmp_path / "node.yaml") == 0
    assert json.loads(capsys.readouterr().out)["fps"] == 2


def test_a_damaged_recording_is_counted_as_far_as_it_goes_and_told(
    tmp_path: Path,
    node: Path,
    model: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    folder, out = write_pictures(tmp_path / "stills", ["1.png", "2.png", "3.png"]), tmp_path / "out.json"
    (folder / "2.png").write_bytes(b"no picture")
    arguments = ("count", folder, "--fps", 2, "--config", node, "--model", model, "--json", out)
    assert run_cli(monkeypatch, *arguments) == 2
    assert json.loads(out.read_text())["frames"] == 3
    written = capsys.readouterr().err
    assert written.count("\n") == 1
    assert "2.png" in written


def test_a_node_whose_camera_has_no_source_does_not_start(
    node: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_cli(monkeypatch, "run", "--config", node) == 2
    written = capsys.readouterr().err
    assert written.count("\n") == 1
    assert "node.yaml cameras[0].source: is missing" in written


def spoil(folder: Path) -> dict[str, Any]:
    """Things that are wrong, by name: the arguments after `count`."""
    write_case(folder, LANES, passing_car())
    good, text = folder / "node.yaml", (folder / "node.yaml").read_text()
    (folder / "key.yaml").write_text(text.replace('"tail"', '"tale"'))
    (folder / "point.yaml").write_text(text.replace("[0.0, 0.2", "[1280, 0.2"))
    two = json.loads(text)
    two["cameras"].append({"id": "c2"})
    (folder / "two.yaml").write_text(json.dumps(two))
    (folder / "text.onnx").write_bytes(b"no network")
    (folder / "noise.mp4").write_bytes(b"noise" * 1000)
    lines = (folder / "boxes.jsonl").read_text().splitlines()
    (folder / "line.jsonl").write_text("\n".join([lines[0], '{"frame": 1}']))
    (folder / "order.jsonl").write_text("\n".join([lines[5], lines[1]]))
    other = json.dumps(picture(1, 1.0, []) | {"width": 640})
    (folder / "size.jsonl").write_text("\n".join([lines[0], other]))
    (folder / "void.jsonl").write_text("\n")
    inside_out = json.dumps(picture(1, 1.0, [(300, 100, -120, 100)]))
    (folder / "inside-out.jsonl").write_text("\n".join([lines[0], inside_out]))
    (folder / "far.jsonl").write_text(json.dumps(picture(0, 0.0, [(1e300, 100, 120, 100)])))
    (folder / "nan.jsonl").write_text(json.dumps(picture(0, 0.0, [(float("nan"), 100, 120, 100)])))
    video = write_video(folder / "clip.mp4", range(3))
    sizes = write_pictures(folder / "sizes", ["1.png", "2.png"])
    cv2.imwrite(str(sizes / "2.png"), np.zeros((200, 100, 3), np.uint8))
    boxes = folder / "boxes.jsonl"
    return {
        "no such config": (boxes, folder / "no.yaml", "no.yaml"),
        "unknown key": (boxes, folder / "key.yaml", "key.yaml:1 cameras[0].lanes[0].tale"),
        "point outside 0-1": (boxes, folder / "point.yaml", "fraction"),
        "several cameras": (boxes, folder / "two.yaml", "--camera"),
        "no such boxes": (folder / "no.jsonl", good, "no.jsonl"),
        "not a picture's boxes": (folder / "line.jsonl", good, "line.jsonl:2"),
        "times that fall": (folder / "order.jsonl", good, "order.jsonl:2"),
        "another size": (folder / "size.jsonl", good, "size.jsonl:2"),
        "no boxes at all": (folder / "void.jsonl", good, "void.jsonl"),
        "a box inside out": (folder / "inside-out.jsonl", good, "inside-out.jsonl:2"),
        "a box out of this world": (folder / "far.jsonl", good, "far.jsonl:1"),
        "no number": (folder / "nan.jsonl", good, "nan.jsonl:1"),
        "no such video": (folder / "no.mp4", good, "no.mp4"),
        "no video": (folder / "noise.mp4", good, "noise.mp4"),
        "no network": ((video, "--model", folder / "text.onnx"), good, "text.onnx"),
        "no such model": ((video, "--model", "nothing"), good, "nothing"),
        "a rate without end": ((sizes, "--fps", "inf"), good, "--fps"),
        "pictures of two sizes": ((sizes, "--fps", 2), good, "picture 1 is 100x200"),
        "a folder to write to": ((video, "--json", folder), good, "is a folder"),
        "no folder to write to": ((video, "--json", folder / "no/out.json"), good, "no/out.json"),
        "a file by its address": ((f"file://{video}",), good, "a file is named by its path"),
    }


WRONG = [
    "no such config", "unknown key", "point outside 0-1", "several cameras", "no such boxes",
    "not a picture's boxes", "times that fall", "another size", "no boxes at all", "a box inside out",
    "a box out of this world", "no number", "no such video",
    "no video", "no network", "no such model", "pictures of two sizes", "a rate without end",
    "a folder to write to", "no folder to write to", "a file by its address",
]  # fmt: skip


@pytest.mark.parametrize("case", WRONG)
def test_what_is_wrong_is_said_in_one_line(
    case: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    what, config, named = spoil(tmp_path)[case]
    given = what if isinstance(what, tuple) else ("--boxes", what) if what.suffix == ".jsonl" else (what,)
    assert run_cli(monkeypatch, "count", *given, "--config", config) == 2
    written = capsys.readouterr()
    assert written.out == ""
    assert written.err.count("\n") == 1
    assert named in written.err


@pytest.mark.parametrize(
    ("option", "name"),
    [
        ("--annotate", "clip.mp4"),
        ("--annotate", "linked.mp4"),
        ("--annotate", "./clip.mp4"),
        ("--json", "clip.mp4"),
        ("--json", "node.yaml"),
        ("--json", "film.mp4"),
    ],
)
def test_a_file_that_is_read_is_not_written_over(
    option: str,
    name: str,
    tmp_path: Path,
    node: Path,
    model: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    video = write_video(tmp_path / "clip.mp4", range(3))
    (tmp_path / "linked.mp4").hardlink_to(video)
    before = video.read_bytes(), node.read_bytes()
    monkeypatch.chdir(tmp_path)
    film = ["--annotate", tmp_path / "film.mp4"] if name == "film.mp4" else []
    arguments = ["count", video, "--config", node, "--model", model, option, name, *film]
    assert run_cli(monkeypatch, *arguments) == 2
    assert "is another file of this command, which it would destroy" in capsys.readouterr().err
    assert (video.read_bytes(), node.read_bytes()) == before


def test_the_source_of_the_config_is_not_written_over_either(
    tmp_path: Path, model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    video, config = write_video(tmp_path / "clip.mp4", range(3)), tmp_path / "node.yaml"
    config.write_text(json.dumps({"port": "p", "node": "n", "cameras": [{"id": "c", "source": "clip.mp4"}]}))
    before = video.read_bytes()
    assert run_cli(monkeypatch, "count", "--config", config, "--model", model, "--annotate", video) == 2
    assert video.read_bytes() == before


def test_a_full_disk_behind_standard_output_is_told(tmp_path: Path) -> None:
    write_case(tmp_path, LANES, passing_car())
    command = (
        sys.executable,
        "-c",
        "from edge.cli import main; main()",
        "count",
        "--boxes",
        tmp_path / "boxes.jsonl",
    )
    with Path("/dev/full").open("wb") as full:
        ended = subprocess.run(
            [*command, "--config", tmp_path / "node.yaml"], stdout=full, stderr=subprocess.PIPE, text=True
        )
    assert ended.returncode == 2
    assert (
        ended.stderr
        == "standard output: cannot be written (No space left on device); give another path by --json\n"
    )


@pytest.mark.parametrize(
    ("arguments", "named"),
    [(("cuont",), "count"), (("count",), "--config"), (("count", "--what"), "--what")],
)
def test_a_wrong_call_is_one_line_too(
    arguments: tuple[str, ...],
    named: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run_cli(monkeypatch, *arguments) == 2
    written = capsys.readouterr().err
    assert written.count("\n") == 1
    assert named in written


@pytest.mark.parametrize(
    ("words", "commands"),
    [
        ((), ("count", "detect", "run", "doctor", "zones", "model")),
        (("model",), ("list", "verify", "import")),
    ],
)
def test_a_call_without_a_command_tells_them_all(
    words: tuple[str, ...],
    commands: tuple[str, ...],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run_cli(monkeypatch, *words) == 2
    told = [line.split()[0] for line in capsys.readouterr().err.splitlines() if line.startswith("  ")]
    assert set(commands) <= set(told)


@pytest.mark.parametrize(
    "words",
    [
        "count",
        "detect",
        "plates",
        "run",
        "enrol",
        "doctor",
        "zones",
        "model list",
        "model verify",
        "model import",
    ],
)
def test_help_has_an_example(
    words: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_cli(monkeypatch, *words.split(), "--help") == 0
    told = re.findall(r"^ *Examples?:\s+(lanewatch-edge .*)", capsys.readouterr().out, re.MULTILINE)
    assert [line.startswith(f"lanewatch-edge {words}") for line in told] == [True]


def test_models_are_imported_listed_and_verified(
    tmp_path: Path, model: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_cli(monkeypatch, "model", "import", model, "--name", "mine", "--dest", tmp_path) == 0
    assert (tmp_path / "mine" / "card.json").is_file()
    assert run_cli(monkeypatch, "model", "list") == 0
    assert run_cli(monkeypatch, "model", "verify") == 0
    assert "ok" in capsys.readouterr().out
    assert run_cli(monkeypatch, "model", "verify", tmp_path / "mine") == 0
    assert capsys.readouterr().out.startswith("mine  ok  ")


def test_the_film_shows_what_was_measured(tmp_path: Path) -> None:
    write_case(tmp_path, LANES, [])
    camera = load_node(tmp_path / "node.yaml").cameras[0]
    queue = QueueState(1, 1, 12.0, True, "upstream end occupied")
    lanes = (LaneStep("b1", queue, True), LaneStep("b2", None, False), LaneStep("b3", None, None))
    track = TrackView(7, "truck", (100, 100, 300, 260), 0.9, stopped=True, coasting=False)
    hidden = TrackView(8, "truck", (400, 100, 600, 260), 0.9, stopped=True, coasting=True)
    blank = np.zeros((361, 641, 3), np.uint8)
    with Annotator(tmp_path / "film.mp4", camera, 10) as film:
        film.add(blank, Step(0.0, lanes, (), (), (track, hidden)))
    assert blank.max() == 0, "the picture itself stays as it was"
    with av.open(str(tmp_path / "film.mp4")) as drawn:
        (frame,) = drawn.decode(video=0)
    shown = frame.to_ndarray(format="bgr24")
    assert shown.shape == (362, 642, 3), "H.264 has even sides"
    red, dark = shown[258:262, 150:250, 2].max(), shown[258:262, 450:550, 2].max()
    assert red > 150, "the box's lower edge is red: it stands"
    assert 60 < dark < red - 60, "dark red: it stands there, hidden"
