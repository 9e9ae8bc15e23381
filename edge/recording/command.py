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
from edge.camera.view_health import ViewHealth
from edge.config import CameraConfig, NodeConfig
from edge.detection.detector import Detector
from edge.measure.meter import CameraMeter
from edge.recording.recorded_boxes import Times, read_boxes
from edge.recording.tally import Tally
from edge.vision import Frame, LaneStep, Picture, Step
from edge.watch import Watch

if TYPE_CHECKING:
    from edge.recording.annotate import Annotator

Progress = Callable[[int], None]
"""Told the number of each picture that was measured."""

BLIND = (
    "things pass in the lanes in which the model finds no vehicle, so the counts are not known (null); "
    "look at the pictures with --annotate, try another --model, or mount the camera less steeply"
)


class CameraError(ValueError):
    """Which camera is meant is not clear: one line with the fix."""


class Stopped(Exception):  # noqa: N818 - nothing failed: whoever counts ended it
    """Ended from the keyboard: one line of what was counted so far."""


@dataclass(frozen=True, slots=True)
class Counted:
    """The document that `--json` writes, and what broke in the source though pictures came."""

    document: dict[str, Any]
    fault: str | None
    warning: str | None = None


@dataclass(frozen=True, slots=True, eq=False)
class _Look:
    """One picture measured. `number` None: none, but the last word on the tracks. `held`: not looked at.

    Not `measured`: the view cannot be trusted; `wrong` says why once that has lasted.
    """

    number: int | None
    step: Step
    picture: Picture | None = None
    held: bool = False
    measured: bool = True
    wrong: str | None = None


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
    gated: bool = False,
) -> Counted:
    """Count on a video or a folder of pictures; `annotate` takes an MP4 with boxes, lines and counts drawn.

    `gated`: only pictures in which something moved are looked at, as in the node; `held` counts the others.
    Raises: SourceError, if the source holds no picture, or pictures of several sizes.
    """
    clock, video = _Clock(), without_password(video)
    frames = _of_one_size(source.every(1 / sample_fps if sample_fps else 0.0), video)
    looks = _watched(frames, camera, detector, gated)
    film = None if annotate is None else _film(annotate, camera, min(sample_fps or source.fps, source.fps))
    tally, held = _tally(looks, camera, film, progress)
    head = {"video": video, "frames": source.read, "fps": source.fps}
    network = {"model": detector.model, "provider": detector.provider}
    pauses = {"held": held} if gated else {}
    document = _document(head | network | clock.read() | pauses, tally)
    return Counted(document, source.fault, BLIND if tally.blind else _unmeasured(tally))


def _unmeasured(tally: Tally) -> str | None:
    """What to say of pictures whose view could not be trusted."""
    if not tally.wrong:
        return None
    pictures = sum(tally.wrong.values())
    why = ", ".join(sorted(tally.wrong))
    return (
        f"the camera was {why}: {pictures} pictures or more were not measured, nothing is known of their time"
    )


def _film(path: Path, camera: CameraConfig, fps: float) -> Annotator:
    from edge.recording.annotate import Annotator  # noqa: PLC0415  PyAV weighs 20 MB, which a node can do without

    return Annotator(path, camera, fps)


def count_boxes(path: Path, camera: CameraConfig, sample_fps: float | None = None) -> Counted:
    """Count on recorded boxes, or on `sample_fps` pictures of them a second.

    Raises: BoxesError, naming file and line, if the file is not what it should be.
    """
    clock, times = _Clock(), Times()
    looks = _recorded(path, times, camera, Pace(1 / sample_fps if sample_fps else 0.0))
    tally, _ = _tally(looks, camera, None, None)
    head = {
        "video": str(path),
        "frames": times.pictures,
        "fps": times.fps,
        "model": "boxes",
        "provider": "boxes",
    }
    return Counted(_document(head | clock.read(), tally), None)


def _of_one_size(frames: Iterable[Frame], video: str) -> Iterator[Frame]:
    first: tuple[int, int] | None = None
    for frame in frames:
        height, width = frame.picture.shape
        first = first or (width, height)
        if first != (width, height):
            raise SourceError(
                f"{video}: picture {frame.number} is {width}x{height}, the first {first[0]}x{first[1]}; "
                "count pictures of one size at a time"
            )
        yield frame


def _watched(
    frames: Iterable[Frame], camera: CameraConfig, detector: Detector, gated: bool
) -> Iterator[_Look]:
    watch, at, health = None, 0.0, ViewHealth(live=False)
    for frame in frames:
        height, width = frame.picture.shape
        watch, at = watch or Watch(camera, detector, width, height, gated), frame.at
        view = health.look(frame.picture, at)
        if view.measurable:
            seen = watch.see(frame.picture, at)
            yield _Look(frame.number, seen.step, frame.picture, seen.inference_s is None)
        else:
            lasts = f"{view.state} ({view.why})" if view.state != "ok" else None
            unseen = Step(at, tuple(LaneStep(lane.id, None, None) for lane in camera.lanes), (), (), ())
            yield _Look(frame.number, unseen, frame.picture, measured=False, wrong=lasts)
    if watch is not None:
        yield _Look(None, watch.finish(at))


def _recorded(path: Path, times: Times, camera: CameraConfig, pace: Pace) -> Iterator[_Look]:
    meter, at = None, 0.0
    for picture in read_boxes(path):
        times.add(picture.at)
        if pace.takes(picture.at):
            meter, at = meter or CameraMeter(camera, picture.width, picture.height), picture.at
            yield _Look(picture.number, meter.step(picture.boxes, at))
    if meter is not None:
        yield _Look(None, meter.finish(at))


def _tally(
    looks: Iterable[_Look], camera: CameraConfig, film: Annotator | None, progress: Progress | None
) -> tuple[Tally, int]:
    """Gather the looks, to the last word on their tracks; how many of them were held."""
    tally = Tally(camera)
    try:
        return tally, _gathered(looks, tally, film, progress)
    except KeyboardInterrupt:
        raise Stopped(_so_far(tally, film)) from None


def _so_far(tally: Tally, film: Annotator | None) -> str:
    """What was counted until it was stopped, and what is left of it."""
    lanes = [
        f"{lane} {', '.join(f'{line} {count}' for line, count in counts.items() if count is not None)}"
        for lane, counts in tally.totals().items()
        if any(count is not None for count in counts.values())
    ]
    said = f"stopped after {tally.pictures} pictures: {'; '.join(lanes) or 'nothing counted'}"
    kept = "" if film is None else f"; {film.path} holds them"
    return f"{said}{kept}; no totals were written"


def _gathered(looks: Iterable[_Look], tally: Tally, film: Annotator | None, progress: Progress | None) -> int:
    """Put the looks into `tally`; how many were held."""
    held = 0
    with ExitStack() as stack:
        if film is not None:
            stack.enter_context(film)
        for look in looks:
            if look.number is None:
                tally.close(look.step)
                continue
            tally.add(look.number, look.step, look.measured, look.wrong)
            held += look.held
            if film is not None and look.picture is not None:
                film.add(look.picture.bgr(), look.step)
            if progress is not None:
                progress(look.number)
    return held


def _document(head: dict[str, Any], tally: Tally) -> dict[str, Any]:
    return head | {"crossings": tally.crossings(), "queue": tally.queue(), "totals": tally.totals()}


class _Clock:
    """Wall and CPU seconds since it was made."""

    def __init__(self) -> None:
        self._wall, self._cpu = time.perf_counter(), time.process_time()

    def read(self) -> dict[str, float]:
        wall, cpu = time.perf_counter() - self._wall, time.process_time() - self._cpu
        return {"wall_s": round(wall, 3), "cpu_s": round(cpu, 3)}
