"""What the commands that rebuild a pack share: options, figures of a graph, the choice of its score."""

import argparse
import json
import logging
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path

import numpy as np
import torch

from models.training.card import FP32_FILE, INT8_FILE, Kind, write_card
from models.training.export import export, pack_half
from models.training.judge import Found, judge, pack_finder
from models.training.learn import Plan, train
from models.training.nanodet import NanoDet
from models.training.pictures import Labelled
from models.training.quantise import quantise
from models.training.sources import Source

log = logging.getLogger("training")

INT8_LOSS = 0.01
"""An INT8 graph ships if it loses no more average precision than this, in the mean of the held sets."""

Sets = Mapping[str, list[Labelled]]


def arguments(doc: str, pack: str) -> argparse.Namespace:
    """The options of a rebuild."""
    parser = argparse.ArgumentParser(description=doc)
    parser.add_argument("--shared", type=Path, default=Path("../shared"), help="pictures and labels")
    parser.add_argument("--out", type=Path, default=Path("models") / pack)
    parser.add_argument(
        "--work", type=Path, default=Path("work") / pack, help="package, renders, curve, weights"
    )
    parser.add_argument(
        "--done",
        type=int,
        default=0,
        help="stages that lie in --work already: go on after them",
    )
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument(
        "--loaders", type=int, default=1, help="processes that make pictures (a GPU needs a dozen)"
    )
    given = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    torch.set_num_threads(given.threads)
    for folder in (given.work, given.out):
        folder.mkdir(parents=True, exist_ok=True)
    return given


def rebuild(
    given: argparse.Namespace,
    kind: Kind,
    net: NanoDet,
    sets: list[Source],
    plans: list[Plan],
    held: Sets,
    score: Callable[[list[Found]], float],
    changes: str,
    finish: Callable[[Sequence[Path]], str] = lambda graphs: "",
) -> None:
    """Learn, choose the score on what was held back, and write the pack.

    finish: what is done to the graphs before they are judged; gives what the card says of it.
    """
    data = [source.entry() for source in sets]
    (given.work / "data.json").write_text(json.dumps(data, indent=2))
    log.info("%s", json.dumps({s["name"]: [s["pictures"], s["sha256"][:12]] for s in data}))
    for stage, plan in enumerate(plans, 1):
        learnt = given.work / f"stage-{stage}.pt"
        if stage > given.done:
            curve = given.work / f"curve-{stage}.jsonl"
            torch.save(train(net, sets, plan, curve, given.loaders).state_dict(), learnt)
        net.load_state_dict(torch.load(learnt, weights_only=True))
    average = net.cpu().eval()
    full, int8, area = given.work / "full.onnx", given.work / "int8.onnx", kind.width * kind.height
    export(average, full, kind.classes, kind.width, kind.height)
    pack_half(full, given.out / FP32_FILE)
    quantise(full, int8, sets, area)
    finished = finish([given.out / FP32_FILE, int8])
    found, found_int8 = (
        {name: judge(pictures, pack_finder(path, area)) for name, pictures in held.items()}
        for path in (given.out / FP32_FILE, int8)
    )
    results = {"FP32": summaries(found), "INT8": summaries(found_int8)}
    log.info("%s", json.dumps(results, indent=2))
    (given.out / INT8_FILE).unlink(missing_ok=True)
    if mean_precision(found) - mean_precision(found_int8) <= INT8_LOSS:
        shutil.copyfile(int8, given.out / INT8_FILE)
    recipe = json.dumps([asdict(plan) for plan in plans])
    text = f"mean and deviation folded into the first convolution; {changes}; {recipe}{finished}"
    write_card(
        given.out,
        kind,
        score([*found.values(), *found_int8.values()]),
        data,
        {"held part of train": results},
        text,
    )


def summaries(found: Mapping[str, Found]) -> dict[str, dict[str, float]]:
    """Average precision and the best F1 of each set as plain figures."""
    return {name: summary(one) for name, one in found.items()}


def summary(found: Found) -> dict[str, float]:
    """Average precision and the best F1 as plain figures."""
    score, precision, recall = found.best()
    figures = {"ap50": found.average_precision(), "score": score, "precision": precision, "recall": recall}
    return {name: round(value, 3) for name, value in figures.items()}


def mean_best(found: list[Found], *betas: float) -> float:
    """The mean of the scores where F-beta is best: over held sets, both graphs and `betas`."""
    return round(float(np.mean([one.best(beta)[0] for one in found for beta in betas])), 2)


def mean_precision(found: Mapping[str, Found]) -> float:
    """The mean over sets of the average precision."""
    return float(np.mean([one.average_precision() for one in found.values()]))
