"""Rendered North American plates: the face, and how a camera sees it (turned, small, blurred, dark, dirty).

A plate is 12 x 6 inches; its characters are about 2.5 inches tall and narrow. Names of places are printed as
on real plates, numbers are drawn by chance: none is a real vehicle's but by accident.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import matplotlib
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFilter, ImageFont

Picture = NDArray[np.uint8]
"""(height, width, 3) RGB."""
Colour = tuple[int, int, int]

FACE_PX = (360, 180)
MARGIN = 0.6
"""Of the plate's width: what is shown round it."""

FONTS = Path(matplotlib.get_data_path()) / "fonts" / "ttf"
LETTERS, DIGITS = "ABCDEFGHJKLMNPQRSTUVWXYZIO", "0123456789"


@dataclass(frozen=True, slots=True)
class Series:
    """How a jurisdiction's plates look; in `pattern` A is any letter, 0 any digit, the rest stands."""

    place: str
    pattern: str
    paper: Colour
    ink: Colour
    font: str = "DejaVuSans-Bold.ttf"
    motto: str = ""

    def number(self, rng: np.random.Generator) -> str:
        """A number of this series, with its space or hyphen."""
        draw = {"A": LETTERS, "0": DIGITS}
        return "".join(str(rng.choice(list(draw[c]))) if c in draw else c for c in self.pattern)


SERIES = (
    Series("ONTARIO", "AAAA 000", (246, 246, 246), (24, 62, 140), motto="YOURS TO DISCOVER"),
    Series("ONTARIO", "AA00 000", (250, 250, 248), (20, 20, 24)),
    Series("MICHIGAN", "AAA 0000", (240, 244, 250), (18, 36, 84), motto="PURE MICHIGAN"),
    Series("NEW YORK", "AAA-0000", (244, 244, 242), (22, 34, 80), "DejaVuSansMono-Bold.ttf", "EXCELSIOR"),
    Series("QUÉBEC", "A00 AAA", (248, 248, 250), (26, 70, 150), motto="JE ME SOUVIENS"),
    Series("OHIO", "AAA 0000", (238, 240, 246), (120, 24, 34)),
    Series("WASHINGTON", "AAA0000", (236, 242, 250), (18, 30, 90), "DejaVuSansMono-Bold.ttf"),
    Series("BRITISH COLUMBIA", "AA0 00A", (250, 250, 250), (30, 60, 140), motto="BEAUTIFUL"),
    Series("MAINE", "0000 AA", (244, 240, 228), (30, 44, 60), "DejaVuSansMono-Bold.ttf"),
    Series("INDIANA", "000AAA", (226, 236, 246), (16, 22, 40)),
)


@dataclass(frozen=True, slots=True)
class View:
    """How a plate is seen. Lengths in px of the plate in the picture, angles in degrees.

    light: 1 = day; below, darker and noisier. dirt: share of the face that is covered.
    """

    width_px: float = 100.0
    yaw_deg: float = 0.0
    pitch_deg: float = 0.0
    roll_deg: float = 0.0
    blur_px: float = 0.5
    smear_px: float = 0.0
    light: float = 1.0
    dirt: float = 0.0
    quality: int = 85


def face(number: str, series: Series) -> Image.Image:
    """The plate itself, seen straight on."""
    width, height = FACE_PX
    image = Image.new("RGB", FACE_PX, series.paper)
    draw = ImageDraw.Draw(image)
    draw.rounded_rectangle((2, 2, width - 3, height - 3), 14, outline=series.ink, width=3)
    _line(draw, series.place, (width / 2, 20), series.ink, 22)
    if series.motto:
        _line(draw, series.motto, (width / 2, height - 16), series.ink, 15)
    image.paste(_characters(number, series), (0, 34))
    for x in (0.25, 0.75):
        draw.ellipse((x * width - 5, 8, x * width + 5, 18), fill=(150, 150, 150))
    return image


def seen(plate: Image.Image, view: View, rng: np.random.Generator) -> Picture:
    """The plate on a bumper as a camera sees it, MARGIN x its width round it: (height, width, 3)."""
    dirty = _dirty(plate, view.dirt, rng)
    side = (round(view.width_px * (1 + 2 * MARGIN)), round(view.width_px * (0.5 + 2 * MARGIN)))
    drawn = 3
    big = (side[0] * drawn, side[1] * drawn)
    corners = _corners(view) * view.width_px * drawn + np.array(big) / 2
    picture = _bumper(big, rng)
    picture.paste(*_warped(dirty, corners, big))
    if view.smear_px > 0:
        picture = _smeared(picture, view.smear_px * drawn)
    picture = picture.filter(ImageFilter.GaussianBlur(view.blur_px * drawn)).resize(
        side, Image.Resampling.BOX
    )
    return _recorded(np.asarray(picture, float), view, rng)


def plate_box(view: View) -> tuple[float, float, float, float]:
    """x0, y0, x1, y1 (px) of the plate in the picture that `seen` makes."""
    middle = np.round(view.width_px * np.array([1 + 2 * MARGIN, 0.5 + 2 * MARGIN])) / 2
    corners = _corners(view) * view.width_px + middle
    (x0, y0), (x1, y1) = corners.min(axis=0).tolist(), corners.max(axis=0).tolist()
    return x0, y0, x1, y1


@lru_cache(maxsize=64)
def _font(name: str, size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(FONTS / name), size)


def _line(draw: ImageDraw.ImageDraw, text: str, middle: tuple[float, float], ink: Colour, size: int) -> None:
    draw.text(middle, text, fill=ink, font=_font("DejaVuSans-Bold.ttf", size), anchor="mm")


def _characters(number: str, series: Series) -> Image.Image:
    """The number as tall, narrow characters, over the whole width of the face."""
    width, height = FACE_PX[0], 112
    font = _font(series.font, 140)
    left, top, right, bottom = font.getbbox(number)
    drawn = Image.new("RGB", (round(right - left) + 8, round(bottom - top) + 8), series.paper)
    ImageDraw.Draw(drawn).text((4 - left, 4 - top), number, fill=series.ink, font=font)
    wide = min(width - 36, round(drawn.width * 0.62))
    strip = Image.new("RGB", (width - 12, height), series.paper)
    strip.paste(drawn.resize((wide, height - 8), Image.Resampling.LANCZOS), ((width - 12 - wide) // 2, 4))
    framed = Image.new("RGB", (width, height), series.paper)
    framed.paste(strip, (6, 0))
    edge = ImageDraw.Draw(framed)
    edge.line((3, 0, 3, height), fill=series.ink, width=3)
    edge.line((width - 4, 0, width - 4, height), fill=series.ink, width=3)
    return framed


def _corners(view: View) -> NDArray[np.float64]:
    """Corners (4, 2) of the turned plate in plate widths from its middle, clockwise from the upper left.

    A pinhole 20 plate widths away.
    """
    yaw, pitch, roll = np.radians([view.yaw_deg, view.pitch_deg, view.roll_deg])
    flat = np.array([[-0.5, -0.25, 0], [0.5, -0.25, 0], [0.5, 0.25, 0], [-0.5, 0.25, 0]])
    turn_y = np.array([[np.cos(yaw), 0, np.sin(yaw)], [0, 1, 0], [-np.sin(yaw), 0, np.cos(yaw)]])
    turn_x = np.array([[1, 0, 0], [0, np.cos(pitch), -np.sin(pitch)], [0, np.sin(pitch), np.cos(pitch)]])
    turn_z = np.array([[np.cos(roll), -np.sin(roll), 0], [np.sin(roll), np.cos(roll), 0], [0, 0, 1]])
    turned = flat @ (turn_z @ turn_x @ turn_y).T
    away = 20.0
    return np.asarray(turned[:, :2] * away / (away + turned[:, 2:]))


def _bumper(size: tuple[int, int], rng: np.random.Generator) -> Image.Image:
    """Something painted, with a shadow and an edge, as round real plates."""
    width, height = size
    paint = rng.integers(20, 220, 3)
    slope = np.linspace(1.1, 0.75, height)[:, None, None]
    rows = np.broadcast_to(np.clip(paint * slope, 0, 255).astype(np.uint8), (height, width, 3))
    image = Image.fromarray(np.ascontiguousarray(rows))
    y = int(height * rng.uniform(0.1, 0.2))
    ImageDraw.Draw(image).rectangle((0, y, width, y + height // 30), fill=(20, 20, 22))
    return image


def _dirty(plate: Image.Image, share: float, rng: np.random.Generator) -> Image.Image:
    if share <= 0:
        return plate
    noise = Image.fromarray(rng.integers(0, 256, (12, 24), dtype=np.uint8)).resize(
        FACE_PX, Image.Resampling.BICUBIC
    )
    field = np.asarray(noise, float)
    mask = np.clip((np.quantile(field, share) - field) / 12 + 0.5, 0, 1)[..., None] * 0.75
    mud = np.array([110.0, 96.0, 76.0])
    return Image.fromarray((np.asarray(plate, float) * (1 - mask) + mud * mask).astype(np.uint8))


def _warped(
    plate: Image.Image, corners: NDArray[np.float64], size: tuple[int, int]
) -> tuple[Image.Image, tuple[int, int], Image.Image]:
    """The plate drawn onto the four corners, and its mask: what `Image.paste` takes."""
    width, height = plate.size
    flat = [(0, 0), (width, 0), (width, height), (0, height)]
    rows = []
    for (x, y), (u, v) in zip(corners.tolist(), flat, strict=True):
        rows += [[x, y, 1, 0, 0, 0, -u * x, -u * y], [0, 0, 0, x, y, 1, -v * x, -v * y]]
    solved = np.linalg.solve(np.array(rows), np.array(flat, float).ravel())
    coefficients = tuple(float(value) for value in solved)
    mask = Image.new("L", plate.size, 255)
    bend = (size, Image.Transform.PERSPECTIVE, coefficients, Image.Resampling.BICUBIC)
    return plate.transform(*bend), (0, 0), mask.transform(*bend)


def _smeared(picture: Image.Image, length_px: float) -> Image.Image:
    """Motion across the picture during one exposure."""
    steps = max(2, round(length_px))
    pixels = np.asarray(picture, np.float32)
    shifted = [np.roll(pixels, step - steps // 2, axis=1) for step in range(steps)]
    return Image.fromarray(np.mean(shifted, axis=0).astype(np.uint8))


def _recorded(pixels: NDArray[np.float64], view: View, rng: np.random.Generator) -> Picture:
    """Light, the sensor's noise, JPEG."""
    noise = rng.normal(0.0, 2.0 + 9.0 * max(0.0, 1 - view.light), pixels.shape)
    lit = np.clip(pixels * view.light + noise, 0, 255).astype(np.uint8)
    file = io.BytesIO()
    Image.fromarray(lit).save(file, "JPEG", quality=view.quality)
    return np.asarray(Image.open(io.BytesIO(file.getvalue())).convert("RGB"), np.uint8)
