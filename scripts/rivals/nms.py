"""torchvision's operator for suppression, where its own library cannot be loaded.

A torchvision that was built for CUDA does not import beside a torch for CPUs: it wants its operators
declared. They are, and work as Ultralytics' own suppression, which it takes where there is no torchvision.
"""

from __future__ import annotations

import importlib

import torch


def declare() -> torch.library.Library | None:
    """Declare the operators, if torchvision does not bring them; what is returned must be kept."""
    try:
        import torchvision  # noqa: F401, PLC0415  whether it imports is the question
    except RuntimeError:
        library = torch.library.Library("torchvision", "DEF")
        for name in ("nms", "qnms"):
            library.define(f"{name}(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
        library.impl("nms", _suppress, "CPU")
        importlib.import_module("torchvision").extension._has_ops = lambda: True
        return library
    return None


def _suppress(boxes: torch.Tensor, scores: torch.Tensor, iou: float) -> torch.Tensor:
    from ultralytics.utils.nms import TorchNMS  # noqa: PLC0415  imports torchvision, which needs the operators

    return TorchNMS.nms(boxes, scores, iou)
