"""The plates of a node: one thread looks at them, so that measuring never waits; excess is left out."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from queue import Full, Queue

from edge.config import CameraConfig, PlatesConfig
from edge.detection.detector import Detector
from edge.plates.book import PlateBook, PlateRead, Tally
from edge.plates.finder import load_finder
from edge.plates.reader import PlateReader
from edge.plates.sight import cut, look_at
from edge.vision import Image, Picture, Step

WAITING = 4
"""Pictures of vehicles that wait for the thread; a further one is left out."""

LEAST_VEHICLE_PX = 64
"""A vehicle that is narrower shows no plate that can be read."""

monotonic = time.monotonic  # noqa: TID251 for the pace of looks


@dataclass(frozen=True, slots=True)
class ReadsReady:
    """For the node's inbox: plates of one camera that were read."""

    camera: str
    reads: tuple[PlateRead, ...]


class DeskCrashed:
    """For the node's inbox: the thread ended by a defect, and no plate is looked at any more."""


@dataclass(frozen=True, slots=True)
class _Job:
    camera: str
    track: int
    book: PlateBook = field(repr=False)
    vehicle: Image = field(repr=False)


class PlateDesk:
    """All cameras of a node. `see` and `clear` are called by the cameras' threads."""

    def __init__(self, config: PlatesConfig, put: Callable[[object], None]) -> None:
        """Load finder and reader.

        Raises: ModelError.
        """
        self._config = config
        self._finder: Detector = load_finder(config.model)
        self._reader = PlateReader.load()
        self._put = put
        self._jobs: Queue[_Job | None] = Queue(WAITING)
        self._books: dict[str, PlateBook] = {}
        self._lock = threading.Lock()
        self._next_at = 0.0
        self.tally = Tally()
        self._thread = threading.Thread(target=self._work, name="plates", daemon=True)

    @property
    def model(self) -> str:
        """The name of the finder."""
        return self._finder.model

    def start(self) -> None:
        """Begin to look."""
        self._thread.start()

    def stop(self, timeout_s: float) -> None:
        """End after the looks in hand; what is not told by then is forgotten."""
        with suppress(Full):  # nobody takes them out any more
            self._jobs.put(None, timeout=timeout_s)
        self._thread.join(timeout_s)

    def see(self, camera: CameraConfig, picture: Picture, step: Step) -> None:
        """One picture and what was measured on it; the vehicles that need a look are cut out of it."""
        points = self._config.points_of(camera.id)
        if not points:
            return
        with self._lock:
            book = self._books.get(camera.id)
            if book is None:
                height, width = picture.shape
                book = PlateBook(camera.lanes, points, width, height, self.tally)
                self._books[camera.id] = book
            book.see(step)
            for view in book.wanted(step):
                if not self._is_time():
                    break
                vehicle = cut(picture.bgr(), view.xyxy)
                book.try_at(view.track, step.at)
                if vehicle.shape[0] >= LEAST_VEHICLE_PX and vehicle.shape[1] >= LEAST_VEHICLE_PX:
                    self._offer(_Job(camera.id, view.track, book, vehicle))
            self._hand_over(camera.id, book)

    def clear(self, camera: str) -> None:
        """The camera's tracks end, or its pictures have another size from now on."""
        with self._lock:
            book = self._books.pop(camera, None)
            if book is not None:
                book.clear()

    def _is_time(self) -> bool:
        """At most `looks_per_s`, half a second's worth of them at once."""
        now = monotonic()
        if now < self._next_at:
            return False
        self._next_at = max(self._next_at, now - 0.5) + 1.0 / self._config.looks_per_s
        return True

    def _offer(self, job: _Job) -> None:
        try:
            self._jobs.put_nowait(job)
        except Full:
            self.tally.dropped += 1

    def _work(self) -> None:
        """Look until told to stop; a defect ends the node, its traceback goes to stderr."""
        crashed = True
        try:
            self._look()
            crashed = False
        finally:
            if crashed:
                self._put(DeskCrashed())

    def _look(self) -> None:
        while (job := self._jobs.get()) is not None:
            begun = time.perf_counter()
            look = look_at(job.vehicle, self._finder, self._reader)
            with self._lock:
                self.tally.spent_s += time.perf_counter() - begun
                self.tally.looks += 1
                if look is not None:
                    job.book.look(job.track, look)
                self._hand_over(job.camera, job.book)

    def _hand_over(self, camera: str, book: PlateBook) -> None:
        reads = book.take()
        if reads:
            self._put(ReadsReady(camera, tuple(reads)))
