"""One vehicle as the tracker holds it: where it is, how it moves, what it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import copy
from math import dist, hypot, inf

from edge.measure.advance import Advance
from edge.measure.association import Row
from edge.measure.closely import Closely
from edge.measure.geometry import XYXY, Point, anchor_of
from edge.measure.motion import JITTER, Motion, SpeedFit, box_about

SURE_SCORE = 0.6
"""A single box this sure is a vehicle at once; a weaker one needs a second look."""

STANDING_SPREAD = 0.25
"""A standing vehicle is looked for within a few of these (scales) of its place, however long hidden."""

STEADY_HITS = 3
STEADY_S = 0.35
"""So many looks over so long make a track whose way is known."""

KNOWN_HITS = 3
DRIVING_SPREAD = 0.35
WAY_SPREAD = 0.5
"""After so many looks, a driving vehicle is looked for within a few of 0.35 scales and half its way."""

STEADY_SIZE_S = 20.0
"""The box of a standing vehicle takes another size no faster: its lamps glare, or its box flickers."""

STOOD_S, AT_A_STROKE = 1.0, 1.5
"""Within so long nobody else can be where one stood; whose box is so many times wider or higher now, or less,
need not have left: lamps, a shadow, half of it, two in one box. Its middle jumps, as if it drove off."""

TINY_SPEED = 1e-3
"""px/s"""

ASLEEP_S = 0.5
"""A standing vehicle that was not seen for this long has no velocity."""


class Track:
    """A vehicle; `left`: it drove out of the picture; `apart`: it was seen to be no part of another one.

    `came_from`: where it was first seen (px). `moved`: how far its foot did from look to look (scales).
    `cls`: the class with most of the summed scores.
    `stood`: its motion when it was last seen to stand, until its box has that size and it drives.
    """

    __slots__ = (
        "_body", "advance", "apart", "born_at", "came_from", "closely", "cls", "fit", "hits", "id", "left",
        "missed", "motion", "moved", "pictures", "refitted", "score", "seen_at", "size", "stood",
        "stopped_since", "votes", "xyxy",
    )  # fmt: skip

    def __init__(self, number: int, xyxy: Sequence[float], cls: str, score: float, at: float) -> None:
        self.id = number
        self.born_at = at
        self.seen_at = at
        self.hits = self.pictures = self.missed = 0
        self.score = 0.0
        self.left = False
        self.apart = False
        self.votes: dict[str, float] = {}
        self.moved = inf
        self._body: tuple[float, XYXY] | None = None
        self.motion = Motion(xyxy, at)
        self.came_from = self.motion.cx, self.motion.cy
        self.fit = SpeedFit()
        self.advance: Advance | None = None
        self.closely: Closely | None = None
        self.stopped_since: float | None = None
        self.stood: Motion | None = None
        self.size = 0.0, 0.0
        self.seen_at = at
        self._take(xyxy, cls, score, at)

    @property
    def confirmed(self) -> bool:
        """Whether it is taken for a vehicle."""
        return self.hits > 1 or self.score >= SURE_SCORE

    @property
    def steady(self) -> bool:
        """Whether it was followed for a while, and seen in most pictures until the last look."""
        return (
            self.hits >= STEADY_HITS
            and self.seen_at - self.born_at >= STEADY_S
            and self.hits > self.pictures / 2
        )

    @property
    def followed(self) -> bool:
        """Whether it was steady, and its pixels show how it drives."""
        return self.steady and self.closely is not None

    @property
    def steadiness(self) -> float:
        """In how many of its pictures until the last look it was found, 0 to 1."""
        return self.hits / self.pictures

    @property
    def own_length_s(self) -> float:
        """How long it takes, at its last known speed, to drive its own length."""
        motion = self.motion
        return motion.scale / max(hypot(motion.vx, motion.vy), TINY_SPEED)

    @property
    def stopped(self) -> bool:
        """Whether it stands."""
        return self.stopped_since is not None

    def see(self, xyxy: Sequence[float], cls: str, score: float, at: float) -> None:
        """Take the box (px) that shows this vehicle at `at`."""
        if not self._flickers(at):
            self.stood = copy(self.motion) if self.stopped else None
        self.moved = dist(anchor_of(self.xyxy, "bottom"), anchor_of(xyxy, "bottom")) / self.motion.scale
        self.motion.correct(xyxy, at)
        self._take(xyxy, cls, score, at)

    def stood_xyxy(self, at: float) -> XYXY | None:
        """The box (px) in which it stood a moment before `at` (s), if its box took another size since."""
        return self.stood.xyxy if self.stood is not None and self._flickers(at) else None

    def go_back(self) -> None:
        """It moves as it did when it stood."""
        if self.stood is not None:
            self.motion = copy(self.stood)

    def _flickers(self, at: float) -> bool:
        """Whether it stood a moment before `at` (s), and its last box has another size."""
        stood = self.stood
        if stood is None or at - stood.at > STOOD_S:
            return False
        x0, y0, x1, y1 = self.xyxy
        growth = (x1 - x0) / stood.width, (y1 - y0) / stood.height
        return any(not 1 / AT_A_STROKE < grown < AT_A_STROKE for grown in growth)

    def stand(self, since: float | None) -> None:
        """Note since when it stands (s); None: it drives, or one cannot tell."""
        self.stopped_since = since
        self._body = None

    def vote(self, votes: Mapping[str, float]) -> None:
        """These are the summed scores of each class."""
        self.votes = dict(votes)
        self.cls = _first(self.votes)

    def stay(self, since: float, at: float) -> None:
        """Nothing moved about it since the last picture: what that showed, or hid, is so at `at`.

        A vehicle that was seen then is seen now, in the same place. One that stood there hidden is no longer
        so than it was: no look has said more of it.
        """
        seen = self.seen_at == since
        self.seen_at = at if seen else self.seen_at + at - since
        if self.stopped:
            self.motion.at += at - since
        else:
            self.motion.correct(self.xyxy, at)
        self._body = None
        self.refitted = False
        if seen:
            x0, y0, x1, y1 = self.xyxy
            self.refitted = self.fit.add(at, (x0 + x1) / 2, y1, y1 - y0)

    def growth_rate(self, vanishing_y: float) -> float:
        """How fast it grows about a point in that row (px) of the picture: the logarithm, per second."""
        lever = self.motion.cy - vanishing_y
        return 0.0 if self.stopped or abs(lever) < 1 else self.motion.vy / lever

    def expected(self, at: float) -> Row:
        """Expected centre x, y, width, height (px), variance of the place (scales^2), scale (px) at `at`."""
        motion = self.motion
        x, y = self.expected_centre(at)
        var = min(motion.variance(at), self._farthest(at) ** 2)
        return x, y, motion.width, motion.height, var + JITTER**2, motion.scale

    def _farthest(self, at: float) -> float:
        """Standard deviation of the place (scales) that is believed at most, however long it was not seen."""
        if self.stopped:
            return STANDING_SPREAD
        if self.hits < KNOWN_HITS:
            return inf
        motion = self.motion
        way = hypot(motion.vx, motion.vy) / motion.scale * (at - self.seen_at)
        return DRIVING_SPREAD + WAY_SPREAD * way

    def expected_centre(self, at: float) -> Point:
        """Expected centre (px) at `at`."""
        if self.stopped and at - self.seen_at > ASLEEP_S:
            return self.motion.cx, self.motion.cy
        return self.motion.centre(at)

    def expected_xyxy(self, at: float) -> XYXY:
        """Expected box (px) at `at`; the last box itself when it was seen then."""
        if at <= self.seen_at:
            return self.xyxy
        return box_about(self.expected_centre(at), self.motion.width, self.motion.height)

    def body(self, at: float) -> XYXY:
        """The vehicle (px) at `at`: the expected box, that of a standing one in the size that it keeps."""
        if self._body is None or self._body[0] != at:  # it is asked for some ten times a look
            self._body = at, self._body_at(at)
        return self._body[1]

    def _body_at(self, at: float) -> XYXY:
        box = x0, y0, x1, y1 = self.expected_xyxy(at)
        if not self.stopped:
            return box
        return box_about(((x0 + x1) / 2, (y0 + y1) / 2), *self.size)

    def _take(self, xyxy: Sequence[float], cls: str, score: float, at: float) -> None:
        x0, y0, x1, y1 = (float(value) for value in xyxy)
        share = min((at - self.seen_at) / STEADY_SIZE_S, 1.0) if self.stopped else 1.0
        self.size = (
            self.size[0] + share * (x1 - x0 - self.size[0]),
            self.size[1] + share * (y1 - y0 - self.size[1]),
        )
        self.xyxy = (x0, y0, x1, y1)
        self._body = None
        self.hits += 1
        self.pictures += 1 + self.missed
        self.missed = 0
        self.score = max(self.score, score)
        self.votes[cls] = self.votes.get(cls, 0.0) + score
        self.cls = _first(self.votes)
        self.seen_at = at
        self.refitted = self.fit.add(at, (x0 + x1) / 2, y1, y1 - y0)


def _first(votes: Mapping[str, float]) -> str:
    return max(votes, key=votes.__getitem__)
