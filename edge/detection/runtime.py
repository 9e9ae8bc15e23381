"""onnxruntime, told before it is loaded to keep to itself. Whoever needs it takes it from here.

Left alone, 1.32 gives the machine an id (~/.cache/Microsoft), notes which models run, and has a thread send
that to its maker. A node tells nobody but its port's broker anything.
"""

import os

os.environ["ORT_DISABLE_TELEMETRY"] = "1"

import onnxruntime as ort  # noqa: TID251
from onnxruntime.capi import onnxruntime_pybind11_state as ort_errors  # noqa: TID251

__all__ = ["ort", "ort_errors"]
