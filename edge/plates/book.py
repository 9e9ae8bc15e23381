"""What one camera knows of the plates of its tracks: who needs a look, and which reads are ready. Pure.

A read belongs to a moment: its vehicle crossed the tail line, or came to stand at the booth. Looks before and
after that moment count. Texts are kept with their track and go with it, or after `RETENTION_S`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from edge.config import LaneConfig, PlatePoint
from edge.measure.geometry import Point, anchor_of, inside, to_pixels
from edge.plates.agreement import Look, agreed
from edge.plates.text import PlateText
from edge.vision import Step, TrackView

LOOK_EVERY_S = 0.2
MOST_LOOKS = 8
"""Looks that show characters; a track that gives no text after so many is left alone."""

MOST_TRIES = 40
"""Looks in all, most of them at a vehicle whose plate is too small yet, or hidden."""

GONE_AFTER_S = 3.0
RETENTION_S = 4 * 3600.0
SAME_VEHICLE_S = 10.0
"""A plate that is nearly the same, on the same lane and point so soon, is the same vehicle read twice."""


@dataclass(frozen=True, slots=True)
class PlateRead:
    """A vehicle's plate at a moment (`at`, the camera's time in s) and a point of a lane."""

    at: float
    lane: str
    point: PlatePoint
    text: PlateText


@dataclass(slots=True)
class _Plate:
    """One track: its looks, what they agree on, and the moments that still wait for a text."""

    begun_at: float
    seen_at: float
    tried_at: float = float("-inf")
    tries: int = 0
    looks: list[Look] = field(default_factory=list)
    text: PlateText | None = None
    waiting: list[tuple[float, str, PlatePoint]] = field(default_factory=list)

    @property
    def open(self) -> bool:
        """Whether further looks can help."""
        return self.text is None and len(self.looks) < MOST_LOOKS and self.tries < MOST_TRIES


@dataclass(slots=True)
class Tally:
    """Counts since the start; of no single vehicle."""

    looks: int = 0
    reads: int = 0
    abstained: int = 0
    dropped: int = 0
    spent_s: float = 0.0


class PlateBook:
    """One camera, for pictures of `width` x `height` px. `points`: what is read, by lane."""

    def __init__(
        self,
        lanes: Sequence[LaneConfig],
        points: Sequence[PlatePoint],
        width: int,
        height: int,
        tally: Tally | None = None,
    ) -> None:
        self._points = {lane.id: tuple(p for p in points if getattr(lane, p) is not None) for lane in lanes}
        self._areas: Mapping[str, tuple[str, tuple[Point, ...]]] = {
            lane.id: (lane.area_anchor, _polygon(lane, width, height))
            for lane in lanes
            if lane.area is not None and self._points[lane.id]
        }
        self._plates: dict[int, _Plate] = {}
        self._ready: list[PlateRead] = []
        self._last: dict[tuple[str, PlatePoint], PlateRead] = {}
        self.tally = tally or Tally()

    def see(self, step: Step) -> None:
        """Take in who is there, who crossed a tail line and who came to stand at a booth."""
        for view in step.tracks:
            plate = self._plates.setdefault(view.track, _Plate(step.at, step.at))
            plate.seen_at = step.at
        for crossing in step.crossings:
            if crossing.line == "tail":
                self._happened(crossing.track, crossing.t_s, crossing.lane, "tail", step.at)
        for standing in step.standings:
            self._happened(standing.track, standing.t_s, standing.lane, "booth", step.at)
        self._forget(step.at)

    def wanted(self, step: Step) -> list[TrackView]:
        """Tracks that need a look at this picture: those whose moment has come first, then the largest."""
        wanting = [view for view in step.tracks if not view.coasting and self._wants(view, step.at)]
        return sorted(wanting, key=lambda view: (not self._plates[view.track].waiting, -_height(view)))

    def try_at(self, track: int, at: float) -> None:
        """A look at the track begins."""
        plate = self._plates.get(track)
        if plate is not None:
            plate.tried_at, plate.tries = at, plate.tries + 1

    def look(self, track: int, look: Look) -> None:
        """What a look at the track said."""
        plate = self._plates.get(track)
        if plate is None or plate.text is not None or not look.counts:
            return
        plate.looks.append(look)
        plate.text = agreed(plate.looks)
        if plate.text is not None:
            plate.looks.clear()
            self._speak(plate)

    def take(self) -> list[PlateRead]:
        """The reads that are ready and were not taken yet."""
        taken, self._ready = self._ready, []
        return taken

    def clear(self) -> None:
        """All tracks end."""
        self.tally.abstained += sum(bool(plate.waiting) for plate in self._plates.values())
        self._plates.clear()

    def __len__(self) -> int:
        return len(self._plates)

    def _wants(self, view: TrackView, at: float) -> bool:
        plate = self._plates[view.track]
        due = at - plate.tried_at >= LOOK_EVERY_S * (1 if plate.tries < MOST_TRIES // 2 else 5) - 0.01
        return plate.open and due and (bool(plate.waiting) or self._is_on_lane(view))

    def _is_on_lane(self, view: TrackView) -> bool:
        """Whether the vehicle is on a lane that is read: nobody else's plate is looked at."""
        return any(inside(anchor_of(view.xyxy, anchor), area) for anchor, area in self._areas.values())

    def _happened(self, track: int, t_s: float, lane: str, point: PlatePoint, at: float) -> None:
        if point not in self._points.get(lane, ()):
            return
        plate = self._plates.setdefault(track, _Plate(at, at))
        plate.waiting.append((t_s, lane, point))
        self._speak(plate)

    def _speak(self, plate: _Plate) -> None:
        if plate.text is None:
            return
        for t_s, lane, point in plate.waiting:
            read = PlateRead(t_s, lane, point, plate.text)
            before = self._last.get((lane, point))
            self._last[lane, point] = read
            if before is not None and _same_vehicle(before, read):
                continue
            self.tally.reads += 1
            self._ready.append(read)
        plate.waiting.clear()

    def _forget(self, at: float) -> None:
        gone = [
            track
            for track, plate in self._plates.items()
            if at - plate.seen_at > GONE_AFTER_S or at - plate.begun_at > RETENTION_S
        ]
        for track in gone:
            self.tally.abstained += bool(self._plates.pop(track).waiting)
        old = [key for key, read in self._last.items() if at - read.at > SAME_VEHICLE_S]
        for key in old:
            del self._last[key]


def _same_vehicle(before: PlateRead, read: PlateRead) -> bool:
    return abs(read.at - before.at) <= SAME_VEHICLE_S and read.text.is_near(before.text)


def _polygon(lane: LaneConfig, width: int, height: int) -> tuple[Point, ...]:
    corners: Iterable[Sequence[float]] = to_pixels(lane.area or (), width, height).tolist()
    return tuple((x, y) for x, y in corners)


def _height(view: TrackView) -> float:
    return view.xyxy[3] - view.xyxy[1]
