"""The floor: onnxruntime alone on one prepared blob, one thread."""

from __future__ import annotations

import numpy as np
import onnxruntime as ort

from scripts.rivals.job import Meter, read_job

job, meter = read_job(), Meter()
options = ort.SessionOptions()
options.intra_op_num_threads = options.inter_op_num_threads = 1
options.add_session_config_entry("session.intra_op.allow_spinning", "0")
session = ort.InferenceSession(job.net, options, providers=["CPUExecutionProvider"])
wanted = session.get_inputs()[0]
picture = np.random.default_rng(1).integers(0, 255, (1, job.height, job.width, 3))
blob = (
    picture.astype(np.uint8)
    if "uint8" in wanted.type
    else np.ascontiguousarray(picture.transpose(0, 3, 1, 2), np.float32)
)
for _ in range(job.frames):
    session.run(None, {wanted.name: blob})
    meter.frame(taken=True)
meter.tell()
