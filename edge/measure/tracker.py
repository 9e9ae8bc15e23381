"""Vehicles through time: boxes in, tracks out. All in seconds, so that a dropped picture changes nothing."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from edge.measure.assembly import assembled, inside_share
from edge.measure.association import LIMIT, NEVER, Pairs, assign, centres, motion_cost
from edge.measure.duplicates import distinct
from edge.measure.flow import Flow
from edge.measure.geometry import XYXY, Floats, overlaps
from edge.measure.starting import may_have_started, ways_driven
from edge.measure.track import Track
from edge.messages import VEHICLE_CLASSES
from edge.vision import Boxes

Found = tuple[Floats, tuple[str, ...], Floats]
"""Boxes (n, 4) px, their classes and scores."""

START_SCORE = 0.4
"""Only a box at least this sure starts a track, unless the detector says other; weaker ones carry it on."""

LEARN_HITS = 4
"""A track's velocity is known after so many looks, and teaches the flow of its place."""

LEFT_IOU = 0.3
"""A weak box, or one that jumped, carries a track on only where it overlaps the expected box this much."""

STOOD_IOU = 0.75
"""One whose box flickered is found again where a box overlaps the one in which it stood this much."""

PART = 0.5
"""A box with more of its area inside that of a vehicle that is known for longer may be a part of it."""

MOVING_HOLD_S = 1.5
CREEPING_HOLD_S = 4.0
STANDING_HOLD_S = 20.0
TENTATIVE_HOLD_S = 0.6
"""How long a track outlives its last box: driving, creeping (it cannot be elsewhere), standing, unsure."""

GAP_HOLDS = 2.0
"""After a gap in the pictures, a track is still looked for up to so many times as long."""


@dataclass(frozen=True, slots=True)
class Tracked:
    """What one picture did: all live tracks, and those that ended with it."""

    live: tuple[Track, ...]
    ended: tuple[Track, ...]


class Tracker:
    """Holds the tracks of one camera, for pictures of `width` x `height` px. `at`: of the last picture."""

    def __init__(self, width: int, height: int, start_score: float = START_SCORE) -> None:
        self._tracks: list[Track] = []
        self._size = width, height
        self._start_score = start_score
        self._flow = Flow(width, height)
        self._next_id = 1
        self.at = 0.0

    @property
    def tracks(self) -> Sequence[Track]:
        """All live tracks."""
        return self._tracks

    def step(self, boxes: Boxes, at: float) -> Tracked:
        """Take the boxes of the picture at `at` (s); times must not fall."""
        self.at = at
        stale = self._drop(lambda track: at - track.seen_at > GAP_HOLDS * _hold_s(track))
        xyxy, classes, scores = self._vehicles(boxes, at)
        found = list(zip(xyxy.tolist(), classes, scores.tolist(), strict=True))
        free = set(range(len(found)))
        for row, column in self._match(xyxy, scores, at).items():
            self._see(self._tracks[row], *found[column], at)
            free.discard(column)
        for column in sorted(free):
            if scores[column] >= self._start_score:
                self._start(*found[column], at)
        self._tell_apart(at)
        for track in self._tracks:
            track.missed += track.seen_at < at
        ended = self._drop(lambda track: track.seen_at < at and self._is_gone(track, at))
        return Tracked(tuple(self._tracks), stale + ended)

    def hold(self, near: Container[int], at: float) -> Tracked:
        """Nothing moved about the tracks `near` until `at` (s), so nothing was looked at: what stood stands,
        and of those, who was seen is seen where it was.
        """
        for track in self._tracks:
            if track.stopped or (track.id in near and track.seen_at == self.at):
                track.stay(self.at, at)
        self.at = at
        ended = self._drop(lambda track: not track.stopped and self._is_gone(track, at))
        return Tracked(tuple(self._tracks), ended)

    def resume(self, tracks: Iterable[Track]) -> None:
        """Go on with tracks of an earlier tracker."""
        self._tracks = list(tracks)
        self._next_id = max([self._next_id, *(track.id + 1 for track in self._tracks)])

    def finish(self) -> tuple[Track, ...]:
        """End all tracks and give them; the tracker is then empty and may go on."""
        ended = tuple(self._tracks)
        self._tracks = []
        return ended

    def _vehicles(self, boxes: Boxes, at: float) -> Found:
        """Boxes of vehicles only, each vehicle once and whole."""
        known = [track.body(at) for track in self._tracks if track.confirmed]
        expected = np.array(known).reshape(-1, 4)
        rows = [row for row, cls in enumerate(boxes.classes) if cls in VEHICLE_CLASSES]
        xyxy, scores = boxes.xyxy[rows].astype(float), boxes.scores[rows].astype(float)
        iou, _ = overlaps(xyxy, expected)
        kept = distinct(xyxy, scores, iou)
        classes = tuple(boxes.classes[rows[row]] for row in kept)
        return _whole((xyxy[kept], classes, scores[kept]), expected, iou[kept].T)

    def _start(self, xyxy: Sequence[float], cls: str, score: float, at: float) -> None:
        track = Track(self._next_id, xyxy, cls, score, at)
        drift = self._flow.drift(track.motion.cx, track.motion.cy)
        if drift is not None:
            track.motion.follow(drift)
        self._tracks.append(track)
        self._next_id += 1

    def _see(self, track: Track, xyxy: Sequence[float], cls: str, score: float, at: float) -> None:
        track.see(xyxy, cls, score, at)
        if track.hits >= LEARN_HITS:
            motion = track.motion
            self._flow.learn(motion.cx, motion.cy, motion.vx / motion.scale, motion.vy / motion.scale)

    def _match(self, xyxy: Floats, scores: Floats, at: float) -> dict[int, int]:
        """Boxes by track: sure boxes by motion, then weak boxes and what is left by overlap."""
        if not self._tracks or not len(scores):
            return {}
        sure = np.flatnonzero(scores >= self._start_score)
        taken = {row: int(sure[column]) for row, column in self._by_motion(xyxy[sure], at)}
        taken |= self._by_overlap(taken, xyxy, lambda track: track.expected_xyxy(at), LEFT_IOU)
        back = self._by_overlap(taken, xyxy, lambda track: track.stood_xyxy(at), STOOD_IOU)
        for row in back:
            self._tracks[row].go_back()
        taken |= back
        return taken | self._by_start(taken, xyxy, sure, at)

    def _tell_apart(self, at: float) -> None:
        """Note who is a vehicle of its own: a box inside that of a better known one may be a part of it."""
        if all(track.apart for track in self._tracks):
            return
        seen = [track for track in self._tracks if track.seen_at == at]
        places, hits = (
            np.array([track.xyxy for track in seen]).reshape(-1, 4),
            np.array([t.hits for t in seen]),
        )
        inside = (inside_share(places, places) > PART) & (hits[:, None] > hits[None, :])
        for track, is_part in zip(seen, np.any(inside, axis=0), strict=True):
            track.apart = track.apart or not bool(is_part)

    def _by_motion(self, xyxy: Floats, at: float) -> Pairs:
        expected = np.array([track.expected(at) for track in self._tracks])
        cost = motion_cost(expected, centres(xyxy)) if len(xyxy) else np.zeros((len(expected), 0))
        return assign(cost, LIMIT)

    def _by_overlap(
        self, taken: dict[int, int], xyxy: Floats, place: Callable[[Track], XYXY | None], least: float
    ) -> dict[int, int]:
        """Boxes by track, of those that are left and have such a place: what overlaps it by `least`."""
        places = {row: place(track) for row, track in enumerate(self._tracks) if row not in taken}
        known = {row: box for row, box in places.items() if box is not None}
        columns = sorted(set(range(len(xyxy))) - set(taken.values()))
        if not known or not columns:
            return {}
        rows = list(known)
        iou, _ = overlaps(np.array(list(known.values())), xyxy[columns])
        return {rows[row]: columns[column] for row, column in assign(1 - iou, 1 - least)}

    def _by_start(
        self, taken: dict[int, int], xyxy: Floats, sure: NDArray[np.intp], at: float
    ) -> dict[int, int]:
        """Sure boxes that are left, by track: of who stood and drove off unseen."""
        left = (row for row in range(len(self._tracks)) if row not in taken)
        rows = [row for row in left if may_have_started(self._tracks[row], at)]
        columns = sorted(set(sure.tolist()) - set(taken.values()))
        if not rows or not columns:
            return {}
        boxes = centres(xyxy[columns])
        cost = np.array([ways_driven(self._tracks[row], boxes, at) for row in rows])
        return {rows[row]: columns[column] for row, column in assign(cost, NEVER)}

    def _drop(self, ends: Callable[[Track], bool]) -> tuple[Track, ...]:
        """Take out the tracks that end, and give them."""
        ended = tuple(track for track in self._tracks if ends(track))
        if ended:
            self._tracks = [track for track in self._tracks if track not in ended]
        return ended

    def _is_gone(self, track: Track, at: float) -> bool:
        x, y = track.expected_centre(at)
        track.left = not (0 <= x <= self._size[0] and 0 <= y <= self._size[1])
        return track.left or at - track.seen_at > _hold_s(track)


def _hold_s(track: Track) -> float:
    if not track.confirmed:
        return TENTATIVE_HOLD_S
    if track.stopped:
        return STANDING_HOLD_S
    return max(MOVING_HOLD_S, min(track.own_length_s, CREEPING_HOLD_S)) if track.steady else MOVING_HOLD_S


def _whole(boxes: Found, expected: Floats, iou: Floats) -> Found:
    """The boxes, those that are parts of one known vehicle put together."""
    xyxy, classes, scores = boxes
    found = assembled(expected, xyxy, iou)
    if not found:
        return boxes
    parts = {row for rows, _ in found for row in rows}
    rest = [row for row in range(len(scores)) if row not in parts]
    strongest = [max(rows, key=lambda row: scores[row]) for rows, _ in found]
    kept = rest + strongest
    whole = np.vstack([xyxy[rest], *(about for _, about in found)])
    return whole, tuple(classes[row] for row in kept), scores[kept]
