"""Ingest over real brokers: COMMIT, then receipt, then acknowledgement; nothing lost, nothing twice."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from dashboard.config import load_central
from dashboard.ingest.ingest import Ingest
from dashboard.ingest.share import WHOLE
from dashboard.store.store import Store
from edge.messages import Status, encode, utc_ms
from tests.dashboard.brokers import broker
from tests.dashboard.nodes import PORT_YAML, TestNode, report, until
from tests.ports import free_port

pytestmark = pytest.mark.slow


@pytest.fixture(params=["nats", "mosquitto"])
def mqtt(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[int]:
    """The port of a running broker of each kind."""
    with broker(request.param, tmp_path / "broker") as port:
        yield port


@contextmanager
def ingesting(folder: Path, broker_port: int, wake: Callable[[], None] = lambda: None) -> Iterator[Ingest]:
    """A running ingest with its own store object."""
    file = folder / "port.yaml"
    file.write_text(PORT_YAML.format(broker=broker_port, http=0))
    config = load_central(file)
    store = Store(config.store.url)
    ingest = Ingest(config, store, time.time, time.monotonic, wake)
    ingest.start()
    try:
        assert until(lambda: ingest.trouble() is None), ingest.trouble()
        yield ingest
    finally:
        ingest.stop(10)
        store.close()


@contextmanager
def node(broker_port: int, name: str = "n1") -> Iterator[TestNode]:
    """A connected node."""
    made = TestNode(broker_port, name)
    try:
        yield made
    finally:
        made.close()


def rows(folder: Path) -> list[tuple[str, int]]:
    """What is committed, as another process sees it."""
    with sqlite3.connect(folder / "lanewatch.db") as other:
        return other.execute("SELECT node, seq FROM reports ORDER BY node, seq").fetchall()


def test_every_report_is_committed_and_receipted(mqtt: int, tmp_path: Path) -> None:
    with ingesting(tmp_path, mqtt), node(mqtt) as n1, node(mqtt, "n2") as n2:
        n1.send(report(seq) for seq in range(1, 301))
        n2.send(report(seq, node="n2", lane="b2") for seq in range(1, 101))
        assert until(lambda: len(n1.receipted()) == 300 and len(n2.receipted()) == 100)
        assert rows(tmp_path) == [("n1", s) for s in range(1, 301)] + [("n2", s) for s in range(1, 101)]


def test_the_same_report_twice_is_one_row_and_two_receipts(mqtt: int, tmp_path: Path) -> None:
    with ingesting(tmp_path, mqtt), node(mqtt) as n1:
        n1.send([report(1)])
        assert until(lambda: len(n1.receipts) == 1)
        n1.send([report(1)])
        assert until(lambda: len(n1.receipts) == 2)
        assert rows(tmp_path) == [("n1", 1)]


def test_nothing_is_receipted_while_the_database_is_away(mqtt: int, tmp_path: Path) -> None:
    with ingesting(tmp_path, mqtt) as ingest, node(mqtt) as n1:
        other = sqlite3.connect(tmp_path / "lanewatch.db", isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        n1.send(report(seq) for seq in range(1, 21))
        assert until(lambda: (lack := ingest.trouble()) is not None and lack.part == "database")
        assert n1.receipts == []
        other.execute("ROLLBACK")
        other.close()
        assert until(lambda: len(n1.receipted()) == 20)
        assert ingest.trouble() is None
        assert rows(tmp_path) == [("n1", seq) for seq in range(1, 21)]


def test_malformed_messages_are_counted_and_the_next_report_is_stored(mqtt: int, tmp_path: Path) -> None:
    poison = [b"", b"\xff", b"{}", b"[" * 5000, encode(report(7, node="n2"))]
    with ingesting(tmp_path, mqtt), node(mqtt) as n1:
        for payload in poison:
            n1.send_bytes("lanes/v1/testport/n1/report", payload)
        n1.send([report(1)])
        assert until(lambda: n1.receipted() == {1})
        store = Store(f"sqlite:///{tmp_path}/lanewatch.db")
        assert until(lambda: store.set_aside_count() == len(poison))
        store.close()
        assert rows(tmp_path) == [("n1", 1)]


def test_a_node_that_is_not_named_is_held_receipted_and_counted(mqtt: int, tmp_path: Path) -> None:
    with ingesting(tmp_path, mqtt), node(mqtt, "n9") as n9:
        n9.send([report(1, node="n9")])
        assert until(lambda: n9.receipted() == {1})
        store = Store(f"sqlite:///{tmp_path}/lanewatch.db")
        assert [item.reason[:7] for item in store.set_aside(9)] == ["node n9"]
        store.close()


def test_presence_is_known_and_an_old_will_is_ignored(mqtt: int, tmp_path: Path) -> None:
    topic = "lanes/v1/testport/n1/status"
    with ingesting(tmp_path, mqtt) as ingest, node(mqtt) as n1:
        assert ingest.online("testport", "n1") is None
        n1.send_bytes(topic, encode(Status(state="online", boot="b", at=utc_ms(20))), retain=True)
        assert until(lambda: ingest.online("testport", "n1") is True)
        n1.send_bytes(topic, encode(Status(state="offline", boot="a", at=utc_ms(10))), retain=True)
        n1.send([report(1)])
        assert until(lambda: n1.receipted() == {1})
        assert ingest.online("testport", "n1") is True
        n1.send_bytes(topic, encode(Status(state="offline", boot="b", at=utc_ms(20))), retain=True)
        assert until(lambda: ingest.online("testport", "n1") is False)
        store = Store(f"sqlite:///{tmp_path}/lanewatch.db")
        assert until(lambda: [one.kind for _, one in store.events("testport", None, 9)] == ["offline"])
        store.close()


def test_what_came_while_central_was_down_is_stored_when_it_is_back(mqtt: int, tmp_path: Path) -> None:
    with ingesting(tmp_path, mqtt):
        pass
    with node(mqtt) as n1:
        n1.send(report(seq) for seq in range(1, 51))
        with ingesting(tmp_path, mqtt):
            assert until(lambda: len(n1.receipted()) == 50)
    assert len(rows(tmp_path)) == 50


@pytest.mark.parametrize("kind", ["nats", "mosquitto"])
def test_a_broker_that_is_killed_and_comes_back_is_found_again(kind: str, tmp_path: Path) -> None:
    port = free_port()
    with broker(kind, tmp_path / "broker", port):
        running = ingesting(tmp_path, port)
        ingest = running.__enter__()
    assert until(lambda: ingest.trouble() is not None)
    with broker(kind, tmp_path / "broker", port), node(port) as n1:
        assert until(lambda: ingest.trouble() is None)
        n1.send([report(1)])
        assert until(lambda: n1.receipted() == {1})
        running.__exit__(None, None, None)


def test_the_client_id_stays_the_same_and_depends_on_the_store(tmp_path: Path) -> None:
    file = tmp_path / "port.yaml"
    file.write_text(PORT_YAML.format(broker=1883, http=0))
    first = WHOLE.client_id(load_central(file))
    assert WHOLE.client_id(load_central(file)) == first
    file.write_text(PORT_YAML.format(broker=1883, http=0).replace("lanewatch.db", "other.db"))
    assert WHOLE.client_id(load_central(file)) != first
