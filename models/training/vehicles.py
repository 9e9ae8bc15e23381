"""Rebuild the vehicle pack: `python -m models.training.vehicles --shared ../shared --out models/vehicles`."""

import argparse
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
from torch.utils.data import DataLoader, IterableDataset

from models.training.augment import Example, example
from models.training.card import HEIGHT, WIDTH, write_card
from models.training.export import export
from models.training.judge import Found, cpu_ms, judge, pack_finder, test_sets
from models.training.loss import batch_loss
from models.training.nanodet import NanoDet, centres
from models.training.pictures import digest
from models.training.sets import Source, draw, held_sets, sources
from models.training.start import start

log = logging.getLogger("vehicles")

SIZES = ((416, 256), (416, 256), (416, 256), (512, 320), (320, 320), (320, 192))
"""Widths and heights of batches, drawn alike."""


HELD_NAMES = ("topview held", "rf100 valid", "rendered held")


@dataclass(frozen=True, slots=True)
class Plan:
    """How long and how fast the net learns."""

    steps: int = 1300
    batch: int = 12
    seed: int = 7
    rate: float = 4e-4
    warm_steps: int = 80
    mosaic: float = 0.35
    decay: float = 0.995
    clip: float = 10.0


class Batches(IterableDataset[list[Example]]):
    """Batches of examples of one size each, the same for the same seed."""

    def __init__(self, sets: list[Source], plan: Plan, first: int = 0) -> None:
        self.sets, self.plan, self.first = sets, plan, first

    def __iter__(self) -> Iterator[list[Example]]:
        for step in range(self.first, self.plan.steps):
            rng = np.random.default_rng((self.plan.seed, step))
            width, height = SIZES[rng.integers(len(SIZES))]
            yield [
                example(draw(rng, self.sets, 4 if rng.random() < self.plan.mosaic else 1), width, height, rng)
                for _ in range(self.plan.batch)
            ]


def tensors(batch: list[Example]) -> tuple[Tensor, list[tuple[Tensor, Tensor, Tensor]]]:
    """Pictures (b, 3, height, width) float 0-255 and their truth."""
    pictures = torch.from_numpy(np.stack([e.image for e in batch])).permute(0, 3, 1, 2).float()
    truth = [tuple(torch.from_numpy(a) for a in (e.boxes, e.classes, e.ignore)) for e in batch]
    return pictures.contiguous(memory_format=torch.channels_last), truth


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


def train(net: NanoDet, sets: list[Source], plan: Plan, work: Path) -> NanoDet:
    """Fine-tune in bfloat16 on the CPU; gives the averaged net. The curve goes to `work/curve.jsonl`."""
    torch.manual_seed(plan.seed)
    net = net.train().to(memory_format=torch.channels_last)
    average = copy.deepcopy(net).eval()
    optimiser = torch.optim.AdamW(net.parameters(), lr=plan.rate, weight_decay=0.01)
    loader = DataLoader(
        Batches(sets, plan), batch_size=None, num_workers=1, prefetch_factor=4, collate_fn=tensors
    )
    losses: list[float] = []
    began = time.perf_counter()
    with (work / "curve.jsonl").open("w") as curve:
        for step, (pictures, truth) in enumerate(loader):
            losses.append(learn(net, optimiser, pictures, truth, rate_at(step, plan), plan.clip))
            follow(average, net, step, plan.decay)
            if step % 50 == 49:
                row = {"step": step + 1, "loss": round(float(np.mean(losses[-50:])), 4)}
                row["wall_s"] = round(time.perf_counter() - began)
                curve.write(json.dumps(row) + "\n")
                curve.flush()
                log.info("%s", row)
            if step % 100 == 99:
                torch.save(average.state_dict(), work / "average.pt")
    torch.save(average.state_dict(), work / "average.pt")
    return average


def learn(
    net: NanoDet,
    optimiser: torch.optim.Optimizer,
    pictures: Tensor,
    truth: list[tuple[Tensor, Tensor, Tensor]],
    rate: float,
    clip: float,
) -> float:
    """One step; gives the loss."""
    for group in optimiser.param_groups:
        group["lr"] = rate
    with torch.autocast("cpu", torch.bfloat16):
        logits, sides = net(pictures)
    points, strides = centres(*pictures.shape[2:])
    loss = batch_loss(logits.float(), sides.float(), points, strides, truth)
    optimiser.zero_grad(set_to_none=True)
    loss.backward()
    torch.nn.utils.clip_grad_norm_(net.parameters(), clip)
    optimiser.step()
    return float(loss.detach())


def summary(found: Found) -> dict[str, float]:
    """Average precision and the best F1 as plain figures."""
    score, precision, recall = found.best()
    figures = {
        "ap50": found.average_precision(),
        "best_f1_score": score,
        "best_f05_score": found.best(0.5)[0],
        "precision": precision,
        "recall": recall,
    }
    return {name: round(value, 3) for name, value in figures.items()}


def judged(model: Path, shared: Path, rendered: Path) -> dict[str, dict[str, float]]:
    """Figures of a pack's graph on every set that was not learnt from."""
    results = {name: summary(judge(p, pack_finder(model))) for name, p in held_sets(shared, rendered).items()}
    for name, pictures in test_sets(shared).items():
        results[name] = summary(judge(pictures, pack_finder(model)))
        results[f"{name}, 416x416"] = summary(judge(pictures, pack_finder(model, size=(416, 416))))
    return results


def threshold(results: dict[str, dict[str, float]]) -> float:
    """The score of the pack: the mean of the best F0.5 scores of the held sets.

    A vehicle missed in one picture is found in the next; a box where none is may be counted.
    """
    return round(float(np.mean([results[name]["best_f05_score"] for name in HELD_NAMES])), 2)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shared", type=Path, default=Path("../shared"))
    parser.add_argument("--out", type=Path, default=Path("models/vehicles"))
    parser.add_argument(
        "--work", type=Path, default=Path("work/vehicles"), help="package, renders, curve, weights"
    )
    parser.add_argument("--steps", type=int, default=Plan().steps)
    parser.add_argument("--threads", type=int, default=2)
    return parser.parse_args()


def main() -> None:
    """Fetch the start, learn, judge, and write the pack."""
    given = arguments()
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    torch.set_num_threads(given.threads)
    given.work.mkdir(parents=True, exist_ok=True)
    given.out.mkdir(parents=True, exist_ok=True)
    rendered = given.work / "rendered"
    net = start(given.work)
    export(net, given.work / "start.onnx", WIDTH, HEIGHT)
    sets = sources(given.shared, rendered, net.eval())
    data = [
        {
            "name": s.name,
            "pictures": len(s.pictures),
            "share": s.share,
            "licence": s.licence,
            "sha256": digest(s.pictures),
        }
        | ({"notice": s.notice} if s.notice else {})
        for s in sets
    ]
    (given.work / "data.json").write_text(json.dumps(data, indent=2))
    plan = Plan(steps=given.steps)
    average = train(net, sets, plan, given.work)
    export(average, given.out / "model.onnx", WIDTH, HEIGHT)
    before = judged(given.work / "start.onnx", given.shared, rendered)
    after = judged(given.out / "model.onnx", given.shared, rendered)
    speed = {
        "416x256": cpu_ms(given.out / "model.onnx", "images", np.zeros((1, HEIGHT, WIDTH, 3), np.uint8)),
        "yolox_nano 416x416": cpu_ms(
            given.shared / "models/yolox_nano.onnx", "images", np.zeros((1, 3, 416, 416), np.float32)
        ),
    }
    results = {"before": before, "after": after, "cpu_ms_one_thread": speed}
    changes = f"mean and deviation folded into the first convolution; all weights trained further, {plan}"
    write_card(given.out, threshold(after), data, results, changes)
    log.info("%s", json.dumps(after, indent=2))


if __name__ == "__main__":
    main()
