"""What happens to nodes and cameras: kept once, told in pages and on the desk, gone with the minutes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from dashboard.board import BoardHolder
from dashboard.ingest.judge import judge
from dashboard.store.events import NodeEvent
from dashboard.store.retention import Keep, tidy
from dashboard.store.store import Store
from dashboard.web.app import make_app
from dashboard.web.desk.happened import event_words
from dashboard.web.desk.words import TONGUES
from edge.messages import Event, NodeReport, encode, utc_ms
from tests.dashboard import desk_boards as boards
from tests.dashboard.asgi import Asker
from tests.dashboard.feed_cases import CONFIG, EMPTY, NOW_S
from tests.dashboard.nodes import report

NAMED = {("testport", "n1"): frozenset({"b1"})}
TOPIC = "lanes/v1/testport/n1/event"


def event(seq: int = 7, **changes: object) -> NodeReport:
    told = Event(type="camera_lost", camera="c1", detail="no picture for 10 s")
    fields = {"kind": "event", "lanes": None, "event": told, "end": utc_ms(1000.5)}
    return report(seq, **(fields | changes))


@pytest.mark.parametrize(
    ("case", "changes", "at_s"),
    [
        ("by the node's clock", {}, 1000.5),
        ("less what it is off", {"clock_offset_s": 2.0}, 998.5),
        (
            "without a synchronised clock, with a known offset",
            {"synced": False, "clock_offset_s": -3.0},
            1003.5,
        ),
        ("without either, as it came", {"synced": False}, 5000.0),
    ],
)
def test_when_it_happened(case: str, changes: dict[str, object], at_s: float) -> None:
    found = judge(TOPIC, encode(event(**changes)), 5000.0, NAMED).event
    assert found == NodeEvent(
        "testport", "n1", "boot-a", 7, at_s, "camera_lost", "c1", None, '"no picture for 10 s"'
    )


def test_a_report_of_lanes_is_no_event_and_a_stranger_s_is_not_kept() -> None:
    assert judge("lanes/v1/testport/n1/report", encode(report(1)), 1.0, NAMED).event is None
    assert judge("lanes/v1/testport/n9/event", encode(event(node="n9")), 1.0, NAMED).event is None


def test_texts_are_cut_and_hold_no_control_characters() -> None:
    told = Event(type="x" * 90 + "\n", camera="c\x1b[31m", detail={"why": "y" * 900})
    found = judge(TOPIC, encode(event(event=told)), 1.0, NAMED).event
    assert found is not None
    assert (len(found.kind), found.camera, len(found.detail or "")) == (64, "c?[31m", 300)


def test_an_event_that_comes_twice_is_one(store: Store) -> None:
    verdict = judge(TOPIC, encode(event()), 5000.0, NAMED)
    assert verdict.report is not None
    assert verdict.event is not None
    for _ in range(2):
        store.add([verdict.report], (), [verdict.event])
    assert [one for _, one in store.events("testport", None, 10)] == [verdict.event]


def test_pages_stretches_and_nodes(store: Store) -> None:
    store.add((), (), [NodeEvent("p", f"n{n % 2}", "b", n, 100.0 * n, "started") for n in range(1, 7)])

    def seqs(**asked: object) -> list[int]:
        return [one.seq for _, one in store.events("p", **({"before": None, "limit": 10} | asked))]  # type: ignore[arg-type]

    assert seqs() == [6, 5, 4, 3, 2, 1]
    assert seqs(limit=2) == [6, 5]
    (_, (last, _)) = store.events("p", None, 2)
    assert seqs(before=last, limit=2) == [4, 3]
    assert seqs(from_s=200.0, to_s=400.0) == [3, 2]
    assert seqs(nodes=["n1"]) == [5, 3, 1]
    assert seqs(nodes=[]) == []
    assert store.events("q", None, 10) == []


def test_they_go_when_minutes_go(store: Store) -> None:
    store.add((), (), [NodeEvent("p", "n1", "b", n, 1000.0 * n, "started") for n in range(1, 5)])
    list(tidy(store, Keep(raw_s=1e9), 4000.0))
    assert len(store.events("p", None, 10)) == 4
    list(tidy(store, Keep(raw_s=1e9, minutes_s=1500.0), 4000.0))
    assert [one.seq for _, one in store.events("p", None, 10)] == [4, 3]


def test_the_api_tells_them_in_pages(tmp_path: Path) -> None:
    store = Store(f"sqlite:///{tmp_path}/lanewatch.db")
    store.upgrade()
    cut = json.dumps({"why": "z" * 400})[:300]
    store.add((), (), [NodeEvent("ambassador", "n1", "b", 1, NOW_S, "camera_lost", "c1", None, '{"a": 1}')])
    store.add((), (), [NodeEvent("ambassador", "n1", "b", 2, NOW_S + 1, "odd", None, None, cut)])
    asker = Asker(make_app(BoardHolder(EMPTY), CONFIG, lambda: NOW_S, store=store))
    path = "/api/v1/ports/ambassador/events"
    newest = asker.get(f"{path}?limit=1").json()
    assert newest["events"][0]["detail"] == cut
    older = asker.get(f"{path}?limit=1&before={newest['before']}").json()
    assert older["events"] == [
        {
            "id": 1,
            "at": "2026-11-25T15:14:30Z",
            "node": "n1",
            "type": "camera_lost",
            "camera": "c1",
            "lane": None,
            "detail": {"a": 1},
        }
    ]
    assert asker.get("/api/v1/ports/nowhere/events").status_code == 404
    assert asker.get(f"{path}?from=2026-11-26T00:00:00Z&to=2026-11-25T00:00:00Z").status_code == 422
    store.close()


@pytest.mark.parametrize(
    ("language", "path", "says"),
    [
        ("en", "/manager/ports/ambassador/history", ["Camera c1: covered", "The node lost its connection"]),
        (
            "fr",
            "/fr/manager/ports/ambassador/history",
            ["Caméra c1\u202f: obstruée", "Le nœud a perdu sa connexion", "ne donne plus d’images"],
        ),
    ],
)
def test_the_history_of_a_stream_tells_them_beside_the_orders(
    language: str, path: str, says: list[str], tmp_path: Path
) -> None:
    served = boards.desk(boards.LIVE, tmp_path, days=1, ordered=True)
    page = Asker(served.make(served.holder, served.now)).get(path).text
    assert all(words in page for words in says)
    assert "m.tremblay" in page
    other = Asker(served.make(served.holder, served.now)).get(f"{path}?direction=canada_bound").text
    assert says[0] not in other, "of the nodes of its own direction only"


@pytest.mark.parametrize("language", ["en", "fr"])
def test_a_kind_without_words_is_told_by_its_name(language: str) -> None:
    told = NodeEvent("p", "n1", "b", 1, 1.0, "lens_fogged", "c1")
    assert "lens fogged" in event_words(TONGUES[language], told)  # type: ignore[index]
