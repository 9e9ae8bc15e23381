"""The log of the stream: one frame a thing, and a reader that comes back misses nothing of the present."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.stream.log import Change, EventLog
from tests.dashboard.stream.readers import told


def change(thing: str, value: int, public: bool = False) -> Change:
    return Change((thing,), thing, json.dumps(value).encode(), public)


def said(log: EventLog, version: int = 0, part: str = "manager") -> list[tuple[str, int]]:
    return [(event.name, event.data) for event in told(log, version, part)]  # type: ignore[arg-type]


def test_a_reader_gets_each_thing_as_it_is_now_in_the_order_of_change() -> None:
    log = EventLog("e")
    log.add([change("a", 1), change("b", 1), change("a", 2)])
    assert said(log) == [("b", 1), ("a", 2)]
    assert said(log, 1) == [("b", 1), ("a", 2)]
    assert said(log, 2) == [("a", 2)]
    assert said(log, 3) == []


def test_the_public_reads_public_things_only() -> None:
    log = EventLog("e")
    log.add([change("lane", 1), change("stream", 1, public=True)])
    assert said(log, part="public") == [("stream", 1)]
    assert said(log) == [("lane", 1), ("stream", 1)]


def test_readers_at_the_same_place_get_the_very_same_bytes() -> None:
    log = EventLog("e")
    log.add(change(f"lane {number}", number) for number in range(100))
    assert log.since(0, "manager")[1] is log.since(0, "manager")[1]


THINGS = st.tuples(st.sampled_from("abcdef"), st.integers(0, 9), st.booleans())


@given(st.lists(st.lists(THINGS, max_size=8), max_size=12), st.lists(st.booleans(), max_size=12))
def test_whoever_reads_now_and_then_knows_what_a_new_reader_knows(
    turns: list[list[tuple[str, int, bool]]], reads: list[bool]
) -> None:
    log = EventLog("e")
    version, known = 0, dict[str, int]()
    for number, turn in enumerate(turns):
        log.add(change(thing, value) for thing, value, _ in turn)
        if number < len(reads) and reads[number]:
            known |= dict(said(log, version))
            version = log.version
    known |= dict(said(log, version))
    assert known == dict(said(log))
    assert len(said(log)) <= len("abcdef")


@pytest.mark.parametrize(
    ("case", "last_event_id", "position"),
    [
        ("one of this log", "e-2", 2),
        ("the beginning", "e-0", 0),
        ("of another start of the server", "f-2", None),
        ("ahead of this log", "e-4", None),
        ("none", "", None),
        ("no number", "e-x", None),
        ("a number of another alphabet", "e-٣", None),
        ("a sign", "e--1", None),
        ("endless digits", "e-" + "9" * 5000, None),
    ],
)
def test_what_a_last_event_id_says(case: str, last_event_id: str, position: int | None) -> None:
    log = EventLog("e")
    log.add([change("a", 1), change("b", 1), change("c", 1)])
    assert log.position(last_event_id) == position
