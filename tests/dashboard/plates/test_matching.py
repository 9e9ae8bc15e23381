"""From messages on `reads` to travel times: clocks, switches, bad input, and nothing that is kept or told."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from dashboard.central import Central
from dashboard.config import CentralConfig, load_central
from dashboard.ingest.link import Link
from dashboard.minutes import Match
from dashboard.plates.matching import Found, Matching
from dashboard.store.store import StoredReport
from edge.messages import TOPICS, NodeReport, Read, encode, utc_ms
from tests.dashboard.brokers import broker
from tests.dashboard.nodes import TestNode, report, until

NOW_S = 1_800_000_000.0
PORT = """broker: {{url: "mqtt://127.0.0.1:{broker}"}}
slice_s: 5
ports:
  - id: testport
    name: {{en: Test Port}}
    plates: {plates}
    directions:
      - id: us_bound
        streams: [{{traffic: commercial, class: fast}}]
        lanes:
          - {{id: b1, kind: booth, serves: [commercial/fast], node: n1}}
          - {{id: u1, kind: approach, serves: [commercial/fast], line_m: 500, node: n2}}
"""


def config(folder: Path, plates: str = "true", port: int = 1) -> CentralConfig:
    file = folder / "port.yaml"
    file.write_text(PORT.format(plates=plates, broker=port))
    return load_central(file)


@pytest.fixture
def matching(tmp_path: Path) -> Iterator[Matching]:
    one = Matching(config(tmp_path), lambda: NOW_S + 700, time.monotonic)
    one.start()
    yield one
    one.stop(5)


def read(at_s: float, lane: str, point: str, token: str = "a" * 32, boot: str = "boot-a") -> Read:
    return Read(
        boot=boot, at=utc_ms(at_s), lane=lane, point=point, token=token, key_id="2027-01-15.0000"  # type: ignore[arg-type]
    )  # fmt: skip


def hear(one: Matching, node: str, message: Read) -> None:
    one.hear(TOPICS["reads"].of("testport", node), encode(message), False)


def told(node: str, **changes: Any) -> NodeReport:
    return report(1, node=node, lane="b1" if node == "n1" else "u1", **changes)


def found(one: Matching) -> list[Match]:
    matches: list[Found] = []
    until(lambda: bool(matches.extend(one.take()) or matches))
    return [item.match for item in matches]


def test_two_nodes_with_wrong_clocks_are_placed_by_central_s(matching: Matching) -> None:
    matching.learn(told("n1", synced=True, clock_offset_s=-3.0))
    matching.learn(told("n2", synced=False, clock_offset_s=120.0))
    hear(matching, "n2", read(NOW_S + 120, "u1", "tail"))
    hear(matching, "n1", read(NOW_S + 600 - 3, "b1", "booth"))
    assert found(matching) == [Match(NOW_S + 600, "b1", "u1", 600.0)]


def test_a_clock_that_nobody_knows_is_not_used(matching: Matching) -> None:
    matching.learn(told("n1", synced=True))
    matching.learn(told("n2", synced=False, clock_offset_s=None))
    hear(matching, "n2", read(NOW_S, "u1", "tail"))
    assert until(lambda: matching.counts.unusable == 1)
    assert matching.held() == 0


def test_a_read_of_a_new_boot_waits_for_its_first_report(matching: Matching) -> None:
    matching.learn(told("n1", synced=True))
    matching.learn(told("n2", synced=True, boot="boot-before"))
    hear(matching, "n2", read(NOW_S, "u1", "tail"))
    assert until(lambda: matching.held() == 1)
    matching.learn(told("n2", synced=True, clock_offset_s=5.0))
    assert until(lambda: matching.counts.held == 1)
    hear(matching, "n1", read(NOW_S + 600, "b1", "booth"))
    assert found(matching) == [Match(NOW_S + 600, "b1", "u1", 605.0)]


@pytest.mark.parametrize(
    ("topic", "payload"),
    [
        ("lanes/v1/testport/n2/reads", b"{"),
        ("lanes/v1/testport/n2/reads", b"\xff\xfe"),
        ("lanes/v1/testport/n2/reads", b'{"token": "ABC123"}'),
        ("lanes/v1/testport/n2/reads", encode(read(NOW_S, "b1", "tail"))),  # a lane of another node
        ("lanes/v1/testport/n9/reads", encode(read(NOW_S, "u1", "tail"))),
        ("lanes/v1/other/n2/reads", encode(read(NOW_S, "u1", "tail"))),
        ("lanes/v1/testport/n2/reads", encode(read(NOW_S, "u1", "tail")).replace(b"Z", b"")),
    ],
)
def test_what_cannot_be_used_is_counted_and_told_nowhere(
    matching: Matching, topic: str, payload: bytes, capfd: pytest.CaptureFixture[str]
) -> None:
    matching.learn(told("n2", synced=True))
    matching.hear(topic, payload, False)
    assert until(lambda: matching.counts.unusable == 1)
    assert matching.held() == 0
    assert capfd.readouterr() == ("", "")


def test_a_token_is_gone_after_a_retention_of_seconds(tmp_path: Path) -> None:
    one = Matching(config(tmp_path, "{retention_s: 1}"), lambda: NOW_S, time.monotonic)
    one.start()
    one.learn(told("n2", synced=True))
    hear(one, "n2", read(NOW_S, "u1", "tail"))
    assert until(lambda: one.held() == 1)
    assert until(lambda: one.held() == 0)
    assert one.counts.expired == 1
    one.stop(5)


@pytest.mark.parametrize("plates", ["false", "{approach: false, booth: false}"])
def test_where_it_is_off_nothing_is_held(tmp_path: Path, plates: str) -> None:
    one = Matching(config(tmp_path, plates), lambda: NOW_S, time.monotonic)
    one.start()
    one.learn(told("n2", synced=True))
    hear(one, "n2", read(NOW_S, "u1", "tail"))
    assert until(lambda: one.counts.unusable == 1)
    assert one.held() == 0
    one.stop(5)


def test_matches_stand_in_the_minute_of_their_booth(tmp_path: Path) -> None:
    whole = config(tmp_path).model_copy(update={"slice_s": 60})
    central = Central(whole)
    late, early = Match(NOW_S + 70, "b1", "u1", 300.0), Match(NOW_S + 7, "b1", "u1", 200.0)
    central.match([Found("testport", "us_bound", late), Found("testport", "us_bound", early)])
    for seq in range(1, 125):
        for node, lane in (("n1", "b1"), ("n2", "u1")):
            payload = encode(report(seq, node=node, lane=lane))
            central.take([StoredReport(seq, NOW_S + seq, payload)])
    minutes = [row for _, _, rows in central.finished_minutes() for row in rows]
    assert {(row.lane, row.start_s - NOW_S): row.matches for row in minutes if row.start_s >= NOW_S} == {
        ("b1", 0): (early,),
        ("u1", 0): (),
        ("b1", 60): (late,),
        ("u1", 60): (),
    }


@pytest.mark.parametrize("kind", ["nats", "mosquitto"])
@pytest.mark.parametrize("is_on", [True, False])
def test_reads_reach_the_matcher_and_never_the_queue_for_the_store(
    kind: str, is_on: bool, tmp_path: Path
) -> None:
    heard: list[str] = []

    def hear_read(topic: str, payload: bytes, retained: bool) -> None:
        heard.append(topic)

    with broker(kind, tmp_path / "broker") as port:
        whole = config(tmp_path, port=port)
        once = Link(whole.broker, "central-test", [(TOPICS["status"].every(), 1)], hear_read)
        once.start()
        assert until(lambda: once.trouble() is None)
        once.stop()  # its session stays, with the subscription to reads
        link = Link(
            whole.broker, "central-test", [(TOPICS["status"].every(), 1)], hear_read if is_on else None
        )
        link.start()
        assert until(lambda: link.trouble() is None)
        node = TestNode(port, "n2")
        node.send_bytes(TOPICS["reads"].of("testport", "n2"), encode(read(NOW_S, "u1", "tail")))
        node.send_bytes(TOPICS["status"].of("testport", "n2"), b"{}")
        taken = [link.take(10)]
        assert taken[0] is not None
        assert taken[0].topic.endswith("/status")
        assert link.take(0.3) is None
        assert len(heard) == (1 if is_on else 0)
        node.close()
        link.stop()
