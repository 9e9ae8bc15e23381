"""What networks said of pictures, kept: one file of tests shows no network the same pixels twice.

A network is most of the cost of a recording, and what it says depends on pixels and threshold alone. What
such tests compare are rates of pictures, gate, tracker and counter; for tests of the detector it is not.
"""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import blake2b
from typing import Any

import numpy as np
import pytest

from edge.detection.detector import Detector
from edge.vision import Boxes, Image, Picture


@pytest.fixture(scope="module")
def answers_are_kept() -> Iterator[None]:
    """Every detector answers from what it said before, where it was shown and asked the same."""
    kept: dict[tuple[object, ...], Boxes] = {}
    look = Detector.boxes

    def boxes(self: Detector, image: Image | Picture, *asked: Any, **more: Any) -> Boxes:
        pixels = image if isinstance(image, np.ndarray) else image.bgr()
        digest = blake2b(np.ascontiguousarray(pixels)).digest()
        key = (self.model, pixels.shape, digest, asked, *sorted(more.items()))
        if key not in kept:
            kept[key] = look(self, image, *asked, **more)
            kept[key].xyxy.flags.writeable = kept[key].scores.flags.writeable = False
        return kept[key]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Detector, "boxes", boxes)
        yield
