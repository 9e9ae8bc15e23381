"""Weather, light and lens as filters of pictures, (height, width, 3) uint8 RGB in and out.

Everything follows from the seed and the moment: the same picture, seed and `at_s` give the same picture. A
filter works on any picture, also on one that was not rendered here; it is better where the scene has been set
for it too (`conditions.scene_look`), and fog where each pixel's distance is known.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from simulator.stage import Image

Floats = NDArray[np.floating]
Filter = Callable[[Image, float, Floats | None], Image]
"""Picture, seconds, distance of each pixel in metres (height, width) or None -> picture."""
Maker = Callable[[np.random.Generator, tuple[int, int]], Filter]
"""Draws a filter for pictures of (height, width)."""

FOG_VISIBILITY_M = (130.0, 220.0)
"""Range from which the distance is drawn at which contrast has fallen to 5 %."""
FOG_PER_VISIBILITY = 3.0
"""Koschmieder (1924): extinction per metre is about 3 over the visibility, at a threshold of 5 %."""
SWAY_PX = (1.5, 3.5)
BLOCKY_QUALITY = (9, 16)
_FALLBACK_NEAR_M, _FALLBACK_FAR_M = 20.0, 260.0


def night(rng: np.random.Generator, shape: tuple[int, int]) -> Filter:
    """Lights that bloom, and a sensor at its limit."""
    field = _tile(rng, shape, float(rng.uniform(5.0, 8.0)))
    strength = float(rng.uniform(0.7, 1.1))

    def apply(image: Image, at_s: float, depth_m: Floats | None) -> Image:
        lit = np.maximum(image.astype(np.float32) - 200.0, 0.0) * (255.0 / 55.0)
        halo = sum(weight * _blurred(lit, sigma) for weight, sigma in ((1.2, 2.0), (2.0, 6.0), (4.0, 18.0)))
        return _bytes(image + strength * halo + _shifted(field, at_s, (61.0, 37.0), shape))

    return apply


def darkened(rng: np.random.Generator, shape: tuple[int, int]) -> Filter:
    """A day's picture as dark, bluish and flat as at night. For pictures without lights of a scene."""
    gain = float(rng.uniform(0.22, 0.42))

    def apply(image: Image, at_s: float, depth_m: Floats | None) -> Image:
        grey = image.mean(axis=2, keepdims=True, dtype=np.float32)
        muted = (0.55 * image + 0.45 * grey) / 255.0
        lamps = (np.clip(image.min(axis=2, keepdims=True).astype(np.float32) - 225, 0, 30) / 30) ** 2
        dark = gain * muted**1.25 * np.array((0.86, 0.94, 1.12), np.float32) * 255.0
        return _bytes(dark + lamps * 120)

    return apply


def rain(rng: np.random.Generator, shape: tuple[int, int]) -> Filter:
    """Streaks in three depths, a grey veil, and drops that hang on the glass."""
    lean = float(rng.uniform(-0.22, 0.22))
    layers = [
        _streaks(rng, shape, share, px, lean) for share, px in ((0.0022, 9), (0.0011, 17), (0.0004, 31))
    ]
    speeds = [float(rng.uniform(700, 900)) * factor for factor in (0.7, 1.0, 1.5)]
    drops = _blobs(rng, shape, count=7, radius_px=(3, 8), soft=1.5)[:, :, None] * 0.8

    def apply(image: Image, at_s: float, depth_m: Floats | None) -> Image:
        veiled = _softened_contrast(image, 0.8, 112.0)
        fallen = sum(
            weight * _shifted(layer, at_s, (speed, -lean * speed), shape)
            for layer, speed, weight in zip(layers, speeds, (0.55, 0.75, 1.0), strict=True)
        )
        brightness = 60.0 + 0.5 * veiled.mean()
        wet = veiled + (brightness - 0.35 * veiled) * np.minimum(fallen, 1.0)
        return _bytes(wet * (1 - drops) + _blurred(wet, 5.0) * drops)

    return apply


def snow(rng: np.random.Generator, shape: tuple[int, int]) -> Filter:
    """Falling flakes in three depths before a milky air."""
    layers = [_flakes(rng, shape, count, px) for count, px in ((420, 1.0), (150, 1.8), (36, 3.4))]
    wind = float(rng.uniform(-40, 40))
    speeds = [float(rng.uniform(0.8, 1.2)) * px for px in (55, 95, 190)]

    def apply(image: Image, at_s: float, depth_m: Floats | None) -> Image:
        veiled = _softened_contrast(image, 0.86, 190.0)
        share = np.zeros((*shape, 1), np.float32)
        for layer, speed in zip(layers, speeds, strict=True):
            share = np.maximum(share, _shifted(layer, at_s, (speed, wind * speed / 95), shape))
        bright = 150.0 + 0.4 * veiled.mean()
        return _bytes(veiled * (1 - share) + min(bright, 250.0) * share)

    return apply


def glare(rng: np.random.Generator, shape: tuple[int, int]) -> Filter:
    """A low sun just above the picture: a blinding glow, a veil and ghosts of the lens."""
    height, width = shape
    sun = (float(rng.uniform(0.25, 0.75)) * width, float(rng.uniform(-0.2, -0.06)) * height)
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    away = np.hypot(x - sun[0], y - sun[1]) / width
    light = 2.2 * np.exp(-((away / 0.11) ** 2)) + 0.95 * np.exp(-away / 0.2) + 0.2
    for along, size, weight in ((0.55, 0.028, 0.16), (0.9, 0.05, 0.10), (1.35, 0.02, 0.2)):
        ghost = (sun[0] + (width / 2 - sun[0]) * 2 * along, sun[1] + (height / 2 - sun[1]) * 2 * along)
        edge = (np.hypot(x - ghost[0], y - ghost[1]) / width - size) * 200
        light += weight * 0.5 * (1 - np.tanh(edge))
    warm = light[:, :, None] * np.array((250.0, 236.0, 205.0), np.float32)

    def apply(image: Image, at_s: float, depth_m: Floats | None) -> Image:
        flicker = 1.0 + 0.02 * math.sin(1.3 * at_s)
        base = image.astype(np.float32) * 0.78
        return _bytes(base + warm * flicker * (1 - base / 330.0))

    return apply


def fog(rng: np.random.Generator, shape: tuple[int, int]) -> Filter:
    """Air that swallows contrast with distance, up to nothing left."""
    extinction = FOG_PER_VISIBILITY / float(rng.uniform(*FOG_VISIBILITY_M))
    tint = float(rng.uniform(-6, 6))
    banks = _blurred(_tile(rng, shape, 1.0), 40.0)
    banks /= float(np.abs(banks).max())

    def apply(image: Image, at_s: float, depth_m: Floats | None) -> Image:
        away = depth_m if depth_m is not None else _distance_by_row(shape)
        drift = 1.0 + 0.12 * _shifted(banks, at_s, (1.0, 9.0), shape)
        left = np.exp(-extinction * away[:, :, None] * drift)
        air = (min(205.0, 35.0 + 1.25 * float(image.mean())) + tint) * np.array((0.98, 1.0, 1.01), np.float32)
        return _bytes(image * left + air * (1 - left))

    return apply


def dirty_lens(rng: np.random.Generator, shape: tuple[int, int]) -> Filter:
    """Dried drops, splashes of mud and a wiped smear on the glass: they never move."""
    height, width = shape
    spots = _blobs(rng, shape, count=26, radius_px=(5, 22), soft=4.0)[:, :, None]
    mud = _blobs(rng, shape, count=5, radius_px=(8, 16), soft=3.0)[:, :, None] * 0.8
    smear = np.zeros(shape, np.float32)
    for _ in range(3):
        start = (int(rng.uniform(0, width)), int(rng.uniform(0, height)))
        end = (start[0] + int(rng.uniform(-240, 240)), start[1] + int(rng.uniform(-70, 70)))
        cv2.line(smear, start, end, 1.0, int(rng.uniform(16, 40)))
    smear = _blurred(smear, 9.0)[:, :, None] * 0.75
    film = float(rng.uniform(0.06, 0.14))

    def apply(image: Image, at_s: float, depth_m: Floats | None) -> Image:
        base = image.astype(np.float32)
        grey = float(base.mean())
        hazy = base * (1 - film) + (grey + 30) * film
        wide, wider = _blurred(hazy, 3.0), _blurred(hazy, 8.0)
        wiped = hazy * (1 - smear) + (wide * 0.9 + 14) * smear
        spotted = wiped * (1 - 0.75 * spots) + (wider * 0.82 + 16) * 0.75 * spots
        return _bytes(spotted * (1 - mud) + (0.25 * wider + 0.3 * np.array((92, 78, 60), np.float32)) * mud)

    return apply


def shake(rng: np.random.Generator, shape: tuple[int, int]) -> Filter:
    """A pole that sways in the wind: a few pixels, never twice the same."""
    reach, phases = float(rng.uniform(*SWAY_PX)), rng.uniform(0, 2 * math.pi, 6)
    slow, fast = float(rng.uniform(0.35, 0.6)), float(rng.uniform(1.6, 2.6))
    height, width = shape

    def swing(at_s: float, first: int) -> float:
        gust = 0.6 + 0.4 * math.sin(0.31 * at_s + phases[first])
        return gust * (
            math.sin(2 * math.pi * slow * at_s + phases[first])
            + 0.45 * math.sin(2 * math.pi * fast * at_s + phases[first + 1])
        )

    def apply(image: Image, at_s: float, depth_m: Floats | None) -> Image:
        turn = cv2.getRotationMatrix2D((width / 2, height / 2), 0.08 * reach * swing(at_s, 4), 1.0)
        turn[:, 2] += np.array((reach * swing(at_s, 0), 0.6 * reach * swing(at_s, 2)))
        moved = cv2.warpAffine(image, turn, (width, height), borderMode=cv2.BORDER_REPLICATE)
        return np.asarray(moved, np.uint8)

    return apply


def blocky(rng: np.random.Generator, shape: tuple[int, int]) -> Filter:
    """Blocks of a starved encoder, for single pictures; films get a starved encoder itself."""
    quality = [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(*BLOCKY_QUALITY))]

    def apply(image: Image, at_s: float, depth_m: Floats | None) -> Image:
        _, packed = cv2.imencode(".jpg", cv2.cvtColor(image, cv2.COLOR_RGB2BGR), quality)
        spoilt = cv2.imdecode(packed, cv2.IMREAD_COLOR)
        assert spoilt is not None
        return np.ascontiguousarray(spoilt[:, :, ::-1], dtype=np.uint8)

    return apply


def chained(filters: Sequence[Filter]) -> Filter:
    """All filters, one after the other."""

    def apply(image: Image, at_s: float, depth_m: Floats | None) -> Image:
        for step in filters:
            image = step(image, at_s, depth_m)
        return image

    return apply


def _blurred(values: Floats, sigma: float) -> Floats:
    return np.asarray(cv2.GaussianBlur(values, (0, 0), sigma), np.float32)


def _bytes(values: NDArray[np.floating]) -> Image:
    image: Image = np.clip(values, 0, 255).astype(np.uint8)
    return image


def _softened_contrast(image: Image, keep: float, towards: float) -> Floats:
    """Contrast kept to a part of it, around a grey that follows the picture's own brightness."""
    grey = 0.5 * towards * min(1.0, float(image.mean()) / 90.0) + 0.5 * float(image.mean())
    muted: Floats = (image.astype(np.float32) * keep + grey * (1 - keep)).astype(np.float32)
    return muted


def _distance_by_row(shape: tuple[int, int]) -> Floats:
    """A guess at each pixel's distance, metres: a road that comes towards the camera."""
    height, width = shape
    share = np.linspace(0.0, 1.0, height, dtype=np.float32)[:, None]
    far = 1 / (1 / _FALLBACK_FAR_M + share * (1 / _FALLBACK_NEAR_M - 1 / _FALLBACK_FAR_M))
    return np.repeat(far, width, axis=1)


def _tile(rng: np.random.Generator, shape: tuple[int, int], sigma: float) -> Floats:
    return rng.normal(0.0, sigma, (*shape, 1)).astype(np.float32).reshape(*shape, 1)


def _shifted(layer: Floats, at_s: float, speed_px: tuple[float, float], shape: tuple[int, int]) -> Floats:
    """A layer that repeats itself, moved down and across by its speed (pixels a second), (h, w, 1)."""
    down, across = (round(speed * at_s) % size for speed, size in zip(speed_px, shape, strict=True))
    return np.roll(layer.reshape(shape), (down, across), axis=(0, 1))[:, :, None]


def _streaks(
    rng: np.random.Generator, shape: tuple[int, int], share: float, length_px: int, lean: float
) -> Floats:
    drops = (rng.random(shape) < share).astype(np.float32) * rng.uniform(0.5, 1.0, shape).astype(np.float32)
    kernel = np.zeros((length_px, length_px), np.float32)
    middle, shift = length_px // 2, round(lean * length_px / 2)
    cv2.line(kernel, (middle - shift, 0), (middle + shift, length_px - 1), 1.0, 1, cv2.LINE_AA)
    return _blurred(_wrapped(drops, length_px, lambda d: np.asarray(cv2.filter2D(d, -1, kernel))), 0.6)


def _flakes(rng: np.random.Generator, shape: tuple[int, int], count: int, radius_px: float) -> Floats:
    points = np.zeros(shape, np.float32)
    places = rng.integers(shape[0], size=count), rng.integers(shape[1], size=count)
    points[places] = rng.uniform(0.6, 1.0, count)
    spread = _wrapped(points, 16, lambda p: _blurred(p, 0.7 * radius_px))
    opaque: Floats = np.minimum(spread * (2 * math.pi * (0.7 * radius_px) ** 2), 1.0) * 0.9
    return opaque


def _wrapped(layer: Floats, margin: int, change: Callable[[Floats], Floats]) -> Floats:
    """A change of a layer that repeats itself without a seam."""
    padded = np.pad(layer, margin, mode="wrap")
    return change(padded)[margin:-margin, margin:-margin]


def _blobs(
    rng: np.random.Generator, shape: tuple[int, int], count: int, radius_px: tuple[float, float], soft: float
) -> Floats:
    """Soft, uneven discs, (height, width) 0-1."""
    mask = np.zeros(shape, np.float32)
    scale = shape[1] / 640
    for _ in range(count):
        centre = (int(rng.uniform(0, shape[1])), int(rng.uniform(0, shape[0])))
        radius = float(rng.uniform(*radius_px)) * scale
        axes = (max(1, int(radius)), max(1, int(radius * rng.uniform(0.6, 1.0))))
        cv2.ellipse(mask, centre, axes, float(rng.uniform(0, 180)), 0, 360, float(rng.uniform(0.6, 1.0)), -1)
    return _blurred(mask, soft * scale)
