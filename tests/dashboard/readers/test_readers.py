"""Readers that others wrote get from our feeds what we publish: the same minutes, and nothing invented."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import feedparser
import pytest
from cloudevents.core.bindings.http import HTTPMessage, from_http_event
from cloudevents.core.formats.json import JSONFormat

from dashboard.events.documents import events
from dashboard.feeds.values import PublishedStream
from tests.dashboard.feed_cases import NOW_S
from tests.dashboard.feeds.every_state import CASES
from tests.dashboard.readers.conftest import Node, Served

pytestmark = pytest.mark.slow

GENERAL = re.compile(r"General Lanes:\s*(?:At .*? (\d+) min delay \d+ lane\(s\) open)?")


def minutes(stream: PublishedStream) -> int | None:
    """What a format that can carry a lower bound shows; None where it shows no number."""
    wait = stream.expected
    if wait is None:
        return None
    if wait.wait_s is not None:
        return wait.wait_s // 60
    return wait.low_s // 60 if wait.low_s >= 600 else None


def test_border_wait_reads_the_xml(served: Served, node: Node) -> None:
    for path in ("/bwt/bwt.xml", "/feed/cbp/bwt.xml"):
        reports = node("border_wait.js", served.address + path)
        read = {
            str(int(one["port_id"][2:])): one
            for one in reports
            if (one["type"], one["lane"]) == ("commercial", "standard")
        }
        expected = {n: minutes(stream) for n, stream in served.streams().items()}
        assert {n: one["delay"] for n, one in read.items()} == {
            n: told for n, told in expected.items() if told is not None
        }
        assert all(0 <= NOW_S - one["updated_at"] < 120 for one in read.values()), "its stamps are true"


def test_ws_dottie_reads_the_crossings_and_its_schema_holds(served: Served, node: Node) -> None:
    crossings = node("ws_dottie.js", served.address)
    read = {
        one["CrossingName"].removeprefix("P").removesuffix("Trucks"): one["WaitTime"]
        for one in crossings
        if one["CrossingName"].endswith("Trucks")
    }
    expected = {}
    for n, stream in served.streams(direction=1).items():
        wait = stream.expected
        if stream.state != "not_offered":
            expected[n] = -1 if wait is None or wait.wait_s is None else wait.wait_s // 60
    assert read == expected
    instants = [datetime.fromisoformat(one["Time"]) for one in crossings]
    assert all(abs(NOW_S - at.timestamp()) < 120 for at in instants)


def test_feedparser_reads_the_rss(served: Served) -> None:
    feed = feedparser.parse(f"{served.address}/api/bwtrss/getAllPortsRss/Canada")
    assert not feed.bozo, feed.get("bozo_exception")
    assert feed.feed.title.endswith("(CBP-compatible format)")
    published_at = datetime(*feed.feed.published_parsed[:6], tzinfo=UTC)
    assert published_at.timestamp() == NOW_S, "the letters of its zone are true"
    read = {}
    for entry in feed.entries:
        found = re.search(
            r"General Lanes:\s*(?:At .*? (\d+) min delay \d+ lane\(s\) open)?", entry.description
        )
        assert found, entry.description
        read[entry.title.removeprefix("Place ")] = None if found[1] is None else int(found[1])
    assert read == {
        n: None if stream.lanes_open is None else minutes(stream) for n, stream in served.streams().items()
    }


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_the_cloudevents_sdk_reads_the_events(case: object) -> None:
    for event in events(case.published()):  # type: ignore[attr-defined]
        message = HTTPMessage({"content-type": "application/cloudevents+json"}, event.payload)
        read = from_http_event(message, JSONFormat())
        assert read.get_specversion() == "1.0"
        assert f"waits/v1/ambassador/{read.get_subject()}" == event.topic
        assert read.get_source() == "/ports/ambassador"
        at = read.get_time()
        assert at is not None
        assert at.timestamp() == NOW_S
        if read.get_type() == "lanewatch.wait.v1":
            direction, traffic, lane_class = (read.get_subject() or "").split("/")
            data = read.get_data()
            assert isinstance(data, dict)
            assert (data["direction"], data["traffic"], data["class"]) == (direction, traffic, lane_class)
