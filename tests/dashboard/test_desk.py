"""The desk's page of now as HTML and as values: who may see it, what each state says, strips to scale."""

from __future__ import annotations

import json
import re
import subprocess
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard import zones
from dashboard.board import Board, BoardHolder
from dashboard.web.app import make_app
from dashboard.web.desk.catalogue import WORDS
from dashboard.web.desk.routes import offsets
from dashboard.web.desk.strip import Scale, drawing, scale_of
from dashboard.web.desk.words import TONGUES
from tests.conftest import REPOSITORY, program
from tests.dashboard import desk_boards as boards
from tests.dashboard.asgi import Asker
from tests.dashboard.boards import FAST, at_least, measured
from tests.dashboard.feed_cases import EMPTY

STATIC = REPOSITORY / "dashboard" / "web" / "static" / "desk"
EN, FR = TONGUES["en"], TONGUES["fr"]


def page(board: Board, path: str = "/manager", now_s: float = boards.NOW_S) -> str:
    return Asker(make_app(BoardHolder(board), boards.ONE, lambda: now_s)).get(path).text


def card(html: str, name: str) -> str:
    found = re.search(rf'<li class="[^>]*id="ambassador-{name}".*?</li>', html, re.S)
    assert found
    return " ".join(re.sub(r"<[^>]+>", " ", found[0]).split()).replace("\u00a0", " ")


@pytest.mark.parametrize(
    ("lane", "words"),
    [
        (
            "a1",
            [
                "FAST 12 min (8 to 16)",
                "3 in view, 2 stopped",
                "queue 41 m",
                "vehicle at the booth",
                "2 s ago",
            ],
        ),
        ("a3", ["Standard ≥ 45 min", "queue ≥ 120 m: it goes on beyond the view"]),
        ("a6", ["NEXUS", "no queue", "booth empty"]),
        ("au", ["approach", "FAST 12 min (8 to 16)", "Standard ≥ 45 min"]),
    ],
)
def test_what_a_lane_says(lane: str, words: list[str]) -> None:
    said = card(page(boards.LIVE), f"lane-{lane}")
    assert [word for word in words if word not in said] == []


@pytest.mark.parametrize(
    ("stopped", "length_m", "why", "words"),
    [
        (0, None, "vehicle hidden", "queue: its last vehicle is hidden"),
        (1, None, "vehicle hidden", "queue: its last vehicle is hidden"),
        (0, None, "near end out of sight", "queue: where it begins is out of sight"),
        (0, None, "near end hidden", "queue: where it begins is hidden"),
        (0, None, None, "no queue"),
        (0, 0.0, None, "no queue"),
    ],
)
def test_no_queue_is_said_only_where_that_is_known(
    stopped: int, length_m: float | None, why: str | None, words: str
) -> None:
    first, *rest = boards.LIVE.directions
    lanes = (boards.lane("a1", FAST, 2, stopped, length_m, why=why), *first.lanes[1:])
    board = replace(boards.LIVE, directions=(replace(first, lanes=lanes), *rest))
    assert words in card(page(board), "lane-a1")


def test_a_lanes_wait_dies_with_its_figure() -> None:
    said = card(page(boards.LIVE, now_s=boards.NOW_S + 1500), "lane-a1")
    assert "12 min" not in said


@pytest.mark.parametrize(
    ("case", "board", "told"),
    [("no node yet", EMPTY, True), ("lanes report", boards.LIVE, False), ("they did", boards.UNKNOWN, False)],
)
def test_the_first_day_says_what_to_do(case: str, board: Board, told: bool) -> None:
    assert ("lanewatch-port enrol" in page(board)) is told


@pytest.mark.parametrize(
    ("stream", "words"),
    [
        (
            "us_bound-commercial-fast",
            ["12 min", "Measured, 8 to 16 min", "20 s ago", "2 of 2", "24 min (12 to 36)"],
        ),
        (
            "us_bound-commercial-standard",
            ["≥ 45 min", "At least, upper end not known", "≥ 6 vehicles, 132 m"],
        ),
        ("us_bound-passenger-nexus", ["Closed", "According to the lane sign."]),
        ("canada_bound-commercial-fast", ["5 min", "FAST saves 17 min (12 to 21)"]),
    ],
)
def test_what_a_card_says(stream: str, words: list[str]) -> None:
    said = card(page(boards.LIVE), stream).replace("\u00a0", " ")
    assert [word for word in words if word not in said] == []


@pytest.mark.parametrize(
    ("path", "unknown", "bound", "why"),
    [
        ("/manager", "Unknown", "At least", "The queue is longer than the cameras see."),
        ("/fr/manager", "Inconnue", "Au moins", "La file dépasse le champ des caméras."),
    ],
)
@pytest.mark.parametrize("page_of", ["", "/ports/ambassador/outlook", "/wall?port=ambassador"])
def test_a_lower_bound_of_nothing_is_unknown_and_no_unfinished_sentence(
    page_of: str, path: str, unknown: str, bound: str, why: str
) -> None:
    beyond = replace(at_least(FAST, 0), reason="the queue goes beyond the view")
    board = Board(boards.NOW_S, boards.board_of("ambassador", (beyond,), ()))
    html = page(board, path.split("/manager")[0] + "/manager" + page_of)
    said = " ".join(re.sub(r"<[^>]+>", " ", html).split()).replace("\u00a0", " ")
    assert unknown in said
    assert bound not in said
    assert "≥ 0" not in said
    if not page_of:
        assert why in card(html, "us_bound-commercial-fast")


@pytest.mark.parametrize(
    ("path", "figure", "span"),
    [
        ("/manager/wall", "No wait", "up to 2 min"),
        ("/fr/manager/wall", "Aucune attente", "jusqu’à 2 min"),
        ("/manager", "No wait", "up to 2 min"),
    ],
)
def test_that_nobody_waits_is_told_with_its_range(path: str, figure: str, span: str) -> None:
    told = (measured(FAST, 0, 0, 2),)
    html = page(Board(boards.NOW_S, boards.board_of("ambassador", told, ())), path).replace("\u00a0", " ")
    assert figure in html
    assert span in html


@pytest.mark.parametrize("path", ["/manager", "/fr/manager"])
@pytest.mark.parametrize("board", [EMPTY, boards.UNKNOWN])
def test_what_is_unknown_is_no_figure(board: Board, path: str) -> None:
    html = page(board, path)
    assert '<p class="figure"><b>Unknown</b>' in html or '<p class="figure"><b>Inconnue</b>' in html
    assert not re.search(r'<p class="figure"><b>[\d≥]', html)
    assert '<rect class="stopped"' not in html


def test_old_figures_are_withdrawn_and_lanes_say_that_they_are_too_old() -> None:
    html = page(boards.LIVE, now_s=boards.NOW_S + 1500)
    assert "last measured" in card(html, "us_bound-commercial-fast")
    assert "too old to show" in html
    assert '<rect class="stopped"' not in html


@pytest.mark.parametrize("path", ["/manager", "/fr/manager"])
def test_no_page_says_zero_minutes(path: str) -> None:
    for board in (EMPTY, boards.LIVE, boards.UNKNOWN):
        html = page(board, path).replace("\u00a0", " ").replace("\u202f", " ")
        assert not any(word in html for word in ("No delay", "Aucun délai"))
        assert not re.search(r"(?<![\d:,.])0 min", html)


@pytest.mark.parametrize(
    ("case", "asker", "headers", "status"),
    [
        ("this machine", {}, {}, 200),
        ("another machine", {"client": "192.0.2.7"}, {}, 403),
        ("a proxy on this machine", {}, {"X-Forwarded-For": "192.0.2.7"}, 403),
    ],
)
def test_the_desk_is_not_for_everybody(
    case: str, asker: dict[str, str], headers: dict[str, str], status: int
) -> None:
    app = make_app(BoardHolder(EMPTY), boards.ONE, lambda: boards.NOW_S)
    for path in ("/manager", "/fr/manager", "/manager/ports/ambassador"):
        assert Asker(app, **asker).get(path, headers).status_code == status


def test_a_port_that_is_not_there_is_a_problem_with_the_fix() -> None:
    reply = Asker(make_app(BoardHolder(EMPTY), boards.ONE, lambda: boards.NOW_S)).get(
        "/manager/ports/nowhere"
    )
    assert reply.status_code == 404
    assert "ambassador" in reply.json()["detail"]


@pytest.mark.parametrize("key", sorted(WORDS))
def test_both_languages_say_the_same_things(key: str) -> None:
    english, french = WORDS[key]
    braces = [sorted(re.findall(r"{(\w+)}", text)) for text in (english, french)]
    assert braces[0] == braces[1]
    assert not re.search(r"(?<!~)[;!?»]|(?<![~\w])«(?!~)|(?<![~\d]):(?!\w|//|$)|«(?!~)", french), french
    assert "'" not in english + french, "a typographic apostrophe"


@pytest.mark.parametrize(
    ("case", "seconds", "english", "french"),
    [
        ("this second", 0.4, "now", "à l’instant"),
        ("a clock ahead of ours", -3.0, "now", "à l’instant"),
        ("seconds", 20.9, "20 s ago", "il y a 20 s"),
        ("up to ninety seconds", 90.0, "90 s ago", "il y a 90 s"),
        ("minutes", 150.0, "2 min ago", "il y a 2 min"),
        ("hours", 7200.0, "2 h ago", "il y a 2 h"),
        ("days", 3 * 86400.0, "3 days ago", "il y a 3 jours"),
    ],
)
def test_ages(case: str, seconds: float, english: str, french: str) -> None:
    assert EN.age(seconds).replace("\u00a0", " ") == english
    assert FR.age(seconds).replace("\u00a0", " ") == french


@pytest.mark.parametrize(
    ("seconds", "english", "french"),
    [
        (20, "under 1 min", "moins de 1 min"),
        (25 * 60, "25 min", "25 min"),
        (119 * 60, "119 min", "119 min"),
        (3 * 3600, "3 h", "3 h"),
        (1433 * 60, "23 h 53 min", "23 h 53 min"),
        (52 * 3600, "2 d 4 h", "2 j 4 h"),
    ],
)
def test_how_long_a_gap_was(seconds: float, english: str, french: str) -> None:
    assert EN.lasting(seconds).replace("\u00a0", " ") == english
    assert FR.lasting(seconds).replace("\u00a0", " ") == french


@pytest.mark.parametrize(
    ("value", "digits", "english", "french"),
    [(1234.56, 1, "1,234.6", "1 234,6"), (None, 0, "–", "–"), (7.0, 0, "7", "7")],
)
def test_numbers(value: float | None, digits: int, english: str, french: str) -> None:
    assert EN.number(value, digits) == english
    assert FR.number(value, digits).replace("\u00a0", " ") == french


@given(
    view_m=st.floats(10, 400),
    in_view=st.integers(0, 80),
    stopped=st.integers(0, 80),
    length_m=st.none() | st.floats(0, 500),
    at_least=st.booleans(),
)
def test_a_strip_stays_on_its_road(
    view_m: float, in_view: int, stopped: int, length_m: float | None, at_least: bool
) -> None:
    scale = scale_of([max(view_m, length_m or 0.0)])
    made = drawing(
        scale,
        view_m=view_m,
        in_view=in_view,
        stopped=stopped,
        length_m=length_m,
        at_least=at_least,
        pitch_m=21.0,
    )
    assert all(0 <= mark.x <= 100 and mark.width > 0 and mark.x + mark.width <= 101 for mark in made.marks)
    starts = [mark.x for mark in made.marks]
    assert starts == sorted(starts)
    standing = [mark for mark in made.marks if mark.state == "stopped"]
    if standing and made.queue_end:
        assert standing[-1].x + standing[-1].width <= made.queue_end + 0.5


@pytest.mark.parametrize(
    ("length_m", "metres"),
    [(120.0, [0, 20, 40, 60, 80, 100, 120]), (400.0, [0, 50, 100, 150, 200, 250, 300, 350, 400])],
)
def test_the_axis_has_round_metres(length_m: float, metres: list[int]) -> None:
    assert [metre for _, metre in Scale(length_m).ticks()] == metres


def test_offsets_know_the_change_of_clocks() -> None:
    # New York leaves summer time on 1 November 2026 at 06:00 UTC.
    found = offsets("America/New_York", 1_793_500_000.0)
    assert [offset_s / 3600 for _, offset_s in found] == [-4, -5]
    assert zones.local(found[1][0], "America/New_York").isoformat() == "2026-11-01T01:00:00-05:00"


@pytest.mark.parametrize(
    ("case", "clock", "now", "instant"),
    [
        ("later today", "14:00", "2026-10-30T15:00:00Z", "2026-10-30T18:00:00.000Z"),
        ("past, so tomorrow", "09:00", "2026-10-30T15:00:00Z", "2026-10-31T13:00:00.000Z"),
        ("after the change of clocks", "09:00", "2026-10-31T20:00:00Z", "2026-11-01T14:00:00.000Z"),
    ],
)
def test_the_clock_of_the_staffing_form_is_the_ports(case: str, clock: str, now: str, instant: str) -> None:
    node = program("node")
    now_s = datetime.fromisoformat(now).timestamp()
    zone = json.dumps(offsets("America/New_York", now_s))
    source = (STATIC / "instant.js").read_text()
    script = f"{source}\nconsole.log(instant({clock!r}, {zone}, {now_s * 1000}))"
    command = [node, "--input-type=module", "--eval", script]
    assert subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip() == instant


def test_scripts_are_small_and_ask_nobody_else() -> None:
    scripts = [file.read_text() for file in Path(STATIC).glob("*.js")]
    assert sum(map(len, scripts)) < 60_000
    assert not any("http://" in text or "https://" in text for text in scripts)
