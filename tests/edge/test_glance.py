"""A glance tells the same picture, the same view in another light, and another view."""

from __future__ import annotations

import numpy as np
import pytest

from edge.camera.glance import Glance
from edge.picture import Colours
from edge.vision import Image


def view(seed: int, height: int = 90, width: int = 160) -> Image:
    """A picture of blocks that no other seed gives."""
    blocks = np.random.default_rng(seed).integers(40, 200, (height // 9 + 1, width // 9 + 1, 1))
    grey = blocks.repeat(9, axis=0).repeat(9, axis=1)[:height, :width]
    return np.ascontiguousarray(grey.repeat(3, axis=2), np.uint8)


def flat(level: int, height: int = 53, width: int = 97) -> Image:
    """Nothing to be seen."""
    return np.full((height, width, 3), level, np.uint8)


@pytest.mark.parametrize(
    ("case", "first", "then", "same", "jolted"),
    [
        ("the same picture", view(1), view(1), True, False),
        ("the same view, brighter and with less contrast", view(1), view(1) // 2 + 90, False, False),
        ("another view", view(1), view(2), False, True),
        ("a lens that is covered", view(1), flat(70, 90, 160), False, True),
        ("nothing after nothing: no view to know again", flat(70), flat(71), False, True),
        ("nothing at all, as before", flat(70), flat(70), True, False),
        ("a picture of another size", view(1), view(1, 180, 320), False, True),
    ],
)
def test_what_became_of_a_picture(case: str, first: Image, then: Image, same: bool, jolted: bool) -> None:
    glance = Glance()
    glance.take(Colours(first))
    assert glance.jolted, "nothing was seen before"
    glance.take(Colours(then))
    assert (glance.same, glance.jolted) == (same, jolted), case


def test_after_a_gap_every_view_is_new() -> None:
    glance = Glance()
    glance.take(Colours(view(1)))
    glance.forget()
    glance.take(Colours(view(1) // 2))
    assert glance.jolted
