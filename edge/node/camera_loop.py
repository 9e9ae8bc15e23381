"""One thread per camera: pictures at their pace, boxes, steps. It puts everything into the node's inbox."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from queue import SimpleQueue
from typing import Any

from edge.camera.live import LiveSource
from edge.camera.opening import open_source
from edge.camera.sight import Sight
from edge.camera.source import Source, SourceError
from edge.camera.view_health import CLEAR, View
from edge.config import CameraConfig
from edge.daemon.logs import Log
from edge.daemon.notify import Pulse
from edge.detection.detector import Detector
from edge.measure.saved import SavedMeter, encoded
from edge.node.playback import Place, Schedule
from edge.node.signs import CameraSigns
from edge.node.ticks import Sample
from edge.plates.desk import PlateDesk
from edge.vision import Picture
from edge.watch import Watch

SAMPLE_S = 0.2
BEHIND_S = 1.0
RETRY_AFTER_S = 1.0
RETRY_AT_MOST_S = 30.0
STUCK_AFTER_S = 90.0
"""No open, read or inference takes so long: a thread that is silent for longer hangs."""

_log = Log()
monotonic = time.monotonic  # noqa: TID251 for the watchdog


@dataclass(frozen=True, slots=True)
class Lost:
    """The camera gives no pictures; it is tried again."""

    camera: str
    why: str


@dataclass(frozen=True, slots=True)
class Blind:
    """The camera gives pictures that are not measured; told anew when that, or its reason, changes."""

    camera: str
    view: View


@dataclass(frozen=True, slots=True)
class Faulty:
    """The recording is damaged; what can be decoded is played."""

    camera: str
    why: str


@dataclass(frozen=True, slots=True)
class Ended:
    """The camera's recording is over, or its thread is; `crashed` by a defect."""

    camera: str
    crashed: bool


class CameraLoop(threading.Thread):
    """Runs until `stop` is set; `now` gives the node's own time, `view_file` keeps how a live camera looked.

    `dropped` counts sampled pictures of a live camera that a newer one replaced before they were looked at.
    """

    def __init__(
        self,
        camera: CameraConfig,
        detector: Detector,
        inbox: SimpleQueue[Any],
        stop: threading.Event,
        now: Callable[[], float],
        signs: CameraSigns,
        view_file: Path,
        plates: PlateDesk | None = None,
        saved: SavedMeter | None = None,
    ) -> None:
        super().__init__(name=f"camera-{camera.id}", daemon=True)
        self.camera = camera
        self.dropped = 0
        self._detector = detector
        self._signs = signs
        self._put: Callable[[object], None] = inbox.put
        self._halt = stop
        self._watch: Watch | None = None
        self._saved = saved
        self._shape: tuple[int, ...] = ()
        self._at = 0.0
        self._told_fault: str | None = None
        self._plates = plates
        self._sight = Sight(camera, view_file)
        self._told_view = CLEAR
        self._now = now
        self._started_at = now()
        self._retry_after_s = RETRY_AFTER_S
        self.pulse = Pulse(f"camera {camera.id}", STUCK_AFTER_S, monotonic())

    def run(self) -> None:
        """Watch; a defect ends the node through `Ended(crashed=True)`, its traceback goes to stderr."""
        crashed = True
        try:
            self._try()
            crashed = False
        finally:
            self._put(Ended(self.camera.id, crashed))

    def _try(self) -> None:
        while not self._halt.is_set():
            self.pulse.beat(monotonic())
            try:
                self._play()
                return
            except SourceError as error:
                self._pause()
                self._told_view = CLEAR
                self._put(Lost(self.camera.id, str(error)))
            self._halt.wait(self._retry_after_s)
            self._retry_after_s = min(2 * self._retry_after_s, RETRY_AT_MOST_S)

    def _play(self) -> None:
        if self.camera.source is None:
            raise SourceError(f"camera {self.camera.id}: has no source; add `source:` to it")
        source = open_source(self.camera.source, self.camera.fps, self._halt.is_set)
        self._sight.open(isinstance(source, LiveSource))
        if isinstance(source, LiveSource):
            self._play_live(source)
        elif source.length_s is not None:
            self._play_recording(source, self._schedule(source.length_s))

    def _schedule(self, length_s: float) -> Schedule:
        playback = self.camera.playback
        if playback is None:
            return Schedule(self._started_at, length_s, loop=False)
        return Schedule(playback.start_at.timestamp(), length_s, playback.loop)

    def _play_recording(self, source: Source, schedule: Schedule) -> None:
        watched_until = max(self._at, self._saved.at if self._saved else 0.0)
        place = schedule.begin(self._now(), watched_until)
        while place is not None and not self._halt.is_set():
            self._play_loop(source, schedule, place)
            place = schedule.after(place)

    def _play_loop(self, source: Source, schedule: Schedule, place: Place) -> None:
        if self._saved is not None and self._saved.at < schedule.frame_at(place.loop, 0.0):
            self._saved = None  # tracks end at the seam of a loop
        for frame in source.every(SAMPLE_S):
            self.pulse.beat(monotonic())
            if frame.at < place.from_s:
                continue
            at = schedule.frame_at(place.loop, frame.at)
            if not self._wait_until(at):
                break
            self._step(frame.picture, at, behind=self._now() - at > BEHIND_S)
            del frame  # or it would lie in memory beside the next one
        if source.fault is not None and source.fault != self._told_fault:
            self._told_fault = source.fault
            self._put(Faulty(self.camera.id, source.fault))
        seam = schedule.seam(place.loop)
        if self._wait_until(seam):
            self._finish(seam, closes=True)

    def _play_live(self, source: LiveSource) -> None:
        """Always the newest picture, at the time at which it was taken."""
        dropped = self.dropped
        for frame in source.every(SAMPLE_S):
            self.pulse.beat(monotonic())
            if self._halt.is_set():
                break
            self.dropped = dropped + source.dropped
            at = frame.at + self._now() - monotonic()
            if at > self._at:
                self._step(frame.picture, at, behind=False)
            del frame
        if not self._halt.is_set():
            raise SourceError(source.fault or f"camera {self.camera.id}: its stream ended; check the camera")

    def _step(self, picture: Picture, at: float, behind: bool) -> None:
        self._retry_after_s = RETRY_AFTER_S
        view = self._sight.look(picture, at)
        if view.measurable:
            self._told_view = CLEAR
            self._measure(picture, at, behind)
        elif (view.state, view.wrong) != (self._told_view.state, self._told_view.wrong):
            self._told_view = view
            if view.state != "ok":
                self._pause()
            self._put(Blind(self.camera.id, view))

    def _measure(self, picture: Picture, at: float, behind: bool) -> None:
        if self._watch is None or picture.shape != self._shape:
            self._finish(self._at)
            self._shape = height, width = picture.shape
            self._watch = Watch(self.camera, self._detector, width, height, gated=True)
            self._resume(self._watch, at)
        seen = self._watch.see(picture, at)
        self._at = at
        signs, saved = self._signs.see(picture, at), encoded(self._watch.save(at))
        sample = Sample(self.camera.id, seen.step, seen.inference_s, behind=behind, signs=signs, saved=saved)
        self._put(sample)
        if self._plates is not None:
            self._plates.see(self.camera, picture, seen.step)

    def _resume(self, watch: Watch, at: float) -> None:
        """The first watch after a start or a pause goes on from what was known, if that is not too old."""
        if self._saved is not None and watch.resume(self._saved, at):
            _log.info("tracks_resumed", camera=self.camera.id, after_s=round(at - self._saved.at, 1))
        self._saved = None

    def _pause(self) -> None:
        """Nothing is seen any more. If the view is back soon, who stood there is known again, and not counted
        again; what was not yet sure of the others is then judged.
        """
        if self._watch is None:
            return
        self._saved, self._watch = self._watch.save(self._at), None
        if self._plates is not None:
            self._plates.clear(self.camera.id)

    def _finish(self, at: float, closes: bool = False) -> None:
        """All tracks end; what they had still to say is said, but the view is not taken for empty."""
        if self._watch is None:
            return
        step, self._watch = self._watch.finish(at), None
        self._put(Sample(self.camera.id, step, closes=closes, is_picture=False))
        if self._plates is not None:
            self._plates.clear(self.camera.id)

    def _wait_until(self, at: float) -> bool:
        """Sleep until then; False when the node stops meanwhile."""
        while (left_s := at - self._now()) > 0:
            self.pulse.beat(monotonic())
            if self._halt.wait(min(left_s, 1.0)):
                return False
        return not self._halt.is_set()
