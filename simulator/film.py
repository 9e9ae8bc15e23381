"""Pictures to an H.264 file: small, at a constant rate, first frame at time 0."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from pathlib import Path

import av
import numpy as np

from simulator.cameras import HEIGHT_PX, WIDTH_PX
from simulator.scene import Image


def write_film(path: Path, images: Iterable[Image], fps: int) -> None:
    """Encode images (height, width, 3) uint8 RGB one by one."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=fps)
        stream.width, stream.height, stream.pix_fmt = WIDTH_PX, HEIGHT_PX, "yuv420p"
        stream.options = {"crf": "25", "preset": "medium", "g": str(5 * fps), "threads": "1"}
        for index, image in enumerate(images):
            frame = av.VideoFrame.from_ndarray(image, format="rgb24")
            frame.pts, frame.time_base = index, Fraction(1, fps)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))


def with_noise(image: Image, sigma: float, rng: np.random.Generator) -> Image:
    """The image with a sensor's noise, the same in all three channels."""
    noise = np.rint(rng.normal(0.0, sigma, image.shape[:2])).astype(np.int16)
    return np.clip(image.astype(np.int16) + noise[:, :, None], 0, 255).astype(np.uint8)
