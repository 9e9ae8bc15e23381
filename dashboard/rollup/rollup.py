"""Roll-up: cumulative reports of several nodes become one LaneMinute per lane and slice. Pure.

Fed in order of arrival, it gives the same rows live and in a replay: what closes a slice is the reports
themselves and the times at which they were received.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence

from dashboard.minutes import LaneMinute
from dashboard.portconfig import DirectionConfig, Figure, LaneConfig
from dashboard.rollup.late import LateNotes, LateRange
from dashboard.rollup.series import CARRY_S, Total
from dashboard.rollup.tracks import Track, sample_of
from dashboard.waits.staffing import Staffing
from edge.messages import LaneReport, NodeReport

LATE_S = 10.0
"""A slice waits this long, by time of receipt, for a source that is silent."""

SLACK_S = 0.5
"""A report that ends this little before the end of the slice counts as having reached it."""

AHEAD_S = 60.0
"""A report that ends further ahead of central's clock is stored and not used."""

LONGEST_GAP_S = 4 * 3600.0
"""After a longer silence the slices in between are left out."""

Slice = tuple[LaneMinute, ...]

Given = dict[Total, tuple[Track, float]]
"""Who gave a count last, and up to when."""


class LaneBook:
    """One lane: who gives what, and what they gave."""

    def __init__(self, config: LaneConfig, streams: tuple[str, ...]) -> None:
        self._config = config
        self._streams = streams
        self._tracks: dict[str, dict[str, Track]] = {source.node: {} for source in config.all_sources()}
        main_first = sorted(config.all_sources(), key=lambda source: source.spare)
        self._givers: dict[Figure, list[str]] = {
            figure: [source.node for source in main_first if figure in source.gives]
            for figure in ("arrivals", "queue", "departures", "booth", "sign")
        }

        self._given: Given = {}

    def add(self, report: NodeReport, lane: LaneReport, times_s: tuple[float, float], up_s: float) -> None:
        """Take in one lane of a report of (start, end) `times_s` from a node that is a source of it."""
        if report.node in self._tracks:
            track = self._tracks[report.node].setdefault(lane.camera, Track())
            track.add(report.boot, sample_of(lane, report.seq, times_s[1]), times_s[0], up_s)

    def row(self, start_s: float, end_s: float, announced: tuple[str, ...] | None = None) -> LaneMinute:
        """The lane's row of one slice; each figure from the first source that saw half of it.

        `announced`: whom the manager says that it serves, which counts while no sign is read.
        """
        seen = self._seen(start_s, end_s)
        first = _First(seen, self._givers, start_s, end_s)
        return LaneMinute(
            start_s=start_s,
            end_s=end_s,
            lane=self._config.id,
            kind=self._config.kind,
            serves=self._read(first) or announced or tuple(self._config.serves),
            arrivals=first.count("arrivals", Total.ARRIVALS, self._given),
            departures=first.count("departures", Total.DEPARTURES, self._given),
            in_view_mean=first.mean("queue", Total.IN_VIEW_VS),
            stopped_mean=first.mean("queue", Total.STOPPED_VS),
            length_m=first.length_m(),
            full=first.full(),
            booth_occ=first.share("booth", Total.OCCUPIED_S),
            missing=not any(seen.values()),
        )

    def forget_before(self, at_s: float) -> None:
        """Forget what no later slice needs."""
        for cameras in self._tracks.values():
            for camera, track in list(cameras.items()):
                track.forget_before(at_s)
                if track.is_empty:
                    del cameras[camera]

    def _seen(self, start_s: float, end_s: float) -> dict[str, list[Track]]:
        half_s = (end_s - start_s) / 2
        return {
            node: [cameras[c] for c in sorted(cameras) if cameras[c].observed_s(start_s, end_s) >= half_s]
            for node, cameras in self._tracks.items()
        }

    def _read(self, first: _First) -> tuple[str, ...]:
        sign = first.sign()
        traffic = {stream.split("/")[0] for stream in self._config.serves or self._streams}
        shown = {f"{kind}/{sign}" for kind in traffic} | {sign}
        return tuple(stream for stream in self._streams if stream in shown)


class _First:
    """Figures of one slice, each from the first camera, in order of the sources, that gave it."""

    def __init__(
        self, seen: dict[str, list[Track]], givers: dict[Figure, list[str]], start_s: float, end_s: float
    ) -> None:
        self._seen, self._givers = seen, givers
        self._start_s, self._end_s = start_s, end_s

    def mean(self, figure: Figure, total: Total) -> float | None:
        return self._first(figure, lambda track: track.mean(total, self._start_s, self._end_s))

    def share(self, figure: Figure, total: Total) -> float | None:
        value = self.mean(figure, total)
        return None if value is None else min(1.0, value)

    def full(self) -> bool | None:
        grown_s = self._first("queue", lambda t: t.grown(Total.FULL_S, self._start_s, self._end_s))
        return None if grown_s is None else grown_s >= (self._end_s - self._start_s) / 2

    def count(self, figure: Figure, total: Total, given: Given) -> int | None:
        """Vehicles from the first camera that has them; none that another camera gave before."""
        giver, given_to_s = given.get(total, (None, -math.inf))
        for track in self._candidates(figure):
            not_before_s = -math.inf if track is giver else given_to_s
            found = track.take(total, self._start_s, self._end_s, not_before_s)
            if found is not None:
                given[total] = (track, self._end_s)
                return found
        return None

    def length_m(self) -> float | None:
        for track in self._candidates("queue"):
            sample = track.last_in(self._start_s, self._end_s)
            if sample is not None and sample.length_m is not None and sample.length_m >= 0:
                return sample.length_m
        return None

    def sign(self) -> str | None:
        for track in self._candidates("sign"):
            sample = track.last_in(self._start_s, self._end_s)
            if sample is not None and sample.sign is not None:
                return sample.sign
        return None

    def _first(self, figure: Figure, ask: Callable[[Track], float | None]) -> float | None:
        answers = (ask(track) for track in self._candidates(figure))
        return next((answer for answer in answers if answer is not None), None)

    def _candidates(self, figure: Figure) -> Iterator[Track]:
        for node in self._givers[figure]:
            yield from self._seen[node]


class RollUp:
    """One direction of a port, in slices of `slice_s` that begin on its multiples (UTC)."""

    def __init__(
        self, port: str, direction: DirectionConfig, slice_s: int, from_s: float | None = None
    ) -> None:
        """`from_s`: the first slice holds this time (UTC s); None: the time of the first report."""
        self._port = port
        self._slice_s = slice_s
        streams = tuple(stream.id for stream in direction.streams)
        self._lanes = {lane.id: LaneBook(lane, streams) for lane in direction.lanes}
        sources = [source for lane in direction.lanes for source in lane.all_sources()]
        self._nodes = {source.node for source in sources}
        self._awaited = {source.node for source in sources if not source.spare} or self._nodes
        self._reported_s: dict[str, float] = {}
        self._open_s = None if from_s is None else self._floor(from_s)
        self._late = LateNotes(port, direction.id, slice_s)
        self._staffing: tuple[Staffing, ...] = ()

    def announce(self, staffing: Sequence[Staffing]) -> None:
        """What the manager says of lanes, whenever it is in force."""
        self._staffing = tuple(staffing)

    @property
    def open_s(self) -> float | None:
        """Start of the slice that is not closed yet; None before the first report."""
        return self._open_s

    def add(self, report: NodeReport, received_at_s: float) -> list[Slice]:
        """Take in the next report in order of arrival; returns the slices that are closed by now."""
        closed = self.close(received_at_s)
        times_s = usable_times(report, received_at_s)
        if report.port != self._port or report.node not in self._nodes or times_s is None:
            return closed
        if self._open_s is None:
            self._open_s = self._floor(received_at_s - LATE_S)
        if times_s[0] < self._open_s - SLACK_S:
            self._late.note(report, times_s, received_at_s)
        self._take(report, times_s)
        return closed + self.close(received_at_s)

    def late(self, at_s: float) -> list[LateRange]:
        """Minutes for which rows came after their slice had closed, and that are to be made again now."""
        return [] if self._open_s is None else self._late.take(at_s, self._open_s)

    @property
    def late_since_s(self) -> float:
        """When the first of the rows came that `late` did not give yet; infinite when it gave all."""
        return self._late.since_s

    def close(self, at_s: float) -> list[Slice]:
        """The slices that end by `at_s` and that every source has passed, or that are LATE_S old."""
        if self._open_s is not None and at_s - self._open_s > LONGEST_GAP_S:
            self._open_s = self._floor(at_s - LATE_S)
        closed = []
        while self._open_s is not None and self._is_due(self._open_s + self._slice_s, at_s):
            closed.append(self._cut(self._open_s))
            self._open_s += self._slice_s
        return closed

    def _take(self, report: NodeReport, times_s: tuple[float, float]) -> None:
        known_s = self._reported_s.get(report.node, -math.inf)
        self._reported_s[report.node] = max(known_s, times_s[1])
        lanes = report.lanes or []
        up_s = max((lane.observed_s for lane in lanes), default=0.0)
        for lane in lanes:
            if lane.lane in self._lanes:
                self._lanes[lane.lane].add(report, lane, times_s, up_s)

    def _is_due(self, end_s: float, at_s: float) -> bool:
        if at_s >= end_s + LATE_S:
            return True
        passed = all(self._reported_s.get(node, -math.inf) >= end_s - SLACK_S for node in self._awaited)
        return passed and at_s >= end_s - SLACK_S

    def _cut(self, start_s: float) -> Slice:
        end_s = start_s + self._slice_s
        said = {one.lane: one.serves for one in self._staffing if one.serves and one.in_force(end_s)}
        rows = tuple(book.row(start_s, end_s, said.get(lane)) for lane, book in self._lanes.items())
        for book in self._lanes.values():
            book.forget_before(end_s - CARRY_S)
        return rows

    def _floor(self, at_s: float) -> float:
        return math.floor(at_s / self._slice_s) * float(self._slice_s)


def usable_times(report: NodeReport, received_at_s: float) -> tuple[float, float] | None:
    """(start, end) in UTC seconds by central's clock; None when the report's clock is not to be trusted."""
    ahead_s = report.ahead_s
    if report.kind != "report" or ahead_s is None:
        return None
    end_s = report.end.timestamp() - ahead_s
    start_s = min(end_s, report.start.timestamp() - ahead_s)
    return None if end_s > received_at_s + AHEAD_S else (start_s, end_s)
