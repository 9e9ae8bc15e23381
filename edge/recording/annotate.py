"""The film that `count --annotate` writes: boxes, lines, areas and counts drawn on the pictures."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from fractions import Fraction
from pathlib import Path
from types import TracebackType
from typing import Self

import av
import av.error
import cv2
import numpy as np

from edge.camera.source import SourceError
from edge.config import CameraConfig, LaneConfig
from edge.measure.geometry import to_pixels
from edge.vision import Image, LaneStep, Line, Step, TrackView
from edge.yamlfile import reason

AREA, TAIL, BOOTH = (200, 160, 60), (60, 200, 255), (80, 80, 255)
MOVING, STOPPED, TEXT = (90, 220, 90), (60, 60, 230), (255, 255, 255)
FONT = cv2.FONT_HERSHEY_SIMPLEX
FLASH_S = 0.6
"""A line is drawn thick this long after a vehicle crossed it."""


class Annotator:
    """Draws steps on pictures and writes them as H.264; a context manager."""

    def __init__(self, path: Path, camera: CameraConfig, fps: float) -> None:
        self.path = path
        self._camera = camera
        self._fps = Fraction(fps).limit_denominator(1001)
        self._counts: Counter[tuple[str, Line]] = Counter()
        self._crossed_at: dict[tuple[str, Line], float] = {}
        self._begun = False
        self._failed = False

    def __enter__(self) -> Self:
        try:
            self._file = av.open(str(self.path), "w")
            self._stream = self._file.add_stream("libx264", rate=self._fps, options={"crf": "23"})
        except (av.error.FFmpegError, OSError, ValueError) as error:
            raise SourceError(
                f"{self.path}: cannot be written ({reason(error)}); give a path that ends in .mp4"
            ) from None
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._failed:  # FFmpeg may crash when more is written after it could not begin the file
            with suppress(av.error.FFmpegError, OSError):
                self._file.close()
            return
        with self._writing():
            if self._begun:
                self._file.mux(self._stream.encode())
            self._file.close()

    def add(self, image: Image, step: Step) -> None:
        """Draw one step on a copy of its picture and write it.

        Raises: SourceError, if the file cannot be written, as on a disk that is full.
        """
        height, width = image.shape[:2]
        picture = np.pad(image, ((0, height % 2), (0, width % 2), (0, 0)), "edge")  # H.264 has even sides
        self._note(step)
        self._draw(picture, step)
        if not self._begun:
            self._stream.height, self._stream.width = picture.shape[:2]
            self._stream.pix_fmt = "yuv420p"
            self._begun = True
        with self._writing():
            self._file.mux(self._stream.encode(av.VideoFrame.from_ndarray(picture, format="bgr24")))

    @contextmanager
    def _writing(self) -> Iterator[None]:
        try:
            yield
        except (av.error.FFmpegError, OSError) as error:
            self._failed = True
            raise SourceError(
                f"{self.path}: cannot be written ({reason(error)}); free space, or give another path"
            ) from None

    def _note(self, step: Step) -> None:
        for crossing in step.crossings:
            self._counts[crossing.lane, crossing.line] += 1
            self._crossed_at[crossing.lane, crossing.line] = step.at

    def _draw(self, picture: Image, step: Step) -> None:
        height, width = picture.shape[:2]
        for lane in self._camera.lanes:
            self._draw_lane(picture, lane, step.at)
        for track in step.tracks:
            _draw_track(picture, track)
        for row, (lane, state) in enumerate(zip(self._camera.lanes, step.lanes, strict=True)):
            _write(picture, self._caption(lane, state), (6, 16 + 16 * row))
        _write(picture, f"{step.at:.2f} s", (width - 80, height - 8))

    def _draw_lane(self, picture: Image, lane: LaneConfig, at: float) -> None:
        height, width = picture.shape[:2]
        if lane.area is not None:
            area = to_pixels(lane.area, width, height).astype(np.int32)
            cv2.polylines(picture, [area], True, AREA, 1, cv2.LINE_AA)
        lines: dict[Line, tuple[int, int, int]] = {"tail": TAIL, "booth": BOOTH}
        for name, colour in lines.items():
            line = lane.tail if name == "tail" else lane.booth
            if line is not None:
                a, b = to_pixels(line.line, width, height).astype(int).tolist()
                thick = 4 if at - self._crossed_at.get((lane.id, name), -FLASH_S) < FLASH_S else 1
                cv2.line(picture, a, b, colour, thick, cv2.LINE_AA)

    def _caption(self, lane: LaneConfig, state: LaneStep) -> str:
        parts = [lane.id]
        if lane.tail is not None:
            parts.append(f"in {self._counts[lane.id, 'tail']}")
        if lane.booth is not None:
            parts.append(f"out {self._counts[lane.id, 'booth']}{' *' if state.booth_occupied else ''}")
        if lane.area is not None and state.queue is None:
            parts.append("view not measured")
        if state.queue is not None:
            length = "" if state.queue.length_m is None else f" {state.queue.length_m:.0f} m"
            bound = "" if state.queue.why is None else f" ({state.queue.why})"
            parts.append(f"view {state.queue.in_view} stopped {state.queue.stopped}{length}{bound}")
        return "  ".join(parts)


def _draw_track(picture: Image, track: TrackView) -> None:
    x0, y0, x1, y1 = (round(value) for value in track.xyxy)
    bright = STOPPED if track.stopped else MOVING
    colour = tuple(part // 2 for part in bright) if track.coasting else bright
    cv2.rectangle(picture, (x0, y0), (x1, y1), colour, 1)
    _write(picture, f"{track.track} {track.cls}", (x0, max(y0 - 3, 8)), 0.35)


def _write(picture: Image, text: str, at: tuple[int, int], size: float = 0.42) -> None:
    shadow = at[0] + 1, at[1] + 1
    cv2.putText(picture, text, shadow, FONT, size, (0, 0, 0), 1, cv2.LINE_AA)
    cv2.putText(picture, text, at, FONT, size, TEXT, 1, cv2.LINE_AA)
