"""Keeping rows although the disk refuses, is full, or holds a broken file."""

from __future__ import annotations

import tracemalloc
from pathlib import Path

import pytest

from edge.messages import Event, LaneReport, NodeReport, decode
from edge.node.database import OutboxBusyError
from edge.node.keeper import RETRY_S, THIN_EVERY_S, Keeper, thinning
from edge.node.outbox import Outbox
from edge.node.salvage import beside, gather, set_aside

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


def test_a_corrupt_file_is_set_aside_and_told(tmp_path: Path) -> None:
    (tmp_path / "outbox.db").write_bytes(b"no database" * 1000)
    keeper = keeper_in(tmp_path)
    keep_reports(keeper, 1, T0)
    assert events(keeper) == ["outbox_set_aside"]
    assert keeper.on_disk
    aside = list(tmp_path.glob("outbox.db.corrupt-*"))
    assert [file.read_bytes()[:11] for file in aside] == [b"no database"]
    keeper.close()


def test_a_file_that_breaks_while_in_use_is_set_aside(tmp_path: Path) -> None:
    first = keeper_in(tmp_path)
    keep_reports(first, 400, T0)
    first.close()
    path = tmp_path / "outbox.db"
    content = bytearray(path.read_bytes())
    content[4096:] = b"\xff" * (len(content) - 4096)
    path.write_bytes(bytes(content))
    second = keeper_in(tmp_path)
    keep_reports(second, 3, T0 + 5000)
    assert second.on_disk
    assert "outbox_set_aside" in events(second)
    assert [m.boot for m in kept(second)] == [second.series.boot] * 4
    second.close()


def damage(path: Path, at: bytes) -> None:
    """Spoil the page of the file that holds these bytes."""
    content = path.read_bytes()
    place = content.rindex(at) // 4096 * 4096
    with path.open("r+b") as file:
        file.seek(place)
        file.write(b"\xff" * 4096)


def test_rows_before_the_damage_are_taken_along(tmp_path: Path) -> None:
    first = keeper_in(tmp_path)
    keep_reports(first, 400, T0)
    first.close()
    damage(tmp_path / "outbox.db", b'"seq":300,')
    second = keeper_in(tmp_path)
    second.page(0, 1000, T0)
    assert second.generation == 1
    seqs = [m.seq for m in kept(second) if m.boot == first.series.boot]
    assert seqs == list(range(1, len(seqs) + 1))
    assert 250 < len(seqs) < 300
    second.close()


def long_events(keeper: Keeper, count: int) -> None:
    """Of 20 kB each."""
    for _ in range(count):
        keeper.keep([keeper.series.event(Event(type="long", detail="x" * 20_000), T0)], T0)


def test_however_large_a_damaged_file_is_memory_holds_little_of_it(tmp_path: Path) -> None:
    keeper = keeper_in(tmp_path, quota_bytes=2**26)
    long_events(keeper, 1000)
    keeper.close()
    damage(tmp_path / "outbox.db", b'"seq":990,')
    keeper = keeper_in(tmp_path, quota_bytes=2**26)
    tracemalloc.start()
    keeper.page(970, 30, T0)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert keeper.generation == 1
    assert 970 < len(keeper.outbox) < 992
    assert most < 4_000_000, "of 20 MB"
    assert sorted(path.name.partition("-2")[0] for path in tmp_path.iterdir() if "-wal" not in path.name) == [
        "outbox.db",
        "outbox.db.corrupt",
    ]
    keeper.close()


@pytest.mark.parametrize("when", ["while rows are gathered", "when the damaged one has just gone"])
def test_a_kill_while_rows_are_taken_along_loses_none_of_them(when: str, tmp_path: Path) -> None:
    keeper = keeper_in(tmp_path)
    keep_reports(keeper, 400, T0)
    keeper.close()
    path = tmp_path / "outbox.db"
    damage(path, b'"seq":300,')
    damaged = Outbox(path)
    gather(damaged, path, 2**20)
    damaged.close()
    if when == "when the damaged one has just gone":
        set_aside(path, T0)
    next_boot = keeper_in(tmp_path, T0 + 60)
    next_boot.page(0, 1000, T0 + 60)
    seqs = [m.seq for m in kept(next_boot) if m.boot == keeper.series.boot]
    assert seqs == list(range(1, len(seqs) + 1))
    assert 250 < len(seqs) < 300
    assert not beside(path).exists()
    next_boot.close()


def test_of_a_damaged_file_as_many_rows_are_taken_along_as_there_is_room_for(tmp_path: Path) -> None:
    folder = tmp_path / "disk"
    folder.mkdir()
    keeper = keeper_in(folder, quota_bytes=2**24)
    long_events(keeper, 400)  # 8 MB, twice what memory takes
    damage(folder / "outbox.db", b'"seq":300,')
    folder.rename(tmp_path / "gone")  # as a card that fails: nothing can be renamed or made there
    folder.write_text("no folder any more")
    keeper.page(0, 1000, T0)
    assert not keeper.on_disk
    seqs = [m.seq for m in kept(keeper)]
    assert seqs == list(range(seqs[0], seqs[-1] + 1)), "the newest before the damage"
    assert 290 <= seqs[-1] < 300
    assert 50 < len(seqs) < 200
    at = keep_reports(keeper, 500, T0)
    assert max(m.end.timestamp() for m in kept(keeper) if m.lanes) == at, "and it goes on"
    keeper.close()


def test_a_file_that_is_corrupt_when_the_disk_is_back_is_set_aside(tmp_path: Path) -> None:
    folder = tmp_path / "disk"
    folder.write_text("not a folder yet")
    keeper = keeper_in(folder)
    at = keep_reports(keeper, 3, T0)
    folder.unlink()
    folder.mkdir()
    (folder / "outbox.db").write_bytes(b"no database" * 1000)
    at = keep_reports(keeper, 1, at + RETRY_S)
    at = keep_reports(keeper, 1, at + RETRY_S)
    assert keeper.on_disk
    assert events(keeper) == ["outbox_set_aside"]
    assert [m.seq for m in kept(keeper)] == [1, 2, 3, 4, 5, 6]
    assert [file.read_bytes()[:11] for file in folder.glob("outbox.db.corrupt-*")] == [b"no database"]
    keeper.close()


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


@pytest.mark.parametrize(
    ("filled", "every_s"), [(0.3, None), (0.5, None), (0.6, 60), (0.8, 900), (0.96, 3600), (1.0, 3600)]
)
def test_the_fuller_the_coarser(filled: float, every_s: int | None) -> None:
    assert thinning(filled) == every_s
