"""Training pictures: drawn, moved, scaled, mixed and spoilt at random, by a seeded generator."""

from dataclasses import dataclass

import cv2
import numpy as np

from models.training.pictures import Labelled

FILL = 114
LEAST_VISIBLE = 0.3
"""A box of which less is left inside the picture is ignored, not learnt."""

LEAST_SIDE_PX = 4.0


@dataclass(frozen=True, slots=True)
class Example:
    """A picture (height, width, 3) uint8; boxes xyxy (n, 4) px, classes (n,), ignored boxes (m, 4) px."""

    image: np.ndarray
    boxes: np.ndarray
    classes: np.ndarray
    ignore: np.ndarray


@dataclass(frozen=True, slots=True)
class Ways:
    """How pictures are changed: least and largest size over what fits, share that is unstretched, mirrored.

    A stretched file is put back to its true shape by a random part in `unstretched` of the draws.
    """

    least: float = 0.6
    largest: float = 1.7
    unstretched: float = 0.5
    mirrored: float = 0.5


COMMON_WAYS = Ways()


def stack(parts: list[Example]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Boxes, classes and ignored boxes of several examples in one picture."""
    return (
        np.concatenate([p.boxes for p in parts]),
        np.concatenate([p.classes for p in parts]),
        np.concatenate([p.ignore for p in parts]),
    )


def example(
    sources: list[Labelled], width: int, height: int, ways: Ways, rng: np.random.Generator
) -> Example:
    """One training picture of width x height: one source, or four in a mosaic."""
    if len(sources) == 1:
        made = placed(sources[0], width, height, ways, rng)
    else:
        made = mosaic(sources, width, height, ways, rng)
    if rng.random() < ways.mirrored:
        made = mirrored(made)
    return Example(spoilt(made.image, rng), made.boxes, made.classes, made.ignore)


def placed(source: Labelled, width: int, height: int, ways: Ways, rng: np.random.Generator) -> Example:
    """The source scaled to about what fits, at a random place, cut where it reaches beyond."""
    image = source.image()
    tall, wide = image.shape[:2]
    restored = source.aspect and rng.random() < ways.unstretched
    stretch = (source.aspect * tall / wide) ** rng.random() if restored else 1.0
    aspect = wide / tall * stretch * np.exp(rng.normal(0, 0.08))
    fit = min(width / aspect, height) * np.exp(rng.uniform(np.log(ways.least), np.log(ways.largest)))
    inner_w, inner_h = max(16, round(fit * aspect)), max(16, round(fit))
    left, top = _place(width - inner_w, rng), _place(height - inner_h, rng)
    canvas = np.full((height, width, 3), FILL, np.uint8)
    scaled = cv2.resize(image, (inner_w, inner_h), interpolation=cv2.INTER_LINEAR)
    x0, y0, x1, y1 = max(left, 0), max(top, 0), min(left + inner_w, width), min(top + inner_h, height)
    canvas[y0:y1, x0:x1] = scaled[y0 - top : y1 - top, x0 - left : x1 - left]
    size, shift = np.array([inner_w, inner_h] * 2), np.array([left, top] * 2)
    return clipped(
        canvas, source.boxes * size + shift, source.classes, source.ignore * size + shift, (x0, y0, x1, y1)
    )


def _place(room: int, rng: np.random.Generator) -> int:
    return int(rng.integers(min(room, 0), max(room, 0) + 1))


def clipped(
    image: np.ndarray,
    boxes: np.ndarray,
    classes: np.ndarray,
    ignore: np.ndarray,
    inside: tuple[int, int, int, int],
) -> Example:
    """Cut boxes at the borders of what is visible; those of which too little is left become ignored."""
    bounds_low, bounds_high = np.array(inside[:2] * 2), np.array(inside[2:] * 2)
    cut = np.clip(boxes, bounds_low, bounds_high)
    sides = np.maximum(cut[:, 2:] - cut[:, :2], 0)
    whole = np.maximum(boxes[:, 2:] - boxes[:, :2], 1e-6)
    good = (sides.prod(1) >= LEAST_VISIBLE * whole.prod(1)) & (sides.min(1, initial=1e9) >= LEAST_SIDE_PX)
    gone = sides.prod(1) <= 0
    ignored = np.concatenate([np.clip(ignore, bounds_low, bounds_high), cut[~good & ~gone]])
    return Example(image, cut[good].astype(np.float32), classes[good], ignored.astype(np.float32))


def mosaic(sources: list[Labelled], width: int, height: int, ways: Ways, rng: np.random.Generator) -> Example:
    """Four pictures around a random middle."""
    middle_x, middle_y = (int(side * rng.uniform(0.35, 0.65)) for side in (width, height))
    canvas = np.empty((height, width, 3), np.uint8)
    parts = []
    for source, (x0, x1), (y0, y1) in zip(
        sources,
        [(0, middle_x), (middle_x, width)] * 2,
        [(0, middle_y)] * 2 + [(middle_y, height)] * 2,
        strict=True,
    ):
        part = placed(source, x1 - x0, y1 - y0, ways, rng)
        canvas[y0:y1, x0:x1] = part.image
        shift = np.array([x0, y0] * 2, np.float32)
        parts.append(Example(part.image, part.boxes + shift, part.classes, part.ignore + shift))
    return Example(canvas, *stack(parts))


def mirrored(made: Example) -> Example:
    """Left and right exchanged."""
    width = made.image.shape[1]

    def turn(boxes: np.ndarray) -> np.ndarray:
        return np.stack([width - boxes[:, 2], boxes[:, 1], width - boxes[:, 0], boxes[:, 3]], axis=1)

    return Example(
        np.ascontiguousarray(made.image[:, ::-1]), turn(made.boxes), made.classes, turn(made.ignore)
    )


def spoilt(image: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Other light and colour always, dusk, grey, blur, noise or hard compression at times."""
    gain = np.exp(rng.normal(0, 0.25)) * np.exp(rng.normal(0, 0.08, 3))
    values = image.astype(np.float32) * gain.astype(np.float32) + np.float32(rng.normal(0, 12))
    if rng.random() < 0.15:  # dusk: what is not lit sinks
        values = 255 * (np.clip(values, 0, 255) / 255) ** np.float32(rng.uniform(1.3, 2.6))
    if rng.random() < 0.15:
        values = np.repeat(values.mean(axis=2, keepdims=True), 3, axis=2)
    if rng.random() < 0.15:
        values = cv2.GaussianBlur(values, (0, 0), rng.uniform(0.5, 1.2))
    if rng.random() < 0.15:
        values = values + rng.normal(0, rng.uniform(3, 12), values.shape).astype(np.float32)
    spoilt_image = np.clip(values, 0, 255).astype(np.uint8)
    if rng.random() < 0.2:
        quality = int(rng.integers(25, 70))
        coded = cv2.imencode(".jpg", spoilt_image, [cv2.IMWRITE_JPEG_QUALITY, quality])[1]
        spoilt_image = cv2.imdecode(coded, cv2.IMREAD_COLOR)
    return spoilt_image
