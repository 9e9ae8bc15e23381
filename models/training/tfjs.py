"""Reading a TensorFlow.js graph model: its weights, and a plain run of it to compare with."""

import base64
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

Node = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Graph:
    """Nodes in the file's order and constants by name; weights stored as float16 are float32 here."""

    nodes: list[Node]
    constants: dict[str, np.ndarray]

    def convolutions(self) -> list[tuple[np.ndarray, np.ndarray]]:
        """Kernel (height, width, in, out) and bias (out,) of each Conv2D, by the number in its name."""
        bias = {n["input"][0]: n["input"][1] for n in self.nodes if n["op"] == "Add"}
        convs = [n for n in self.nodes if n["op"] == "Conv2D"]
        convs.sort(key=lambda n: int(n["name"].partition("convolution")[2].lstrip("_") or 0))
        return [(self.constants[n["input"][1]], self.constants[bias[n["name"]]]) for n in convs]


def read_graph(path: Path) -> Graph:
    """Read `name.json` and the binary weights that it names."""
    model = json.loads(path.read_text())
    constants: dict[str, np.ndarray] = {}
    for group in model["weightsManifest"]:
        data = b"".join((path.parent / part).read_bytes() for part in group["paths"])
        at = 0
        for entry in group["weights"]:
            stored = np.dtype(entry.get("quantization", entry)["dtype"])
            count = int(np.prod(entry["shape"]))
            values = np.frombuffer(data, stored, count, at).reshape(entry["shape"])
            constants[entry["name"]] = values.astype(entry["dtype"])
            at += count * stored.itemsize
    return Graph(model["modelTopology"]["node"], constants)


def run_graph(graph: Graph, picture: Tensor) -> dict[str, Tensor]:
    """Run the graph operator by operator on one input (1, 3, height, width); gives its outputs."""
    values = {name: torch.from_numpy(array.copy()) for name, array in graph.constants.items()}
    waiting = [n for n in graph.nodes if n["op"] != "Const"]
    while waiting:
        ready = [n for n in waiting if all(_base(i) in values for i in n.get("input", []))]
        if not ready:
            raise ValueError(f"the graph does not run: {waiting[0]['name']} waits for its inputs")
        for node in ready:
            if node["op"] == "Placeholder":
                values[node["name"]] = picture
            else:
                result = OPERATORS[node["op"]](node, [values[_key(i)] for i in node["input"]])
                values |= _named(node["name"], result)
        done = {id(n) for n in ready}
        waiting = [n for n in waiting if id(n) not in done]
    return {n["name"]: values[n["name"]] for n in graph.nodes if n["op"] == "Identity"}


def _base(name: str) -> str:
    return name.split(":")[0]


def _key(name: str) -> str:
    return name.removesuffix(":0")


def _named(name: str, result: Tensor | tuple[Tensor, ...]) -> dict[str, Tensor]:
    if isinstance(result, Tensor):
        return {name: result}
    return {name: result[0]} | {f"{name}:{k}": part for k, part in enumerate(result) if k}


def _conv(node: Node, x: list[Tensor]) -> Tensor:
    assert base64.b64decode(node["attr"]["padding"]["s"]) == b"VALID"
    stride = int(node["attr"]["strides"]["list"]["i"][1])
    return functional.conv2d(x[0].permute(0, 3, 1, 2), x[1].permute(3, 2, 0, 1), stride=stride).permute(
        0, 2, 3, 1
    )


def _pool(node: Node, x: list[Tensor]) -> Tensor:
    attr = node["attr"]
    size, stride = (int(attr[key]["list"]["i"][1]) for key in ("ksize", "strides"))
    return functional.max_pool2d(x[0].permute(0, 3, 1, 2), size, stride).permute(0, 2, 3, 1)


def _pad(node: Node, x: list[Tensor]) -> Tensor:
    flat = [int(side) for pair in reversed(x[1].tolist()) for side in pair]
    return functional.pad(x[0], flat, value=float(x[2]) if len(x) > 2 else 0.0)


def _resize(node: Node, x: list[Tensor]) -> Tensor:
    size = [int(side) for side in x[1]]
    scaled = functional.interpolate(x[0].permute(0, 3, 1, 2), size, mode="bilinear", align_corners=False)
    return scaled.permute(0, 2, 3, 1)


OPERATORS: dict[str, Callable[[Node, list[Tensor]], Tensor | tuple[Tensor, ...]]] = {
    "Add": lambda _, x: x[0] + x[1],
    "AddV2": lambda _, x: x[0] + x[1],
    "ConcatV2": lambda _, x: torch.cat(x[:-1], int(x[-1])),
    "Conv2D": _conv,
    "Identity": lambda _, x: x[0],
    "LeakyRelu": lambda n, x: functional.leaky_relu(x[0], n["attr"]["alpha"]["f"]),
    "MaxPool": _pool,
    "Pad": _pad,
    "PadV2": _pad,
    "Reshape": lambda _, x: x[0].reshape([int(side) for side in x[1]]),
    "ResizeBilinear": _resize,
    "Sigmoid": lambda _, x: x[0].sigmoid(),
    "SparseToDense": lambda _, x: x[3].expand(
        [int(side) for side in x[1]]
    ),  # no sparse entries in this graph
    "SplitV": lambda _, x: x[0].split([int(side) for side in x[1]], int(x[2])),
    "Transpose": lambda _, x: x[0].permute([int(axis) for axis in x[1]]),
}
