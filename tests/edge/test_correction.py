"""Rows that did not know UTC are sent with what they are off by, once that is known, also after a kill."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.messages import LaneReport, NodeReport, decode
from edge.node.keeper import RETRY_S, Keeper
from edge.node.outbox import Outbox
from edge.node.salvage import Gathering
from tests.edge.test_damaged_outbox import damage, damage_index, long_events, root_of_the_index
from tests.edge.test_keeper import T0, keep_reports, keeper_in

YEAR_S = 365 * 86400.0
WRONG_S = 20 * YEAR_S
LANES = [LaneReport(lane="b5", camera="c1", kind="booth", observed_s=1.0)]


def sent(keeper: Keeper) -> list[NodeReport]:
    """All rows as they would be sent now."""
    return [decode(row.kind, row.payload) for row in keeper.page(0, 100_000, T0)]


def offsets(messages: list[NodeReport]) -> list[float | None]:
    return [message.clock_offset_s for message in messages]


def a_box_without_the_time(folder: Path, rows: int, quota_bytes: int = 2**20) -> Keeper:
    keeper = keeper_in(folder, quota_bytes=quota_bytes)
    keeper.series.set_clock(False, None)
    keep_reports(keeper, rows, T0)
    return keeper


def set_and_synced(keeper: Keeper, by_s: float = WRONG_S) -> None:
    keeper.series.shift_s += by_s
    keeper.correct(T0)
    keeper.series.set_clock(True, None)


def test_what_was_kept_before_the_time_was_known_gets_its_offset(tmp_path: Path) -> None:
    keeper = a_box_without_the_time(tmp_path, 1)
    keeper.series.set_clock(False, -3.0)
    at = keep_reports(keeper, 1, T0 + 5)
    assert offsets(sent(keeper)) == [None, -3.0]
    set_and_synced(keeper)
    keep_reports(keeper, 1, at)
    assert offsets(sent(keeper)) == [-WRONG_S, -3.0, None]
    placed = [row.end.timestamp() - (row.clock_offset_s or 0) for row in sent(keeper)]
    assert placed == [T0 + 5 + WRONG_S, T0 + 13, T0 + 15 + WRONG_S]
    keeper.close()


@dataclass(frozen=True, slots=True)
class Stretch:
    """So many rows, before which the clock was set, and may have been synchronised or not."""

    by_s: float
    synced: bool
    rows: int


STRETCHES = st.lists(
    st.builds(Stretch, st.sampled_from([0.0, 7.5, -3600.0]), st.booleans(), st.integers(0, 3))
)


@given(stretches=STRETCHES)
def test_however_often_the_clock_is_set_rows_are_placed_where_they_belong(stretches: list[Stretch]) -> None:
    """The clock is right, whenever it is synchronised; rows after the last time of that wait for the next."""
    keeper, at = Keeper(Path(os.devnull) / "none", "testport", "n1", T0), T0
    belongs: list[float] = []
    known = 0
    for stretch in [*stretches, Stretch(0.0, synced=True, rows=1)]:
        keeper.series.shift_s += stretch.by_s
        if stretch.synced:
            right = keeper.series.shift_s
            belongs = [*belongs[:known], *(end + right for end in belongs[known:])]
            keeper.correct(at)
        keeper.series.set_clock(stretch.synced, None)
        for _ in range(stretch.rows):
            at += 5
            keeper.keep([keeper.series.report(at - 5, at, LANES)], at)
            belongs.append(at + (keeper.series.shift_s if stretch.synced else 0.0))
        known = len(belongs) if stretch.synced else known
    placed = [row.end.timestamp() - (row.clock_offset_s or 0.0) for row in sent(keeper)]
    assert placed == pytest.approx(belongs, abs=1e-3)
    assert all(row.synced or row.clock_offset_s is not None for row in sent(keeper))
    keeper.close()


def test_any_number_of_rows_is_corrected_by_one_write(tmp_path: Path) -> None:
    keeper = a_box_without_the_time(tmp_path, 3000, quota_bytes=2**24)
    keeper.close()
    keeper = a_box_without_the_time(tmp_path, 3000, quota_bytes=2**24)
    connection = keeper.outbox._db._connection
    before = connection.total_changes
    set_and_synced(keeper)
    assert connection.total_changes - before == 1
    assert offsets(sent(keeper)) == [None] * 3000 + [-WRONG_S] * 3000, "the boot before is not known of"
    keeper.close()


def _lives_until_killed(folder: Path, told: Any) -> None:
    keeper = a_box_without_the_time(folder, 200)
    set_and_synced(keeper)
    told.send(keeper.series.boot)
    signal.pause()


def boot_that_was_killed(life: Callable[[Path, Any], None], folder: Path) -> str:
    """The boot that `life` tells of, in a process that is killed then."""
    context = multiprocessing.get_context("fork")
    hears, tells = context.Pipe(duplex=False)
    child = context.Process(target=life, args=(folder, tells))
    child.start()
    assert child.pid is not None
    try:
        return str(hears.recv())
    finally:
        os.kill(child.pid, signal.SIGKILL)
        child.join()


def test_a_node_that_is_killed_once_it_knew_the_time_leaves_rows_that_know_it(tmp_path: Path) -> None:
    boot = boot_that_was_killed(_lives_until_killed, tmp_path)
    for _ in range(2):
        keeper = keeper_in(tmp_path)
        keep_reports(keeper, 1, T0)
        set_and_synced(keeper, 60.0)
        found = [row for row in sent(keeper) if row.boot == boot]
        assert [row.seq for row in found] == list(range(1, 201))
        assert set(offsets(found)) == {-WRONG_S}, "corrected once, whatever later boots learn"
        keeper.close()


def _learns_the_time_while_it_gathers(folder: Path, told: Any) -> None:
    keeper = a_box_without_the_time(folder, 1, quota_bytes=2**26)
    long_events(keeper, 400)
    damage(folder / "outbox.db", b'"seq":300,')
    keeper.page(0, 1000, T0)
    set_and_synced(keeper)
    assert keeper.gathers
    told.send(keeper.series.boot)
    signal.pause()


def _begins_to_gather_anew(folder: Path, told: Any) -> None:
    path = folder / "outbox.db"
    gathering = Gathering(Outbox(path), path, 2**26)
    told.send(str(gathering.taken))
    signal.pause()


@pytest.mark.parametrize("begun_anew", [0, 1, 2])
def test_what_is_learned_while_rows_of_a_damaged_file_are_gathered_outlives_a_kill(
    begun_anew: int, tmp_path: Path
) -> None:
    """Also further kills, just after gathering has begun anew; and rows are sent before the damage is met."""
    boot = boot_that_was_killed(_learns_the_time_while_it_gathers, tmp_path)
    for _ in range(begun_anew):
        assert boot_that_was_killed(_begins_to_gather_anew, tmp_path) == "0"
    keeper = keeper_in(tmp_path, quota_bytes=2**26)
    first = [decode(row.kind, row.payload) for row in keeper.page(0, 10, T0)]
    assert offsets(first) == [-WRONG_S] * 10
    assert not keeper.gathers, "the damage is further on"
    keeper.page(0, 1000, T0)
    keeper.gather_the_rest()
    found = [row for row in sent(keeper) if row.boot == boot]
    assert [row.seq for row in found] == list(range(1, len(found) + 1))
    assert 280 < len(found) < 300
    assert set(offsets(found)) == {-WRONG_S}
    keeper.close()


def test_an_offset_goes_with_the_last_of_its_rows(tmp_path: Path) -> None:
    first = a_box_without_the_time(tmp_path, 3)
    set_and_synced(first)
    assert first.free(first.series.boot, [(1, 3)]) == 3
    first.close()
    second = a_box_without_the_time(tmp_path, 1)
    set_and_synced(second, 60.0)
    second.close()
    db = sqlite3.connect(tmp_path / "outbox.db")
    assert db.execute("SELECT boot, up_to, offset_s FROM offsets").fetchall() == [
        (second.series.boot, 1, -60.0)
    ]
    db.close()


def test_while_the_disk_is_away_offsets_wait_in_memory_with_the_rows(tmp_path: Path) -> None:
    folder = tmp_path / "disk"
    folder.mkdir()
    earlier = a_box_without_the_time(folder, 3)
    set_and_synced(earlier)
    earlier.close()
    folder.rename(tmp_path / "away")
    folder.write_text("not a folder yet")
    keeper = a_box_without_the_time(folder, 2)
    set_and_synced(keeper, 60.0)
    assert offsets(sent(keeper)) == [-60.0, -60.0]
    folder.unlink()
    (tmp_path / "away").rename(folder)
    keep_reports(keeper, 1, T0 + RETRY_S)
    assert keeper.on_disk
    keeper.close()
    again = keeper_in(folder)
    assert offsets(sent(again)) == [-WRONG_S, -WRONG_S, -WRONG_S, -60.0, -60.0, None]
    again.close()


@pytest.mark.parametrize("damaged", ["a row", "the index", "a row of a file that knows no offsets"])
def test_rows_of_a_damaged_file_are_taken_along_with_their_offsets(damaged: str, tmp_path: Path) -> None:
    earlier = a_box_without_the_time(tmp_path, 400)
    set_and_synced(earlier)
    path, boot = tmp_path / "outbox.db", earlier.series.boot
    root = root_of_the_index(earlier)
    if damaged == "a row of a file that knows no offsets":
        earlier.outbox._db.script("DROP TABLE offsets")
    earlier.close()
    if damaged == "the index":
        damage_index(path, root)
    else:
        damage(path, b'"seq":300,')
    keeper = keeper_in(tmp_path)
    sent(keeper)
    keeper.close()
    again = keeper_in(tmp_path)
    found = [row for row in sent(again) if row.boot == boot]
    assert [row.seq for row in found] == list(range(1, len(found) + 1))
    assert len(found) > 250
    assert set(offsets(found)) == ({None} if "no offsets" in damaged else {-WRONG_S})
    again.close()
