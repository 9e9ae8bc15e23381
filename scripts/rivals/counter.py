"""Ultralytics Solutions ObjectCounter, as its documentation shows it; tuned: one thread, none that spins."""

from __future__ import annotations

import os
import sys
from typing import Any

from scripts.rivals import nms
from scripts.rivals.job import Meter, pace, read_job

os.environ.setdefault("YOLO_OFFLINE", "true")
os.environ.setdefault("YOLO_AUTOINSTALL", "false")
os.environ.setdefault("YOLO_VERBOSE", "false")

import cv2
import onnxruntime as ort

job, operators = read_job(), nms.declare()
if job.tuned:
    import torch

    cv2.setNumThreads(1)
    torch.set_num_threads(1)
    plain = ort.InferenceSession

    def quiet(path: str, *_: Any, **options: Any) -> ort.InferenceSession:
        """The session that Ultralytics opens, with one thread."""
        settings = ort.SessionOptions()
        settings.intra_op_num_threads = settings.inter_op_num_threads = 1
        settings.add_session_config_entry("session.intra_op.allow_spinning", "0")
        return plain(path, settings, providers=["CPUExecutionProvider"])

    ort.InferenceSession = quiet

from ultralytics import solutions  # noqa: E402

video = cv2.VideoCapture(job.clip)
fps = video.get(cv2.CAP_PROP_FPS)
wide, high = video.get(cv2.CAP_PROP_FRAME_WIDTH), video.get(cv2.CAP_PROP_FRAME_HEIGHT)
counter = solutions.ObjectCounter(
    show=False,
    model=job.drawn,
    region=[(int(x * wide), int(y * high)) for x, y in job.line],
    imgsz=[job.height, job.width],
    conf=0.3,
    iou=0.5,
    device="cpu",
    verbose=False,
)
meter, said = Meter(), sys.stdout
sys.stdout = sys.stderr
for takes in pace((number / fps for number in range(job.frames)), job.every_s):
    if not video.grab():
        break
    if takes:
        counter(video.retrieve()[1])
    meter.frame(takes)
sys.stdout = said
meter.tell(counted=counter.in_count + counter.out_count)
