"""What may be said of a stream: measured, at least, unknown with its reason, closed, not offered."""

from __future__ import annotations

from collections.abc import Sequence

from dashboard.hours import is_open
from dashboard.waits.booth import SERVED_WITHIN_S, Booth
from dashboard.waits.expected import Place
from dashboard.waits.site import SiteSpec
from dashboard.waits.state import ActualWait, StreamQueue, StreamState, Wait
from dashboard.waits.stream import Stream

NO_LANE = "no lane measures it"
NO_ROWS = "no measurement yet"
STALE = "not measured lately"
NO_EVIDENCE = "no evidence that it is open"
OUT_OF_HOURS = "outside its hours"
NOT_OFFERED = "not offered here"
BEYOND_VIEW = "the queue goes beyond the view"


def verdict(
    site: SiteSpec, place: Place, booths: Sequence[Booth], expected: Wait | None, at_s: float
) -> StreamState:
    """The state of one stream at `at_s`."""
    stream, spec = place.stream, place.stream.spec
    hours = is_open(spec.hours, at_s, site.timezone)
    served = any(booth.served_within(at_s, SERVED_WITHIN_S) for booth in booths)
    if spec.lanes_max == 0:
        return StreamState(spec.id, "not_offered", NOT_OFFERED)
    if hours is False and not served:
        return StreamState(spec.id, "closed", OUT_OF_HOURS, lanes_open=0, redirected_to=spec.when_closed)
    if not booths and not any(spec.id in lane.serves for lane in site.lanes):
        return StreamState(spec.id, "unknown", NO_LANE)
    if all(booth.row is None for booth in booths):
        return StreamState(spec.id, "unknown", NO_ROWS)
    if expected is None or at_s > expected.valid_until_s:
        return StreamState(spec.id, "unknown", STALE)
    if not served and hours is not True and all(booth.is_empty() for booth in booths):
        return StreamState(spec.id, "unknown", NO_EVIDENCE)
    return _measured(stream, booths, expected, at_s)


def _measured(stream: Stream, booths: Sequence[Booth], expected: Wait, at_s: float) -> StreamState:
    beyond = stream.spill.covered or (not stream.approaches and any(b.row and b.row.full for b in booths))
    return StreamState(
        stream=stream.spec.id,
        state="at_least" if beyond else "measured",
        reason=BEYOND_VIEW if beyond else None,
        lanes_open=sum(booth.served_within(at_s, SERVED_WITHIN_S) for booth in booths),
        expected=expected,
        actual=_actual(stream, booths, expected.measured_at_s),
        queue=_queue(stream, booths, expected.measured_at_s, beyond),
    )


def _actual(stream: Stream, booths: Sequence[Booth], at_s: float) -> ActualWait | None:
    return None


def _queue(stream: Stream, booths: Sequence[Booth], at_s: float, beyond: bool) -> StreamQueue:
    lengths = [booth.row.length_m for booth in booths if booth.row and booth.row.length_m is not None]
    return StreamQueue(
        vehicles=round(stream.joined(at_s)), length_m=max(lengths, default=None), at_least=beyond
    )
