"""The expected wait of one stream, with the interval that holds 90 % of single vehicles."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass, field

from dashboard.minutes import LaneMinute, Match
from dashboard.waits.ahead import Server, wait_s
from dashboard.waits.booth import Booth
from dashboard.waits.halt import LASTS_S
from dashboard.waits.plan import Plan
from dashboard.waits.slices import Slice
from dashboard.waits.spread import Ways, spread_s
from dashboard.waits.state import Basis, Wait
from dashboard.waits.stream import ROAD_MS, Stream

TAKES_WITHIN_S, TAKES_SHARE = 150.0, 0.8
"""A lane that got no vehicle for so long and holds less than this share of the fullest one is closing."""
BETWEEN, ROLLING = 0.5, 0.4
"""One who joins just behind the last waits one turn less than one who takes the next place: half on average.
Where only the booths' views count, those who still roll to the queue's end are in it too."""
LOOK_ON_S = 10.0
"""What is known at the end of a slice tells the next moments up to here."""
FOLLOWED_S, FOLLOWED, HELD_UP = 600.0, 4, 1.5
"""The newest so many recognised vehicles tell, if they took so much longer than a free drive."""
REOPENS_S = 1800.0
"""Within that half of the streams whose booths all were closed have one again."""
SEEN_WITHIN_S = 60.0
"""A booth was seen lately if its newest row ended so long ago, and two slices, at most."""
PASSAGE_S = 70.0
"""From the end of a shared lane over the own one to the booth."""


@dataclass(frozen=True, slots=True)
class Place:
    """A stream among others: `host` tells the pace of its booths, `with_it` use the same booths, `beside` it
    are those on the same approach lanes, with `beside_open` booths that serve. `coming`: booths that `plan`
    gives to it besides. `halted`: no booth of the direction lets anybody go."""

    stream: Stream
    host: Stream
    booths: tuple[Booth, ...]
    with_it: tuple[Stream, ...]
    beside: tuple[Stream, ...]
    beside_open: int
    own_lane_m: float | None
    coming: tuple[Booth, ...] = ()
    plan: Plan = field(default_factory=Plan)
    halted: bool = False

    @property
    def users(self) -> tuple[Stream, ...]:
        """The streams that use its booths."""
        return self.stream, *self.with_it

    def seen_lately(self, at_s: float) -> list[LaneMinute]:
        """The newest row of each booth that was seen lately: what was before is not told as what is."""
        rows = [booth.row for booth in self.booths if booth.row]
        return [row for row in rows if at_s - row.end_s <= SEEN_WITHIN_S + 2 * row.length_s]


def expected(place: Place, end_s: float, valid_s: float, at_s: float) -> Wait | None:
    """Wait of a vehicle that joins at `at_s`, told from slices up to `end_s`; None if no booth was seen.

    Since then vehicles that were driving towards the queue have joined it, and the one at the booth is
    further: that much is known. What is not is left as it was, so nothing is carried on past LOOK_ON_S.
    """
    stream, seen = place.stream, [booth for booth in place.booths if booth.row is not None]
    if not seen:
        return None
    measured_s = max(booth.row.end_s for booth in seen if booth.row)
    now_s = min(max(at_s, end_s), end_s + LOOK_ON_S)
    ahead = stream.joined(now_s) + sum(other.joined(now_s) for other in place.with_it)
    ahead = max(0.0, ahead - BETWEEN - (0.0 if stream.approaches else ROLLING))
    cycle, ready = pace_s(place, now_s), place.host.cycle.ready_s()
    servers = servers_of(place, seen, end_s, now_s)
    level = wait_s(ahead, servers, cycle, ready) if any(s.accepts for s in servers) else ahead * cycle
    if _may_open(place, seen, now_s, now_s + level):
        level = place.host.relief.middle_s(level)
    level = reopened_s(place, level, now_s)
    held = held_up_s(place, end_s, now_s)
    level = max(level, held)
    fits = max(_fits(booth, stream) for booth in seen)
    ways = Ways(len(servers), fits, place.host.cycle)
    reach = spread_s(stream, ways, ahead, level, held if held >= level else 0.0)
    stream.backtest.note(end_s, level, reach)
    reach *= stream.backtest.scale()
    return Wait(
        wait_s=level,
        low_s=max(0.0, level - reach),
        high_s=level + reach,
        basis=_basis(place, end_s, now_s + level),
        measured_at_s=measured_s,
        valid_until_s=measured_s + valid_s,
    )


def pace_s(place: Place, at_s: float) -> float:
    """Seconds between departures of a booth that serves those who wait: those of each stream at its own pace.

    Trusted vehicles whose booths are closed take less time also at the booths of the others.
    """
    standing = [one.joined(at_s) for one in place.users]
    if not place.with_it or sum(standing) <= 0.0:
        return place.host.cycle.mean_s()
    seconds = sum(one.cycle.mean_s() * vehicles for one, vehicles in zip(place.users, standing, strict=True))
    return seconds / sum(standing)


def held_up_s(place: Place, end_s: float, at_s: float) -> float:
    """Seconds behind others on shared lanes: what their queue says, and what recognised vehicles say."""
    blocked, followed = blocked_s(place, end_s), behind_followed_s(place, at_s)
    return blocked if followed is None else (blocked + followed) / 2


def blocked_s(place: Place, end_s: float) -> float:
    """Seconds that vehicles of the stream stand behind others in the lanes that they share, before their own.

    The others fill their booths' lanes and the last stretch first; what is left of them stands on the shared
    road and moves at the pace of their booths. 0 where the stream has a lane of its own or nobody is there.
    """
    if not is_behind_others(place):
        return 0.0
    pace = sum(place.beside_open / other.cycle.mean_s() for other in place.beside)
    standing = sum(other.joined(end_s) for other in place.beside) - place.stream.joined(end_s)
    waiting_s = (standing - room_beside(place)) / pace
    return waiting_s + PASSAGE_S if waiting_s > 0 else 0.0


def behind_followed_s(place: Place, at_s: float) -> float | None:
    """Wait of one who joins now behind the vehicles of its stream that were recognised at both ends lately.

    Shared lanes move on alike: it will be there as much later than the recognised one as the others who came
    over the lines in between take at their booths.
    """
    free_s = place.stream.line_m() / ROAD_MS + PASSAGE_S
    recent = [seen for seen in place.stream.followed if at_s - seen.reached_s <= FOLLOWED_S][-FOLLOWED:]
    if (
        not recent
        or recent[-1].reached_s - recent[-1].entered_s < HELD_UP * free_s
        or not is_behind_others(place)
    ):
        return None
    pace = sum(place.beside_open / other.cycle.mean_s() for other in place.beside)
    past = sum(other.spill.vehicles for other in place.beside)
    joined_s = at_s - place.stream.drive_s() * (1.0 - place.stream.spill.covered_share)
    waits = []
    for seen in recent:
        between = sum(other.entered.since(seen.entered_s, joined_s) for other in place.beside)
        waits.append(seen.reached_s + (between + past) / pace - at_s)
    return max(0.0, statistics.median(waits))


def is_behind_others(place: Place) -> bool:
    """Whether every approach lane of the stream is shared with others that have booths open."""
    if place.own_lane_m is None or not place.beside or place.beside_open == 0:
        return False
    shared = {lane.id for other in place.beside for lane in other.approaches}
    return all(lane.id in shared for lane in place.stream.approaches)


def room_beside(place: Place) -> float:
    """Vehicles of the others that stand downstream of where the stream's own lane begins."""
    lanes = len({lane.id for other in place.beside for lane in other.approaches})
    stacking = max((booth.spec.stacking_m or 0.0 for booth in place.booths), default=0.0)
    length_m = lanes * (place.own_lane_m or 0.0) + place.beside_open * stacking
    return length_m / place.beside[0].spec.pitch_m + place.stream.room.value()


def learn_room(place: Place, matches: Sequence[Match]) -> None:
    """A matched vehicle tells how many of the others left while it stood behind them."""
    stream = place.stream
    if not is_behind_others(place) or sum(b.in_view() for b in place.booths) > 1.5 * len(place.booths):
        return
    for found in matches:
        entered_s = found.at_s - found.travel_s
        joined_s = entered_s + stream.drive_s()
        if found.at_s - joined_s < 2 * PASSAGE_S:
            continue
        served = sum(o.left.since(joined_s, found.at_s - PASSAGE_S) for o in place.beside)
        standing = sum(o.stood.at(joined_s) for o in place.beside) - stream.stood.at(joined_s)
        stream.room.see(standing - served - room_beside(place) + stream.room.value())


def see_relief(place: Place, now: Slice) -> None:
    """Note whether the queue of a stream at its own booths calls for another one."""
    stream, seen = place.stream, [booth for booth in place.booths if booth.row is not None]
    if place.host is not stream:
        return
    working = sum(accepts for _, accepts in open_booths(seen, now.end_s))
    spare = sum(booth.is_empty() for booth in seen)
    demand = sum(one.rate_per_s for one in place.users)
    standing = sum(one.joined(now.end_s) for one in place.users)
    stream.relief.see(now.length_s, demand, stream.cycle.mean_s(), standing, (working, spare))


def _may_open(place: Place, seen: Sequence[Booth], now_s: float, served_s: float) -> bool:
    """Whether a booth stands empty that is not announced to stay closed, and none is announced to open."""
    crowd = max((booth.in_view() for booth in seen), default=0.0)
    streams = (place.host.spec.id, place.stream.spec.id)
    spare = [booth for booth in seen if booth.is_empty()]
    for booth in (*spare, *place.coming):
        windows = place.plan.windows(booth, streams, now_s, False, crowd)
        if any(window.from_s < served_s for window in windows):
            return False
    return any(place.plan.says(booth, streams, now_s, crowd) is None for booth in spare)


def reopened_s(place: Place, level: float, now_s: float) -> float:
    """Median of the wait that is `level` if the stream's own booths, seen closed, stay so unannounced."""
    stream = place.stream
    if place.host is stream or level <= REOPENS_S:
        return level
    own = [booth for booth in place.coming if booth.serves == (stream.spec.id,)]
    own = [booth for booth in own if place.plan.says(booth, (stream.spec.id,), now_s, 0.0) is None]
    if not own:
        return level
    left = stream.joined(now_s) * (1.0 - REOPENS_S / level)
    return min(level, REOPENS_S + left * stream.cycle.mean_s() / len(own))


def open_booths(booths: Sequence[Booth], end_s: float) -> list[tuple[Booth, bool]]:
    """Booths that work, each with whether it still takes vehicles."""
    crowd = max((booth.in_view() for booth in booths), default=0.0)
    working = [b for b in booths if not b.is_empty() or _may_be_idle(b, crowd, end_s)]
    marked = [(booth, _takes(booth, crowd, end_s)) for booth in working]
    if marked and not any(takes for _, takes in marked):
        return [(booth, True) for booth, _ in marked]
    return marked


def servers_of(place: Place, seen: Sequence[Booth], end_s: float, now_s: float) -> list[Server]:
    """The booths among `seen` that work, and those that the plan opens or closes."""
    cycle, ready = place.host.cycle.mean_s(), place.host.cycle.ready_s()
    working = open_booths(seen, end_s)
    takes = {booth.spec.id: accepts for booth, accepts in working}
    crowd = max((booth.in_view() for booth in seen), default=0.0)
    streams = (place.host.spec.id, place.stream.spec.id)
    servers = []
    for booth in [*seen, *(b for b in place.coming if b not in seen)]:
        lane = booth.spec.id
        windows = place.plan.windows(booth, streams, now_s, takes.get(lane, False), crowd)
        standing = booth.in_view() if lane in takes else 0.0
        residual_s = booth.residual_s(now_s, cycle, ready) if standing else 0.0
        if standing and place.halted:
            residual_s = max(residual_s, LASTS_S)
        first = windows[0] if windows and windows[0].from_s <= now_s else None
        drains_s, until_s = lane_s(booth, place, cycle), 0.0
        if standing or lane in takes or first:
            until_s = first.until_s - now_s + drains_s if first else standing * cycle
            servers.append(Server(standing, residual_s, first is not None, 0.0, until_s))
        for window in windows[1:] if first else windows:
            opens_s, until_s = max(until_s, window.from_s - now_s), window.until_s - now_s + drains_s
            servers.append(Server(0.0, 0.0, True, opens_s, until_s))
    return servers


def lane_s(booth: Booth, place: Place, cycle_s: float) -> float:
    """Seconds that a booth which closes still serves those who stand in its full lane."""
    return max(1.0, _fits(booth, place.stream) - 0.5) * cycle_s


def _fits(booth: Booth, stream: Stream) -> float:
    """Vehicles of the stream that fit into the booth's lane."""
    return booth.spec.room_m / stream.spec.pitch_m


def _may_be_idle(booth: Booth, crowd: float, end_s: float) -> bool:
    """An empty booth is open if it served lately and nobody waits elsewhere."""
    return crowd < 2.0 and booth.served_within(end_s, 900.0)


def _takes(booth: Booth, crowd: float, end_s: float) -> bool:
    """A booth with fewer vehicles than others that got none for a while is about to close."""
    if booth.in_view() >= TAKES_SHARE * crowd or booth.arrived_s is None:
        return True
    return end_s - booth.arrived_s <= TAKES_WITHIN_S


def _basis(place: Place, end_s: float, served_s: float) -> tuple[Basis, ...]:
    """Heaviest first, of one who joins now and is served at `served_s`."""
    stream = place.stream
    lanes = [booth.spec.id for booth in place.booths + place.coming]
    operator: tuple[Basis, ...] = ("operator",) if place.plan.touches(lanes, end_s, served_s) else ()
    if stream.matched_s is not None and end_s - stream.matched_s <= 900.0:
        return ("match", "balance", "queue", *operator)
    return ("balance", "queue", *operator) if stream.approaches else ("queue", "balance", *operator)
