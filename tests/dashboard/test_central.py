"""Central judges the same whether reports come one by one or are read back after a kill."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dashboard.ahead.ask import Ask, AskError
from dashboard.ahead.command import whatif_command
from dashboard.board import Board
from dashboard.central import Central
from dashboard.config import CentralConfig, load_central
from dashboard.minutes import Match
from dashboard.orders.book import NO_ORDERS, OrderBook
from dashboard.orders.order import Order, Staff
from dashboard.plates.travels import Told, Travels
from dashboard.store.store import Incoming, Store, StoredReport
from edge.messages import Booth, Corrections, Event, LaneReport, Queue, decode, encode, utc_ms
from tests.dashboard.nodes import PORT_YAML, report

T0 = 1_800_000_000.0


@pytest.fixture(scope="module")
def config(tmp_path_factory: pytest.TempPathFactory) -> CentralConfig:
    """One direction, lanes b1 of node n1 and b2 of node n2."""
    file = tmp_path_factory.mktemp("central") / "port.yaml"
    file.write_text(PORT_YAML.format(broker=1883, http=0))
    return load_central(file)


def rows(seconds: int) -> list[StoredReport]:
    """A report of each node every 5 s."""
    made = []
    for seq in range(1, seconds // 5 + 1):
        for node, lane in (("n1", "b1"), ("n2", "b2")):
            lanes = [
                LaneReport(
                    lane=lane,
                    camera="c1",
                    kind="booth",
                    observed_s=5.0 * seq,
                    arrivals={"truck": seq},
                    departures={"truck": seq // 2},
                    in_view_vs=10.0 * seq,
                    stopped_vs=5.0 * seq,
                    full_s=0.0,
                    corrections=Corrections(arrivals=1),
                    queue=Queue(in_view=2, stopped=1, length_m=20.0, at_least=True, why="hidden"),
                    booth=Booth(occupied_s=4.0 * seq),
                )
            ]
            times = {"start": utc_ms(T0 + 5 * seq - 5), "end": utc_ms(T0 + 5 * seq)}
            message = report(seq, node=node, lanes=lanes, **times)
            made.append(StoredReport(len(made) + 1, T0 + 5 * seq + 0.2, encode(message)))
    return made


def board_of(central: Central, at_s: float) -> Board:
    """What is shown then."""
    central.estimate(at_s)
    return central.board(at_s, lambda port, node: None, 0, None)


@settings(max_examples=20)
@given(pieces=st.lists(st.integers(0, 30), max_size=8))
def test_a_replay_gives_the_board_of_the_live_run(config: CentralConfig, pieces: list[int]) -> None:
    stored = rows(300)
    live, replayed = Central(config), Central(config)
    taken = 0
    for piece in pieces:
        live.take(stored[taken : taken + piece])
        taken += len(stored[taken : taken + piece])
        live.close(stored[taken].received_at_s if taken < len(stored) else T0 + 300.2)
    live.take(stored[taken:])
    replayed.take(stored)
    live.close(T0 + 301)
    replayed.close(T0 + 301)
    assert board_of(live, T0 + 301) == board_of(replayed, T0 + 301)


ODD = st.one_of(st.none(), st.floats(allow_nan=False), st.integers(0, 100).map(float))
ODD_COUNT = st.one_of(st.none(), st.dictionaries(st.sampled_from(["truck", "x"]), st.integers()))


@st.composite
def odd_rows(draw: st.DrawFn) -> list[StoredReport]:
    """Reports with any figures at all, at nearly any time."""
    made = []
    for seq in range(1, draw(st.integers(1, 12))):
        lane = LaneReport(
            lane="b1",
            camera="c1",
            kind="booth",
            observed_s=draw(ODD) or 5.0 * seq,
            arrivals=draw(ODD_COUNT),
            departures=draw(ODD_COUNT),
            in_view_vs=draw(ODD),
            stopped_vs=draw(ODD),
            full_s=draw(ODD),
            corrections=Corrections(arrivals=draw(st.integers()), departures=draw(st.integers())),
            queue=Queue(in_view=draw(st.integers()), stopped=0, length_m=draw(ODD), at_least=False),
            booth=Booth(occupied_s=draw(ODD), sign=draw(st.text(max_size=3))),
        )
        start_s, end_s = (T0 + 5 * seq + draw(st.sampled_from([-1e9, -99, -5, 0, 5, 1e9])) for _ in "se")
        odd = report(seq, lanes=[lane], start=utc_ms(start_s), end=utc_ms(end_s), clock_offset_s=draw(ODD))
        made.append(StoredReport(seq, T0 + 5 * seq + 0.2, encode(odd)))
    return made


@given(stored=odd_rows())
def test_no_figures_stop_the_judging(config: CentralConfig, stored: list[StoredReport]) -> None:
    central = Central(config)
    central.take(stored)
    central.take(
        [StoredReport(99 + n, row.received_at_s + 90, row.payload) for n, row in enumerate(rows(100))]
    )
    central.close(T0 + 200)
    (view,) = board_of(central, T0 + 201).directions
    assert len(view.streams) == 2
    for stream in view.streams:
        assert stream.expected is None or 0 <= stream.expected.wait_s < 1e6


def test_lanes_and_nodes_as_last_reported(config: CentralConfig) -> None:
    central = Central(config)
    central.take(rows(60))
    (view,) = board_of(central, T0 + 61).directions
    lane = view.lanes[0]
    assert (lane.lane, lane.nodes, lane.serves) == ("b1", ("n1",), ("commercial/fast",))
    assert (lane.in_view, lane.stopped, lane.length_m, lane.at_least, lane.why) == (
        2,
        1,
        20.0,
        True,
        "hidden",
    )
    assert (lane.arrivals, lane.departures) == (13, 6)
    assert lane.booth_occ == pytest.approx(0.8)
    assert lane.measured_at_s == T0 + 60
    assert [(node.node, node.rows, node.gaps, node.last_report_s) for node in view.nodes] == [
        ("n1", 12, 0, T0 + 60),
        ("n2", 12, 0, T0 + 60),
    ]


def test_without_any_report_every_stream_is_unknown(config: CentralConfig) -> None:
    (view,) = board_of(Central(config), T0).directions
    assert [stream.state for stream in view.streams] == ["unknown", "unknown"]
    assert [lane.in_view for lane in view.lanes] == [None, None]
    assert [node.last_report_s for node in view.nodes] == [None, None]


def test_rows_that_never_came_show_as_gaps(config: CentralConfig) -> None:
    central = Central(config)
    central.take([row for row in rows(60) if row.ingest_id not in (3, 5)])
    (view,) = board_of(central, T0 + 61).directions
    assert [(node.node, node.rows, node.gaps) for node in view.nodes] == [("n1", 10, 2), ("n2", 12, 0)]


def test_events_and_rows_that_are_no_longer_understood_do_no_harm(config: CentralConfig) -> None:
    central = Central(config)
    event = encode(report(1, kind="event", lanes=None, event=Event(type="camera_lost")))
    central.take([StoredReport(1, T0, event), StoredReport(2, T0, b"{}")])
    assert central.unreadable == 1
    assert board_of(central, T0).directions[0].nodes[0].rows == 1


def closing(at_s: float, from_s: float, until_s: float) -> OrderBook:
    """Given at `at_s`: booth b1 is closed from `from_s` to `until_s`."""
    return OrderBook(
        [Order("testport", Staff("us_bound", "b1", "closed"), "kim", at_s, from_s, until_s, id=1)]
    )


@pytest.mark.parametrize(
    ("case", "book", "states"),
    [
        ("no orders", NO_ORDERS, ["measured", "measured"]),
        ("closed now", closing(T0 + 50, T0 + 58, T0 + 600), ["closed", "measured"]),
        ("closed later", closing(T0 + 50, T0 + 90, T0 + 600), ["measured", "measured"]),
        ("it has expired", closing(T0 + 50, T0 + 52, T0 + 61), ["measured", "measured"]),
        ("it was not yet said", closing(T0 + 90, T0, T0 + 600), ["measured", "measured"]),
    ],
)
def test_orders_reach_the_engine(
    config: CentralConfig, case: str, book: OrderBook, states: list[str]
) -> None:
    central = Central(config)
    central.take(rows(60))
    central.obey(book)
    assert [stream.state for stream in board_of(central, T0 + 61).directions[0].streams] == states


def test_the_command_asks_what_if_before_the_first_start(config: CentralConfig, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'lanewatch.db'}"
    there = config.model_copy(update={"store": config.store.model_copy(update={"url": url})})
    with pytest.raises(AskError, match=r"nothing was measured up to .*; start the nodes"):
        whatif_command(there, Ask("b1", "closed"), T0, None)


def test_the_command_knows_what_plates_told(config: CentralConfig, tmp_path: Path) -> None:
    """As central does after a restart: half a minute from tail to booth is no wait of six minutes."""
    waits = {}
    for name, matched in (("counted", 0), ("matched", 12)):
        url = f"sqlite:///{tmp_path / name}.db"
        store = Store(url)
        store.upgrade()
        made = ((row, decode("report", row.payload)) for row in rows(720))
        store.add([Incoming.of(row.received_at_s, report, row.payload) for row, report in made])
        ends = [T0 + 60 * n for n in range(1, matched)]
        told = [Told("testport", "us_bound", end_s, Match(end_s - 1, "b1", "b1", 30.0)) for end_s in ends]
        Travels(store).add(told)
        store.close()
        there = config.model_copy(update={"store": config.store.model_copy(update={"url": url})})
        whatif_command(there, Ask("b1", "closed"), T0 + 721, tmp_path / "answer.json")
        points = json.loads((tmp_path / "answer.json").read_text())["streams"][0]["points"]
        waits[name] = points[0]["without"]["wait_s"]
    assert waits["matched"] < 200 < 300 < waits["counted"]


def test_the_command_asks_what_if_of_the_stored_reports(
    config: CentralConfig, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    url = f"sqlite:///{tmp_path / 'lanewatch.db'}"
    store = Store(url)
    store.upgrade()
    made = ((row, decode("report", row.payload)) for row in rows(720))
    store.add([Incoming.of(row.received_at_s, report, row.payload) for row, report in made])  # type: ignore[arg-type]
    store.close()
    there = config.model_copy(update={"store": config.store.model_copy(update={"url": url})})
    whatif_command(there, Ask("b1", "closed"), T0 + 721, tmp_path / "answer.json")
    assert "commercial/fast" in capsys.readouterr().out
    answer = json.loads((tmp_path / "answer.json").read_text())
    fast = answer["streams"][0]["points"][-1]
    assert fast["change_s"] > 600
    with pytest.raises(AskError, match="is no booth of testport; name one of b1, b2"):
        whatif_command(there, Ask("b7", "closed"), T0 + 721, None)
    with pytest.raises(AskError, match="nothing was measured"):
        whatif_command(there, Ask("b1", "closed"), T0 - 86400, None)
