"""Small films of given pictures. For tests."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray


def write_film(path: Path, pictures: Iterable[NDArray[np.uint8]], fps: int = 10, every: int = 250) -> Path:
    """An MP4 of these BGR pictures (even width and height), `fps` a second, one in `every` a key picture."""
    with av.open(str(path), "w") as file:
        stream = file.add_stream("libx264", rate=fps, options={"crf": "12", "g": str(every)})
        stream.pix_fmt = "yuv420p"
        for number, picture in enumerate(pictures):
            if number == 0:
                stream.height, stream.width = picture.shape[:2]
            file.mux(stream.encode(av.VideoFrame.from_ndarray(picture, "bgr24")))
        file.mux(stream.encode())
    return path
