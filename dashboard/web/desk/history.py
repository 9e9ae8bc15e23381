"""The page of the past of one stream: chart, summary, gaps, events, hours, hour of week, CSV."""

from __future__ import annotations

import csv
import io
import json
import math
from collections.abc import Iterator
from dataclasses import dataclass, fields
from typing import Any
from urllib.parse import urlencode

from dashboard import zones
from dashboard.feeds.clocks import letters
from dashboard.feeds.instants import iso_z
from dashboard.history import StreamHour, StreamMinute
from dashboard.portconfig import DirectionConfig, PortConfig
from dashboard.store.history import History
from dashboard.web.desk import past
from dashboard.web.desk.happened import Happening, happened
from dashboard.web.desk.past import HOUR_S, MINUTE_S
from dashboard.web.desk.words import DASH, Tongue
from dashboard.web.source import Source
from dashboard.web.traveller import direction_name

PERIODS_H = {"6h": 6, "24h": 24, "7d": 168, "28d": 672}
USUAL = "24h"
BY_HOURS_FROM_H = 48
MINUTES_UP_TO_H = 168
HEAT_DAYS = 28
MINUTES = 60
"""Of an hour, stored or not: one for which nothing was stored has no answer either."""
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@dataclass(frozen=True, slots=True)
class Choice:
    """What the reader asked for; anything unknown falls back to the first stream and the usual period."""

    direction: DirectionConfig
    stream: str
    period: str

    def query(self, **changed: str) -> str:
        """The address of a neighbouring choice."""
        chosen = {"direction": self.direction.id, "stream": self.stream, "period": self.period}
        return "?" + urlencode(chosen | changed)


@dataclass(frozen=True, slots=True)
class Link:
    """A choice in the navigation."""

    name: str
    query: str
    current: bool


@dataclass(frozen=True, slots=True)
class HistoryPage:
    """`empty`: nothing is stored for the period."""

    name: str
    streams: tuple[tuple[str, tuple[Link, ...]], ...]
    periods: tuple[Link, ...]
    csv: str
    chart: str
    caption: str
    empty: bool
    facts: tuple[tuple[str, str], ...]
    gaps: tuple[tuple[str, str, str], ...]
    gaps_told: bool
    events: tuple[Happening, ...]
    hours: tuple[tuple[str, ...], ...]
    heat: tuple[tuple[str, tuple[tuple[str, str], ...]], ...]


def choice(port: PortConfig, direction: str | None, stream: str | None, period: str | None) -> Choice:
    """The nearest that port.yaml knows."""
    place = next((one for one in port.directions if one.id == direction), port.directions[0])
    names = [one.id for one in place.streams]
    return Choice(
        place,
        stream if stream in names else names[0],
        period if period in PERIODS_H else USUAL,
    )


def history_page(source: Source, t: Tongue, port: PortConfig, chosen: Choice) -> HistoryPage | None:
    """None without a past. Raises: StoreAwayError."""
    if source.history is None:
        return None
    to_s = math.floor(source.now() / MINUTE_S) * MINUTE_S
    hours = PERIODS_H[chosen.period]
    from_s = to_s - hours * HOUR_S
    zone = chosen.direction.timezone
    by_hours = hours >= BY_HOURS_FROM_H
    key = (port.id, chosen.direction.id, chosen.stream)
    minutes = source.history.minutes(*key, from_s, to_s) if hours <= MINUTES_UP_TO_H else []
    whole = source.history.hours(*key, min(from_s, to_s - HEAT_DAYS * 24 * HOUR_S), to_s)
    shown = [row for row in whole if row.start_s >= from_s]
    events = happened(source, t, port, chosen.direction, from_s, to_s)
    columns = past.hour_columns(shown) if by_hours else past.minute_columns(minutes)
    return HistoryPage(
        name=f"{direction_name(chosen.direction, t.public)}, {t.in_phrase(t.stream(chosen.stream))}",
        streams=tuple((direction_name(d, t.public), tuple(_streams(t, d, chosen))) for d in port.directions),
        periods=tuple(
            Link(t(f"period.{name}"), chosen.query(period=name), name == chosen.period) for name in PERIODS_H
        ),
        csv=f"{t.root}/ports/{port.id}/history.csv{chosen.query()}",
        chart=_chart(
            t,
            columns,
            zone,
            (from_s, to_s),
            [(event.at_s, event.kind) for event in events],
            past.spans(minutes),
        ),
        caption=t("history.by_hours" if by_hours else "history.by_minutes", zone=_zone(t, to_s, zone)),
        empty=not columns["t"],
        facts=tuple(_hour_facts(t, shown, hours) if hours > MINUTES_UP_TO_H else _facts(t, minutes, hours)),
        gaps=tuple(_gaps(t, minutes, zone, from_s, to_s)) if hours <= MINUTES_UP_TO_H else (),
        gaps_told=hours <= MINUTES_UP_TO_H,
        events=events,
        hours=tuple(_hour(t, row, zone) for row in reversed(shown[-48:])),
        heat=_heat(t, whole, zone),
    )


def _zone(t: Tongue, at_s: float, zone: str) -> str:
    return letters(zones.local(at_s, zone), zone, t.language)


def _streams(t: Tongue, direction: DirectionConfig, chosen: Choice) -> Iterator[Link]:
    for stream in direction.streams:
        current = (direction.id, stream.id) == (chosen.direction.id, chosen.stream)
        yield Link(t.stream(stream.id), chosen.query(direction=direction.id, stream=stream.id), current)


def _chart(
    t: Tongue,
    columns: dict[str, list[Any]],
    zone: str,
    span_s: tuple[float, float],
    events: list[tuple[float, str]],
    spans: list[tuple[float, float, str]],
) -> str:
    delta = zones.local(span_s[1], zone).utcoffset()
    data = {
        **columns,
        "span": span_s,
        "offset": delta.total_seconds() if delta else 0.0,
        "events": events,
        "spans": spans,
        "words": {name: t(f"chart.{name}") for name in ("wait", "band", "least", "actual", "none", "axis")},
        "language": t.language,
    }
    return json.dumps(data, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")


def _hour_facts(t: Tongue, rows: list[StreamHour], hours: int) -> Iterator[tuple[str, str]]:
    waits = [(row.wait_s, row.measured) for row in rows if row.wait_s is not None]
    measured = sum(n for _, n in waits)
    most = [row.wait_max_s for row in rows if row.wait_max_s is not None]
    yield t("history.measured"), _share(t, sum(row.measured for row in rows), hours * MINUTES)
    yield t("history.mean"), t.minutes(sum(w * n for w, n in waits) / measured) if measured else DASH
    yield t("history.most"), t.minutes(max(most)) if most else DASH
    served = [row.actual_n for row in rows if row.actual_n is not None]
    yield t("history.served"), t.number(sum(served) if served else None)


def _facts(t: Tongue, minutes: list[StreamMinute], hours: int) -> Iterator[tuple[str, str]]:
    found = past.summary(minutes, hours * MINUTES)
    yield t("history.known"), _share(t, found.known, found.minutes)
    yield t("history.at_least"), _share(t, found.at_least, found.known)
    yield t("history.closed"), _share(t, found.closed, found.known)
    for key, value_s in (("mean", found.mean_s), ("p90", found.p90_s), ("most", found.most_s)):
        yield t(f"history.{key}"), DASH if value_s is None else t.minutes(value_s)
    yield t("history.served"), t.number(found.served)


def _share(t: Tongue, part: int, whole: int) -> str:
    return t("percent", n=t.number(100 * part / whole)) if whole else DASH


def _gaps(
    t: Tongue, minutes: list[StreamMinute], zone: str, from_s: float, to_s: float
) -> Iterator[tuple[str, str, str]]:
    for gap in reversed(past.gaps(minutes, from_s, to_s)):
        reason = t.public.reasons.get(gap.reason or "", "")
        said = reason.replace("~", "\u00a0") or (
            gap.reason if gap.reason and t.language == "en" else t("history.no_row")
        )
        yield t.date_clock(gap.start_s, zone), t.lasting(gap.end_s - gap.start_s), said


def _hour(t: Tongue, row: StreamHour, zone: str) -> tuple[str, ...]:
    figures_s = (row.wait_s, row.wait_min_s, row.wait_max_s, row.actual_s)
    waits = (DASH if value_s is None else t.minutes(value_s) for value_s in figures_s)
    share = _share(t, row.measured + row.at_least + row.closed, MINUTES)
    return (t.date_clock(row.start_s, zone), *waits, t.number(row.actual_n), share)


def _heat(
    t: Tongue, rows: list[StreamHour], zone: str
) -> tuple[tuple[str, tuple[tuple[str, str], ...]], ...]:
    cells = past.heat(rows, zone)
    if not any(cell.hours for day in cells for cell in day):
        return ()
    return tuple(
        (t(f"day.{name}"), tuple(_heat_cell(cell) for cell in day))
        for name, day in zip(DAYS, cells, strict=True)
    )


def _heat_cell(cell: past.HeatCell) -> tuple[str, str]:
    """Whole minutes and the class of the cell."""
    return (
        (DASH, "none") if cell.mean_s is None else (str(math.floor(cell.mean_s / 60 + 0.5)), f"h{cell.step}")
    )


def history_csv(history: History, port: PortConfig, chosen: Choice, now_s: float) -> str:
    """Every minute of the period, one a line, times in UTC, waits in seconds; not measured is empty."""
    names = [field.name for field in fields(StreamMinute)]
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(["start" if name == "start_s" else name for name in names])
    from_s = now_s - PERIODS_H[chosen.period] * HOUR_S
    for row in history.minutes(port.id, chosen.direction.id, chosen.stream, from_s, now_s):
        writer.writerow(_cell(name, getattr(row, name)) for name in names)
    return out.getvalue()


def _cell(name: str, value: Any) -> Any:
    if name == "start_s":
        return iso_z(value)
    return "|".join(value) if isinstance(value, tuple) else value
