"""The outlook of a direction, surveyed from its streams and booths as the engine knows them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from dashboard.waits.booth import Booth
from dashboard.waits.expected import PASSAGE_S, Place, is_behind_others, lane_s, open_booths, room_beside
from dashboard.waits.outlook import BoothOutlook, Outlook, StreamOutlook
from dashboard.waits.plan import Plan
from dashboard.waits.state import Wait
from dashboard.waits.stream import Stream

USUAL_S = 3 * 3600.0


@dataclass(frozen=True, slots=True)
class View:
    """A stream with its place, its own booths, and its expected wait (None: cannot be told).

    `bound`: the queue goes beyond what is seen.
    """

    place: Place
    own: tuple[Booth, ...]
    wait: Wait | None
    bound: bool = False

    @property
    def stream(self) -> Stream:
        """The stream itself."""
        return self.place.stream


def outlook_of(views: Sequence[View], booths: Sequence[Booth], plan: Plan, at_s: float, zone: str) -> Outlook:
    """What is known at `at_s`; `booths` are all of the direction."""
    return Outlook(
        at_s=at_s,
        timezone=zone,
        streams=tuple(_stream(view, views, at_s) for view in views),
        booths=tuple(_booth(booth, views, plan, at_s) for booth in booths),
    )


def _stream(view: View, views: Sequence[View], at_s: float) -> StreamOutlook:
    stream, place, wait = view.stream, view.place, view.wait
    with_it = [other for other in place.with_it if place.host is stream and _shares(view, other, views)]
    behind, behind_s = _behind(view, views, at_s)
    return StreamOutlook(
        stream=stream.spec.id,
        wait_s=None if wait is None else wait.wait_s,
        low_s=0.0 if wait is None else wait.low_s,
        high_s=0.0 if wait is None else wait.high_s,
        rate_per_s=sum(one.rate_per_s for one in (stream, *with_it)),
        usual_per_s=sum(_usual(one, at_s) for one in (stream, *with_it)),
        working=len(_taking(_seen(view), view, at_s)),
        booths=len(view.own),
        cycle_s=stream.cycle.mean_s(),
        cv=stream.cycle.cv(),
        host=stream.spec.when_closed,
        behind=behind,
        behind_s=behind_s,
        bound=view.bound,
        counted_s=_counted_s(stream, at_s),
    )


def _counted_s(stream: Stream, at_s: float) -> float:
    began_s = stream.entered.began_s()
    return 0.0 if began_s is None else at_s - began_s


def _shares(view: View, other: Stream, views: Sequence[View]) -> bool:
    """Whether both have a booth of their own in common, rather than one of them being sent to the other's."""
    return any(one.stream is other and set(map(id, one.own)) & set(map(id, view.own)) for one in views)


def _usual(stream: Stream, at_s: float) -> float:
    """Vehicles per second over the last hours, or lately where they are not known."""
    began_s = stream.entered.began_s()
    if began_s is None or at_s - began_s < 1800.0:
        return stream.rate_per_s
    since_s = max(began_s, at_s - USUAL_S)
    return stream.entered.since(since_s, at_s) / (at_s - since_s)


def _behind(view: View, views: Sequence[View], at_s: float) -> tuple[str | None, float]:
    """The stream in whose queue it stands on the shared road, and how long that waits before it does so."""
    place = view.place
    if not is_behind_others(place):
        return None, 0.0
    main = max(place.beside, key=lambda other: other.joined(at_s))
    wait = next((one.wait for one in views if one.stream is main), None)
    if wait is None:
        return None, 0.0
    pace = sum(place.beside_open / other.cycle.mean_s() for other in place.beside)
    standing = sum(other.joined(at_s) for other in place.beside) - place.stream.joined(at_s)
    return main.spec.id, wait.wait_s - (standing - room_beside(place)) / pace - PASSAGE_S


def _booth(booth: Booth, views: Sequence[View], plan: Plan, at_s: float) -> BoothOutlook:
    here = next((view for view in views if view.stream.spec.id in booth.serves), None)
    taking = [(view, any(one is booth for one in _taking(_seen(view), view, at_s))) for view in views]
    found = [
        (view.stream.spec.id, plan.windows(booth, (view.stream.spec.id,), at_s, takes, _crowd(view)))
        for view, takes in taking
    ]
    return BoothOutlook(
        lane=booth.spec.id,
        serves=booth.serves,
        seen=tuple(view.stream.spec.id for view, takes in taking if takes),
        windows=tuple((name, windows) for name, windows in found if windows),
        drains_s=0.0 if here is None else lane_s(booth, here.place, here.stream.cycle.mean_s()),
    )


def _seen(view: View) -> list[Booth]:
    return [booth for booth in view.own if booth.row is not None]


def _crowd(view: View) -> float:
    return max((booth.in_view() for booth in _seen(view)), default=0.0)


def _taking(seen: Sequence[Booth], view: View, at_s: float) -> list[Booth]:
    """Booths that take its vehicles; where all have been idle for long, the one that served last."""
    found = [booth for booth, accepts in open_booths(seen, at_s) if accepts]
    if found or not seen or view.place.host is not view.stream:
        return found
    return [max(seen, key=lambda booth: booth.departed_s or 0.0)]
