"""How far the queue of a lane reaches at a moment, and how many stand in it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from edge.measure.lane_view import BEGINS_M, LaneView
from edge.measure.queue_view import Member
from edge.vision import LaneQueue, QueueState

BEHIND_M = 1.0
"""Where the queue ends hangs on one who was not seen lately, if nobody who is seen to stand is less than this
before them, or behind."""

OCCUPIED = "upstream end occupied"
HIDDEN = "upstream end hidden"
OUT_OF_SIGHT = "far end out of sight"
BEGINS_BEFORE = "near end out of sight"
BEGINS_HIDDEN = "near end hidden"
VEHICLE_HIDDEN = "vehicle hidden"


def beyond_view(lane: LaneView, occupied: bool, hidden: bool) -> str | None:
    """Why the queue may go on beyond the view; occupied, hidden: its upstream end is, or was a moment ago."""
    return OCCUPIED if occupied else HIDDEN if hidden else OUT_OF_SIGHT if lane.dim else None


@dataclass(frozen=True, slots=True)
class Moment:
    """What a moment (`at`, s) showed of a lane: who was in its area, whether its beginning was hidden, and
    why the queue may go on beyond.
    """

    at: float
    lane: LaneView
    members: tuple[Member, ...]
    begins_hidden: bool
    beyond: str | None

    def at_once(self) -> QueueState:
        """The queue, as far as it was known then."""
        return self._state([member for member in self.members if member.stands])

    def afterwards(self) -> LaneQueue:
        """The queue, as it is known by now."""
        stood = [member for member in self.members if member.stood(self.at)]
        return LaneQueue(self.at, self.lane.lane, self._state(stood))

    def _state(self, standing: list[Member]) -> QueueState:
        length_m, unknown = self._reach(standing)
        why = unknown if self.beyond is None else self.beyond
        return QueueState(len(self.members), len(standing), length_m, self.beyond is not None, why)

    def _reach(self, standing: list[Member]) -> tuple[float | None, str | None]:
        """Metres to the last rear that is seen, 0 where it is seen that none stands; or None, and why that is
        not known.

        At least so far it reaches whoever is hidden.
        """
        if self.lane.plane is None:
            return None, None
        seen = _rears(member for member in standing if member.lately)
        begins_m = self.lane.begins_m
        if not seen and (self.lane.dim or (begins_m is not None and begins_m > BEGINS_M)):
            return None, BEGINS_BEFORE
        last = max([0.0, *seen])
        if self.beyond is not None:
            return last, None
        if any(rear > last + BEHIND_M for rear in _rears(one for one in self.members if not one.lately)):
            return None, VEHICLE_HIDDEN
        if not seen and self.begins_hidden:
            return None, BEGINS_HIDDEN
        return last, None


def _rears(members: Iterable[Member]) -> list[float]:
    return [member.rear_m for member in members if member.rear_m is not None]
