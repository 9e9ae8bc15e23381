"""Service standards, accuracy kept apart by proof, pooled inspection, FAST's gain."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from dashboard.history import StreamHour, StreamMinute
from dashboard.minutes import LaneMinute
from dashboard.web.desk import measures
from dashboard.web.desk.figures import signed_interval
from dashboard.web.desk.measures import Saved, Standard
from dashboard.web.desk.words import TONGUES
from tests.dashboard import desk_boards as boards
from tests.dashboard.asgi import Asker
from tests.dashboard.test_desk_past import T, minute

FAST = boards.FAST


@pytest.mark.parametrize(
    ("case", "row", "within_20"),
    [
        ("a short wait is within", minute(0, wait_min=19), (1, 0, 0)),
        ("a wait of just the limit too", minute(0, wait_min=20), (1, 0, 0)),
        ("a long wait is beyond", minute(0, wait_min=21), (0, 1, 0)),
        ("a lower bound above it is beyond", minute(0, "at_least", 45), (0, 1, 0)),
        ("a lower bound below it decides nothing", minute(0, "at_least", 10), (0, 0, 1)),
        ("unknown decides nothing", minute(0, "unknown"), (0, 0, 1)),
        ("closed does not count", minute(0, "closed"), (0, 0, 0)),
    ],
)
def test_service_standards(case: str, row: StreamMinute, within_20: tuple[int, int, int]) -> None:
    assert measures.standards([row])[1] == Standard(20, *within_20)


def booth(
    lane: str, n: int, departures: int | None, occ: float | None, serves: tuple[str, ...] = (FAST,)
) -> LaneMinute:
    start_s = T + 60 * n
    none = (None,) * 3
    return LaneMinute(
        start_s, start_s + 60, lane, "booth", serves, departures, departures, *none, None, occ, False
    )


@pytest.mark.parametrize(
    ("case", "rows", "pooled"),
    [
        ("three booths", [booth(f"b{n % 3}", n, 1, 0.9) for n in range(12)], (54.0, 3, 12)),
        (
            "two booths for ten minutes tell of officers",
            [booth(f"b{n % 2}", n, 1, 0.9) for n in range(20)],
            None,
        ),
        ("one booth for half an hour", [booth("b1", n, 1, 0.8) for n in range(30)], (48.0, 1, 30)),
        ("too few vehicles", [booth(f"b{n % 3}", n, int(n < 9), 0.5) for n in range(30)], None),
        (
            "a booth of two streams is of neither",
            [booth("b1", n, 1, 0.8, (FAST, boards.CARS)) for n in range(40)],
            None,
        ),
        ("unmeasured minutes are left out", [booth("b1", n, None, None) for n in range(40)], None),
    ],
)
def test_inspection_is_told_pooled_only(
    case: str, rows: list[LaneMinute], pooled: tuple[float, int, int] | None
) -> None:
    found = measures.pooled(rows, FAST)
    assert found == (None if pooled is None else measures.Pooled(pytest.approx(pooled[0]), *pooled[1:]))


def hours(*waits_min: float | None) -> list[StreamHour]:
    none = (None,) * 3
    return [
        StreamHour("p", "d", "s", T + 3600 * n, 60, 60, 0, 0, None if w is None else 60 * w, *none, *none)
        for n, w in enumerate(waits_min)
    ]


@pytest.mark.parametrize(
    ("case", "fast", "standard", "found"),
    [
        ("FAST is faster", (5, 10), (20, 30), Saved(2, 2, 1050.0)),
        ("and sometimes slower", (5, 30), (15, 20), Saved(2, 1, 0.0)),
        ("only hours of both count", (5, None, 5), (None, 20, 15), Saved(1, 1, 600.0)),
        ("none of both", (5, None), (None, 5), None),
    ],
)
def test_fast_against_standard(
    case: str, fast: tuple[float | None, ...], standard: tuple[float | None, ...], found: Saved | None
) -> None:
    assert measures.saved(hours(*fast), hours(*standard)) == found


@pytest.mark.parametrize(
    ("path", "words"),
    [
        (
            "/manager/ports/ambassador/accuracy",
            [
                "Self-consistent",
                "95 % (83 to 99)",
                "too few to tell",
                "30 min",
                "10 min",
                "14 min ago",
                "+2 min",
                "ours is longer",
                "cannot be compared",
                "CBSA",
                'Trucks, FAST</th><td class="n">1,200</td><td class="n">51 % (of 97 % known)',
                'Cars, NEXUS</th><td class="n">–</td>',
            ],
        ),
        (
            "/fr/manager/ports/ambassador/accuracy",
            ["Cohérence interne", "le nôtre est plus long", "Vérifié", "<td>ASFC</td>"],
        ),
        ("/manager/ports/ambassador/outlook", ["12 to 36 min", "FAST saves 17 min (12 to 21) now."]),
        ("/fr/manager/ports/ambassador/outlook", ["12 à 36 min", "EXPRES fait gagner 17 min (12 à 21)"]),
        ("/manager", ["CBP says", "10 min, 14 min ago"]),
    ],
)
def test_the_pages(path: str, words: list[str], tmp_path: Path) -> None:
    served = boards.desk(boards.LIVE, tmp_path, days=1)
    text = Asker(served.make(served.holder, served.now)).get(path).text.replace("\u00a0", " ")
    assert [word for word in words if word not in text] == []


@pytest.mark.parametrize("page", ["", "/history", "/outlook", "/accuracy", "/equipment", "/journal"])
def test_french_titles_have_no_english_colon(page: str, tmp_path: Path) -> None:
    served = boards.desk(boards.LIVE, tmp_path)
    html = Asker(served.make(served.holder, served.now)).get(f"/fr/manager/ports/ambassador{page}").text
    titles = re.findall(r"<(?:title|h1|h2|h3)[^>]*>(.*?)</", html)
    assert len(titles) > 1
    assert not [title for title in titles if re.search(r"[^\s\u202f][:;!?]", title)]


@pytest.mark.parametrize(
    ("saved_s", "written"),
    [
        ((1020, 720, 1260), "17 min (12 to 21)"),
        ((-120, -300, 60), "−2 min (−5 to 1)"),
        ((4, -60, 60), "under 1 min (−1 to 1)"),
    ],
)
def test_what_fast_saves_is_never_written_as_no_wait(saved_s: tuple[int, int, int], written: str) -> None:
    assert signed_interval(TONGUES["en"], *saved_s).replace("\u00a0", " ") == written
