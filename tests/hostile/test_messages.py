"""Any bytes on any topic: nothing stops, each message is stored, noted or counted, and figures stay sane."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dashboard.central import Central
from dashboard.config import CentralConfig, load_central
from dashboard.ingest.condition import CAMERAS_SHOWN, told
from dashboard.ingest.judge import FAULTS, judge, named_in, present, receipts_for
from dashboard.store.store import StoredReport
from edge.messages import TOPICS, Health, Info, Status, encode, utc_ms
from tests.dashboard.brokers import broker
from tests.dashboard.metrics.test_metrics import of, samples
from tests.dashboard.nodes import PORT_YAML, TestNode, report, until
from tests.dashboard.test_central import T0, rows
from tests.dashboard.test_serve import serving

NODE_TOPICS = [topic.of("testport", "n1") for topic in TOPICS.values()]
HUGE = [2**53, 2**53 + 1, -(2**63), 2**64, 10**400, 1e308, -1e308, 5e-324, -0.0]


@pytest.fixture(scope="module")
def config(tmp_path_factory: pytest.TempPathFactory) -> CentralConfig:
    file = tmp_path_factory.mktemp("hostile") / "port.yaml"
    file.write_text(PORT_YAML.format(broker=1883, http=0))
    return load_central(file)


VALUES = st.recursive(
    st.none() | st.booleans() | st.sampled_from(HUGE) | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=8,
)


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every place in a JSON value."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(place for key, inner in items for place in places(inner, (*path, key)))]


def put(value: Any, path: tuple[Any, ...], new: Any) -> Any:
    """The same JSON value with `new` at a place."""
    if not path:
        return new
    copy = dict(value) if isinstance(value, dict) else list(value)
    copy[path[0]] = put(value[path[0]], path[1:], new)
    return copy


GOOD = json.loads(rows(300)[40].payload)


@st.composite
def damaged(draw: st.DrawFn) -> bytes:
    """A good report with one to three of its values replaced by anything."""
    value = GOOD
    for _ in range(draw(st.integers(1, 3))):
        value = put(value, draw(st.sampled_from(places(value))), draw(VALUES))
    return json.dumps(value).encode()


TIMES = st.sampled_from(
    ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59.999Z", "1970-01-01T00:00:00Z", "2026-02-30T00:00:00Z"]
)
NUMBERS = st.sampled_from([*HUGE, 0, -1, 1e15, "NaN", float("nan"), float("inf")])


@st.composite
def extreme(draw: st.DrawFn) -> bytes:
    """A report whose figures are of the right type and beyond all reason."""
    value = json.loads(json.dumps(GOOD))
    value["start"], value["end"] = draw(TIMES), draw(TIMES)
    value["clock_offset_s"], value["synced"] = draw(NUMBERS), draw(st.booleans())
    value["seq"] = draw(st.sampled_from([1, 2**53, 2**53 + 1, 0, -1, 10**30]))
    lane = value["lanes"][0]
    for name in ("observed_s", "in_view_vs", "stopped_vs", "full_s", "in_view_max"):
        lane[name] = draw(NUMBERS)
    lane["arrivals"] = {"truck": draw(NUMBERS), "car": draw(NUMBERS)}
    lane["corrections"] = {"arrivals": draw(NUMBERS)}
    lane["queue"]["length_m"] = draw(NUMBERS)
    return json.dumps(value).encode()


PAYLOADS = st.one_of(
    damaged(),
    extreme(),
    st.binary(max_size=200),
    VALUES.map(lambda value: json.dumps(value).encode()),
    st.integers(1, 5000).map(lambda depth: b"[" * depth),
    st.integers(1, 2000).map(lambda depth: b'{"a":' * depth + b"1" + b"}" * depth),
)


@settings(max_examples=400)
@given(topic=st.sampled_from(NODE_TOPICS) | st.text(max_size=60), payload=PAYLOADS)
def test_each_message_is_stored_noted_or_counted(topic: str, payload: bytes, config: CentralConfig) -> None:
    verdict = judge(topic, payload, T0, named_in(config))
    assert verdict.report or verdict.set_aside or verdict.said is not None
    assert (verdict.set_aside is None) == (verdict.fault is None)
    assert verdict.fault is None or verdict.fault in FAULTS
    if verdict.report:
        receipts_for([verdict.report], T0)
    match verdict.said:
        case Status() as status:
            present(None, status)
        case Health() | Info() as words:
            told(None, words)


HOUR_S = 3600.0


@pytest.mark.parametrize(
    ("case", "off_s", "expected"),
    [
        ("now", 0.0, False),
        ("a clock that is a minute ahead", 59.0, False),
        ("more than that", 61.0, True),
        ("a backlog of three days", -72 * HOUR_S, False),
        ("older than any node keeps", -97 * HOUR_S, True),
        ("a year ahead", 365 * 24 * HOUR_S, True),
        ("a year back", -365 * 24 * HOUR_S, True),
    ],
)
def test_times_that_cannot_be(case: str, off_s: float, expected: bool, config: CentralConfig) -> None:
    payload = encode(report(1, start=utc_ms(T0 + off_s - 1), end=utc_ms(T0 + off_s)))
    verdict = judge(NODE_TOPICS[0], payload, T0, named_in(config))
    assert verdict.report is not None, "it is held all the same"
    assert verdict.off_time == expected


@settings(max_examples=15)
@given(payloads=st.lists(extreme() | damaged(), min_size=1, max_size=12))
def test_no_report_spoils_the_figures_of_the_other_node(payloads: list[bytes], config: CentralConfig) -> None:
    """n1 sends whatever it likes among its good reports; n2's lane is measured as if alone."""
    named, central, alone = named_in(config), Central(config), Central(config)
    good = rows(300)
    spoiled: list[StoredReport] = []
    for number, row in enumerate(good):
        spoiled.append(row)
        verdict = judge(NODE_TOPICS[0], payloads[number % len(payloads)], row.received_at_s, named)
        if verdict.report:
            spoiled.append(StoredReport(0, row.received_at_s, verdict.report.payload))
    central.take(spoiled)
    alone.take(good)
    for each in (central, alone):
        each.close(T0 + 300)
        each.estimate(T0 + 300)
    (here,) = central.board(T0 + 300, lambda port, node: None, 0, None).directions
    (there,) = alone.board(T0 + 300, lambda port, node: None, 0, None).directions
    assert here.streams[1] == there.streams[1]
    assert here.lanes[1] == there.lanes[1]


def test_a_node_that_invents_cameras_fills_no_page() -> None:
    cameras = [{"camera": f"c{n}\u202e<script>", "state": "ok"} for n in range(3000)]
    body = {"boot": "b", "at": "2026-01-01T00:00:00Z", "cameras": cameras, "outbox_rows": 1, "synced": True}
    verdict = judge(NODE_TOPICS[4], json.dumps(body).encode(), T0, {("testport", "n1"): frozenset()})
    view = told(None, verdict.said).view
    assert view is not None
    assert len(view.cameras) == CAMERAS_SHOWN
    assert all(len(camera.camera) <= 32 and camera.camera.isprintable() for camera in view.cameras)


def send_all_kinds(node: TestNode) -> int:
    """Poison of every kind over the wire; gives how many messages are faulty."""
    topic, good = NODE_TOPICS[0], encode(report(1))
    odd_topics = ["lanes/v1/testport/n1/unheard", "lanes/v1/testport/N_1\u202e/report", "lanes/v1//n1/report"]
    poison: list[tuple[str, bytes]] = [
        (topic, b""),
        (topic, b"\xff\xfe"),
        (topic, b"[" * 200_000),
        (topic, b" " * 300_000),
        (topic, good.replace(b"1.0", b"NaN")),
        (topic, good.replace(b'"seq":1', b'"seq":9007199254740993')),
        (topic, good.replace(b'"node":"n1"', b'"node":"n2"')),
        (topic, b"null"),
        *((name, good) for name in odd_topics[1:]),
        (NODE_TOPICS[2], b'{"state":"maybe"}'),
        (NODE_TOPICS[4], b"{}"),
    ]
    for name, payload in poison:
        node.send_bytes(name, payload)
    node.send_bytes(topic, b'{"a": "ghost"}', retain=True)
    return len(poison)


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["nats", "mosquitto"])
def test_poison_over_the_wire_is_counted_and_the_next_report_is_stored(kind: str, tmp_path: Path) -> None:
    with broker(kind, tmp_path / "broker") as port, serving(tmp_path, port) as served:
        assert until(served.is_ready), served.log()
        node = TestNode(port)
        send_all_kinds(node)
        node.send(report(seq) for seq in (1, 1, 2, 1))
        node.send([msgspec.structs.replace(report(3), seq=2**53)])
        assert until(lambda: node.receipted() >= {1, 2})
        node.close()

        def counted() -> float:
            told_now = samples(served.get("/metrics")[1].decode())
            return sum(of(told_now, "messages_set_aside_total", fault=fault) or 0.0 for fault in FAULTS)

        assert until(lambda: counted() >= 10), served.get("/metrics")
        told_by_name = samples(served.get("/metrics")[1].decode())
        for fault in ("malformed", "other_node"):
            assert of(told_by_name, "messages_set_aside_total", fault=fault)
        assert told_by_name["lanewatch_reports_duplicate_total", ()] >= 2, "seq replayed"
        assert told_by_name["lanewatch_reports_off_time_total", ()] >= 1, "of another year"
        assert served.process is not None
        assert served.process.poll() is None
        assert served.is_ready()
        (held,) = served.stored()
        assert held["rows"] == 3
        assert b"ghost" not in served.get("/")[1]
        assert served.end(15) == 0
        served.start()
        assert until(served.is_ready), served.log()
        ghosts = ("lanewatch_messages_retained_total", ())
        assert until(lambda: samples(served.get("/metrics")[1].decode())[ghosts] >= 1), "a retained ghost"
        assert served.get("/feed/v1/wait-times.json")[0] == 200
