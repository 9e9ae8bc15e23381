"""A detector that sees nothing though things pass is blind: unknown, never nobody."""

from __future__ import annotations

import pytest

from edge.measure.blindness import Blindness

Stretch = tuple[float, float, bool]
"""Seconds, the part of a lane that changes from picture to picture, whether a vehicle is found."""

PASS, PAUSE, FOUND = (3.0, 0.2, False), (5.0, 0.0, False), (3.0, 0.2, True)


def blind_after(stretches: list[Stretch], fps: float = 5) -> bool:
    subject, at = Blindness(), 0.0
    for seconds, share, found in stretches:
        for _ in range(round(seconds * fps)):
            subject.look(share, found, at)
            at += 1 / fps
    return subject.is_blind


@pytest.mark.parametrize("fps", [3, 5, 12.5])
@pytest.mark.parametrize(
    ("case", "stretches", "blind"),
    [
        ("nothing happens", [PAUSE] * 100, False),
        ("three pass and none is found", [PASS, PAUSE] * 3, True),
        ("two may be anything", [PASS, PAUSE] * 2, False),
        ("vehicles are found", [FOUND, PAUSE] * 50, False),
        ("one that is found is enough", [PASS, PAUSE, PASS, PAUSE, FOUND, PAUSE, PASS, PAUSE], False),
        ("it sees again", [*([PASS, PAUSE] * 5), FOUND], False),
        ("rain without end", [(3600.0, 0.3, False)], False),
        ("people walk about", [(3.0, 0.02, False), PAUSE] * 20, False),
        ("a flash of light", [(0.2, 0.9, False), PAUSE] * 20, False),
        ("a queue that crawls and is not found", [(12.0, 0.15, False), (20.0, 0.0, False)] * 3, True),
    ],
)
def test_blindness(case: str, stretches: list[Stretch], blind: bool, fps: float) -> None:
    assert blind_after(stretches, fps) is blind, case
