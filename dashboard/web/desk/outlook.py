"""The page of the next hour: the forecast of each stream with its range, and FAST against standard now."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass

from dashboard import zones
from dashboard.feeds.published import published
from dashboard.feeds.values import PublishedDirection, PublishedStream
from dashboard.portconfig import PortConfig
from dashboard.web.desk.figures import figure_words, signed_interval
from dashboard.web.desk.live import engines_view
from dashboard.web.desk.words import DASH, Tongue
from dashboard.web.source import Source
from dashboard.web.traveller import direction_name


@dataclass(frozen=True, slots=True)
class OutlookRow:
    """One stream: its figure now, then one cell per column; `chart` is what its chart draws, as JSON."""

    name: str
    now: str
    cells: tuple[tuple[str, str], ...]
    why: str
    chart: str


@dataclass(frozen=True, slots=True)
class OutlookSection:
    """One direction; `columns` are clocks."""

    key: str
    name: str
    columns: tuple[str, ...]
    rows: tuple[OutlookRow, ...]
    benefit: str

    @property
    def charts(self) -> tuple[OutlookRow, ...]:
        """The streams that have a forecast to draw."""
        return tuple(row for row in self.rows if row.chart)


@dataclass(frozen=True, slots=True)
class Ask:
    """What the form of a what-if question offers: booths with the streams of their direction, all streams."""

    lanes: tuple[tuple[str, str], ...]
    streams: tuple[tuple[str, str], ...]
    words: str
    offset_s: float


def ask_of(t: Tongue, port: PortConfig, now_s: float) -> Ask:
    """The booths of `port`."""
    streams = {stream.id: t.stream(stream.id) for one in port.directions for stream in one.streams}
    words = {key: t(f"whatif.{key}") for key in ("caption", "without", "with", "change", "at")}
    words |= {"stream": t("outlook.stream"), "same": t("whatif.same")}
    delta = zones.local(now_s, port.directions[0].timezone).utcoffset()
    return Ask(
        lanes=tuple(
            (lane.id, " ".join(stream.id for stream in one.streams))
            for one in port.directions
            for lane in one.lanes
            if lane.kind == "booth"
        ),
        streams=tuple(streams.items()),
        words=json.dumps({**words, "streams": streams}, ensure_ascii=False),
        offset_s=delta.total_seconds() if delta else 0.0,
    )


def outlook_page(source: Source, t: Tongue, port: PortConfig) -> tuple[OutlookSection, ...]:
    """The directions of `port`."""
    now_s = source.now()
    said = published(engines_view(source.holder.newest()), source.config, now_s)
    found = next(one for one in said.ports if one.config is port)
    return tuple(_section(t, port, direction, now_s) for direction in found.directions)


def _section(t: Tongue, port: PortConfig, direction: PublishedDirection, now_s: float) -> OutlookSection:
    zone = direction.config.timezone
    times = sorted({point.at_s for stream in direction.streams for point in stream.forecast})
    top_min = _top_min(direction)
    return OutlookSection(
        key=f"{port.id}-{direction.config.id}-outlook",
        name=direction_name(direction.config, t.public),
        columns=tuple(t.clock(at_s, zone) for at_s in times),
        rows=tuple(_row(t, stream, times, zone, now_s, top_min) for stream in direction.streams),
        benefit=_benefit(t, direction),
    )


def _top_min(direction: PublishedDirection) -> float:
    """One scale for all streams of a direction, so that their charts can be compared; minutes."""
    highs_s = [point.high_s for stream in direction.streams for point in stream.forecast]
    highs_s += [
        s.expected.high_s for s in direction.streams if s.expected and s.expected.high_s and s.forecast
    ]
    return max([10.0, *(1.1 * high_s / 60 for high_s in highs_s)])


def _chart(t: Tongue, stream: PublishedStream, zone: str, now_s: float, top_min: float) -> str:
    """Columns in minutes: the figure of now where it is measured, then the forecast; empty without one."""
    if not stream.forecast:
        return ""
    now = stream.expected
    points = [(point.at_s, point.wait_s, point.low_s, point.high_s) for point in stream.forecast]
    if now is not None and now.wait_s is not None and now.high_s is not None:
        points.insert(0, (math.floor(now_s), now.wait_s, now.low_s, now.high_s))
    at_s, *waits = zip(*points, strict=True)
    names = ("wait", "low", "high")
    columns = {name: [round(s / 60, 1) for s in column] for name, column in zip(names, waits, strict=True)}
    delta = zones.local(now_s, zone).utcoffset()
    offset_s = delta.total_seconds() if delta else 0.0
    told = {"t": at_s, **columns, "top": round(top_min, 1), "offset": offset_s, "axis": t("chart.axis")}
    return json.dumps(told, ensure_ascii=False, separators=(",", ":"))


def _row(
    t: Tongue, stream: PublishedStream, times: list[int], zone: str, now_s: float, top_min: float
) -> OutlookRow:
    points = {point.at_s: point for point in stream.forecast}
    figure = "\u00a0".join(filter(None, figure_words(t, stream)))
    cells = tuple(
        (t.minutes(points[at_s].wait_s), t.span(points[at_s].low_s, points[at_s].high_s))
        if at_s in points
        else (DASH, "")
        for at_s in times
    )
    why = "" if stream.forecast else t("outlook.none")
    return OutlookRow(t.stream(stream.id), figure, cells, why, _chart(t, stream, zone, now_s, top_min))


def _benefit(t: Tongue, direction: PublishedDirection) -> str:
    saved = next((s.fast_benefit for s in direction.streams if s.fast_benefit is not None), None)
    return (
        ""
        if saved is None
        else t("outlook.benefit", saved=signed_interval(t, saved.s, saved.low_s, saved.high_s))
    )
