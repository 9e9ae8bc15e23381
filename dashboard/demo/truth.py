"""truth.json of a rendered recording: who joined, waited and left, and who crossed which line when.

Seconds count from the first frame of the recording, which plays in a loop of `length_s`.
"""

from __future__ import annotations

from pathlib import Path

import msgspec

JOINERS_WITHIN_S = 60.0
"""A true wait is told only between two joiners who are both this near."""

QUIET_S = 1.0
"""No crossing may be nearer to the cut of a count than this."""


class TruthError(Exception):
    """A truth.json that cannot be used: which and why, one line."""


class Vehicle(msgspec.Struct, frozen=True):
    """One vehicle of the recording; None where it did not happen."""

    id: str | int
    stream: str
    lane: str
    join_s: float | None = None
    booth_s: float | None = None


class TrueCrossing(msgspec.Struct, frozen=True):
    """The anchor of a vehicle crossed a line."""

    lane: str
    line: str
    t_s: float


class Truth(msgspec.Struct, frozen=True):
    """The whole file; `scored: false` marks a recording that is only shown."""

    length_s: float
    vehicles: list[Vehicle]
    crossings: list[TrueCrossing]
    scored: bool = True


def read_truth(path: Path) -> Truth | None:
    """The truth beside a recording, None where there is none.

    Raises: TruthError, when the file is there but is no truth.json.
    """
    if not path.exists():
        return None
    try:
        return msgspec.json.decode(path.read_bytes(), type=Truth)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise TruthError(f"{path}: {error}; render the recording again with `lanewatch-sim render`") from None


def true_wait_s(truth: Truth, stream: str, at_s: float) -> float | None:
    """Wait (s) of a vehicle that would join `stream` at `at_s`; None where it cannot be told.

    Linear between the waits of the last joiner before and the first one after, as recorded ports define it.
    """
    joined = sorted(
        (v.join_s, v.booth_s - v.join_s)
        for v in truth.vehicles
        if v.stream == stream and v.join_s is not None and v.booth_s is not None
    )
    before = [row for row in joined if at_s - JOINERS_WITHIN_S <= row[0] <= at_s]
    after = [row for row in joined if at_s < row[0] <= at_s + JOINERS_WITHIN_S]
    if not before or not after:
        return None
    (t0, w0), (t1, w1) = before[-1], after[0]
    return w0 + (w1 - w0) * (at_s - t0) / (t1 - t0)


def count_until_s(truth: Truth, played_s: float) -> float:
    """Up to which second the counts are compared, when `played_s` seconds have been played.

    Whole loops if one has ended; else the last moment at least 10 s before the end that is quiet.
    """
    loops = int(played_s // truth.length_s)
    if loops:
        return loops * truth.length_s
    cut = float(int(played_s - 10))
    while cut > 0 and any(abs(c.t_s - cut) <= QUIET_S for c in truth.crossings):
        cut -= 1
    return max(cut, 0.0)


def true_count(truth: Truth, lane: str, line: str, until_s: float) -> int:
    """Crossings of one line up to `until_s`, over as many loops as that spans."""
    loops, rest_s = divmod(until_s, truth.length_s)
    times = [c.t_s for c in truth.crossings if c.lane == lane and c.line == line]
    return int(loops) * len(times) + sum(t < rest_s for t in times)
