"""Perfect camera rows and true waits out of simulated traffic, without rendering a picture."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from dashboard.minutes import LaneMinute
from simulator.driving import JOIN_MS, Drive
from simulator.site import STOP_LINE_M, TAIL_LINE_M
from simulator.traffic import LaneTraffic

STEP_S = 0.5


@dataclass(frozen=True, slots=True)
class Joiner:
    """When a vehicle joined the queue, and how long it then waited, seconds."""

    join_s: float
    wait_s: float


def joiners(traffic: LaneTraffic) -> list[Joiner]:
    """Joiners of a lane in time order."""
    known = [
        Joiner(d.join_s, d.wait_s) for d in traffic.drives if d.join_s is not None and d.wait_s is not None
    ]
    return sorted(known, key=lambda joiner: joiner.join_s)


def true_wait_s(known: Sequence[Joiner], at_s: float) -> float | None:
    """Wait of a vehicle that joins at `at_s`: linear between its neighbours, None beyond 60 s of either."""
    before = [joiner for joiner in known if joiner.join_s <= at_s]
    after = [joiner for joiner in known if joiner.join_s > at_s]
    if not before or not after or at_s - before[-1].join_s > 60 or after[0].join_s - at_s > 60:
        return None
    left, right = before[-1], after[0]
    return left.wait_s + (right.wait_s - left.wait_s) * (at_s - left.join_s) / (right.join_s - left.join_s)


def lane_rows(
    traffic: LaneTraffic, length_s: float, slice_s: float, seen: float = 1.0
) -> Iterator[LaneMinute]:
    """A row per slice. `seen`: share (0-1) of the vehicles in view that the camera finds."""
    start_s = 0.0
    while start_s < length_s:
        yield _row(traffic, start_s, start_s + slice_s, seen)
        start_s += slice_s


def _row(traffic: LaneTraffic, start_s: float, end_s: float, seen: float) -> LaneMinute:
    moments = [start_s + (k + 0.5) * STEP_S for k in range(int((end_s - start_s) / STEP_S))]
    views = [_view(traffic.drives, at_s) for at_s in moments]
    lengths = [view[3] for view in views]
    return LaneMinute(
        start_s=start_s,
        end_s=end_s,
        lane=traffic.lane.id,
        kind="booth",
        serves=(traffic.lane.stream,),
        arrivals=_crossed(traffic.drives, TAIL_LINE_M, True, start_s, end_s),
        departures=_crossed(traffic.drives, 0.0, False, start_s, end_s),
        in_view_mean=seen * sum(view[0] for view in views) / len(views),
        stopped_mean=seen * sum(view[1] for view in views) / len(views),
        length_m=lengths[-1],
        full=False,
        booth_occ=sum(view[2] for view in views) / len(views),
        missing=False,
    )


def _crossed(drives: Sequence[Drive], y_m: float, rear: bool, start_s: float, end_s: float) -> int:
    times = [drive.crossed_s(y_m, drive.vehicle.length_m if rear else 0.0) for drive in drives]
    return sum(time is not None and start_s < time <= end_s for time in times)


def _view(drives: Sequence[Drive], at_s: float) -> tuple[int, int, int, float]:
    """In view, stopped, standing at the booth (0 or 1), length of the queue in metres."""
    in_view = stopped = standing = 0
    length_m = 0.0
    for drive in drives:
        front, before = drive.front_at(at_s), drive.front_at(at_s - 0.25)
        if front is None or before is None or front <= 0 or front + drive.vehicle.length_m > TAIL_LINE_M:
            continue
        in_view += 1
        if (before - front) / 0.25 < JOIN_MS:
            stopped += 1
            length_m = max(length_m, front + drive.vehicle.length_m)
            standing = max(standing, int(front - STOP_LINE_M < 0.5))
    return in_view, stopped, standing, length_m
