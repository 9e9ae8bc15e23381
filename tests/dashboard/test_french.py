"""French of the pages: spaces, apostrophes, minus signs, capitals, and sentences that programs wrote."""

from __future__ import annotations

import html as entities
import re
from pathlib import Path

import pytest

from dashboard.board import BoardHolder
from dashboard.ingest.judge import judge
from dashboard.web.app import make_app
from dashboard.web.desk.catalogue import WORDS
from dashboard.web.desk.words import TONGUES
from dashboard.web.french import SENTENCES, in_french
from edge.messages import encode
from tests.conftest import REPOSITORY
from tests.dashboard import desk_boards
from tests.dashboard.asgi import Asker
from tests.dashboard.boards import SCENES
from tests.dashboard.nodes import report

CODE = re.compile(r"<(code|pre|style|script)\b.*?</\1>|<[^>]+>", re.DOTALL)
ENGLISH = re.compile(r"<(\w+)[^>]* lang=.en.[^>]*>[^<]*</\1>")
OFFICIAL = "Ne s&#39;applique pas"
"""As the agency writes it."""


@pytest.mark.parametrize("scene", SCENES)
@pytest.mark.parametrize(
    "path", ["/fr", "/fr/dispatch?arrive_at=soon", "/fr/feed", "/fr/api", "/widget?lang=fr"]
)
def test_spaces_and_apostrophes(path: str, scene: str) -> None:
    shown = SCENES[scene]
    page = Asker(make_app(BoardHolder(shown.board), shown.config, lambda: shown.now_s)).get(path).text
    assert faults_of(page) == []


@pytest.mark.parametrize("scene", ["orders", "unknown", "closed", "stale", "past"])
@pytest.mark.parametrize("page", ["", "/history", "/outlook", "/accuracy", "/equipment", "/journal", "wall"])
def test_the_desk_too(page: str, scene: str, tmp_path: Path) -> None:
    served = desk_boards.SCENES[scene].serve(tmp_path, days=1)
    path = "/fr/manager/wall" if page == "wall" else f"/fr/manager/ports/ambassador{page}"
    text = Asker(served.make(served.holder, served.now)).get(path).text
    assert faults_of(text) == []
    assert "Voies ordinaires" not in re.sub(r"<h[34].*?</h[34]>|class=.tag[^<]*<", "", text), (
        "within a phrase"
    )


def faults_of(page: str) -> list[str]:
    """What is wrong with the typography of a page."""
    own = ENGLISH.sub("", page.split("<title>")[1]).replace(OFFICIAL, "")
    text = entities.unescape(CODE.sub(" x ", own))
    spaces = r".{12}[^\u202f\d/x]\s*(?<!\u202f)[;!?»].{5}|.{12}[ \u00a0]:.{5}|.{5}«[^\u202f].{9}"
    others = r".{9}\w'\w.{5}|.{9}[\s(]-\d.{5}|.{9}\d (?:min|h|m|s|%|km)\b.{5}|.{5}\bFAST\b.{5}"
    return [*re.findall(spaces, text), *re.findall(others, text)]


CAMERA = ("mean grey", "detail", "another view", "by {x}")
"""What cameras' own checks say."""

NAMED = {("testport", "n1"): frozenset({"b1"})}
REPORT = "lanes/v1/testport/n1/report"


@pytest.mark.parametrize(
    ("case", "topic", "payload"),
    [
        ("a topic of nobody", "lanes/v1/testport", b""),
        ("nothing", REPORT, b""),
        ("no JSON", REPORT, b"\xff"),
        ("half of it", REPORT, encode(report(1))[:99]),
        ("a field that is missing", REPORT, b"{}"),
        ("another kind of value", REPORT, b'{"v": "x"}'),
        ("a value out of range", REPORT, encode(report(1)).replace(b'"seq":1', b'"seq":0')),
        ("a word that is none", REPORT, encode(report(1)).replace(b'"kind":"report"', b'"kind":"rumour"')),
        ("an array", REPORT, b"[1]"),
        ("much too long", REPORT, b" " * 5_000_000),
        ("no lanes", REPORT, encode(report(1, lanes=None))),
        ("a time without a zone", REPORT, encode(report(1)).replace(b'Z","end', b'","end')),
        ("another node than its topic", REPORT, encode(report(1, node="n2"))),
        ("a boot that cannot be printed", REPORT, encode(report(1, boot="a\u200bb"))),
        ("a node that is not named", REPORT.replace("n1", "n9"), encode(report(1, node="n9"))),
        ("a lane that is not named", REPORT, encode(report(1, lane="b9"))),
    ],
)
def test_why_a_message_was_set_aside_is_said_in_french(case: str, topic: str, payload: bytes) -> None:
    aside = judge(topic, payload, 1.0, NAMED).set_aside
    assert aside is not None
    french = in_french(aside.reason)
    assert french is not None, aside.reason
    assert "{" not in french


def test_every_sentence_that_has_a_french_one_is_still_written_by_some_program() -> None:
    """Its longest piece between braces, in the source; a message of the JSON decoder is not ours."""
    source = "".join(
        file.read_text(encoding="utf-8")
        for folder in ("dashboard", "edge")
        for file in (REPOSITORY / folder).rglob("*.py")
        if file.name != "french.py"
    ).replace('"\n            f"', "")
    theirs = (*CAMERA, "Expected `", "Object missing", "JSON is malformed", "was truncated", "Invalid enum")
    ours = [english for english in SENTENCES if not any(words in english for words in theirs)]
    pieces = [max(re.split(r"\{\w+\}|\.$", english), key=len) for english in ours]
    assert [piece for piece in pieces if piece not in source] == []


def test_no_word_of_the_desk_holds_a_mark_of_a_text_file() -> None:
    assert [key for key, pair in WORDS.items() if any("`" in words for words in pair)] == []


def test_a_sentence_without_french_is_shown_and_marked_as_english() -> None:
    french, english = TONGUES["fr"], TONGUES["en"]
    assert french.said("the moon is full").language == "en"
    assert english.said("the moon is full").language == ""
    away = french.said("the database is away: disk I/O error")
    assert (away.words, away.language) == ("la base de données ne répond pas\u202f: disk I/O error", "")


@pytest.mark.parametrize(
    ("language", "detail"),
    [
        ("fr-CA,en;q=0.5", "«\u202fnowhere\u202f» n’existe pas ici (port)\u202f; il y a ambassador."),
        ("en-US,fr;q=0.5", "There is no port 'nowhere'; there is ambassador."),
        ("", "There is no port 'nowhere'; there is ambassador."),
    ],
)
def test_a_refusal_is_told_in_the_language_asked_for(language: str, detail: str, tmp_path: Path) -> None:
    served = desk_boards.SCENES["live"].serve(tmp_path, days=0)
    asker = Asker(served.make(served.holder, served.now))
    reply = asker.get("/api/v1/ports/nowhere/notices", {"Accept-Language": language})
    assert (reply.status_code, reply.json()["detail"]) == (404, detail)
    assert reply.headers.get("content-language") == ("fr" if language.startswith("fr") else None)


def test_the_journal_tells_orders_in_words_with_the_clock_of_the_port(tmp_path: Path) -> None:
    served = desk_boards.SCENES["orders"].serve(tmp_path)
    asker = Asker(served.make(served.holder, served.now))
    page = asker.get("/fr/manager/ports/ambassador/journal").text
    assert "Publication suspendue\u202f: Vers le Canada, camions, EXPRES (jusqu’au 25\u00a0novembre" in page
    assert "until 2026" not in page
