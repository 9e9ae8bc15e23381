"""Pictures with times: a video file or stream through PyAV, or a folder of pictures in name order."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction
from pathlib import Path
from typing import Protocol

import av
import av.error
import cv2
import numpy as np

from edge.vision import Frame, Image

PICTURE_SUFFIXES = {".bmp", ".jpeg", ".jpg", ".png", ".webp"}
NETWORK_OPTIONS = {"rtsp_transport": "tcp"}
NETWORK_TIMEOUT_S = (5.0, 3.0)
"""To open, and to read: without them a dead camera blocks for ever."""


class SourceError(ValueError):
    """A source that gives no pictures: one line that names it, what is wrong and the fix."""


class Source(Protocol):
    """A recording or a stream; `every` may be called again to read a recording from its start."""

    @property
    def fps(self) -> float:
        """Pictures per second, nominal."""

    @property
    def frames(self) -> int | None:
        """How many pictures there are, if that is known without decoding."""

    @property
    def length_s(self) -> float | None:
        """From the first picture to the end of the last one's time; None for a stream."""

    @property
    def read(self) -> int:
        """How many pictures the last reading went through, taken or not."""

    @property
    def fault(self) -> str | None:
        """What broke in the last reading, though pictures came: one line."""

    def every(self, seconds: float = 0.0) -> Iterator[Frame]:
        """The pictures, or one per `seconds` by their times; the others are decoded but not converted.

        Raises: SourceError, if there is no picture at all.
        """

    def __iter__(self) -> Iterator[Frame]:
        """All pictures."""


class Pace:
    """Which times to take so that one is taken per `seconds`; 0 takes all."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._due = float("-inf")

    def takes(self, at: float) -> bool:
        """Whether the picture at `at` (s) is taken; times must not fall."""
        if self._seconds <= 0:
            return True
        if at < self._due - 1e-6:
            return False
        self._due = (np.floor(at / self._seconds + 1e-6) + 1) * self._seconds
        return True


def sample(frames: Iterable[Frame], every_s: float) -> Iterator[Frame]:
    """One frame per `every_s` seconds, by the frames' times."""
    pace = Pace(every_s)
    return (frame for frame in frames if pace.takes(frame.at))


def open_source(source: str, fps: float | None = None) -> Source:
    """Open a video file, a stream (`rtsp://` and the like) or a folder of pictures.

    `fps` is needed for a folder; a video brings its own.
    Raises: SourceError, if it is missing, empty or no video.
    """
    if "://" in source:
        return VideoSource(source, live=True)
    path = Path(source)
    if path.is_dir():
        return FolderSource(path, fps)
    if not path.exists():
        raise SourceError(
            f"{source}: no such file or folder; give the path of a video or of a folder of pictures"
        )
    return VideoSource(source, live=False)


class FolderSource:
    """Pictures of a folder in name order, `fps` a second."""

    def __init__(self, folder: Path, fps: float | None) -> None:
        self._files = sorted(p for p in folder.iterdir() if p.suffix.lower() in PICTURE_SUFFIXES)
        if not self._files:
            raise SourceError(
                f"{folder}: no pictures in it; give a folder with {', '.join(sorted(PICTURE_SUFFIXES))}"
            )
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
            image = _read_picture(file)
            if image is None:
                self.fault = f"{file}: cannot be decoded, left out; make that picture again"
                continue
            given = True
            yield Frame(number, number / self.fps, image)
        if not given:
            raise SourceError(
                f"{self._files[0]}: not a picture that can be decoded; give JPEG or PNG pictures"
            )


def _read_picture(file: Path) -> Image | None:
    data = np.frombuffer(file.read_bytes(), np.uint8)
    image = cv2.imdecode(data, cv2.IMREAD_COLOR) if data.size else None
    return None if image is None else np.asarray(image, np.uint8)


class VideoSource:
    """A video file or a live stream, decoded by one thread."""

    def __init__(self, source: str, live: bool) -> None:
        self._source = source
        self._name = without_password(source)
        self._live = live
        self.read = 0
        self.fault: str | None = None
        with self._open() as container:
            stream = container.streams.video[0]
            rate = stream.average_rate or stream.guessed_rate or Fraction(25)
            self.fps = float(rate)
            self.frames = stream.frames or None

    @property
    def length_s(self) -> float | None:
        """Last picture's time and duration, from the packets of the file (nothing is decoded)."""
        if self._live:
            return None
        with self._open() as container:
            stream = container.streams.video[0]
            packets = [p for p in container.demux(stream) if p.pts is not None]
            if not packets or stream.time_base is None:
                raise SourceError(f"{self._name}: no picture in it; record it again")
            times = [packet.pts for packet in packets if packet.pts is not None]
            last = max(packets, key=lambda packet: packet.pts or 0)
            duration = last.duration or round(1 / (self.fps * stream.time_base))
            return float((max(times) - min(times) + duration) * stream.time_base)

    def __iter__(self) -> Iterator[Frame]:
        return self.every()

    def every(self, seconds: float = 0.0) -> Iterator[Frame]:
        """See `Source.every`."""
        self.fault = None
        self.read = 0
        pace = Pace(seconds)
        first: float | None = None
        for number, picture in enumerate(self._pictures()):
            self.read = number + 1
            time = picture.time if picture.time is not None else number / self.fps
            first = time if first is None else first
            if pace.takes(time - first):
                yield Frame(number, time - first, np.asarray(picture.to_ndarray(format="bgr24"), np.uint8))
        if not self.read:
            raise SourceError(self.fault or f"{self._name}: no picture in it; record it again")

    def _pictures(self) -> Iterator[av.VideoFrame]:
        with self._open() as container:
            stream = container.streams.video[0]
            stream.codec_context.thread_count = 1
            try:
                for packet in container.demux(stream):
                    yield from self._decode(packet)
            except av.error.FFmpegError as error:
                self.fault = f"{self._name}: breaks off ({error.strerror}); record it again"

    def _decode(self, packet: av.Packet[av.VideoStream]) -> list[av.VideoFrame]:
        try:
            return packet.decode()
        except av.error.InvalidDataError as error:
            self.fault = f"{self._name}: partly damaged ({error.strerror}); record it again"
            return []

    def _open(self) -> av.container.InputContainer:
        try:
            container = (
                av.open(self._source, options=NETWORK_OPTIONS, timeout=NETWORK_TIMEOUT_S)
                if self._live
                else av.open(self._source)
            )
        except av.error.FFmpegError as error:
            raise SourceError(
                f"{self._name}: cannot be opened as a video ({error.strerror}); {self._fix}"
            ) from None
        if not container.streams.video:
            container.close()
            raise SourceError(f"{self._name}: no video in it; give a file that has one")
        return container

    @property
    def _fix(self) -> str:
        return "check address, user and cable" if self._live else "give a complete video file"


def without_password(source: str) -> str:
    """The address without user and password."""
    scheme, separator, rest = source.partition("://")
    return f"{scheme}{separator}{rest.rpartition('@')[2]}" if separator else source
