"""The traveller pages and the manager's page: words for every state, and what they must never hold."""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.board import Board, BoardHolder, Lack
from dashboard.config import CentralConfig
from dashboard.feeds.clocks import Language
from dashboard.feeds.published import published
from dashboard.waits import verdict
from dashboard.waits.state import StreamQueue, StreamState
from dashboard.web.app import make_app
from dashboard.web.pages import traveller_page
from dashboard.web.strings import BY_LANGUAGE
from tests.dashboard.asgi import Asker
from tests.dashboard.feed_cases import BARE, CONFIG, EMPTY, EVERY_STATE, MEASURED, NOW_S, board, state, wait

NB = "\u00a0"
THIN = "\u202f"


def page(shown: Board, language: Language, config: CentralConfig = CONFIG, now_s: float = NOW_S) -> str:
    return traveller_page(published(shown, config, now_s), language, valid_s=config.valid_s, in_trouble=False)


BLOCKS = ("p", "h4", "h5", "caption", "th", "td")


class _Items(HTMLParser):
    """The text of each list item of a stream, as `block|block|`; scales are for the eye only."""

    def __init__(self) -> None:
        super().__init__()
        self.items: list[str] = []
        self._inside = False
        self._hidden = False

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        if tag == "li":
            self._inside = (dict(attrs).get("class") or "").startswith("stream ")
            if self._inside:
                self.items.append("")
        if tag == "div":
            self._hidden = "aria-hidden" in dict(attrs)

    def handle_endtag(self, tag: str) -> None:
        if self._inside and tag in BLOCKS:
            self.items[-1] += "|"
        self._inside = self._inside and tag != "li"
        self._hidden = self._hidden and tag != "div"

    def handle_data(self, data: str) -> None:
        if self._inside and not self._hidden:
            self.items[-1] += data.strip("\n")


def items(html: str) -> list[str]:
    parser = _Items()
    parser.feed(html)
    return [text.replace(NB, " ").replace(THIN, " ") for text in parser.items]


FAST = "commercial/fast"
TABLE: list[tuple[str, StreamState, str, str]] = [
    (
        "measured is a range with its likeliest value, age and basis",
        state(FAST, "measured", MEASURED),
        "18 to 26 minutes|Most likely 22 minutes. 6 vehicles in the queue, about 130 m long, "
        "2 of 2 lanes open.|Measured 20 seconds ago, from the queue in view and vehicle counts.|",
        "18 à 26 minutes|Le plus probable : 22 minutes. 6 véhicules dans la file, environ 130 m, "
        "2 voies ouvertes sur 2.|Mesurée il y a 20 secondes, d’après la file visible et le comptage des "
        "véhicules.|",
    ),
    (
        "a range is widened to whole minutes",
        replace(state(FAST, "measured", wait(600.0, 541.0, 659.0)), queue=None, lanes_open=None),
        "9 to 11 minutes|Most likely 10 minutes.|Measured",
        "9 à 11 minutes|Le plus probable : 10 minutes.|Mesurée",
    ),
    (
        "a range from zero is an upper end",
        replace(state(FAST, "measured", wait(90.0, 0.0, 200.0)), queue=None, lanes_open=1),
        "Up to 4 minutes|Most likely 2 minutes. 1 of 2 lanes open.|Measured",
        "Jusqu’à 4 minutes|Le plus probable : 2 minutes. 1 voie ouverte sur 2.|Mesurée",
    ),
    (
        "a measured zero is said as such",
        replace(state(FAST, "measured", wait(0.0, 0.0, 50.0)), queue=StreamQueue(0, 0.0, False)),
        "No wait|Up to 1 minute. No vehicle in the queue, 2 of 2 lanes open.|Measured",
        "Pas d’attente|Jusqu’à 1 minute. Aucun véhicule dans la file, 2 voies ouvertes sur 2.|Mesurée",
    ),
    (
        "a stream that is served elsewhere says where, and no open lane is no statement",
        replace(
            state(FAST, "measured", MEASURED), queue=None, lanes_open=0, redirected_to="commercial/standard"
        ),
        "18 to 26 minutes|Use the standard lanes meanwhile.|Most likely 22 minutes.|Measured",
        "18 à 26 minutes|En attendant, utilisez les voies ordinaires.|Le plus probable : 22 minutes.|Mesurée",
    ),
    (
        "a lower bound is said as such",
        state(FAST, "at_least", wait(3000.0, 2759.0, 4000.0)),
        "At least 45 minutes|The queue is longer than the cameras see. 2 of 2 lanes open.|Measured",
        "Au moins 45 minutes|La file dépasse le champ des caméras. 2 voies ouvertes sur 2.|Mesurée",
    ),
    (
        "a lower bound below a minute is no number",
        replace(state(FAST, "at_least", wait(300.0, 20.0, 900.0)), lanes_open=None),
        "Unknown|The queue is longer than the cameras see.|Measured",
        "Inconnue|La file dépasse le champ des caméras.|Mesurée",
    ),
    (
        "a withdrawn figure says since when",
        state(FAST, "measured", wait(540.0, 400.0, 700.0, age_s=1500.0)),
        "Unknown|Unknown since 10:04 EST, last measured at 09:49 EST.|",
        "Inconnue|Inconnue depuis 10 h 04 (HNE), dernière mesure à 9 h 49 (HNE).|",
    ),
    (
        "unknown with its reason",
        state(FAST, "unknown", None, "no evidence that it is open"),
        "Unknown|There is no evidence that it is open.|",
        "Inconnue|Rien n’indique que la voie est ouverte.|",
    ),
    (
        "a reason without translation is said in English only",
        state(FAST, "unknown", None, "no departure for 20 min"),
        "Unknown|No departure for 20 min.|",
        "Inconnue|Il n’y a pas de mesure utilisable.|",
    ),
    (
        "closed says where to go",
        state(FAST, "closed", None, "lane sign"),
        "Closed|Use the standard lanes meanwhile.|According to the lane sign.|",
        "Fermée|En attendant, utilisez les voies ordinaires.|Selon le panneau de la voie.|",
    ),
    ("not offered", state(FAST, "not_offered"), "Not offered here|", "Non offerte ici|"),
]


@pytest.mark.parametrize(("case", "told", "english", "french"), TABLE, ids=[row[0] for row in TABLE])
def test_words_for_a_fast_stream(case: str, told: StreamState, english: str, french: str) -> None:
    first_english = items(page(board(told), "en"))[0]
    first_french = items(page(board(told), "fr"))[0]
    assert first_english.startswith(f"FAST|enrolled carriers and drivers|{english}")
    assert first_french.startswith(f"EXPRES|transporteurs et conducteurs inscrits|{french}")


@pytest.mark.parametrize(
    "reason",
    [text for name, text in vars(verdict).items() if name.isupper() and isinstance(text, str)],
)
def test_every_reason_of_the_engine_is_said_in_both_languages(reason: str) -> None:
    for strings in BY_LANGUAGE.values():
        assert reason in strings.reasons


def test_hours_are_written_in_both_languages() -> None:
    told = CONFIG.model_dump(by_alias=True)
    told["ports"][0]["directions"][0]["streams"][0]["hours"] = "6 am-10 am"
    config = CentralConfig.model_validate(told)
    assert items(page(EMPTY, "en", config))[0].endswith(
        "Closed|Use the standard lanes meanwhile.|Outside its hours. Open 6 am-10 am.|"
    )
    assert "Heures d’ouverture : de 6 h à 10 h." in items(page(EMPTY, "fr", config))[0]


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("config", [CONFIG, BARE], ids=["full configuration", "bare configuration"])
def test_without_measurement_every_stream_is_unknown(config: CentralConfig, language: Language) -> None:
    html = page(EMPTY, language, config)
    streams = sum(len(d.streams) for port in config.ports for d in port.directions)
    word = {"en": "Unknown", "fr": "Inconnue"}[language]
    assert [word in item for item in items(html)] == [True] * streams
    assert not re.search(r"\d+\s+min", "".join(items(html)))


@pytest.mark.parametrize(
    ("language", "title", "other"),
    [
        ("en", "Ambassador Bridge wait times, measured by Example Bridge Authority", "/fr"),
        ("fr", "Pont Ambassador&#8239;: temps d’attente, mesurés par Régie du pont Exemple", "/"),
    ],
)
def test_the_page_names_whose_figures_they_are(language: Language, title: str, other: str) -> None:
    html = page(EVERY_STATE, language)
    assert f'<html lang="{language}">' in html
    assert f"<title>{title}</title>" in html
    assert f'<a href="{other}" lang=' in html
    assert 'hreflang="en" href="/"' in html
    assert 'hreflang="fr" href="/fr"' in html


def test_names_are_escaped() -> None:
    told = CONFIG.model_dump(by_alias=True)
    told["ports"][0]["name"]["en"] = "<script>alert(1)</script>"
    assert "<script>alert" not in page(EMPTY, "en", CentralConfig.model_validate(told))


def test_pages_are_light_and_ask_nobody_else() -> None:
    for html in (page(EVERY_STATE, "en"), page(EVERY_STATE, "fr")):
        assert len(html.encode()) < 20_000
        assert "http://" not in html
        assert "https://" not in html
        assert " style=" not in html
        assert "<style" not in html


waits = st.lists(st.floats(0, 20000), min_size=3, max_size=3).map(sorted)


@given(
    bounds=waits,
    kind=st.sampled_from(["measured", "at_least", "unknown", "closed", "not_offered"]),
    age_s=st.floats(0, 1200),
    valid_s=st.integers(1, 900),
    why=st.sampled_from([None, "no departure for 10 min", "camera dark for 30 minutes"]),
)
def test_no_page_holds_a_zero_that_was_not_measured(
    bounds: list[float], kind: Any, age_s: float, valid_s: int, why: str | None
) -> None:
    low_s, wait_s, high_s = bounds
    shown = board(state(FAST, kind, wait(wait_s, low_s, high_s, age_s=age_s), why))
    config = CONFIG.model_copy(update={"valid_s": valid_s})
    for html in (page(shown, "en", config), page(shown, "fr", config)):
        assert not any(word in html for word in ("0 min", "No delay", "Aucun délai"))
        assert not re.search(rf"\b0[\s{NB}]*min", html)
        if kind != "measured":
            assert "No wait" not in html
            assert "Pas d’attente" not in html


@pytest.mark.parametrize(
    ("case", "asker", "headers", "status"),
    [
        ("this machine", {}, {}, 200),
        ("another machine", {"client": "192.0.2.7"}, {}, 403),
        ("a proxy on this machine", {}, {"X-Forwarded-For": "192.0.2.7"}, 403),
        ("a foreign name for this machine", {"host": "port.example:8080"}, {}, 403),
    ],
)
def test_the_manager_page_is_for_this_machine(
    case: str, asker: dict[str, str], headers: dict[str, str], status: int
) -> None:
    app = make_app(BoardHolder(EMPTY), CONFIG, lambda: NOW_S)
    assert Asker(app, **asker).get("/manager", headers).status_code == status


def test_pages_over_http() -> None:
    app = make_app(
        BoardHolder(replace(EVERY_STATE, trouble=Lack("broker", "The broker is away."))),
        CONFIG,
        lambda: NOW_S,
    )
    for path, language, words in [
        ("/", "en", "Measurements are not arriving"),
        ("/fr", "fr", "Les mesures n’arrivent pas"),
    ]:
        reply = Asker(app).get(path)
        assert reply.headers["content-language"] == language
        assert words in reply.text
    for path in ("/static/public.css", "/static/refresh.js", "/static/icon.svg"):
        assert Asker(app).get(path).status_code == 200
