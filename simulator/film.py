"""Pictures to an H.264 file: small, at a constant rate, first frame at time 0."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from pathlib import Path

import av
import numpy as np

from simulator.cameras import HEIGHT_PX, WIDTH_PX
from simulator.stage import Image

_SLACK_PX = 64


def write_film(path: Path, images: Iterable[Image], fps: int, bps: int | None = None) -> None:
    """Encode images (height, width, 3) uint8 RGB one by one; `bps` starves the encoder."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=fps)
        stream.width, stream.height, stream.pix_fmt = WIDTH_PX, HEIGHT_PX, "yuv420p"
        stream.options = {"g": str(5 * fps), "threads": "1", **_rate(bps)}
        for index, image in enumerate(images):
            frame = av.VideoFrame.from_ndarray(image, format="rgb24")
            frame.pts, frame.time_base = index, Fraction(1, fps)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))


def _rate(bps: int | None) -> dict[str, str]:
    if bps is None:
        return {"crf": "25", "preset": "medium"}
    return {"b": str(bps), "maxrate": str(bps), "bufsize": str(bps), "preset": "veryfast"}


class Noise:
    """A sensor's noise, the same in all three channels; drawn once, then used from changing places."""

    def __init__(self, sigma: float, rng: np.random.Generator) -> None:
        drawn = rng.normal(0.0, sigma, (HEIGHT_PX + _SLACK_PX, WIDTH_PX + _SLACK_PX, 1))
        self._field, self._rng = np.rint(drawn).astype(np.int16), rng

    def added_to(self, image: Image) -> Image:
        """The image (height, width, 3) with the noise of one frame."""
        y, x = (int(value) for value in self._rng.integers(_SLACK_PX, size=2))
        noisy = image + self._field[y : y + HEIGHT_PX, x : x + WIDTH_PX]
        clipped: Image = np.clip(noisy, 0, 255).astype(np.uint8)
        return clipped
