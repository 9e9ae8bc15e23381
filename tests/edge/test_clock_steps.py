"""A wall clock that is set while the node runs: backwards, by years, unsynchronised and then synchronised."""

from __future__ import annotations

import itertools
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.messages import NodeReport, decode
from edge.node.clock import NodeClock
from edge.node.keeper import Keeper
from edge.node.ticks import Tick, Ticks
from tests.conftest import REPOSITORY
from tests.dashboard.nodes import until
from tests.edge.reports import camera
from tests.edge.test_node_run import RUN, event_types, log_of, reports, rows_in, stream_server, write_config
from tests.edge.test_ticks import T0, every, run

YEAR_S = 365 * 86400.0


@pytest.mark.parametrize(
    ("case", "set_by_s", "told_s"),
    [
        ("set back by an hour", -3600.0, -3600.0),
        ("from 1970 to now", 50 * YEAR_S, 50 * YEAR_S),
        ("years back", -10 * YEAR_S, -10 * YEAR_S),
        ("led slowly to the right time", 0.05, None),
        ("not set", 0.0, None),
    ],
)
def test_the_nodes_own_time_runs_on(case: str, set_by_s: float, told_s: float | None) -> None:
    wall, tick = [T0], [100.0]
    clock = NodeClock(lambda: wall[0], lambda: tick[0])
    wall[0], tick[0] = T0 + 5 + set_by_s, 105.0
    assert clock.now() == T0 + 5
    assert clock.stepped_s() == pytest.approx(told_s)
    assert clock.stepped_s() is None
    assert clock.now() == T0 + 5


@pytest.mark.parametrize("held_up_at", range(1, 10))
def test_a_thread_that_is_held_up_between_two_clocks_sees_no_step(held_up_at: int) -> None:
    """A node of four cameras on two cores now and then waits for a quarter of a second, anywhere."""
    looks, since = itertools.count(1), [0.0]

    def elapsed() -> float:
        since[0] += 0.25 if next(looks) == held_up_at else 0.0
        return since[0]

    clock = NodeClock(lambda: T0 + elapsed(), lambda: 100.0 + elapsed())
    assert [clock.stepped_s() for _ in range(3)] == [None, None, None]
    assert clock.now() == T0 + 0.25


@given(by_s=st.floats(-1e9, 1e9), at_s=st.floats(5.1, 9.4))
def test_ticks_go_on_after_a_step_and_end_on_the_new_multiples(by_s: float, at_s: float) -> None:
    ticks = Ticks([camera()], 5, T0)
    before = run(ticks, every(0.1, at_s))
    closed = ticks.step(T0 + at_s, by_s)
    after = run(ticks, every(0.1, at_s + 21, begin_s=at_s))
    assert closed is not None
    whole = [*before, closed, *after]
    assert all(a.end == b.start for a, b in itertools.pairwise(whole))
    assert all(0 < tick.end - tick.start <= 5 + 1e-3 for tick in whole)
    assert len(after) >= 3
    for tick in after:
        late_s = (tick.end + by_s) % 5
        assert min(late_s, 5 - late_s) < 1e-3
    assert observed_s(whole[-1]) == pytest.approx(whole[-1].end - T0, abs=0.2)


def observed_s(tick: Tick) -> float:
    return tick.lanes[0].observed_s


SET = """
import time
import edge.node.node as node
from pathlib import Path
by = Path({file!r})
node.wall_clock = lambda: time.time() + float(by.read_text())
node.clock_is_synced = lambda: by.with_name("synced").exists()
"""


@contextmanager
def node_with_a_clock(folder: Path, source: str, off_s: float = 0.0) -> Iterator[Path]:
    """A node whose wall clock is off by what stands in a file, and synchronised while there is `synced`.

    Gives the file.
    """
    by = folder / "by"
    by.write_text(str(off_s))
    program = SET.format(file=str(by)) + RUN
    command = [sys.executable, "-c", program, str(write_config(folder, source=source))]
    with (folder / "node.log").open("a") as log:
        child = subprocess.Popen(command, cwd=REPOSITORY, stderr=log)
    try:
        assert until(lambda: "camera_back" in log_of(folder))
        time.sleep(2.5)
        yield by
        time.sleep(3.5)
        child.terminate()
        assert child.wait(30) == 0
    finally:
        child.kill()
        child.wait()


def set_by(file: Path, by_s: float) -> None:
    new = file.with_name("by-new")
    new.write_text(str(by_s))
    new.replace(file)


@pytest.mark.slow
@pytest.mark.parametrize("by_s", [-3600.0])
def test_a_running_node_reports_on_and_loses_nothing(by_s: float, tmp_path: Path) -> None:
    (tmp_path / "synced").touch()
    with stream_server() as port, node_with_a_clock(tmp_path, f"tcp://127.0.0.1:{port}") as file:
        set_by(file, by_s)
    rows = rows_in(tmp_path)
    assert [row.seq for row in rows] == list(range(1, len(rows) + 1))
    place = event_types(rows).index("clock_stepped")
    step = [row for row in rows if row.event][place]
    assert step.event is not None
    assert step.event.detail == {"by_s": pytest.approx(by_s, abs=0.1), "synced": True}
    before = [row for row in reports(rows) if row.seq < step.seq]
    after = [row for row in reports(rows) if row.seq > step.seq]
    assert len(before) >= 2
    assert len(after) >= 3
    for part in (before, after):
        assert all(a.end == b.start for a, b in itertools.pairwise(part))
    assert (after[0].start - before[-1].end).total_seconds() == pytest.approx(by_s, abs=0.1)
    seen = [row.lanes[0].observed_s for row in reports(rows) if row.lanes]
    assert seen == sorted(seen)
    assert seen[-1] - seen[len(before) - 1] > 1


def rows_to_be_sent(folder: Path) -> list[NodeReport]:
    """What the next boot of the node sends first."""
    keeper = Keeper(folder / "outbox-n1.db", "testport", "n1", time.time())
    rows = keeper.page(0, 10_000, time.time())
    keeper.close()
    return [decode(row.kind, row.payload) for row in rows]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("case", "off_s", "waits_s"),
    [
        ("set and synchronised at once", -5 * YEAR_S, 0.0),
        ("set first, synchronised later", -5 * YEAR_S, 2.5),
        ("so little off that it is not set", -0.05, 0.0),
    ],
)
def test_a_box_that_wakes_without_the_time_places_its_rows_once_it_knows_it(
    case: str, off_s: float, waits_s: float, tmp_path: Path
) -> None:
    with stream_server() as port, node_with_a_clock(tmp_path, f"tcp://127.0.0.1:{port}", off_s) as file:
        set_by(file, 0.0)
        time.sleep(waits_s)
        (tmp_path / "synced").touch()
    rows = reports(rows_to_be_sent(tmp_path))
    unsynced = [row for row in rows if not row.synced]
    assert unsynced
    assert len(unsynced) < len(rows)
    assert all(row.clock_offset_s is not None for row in unsynced)
    now_s = time.time()
    for row in rows:
        assert now_s - 60 < row.end.timestamp() - (row.clock_offset_s or 0.0) < now_s + 1
    assert "rows_corrected" in log_of(tmp_path)
