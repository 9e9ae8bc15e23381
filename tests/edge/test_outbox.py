"""The outbox: only receipts free rows, thinning keeps what must stay, a bad file is told from a full one."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from edge.node.database import (
    OutboxBusyError,
    OutboxCorruptError,
    OutboxError,
    OutboxForeignError,
    OutboxFullError,
    OutboxUnwritableError,
)
from edge.node.outbox import Dropped, NewRow, Outbox, Range
from tests.edge.reports import row


def seqs(outbox: Outbox, boot: str = "boot-a") -> list[int]:
    return [each.seq for each in outbox.page(0, 100_000) if each.boot == boot]


@pytest.mark.parametrize(
    ("case", "boot", "ranges", "left"),
    [
        ("a range", "boot-a", [(1, 3)], [4, 5]),
        ("several ranges", "boot-a", [(1, 1), (4, 5)], [2, 3]),
        ("a range beyond what there is", "boot-a", [(4, 2**53)], [1, 2, 3]),
        ("a receipt for another boot frees nothing of this one", "boot-b", [(1, 5)], [1, 2, 3, 4, 5]),
        ("an empty receipt", "boot-a", [], [1, 2, 3, 4, 5]),
        ("a range upside down", "boot-a", [(5, 1)], [1, 2, 3, 4, 5]),
    ],
)
def test_receipts_free_rows(case: str, boot: str, ranges: list[Range], left: list[int]) -> None:
    outbox = Outbox(None)
    outbox.commit([row(seq) for seq in range(1, 6)])
    assert outbox.free(boot, ranges) == 5 - len(left)
    assert seqs(outbox) == left
    assert len(outbox) == len(left)


def test_rows_of_an_earlier_boot_are_there_after_a_restart(tmp_path: Path) -> None:
    first = Outbox(tmp_path / "outbox.db")
    first.commit([row(1), row(2)])
    first.close()
    second = Outbox(tmp_path / "outbox.db")
    second.commit([row(1, "boot-b")])
    assert [(each.boot, each.seq) for each in second.page(0, 9)] == [
        ("boot-a", 1),
        ("boot-a", 2),
        ("boot-b", 1),
    ]
    assert len(second) == 3
    second.close()


def test_ids_grow_even_when_every_row_was_freed() -> None:
    outbox = Outbox(None)
    outbox.commit([row(1)])
    before = outbox.newest_id()
    outbox.free("boot-a", [(1, 1)])
    outbox.commit([row(2)])
    assert outbox.newest_id() > before


def test_pages_follow_each_other() -> None:
    outbox = Outbox(None)
    outbox.commit([row(seq) for seq in range(1, 8)])
    first = outbox.page(0, 3)
    rest = outbox.page(first[-1].id, 3, up_to=first[-1].id + 2)
    assert [each.seq for each in first + rest] == [1, 2, 3, 4, 5]


def test_a_commit_is_all_or_nothing() -> None:
    outbox = Outbox(None)
    outbox.commit([row(2)])
    with pytest.raises(OutboxError):
        outbox.commit([row(1), row(2)])
    assert seqs(outbox) == [2]
    assert len(outbox) == 1


def test_it_writes_through_to_the_disk(tmp_path: Path) -> None:
    outbox = Outbox(tmp_path / "outbox.db")
    settings_found = [
        outbox._db.rows(f"PRAGMA {name}")[0][0] for name in ("journal_mode", "synchronous", "auto_vacuum")
    ]
    outbox.close()
    assert settings_found == ["wal", 2, 2]


def test_a_second_process_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("edge.node.database.BUSY_S", 0.1)
    first = Outbox(tmp_path / "outbox.db")
    with pytest.raises(OutboxBusyError, match="another process"):
        Outbox(tmp_path / "outbox.db")
    first.close()


def other_database(path: Path) -> None:
    """Central's store, say."""
    with sqlite3.connect(path) as db:
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("CREATE TABLE reports (id INTEGER PRIMARY KEY)")
    db.close()


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda path: path.write_bytes(b"\xff\xd8\xff\xe0 a photo" * 100), "is no outbox and stays as it is"),
        (lambda path: path.write_text("port: ambassador\n"), "is no outbox and stays as it is"),
        (other_database, "is a database of another program and stays as it is"),
        (Path.mkdir, "is no file"),
    ],
    ids=["a photo", "node.yaml", "a database", "a folder"],
)
def test_somebody_elses_file_is_left_alone(tmp_path: Path, make: Callable[[Path], object], said: str) -> None:
    path = tmp_path / "outbox.db"
    make(path)
    before = path.read_bytes() if path.is_file() else None
    with pytest.raises(OutboxForeignError, match=said) as told:
        Outbox(path)
    assert str(path) in str(told.value)
    assert (path.read_bytes() if path.is_file() else None) == before
    assert [each.name for each in tmp_path.iterdir()] == ["outbox.db"]


@pytest.mark.parametrize("content", [b"", b"\0" * 8192], ids=["empty", "two pages of zeros"])
def test_what_a_power_cut_left_is_ours(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "outbox.db"
    path.write_bytes(content)
    with contextlib.suppress(OutboxCorruptError):
        Outbox(path).close()


@pytest.mark.parametrize(
    "content",
    [b"this is no database at all" * 2048, b"SQLite format 3\x00" + b"\xff" * 9000],
    ids=["a text", "a damaged header"],
)
def test_a_corrupt_file_is_told(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "outbox.db").write_bytes(content)
    with pytest.raises(OutboxCorruptError, match=r"outbox\.db"):
        Outbox(tmp_path / "outbox.db")


def test_a_file_of_another_program_is_not_taken(tmp_path: Path) -> None:
    other = sqlite3.connect(tmp_path / "outbox.db")
    other.execute("CREATE TABLE rows (something TEXT)")
    other.commit()
    other.close()
    with pytest.raises(OutboxError):
        Outbox(tmp_path / "outbox.db")


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(OutboxUnwritableError, match="check folder"):
        Outbox(tmp_path / "file" / "outbox.db")


def test_a_full_outbox_refuses_and_keeps_what_it_has(tmp_path: Path) -> None:
    outbox = Outbox(tmp_path / "outbox.db", quota_bytes=100_000)
    with pytest.raises(OutboxFullError, match="full"):
        commit_until_it_is_full(outbox)
    taken = seqs(outbox)
    assert taken == list(range(1, len(taken) + 1))
    assert outbox.filled() > 0.9
    outbox.free("boot-a", [(1, len(taken) // 2)])
    outbox.commit([row(len(taken) + 1)])
    outbox.close()


def commit_until_it_is_full(outbox: Outbox) -> None:
    for seq in range(1, 2000):
        outbox.commit([row(seq)])


def _commit_for_ever(path: Path, told: Any) -> None:
    outbox = Outbox(path)
    for seq in range(1, 100_000):
        outbox.commit([row(seq)])
        told.send(seq)


def test_what_was_committed_survives_kill_9(tmp_path: Path) -> None:
    path = tmp_path / "outbox.db"
    hears, tells = multiprocessing.get_context("fork").Pipe(duplex=False)
    child = multiprocessing.get_context("fork").Process(target=_commit_for_ever, args=(path, tells))
    child.start()
    told = [hears.recv() for _ in range(200)]
    assert child.pid is not None
    os.kill(child.pid, signal.SIGKILL)
    child.join()
    while hears.poll():
        told.append(hears.recv())
    outbox = Outbox(path)
    assert set(told) <= set(seqs(outbox))
    outbox.close()


def told_by(dropped: list[Dropped]) -> Any:
    def record(one: Dropped) -> NewRow:
        dropped.append(one)
        return row(1_000_000 + len(dropped), "boot-z", kind="event")

    return record


@pytest.mark.parametrize(
    ("case", "every_s", "left"),
    [
        ("one a minute", 60, [11, 23, 30]),
        ("one in a quarter of an hour", 900, [30]),
    ],
)
def test_thinning_keeps_the_last_of_each_stretch(case: str, every_s: int, left: list[int]) -> None:
    outbox, dropped = Outbox(None), []
    outbox.commit([row(seq) for seq in range(1, 31)])
    gone = sum(outbox.thinned(every_s, outbox.newest_id(), told_by(dropped)))
    assert seqs(outbox) == left
    assert gone == 30 - len(left)
    ranges = [each for one in dropped for each in one.ranges]
    assert sum(last - first + 1 for first, last in ranges) == gone
    assert len(outbox) == len(left) + len(dropped)


class AnyInterleaving(RuleBasedStateMachine):
    """Commits, receipts and thinning in any order, against a model of sets."""

    def __init__(self) -> None:
        super().__init__()
        self.outbox = Outbox(None)
        self.kept: dict[tuple[str, int], NewRow] = {}
        self.freed: set[tuple[str, int]] = set()
        self.dropped: set[tuple[str, int]] = set()
        self.seq = 0
        self.end_s = 0
        self.boot = 0

    @rule(count=st.integers(1, 30), gap_s=st.sampled_from([1, 5, 60, 400]), event=st.booleans())
    def commit(self, count: int, gap_s: int, event: bool) -> None:
        rows = []
        for _ in range(count):
            self.seq += 1
            self.end_s += gap_s
            rows.append(self.new_row("event" if event else "report"))
        self.outbox.commit(rows)
        self.kept |= {(each.boot, each.seq): each for each in rows}

    @rule()
    def restart(self) -> None:
        self.boot += 1
        self.seq = 0

    @rule(boot=st.integers(0, 3), first=st.integers(1, 60), length=st.integers(0, 20))
    def free(self, boot: int, first: int, length: int) -> None:
        name = f"boot-{boot}"
        self.outbox.free(name, [(first, first + length)])
        self.freed |= {(name, seq) for seq in range(first, first + length + 1) if (name, seq) in self.kept}

    @rule(every_s=st.sampled_from([60, 900, 3600]), half=st.booleans())
    def thin(self, every_s: int, half: bool) -> None:
        up_to = self.outbox.middle_id() if half else self.outbox.newest_id()
        sum(self.outbox.thinned(every_s, up_to, self.record))

    def record(self, one: Dropped) -> NewRow:
        self.dropped |= {(one.boot, seq) for first, last in one.ranges for seq in range(first, last + 1)}
        self.seq += 1
        told = self.new_row("event")
        self.kept[(told.boot, told.seq)] = told
        return told

    def new_row(self, kind: Any) -> NewRow:
        return NewRow(f"boot-{self.boot}", self.seq, kind, self.end_s, b"{}")

    @invariant()
    def each_row_is_there_or_freed_or_told_as_dropped(self) -> None:
        there = {(each.boot, each.seq) for each in self.outbox.page(0, 10**6)}
        assert there == set(self.kept) - self.freed - self.dropped
        assert len(self.outbox) == len(there)

    @invariant()
    def protected_rows_are_there(self) -> None:
        there = {(each.boot, each.seq) for each in self.outbox.page(0, 10**6)}
        last: dict[tuple[str, int], tuple[str, int]] = {}
        for key, each in self.kept.items():
            if each.kind == "report":
                last[(each.boot, each.end_s // 3600)] = key
            else:
                assert key in there | self.freed
        assert set(last.values()) <= there | self.freed


AnyInterleaving.TestCase.settings = settings(max_examples=60, stateful_step_count=25)
TestAnyInterleaving = AnyInterleaving.TestCase
