"""Pictures of every sort, for every command that takes pictures: looked at, or refused in a sentence."""

from __future__ import annotations

import contextlib
import json
import struct
import zlib
from collections.abc import Callable
from pathlib import Path

import av
import cv2
import numpy as np
import pytest

from edge.detection.command import PictureError, detect, read_picture
from tests.edge.boxfile import across, area, run_cli
from tests.edge.tinymodels import pack_model, ultralytics_model

SCENE = np.full((360, 640, 3), 90, np.uint8)
SCENE[:, :320] = (30, 60, 200)


def written(path: Path, image: np.ndarray) -> Path:
    assert cv2.imwrite(str(path), image)
    return path


def grey16(folder: Path) -> Path:
    return written(folder / "a.png", np.full((360, 640), 40_000, np.uint16))


def colour16(folder: Path) -> Path:
    return written(folder / "a.png", SCENE.astype(np.uint16) * 257)


def grey8(folder: Path) -> Path:
    return written(folder / "a.png", SCENE[:, :, 0])


def four_channels(folder: Path) -> Path:
    return written(folder / "a.png", np.dstack([SCENE, np.full((360, 640), 7, np.uint8)]))


def very_large(folder: Path) -> Path:
    return written(folder / "a.jpg", np.full((4500, 8000, 3), 90, np.uint8))


def one_pixel(folder: Path) -> Path:
    return written(folder / "a.png", SCENE[:1, :1])


def one_row(folder: Path) -> Path:
    return written(folder / "a.png", np.full((1, 8000, 3), 90, np.uint8))


def odd_sides(folder: Path) -> Path:
    return written(folder / "a.png", SCENE[:3, :3])


def one_column(folder: Path) -> Path:
    return written(folder / "a.png", np.full((8000, 1, 3), 90, np.uint8))


def turned(folder: Path) -> Path:
    """Stored lying on its side; EXIF says: turn by 90 degrees clockwise."""
    jpeg = cv2.imencode(".jpg", np.rot90(SCENE))[1].tobytes()
    orientation = struct.pack("<HHIHH", 0x0112, 3, 1, 6, 0)
    exif = b"Exif\0\0II*\0" + struct.pack("<IH", 8, 1) + orientation + struct.pack("<I", 0)
    path = folder / "a.jpg"
    path.write_bytes(jpeg[:2] + b"\xff\xe1" + struct.pack(">H", len(exif) + 2) + exif + jpeg[2:])
    return path


GOOD: list[tuple[Callable[[Path], Path], tuple[int, int]]] = [
    (grey16, (360, 640)),
    (colour16, (360, 640)),
    (grey8, (360, 640)),
    (four_channels, (360, 640)),
    (very_large, (4500, 8000)),
    (one_pixel, (1, 1)),
    (one_row, (1, 8000)),
    (one_column, (8000, 1)),
    (odd_sides, (3, 3)),
    (turned, (360, 640)),
]


def cut_short(folder: Path) -> Path:
    whole = cv2.imencode(".png", SCENE)[1].tobytes()
    (folder / "a.png").write_bytes(whole[: len(whole) // 2])
    return folder / "a.png"


def empty(folder: Path) -> Path:
    (folder / "a.jpg").write_bytes(b"")
    return folder / "a.jpg"


def text(folder: Path) -> Path:
    (folder / "a.jpg").write_text("no picture")
    return folder / "a.jpg"


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def a_bomb(folder: Path) -> Path:
    """A PNG of a hundred bytes that says it is 100,000 by 100,000 pixels."""
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", 100_000, 100_000, 8, 2, 0, 0, 0))
    (folder / "a.png").write_bytes(b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(b"\0")))
    return folder / "a.png"


BAD = [empty, text, a_bomb]


@pytest.fixture
def vehicles(tmp_path: Path) -> Path:
    """A pack's graph with free sides that sees one truck, whatever the picture."""
    box, scores = np.array([[0.0, 0, 9, 9]]), np.array([[0.0, 0.9, 0, 0]])
    return pack_model(tmp_path / "v.onnx", box, scores, free=True)


@pytest.fixture
def plates(tmp_path: Path) -> Path:
    """A plate finder that sees one plate, whatever the picture."""
    return ultralytics_model(tmp_path / "p.onnx", np.array([[32.0], [16], [16], [8], [0.8]]), "{0: 'plate'}")


@pytest.mark.parametrize(("build", "size"), GOOD)
def test_a_picture_of_any_sort_is_read_as_it_should_be_seen(build, size, tmp_path):
    image = read_picture(str(build(tmp_path)))
    assert image.shape == (*size, 3)
    assert image.dtype == np.uint8


def test_sixteen_bits_keep_their_light(tmp_path):
    assert abs(int(read_picture(str(grey16(tmp_path)))[0, 0, 0]) - 40_000 // 257) <= 1


def test_a_turned_picture_stands_upright(tmp_path):
    image = read_picture(str(turned(tmp_path))).astype(int)
    assert abs(image[180, 100] - SCENE[180, 100]).max() < 12
    assert abs(image[180, 540] - SCENE[180, 540]).max() < 12


@pytest.mark.parametrize("build", [build for build, _ in GOOD])
@pytest.mark.parametrize("command", ["detect", "plates"])
def test_detect_and_plates_look_at_it(command, build, tmp_path, vehicles, plates, monkeypatch):
    model, name = (vehicles, "truck") if command == "detect" else (plates, "plate")
    out = tmp_path / "out.json"
    path = build(tmp_path)
    assert run_cli(monkeypatch, command, path, "--model", model, "--json", out) == 0
    (found,) = json.loads(out.read_text())
    height, width = read_picture(str(path)).shape[:2]
    for box in found["boxes"]:
        x0, y0, x1, y1 = box["xyxy"]
        assert box["class"] == name
        assert 0 <= x0 <= x1 <= width
        assert 0 <= y0 <= y1 <= height


@pytest.mark.parametrize("build", BAD)
@pytest.mark.parametrize("command", ["detect", "plates"])
def test_what_is_no_picture_is_refused_in_a_line(
    command, build, tmp_path, vehicles, plates, monkeypatch, capsys
):
    model = vehicles if command == "detect" else plates
    path = build(tmp_path)
    assert run_cli(monkeypatch, command, path, "--model", model, "--json", tmp_path / "o.json") == 2
    said = capsys.readouterr().err.strip()
    assert str(path) in said
    assert len(said.splitlines()) == 1


def test_a_picture_cut_short_is_refused_or_read_as_far_as_it_goes(tmp_path, vehicles):
    path = str(cut_short(tmp_path))
    with contextlib.suppress(PictureError):
        assert len(detect([path], str(vehicles))) == 1


@pytest.mark.parametrize("build", [build for build, _ in GOOD if build is not very_large])
def test_count_goes_over_a_folder_of_them(build, tmp_path, vehicles, monkeypatch):
    frames = tmp_path / "frames"
    frames.mkdir()
    first = build(frames)
    for number in range(2):
        (frames / f"b{number}{first.suffix}").write_bytes(first.read_bytes())
    lane = {"id": "1", "tail": across(400), "area": area(100, 100, 500, 300)}
    node = {"port": "p", "node": "n", "cameras": [{"id": "c1", "lanes": [lane]}]}
    (tmp_path / "node.yaml").write_text(json.dumps(node))
    out, film = tmp_path / "out.json", tmp_path / "seen.mp4"
    options = ["--config", tmp_path / "node.yaml", "--fps", 5, "--model", vehicles, "--json", out]
    assert run_cli(monkeypatch, "count", frames, *options, "--annotate", film) == 0
    assert json.loads(out.read_text())["frames"] == 3
    with av.open(str(film)) as drawn:
        assert sum(1 for _ in drawn.decode(video=0)) == 3
