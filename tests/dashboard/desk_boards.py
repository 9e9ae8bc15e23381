"""A port with many lanes in known states, for the desk's tests and pictures."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from dashboard import zones
from dashboard.access.guard import Guard
from dashboard.accuracy.pair import Pair
from dashboard.accuracy.pairs import Pairs
from dashboard.board import (
    AsideView,
    Board,
    CameraView,
    DirectionView,
    HealthView,
    Lack,
    LaneView,
    NodeView,
    PlatesView,
    TroubleView,
)
from dashboard.config import CentralConfig
from dashboard.history import StreamMinute
from dashboard.official.figures import Figures
from dashboard.official.places import Placed
from dashboard.official.reading import Reading
from dashboard.orders.order import Draft, Hold, Notice, Staff, Withdraw
from dashboard.orders.orders import Orders
from dashboard.store.events import NodeEvent
from dashboard.store.history import History
from dashboard.store.store import Store
from dashboard.waits.state import State, StreamState
from dashboard.web.app import make_app
from tests.dashboard.boards import CA, CARS, FAST, NEXUS, STANDARD, US, at_least, closed, measured, unknown
from tests.dashboard.browser.served import Served
from tests.dashboard.feed_cases import NOW_S

BLUE = "bluewater"


def _booth(name: str, serves: str, node: str, view_m: float = 120.0) -> dict[str, object]:
    return {"id": name, "kind": "booth", "serves": [serves], "node": node, "view_m": view_m}


def _port(port: str, english: str, french: str) -> dict[str, object]:
    mark = port[0]
    classes = [
        ("commercial", "fast"),
        ("commercial", "standard"),
        ("passenger", "standard"),
        ("passenger", "nexus"),
    ]
    us_streams = [
        {"traffic": traffic, "class": name, "lanes_max": most}
        for (traffic, name), most in zip(classes, (2, 4, 3, 1), strict=True)
    ]
    us_lanes = [
        _booth(f"{mark}1", FAST, f"{mark}-n1"),
        _booth(f"{mark}2", FAST, f"{mark}-n1"),
        _booth(f"{mark}3", STANDARD, f"{mark}-n1"),
        _booth(f"{mark}4", STANDARD, f"{mark}-n2"),
        _booth(f"{mark}5", CARS, f"{mark}-n2", 90.0),
        _booth(f"{mark}6", NEXUS, f"{mark}-n2", 90.0),
        {
            "id": f"{mark}u",
            "kind": "approach",
            "serves": [FAST, STANDARD],
            "line_m": 900,
            "view_m": 140,
            "node": f"{mark}-n3",
        },
    ]
    ca_lanes = [_booth(f"{mark}8", FAST, f"{mark}-n4"), _booth(f"{mark}9", STANDARD, f"{mark}-n4")]
    return {
        "id": port,
        "name": {"en": english, "fr": french},
        "directions": [
            {"id": US, "timezone": "America/Detroit", "into": "us", "streams": us_streams, "lanes": us_lanes},
            {
                "id": CA,
                "timezone": "America/Toronto",
                "into": "ca",
                "streams": [{"traffic": "commercial", "class": name} for name in ("fast", "standard")],
                "lanes": ca_lanes,
            },
        ],
    }


OPERATOR = {"en": "Example Bridge Authority", "fr": "Régie du pont Exemple"}
ONE = CentralConfig.model_validate(
    {"operator": OPERATOR, "ports": [_port("ambassador", "Ambassador Bridge", "Pont Ambassador")]}
)
TWO = CentralConfig.model_validate(
    {
        "operator": OPERATOR,
        "ports": [
            _port("ambassador", "Ambassador Bridge", "Pont Ambassador"),
            _port(BLUE, "Blue Water Bridge", "Pont Blue Water"),
        ],
    }
)


def lane(
    name: str,
    serves: str,
    in_view: int | None,
    stopped: int | None,
    length_m: float | None,
    *,
    at_least: bool = False,
    why: str | None = None,
    occ: float | None = 0.8,
    age_s: float = 2.0,
    kind: str = "booth",
    degraded: tuple[str, ...] = (),
) -> LaneView:
    """A lane as reported `age_s` before NOW_S."""
    counts = (None, None) if in_view is None else (412, 409)
    return LaneView(
        lane=name,
        kind=kind,
        serves=tuple(serves.split()),
        nodes=("n",),
        in_view=in_view,
        stopped=stopped,
        length_m=length_m,
        at_least=at_least if in_view is not None else None,
        why=why,
        arrivals=counts[0],
        departures=counts[1],
        booth_occ=occ if kind == "booth" else None,
        measured_at_s=NOW_S - age_s,
        degraded=degraded,
    )


def _lanes(mark: str) -> tuple[LaneView, ...]:
    return (
        lane(f"{mark}1", FAST, 3, 2, 41.0),
        lane(f"{mark}2", FAST, 2, 1, 19.5, occ=0.7),
        lane(f"{mark}3", STANDARD, 6, 6, 120.0, at_least=True, why="upstream end occupied"),
        lane(f"{mark}4", STANDARD, 6, 5, 104.0),
        lane(f"{mark}5", CARS, 9, 8, 61.0),
        lane(f"{mark}6", NEXUS, 0, 0, 0.0, occ=0.0),
        lane(f"{mark}u", f"{FAST} {STANDARD}", 4, 0, 0.0, kind="approach"),
    )


def _nodes(mark: str) -> tuple[NodeView, ...]:
    cameras = (CameraView("c1", "ok", 4.9, 12, 31.0), CameraView("c2", "ok", 4.8, 40, 32.5))
    well = HealthView(
        at_s=NOW_S - 11,
        cameras=cameras,
        outbox_rows=4,
        disk_free_mb=41_200.0,
        temperature_c=52.0,
        clock_offset_s=0.012,
        software="0.1.0",
        model="vehicles",
        provider="CPUExecutionProvider",
        plates=PlatesView(412, 371),
    )
    ill = replace(
        well,
        cameras=(CameraView("c1", "dark", 4.9, 3, 30.0), CameraView("c2", "stalled", 0.0, 901, None)),
        outbox_rows=1440,
        disk_free_mb=310.0,
        plates=PlatesView(1200, 30),
        temperature_c=84.0,
        synced=False,
        clock_offset_s=-2.4,
    )
    return (
        NodeView(f"{mark}-n1", True, NOW_S - 3, 81_220, 0, well),
        NodeView(f"{mark}-n2", True, NOW_S - 4, 80_977, 12, ill),
        NodeView(f"{mark}-n3", True, NOW_S - 3, 81_219, 0, replace(well, cameras=cameras[:1])),
    )


US_LIVE = (
    measured(FAST, 8, 12, 16, (14, 19, 22, 24)),
    at_least(STANDARD, 45),
    measured(CARS, 4, 6, 9, (6, 7, 6, 5)),
    closed(NEXUS),
)
CA_LIVE = (measured(FAST, 3, 5, 8, (5, 6, 6, 7)), measured(STANDARD, 18, 22, 26, (22, 25, 27, 24)))


def board_of(
    port: str, us: tuple[StreamState, ...], ca: tuple[StreamState, ...]
) -> tuple[DirectionView, ...]:
    """The two directions of a port."""
    mark = port[0]
    ca_lanes = (lane(f"{mark}8", FAST, 1, 1, 17.0), lane(f"{mark}9", STANDARD, 4, 3, 66.0))
    far = NodeView(f"{mark}-n4", False, NOW_S - 7, 60_112, 3, None)
    return (
        DirectionView(port, US, us, _lanes(mark), _nodes(mark)),
        DirectionView(port, CA, ca, ca_lanes, (far,)),
    )


ASIDES = (
    AsideView(
        "lanes/v1/ambassador/n99/report",
        "node n99 of port ambassador is not in port.yaml; name it at a lane",
        7,
        NOW_S - 2,
    ),
)
LIVE = Board(NOW_S, board_of("ambassador", US_LIVE, CA_LIVE), 7, None, ASIDES)
NOBODY_WAITS = Board(
    NOW_S,
    board_of(
        "ambassador",
        tuple(measured(one, 0, 0, 1, (0, 0, 0, 0)) for one in (FAST, STANDARD, CARS, NEXUS)),
        tuple(measured(one, 0, 0, 1, (0, 0, 0, 0)) for one in (FAST, STANDARD)),
    ),
)
SENDS_NOTHING = replace(
    LIVE,
    beside=(
        TroubleView("public_broker", "the broker at waits.port.example:8883 cannot be reached", NOW_S - 720),
        TroubleView("webhook", "answered 404", NOW_S - 90_000, True, "dispatch", "ambassador"),
        TroubleView(
            "official",
            "cannot be fetched (Name or service not known); check the address and the network",
            NOW_S - 3600,
            name="bwt.cbp.gov/api/bwtnew",
            next_s=NOW_S + 240,
        ),
    ),
)
UNKNOWN = Board(
    NOW_S,
    tuple(
        replace(
            view,
            streams=tuple(unknown(state.stream, "not measured lately") for state in view.streams),
            lanes=tuple(
                lane(
                    one.lane,
                    " ".join(one.serves),
                    None,
                    None,
                    None,
                    age_s=1300,
                    kind=one.kind,
                    degraded=("dark",),
                )
                for one in view.lanes
            ),
        )
        for view in LIVE.directions
    ),
    trouble=Lack("broker", "the broker at 127.0.0.1:1883 cannot be reached"),
)
SEVERAL = Board(
    NOW_S,
    (
        *board_of("ambassador", US_LIVE, CA_LIVE),
        *board_of(
            BLUE, (closed(FAST, elsewhere=STANDARD), measured(STANDARD, 25, 30, 36), *US_LIVE[2:]), CA_LIVE
        ),
    ),
)


MANY_LANES = 20


def _crowded() -> tuple[CentralConfig, Board]:
    """A port of long names with twenty lanes one way, six hours of queue, and a lane of the longest id."""
    told = _port(
        "ambassador",
        "Thousand Islands International Bridge at Lansdowne",
        "Pont international des Mille-Îles, de Lansdowne à Alexandria Bay",
    )
    ids = ["commercial-booth-number-01-north", *(f"booth-{n:02}" for n in range(2, MANY_LANES + 1))]
    serves = [(FAST, STANDARD, CARS, NEXUS)[n % 4] for n in range(MANY_LANES)]
    nodes = [f"a-n{1 + n // 5}" for n in range(MANY_LANES)]
    us = told["directions"][0]  # type: ignore[index]
    us["lanes"] = [_booth(*one) for one in zip(ids, serves, nodes, strict=True)]
    views = board_of(
        "ambassador",
        (
            measured(FAST, 95, 118, 145, (124, 139, 152, 164)),
            measured(STANDARD, 228, 271, 333, (280, 285, 290, 301)),
            at_least(CARS, 190),
            unknown(NEXUS, "its booths serve other classes"),
        ),
        CA_LIVE,
    )
    lanes = tuple(
        lane(name, served, 3 + n % 4, 2 + n % 4, 30.0 + 4 * n, degraded=("dark",) if n == 3 else ())
        for n, (name, served) in enumerate(zip(ids, serves, strict=True))
    )
    config = CentralConfig.model_validate({"operator": OPERATOR, "ports": [told]})
    return config, Board(NOW_S, (replace(views[0], lanes=lanes), views[1]))


CROWDED_PORT, CROWDED = _crowded()
FIRST_DAY = Board(
    NOW_S,
    tuple(
        replace(
            view,
            streams=tuple(unknown(state.stream, "no measurement yet") for state in view.streams),
            lanes=tuple(
                replace(
                    lane(one.lane, " ".join(one.serves), None, None, None, kind=one.kind), measured_at_s=None
                )
                for one in view.lanes
            ),
            nodes=tuple(NodeView(one.node, None, None, 0, 0) for one in view.nodes),
        )
        for view in LIVE.directions
    ),
)
"""Central is up, and no node has reported."""


OFFICIAL = [
    Placed("ambassador", US, Reading("cbp", "380001", "us", FAST, "measured", 600, NOW_S - 840, 2)),
    Placed("ambassador", US, Reading("cbp", "380001", "us", STANDARD, "measured", 1500, NOW_S - 840, 3)),
    Placed("ambassador", US, Reading("cbp", "380001", "us", NEXUS, "closed")),
    Placed(
        "ambassador", CA, Reading("cbsa", "Ambassador Bridge", "ca", STANDARD, "unknown", None, NOW_S - 1500)
    ),
]


def past_days(history: History, days: int, stream: str = FAST) -> None:
    """`days` of minutes of one stream up to NOW_S, with a rush in the morning, a gap and a closed night."""
    end_s = NOW_S // 60 * 60
    rows = [_minute(stream, end_s - 60.0 * n) for n in range(days * 1440, 0, -1)]
    for start in range(0, len(rows), 5000):
        history.add(rows[start : start + 5000])
    history.roll_up("ambassador", US, [stream], [], end_s)


def _minute(stream: str, start_s: float) -> StreamMinute:
    hour = zones.local(start_s, "America/Detroit").hour + start_s % 3600 / 3600
    weekday = zones.local(start_s, "America/Detroit").weekday()
    wave = 4 * math.sin(start_s / 800.0) + 2 * math.sin(start_s / 190.0)
    wait_s = 60 * max(
        2.0, 8 + 34 * math.exp(-(((hour - 8.5) / 1.9) ** 2)) * (0.4 if weekday > 4 else 1) + wave
    )
    state: State = "measured"
    if 1 <= hour < 5:
        state = "closed"
    elif 6.2 <= hour < 6.8:
        state = "unknown"
    elif wait_s > 42 * 60:
        state = "at_least"
    known, served = state in ("measured", "at_least"), state != "closed" and int(start_s / 60) % 7 == 0
    whole = state == "measured"
    return StreamMinute(
        port="ambassador",
        direction=US,
        stream=stream,
        start_s=start_s,
        state=state,
        reason={"unknown": "not measured lately", "closed": "outside its hours"}.get(state),
        wait_s=round(wait_s) if whole else None,
        low_s=round(wait_s * 0.75) if known else None,
        high_s=round(wait_s * 1.3) if whole else None,
        basis=("queue", "balance") if known else (),
        actual_s=round(wait_s * 0.95 + 40) if served else None,
        actual_n=2 if served else None,
        queue_vehicles=round(wait_s / 90) if known else None,
        queue_m=None,
        at_least=state == "at_least" if known else None,
        lanes_open=2 if known else None,
    )


AT_LEAST = Board(
    NOW_S,
    board_of(
        "ambassador",
        (at_least(FAST, 12), at_least(STANDARD, 45), at_least(CARS, 20), at_least(NEXUS, 5)),
        (at_least(FAST, 3), at_least(STANDARD, 60)),
    ),
)
CLOSED = Board(
    NOW_S,
    board_of(
        "ambassador",
        (
            closed(FAST, "closed by the operator", STANDARD),
            closed(STANDARD),
            closed(CARS, "outside its hours"),
            closed(NEXUS),
        ),
        (closed(FAST, "its booths serve other classes", STANDARD), closed(STANDARD)),
    ),
)


def give_orders(orders: Orders) -> None:
    """A hold, an announced booth, a notice, and a withdrawal by three people."""
    for what, who, from_s, hours, note in (
        (Hold(CA, FAST), "m.tremblay", NOW_S - 600, 1, "camera at a8 being cleaned"),
        (Staff(US, "a4", "open", (FAST,)), "j.smith", NOW_S + 2700, 8, "shift change"),
        (
            Notice(
                "Two lanes are closed for works until noon.",
                "Deux voies sont fermées pour travaux jusqu’à midi.",
            ),
            "j.smith",
            NOW_S - 3000,
            4,
            None,
        ),
        (Withdraw(US, CARS, NOW_S - 20), "a.roy", NOW_S - 10, 0.2, None),
    ):
        orders.give(
            Draft("ambassador", what, who, NOW_S - 600, from_s, from_s + 3600 * hours, note), "192.0.2.17"
        )


def _events() -> Iterator[NodeEvent]:
    """A camera was covered for half an hour, a node lost its link for two minutes, and a camera is away."""
    for seq, at_s, node, kind, camera, detail in (
        (41, NOW_S - 4 * 3600 - 130, "a-n1", "camera_covered", "c1", None),
        (42, NOW_S - 3.4 * 3600, "a-n1", "camera_back", "c1", None),
        (0, NOW_S - 7200, "a-n2", "offline", None, None),
        (0, NOW_S - 7080, "a-n2", "online", None, None),
        (977, NOW_S - 3000, "a-n2", "camera_lost", "c2", '"no picture for 10 s"'),
    ):
        yield NodeEvent("ambassador", node, "5f2c", seq, at_s, kind, camera, None, detail)


def _pairs() -> Iterator[Pair]:
    """FAST: 40 vehicles seen at both ends, of which 38 were told right; two streams against themselves."""
    for n in range(40):
        joined_s, wait_s = NOW_S - 3600 - 600 * n, 900.0 + 20 * n
        told_s = wait_s + (400 if n < 2 else 40)
        late_s = wait_s + (240 if n % 3 else -60)
        now, ahead = (told_s, 0.7 * told_s, 1.3 * told_s), (late_s, 600.0, 2000.0)
        yield Pair("ambassador", US, FAST, "match", joined_s, 0, wait_s, *now)
        for stream in (FAST, STANDARD):
            yield Pair("ambassador", US, stream, "balance", joined_s, 0, wait_s, *now)
            yield Pair("ambassador", US, stream, "balance", joined_s, 1800, wait_s, *ahead)


def desk(
    board: Board,
    folder: Path,
    now_s: float | None = NOW_S,
    config: CentralConfig = ONE,
    days: int = 0,
    guard: Guard | None = None,
    *,
    ordered: bool = False,
) -> Served:
    """The application with a store of its own in `folder`, so that orders can be given and history read."""
    store = Store(f"sqlite:///{folder}/desk.db")
    store.upgrade()
    orders = Orders(store)
    orders.refresh(now_s or 0.0)
    history = History(store)
    past_days(history, days)
    past_days(history, days, STANDARD)
    if ordered:
        give_orders(orders)
    figures = Figures(store)
    pairs = Pairs(store)
    if days:
        figures.note(OFFICIAL, NOW_S - 240)
        pairs.add(list(_pairs()))
        store.add((), (), list(_events()))
    return Served(
        lambda holder, now: make_app(holder, config, now, guard, orders, history, figures, pairs, store),
        board,
        now_s,
    )


@dataclass(frozen=True, slots=True)
class DeskScene:
    """A board as read at `now_s`, with `days` of past, and orders in force where `ordered`."""

    board: Board
    now_s: float = NOW_S
    config: CentralConfig = ONE
    days: int = 0
    ordered: bool = False

    def serve(self, folder: Path, days: int | None = None) -> Served:
        """The desk with a store in `folder`; `days` instead of the scene's own."""
        past = self.days if days is None else days
        return desk(self.board, folder, self.now_s, self.config, past, ordered=self.ordered)


SCENES = {
    "live": DeskScene(LIVE, days=1),
    "orders": DeskScene(LIVE, ordered=True),
    "unknown": DeskScene(UNKNOWN),
    "closed": DeskScene(CLOSED),
    "at-least": DeskScene(AT_LEAST),
    "stale": DeskScene(LIVE, NOW_S + 1500),
    "several": DeskScene(SEVERAL, config=TWO),
    "past": DeskScene(LIVE, days=28),
    "crowded": DeskScene(CROWDED, config=CROWDED_PORT),
    "first-day": DeskScene(FIRST_DAY),
}
