"""A video file, decoded in this process by one thread: no sampled picture is ever dropped."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

import av
import av.error

from edge.camera.decoded import picture_of
from edge.camera.pace import Pace
from edge.camera.source import SourceError
from edge.camera.to_bgr import ToBgr
from edge.vision import Frame


class VideoSource:
    """A recording; it can be read again from its start."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._to_bgr = ToBgr()
        self.read = 0
        self.fault: str | None = None
        self._unread: av.container.InputContainer | None = self._open()
        stream = self._unread.streams.video[0]
        self.fps = float(stream.average_rate or stream.guessed_rate or Fraction(25))
        self.frames = stream.frames or None

    @property
    def length_s(self) -> float:
        """Last picture's time and duration, from the packets of the file (nothing is decoded)."""
        with self._open() as container:
            stream = container.streams.video[0]
            packets = [p for p in container.demux(stream) if p.pts is not None]
            if not packets or stream.time_base is None:
                raise SourceError(f"{self._path}: no picture in it; record it again")
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
                yield Frame(number, time - first, picture_of(picture, self._to_bgr))
        if not self.read:
            raise SourceError(self.fault or f"{self._path}: no picture in it; record it again")

    def _pictures(self) -> Iterator[av.VideoFrame]:
        container, self._unread = self._unread or self._open(), None  # to open one decodes some pictures
        with container:
            stream = container.streams.video[0]
            stream.codec_context.thread_count = 1
            try:
                for packet in container.demux(stream):
                    yield from self._decode(packet)
            except av.error.FFmpegError as error:
                self.fault = f"{self._path}: breaks off ({error.strerror}); record it again"

    def _decode(self, packet: av.Packet[av.VideoStream]) -> list[av.VideoFrame]:
        try:
            return packet.decode()
        except av.error.InvalidDataError as error:
            self.fault = f"{self._path}: partly damaged ({error.strerror}); record it again"
            return []

    def _open(self) -> av.container.InputContainer:
        try:
            container = av.open(self._path)
        except av.error.FFmpegError as error:
            raise SourceError(
                f"{self._path}: cannot be opened as a video ({error.strerror}); give a complete video file"
            ) from None
        if not container.streams.video:
            container.close()
            raise SourceError(f"{self._path}: no video in it; give a file that has one")
        return container
