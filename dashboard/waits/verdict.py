"""What may be said of a stream: measured, at least, unknown with its reason, closed, not offered."""

from __future__ import annotations

from collections.abc import Sequence

from dashboard.hours import is_open
from dashboard.minutes import LaneMinute
from dashboard.waits.actual import actual
from dashboard.waits.booth import SERVED_WITHIN_S, Booth
from dashboard.waits.expected import Place, open_booths
from dashboard.waits.site import SiteSpec
from dashboard.waits.state import StreamQueue, StreamState, Wait

UPSTREAM_BLIND_S = 300.0
"""After so long without a count upstream, a view that is full may hide how far the queue goes."""

NO_LANE = "no lane measures it"
NO_ROWS = "no measurement yet"
STALE = "not measured lately"
NO_EVIDENCE = "no evidence that it is open"
OUT_OF_HOURS = "outside its hours"
NOT_OFFERED = "not offered here"
BEYOND_VIEW = "the queue goes beyond the view"
BY_OPERATOR = "closed by the operator"
BY_SIGN = "its booths serve other classes"
SENT_ON = "none of its booths is open"


def verdict(
    site: SiteSpec, place: Place, booths: Sequence[Booth], expected: Wait | None, at_s: float
) -> StreamState:
    """The state of one stream at `at_s`; `booths` are its own, `place.booths` those where its vehicles go."""
    spec = place.stream.spec
    hours = is_open(spec.hours, at_s, site.timezone)
    served = any(booth.served_within(at_s, SERVED_WITHIN_S) for booth in booths)
    if spec.lanes_max == 0:
        return StreamState(spec.id, "not_offered", NOT_OFFERED)
    if hours is False and not served:
        return StreamState(spec.id, "closed", OUT_OF_HOURS, lanes_open=0, redirected_to=spec.when_closed)
    said = announced(place, booths, at_s)
    if said is False:
        elsewhere = spec.when_closed
        return StreamState(spec.id, "closed", BY_OPERATOR, lanes_open=0, redirected_to=elsewhere)
    if not booths and not any(spec.id in lane.serves for lane in site.lanes):
        return StreamState(spec.id, "unknown", NO_LANE)
    if not booths and not said:
        return StreamState(spec.id, "closed", BY_SIGN, lanes_open=0, redirected_to=spec.when_closed)
    if all(booth.row is None for booth in (*booths, *place.coming)):
        return StreamState(spec.id, "unknown", NO_ROWS)
    if expected is None or at_s > expected.valid_until_s:
        return StreamState(spec.id, "unknown", STALE, expected=expected)
    sent_on = place.host is not place.stream
    if not (served or sent_on or hours or said) and _nobody_there(place, booths, at_s):
        return StreamState(spec.id, "unknown", NO_EVIDENCE)
    return _measured(place, booths, expected, at_s)


def announced(place: Place, booths: Sequence[Booth], at_s: float) -> bool | None:
    """Whether the manager has a booth of the stream open, or all of them closed; None: neither is known."""
    own = (place.stream.spec.id,)
    crowd = max((booth.in_view() for booth in booths), default=0.0)
    said = [place.plan.says(booth, own, at_s, crowd) for booth in booths]
    if any(said) or any(place.plan.says(booth, own, at_s, crowd) for booth in place.coming):
        return True
    return False if said and all(one is False for one in said) else None


def _nobody_there(place: Place, booths: Sequence[Booth], at_s: float) -> bool:
    """Whether no booth is seen with a vehicle; the balance tells where no view does."""
    viewed = [booth for booth in booths if booth.is_viewed()]
    return all(booth.is_empty() for booth in viewed) and (bool(viewed) or place.stream.joined(at_s) < 1.0)


def _measured(place: Place, booths: Sequence[Booth], expected: Wait, at_s: float) -> StreamState:
    stream, end_s = place.stream, expected.measured_at_s
    own = [booth for booth in booths if booth.row is not None]
    sent_on = place.host is not stream
    working = len(open_booths([booth for booth in place.booths if booth.row is not None], end_s))
    upstream = stream.is_upstream_counted(end_s, UPSTREAM_BLIND_S)
    lately = place.seen_lately(at_s)
    beyond = stream.spill.covered or (not upstream and any(b.row and b.row.full for b in own))
    return StreamState(
        stream=stream.spec.id,
        state="at_least" if beyond else "measured",
        reason=BEYOND_VIEW if beyond else SENT_ON if sent_on else None,
        lanes_open=0 if sent_on else working,
        redirected_to=stream.spec.when_closed if sent_on else None,
        expected=expected,
        actual=actual(place, end_s, at_s),
        queue=_queue(lately, place, end_s, beyond) if lately else None,
    )


def _queue(rows: Sequence[LaneMinute], place: Place, at_s: float, beyond: bool) -> StreamQueue:
    lengths = [row.length_m for row in rows if row.length_m is not None]
    return StreamQueue(
        vehicles=round(place.stream.joined(at_s)), length_m=max(lengths, default=None), at_least=beyond
    )
