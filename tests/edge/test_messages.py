"""The wire contract: what is accepted, what is set aside, and that every topic is in the one table."""

import re
from datetime import UTC, datetime

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.messages import (
    TOPICS,
    LaneReport,
    MessageError,
    NodeReport,
    Queue,
    address_of,
    decode,
    encode,
    utc_ms,
)
from tests.conftest import REPOSITORY

REPORT = {
    "v": 1, "kind": "report", "port": "demo", "node": "n1", "boot": "ab", "seq": 1,
    "start": "2026-01-31T12:00:00.000Z", "end": "2026-01-31T12:00:05.000Z", "synced": True,
    "clock_offset_s": None, "lanes": [],
}  # fmt: skip

UNMEASURED = {
    "lane": "b5", "camera": "c1", "kind": "booth", "observed_s": 0, "arrivals": None, "departures": None,
    "in_view_vs": None, "stopped_vs": None, "full_s": None, "corrections": None, "in_view_max": None,
    "queue": None, "booth": None, "passages": None, "quality": None,
}  # fmt: skip


def payload(**changes: object) -> bytes:
    document = {**REPORT, **changes}
    return msgspec.json.encode({key: value for key, value in document.items() if value != "left out"})


@pytest.mark.parametrize(
    ("case", "changes"),
    [
        ("as the contract has it", {}),
        ("a key that we do not know", {"later": {"deep": [1]}}),
        ("an event", {"kind": "event", "lanes": None, "event": {"type": "camera_lost", "camera": "c1"}}),
        ("a lane with all that the contract lets out as null", {"lanes": [UNMEASURED]}),
        ("a clock that is not set yet", {"synced": False, "start": "1970-01-01T00:00:00Z"}),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_accepted(case: str, changes: dict[str, object]) -> None:
    assert decode("report", payload(**changes)).node == "n1"


@pytest.mark.parametrize(
    ("case", "body", "says"),
    [
        ("no JSON", b"\x00\xff", "report"),
        ("an array", b"[]", "object"),
        ("nested beyond reason", b"[" * 100_000, "report"),
        ("too long", b" " * 300_000, "limit"),
        ("seq 0", payload(seq=0), "seq"),
        ("seq as text", payload(seq="1"), "seq"),
        ("seq beyond what a database holds", payload(seq=2**63), "seq"),
        ("no boot", payload(boot="left out"), "boot"),
        ("a node that is no identifier", payload(node="n1/../n2"), "node"),
        ("a report without lanes", payload(lanes=None), "lanes"),
        ("an event without its event", payload(kind="event", lanes=None), "event"),
        ("times without a zone", payload(start="2026-01-31T12:00:00"), "zone"),
        ("another version", payload(v=2), "v"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_set_aside(case: str, body: bytes, says: str) -> None:
    with pytest.raises(MessageError, match=re.escape(says)):
        decode("report", body)


@given(st.binary(max_size=300), st.sampled_from(sorted(TOPICS)))
def test_no_bytes_raise_anything_else(body: bytes, name: str) -> None:
    try:
        decode(name, body)
    except MessageError:
        return


counts = st.none() | st.dictionaries(st.sampled_from(["car", "truck"]), st.integers(0, 10**6))
queues = st.none() | st.builds(
    Queue, in_view=st.integers(0, 99), stopped=st.integers(0, 99), length_m=st.none() | st.floats(0, 500),
    at_least=st.booleans(), why=st.none() | st.text(max_size=20),
)  # fmt: skip
lanes = st.builds(
    LaneReport, lane=st.just("b1"), camera=st.just("c1"), kind=st.sampled_from(["booth", "approach"]),
    observed_s=st.floats(0, 1e6), arrivals=counts, departures=counts, queue=queues,
)  # fmt: skip
times = st.floats(0, 4e9).map(utc_ms)
reports = st.builds(
    NodeReport, kind=st.just("report"), port=st.just("demo"), node=st.just("n1"), boot=st.just("ab"),
    seq=st.integers(1, 2**53), start=times, end=times, synced=st.booleans(), lanes=st.lists(lanes),
)  # fmt: skip


@given(reports)
def test_what_is_sent_is_what_is_read(report: NodeReport) -> None:
    assert decode("report", encode(report)) == report


@pytest.mark.parametrize(
    ("given_by", "figure", "plain"),
    [("float64", np.float64(42.5), 42.5), ("float32", np.float32(42.5), 42.5), ("int64", np.int64(42), 42)],
)
def test_a_number_of_a_library_is_a_number(given_by: str, figure: float, plain: float) -> None:
    sent = [LaneReport(lane="b1", camera="c1", kind="booth", observed_s=one) for one in (figure, plain)]
    assert encode(sent[0]) == encode(sent[1])


def test_what_is_no_number_is_refused() -> None:
    with pytest.raises(TypeError, match="cannot hold ndarray"):
        encode(LaneReport(lane="b1", camera="c1", kind="booth", observed_s=np.zeros(2)))  # type: ignore[arg-type]


def test_times_are_utc_with_milliseconds() -> None:
    assert utc_ms(1.23456) == datetime(1970, 1, 1, 0, 0, 1, 235000, tzinfo=UTC)


@pytest.mark.parametrize(
    ("case", "at", "written"),
    [
        ("a whole second", "2026-01-31T12:00:05Z", "2026-01-31T12:00:05.000Z"),
        ("six digits, as nodes wrote", "2026-01-31T12:00:05.250000Z", "2026-01-31T12:00:05.250Z"),
        ("one digit", "2026-01-31T12:00:05.2Z", "2026-01-31T12:00:05.200Z"),
        ("another zone", "2026-01-31T07:00:05.25-05:00", "2026-01-31T12:00:05.250Z"),
        ("as it should be", "2026-01-31T12:00:05.250Z", "2026-01-31T12:00:05.250Z"),
    ],
    ids=lambda value: value if " " in value else "",
)
@pytest.mark.parametrize(
    ("name", "fields"),
    [
        ("report", ("start", "end")),
        ("event", ("start", "end")),
        ("status", ("at",)),
        ("reads", ("at",)),
        ("receipt", ("at",)),
    ],
)
def test_a_time_is_read_in_any_form_and_written_in_one(
    name: str, fields: tuple[str, ...], case: str, at: str, written: str
) -> None:
    bodies = {
        "report": REPORT,
        "event": {**REPORT, "kind": "event", "event": {"type": "camera_lost"}},
        "status": {"state": "online", "boot": "ab"},
        "reads": {"boot": "ab", "lane": "b5", "point": "tail", "token": "x", "key_id": "k"},
        "receipt": {"boot": "ab", "ranges": [[1, 2]]},
    }
    read = decode(name, msgspec.json.encode(bodies[name] | dict.fromkeys(fields, at)))
    sent = msgspec.json.decode(encode(read))
    assert {sent[field] for field in fields} == {written}
    assert encode(decode(name, encode(read))) == encode(read)


@pytest.mark.parametrize(
    ("topic", "name"),
    [
        ("lanes/v1/demo/n1/report", "report"),
        ("lanes-down/v1/demo/n1/receipt", "receipt"),
        ("lanes/v1/demo/n1/receipt", None),
        ("lanes/v2/demo/n1/report", None),
        ("lanes/v1/demo/report", None),
        ("waits/v1/demo/x/report", None),
    ],
)
def test_address(topic: str, name: str | None) -> None:
    address = address_of(topic)
    assert (address.name if address else None) == name


def test_no_topic_is_written_anywhere_but_in_the_table() -> None:
    written = re.compile(r"""["'](lanes|lanes-down)/v1/""")
    elsewhere = [
        path.relative_to(REPOSITORY).as_posix()
        for room in ("edge", "dashboard", "simulator")
        for path in (REPOSITORY / room).rglob("*.py")
        if path != REPOSITORY / "edge/messages/topics.py" and written.search(path.read_text(encoding="utf-8"))
    ]
    assert elsewhere == []
