"""A COCO net that says what labels leave open: which class a box has, and vehicles that nobody labelled.

It teaches only: nothing of it is in the weights that ship.
"""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch

from models.training.judge import iou_table, letterbox, session_of, strongest
from models.training.nanodet import COCO_ROWS, MEAN_BGR, STD_BGR, STRIDES, NanoDet, centres, decode
from models.training.pictures import UNKNOWN, Labelled

SIDE = 640
SAME_IOU = 0.4
SURE, CLEAR = 0.3, 1.5
"""A class is taken if its mean score reaches SURE and is CLEAR times that of the next one."""
UNLABELLED_SCORE, UNLABELLED_IOU = 0.35, 0.3

Teacher = Callable[[np.ndarray], tuple[np.ndarray, np.ndarray]]
"""A picture to boxes xyxy (n, 4) px and scores (n, 4) of our vehicle classes."""


def yolox_teacher(path: Path) -> Teacher:
    """YOLOX-nano, at the size of its file."""
    session = session_of(path)
    side = session.get_inputs()[0].shape[2]

    def find(image: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        canvas, scale = letterbox(image, side, side)
        raw = session.run(None, {"images": canvas.transpose(2, 0, 1)[None].astype(np.float32)})[0][0]
        cells, strides = [], []
        for stride in STRIDES:
            ys, xs = np.mgrid[0 : side // stride, 0 : side // stride]
            cells.append(np.stack([xs.ravel(), ys.ravel()], 1))
            strides.append(np.full((xs.size, 1), stride))
        centre = (raw[:, :2] + np.concatenate(cells)) * np.concatenate(strides)
        half = np.exp(raw[:, 2:4]) * np.concatenate(strides) / 2
        scores = raw[:, 4:5] * raw[:, 5:][:, list(COCO_ROWS.values())]
        return np.concatenate([centre - half, centre + half], 1) / scale, scores

    return find


def nanodet_teacher(published: NanoDet) -> Teacher:
    """The published 80-class net at 640; it reads pictures with mean and deviation taken off."""
    mean, deviation = np.array(MEAN_BGR, np.float32), np.array(STD_BGR, np.float32)
    points, strides = centres(SIDE, SIDE)

    @torch.no_grad()
    def find(image: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        canvas, scale = letterbox(image, SIDE, SIDE)
        picture = torch.from_numpy((canvas - mean) / deviation).permute(2, 0, 1)[None]
        logits, sides = published(picture)
        boxes = decode(sides, points, strides)[0].numpy() / scale
        return boxes, logits[0][:, list(COCO_ROWS.values())].sigmoid().numpy()

    return find


def classified(picture: Labelled, teachers: list[Teacher]) -> Labelled:
    """The picture with the class of each box that the teachers are clear about; the others stay unknown."""
    image = picture.image()
    truth = picture.boxes * np.array([image.shape[1], image.shape[0]] * 2)
    votes = np.mean([vote(truth, *teacher(image)) for teacher in teachers], axis=0)
    order = np.sort(votes, axis=1)
    sure = (order[:, -1] >= SURE) & (order[:, -1] >= CLEAR * order[:, -2])
    return replace(picture, classes=np.where(sure, votes.argmax(1), UNKNOWN))


def vote(truth: np.ndarray, boxes: np.ndarray, scores: np.ndarray) -> np.ndarray:
    """Strongest score (n, 4) of each class on each true box."""
    seen = scores.max(1) >= 0.05
    table = iou_table(boxes[seen], truth)
    return np.where(table[..., None] >= SAME_IOU, scores[seen][:, None], 0).max(0, initial=0.0)


def unlabelled_ignored(picture: Labelled, teacher: Teacher) -> Labelled:
    """The picture with what the teacher is sure of and no label has among the boxes to ignore."""
    image = picture.image()
    size = np.array([image.shape[1], image.shape[0]] * 2)
    boxes, scores = teacher(image)
    boxes, scores = strongest(boxes, scores.max(1))
    boxes = boxes[scores >= UNLABELLED_SCORE]
    known = iou_table(boxes, picture.boxes * size).max(1, initial=0.0) >= UNLABELLED_IOU
    found = (boxes[~known] / size).clip(0, 1).astype(np.float32)
    return replace(picture, ignore=np.concatenate([picture.ignore, found]))
