"""ONNX files that answer with given numbers, whatever the picture: one for each layout."""

from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from edge.detection.identify import CLASSES_KEY, SIZE_KEY

CLASSES = ("car", "truck", "bus", "motorcycle")
FLOAT, UINT8 = TensorProto.FLOAT, TensorProto.UINT8


def write_model(
    path: Path, kind: int, shape: list[int | str], outputs: dict[str, np.ndarray], metadata: dict[str, str]
) -> Path:
    """A graph that ignores its input `images` and gives constant outputs."""
    nodes = [
        helper.make_node("Constant", [], [name], value=numpy_helper.from_array(values.astype(np.float32)))
        for name, values in outputs.items()
    ]
    graph = helper.make_graph(
        nodes,
        "tiny",
        [helper.make_tensor_value_info("images", kind, shape)],
        [helper.make_tensor_value_info(name, FLOAT, values.shape) for name, values in outputs.items()],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    helper.set_model_props(model, metadata)
    onnx.save(model, path)
    return path


def pack_model(path: Path, boxes: np.ndarray, scores: np.ndarray, free: bool = False) -> Path:
    """Our packs' layout: boxes (n, 4) in pixels of the 64x32 input, scores (n, 4)."""
    shape: list[int | str] = [1, "height", "width", 3] if free else [1, 32, 64, 3]
    metadata = {CLASSES_KEY: ",".join(CLASSES), SIZE_KEY: "32x64"}
    return write_model(path, UINT8, shape, {"boxes": boxes[None], "scores": scores[None]}, metadata)


def moving_model(path: Path, boxes: np.ndarray, per_level: np.ndarray, scores: np.ndarray) -> Path:
    """Our packs' layout, its boxes (n, 4) moved by `per_level` (n, 4) for each level of luma."""
    constants = {"base": boxes[None], "slope": per_level[None], "given": scores[None]}
    nodes = [
        *(
            helper.make_node("Constant", [], [name], value=numpy_helper.from_array(v.astype(np.float32)))
            for name, v in constants.items()
        ),
        helper.make_node("Cast", ["images"], ["picture"], to=FLOAT),
        helper.make_node("ReduceMean", ["picture"], ["level"], keepdims=0),
        helper.make_node("Mul", ["slope", "level"], ["way"]),
        helper.make_node("Add", ["base", "way"], ["boxes"]),
        helper.make_node("Identity", ["given"], ["scores"]),
    ]
    outputs = [
        helper.make_tensor_value_info("boxes", FLOAT, boxes[None].shape),
        helper.make_tensor_value_info("scores", FLOAT, scores[None].shape),
    ]
    images = helper.make_tensor_value_info("images", UINT8, [1, 32, 64, 3])
    graph = helper.make_graph(nodes, "moving", [images], outputs)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    helper.set_model_props(model, {CLASSES_KEY: ",".join(CLASSES), SIZE_KEY: "32x64"})
    onnx.save(model, path)
    return path


def yolox_model(path: Path, rows: dict[int, list[float]], classes: int = 80) -> Path:
    """YOLOX at 64x32: 8*4 + 4*2 + 2*1 = 42 cells; `rows` sets cells, all others are empty."""
    raw = np.zeros((1, 42, 5 + classes))
    for cell, values in rows.items():
        raw[0, cell, : len(values)] = values
    return write_model(path, FLOAT, [1, 3, 32, 64], {"output": raw}, {})


def ultralytics_model(path: Path, raw: np.ndarray, names: str, **metadata: str) -> Path:
    """An Ultralytics export at 64x32 with one output and its names in the metadata."""
    return write_model(path, FLOAT, [1, 3, 32, 64], {"output0": raw[None]}, {"names": names, **metadata})


def bytes_model(path: Path, weights: np.ndarray, step: float) -> Path:
    """A quantised convolution of 1x1: `weights` (out, in) int8, input x (1, in, 1, 1) of whole numbers,
    0 to 255, output in steps of `step`."""
    constants = {
        "w": weights[:, :, None, None].astype(np.int8), "one": np.float32(1), "step": np.float32(step),
        "zero": np.uint8(0), "zero of w": np.int8(0),
    }  # fmt: skip
    nodes = [
        helper.make_node("QuantizeLinear", ["x", "one", "zero"], ["x bytes"]),
        helper.make_node("DequantizeLinear", ["x bytes", "one", "zero"], ["x again"]),
        helper.make_node("DequantizeLinear", ["w", "one", "zero of w"], ["w again"]),
        helper.make_node("Conv", ["x again", "w again"], ["sum"]),
        helper.make_node("QuantizeLinear", ["sum", "step", "zero"], ["sum bytes"]),
        helper.make_node("DequantizeLinear", ["sum bytes", "step", "zero"], ["y"]),
    ]
    graph = helper.make_graph(
        nodes,
        "bytes",
        [helper.make_tensor_value_info("x", FLOAT, [1, weights.shape[1], 1, 1])],
        [helper.make_tensor_value_info("y", FLOAT, [1, weights.shape[0], 1, 1])],
        [numpy_helper.from_array(np.asarray(value), name) for name, value in constants.items()],
    )
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8), path)
    return path
