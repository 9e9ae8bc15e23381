"""INT8 graphs: weights per channel, activations by what train pictures show, the last layers float."""

import logging
import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import onnx
from onnxruntime.quantization import CalibrationDataReader, QuantFormat, QuantType, quantize_static
from onnxruntime.quantization.shape_inference import quant_pre_process

from models.training.judge import letterbox, size_for
from models.training.sources import Source, draw

PICTURES, SEED = 96, 11
QUANTISED = ["Conv", "LeakyRelu", "Concat", "Add", "MaxPool"]


class TrainPictures(CalibrationDataReader):
    """Train pictures at the shapes that a pack looks at them."""

    def __init__(self, sets: list[Source], area: int) -> None:
        self._inputs = self._drawn(sets, area)

    @staticmethod
    def _drawn(sets: list[Source], area: int) -> Iterator[dict[str, np.ndarray]]:
        rng = np.random.default_rng(SEED)
        for _ in range(PICTURES):
            image = draw(rng, sets, 1)[0].image()
            size = size_for(image.shape[1], image.shape[0], area)
            yield {"images": letterbox(image, *size)[0][None]}

    def get_next(self) -> dict[str, np.ndarray] | None:
        """The next input, None at the end."""
        return next(self._inputs, None)


def after_last_convolutions(model: onnx.ModelProto) -> list[str]:
    """Names of the convolutions that give the rows, and of all nodes behind them."""
    readers: dict[str, list[onnx.NodeProto]] = {}
    for node in model.graph.node:
        for name in node.input:
            readers.setdefault(name, []).append(node)

    def behind(node: onnx.NodeProto) -> set[str]:
        names, waiting = set(), [node]
        while waiting:
            one = waiting.pop()
            if one.name not in names:
                names.add(one.name)
                waiting += [reader for output in one.output for reader in readers.get(output, [])]
        return names

    convolutions = [n for n in model.graph.node if n.op_type == "Conv"]
    kinds = {n.name: n.op_type for n in model.graph.node}
    behind_each = {n.name: behind(n) for n in convolutions}
    last = [n for n, names in behind_each.items() if sum(kinds[name] == "Conv" for name in names) == 1]
    kept = set().union(*(behind_each[name] for name in last))
    before = set().union(*(names for n, names in behind_each.items() if n not in last)) - kept
    outside = {n.name for n in model.graph.node} - before - set(behind_each)
    return sorted(kept | outside)


def quantise(full: Path, path: Path, sets: list[Source], area: int) -> None:
    """Write the INT8 graph of `full`."""
    logging.getLogger().setLevel(logging.WARNING)
    with tempfile.TemporaryDirectory() as folder:
        ready = Path(folder) / "ready.onnx"
        quant_pre_process(str(full), str(ready), skip_symbolic_shape=True)
        quantize_static(
            str(ready),
            str(path),
            TrainPictures(sets, area),
            quant_format=QuantFormat.QDQ,
            per_channel=True,
            activation_type=QuantType.QUInt8,
            weight_type=QuantType.QInt8,
            op_types_to_quantize=QUANTISED,
            nodes_to_exclude=after_last_convolutions(onnx.load(ready)),
        )
    logging.getLogger().setLevel(logging.INFO)
    model = onnx.load(path)
    source = onnx.load(full, load_external_data=False)
    del model.metadata_props[:]
    model.metadata_props.extend(source.metadata_props)
    onnx.save(model, path)
