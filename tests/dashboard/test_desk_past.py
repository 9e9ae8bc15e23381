"""The desk's past: chart columns that break at gaps, gaps with reasons, hours of the week, CSV."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from dashboard.board import BoardHolder
from dashboard.history import StreamHour, StreamMinute
from dashboard.store.history import History
from dashboard.store.store import Store
from dashboard.web.app import make_app
from dashboard.web.desk import past
from tests.dashboard import desk_boards as boards
from tests.dashboard.asgi import Asker

T = 1_795_600_020.0


def minute(
    n: int, state: str = "measured", wait_min: float | None = 10, reason: str | None = None
) -> StreamMinute:
    """The `n`th minute from T."""
    wait_s = None if wait_min is None or state in ("unknown", "closed") else 60 * wait_min
    whole = wait_s if state == "measured" else None
    return StreamMinute(
        port="ambassador",
        direction=boards.US,
        stream=boards.FAST,
        start_s=T + 60 * n,
        state=state,  # type: ignore[arg-type]
        reason=reason,
        wait_s=whole,
        low_s=wait_s,
        high_s=whole,
        basis=("queue", "balance") if wait_s else (),
        actual_s=None,
        actual_n=None,
        queue_vehicles=None,
        queue_m=None,
        at_least=None,
        lanes_open=None,
    )


@pytest.mark.parametrize(
    ("case", "rows", "wait", "least"),
    [
        ("measured", [minute(0), minute(1, wait_min=12)], [10, 12], [None, None]),
        (
            "an unknown minute breaks the line",
            [minute(0), minute(1, "unknown"), minute(2)],
            [10, None, 10],
            [None] * 3,
        ),
        ("a minute that is not there breaks it too", [minute(0), minute(2)], [10, None, 10], [None] * 3),
        ("a lower bound is no wait", [minute(0, "at_least", 45)], [None], [45]),
        ("closed is no wait", [minute(0, "closed")], [None], [None]),
    ],
)
def test_what_the_chart_draws(case: str, rows: list[StreamMinute], wait: list[Any], least: list[Any]) -> None:
    columns = past.minute_columns(rows)
    assert (columns["wait"], columns["least"]) == (wait, least)
    assert len({len(column) for column in columns.values()}) == 1


UNKNOWN = [minute(n, "unknown", reason="not measured lately") for n in range(3, 9)]


@pytest.mark.parametrize(
    ("case", "rows", "found"),
    [
        ("all is known", [minute(n) for n in range(12)], []),
        ("closed is known", [minute(n, "closed") for n in range(12)], []),
        (
            "six unknown minutes, with their reason",
            [*(minute(n) for n in range(3)), *UNKNOWN, *(minute(n) for n in range(9, 12))],
            [(3, 9, "not measured lately")],
        ),
        ("four are no gap", [minute(n) for n in (*range(4), *range(8, 12))], []),
        ("minutes that were never stored", [minute(n) for n in range(5)], [(5, 12, None)]),
        ("nothing at all", [], [(0, 12, None)]),
    ],
)
def test_gaps(case: str, rows: list[StreamMinute], found: list[tuple[int, int, str | None]]) -> None:
    gaps = past.gaps(rows, T, T + 720)
    assert [((gap.start_s - T) / 60, (gap.end_s - T) / 60, gap.reason) for gap in gaps] == found


def test_the_summary_of_nothing_has_no_figures() -> None:
    assert past.summary([], 60) == past.Summary(60, 0, 0, 0, None, None, None, None)


def test_the_summary_counts_minutes_by_what_they_say() -> None:
    rows = [
        minute(0),
        minute(1, wait_min=30),
        minute(2, "at_least", 45),
        minute(3, "closed"),
        minute(4, "unknown"),
    ]
    found = past.summary(rows, 60)
    assert (found.minutes, found.known, found.closed, found.at_least) == (60, 4, 1, 1)
    assert (found.mean_s, found.p90_s, found.most_s) == (1200, 1800, 1800)


def hour(start_s: float, wait_min: float | None, measured: int = 60) -> StreamHour:
    wait_s = None if wait_min is None else 60 * wait_min
    none = (None,) * 3
    return StreamHour("p", "d", "s", start_s, 60, measured, 0, 0, wait_s, wait_s, wait_s, *none, None)


@pytest.mark.parametrize(
    ("case", "in_ten_minutes", "served"),
    [
        ("nobody is known to have reached a booth", [None] * 30, None),
        ("the first minutes of a port", [1, 2], 2),
        ("one a minute for an hour", [*range(1, 11), *[10] * 50], 56),
        ("one, seen in ten minutes' windows", [None] * 5 + [1] * 10 + [None] * 5, 1),
    ],
)
def test_who_was_served(case: str, in_ten_minutes: list[int | None], served: int | None) -> None:
    rows = [replace(minute(n), actual_n=reached) for n, reached in enumerate(in_ten_minutes)]
    assert past.summary(rows, 60).served == served, case


def test_hours_of_the_week_are_local_and_weighted_by_minutes_measured() -> None:
    monday_9_est = 1_795_442_400.0  # 2026-11-23 14:00 UTC
    rows = [
        hour(monday_9_est, 10, 60),
        hour(monday_9_est + 7 * 86400, 40, 30),
        hour(monday_9_est + 3600, None, 0),
    ]
    cells = past.heat(rows, "America/Detroit")
    assert (cells[0][9].mean_s, cells[0][9].hours, cells[0][9].step) == (1200, 2, 2)
    assert cells[0][10] == past.HeatCell(None, 0)
    assert sum(cell.hours for day in cells for cell in day) == 2


@pytest.fixture
def desk(tmp_path: Path) -> Asker:
    """The desk with ten minutes of FAST, the last at NOW_S."""
    store = Store(f"sqlite:///{tmp_path}/past.db")
    store.upgrade()
    history = History(store)
    end_s = boards.NOW_S // 60 * 60
    rows = [replace(minute(0), start_s=end_s - 60 * n) for n in range(1, 10)]
    history.add([*rows, replace(minute(0, "unknown", reason="held"), start_s=end_s - 600)])
    app = make_app(BoardHolder(boards.LIVE), boards.ONE, lambda: boards.NOW_S, None, None, history)
    return Asker(app)


def test_the_csv_holds_every_minute_and_leaves_out_what_was_not_measured(desk: Asker) -> None:
    path = f"/manager/ports/ambassador/history.csv?direction={boards.US}&stream={boards.FAST}&period=6h"
    reply = desk.get(path)
    assert reply.headers["content-type"] == "text/csv; charset=utf-8"
    rows = list(csv.DictReader(io.StringIO(reply.text)))
    assert len(rows) == 10
    assert rows[0]["start"] == "2026-11-25T15:04:00Z"
    assert (rows[0]["state"], rows[0]["wait_s"]) == ("unknown", "")
    assert (rows[1]["state"], rows[1]["wait_s"], rows[1]["basis"]) == ("measured", "600.0", "queue|balance")


@pytest.mark.parametrize(
    "query", ["", "?direction=nowhere&stream=x&period=1y", "?period=28d", "?stream=passenger/nexus"]
)
@pytest.mark.parametrize("root", ["", "/fr"])
def test_the_page_answers_whatever_is_asked(query: str, root: str, desk: Asker) -> None:
    reply = desk.get(f"{root}/manager/ports/ambassador/history{query}")
    assert reply.status_code == 200
    text = reply.text.replace("\u00a0", " ")
    assert not re.search(r"(?<![\d:,.])0 min(?!utes)", text)


def test_in_the_other_language_the_same_is_chosen(desk: Asker) -> None:
    query = f"?direction={boards.US}&stream=passenger%2Fnexus&period=28d"
    reply = desk.get(f"/manager/ports/ambassador/history{query}")
    other = f"/fr/manager/ports/ambassador/history{query}"
    assert reply.text.replace("&amp;", "&").count(f'href="{other}"') == 2
    assert 'aria-current="true">28 jours' in desk.get(other).text.replace("\u00a0", " ")


def test_without_a_store_the_page_says_so() -> None:
    app = make_app(BoardHolder(boards.LIVE), boards.ONE, lambda: boards.NOW_S)
    assert "Not available yet." in Asker(app).get("/manager/ports/ambassador/history").text
