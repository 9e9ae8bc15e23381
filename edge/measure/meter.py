"""One camera's measuring: boxes in, one `Step` out. Pure: time comes in as `at`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

import numpy as np

from edge.config import CameraConfig
from edge.measure.advance import Advance
from edge.measure.balance import Balance
from edge.measure.beside import Beside
from edge.measure.closely import Closely, begun
from edge.measure.counter import Counter
from edge.measure.counting_line import lines_of
from edge.measure.covered import covered
from edge.measure.geometry import Floats, GroundPlane
from edge.measure.growth import Grown, Growths, Seen
from edge.measure.hidden import Hidden
from edge.measure.hindsight import Hindsight
from edge.measure.lane_view import LaneView, lane_view
from edge.measure.newcomers import Newcomers
from edge.measure.presence import present
from edge.measure.queue_length import Moment, beyond_view
from edge.measure.queue_view import beginning_hidden, end_hidden, end_occupied, is_served, members_of
from edge.measure.region import lane_cells, union_of
from edge.measure.rest import near, rest_s
from edge.measure.saved import SavedMeter, SavedTrack, keys_of, passings_of, save_track, track_of
from edge.measure.standing import judge_standing
from edge.measure.track import Track
from edge.measure.tracker import START_SCORE, Tracked, Tracker
from edge.vision import Boxes, Crossing, LaneStep, Passage, Picture, Standing, Step, TrackView

HIDDEN_AFTER_S = 2.0
"""The upstream end must be covered for this long; a passing vehicle does not make a queue endless."""

OCCUPIED_S = 1.0
"""A queue that reached beyond the view for so long, until so short ago, is not known to end within it."""

RESUME_S = 60.0
"""What was saved is gone on from after a break this long at most: later, others stand where they stood."""

SAME_QUEUE_S = 15.0
"""In a shorter break a queue does not move up by a place: who stands where is who stood there, and its travel
time is true. After a longer one it is not known, and not told."""


class CameraMeter:
    """Tracks, counts and queue of one camera, for pictures of `width` x `height` px."""

    def __init__(
        self, camera: CameraConfig, width: int, height: int, start_score: float = START_SCORE
    ) -> None:
        """`start_score`: what a box must reach to be a new vehicle, on the detector's own scale."""
        self._whole = tuple(lane_view(lane, camera.facing, width, height) for lane in camera.lanes)
        self._lanes = self._whole
        self._has_plane = any(lane.plane is not None for lane in self._whole)
        self._lines = lines_of(camera.lanes, width, height)
        self._configured = camera.lanes
        self._size = width, height
        self._start_score = start_score
        self._cells = union_of([lane_cells(lane, width, height) for lane in camera.lanes])
        self._clear()

    def _clear(self) -> None:
        self._tracker = Tracker(*self._size, self._start_score)
        self._counter = Counter(self._lines, *self._size)
        self._arrived: dict[tuple[int, str], float] = {}
        self._served: set[tuple[int, str]] = set()
        self._covered_since: dict[str, float] = {}
        self._occupied: dict[str, tuple[float, float]] = {}
        self._balance = Balance(self._configured, *self._size)
        self._newcomers = Newcomers(self._whole, *self._size)
        self._beside = Beside()
        self._hidden = Hidden()
        self._hindsight = Hindsight()
        self._growths = Growths(*self._size)
        self._grown: dict[int, Grown] = {}

    def step(self, boxes: Boxes, at: float, picture: Picture | None = None) -> Step:
        """Take what the detector found in the picture at `at` (s); times must not fall.

        The picture, where there is one, says more exactly than boxes who stands on a ground plane, and where.
        """
        tracked = self._tracker.step(boxes, at)
        self._grown = {} if picture is None else self._follow(picture, tracked.live, at)
        return self._step(tracked, at)

    def hold(self, at: float, picture: Picture | None = None) -> Step:
        """A picture at `at` (s) that was not looked at, since nothing moved in the lanes after the last look.

        Who stands stands on, seen or hidden as before; no track, place in the queue or second is lost. Who
        was seen to drive in the lanes is where it was, and may stand. On a ground plane the picture, where
        there is one, says it more exactly: too little moves to be seen where vehicles are far.
        """
        held = frozenset(track.id for track in self._near(at))
        tracked = self._tracker.hold(held, at)
        if picture is not None and self._has_plane:
            self._grown = self._follow(picture, tracked.live, at)
        return self._step(tracked, at, held=True)

    def rest_s(self, at: float) -> float:
        """For how long after a look the lanes need no further one at `at`, if nothing moves (s)."""
        return rest_s(self._near(at), self._tracker.at)

    def boxes(self, at: float) -> Floats:
        """Where vehicles are taken to be at `at`, seen or hidden for a moment, sure or not yet: (n, 4) px."""
        return np.array([track.expected_xyxy(at) for track in self._tracker.tracks]).reshape(-1, 4)

    @property
    def far_row(self) -> float:
        """The row (px) of the picture at which the far end of the farthest lane lies."""
        return min((y for lane in self._whole for _, y in lane.area or ()), default=0.0)

    def sight(self, row: float) -> None:
        """From now on the road above a row (px) of the picture is out of sight; 0: all of it is seen."""
        self._lanes = tuple(lane.seen_below(row) for lane in self._whole)

    def _near(self, at: float) -> list[Track]:
        """The tracks in or near the lanes."""
        return near(self._tracker.tracks, self._cells, at)

    def _step(self, tracked: Tracked, at: float, held: bool = False) -> Step:
        known = self._hidden.step(tracked, at)
        seen = present(known.live, at)
        self._judge(tracked.live, seen, at, held)
        crossings = self._counter.end(tracked.ended, last_word=False) + self._counter.step(tracked.live, at)
        self._note_arrivals(crossings)
        there = self._beside.without(self._newcomers.believed(seen, at))
        standings = self._standings(there, at)
        passages = self._passages(standings)
        self._balance.forget(track.id for track in tracked.ended)
        self._forget(known.ended)
        moments = {lane.lane: self._moment(lane, there, at) for lane in self._lanes if lane.area is not None}
        lanes = tuple(self._lane_step(lane, moments.get(lane.lane), there, at) for lane in self._lanes)
        corrections = tuple(self._balance.step(crossings, lanes, at))
        lanes = tuple(replace(lane, residual=self._residual(lane)) for lane in lanes)
        standing = {one.track for moment in moments.values() for one in moment.members if one.stands}
        views = tuple(_view(track, track.id in standing, at) for track in seen)
        queues = self._hindsight.step(moments.values(), at)
        return Step(at, lanes, tuple(crossings), passages, views, standings, corrections, queues)

    def _residual(self, lane: LaneStep) -> int | None:
        between = self._balance.between.get(lane.lane)
        return None if between is None or lane.queue is None else between - lane.queue.in_view

    def save(self, at: float) -> SavedMeter:
        """What is known at `at`, for a meter that goes on from it after a restart."""
        tracks = tuple(self._saved(track) for track in self._tracker.tracks if track.confirmed)
        return SavedMeter(at, self._size, keys_of(self._lines), tracks, self._balance.between)

    def resume(self, saved: SavedMeter, at: float) -> bool:
        """Go on at `at` from what an earlier meter saved; False if it does not fit, or is too old."""
        if (saved.size, saved.lines) != (self._size, keys_of(self._lines)):
            return False
        if not 0 <= at - saved.at <= RESUME_S:
            return False
        self._tracker.resume(track_of(track) for track in saved.tracks)
        self._counter.resume({track.id: passings_of(track) for track in saved.tracks})
        for track in saved.tracks:
            self._served |= {(track.id, lane) for lane in track.served}
            if at - saved.at <= SAME_QUEUE_S:
                self._arrived |= {(track.id, lane): t_s for lane, t_s in track.arrived.items()}
        self._balance.resume(
            saved.between, {track.id: lane for track in saved.tracks for lane in track.arrived}
        )
        return True

    def _saved(self, track: Track) -> SavedTrack:
        arrived = {lane: t_s for (number, lane), t_s in self._arrived.items() if number == track.id}
        served = [lane for number, lane in self._served if number == track.id]
        return save_track(track, self._counter.state_of(track.id), arrived, served)

    def finish(self, at: float) -> Step:
        """The recording ends at `at` or starts again: all tracks end; the meter, then empty, may go on."""
        crossings = self._counter.end(self._tracker.finish(), last_word=True)
        queues = self._hindsight.rest()
        self._clear()
        return Step(at, (), tuple(crossings), (), (), queues=queues)

    def _follow(self, picture: Picture, live: Sequence[Track], at: float) -> dict[int, Grown]:
        """How much those on a ground plane have grown."""
        vanishing = {lane.lane: lane.vanishing for lane in self._lanes}
        seen = []
        for track in live:
            point = None if track.advance is None else vanishing.get(track.advance.lane)
            if point is not None:
                rate = track.growth_rate(point[1])
                seen.append(Seen(track.id, track.xyxy, track.seen_at == at, point, rate))
        return self._growths.look(picture, seen, [track.xyxy for track in live if track.seen_at == at], at)

    def _judge(self, live: Sequence[Track], present: Sequence[Track], at: float, held: bool) -> None:
        """Note who of the vehicles seen at `at` stands; `held`: nothing moved, so who stood does."""
        hidden = covered(live, present, at) if self._has_plane else {}
        for track in live:
            if track.seen_at == at and track.refitted:
                lane = next((lane for lane in self._lanes if lane.holds(track, at)), None)
                if lane is not None and lane.plane is not None:
                    self._see_on_road(track, lane.lane, lane.plane, hidden.get(track.id), held)
                if not (held and track.stopped):
                    judge_standing(track, lane)

    def _see_on_road(
        self, track: Track, lane: str, plane: GroundPlane, foot_above: float | None, held: bool
    ) -> None:
        if track.advance is None or track.advance.lane != lane:
            track.advance = Advance(lane)
        track.advance.see(plane, track.xyxy, foot_above, track.seen_at)
        track.closely = self._look_closely(track, track.advance, plane, foot_above is not None, held)

    def _look_closely(
        self, track: Track, advance: Advance, plane: GroundPlane, foot_hidden: bool, held: bool
    ) -> Closely | None:
        """The vehicle as its pixels show it; None: it is not followed."""
        grown, closely = self._grown.get(track.id), track.closely
        if grown is None or advance.metres is None:
            return None
        if closely is None or closely.lane != advance.lane:
            closely = begun(advance.lane, plane, grown.xyxy, advance.metres, grown.growth)
        seen = closely is not None and closely.see(
            plane, grown.xyxy, foot_hidden, grown.growth, track.seen_at, held
        )
        return closely if seen else None

    def _note_arrivals(self, crossings: Iterable[Crossing]) -> None:
        for crossing in crossings:
            if crossing.line == "tail":
                self._arrived[crossing.track, crossing.lane] = crossing.t_s

    def _standings(self, there: Sequence[Track], at: float) -> tuple[Standing, ...]:
        return tuple(
            Standing(stood_at, lane.lane, track.id)
            for lane in self._lanes
            for track in there
            if (stood_at := self._starts_service(lane, track, at)) is not None
        )

    def _passages(self, standings: Iterable[Standing]) -> tuple[Passage, ...]:
        return tuple(
            Passage(one.t_s, one.lane, one.t_s - self._arrived[one.track, one.lane])
            for one in standings
            if (one.track, one.lane) in self._arrived
        )

    def _starts_service(self, lane: LaneView, track: Track, at: float) -> float | None:
        """When the vehicle came to stand at the booth, the first time that this is seen."""
        if (track.id, lane.lane) in self._served or not is_served(lane, track, at):
            return None
        self._served.add((track.id, lane.lane))
        return track.stopped_since

    def _moment(self, lane: LaneView, there: Sequence[Track], at: float) -> Moment:
        occupied, hidden = self._is_occupied(lane, there, at), self._is_hidden(lane, there, at)
        members, begins_hidden = members_of(lane, there, at), beginning_hidden(lane, there, at)
        return Moment(at, lane, members, begins_hidden, beyond_view(lane, occupied, hidden))

    def _lane_step(
        self, lane: LaneView, moment: Moment | None, there: Sequence[Track], at: float
    ) -> LaneStep:
        booth = None if lane.booth is None else any(is_served(lane, track, at) for track in there)
        return LaneStep(lane.lane, None if moment is None else moment.at_once(), booth)

    def _is_occupied(self, lane: LaneView, there: Sequence[Track], at: float) -> bool:
        since, until = self._occupied.get(lane.lane, (at, at))
        lately = at - until <= OCCUPIED_S
        if end_occupied(lane, there, at):
            self._occupied[lane.lane] = since if lately else at, at
            return True
        return lately and until - since >= OCCUPIED_S

    def _is_hidden(self, lane: LaneView, there: Sequence[Track], at: float) -> bool:
        if not end_hidden(lane, there, at):
            self._covered_since.pop(lane.lane, None)
            return False
        return at - self._covered_since.setdefault(lane.lane, at) >= HIDDEN_AFTER_S

    def _forget(self, ended: Iterable[Track]) -> None:
        ended = tuple(ended)
        self._newcomers.forget(ended)
        self._beside.forget(ended)
        for track in ended:
            for lane in self._lanes:
                self._arrived.pop((track.id, lane.lane), None)
                self._served.discard((track.id, lane.lane))


def _view(track: Track, stands: bool, at: float) -> TrackView:
    xyxy = track.expected_xyxy(at)
    return TrackView(track.id, track.cls, xyxy, track.score, stands, coasting=track.seen_at < at)
