"""What may be said in public at a moment: the one place of withdrawal and of rounding for feeds and pages."""

from __future__ import annotations

import math
from dataclasses import replace

from dashboard.board import Board
from dashboard.config import CentralConfig
from dashboard.feeds.instants import clock_z
from dashboard.feeds.values import (
    Benefit,
    Published,
    PublishedActual,
    PublishedDirection,
    PublishedForecast,
    PublishedNotice,
    PublishedPort,
    PublishedQueue,
    PublishedStream,
    PublishedWait,
)
from dashboard.hours import is_open
from dashboard.orders.book import NO_ORDERS, OrderBook, Publication
from dashboard.orders.order import Notice
from dashboard.portconfig import DirectionConfig, PortConfig, StreamConfig
from dashboard.publication import above, below, nearest, rule_of
from dashboard.waits.benefit import Span, saved
from dashboard.waits.state import ActualWait, StreamState, Wait

NOT_YET = "no measurement yet"
OUTSIDE_HOURS = "outside its hours"
NO_FIGURE = "no usable measurement"
HELD = "held"
WITHDRAWN = "withdrawn"
FAST, STANDARD = "commercial/fast", "commercial/standard"


def published(board: Board, config: CentralConfig, now_s: float, book: OrderBook = NO_ORDERS) -> Published:
    """What may be said at `now_s` of every stream in `config`, whether the board knows it or not.

    `book` holds what the manager ordered: figures that are held or withdrawn are unknown, and notices.
    """
    states = {
        (direction.port, direction.direction, state.stream): state
        for direction in board.directions
        for state in (direction.streams if direction.shown is None else direction.shown)
    }

    def of_direction(port: PortConfig, direction: DirectionConfig) -> PublishedDirection:
        moment = _Moment(now_s, board.at_s, config.valid_s, rule_of(port.publication, config.slice_s).step_s)
        streams = tuple(
            moment.stream(
                stream,
                direction,
                states.get((port.id, direction.id, stream.id)),
                book.publication(port.id, direction.id, stream.id, now_s),
            )
            for stream in direction.streams
        )
        return PublishedDirection(direction, _with_benefit(_sent_to_open_lanes(streams)))

    ports = tuple(
        PublishedPort(
            port,
            tuple(of_direction(port, direction) for direction in port.directions),
            notices_of(book, port.id, now_s),
        )
        for port in config.ports
    )
    return Published(math.floor(now_s), config.operator, ports)


def notices_of(book: OrderBook, port: str, at_s: float) -> tuple[PublishedNotice, ...]:
    """What the public is told beside the figures of `port`, oldest first."""
    return tuple(
        PublishedNotice(what.en, what.fr, what.direction, math.floor(order.from_s), math.floor(order.until_s))
        for order in book.notices(port, at_s)
        if isinstance(what := order.what, Notice)
    )


class _Moment:
    """The rules of withdrawal and rounding at `now_s` for a board computed at `board_s`."""

    def __init__(self, now_s: float, board_s: float, valid_s: float, step_s: int) -> None:
        self.step_s = step_s
        self.now_s = now_s
        self.valid_s = valid_s
        self.board_is_stale = now_s - board_s > valid_s

    def stream(
        self,
        config: StreamConfig,
        direction: DirectionConfig,
        state: StreamState | None,
        ordered: Publication,
    ) -> PublishedStream:
        blank = _blank(config, direction, state)
        if config.lanes_max == 0 or (state is not None and state.state == "not_offered"):
            return replace(blank, state="not_offered", reason=None if state is None else state.reason)
        if is_open(config.hours, self.now_s, direction.timezone) is False:
            return replace(blank, state="closed", reason=OUTSIDE_HOURS, redirected_to=config.when_closed)
        if ordered.held is not None:
            return replace(blank, reason=HELD)
        if state is None:
            return blank
        if _is_withdrawn(state.expected, ordered):
            return replace(blank, reason=WITHDRAWN)
        if state.state == "closed" and not self.board_is_stale:
            elsewhere = _class_of(state.redirected_to) or config.when_closed
            return replace(
                blank,
                state="closed",
                reason=state.reason,
                lanes_open=state.lanes_open,
                redirected_to=elsewhere,
            )
        return self._open_stream(blank, state, direction.timezone)

    def _open_stream(self, blank: PublishedStream, state: StreamState, zone: str) -> PublishedStream:
        wait = state.expected
        if self.board_is_stale or (wait is not None and self.now_s > self._valid_until_s(wait)):
            return self._withdrawn(blank, state)
        with_evidence = replace(
            blank,
            lanes_open=state.lanes_open,
            redirected_to=_class_of(state.redirected_to),
            actual=self._actual(state.actual),
            queue=_queue(state),
        )
        if wait is None or state.state not in ("measured", "at_least"):
            return replace(with_evidence, reason=state.reason or NO_FIGURE, last_measured_s=_measured_s(wait))
        return replace(
            with_evidence,
            state=state.state,
            reason=state.reason,
            expected=self._wait(wait, bound_only=state.state == "at_least"),
            forecast=self._forecast(state, blank.hours, zone) if state.state == "measured" else (),
        )

    def _withdrawn(self, blank: PublishedStream, state: StreamState) -> PublishedStream:
        wait = state.expected
        if wait is None:
            return replace(blank, reason=state.reason if state.state == "unknown" else NO_FIGURE)
        return replace(
            blank,
            reason=f"last measured at {clock_z(wait.measured_at_s)}",
            last_measured_s=_measured_s(wait),
            unknown_since_s=math.floor(self._valid_until_s(wait)),
        )

    def _valid_until_s(self, wait: Wait) -> float:
        return min(wait.valid_until_s, wait.measured_at_s + self.valid_s)

    def _wait(self, wait: Wait, *, bound_only: bool) -> PublishedWait:
        measured_at_s = math.floor(wait.measured_at_s)
        return PublishedWait(
            wait_s=None if bound_only else nearest(wait.wait_s, self.step_s),
            low_s=below(wait.low_s, self.step_s),
            high_s=None if bound_only else above(wait.high_s, self.step_s),
            basis=wait.basis,
            measured_at_s=measured_at_s,
            age_s=max(0, math.floor(self.now_s) - measured_at_s),
            valid_until_s=math.floor(self._valid_until_s(wait)),
        )

    def _actual(self, actual: ActualWait | None) -> PublishedActual | None:
        if actual is None or self.now_s > actual.measured_at_s + self.valid_s:
            return None
        return PublishedActual(
            nearest(actual.wait_s, self.step_s),
            below(actual.low_s, self.step_s),
            above(actual.high_s, self.step_s),
            actual.vehicles,
            math.floor(actual.measured_at_s),
        )

    def _forecast(self, state: StreamState, hours: str | None, zone: str) -> tuple[PublishedForecast, ...]:
        """Of the moments to come those in which one may join: none outside the hours."""
        return tuple(
            PublishedForecast(
                math.floor(f.at_s),
                nearest(f.wait_s, self.step_s),
                below(f.low_s, self.step_s),
                above(f.high_s, self.step_s),
            )
            for f in state.forecast
            if f.at_s > self.now_s and is_open(hours, f.at_s, zone) is not False
        )


def _is_withdrawn(wait: Wait | None, ordered: Publication) -> bool:
    if wait is None or ordered.withdrawn_s is None:
        return False
    return math.floor(wait.measured_at_s) <= ordered.withdrawn_s


def _blank(config: StreamConfig, direction: DirectionConfig, state: StreamState | None) -> PublishedStream:
    return PublishedStream(
        direction=direction.id,
        traffic=config.traffic,
        lane_class=config.lane_class,
        state="unknown",
        reason=NOT_YET if state is None else NO_FIGURE,
        lanes_max=config.lanes_max,
        hours=config.hours,
    )


def _class_of(stream: str | None) -> str | None:
    """`commercial/standard` -> `standard`: nobody is sent to another traffic."""
    return None if stream is None else stream.rpartition("/")[2]


def _queue(state: StreamState) -> PublishedQueue | None:
    queue = state.queue
    if queue is None:
        return None
    length_m = None if queue.length_m is None else round(queue.length_m, 1)
    return PublishedQueue(queue.vehicles, length_m, queue.at_least)


def _sent_to_open_lanes(streams: tuple[PublishedStream, ...]) -> tuple[PublishedStream, ...]:
    """Nobody is sent from closed lanes to others that are closed, too, or are not there."""
    shut = {s.id for s in streams if s.state in ("closed", "not_offered")}
    return tuple(
        replace(s, redirected_to=None) if s.id in shut and f"{s.traffic}/{s.redirected_to}" in shut else s
        for s in streams
    )


def _with_benefit(streams: tuple[PublishedStream, ...]) -> tuple[PublishedStream, ...]:
    by_id = {stream.id: stream for stream in streams}
    benefit = _benefit(by_id.get(FAST), by_id.get(STANDARD))
    return tuple(replace(s, fast_benefit=benefit) if s.id == FAST else s for s in streams)


def _benefit(fast: PublishedStream | None, standard: PublishedStream | None) -> Benefit | None:
    """Standard less FAST where both are measured, with the bounds that hold 90 % of the differences."""
    if fast is None or standard is None or fast.expected is None or standard.expected is None:
        return None
    quick, slow = fast.expected, standard.expected
    if quick.wait_s is None or quick.high_s is None or slow.wait_s is None or slow.high_s is None:
        return None
    gain = saved(Span(quick.wait_s, quick.low_s, quick.high_s), Span(slow.wait_s, slow.low_s, slow.high_s))
    return Benefit(round(gain.wait_s), round(gain.low_s), round(gain.high_s))


def _measured_s(wait: Wait | None) -> int | None:
    return None if wait is None else math.floor(wait.measured_at_s)
