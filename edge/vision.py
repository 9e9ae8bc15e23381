"""The values that pass between camera, detector, tracker, lanes and report.

Points and boxes are in pixels of the camera's picture, times (`at`, `t_s`) in seconds of the camera's own
clock: seconds from the first frame of a recording, seconds since 1970 for a live camera.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Protocol

import numpy as np
from numpy.typing import NDArray

Image = NDArray[np.uint8]
"""Picture (height, width, 3), BGR."""

Luma = NDArray[np.uint8]
"""Brightness (height, width)."""

Region = tuple[int, int, int, int]
"""x0, y0, x1, y1 in whole pixels of a picture, x1 and y1 exclusive."""

Line = Literal["tail", "booth"]
"""`tail`: a crossing is an arrival. `booth`: a crossing is a departure."""


class Picture(Protocol):
    """A picture of which each look takes what it needs; see edge/picture.py."""

    @property
    def shape(self) -> tuple[int, int]:
        """Height and width."""

    @property
    def luma(self) -> Luma:
        """Brightness (height, width), in levels of the source; `grey` of it, or of what was made of it, is
        from 0 to 255."""

    def grey(self, luma: Luma) -> Luma:
        """Grey levels from 0 to 255 of levels of this source."""

    def bgr(self) -> Image:
        """The whole picture; not to be written to."""

    def scaled(self, region: Region, width: int, height: int) -> Image:
        """A part, bilinearly scaled: (height, width, 3) BGR; not to be written to."""


@dataclass(frozen=True, slots=True)
class Frame:
    """One picture, its number from 0 in the source and its time in seconds."""

    number: int
    at: float
    picture: Picture

    @property
    def image(self) -> Image:
        """The whole picture in BGR."""
        return self.picture.bgr()


@dataclass(frozen=True, slots=True, eq=False)
class Boxes:
    """What a detector found in one picture: xyxy (n, 4) float32 px, n class names, scores (n,) float32."""

    xyxy: NDArray[np.float32]
    classes: tuple[str, ...]
    scores: NDArray[np.float32]

    def __len__(self) -> int:
        return len(self.classes)

    @staticmethod
    def empty() -> Boxes:
        """No boxes at all."""
        return Boxes(np.zeros((0, 4), np.float32), (), np.zeros(0, np.float32))


@dataclass(frozen=True, slots=True)
class TrackView:
    """One vehicle as the tracker holds it at a moment; `coasting` when no box supports it now.

    `stopped`: whether the queue of a lane counts it as standing.
    """

    track: int
    cls: str
    xyxy: tuple[float, float, float, float]
    score: float
    stopped: bool
    coasting: bool


@dataclass(frozen=True, slots=True)
class Crossing:
    """A vehicle's anchor crossed a line at `t_s` (interpolated), in the direction that counts."""

    t_s: float
    lane: str
    line: Line
    cls: str
    track: int
    score: float


@dataclass(frozen=True, slots=True)
class QueueState:
    """A lane's area at a moment.

    `length_m` is metres from the booth line to the rear of the last stopped vehicle: 0.0 when none is
    stopped, None without a ground plane, when none is and the view begins so far from the booth line that
    one may stand before it, or when one behind the last is hidden. `at_least`: the queue may go on beyond the
    view; `why` says why that is so, or why the length is not known.
    """

    in_view: int
    stopped: int
    length_m: float | None
    at_least: bool
    why: str | None


@dataclass(frozen=True, slots=True)
class LaneQueue:
    """The queue of a lane at a moment that lies a little back (`at`, s), as it is known by now."""

    at: float
    lane: str
    state: QueueState


@dataclass(frozen=True, slots=True)
class LaneStep:
    """What one picture says of one lane; None where the lane has no area or no booth line.

    `queue`: as far as it is known at once. `residual`: vehicles that the counts hold between the lines, less
    those in view; None where not known.
    """

    lane: str
    queue: QueueState | None
    booth_occupied: bool | None
    residual: int | None = None


@dataclass(frozen=True, slots=True)
class SignSeen:
    """What a lane's sign shows, and how alike (0 to 1) it is to that state's references; None: unknown."""

    lane: str
    state: str | None
    score: float | None


@dataclass(frozen=True, slots=True)
class Passage:
    """At `t_s` a vehicle came to stand at the booth, `travel_s` after it crossed the tail line."""

    t_s: float
    lane: str
    travel_s: float


@dataclass(frozen=True, slots=True)
class Standing:
    """At `t_s` the vehicle of a track came to stand at the booth of a lane."""

    t_s: float
    lane: str
    track: int


@dataclass(frozen=True, slots=True)
class Correction:
    """What must be added to a lane's counts, as became sure at `at`, and why."""

    at: float
    lane: str
    arrivals: int
    departures: int
    why: str


@dataclass(frozen=True, slots=True)
class Step:
    """All that one picture of one camera says; crossings and passages that became sure at this picture.

    `standings`: who came to stand at a booth; those that had crossed the tail line here are passages, too.
    `queues`: of moments that lie a little back, each told once, by time.
    """

    at: float
    lanes: tuple[LaneStep, ...]
    crossings: tuple[Crossing, ...]
    passages: tuple[Passage, ...]
    tracks: tuple[TrackView, ...]
    standings: tuple[Standing, ...] = ()
    corrections: tuple[Correction, ...] = ()
    queues: tuple[LaneQueue, ...] = ()
    blind: bool = False
