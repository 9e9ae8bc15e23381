"""`count` where its files cannot be written: told by one line, before the work where that can be known."""

from __future__ import annotations

import os
import resource
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import av.error
import numpy as np
import pytest

from edge.camera.source import SourceError
from edge.config import CameraConfig, load_node
from edge.recording.annotate import Annotator
from edge.vision import LaneStep, Step
from edge.yamlfile import reason
from tests.edge.boxfile import across, run_cli, write_case

LANES = [{"id": "b1", "tail": across(200)}]
SEEN = Step(0.0, (LaneStep("b1", None, None),), (), (), ())


@pytest.fixture
def camera(tmp_path: Path) -> CameraConfig:
    write_case(tmp_path, LANES, [])
    return load_node(tmp_path / "node.yaml").cameras[0]


@pytest.fixture
def closed(tmp_path: Path) -> Iterator[Path]:
    """A folder that takes no file: for root, who may write anywhere else, a file system that is read-only."""
    folder = tmp_path / "closed"
    folder.mkdir()
    if os.getuid():
        folder.chmod(0o555)
        yield folder
        return
    if subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "ro", "tmpfs", str(folder)], capture_output=True
    ).returncode:
        pytest.skip("nothing can be mounted here")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


@contextmanager
def files_up_to(size: int) -> Iterator[None]:
    """No file grows beyond `size` bytes."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def draw(film: Path, camera: CameraConfig) -> None:
    """Far more pictures than the encoder keeps back, of which none is like another."""
    noise = np.random.default_rng(1)
    with Annotator(film, camera, 10) as annotator:
        for _ in range(100):
            annotator.add(noise.integers(0, 256, (96, 160, 3), np.uint8), SEEN)


def test_a_film_that_cannot_be_begun_is_told(tmp_path: Path, camera: CameraConfig) -> None:
    film = tmp_path / "film.mp4"
    film.symlink_to("/dev/full")
    with pytest.raises(SourceError, match=r"film\.mp4: cannot be written \(No space left on device\); free"):
        draw(film, camera)


def test_a_film_for_which_the_disk_has_no_more_room_is_told(tmp_path: Path, camera: CameraConfig) -> None:
    with (
        files_up_to(100_000),
        pytest.raises(SourceError, match=r"film\.mp4: cannot be written \(File too large"),
    ):
        draw(tmp_path / "film.mp4", camera)


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (OSError(28, "No space left on device", "film.mp4"), "No space left on device"),
        (OSError("the disk is gone"), "the disk is gone"),
        (av.error.InvalidDataError(1094995529, "Invalid data found", "film.mp4"), "Invalid data found"),
        (ValueError("Could not determine output format"), "Could not determine output format"),
    ],
)
def test_a_fault_is_told_in_words(error: Exception, said: str) -> None:
    assert reason(error) == said


@pytest.mark.parametrize("option", ["--json", "--annotate"])
def test_a_place_that_may_not_be_written_is_told_before_the_work(
    option: str,
    tmp_path: Path,
    closed: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    write_case(tmp_path, LANES, [])
    out = closed / "out.mp4"
    arguments = ("count", tmp_path / "no-such-clip.mp4", "--config", tmp_path / "node.yaml", option, out)
    assert run_cli(monkeypatch, *arguments) == 2
    assert f"{out}: may not be written; give another path" in capsys.readouterr().err
