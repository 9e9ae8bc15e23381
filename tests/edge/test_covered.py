"""Whose foot another vehicle hides."""

from __future__ import annotations

import numpy as np
import pytest

from edge.measure.covered import feet_hidden

Box = tuple[float, float, float, float]


@pytest.mark.parametrize(
    ("case", "nearer", "hidden"),
    [
        ("nobody near", (500, 300, 600, 400), False),
        ("one before its foot", (100, 180, 200, 300), True),
        ("one whose roof meets its foot", (100, 204, 200, 300), True),
        ("one behind a gap", (100, 240, 200, 340), False),
        ("one beside it, half a width over", (160, 180, 260, 300), False),
        ("one that is farther away", (100, 60, 200, 180), False),
    ],
)
def test_whose_foot_is_hidden(case: str, nearer: Box, hidden: bool) -> None:
    assert feet_hidden(np.array([(100, 100, 200, 200), nearer]))[0] is hidden, case


def test_nobody_hides_himself() -> None:
    assert feet_hidden(np.zeros((0, 4))) == []
    assert feet_hidden(np.array([(100, 100, 200, 200)])) == [False]
