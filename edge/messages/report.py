"""What a node measured, lane by lane, and what befell it: the messages that its outbox keeps."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

import msgspec

from edge.messages.fields import Boot, Identifier, LaneId, Seq

PASSAGE_EDGES_S = (60, 120, 300, 600, 900, 1200, 1800, 2700, 3600, 5400, 7200)
"""Upper edges of `Passages.buckets`, seconds; one more bucket holds what is longer."""

VEHICLE_CLASSES = ("car", "van", "truck", "bus", "motorcycle")
"""The only classes that count; a detector's other classes (person, bicycle) never do."""

Kind = Literal["booth", "approach"]


class Queue(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """The queue in one lane's area at the end of the report, or up to 2 s before it."""

    in_view: int
    stopped: int
    length_m: float | None = None
    at_least: bool
    why: str | None = None


class Booth(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What stands at the booth: `occupied_s` is cumulative seconds."""

    occupied_s: float | None = None
    sign: str | None = None
    sign_score: float | None = None


class Passages(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Travel times from tail line to standing at the booth, cumulative: sum (s), count, histogram."""

    sum_s: float
    count: int
    buckets: list[int]


class Corrections(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Signed totals to be added to the raw line counts; null adds nothing."""

    arrivals: int | None = 0
    departures: int | None = 0


class Quality(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """How well the lane was seen during the tick.

    `residual`: vehicles that the counts hold between the lines, less those in view now; null where not known.
    """

    fps: float | None = None
    inference_ms: float | None = None
    degraded: list[str] = []
    residual: int | None = None


class LaneReport(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One lane as one camera saw it; every `_s`, `_vs` and count is cumulative since boot."""

    lane: LaneId
    camera: str
    kind: Kind
    observed_s: float
    arrivals: dict[str, int] | None = None
    departures: dict[str, int] | None = None
    in_view_vs: float | None = None
    stopped_vs: float | None = None
    full_s: float | None = None
    corrections: Corrections | None = Corrections()
    in_view_max: int | None = None
    queue: Queue | None = None
    booth: Booth | None = None
    passages: Passages | None = None
    quality: Quality | None = Quality()

    @property
    def arrived(self) -> int | None:
        """Vehicles over the tail line, of all classes, corrected."""
        return _corrected(self.arrivals, (self.corrections or Corrections()).arrivals)

    @property
    def departed(self) -> int | None:
        """Vehicles over the booth line, of all classes, corrected."""
        return _corrected(self.departures, (self.corrections or Corrections()).departures)


def _corrected(by_class: dict[str, int] | None, correction: int | None) -> int | None:
    return None if by_class is None else sum(by_class.values()) + (correction or 0)


class Event(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Something that happened to the node, e.g. `camera_lost`, `rows_dropped`."""

    type: str
    camera: str | None = None
    lane: str | None = None
    detail: Any = None


class NodeReport(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A tick (`kind: report`, with `lanes`) or an event (`kind: event`, with `event`) in one series."""

    v: Literal[1] = 1
    kind: Literal["report", "event"]
    port: Identifier
    node: Identifier
    boot: Boot
    seq: Seq
    start: datetime
    end: datetime
    synced: bool
    clock_offset_s: float | None = None
    lanes: list[LaneReport] | None = None
    event: Event | None = None

    @property
    def ahead_s(self) -> float | None:
        """Seconds that its times are ahead of central's clock; None: they are not to be trusted."""
        if self.clock_offset_s is not None:
            return self.clock_offset_s
        return 0.0 if self.synced else None
