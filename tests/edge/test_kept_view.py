"""What is kept of a camera's view between two starts of a node."""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np
import pytest

from edge.camera import kept_view
from edge.camera.reference import Reference
from edge.camera.sight import Sight
from edge.config import CameraConfig
from tests.edge.scenes import film, shifted

LINE = {"line": [[0.1, 0.4], [0.9, 0.4]], "toward": [0.5, 0.9]}


def camera(y: float = 0.4, source: str = "rtsp://u:s3cret@10.0.0.9/a") -> CameraConfig:
    line = LINE | {"line": [[0.1, y], [0.9, y]]}
    return CameraConfig.model_validate({"id": "c1", "source": source, "lanes": [{"id": "b5", "tail": line}]})


def watched(path: Path, live: bool, alter: object = None) -> list[str]:
    """What is said at the end of 45 s of a camera whose node has just started."""
    sight = Sight(camera(), path)
    sight.open(live)
    return [sight.look(frame.picture, frame.at).state for frame in film(45, 0.0, alter)]  # type: ignore[arg-type]


def test_a_camera_that_is_moved_while_the_node_is_off_is_found_out(tmp_path: Path) -> None:
    path = tmp_path / "view-n1-c1.npz"
    assert watched(path, live=True)[-1] == "ok"
    kept = path.read_bytes()
    assert path.stat().st_mode & 0o777 == 0o600
    assert watched(path, live=True, alter=shifted(80, 25))[-1] == "moved"
    assert path.read_bytes() == kept, "a wrong view is never kept"
    assert watched(path, live=True)[-1] == "ok"


def test_nothing_is_kept_of_a_recording(tmp_path: Path) -> None:
    assert watched(tmp_path / "view.npz", live=False)[-1] == "ok"
    assert list(tmp_path.iterdir()) == []


def test_what_is_kept_is_no_picture_and_names_nobody(tmp_path: Path) -> None:
    path = tmp_path / "view.npz"
    watched(path, live=True)
    assert b"s3cret" not in path.read_bytes()
    edges = kept_view.load(path, camera()).edges
    assert edges.shape == (90, 160)


@pytest.mark.parametrize(
    ("case", "other"),
    [("lanes drawn anew", camera(y=0.5)), ("another camera", camera(source="rtsp://10.0.0.8/a"))],
)
def test_a_view_of_other_lanes_is_learned_anew(case: str, other: CameraConfig, tmp_path: Path) -> None:
    path = tmp_path / "view.npz"
    watched(path, live=True)
    assert kept_view.load(path, camera()).known
    assert kept_view.load(path, camera(source="rtsp://u:another@10.0.0.9/a")).known, (
        "a new password is no new view"
    )
    assert not kept_view.load(path, other).known


@pytest.mark.parametrize("damage", [b"", b"no file of ours", None])
def test_a_damaged_file_is_learned_anew(damage: bytes | None, tmp_path: Path) -> None:
    path = tmp_path / "view.npz"
    watched(path, live=True)
    path.write_bytes(path.read_bytes()[:-100] if damage is None else damage)
    assert not kept_view.load(path, camera()).known
    assert isinstance(kept_view.load(tmp_path / "nothing.npz", camera()), Reference)


def test_a_file_that_is_damaged_anywhere_stops_nothing(tmp_path: Path) -> None:
    path, chance = tmp_path / "view.npz", random.Random(5)
    noise = np.random.default_rng(5).standard_normal((2, 90, 160))
    kept_view.save(path, camera(), Reference((noise[0] + 1j * noise[1]).astype(np.complex64)))
    whole = path.read_bytes()
    headers = [
        place + byte for place in range(len(whole)) if whole[place : place + 2] == b"PK" for byte in range(46)
    ]
    for number in range(1500):
        damaged = bytearray(whole)
        place = chance.choice(headers) if number % 2 else chance.randrange(len(whole))
        damaged[min(place, len(whole) - 1)] ^= 1 << chance.randrange(8)
        path.write_bytes(damaged)
        assert kept_view.load(path, camera()).edges.shape == (90, 160)


def test_a_folder_that_cannot_be_written_stops_nothing(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("")
    assert watched(blocked / "view.npz", live=True)[-1] == "ok"


def test_a_reference_that_names_something_else_is_left_alone(tmp_path: Path) -> None:
    photo = tmp_path / "photo.jpg"
    photo.write_bytes(b"\xff\xd8\xff\xe0 a photo")
    sight = Sight(camera().model_copy(update={"reference": photo}), photo)
    sight.open(True)
    assert {sight.look(frame.picture, frame.at).state for frame in film(45, 0.0)} == {"ok"}
    assert photo.read_bytes() == b"\xff\xd8\xff\xe0 a photo"
