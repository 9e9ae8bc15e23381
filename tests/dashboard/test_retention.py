"""Retention takes what is old and forgets no report; the schema before is taken over with its rows."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from uuid import uuid4

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from hypothesis import given, settings
from hypothesis import strategies as st

import dashboard.store
from dashboard.store import retention
from dashboard.store.days import table_of
from dashboard.store.history import History
from dashboard.store.holdings import merged
from dashboard.store.retention import Keep, tidy
from dashboard.store.store import Incoming, Store, StoreAwayError
from edge.messages import encode
from tests.dashboard.nodes import report
from tests.dashboard.test_history import FAST, lane, minute

DAY_S = 86400.0
NOW_S = 20_000 * DAY_S + 50_000
KEEP = Keep(raw_s=2 * DAY_S)


def incoming(seq: int, at_s: float, **changes: object) -> Incoming:
    """A report as ingest hands it over."""
    message = report(seq, **changes)  # type: ignore[arg-type]
    return Incoming.of(at_s, message, encode(message))


def fill(store: Store) -> None:
    """Seq 1 to 60, ten a day over six days, but not 15 and 35."""
    for seq in range(1, 61):
        if seq not in (15, 35):
            store.add([incoming(seq, NOW_S - 6 * DAY_S + (seq - 1) // 10 * DAY_S + seq)])


def test_old_reports_go_and_are_held_still(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retention, "ROWS_A_STEP", 7)
    fill(store)
    before = store.holdings()
    list(tidy(store, KEEP, NOW_S + 3600))
    left = len(store.after(0, 1000))
    assert left == (10 if store.dialect == "sqlite" else 20), "PostgreSQL drops whole days"
    assert store.holdings() == before
    assert before[0].gaps == ((15, 15), (35, 35))


def test_what_retention_took_is_stored_no_second_time(store: Store) -> None:
    fill(store)
    list(tidy(store, KEEP, NOW_S))
    left = len(store.after(0, 1000))
    store.add([incoming(seq, NOW_S) for seq in (1, 2, 15, 29, 60, 61)])
    assert len(store.after(0, 1000)) == left + 2, "15, that never came, and 61 are new"
    assert [h.gaps for h in store.holdings()] == [((35, 35),)]


def test_a_run_that_stops_after_any_step_is_gone_on_with(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retention, "ROWS_A_STEP", 7)
    fill(store)
    before = store.holdings()
    for _ in range(40):
        next(tidy(store, KEEP, NOW_S), None)
        assert store.holdings() == before
    assert len(store.after(0, 1000)) == 20


def test_a_day_that_somebody_reads_goes_later(store: Store) -> None:
    if store.dialect == "sqlite":
        pytest.skip("SQLite keeps no days")
    fill(store)
    with store.begin() as reader:
        reader.execute(sa.text(f"SELECT count(*) FROM {table_of(19_994)}"))
        with pytest.raises(StoreAwayError, match="lock timeout"):
            list(tidy(store, KEEP, NOW_S))
        store.add([incoming(99, NOW_S)])
    list(tidy(store, KEEP, NOW_S))
    assert len(store.after(0, 1000)) == 21


def test_minutes_and_hours_are_kept_as_long_as_the_config_says(store: Store) -> None:
    history = History(store)
    for day in range(6):
        start_s = NOW_S // 3600 * 3600 - day * DAY_S
        history.add(
            [minute(start_s + 60 * n, 9.0, stream=s) for n in range(60) for s in (FAST, "passenger/bus")]
        )
        history.add_lanes([("testport", "us_bound", [lane(start_s + 60 * n, 60.0) for n in range(60)])])
    key = ("testport", "us_bound")
    history.roll_up(*key, [FAST], ["b1"], NOW_S + DAY_S)
    list(tidy(store, replace(KEEP, minutes_s=2 * DAY_S, hours_s=4 * DAY_S), NOW_S))
    assert len(history.minutes(*key, FAST, 0, 1e12)) in range(120, 180)
    assert len(history.minutes(*key, "passenger/bus", 0, 1e12)) in range(120, 180)
    assert len(history.lanes(*key, "b1", 0, 1e12)) in range(120, 180)
    assert (len(history.hours(*key, FAST, 0, 1e12)), len(history.lane_hours(*key, "b1", 0, 1e12))) == (4, 4)
    list(tidy(store, KEEP, NOW_S + 999 * DAY_S))
    assert len(history.hours(*key, FAST, 0, 1e12)) == 4, "without a limit they stay"


def test_the_file_shrinks(tmp_path: Path) -> None:
    store = Store(f"sqlite:///{tmp_path}/x.db")
    store.upgrade()
    store.add([incoming(seq, NOW_S - 9 * DAY_S) for seq in range(1, 6_001)])
    store.close()
    full = (tmp_path / "x.db").stat().st_size
    list(tidy(store, KEEP, NOW_S))
    store.close()
    assert (tmp_path / "x.db").stat().st_size < full / 3


@given(st.lists(st.tuples(st.integers(0, 40), st.integers(0, 5)), max_size=12))
def test_merged_ranges_cover_the_same_numbers(pairs: list[tuple[int, int]]) -> None:
    ranges = [(first, first + more) for first, more in pairs]
    kept = merged(ranges)
    numbers = {n for first, last in ranges for n in range(first, last + 1)}
    assert {n for first, last in kept for n in range(first, last + 1)} == numbers
    assert all(b[0] > a[1] + 1 for a, b in pairwise(kept))


@settings(max_examples=15)
@given(seqs=st.lists(st.integers(1, 25), min_size=1, max_size=25), old=st.integers(0, 25))
def test_however_it_came_each_report_is_stored_once(store: Store, seqs: list[int], old: int) -> None:
    boot = uuid4().hex
    for n, seq in enumerate(seqs):
        store.add([incoming(seq, NOW_S - 9 * DAY_S if n < old else NOW_S, boot=boot)])
    list(tidy(store, KEEP, NOW_S))
    left = len(store.after(0, 10_000))
    store.add([incoming(seq, NOW_S, boot=boot) for seq in seqs])
    assert len(store.after(0, 10_000)) == left
    (held,) = [holding for holding in store.holdings() if holding.boot == boot]
    assert held.rows == len(set(seqs))


def test_the_schema_before_is_taken_over_with_its_rows(store_url: str) -> None:
    store = Store(store_url)
    config = Config()
    config.set_main_option("script_location", str(Path(dashboard.store.__file__).parent / "schema"))
    with store.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
        for seq in range(1, 41):
            values = (NOW_S - DAY_S * (4 - seq // 10), seq, encode(report(seq)))
            connection.execute(_BEFORE, dict(zip(("at_s", "seq", "payload"), values, strict=True)))
        connection.execute(sa.text("DELETE FROM reports WHERE seq = 40"))
    assert store.holdings()[0].rows == 39, "`stored` reads it before `serve` has migrated"
    store.upgrade()
    assert [row.ingest_id for row in store.after(0, 100)] == list(range(1, 40))
    store.add([incoming(seq, NOW_S) for seq in range(30, 42)])
    rows = store.after(0, 100)
    assert [row.payload for row in rows] == [encode(report(seq)) for seq in range(1, 42)]
    assert rows[-1].ingest_id > 40, "an id is never used twice"
    store.close()


_BEFORE = sa.text(
    """INSERT INTO reports (received_at_s, port, node, boot, seq, kind, start_s, end_s, synced, payload)
       VALUES (:at_s, 'testport', 'n1', 'boot-a', :seq, 'report', 0, 1, true, :payload)"""
)
