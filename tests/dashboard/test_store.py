"""The store keeps each report once, in the order of arrival, whatever happens around it."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import create_engine

import dashboard.access.tables
import dashboard.orders.tables  # noqa: F401 - these register their tables
from dashboard.store.store import SET_ASIDE_ROWS, Incoming, SetAside, Store, StoreAwayError, StoreUrlError
from dashboard.store.tables import METADATA
from edge.messages import encode
from tests.dashboard.nodes import report


def incoming(seq: int, at_s: float = 1.0, **changes: object) -> Incoming:
    """A report as ingest hands it over."""
    message = report(seq, **changes)  # type: ignore[arg-type]
    return Incoming(at_s, message, encode(message))


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """An empty store."""
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
    store.add([incoming(seq) for seq in seqs])
    (holding,) = store.holdings()
    assert (holding.rows, holding.gaps) == (rows, gaps)
    assert (holding.first_seq, holding.last_seq) == (min(seqs), max(seqs))


@settings(max_examples=25, deadline=None)
@given(st.lists(st.lists(st.integers(1, 30), max_size=8), max_size=6))
def test_batches_with_repeats_keep_each_report_once(
    tmp_path_factory: pytest.TempPathFactory, batches: list[list[int]]
) -> None:
    store = Store(f"sqlite:///{tmp_path_factory.mktemp('store')}/x.db")
    store.upgrade()
    for batch in batches:
        store.add([incoming(seq) for seq in batch])
    sent = [seq for batch in batches for seq in batch]
    assert [row.payload for row in store.after(0, 1000)] == [
        encode(report(seq)) for seq in dict.fromkeys(sent)
    ]
    assert sum(holding.rows for holding in store.holdings()) == len(set(sent))


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


def test_an_insert_that_fails_half_way_leaves_nothing(store: Store, tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "lanewatch.db") as other:
        other.execute("DROP TABLE set_aside")
    with pytest.raises(StoreAwayError):
        store.add([incoming(1)], [SetAside(1.0, "topic", "reason", b"")])
    assert store.holdings() == []


def test_schema_is_made_once_and_fits_the_tables(store: Store, tmp_path: Path) -> None:
    store.add([incoming(1)])
    store.upgrade()
    assert len(store.holdings()) == 1
    with create_engine(f"sqlite:///{tmp_path}/lanewatch.db").connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), METADATA) == []


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


def test_a_locked_database_is_away_and_comes_back(store: Store, tmp_path: Path) -> None:
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
