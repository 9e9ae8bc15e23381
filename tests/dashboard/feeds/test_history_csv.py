"""The history feed: stretches of time, filters, empty cells for what was not measured."""

from __future__ import annotations

import csv
import io
import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from dashboard.board import BoardHolder
from dashboard.history import StreamMinute
from dashboard.store.history import History
from dashboard.store.store import Store
from dashboard.web.app import make_app
from tests.dashboard.asgi import Asker
from tests.dashboard.feed_cases import CONFIG, EMPTY, NOW_S

PATH = "/feed/v1/history.csv"
START_S = 1_795_564_800.0
"""2026-11-25T00:00:00Z."""

ROW = StreamMinute(
    *("ambassador", "us_bound", "commercial/fast", START_S, "measured", None, 1320.0, 1080.0, 1560.0),
    *(("queue", "balance"), 1260.0, 3, 6, 131.5, False, 2),
)
HELD = StreamMinute(
    *("ambassador", "us_bound", "commercial/fast", START_S + 60, "unknown", "held"),
    *(None, None, None),
    (),
    *(None, None, None, None, None, None),
)


@pytest.fixture
def asker(tmp_path: Path) -> Iterator[Asker]:
    store = Store(f"sqlite:///{tmp_path}/lanewatch.db")
    store.upgrade()
    history = History(store)
    history.add(
        [ROW, HELD, replace(ROW, start_s=START_S + 86400 + 120), replace(ROW, stream="commercial/standard")]
    )
    history.roll_up("ambassador", "us_bound", ["commercial/fast"], [], START_S + 7200)
    yield Asker(make_app(BoardHolder(EMPTY), CONFIG, lambda: NOW_S + 86400, history=history))
    store.close()


def rows(asker: Asker, query: str) -> list[dict[str, str]]:
    reply = asker.get(f"{PATH}?{query}")
    assert reply.status_code == 200, reply.text
    return list(csv.DictReader(io.StringIO(reply.text, newline="")))


DAY = "from=2026-11-25T00:00:00Z&to=2026-11-26T00:00:00Z"


def test_each_minute_is_what_readers_were_told(asker: Asker) -> None:
    told, held = rows(asker, f"{DAY}&stream=commercial/fast")
    assert told == {
        "port": "ambassador",
        "direction": "us_bound",
        "stream": "commercial/fast",
        "start": "2026-11-25T00:00:00Z",
        "state": "measured",
        "reason": "",
        "wait_s": "1320",
        "low_s": "1080",
        "high_s": "1560",
        "basis": "queue balance",
        "actual_s": "1260",
        "actual_n": "3",
        "queue_vehicles": "6",
        "queue_m": "131.5",
        "at_least": "false",
        "lanes_open": "2",
    }
    assert (held["state"], held["reason"], held["wait_s"], held["at_least"]) == ("unknown", "held", "", "")


@pytest.mark.parametrize(
    ("case", "query", "count"),
    [
        ("a day, all streams", DAY, 3),
        ("two days in one answer", "from=2026-11-25T00:00:00Z&to=2026-11-27T00:00:00Z", 4),
        ("the end is not included", "from=2026-11-25T00:00:00Z&to=2026-11-25T00:01:00Z", 2),
        ("local time with its offset", "from=2026-11-24T19:01:00-05:00&to=2026-11-24T20:00:00-05:00", 1),
        ("one direction", f"{DAY}&port=ambassador&direction=canada_bound", 0),
        ("the last day where nothing is said", "", 1),
        ("hours", f"{DAY}&step=hour&stream=commercial/fast", 1),
    ],
)
def test_stretches_and_filters(case: str, query: str, count: int, asker: Asker) -> None:
    assert len(rows(asker, query)) == count


def test_an_hour_says_how_much_of_it_was_measured(asker: Asker) -> None:
    (hour,) = rows(asker, f"{DAY}&step=hour&stream=commercial/fast")
    assert (hour["minutes"], hour["measured"], hour["wait_s"]) == ("2", "1", "1320")


@pytest.mark.parametrize(
    ("case", "query", "status"),
    [
        ("backwards", "from=2026-11-26T00:00:00Z&to=2026-11-25T00:00:00Z", 422),
        ("too long", "from=2026-01-25T00:00:00Z&to=2026-11-25T00:00:00Z", 422),
        ("longer in hours", "from=2026-01-25T00:00:00Z&to=2026-11-25T00:00:00Z&step=hour", 200),
        ("no zone", "from=2026-11-25T00:00:00", 422),
        ("a port that is not there", "port=peace", 404),
        ("a direction that is not there", "port=ambassador&direction=up", 404),
        ("a stream that is none", "stream=cars", 422),
        ("a stream that is not there", "port=ambassador&direction=us_bound&stream=passenger/bus", 404),
    ],
)
def test_what_is_refused(case: str, query: str, status: int, asker: Asker) -> None:
    assert asker.get(f"{PATH}?{query}").status_code == status


def test_a_database_that_is_away_is_said(asker: Asker, tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "lanewatch.db") as other:
        other.execute("ALTER TABLE stream_minutes RENAME TO gone")
    told = asker.get(PATH)
    assert (told.status_code, told.json()["detail"]) == (503, "The database is away; try again in a moment.")


LAST_HOUR = "from=2026-11-25T00:00:00Z&to=2026-11-26T00:00:00Z&step=hour"


@pytest.mark.parametrize(
    ("case", "before", "after", "same"),
    [
        ("the same stretch", DAY, DAY, True),
        ("another stretch with the same rows", DAY, DAY.replace("T00:00:00Z&to", "T00:00:00.000Z&to"), True),
        (
            "a longer stretch with one row more",
            DAY,
            "from=2026-11-25T00:00:00Z&to=2026-11-27T00:00:00Z",
            False,
        ),
        ("one stream of it", DAY, f"{DAY}&stream=commercial/fast", False),
        ("hours instead of minutes", f"{DAY}&step=minute", LAST_HOUR, False),
        ("no row at all, twice", f"{DAY}&direction=canada_bound", f"{DAY}&direction=canada_bound", True),
    ],
)
def test_a_reader_who_has_the_rows_is_told_so(
    case: str, before: str, after: str, same: bool, asker: Asker
) -> None:
    first = asker.get(f"{PATH}?{before}")
    tag = first.headers["etag"]
    again = asker.get(f"{PATH}?{after}", {"If-None-Match": f'"elsewhere", W/{tag}'})
    assert again.status_code == (304 if same else 200)
    assert (again.headers["etag"] == tag) == same
    if same:
        assert again.content == b""
        assert asker.get(f"{PATH}?{after}").content == first.content
    for told in (first, again):
        assert "stale-if-error" in told.headers["cache-control"]
        assert told.headers["access-control-allow-origin"] == "*"


def test_a_minute_that_comes_late_changes_the_tag(asker: Asker, tmp_path: Path) -> None:
    tag = asker.get(f"{PATH}?{DAY}").headers["etag"]
    store = Store(f"sqlite:///{tmp_path}/lanewatch.db")
    History(store).add([ROW])
    assert asker.get(f"{PATH}?{DAY}", {"If-None-Match": tag}).status_code == 304, "what is there stays"
    History(store).add([replace(ROW, start_s=START_S + 120)])
    store.close()
    later = asker.get(f"{PATH}?{DAY}", {"If-None-Match": tag})
    assert (later.status_code, later.text.count("\r\n")) == (200, 5)


def test_where_a_stretch_begins_does_not_change_the_order_of_its_lines(asker: Asker) -> None:
    """With several directions the lines go day by day; the days are those of UTC."""
    until = "to=2026-11-27T00:00:00Z"
    early = asker.get(f"{PATH}?from=2026-11-24T09:30:00Z&{until}")
    late = asker.get(f"{PATH}?from=2026-11-25T00:00:00Z&{until}")
    assert early.content == late.content
    assert early.headers["etag"] == late.headers["etag"]
