"""The store keeps each report once, in the order of arrival, whatever happens around it."""

from __future__ import annotations

import sqlite3
import threading
from pathlib import Path
from uuid import uuid4

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from hypothesis import given, settings
from hypothesis import strategies as st

import dashboard.access.tables
import dashboard.accuracy.tables
import dashboard.authority.tables
import dashboard.official.tables
import dashboard.orders.tables
import dashboard.plates.tables
import dashboard.webhooks.tables  # noqa: F401 - these register their tables
from dashboard.store.store import SET_ASIDE_ROWS, Incoming, SetAside, Store, StoreAwayError, StoreUrlError
from dashboard.store.tables import METADATA
from edge.messages import decode, encode
from tests.dashboard.nodes import report


def incoming(seq: int, at_s: float = 1.0, **changes: object) -> Incoming:
    """A report as ingest hands it over."""
    message = report(seq, **changes)  # type: ignore[arg-type]
    return Incoming.of(at_s, message, encode(message))


@pytest.fixture
def sqlite_store(tmp_path: Path) -> Store:
    """An empty store in a file."""
    made = Store(f"sqlite:///{tmp_path}/lanewatch.db")
    made.upgrade()
    return made


@pytest.mark.parametrize(
    ("case", "seqs", "rows", "gaps"),
    [
        ("one report", [1], 1, ()),
        ("the same report twice is one row", [1, 1, 1], 1, ()),
        ("out of order there is no gap", [3, 1, 2], 3, ()),
        ("one that never came", [1, 3], 2, ((2, 2),)),
        ("two ranges that never came", [1, 5, 6, 9], 4, ((2, 4), (7, 8))),
        ("what was before the first is no gap", [7, 8], 2, ()),
    ],
)
def test_holdings(
    case: str, seqs: list[int], rows: int, gaps: tuple[tuple[int, int], ...], store: Store
) -> None:
    assert store.add([incoming(seq) for seq in seqs]) == rows
    assert store.add([incoming(seq) for seq in seqs]) == 0
    (holding,) = store.holdings()
    assert (holding.rows, holding.gaps) == (rows, gaps)
    assert (holding.first_seq, holding.last_seq) == (min(seqs), max(seqs))


@settings(max_examples=25)
@given(batches=st.lists(st.lists(st.integers(1, 30), max_size=8), max_size=6))
def test_batches_with_repeats_keep_each_report_once(store: Store, batches: list[list[int]]) -> None:
    boot = uuid4().hex
    last = store.last_before(1e12)
    for batch in batches:
        store.add([incoming(seq, boot=boot) for seq in batch])
    sent = [seq for batch in batches for seq in batch]
    kept = [encode(report(seq, boot=boot)) for seq in dict.fromkeys(sent)]
    assert [row.payload for row in store.after(last, 1000)] == kept
    assert sum(held.rows for held in store.holdings() if held.boot == boot) == len(set(sent))


def test_boots_nodes_and_ports_are_kept_apart(store: Store) -> None:
    store.add([incoming(1), incoming(1, boot="boot-b"), incoming(1, node="n2"), incoming(1, port="other")])
    keys = [(h.port, h.node, h.boot) for h in store.holdings()]
    assert keys == [
        ("other", "n1", "boot-a"),
        ("testport", "n1", "boot-a"),
        ("testport", "n1", "boot-b"),
        ("testport", "n2", "boot-a"),
    ]


def test_a_replay_can_begin_at_a_time(store: Store) -> None:
    store.add([incoming(1, 10.0), incoming(2, 20.0), incoming(3, 30.0)])
    assert store.last_before(10.0) == 0
    assert [row.received_at_s for row in store.after(store.last_before(20.0), 10)] == [20.0, 30.0]


def test_an_insert_that_fails_half_way_leaves_nothing(store: Store) -> None:
    with store.begin() as connection:
        connection.exec_driver_sql("DROP TABLE set_aside")
    with pytest.raises(StoreAwayError):
        store.add([incoming(1)], [SetAside(1.0, "topic", "reason", b"")])
    assert store.holdings() == []


def test_the_schema_is_made_once(store: Store) -> None:
    store.add([incoming(1)])
    store.upgrade()
    assert len(store.holdings()) == 1


def test_the_schema_fits_the_tables(store: Store) -> None:
    with store.begin() as connection:
        differences = compare_metadata(MigrationContext.configure(connection), METADATA)
    by_day = [item for item in differences if getattr(item[1], "name", None) == "reports_once"]
    assert differences == (by_day if store.dialect == "postgresql" else [])


def test_a_start_that_was_killed_between_two_tables_is_made_good(tmp_path: Path) -> None:
    store = Store(f"sqlite:///{tmp_path}/lanewatch.db")
    with sqlite3.connect(tmp_path / "lanewatch.db") as other:
        other.execute("CREATE TABLE set_aside (id INTEGER)")
    with pytest.raises(StoreAwayError):
        store.upgrade()
    with sqlite3.connect(tmp_path / "lanewatch.db") as other:
        names = {row[0] for row in other.execute("SELECT name FROM sqlite_master WHERE type='table'")}
        other.execute("DROP TABLE set_aside")
    assert "reports" not in names, "the half that was made must be rolled back"
    store.upgrade()
    assert store.holdings() == []


def test_a_locked_database_is_away_and_comes_back(sqlite_store: Store, tmp_path: Path) -> None:
    store = sqlite_store
    other = sqlite3.connect(tmp_path / "lanewatch.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreAwayError, match="locked"):
        store.add([incoming(1)])
    other.execute("ROLLBACK")
    other.close()
    store.add([incoming(1)])
    assert len(store.holdings()) == 1


@pytest.mark.parametrize(
    ("case", "url"),
    [
        ("no such database", "oracle-of-delphi:///x"),
        ("no URL at all", "lanewatch.db"),
        ("a port that is no number", "postgresql://x:port/y"),
        ("a database that is not supported", "mysql://x/y"),
    ],
)
def test_a_url_that_cannot_be_used_names_the_key(case: str, url: str) -> None:
    with pytest.raises(StoreUrlError, match=r"^store\.url: "):
        Store(url)


def test_set_aside_counts_by_topic_and_reason(store: Store) -> None:
    items = [
        SetAside(1.0, "t", "bad", b"x" * 9000),
        SetAside(2.0, "t", "bad", b"y"),
        SetAside(1.0, "u", "bad", b""),
    ]
    store.add([], items)
    assert store.set_aside_count() == 3
    newest = store.set_aside(1)[0]
    assert (newest.topic, newest.times, newest.head) == ("t", 2, b"y")


def test_set_aside_is_bounded_and_still_counts_all(store: Store) -> None:
    sent = SET_ASIDE_ROWS + 500
    store.add([], [SetAside(float(n), "t", f"reason {n}", b"") for n in range(sent)])
    assert store.set_aside_count() == sent
    assert len(store.set_aside(2 * sent)) == SET_ASIDE_ROWS


DAY_S = 86400.0


@pytest.mark.parametrize(
    ("case", "again_s"),
    [
        ("the same day", 10.0),
        ("the next day", DAY_S),
        ("days later", 5 * DAY_S),
        ("a clock that fell back", -DAY_S),
    ],
)
def test_a_report_that_comes_again_is_no_second_row(case: str, again_s: float, store: Store) -> None:
    first_s = 20_000 * DAY_S + 100
    store.add([incoming(seq, first_s) for seq in (1, 2, 3)])
    store.add([incoming(seq, first_s + again_s) for seq in (2, 3, 4)])
    (holding,) = store.holdings()
    assert (holding.rows, holding.gaps) == (4, ())
    assert len(store.after(0, 100)) == 4


def test_reports_of_many_days_are_read_in_order_of_arrival(store: Store) -> None:
    for day in range(5):
        store.add([incoming(3 * day + n, 20_000 * DAY_S + day * DAY_S + n) for n in (1, 2, 3)])
    rows = store.after(0, 100)
    assert [decode("report", row.payload).seq for row in rows] == list(range(1, 16))
    assert store.last_before(20_002 * DAY_S) == rows[5].ingest_id
    assert [row.ingest_id for row in store.after(rows[3].ingest_id, 2)] == [
        rows[4].ingest_id,
        rows[5].ingest_id,
    ]


def test_two_writers_leave_no_row_behind_a_reader_who_follows(store: Store, store_url: str) -> None:
    """The reader goes on behind the last row it saw: a row committed later must have a greater id."""
    if store.dialect == "sqlite":
        pytest.skip("SQLite has one writer")
    writers = [Store(store_url) for _ in range(2)]

    def write(mine: Store, node: str) -> None:
        for first in range(1, 201, 4):
            mine.add([incoming(seq, node=node) for seq in range(first, first + 4)])

    threads = [threading.Thread(target=write, args=(w, f"n{n}")) for n, w in enumerate(writers)]
    for thread in threads:
        thread.start()
    seen, cursor = 0, 0
    while any(thread.is_alive() for thread in threads) or store.after(cursor, 1):
        rows = store.after(cursor, 7)
        seen += len(rows)
        cursor = rows[-1].ingest_id if rows else cursor
    for thread, writer in zip(threads, writers, strict=True):
        thread.join()
        writer.close()
    assert seen == 400


def test_times_of_receipt_of_several_processes_do_not_go_back_on_postgresql(store: Store) -> None:
    """Not by the seconds in which their clocks differ; a clock that was a day ahead is set right."""
    times_s = [20_000 * DAY_S, 20_000 * DAY_S - 30, 19_999 * DAY_S]
    for seq, at_s in enumerate(times_s, start=1):
        store.add([incoming(seq, at_s)])
    first, second, third = store.after(0, 10)
    assert second.received_at_s >= first.received_at_s or store.dialect == "sqlite"
    assert third.received_at_s == times_s[-1]
