"""Stills of a camera: any moment of a recording, the newest picture of a live one."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Protocol

import av
import av.error
import numpy as np

from edge.camera.opening import is_live, open_source
from edge.camera.source import Source, SourceError
from edge.picture import Colours
from edge.pictures import decoded, pictures_in
from edge.vision import Frame, Image

FIRST_PICTURE_S = 15.0
IDLE_S = 30.0
"""A live camera that nobody looks at for so long is let go."""

SAMPLE_S = 0.1

monotonic = time.monotonic  # noqa: TID251 a shell


class Stills(Protocol):
    """Pictures of one source. May be called from several threads at once."""

    @property
    def length_s(self) -> float | None:
        """Of a recording; None: the source is live."""

    def at(self, seconds: float) -> Frame:
        """The picture of that moment, or the newest of a live source. Raises: SourceError."""

    def close(self) -> None:
        """Let the source go."""


def open_stills(name: str, fps: float | None) -> Stills:
    """Open a video, a folder of pictures or a stream. Raises: SourceError."""
    if is_live(name):
        return LiveStills(lambda: open_source(name, fps))
    if Path(name).is_dir():
        return FolderStills(Path(name), fps or 1.0)
    return VideoStills(Path(name), open_source(name, fps).length_s or 0.0)


class FolderStills:
    """Pictures of a folder in name order."""

    def __init__(self, folder: Path, fps: float) -> None:
        self._files = pictures_in(folder, SourceError)
        self._fps = fps
        self.length_s: float | None = len(self._files) / fps

    def at(self, seconds: float) -> Frame:
        """See Stills."""
        number = min(max(0, int(seconds * self._fps + 1e-6)), len(self._files) - 1)
        image = _decoded(self._files[number])
        return Frame(number, number / self._fps, Colours(image))

    def close(self) -> None:
        """Nothing is held."""


def _decoded(file: Path) -> Image:
    try:
        image = decoded(file.read_bytes())
    except OSError as error:
        raise SourceError(f"{file}: cannot be read ({error.strerror}); check its rights") from None
    if image is None:
        raise SourceError(f"{file}: cannot be decoded; make that picture again")
    return image


class VideoStills:
    """A video file that stays open; a moment is sought by its key picture."""

    def __init__(self, path: Path, length_s: float) -> None:
        self.length_s: float | None = length_s
        self._path = path
        self._lock = threading.Lock()
        self._container = av.open(str(path))
        self._stream = self._container.streams.video[0]
        self._stream.codec_context.thread_count = 1
        self._first_s = self._begin()

    def at(self, seconds: float) -> Frame:
        """See Stills."""
        with self._lock:
            try:
                return self._seek(max(0.0, seconds))
            except av.error.FFmpegError as error:
                raise SourceError(f"{self._path}: cannot be read there ({error.strerror})") from None

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._container.close()

    def _pictures(self) -> Iterator[av.VideoFrame]:
        """From where the file stands; a damaged packet is left out, as when it is counted."""
        for packet in self._container.demux(self._stream):
            with suppress(av.error.InvalidDataError):
                yield from packet.decode()

    def _begin(self) -> float:
        picture = next(self._pictures(), None)
        if picture is None:
            raise SourceError(f"{self._path}: no picture in it; record it again")
        return picture.time or 0.0

    def _seek(self, seconds: float) -> Frame:
        base = self._stream.time_base
        assert base is not None
        self._container.seek(int((self._first_s + seconds) / base), stream=self._stream)
        last = None
        for picture in self._pictures():
            last = picture
            if (picture.time or 0.0) >= self._first_s + seconds - 1e-3:
                break
        if last is None:
            raise SourceError(f"{self._path}: no picture at {seconds:.1f} s")
        image = np.asarray(last.to_ndarray(format="bgr24"), np.uint8)
        return Frame(0, (last.time or 0.0) - self._first_s, Colours(image))


class LiveStills:
    """A thread keeps the newest picture while somebody looks."""

    length_s: float | None = None

    def __init__(self, connect: Callable[[], Source]) -> None:
        self._connect = connect
        self._news = threading.Condition()
        self._frame: Frame | None = None
        self._fault: str | None = None
        self._asked_at = monotonic()
        self._number = 0
        self._thread: threading.Thread | None = None

    def at(self, seconds: float) -> Frame:
        """The next picture to come; `seconds` means nothing here."""
        with self._news:
            self._asked_at = monotonic()
            if self._thread is None:
                self._fault = None
                self._thread = threading.Thread(target=self._watch, name="live", daemon=True)
                self._thread.start()
            seen = self._number
            come = self._news.wait_for(lambda: self._number > seen or self._fault, FIRST_PICTURE_S)
            if self._fault is not None:
                raise SourceError(self._fault)
            if not come or self._frame is None:
                raise SourceError("the camera gives no picture; check address, user and cable")
            return self._frame

    def close(self) -> None:
        """The thread ends at the next picture."""
        with self._news:
            self._asked_at = -IDLE_S - 1e9

    def _watch(self) -> None:
        fault = "its stream ended; check the camera"
        try:
            for frame in self._connect().every(SAMPLE_S):
                if not self._take(frame):
                    return
        except SourceError as error:
            fault = str(error)
        with self._news:
            self._fault, self._thread = fault, None
            self._news.notify_all()

    def _take(self, frame: Frame) -> bool:
        """Keep the picture; False when nobody looks any more."""
        with self._news:
            if monotonic() - self._asked_at > IDLE_S:
                self._thread = None
                return False
            self._number += 1
            self._frame = Frame(frame.number, frame.at, Colours(frame.image))
            self._news.notify_all()
            return True
