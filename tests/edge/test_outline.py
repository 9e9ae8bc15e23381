"""The outline of a picture: what is told of its brightness."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.camera.outline import HEIGHT, WIDTH, outline_of
from edge.picture import Colours


@given(seed=st.integers(0, 10_000), dark=st.integers(0, 200), spread=st.integers(0, 80))
def test_the_brightest_is_the_quantile_that_numpy_finds(seed: int, dark: int, spread: int) -> None:
    noise = np.random.default_rng(seed).normal(dark, spread, (2 * HEIGHT, 2 * WIDTH))
    luma = np.clip(noise, 0, 255).astype(np.uint8)
    small = cv2.pyrDown(luma)[::2, ::2]
    outline = outline_of(Colours(cv2.merge([luma, luma, luma])))
    assert outline.brightest == np.percentile(small, 99.5)


@pytest.mark.parametrize("level", [0, 14, 255])
def test_a_plain_picture_is_as_bright_as_its_brightest(level: int) -> None:
    outline = outline_of(Colours(np.full((720, 1280, 3), level, np.uint8)))
    assert (outline.mean, outline.brightest) == (level, level)
