"""lanewatch as its node runs it: source, view's health, gate, detector and meter; a thread a camera.

On every picture it is the pipeline of `count`, which does not judge the view. The rest of the node (command,
reports, store, MQTT, TLS) is imported at the end: it is in the memory, and its share of the start is known.
"""

from __future__ import annotations

import importlib
import threading
import time
from collections.abc import Iterator
from itertools import cycle, islice
from pathlib import Path

from edge.daemon.starting import made_to_last
from scripts.rivals.job import Job, Meter, read_job

with made_to_last():  # as the node does it
    from edge.camera.video import VideoSource
    from edge.camera.view_health import ViewHealth
    from edge.config import CameraConfig, load_node
    from edge.detection.detector import Detector
    from edge.vision import Frame
    from edge.watch import Watch

PREPARED = 48


class Lane(threading.Thread):
    """One camera on the clip."""

    def __init__(self, job: Job, camera: CameraConfig, detector: Detector) -> None:
        super().__init__()
        self.counted = self.looked = 0
        self.read = 0
        self.meter = Meter()
        self._job, self._camera, self._detector = job, camera, detector

    def run(self) -> None:
        """To the end of the job's pictures."""
        watch: Watch | None = None
        health = ViewHealth(live=False) if self._job.every_s else None
        for frame in frames_of(self._job):
            height, width = frame.picture.shape
            watch = watch or Watch(self._camera, self._detector, width, height, self._job.gated)
            if health is not None:
                health.look(frame.picture, frame.at)
            seen = watch.see(frame.picture, frame.at)
            self.counted += len(seen.step.crossings)
            self.looked += seen.inference_s is not None
            for number in range(self.read, frame.number + 1):
                self.meter.frame(taken=number == frame.number)
            self.read = frame.number + 1
            del frame  # as the node's loop does
        for _ in range(self.read, self._job.frames):
            self.meter.frame(taken=False)


def frames_of(job: Job) -> Iterator[Frame]:
    """The clip's pictures; without `decode` a few that were decoded before, again and again: the decoder's
    planes, and the colours of them.
    """
    source = VideoSource(job.clip)
    if job.decode:
        for frame in source.every(job.every_s):
            if frame.number >= job.frames:
                return
            yield frame
        return
    prepared = [frame.picture for frame in islice(source.every(), PREPARED)]
    for picture in prepared:
        picture.bgr()  # is kept
    for number, picture in enumerate(islice(cycle(prepared), job.frames)):
        yield Frame(number, number / source.fps, picture)


def main() -> None:
    """One thread a camera; the first one's start and, over all, the CPU a picture."""
    job = read_job()
    detector = Detector.load(job.net)
    camera = load_node(Path(job.config)).cameras[0]
    lanes = [Lane(job, camera, detector) for _ in range(job.cameras)]
    for lane in lanes:
        lane.start()
    for lane in lanes:
        lane.join()
    meter, looked = lanes[0].meter, sum(lane.looked for lane in lanes)
    meter.end()
    begun = time.process_time()
    with made_to_last():
        for name in ("edge.cli", "edge.node.run"):
            importlib.import_module(name)
    node_s = meter.first_cpu_s + time.process_time() - begun
    meter.tell(counted=lanes[0].counted, looked=looked, node_start_cpu_s=node_s)


if __name__ == "__main__":
    main()
