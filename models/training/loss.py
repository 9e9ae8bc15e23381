"""Which cells learn which box, and what they pay."""

import torch
from torch import Tensor
from torch.nn import functional

from models.training.nanodet import BINS, decode
from models.training.pictures import UNKNOWN

TOP_CELLS = 10
BOX_WEIGHT, SIDE_WEIGHT, CLASS_WEIGHT = 2.0, 0.5, 0.5


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
    """Task-aligned assignment for one picture: box number of each cell (cells,), -1 for none, and its target.

    scores (cells,), predicted (cells, 4), points (cells, 2), strides (cells, 1), boxes (n, 4). A cell may
    learn a box when its centre lies inside (or within half a stride, for the smallest); the ten that agree
    best with it do, and their target score follows that agreement.
    Source: Feng et al., TOOD: Task-aligned One-stage Object Detection, 2021.
    """
    number = torch.full((len(points),), -1, dtype=torch.long)
    target = torch.zeros(len(points))
    if not len(boxes):
        return number, target
    iou, _ = overlap(predicted[:, None], boxes[None])
    middle, half = (boxes[:, :2] + boxes[:, 2:]) / 2, (boxes[:, 2:] - boxes[:, :2]) / 2
    reach = torch.maximum(half[None], strides[:, None] / 2)
    inside = ((points[:, None] - middle[None]).abs() < reach).all(-1)
    agreement = scores[:, None].sqrt() * (iou + 0.01) ** 4 * inside
    best, cells = agreement.topk(min(TOP_CELLS, len(points)), dim=0)
    chosen = torch.zeros_like(agreement).scatter(0, cells, (best > 0).float())
    claim, owner = (chosen * (iou + 1e-6)).max(1)
    taken = claim > 0
    number[taken] = owner[taken]
    own = torch.arange(len(points))[taken], owner[taken]
    agreement = agreement * (torch.zeros_like(agreement).index_put(own, torch.tensor(1.0)))
    peak_agreement, peak_iou = agreement.max(0).values, (iou * (agreement > 0)).max(0).values
    scale = peak_iou.clamp(min=0.3) / peak_agreement.clamp(min=1e-9)
    target[taken] = (agreement * scale)[own]
    return number, target


def inside_any(points: Tensor, boxes: Tensor) -> Tensor:
    """Whether each point (cells, 2) lies in one of the boxes (m, 4)."""
    if not len(boxes):
        return torch.zeros(len(points), dtype=torch.bool)
    above, below = points[:, None] >= boxes[None, :, :2], points[:, None] <= boxes[None, :, 2:]
    return (above & below).all(-1).any(1)


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


def batch_loss(
    logits: Tensor,
    sides: Tensor,
    points: Tensor,
    strides: Tensor,
    truth: list[tuple[Tensor, Tensor, Tensor]],
) -> Tensor:
    """Quality focal, generalised IoU, side and class loss of a batch, per unit of target.

    logits (b, cells, rows), sides (b, cells, 4, BINS); truth per picture: boxes, classes, ignored boxes. A
    box of unknown class teaches where it is, not what it is.
    """
    predicted = decode(sides, points, strides)
    found = logits[..., 0]
    wanted = torch.zeros_like(found)
    weight = torch.ones_like(found)
    box_terms, total = logits.new_zeros(()), logits.new_zeros(())
    for k, (boxes, classes, ignored) in enumerate(truth):
        number, target = assign(found[k].sigmoid().detach(), predicted[k].detach(), points, strides, boxes)
        cells = torch.nonzero(number >= 0).flatten()
        weight[k] = (~inside_any(points, ignored) | (number >= 0)).float()
        if not len(cells):
            continue
        own = boxes[number[cells]]
        wanted[k, cells] = target[cells]
        _, generalised = overlap(predicted[k, cells], own)
        distance = torch.cat([points[cells] - own[:, :2], own[:, 2:] - points[cells]], 1) / strides[cells]
        terms = BOX_WEIGHT * (1 - generalised) + SIDE_WEIGHT * side_loss(sides[k, cells], distance)
        if logits.shape[-1] > 1:
            terms = terms + CLASS_WEIGHT * functional.cross_entropy(
                logits[k, cells, 1:], classes[number[cells]], ignore_index=UNKNOWN, reduction="none"
            )
        box_terms = box_terms + (terms * target[cells]).sum()
        total = total + target[cells].sum()
    surprise = (found.sigmoid().detach() - wanted).abs() ** 2
    score_terms = functional.binary_cross_entropy_with_logits(found, wanted, reduction="none") * surprise
    return ((score_terms * weight).sum() + box_terms) / total.clamp(min=1.0)
