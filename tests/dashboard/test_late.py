"""Rows that come hours late complete the past of their lanes, as if they had come at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from dashboard.central import REPLAY_S, Central
from dashboard.config import CentralConfig, load_central
from dashboard.history import LaneHour
from dashboard.late import MARGIN_S, Completer, complete, left_over
from dashboard.minutes import LaneMinute
from dashboard.orders.book import NO_ORDERS
from dashboard.rollup.late import OLDEST_S, QUIET_S, LateNotes, LateRange, Span
from dashboard.rollup.rollup import LATE_S
from dashboard.store.history import History
from dashboard.store.intake import Incoming
from dashboard.store.retention import Keep, tidy
from dashboard.store.store import Store
from edge.messages import Booth, LaneReport, NodeReport, encode, utc_ms
from tests.dashboard.nodes import PORT_YAML, report, until

T0 = 1_800_000_000
TICK_S = 15
RUN_S = 6000
KEY = ("testport", "us_bound")
LANES = {"n1": "b1", "n2": "b2"}

Sent = tuple[float, NodeReport]
"""(seconds after T0 of receipt, report)."""


@pytest.fixture
def config(tmp_path: Path) -> CentralConfig:
    """Lane b1 is seen by n1, b2 by n2."""
    return configured(tmp_path, 60)


def configured(folder: Path, slice_s: int) -> CentralConfig:
    """The same, in slices of that length."""
    file = folder / "port.yaml"
    file.write_text(PORT_YAML.format(broker=1883, http=0).replace("slice_s: 5", f"slice_s: {slice_s}"))
    return load_central(file)


@pytest.fixture
def store(store_url: str) -> Store:
    """An empty one."""
    store = Store(store_url)
    store.upgrade()
    return store


def told(node: str, from_s: int, to_s: int, boot: str = "a", boot_s: int = 0) -> list[NodeReport]:
    """Reports of a boot that began at `boot_s`, of ticks that end in (from_s, to_s]; a vehicle every 7 s."""
    found = []
    for seq in range((from_s - boot_s) // TICK_S + 1, (to_s - boot_s) // TICK_S + 1):
        run_s = float(seq * TICK_S)
        lane = LaneReport(
            lane=LANES[node],
            camera="c1",
            kind="booth",
            observed_s=run_s,
            arrivals={"truck": int(run_s / 7)},
            departures={"truck": int(run_s / 9)},
            in_view_vs=2 * run_s,
            stopped_vs=run_s,
            full_s=0.0,
            booth=Booth(occupied_s=run_s / 2),
        )
        end_s = T0 + boot_s + run_s
        times: dict[str, Any] = {"start": utc_ms(end_s - TICK_S), "end": utc_ms(end_s)}
        found.append(report(seq, node=node, boot=boot, lanes=[lane], **times))
    return found


def prompt(reports: Iterable[NodeReport]) -> list[Sent]:
    """Received .1 s after their ends."""
    return [(each.end.timestamp() - T0 + 0.1, each) for each in reports]


def paced(reports: Sequence[NodeReport], from_s: float, each_s: float = 0.001) -> list[Sent]:
    """Received from `from_s` on, one after the other."""
    return [(from_s + n * each_s, each) for n, each in enumerate(reports)]


@dataclass
class Run:
    """Central, turn by turn; it is started anew `restarts_s` after T0, and down for so long before."""

    config: CentralConfig
    store: Store
    completes: bool = True

    def play(self, sent: Iterable[Sent], restarts_s: float | None = None, down_s: float = 0.0) -> None:
        """Half a minute a turn, from T0 until a minute and a half after the last report."""
        history, central, cursor, done_s = History(self.store), Central(self.config), 0, 0.0
        waiting = sorted(sent, key=lambda each: each[0])
        end_s = int(max(RUN_S, waiting[-1][0])) + 300
        for at_s in range(0, end_s, 30):
            if restarts_s is not None and restarts_s - down_s <= at_s < restarts_s:
                continue
            now_s = float(T0 + at_s)
            due = [each for each in waiting if each[0] <= at_s]
            waiting = waiting[len(due) :]
            floor_s = T0 + restarts_s if restarts_s is not None and at_s >= restarts_s else 0.0
            self.store.add([Incoming.of(max(floor_s, T0 + s), r, encode(r)) for s, r in due])
            if restarts_s is not None and at_s == int(restarts_s):
                central, cursor = Central(self.config), self.store.last_before(now_s - REPLAY_S)
                for late in left_over(self.config, self.store, done_s, now_s) if self.completes else ():
                    complete(self.config, self.store, late)
            rows = self.store.after(cursor, 1_000_000)
            cursor = rows[-1].ingest_id if rows else cursor
            central.take(rows)
            central.close(now_s)
            history.add_lanes(central.finished_minutes())
            if at_s % 3600 == 60:
                history.roll_up(*KEY, [], LANES.values(), now_s)
            for late in central.late(now_s) if self.completes else ():
                complete(self.config, self.store, late)
            done_s = central.late_since_s(now_s) - MARGIN_S

    def minutes(self, from_s: float = 120, to_s: float = RUN_S) -> list[LaneMinute]:
        """Of both lanes, those that begin then."""
        return History(self.store).lanes(*KEY, None, T0 + from_s, T0 + to_s)

    def hours(self) -> list[LaneHour]:
        """Of both lanes."""
        return History(self.store).lane_hours(*KEY, None, T0, T0 + RUN_S)


AtOnce = Callable[..., Run]


@pytest.fixture(scope="module")
def at_once(tmp_path_factory: pytest.TempPathFactory) -> AtOnce:
    """The run in which each of some reports comes at once."""
    runs: dict[object, Run] = {}

    def of(reports: Iterable[NodeReport], slice_s: int = 60) -> Run:
        distinct = {(each.node, each.boot, each.seq): each for each in reports}
        key = (slice_s, frozenset(distinct))
        if key not in runs:
            folder = tmp_path_factory.mktemp("at_once")
            runs[key] = Run(configured(folder, slice_s), Store(f"sqlite:///{folder}/at_once.db"))
            runs[key].store.upgrade()
            runs[key].play(prompt(distinct.values()))
        return runs[key]

    return of


N1, N2 = told("n1", 0, RUN_S), told("n2", 0, RUN_S)
ONLINE, BACKLOG, BACK = told("n1", 0, 1245), told("n1", 1245, 4815), told("n1", 4815, RUN_S)
HOUR_OFF = [*prompt(ONLINE), *prompt(BACK)]
REBOOTED = told("n1", 4815, RUN_S, "b", 4815)
CASES: dict[str, list[Sent]] = {
    "an hour in one burst": [*HOUR_OFF, *paced(BACKLOG, 4818)],
    "slowly, behind the live rows": [*HOUR_OFF, *paced(BACKLOG, 4818, 4.0)],
    "newest first": [*HOUR_OFF, *paced(BACKLOG[::-1], 4818)],
    "sent twice": [*HOUR_OFF, *paced(BACKLOG, 4818), *paced(BACKLOG, 4990)],
    "in two parts, minutes apart": [
        *HOUR_OFF,
        *paced(BACKLOG[100:], 4818),
        *paced(BACKLOG[:100], 5300),
    ],
    "some of it was dropped": [*HOUR_OFF, *paced(BACKLOG[:40] + BACKLOG[140:], 4818)],
    "only a part is late": [*HOUR_OFF, *prompt(BACKLOG[:160]), *paced(BACKLOG[160:], 4818)],
    "the node was started anew meanwhile": [
        *prompt(ONLINE),
        *paced(BACKLOG, 4830),
        *prompt(REBOOTED),
    ],
    "each row 15 s late": [(at_s + 15, each) for at_s, each in prompt(N1)],
    "nothing is late": prompt(N1),
}


@pytest.mark.slow
@pytest.mark.parametrize("case", CASES)
def test_what_came_late_counts_as_if_it_had_come_at_once(
    case: str, config: CentralConfig, store: Store, at_once: AtOnce
) -> None:
    run = Run(config, store)
    run.play([*CASES[case], *prompt(N2)])
    same = at_once([*(each for _, each in CASES[case]), *N2])
    assert run.minutes() == same.minutes()
    assert run.hours() == same.hours()


def test_both_nodes_late_in_short_slices(store: Store, at_once: AtOnce, tmp_path: Path) -> None:
    config = configured(tmp_path, 30)
    run = Run(config, store)
    run.play(
        [*HOUR_OFF, *paced(BACKLOG, 4818), *prompt(N2[:200]), *paced(N2[200:300], 5200), *prompt(N2[300:])]
    )
    assert run.minutes() == at_once([*N1, *N2], 30).minutes()


def test_without_it_the_hour_stays_missing(config: CentralConfig, store: Store) -> None:
    run = Run(config, store, completes=False)
    run.play([*CASES["an hour in one burst"], *prompt(N2)])
    assert [row.missing for row in run.minutes(1260, 4740) if row.lane == "b1"] == [True] * 58


@pytest.mark.parametrize("restarts_s", [4830.0, 4860.0])
def test_a_restart_in_between_forgets_nothing(
    restarts_s: float, config: CentralConfig, store: Store, at_once: AtOnce
) -> None:
    run = Run(config, store)
    run.play([*HOUR_OFF, *paced(BACKLOG, 4818), *prompt(N2)], restarts_s)
    assert run.minutes() == at_once([*N1, *N2]).minutes()


LATER_S = 4830 + REPLAY_S + 7200


@pytest.mark.parametrize("completes", [True, False])
def test_what_came_just_before_a_stop_longer_than_any_replay(
    completes: bool, config: CentralConfig, store: Store, at_once: AtOnce
) -> None:
    """Without the mark the burst would stay raw for ever: no replay reaches back to it."""
    run = Run(config, store, completes)
    later = told("n2", int(LATER_S), int(LATER_S) + 60, "b", int(LATER_S))
    sent = [*prompt(ONLINE), *paced(BACKLOG, 4818), *prompt(N2[:320]), *prompt(later)]
    run.play(sent, LATER_S, down_s=LATER_S - 4830)
    same = at_once([*ONLINE, *BACKLOG, *N2[:320]]).minutes(120, 4740)
    assert (run.minutes(120, 4740) == same) == completes


def test_minutes_in_which_central_was_down_are_there_later(
    config: CentralConfig, store: Store, at_once: AtOnce
) -> None:
    run = Run(config, store)
    run.play(prompt([*N1, *N2]), 3990.0, down_s=990.0)
    assert run.minutes() == at_once([*N1, *N2]).minutes()


def test_what_is_no_longer_stored_leaves_history_as_it_was(config: CentralConfig, store: Store) -> None:
    run = Run(config, store)
    run.play([*HOUR_OFF, *prompt(N2)])
    before, hours = run.minutes(), run.hours()
    for _ in tidy(store, Keep(0.0), T0 + 4500.0):
        pass
    store.add([Incoming.of(T0 + 7000.0, each, encode(each)) for each in BACKLOG[:67]])
    complete(config, store, LateRange(*KEY, T0 + 1200, T0 + 2400, (Span("n1", "a", 1, 10_000),)))
    after = run.minutes()
    assert [row for row in after if row.lane == "b2"] == [row for row in before if row.lane == "b2"]
    found = [row for row in after if row.lane == "b1" and 1320 <= row.start_s - T0 < 2220]
    assert [row.missing for row in found] == [False] * 15
    assert [row.seen for row in run.hours()] == [hours[0].seen + 17, hours[1].seen]


def noted(*ends_s: float, received_s: float = 0.0) -> LateNotes:
    """Notes of reports of a second each that ended then."""
    notes = LateNotes(*KEY, 60)
    for seq, end_s in enumerate(ends_s, 1):
        notes.note(report(seq), (end_s - 1, end_s), received_s)
    return notes


@pytest.mark.parametrize(
    ("case", "ends_s", "ranges"),
    [
        ("one minute, and the one behind", [30], [(0, 120)]),
        ("over the edge of a minute", [60.5], [(0, 180)]),
        ("two apart", [30, 630], [(0, 120), (600, 720)]),
        ("ten minutes at once at most", [60 * n + 30 for n in range(12)], [(0, 660), (600, 780)]),
        ("the newest still wait for the minutes behind", [30, 880], [(0, 120)]),
        ("older than any node keeps", [-30 - OLDEST_S], []),
    ],
)
def test_ranges(case: str, ends_s: list[float], ranges: list[tuple[float, float]]) -> None:
    notes = noted(*ends_s)
    assert [(each.from_s, each.to_s) for each in notes.take(QUIET_S, 1000.0)] == ranges
    assert notes.take(QUIET_S, 1000.0) == []


def test_a_backlog_that_goes_on_is_waited_for_ten_minutes_at_most() -> None:
    notes = noted(30)
    due = []
    for at_s in range(0, 700, 10):
        notes.note(report(2), (30, 31), float(at_s))
        due += [at_s for _ in notes.take(float(at_s), 1e6)]
    assert due == [600]


def test_the_thread_completes_what_it_is_asked_to(config: CentralConfig, tmp_path: Path) -> None:
    store = Store(f"sqlite:///{tmp_path}/lanewatch.db")
    completer = Completer(config, store, lambda: NO_ORDERS)
    completer.start()
    completer.ask([LateRange(*KEY, T0, T0 + 600, ())], T0 + MARGIN_S)  # no tables yet: it is tried again
    store.upgrade()
    store.add([Incoming.of(T0 + LATE_S * 90, each, encode(each)) for each in N1[:80]])
    completer.ask([LateRange(*KEY, T0, T0 + 600, (Span("n1", "a", 1, 40),))], T0 + MARGIN_S + 60)
    assert until(lambda: len(History(store).lanes(*KEY, "b1", T0, T0 + 600)) == 10)
    assert until(lambda: store.marks("late") == {"": T0 + 60})
    completer.stop(5.0)
