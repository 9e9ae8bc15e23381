"""Real clips measured in ways that differ by next to nothing: pictures, boxes, what the page says."""

from __future__ import annotations

import numpy as np
import pytest

from edge.vision import Boxes
from scripts.counts.judge import Crossings, Samples
from scripts.counts.nearby import Look, Nearby, choices, shifted
from scripts.counts.tables import nearby_queue_table, nearby_table


def looks(pictures: int, fps: float) -> list[Look]:
    return [Look(number, number / fps, Boxes.empty()) for number in range(pictures)]


def test_each_choice_of_pictures_at_each_pace_is_one_way() -> None:
    taken = [[look.number for look in way] for way in choices(looks(16, 30.0), 30.0)]
    five, ten, all_of_them = taken[:6], taken[6:9], taken[9:]
    assert five == [
        [0, 6, 12, 15],
        [0, 1, 7, 13, 15],
        [0, 2, 8, 14, 15],
        [0, 3, 9, 15],
        [0, 4, 10, 15],
        [0, 5, 11, 15],
    ]
    assert ten == [[0, 3, 6, 9, 12, 15], [0, 1, 4, 7, 10, 13, 15], [0, 2, 5, 8, 11, 14, 15]]
    assert all_of_them == [list(range(16))]


@pytest.mark.parametrize(
    ("shift", "classes"),
    [(0.0, ("car", "truck")), (-0.03, ("car",)), (0.03, ("car", "truck", "bus"))],
)
def test_boxes_that_a_shifted_score_still_shows(shift: float, classes: tuple[str, ...]) -> None:
    boxes = Boxes(
        np.arange(12, dtype=np.float32).reshape(3, 4),
        ("car", "truck", "bus"),
        np.array([0.8, 0.32, 0.29], np.float32),
    )
    left = shifted(boxes, shift, 0.31)
    assert left.classes == classes
    assert left.xyxy.tolist() == boxes.xyxy[: len(classes)].tolist()
    assert left.scores == pytest.approx(boxes.scores[: len(classes)] + shift)


def test_the_page_says_in_how_many_ways_a_count_holds() -> None:
    one = Nearby(
        "road",
        "vehicles",
        {"B": 1},
        {"B": [Crossings(28, 28, 28, 0), Crossings(28, 27, 26, 1), Crossings(28, 26, 26, 2)]},
        {"Q": [Samples(11, 12, 0.25), Samples(8, 12, 0.5), Samples(11, 12, None)]},
    )
    assert nearby_table([one])[2:] == ["| road | B | vehicles | 3 | 28 (+-1) | 1.33 | 0.33 | in 1 |"]
    assert nearby_queue_table([one])[2:] == ["| road | Q | vehicles | 3 | 10.00 of 12 | 8 | 0.38 |"]
