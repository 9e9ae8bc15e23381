"""A power cut at the level of files: torn WALs, torn checkpoints, and files copied while they are written."""

from __future__ import annotations

import multiprocessing
import os
import random
import signal
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from edge.node.outbox import NewRow, Outbox
from scripts.chaos.wal import rows_of
from tests.edge.reports import row

T0 = 1_800_000_000.0
PAGE = 4096


@dataclass(frozen=True, slots=True)
class Image:
    """Database and WAL as they lie on the disk, and the rows that were committed then."""

    database: bytes
    wal: bytes
    rows: frozenset[tuple[str, int]]


def image_of(path: Path, rows: set[tuple[str, int]]) -> Image:
    return Image(path.read_bytes(), path.with_name("outbox.db-wal").read_bytes(), frozenset(rows))


def writes(path: Path, dice: random.Random, commits: int) -> Iterator[tuple[Image, Image]]:
    """Before and after each commit of an outbox that rows come into and go out of."""
    outbox, rows = Outbox(path), set[tuple[str, int]]()
    seq, after = 0, image_of(path, rows)
    for _ in range(commits):
        before = after
        if rows and dice.random() < 0.4:
            first = dice.randint(1, seq)
            outbox.free("boot-a", [(first, first + 20)])
            rows -= {("boot-a", each) for each in range(first, first + 21)}
        else:
            new = [big_row(seq + n) for n in range(1, dice.randint(2, 9))]
            outbox.commit(new)
            rows |= {("boot-a", each.seq) for each in new}
            seq += len(new)
        after = image_of(path, rows)
        yield before, after
    outbox.close()


def big_row(seq: int) -> NewRow:
    plain = row(seq)
    return NewRow(plain.boot, seq, plain.kind, plain.end_s, b'{"x": "' + b"y" * 3000 + b'"}')


def torn(before: Image, after: Image, dice: random.Random) -> tuple[bytes, bytes]:
    """What a power cut in the midst of that commit may leave.

    What was synced before is whole. Either the WAL was being written (its old bytes, its new ones up to
    somewhere, and perhaps rubbish), or it was whole and its pages were being copied into the database.
    """
    if before.database != after.database:
        pages = max(len(before.database), len(after.database)) // PAGE
        mixed = [(dice.choice((before, after))).database[n * PAGE : (n + 1) * PAGE] for n in range(pages)]
        sized = [page or after.database[n * PAGE : (n + 1) * PAGE] for n, page in enumerate(mixed)]
        return b"".join(sized), after.wal
    cut = dice.randint(0, len(after.wal))
    kept = after.wal[:cut] + before.wal[cut:]
    rubbish = dice.randbytes(dice.randint(0, 9000)) if dice.random() < 0.3 and len(kept) <= cut else b""
    return before.database, kept + rubbish


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_torn_commit_is_whole_or_not_there_and_what_was_before_it_stays(seed: int, tmp_path: Path) -> None:
    dice, checkpoints = random.Random(seed), 0
    for number, (before, after) in enumerate(writes(tmp_path / "outbox.db", dice, 420)):
        is_checkpoint = before.database != after.database
        if number % 9 and not is_checkpoint:
            continue
        checkpoints += is_checkpoint
        for _ in range(20 if is_checkpoint else 1):
            database, wal = torn(before, after, dice)
            found = [(each.boot, each.seq) for each in rows_of(database, wal)]
            assert len(found) == len(set(found))
            assert set(found) in (set(before.rows), set(after.rows))
    assert checkpoints > 0


def test_the_node_opens_what_a_power_cut_left_and_goes_on(tmp_path: Path) -> None:
    dice = random.Random(9)
    for number, (before, after) in enumerate(writes(tmp_path / "outbox.db", dice, 60)):
        folder = tmp_path / str(number)
        folder.mkdir()
        database, wal = torn(before, after, dice)
        (folder / "outbox.db").write_bytes(database)
        (folder / "outbox.db-wal").write_bytes(wal)
        outbox = Outbox(folder / "outbox.db")
        there = {(each.boot, each.seq) for each in outbox.page(0, 10**6)}
        assert there in (before.rows, after.rows)
        outbox.commit([row(1, "boot-b")])
        assert len(outbox) == len(there) + 1
        outbox.close()
        db = sqlite3.connect(folder / "outbox.db")
        assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        db.close()


def _commit_for_ever(path: Path, told: Any) -> None:
    outbox = Outbox(path)
    for seq in range(1, 1_000_000):
        outbox.commit([big_row(seq)])
        told.send(seq)


def test_copies_taken_while_it_is_written_hold_every_committed_row(tmp_path: Path) -> None:
    """The writer stands still wherever it happens to be, also between two writes of one commit."""
    path, dice = tmp_path / "outbox.db", random.Random(4)
    context = multiprocessing.get_context("fork")
    hears, tells = context.Pipe(duplex=False)
    child = context.Process(target=_commit_for_ever, args=(path, tells))
    child.start()
    assert child.pid is not None
    try:
        told = [hears.recv()]
        for _ in range(25):
            told += [hears.recv() for _ in range(dice.randint(1, 60))]
            os.kill(child.pid, signal.SIGSTOP)
            os.waitpid(child.pid, os.WUNTRACED)
            while hears.poll():
                told.append(hears.recv())
            wal = path.with_name("outbox.db-wal").read_bytes()
            found = [each.seq for each in rows_of(path.read_bytes(), wal)]
            os.kill(child.pid, signal.SIGCONT)
            assert found[: len(told)] == told
            assert len(found) <= len(told) + 1
    finally:
        os.kill(child.pid, signal.SIGKILL)
        child.join()
