"""Training pictures with YOLO labels: each vehicle's visible box, measured on a second, flat rendering."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np
from numpy.typing import NDArray

from simulator.bodies import body
from simulator.cameras import HEIGHT_PX, WIDTH_PX, Camera
from simulator.scene import Moving, moving
from simulator.scenery import scenery
from simulator.stage import Image, Stage
from simulator.traffic import LaneTraffic

CLASSES = ("car", "truck", "bus", "motorcycle")
MOST_HIDDEN = 0.75
SMALLEST_PX = 8
LEAST_CONTRAST = 2.5
"""Standard deviation of grey values, noise smoothed, below which nobody could tell a vehicle."""


@dataclass(frozen=True, slots=True)
class Label:
    """A visible vehicle: class, box in pixels (x0, y0, x1, y1), part of it that others hide (0-1)."""

    vehicle: str
    counted_as: str
    xyxy: tuple[float, float, float, float]
    hidden: float

    @property
    def yolo(self) -> str:
        """`class cx cy w h`, the last four as fractions of the picture."""
        x0, y0, x1, y1 = self.xyxy
        box = (
            (x0 + x1) / 2 / WIDTH_PX,
            (y0 + y1) / 2 / HEIGHT_PX,
            (x1 - x0) / WIDTH_PX,
            (y1 - y0) / HEIGHT_PX,
        )
        return " ".join([str(CLASSES.index(self.counted_as)), *(f"{value:.6f}" for value in box)])


class Labeller:
    """Sees the same scene with every vehicle in a flat colour of its own."""

    def __init__(self, camera: Camera, traffic: Iterable[LaneTraffic]) -> None:
        self._stage = Stage(camera)
        self._still = self._stage.flat(scenery(np.random.default_rng(0)).mesh(), "black")
        self._moving = moving(traffic)
        for vehicle in self._moving:
            vehicle.actors = [self._stage.flat(body(vehicle.drive.vehicle).mesh(), "white")]

    def labels(self, at_s: float) -> list[Label]:
        """Labels of what can be seen at `at_s`, without what is tiny or nearly hidden."""
        present = [vehicle for vehicle in self._moving if vehicle.place(at_s) is not None]
        for index, vehicle in enumerate(present, start=1):
            vehicle.actors[0].prop.color = (index / 255, 0.0, 1.0)
        self._still.SetVisibility(True)
        seen = self._stage.shoot()
        self._still.SetVisibility(False)
        alone = [self._alone_px(vehicle, present) for vehicle in present]
        found = [
            _label(vehicle, _pixels_of(seen, index), alone_px)
            for index, (vehicle, alone_px) in enumerate(zip(present, alone, strict=True), start=1)
        ]
        return [label for label in found if label is not None]

    def close(self) -> None:
        """Give the window back."""
        self._stage.close()

    def _alone_px(self, vehicle: Moving, present: list[Moving]) -> int:
        """Pixels that the vehicle would cover if nothing stood before it."""
        for other in present:
            other.actors[0].SetVisibility(other is vehicle)
        return int((self._stage.shoot()[:, :, 2] > 128).sum())


def can_be_seen(image: Image, label: Label) -> bool:
    """Whether anything stands out within a label's box: not what fog or the dark have swallowed."""
    x0, y0, x1, y1 = (round(value) for value in label.xyxy)
    grey = image[max(0, y0 - 3) : y1 + 3, max(0, x0 - 3) : x1 + 3].mean(axis=2, dtype=np.float32)
    return float(cv2.blur(grey, (5, 5)).std()) >= LEAST_CONTRAST


def write_labelled(folder: Path, number: int, image: Image, labels: list[Label]) -> None:
    """Write `NNNNNN.jpg` and `NNNNNN.txt`."""
    _write_jpeg(folder / f"{number:06d}.jpg", image)
    text = "".join(f"{label.yolo}\n" for label in labels)
    (folder / f"{number:06d}.txt").write_text(text, encoding="utf-8")


def _pixels_of(seen: Image, index: int) -> NDArray[np.bool_]:
    mask: NDArray[np.bool_] = (seen[:, :, 0] == index) & (seen[:, :, 2] > 128)
    return mask


def _label(vehicle: Moving, mask: NDArray[np.bool_], alone_px: int) -> Label | None:
    ys, xs = np.nonzero(mask)
    if len(xs) == 0:
        return None
    box = (float(xs.min()), float(ys.min()), float(xs.max() + 1), float(ys.max() + 1))
    hidden = 1 - len(xs) / alone_px
    if hidden > MOST_HIDDEN or min(box[2] - box[0], box[3] - box[1]) < SMALLEST_PX:
        return None
    return Label(vehicle.drive.vehicle.id, vehicle.drive.vehicle.kind.counted_as, box, hidden)


def _write_jpeg(path: Path, image: Image) -> None:
    with av.open(str(path), "w", format="mjpeg") as container:
        stream = container.add_stream("mjpeg", rate=1)
        stream.width, stream.height, stream.pix_fmt = image.shape[1], image.shape[0], "yuvj420p"
        stream.codec_context.qmin = stream.codec_context.qmax = 3
        stream.time_base = Fraction(1, 1)
        for packet in [
            *stream.encode(av.VideoFrame.from_ndarray(image, format="rgb24")),
            *stream.encode(None),
        ]:
            container.mux(packet)
