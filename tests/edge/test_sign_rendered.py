"""Lane signs as the simulator draws them: the class in two languages above, an arrow or a cross below."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
import pytest

from edge.measure.sign import read, references_of, too_alike
from simulator.signs import TEXTS, Shown, face


def board(lane_class: str, state: str, width: int) -> Any:
    """The board as a camera sees it at that width (px), BGR."""
    shown = Shown("b1", 0.0, 1.0, state, lane_class, TEXTS[lane_class])
    image = cv2.cvtColor(face(shown), cv2.COLOR_RGB2BGR)
    size = (width, round(width * image.shape[0] / image.shape[1]))
    return cv2.resize(image, size, interpolation=cv2.INTER_AREA)


def said(lane_class: str, state: str) -> str:
    return lane_class if state == "open" else "closed"


STATES = [(name, state) for name in TEXTS for state in ("open", "closed")]


@pytest.mark.parametrize("width", [120, 60, 32])
@pytest.mark.parametrize("light", [1.0, 0.5])
@pytest.mark.parametrize(("lane_class", "state"), STATES)
def test_a_board_is_read_through_noise_and_dusk(
    lane_class: str, state: str, light: float, width: int
) -> None:
    references = references_of([(said(*each), board(*each, width)) for each in STATES])
    assert too_alike(references) == ()
    noise = np.random.default_rng(3).normal(0, 10, board(lane_class, state, width).shape)
    seen = np.clip(board(lane_class, state, width) * light + noise, 0, 255).astype(np.uint8)
    found = read(seen, references)
    assert found is not None
    assert found[0] == said(lane_class, state)
