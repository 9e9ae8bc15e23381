"""Whose foot another vehicle hides."""

from __future__ import annotations

import numpy as np
import pytest

from edge.measure.covered import feet_hidden

Box = tuple[float, float, float, float]


@pytest.mark.parametrize(
    ("case", "nearer", "above"),
    [
        ("nobody near", [(500, 300, 600, 400)], None),
        ("one before its foot", [(100, 180, 200, 300)], 300),
        ("one whose roof meets its foot", [(100, 204, 200, 300)], 300),
        ("two of them", [(100, 180, 200, 300), (100, 160, 200, 260)], 260),
        ("one behind a gap", [(100, 240, 200, 340)], None),
        ("one beside it, half a width over", [(160, 180, 260, 300)], None),
        ("one that is farther away", [(100, 60, 200, 180)], None),
    ],
)
def test_whose_foot_is_hidden_and_by_whom(case: str, nearer: list[Box], above: float | None) -> None:
    assert feet_hidden(np.array([(100, 100, 200, 200), *nearer]))[0] == above, case


def test_nobody_hides_himself() -> None:
    assert feet_hidden(np.zeros((0, 4))) == []
    assert feet_hidden(np.array([(100, 100, 200, 200)])) == [None]
