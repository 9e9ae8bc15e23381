"""The outlook in words of both languages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from dashboard.feeds.clocks import Language, clock_time, wall_clock
from dashboard.feeds.instants import minutes
from dashboard.feeds.values import PublishedForecast, PublishedStream
from dashboard.history import StreamMinute
from dashboard.web import words
from dashboard.web.public.outlook import Advice, Trend, advice, trend
from dashboard.web.strings import Strings, fill


@dataclass(frozen=True, slots=True)
class OutlookStrings:
    """The words of one language."""

    trends: Mapping[str, str]
    trends_ahead: Mapping[str, str]
    before: str
    before_none: str
    advice: Mapping[str, str]
    advice_none: Mapping[str, str]
    ahead: str
    ahead_at: str
    ahead_wait: str


@dataclass(frozen=True, slots=True)
class TrendView:
    """`direction` names the arrow."""

    direction: str
    lead: str
    rest: str


@dataclass(frozen=True, slots=True)
class OutlookView:
    """What stands under a wait; `ahead` pairs a clock with a range in minutes."""

    trend: TrendView | None
    advice: str | None
    caption: str
    at: str
    wait: str
    ahead: tuple[tuple[str, str], ...]


EN = OutlookStrings(
    trends={"rising": "Rising", "falling": "Falling", "steady": "Steady"},
    trends_ahead={
        "rising": "Expected to rise",
        "falling": "Expected to fall",
        "steady": "Expected to stay as it is",
    },
    before="about {wait} half an hour ago",
    before_none="no wait half an hour ago",
    advice={
        "now": "Crossing now is quicker: about {wait} is expected at {clock}.",
        "later": "Crossing later is quicker: about {wait} is expected at {clock}.",
        "same": "Little change is expected over the next hour.",
    },
    advice_none={"later": "Crossing later is quicker: no wait is expected at {clock}."},
    ahead="Expected wait in minutes, by when one joins the queue",
    ahead_at="At",
    ahead_wait="Minutes",
)

FR = OutlookStrings(
    trends={"rising": "En hausse", "falling": "En baisse", "steady": "Stable"},
    trends_ahead={
        "rising": "Hausse prévue",
        "falling": "Baisse prévue",
        "steady": "Stabilité prévue",
    },
    before="environ {wait} il y a une demi-heure",
    before_none="pas d’attente il y a une demi-heure",
    advice={
        "now": "Mieux vaut passer maintenant~: environ {wait} d’attente à {clock}, selon les prévisions.",
        "later": "Mieux vaut passer plus tard~: environ {wait} d’attente à {clock}, selon les prévisions.",
        "same": "Peu de changement prévu au cours de la prochaine heure.",
    },
    advice_none={"later": "Mieux vaut passer plus tard~: pas d’attente à {clock}, selon les prévisions."},
    ahead="Attente prévue en minutes, selon l’heure d’arrivée dans la file",
    ahead_at="À",
    ahead_wait="Minutes",
)

BY_LANGUAGE: dict[Language, OutlookStrings] = {"en": EN, "fr": FR}


def outlook(
    strings: Strings, stream: PublishedStream, past: Sequence[StreamMinute], zone: str
) -> OutlookView:
    """Trend, hour ahead and advice of one stream, on the clocks of `zone`."""
    own = BY_LANGUAGE[strings.language]
    told = trend(stream, past)
    counsel = advice(stream)
    if told is not None and told.before_s is None and counsel is not None and counsel.choice == "same":
        counsel = None
    return OutlookView(
        trend=None if told is None else _trend(strings, own, told),
        advice=None if counsel is None else _advice(strings, own, counsel, zone),
        caption=own.ahead,
        at=own.ahead_at,
        wait=own.ahead_wait,
        ahead=tuple(
            (clock_time(point.at_s, zone, strings.language), short_range(point)) for point in stream.forecast
        ),
    )


def short_range(point: PublishedForecast) -> str:
    """`18–26`, widened to whole minutes; `26` where both ends are the same, `≤ 14` from nothing."""
    low, high = point.low_s // 60, -(-point.high_s // 60)
    if low == 0:
        return f"≤\u00a0{max(high, 1)}"
    return f"{low}–{high}" if low != high else f"{low}"


def _trend(strings: Strings, own: OutlookStrings, told: Trend) -> TrendView:
    if told.before_s is None:
        return TrendView(told.direction, fill(own.trends_ahead[told.direction]), "")
    n = minutes(told.before_s)
    rest = fill(own.before, wait=words.in_minutes(strings, n)) if n else own.before_none
    return TrendView(told.direction, own.trends[told.direction], rest)


def _advice(strings: Strings, own: OutlookStrings, counsel: Advice, zone: str) -> str:
    point = counsel.point
    if point is None:
        return own.advice[counsel.choice]
    clock = wall_clock(point.at_s, zone, strings.language)
    n = minutes(point.wait_s)
    if n == 0:
        return fill(own.advice_none[counsel.choice], clock=clock)
    return fill(own.advice[counsel.choice], wait=words.in_minutes(strings, n), clock=clock)
