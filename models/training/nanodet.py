"""NanoDet-g as a torch module: a CSP backbone, a path aggregation neck, one head a level.

Source: RangiLyu, NanoDet (Apache-2.0), model `nanodet-g`. Batch norms are folded into the convolutions.
"""

from collections.abc import Sequence
from itertools import pairwise

import torch
from torch import Tensor, nn
from torch.nn import functional

from models.training.tfjs import Graph

STRIDES = (8, 16, 32)
BINS = 11
"""A side's distance from the cell's centre is a softmax over 0..10 strides."""

COCO_ROWS = {"car": 2, "truck": 7, "bus": 5, "motorcycle": 3}
VEHICLES = tuple(COCO_ROWS)
PLATES = ("plate",)

MEAN_BGR = (103.53, 116.28, 123.675)
STD_BGR = (57.375, 57.12, 58.395)


def conv(inside: int, outside: int, kernel: int = 3, stride: int = 1, active: bool = True) -> nn.Sequential:
    """A convolution with bias, and LeakyReLU(0.1) when `active`."""
    plain = nn.Conv2d(inside, outside, kernel, stride, kernel // 2)
    return nn.Sequential(plain, nn.LeakyReLU(0.1, inplace=True)) if active else nn.Sequential(plain)


class Residual(nn.Module):
    """Two convolutions whose results are joined."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.first = conv(channels, channels // 2)
        self.second = conv(channels // 2, channels // 2)

    def forward(self, x: Tensor) -> Tensor:
        x = self.first(x)
        return torch.cat([self.second(x), x], 1)


class Stage(nn.Module):
    """A strided convolution and `repeats` residual blocks, joined with their input: twice the channels."""

    def __init__(self, channels: int, repeats: int, stride: int) -> None:
        super().__init__()
        self.enter = conv(channels, channels, 3, stride)
        self.blocks = nn.Sequential(*(Residual(channels) for _ in range(repeats)), conv(channels, channels))

    def forward(self, x: Tensor) -> Tensor:
        x = self.enter(x)
        return torch.cat([self.blocks(x), x], 1)


class Head(nn.Module):
    """Score logits and side distances of one level, from one shared convolution."""

    def __init__(self, channels: int, rows: int) -> None:
        super().__init__()
        self.shared = conv(channels, channels)
        self.last = conv(channels, rows + 4 * BINS, 1, active=False)

    def forward(self, x: Tensor) -> Tensor:
        return self.last(self.shared(x))


class NanoDet(nn.Module):
    """Pictures (n, 3, height, width), BGR 0-255, sides a multiple of 32.

    Gives score logits (n, cells, rows) and side logits (n, cells, 4, BINS), cells of stride 8 first, row by
    row. Of our own nets row 0 says whether there is an object, the others (if any) which class it has.
    """

    def __init__(self, rows: int) -> None:
        super().__init__()
        self.rows = rows
        self.stem = nn.Sequential(conv(3, 32, 3, 2), nn.MaxPool2d(3, 2, 1))
        self.stages = nn.ModuleList([Stage(32, 1, 1), Stage(64, 2, 2), Stage(128, 2, 2), Stage(256, 3, 2)])
        self.laterals = nn.ModuleList([conv(c, 128, 1, active=False) for c in (128, 256, 512)])
        self.heads = nn.ModuleList([Head(128, rows) for _ in STRIDES])

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        outputs = [head(level) for head, level in zip(self.heads, self.levels(x), strict=True)]
        flat = torch.cat([o.flatten(2) for o in outputs], 2).transpose(1, 2)
        return flat[..., : self.rows], flat[..., self.rows :].unflatten(-1, (4, BINS))

    def levels(self, x: Tensor) -> list[Tensor]:
        """Neck features (n, 128, height / stride, width / stride), one per stride."""
        x, found = self.stages[0](self.stem(x)), []
        for stage, lateral in zip(self.stages[1:], self.laterals, strict=True):
            x = stage(x)
            found.append(lateral(x))
        for upper, lower in ((2, 1), (1, 0)):
            found[lower] = found[lower] + _resized(found[upper], 2.0)
        for lower, upper in pairwise(range(3)):
            found[upper] = found[upper] + _resized(found[lower], 0.5)
        return found


def _resized(x: Tensor, factor: float) -> Tensor:
    return functional.interpolate(x, scale_factor=factor, mode="bilinear", align_corners=False)


def in_run_order(net: NanoDet) -> list[nn.Conv2d]:
    """The convolutions in the order in which the published graph numbers them."""
    parts = [net.stem, net.stages, net.laterals, net.heads]
    return [m for part in parts for m in part.modules() if isinstance(m, nn.Conv2d)]


def from_graph(graph: Graph) -> NanoDet:
    """The published 80-class net, with mean and standard deviation still outside."""
    net = NanoDet(80)
    with torch.no_grad():
        for module, (kernel, bias) in zip(in_run_order(net), graph.convolutions(), strict=True):
            module.weight.copy_(torch.from_numpy(kernel.copy()).permute(3, 2, 0, 1))
            module.bias.copy_(torch.from_numpy(bias.copy()))
    return net


def class_scores(logits: Tensor) -> Tensor:
    """Score logits (..., rows) of a net of ours to scores (..., classes).

    The likeliest class gets the object's score as it is, so that what is found does not hang on how sure its
    class is; the others get their share of it.
    """
    found = logits[..., :1].sigmoid()
    if logits.shape[-1] == 1:
        return found
    likely = logits[..., 1:].softmax(-1)
    return found * likely / likely.amax(-1, keepdim=True)


def with_rows(published: NanoDet, rows: Sequence[int]) -> NanoDet:
    """The net with score rows taken from the published one's, mean and deviation folded in."""
    net = NanoDet(len(rows))
    state = published.state_dict()
    kept = torch.tensor([*rows, *range(80, 80 + 4 * BINS)])
    for name in [n for n in state if ".last." in n]:
        state[name] = state[name][kept]
    net.load_state_dict(state)
    fold_normalisation(net)
    return net


def fold_normalisation(net: NanoDet) -> None:
    """Take (x - mean) / deviation into the first convolution, so that it reads 0-255.

    At the picture's very edge the result differs slightly, since padding is now 0 instead of the mean.
    """
    first = in_run_order(net)[0]
    mean, deviation = (torch.tensor(v).view(1, 3, 1, 1) for v in (MEAN_BGR, STD_BGR))
    with torch.no_grad():
        first.weight.div_(deviation)
        first.bias.sub_((first.weight * mean).sum((1, 2, 3)))


def centres(height: int, width: int) -> tuple[Tensor, Tensor]:
    """Cell centres (cells, 2) as x, y in pixels and strides (cells, 1), in the order of the net's rows."""
    points, strides = [], []
    for stride in STRIDES:
        ys, xs = torch.meshgrid(torch.arange(height // stride), torch.arange(width // stride), indexing="ij")
        points.append((torch.stack([xs.flatten(), ys.flatten()], 1) + 0.5) * stride)
        strides.append(torch.full((points[-1].shape[0], 1), float(stride)))
    return torch.cat(points), torch.cat(strides)


def decode(sides: Tensor, points: Tensor, strides: Tensor) -> Tensor:
    """Side logits (..., cells, 4, BINS) to boxes (..., cells, 4) as xyxy in pixels."""
    bins = torch.arange(BINS, dtype=sides.dtype, device=sides.device)
    distance = (sides.softmax(-1) * bins).sum(-1) * strides
    return torch.cat([points - distance[..., :2], points + distance[..., 2:]], -1)
