"""Which cells learn which box, and what they pay."""

from dataclasses import dataclass
from typing import Self

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from models.training.augment import Example
from models.training.nanodet import BINS, decode
from models.training.pictures import UNKNOWN

TOP_CELLS = 10
BOX_WEIGHT, SIDE_WEIGHT, CLASS_WEIGHT = 2.0, 0.5, 0.5
NOWHERE = -1e4
"""Every corner of a box that only fills up a batch: no cell lies in it, nothing overlaps it."""


@dataclass(frozen=True, slots=True)
class Truth:
    """What a batch shows: boxes (b, n, 4) px, their classes (b, n), ignored boxes (b, m, 4) px."""

    boxes: Tensor
    classes: Tensor
    ignored: Tensor

    @classmethod
    def of(cls, examples: list[Example]) -> Self:
        """The truth of several examples, filled up with boxes that are nowhere."""
        return cls(
            filled([e.boxes for e in examples], NOWHERE),
            filled([e.classes for e in examples], UNKNOWN),
            filled([e.ignore for e in examples], NOWHERE),
        )

    def to(self, device: torch.device) -> Self:
        """The same on a device."""
        return type(self)(
            *(t.to(device, non_blocking=True) for t in (self.boxes, self.classes, self.ignored))
        )


def filled(parts: list[np.ndarray], filler: float) -> Tensor:
    """Arrays (n_k, ...) one under the other (b, most, ...), the shorter ones filled up."""
    most = max(len(part) for part in parts)
    whole = np.full((len(parts), most, *parts[0].shape[1:]), filler, parts[0].dtype)
    for row, part in zip(whole, parts, strict=True):
        row[: len(part)] = part
    return torch.from_numpy(whole)


def overlap(a: Tensor, b: Tensor) -> tuple[Tensor, Tensor]:
    """Intersection over union and its generalised form of paired boxes, broadcast over leading dimensions."""
    low, high = torch.maximum(a[..., :2], b[..., :2]), torch.minimum(a[..., 2:], b[..., 2:])
    inside = (high - low).clamp(min=0).prod(-1)
    areas = [(box[..., 2:] - box[..., :2]).clamp(min=0).prod(-1) for box in (a, b)]
    union = (areas[0] + areas[1] - inside).clamp(min=1e-6)
    hull = torch.maximum(a[..., 2:], b[..., 2:]) - torch.minimum(a[..., :2], b[..., :2])
    around = hull.clamp(min=0).prod(-1).clamp(min=1e-6)
    iou = inside / union
    return iou, iou - (around - union) / around


@torch.no_grad()
def assign(
    scores: Tensor, predicted: Tensor, points: Tensor, strides: Tensor, boxes: Tensor
) -> tuple[Tensor, Tensor]:
    """Task-aligned assignment: box number of each cell (b, cells), -1 for none, and its target (b, cells).

    scores (b, cells), predicted (b, cells, 4), points (cells, 2), strides (cells, 1), boxes (b, n, 4), filled
    up with `NOWHERE`. A cell may learn a box when its centre lies inside (or within half a stride, for the
    smallest); the ten that agree best with it do, and their target score follows that agreement.
    Source: Feng et al., TOOD: Task-aligned One-stage Object Detection, 2021.
    """
    if not boxes.shape[1]:
        return torch.full(scores.shape, -1, device=scores.device), torch.zeros_like(scores)
    iou, _ = overlap(predicted[:, :, None], boxes[:, None])
    middle, half = (boxes[..., :2] + boxes[..., 2:]) / 2, (boxes[..., 2:] - boxes[..., :2]) / 2
    reach = torch.maximum(half[:, None], strides[None, :, None] / 2)
    inside = ((points[None, :, None] - middle[:, None]).abs() < reach).all(-1)
    agreement = scores[..., None].sqrt() * (iou + 0.01) ** 4 * inside
    best, cells = agreement.topk(min(TOP_CELLS, len(points)), dim=1)
    chosen = torch.zeros_like(agreement).scatter(1, cells, (best > 0).float())
    claim, owner = (chosen * (iou + 1e-6)).max(-1, keepdim=True)
    taken = claim > 0
    agreement = agreement * torch.zeros_like(agreement).scatter(2, owner, taken.float())
    peak_agreement, peak_iou = agreement.amax(1, keepdim=True), (iou * (agreement > 0)).amax(1, keepdim=True)
    scale = peak_iou.clamp(min=0.3) / peak_agreement.clamp(min=1e-9)
    target = (agreement * scale).gather(2, owner)
    return torch.where(taken, owner, -1).squeeze(-1), target.squeeze(-1)


def inside_any(points: Tensor, boxes: Tensor) -> Tensor:
    """Whether each point (cells, 2) lies in one of a picture's boxes (b, m, 4): (b, cells)."""
    above, below = points[:, None] >= boxes[:, None, :, :2], points[:, None] <= boxes[:, None, :, 2:]
    return (above & below).all(-1).any(-1)


def side_loss(sides: Tensor, wanted: Tensor) -> Tensor:
    """Distribution focal loss of side logits (n, 4, BINS) against distances (n, 4) in strides.

    Source: Li et al., Generalized Focal Loss, 2020.
    """
    wanted = wanted.clamp(0, BINS - 1 - 0.01)
    low = wanted.long()
    part = wanted - low
    logits = sides.flatten(0, 1)
    below = functional.cross_entropy(logits, low.flatten(), reduction="none")
    above = functional.cross_entropy(logits, low.flatten() + 1, reduction="none")
    return (below * (1 - part.flatten()) + above * part.flatten()).view_as(wanted).mean(1)


def batch_loss(logits: Tensor, sides: Tensor, points: Tensor, strides: Tensor, truth: Truth) -> Tensor:
    """Quality focal, generalised IoU, side and class loss of a batch, per unit of target.

    logits (b, cells, rows), sides (b, cells, 4, BINS). A box of unknown class teaches where it is, not what
    it is.
    """
    predicted = decode(sides, points, strides)
    found = logits[..., 0]
    number, target = assign(found.sigmoid().detach(), predicted.detach(), points, strides, truth.boxes)
    taken = number >= 0
    weight = (~inside_any(points, truth.ignored) | taken).float()
    picture, cell = taken.nonzero(as_tuple=True)
    own, pays = truth.boxes[picture, number[taken]], target[taken]
    _, generalised = overlap(predicted[taken], own)
    distance = torch.cat([points[cell] - own[:, :2], own[:, 2:] - points[cell]], 1) / strides[cell]
    terms = BOX_WEIGHT * (1 - generalised) + SIDE_WEIGHT * side_loss(sides[taken], distance)
    if logits.shape[-1] > 1:
        classes = truth.classes[picture, number[taken]]
        terms = terms + CLASS_WEIGHT * functional.cross_entropy(
            logits[taken][:, 1:], classes, ignore_index=UNKNOWN, reduction="none"
        )
    surprise = (found.sigmoid().detach() - target).abs() ** 2
    score_terms = functional.binary_cross_entropy_with_logits(found, target, reduction="none") * surprise
    return ((score_terms * weight).sum() + (terms * pays).sum()) / pays.sum().clamp(min=1.0)
