"""Reading an outbox's commits from its files while the node holds them locked."""

from __future__ import annotations

from pathlib import Path

from edge.node.outbox import Outbox
from scripts.chaos.wal import Recorder, commits
from tests.edge.reports import row


def test_every_commit_is_seen_though_receipts_freed_the_rows(tmp_path: Path) -> None:
    path = tmp_path / "outbox.db"
    outbox, recorder, seen = Outbox(path), Recorder(path), []
    for seq in range(1, 40, 3):
        outbox.commit([row(seq), row(seq + 1), row(seq + 2)])
        outbox.free("boot-a", [(seq, seq + 2)])
        seen += [each.seq for each in recorder.look(at_rest=False)]
    seen += [each.seq for each in recorder.look(at_rest=True)]
    assert seen == list(range(1, 40))
    assert recorder.left() == 0
    outbox.close()


def test_it_follows_the_file_over_checkpoints_and_restarts(tmp_path: Path) -> None:
    path = tmp_path / "outbox.db"
    recorder, seen = Recorder(path), []
    for boot in ("boot-a", "boot-b"):
        outbox = Outbox(path)
        for seq in range(1, 1501, 5):
            outbox.commit([row(seq + n, boot) for n in range(5)])
            if seq % 50 == 1:
                seen += [(each.boot, each.seq) for each in recorder.look(at_rest=True)]
        outbox.close()
        seen += [(each.boot, each.seq) for each in recorder.look(at_rest=True)]
    assert seen == [(boot, seq) for boot in ("boot-a", "boot-b") for seq in range(1, 1501)]


def test_a_wal_that_is_none_holds_no_commit() -> None:
    assert commits(b"") == []
    assert commits(b"\x00" * 5000) == []
