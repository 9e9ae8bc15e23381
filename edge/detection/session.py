"""Opening an ONNX file in onnxruntime, with the options that cost the least CPU."""

import os
from pathlib import Path

from edge.detection.heap import freed_at_once
from edge.detection.layouts import ModelError, Signature, Tensor
from edge.detection.runtime import ort, ort_errors

LOAD_ERRORS = (
    ort_errors.Fail,
    ort_errors.InvalidArgument,
    ort_errors.InvalidGraph,
    ort_errors.InvalidProtobuf,
    ort_errors.NoSuchFile,
    ort_errors.NotImplemented,
    ort_errors.RuntimeException,
)

PRECISE_BYTES = "session.x64quantprecision"
"""As it comes, onnxruntime adds products of bytes in 16 bits where a processor has no VNNI, cutting off what
does not fit: vehicles were lost. Asked for precision, it gives what VNNI gives (docs/decisions/0016)."""


def cores() -> int:
    """Cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def session_options(threads: int) -> ort.SessionOptions:
    """Few threads and none that spins: a spinning pool costs five times the CPU at 5 calls a second."""
    options = ort.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.execution_mode = ort.ExecutionMode.ORT_SEQUENTIAL
    options.graph_optimization_level = ort.GraphOptimizationLevel.ORT_ENABLE_ALL
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    options.add_session_config_entry("session.inter_op.allow_spinning", "0")
    options.add_session_config_entry(PRECISE_BYTES, "1")
    options.enable_mem_pattern = False  # 6 MB less for the same CPU
    options.log_severity_level = 3
    return options


def open_session(path: Path, threads: int = 1) -> ort.InferenceSession:
    """Open a model on the CPU.

    Raises: ModelError, if the file cannot be read as an ONNX model.
    """
    try:
        with freed_at_once():
            return ort.InferenceSession(
                str(path), session_options(threads), providers=["CPUExecutionProvider"]
            )
    except LOAD_ERRORS as error:
        first = str(error).strip().splitlines()[0]
        raise ModelError(
            f"{path}: not a model that onnxruntime can run ({first}); fetch or export it again"
        ) from None


def signature_of(session: ort.InferenceSession) -> Signature:
    """Inputs, outputs and metadata of an open model."""
    return Signature(
        tuple(Tensor(t.name, t.type, tuple(t.shape)) for t in session.get_inputs()),
        tuple(Tensor(t.name, t.type, tuple(t.shape)) for t in session.get_outputs()),
        dict(session.get_modelmeta().custom_metadata_map),
    )
