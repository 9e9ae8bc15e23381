"""Whose turn it is to run a network, and in which input.

A second run at the same time has its own memory, 8 MB for a small network. One after the other there are some
80 in a second, and a lane wants 5: a second one is let in once somebody has waited for it.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from edge.detection.layouts import Array, InputSpec
from edge.detection.letterbox import Letterbox
from edge.vision import Picture, Region

PATIENCE_S = 0.5
"""Who waits for longer falls behind."""


class Turns:
    """For callers from any thread: one run at a time, at most `most` once that is too few."""

    def __init__(self, spec: InputSpec, most: int) -> None:
        self.at_once = 1
        self._spec = spec
        self._most = most
        self._free = threading.Semaphore(1)
        self._growing = threading.Lock()
        self._inputs: list[tuple[tuple[Letterbox, int, int], Array]] = []

    @contextmanager
    def input_of(
        self, picture: Picture, region: Region, placing: Letterbox, size: tuple[int, int]
    ) -> Iterator[Array]:
        """The graph's input with `region` of a picture in it, until the run is over.

        `size`: height and width of the input. What lies beside the picture is grey, and stays so: the next
        picture of this shape is only put in its place.
        """
        self._wait()
        try:
            key = placing, *size
            kept, values = self._inputs.pop() if self._inputs else (None, None)
            if values is None or kept != key:
                values = self._spec.empty(*size)
                if (placing.height, placing.width) != size:
                    self._spec.fill(values)
            self._spec.put(
                values, picture.scaled(region, placing.width, placing.height), placing.left, placing.top
            )
            yield values
            self._inputs.append((key, values))
        finally:
            self._free.release()

    def _wait(self) -> None:
        if self._free.acquire(timeout=PATIENCE_S):
            return
        with self._growing:
            if self.at_once < self._most:
                self.at_once += 1
                return
        self._free.acquire()
