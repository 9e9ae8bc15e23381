"""What fog has washed out is stretched before the network looks at it; other pictures are left alone."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.detection.contrast import MOST_GAIN, USUAL_SPAN, with_contrast
from edge.detection.detector import Detector
from edge.picture import Colours
from edge.vision import Image


def levels(low: int, high: int) -> Image:
    """A picture of all levels from `low`, in its upper left corner, to `high`, in the right, at random."""
    drawn = np.random.default_rng(1).uniform(low, high, (180, 320)).round().astype(np.uint8)
    drawn[0, 0], drawn[0, -1] = low, high
    return np.repeat(drawn[:, :, None], 3, axis=2)


@pytest.mark.parametrize(
    ("case", "low", "high", "shown"),
    [
        ("usual", 20, 220, (20, 220)),
        ("a night with lamps", 0, 140, (0, 140)),
        ("fog", 140, 170, (35, 155)),
        ("snow", 180, 240, (90, 210)),
        ("a dark night: black stays black", 0, 40, (0, 120)),
        ("one grey: nothing to bring out", 130, 130, (130, 130)),
    ],
)
def test_levels(case: str, low: int, high: int, shown: tuple[int, int]) -> None:
    picture = with_contrast(Colours(levels(low, high)))
    image = picture.bgr()
    assert (int(image[0, 0, 0]), int(image[0, -1, 0])) == pytest.approx(shown, abs=6), case
    assert picture.shape == (180, 320)
    assert picture.luma is picture.luma
    assert np.array_equal(picture.scaled((0, 0, 320, 180), 320, 180), image)
    assert np.array_equal(picture.grey(np.array([[low]], np.uint8)), [[image[0, 0, 0]]])


@given(st.integers(0, 255), st.integers(0, 255))
def test_light_and_dark_keep_their_order(one: int, other: int) -> None:
    low, high = sorted((one, other))
    first, last = with_contrast(Colours(levels(low, high))).bgr()[0, [0, -1], 0].astype(int)
    assert low - 1 <= high
    assert 0 <= last - first <= MOST_GAIN * (high - low) + 1
    if high - low > USUAL_SPAN + 5:
        assert (first, last) == (low, high)


def test_only_what_is_looked_at_counts() -> None:
    image = levels(130, 160)
    image[:, :100] = 0
    image[:, -100:] = 255
    assert with_contrast(Colours(image)).bgr() is image
    assert with_contrast(Colours(image), (110, 0, 210, 180)).bgr() is not image


def low_sun(image: Image) -> Image:
    """A veil that is white in the upper middle; what is seen through it is a fifth as strong."""
    height, width = image.shape[:2]
    y, x = np.mgrid[0:height, 0:width]
    glow = 250 * np.exp(-(((x - width / 2) / (0.35 * width)) ** 2 + (y / (0.6 * height)) ** 2))
    return np.asarray(np.clip(0.2 * image + glow[:, :, None] * 0.8 + 20, 0, 255), np.uint8)


def test_a_veil_is_taken_off() -> None:
    squares = np.kron((np.indices((9, 16)).sum(axis=0) % 2), np.ones((20, 20)))
    image = np.repeat((60 + 120 * squares).astype(np.uint8)[:, :, None], 3, axis=2)
    assert with_contrast(Colours(image)).bgr() is image
    dim = low_sun(image)
    picture = with_contrast(Colours(dim))
    clear = picture.bgr()
    assert (picture.shape, clear.shape) == ((180, 320), dim.shape)
    assert np.corrcoef(clear[..., 0].ravel(), image[..., 0].ravel())[0, 1] > 0.9
    assert np.corrcoef(dim[..., 0].ravel(), image[..., 0].ravel())[0, 1] < 0.5
    part = picture.scaled((80, 40, 240, 120), 160, 80)
    assert np.abs(part.astype(int) - clear[40:120, 80:240]).mean() < 2
    assert picture.grey(picture.luma) is picture.luma


def test_the_pack_finds_vehicles_in_fog(shared: Path) -> None:
    image = cv2.imread(str(sorted((shared / "data" / "opendatacam" / "frames").glob("*.*"))[200]))
    assert image is not None
    fog = (150 + 0.12 * (image.astype(np.float32) - 128)).round().astype(np.uint8)
    detector = Detector.load("vehicles")
    clear, plain = len(detector.boxes(image).scores), len(detector.boxes(fog).scores)
    stretched = len(detector.boxes(with_contrast(Colours(fog))).scores)
    assert clear >= 4
    assert plain < clear / 2
    assert stretched >= 0.7 * clear
