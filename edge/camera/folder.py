"""A folder of pictures as a recording."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from edge.camera.pace import Pace
from edge.camera.source import SourceError
from edge.picture import Colours
from edge.pictures import decoded, pictures_in
from edge.vision import Frame


class FolderSource:
    """Pictures of a folder in name order, `fps` a second.

    Raises: SourceError, if there are none or `fps` is None.
    """

    def __init__(self, folder: Path, fps: float | None) -> None:
        self._files = pictures_in(folder, SourceError)
        if fps is None:
            raise SourceError(
                f"{folder}: pictures have no times; give their rate by --fps or the camera's `fps:`"
            )
        self.fps = fps
        self.read = 0
        self.fault: str | None = None

    @property
    def frames(self) -> int:
        """How many pictures there are."""
        return len(self._files)

    @property
    def length_s(self) -> float:
        """Number of pictures over `fps`."""
        return len(self._files) / self.fps

    def __iter__(self) -> Iterator[Frame]:
        return self.every()

    def every(self, seconds: float = 0.0) -> Iterator[Frame]:
        """See `Source.every`."""
        self.fault = None
        pace, given = Pace(seconds), False
        for number, file in enumerate(self._files):
            self.read = number + 1
            if not pace.takes(number / self.fps):
                continue
            try:
                image = decoded(file.read_bytes())
            except OSError as error:
                self.fault = f"{file}: cannot be read ({error.strerror}), left out; check its rights"
                continue
            if image is None:
                self.fault = f"{file}: cannot be decoded, left out; make that picture again"
                continue
            given = True
            yield Frame(number, number / self.fps, Colours(image))
        if not given:
            raise SourceError(
                f"{self._files[0]}: no picture of its folder can be read; give JPEG or PNG pictures"
            )
