"""Whose turn it is to run a network, and in which input.

A second run at the same time has its own memory, 10 MB for a small network. One after the other, some
80 fit into a second, and a lane wants 5: a second one is let in once somebody has waited for it.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager

from edge.detection.layouts import Array, InputSpec
from edge.detection.letterbox import Letterbox
from edge.vision import Picture, Region

PATIENCE_S = 1.0
"""Who waits for longer falls behind."""


class Turns:
    """For callers from any thread: one run at a time, at most `most` once that is too few."""

    def __init__(self, spec: InputSpec, most: int) -> None:
        self.at_once = 1
        self._spec = spec
        self._most = most
        self._lock = threading.Lock()
        self._running = 0
        self._waiting: deque[threading.Lock] = deque()
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
            with self._lock:
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
            self._hand_over()

    def _wait(self) -> None:
        """In the order of asking: who is quick to ask again does not overtake."""
        turn = threading.Lock()
        with self._lock:
            if self._running < self.at_once:
                self._running += 1
                return
            turn.acquire()
            self._waiting.append(turn)
        if turn.acquire(timeout=PATIENCE_S):
            return
        with self._lock:
            if turn in self._waiting and self.at_once < self._most:
                self._waiting.remove(turn)
                self.at_once += 1
                self._running += 1
                return
        turn.acquire()

    def _hand_over(self) -> None:
        with self._lock:
            if self._waiting:
                self._waiting.popleft().release()
            else:
                self._running -= 1
