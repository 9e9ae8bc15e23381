"""The demo's recordings with a rendered plate on every vehicle that is known by the truth. For tests."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from fractions import Fraction
from functools import lru_cache
from pathlib import Path
from typing import Any

import av
import cv2
import numpy as np

from edge.config import CameraConfig, load_node
from edge.detection.detector import Detector
from edge.picture import Colours
from edge.vision import Frame, Image, Step
from edge.watch import Watch
from simulator.plates import SERIES, face

SAMPLE_S = 0.2
LARGER = 2
NEAR_S = 2.0
WIDTH_SHARE = 0.62


def plant(recording: Path, folder: Path, from_s: float, to_s: float) -> Mapping[str, str]:
    """Write `folder`/<clip>.mp4 of a part of each clip, plates planted; gives the number of each vehicle."""
    truth = json.loads((recording / "truth.json").read_text())
    rng = np.random.default_rng(17)
    numbers = {
        vehicle["id"]: SERIES[index % len(SERIES)].number(rng)
        for index, vehicle in enumerate(truth["vehicles"])
    }
    shown: set[str] = set()
    detector = Detector.load("vehicles")
    for config in sorted((recording / "nodes").glob("*.yaml")):
        (camera,) = load_node(config).cameras
        assert camera.source is not None
        frames = list(_sampled(Path(camera.source), from_s, to_s))
        height, width = frames[0].image.shape[:2]
        watch = Watch(camera, detector, width, height, gated=False)
        steps = [watch.see(frame.picture, frame.at).step for frame in frames]
        known = _identities(camera, steps, truth)
        shown |= set(known.values())
        _write(folder / Path(camera.source).name, frames, steps, known, numbers)
    return {vehicle: numbers[vehicle] for vehicle in sorted(shown)}


def _sampled(film: Path, from_s: float, to_s: float) -> Iterator[Frame]:
    """The picture of every SAMPLE_S, at its time in the whole film."""
    due_s, number = from_s, 0
    with av.open(str(film)) as container:
        for picture in container.decode(video=0):
            at = float(picture.time or 0.0)
            if at >= to_s:
                return
            if at >= due_s - 1e-6:
                yield Frame(number, at, Colours(np.asarray(picture.to_ndarray(format="bgr24"), np.uint8)))
                number, due_s = number + 1, due_s + SAMPLE_S


def _identities(camera: CameraConfig, steps: list[Step], truth: Any) -> dict[int, str]:
    """The vehicle of each track that crossed a line or came to stand at a booth."""
    known: dict[int, str] = {}
    for step in steps:
        for crossing in step.crossings:
            moments = [
                (abs(c["t_s"] - crossing.t_s), c["vehicle"])
                for c in truth["crossings"]
                if (c["camera"], c["lane"], c["line"]) == (camera.id, crossing.lane, crossing.line)
            ]
            _note(known, crossing.track, moments)
        for standing in step.standings:
            stood = [v for v in truth["vehicles"] if v["lane"] == standing.lane and v["booth_s"] is not None]
            _note(known, standing.track, [(abs(v["booth_s"] - standing.t_s), v["id"]) for v in stood])
    return known


def _note(known: dict[int, str], track: int, moments: list[tuple[float, str]]) -> None:
    away_s, vehicle = min(moments, default=(float("inf"), ""))
    if away_s <= NEAR_S:
        known.setdefault(track, vehicle)


def _write(
    file: Path, frames: list[Frame], steps: list[Step], known: dict[int, str], numbers: Mapping[str, str]
) -> None:
    with av.open(str(file), "w") as container:
        stream = container.add_stream("libx264", rate=Fraction(1 / SAMPLE_S).limit_denominator(100))
        stream.width, stream.height = (LARGER * side for side in reversed(frames[0].image.shape[:2]))
        stream.pix_fmt, stream.options = "yuv420p", {"crf": "14", "preset": "veryfast", "threads": "1"}
        for index, (frame, step) in enumerate(zip(frames, steps, strict=True)):
            large = cv2.resize(frame.image, None, fx=LARGER, fy=LARGER, interpolation=cv2.INTER_CUBIC)
            for view in step.tracks:
                if view.track in known:
                    _plate_on(large, view.xyxy, numbers[known[view.track]])
            picture = av.VideoFrame.from_ndarray(large, format="bgr24")
            picture.pts, picture.time_base = index, Fraction(SAMPLE_S).limit_denominator(100)
            container.mux(stream.encode(picture))
        container.mux(stream.encode(None))


def _plate_on(image: Image, xyxy: tuple[float, float, float, float], number: str) -> None:
    """Draw the plate low on the vehicle: as wide as most of it, since the demo's cameras see it small."""
    x0, _, x1, y1 = (LARGER * value for value in xyxy)
    width = round(WIDTH_SHARE * (x1 - x0))
    height = width // 2
    left, top = round((x0 + x1 - width) / 2), round(y1 - 1.25 * height)
    if width < 20 or left < 0 or top < 0 or left + width > image.shape[1] or top + height > image.shape[0]:
        return
    image[top : top + height, left : left + width] = cv2.resize(
        _face(number), (width, height), interpolation=cv2.INTER_AREA
    )


@lru_cache
def _face(number: str) -> Image:
    series = SERIES[sum(map(ord, number)) % len(SERIES)]
    return np.ascontiguousarray(np.asarray(face(number, series), np.uint8)[:, :, ::-1])
