"""Packs are found by name, held against their digest, and made of bare files."""

import shutil
from pathlib import Path

import msgspec
import numpy as np
import pytest

from edge.detection.detector import Detector
from edge.detection.identify import identify
from edge.detection.importing import import_model
from edge.detection.layouts import ModelError
from edge.detection.packs import (
    INT8_FILE,
    Pack,
    carded,
    find_model,
    find_pack,
    list_packs,
    read_pack,
    verify,
    write_card,
)
from edge.detection.session import open_session, signature_of
from tests.edge.tinymodels import bytes_model, pack_model, yolox_model


@pytest.fixture
def pack(tmp_path):
    model = pack_model(tmp_path / "m.onnx", np.array([[0.0, 0, 9, 9]]), np.array([[0.9, 0, 0, 0]]))
    return import_model(model, "mine", tmp_path / "packs")


@pytest.mark.parametrize(
    ("name", "classes"), [("vehicles", ["car", "truck", "bus", "motorcycle"]), ("plates", ["plate"])]
)
def test_a_bundled_pack_is_listed_and_is_what_its_card_says(name, classes):
    bundled = find_pack(name)
    verify(bundled)
    assert name in [pack.card.name for pack in list_packs()]
    assert list(bundled.card.classes.values()) == classes
    assert bundled.card.licence == "Apache-2.0"
    most = {"FP32": 16 * 2**20, "INT8": 6 * 2**20}
    assert all(graph.path.stat().st_size <= most[graph.precision] for graph in bundled.graphs)


def test_the_bundled_pack_looks_at_any_picture_without_a_vehicle_in_it():
    detector = Detector.load("vehicles")
    assert detector.model == "vehicles"
    assert len(detector.boxes(np.full((360, 640, 3), 90, np.uint8))) == 0


def test_an_imported_file_becomes_a_pack_with_its_layout_and_classes(pack):
    assert pack.card.layout == "lanewatch"
    assert (pack.card.width, pack.card.height) == (64, 32)
    assert pack.card.classes == {0: "car", 1: "truck", 2: "bus", 3: "motorcycle"}
    assert Detector.load(str(pack.folder)).model == "mine"


def test_an_imported_yolox_file_keeps_coco_s_vehicle_rows(tmp_path):
    pack = import_model(yolox_model(tmp_path / "m.onnx", {}), "nano", tmp_path / "packs")
    assert pack.card.classes == {2: "car", 3: "motorcycle", 5: "bus", 7: "truck"}
    assert len(Detector.load(str(pack.folder)).boxes(np.zeros((32, 64, 3), np.uint8))) == 0


def test_a_model_inside_a_pack_is_taken_as_that_pack(pack):
    assert find_model(str(pack.model)) == pack


@pytest.mark.parametrize("name", ["vehicles", "plates"])
def test_int8_sees_what_fp32_sees_also_in_the_shape_of_a_lane(name):
    pack = find_pack(name)
    if len(pack.graphs) == 1:
        pytest.skip(f"{name} has no INT8 graph")
    layouts = [
        identify(str(g.path), signature_of(open_session(g.path)), pack.card.classes) for g in pack.graphs
    ]
    assert layouts[0].input == layouts[1].input
    picture = np.random.default_rng(1).integers(0, 255, (640, 200, 3), np.uint8)
    seen = [
        Detector(name, open_session(g.path), layout, 0.3, 0.5).boxes(picture)
        for g, layout in zip(pack.graphs, layouts, strict=True)
    ]
    assert all(boxes.xyxy.shape[1] == 4 for boxes in seen)


def test_a_pack_runs_int8_where_it_has_it_whatever_the_processor(pack):
    both = Pack(pack.folder, msgspec.structs.replace(pack.card, int8_sha256=pack.card.sha256))
    assert both.runs.precision == "INT8"
    assert pack.runs.precision == "FP32"


@pytest.mark.parametrize("level", [0, 1, 128, 250, 255])
def test_products_of_bytes_are_added_up_without_loss_on_every_processor(level, tmp_path):
    weights = np.array([[127] * 16, [-127] * 8 + [127] * 8, [1] * 16])
    session = open_session(bytes_model(tmp_path / "m.onnx", weights, 2540.0))
    (sums,) = session.run(None, {"x": np.full((1, 16, 1, 1), level, np.float32)})
    exact = np.round(weights.sum(axis=1) * level / 2540.0) * 2540.0
    assert sums.ravel().tolist() == exact.tolist()


def other_int8(pack):
    shutil.copyfile(pack.model, pack.folder / INT8_FILE)
    write_card(pack.folder, msgspec.structs.replace(pack.card, int8_sha256="0" * 64))


def changed_model(pack):
    pack.model.write_bytes(pack.model.read_bytes() + b"\0")


def lost_model(pack):
    pack.model.unlink()


def other_size(pack):
    write_card(pack.folder, msgspec.structs.replace(pack.card, width=128))


def other_layout(pack):
    write_card(pack.folder, msgspec.structs.replace(pack.card, layout="yolox"))


def unheard_layout(pack):
    write_card(pack.folder, msgspec.structs.replace(pack.card, layout="ssd"))


def broken_card(pack):
    (pack.folder / "card.json").write_text('{"name": "mine"}')


@pytest.mark.parametrize(
    ("xyxy", "least_inside", "given"),
    [
        ((60.0, 0, 70, 10), 0.0, 1),
        ((60.0, 0, 70, 10), 0.5, 0),
        ((60.0, 0, 70, 10), 0.4, 1),
        ((-1.0, -1, 19, 9), 0.9, 0),
        ((0.0, 0, 64, 32), 1.0, 1),
    ],
)
def test_a_box_that_lies_too_far_beyond_the_picture_is_left_out(xyxy, least_inside, given, tmp_path):
    pack_model(tmp_path / "mine.onnx", np.array([xyxy]), np.array([[0.9, 0, 0, 0]]))
    pack = import_model(tmp_path / "mine.onnx", "mine", tmp_path / "packs")
    write_card(pack.folder, msgspec.structs.replace(pack.card, least_inside=least_inside))
    detector, picture = Detector.load(str(pack.folder)), np.zeros((32, 64, 3), np.uint8)
    assert len(detector.boxes(picture)) == given
    assert len(detector.boxes(picture, cut=True)) == 1


def test_a_plate_that_the_border_cuts_is_not_for_reading():
    assert find_pack("plates").card.least_inside > 0.5


@pytest.mark.parametrize(
    ("harm", "says"),
    [
        (changed_model, "sha256 is .* its card says"),
        (lost_model, "not there"),
        (other_int8, "model.int8.onnx: sha256 is .* its card says"),
        (other_size, "card says lanewatch 128x32, the graph is lanewatch 64x32"),
        (other_layout, "card says yolox .* the graph is lanewatch"),
        (unheard_layout, "layout 'ssd' is unknown"),
        (broken_card, "card.json: Object missing required field"),
    ],
)
def test_a_harmed_pack_is_refused_in_one_line(harm, says, pack):
    harm(pack)
    with pytest.raises(ModelError, match=says) as refusal:
        Detector.load(str(pack.folder))
    assert "\n" not in str(refusal.value)


@pytest.mark.parametrize(
    ("case", "file", "name", "says"),
    [
        ("a name with a slash", "m.onnx", "../x", "not a name for a pack"),
        ("a file that is not there", "none.onnx", "x", "no such file"),
        ("a folder", "packs", "x", "is a folder; give the path of the ONNX file in it"),
        ("a pack that exists", "m.onnx", "mine", "exists already"),
    ],
)
def test_what_cannot_be_imported_is_refused(case, file, name, says, pack, tmp_path):
    with pytest.raises(ModelError, match=says):
        import_model(tmp_path / file, name, tmp_path / "packs")


def test_a_name_that_is_no_pack_says_which_there_are():
    with pytest.raises(ModelError, match=r"no such model; packs here: .*vehicles"):
        find_pack("lorries")


@pytest.mark.parametrize("within", [".", "model.onnx"])
def test_a_pack_elsewhere_is_held_against_its_card_by_folder_or_file(within, pack):
    verify(carded(str(pack.folder / within)))


def test_a_bare_file_has_no_digest_to_be_held_against(pack, tmp_path):
    with pytest.raises(ModelError, match=r"m\.onnx: no card\.json lies beside it"):
        carded(str(tmp_path / "m.onnx"))


def test_a_folder_without_a_card_is_no_pack(tmp_path):
    with pytest.raises(ModelError, match=r"card\.json"):
        read_pack(tmp_path)


def test_a_copied_pack_still_holds(pack, tmp_path):
    shutil.copytree(pack.folder, Path(tmp_path) / "copy")
    verify(read_pack(tmp_path / "copy"))
