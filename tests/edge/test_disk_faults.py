"""Disks that are full, read-only or gone while the node runs, and three days without central."""

from __future__ import annotations

import os
import resource
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from edge.messages import Event, LaneReport, NodeReport, decode
from edge.node.keeper import RETRY_S, Keeper
from edge.node.outbox import WAL_BYTES
from edge.node.salvage import beside
from tests.conftest import REPOSITORY
from tests.edge.test_damaged_outbox import damage, long_events
from tests.edge.test_keeper import T0, events, keep_reports, keeper_in, kept


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 3 MB of its own."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = os.getuid() == 0 and shutil.which("mount") is not None
    command = ["mount", "-t", "tmpfs", "-o", "size=3m", "tmpfs", str(folder)]
    if not mounted or subprocess.run(command, capture_output=True).returncode:
        pytest.skip("a small disk can be mounted by root alone")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


def fill(folder: Path) -> Path:
    """A file that takes what is left of the disk."""
    filler = folder / "filler"
    with filler.open("wb", buffering=0) as out:
        for size in (65536, 4096, 512, 1):
            while True:
                try:
                    out.write(b"x" * size)
                except OSError:
                    break
    return filler


@pytest.mark.parametrize("free", [20_000, 60_000, 600_000])
def test_what_a_full_disk_does_not_take_of_a_damaged_file_waits_in_memory(
    free: int, small_disk: Path
) -> None:
    keeper = keeper_in(small_disk, quota_bytes=2**30)
    long_events(keeper, 40)
    keeper.close()
    damage(small_disk / "outbox.db", b'"seq":38,')
    second = keeper_in(small_disk, T0 + 60, quota_bytes=2**30)
    filler = fill(small_disk)
    os.truncate(filler, filler.stat().st_size - free)
    second.page(0, 1000, T0 + 60)
    assert not second.on_disk
    seqs = [m.seq for m in kept(second) if m.boot == keeper.series.boot]
    assert seqs == list(range(1, len(seqs) + 1))
    assert 30 <= len(seqs) < 40, "up to the ten rows with the damage"
    assert not beside(second._path).exists()
    filler.unlink()
    keep_reports(second, 1, T0 + 60 + RETRY_S)
    assert second.on_disk
    assert [m.seq for m in kept(second) if m.boot == keeper.series.boot] == seqs
    second.close()


def test_a_disk_that_fills_up_while_rows_are_taken_along_loses_none_of_them(small_disk: Path) -> None:
    keeper = keeper_in(small_disk, quota_bytes=2**30)
    keeper.keep([keeper.series.event(Event(type="long", detail="x" * 20_000), T0)] * 65, T0)
    keeper.close()
    damage(small_disk / "outbox.db", b'"seq":64,')
    second = keeper_in(small_disk, T0 + 60, quota_bytes=2**30)
    second.page(50, 1000, T0 + 60)
    at = T0 + 60
    assert second.gathers, "one portion of 53 rows was taken"
    filler = fill(small_disk)
    at = keep_reports(second, 3, at)
    assert not second.gathers
    assert not second.on_disk
    there = [(m.boot == keeper.series.boot, m.seq) for m in kept(second)]
    old = [seq for of_before, seq in there if of_before]
    assert old == list(range(1, len(old) + 1))
    assert 53 < len(old) < 65
    assert there[len(old) :] == [(False, seq) for seq in range(1, 5)], "after them, as it came"
    filler.unlink()
    keep_reports(second, 1, at + RETRY_S)
    assert second.on_disk
    assert len(kept(second)) == len(there) + 1
    second.close()


def test_a_full_disk_loses_no_row_and_is_taken_up_again(small_disk: Path) -> None:
    keeper = keeper_in(small_disk, quota_bytes=2**30)
    at = keep_reports(keeper, 50, T0)
    filler = fill(small_disk)
    at = keep_reports(keeper, 300, at)
    assert not keeper.on_disk
    filler.unlink()
    at = keep_reports(keeper, 1, at + RETRY_S)
    assert keeper.on_disk
    assert reported(keeper) == list(range(1, 352))
    keeper.close()
    again = keeper_in(small_disk)
    assert reported(again) == list(range(1, 352))
    again.close()


def reported(keeper: Keeper) -> list[int]:
    """Seqs of reports there, and of those that an event tells as dropped."""
    messages = kept(keeper)
    told = {
        seq
        for message in messages
        if message.event and message.event.type == "rows_dropped"
        for first, last in message.event.detail["ranges"]
        for seq in range(first, last + 1)
    }
    drops = {message.seq for message in messages if message.event}
    return sorted(({message.seq for message in messages} | told) - drops)


def test_a_disk_that_is_full_at_the_start_is_taken_up_when_there_is_room(small_disk: Path) -> None:
    filler = fill(small_disk)
    keeper = keeper_in(small_disk)
    at = keep_reports(keeper, 20, T0)
    assert not keeper.on_disk
    filler.unlink()
    keep_reports(keeper, 1, at + RETRY_S)
    assert (keeper.on_disk, [message.seq for message in kept(keeper)]) == (True, list(range(1, 22)))
    keeper.close()


def test_a_full_disk_does_not_keep_receipts_from_freeing_memory(small_disk: Path) -> None:
    keeper = keeper_in(small_disk, quota_bytes=2**30)
    at = keep_reports(keeper, 20, T0)
    fill(small_disk)
    keep_reports(keeper, 600, at)
    in_memory = len(keeper.outbox)
    assert keeper.free(keeper.series.boot, [(1, 2**53)]) == in_memory
    assert len(keeper.outbox) == 0
    keeper.close()


def test_a_disk_that_becomes_read_only_is_taken_up_when_it_can_be_written(small_disk: Path) -> None:
    keeper = keeper_in(small_disk)
    at = keep_reports(keeper, 20, T0)
    remount(small_disk, "ro")
    at = keep_reports(keeper, 20, at)
    remount(small_disk, "rw")
    keep_reports(keeper, 1, at + RETRY_S)
    assert keeper.on_disk
    assert reported(keeper) == list(range(1, 42))
    keeper.close()


def remount(folder: Path, mode: str) -> None:
    subprocess.run(["mount", "-o", f"remount,{mode}", str(folder)], check=False, capture_output=True)


LIMITED = """
import resource, sys
from pathlib import Path
from tests.edge.test_keeper import T0, keep_reports, keeper_in, kept
resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000))
keeper = keeper_in(Path(sys.argv[1]), quota_bytes=2**30)
keep_reports(keeper, 800, T0)
print(keeper.on_disk, len(kept(keeper)))
"""


def test_a_file_that_may_not_grow_ends_nothing(tmp_path: Path) -> None:
    command = [sys.executable, "-c", LIMITED, str(tmp_path)]
    run = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=True)
    on_disk, rows = run.stdout.split()[-2:]
    assert (on_disk, int(rows) > 100) == ("False", True)


def test_what_neither_disk_nor_memory_takes_is_told_when_there_is_room(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("edge.node.keeper.MEMORY_BYTES", 16 * 4096)
    folder = tmp_path / "disk"
    folder.write_text("not a folder yet")
    keeper = keeper_in(folder)
    at = keep_reports(keeper, 4000, T0, every_s=3600.0)
    folder.unlink()
    folder.mkdir()
    keep_reports(keeper, 1, at + RETRY_S)
    assert keeper.on_disk
    assert "rows_dropped" in events(keeper)
    messages = {message.seq for message in kept(keeper)}
    newest = max(messages)
    told = set(reported(keeper))
    assert newest > 4000
    assert messages | told == set(range(1, newest + 1))
    keeper.close()


HOURS, LANE_COUNT = 72, 4
QUOTA = 24 * 2**20


def four_lanes(seconds: int) -> list[LaneReport]:
    return [
        LaneReport(
            lane=f"b{n}",
            camera="c1",
            kind="booth",
            observed_s=float(seconds),
            arrivals={"truck": seconds // (20 + n)},
            departures={"truck": seconds // (21 + n)},
        )
        for n in range(LANE_COUNT)
    ]


@pytest.mark.slow
def test_three_days_without_central_at_a_report_a_second(tmp_path: Path) -> None:
    """259,200 reports; a minute's worth in each commit, so that the test need not wait three days."""
    keeper = keeper_in(tmp_path, quota_bytes=QUOTA)
    before_kb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    largest = 0
    for minute in range(HOURS * 60):
        at = T0 + 60 * minute
        seconds = range(60 * minute, 60 * minute + 60)
        keeper.keep([keeper.series.report(T0 + s, T0 + s + 1, four_lanes(s + 1)) for s in seconds], at + 60)
        if minute % 20 == 0:
            largest = max(largest, sum(file.stat().st_size for file in tmp_path.iterdir()))
    grown_kb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before_kb
    assert keeper.on_disk
    assert largest <= QUOTA * 1.05 + WAL_BYTES + 2**20
    assert grown_kb < 60_000

    messages: list[NodeReport] = []
    after = 0
    while page := keeper.page(after, 500, T0):
        after = page[-1].id
        messages += [decode(each.kind, each.payload) for each in page]
    told = [
        (seq, message.seq)
        for message in messages
        if message.event and message.event.type == "rows_dropped"
        for first, last in message.event.detail["ranges"]
        for seq in range(first, last + 1)
    ]
    there, dropped = {message.seq for message in messages}, {seq for seq, _ in told}
    assert len(told) == len(dropped)
    assert not there & dropped
    assert there | dropped == set(range(1, max(there) + 1))
    assert all(seq < event for seq, event in told)
    reports = [message for message in messages if message.kind == "report"]
    hours = {int(message.end.timestamp() - 1) // 3600 for message in reports}
    assert hours >= set(range(int(T0) // 3600, (int(T0) + HOURS * 3600 - 1) // 3600 + 1))
    newest = reports[-1]
    assert newest.lanes is not None
    assert [lane.observed_s for lane in newest.lanes] == [HOURS * 3600.0] * LANE_COUNT
    assert [lane.arrived for lane in newest.lanes] == [HOURS * 3600 // (20 + n) for n in range(LANE_COUNT)]
    keeper.close()
