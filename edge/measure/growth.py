"""How much the vehicles of a camera have grown in the picture, look by look (`patch.py`)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from edge.measure.geometry import XYXY, Point
from edge.measure.patch import Patch, patch_of
from edge.measure.sway import Pole, Swayed
from edge.vision import Picture

LOOKS_S = 2.0
MOST_GROWTH = 0.1
"""For so long, and up to so much growth (logarithm), a vehicle looks as it did when its patch was taken."""

MOST_GUESS = 0.5
"""After a gap in the pictures nobody is looked for at another size than this."""

TICK_S = 1e-3
"""Two pictures are apart by this time at least."""

SAME_PX = 0.5
"""A box is nearer whose lower edge lies lower by more than this."""


@dataclass(frozen=True, slots=True)
class Seen:
    """A known vehicle: its last box (px) and whether this picture shows that, the point (px) in which its
    lane vanishes, and how fast it grows by its boxes (logarithm, per second)."""

    number: int
    xyxy: XYXY
    now: bool
    vanishing: Point
    rate: float


@dataclass(frozen=True, slots=True)
class Grown:
    """How much a vehicle has grown (logarithm) since it was first followed, and its box (px) but for the
    camera's sway."""

    growth: float
    xyxy: XYXY


@dataclass(frozen=True, slots=True, eq=False)
class _Followed:
    """A patch, when it was taken (s), how much the vehicle had grown by then and since, and per second."""

    patch: Patch
    at: float
    before: float
    since: float
    rate: float | None = None

    @property
    def growth(self) -> float:
        return self.before + self.since

    def in_picture(self, picture: Swayed, one: Seen, by_s: float) -> _Followed | None:
        """The same in the next picture, `by_s` later; None: it is not found there."""
        guess = by_s * (one.rate if self.rate is None else self.rate)
        since = self.patch.growth(picture, self.since + min(max(guess, -MOST_GUESS), MOST_GUESS))
        return None if since is None else replace(self, since=since, rate=(since - self.since) / by_s)

    def still_fits(self, at: float) -> bool:
        """Whether the vehicle looks as it did then."""
        return at - self.at < LOOKS_S and abs(self.since) < MOST_GROWTH


@dataclass(frozen=True, slots=True, eq=False)
class _Look:
    """The last picture and its boxes: a vehicle that looks otherwise now may look as it did a moment ago."""

    picture: Swayed
    at: float
    boxes: Sequence[XYXY]
    shown: Mapping[int, XYXY]

    def patch(self, number: int, vanishing: Point) -> Patch | None:
        """A patch of a vehicle as this picture shows it; None: it shows none of it."""
        xyxy = self.shown.get(number)
        if xyxy is None:
            return None
        nearer = [box for box in self.boxes if box[3] > xyxy[3] + SAME_PX]
        return patch_of(self.picture, xyxy, nearer, vanishing)


class Growths:
    """How much each vehicle has grown in pictures of `width` x `height` px, but for the camera's sway."""

    def __init__(self, width: int, height: int) -> None:
        self._pole = Pole(width, height)
        self._followed: dict[int, _Followed] = {}
        self._last: _Look | None = None

    def look(
        self, picture: Picture, vehicles: Sequence[Seen], boxes: Sequence[XYXY], at: float
    ) -> dict[int, Grown]:
        """Those that can be followed in the picture at `at` (s).

        boxes: of all vehicles that this picture shows, px; the nearer ones hide others.
        """
        if not vehicles:
            self._followed, self._last = {}, None
            return {}
        by_s = TICK_S if self._last is None else max(at - self._last.at, TICK_S)
        swayed = self._pole.look(picture.luma, [*boxes, *(one.xyxy for one in vehicles)], at)
        steady = [replace(one, xyxy=swayed.steady(one.xyxy)) for one in vehicles]
        found = {one.number: known for one in steady if (known := self._find(swayed, one, by_s)) is not None}
        self._last = _Look(
            swayed.kept(),
            at,
            [swayed.steady(box) for box in boxes],
            {one.number: one.xyxy for one in steady if one.now},
        )
        self._followed = found | self._renewed(self._last, steady, found)
        return {
            one.number: Grown(found[one.number].growth, one.xyxy) for one in steady if one.number in found
        }

    def _find(self, picture: Swayed, one: Seen, by_s: float) -> _Followed | None:
        """The vehicle in this picture, by its patch or, where it looks otherwise now, by the last picture."""
        known = self._followed.get(one.number)
        if known is None:
            return None
        found = known.in_picture(picture, one, by_s)
        if found is not None or self._last is None:
            return found
        patch = self._last.patch(one.number, one.vanishing)
        if patch is None:
            return None
        return _Followed(patch, self._last.at, known.growth, 0.0).in_picture(picture, one, by_s)

    def _renewed(
        self, look: _Look, vehicles: Iterable[Seen], found: Mapping[int, _Followed]
    ) -> dict[int, _Followed]:
        """New patches of those that have none, or an old one, as far as the picture shows them."""
        fresh = {}
        for one in vehicles:
            known = found.get(one.number)
            if known is not None and known.still_fits(look.at):
                continue
            patch = look.patch(one.number, one.vanishing)
            if patch is not None:
                before, rate = (0.0, None) if known is None else (known.growth, known.rate)
                fresh[one.number] = _Followed(patch, look.at, before, 0.0, rate)
        return fresh
