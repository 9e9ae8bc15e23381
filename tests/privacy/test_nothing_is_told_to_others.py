"""onnxruntime notes what runs and sends it to its maker, unless it is told not to before it is loaded."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from tests.conftest import REPOSITORY
from tests.edge.tinymodels import pack_model

LOADS = """
import sys, time
{first}
import onnxruntime
onnxruntime.InferenceSession(sys.argv[1])
time.sleep(1)
"""
NOBODY = "http://127.0.0.1:9"
"""Where whatever would be sent ends, also where this machine has a network."""
CASES = [
    ("left alone it makes an id of this machine", "pass", True),
    ("ours does not", "import edge.detection.runtime", False),
    ("nor does the detector", "import edge.detection.detector", False),
    ("nor does training", "import models.training", False),
]


@pytest.mark.slow
@pytest.mark.parametrize(("case", "first", "leaves_traces"), CASES, ids=[row[0] for row in CASES])
def test_what_is_left_at_home(case: str, first: str, leaves_traces: bool, tmp_path: Path) -> None:
    boxes, scores = np.array([[20.0, 10.0, 40.0, 24.0]]), np.array([[0.0, 0.9, 0.0, 0.0]])
    pack_model(tmp_path / "tiny.onnx", boxes, scores)
    home = tmp_path / "home"
    home.mkdir()
    silent = ("ORT_DISABLE_TELEMETRY", "XDG_CACHE_HOME", "CI")
    environment = {name: value for name, value in os.environ.items() if name not in silent}
    environment |= {"HOME": str(home), "PYTHONDONTWRITEBYTECODE": "1", "HTTPS_PROXY": NOBODY}
    command = [sys.executable, "-c", LOADS.format(first=first), str(tmp_path / "tiny.onnx")]
    subprocess.run(command, cwd=REPOSITORY, env=environment, check=True, timeout=120)
    left = [path.name for path in home.rglob("*") if path.is_file()]
    if leaves_traces and not left:
        pytest.skip("this onnxruntime keeps to itself")
    assert bool(left) == leaves_traces, left
