"""Models that people bring: what is recognised, how classes are mapped, what is refused in which words."""

from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper

from edge.detection.detector import Detector, vehicle_detector
from edge.detection.importing import import_model
from edge.detection.layouts import ModelError, rows_that_count
from edge.detection.packs import Pack
from tests.edge.tinymodels import FLOAT, pack_model, ultralytics_model, write_model, yolox_model

WIDE = np.full((360, 640, 3), 90, np.uint8)


def brought(file: Path, *mapped: str) -> Pack:
    return import_model(file, "mine", file.parent / "packs", mapped)


@pytest.mark.parametrize(
    ("names", "ours"),
    [
        (["car", "van", "Pickup Truck", "SUV"], {0: "car", 1: "car", 2: "car", 3: "car"}),
        (["lorry", "semi-truck", "tractor_trailer", "HGV"], dict.fromkeys(range(4), "truck")),
        (["person", "coach", "motorbike"], {1: "bus", 2: "motorcycle"}),
        (["license-plate", "Number_Plate"], {0: "plate", 1: "plate"}),
        (["car", "plate"], {0: "car"}),
        (["cat", "dog"], {}),
    ],
)
def test_classes_are_mapped_by_name(names: list[str], ours: dict[int, str]) -> None:
    assert rows_that_count(dict(enumerate(names))) == ours


BOX = [[32.0], [16], [16], [8]]
STRONG_SECOND = np.array([*BOX, [0.1], [0.8]])


@pytest.mark.parametrize(
    ("mapped", "ours"),
    [
        (["lorry_big=truck"], {0: "car", 1: "truck"}),
        (["1=bus"], {0: "car", 1: "bus"}),
        (["Lorry Big=truck", "car=car"], {0: "car", 1: "truck"}),
    ],
)
def test_a_class_with_a_name_of_its_own_is_mapped_by_hand(mapped, ours, tmp_path):
    file = ultralytics_model(tmp_path / "m.onnx", STRONG_SECOND, "{0: 'car', 1: 'lorry_big'}")
    pack = brought(file, *mapped)
    assert pack.card.classes == ours
    boxes = Detector.load(str(pack.folder)).boxes(np.zeros((32, 64, 3), np.uint8))
    assert boxes.classes == (ours[1],)


def nanodet_raw(cells: int, row: int, scores: list[float], sides: list[int], bins: int) -> np.ndarray:
    """One cell that speaks: class scores, and each side certain of its distance in strides."""
    raw = np.zeros((1, cells, len(scores) + 4 * bins), np.float32)
    raw[0, row, : len(scores)] = scores
    for side, reach in enumerate(sides):
        raw[0, row, len(scores) + side * bins + reach] = 50
    return raw


@pytest.mark.parametrize(
    ("cells", "offset"), [(32 + 8 + 2 + 1, 0.0), (32 + 8 + 2, 0.5)], ids=["four levels", "three levels"]
)
@pytest.mark.parametrize("bins", [8, 11])
def test_nanodet_is_recognised_and_its_boxes_are_right(cells, offset, bins, tmp_path):
    scores = [0.0] * 80
    scores[7] = 0.7  # COCO's truck
    raw = nanodet_raw(cells, 8 + 3, scores, [1, 1, 2, 1], bins)  # second row, fourth column of stride 8
    pack = brought(write_model(tmp_path / "n.onnx", FLOAT, [1, 3, 32, 64], {"output": raw}, {}))
    assert pack.card.layout == "nanodet"
    found = Detector.load(str(pack.folder)).boxes(
        np.zeros((64, 256, 3), np.uint8)
    )  # stretched: 4 and 2 times
    assert found.classes == ("truck",)
    x, y = (3 + offset) * 8, (1 + offset) * 8
    np.testing.assert_allclose(
        found.xyxy[0], [(x - 8) * 4, (y - 8) * 2, (x + 16) * 4, (y + 8) * 2], atol=1e-3
    )


def test_nanodet_plus_of_other_classes_needs_a_map(tmp_path):
    raw = nanodet_raw(43, 11, [0.0, 0.9], [1, 1, 1, 1], 8)
    file = write_model(tmp_path / "n.onnx", FLOAT, [1, 3, 32, 64], {"output": raw}, {})
    with pytest.raises(ModelError, match="--map ROW=car"):
        brought(file)
    pack = brought(file, "1=truck")
    assert pack.card.classes == {1: "truck"}
    assert Detector.load(str(pack.folder)).boxes(WIDE).classes == ("truck",)


def test_a_yolox_of_other_classes_needs_a_map(tmp_path):
    file = yolox_model(tmp_path / "y.onnx", {0: [0, 0, 0, 0, 0.9, 0.1, 0.8]}, classes=2)
    with pytest.raises(ModelError, match="--map ROW=car"):
        brought(file)
    assert brought(file, "0=car", "1=truck").card.classes == {0: "car", 1: "truck"}


def half_input(path: Path) -> Path:
    names = {"names": "{0: 'car'}", "task": "detect"}
    raw = np.array([*BOX, [0.8]])[None]
    return write_model(path, TensorProto.FLOAT16, [1, 3, 32, 64], {"output0": raw}, names)


def nms_inside(path: Path) -> Path:
    rows = np.array([[[24.0, 12, 40, 20, 0.8, 0], [0, 0, 0, 0, 0, 0]]])
    return write_model(path, FLOAT, [1, 3, 32, 64], {"output0": rows}, {"names": "{0: 'car'}"})


@pytest.mark.parametrize(
    ("build", "layout"), [(half_input, "ultralytics"), (nms_inside, "ultralytics-end2end")]
)
def test_ultralytics_exports_in_half_or_with_suppression_inside(build, layout, tmp_path):
    pack = brought(build(tmp_path / "m.onnx"))
    assert pack.card.layout == layout
    found = Detector.load(str(pack.folder)).boxes(np.zeros((32, 64, 3), np.uint8))
    assert found.classes == ("car",)
    np.testing.assert_allclose(found.xyxy[0], [24, 12, 40, 20], atol=1e-3)


def truncated(path: Path) -> Path:
    whole = pack_model(path, np.array([[0.0, 0, 9, 9]]), np.array([[0.9, 0, 0, 0]]))
    path.write_bytes(whole.read_bytes()[:-60])
    return path


def future_opset(path: Path) -> Path:
    model = onnx.load(pack_model(path, np.array([[0.0, 0, 9, 9]]), np.array([[0.9, 0, 0, 0]])))
    model.opset_import[0].version = 99
    onnx.save(model, path)
    return path


def unknown_operator(path: Path) -> Path:
    output = helper.make_tensor_value_info("output", FLOAT, [1, 42, 85])
    picture = helper.make_tensor_value_info("images", FLOAT, [1, 3, 32, 64])
    graph = helper.make_graph(
        [helper.make_node("Nonsense", ["images"], ["output"])], "g", [picture], [output]
    )
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8), path)
    return path


def free_sides(path: Path) -> Path:
    return write_model(path, FLOAT, [1, 3, "height", "width"], {"output": np.zeros((1, 42, 85))}, {})


def fails_when_it_runs(path: Path) -> Path:
    """Its output's shape hangs on the picture in a way that no picture fits."""
    picture = helper.make_tensor_value_info("images", FLOAT, [1, 3, 32, 64])
    output = helper.make_tensor_value_info("output", FLOAT, [1, 42, 85])
    shape = helper.make_node("Constant", [], ["shape"], value_ints=[1, 42, 85])
    nodes = [shape, helper.make_node("Reshape", ["images", "shape"], ["output"])]
    graph = helper.make_graph(nodes, "g", [picture], [output])
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8), path)
    return path


def decoded_yolox(path: Path) -> Path:
    return yolox_model(path, {41: [300.0, 200, 40, 30, 0.9, 0, 0, 0.9]})


def an_empty_file(path: Path) -> Path:
    path.write_bytes(b"")
    return path


@pytest.mark.parametrize(
    ("build", "says"),
    [
        (truncated, "not a model that onnxruntime can run"),
        (an_empty_file, "not a model that onnxruntime can run"),
        (future_opset, "not a model that onnxruntime can run"),
        (unknown_operator, "not a model that onnxruntime can run"),
        (free_sides, "input size is not fixed"),
        (fails_when_it_runs, "not a model that onnxruntime can run|fails on a picture"),
        (decoded_yolox, "decodes its boxes in the graph"),
    ],
)
def test_a_file_that_cannot_work_is_refused_and_leaves_no_pack(build, says, tmp_path):
    with pytest.raises(ModelError, match=says) as refusal:
        brought(build(tmp_path / "m.onnx"))
    assert "\n" not in str(refusal.value)
    assert not list((tmp_path / "packs").glob("*"))


@pytest.mark.parametrize(
    ("entry", "says"),
    [
        ("lorry_big", "give NAME=CLASS"),
        ("lorry_big=tank", "give NAME=CLASS with a class of car, truck"),
        ("tram=bus", "has no class 'tram'"),
    ],
)
def test_a_mapping_that_cannot_be_is_refused(entry, says, tmp_path):
    file = ultralytics_model(tmp_path / "m.onnx", STRONG_SECOND, "{0: 'car', 1: 'lorry_big'}")
    with pytest.raises(ModelError, match=says):
        brought(file, entry)


def test_weights_without_ultralytics_are_refused_in_a_sentence(tmp_path, monkeypatch):
    monkeypatch.setattr("edge.detection.importing.importlib.util.find_spec", lambda _: None)
    monkeypatch.setattr("edge.detection.importing.BESIDE", tmp_path / "none")
    (tmp_path / "best.pt").write_bytes(b"PK")
    with pytest.raises(ModelError, match=r"need ultralytics, which is not installed: pip install"):
        brought(tmp_path / "best.pt")


def test_a_folder_that_takes_no_pack_is_told(tmp_path):
    file = ultralytics_model(tmp_path / "m.onnx", STRONG_SECOND, "{0: 'car', 1: 'truck'}")
    (tmp_path / "packs").write_text("no folder")
    with pytest.raises(ModelError, match=r"packs/mine: cannot be made \(Not a directory\); give a folder by"):
        brought(file)


def test_a_plate_model_does_not_count_vehicles(tmp_path):
    pack = brought(ultralytics_model(tmp_path / "m.onnx", np.array([*BOX, [0.8]]), "{0: 'license-plate'}"))
    assert pack.card.classes == {0: "plate"}
    with pytest.raises(ModelError, match="finds plates, not vehicles"):
        vehicle_detector(str(pack.folder))
