"""From a trained net to `model.onnx`: picture bytes in, boxes and scores out."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import onnx
import torch
from torch import Tensor, nn

from models.training.nanodet import STRIDES, NanoDet, class_scores, decode

OPSET = 17
SMALL = 1024  # weights with fewer numbers stay float32 in the file


class Packed(nn.Module):
    """The net as it ships: (1, height, width, 3) uint8 BGR to xyxy (1, n, 4) px, scores (1, n, classes)."""

    def __init__(self, net: NanoDet) -> None:
        super().__init__()
        self.net = net

    def forward(self, picture: Tensor) -> tuple[Tensor, Tensor]:
        x = picture.permute(0, 3, 1, 2).float()
        logits, sides = self.net(x)
        points, strides = _grid(x)
        return decode(sides, points, strides), class_scores(logits)


def _grid(x: Tensor) -> tuple[Tensor, Tensor]:
    """Cell centres and strides, traced so that the graph follows the input's size."""
    points, strides = [], []
    for stride in STRIDES:
        ys = torch.arange(x.shape[2] // stride).view(-1, 1)
        xs = torch.arange(x.shape[3] // stride).view(1, -1)
        cells = torch.stack([(xs + 0 * ys).flatten(), (ys + 0 * xs).flatten()], 1).float()
        points.append((cells + 0.5) * stride)
        strides.append(torch.full_like(points[-1][:, :1], stride))
    return torch.cat(points), torch.cat(strides)


def export(net: NanoDet, path: Path, classes: Sequence[str], width: int, height: int) -> None:
    """Write the ONNX file for pictures of any size in multiples of 32; width x height is the usual one."""
    torch.onnx.export(
        Packed(net).eval(),
        (torch.zeros(1, height, width, 3, dtype=torch.uint8),),
        str(path),
        input_names=["images"],
        output_names=["boxes", "scores"],
        dynamic_axes={"images": {1: "height", 2: "width"}, "boxes": {1: "cells"}, "scores": {1: "cells"}},
        opset_version=OPSET,
        dynamo=False,
    )
    model = onnx.load(path)
    onnx.helper.set_model_props(
        model, {"lanewatch.classes": ",".join(classes), "lanewatch.size": f"{height}x{width}"}
    )
    onnx.checker.check_model(model)
    onnx.save(model, path)


def pack_half(full: Path, path: Path) -> None:
    """Write `path`: the graph of `full` with its large weights stored as float16."""
    onnx.save(store_half(onnx.load(full)), path)


def store_half(model: onnx.ModelProto) -> onnx.ModelProto:
    """Keep large weights as float16 in the file, cast back on loading: half the size, FP32 arithmetic."""
    graph = model.graph
    casts = []
    for weight in graph.initializer:
        values = onnx.numpy_helper.to_array(weight)
        if values.dtype != np.float32 or values.size < SMALL:
            continue
        name = weight.name
        weight.CopyFrom(onnx.numpy_helper.from_array(values.astype(np.float16), f"{name}.half"))
        casts.append(onnx.helper.make_node("Cast", [f"{name}.half"], [name], to=onnx.TensorProto.FLOAT))
    nodes = [*casts, *graph.node]
    del graph.node[:]
    graph.node.extend(nodes)
    return model
