"""What one camera has measured since boot, and the report of it at a moment.

Pure: every call says the time. `at`, `until` and `end` are seconds since 1970. Whatever is added up over time
is cumulative since boot, so that a report that is lost or thinned loses nothing.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence

from msgspec.structs import replace

from edge.config import CameraConfig, LaneConfig
from edge.messages import PASSAGE_EDGES_S, Booth, Corrections, LaneReport, Passages, Quality, Queue
from edge.vision import Correction, Crossing, LaneQueue, LaneStep, Passage, QueueState, SignSeen, Step

BLIND = "blind"
"""Reason: things pass in the lanes, and the detector finds no vehicle in them."""

UNSEEN_AFTER_S = 1.0
"""Between two pictures that are further apart than this, nothing was observed."""

QUEUE_OF_S = 2.0
"""The queue of a report is that of a moment ago, which is known better; where none is known of so short ago,
as in the first second, it is what the last picture shows at once."""


class LaneTally:
    """One lane in one camera's picture: totals since boot and the state that the last picture showed."""

    def __init__(self, camera: str, lane: LaneConfig) -> None:
        self._camera = camera
        self._lane = lane
        self._observed_s = 0.0
        self._in_view_vs = 0.0
        self._stopped_vs = 0.0
        self._full_s = 0.0
        self._occupied_s = 0.0
        self._counts: dict[str, dict[str, int]] = {"tail": {}, "booth": {}}
        self._corrections = Corrections()
        self._passages_s = 0.0
        self._buckets = [0] * (len(PASSAGE_EDGES_S) + 1)
        self._in_view_max: int | None = None
        self._now: LaneStep | None = None
        self._queue: LaneQueue | None = None
        self._sign: SignSeen | None = None

    def see(self, state: LaneStep) -> None:
        """The state from now on."""
        self._now = state
        self._note_in_view()

    def look_back(self, queue: LaneQueue) -> None:
        """What is known by now of a moment ago."""
        self._queue = queue

    def read(self, seen: SignSeen) -> None:
        """What the lane's sign shows from now on."""
        self._sign = seen

    def pass_time(self, seconds: float) -> None:
        """The state has held for that long, observed."""
        self._observed_s += seconds
        if self._now is None:
            return
        if self._now.queue is not None:
            self._in_view_vs += self._now.queue.in_view * seconds
            self._stopped_vs += self._now.queue.stopped * seconds
            self._full_s += self._now.queue.at_least * seconds
            self._note_in_view()
        if self._now.booth_occupied:
            self._occupied_s += seconds

    def cross(self, crossing: Crossing) -> None:
        """One vehicle more over a line."""
        counts = self._counts[crossing.line]
        counts[crossing.cls] = counts.get(crossing.cls, 0) + 1

    def correct(self, correction: Correction) -> None:
        """The counts were wrong by so much, for sure."""
        known = self._corrections
        self._corrections = Corrections(
            arrivals=(known.arrivals or 0) + correction.arrivals,
            departures=(known.departures or 0) + correction.departures,
        )

    def arrive_at_booth(self, passage: Passage) -> None:
        """One travel time more from tail to booth."""
        self._passages_s += passage.travel_s
        self._buckets[bisect_left(PASSAGE_EDGES_S, passage.travel_s)] += 1

    def report(self, end: float, seen_now: bool, quality: Quality) -> LaneReport:
        """The figures at `end`; starts a new `in_view_max`. `seen_now`: the last picture is not stale."""
        lane, area = self._lane, self._lane.area is not None
        report = LaneReport(
            lane=lane.id,
            camera=self._camera,
            kind=lane.kind,
            observed_s=round(self._observed_s, 3),
            arrivals=dict(self._counts["tail"]) if lane.tail else None,
            departures=dict(self._counts["booth"]) if lane.booth else None,
            in_view_vs=round(self._in_view_vs, 3) if area else None,
            stopped_vs=round(self._stopped_vs, 3) if area else None,
            full_s=round(self._full_s, 3) if area else None,
            corrections=self._corrections,
            in_view_max=self._in_view_max if area else None,
            queue=self._queue_at(end) if seen_now and area else None,
            booth=self._booth(seen_now),
            passages=self._passages() if lane.tail and lane.booth else None,
            quality=replace(quality, residual=self._now.residual if seen_now and self._now else None),
        )
        self._in_view_max = None
        return report

    def _queue_at(self, end: float) -> Queue | None:
        if self._queue is not None and end - self._queue.at <= QUEUE_OF_S:
            return _queue(self._queue.state)
        return None if self._now is None else _queue(self._now.queue)

    def _booth(self, seen_now: bool) -> Booth | None:
        """None where the lane has neither a booth line nor a sign here."""
        if self._lane.booth is None and self._lane.sign is None:
            return None
        sign = self._sign if seen_now else None
        return Booth(
            occupied_s=round(self._occupied_s, 3) if self._lane.booth else None,
            sign=sign.state if sign else None,
            sign_score=round(sign.score, 3) if sign and sign.score is not None else None,
        )

    def _note_in_view(self) -> None:
        if self._now is not None and self._now.queue is not None:
            self._in_view_max = max(self._now.queue.in_view, self._in_view_max or 0)

    def _passages(self) -> Passages:
        return Passages(
            sum_s=round(self._passages_s, 3), count=sum(self._buckets), buckets=list(self._buckets)
        )


class CameraTally:
    """All lanes of one camera. Steps come in the order of their time; time splits at the end of a report."""

    def __init__(self, camera: CameraConfig) -> None:
        self._lanes = {lane.id: LaneTally(camera.id, lane) for lane in camera.lanes}
        self._seen_at: float | None = None
        self._blind = False
        self._counted_to = 0.0
        self._pictures = 0
        self._inferences_s: list[float] = []

    def add(self, step: Step, inference_s: float | None = None) -> None:
        """One picture more: the last state held until now, if the gap is short enough to be observed."""
        self.hold(step.at, step.at)
        self._seen_at = self._counted_to = step.at
        self._blind = step.blind
        self._pictures += 1
        if inference_s is not None:
            self._inferences_s.append(inference_s)
        for state in step.lanes:
            self._lanes[state.lane].see(state)
        for queue in step.queues:
            self._lanes[queue.lane].look_back(queue)
        for crossing in step.crossings:
            self._lanes[crossing.lane].cross(crossing)
        for correction in step.corrections:
            self._lanes[correction.lane].correct(correction)
        for passage in step.passages:
            self._lanes[passage.lane].arrive_at_booth(passage)

    def read(self, signs: Iterable[SignSeen]) -> None:
        """What signs show from now on."""
        for seen in signs:
            self._lanes[seen.lane].read(seen)

    def hold(self, until: float, next_at: float) -> None:
        """Count the last state up to `until`, knowing that the next picture is of `next_at` (>= until)."""
        if self._seen_at is None or self._blind or next_at - self._seen_at > UNSEEN_AFTER_S:
            return
        seconds = until - self._counted_to
        if seconds <= 0:
            return
        self._counted_to = until
        for lane in self._lanes.values():
            lane.pass_time(seconds)

    def report(self, start: float, end: float, degraded: Sequence[str] = ()) -> list[LaneReport]:
        """One LaneReport per lane for the time from `start` to `end`; starts new means of `quality`."""
        seen_now = self._seen_at is not None and end - self._seen_at <= UNSEEN_AFTER_S and not self._blind
        quality = self._quality(end - start, [*degraded, BLIND] if self._blind else degraded)
        return [lane.report(end, seen_now, quality) for lane in self._lanes.values()]

    def _quality(self, seconds: float, degraded: Sequence[str]) -> Quality:
        fps = round(self._pictures / seconds, 2) if seconds > 0 else None
        runs = self._inferences_s
        mean_ms = round(1000 * sum(runs) / len(runs), 1) if runs else None
        self._pictures, self._inferences_s = 0, []
        return Quality(fps=fps, inference_ms=mean_ms, degraded=list(degraded))


def _queue(state: QueueState | None) -> Queue | None:
    if state is None:
        return None
    return Queue(
        in_view=state.in_view,
        stopped=state.stopped,
        length_m=None if state.length_m is None else round(state.length_m, 2),
        at_least=state.at_least,
        why=state.why,
    )
