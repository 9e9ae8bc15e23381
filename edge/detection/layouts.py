"""What goes into and comes out of a detector's ONNX graph, for each layout that is understood."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, get_args

import cv2
import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
LayoutName = Literal["lanewatch", "yolox", "ultralytics", "ultralytics-end2end", "nanodet"]
LAYOUT_NAMES: tuple[str, ...] = get_args(LayoutName)

FILL = 114
"""Grey beside a picture that does not fill the input."""

YOLOX_STRIDES = (8, 16, 32)
DEFAULT_MIN_SCORE = 0.3
DEFAULT_IOU = 0.5

# Other names for the classes that count. Names outside these tables never leave the detector.
OTHER_NAMES = {
    "car": "van, minivan, pickup, pickup truck, suv, taxi, sedan, hatchback, jeep, minibus",
    "truck": "lorry, semi, semi truck, semi trailer, tractor trailer, articulated lorry, hgv, heavy truck, "
    "light truck, box truck, trailer truck",
    "bus": "coach, school bus",
    "motorcycle": "motorbike, motor, moped, scooter",
}
VEHICLES = tuple(OTHER_NAMES)
VEHICLE_NAMES = {other: name for name, others in OTHER_NAMES.items() for other in (name, *others.split(", "))}
PLATE = "plate"
PLATE_NAMES = dict.fromkeys(
    ("plate", "license plate", "licence plate", "number plate", "licenseplate", "numberplate", "lp"), PLATE
)


class ModelError(ValueError):
    """A model that cannot be used; the text is one line: the file, what is wrong, the fix."""


@dataclass(frozen=True, slots=True)
class Tensor:
    """Name, type (as onnxruntime says it, `tensor(float)`) and shape of one input or output.

    A free dimension is a str or None.
    """

    name: str
    type: str
    shape: tuple[int | str | None, ...]

    def __str__(self) -> str:
        return f"{self.name} {self.type} {'x'.join(map(str, self.shape))}"


@dataclass(frozen=True, slots=True)
class Signature:
    """Inputs, outputs and metadata of a graph."""

    inputs: tuple[Tensor, ...]
    outputs: tuple[Tensor, ...]
    metadata: Mapping[str, str]

    def __str__(self) -> str:
        ins, outs = ("; ".join(map(str, tensors)) for tensors in (self.inputs, self.outputs))
        return f"inputs [{ins}], outputs [{outs}]"


@dataclass(frozen=True, slots=True)
class InputSpec:
    """How a picture is handed to the graph: always (1, ...) of `height` x `width` pixels.

    `step`: the graph takes any size in multiples of it, and height x width is what a call should cost;
    None: the size is fixed. `stretched`: the picture fills the input, whatever its shape. `mean` and `std`
    are taken off each channel first, in the picture's own 0 to 255.
    """

    height: int
    width: int
    dtype: str
    channels_last: bool
    rgb: bool
    scale: float
    centred: bool
    step: int | None = None
    stretched: bool = False
    mean: tuple[float, float, float] | None = None
    std: tuple[float, float, float] | None = None

    def empty(self, height: int, width: int) -> Array:
        """The graph's input: (1, height, width, 3) if `channels_last`, else (1, 3, height, width)."""
        shape = (height, width, 3) if self.channels_last else (3, height, width)
        return np.empty((1, *shape), self.dtype)

    def fill(self, values: Array) -> None:
        """Make `values`, as `empty` gives them, what they are for a picture that is grey all over."""
        height, width = values.shape[1:3] if self.channels_last else values.shape[2:4]
        self.put(values, np.full((height, width, 3), FILL, np.uint8), 0, 0)

    def put(self, values: Array, picture: Array, left: int, top: int) -> None:
        """Write a BGR uint8 picture (height, width, 3) to its place in the graph's input."""
        rows = slice(top, top + picture.shape[0])
        columns = slice(left, left + picture.shape[1])
        if self.rgb:
            picture = picture[:, :, ::-1]
        if self.mean is not None and self.std is not None:
            picture = (picture - np.array(self.mean, np.float32)) / np.array(self.std, np.float32)
        if self.channels_last:
            values[0, rows, columns] = picture
            inside = values[0, rows, columns]
        else:
            inside = values[0, :, rows, columns]
            for channel, plane in enumerate(cv2.split(picture)):  # half the time of a strided cast
                inside[channel] = plane
        if self.scale != 1:
            inside *= values.dtype.type(self.scale)


@dataclass(frozen=True, slots=True)
class Candidates:
    """Boxes before suppression: xyxy (n, 4) in input pixels, row of `Layout.rows` (n,), scores (n,)."""

    xyxy: Array
    rows: Array
    scores: Array


Decode = Callable[[list[Array], Array, float], Candidates]


@dataclass(frozen=True, slots=True)
class Layout:
    """A graph that is understood: its input, the class rows that are vehicles, its decoder."""

    name: LayoutName
    input: InputSpec
    rows: tuple[int, ...]
    classes: tuple[str, ...]
    decode: Decode


def plain_name(name: str) -> str:
    """A class name as the tables have it: small letters, single blanks."""
    return " ".join(name.lower().replace("_", " ").replace("-", " ").split())


def rows_that_count(names: Mapping[int, str]) -> dict[int, str]:
    """Class rows under the names that we report (van is car): vehicles, or plates where there are none."""
    for known in (VEHICLE_NAMES, PLATE_NAMES):
        found = {row: known.get(plain_name(name)) for row, name in names.items()}
        if any(found.values()):
            return {row: name for row, name in found.items() if name is not None}
    return {}


def _strongest(xyxy: Array, scores: Array, min_score: float, rows: Array) -> Candidates:
    """The strongest vehicle class of each box (n, 4), of those that reach `min_score`."""
    best = scores.argmax(axis=1)
    top = scores[np.arange(len(scores)), best]
    keep = np.flatnonzero(top >= min_score)
    return Candidates(
        xyxy[keep].astype(np.float32, copy=False), rows[best[keep]], top[keep].astype(np.float32, copy=False)
    )


def decode_lanewatch(outputs: list[Array], rows: Array, min_score: float) -> Candidates:
    """Our packs, decoded in the graph: `boxes` (1, n, 4) xyxy in input pixels, `scores` (1, n, classes)."""
    boxes, scores = outputs[0][0], outputs[1][0]
    return _strongest(boxes, scores[:, rows], min_score, rows)


def yolox_grid(height: int, width: int) -> tuple[Array, Array]:
    """Cell corners (n, 2) as x, y in cells, and strides (n, 1) in pixels, in the order of YOLOX's rows."""
    cells, strides = [], []
    for stride in YOLOX_STRIDES:
        ys, xs = np.mgrid[0 : height // stride, 0 : width // stride]
        cells.append(np.stack([xs.ravel(), ys.ravel()], axis=1))
        strides.append(np.full((xs.size, 1), stride))
    return np.concatenate(cells).astype(np.float32), np.concatenate(strides).astype(np.float32)


def yolox_decoder(height: int, width: int) -> Decode:
    """YOLOX without decoding in the graph: (1, n, 5 + classes) of xy, log wh, objectness, class scores.

    Centre = (xy + cell) * stride, size = e^wh * stride. Source: Ge et al., YOLOX: Exceeding YOLO Series
    in 2021.
    """
    cells, strides = yolox_grid(height, width)

    def decode(outputs: list[Array], rows: Array, min_score: float) -> Candidates:
        raw = outputs[0][0]
        keep = np.flatnonzero(raw[:, 4] >= min_score)  # a score is objectness times class, so never above it
        raw, cell, stride = raw[keep], cells[keep], strides[keep]
        centre, half = (raw[:, :2] + cell) * stride, np.exp(raw[:, 2:4]) * stride / 2
        boxes = np.concatenate([centre - half, centre + half], axis=1)
        return _strongest(boxes, raw[:, 4:5] * raw[:, 5 + rows], min_score, rows)

    return decode


def decode_ultralytics(outputs: list[Array], rows: Array, min_score: float) -> Candidates:
    """Ultralytics v8 and later: (1, 4 + classes, n) of centre, size in input pixels, and class scores."""
    raw = outputs[0][0]
    scores = raw[4 + rows]
    keep = np.flatnonzero(scores.max(axis=0) >= min_score)
    centre, half = raw[:2, keep].T, raw[2:4, keep].T / 2
    boxes = np.concatenate([centre - half, centre + half], axis=1)
    return _strongest(boxes, scores[:, keep].T, min_score, rows)


def decode_end2end(outputs: list[Array], rows: Array, min_score: float) -> Candidates:
    """Ultralytics end to end: (1, n, 6) of xyxy in input pixels, score, class, suppressed in the graph."""
    raw = outputs[0][0]
    raw = raw[(raw[:, 4] >= min_score) & np.isin(raw[:, 5], rows)]
    return Candidates(
        raw[:, :4].astype(np.float32), raw[:, 5].astype(np.intp), raw[:, 4].astype(np.float32, copy=False)
    )


def nanodet_grid(height: int, width: int, strides: tuple[int, ...], offset: float) -> tuple[Array, Array]:
    """Points (n, 2) as x, y in pixels and strides (n, 1) in the order of NanoDet's rows."""
    points, each = [], []
    for stride in strides:
        ys, xs = np.mgrid[0 : -(-height // stride), 0 : -(-width // stride)]
        points.append((np.stack([xs.ravel(), ys.ravel()], axis=1) + offset) * stride)
        each.append(np.full((xs.size, 1), stride))
    return np.concatenate(points).astype(np.float32), np.concatenate(each).astype(np.float32)


def nanodet_decoder(points: Array, strides: Array, classes: int) -> Decode:
    """NanoDet: (1, n, classes + 4 * bins), class scores and, of each side, logits of 0, 1, ... strides."""

    def decode(outputs: list[Array], rows: Array, min_score: float) -> Candidates:
        raw = outputs[0][0]
        keep = np.flatnonzero(raw[:, rows].max(axis=1) >= min_score)
        raw, point = raw[keep], points[keep]
        sides = raw[:, classes:].reshape(len(keep), 4, -1).astype(np.float32)
        weights = np.exp(sides - sides.max(axis=2, keepdims=True))
        reach = (weights * np.arange(sides.shape[2])).sum(2) / weights.sum(2) * strides[keep]
        boxes = np.concatenate([point - reach[:, :2], point + reach[:, 2:]], axis=1)
        return _strongest(boxes, raw[:, rows], min_score, rows)

    return decode
