"""Conservation: arrivals less departures are the vehicles between a lane's lines.

What does not fit is corrected when it is sure, and told. Sure is: a vehicle that leaves who never arrived;
one that arrived in another lane than it leaves; and a lane that is seen empty after its last vehicle left
over its booth line, though the account still holds some. An area that fell empty in another way (a detector
that went blind, a camera that was moved) proves nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from edge.config import LaneConfig
from edge.measure.geometry import Point, inside, segment_of, to_pixels
from edge.vision import Correction, Crossing, LaneStep

EMPTY_S = 8.0
"""A lane is empty when nobody was seen in it for so long."""

LEFT_S = 3.0
"""Its last vehicle left over the booth line when that was crossed within this of the lane's falling empty."""

GAP_S = 1.0
"""Between pictures that are further apart nothing was seen, nor was nobody."""

WAY_SAMPLES = 9
WAY_SHARE = 0.75
"""The area shows what is between the lines when it holds this share of the way from the one to the other."""

NEVER_ARRIVED = "left without having arrived"
OTHER_LANE = "arrived in another lane"
SEEN_EMPTY = "the lane is seen empty"


def is_closed(lane: LaneConfig, width: int, height: int) -> bool:
    """Whether the lane's area shows all that is between its lines, so that the account can be checked."""
    if lane.tail is None or lane.booth is None or lane.area is None:
        return False
    (x0, y0), (x1, y1) = (_middle(segment_of(line, width, height).ends) for line in (lane.tail, lane.booth))
    area = [(x, y) for x, y in to_pixels(lane.area, width, height).tolist()]
    shares = [(i + 0.5) / WAY_SAMPLES for i in range(WAY_SAMPLES)]
    held = sum(inside((x0 + share * (x1 - x0), y0 + share * (y1 - y0)), area) for share in shares)
    return held >= WAY_SHARE * WAY_SAMPLES


def _middle(ends: tuple[Point, Point]) -> Point:
    (x0, y0), (x1, y1) = ends
    return (x0 + x1) / 2, (y0 + y1) / 2


class Account:
    """One lane's vehicles between its lines; `between` is None until the lane was seen empty once."""

    def __init__(self, between: int | None = None) -> None:
        self.between = between
        self._left_at: float | None = None
        self._empty_since: float | None = None
        self._looked_at: float | None = None

    def arrive(self, by: int = 1) -> None:
        """So many vehicles more."""
        if self.between is not None:
            self.between += by

    def leave(self, at: float) -> bool:
        """A vehicle left at `at`; False when the account held none, though it was known."""
        self._left_at = at
        if self.between is None:
            return True
        self.between -= 1
        return self.between >= 0

    def look(self, seen: int, hidden: bool, at: float) -> int:
        """`seen` vehicles are there at `at`; gives how many the account holds too many, if that is sure."""
        blind = self._looked_at is not None and at - self._looked_at > GAP_S
        self._looked_at = at
        if seen or hidden or blind:
            self._empty_since = None
            return 0
        if self._empty_since is None:
            self._empty_since = at
        if at - self._empty_since < EMPTY_S or not self._emptied_by_leaving(self._empty_since):
            return 0
        surplus, self.between = self.between or 0, 0
        return surplus

    def _emptied_by_leaving(self, since: float) -> bool:
        return self._left_at is not None and abs(since - self._left_at) <= LEFT_S


class Balance:
    """The accounts of those lanes of a camera that can be checked."""

    def __init__(self, lanes: Sequence[LaneConfig], width: int, height: int) -> None:
        self._accounts = {lane.id: Account() for lane in lanes if is_closed(lane, width, height)}
        self._arrived_in: dict[int, str] = {}

    @property
    def between(self) -> dict[str, int | None]:
        """Vehicles between the lines of each lane that can be checked; None where that is not known."""
        return {lane: account.between for lane, account in self._accounts.items()}

    def resume(self, between: dict[str, int | None], arrived_in: dict[int, str]) -> None:
        """Go on from what an earlier node knew; `arrived_in`: the lanes of tracks that are still there, also
        those that cannot be checked.
        """
        for lane, account in self._accounts.items():
            account.between = between.get(lane)
        self._arrived_in |= {track: lane for track, lane in arrived_in.items() if lane in self._accounts}

    def step(self, crossings: Iterable[Crossing], lanes: Iterable[LaneStep], at: float) -> list[Correction]:
        """What has to be corrected at `at`."""
        found = [correction for crossing in crossings for correction in self._cross(crossing, at)]
        for lane in lanes:
            account = self._accounts.get(lane.lane)
            if account is not None and lane.queue is not None:
                surplus = account.look(lane.queue.in_view, lane.queue.at_least, at)
                if surplus:
                    found.append(Correction(at, lane.lane, 0, surplus, SEEN_EMPTY))
        return found

    def forget(self, tracks: Iterable[int]) -> None:
        """Those tracks have ended."""
        for track in tracks:
            self._arrived_in.pop(track, None)

    def _cross(self, crossing: Crossing, at: float) -> list[Correction]:
        account = self._accounts.get(crossing.lane)
        if account is None:
            return []
        if crossing.line == "tail":
            self._arrived_in[crossing.track] = crossing.lane
            account.arrive()
            return []
        return self._leave(account, crossing, at)

    def _leave(self, account: Account, crossing: Crossing, at: float) -> list[Correction]:
        origin = self._arrived_in.pop(crossing.track, crossing.lane)
        moved = origin != crossing.lane
        if moved:
            self._accounts[origin].arrive(-1)
            account.arrive()
        fits = account.leave(crossing.t_s)
        if moved:
            return [
                Correction(at, origin, -1, 0, OTHER_LANE),
                Correction(at, crossing.lane, 1, 0, OTHER_LANE),
            ]
        if fits:
            return []
        account.arrive()
        return [Correction(at, crossing.lane, 1, 0, NEVER_ARRIVED)]
