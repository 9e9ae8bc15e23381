"""The documentation of the feeds: its examples are what is served, its code runs, its frame can be framed."""

from __future__ import annotations

import html as entities
import re
import subprocess
import sys
from collections.abc import Iterator

import pytest

from dashboard.board import BoardHolder
from dashboard.config import CentralConfig
from dashboard.feeds.clocks import Language
from dashboard.web.app import make_app
from dashboard.web.feeds import FEEDS
from dashboard.web.public.guide_strings import BY_LANGUAGE
from dashboard.web.strings import fill
from tests.dashboard.asgi import Asker
from tests.dashboard.boards import SCENES
from tests.dashboard.browser.served import Served
from tests.dashboard.feed_cases import BARE, CONFIG, EMPTY, EVERY_STATE, NOW_S

PATHS: dict[Language, str] = {"en": "/feed", "fr": "/fr/feed"}


def asker(config: CentralConfig = CONFIG) -> Asker:
    return Asker(make_app(BoardHolder(EVERY_STATE if config is CONFIG else EMPTY), config, lambda: NOW_S))


def code(html: str, identity: str) -> str:
    found = re.search(rf'<code id="{identity}">(.*?)</code>', html, re.DOTALL)
    assert found is not None
    return entities.unescape(found[1])


@pytest.fixture(scope="module")
def served() -> Iterator[Served]:
    shown = SCENES["live"]
    server = Served(lambda holder, now: make_app(holder, shown.config, now), shown.board, shown.now_s)
    server.start()
    yield server
    server.stop()


def test_the_client_of_the_page_reads_the_feed_in_ten_lines(served: Served) -> None:
    page = asker().get("/feed").text
    client = code(page, "python-client").replace("http://127.0.0.1:8080", served.url)
    assert len([line for line in client.splitlines() if line.strip()]) <= 10
    done = subprocess.run(
        [sys.executable, "-c", client], capture_output=True, text=True, check=True, timeout=60, env={}
    )
    assert done.stdout.splitlines()[:2] == [
        "Ambassador Bridge;us_bound;commercial;fast;measured;480-960 s, 20 s old",
        "Ambassador Bridge;us_bound;commercial;standard;measured;2280-3480 s, 20 s old",
    ]


@pytest.mark.parametrize("language", ["en", "fr"])
def test_every_feed_stands_there_with_what_it_says_now(language: Language) -> None:
    client = asker()
    page = entities.unescape(client.get(PATHS[language]).text)
    for feed in FEEDS:
        assert f"http://127.0.0.1:8080{feed.paths[0]}" in page
        assert all(f"<code>{path}</code>" in page for path in feed.paths[1:])
        first = client.get(feed.paths[0]).text.splitlines()[0][:80]
        assert re.sub(r"\s", "", first) in re.sub(r"\s", "", page), feed.paths[0]


@pytest.mark.parametrize("language", ["en", "fr"])
def test_no_legend_holds_a_zero_that_was_not_measured(language: Language) -> None:
    page = asker(BARE).get(PATHS[language]).text.replace("\u00a0", " ")
    assert not re.search(r"\b0 min|no delay|aucun délai", page, re.IGNORECASE)


@pytest.mark.parametrize("language", ["en", "fr"])
def test_every_state_is_explained(language: Language) -> None:
    page = asker().get(PATHS[language]).text
    rows = [fill(row[1]) for row in BY_LANGUAGE[language].states_rows]
    assert [row[0] for row in BY_LANGUAGE[language].states_rows] == [
        *("measured", "at_least", "unknown", "closed", "not_offered")
    ]
    assert all(words in page for words in rows)


def test_the_operators_own_terms_take_the_place_of_ours() -> None:
    own = CentralConfig.model_validate(
        {**CONFIG.model_dump(by_alias=True), "terms": {"en": "Licence OGL 2.0.", "fr": "Licence LGO 2.0."}}
    )
    assert "Licence LGO 2.0." in asker(own).get("/fr/feed").text
    assert "name Example Bridge Authority as their source" in asker().get("/feed").text


@pytest.mark.parametrize(
    ("query", "expected", "missing"),
    [
        ("", ["To the United States", "To Canada", "18 to 26", "Cars, NEXUS"], []),
        ("?class=fast", ["Trucks, FAST", "18 to 26"], ["Standard", "NEXUS"]),
        ("?class=fast&lang=fr", ["Camions, EXPRES", "18 à 26", "il y a 20 secondes"], ["FAST", "Trucks"]),
        (
            "?port=ambassador&direction=us_bound&traffic=passenger",
            ["Cars, NEXUS", "Closed"],
            ["Trucks", "Canada"],
        ),
    ],
)
def test_the_frame_shows_what_is_asked_for(query: str, expected: list[str], missing: list[str]) -> None:
    page = asker().get(f"/widget{query}").text
    text = re.sub(r"<[^>]+>", " ", page).replace("\u00a0", " ")
    assert all(words in text for words in expected)
    assert not any(words in text for words in missing)
    assert len(page) < 6000


@pytest.mark.parametrize("query", ["?port=nowhere", "?class=bus", "?direction=up"])
def test_a_frame_of_nothing_is_refused(query: str) -> None:
    assert asker().get(f"/widget{query}").status_code == 404


def test_only_the_frame_may_be_framed() -> None:
    client = asker()
    framed = client.get("/widget").headers
    assert "frame-ancestors *" in framed["content-security-policy"]
    assert "x-frame-options" not in framed
    for path in ("/", "/feed", "/dispatch", "/manager", "/api", "/widget?port=nowhere"):
        headers = client.get(path).headers
        assert "frame-ancestors 'none'" in headers["content-security-policy"]
        assert headers["x-frame-options"] == "DENY"


def test_the_frame_keeps_what_else_is_denied() -> None:
    usual = asker().get("/").headers["content-security-policy"].split("frame-ancestors")[0]
    assert asker().get("/widget").headers["content-security-policy"].startswith(usual)
