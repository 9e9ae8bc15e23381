"""The clips that the bench plays, made once: a road at 720p, and the same road in stop and go."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import islice
from pathlib import Path

import av
import cv2
import numpy as np

from edge.camera.video import VideoSource
from edge.config import load_node
from edge.vision import Image

ROOT = Path(__file__).parents[2]
SHARED = ROOT.parent / "shared"
MADE = ROOT / "work" / "bench"
SIZE = 1280, 720
ROAD_FPS, STOPPING_FPS = 24, 12
LENGTH = 480
GO_S, STOP_S = 4, 16
NOISE = 2.0


@dataclass(frozen=True, slots=True)
class Clip:
    """A film, the lanes in it, and its counting line in fractions."""

    name: str
    film: Path
    config: Path
    fps: float

    @property
    def line(self) -> tuple[tuple[float, float], tuple[float, float]]:
        """The first line of its lanes."""
        lanes = load_node(self.config).cameras[0].lanes
        return next(line.line for lane in lanes for line in (lane.tail, lane.booth) if line is not None)


def clips() -> tuple[Clip, Clip]:
    """A moving road, and one that mostly stands."""
    if not (SHARED / "data").is_dir():
        recorded = ROOT / "config" / "recordings"
        return (
            Clip("rendered plaza", recorded / "demo/tail.mp4", recorded / "demo/nodes/n-tail.yaml", 10),
            Clip(
                "rendered booths",
                recorded / "at-least/booth.mp4",
                recorded / "at-least/nodes/n-booth.yaml",
                10,
            ),
        )
    config = ROOT / "config" / "examples" / "ahmetozlu.yaml"
    road, stopping = MADE / "road-720p.mp4", MADE / "stop-and-go-720p.mp4"
    if not stopping.is_file():
        MADE.mkdir(parents=True, exist_ok=True)
        source = SHARED / "data" / "ahmetozlu" / "input_video.mp4"
        _write(road, ROAD_FPS, (frame.image for frame in islice(VideoSource(str(source)), LENGTH)))
        _write(stopping, STOPPING_FPS, _stop_and_go(source))
    return Clip("road", road, config, ROAD_FPS), Clip("stop and go", stopping, config, STOPPING_FPS)


def _stop_and_go(source: Path) -> Iterator[Image]:
    """Some seconds of the road, then its last picture for longer, with a sensor's noise."""
    moving = (frame.image for frame in VideoSource(str(source)).every(1 / STOPPING_FPS))
    rng = np.random.default_rng(1)
    for last in islice(moving, GO_S * STOPPING_FPS):
        yield last
    for _ in range(STOP_S * STOPPING_FPS):
        yield np.clip(last + rng.normal(0, NOISE, last.shape), 0, 255).astype(np.uint8)


def _write(path: Path, fps: int, pictures: Iterator[Image]) -> None:
    half = path.with_suffix(".part.mp4")
    with av.open(str(half), "w") as film:
        stream = film.add_stream("libx264", rate=Fraction(fps), options={"crf": "23", "preset": "veryfast"})
        stream.width, stream.height = SIZE
        stream.pix_fmt = "yuv420p"
        for picture in pictures:
            scaled = cv2.resize(picture, SIZE, interpolation=cv2.INTER_LINEAR)
            film.mux(stream.encode(av.VideoFrame.from_ndarray(scaled, format="bgr24")))
        film.mux(stream.encode())
    half.rename(path)
