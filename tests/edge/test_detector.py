"""The detector on graphs with known numbers, on the bundled pack and on real weights."""

from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.detection.command import PictureError, detect
from edge.detection.detector import Detector
from edge.detection.layouts import ModelError
from edge.detection.letterbox import best_size, fit
from tests.edge.tinymodels import pack_model, ultralytics_model, write_model, yolox_model

REPOSITORY = Path(__file__).parent.parent.parent
SHARED = REPOSITORY.parent / "shared"
DEMO = REPOSITORY / "config/recordings/demo"

NAMES = "{0: 'person', 1: 'car', 2: 'van', 3: 'Truck'}"
PICTURE = np.zeros((32, 64, 3), np.uint8)


def yolox_row(
    dx: float, dy: float, width: float, height: float, stride: int, objectness: float, **classes: float
):
    """A YOLOX row: offsets in cells, size in pixels, classes by COCO row as `c2=0.9`."""
    row = [dx, dy, np.log(width / stride), np.log(height / stride), objectness, *[0.0] * 80]
    for name, score in classes.items():
        row[5 + int(name[1:])] = score
    return row


def found(detector: Detector, picture: np.ndarray = PICTURE, min_score: float | None = None) -> list[tuple]:
    boxes = detector.boxes(picture, min_score)
    return [
        (name, round(float(score), 2), [round(float(v)) for v in xyxy])
        for xyxy, name, score in zip(boxes.xyxy, boxes.classes, boxes.scores, strict=True)
    ]


@pytest.mark.parametrize(
    ("case", "rows", "expected"),
    [
        ("nothing in the picture gives no box", {}, []),
        (
            "cell 9 of stride 8 is column 1, row 1",
            {9: yolox_row(0.5, 0.5, 10, 6, 8, 0.9, c2=0.8)},
            [("car", 0.72, [7, 9, 17, 15])],
        ),
        (
            "cell 33 is the second of stride 16",
            {33: yolox_row(0.5, 0.5, 20, 10, 16, 0.8, c7=1.0)},
            [("truck", 0.8, [14, 3, 34, 13])],
        ),
        ("a person is no vehicle", {9: yolox_row(0.5, 0.5, 10, 6, 8, 0.9, c0=0.9)}, []),
        (
            "the strongest vehicle class names the box",
            {9: yolox_row(0.5, 0.5, 10, 6, 8, 1.0, c0=0.9, c5=0.6, c7=0.5)},
            [("bus", 0.6, [7, 9, 17, 15])],
        ),
        (
            "a car and a truck on one vehicle are one box",
            {9: yolox_row(0.5, 0.5, 10, 6, 8, 1.0, c2=0.6), 10: yolox_row(-0.4, 0.5, 10, 6, 8, 1.0, c7=0.9)},
            [("truck", 0.9, [8, 9, 18, 15])],
        ),
        ("below the usual score of 0.3", {9: yolox_row(0.5, 0.5, 10, 6, 8, 0.5, c2=0.5)}, []),
    ],
)
def test_yolox_rows_become_boxes(case, rows, expected, tmp_path):
    assert found(Detector.load(str(yolox_model(tmp_path / "m.onnx", rows)))) == expected


@pytest.mark.parametrize(
    ("case", "columns", "expected"),
    [
        ("centre and size become corners", [[30, 16, 20, 8, 0, 0.9, 0, 0]], [("car", 0.9, [20, 12, 40, 20])]),
        ("a van is reported as car", [[30, 16, 20, 8, 0, 0, 0.7, 0]], [("car", 0.7, [20, 12, 40, 20])]),
        (
            "names are read whatever their case",
            [[30, 16, 20, 8, 0, 0, 0, 0.6]],
            [("truck", 0.6, [20, 12, 40, 20])],
        ),
        ("a person is no vehicle", [[30, 16, 20, 8, 0.9, 0, 0, 0]], []),
        ("boxes end at the picture", [[60, 16, 20, 8, 0, 0.9, 0, 0]], [("car", 0.9, [50, 12, 64, 20])]),
    ],
)
def test_ultralytics_columns_become_boxes(case, columns, expected, tmp_path):
    raw = np.zeros((8, 42))
    raw[:, : len(columns)] = np.array(columns).T
    assert found(Detector.load(str(ultralytics_model(tmp_path / "m.onnx", raw, NAMES)))) == expected


def test_ultralytics_end_to_end_rows_become_boxes(tmp_path):
    raw = np.zeros((300, 6))
    raw[:3] = [[20, 12, 40, 20, 0.9, 1], [5, 5, 9, 9, 0.8, 0], [50, 2, 60, 9, 0.2, 3]]
    model = ultralytics_model(tmp_path / "m.onnx", raw, NAMES, task="detect", end2end="True")
    assert found(Detector.load(str(model))) == [("car", 0.9, [20, 12, 40, 20])]


def test_pack_outputs_become_boxes_and_a_low_min_score_lifts_every_cap(tmp_path):
    boxes = np.array([[0, 0, 10, 10], [20, 0, 30, 10], [40, 0, 50, 10], [41, 0, 51, 10]])
    scores = np.array([[0.9, 0, 0, 0], [0, 0.02, 0, 0], [0, 0, 0.5, 0], [0, 0, 0, 0.4]])
    detector = Detector.load(str(pack_model(tmp_path / "m.onnx", boxes, scores)))
    assert [name for name, *_ in found(detector)] == ["car", "bus"]
    assert [name for name, *_ in found(detector, min_score=0.02)] == ["car", "bus", "truck"]
    assert len(found(detector, min_score=0.0)) == 3


def test_boxes_come_back_in_pixels_of_the_picture_and_of_the_region(tmp_path):
    boxes, scores = np.array([[16.0, 8, 32, 16]]), np.array([[0.9, 0, 0, 0]])
    detector = Detector.load(str(pack_model(tmp_path / "m.onnx", boxes, scores)))
    picture = np.zeros((64, 128, 3), np.uint8)
    assert found(detector, picture) == [("car", 0.9, [32, 16, 64, 32])]
    near = detector.boxes(picture, region=(64, 32, 128, 64))
    assert near.xyxy.tolist() == [[80, 40, 96, 48]]


@pytest.mark.parametrize(
    ("case", "region"),
    [("empty", (5, 5, 5, 9)), ("outside", (0, 0, 65, 32)), ("turned round", (9, 9, 5, 20))],
)
def test_a_region_that_is_not_in_the_picture_is_refused(case, region, tmp_path):
    model = pack_model(tmp_path / "m.onnx", np.zeros((1, 4)), np.zeros((1, 4)))
    with pytest.raises(ValueError, match="region"):
        Detector.load(str(model)).boxes(PICTURE, region=region)


def test_a_grey_picture_is_refused(tmp_path):
    model = pack_model(tmp_path / "m.onnx", np.zeros((1, 4)), np.zeros((1, 4)))
    with pytest.raises(ValueError, match="BGR"):
        Detector.load(str(model)).boxes(np.zeros((32, 64), np.uint8))


def unknown_layout(path: Path) -> Path:
    return write_model(path, 1, [1, 3, 32, 64], {"output": np.zeros((1, 10, 15))}, {})


def no_vehicle(path: Path) -> Path:
    return ultralytics_model(path, np.zeros((6, 42)), "{0: 'cat', 1: 'dog'}")


def no_fixed_size(path: Path) -> Path:
    return write_model(path, 1, [1, 3, "h", "w"], {"output": np.zeros((1, 42, 85))}, {})


def other_task(path: Path) -> Path:
    return ultralytics_model(path, np.zeros((8, 42)), NAMES, task="segment")


def not_a_model(path: Path) -> Path:
    path.write_bytes(b"not a model")
    return path


@pytest.mark.parametrize(
    ("build", "says"),
    [
        (unknown_layout, "unknown model layout.*1x10x15.*export"),
        (no_vehicle, "none of its 2 classes is a vehicle.*cat, dog"),
        (no_fixed_size, "input size is not fixed"),
        (other_task, "for `segment`"),
        (not_a_model, "not a model that onnxruntime can run"),
    ],
)
def test_a_model_that_cannot_be_used_is_refused_in_one_line(build, says, tmp_path):
    with pytest.raises(ModelError, match=says) as refusal:
        Detector.load(str(build(tmp_path / "strange.onnx")))
    assert "strange.onnx" in str(refusal.value)
    assert "\n" not in str(refusal.value)


sides = st.integers(1, 4000)


@given(sides, sides, st.integers(1, 40), st.integers(1, 40), st.booleans())
def test_a_box_put_into_the_input_and_back_is_the_same_box(source_w, source_h, columns, rows, centred):
    placing = fit(source_w, source_h, 32 * columns, 32 * rows, centred)
    box = np.array(
        [[0, 0, source_w, source_h], [source_w / 3, source_h / 4, source_w / 2, source_h / 2]], np.float32
    )
    scale = placing.width / source_w, placing.height / source_h
    inside = (box * (*scale, *scale) + (placing.left, placing.top) * 2).astype(np.float32)
    assert inside.min() >= -1e-3
    assert inside[:, 2].max() <= 32 * columns + 1e-2
    assert inside[:, 3].max() <= 32 * rows + 1e-2
    np.testing.assert_allclose(placing.to_source(inside), box, rtol=1e-4, atol=1e-2 * max(source_w, source_h))


@given(st.integers(100, 4000), st.integers(100, 4000))
def test_a_free_input_costs_no_more_than_its_size_says(source_w, source_h):
    width, height = best_size(source_w, source_h, 416, 256, 32)
    assert width % 32 == height % 32 == 0
    assert width * height <= 416 * 256 * 1.05


@pytest.mark.parametrize(
    ("source", "size"), [((640, 360), (416, 256)), ((640, 640), (320, 320)), ((300, 600), (224, 448))]
)
def test_a_free_input_follows_the_shape_of_the_picture(source, size):
    assert best_size(*source, 416, 256, 32) == size


def test_detect_gives_an_entry_for_each_picture_and_names_a_bad_one(tmp_path):
    model = pack_model(tmp_path / "m.onnx", np.array([[16.0, 8, 32, 16]]), np.array([[0, 0.9, 0, 0]]))
    cv2.imwrite(str(tmp_path / "a.png"), PICTURE)
    path = str(tmp_path / "a.png")
    assert detect([path], str(model)) == [
        {"image": path, "boxes": [{"xyxy": [16.0, 8.0, 32.0, 16.0], "class": "truck", "score": 0.9}]}
    ]
    assert detect([path], str(model), 0.95) == [{"image": path, "boxes": []}]
    with pytest.raises(PictureError, match="not a picture"):
        detect([str(model)], str(model))


def picture_at(film: Path, number: int) -> np.ndarray:
    capture = cv2.VideoCapture(str(film))
    capture.set(cv2.CAP_PROP_POS_FRAMES, number)
    return capture.read()[1]


@pytest.mark.skipif(not list(DEMO.glob("*.mp4")), reason="no recordings in config/recordings/demo")
def test_the_bundled_pack_finds_vehicles_in_the_demo_recording():
    detector = Detector.load("vehicles")
    film = sorted(DEMO.glob("*.mp4"))[0]
    assert detector.provider == "CPUExecutionProvider"
    assert max(len(detector.boxes(picture_at(film, number))) for number in (800, 1000, 1200)) >= 2


@pytest.mark.skipif(
    not (SHARED / "models/yolox_nano.onnx").is_file(), reason="no ../shared with real weights"
)
def test_real_yolox_weights_find_the_cars_of_a_street():
    detector = Detector.load(str(SHARED / "models/yolox_nano.onnx"))
    boxes = detector.boxes(cv2.imread(str(SHARED / "data/opendatacam/frames/100.jpg")))
    assert detector.model == "yolox_nano"
    assert boxes.classes.count("car") >= 10
    assert (boxes.scores >= 0.3).all()
