"""Lanes that streams share: who comes over them, learned from where their vehicles end, slice by slice."""

from __future__ import annotations

from collections.abc import Mapping

from dashboard.waits.booth import Booth
from dashboard.waits.mix import Mix
from dashboard.waits.slices import Slice
from dashboard.waits.stream import Stream

MOVED_SHARE = 0.5
"""How much of a correction on a shared lane is a matter of class, not of counting."""


def learn_mixes(
    now: Slice, mixes: Mapping[str, Mix], streams: Mapping[str, Stream], booths: Mapping[str, Booth]
) -> None:
    """Take in where the slice's vehicles of each shared lane ended. All are given by id."""
    for lane, mix in mixes.items():
        mix.forget(now.length_s)
        found = [m for row in now.rows.values() for m in row.matches if m.from_lane == lane]
        for one in found:
            booth = booths.get(one.lane)
            if booth and len(booth.serves) == 1:
                mix.see_match(booth.serves[0])
        _learn_from_departures(now, lane, mix, streams)


def _learn_from_departures(now: Slice, lane: str, mix: Mix, streams: Mapping[str, Stream]) -> None:
    """A stream that has no other lane came over this one; the rest of its vehicles are the others'."""
    row = now.rows.get(lane)
    if row is None or row.arrivals is None or len(mix.streams) < 2:
        return
    known = {
        name: streams[name].left.since(now.start_s, now.end_s)
        for name in mix.streams
        if name in streams and len(streams[name].approaches) == 1 and not streams[name].shut
    }
    mix.see(known, row.arrivals)


def share_correction(
    stream: Stream, found: float, streams: Mapping[str, Stream], mixes: Mapping[str, Mix]
) -> None:
    """`found` vehicles more of one stream on lanes that it shares are so many fewer of the others."""
    for lane in stream.approaches:
        mix = mixes[lane.id]
        others = [streams[name] for name in mix.streams if name != stream.spec.id and name in streams]
        for other in others:
            moved = MOVED_SHARE * mix.doubt() * found / len(others)
            other.drift.move(-moved, abs(moved))
            mix.move(other.spec.id, stream.spec.id, moved)
