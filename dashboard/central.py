"""Central's judgement in one place: stored reports in, boards out. Pure; serve.py owns the clock.

Live and in a replay the same reports arrive here in the same order, so the figures are the same.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace

from dashboard.accuracy.ledger import Ledger
from dashboard.accuracy.pair import Pair
from dashboard.board import Board, DirectionView, HealthView, Lack
from dashboard.config import CentralConfig
from dashboard.minutes import LaneMinute, Match
from dashboard.orders.book import NO_ORDERS, OrderBook
from dashboard.plates.matching import Found
from dashboard.plates.travels import Told
from dashboard.portconfig import DirectionConfig, PortConfig
from dashboard.publication import Press, rule_of
from dashboard.rollup.late import LateRange
from dashboard.rollup.latest import Latest
from dashboard.rollup.rollup import RollUp, Slice
from dashboard.rollup.whole import WholeMinutes
from dashboard.store.intake import SET_BACK_S
from dashboard.store.store import StoredReport
from dashboard.waits.engine import WaitEngine
from dashboard.waits.site import SiteSpec, site_of
from dashboard.waits.state import StreamState
from dashboard.waits.weekly import Weekly
from edge.messages import MessageError, NodeReport, decode

Online = Callable[[str, str], bool | None]
"""(port, node) -> whether the broker holds it connected; None when it never said."""

Health = Callable[[str, str], HealthView | None]
"""(port, node) -> what it said of itself; None when it never did."""

Learn = Callable[[NodeReport], None]

REPLAY_S = 4 * 3600.0
"""How much of the past a start replays: longer than any queue lasts."""


@dataclass(slots=True)
class Desk:
    """One direction of a port: its roll-up, its wait engine, its newest figures."""

    port: str
    config: DirectionConfig
    rollup: RollUp
    engine: WaitEngine
    latest: Latest
    press: Press
    ledger: Ledger
    states: tuple[StreamState, ...] = ()
    minutes: WholeMinutes = field(default_factory=WholeMinutes)
    book: OrderBook = NO_ORDERS
    pairs: list[Pair] = field(default_factory=list)
    matches: list[Match] = field(default_factory=list)
    told: list[Told] = field(default_factory=list)
    recalled: dict[float, list[Match]] = field(default_factory=dict)
    due: deque[Slice] = field(default_factory=deque)
    """Slices that closed and are not judged yet."""

    def add(self, report: NodeReport, received_at_s: float) -> None:
        """Take in a report."""
        self.latest.add(report, received_at_s)
        self.due.extend(self.rollup.add(report, received_at_s))

    def judge(self) -> None:
        """Hand closed slices to the engine, and what it then says to the press."""
        while self.due:
            rows = self.due.popleft()
            end_s = max(row.end_s for row in rows)
            self.announce(end_s)
            rows = self._with_matches(rows, end_s)
            self.engine.step(rows)
            self._publish(end_s)
            self.latest.see(rows)
            self.minutes.add(rows)

    def _with_matches(self, rows: Slice, end_s: float) -> Slice:
        """The slice with the matches up to its end that were not in one yet, each at its booth's lane."""
        new = [found for found in self.matches if found.at_s <= end_s]
        self.matches = [found for found in self.matches if found.at_s > end_s]
        self.told += [Told(self.port, self.config.id, end_s, found) for found in new]
        due = [*self.recalled.pop(end_s, ()), *new]
        if not due:
            return rows
        return tuple(replace(row, matches=tuple(m for m in due if m.lane == row.lane)) for row in rows)

    def announce(self, at_s: float) -> None:
        """Tell roll-up and engine which staffing is announced at `at_s`, for now and for later."""
        staffing = self.book.staffing(self.port, at_s, self.config.id)
        self.rollup.announce(staffing)
        self.engine.announce(staffing)

    def _publish(self, end_s: float) -> None:
        states = self.engine.states(end_s)
        self.pairs.extend(self.ledger.pairs(self.engine.take_outcomes()))
        self.ledger.note(states, end_s)
        orders = {s.stream: self.book.publication(self.port, self.config.id, s.stream, end_s) for s in states}
        withdrawn = {name: o.withdrawn_s for name, o in orders.items() if o.withdrawn_s is not None}
        self.press.step(states, end_s, withdrawn)


class Central:
    """All directions of all ports."""

    def __init__(self, config: CentralConfig, learn: Learn = lambda report: None) -> None:
        """`learn` is told every report that is read, for what it says of its node's clock."""
        self._config = config
        self._learn = learn
        self._desks: list[Desk] = []
        self._by_port: dict[str, list[Desk]] = {}
        self._at_s = float("-inf")
        self._book = NO_ORDERS
        self.unreadable = 0
        self._begin()

    def obey(self, book: OrderBook) -> None:
        """From now on these are the orders."""
        self._book = book
        for desk in self._desks:
            desk.book = book

    def take(self, stored: Sequence[StoredReport]) -> None:
        """Take in reports in order of arrival, and judge the slices that closed."""
        self.hear(stored)
        while self.judge_one():
            pass

    def close(self, horizon_s: float) -> None:
        """Close and judge what is due, when every report received before `horizon_s` was taken."""
        self.expire(horizon_s)
        while self.judge_one():
            pass

    def hear(self, stored: Sequence[StoredReport]) -> None:
        """Take in reports in order of arrival; the slices that close wait to be judged."""
        for row in stored:
            report = self._read(row)
            if report is not None:
                self._learn(report)
                self._follow_the_clock(row.received_at_s)
                for desk in self._by_port.get(report.port, []):
                    desk.add(report, row.received_at_s)

    def match(self, found: Iterable[Found]) -> None:
        """Take in vehicles that were recognised at both ends; each goes into the slice of its booth."""
        for one in found:
            for desk in self._by_port.get(one.port, []):
                if desk.config.id == one.direction:
                    desk.matches.append(one.match)

    def recall(self, told: Iterable[Told]) -> None:
        """Travel times of before a start: each goes into the slice with which it was told."""
        for one in told:
            for desk in self._by_port.get(one.port, []):
                if desk.config.id == one.direction:
                    known = desk.recalled.setdefault(one.told_s, [])
                    known += [] if one.match in known else [one.match]

    def new_travels(self) -> list[Told]:
        """The travel times that the engine was told of and that were not asked for yet."""
        taken = [told for desk in self._desks for told in desk.told]
        for desk in self._desks:
            desk.told.clear()
        return taken

    def expire(self, horizon_s: float) -> None:
        """Close what is due, when every report received before `horizon_s` was taken."""
        self._follow_the_clock(horizon_s)
        for desk in self._desks:
            desk.due.extend(desk.rollup.close(horizon_s))

    def judge_one(self) -> bool:
        """Judge the closed slices of one direction; False when none was waiting.

        At the end of a minute all directions close at once: judged one by one, they do not hold up the lanes.
        """
        desk = next((desk for desk in self._desks if desk.due), None)
        if desk is not None:
            desk.judge()
        return desk is not None

    def open_slices(self) -> dict[tuple[str, str], float]:
        """By port and direction, the start (UTC s) of the slice that is not closed yet, once there is one."""
        opened = {(desk.port, desk.config.id): desk.rollup.open_s for desk in self._desks}
        return {key: open_s for key, open_s in opened.items() if open_s is not None}

    def estimate(self, at_s: float) -> None:
        """Ask the engines for the state of every stream at `at_s`."""
        for desk in self._desks:
            desk.announce(at_s)
            desk.states = desk.engine.states(at_s)

    def board(
        self,
        at_s: float,
        online: Online,
        set_aside: int,
        trouble: Lack | None,
        health: Health = lambda port, node: None,
    ) -> Board:
        """What is shown at `at_s`: the states last estimated, the lanes as last reported."""
        views = tuple(_view(desk, online, health) for desk in self._desks)
        return Board(at_s=at_s, directions=views, set_aside=set_aside, trouble=trouble)

    def finished_minutes(self) -> list[tuple[str, str, list[LaneMinute]]]:
        """(port, direction, whole minutes of its lanes) that are finished and were not asked for yet."""
        taken = [(desk.port, desk.config.id, desk.minutes.take()) for desk in self._desks]
        return [rows for rows in taken if rows[2]]

    def late(self, at_s: float) -> list[LateRange]:
        """Minutes to be made again at `at_s`, since rows came late, that were not asked for yet."""
        return [late for desk in self._desks for late in desk.rollup.late(at_s)]

    def late_since_s(self, at_s: float) -> float:
        """All late rows that came before (UTC s) were in what `late` gave; `at_s` is now."""
        return min((at_s, *(desk.rollup.late_since_s for desk in self._desks)))

    def new_pairs(self) -> list[Pair]:
        """Vehicles that reached a booth and what they had been told, that were not asked for yet."""
        taken = [pair for desk in self._desks for pair in desk.pairs]
        for desk in self._desks:
            desk.pairs.clear()
        return taken

    def sites(self) -> list[tuple[str, str, SiteSpec]]:
        """(port, direction, site) of every engine."""
        return [(desk.port, desk.config.id, desk.engine.site) for desk in self._desks]

    def learn(self, port: str, direction: str, weekly: Weekly) -> None:
        """The past of one direction, for forecasts."""
        for desk in self._by_port.get(port, []):
            if desk.config.id == direction:
                desk.engine.learn(weekly)

    def _begin(self) -> None:
        """Desks without any past."""
        config, self._by_port = self._config, {}
        self._desks = [desk_of(port, each, config) for port in config.ports for each in port.directions]
        for desk in self._desks:
            desk.book = self._book
            self._by_port.setdefault(desk.port, []).append(desk)

    def _follow_the_clock(self, at_s: float) -> None:
        """Central's own clock was wrong and was set back: what was made of its future is forgotten."""
        if at_s < self._at_s - SET_BACK_S:
            self._begin()
            self._at_s = at_s
        self._at_s = max(self._at_s, at_s)

    def _read(self, row: StoredReport) -> NodeReport | None:
        """The report of a row; None, and counted, for one of a version that is no longer understood."""
        try:
            report = decode("report", row.payload)
        except MessageError:
            self.unreadable += 1
            return None
        return report if isinstance(report, NodeReport) else None


def desk_of(port: PortConfig, direction: DirectionConfig, config: CentralConfig) -> Desk:
    """A desk without any past."""
    return Desk(
        port=port.id,
        config=direction,
        rollup=RollUp(port.id, direction, config.slice_s),
        engine=WaitEngine(site_of(direction, float(config.valid_s))),
        press=Press(rule_of(port.publication, config.slice_s)),
        ledger=Ledger(port.id, direction.id),
        latest=Latest(port.id, direction),
    )


def _view(desk: Desk, online: Online, health: Health) -> DirectionView:
    return DirectionView(
        port=desk.port,
        direction=desk.config.id,
        streams=desk.states,
        lanes=desk.latest.lanes(),
        shown=desk.press.shows(desk.states),
        outlook=desk.engine.outlook(),
        weekly=desk.engine.weekly,
        nodes=desk.latest.nodes(lambda node: online(desk.port, node), lambda node: health(desk.port, node)),
    )
