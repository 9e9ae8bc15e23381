"""CBSA's table in both languages, byte by byte."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from dashboard.board import Board
from dashboard.config import CentralConfig
from dashboard.feeds import cbsa, cbsa_html
from dashboard.feeds.clocks import Language
from dashboard.feeds.published import published
from dashboard.waits.state import StreamState
from tests.dashboard.feed_cases import BARE, CONFIG, EMPTY, NOW_S, board, state, wait

SAMPLES = Path(__file__).parents[3] / "shared/feeds/samples"
STANDARD = "commercial/standard"


def lines(shown: Board, language: Language, config: CentralConfig = CONFIG) -> list[str]:
    return cbsa.document(published(shown, config, NOW_S), language).decode("utf-8-sig").split("\n")


def cells(shown: Board, language: Language, config: CentralConfig = CONFIG) -> list[str]:
    return [cell.strip() for cell in lines(shown, language, config)[1].split(";;")]


def canada(*states: StreamState) -> Board:
    return board(*states, direction="canada_bound")


@pytest.mark.parametrize(
    ("case", "told", "english", "french"),
    [
        ("zero", state(STANDARD, "measured", wait(29.0, 0.0, 60.0)), "No Delay", "Aucun délai"),
        ("one minute", state(STANDARD, "measured", wait(30.0, 0.0, 90.0)), "1 minute", "1 minute"),
        ("minutes", state(STANDARD, "measured", wait(420.0, 0.0, 900.0)), "7 minutes", "7 minutes"),
        ("never hours", state(STANDARD, "measured", wait(3660.0, 0.0, 9e3)), "61 minutes", "61 minutes"),
        ("a lower bound", state(STANDARD, "at_least", wait(3660.0, 2000.0, 9e3)), "--", "--"),
        ("unknown", state(STANDARD, "unknown"), "--", "--"),
        ("too old", state(STANDARD, "measured", wait(420.0, 0.0, 900.0, age_s=901.0)), "--", "--"),
        ("closed", state(STANDARD, "closed"), "Closed", "Fermé"),
        ("not offered", state(STANDARD, "not_offered"), "Not Applicable", "Ne s'applique pas"),
        (
            "FAST alone says nothing",
            state("commercial/fast", "measured", wait(420.0, 0.0, 900.0)),
            "--",
            "--",
        ),
    ],
)
def test_each_state(case: str, told: StreamState, english: str, french: str) -> None:
    assert cells(canada(told), "en")[3:] == [english, "--", "--", "--", ""]
    assert cells(canada(told), "fr")[3:] == [french, "--", "--", "--", ""]


def test_the_file_without_measurement() -> None:
    assert cbsa.document(published(EMPTY, BARE, NOW_S), "en") == (
        b"\xef\xbb\xbfCustoms Office;; Location;; Last updated;; Commercial Flow - Canada bound;; "
        b"Commercial Flow - U.S. bound;; Travellers Flow - Canada bound;; Travellers Flow - U.S. bound;;\n"
        b"Peace Bridge;; ;; 2026-11-25 15:14 UTC;; --;; --;; --;; --;; \n\n"
    )
    assert cells(EMPTY, "fr") == ["Pont Ambassador", "", "2026-11-25 10:14 HNE", *["--"] * 4, ""]


def test_the_row_is_as_old_as_its_oldest_number() -> None:
    shown = canada(
        state(STANDARD, "measured", wait(420.0, 0.0, 900.0, age_s=10.0)),
        state("passenger/standard", "measured", wait(420.0, 0.0, 900.0, age_s=300.0)),
        state("commercial/fast", "measured", wait(420.0, 0.0, 900.0, age_s=800.0)),
    )
    assert cells(shown, "en")[2] == "2026-11-25 10:09 EST"
    assert cells(shown, "fr")[2] == "2026-11-25 10:09 HNE"


@pytest.mark.parametrize(
    ("case", "says_into", "expected"),
    [
        ("port.yaml says where directions lead: only Canada-bound figures", True, ["--", "--", "--", "--"]),
        ("it does not: a U.S.-bound figure has its column", False, ["--", "7 minutes", "--", "--"]),
    ],
)
def test_columns_for_the_united_states(case: str, says_into: bool, expected: list[str]) -> None:
    told = CONFIG.model_dump(by_alias=True)
    if not says_into:
        for direction in told["ports"][0]["directions"]:
            direction["into"] = None
    config = CentralConfig.model_validate(told)
    shown = board(state(STANDARD, "measured", wait(420.0, 0.0, 900.0)))
    assert cells(shown, "en", config)[3:7] == expected


def test_british_columbia_in_winter() -> None:
    told = CONFIG.model_dump(by_alias=True)
    told["ports"][0]["directions"][1]["timezone"] = "America/Vancouver"
    config = CentralConfig.model_validate(told)
    assert cells(EMPTY, "en", config)[2] == "2026-11-25 08:14 PDT"
    assert cells(EMPTY, "fr", config)[2] == "2026-11-25 08:14 HAP"


@pytest.mark.skipif(not SAMPLES.is_dir(), reason="../shared/feeds/samples is not beside this checkout")
@pytest.mark.parametrize(
    ("language", "sample"),
    [("en", "cbsa-bwt-eng-2026-10-03-excerpt4.csv"), ("fr", "cbsa-bwt-fra-2026-10-03-excerpt2.csv")],
)
def test_header_and_line_ends_as_captured(language: Language, sample: str) -> None:
    captured = (SAMPLES / sample).read_bytes()
    written = cbsa.document(published(EMPTY, CONFIG, NOW_S), language)
    assert written.split(b"\n")[0] == captured.split(b"\n")[0]
    assert written.endswith(b";; \n\n")
    assert captured.rstrip(b"\n").endswith(b";; ")


def test_the_page_has_a_row_on_one_line_with_its_instant() -> None:
    shown = canada(
        state(STANDARD, "measured", wait(3660.0, 0.0, 9e3, age_s=300.0)),
        state("passenger/standard", "measured", wait(29.0, 0.0, 60.0, age_s=10.0)),
    )
    said = published(shown, CONFIG, NOW_S)
    row = (
        "<tr><th><b>{}</b><br /><br /></th><td>61 minutes</td><td>{}</td>"
        '<td><time datetime="2026-11-25T10:09-0500">2026-11-25 10:09 {}</time></td></tr>'
    )
    for language, cells in (
        ("en", ("Ambassador Bridge", "No delay", "EST")),
        ("fr", ("Pont Ambassador", "Aucun délai", "HNE")),
    ):
        lines = cbsa_html.document(said, language).decode().splitlines()
        assert [line for line in lines if line.startswith("<tr>")] == [row.format(*cells)]
        assert '<table id="bwttaf">' in lines[2]


@pytest.mark.skipif(not SAMPLES.is_dir(), reason="../shared/feeds/samples is not beside this checkout")
def test_the_page_has_the_columns_as_captured() -> None:
    captured = (SAMPLES / "cbsa-menu-eng-2022-07-07-wsdotgis.html").read_text()
    written = cbsa_html.document(published(EMPTY, CONFIG, NOW_S), "en").decode()
    head = r"<th>(\w[\w ]*)</th>"
    assert re.findall(head, written) == re.findall(head, captured)
