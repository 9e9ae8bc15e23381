"""A camera's view made by hand, and what can happen to it. For tests of the view's health."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache

import cv2
import numpy as np

from edge.picture import Colours
from edge.vision import Frame, Image

WIDTH, HEIGHT = 320, 180
RATE = 5
Alter = Callable[[Image, float], Image]
"""What happens to the picture of that many seconds since it began."""


def road(at: float, seed: int = 3) -> Image:
    """A road with kerbs, buildings and posts, vehicles that drive, and the noise of a sensor."""
    image = scenery(seed).copy()
    for number in range(4):
        left = int((at * 30 + number * 85) % (WIDTH + 100)) - 100
        shade = 60 + 45 * number
        cv2.rectangle(image, (left, 95), (left + 80, 140), (shade, shade, 250 - shade), -1)
        cv2.rectangle(image, (left + 5, 100), (left + 30, 115), (20, 20, 20), -1)
    return as_image(cv2.add(image, noises()[round(at * RATE) % len(noises())]))


@cache
def scenery(seed: int) -> Image:
    rng = np.random.default_rng(seed)
    image = np.full((HEIGHT, WIDTH, 3), (120, 130, 125), np.uint8)
    for _ in range(40):
        x, y = int(rng.integers(0, WIDTH)), int(rng.integers(0, HEIGHT // 2))
        colour = tuple(int(value) for value in rng.integers(30, 230, 3))
        cv2.rectangle(image, (x, y), (x + int(rng.integers(4, 30)), y + int(rng.integers(4, 30))), colour, -1)
    for x in (60, 150, 240):
        cv2.line(image, (160, 75), (2 * x - 160, HEIGHT), (230, 230, 230), 2)
    return image


@cache
def noises(most: int = 10) -> tuple[Image, ...]:
    """Some pictures of noise, from 0 to `most`."""
    rng = np.random.default_rng(most)
    return tuple(rng.integers(0, most, (HEIGHT, WIDTH, 3), np.uint8) for _ in range(7))


def noise_for(image: Image, most: int) -> Image:
    """Noise of its own for a picture."""
    return noises(most)[int(image[0, 0].sum()) % len(noises(most))]


def film(seconds: float, begun: float = 0.0, alter: Alter | None = None) -> Iterator[Frame]:
    """Pictures of the road, from `begun` on as `alter` makes them."""
    for number in range(int(seconds * RATE)):
        at = number / RATE
        image = road(at)
        yield Frame(number, at, Colours(alter(image, at - begun) if alter and at >= begun else image))


def shifted(x: float, y: float) -> Alter:
    """By so many px of 1280x720."""
    place = np.array([[1, 0, x * WIDTH / 1280], [0, 1, y * HEIGHT / 720]], np.float32)
    return lambda image, _: as_image(
        cv2.warpAffine(image, place, (WIDTH, HEIGHT), borderMode=cv2.BORDER_REFLECT)
    )


def brighter(factor: float) -> Alter:
    return lambda image, _: as_image(cv2.convertScaleAbs(image, alpha=factor))


def infrared(image: Image, _: float = 0.0) -> Image:
    """Grey, darker, with less contrast and more noise."""
    darker = np.clip((np.arange(256) / 255) ** 1.5 * 120, 0, 255).astype(np.uint8)
    grey = cv2.LUT(cv2.cvtColor(image, cv2.COLOR_BGR2GRAY), darker)
    noise = noise_for(image, 20)[..., 0]
    return as_image(cv2.merge([cv2.add(grey, noise)] * 3))


def smeared(image: Image, _: float = 0.0) -> Image:
    return as_image(cv2.GaussianBlur(image, (0, 0), 4))


def black(image: Image, _: float = 0.0) -> Image:
    return noise_for(image, 6)


def capped(image: Image, _: float = 0.0) -> Image:
    """A cap over the lens that lets some light through."""
    return as_image(noise_for(image, 3) + 90)


def filled(image: Image, since: float) -> Image:
    """A lorry of one colour drives in, and stands before nine tenths of the view."""
    filled = image.copy()
    filled[:, : int(WIDTH * min(0.9, since / 3))] = (200, 205, 200)
    return filled


def as_image(pixels: object) -> Image:
    return np.asarray(pixels).astype(np.uint8)
