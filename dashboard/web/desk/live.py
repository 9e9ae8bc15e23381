"""The page of now: waits, lanes drawn to scale, and the orders in force. Plain values for the template."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from dashboard.board import Board, DirectionView, LaneView
from dashboard.feeds.published import published
from dashboard.feeds.values import PublishedDirection, PublishedStream
from dashboard.official.figures import OfficialFigure
from dashboard.orders.book import OrderBook, Publication
from dashboard.orders.order import Hold
from dashboard.portconfig import DirectionConfig, LaneConfig, PortConfig
from dashboard.waits.site import PITCH_M
from dashboard.web.desk import orders
from dashboard.web.desk.figures import (
    Fact,
    facts,
    figure_words,
    reason_words,
    shown_state,
    span_words,
    wait_words,
)
from dashboard.web.desk.official import Official, official_words, ports_figures
from dashboard.web.desk.strip import VIEW_M, Drawing, Scale, drawing, scale_of
from dashboard.web.desk.words import DASH, Tongue
from dashboard.web.source import Source
from dashboard.web.traveller import direction_name

LATE_S = 60.0
BUSY_SHARE = 0.5


@dataclass(frozen=True, slots=True)
class Card:
    """One stream: the engine's own figure, and what the public reads where that differs."""

    key: str
    name: str
    traffic: str
    state: str
    state_word: str
    figure: str
    unit: str
    span: str
    reason: str
    measured_at_s: int | None
    valid_until_s: int | None
    facts: tuple[Fact, ...]
    order: str
    buttons: tuple[orders.Button, ...]


@dataclass(frozen=True, slots=True)
class Served:
    """A stream that a lane serves, with its wait where there is one."""

    name: str
    lane_class: str
    wait: str
    valid_until_s: int | None


@dataclass(frozen=True, slots=True)
class Strip:
    """One lane; `drawing` is None where nothing is known now."""

    key: str
    lane: str
    name: str
    kind: str
    serves: tuple[Served, ...]
    figures: str
    queue: str
    booth: str
    measured_at_s: float | None
    late: bool
    drawing: Drawing | None
    faults: tuple[str, ...]
    announced: tuple[str, ...]
    staff_name: str
    streams: str


@dataclass(frozen=True, slots=True)
class Section:
    """One direction."""

    key: str
    name: str
    clock: str
    cards: tuple[Card, ...]
    scale: Scale
    strips: tuple[Strip, ...]
    hold_all: orders.Button | None


@dataclass(frozen=True, slots=True)
class LivePage:
    """The page of one port; `first_day`: none of its lanes has ever reported."""

    first_day: bool
    sections: tuple[Section, ...]
    orders: tuple[orders.OrderRow, ...]


def live_page(source: Source, t: Tongue, port: PortConfig, official: Official) -> LivePage:
    """What the desk shows of `port` at this moment."""
    now_s, board, book = source.now(), source.holder.newest(), source.book()
    own = next(
        one for one in published(engines_view(board), source.config, now_s).ports if one.config is port
    )
    views = {view.direction: view for view in board.directions if view.port == port.id}
    moment = _Moment(t, port, book, now_s, float(source.config.valid_s), ports_figures(official, port))
    sections = tuple(moment.section(one, views.get(one.config.id)) for one in own.directions)
    first_day = not any(lane.measured_at_s for view in views.values() for lane in view.lanes)
    return LivePage(first_day, sections, orders.standing(t, port, book, now_s))


def engines_view(board: Board) -> Board:
    """The board as the engine has it: neither smoothed for the public nor held."""
    return replace(board, directions=tuple(replace(view, shown=None) for view in board.directions))


@dataclass(frozen=True, slots=True)
class _Moment:
    t: Tongue
    port: PortConfig
    book: OrderBook
    now_s: float
    valid_s: float
    official: Mapping[tuple[str, str], OfficialFigure]

    def section(self, said: PublishedDirection, view: DirectionView | None) -> Section:
        direction = said.config
        name = direction_name(direction, self.t.public)
        lanes = view.lanes if view is not None else ()
        scale = scale_of([_reach_m(lane, _config(direction, lane.lane)) for lane in lanes])
        return Section(
            key=f"{self.port.id}-{direction.id}",
            name=name,
            clock=self.t.clock_zone(self.now_s, direction.timezone),
            cards=tuple(self.card(direction, stream) for stream in said.streams),
            scale=scale,
            strips=tuple(self.strip(said, lane, scale) for lane in lanes),
            hold_all=orders.hold_all_button(self.t, self.port, direction.id, name),
        )

    def card(self, direction: DirectionConfig, stream: PublishedStream) -> Card:
        t, wait = self.t, stream.expected
        publication = self.book.publication(self.port.id, direction.id, stream.id, self.now_s)
        order, buttons = self._order(direction, stream, publication)
        figure, unit = figure_words(t, stream)
        return Card(
            key=f"{self.port.id}-{direction.id}-{stream.id.replace('/', '-')}",
            name=t.public.classes[stream.id],
            traffic=t.public.traffics[stream.traffic],
            state=shown_state(stream),
            state_word=t(f"state.{shown_state(stream)}"),
            figure=figure,
            unit=unit,
            span=span_words(t, stream),
            reason=reason_words(t, stream, direction.timezone),
            measured_at_s=wait.measured_at_s if wait else None,
            valid_until_s=wait.valid_until_s if wait else None,
            facts=(*facts(t, stream, direction.timezone), *self._official(direction, stream)),
            order=order,
            buttons=buttons,
        )

    def _official(self, direction: DirectionConfig, stream: PublishedStream) -> tuple[Fact, ...]:
        """What the agency says of it."""
        figure = self.official.get((direction.id, stream.id))
        if figure is None:
            return ()
        value, age = official_words(self.t, figure), self.t.age(figure.age_s(self.now_s))
        label = self.t(f"says.{figure.agency}")
        return (Fact(label, self.t("official.aged", value=value, age=age)),)

    def _order(
        self, direction: DirectionConfig, stream: PublishedStream, publication: Publication
    ) -> tuple[str, tuple[orders.Button, ...]]:
        """What is ordered of the stream's figure, and what may be ordered next."""
        t, held = self.t, publication.held
        hold = orders.hold_button(t, self.port, direction.id, stream)
        if held is not None and isinstance(held.what, Hold):
            until = orders.moment(t, held.until_s, direction.timezone, self.now_s)
            name = orders.scope_name(t, self.port, held.what.direction, held.what.stream)
            release = orders.release_button(t, self.port, held.what, name)
            return t("held_by", who=held.who, until=until), (release,)
        if stream.expected is None:
            return "", (hold,)
        if publication.withdrawn_s is not None and stream.expected.measured_at_s <= publication.withdrawn_s:
            return t("withdrawn"), (hold,)
        return "", (hold, orders.withdraw_button(t, self.port, direction.id, stream))

    def strip(self, said: PublishedDirection, lane: LaneView, scale: Scale) -> Strip:
        t, direction, at_s = self.t, said.config, lane.measured_at_s
        present = at_s is not None and self.now_s - at_s <= self.valid_s
        config = _config(direction, lane.lane)
        return Strip(
            key=f"{self.port.id}-lane-{lane.lane}",
            lane=lane.lane,
            name=t("lane", lane=lane.lane),
            kind=t(f"kind.{lane.kind}"),
            serves=tuple(self._served(said, one) for one in lane.serves),
            figures=_seen(t, lane) if present else t("never_reported" if at_s is None else "too_old"),
            queue=_queue_words(t, lane) if present else "",
            booth=_booth(t, lane) if present else "",
            measured_at_s=at_s,
            late=at_s is None or self.now_s - at_s > LATE_S,
            drawing=_drawing(scale, lane, config, direction) if present else None,
            faults=tuple(t.known("fault", fault) for fault in lane.degraded),
            announced=self._announced(direction, lane.lane),
            staff_name=t("staff_lane", lane=lane.lane) if lane.kind == "booth" else "",
            streams=" ".join(stream.id for stream in direction.streams),
        )

    def _served(self, said: PublishedDirection, stream_id: str) -> Served:
        stream = said.stream(stream_id)
        return Served(
            name=self.t.public.classes[stream_id],
            lane_class=stream_id.partition("/")[2],
            wait=wait_words(self.t, stream) if stream else "",
            valid_until_s=stream.expected.valid_until_s if stream and stream.expected else None,
        )

    def _announced(self, direction: DirectionConfig, lane: str) -> tuple[str, ...]:
        spans = self.book.staffing(self.port.id, self.now_s, direction.id)
        zone = direction.timezone
        return tuple(
            self.t(
                "staffed",
                what=orders.staffed(self.t, span.state, span.serves),
                begins=orders.moment(self.t, span.from_s, zone, self.now_s),
                ends=orders.moment(self.t, span.until_s, zone, self.now_s),
            )
            for span in spans
            if span.lane == lane
        )


def _seen(t: Tongue, lane: LaneView) -> str:
    if lane.in_view is None:
        return t("not_measured")
    return t("sees", in_view=lane.in_view, stopped=DASH if lane.stopped is None else lane.stopped)


def _queue_words(t: Tongue, lane: LaneView) -> str:
    if lane.at_least is None or lane.in_view is None:
        return ""
    length, why = t("metres", n=t.number(lane.length_m)), t.known("why", lane.why or "none")
    if lane.at_least and lane.length_m:
        return t("queue_beyond", length=length, why=why)
    if lane.at_least or (lane.length_m is None and lane.why is not None):
        return t("queue_unseen", why=why)
    if not lane.stopped:
        return t("no_queue")
    return t("queue_to", length=length)


def _booth(t: Tongue, lane: LaneView) -> str:
    if lane.kind != "booth" or lane.booth_occ is None:
        return ""
    return t("booth_busy" if lane.booth_occ >= BUSY_SHARE else "booth_free")


def _drawing(scale: Scale, lane: LaneView, config: LaneConfig, direction: DirectionConfig) -> Drawing | None:
    if lane.in_view is None:
        return None
    return drawing(
        scale,
        view_m=config.view_m or VIEW_M,
        in_view=lane.in_view,
        stopped=lane.stopped or 0,
        length_m=lane.length_m,
        at_least=bool(lane.at_least),
        pitch_m=_pitch_m(lane.serves, direction),
    )


def _pitch_m(serves: Sequence[str], direction: DirectionConfig) -> float:
    known = {stream.id: stream.pitch_m for stream in direction.streams}
    traffic = serves[0].partition("/")[0] if serves else "commercial"
    return (known.get(serves[0]) if serves else None) or PITCH_M[traffic]


def _reach_m(lane: LaneView, config: LaneConfig) -> float:
    return max(config.view_m or VIEW_M, lane.length_m or 0.0)


def _config(direction: DirectionConfig, lane: str) -> LaneConfig:
    return next((one for one in direction.lanes if one.id == lane), LaneConfig(id=lane))
