"""One question, what if a booth did this, checked against port.yaml, and its answer as JSON."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from dashboard.feeds.instants import iso_z
from dashboard.portconfig import DirectionConfig, PortConfig
from dashboard.waits.outlook import Outlook
from dashboard.waits.staffing import Staffing
from dashboard.waits.state import Forecast
from dashboard.waits.weekly import Weekly
from dashboard.waits.whatif import Effect, what_if

Json = dict[str, Any]
HOURS_S = 4 * 3600.0


class AskError(Exception):
    """A question that makes no sense at this port: one line with the fix."""


@dataclass(frozen=True, slots=True)
class Ask:
    """`lane` would be open or closed from now on; `serves` None: whom it serves now."""

    lane: str
    state: Literal["open", "closed"]
    serves: tuple[str, ...] | None = None

    def checked(self, port: PortConfig) -> DirectionConfig:
        """The direction of the booth. Raises: AskError."""
        for direction in port.directions:
            booths = {lane.id for lane in direction.lanes if lane.kind == "booth"}
            if self.lane in booths:
                self._check_streams(direction)
                return direction
        known = ", ".join(lane.id for d in port.directions for lane in d.lanes if lane.kind == "booth")
        raise AskError(f"lane: {self.lane} is no booth of {port.id}; name one of {known}")

    def _check_streams(self, direction: DirectionConfig) -> None:
        streams = [stream.id for stream in direction.streams]
        known = ", ".join(streams)
        for one in self.serves or ():
            if one not in streams:
                raise AskError(f"serves: {one} is no stream of {direction.id}; name one of {known}")
        if self.serves and self.state == "closed":
            raise AskError("serves: a closed booth serves nobody; leave it out, or ask for state open")

    def staffing(self, at_s: float) -> Staffing:
        """As an announcement from `at_s` on."""
        return Staffing(self.lane, self.state, at_s, at_s + HOURS_S, self.serves)


def answer(ask: Ask, outlook: Outlook, weekly: Weekly) -> tuple[Effect, ...]:
    """The next 60 minutes of every stream with and without it."""
    return what_if(outlook, ask.staffing(outlook.at_s), weekly)


def document(ask: Ask, port: str, direction: str, at_s: float, effects: tuple[Effect, ...]) -> Json:
    """The answer as JSON: `streams` each with `points` for the next 60 minutes."""
    streams = dict.fromkeys(effect.stream for effect in effects)
    return {
        "port": port,
        "direction": direction,
        "lane": ask.lane,
        "state": ask.state,
        "serves": None if ask.serves is None else list(ask.serves),
        "at": iso_z(at_s),
        "streams": [
            {"stream": name, "points": [_point(effect) for effect in effects if effect.stream == name]}
            for name in streams
        ],
    }


def _point(effect: Effect) -> Json:
    return {
        "at": iso_z(effect.without.at_s),
        "without": span(effect.without),
        "with": span(effect.with_it),
        "change_s": round(effect.change_s),
    }


def span(forecast: Forecast) -> Json:
    """A forecast in whole seconds."""
    return {
        "wait_s": round(forecast.wait_s),
        "low_s": round(forecast.low_s),
        "high_s": round(forecast.high_s),
        "basis": list(forecast.basis),
    }
