"""Each lane and node as last reported, for the pages. Pure; counts here are those of the current boots."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from dashboard.board import HealthView, LaneView, NodeView
from dashboard.minutes import LaneMinute
from dashboard.portconfig import ALL_FIGURES, DirectionConfig, Figure, LaneConfig
from dashboard.rollup.rollup import usable_times
from edge.messages import LaneReport, NodeReport

BOOTS_KEPT = 100


@dataclass(slots=True)
class _Boot:
    rows: int = 0
    first_seq: int = 0
    last_seq: int = 0

    def add(self, seq: int) -> None:
        self.first_seq = min(self.first_seq, seq) if self.rows else seq
        self.last_seq = max(self.last_seq, seq)
        self.rows += 1

    @property
    def gaps(self) -> int:
        return self.last_seq - self.first_seq + 1 - self.rows if self.rows else 0


class Latest:
    """The newest figures of one direction's lanes and nodes."""

    def __init__(self, port: str, direction: DirectionConfig) -> None:
        self._port = port
        self._config = direction
        sources = [source.node for lane in direction.lanes for source in lane.all_sources()]
        self._nodes = tuple(dict.fromkeys(sources))
        self._boots: dict[str, dict[str, _Boot]] = {node: {} for node in self._nodes}
        self._ends_s: dict[str, float] = {}
        self._lanes = {lane.id for lane in direction.lanes}
        self._reports: dict[tuple[str, str], tuple[float, list[LaneReport]]] = {}
        self._rows: dict[str, LaneMinute] = {}
        self._views: dict[str, LaneView] = {}
        self._node_views: dict[str, NodeView] = {}
        self._givers = {lane.id: _givers_of(lane) for lane in direction.lanes}

    def add(self, report: NodeReport, received_at_s: float) -> None:
        """Take in the next report or event in order of arrival."""
        if report.port != self._port or report.node not in self._boots:
            return
        boots = self._boots[report.node]
        boots.setdefault(report.boot, _Boot()).add(report.seq)
        self._node_views.pop(report.node, None)
        if len(boots) > BOOTS_KEPT:
            del boots[next(iter(boots))]
        times_s = usable_times(report, received_at_s)
        if times_s is None or times_s[1] <= self._ends_s.get(report.node, -1.0):
            return
        self._ends_s[report.node] = times_s[1]
        lanes = report.lanes or ()
        for name in {lane.lane for lane in lanes} & self._lanes:
            views = [lane for lane in lanes if lane.lane == name]
            self._reports[report.node, name] = (times_s[1], views)
            self._views.pop(name, None)

    def see(self, rows: Iterable[LaneMinute]) -> None:
        """Take in the rows of a closed slice."""
        self._rows |= {row.lane: row for row in rows}
        self._views.clear()

    def lanes(self) -> tuple[LaneView, ...]:
        """Every lane, in the order of port.yaml."""
        for lane in self._config.lanes:
            if lane.id not in self._views:
                self._views[lane.id] = self._lane(lane)
        return tuple(self._views[lane.id] for lane in self._config.lanes)

    def nodes(
        self, online: Callable[[str], bool | None], health: Callable[[str], HealthView | None]
    ) -> tuple[NodeView, ...]:
        """Every node, in the order in which port.yaml names them."""
        return tuple(self._node(node, online(node), health(node)) for node in self._nodes)

    def _node(self, node: str, online: bool | None, health: HealthView | None) -> NodeView:
        known = self._node_views.get(node)
        if known is not None and known.online == online and known.health is health:
            return known
        boots = self._boots[node].values()
        rows, gaps = sum(boot.rows for boot in boots), sum(boot.gaps for boot in boots)
        view = NodeView(node, online, self._ends_s.get(node), rows, gaps, health)
        self._node_views[node] = view
        return view

    def _lane(self, config: LaneConfig) -> LaneView:
        row = self._rows.get(config.id)
        queue = self._newest(config, "queue", lambda lane: lane.queue)
        return LaneView(
            lane=config.id,
            kind=config.kind,
            serves=row.serves if row else tuple(config.serves),
            nodes=tuple(source.node for source in config.all_sources()),
            in_view=queue.in_view if queue else None,
            stopped=queue.stopped if queue else None,
            length_m=queue.length_m if queue else None,
            at_least=queue.at_least if queue else None,
            why=queue.why if queue else None,
            arrivals=self._newest(config, "arrivals", lambda lane: lane.arrived),
            departures=self._newest(config, "departures", lambda lane: lane.departed),
            booth_occ=row.booth_occ if row else None,
            measured_at_s=self._measured_at_s(config),
            degraded=self._degraded(config),
        )

    def _newest(self, config: LaneConfig, figure: Figure, ask: Callable[[LaneReport], Any]) -> Any:
        """The figure from the first source that gives it, main sources first."""
        for node in self._givers[config.id][figure]:
            _, views = self._reports.get((node, config.id), (0.0, []))
            for lane in views:
                answer = ask(lane)
                if answer is not None:
                    return answer
        return None

    def _degraded(self, config: LaneConfig) -> tuple[str, ...]:
        """Why the lane is not seen as it should be, from every source that says so."""
        views = [
            view
            for source in config.all_sources()
            for view in self._reports.get((source.node, config.id), (0.0, []))[1]
        ]
        reasons = [reason for view in views if view.quality is not None for reason in view.quality.degraded]
        return tuple(dict.fromkeys(reasons))

    def _measured_at_s(self, config: LaneConfig) -> float | None:
        keys = [(source.node, config.id) for source in config.all_sources()]
        return max((self._reports[key][0] for key in keys if key in self._reports), default=None)


def _givers_of(lane: LaneConfig) -> dict[Figure, list[str]]:
    """By figure, the nodes that give it, main sources first."""
    main_first = sorted(lane.all_sources(), key=lambda source: source.spare)
    return {figure: [s.node for s in main_first if figure in s.gives] for figure in ALL_FIGURES}
