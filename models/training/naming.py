"""Cars and large vehicles named equally well: a shift of the class rows, chosen on pictures held back.

Cars are many, lorries few, so a net that learnt from both calls a doubtful lorry a car. What is found, where
and how sure does not change: only how much likelier than a car a truck or a bus must look.
"""

import argparse
import json
import logging
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import onnx
from onnx import numpy_helper

from models.training.card import FP32_FILE, INT8_FILE, resealed
from models.training.judge import iou_table, letterbox, session_of, size_for, suppressed
from models.training.nanodet import VEHICLES
from models.training.pictures import Labelled
from models.training.vehicle_sets import held_highway

log = logging.getLogger("training")

CAR, LARGE = VEHICLES.index("car"), [VEHICLES.index("truck"), VEHICLES.index("bus")]
FOUND_AT = 0.4
SHIFTS = tuple(np.arange(0, 2.51, 0.25).tolist())
BIAS = "last.0.bias"
AREA = 416 * 256
"""Input pixels at which names are judged: what ships."""


def named(graph: Path, pictures: Sequence[Labelled], area: int) -> tuple[np.ndarray, np.ndarray]:
    """True classes (n,) of the vehicles found, and the logits (n, classes) by which the graph names them.

    Logits are known but for a constant: a class scores its share of what the likeliest one does.
    """
    session = session_of(graph)
    truth, logits = [], []
    for picture in pictures:
        image = picture.image()
        tall, wide = image.shape[:2]
        width, height = size_for(wide, tall, area)
        canvas, scale = letterbox(image, width, height)
        boxes, scores = (out[0] for out in session.run(["boxes", "scores"], {"images": canvas[None]}))
        sure = scores.max(axis=1) >= FOUND_AT
        boxes, scores = boxes[sure] / scale, scores[sure]
        kept = suppressed(boxes, scores.max(axis=1))
        table = iou_table(boxes[kept], picture.boxes * np.array([wide, tall] * 2))
        for row, scored in zip(table, scores[kept], strict=True):
            if row.size and row.max() >= 0.5 and picture.classes[row.argmax()] >= 0:
                truth.append(int(picture.classes[row.argmax()]))
                logits.append(np.log(np.maximum(scored, 1e-9)))
    return np.array(truth), np.array(logits)


def balance(truth: np.ndarray, logits: np.ndarray, shift: float) -> float:
    """The mean of the shares of cars, and of trucks and buses together, that are called what they are."""
    moved = logits.copy()
    moved[:, LARGE] += shift
    right = moved.argmax(axis=1) == truth
    large = np.isin(truth, LARGE)
    return float(right[truth == CAR].mean() + right[large].mean()) / 2


def best_shift(truth: np.ndarray, logits: np.ndarray) -> float:
    """The shift of trucks and buses at which both kinds are named best."""
    return max(SHIFTS, key=lambda shift: balance(truth, logits, shift))


def shift_large(graph: Path, shift: float) -> None:
    """Add to the biases of the truck and bus rows of a graph, in place; the row before the classes finds."""
    model = onnx.load(graph)
    biases = [one for one in model.graph.initializer if one.name.endswith(BIAS)]
    for bias in biases:
        values = numpy_helper.to_array(bias).copy()
        values[[1 + row for row in LARGE]] += np.float32(shift)
        bias.CopyFrom(numpy_helper.from_array(values, bias.name))
    onnx.save(model, graph)


def balance_names(graphs: Sequence[Path], pictures: Sequence[Labelled], area: int = AREA) -> float:
    """Choose the shift on the first graph and give it to all of them. Gives the shift: 0 a second time."""
    truth, logits = named(graphs[0], pictures, area)
    shift = best_shift(truth, logits)
    said = {f"{s:g}": round(balance(truth, logits, s), 4) for s in SHIFTS}
    log.info("names of %d held vehicles, balance by shift: %s", len(truth), json.dumps(said))
    if shift:
        for graph in graphs:
            shift_large(graph, shift)
    return shift


def said_of(shift: float) -> str:
    """What the card says of it."""
    return f"logits of truck and bus raised by {shift:g}: large vehicles are named as well as cars"


def main() -> None:
    """Balance the names of a pack that was trained before."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--pack", type=Path, default=Path("models/vehicles"))
    parser.add_argument("--shared", type=Path, default=Path("../shared"))
    given = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    graphs = [path for name in (FP32_FILE, INT8_FILE) if (path := given.pack / name).exists()]
    shift = balance_names(graphs, held_highway(given.shared))
    if shift:
        resealed(given.pack, said_of(shift))


if __name__ == "__main__":
    main()
