"""The training loop: seeded batches, a curve, averaged weights; bfloat16, on a GPU if there is one."""

import copy
import json
import logging
import math
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor
from torch.utils.data import DataLoader, IterableDataset, get_worker_info

from models.training.augment import COMMON_WAYS, Example, Ways, example
from models.training.loss import Truth, batch_loss
from models.training.nanodet import NanoDet, centres
from models.training.sources import Source, draw

log = logging.getLogger("training")

LOGGED_STEPS = 50


@dataclass(frozen=True, slots=True)
class Plan:
    """How long and how fast a net learns. `sizes`: widths and heights of batches, drawn alike."""

    steps: int
    sizes: tuple[tuple[int, int], ...]
    batch: int = 12
    seed: int = 7
    rate: float = 4e-4
    warm_steps: int = 80
    mosaic: float = 0.35
    decay: float = 0.997
    clip: float = 10.0
    ways: Ways = COMMON_WAYS


class Batches(IterableDataset[list[Example]]):
    """Batches of examples of one size each, the same for the same seed however many processes make them."""

    def __init__(self, sets: list[Source], plan: Plan) -> None:
        self.sets, self.plan = sets, plan

    def __iter__(self) -> Iterator[list[Example]]:
        plan, worker = self.plan, get_worker_info()
        first, apart = (worker.id, worker.num_workers) if worker else (0, 1)
        for step in range(first, plan.steps, apart):
            rng = np.random.default_rng((plan.seed, step))
            size = plan.sizes[rng.integers(len(plan.sizes))]
            yield [self._example(rng, size) for _ in range(plan.batch)]

    def _example(self, rng: np.random.Generator, size: tuple[int, int]) -> Example:
        drawn = draw(rng, self.sets, 4 if rng.random() < self.plan.mosaic else 1)
        return example(drawn, *size, self.plan.ways, rng)


def tensors(batch: list[Example]) -> tuple[Tensor, Truth]:
    """Pictures (b, height, width, 3) uint8 and their truth."""
    return torch.from_numpy(np.stack([e.image for e in batch])), Truth.of(batch)


def rate_at(step: int, plan: Plan) -> float:
    """Learning rate: a linear start, then half a cosine down to 2 %."""
    if step < plan.warm_steps:
        return plan.rate * (step + 1) / plan.warm_steps
    done = (step - plan.warm_steps) / max(1, plan.steps - plan.warm_steps)
    return plan.rate * (0.02 + 0.98 * (1 + math.cos(math.pi * done)) / 2)


@torch.no_grad()
def follow(average: NanoDet, net: NanoDet, step: int, decay: float) -> None:
    """Move the averaged weights towards the net's."""
    keep = decay * (1 - math.exp(-(step + 1) / 200))
    for slow, fast in zip(average.parameters(), net.parameters(), strict=True):
        slow.lerp_(fast, 1 - keep)


def train(net: NanoDet, sets: list[Source], plan: Plan, curve_file: Path, loaders: int = 1) -> NanoDet:
    """Fine-tune the net; gives the averaged one, on the CPU. Its learning curve goes to `curve_file`.

    loaders: processes that make the pictures; one keeps two cores busy, a GPU needs a dozen.
    """
    torch.manual_seed(plan.seed)
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    net = net.train().to(device, memory_format=torch.channels_last)
    average = copy.deepcopy(net).eval()
    optimiser = torch.optim.AdamW(net.parameters(), lr=plan.rate, weight_decay=0.01)
    loader = DataLoader(
        Batches(sets, plan), batch_size=None, num_workers=loaders, prefetch_factor=8, collate_fn=tensors
    )
    losses: list[Tensor] = []
    began = time.perf_counter()
    with curve_file.open("w") as curve:
        for step, (pictures, truth) in enumerate(loader, 1):
            shown = pictures.to(device).permute(0, 3, 1, 2).float()
            losses.append(learn(net, optimiser, shown, truth.to(device), rate_at(step - 1, plan), plan.clip))
            follow(average, net, step - 1, plan.decay)
            if step % LOGGED_STEPS == 0:
                row = {"step": step, "loss": round(float(torch.stack(losses).mean()), 4)}
                row["wall_s"] = round(time.perf_counter() - began)
                losses.clear()
                curve.write(json.dumps(row) + "\n")
                curve.flush()
                log.info("%s", row)
    return average.cpu()


def learn(
    net: NanoDet,
    optimiser: torch.optim.Optimizer,
    pictures: Tensor,
    truth: Truth,
    rate: float,
    clip: float,
) -> Tensor:
    """One step on pictures (b, 3, height, width) 0-255; gives the loss."""
    for group in optimiser.param_groups:
        group["lr"] = rate
    with torch.autocast(pictures.device.type, torch.bfloat16):
        logits, sides = net(pictures)
    points, strides = (t.to(pictures.device) for t in centres(*pictures.shape[2:]))
    loss = batch_loss(logits.float(), sides.float(), points, strides, truth)
    optimiser.zero_grad(set_to_none=True)
    loss.backward()
    torch.nn.utils.clip_grad_norm_(net.parameters(), clip)
    optimiser.step()
    return loss.detach()
