"""What is stored, what is set aside, and that no bytes can stop the judging."""

from __future__ import annotations

import itertools
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.ingest.judge import judge, present, ranges_of, receipts_for
from dashboard.store.store import Incoming
from edge.messages import TOPICS, Event, LaneReport, Status, encode, utc_ms
from tests.dashboard.nodes import report

NAMED = {("testport", "n1"): frozenset({"b1", "b2"})}
TOPIC = "lanes/v1/testport/n1/report"
GOOD = encode(report(1))


def lanes(**changes: Any) -> list[LaneReport]:
    """One lane with odd figures."""
    return [LaneReport(**({"lane": "b1", "camera": "c1", "kind": "booth", "observed_s": 1.0} | changes))]


@pytest.mark.parametrize(
    ("case", "topic", "payload", "stored", "reason"),
    [
        ("a report of a known node", TOPIC, GOOD, True, None),
        ("keys that are not known are accepted", TOPIC, GOOD[:-1] + b',"x":1}', True, None),
        ("negative figures are stored", TOPIC, encode(report(1, lanes=lanes(observed_s=-5.0))), True, None),
        ("a tick of a day is stored", TOPIC, encode(report(1, start=utc_ms(0))), True, None),
        (
            "an event",
            TOPIC[:-6] + "event",
            encode(report(1, kind="event", event=Event(type="x"))),
            True,
            None,
        ),
        ("a lane that is not named", TOPIC, encode(report(1, lane="b9")), True, "lane b9"),
        (
            "a node that is not named",
            TOPIC.replace("n1", "n9"),
            encode(report(1, node="n9")),
            True,
            "node n9",
        ),
        ("another node's name inside", TOPIC, encode(report(1, node="n2")), False, "against its topic"),
        ("another port's name inside", TOPIC, encode(report(1, port="other")), False, "against its topic"),
        ("no JSON", TOPIC, b"\xff\x00", False, "report: "),
        ("nothing", TOPIC, b"", False, "report: "),
        ("JSON of another kind", TOPIC, b"[1,2]", False, "report: "),
        ("seq 0", TOPIC, GOOD.replace(b'"seq":1', b'"seq":0'), False, "seq"),
        ("seq as text", TOPIC, GOOD.replace(b'"seq":1', b'"seq":"1"'), False, "seq"),
        ("a time without zone", TOPIC, GOOD.replace(b"Z", b""), False, "zone"),
        ("not a number", TOPIC, GOOD.replace(b"1.0", b"NaN"), False, "report: "),
        ("a boot that cannot be printed", TOPIC, GOOD.replace(b"boot-a", b"b\\u0000"), False, "boot"),
        ("longer than the limit", TOPIC, b" " * 300_000 + GOOD, False, "limit"),
        ("deep nesting", TOPIC, b"[" * 100_000, False, "report: "),
        ("a topic that is none of ours", "lanes/v1/x", GOOD, False, "table"),
        ("a broken status", TOPIC[:-6] + "status", b"{}", False, "status: "),
    ],
)
def test_judge(case: str, topic: str, payload: bytes, stored: bool, reason: str | None) -> None:
    verdict = judge(topic, payload, 5.0, NAMED)
    assert (verdict.report is not None) == stored
    if reason is None:
        assert verdict.set_aside is None
    else:
        assert verdict.set_aside is not None
        assert reason in verdict.set_aside.reason


@given(st.sampled_from([*(topic.of("testport", "n1") for topic in TOPICS.values()), "x"]), st.binary())
def test_no_bytes_stop_the_judging(topic: str, payload: bytes) -> None:
    verdict = judge(topic, payload, 5.0, NAMED)
    assert verdict.report or verdict.set_aside or verdict.said


@given(st.integers(0, len(GOOD)), st.binary(max_size=4))
def test_no_damage_to_a_report_stops_the_judging(place: int, damage: bytes) -> None:
    verdict = judge(TOPIC, GOOD[:place] + damage + GOOD[place + len(damage) :], 5.0, NAMED)
    assert verdict.report or verdict.set_aside


@given(st.sets(st.integers(1, 60)))
def test_ranges_cover_exactly_the_seqs(seqs: set[int]) -> None:
    ranges = ranges_of(seqs)
    assert [seq for first, last in ranges for seq in range(first, last + 1)] == sorted(seqs)
    assert all(later[0] > earlier[1] + 1 for earlier, later in itertools.pairwise(ranges))


def test_one_receipt_per_node_and_boot() -> None:
    reports = [report(2), report(1), report(2), report(9, boot="boot-b"), report(1, node="n2")]
    rows = [Incoming.of(7.0, one, encode(one)) for one in reports]
    found = [(node, receipt.boot, receipt.ranges) for _, node, receipt in receipts_for(rows, 7.0)]
    assert found == [("n1", "boot-a", [(1, 2)]), ("n1", "boot-b", [(9, 9)]), ("n2", "boot-a", [(1, 1)])]


@pytest.mark.parametrize(
    ("case", "said", "online"),
    [
        ("it comes", [("online", "a", 1)], True),
        ("it comes and goes", [("online", "a", 1), ("offline", "a", 1)], False),
        ("a new boot comes", [("online", "a", 1), ("offline", "a", 1), ("online", "b", 2)], True),
        (
            "the will of an older boot comes late",
            [("online", "a", 1), ("online", "b", 2), ("offline", "a", 1)],
            True,
        ),
        ("only a will is known", [("offline", "a", 1)], False),
        ("a newer boot went before it was seen", [("online", "a", 1), ("offline", "b", 2)], False),
    ],
)
def test_presence(case: str, said: list[tuple[Any, str, int]], online: bool) -> None:
    known = None
    for state, boot, at_s in said:
        known = present(known, Status(state=state, boot=boot, at=utc_ms(at_s)))
    assert known is not None
    assert known.online == online
