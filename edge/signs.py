"""Reference crops of lane signs on disk: `<folder>/<camera>-<lane>/<state>-<n>.png`, taken at set-up."""

from __future__ import annotations

import re
from pathlib import Path

import cv2

from edge.config import CameraConfig
from edge.measure.sign import STATES, Reference, references_of
from edge.pictures import decoded
from edge.vision import Image

_ID = re.compile(r"[A-Za-z0-9-]{1,32}")
_NAME = re.compile(rf"(?P<state>{'|'.join(STATES)})-(?P<number>[0-9]{{1,6}})\.png")


class SignError(ValueError):
    """A reference crop cannot be kept or found: one line with the fix."""


class SignFolder:
    """The folder that node.yaml names `signs`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def files(self, camera: str, lane: str) -> list[Path]:
        """The crops of one sign, by name."""
        home = self._home(camera, lane)
        return sorted(path for path in home.glob("*.png") if _NAME.fullmatch(path.name))

    def crops(self, camera: str, lane: str) -> list[tuple[str, Image]]:
        """State and picture of every crop that can be read."""
        read = [(state_of(path), _decoded(path)) for path in self.files(camera, lane)]
        return [(state, image) for state, image in read if image is not None]

    def references(self, camera: CameraConfig) -> dict[str, tuple[Reference, ...]]:
        """The references of a camera's signs by lane."""
        return {lane.id: references_of(self.crops(camera.id, lane.id)) for lane in camera.lanes if lane.sign}

    def stamp(self, camera: CameraConfig) -> tuple[tuple[str, int, int], ...]:
        """Changes with the crops of a camera's signs: their names, sizes and times."""
        found: list[tuple[str, int, int]] = []
        for path in (path for lane in camera.lanes if lane.sign for path in self.files(camera.id, lane.id)):
            try:
                status = path.stat()
            except OSError:
                continue  # it was removed just now
            found.append((str(path), status.st_size, status.st_mtime_ns))
        return tuple(found)

    def add(self, camera: str, lane: str, state: str, crop: Image) -> Path:
        """Keep one more crop. Raises: SignError."""
        if state not in STATES:
            raise SignError(f"{state!r} is no state of a sign; one of {', '.join(STATES)}")
        home = self._home(camera, lane)
        kept = [path.stem.rpartition("-") for path in self.files(camera, lane)]
        numbers = [int(number) for named, _, number in kept if named == state]
        path = home / f"{state}-{max(numbers, default=0) + 1}.png"
        done, data = cv2.imencode(".png", crop)
        try:
            home.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data.tobytes() if done else b"")
        except OSError as error:
            raise SignError(f"{path} cannot be written ({error.strerror}); check its rights") from None
        return path

    def remove(self, camera: str, lane: str, name: str) -> None:
        """Take a crop away. Raises: SignError."""
        path = self._home(camera, lane) / name
        if path not in self.files(camera, lane):
            raise SignError(f"there is no crop {name} of this sign")
        try:
            path.unlink()
        except OSError as error:
            raise SignError(f"{path} cannot be taken away ({error.strerror}); check its rights") from None

    def rename(self, camera: str, lane: str, new: str) -> None:
        """The lane has another id from now on. Raises: SignError."""
        old, home = self._home(camera, lane), self._home(camera, new)
        try:
            if old.is_dir() and not home.exists():
                old.rename(home)
        except OSError as error:
            raise SignError(f"{old} cannot be renamed ({error.strerror}); check its rights") from None

    def _home(self, camera: str, lane: str) -> Path:
        if not _ID.fullmatch(camera) or not _ID.fullmatch(lane):
            raise SignError(f"{camera}-{lane} is no folder of a sign; ids are of letters, digits and -")
        return self.folder / f"{camera}-{lane}"


def state_of(path: Path) -> str:
    """The state that a crop's name says."""
    return path.name.rpartition("-")[0]


def _decoded(path: Path) -> Image | None:
    try:
        return decoded(path.read_bytes())
    except OSError:
        return None
