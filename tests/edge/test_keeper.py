"""Keeping rows although the disk refuses, is full, or holds a broken file."""

from __future__ import annotations

from pathlib import Path

import pytest

from edge.messages import Event, LaneReport, NodeReport, decode
from edge.node.database import OutboxBusyError
from edge.node.keeper import RETRY_S, Keeper
from edge.node.thinning import THIN_EVERY_S

LANES = [LaneReport(lane="b5", camera="c1", kind="booth", observed_s=1.0)]
T0 = 1_800_000_000.0


def keeper_in(folder: Path, at: float = T0, quota_bytes: int = 2**20) -> Keeper:
    return Keeper(folder / "outbox.db", "testport", "n1", at, quota_bytes)


def keep_reports(keeper: Keeper, count: int, at: float, every_s: float = 5.0) -> float:
    for _ in range(count):
        at += every_s
        keeper.keep([keeper.series.report(at - every_s, at, LANES)], at)
    return at


def kept(keeper: Keeper) -> list[NodeReport]:
    return [decode(row.kind, row.payload) for row in keeper.outbox.page(0, 100_000)]


def events(keeper: Keeper) -> list[str]:
    return [message.event.type for message in kept(keeper) if message.event]


def test_reports_and_events_share_one_series(tmp_path: Path) -> None:
    keeper = keeper_in(tmp_path)
    keeper.series.set_clock(True, None)
    keeper.keep([keeper.series.event(Event(type="started"), T0)], T0)
    keep_reports(keeper, 2, T0)
    assert [(m.kind, m.seq, m.boot, m.synced) for m in kept(keeper)] == [
        ("event", 1, keeper.series.boot, True),
        ("report", 2, keeper.series.boot, True),
        ("report", 3, keeper.series.boot, True),
    ]


def test_each_start_is_a_new_boot_and_old_rows_stay(tmp_path: Path) -> None:
    first = keeper_in(tmp_path)
    keep_reports(first, 2, T0)
    first.close()
    second = keeper_in(tmp_path)
    keep_reports(second, 1, T0 + 60)
    assert [(m.boot, m.seq) for m in kept(second)] == [
        (first.series.boot, 1),
        (first.series.boot, 2),
        (second.series.boot, 1),
    ]
    assert first.series.boot != second.series.boot
    second.close()


def test_without_a_disk_rows_wait_in_memory_and_go_to_it_when_it_is_back(tmp_path: Path) -> None:
    folder = tmp_path / "disk"
    folder.write_text("not a folder yet")
    keeper = keeper_in(folder)
    at = keep_reports(keeper, 3, T0)
    assert (keeper.on_disk, len(kept(keeper)), keeper.generation) == (False, 3, 0)
    folder.unlink()
    folder.mkdir()
    keep_reports(keeper, 1, at + RETRY_S)
    assert (keeper.on_disk, [m.seq for m in kept(keeper)], keeper.generation) == (True, [1, 2, 3, 4], 1)
    keeper.close()


def test_a_second_node_on_one_outbox_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("edge.node.database.BUSY_S", 0.1)
    first = keeper_in(tmp_path)
    with pytest.raises(OutboxBusyError):
        keeper_in(tmp_path)
    first.close()


def test_a_year_without_receipts_stays_within_its_share_of_the_disk(tmp_path: Path) -> None:
    quota = 400_000
    keeper = keeper_in(tmp_path, quota_bytes=quota)
    at = T0
    for _ in range(20):
        at = keep_reports(keeper, 150, at, every_s=THIN_EVERY_S)
    assert keeper.on_disk
    assert (tmp_path / "outbox.db").stat().st_size <= quota * 1.05
    assert "rows_dropped" in events(keeper)
    hours = {int(m.end.timestamp()) // 3600 for m in kept(keeper) if m.kind == "report"}
    assert hours == set(range(int(T0) // 3600, int(at) // 3600 + 1))
    told = {
        seq
        for m in kept(keeper)
        if m.event
        for first, last in m.event.detail["ranges"]
        for seq in range(first, last + 1)
    }
    there = {m.seq for m in kept(keeper)}
    assert there | told == set(range(1, max(there) + 1))
    assert not there & told
    keeper.close()
