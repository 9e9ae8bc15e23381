"""The public pages over HTTP: several ports, a page for each, notices, and the trend from a real store."""

from __future__ import annotations

import re
import threading
from dataclasses import replace
from itertools import count
from pathlib import Path

import pytest

from dashboard.board import BoardHolder
from dashboard.config import CentralConfig
from dashboard.feeds.clocks import Language
from dashboard.feeds.published import published
from dashboard.feeds.values import PublishedNotice
from dashboard.history import StreamMinute
from dashboard.store.history import History
from dashboard.store.store import Store
from dashboard.web.app import make_app
from dashboard.web.pages import traveller_page
from tests.dashboard.asgi import Asker
from tests.dashboard.boards import SCENES, THREE_PORTS
from tests.dashboard.feed_cases import CONFIG, NOW_S

NOW = round(NOW_S)


def text_of(html: str) -> str:
    words = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html.split("<main")[1]))
    return words.replace("\u00a0", " ").replace("\u202f", " ")


def asker(scene: str, config: CentralConfig | None = None, history: History | None = None) -> Asker:
    shown = SCENES[scene]
    app = make_app(BoardHolder(shown.board), config or shown.config, lambda: shown.now_s, history=history)
    return Asker(app)


def minute(before_s: float, ago_min: int) -> StreamMinute:
    start_s = NOW - 60.0 * ago_min
    return StreamMinute(
        *("ambassador", "us_bound", "commercial/fast", start_s, "measured", None),
        *(before_s, before_s, before_s, ("queue",), None, None, None, None, None, None),
    )


@pytest.mark.parametrize(
    ("before_min", "english", "french"),
    [
        (
            4,
            "Rising , about 4 minutes half an hour ago",
            "En hausse , environ 4 minutes il y a une demi-heure",
        ),
        (25, "Falling , about 25 minutes", "En baisse , environ 25 minutes"),
        (12, "Steady , about 12 minutes", "Stable , environ 12 minutes"),
    ],
)
def test_the_trend_comes_from_what_was_said_before(
    store: Store, before_min: int, english: str, french: str
) -> None:
    history = History(store)
    history.add([minute(60.0 * before_min, ago) for ago in range(26, 36)])
    client = asker("live", history=history)
    assert english in text_of(client.get("/").text)
    assert french in text_of(client.get("/fr").text)


def test_a_database_that_is_away_costs_the_trend_only(tmp_path: Path) -> None:
    away = Store(f"sqlite:///{tmp_path / 'no-folder' / 'lanewatch.db'}")
    page = asker("live", history=History(away)).get("/")
    assert page.status_code == 200
    assert "8 to 16 minutes" in re.sub(r" +", " ", text_of(page.text))


def test_several_ports_stand_side_by_side() -> None:
    html = asker("several").get("/").text
    table = html.split("<caption>Trucks, FAST</caption>")[1].split("</table>")[0]
    rows = [re.findall(r">([^<>]+)</(?:a|td)>", row) for row in table.split("<tr>")[2:]]
    assert [[cell.replace("\u00a0", " ") for cell in row] for row in rows] == [
        ["Ambassador Bridge", "8 to 16 minutes", "Closed"],
        ["Blue Water Bridge", "3 to 8 minutes", "6 to 11 minutes"],
        ["Peace Bridge", "Unknown", "2 to 6 minutes"],
    ]


@pytest.mark.parametrize(
    ("path", "named", "never"),
    [
        ("/", "<caption>Trucks, standard</caption>", ", Standard"),
        ("/fr", "<caption>Camions, voies ordinaires</caption>", ", Voies"),
        ("/widget?lang=fr", "Voitures, voies ordinaires", ", Voies"),
    ],
)
def test_a_name_within_a_phrase_is_in_lower_case_but_for_programmes(
    path: str, named: str, never: str
) -> None:
    html = asker("several").get(path).text
    assert named in html
    assert never not in html
    assert "EXPRES" in html or "FAST" in html


def test_many_ports_are_compared_and_each_has_its_page() -> None:
    told = THREE_PORTS.model_dump(by_alias=True, mode="json")
    ports = [
        {**port, "id": f"{port['id']}-{n}", "directions": [{**d, "lanes": []} for d in port["directions"]]}
        for n in range(10)
        for port in told["ports"]
    ]
    config = CentralConfig.model_validate({**told, "ports": ports})
    client = asker("several", config)
    html = client.get("/fr").text
    assert len(html.encode()) < 40_000
    assert '<li class="stream' not in html
    assert 'href="/fr/p/ambassador-3"' in html
    assert "Pont Ambassador" in client.get("/fr/p/ambassador-3").text


@pytest.mark.parametrize(("path", "name"), [("/p/peace", "Peace Bridge"), ("/fr/p/peace", "Pont Peace")])
def test_a_port_has_its_own_page(path: str, name: str) -> None:
    html = asker("several").get(path).text
    assert re.findall(r"<h1>(.*?)</h1>", html) == [name]
    assert 'hreflang="en" href="/p/peace"' in html
    assert 'hreflang="fr" href="/fr/p/peace"' in html


def test_an_unknown_port_has_none() -> None:
    assert asker("several").get("/p/nowhere").status_code == 404


@pytest.mark.parametrize(
    ("until_s", "english", "french"),
    [
        (NOW + 3600, "until 11:14 EST", "jusqu’à 11 h 14 (HNE)"),
        (NOW + 6 * 86_400, "until 1 December, 10:14 EST", "jusqu’au 1er décembre à 10 h 14 (HNE)"),
    ],
)
def test_notices_stand_above_the_waits_that_they_are_about(until_s: int, english: str, french: str) -> None:
    said = published(SCENES["live"].board, CONFIG, NOW_S)
    everywhere = PublishedNotice("Snow on the bridge.", "Neige sur le pont.", None, NOW - 60, until_s)
    here = replace(everywhere, en="Two lanes closed.", fr="Deux voies fermées.", direction="canada_bound")
    told = replace(said, ports=(replace(said.ports[0], notices=(everywhere, here)),))
    pages: list[tuple[Language, list[str], str]] = [
        ("en", ["Snow on the bridge.", "To the United States", "To Canada", "Two lanes closed."], english),
        ("fr", ["Neige sur le pont.", "Vers les États-Unis", "Vers le Canada", "Deux voies"], french),
    ]
    for language, texts, until in pages:
        text = text_of(traveller_page(told, language, valid_s=900, in_trouble=False))
        places = [text.index(words) for words in texts]
        assert places == sorted(places)
        assert until in text


def test_no_page_waits_for_a_locked_database(tmp_path: Path) -> None:
    """The page comes although the read hangs; the trend is there once the read is done."""
    told, go = [minute(240.0, ago) for ago in range(26, 36)], threading.Event()

    class Hanging(History):
        def minutes(self, *_: object) -> list[StreamMinute]:
            go.wait(30)
            return told

    client = asker("live", history=Hanging(Store(f"sqlite:///{tmp_path / 'lanewatch.db'}")))
    assert "half an hour ago" not in text_of(client.get("/").text)
    assert not go.is_set()
    go.set()
    asked = count()  # an answer is kept for its second, and here it is always the same second
    while "half an hour ago" not in text_of(client.get(f"/?{next(asked)}").text):
        pass
