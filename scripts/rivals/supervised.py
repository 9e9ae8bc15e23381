"""onnxruntime, supervision's LineZone and ByteTrack, as a careful user writes it."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
import onnxruntime as ort
import supervision as sv
from trackers import ByteTrackTracker

from scripts.rivals.job import Job, Meter, pace, read_job

MIN_SCORE, IOU = 0.3, 0.5


def open_session(job: Job) -> ort.InferenceSession:
    """Tuned: one thread, none that spins."""
    options = ort.SessionOptions()
    if job.tuned:
        cv2.setNumThreads(1)
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    return ort.InferenceSession(job.drawn, options, providers=["CPUExecutionProvider"])


def detections(session: ort.InferenceSession, image: Any, job: Job) -> sv.Detections:
    """Letterbox, run, filter, suppress; the net has Ultralytics' layout."""
    ratio = min(job.width / image.shape[1], job.height / image.shape[0])
    canvas = np.full((job.height, job.width, 3), 114, np.uint8)
    small = cv2.resize(image, (round(image.shape[1] * ratio), round(image.shape[0] * ratio)))
    canvas[: small.shape[0], : small.shape[1]] = small
    blob = cv2.dnn.blobFromImage(canvas, 1 / 255, swapRB=True)
    (raw,) = session.run(None, {session.get_inputs()[0].name: blob})
    scores = raw[0, 4:].max(axis=0)
    kept = np.flatnonzero(scores >= MIN_SCORE)
    centre, half = raw[0, :2, kept], raw[0, 2:4, kept] / 2
    xyxy = np.concatenate([centre - half, centre + half], axis=1) / ratio
    classes = raw[0, 4:, kept].argmax(axis=1)
    found = sv.Detections(xyxy=xyxy, confidence=scores[kept], class_id=classes)
    return found.with_nms(IOU, class_agnostic=True)


def main() -> None:
    """Track and count over the line."""
    job, meter = read_job(), Meter()
    session = open_session(job)
    video = cv2.VideoCapture(job.clip)
    fps = video.get(cv2.CAP_PROP_FPS)
    wide, high = video.get(cv2.CAP_PROP_FRAME_WIDTH), video.get(cv2.CAP_PROP_FRAME_HEIGHT)
    a, b = (sv.Point(x * wide, y * high) for x, y in job.line)
    zone = sv.LineZone(start=a, end=b, triggering_anchors=[sv.Position.BOTTOM_CENTER])
    tracker = ByteTrackTracker(frame_rate=1 / job.every_s if job.every_s else fps)
    for takes in pace((number / fps for number in range(job.frames)), job.every_s):
        if not video.grab():
            break
        if takes:
            zone.trigger(tracker.update(detections(session, video.retrieve()[1], job)))
        meter.frame(takes)
    meter.tell(counted=zone.in_count + zone.out_count)


if __name__ == "__main__":
    main()
