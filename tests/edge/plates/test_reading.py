"""Finding and reading rendered plates with the real models: the command, the desk of a node, bad input."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from queue import SimpleQueue
from typing import Any

import cv2
import numpy as np
import pytest

from edge.config import CameraConfig, PlatesConfig
from edge.detection.layouts import ModelError
from edge.picture import Colours
from edge.plates.agreement import Look, agreed
from edge.plates.book import PlateBook
from edge.plates.desk import WAITING, DeskCrashed, PlateDesk, ReadsReady, _Job
from edge.plates.finder import load_finder
from edge.plates.quality import quality_of
from edge.plates.reader import PlateReader, decode
from edge.plates.sight import cut, look_at
from edge.plates.text import ALPHABET, fold
from edge.vision import Crossing, Image, Step, TrackView
from simulator.plates import SERIES, Series, View, face, plate_box, seen
from tests.dashboard.nodes import until
from tests.plate_finder import plate_finder

NEAR, NIGHT = View(width_px=110, yaw_deg=12), View(width_px=100, light=0.45, smear_px=1)


@pytest.fixture(scope="module")
def reader() -> PlateReader:
    return PlateReader.load()


def picture(number: str, series: Series, view: View, seed: int = 3) -> Image:
    return np.ascontiguousarray(seen(face(number, series), view, np.random.default_rng(seed))[:, :, ::-1])


def look(reader: PlateReader, image: Image, view: View) -> Look:
    plate = cut(image, plate_box(view), 0.02)
    return reader.look(plate, quality_of(plate))


@pytest.mark.parametrize("series", SERIES, ids=lambda series: f"{series.place} {series.pattern}")
def test_plates_of_each_series_are_read_by_day_and_by_night(reader: PlateReader, series: Series) -> None:
    number = series.number(np.random.default_rng(11))
    looks = [
        look(reader, picture(number, series, view, seed), view) for view in (NEAR, NIGHT) for seed in (1, 2)
    ]
    text = agreed(looks)
    assert text is not None
    assert text.characters == fold(number)


@pytest.mark.parametrize(
    "plate",
    [np.zeros((1, 1, 3), np.uint8), np.full((40, 4000, 3), 255, np.uint8), np.zeros((900, 20, 3), np.uint8)],
    ids=["one pixel", "very wide", "very tall"],
)
def test_no_picture_breaks_the_reader(reader: PlateReader, plate: Image) -> None:
    assert not reader.look(plate, quality_of(plate)).counts


def test_decoding_drops_repeats_and_nothing() -> None:
    scores = np.zeros((7, 1 + len(ALPHABET)), np.float32)
    for step, column in enumerate([1, 1, 0, 1, 2, 0, 3]):
        scores[step, column] = 0.9
    text, sure = decode(scores)
    assert text == "AABC"
    assert sure == pytest.approx((0.9,) * 4)


@pytest.mark.parametrize("share", [0.15, 0.3, 0.6, 0.8])
def test_a_plate_is_read_whatever_its_share_of_the_vehicle(reader: PlateReader, share: float) -> None:
    """Shown as large as the finder takes it, the widest would be larger than any that the finder knows."""
    finder = load_finder(plate_finder())
    for series in SERIES:
        number = series.number(np.random.default_rng(11))
        seen_at = look_at(vehicle_with(number, series, 100, round(100 / share)), finder, reader)
        assert seen_at is not None
        assert fold(seen_at.text.characters) == fold(number)


def vehicle_with(number: str, series: Series, plate_px: int, width_px: int) -> Image:
    """A dark vehicle with a lighter window and a plate low in its middle."""
    plate = cv2.resize(
        np.asarray(face(number, series), np.uint8)[:, :, ::-1],
        (plate_px, plate_px // 2),
        interpolation=cv2.INTER_AREA,
    )
    vehicle = np.full((round(1.25 * width_px), width_px, 3), (70, 60, 55), np.uint8)
    eighth = width_px // 8
    vehicle[eighth : width_px // 2, eighth:-eighth] = (150, 140, 130)
    left, top = (width_px - plate_px) // 2, vehicle.shape[0] - plate.shape[0] - eighth
    vehicle[top : top + plate.shape[0], left : left + plate_px] = plate
    return vehicle


def test_a_desk_reads_a_track_and_tells_its_moment() -> None:
    inbox: SimpleQueue[Any] = SimpleQueue()
    desk = PlateDesk(PlatesConfig(model=plate_finder(), looks_per_s=50), inbox.put)
    desk.start()
    camera = CameraConfig.model_validate(
        {"id": "c1", "lanes": [{"id": "b5", "tail": {"line": [[0, 0.1], [1, 0.1]], "toward": [0.5, 0.9]}}]}
    )
    image = picture("AXCE 457", SERIES[0], NEAR)
    vehicle = TrackView(
        7, "truck", (0.0, 0.0, float(image.shape[1]), float(image.shape[0])), 0.9, False, False
    )
    crossing = Crossing(0.9, "b5", "tail", "truck", 7, 0.9)
    for number in range(30):
        at = 1.0 + 0.2 * number
        desk.see(camera, Colours(image), Step(at, (), (crossing,) if number == 0 else (), (), (vehicle,)))
        if until(lambda: not inbox.empty(), 0.3):
            break
    ready = inbox.get(timeout=20)
    desk.stop(10)
    assert isinstance(ready, ReadsReady)
    (read,) = ready.reads
    assert (read.at, read.lane, read.point) == (0.9, "b5", "tail")
    assert read.text.characters == fold("AXCE457")
    assert "CE" not in repr(ready)


def test_a_camera_without_points_is_not_looked_at() -> None:
    inbox: SimpleQueue[Any] = SimpleQueue()
    desk = PlateDesk(PlatesConfig(model=plate_finder(), cameras={"c2": ("tail",)}), inbox.put)
    image = picture("AXCE 457", SERIES[0], NEAR)
    vehicle = TrackView(7, "truck", (0.0, 0.0, 200.0, 150.0), 0.9, False, False)
    camera = CameraConfig.model_validate({"id": "c1", "lanes": []})
    desk.see(
        camera, Colours(image), Step(1.0, (), (Crossing(0.9, "b5", "tail", "truck", 7, 0.9),), (), (vehicle,))
    )
    assert desk.tally.looks == desk.tally.dropped == 0
    assert inbox.empty()


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_desk_that_crashes_says_so_and_can_be_left() -> None:
    inbox: SimpleQueue[Any] = SimpleQueue()
    desk = PlateDesk(PlatesConfig(model=plate_finder()), inbox.put)
    nothing = np.zeros((0, 0, 3), np.uint8)  # which no caller gives: a defect
    for _ in range(WAITING):
        desk._offer(_Job("c1", 7, PlateBook((), (), 640, 360), nothing))
    desk.start()
    assert isinstance(inbox.get(timeout=20), DeskCrashed)
    for _ in range(WAITING):
        desk._offer(_Job("c1", 7, PlateBook((), (), 640, 360), nothing))
    desk.stop(0.1)


def command(*arguments: str) -> subprocess.CompletedProcess[str]:
    run = [sys.executable, "-c", "from edge.cli import main; main()", "plates", *arguments]
    return subprocess.run(run, capture_output=True, text=True, timeout=120, check=False)


def test_the_command_gives_boxes_and_texts_only_when_asked(tmp_path: Path) -> None:
    stills = tmp_path / "stills"
    stills.mkdir()
    rim = 120  # a still shows more than the plate
    still = cv2.copyMakeBorder(picture("AXCE 457", SERIES[0], NEAR), *[rim] * 4, cv2.BORDER_REPLICATE)
    cv2.imwrite(str(stills / "a.png"), still)
    cv2.imwrite(str(stills / "b.png"), np.zeros((80, 80, 3), np.uint8))
    given = (str(stills), "--model", plate_finder(), "--json", str(tmp_path / "out.json"))
    assert command(*given).returncode == 0
    with_plate, without = json.loads((tmp_path / "out.json").read_text())
    assert without["boxes"] == []
    assert [sorted(box) for box in with_plate["boxes"]] == [["class", "score", "xyxy"]]
    x0, y0, x1, y1 = (value - rim for value in with_plate["boxes"][0]["xyxy"])
    left, top, right, bottom = plate_box(NEAR)
    assert max(abs(x0 - left), abs(y0 - top), abs(x1 - right), abs(y1 - bottom)) < 20
    assert command(*given, "--text").returncode == 0
    assert json.loads((tmp_path / "out.json").read_text())[0]["boxes"][0]["text"] == "AXCE457"


def test_a_model_of_vehicles_is_refused() -> None:
    with pytest.raises(ModelError, match="give a model of number plates"):
        load_finder("vehicles")
