"""When a recording is played in a camera's place, at its own pace. Pure; times in seconds since 1970."""

from __future__ import annotations

from dataclasses import dataclass

LATE_S = 10.0
"""A node that comes later than this after `start_at` joins the recording where it is by now."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where in a recording: which loop, and seconds into it."""

    loop: int
    from_s: float


@dataclass(frozen=True, slots=True)
class Schedule:
    """A recording of `length_s` that starts at `start_at` and, if `loop`, starts over at each end."""

    start_at: float
    length_s: float
    loop: bool

    def frame_at(self, loop: int, pts_s: float) -> float:
        """The time of the picture `pts_s` into that loop."""
        return self.start_at + loop * self.length_s + pts_s

    def seam(self, loop: int) -> float:
        """The end of that loop; the first picture of the next has the same time."""
        return self.frame_at(loop + 1, 0.0)

    def begin(self, now: float, watched_until: float = 0.0) -> Place | None:
        """Where to begin: at the start, unless that is long past or was watched; None when all is over."""
        if now - self.start_at <= LATE_S and watched_until <= self.start_at:
            return Place(0, 0.0)
        loop, from_s = divmod(now - self.start_at, self.length_s)
        if loop and not self.loop:
            return None
        return Place(int(loop), from_s)

    def after(self, place: Place) -> Place | None:
        """The next loop; None when there is none."""
        return Place(place.loop + 1, 0.0) if self.loop else None


def first_moment(start_at: float | None, now: float, watched_until: float = 0.0) -> float:
    """The time of the first picture: `start_at` unless that is long past or was watched; None starts now."""
    if start_at is None or now - start_at > LATE_S or watched_until > start_at:
        return now
    return start_at
