"""The same weights behind Ultralytics' v8 layout, so that every pipeline sees the same boxes.

In: `images` (1, 3, height, width) float, RGB, 0 to 1. Out: `output0` (1, 4 + classes, n), centre first.
The nodes around the net cost a few per cent of it; they are charged to the rivals that need them.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, compose, helper, numpy_helper

from edge.detection.layouts import LayoutName, yolox_grid

PARTS = (("xy", 0, 2), ("wh", 2, 4), ("sure", 4, 5), ("classes", 5, 85))
"""Columns of YOLOX's raw output."""


def adapt(net: Path, layout: LayoutName, height: int, width: int, names: dict[int, str], out: Path) -> None:
    """Write `net` (layout `yolox` or `lanewatch`) with Ultralytics' input and output to `out`."""
    core = onnx.load(net)
    _fix_size(core, height, width)
    core = compose.add_prefix(core, "net_")
    graph = core.graph
    before = _before_lanewatch if layout == "lanewatch" else _before_yolox
    head, weights = before(graph.input[0].name)
    if layout == "lanewatch":
        tail, more = _after_lanewatch({output.name for output in graph.output})
    else:
        tail, more = _after_yolox(graph.output[0].name, height, width)
    nodes = [*head, *graph.node, *tail]
    image = helper.make_tensor_value_info("images", TensorProto.FLOAT, (1, 3, height, width))
    boxes = helper.make_tensor_value_info("output0", TensorProto.FLOAT, (1, 4 + len(names), None))
    whole = helper.make_graph(nodes, "adapted", [image], [boxes], [*graph.initializer, *weights, *more])
    model = helper.make_model(whole, opset_imports=core.opset_import, ir_version=core.ir_version)
    told = {
        "names": repr(names), "stride": "32", "task": "detect", "imgsz": repr([height, width]), "batch": "1"
    }  # fmt: skip
    helper.set_model_props(model, told)
    onnx.save(model, out)


def _fix_size(model: onnx.ModelProto, height: int, width: int) -> None:
    """Write the size into an input with free sides."""
    shape = model.graph.input[0].type.tensor_type.shape.dim
    free = [dim for dim in shape if not dim.dim_value]
    for dim, value in zip(free, (height, width), strict=False):
        dim.dim_value = value


def _constant(name: str, value: np.ndarray) -> onnx.TensorProto:
    return numpy_helper.from_array(value, name)


def _before_yolox(given: str) -> tuple[list[onnx.NodeProto], list[onnx.TensorProto]]:
    """RGB 0 to 1 becomes BGR 0 to 255."""
    weights = [_constant("k255", np.float32(255)), _constant("bgr", np.array([2, 1, 0]))]
    nodes = [
        helper.make_node("Gather", ["images", "bgr"], ["flipped"], axis=1),
        helper.make_node("Mul", ["flipped", "k255"], [given]),
    ]
    return nodes, weights


def _before_lanewatch(given: str) -> tuple[list[onnx.NodeProto], list[onnx.TensorProto]]:
    """The same, as bytes with the colours last."""
    nodes, weights = _before_yolox("bright")
    nodes += [
        helper.make_node("Round", ["bright"], ["whole"]),
        helper.make_node("Cast", ["whole"], ["bytes"], to=TensorProto.UINT8),
        helper.make_node("Transpose", ["bytes"], [given], perm=[0, 2, 3, 1]),
    ]
    return nodes, weights


def _after_lanewatch(outputs: set[str]) -> tuple[list[onnx.NodeProto], list[onnx.TensorProto]]:
    """Corners become centre and size."""
    boxes = next(name for name in outputs if name.endswith("boxes"))
    scores = next(name for name in outputs if name.endswith("scores"))
    turn = np.array([[0.5, 0, -1, 0], [0, 0.5, 0, -1], [0.5, 0, 1, 0], [0, 0.5, 0, 1]], np.float32)
    nodes = [
        helper.make_node("MatMul", [boxes, "turn"], ["centred"]),
        helper.make_node("Concat", ["centred", scores], ["rows"], axis=2),
        helper.make_node("Transpose", ["rows"], ["output0"], perm=[0, 2, 1]),
    ]
    return nodes, [_constant("turn", turn)]


def _after_yolox(raw: str, height: int, width: int) -> tuple[list[onnx.NodeProto], list[onnx.TensorProto]]:
    """Offsets and logarithms become centre and size, objectness times class becomes the score."""
    cells, strides = yolox_grid(height, width)
    weights = [
        _constant("cells", cells[None].astype(np.float32)),
        _constant("strides", strides[None].astype(np.float32)),
        _constant("last", np.array([2])),
        *(_constant(f"from{start}", np.array([start])) for _, start, _ in PARTS),
        *(_constant(f"to{end}", np.array([end])) for _, _, end in PARTS),
    ]
    nodes = [
        *(
            helper.make_node("Slice", [raw, f"from{start}", f"to{end}", "last"], [name])
            for name, start, end in PARTS
        ),
        helper.make_node("Add", ["xy", "cells"], ["placed"]),
        helper.make_node("Mul", ["placed", "strides"], ["centre"]),
        helper.make_node("Exp", ["wh"], ["grown"]),
        helper.make_node("Mul", ["grown", "strides"], ["size"]),
        helper.make_node("Mul", ["sure", "classes"], ["scores"]),
        helper.make_node("Concat", ["centre", "size", "scores"], ["rows"], axis=2),
        helper.make_node("Transpose", ["rows"], ["output0"], perm=[0, 2, 1]),
    ]
    return nodes, weights
