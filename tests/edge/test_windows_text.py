"""Text files as editors on Windows save them, with a byte order mark and CR LF, are read like any other."""

from __future__ import annotations

import json
import shutil
from codecs import BOM_UTF8
from pathlib import Path

import pytest

from edge.config import load_node
from edge.detection.packs import CARD_FILE, read_pack
from edge.recording.recorded_boxes import BoxesError, read_boxes
from edge.yamlfile import ConfigError
from edge.zones.drawing import Drawing
from tests.conftest import REPOSITORY
from tests.edge.boxfile import picture

NODE = "port: ambassador\nnode: n07\ncameras:\n  - id: c1\n    lanes:\n      - id: b5\n"


def as_windows(path: Path) -> Path:
    """The same file, saved there."""
    path.write_bytes(BOM_UTF8 + path.read_bytes().replace(b"\n", b"\r\n"))
    return path


def test_recorded_boxes(tmp_path: Path) -> None:
    path = tmp_path / "boxes.jsonl"
    path.write_text("\n".join(json.dumps(picture(n, n / 5, [(100, 100, 40, 30)])) for n in range(3)))
    plain = [(one.number, one.at) for one in read_boxes(path)]
    assert [(one.number, one.at) for one in read_boxes(as_windows(path))] == plain


def test_recorded_boxes_of_nothing_but_a_mark_hold_no_picture(tmp_path: Path) -> None:
    path = tmp_path / "boxes.jsonl"
    path.write_bytes(BOM_UTF8)
    with pytest.raises(BoxesError, match="holds no picture"):
        list(read_boxes(path))


def test_a_configuration_and_what_drawing_changes_in_it(tmp_path: Path) -> None:
    path = tmp_path / "node.yaml"
    path.write_text(NODE)
    assert load_node(as_windows(path)).cameras[0].lanes[0].id == "b5"
    assert Drawing(path).diff([]) == ""


@pytest.mark.parametrize(("encoding", "line"), [("utf-16", 1), ("cp1252", 3)])
def test_a_configuration_in_another_encoding_is_told_to_be_saved_anew(
    encoding: str, line: int, tmp_path: Path
) -> None:
    path = tmp_path / "node.yaml"
    path.write_bytes(NODE.replace("cameras:", "cameras:  # entrée").encode(encoding))
    with pytest.raises(ConfigError, match=rf"node\.yaml:{line} is not UTF-8 text; save the file as UTF-8$"):
        load_node(path)


def test_a_pack_s_card(tmp_path: Path) -> None:
    pack = REPOSITORY / "models" / "vehicles"
    shutil.copy(pack / CARD_FILE, tmp_path)
    as_windows(tmp_path / CARD_FILE)
    assert read_pack(tmp_path).card == read_pack(pack).card
