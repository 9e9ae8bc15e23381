"""Of a damaged outbox file the rows before the damage are taken along, while everything else goes on."""

from __future__ import annotations

import tracemalloc
from pathlib import Path

import pytest

from edge.measure.saved import SavedMeter, decoded, encoded
from edge.messages import Event, decode
from edge.node.aside import Aside
from edge.node.database import OutboxForeignError
from edge.node.keeper import RETRY_S, Keeper
from edge.node.outbox import Outbox
from edge.node.salvage import Gathering, Remains, beside, set_aside
from tests.edge.test_keeper import LANES, T0, events, keep_reports, keeper_in, kept

LOST_HEAD = b"no database" * 1024 * 4
"""Whole pages, of which the first, too, is damaged."""


def test_a_corrupt_file_is_set_aside_and_told(tmp_path: Path) -> None:
    (tmp_path / "outbox.db").write_bytes(LOST_HEAD)
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


def root_of_the_index(keeper: Keeper) -> int:
    """The page where the index of its rows begins, the same in every outbox."""
    return keeper.outbox._db.number(
        "SELECT rootpage FROM sqlite_master WHERE name = 'sqlite_autoindex_rows_1'"
    )


def damage_index(path: Path, root: int) -> None:
    """Spoil that page."""
    with path.open("r+b") as file:
        file.seek((root - 1) * 4096)
        file.write(b"\xff" * 4096)


def test_rows_before_the_damage_are_taken_along(tmp_path: Path) -> None:
    first = keeper_in(tmp_path)
    keep_reports(first, 400, T0)
    first.close()
    damage(tmp_path / "outbox.db", b'"seq":300,')
    second = keeper_in(tmp_path)
    second.page(0, 1000, T0)
    assert second.generation == 2, "memory, and the disk again"
    seqs = [m.seq for m in kept(second) if m.boot == first.series.boot]
    assert seqs == list(range(1, len(seqs) + 1))
    assert 250 < len(seqs) < 300
    second.close()


def long_events(keeper: Keeper, count: int) -> None:
    """Of 20 kB each."""
    for _ in range(count):
        keeper.keep([keeper.series.event(Event(type="long", detail="x" * 20_000), T0)], T0)


def a_damaged_file(folder: Path, events: int) -> Keeper:
    """What an earlier boot, which is over, left: long events, of which the tenth from the end is damaged."""
    earlier = keeper_in(folder, quota_bytes=2**26)
    long_events(earlier, events)
    earlier.close()
    damage(folder / "outbox.db", f'"seq":{events - 10},'.encode())
    return earlier


def test_however_large_a_damaged_file_is_memory_holds_little_of_it(tmp_path: Path) -> None:
    a_damaged_file(tmp_path, 1000)
    keeper = keeper_in(tmp_path, quota_bytes=2**26)
    tracemalloc.start()
    keeper.page(970, 30, T0)
    while keeper.gathers:
        keeper.go_on()
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert keeper.generation == 2, "memory, and the disk again"
    assert 970 < len(keeper.outbox) < 992
    assert most < 4_000_000, "of 20 MB"
    assert sorted(path.name.partition("-2")[0] for path in tmp_path.iterdir() if "-wal" not in path.name) == [
        "outbox.db",
        "outbox.db.corrupt",
    ]
    keeper.close()


def test_while_rows_of_a_large_damaged_file_are_taken_along_it_goes_on(tmp_path: Path) -> None:
    """A portion of 1 MB a turn of the node; what comes meanwhile is kept, sent and receipted."""
    earlier = a_damaged_file(tmp_path, 1000)
    keeper = keeper_in(tmp_path, quota_bytes=2**26)
    keeper.page(970, 30, T0)
    seq, at = 0, T0
    while keeper.gathers:
        assert [m.seq for m in kept(keeper)] == list(range(1 if seq < 4 else 3, seq + 1))
        at, seq = keep_reports(keeper, 1, at), seq + 1
        if seq == 4:
            assert keeper.free(keeper.series.boot, [(1, 2)]) == 2
    assert 10 < seq < 30, "20 MB"
    assert keeper.on_disk
    taken = [m.seq for m in kept(keeper) if m.boot == earlier.series.boot]
    assert taken == list(range(1, len(taken) + 1))
    assert 970 < len(taken) < 990
    own = [(m.seq, m.kind) for m in kept(keeper) if m.boot == keeper.series.boot]
    assert own == [*((each, "report") for each in range(3, seq + 1)), (seq + 1, "event")]
    keeper.close()


def test_a_node_that_leaves_while_rows_are_taken_along_leaves_all_of_them_on_disk(tmp_path: Path) -> None:
    earlier = a_damaged_file(tmp_path, 400)
    leaves = keeper_in(tmp_path, quota_bytes=2**26)
    leaves.page(370, 30, T0)
    keep_reports(leaves, 2, T0)
    assert leaves.gathers
    leaves.close()
    keeper = keeper_in(tmp_path, T0 + 60, quota_bytes=2**26)
    assert [m.kind for m in kept(keeper) if m.boot == leaves.series.boot] == ["report", "report", "event"]
    assert 370 < len([m for m in kept(keeper) if m.boot == earlier.series.boot]) < 390
    keeper.close()


@pytest.mark.parametrize("when", ["when it is opened", "when the disk is back"])
def test_rows_whose_index_is_damaged_are_taken_along(when: str, tmp_path: Path) -> None:
    folder = tmp_path / "disk"
    folder.mkdir()
    earlier = keeper_in(folder, quota_bytes=2**26)
    keep_reports(earlier, 400, T0)
    root = root_of_the_index(earlier)
    earlier.close()
    damage_index(folder / "outbox.db", root)
    if when == "when the disk is back":
        folder.rename(tmp_path / "away")
        folder.write_text("not a folder yet")
    keeper = keeper_in(folder, quota_bytes=2**26)
    if when == "when the disk is back":
        folder.unlink()
        (tmp_path / "away").rename(folder)
    keep_reports(keeper, 1, T0 + RETRY_S)
    assert keeper.on_disk
    assert [m.seq for m in kept(keeper) if m.boot == earlier.series.boot] == list(range(1, 401))
    assert "outbox_set_aside" in events(keeper)
    keeper.close()


@pytest.mark.parametrize("when", ["while rows are gathered", "when the damaged one has just gone"])
def test_a_kill_while_rows_are_taken_along_loses_none_of_them(when: str, tmp_path: Path) -> None:
    keeper = keeper_in(tmp_path)
    keep_reports(keeper, 400, T0)
    keeper.series.shift_s = 60.0
    keeper.correct(T0)
    keeper.close()
    path = tmp_path / "outbox.db"
    damage(path, b'"seq":300,')
    damaged = Outbox(path)
    assert not Gathering(damaged, path, 2**20).step(damaged.offsets), "one portion holds them all"
    damaged.close()
    if when == "when the damaged one has just gone":
        set_aside(path, T0)
    next_boot = keeper_in(tmp_path, T0 + 60)
    next_boot.page(0, 1000, T0 + 60)
    seqs = [m.seq for m in kept(next_boot) if m.boot == keeper.series.boot]
    assert seqs == list(range(1, len(seqs) + 1))
    assert 250 < len(seqs) < 300
    sent = [decode(row.kind, row.payload) for row in next_boot.page(0, len(seqs), T0 + 60)]
    assert {m.clock_offset_s for m in sent} == {-60.0}, "nor what they are off by"
    assert not beside(path).exists()
    next_boot.close()


@pytest.mark.parametrize("left", ["many rows", "no database", "a damaged index", "a damaged row"])
def test_whatever_a_gathering_that_was_cut_short_left_each_row_is_taken_along_once(
    left: str, tmp_path: Path
) -> None:
    earlier = keeper_in(tmp_path, quota_bytes=2**24)
    keep_reports(earlier, 1700, T0)
    root = root_of_the_index(earlier)
    earlier.close()
    path = tmp_path / "outbox.db"
    damage(path, b'"seq":1600,')
    damaged = Outbox(path)
    assert not Gathering(damaged, path, 2**24).step([])
    damaged.close()
    if left == "no database":
        beside(path).write_bytes(b"no database" * 1000)
    elif left == "a damaged index":
        damage_index(beside(path), root)
    elif left == "a damaged row":
        damage(beside(path), b'"seq":300,')
    next_boot = keeper_in(tmp_path, T0 + 60, quota_bytes=2**24)
    next_boot.page(1000, 700, T0 + 60)
    next_boot.gather_the_rest()
    seqs = [m.seq for m in kept(next_boot) if m.boot == earlier.series.boot]
    assert seqs == list(range(1, len(seqs) + 1))
    assert 1500 < len(seqs) < 1600
    assert next_boot.on_disk
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
    (folder / "outbox.db").write_bytes(LOST_HEAD)
    at = keep_reports(keeper, 1, at + RETRY_S)
    at = keep_reports(keeper, 1, at + RETRY_S)
    assert keeper.on_disk
    assert events(keeper) == ["outbox_set_aside"]
    assert [m.seq for m in kept(keeper)] == [1, 2, 3, 4, 5, 6]
    assert [file.read_bytes()[:11] for file in folder.glob("outbox.db.corrupt-*")] == [b"no database"]
    keeper.close()


def known_by(at: float) -> SavedMeter:
    """What a camera knew at that time, without a vehicle."""
    return SavedMeter(at, (640, 360), (), (), {})


def keep_saved(keeper: Keeper, at: float) -> None:
    """A report, and what the camera knew at its end."""
    report = keeper.series.report(at - 5, at, LANES)
    keeper.keep([report], at, {"c1": encoded(known_by(at))})


@pytest.mark.parametrize(
    "killed", ["before it begins", "while rows are gathered", "when the damaged one has just gone"]
)
def test_what_each_camera_knew_outlives_the_damage_and_a_kill(killed: str, tmp_path: Path) -> None:
    keeper = keeper_in(tmp_path)
    at = keep_reports(keeper, 400, T0) + 5
    root = root_of_the_index(keeper)
    keep_saved(keeper, at)
    keeper.close()
    path = tmp_path / "outbox.db"
    damage_index(path, root)
    if killed != "before it begins":
        aside = Aside()
        aside.know({"c1": encoded(known_by(at + 5))}, 0.0)  # it went on in memory
        damaged = Remains(path)
        assert not aside.step(Gathering(damaged, path, 2**20))
        damaged.close()
        at += 5
    if killed == "when the damaged one has just gone":
        set_aside(path, T0)
    next_boot = keeper_in(tmp_path, at + 60)
    assert {camera: saved.at for camera, saved in next_boot.saved().items()} == {"c1": at}
    next_boot.close()
    assert [decoded(payload) for payload in Outbox(path).saved().values()] == [known_by(at)]


def test_what_was_known_later_wins_over_what_a_gathering_left_long_ago(tmp_path: Path) -> None:
    keeper = keeper_in(tmp_path)
    keep_saved(keeper, T0 + 100)
    keeper.close()
    left = Outbox(beside(tmp_path / "outbox.db"))
    left.commit([], {"c1": encoded(known_by(T0))})
    left.close()
    next_boot = keeper_in(tmp_path, T0 + 200)
    assert next_boot.saved()["c1"].at == T0 + 100
    next_boot.close()


def test_somebody_elses_file_is_neither_set_aside_nor_written(tmp_path: Path) -> None:
    (tmp_path / "outbox.db").write_text("port: ambassador\n")
    with pytest.raises(OutboxForeignError, match=r"outbox\.db: is no outbox"):
        keeper_in(tmp_path)
    assert [path.read_text() for path in tmp_path.iterdir()] == ["port: ambassador\n"]
