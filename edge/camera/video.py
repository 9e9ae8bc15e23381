"""A video file, decoded in this process by one thread: no sampled picture is ever dropped."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from fractions import Fraction

import av
import av.error

from edge.camera.decoded import picture_of
from edge.camera.onward import JOINED_S, Onward
from edge.camera.pace import Pace
from edge.camera.source import SourceError
from edge.camera.to_bgr import ToBgr
from edge.vision import Frame


@dataclass(slots=True)
class _Span:
    """Packets whose times do not fall: the first and last time, and how long the last one lasts."""

    first: int
    last: int
    duration: int | None


class VideoSource:
    """A recording; it can be read again from its start.

    Raises: SourceError, if it cannot be opened.
    """

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
        """Last picture's time and duration, from the packets of the file (nothing is decoded).

        Raises: SourceError, if no picture has a time.
        """
        with self._open() as container:
            stream = container.streams.video[0]
            base = stream.time_base
            spans = [] if base is None else _spans(container.demux(stream), round(JOINED_S / base))
            if base is None or not spans:
                raise SourceError(f"{self._path}: no picture with a time in it; record it again, as MP4")
            duration = spans[-1].duration or round(1 / (self.fps * base))
            seen = sum(span.last - span.first for span in spans) + duration
            return float(seen * base) + (len(spans) - 1) / self.fps

    def __iter__(self) -> Iterator[Frame]:
        return self.every()

    def every(self, seconds: float = 0.0) -> Iterator[Frame]:
        """See `Source.every`."""
        self.fault = None
        self.read = 0
        pace, onward = Pace(seconds), Onward(1 / self.fps)
        for number, picture in enumerate(self._pictures()):
            self.read = number + 1
            joined = onward.joined
            at = onward.at(picture.time if picture.time is not None else number / self.fps)
            if onward.joined > joined:
                self.fault = (
                    f"{self._path}: from picture {number} on its times are earlier, as where recordings were "
                    "joined; they are measured as one, better give each by itself"
                )
            if pace.takes(at):
                yield Frame(number, at, picture_of(picture, self._to_bgr))
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


def _spans(packets: Iterable[av.Packet[av.VideoStream]], joined: int) -> list[_Span]:
    """Those of a file; a new one begins where times fall by `joined`. A file that breaks off ends there."""
    spans: list[_Span] = []
    newest = 0
    with suppress(av.error.FFmpegError):
        for packet in packets:
            if packet.pts is None:
                continue
            order = newest if packet.dts is None else packet.dts
            if not spans or order < newest - joined:
                spans.append(_Span(packet.pts, packet.pts, packet.duration))
                newest = order
            span, newest = spans[-1], max(order, newest)
            span.first = min(packet.pts, span.first)
            if packet.pts >= span.last:
                span.last, span.duration = packet.pts, packet.duration
    return spans
