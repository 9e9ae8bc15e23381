"""`lanewatch-edge count`: the node's pipeline on a recording or on recorded boxes, as fast as it can."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from edge.camera.pace import Pace
from edge.camera.source import Source, SourceError, without_password
from edge.config import CameraConfig, NodeConfig
from edge.detection.detector import Detector
from edge.measure.meter import CameraMeter
from edge.recording.recorded_boxes import Times, read_boxes
from edge.recording.tally import Tally
from edge.vision import Boxes, Image

if TYPE_CHECKING:
    from edge.recording.annotate import Annotator

Progress = Callable[[int], None]
"""Told the number of each picture that was measured."""


class CameraError(ValueError):
    """Which camera is meant is not clear: one line with the fix."""


@dataclass(frozen=True, slots=True)
class Counted:
    """The document that `--json` writes, and what broke in the source though pictures came."""

    document: dict[str, Any]
    fault: str | None


@dataclass(frozen=True, slots=True, eq=False)
class _Look:
    number: int
    at: float
    width: int
    height: int
    boxes: Boxes
    image: Image | None


def choose_camera(config: NodeConfig, wanted: str | None) -> CameraConfig:
    """The camera with id `wanted`, or the only one.

    Raises: CameraError, if there is no such camera, or several and none is named.
    """
    ids = [camera.id for camera in config.cameras]
    if wanted is None and len(ids) == 1:
        return config.cameras[0]
    if wanted not in ids:
        problem = (
            "the config has several cameras" if wanted is None else f"the config has no camera {wanted!r}"
        )
        raise CameraError(f"{problem}; give --camera with one of: {', '.join(ids)}")
    return config.cameras[ids.index(wanted)]


def count_recording(
    source: Source,
    video: str,
    camera: CameraConfig,
    detector: Detector,
    sample_fps: float | None = None,
    annotate: Path | None = None,
    progress: Progress | None = None,
) -> Counted:
    """Count on a video or a folder of pictures; `annotate` takes an MP4 with boxes, lines and counts drawn.

    Raises: SourceError, if the source holds no picture, or pictures of several sizes.
    """
    clock, video = _Clock(), without_password(video)
    looks = _detected(source, video, detector, 1 / sample_fps if sample_fps else 0.0)
    film = None if annotate is None else _film(annotate, camera, min(sample_fps or source.fps, source.fps))
    tally = _measure(looks, camera, film, progress)
    head = {"video": video, "frames": source.read, "fps": source.fps}
    network = {"model": detector.model, "provider": detector.provider}
    return Counted(_document(head | network | clock.read(), tally), source.fault)


def _film(path: Path, camera: CameraConfig, fps: float) -> Annotator:
    from edge.recording.annotate import Annotator  # noqa: PLC0415  PyAV weighs 20 MB, which a node can do without

    return Annotator(path, camera, fps)


def count_boxes(path: Path, camera: CameraConfig, sample_fps: float | None = None) -> Counted:
    """Count on recorded boxes, or on `sample_fps` pictures of them a second.

    Raises: BoxesError, naming file and line, if the file is not what it should be.
    """
    clock, times = _Clock(), Times()
    looks = _recorded(path, times, Pace(1 / sample_fps if sample_fps else 0.0))
    tally = _measure(looks, camera, None, None)
    head = {
        "video": str(path),
        "frames": times.pictures,
        "fps": times.fps,
        "model": "boxes",
        "provider": "boxes",
    }
    return Counted(_document(head | clock.read(), tally), None)


def _detected(source: Source, video: str, detector: Detector, every_s: float) -> Iterator[_Look]:
    first: tuple[int, int] | None = None
    for frame in source.every(every_s):
        height, width = frame.image.shape[:2]
        first = first or (width, height)
        if first != (width, height):
            raise SourceError(
                f"{video}: picture {frame.number} is {width}x{height}, the first {first[0]}x{first[1]}; "
                "count pictures of one size at a time"
            )
        yield _Look(frame.number, frame.at, width, height, detector.boxes(frame.image), frame.image)


def _recorded(path: Path, times: Times, pace: Pace) -> Iterator[_Look]:
    for picture in read_boxes(path):
        times.add(picture.at)
        if pace.takes(picture.at):
            yield _Look(picture.number, picture.at, picture.width, picture.height, picture.boxes, None)


def _measure(
    looks: Iterable[_Look], camera: CameraConfig, film: Annotator | None, progress: Progress | None
) -> Tally:
    """Run the looks through a meter, to the last word on its tracks."""
    tally, last = Tally(camera), None
    meter: CameraMeter | None = None
    with ExitStack() as stack:
        if film is not None:
            stack.enter_context(film)
        for last in looks:
            meter = meter or CameraMeter(camera, last.width, last.height)
            step = meter.step(last.boxes, last.at)
            tally.add(last.number, step)
            if film is not None and last.image is not None:
                film.add(last.image, step)
            if progress is not None:
                progress(last.number)
    if meter is not None and last is not None:
        tally.close(meter.finish(last.at))
    return tally


def _document(head: dict[str, Any], tally: Tally) -> dict[str, Any]:
    return head | {"crossings": tally.crossings(), "queue": tally.queue(), "totals": tally.totals()}


class _Clock:
    """Wall and CPU seconds since it was made."""

    def __init__(self) -> None:
        self._wall, self._cpu = time.perf_counter(), time.process_time()

    def read(self) -> dict[str, float]:
        wall, cpu = time.perf_counter() - self._wall, time.process_time() - self._cpu
        return {"wall_s": round(wall, 3), "cpu_s": round(cpu, 3)}
