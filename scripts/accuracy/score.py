"""Figures of a detector on a set: average precision, precision and recall, confusion of classes."""

from __future__ import annotations

import contextlib
import io
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval

from edge.vision import Boxes
from scripts.accuracy.finders import Finder
from scripts.accuracy.labelled import Array, LabelledSet, Picture

FLOOR = 0.01
MOST_BOXES = 300
RIGHT_IOU = 0.5
SIZES = {"small": (0.0, 0.035), "medium": (0.035, 0.1), "large": (0.1, 9.0)}
"""By the square root of the box's share of the picture: .035 is 14 px of a 416x416 input, .1 is 42 px."""


@dataclass(frozen=True, slots=True)
class Look:
    """What was found on one picture, strongest first."""

    picture: Picture
    size: tuple[int, int]
    found: Boxes


@dataclass(frozen=True, slots=True)
class Match:
    """Boxes that reach the score, and which true box each took (or -1); ignored ones are left out."""

    picture: Picture
    size: tuple[int, int]
    found: Boxes
    taken: tuple[int, ...]

    @property
    def missed(self) -> list[int]:
        """True boxes that nothing took."""
        return [k for k in range(len(self.picture.boxes)) if k not in self.taken]


def look(finder: Finder, labelled: LabelledSet) -> list[Look]:
    """Run a detector over a set; everything down to a score of 0.01, 300 boxes at most."""
    looks = []
    for picture in labelled.pictures:
        image = picture.image()
        found = finder.detector.boxes(image, FLOOR)
        top = slice(MOST_BOXES)
        looks.append(
            Look(
                picture,
                (image.shape[1], image.shape[0]),
                Boxes(found.xyxy[top], found.classes[top], found.scores[top]),
            )
        )
    return looks


def average_precision(looks: list[Look], name: str | None = None) -> dict[str, float | None]:
    """AP50 and AP50-95 of one class, or of all boxes whatever their class; None where there is none."""

    def counts(kind: str | None) -> bool:
        return name is None or kind == name

    truth: list[dict[str, Any]] = []
    found: list[dict[str, Any]] = []
    for number, one in enumerate(looks):
        wanted = [(b, 0) for b, k in zip(one.picture.boxes, one.picture.classes, strict=True) if counts(k)]
        unsure = [
            (b, 1) for b, k in zip(one.picture.boxes, one.picture.classes, strict=True) if k is None and name
        ]
        for box, crowd in [*wanted, *unsure, *((b, 1) for b in one.picture.ignore)]:
            truth.append(_entry(number, box) | {"id": len(truth) + 1, "iscrowd": crowd})
        found += [
            _entry(number, box) | {"score": float(score)}
            for box, kind, score in zip(one.found.xyxy, one.found.classes, one.found.scores, strict=True)
            if counts(kind)
        ]
    if not any(not t["iscrowd"] for t in truth):
        return {"ap50": None, "ap50_95": None}
    if not found:
        return {"ap50": 0.0, "ap50_95": 0.0}
    return _evaluated(len(looks), truth, found)


def _entry(number: int, box: Array) -> dict[str, Any]:
    x0, y0, x1, y1 = (float(v) for v in box)
    return {
        "image_id": number,
        "category_id": 1,
        "bbox": [x0, y0, x1 - x0, y1 - y0],
        "area": (x1 - x0) * (y1 - y0),
    }


def _evaluated(
    pictures: int, truth: list[dict[str, Any]], found: list[dict[str, Any]]
) -> dict[str, float | None]:
    with contextlib.redirect_stdout(io.StringIO()):
        coco = COCO()
        coco.dataset = {
            "images": [{"id": k} for k in range(pictures)],
            "annotations": truth,
            "categories": [{"id": 1, "name": "box"}],
        }
        coco.createIndex()
        judge = COCOeval(coco, coco.loadRes(found), "bbox")
        judge.params.maxDets = [MOST_BOXES]
        judge.params.areaRng, judge.params.areaRngLbl = [[0, 1e10]], ["all"]
        judge.evaluate()
        judge.accumulate()
    precision = judge.eval["precision"][:, :, 0, 0, 0]  # 10 overlaps, 101 recalls
    return {"ap50": float(precision[0].mean()), "ap50_95": float(precision.mean())}


def iou_table(a: Array, b: Array) -> Array:
    """Intersection over union (n, m) of boxes (n, 4) and (m, 4)."""
    low, high = np.maximum(a[:, None, :2], b[None, :, :2]), np.minimum(a[:, None, 2:], b[None, :, 2:])
    inside = np.maximum(high - low, 0).prod(-1)
    areas = [(box[:, 2:] - box[:, :2]).prod(-1) for box in (a, b)]
    return np.asarray(inside / np.maximum(areas[0][:, None] + areas[1][None] - inside, 1e-9))


def inside_share(a: Array, b: Array) -> Array:
    """Share (n, m) of each box (n, 4) that lies in each of (m, 4)."""
    low, high = np.maximum(a[:, None, :2], b[None, :, :2]), np.minimum(a[:, None, 2:], b[None, :, 2:])
    area = (a[:, 2:] - a[:, :2]).prod(-1)[:, None]
    return np.asarray(np.maximum(high - low, 0).prod(-1) / np.maximum(area, 1e-9))


def match(one: Look, score: float) -> Match:
    """Boxes that reach `score`, strongest first, each with the free true box that it overlaps most."""
    sure = one.found.scores >= score
    boxes = one.found.xyxy[sure].astype(float)
    table = iou_table(boxes, one.picture.boxes)
    taken = []
    for row in table:
        best = int(row.argmax()) if row.size else -1
        right = best >= 0 and row[best] >= RIGHT_IOU
        taken.append(best if right else -1)
        if right:
            table[:, best] = 0
    ignored = inside_share(boxes, one.picture.ignore).max(1, initial=0.0) >= RIGHT_IOU
    keep = [k for k, t in enumerate(taken) if t >= 0 or not ignored[k]]
    names = [name for name, is_sure in zip(one.found.classes, sure, strict=True) if is_sure]
    return Match(
        one.picture,
        one.size,
        Boxes(one.found.xyxy[sure][keep], tuple(names[k] for k in keep), one.found.scores[sure][keep]),
        tuple(taken[k] for k in keep),
    )


def rates(matches: list[Match], chosen: Callable[[Match], bool] = lambda _: True) -> dict[str, Any]:
    """Precision, recall and how many true boxes there are, over chosen pictures."""
    some = [m for m in matches if chosen(m)]
    right = sum(t >= 0 for m in some for t in m.taken)
    found, true = sum(len(m.taken) for m in some), sum(len(m.picture.boxes) for m in some)
    return {
        "precision": right / found if found else None,
        "recall": right / true if true else None,
        "boxes": true,
    }


def recall_by_size(matches: list[Match]) -> dict[str, tuple[float, int] | None]:
    """Recall and number of true boxes of each size."""
    seen: dict[str, list[bool]] = {name: [] for name in SIZES}
    for m in matches:
        sides = np.sqrt((m.picture.boxes[:, 2:] - m.picture.boxes[:, :2]).prod(-1) / (m.size[0] * m.size[1]))
        for k, side in enumerate(sides):
            name = next(n for n, (low, high) in SIZES.items() if low <= side < high)
            seen[name].append(k in m.taken)
    return {name: (sum(hits) / len(hits), len(hits)) if hits else None for name, hits in seen.items()}


def confusion(matches: list[Match]) -> Counter[tuple[str, str]]:
    """How often a true class (first) was called what (second); `missed` where nothing was found."""
    table: Counter[tuple[str, str]] = Counter()
    for m in matches:
        for name, taken in zip(m.found.classes, m.taken, strict=True):
            true = m.picture.classes[taken] if taken >= 0 else None
            if true is not None:
                table[true, name] += 1
        for k in m.missed:
            missed = m.picture.classes[k]
            if missed is not None:
                table[missed, "missed"] += 1
    return table
