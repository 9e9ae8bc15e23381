"""The wait engine: closed slices in, the state of every stream out.

Pure and streaming: the same rows in the same order give the same figures bit for bit. Slices may have any
length. Times are seconds in the caller's own time.
"""

from __future__ import annotations

from collections.abc import Sequence

from dashboard.minutes import LaneMinute
from dashboard.waits.booth import Booth
from dashboard.waits.expected import expected
from dashboard.waits.mix import Mix
from dashboard.waits.site import SiteSpec
from dashboard.waits.slices import Slice, slice_of
from dashboard.waits.state import StreamState, Wait
from dashboard.waits.stream import Stream
from dashboard.waits.verdict import verdict


class WaitEngine:
    """Waits of one direction of a port."""

    def __init__(self, site: SiteSpec) -> None:
        self.site = site
        self._end_s: float | None = None
        self._booths = {lane.id: Booth(lane, lane.serves) for lane in site.lanes if lane.kind == "booth"}
        approaches = [lane for lane in site.lanes if lane.kind == "approach"]
        self._mixes = {lane.id: Mix(lane.serves) for lane in approaches if lane.serves}
        self._streams = {
            spec.id: Stream(spec, [lane for lane in approaches if spec.id in lane.serves])
            for spec in site.streams
        }

    def step(self, rows: Sequence[LaneMinute]) -> None:
        """Take in the rows of all lanes of one closed slice, in any order; rows of a past slice are left out."""
        now = slice_of(rows, self._end_s)
        if now is None:
            return
        self._end_s = now.end_s
        for lane, booth in self._booths.items():
            if lane in now.rows:
                booth.see(now.rows[lane])
        for stream_id, stream in self._streams.items():
            self._step_stream(now, stream, self._serving(stream_id))
        self._learn_mixes(now)

    def _step_stream(self, now: Slice, stream: Stream, booths: list[Booth]) -> None:
        stream.count(now, booths, self._mixes)
        stream.learn_cycle(now, booths)
        stream.look(now, booths)
        stream.look_upstream(now, booths, self._mixes)
        ids = {booth.spec.id for booth in booths}
        matches = [m for row in now.rows.values() for m in row.matches if m.lane in ids]
        working = sum(booth.served_within(now.end_s, 900.0) for booth in booths)
        stream.match(now, sorted(matches, key=lambda m: m.at_s), working)

    def _serving(self, stream: str) -> list[Booth]:
        return [booth for booth in self._booths.values() if stream in booth.serves]

    def _learn_mixes(self, now: Slice) -> None:
        """Where the vehicles of shared lanes end tells who came over them."""
        for lane, mix in self._mixes.items():
            mix.forget(now.length_s)
            for row in now.rows.values():
                booth = self._booths.get(row.lane)
                for match in row.matches if booth and len(booth.serves) == 1 else ():
                    if match.from_lane == lane and booth:
                        mix.see(booth.serves[0], 1.0)

    def estimates(self, at_s: float) -> tuple[Wait | None, ...]:
        """The engine's figure for each stream of the site, in order, whether or not it may be published."""
        return tuple(self._expected(stream, at_s) for stream in self._streams.values())

    def _expected(self, stream: Stream, at_s: float) -> Wait | None:
        if self._end_s is None or at_s - self._end_s > self.site.valid_s:
            return None
        booths = self._serving(stream.spec.id)
        return expected(stream, booths, self._end_s, self.site.valid_s)

    def states(self, at_s: float) -> tuple[StreamState, ...]:
        """What can be said of each stream of the site at `at_s`, in the order of the site."""
        return tuple(
            verdict(self.site, stream, self._serving(stream.spec.id), self._expected(stream, at_s), at_s)
            for stream in self._streams.values()
        )
