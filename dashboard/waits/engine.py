"""The wait engine: closed slices in, the state of every stream out.

Pure and streaming: the same rows in the same order give the same figures bit for bit. Slices may have any
length. Times are seconds in the caller's own time.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

from dashboard.hours import is_open
from dashboard.minutes import LaneMinute, Match
from dashboard.waits.actual import actual
from dashboard.waits.booth import Booth
from dashboard.waits.expected import Place, blocked_s, expected, learn_room, open_booths, see_relief
from dashboard.waits.halt import is_halted
from dashboard.waits.lookout import Lookout
from dashboard.waits.mix import Mix
from dashboard.waits.outlook import Outlook
from dashboard.waits.plan import Plan
from dashboard.waits.sharing import learn_mixes, share_correction
from dashboard.waits.sight import look, look_upstream, match, room_of
from dashboard.waits.site import SiteSpec, StreamSpec
from dashboard.waits.slices import Slice, slice_of
from dashboard.waits.staffing import Staffing
from dashboard.waits.state import Forecast, Outcome, StreamState, Wait
from dashboard.waits.stream import Stream, Use
from dashboard.waits.survey import View, outlook_of
from dashboard.waits.unseen import Unseen
from dashboard.waits.verdict import verdict
from dashboard.waits.weekly import Weekly


class WaitEngine:
    """Waits of one direction of a port."""

    def __init__(self, site: SiteSpec) -> None:
        self.site = site
        self._end_s: float | None = None
        approaches = [lane for lane in site.lanes if lane.kind == "approach" and lane.serves]
        self._plan = Plan()
        self._lookout = Lookout([spec.id for spec in site.streams])
        self._announced_anew, self._halted = False, False
        self._lent: dict[str, tuple[str, ...]] = {}
        pitch_m = {spec.id: spec.pitch_m for spec in site.streams}
        self._booths = {
            lane.id: Booth(
                lane, lane.serves, max((pitch_m.get(name, 0.0) for name in lane.serves), default=21.0)
            )
            for lane in site.lanes
            if lane.kind == "booth"
        }
        self._unseen = Unseen({lane: b.spec.view_m / b.pitch_m for lane, b in self._booths.items()})
        self._mixes = {lane.id: Mix(lane.serves) for lane in approaches}
        self._streams = {
            spec.id: Stream(spec, [lane for lane in approaches if spec.id in lane.serves])
            for spec in site.streams
        }

    def announce(self, staffing: Sequence[Staffing]) -> None:
        """Everything that is announced for this direction's booths, whenever it is in force.

        It is used in advance and expires by itself; what a later call leaves out was taken back.
        """
        self._announced_anew |= self._plan.announce(staffing)

    def step(self, rows: Sequence[LaneMinute]) -> None:
        """Take in the rows of all lanes of one closed slice, in any order; past slices are left out."""
        now = slice_of(rows, self._end_s)
        if now is None:
            return
        self._end_s = now.end_s
        now = self._unseen.correct(now)
        self._see_lanes(now)
        for stream in self._streams.values():
            left_over = sum(
                b.gone_before
                for b in self._booths.values()
                if b.spec.id in now.rows and stream.spec.id in b.before
            )
            stream.count(now, self._uses(stream), self._mixes, left_over)
            if not self._has_guests(stream):
                stream.learn_cycle(now, self._own(stream))
        learn_mixes(now, self._mixes, self._streams, self._booths)
        for stream in self._streams.values():
            self._correct(now, stream)
        self._measure_tails(now.end_s)
        if self._lookout.is_due(now.end_s):
            self._look_ahead()

    def _see_lanes(self, now: Slice) -> None:
        for stream in self._streams.values():
            stream.see_upstream(now)
        upstream = {name for name, stream in self._streams.items() if stream.approaches}
        for lane, booth in self._booths.items():
            booth.approached = not upstream.isdisjoint(booth.serves)
            if lane in now.rows:
                booth.see(self._announced(now.rows[lane]))
        self._plan.step(self._booths, now.end_s)
        self._halted = is_halted(((b, self._cycle_s(b)) for b in self._booths.values()), now.end_s)

    def _cycle_s(self, booth: Booth) -> float:
        """Seconds between its departures; the shortest, where it serves several streams."""
        users = [self._streams[name] for name in booth.serves if name in self._streams]
        return min((stream.cycle.mean_s() for stream in users), default=math.inf)

    def _announced(self, row: LaneMinute) -> LaneMinute:
        """The row with the class that the manager announced, while no sign says one."""
        if row.serves:
            self._lent.pop(row.lane, None)
            return row
        said = self._plan.serves(row.lane, row.end_s)
        if said is None:
            return replace(row, serves=self._lent.pop(row.lane, ()))
        self._lent.setdefault(row.lane, self._booths[row.lane].serves)
        return replace(row, serves=said)

    def _correct(self, now: Slice, stream: Stream) -> None:
        uses = self._uses(stream)
        blocked = blocked_s(self._place(stream), now.end_s)
        before = stream.drift.mean()
        mixed = any(b.left_over for b in self._booths.values() if stream.spec.id in b.before + b.serves)
        look(stream, now, uses, blocked > 0 or mixed)
        share_correction(stream, stream.drift.mean() - before, self._streams, self._mixes)
        look_upstream(stream, now, uses, self._mixes)
        matches = [found for row in now.rows.values() for found in row.matches if self._is_of(stream, found)]
        matches.sort(key=lambda found: (found.at_s, found.lane))
        match(stream, now, matches, uses, room_of(stream, uses, self._mixes))
        place = self._place(stream)
        learn_room(place, [found for found in matches if self._booths[found.lane] in self._own(stream)])
        stream.notice_shut(now.end_s, self._own(stream), blocked, bool(place.beside))
        see_relief(place, now)

    def _is_of(self, stream: Stream, found: Match) -> bool:
        """Whether a matched vehicle is of the stream: by the lane that it came over, else by its booth."""
        approach = stream.upstream.get(found.from_lane)
        if approach is None and stream.approaches and found.from_lane in self._booths:
            return False  # from its booth's tail line on: who came over the approach it does not tell
        if approach is not None and approach.serves == (stream.spec.id,):
            return True
        if approach is None and found.from_lane in self._mixes:
            return False
        return any(use.booth.spec.id == found.lane and use.share > 0.5 for use in self._uses(stream))

    def _own(self, stream: Stream) -> list[Booth]:
        """Booths that serve the stream by sign, or by port.yaml while unread."""
        return [booth for booth in self._booths.values() if stream.spec.id in booth.serves]

    def _hosts(self, stream: Stream) -> list[Booth]:
        """Booths where its vehicles go: its own, or those of another stream while its own are shut."""
        return self._own(self._host(stream))

    def _host(self, stream: Stream) -> Stream:
        """The stream whose booths take its vehicles: another one while its own are shut."""
        shut = stream.shut or self._is_announced_shut(stream)
        return self._streams.get(stream.spec.when_closed or "", stream) if shut else stream

    def _has_guests(self, stream: Stream) -> bool:
        """Whether its booths serve another stream too, whose own are shut; two paces are mixed then."""
        return any(o is not stream and self._host(o) is stream for o in self._streams.values())

    def _is_announced_shut(self, stream: Stream) -> bool:
        """Whether the manager closed every booth of the stream, and nothing contradicts it."""
        if self._plan.is_empty:
            return False
        at_s, own = self._end_s or 0.0, self._own(stream)
        crowd = max((booth.in_view() for booth in own), default=0.0)
        said = [self._plan.says(booth, (stream.spec.id,), at_s, crowd) for booth in own]
        return bool(said) and all(one is False for one in said)

    def _uses(self, stream: Stream) -> list[Use]:
        hosts = [(other, self._hosts(other)) for other in self._streams.values()]
        users = [(booth, [other for other, used in hosts if booth in used]) for booth in self._hosts(stream)]
        return [Use(booth, _share(stream, others)) for booth, others in users]

    def _place(self, stream: Stream) -> Place:
        """The stream among those with which it shares booths or approach lanes."""
        booths = self._hosts(stream)
        lanes = {lane.id for lane in stream.approaches}
        others = [other for other in self._streams.values() if other is not stream]
        with_it = tuple(o for o in others if any(booth in booths for booth in self._hosts(o)))
        beside = tuple(o for o in others if lanes & {lane.id for lane in o.approaches})
        host = self._host(stream)
        lanes = self._plan.coming((host.spec.id, stream.spec.id), self._end_s or 0.0)
        lanes |= {booth.spec.id for booth in self._own(stream)}
        return Place(
            stream,
            host,
            tuple(booths),
            with_it,
            beside,
            self._beside_open(beside),
            self.site.own_lane_m,
            tuple(b for lane, b in self._booths.items() if lane in lanes and b not in booths),
            self._plan,
            self._halted,
        )

    def _beside_open(self, beside: Sequence[Stream]) -> int:
        booths = [booth for other in beside for booth in self._own(other)]
        working = open_booths([booth for booth in booths if booth.row is not None], self._end_s or 0.0)
        return sum(accepts for _, accepts in working)

    def _measure_tails(self, end_s: float) -> None:
        """How far each queue reaches: over the booths' lanes, then over the approach lanes that it shares."""
        for stream in self._streams.values():
            beside = [o for o in self._streams.values() if set(o.approaches) & set(stream.approaches)] or [
                stream
            ]
            booths = sum(len(self._hosts(other)) for other in beside)
            stacking = max((b.spec.room_m for b in self._hosts(stream)), default=0.0)
            lanes = len({lane for other in beside for lane in other.approaches}) or booths
            for _ in range(2):
                length_m = sum(other.joined(end_s) * other.spec.pitch_m for other in beside)
                road_m = max(0.0, length_m - booths * stacking) / max(1, lanes) if stream.approaches else 0.0
                stream.tail_m = road_m + min(stacking, length_m / max(1, booths))
            stream.stood.note(end_s, stream.joined(end_s))
            stream.view_m = max((booth.spec.view_m for booth in self._hosts(stream)), default=stream.view_m)

    def estimates(self, at_s: float) -> tuple[Wait | None, ...]:
        """The engine's figure for each stream of the site, in order, whether or not it may be published."""
        figures = (self._expected(stream, at_s) for stream in self._streams.values())
        return tuple(None if wait is None or at_s > wait.valid_until_s else wait for wait in figures)

    def states(self, at_s: float) -> tuple[StreamState, ...]:
        """What can be said of each stream of the site at `at_s`, in the order of the site."""
        if self._announced_anew:
            self._look_ahead()
        return tuple(
            replace(state, forecast=_in_hours(self._lookout.told(state.stream), spec, self.site.timezone))
            for state, spec in zip(self._verdicts(at_s), self.site.streams, strict=True)
        )

    def outlook(self) -> Outlook | None:
        """What was known within the last minute, frozen: all that forecasts and what-if questions need."""
        return self._lookout.outlook

    def learn(self, weekly: Weekly) -> None:
        """The port's own past, for forecasts."""
        self._lookout.learn(weekly)

    @property
    def weekly(self) -> Weekly:
        """The past that was learned last."""
        return self._lookout.weekly

    def take_outcomes(self) -> list[Outcome]:
        """Vehicles that reached a booth and were not asked for yet."""
        found = list(self._lookout.outcomes)
        self._lookout.outcomes.clear()
        return found

    def _verdicts(self, at_s: float) -> list[StreamState]:
        return [self._verdict(stream, at_s) for stream in self._streams.values()]

    def _verdict(self, stream: Stream, at_s: float) -> StreamState:
        """Also where the expected wait is unknown, those who reached a booth lately tell the actual one."""
        place, own = self._place(stream), self._own(stream)
        state = verdict(self.site, place, own, self._expected(stream, at_s), at_s)
        if state.actual or self._end_s is None or at_s - self._end_s > self.site.valid_s:
            return state
        if state.state == "not_offered":
            return state
        return replace(state, actual=actual(place, self._end_s, at_s))

    def _look_ahead(self) -> None:
        """Renew outlook and forecasts; call once a minute or when something was announced."""
        self._announced_anew = False
        if self._end_s is None:
            return
        at_s, views = self._end_s, []
        for stream, state in zip(self._streams.values(), self._verdicts(at_s), strict=True):
            self._lookout.see(state, stream.reached, at_s)
            wait = state.expected if state.state in ("measured", "at_least") else None
            bound = state.state == "at_least"
            views.append(View(self._place(stream), tuple(self._own(stream)), wait, bound))
        booths = tuple(self._booths.values())
        self._lookout.look(outlook_of(views, booths, self._plan, at_s, self.site.timezone))

    def _expected(self, stream: Stream, at_s: float) -> Wait | None:
        if self._end_s is None:
            return None
        return expected(self._place(stream), self._end_s, self.site.valid_s, at_s)


def _in_hours(points: Sequence[Forecast], spec: StreamSpec, zone: str) -> tuple[Forecast, ...]:
    """Forecasts for times at which the stream is not known to be closed."""
    if spec.lanes_max == 0:
        return ()
    return tuple(point for point in points if is_open(spec.hours, point.at_s, zone) is not False)


def _share(stream: Stream, users: Sequence[Stream]) -> float:
    """Share of a booth's vehicles that are of this stream: as the queues of all that use it."""
    if len(users) <= 1:
        return 1.0
    return (stream.drift.mean() + 0.1) / sum(other.drift.mean() + 0.1 for other in users)
