"""The link over real brokers: rows go out when they can, and only receipts free them."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from queue import SimpleQueue

import pytest

from edge.config import BrokerConfig
from edge.node.access import Access, LinkError
from edge.node.client import CallbackFailed, Connected
from edge.node.keeper import Keeper
from edge.node.link import PUBACK_WITHIN_S, Link
from tests.dashboard.brokers import broker
from tests.dashboard.nodes import until
from tests.edge.centrals import Central, Wire, now
from tests.edge.mutebroker import mute_broker
from tests.ports import free_port

KINDS = pytest.mark.parametrize("kind", ["nats", "mosquitto"])


def wire(folder: Path, port: int) -> Wire:
    return Wire(folder, BrokerConfig(url=f"mqtt://127.0.0.1:{port}"))


@contextmanager
def central(port: int, receipts: bool = True) -> Iterator[Central]:
    one = Central(port, receipts)
    try:
        yield one
    finally:
        one.close()


@pytest.mark.slow
@KINDS
def test_rows_kept_while_the_broker_is_down_arrive_after_it_comes_up(kind: str, tmp_path: Path) -> None:
    port = free_port()
    with wire(tmp_path, port).running() as node:
        node.report(150)
        assert len(node.left()) == 150
        with broker(kind, tmp_path / "broker", port), central(port) as receiver:
            # what the node sent before central had subscribed comes again half a minute later
            assert until(lambda: not node.left())
            node.report(3)
            assert until(lambda: not node.left())
            assert receiver.seqs(node.keeper.series.boot) == list(range(1, 154))


@pytest.mark.slow
@KINDS
def test_without_receipts_no_row_is_freed_although_the_broker_acknowledges(kind: str, tmp_path: Path) -> None:
    with (
        broker(kind, tmp_path / "broker") as port,
        central(port, receipts=False) as receiver,
        wire(tmp_path, port).running() as node,
    ):
        receiver.ready()
        node.report(5)
        boot = node.keeper.series.boot
        assert until(lambda: receiver.seqs(boot) == [1, 2, 3, 4, 5])
        assert until(lambda: node.do(lambda: not node.link._unacked))
        assert len(node.left()) == 5
        receiver.receipt("another-boot", 1, 5)
        receiver.receipt(boot, 1, 5, node="n2")
        receiver.publish("receipt", b"{ this is no receipt")
        receiver.receipt(boot, 2, 3)
        assert until(lambda: [seq for _, seq in node.left()] == [1, 4, 5])


@pytest.mark.slow
@KINDS
def test_a_broker_that_is_killed_and_comes_back_loses_nothing(kind: str, tmp_path: Path) -> None:
    port = free_port()
    with wire(tmp_path, port).running() as node, central(port) as receiver:
        for _ in range(3):
            with broker(kind, tmp_path / "broker", port):
                receiver.ready()
                node.report(20)
                assert until(lambda: node.do(lambda: node.link.connected))
                node.report(20)
            node.report(20)
        with broker(kind, tmp_path / "broker", port):
            assert until(lambda: not node.left())
        assert receiver.seqs(node.keeper.series.boot) == list(range(1, 181))


@pytest.mark.slow
@KINDS
def test_after_a_reconnection_what_is_not_receipted_is_sent_again(kind: str, tmp_path: Path) -> None:
    port = free_port()
    with wire(tmp_path, port).running() as node, central(port, receipts=False) as receiver:
        boot = node.keeper.series.boot
        with broker(kind, tmp_path / "broker", port):
            receiver.ready()
            node.report(3)
            assert until(lambda: receiver.seqs(boot) == [1, 2, 3])
        receiver.receipts = True
        with broker(kind, tmp_path / "broker", port):
            assert until(lambda: not node.left())
        assert min(receiver.rows.values()) >= 2


@pytest.mark.slow
@KINDS
def test_rows_of_an_earlier_run_are_sent_and_receipted_by_their_boot(kind: str, tmp_path: Path) -> None:
    earlier = Keeper(tmp_path / "outbox.db", "testport", "n1", now())
    for _ in range(7):
        earlier.keep([earlier.series.report(now() - 5, now(), [])], now())
    earlier.close()
    with broker(kind, tmp_path / "broker") as port, central(port) as receiver:
        receiver.ready()
        with wire(tmp_path, port).running() as node:
            node.report(2)
            assert until(lambda: not node.left())
        assert receiver.seqs(earlier.series.boot) == [1, 2, 3, 4, 5, 6, 7]
        assert receiver.seqs(node.keeper.series.boot) == [1, 2]


@pytest.mark.slow
@KINDS
def test_online_is_said_at_each_connection_and_offline_when_leaving_or_by_the_last_will(
    kind: str, tmp_path: Path
) -> None:
    with broker(kind, tmp_path / "broker") as port, central(port) as receiver:
        receiver.ready()
        with wire(tmp_path, port).running() as node:
            assert until(lambda: "status" in receiver.states)
            assert (receiver.states["status"].state, receiver.states["status"].boot) == (
                "online",
                node.keeper.series.boot,
            )
        assert until(lambda: receiver.states["status"].state == "offline")
        with wire(tmp_path, port).running() as node:
            assert until(lambda: receiver.states["status"].state == "online")
            before = len(receiver.statuses)
            node.do(lambda: node.link._client.socket().close())
            assert until(lambda: receiver.statuses[before:] == ["offline", "online"]), receiver.statuses


@pytest.mark.slow
@KINDS
def test_receipts_tell_the_offset_of_the_clock(kind: str, tmp_path: Path) -> None:
    with (
        broker(kind, tmp_path / "broker") as port,
        central(port) as receiver,
        wire(tmp_path, port).running() as node,
    ):
        receiver.ready()
        assert node.link.clock_offset_s(now()) is None

        def reported_offset_s() -> float | None:
            node.report()
            assert until(lambda: not node.left())
            return node.link.clock_offset_s(now())

        # a receipt may be late on a busy machine: the quickest counts
        assert until(lambda: reported_offset_s() == 0.0)


@pytest.mark.slow
def test_a_broker_that_takes_nothing_is_left_and_connected_anew(tmp_path: Path) -> None:
    with mute_broker() as mute, wire(tmp_path, mute.port).running() as node:
        node.report(2)
        assert until(lambda: node.do(lambda: node.link.connected and bool(node.link._unacked)))
        node.do(lambda: node.link.pump(now() + PUBACK_WITHIN_S - 5))
        assert mute.connections == 1
        node.do(lambda: node.link.pump(now() + PUBACK_WITHIN_S + 5))
        assert until(lambda: mute.connections == 2)
        assert until(lambda: node.do(lambda: node.link.connected and bool(node.link._unacked)))
        assert len(node.left()) == 2


def told_of(logs: pytest.LogCaptureFixture, event: str) -> list[tuple[str, dict[str, str]]]:
    return [(one.levelname, one.facts) for one in logs.records if one.getMessage() == event]  # type: ignore[attr-defined]


@pytest.mark.slow
@KINDS
def test_a_broker_that_lets_the_node_not_in_is_warned_of_once_with_the_fix(
    kind: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    port = free_port()
    access = BrokerConfig(url=f"mqtt://lane:wrong-word@127.0.0.1:{port}")
    with caplog.at_level("INFO", "lanewatch"), Wire(tmp_path, access).running() as node:
        assert until(lambda: len(told_of(caplog, "link_not_up")) == 1)
        with broker(kind, tmp_path / "broker", port, shut=True):
            assert until(lambda: len(told_of(caplog, "link_not_up")) == 2)
            node.do(lambda: [node.link._client.reconnect() for _ in range(2)])
            time.sleep(2.0)  # what comes after the refusals would have come by now
        away, refused, *more = told_of(caplog, "link_not_up")
        assert [level for level, _ in (away, refused)] == ["WARNING", "WARNING"]
        assert "is the broker running there?" in away[1]["hint"]
        assert "lets this node not in (Not authorized)" in refused[1]["reason"]
        assert "check user and password" in refused[1]["hint"]
        assert all("lets this node not in" not in facts["reason"] for _, facts in more)
        assert "wrong-word" not in str(told_of(caplog, "link_not_up"))


def idle_link(folder: Path) -> Link:
    keeper = Keeper(folder / "outbox.db", "testport", "n1", now())
    return Link(BrokerConfig(url="mqtt://127.0.0.1:1"), "testport", "n1", keeper, SimpleQueue())


def test_an_error_in_a_callback_reaches_the_worker(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError):
        idle_link(tmp_path).handle(CallbackFailed(ZeroDivisionError("in a callback")), now())


def test_what_an_older_client_reports_is_ignored(tmp_path: Path) -> None:
    link = idle_link(tmp_path)
    assert link.handle(Connected(client=0), now()) is None
    assert not link.connected


def test_no_secret_is_shown() -> None:
    access = Access.of(BrokerConfig(url="mqtt://n1:s3cret@port.example"))
    assert (access.user, access.password, access.name) == ("n1", "s3cret", "port.example:1883")
    assert "s3cret" not in repr(access)


@pytest.mark.parametrize(
    ("case", "settings", "expected"),
    [
        ("no certificate", {"url": "mqtts://port.example"}, "broker.certificate: is missing"),
        (
            "a file that is not there",
            {"url": "mqtts://port.example", "certificate": "no.crt", "key": "no.key", "ca": "no.ca"},
            "broker.certificate: no.crt is not there",
        ),
        ("a port that is none", {"url": "mqtt://port.example:99999"}, "broker.url: "),
        ("a password with a #", {"url": "mqtt://lane:s3cret#1@port.example"}, "in a password # as %23"),
        (
            "one that begins as a port",
            {"url": "mqtt://lane:12#34@port.example:1883"},
            "in a password # as %23",
        ),
        ("one with a ?", {"url": "mqtt://lane:12?s3cret@port.example"}, r"\? as %3F"),
        ("no host", {"url": "mqtt://:1883"}, "broker.url: has no host"),
    ],
)
def test_settings_that_cannot_be_used(case: str, settings: dict[str, str], expected: str) -> None:
    with pytest.raises(LinkError, match=expected) as told:
        Access.of(BrokerConfig.model_validate(settings))
    assert "s3cret" not in str(told.value)


def test_files_that_are_no_certificates(tmp_path: Path) -> None:
    for name in ("certificate", "key", "ca"):
        (tmp_path / name).write_text("no certificate")
    broker_config = BrokerConfig(
        url="mqtts://port.example",
        certificate=tmp_path / "certificate",
        key=tmp_path / "key",
        ca=tmp_path / "ca",
    )
    with pytest.raises(LinkError, match="enrol the node again"):
        Access.of(broker_config)
