"""Travel times outlive a restart, tokens do not: a replay gives the same minutes and the same waits."""

from __future__ import annotations

from pathlib import Path

from dashboard.central import Central
from dashboard.config import load_central
from dashboard.minutes import LaneMinute, Match
from dashboard.plates.matching import Found
from dashboard.plates.travels import Told, Travels
from dashboard.store.store import Store, StoredReport
from edge.messages import encode
from tests.dashboard.nodes import report
from tests.dashboard.plates.test_matching import NOW_S, PORT

MATCHES = [Match(NOW_S + 7, "b1", "u1", 200.0), Match(NOW_S + 70, "b1", "u1", 300.0)]


def central(folder: Path) -> Central:
    file = folder / "port.yaml"
    file.write_text(PORT.format(plates="true", broker=1).replace("slice_s: 5", "slice_s: 60"))
    return Central(load_central(file))


def play(one: Central, matches_at: int | None = None) -> list[LaneMinute]:
    """Three minutes of reports; live, the matches come while they play."""
    for seq in range(1, 185):
        if seq == matches_at:
            one.match(Found("testport", "us_bound", match) for match in MATCHES)
        for node, lane in (("n1", "b1"), ("n2", "u1")):
            one.take([StoredReport(seq, NOW_S + seq, encode(report(seq, node=node, lane=lane)))])
    one.estimate(NOW_S + 184)
    return [row for _, _, rows in one.finished_minutes() for row in rows]


def test_a_replay_tells_the_engine_the_same(tmp_path: Path, store_url: str) -> None:
    store = Store(store_url)
    store.upgrade()
    live = central(tmp_path)
    minutes = play(live, matches_at=75)  # the first comes after its minute was closed: it is told in the next
    Travels(store).add(live.new_travels())
    assert [row.matches for row in minutes if row.lane == "b1" and row.start_s == NOW_S + 60] == [
        tuple(MATCHES)
    ]
    again = central(tmp_path)
    again.recall(Travels(store).since(NOW_S))
    assert play(again) == minutes
    states = [one.board(NOW_S + 184, lambda port, node: None, 0, None).directions for one in (live, again)]
    assert states[0][0].streams == states[1][0].streams
    assert again.new_travels() == []
    store.close()


def test_a_travel_time_is_kept_once_and_goes_with_its_time(tmp_path: Path, store_url: str) -> None:
    store = Store(store_url)
    store.upgrade()
    travels = Travels(store)
    told = [Told("testport", "us_bound", NOW_S + 60 * n, match) for n, match in enumerate(MATCHES)]
    travels.add(told)
    travels.add(told)
    assert travels.since(0) == told
    travels.forget_before(NOW_S + 1)
    assert travels.since(0) == told[1:]
    store.close()
