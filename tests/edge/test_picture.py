"""A picture gives the same colours and grey as it comes from its decoder and as it comes in BGR."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from pathlib import Path

import av
import cv2
import numpy as np
import pytest
from av.video.reformatter import ColorRange, Colorspace, VideoReformatter

from edge.camera.decoded import Decoded, picture_of
from edge.camera.to_bgr import ToBgr
from edge.camera.video import VideoSource
from edge.picture import Colours
from edge.vision import Image
from tests.edge.scenes import as_image

SIZES = [(720, 1280), (352, 640), (37, 51)]
KINDS = [
    (name, space, colour_range)
    for name, space, colour_range in product(
        ("yuv420p", "yuvj420p"), (None, Colorspace.ITU709), (ColorRange.MPEG, ColorRange.JPEG)
    )
    if (name, colour_range) != ("yuvj420p", ColorRange.MPEG)
]


def painted(height: int, width: int) -> Image:
    """Soft colours of every hue, dark to bright: no edge that halving the colours would blur."""
    y, x = np.mgrid[0:height, 0:width] / (height + width)
    waves = [np.sin(9 * x + 4 * y), np.cos(11 * y - 3 * x), np.sin(7 * (x - y))]
    return as_image(128 + 120 * np.stack(waves, axis=2))


def frame_of(image: Image, name: str, space: Colorspace | None, levels: ColorRange) -> av.VideoFrame:
    frame = av.VideoFrame.from_ndarray(image, format="bgr24")
    return VideoReformatter().reformat(frame, format=name, dst_colorspace=space, dst_color_range=levels)


def decoded(frame: av.VideoFrame) -> Decoded:
    picture = picture_of(frame, ToBgr())
    assert isinstance(picture, Decoded)
    return picture


@pytest.mark.parametrize(("height", "width"), SIZES)
@pytest.mark.parametrize(("name", "space", "levels"), KINDS)
def test_colours_and_grey_are_those_of_the_picture_that_was_encoded(
    height: int, width: int, name: str, space: Colorspace | None, levels: ColorRange
) -> None:
    image = painted(height, width)
    picture = decoded(frame_of(image, name, space, levels))
    assert picture.shape == (height, width)
    assert np.abs(picture.bgr().astype(int) - image).mean() < 3
    if space is None:  # grey is the brightness of BT.601
        grey = picture.grey(picture.luma).astype(int)
        assert np.abs(grey - cv2.cvtColor(image, cv2.COLOR_BGR2GRAY)).mean() < 1.5


@pytest.mark.parametrize("region", [(0, 0, 1280, 720), (200, 100, 1000, 500), (201, 103, 999, 501)])
@pytest.mark.parametrize(("width", "height"), [(416, 234), (800, 400), (1300, 900)])
def test_a_part_is_to_the_bit_that_of_the_whole_picture_in_colours(
    region: tuple[int, int, int, int], width: int, height: int
) -> None:
    frame = frame_of(painted(720, 1280), "yuv420p", None, ColorRange.MPEG)
    picture, colours = decoded(frame), Colours(as_image(frame.to_ndarray(format="bgr24")))
    part = picture.scaled(region, width, height)
    assert np.array_equal(part, colours.scaled(region, width, height))
    assert np.array_equal(picture.bgr(), colours.bgr())
    assert np.array_equal(part, picture.scaled(region, width, height))


def still(path: Path, pixel_format: str) -> Iterator[Image]:
    with av.open(str(path), "w") as film:
        stream = film.add_stream("ffv1", rate=5)
        stream.width, stream.height, stream.pix_fmt = 640, 352, pixel_format
        for _ in range(3):
            film.mux(stream.encode(av.VideoFrame.from_ndarray(painted(352, 640), format="bgr24")))
        film.mux(stream.encode())
    return (frame.image for frame in VideoSource(str(path)))


@pytest.mark.parametrize("pixel_format", ["yuv420p", "yuv422p", "yuv444p", "yuv420p10le", "gray", "bgr0"])
def test_every_pixel_format_is_taken(pixel_format: str, tmp_path: Path) -> None:
    first, *more = still(tmp_path / "still.mkv", pixel_format)
    wanted = painted(352, 640)
    if pixel_format == "gray":
        wanted = as_image(cv2.cvtColor(wanted, cv2.COLOR_BGR2GRAY)[:, :, None].repeat(3, 2))
    assert np.abs(first.astype(int) - wanted).mean() < 3
    assert len(more) == 2
