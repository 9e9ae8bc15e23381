"""The figures of `scripts/evaluate models`, on pictures whose answer is known by hand."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from edge.vision import Boxes
from scripts.accuracy.labelled import Picture
from scripts.accuracy.misses import blur
from scripts.accuracy.score import Look, average_precision, confusion, match, rates, recall_by_size

CAR, TRUCK, FAR = [0.0, 0, 100, 50], [200.0, 0, 400, 100], [500.0, 300, 512, 310]


def seen(truth, found, ignore=(), night=False) -> Look:
    """truth: (box, class); found: (box, class, score)."""
    boxes = np.array([b for b, _ in truth], float).reshape(-1, 4)
    picture = Picture(
        Path("p.jpg"), boxes, tuple(c for _, c in truth), np.array(ignore, float).reshape(-1, 4), night
    )
    xyxy = np.array([b for b, _, _ in found], np.float32).reshape(-1, 4)
    scores = np.array([s for _, _, s in found], np.float32)
    return Look(picture, (640, 360), Boxes(xyxy, tuple(c for _, c, _ in found), scores))


TRUTH = [(CAR, "car"), (TRUCK, "truck")]
BOTH = [(CAR, "car", 0.9), (TRUCK, "truck", 0.8)]
ELSEWHERE = ([0.0, 200, 50, 250], "car")


@pytest.mark.parametrize(
    ("look", "ap50"),
    [
        (seen(TRUTH, BOTH), 1.0),
        (seen(TRUTH, BOTH[:1]), 51 / 101),
        (seen(TRUTH, []), 0.0),
        (seen(TRUTH, [(*ELSEWHERE, 0.95), *BOTH]), 2 / 3),
        (seen(TRUTH, [*BOTH, (*ELSEWHERE, 0.1)]), 1.0),
        (seen(TRUTH, [(*ELSEWHERE, 0.95), *BOTH], ignore=[[0, 190, 60, 260]]), 1.0),
    ],
    ids=["all", "half", "none", "a false one first", "a false one last", "a false one where it is ignored"],
)
def test_average_precision(look, ap50):
    assert average_precision([look])["ap50"] == pytest.approx(ap50, abs=1e-6)


def test_average_precision_of_a_class_asks_for_the_class():
    look = seen(TRUTH, [(CAR, "car", 0.9), (TRUCK, "car", 0.8)])
    assert average_precision([look])["ap50"] == pytest.approx(1)
    assert average_precision([look], "truck")["ap50"] == 0
    assert average_precision([look], "bus")["ap50"] is None


def test_tighter_overlaps_cost_a_loose_box():
    loose = [([0.0, 0, 120, 50], "car", 0.9), BOTH[1]]
    figures = average_precision([seen(TRUTH, loose)])
    assert figures["ap50"] == pytest.approx(1)
    assert figures["ap50_95"] < 0.95


def test_precision_and_recall_at_a_score_leave_out_what_is_ignored():
    look = seen([*TRUTH, (FAR, "car")], [*BOTH, (*ELSEWHERE, 0.7), (FAR, "car", 0.2)], night=True)
    matches = [match(look, 0.3)]
    assert rates(matches) == {"precision": pytest.approx(2 / 3), "recall": pytest.approx(2 / 3), "boxes": 3}
    assert rates(matches, lambda m: not m.picture.night)["recall"] is None
    ignored = seen(TRUTH, [*BOTH, (*ELSEWHERE, 0.7)], ignore=[[0, 190, 60, 260]])
    assert rates([match(ignored, 0.3)])["precision"] == 1


def test_a_true_box_is_taken_once():
    look = seen([TRUTH[0]], [(CAR, "car", 0.9), (CAR, "car", 0.8)])
    assert match(look, 0.3).taken == (0, -1)


def test_recall_by_size():
    look = seen([*TRUTH, (FAR, "car")], BOTH)
    assert recall_by_size([match(look, 0.3)]) == {"small": (0.0, 1), "medium": None, "large": (1.0, 2)}


def test_confusion_says_what_was_called_what():
    look = seen([*TRUTH, (FAR, None)], [(CAR, "car", 0.9), (TRUCK, "bus", 0.8), (FAR, "car", 0.7)])
    missed = seen(TRUTH, [])
    assert confusion([match(look, 0.3), match(missed, 0.3)]) == {
        ("car", "car"): 1,
        ("truck", "bus"): 1,
        ("car", "missed"): 1,
        ("truck", "missed"): 1,
    }


def test_a_blurred_plate_keeps_no_letters():
    image = np.full((120, 400, 3), 255, np.uint8)
    cv2.putText(image, "AB123CD", (40, 80), cv2.FONT_HERSHEY_SIMPLEX, 2, (0, 0, 0), 4)
    box = np.array([30.0, 30, 360, 95])
    assert len(np.unique(image[30:95, 30:360].reshape(-1, 3), axis=0)) > 1
    blur(image, box)
    columns = image[30:95, 30:360].mean(axis=2)
    assert len(np.unique(columns, axis=0)) <= 4  # at most two rows of blocks, and their seams
