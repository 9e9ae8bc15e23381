"""Field reports of people who read or publish border waits, B01 to B19: each must come out right here."""

from __future__ import annotations

import json
import os
import time
import xml.etree.ElementTree as ET
from dataclasses import replace
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any

import pytest

from dashboard import zones
from dashboard.board import Board, DirectionView
from dashboard.config import CentralConfig
from dashboard.feeds import cbp_json, cbp_xml, cbsa, drivebc, geojson, wait_times, wsdot
from dashboard.feeds.cbp import stamp
from dashboard.feeds.published import published
from dashboard.feeds.values import Published
from dashboard.hours import is_open
from dashboard.official.detect import read
from dashboard.official.reading import Document, OfficialError, Reading
from dashboard.waits.engine import WaitEngine
from dashboard.waits.state import StreamState
from tests.dashboard.feed_cases import NOW_S, board, state, wait
from tests.dashboard.feeds.every_state import CASES, CONFIG, STREAM, Case
from tests.dashboard.test_waits_states import START_S, busy, minutes, row, site

STANDARD = "passenger/standard"
BLAINE: dict[str, Any] = {
    "port_number": "300402",
    "border": "Canadian Border",
    "date": "8/30/2026",
    "time": "20:41:44",
}


def utc(text: str) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()


def port(*, lane: dict[str, object], **changes: object) -> dict[str, Any]:
    return BLAINE | changes | {"passenger_vehicle_lanes": {"standard_lanes": lane}}


def lane(status: str = "delay", minutes: object = "30", stamped: str = "At 8:30 pm PDT") -> dict[str, object]:
    return {"operational_status": status, "delay_minutes": minutes, "update_time": stamped, "lanes_open": "2"}


def imported(*ports: dict[str, Any], fetched_s: float | None = None) -> Document:
    return read(json.dumps(ports).encode(), fetched_s)


def only(document: Document) -> Reading:
    (one,) = document.readings
    return one


def test_b01_a_feed_that_changes_language_says_the_same() -> None:
    english = imported(
        port(lane=lane("Lanes Closed", "", "")),
        port(lane=lane("delay", "30", "At 11:59 am PDT"), time="12:10:00"),
    )
    spanish = imported(
        port(lane=lane("Carriles cerrados", "", ""), border="Frontera canadiense"),
        port(lane=lane("Demora", "30", "En 11:59 am PDT"), time="12:10:00", border="Frontera canadiense"),
    )
    assert spanish.readings == english.readings
    noon = port(
        lane=lane("sin demora", "5", "En Mediodía PDT"), time="12:10:00", border="Frontera Canadiense"
    )
    assert only(imported(noon)).measured_at_s == utc("2026-08-30T19:00:00")
    with pytest.raises(OfficialError, match="only 1 of 3 ports"):
        imported(port(lane=lane()), *[port(lane=lane("hors service"), border="Grenze")] * 2)


def test_b01_what_we_publish_is_english_whoever_asks() -> None:
    body = json.dumps(cbp_json.document(CASES[0].published()))
    assert "Canadian Border" in body
    assert "Frontera" not in body


@pytest.mark.parametrize("minutes_", ["", None, " ", "0"])
def test_b02_update_pending_is_no_report(minutes_: object) -> None:
    assert only(imported(port(lane=lane("Update Pending", minutes_, "")))).state == "unknown"
    pending = case("unknown").published()
    assert cbp_json.document(pending)[0]["commercial_vehicle_lanes"]["standard_lanes"]["delay_minutes"] == ""


def test_b03_one_bridge_under_two_numbers_is_one_place() -> None:
    first = imported(port(lane=lane(), port_number="240202", crossing_name="El Paso - Paso Del Norte (PDN)"))
    later = imported(port(lane=lane(), port_number="202401", crossing_name="Paso Del Norte"))
    assert only(first).place == only(later).place == "240202"
    assert only(imported(port(lane=lane(), port_number="l24501"))).place == "124501"


@pytest.mark.parametrize(
    ("at", "state_"), [("21:55", "measured"), ("22:00", "closed"), ("22:05", "closed"), ("05:59", "closed")]
)
def test_b04_a_crossing_that_is_shut_is_closed_not_free(at: str, state_: str) -> None:
    told = CONFIG.model_dump(by_alias=True)
    told["ports"][0]["directions"][0]["streams"][0]["hours"] = "6 am-10 pm"
    at_s = (
        datetime.fromisoformat(f"2026-11-24T{at}").replace(tzinfo=zones.zone("America/Detroit")).timestamp()
    )
    fresh = state(
        STREAM, "measured", replace(wait(300.0, 0.0, 600.0), measured_at_s=at_s, valid_until_s=at_s + 900)
    )
    shown = Board(at_s, (DirectionView("ambassador", "us_bound", (fresh,), (), ()),))
    said = published(shown, CentralConfig.model_validate(told), at_s)
    assert said.ports[0].directions[0].streams[0].state == state_


def test_b04_hours_that_cannot_be_read_claim_nothing() -> None:
    assert is_open("summer only, call ahead", NOW_S, "America/Detroit") is None


@pytest.mark.parametrize("case_", CASES, ids=[one.name for one in CASES])
def test_b05_delay_never_stands_without_its_number(case_: Case) -> None:
    for name, inside in cbp_json.document(case_.published())[0]["commercial_vehicle_lanes"].items():
        if isinstance(inside, dict):
            assert ("delay" in inside["operational_status"]) == (inside["delay_minutes"] != ""), name
    assert only(imported(port(lane=lane("delay", "")))).state == "unknown"


def test_b06_noon_and_midnight_are_the_minute_before() -> None:
    assert stamp(int(utc("2026-08-22T19:00:20")), "America/Los_Angeles") == "At 11:59 am PDT"
    assert stamp(int(utc("2026-08-22T07:00:20")), "America/Los_Angeles") == "At 11:59 pm PDT"


def test_b07_an_hour_is_sixty_minutes() -> None:
    cells = (
        cbsa.document(case("over an hour").published(), "en").decode("utf-8-sig").split("\n")[1].split(";; ")
    )
    assert cells[3] == "61 minutes"
    row_ = "Office;; A, ON/B, NY;; 2026-10-03 13:20 EDT;; 1 hour 1 minute;; --;; --;; --;; "
    text = f"a;; b;; c;; d;; e;; f;; g;;\n{row_}\n"
    assert read(text.encode(), None).readings[0].wait_s == 3660


def test_b08_the_wall_clock_of_the_crossing_is_not_utc() -> None:
    assert imported(port(lane=lane())).at_s == utc("2026-08-31T03:41:44")
    said = CASES[0].published()
    for instant in (wait_times.document(said)["generated_at"], drivebc.document(said)[0]["last_updated"]):
        assert instant.endswith("Z")


def test_b09_summer_time_is_not_written_into_the_code() -> None:
    august = published(board(at_s=utc("2026-08-22T18:08:39")), CONFIG, utc("2026-08-22T18:08:39"))
    assert ET.fromstring(cbp_xml.document(august)).findtext("last_updated_time") == "14:08:39"
    rss = (
        "<rss><channel><pubDate>Sat, 22 Aug 2026 14:08:39 EST</pubDate><item><title>Buffalo</title>"
        "<description>Date: 8/22/2026 <h4><b> Passenger Vehicles </b></h4>"
        "General Lanes: At 2:00 pm EST 5 min delay 1 lane(s) open  <br/></description></item></channel></rss>"
    )
    assert only(read(rss.encode(), None)).measured_at_s == utc("2026-08-22T18:00:00")


def test_b10_the_two_ends_of_peace_arch_differ_in_winter() -> None:
    at_s = int(utc("2026-12-01T20:01:00"))
    assert stamp(at_s, "America/Los_Angeles") == "At 12:01 pm PST"
    assert stamp(at_s, "America/Vancouver") == "At 1:01 pm PDT"
    zones.require_current_data()


def test_b11_arizona_prints_standard_letters_on_a_daylight_clock() -> None:
    nogales = port(
        lane=lane("delay", "20", "At 9:00 pm MST"),
        port_number="260401",
        border="Mexican Border",
        time="21:41:44",
    )
    document = imported(nogales, fetched_s=utc("2026-08-31T03:44:00"))
    assert document.at_s == utc("2026-08-31T03:41:44")
    assert only(document).measured_at_s == utc("2026-08-31T03:00:00")
    assert document.at_s - utc("2026-08-31T03:00:00") == 41 * 60 + 44


@pytest.mark.parametrize(
    ("case_", "clock", "stamped", "age_min"),
    [
        ("before midnight is yesterday", "00:30:00", "At 11:00 pm PDT", 90),
        ("a little ahead is now", "20:41:44", "At 8:50 pm PDT", 0),
        ("far ahead cannot be told", "20:41:44", "At 10:00 pm PDT", None),
        ("hours old says nothing of now", "22:41:44", "At 3:00 pm PDT", None),
        ("the same minute", "20:41:44", "At 8:41 pm PDT", 44 / 60),
    ],
)
def test_b12_no_age_is_negative_and_none_is_a_day(
    case_: str, clock: str, stamped: str, age_min: float | None
) -> None:
    document = imported(port(lane=lane("delay", "20", stamped), time=clock))
    one = only(document)
    assert one.state == ("unknown" if age_min is None else "measured")
    if age_min is not None:
        assert document.at_s is not None
        assert one.measured_at_s is not None
        assert document.at_s - one.measured_at_s == pytest.approx(60 * age_min)


@pytest.mark.parametrize(("later_min", "shown"), [(0, "15"), (14, "15"), (15.1, ""), (120, "")])
def test_b13_a_frozen_upstream_is_not_shown_as_live(later_min: float, shown: str) -> None:
    stood = board(state(STREAM, "measured", wait(900.0, 700.0, 1100.0, age_s=0.0)))
    now_s = NOW_S + 60 * later_min
    said = published(replace(stood, at_s=now_s), CONFIG, now_s)
    lane_ = cbp_json.document(said)[0]["commercial_vehicle_lanes"]["standard_lanes"]
    assert lane_["delay_minutes"] == shown
    stream = said.ports[0].directions[0].streams[0]
    assert (stream.state == "unknown") == (shown == "")
    assert (stream.unknown_since_s is not None) == (shown == "")


@pytest.mark.parametrize("content", [b"[]", b"", json.dumps([{"port_number": "x"}] * 85).encode()])
def test_b14_nothing_in_a_good_answer_is_a_failure(content: bytes) -> None:
    with pytest.raises(OfficialError, match="last good figures are kept"):
        read(content, NOW_S)


@pytest.mark.parametrize("value", ["", None, " ", [], "missing"])
def test_b15_empty_is_unknown_never_zero(value: object) -> None:
    told = lane("delay", value)
    if value == "missing":
        del told["delay_minutes"]
    assert only(imported(port(lane=told))).state == "unknown"


@pytest.mark.parametrize("host", ["UTC", "Asia/Tokyo", "America/Vancouver"])
def test_b16_closed_hours_do_not_depend_on_the_host(host: str) -> None:
    before = os.environ.get("TZ")
    os.environ["TZ"] = host
    time.tzset()
    try:
        assert is_open("12:00-20:00", utc("2026-07-02T04:30:00"), "America/Los_Angeles") is False
        assert is_open("12:00-20:00", utc("2026-07-02T19:30:00"), "America/Los_Angeles") is True
    finally:
        os.environ.pop("TZ") if before is None else os.environ.__setitem__("TZ", before)
        time.tzset()


def told_after(rows: list[Any], at_s: float) -> StreamState:
    engine = WaitEngine(site())
    for one in rows:
        engine.step([one])
    return engine.states(at_s)[0]


def test_b17_a_view_full_of_standing_vehicles_is_never_zero() -> None:
    full = minutes(busy, 30, in_view=5.7, full=True, arrivals=5, departures=5)
    told = told_after(full, START_S + 1800)
    assert told.state == "at_least"
    said = published(
        board(replace(told, stream="commercial/standard"), at_s=START_S + 1800), CONFIG, START_S + 1800
    )
    assert said.ports[0].directions[0].streams[0].state == "at_least"
    assert zeroes(said) == []


def test_b17_zero_needs_vehicles_that_pass_without_standing() -> None:
    assert told_after(minutes(row, 20), START_S + 1200).state == "unknown"
    free = told_after(minutes(row, 20, arrivals=1, departures=1, booth_occ=0.3), START_S + 1200)
    assert free.state == "measured"


def test_b18_a_tail_that_leaves_the_view_is_a_bound_that_does_not_fall() -> None:
    rows = minutes(busy, 2, in_view=4.0) + minutes(
        busy, 25, START_S + 120, in_view=5.7, full=True, arrivals=2
    )
    engine, bounds = WaitEngine(site()), []
    for one in rows:
        engine.step([one])
        told = engine.states(one.end_s)[0]
        if one.full:
            assert told.state == "at_least", one.start_s
            assert told.expected is not None
            bounds.append(told.expected.low_s)
    assert all(later >= earlier - 1.0 for earlier, later in pairwise(bounds)), bounds


def test_b19_minus_one_is_no_reading() -> None:
    rows = [
        {
            "CrossingName": "I5",
            "WaitTime": -1,
            "Time": "/Date(1763228400000-0800)/",
            "BorderCrossingLocation": None,
        }
    ]
    one = only(read(json.dumps(rows).encode(), None))
    assert (one.state, one.wait_s) == ("unknown", None)


def case(name: str) -> Case:
    return next(one for one in CASES if one.name == name)


def zeroes(said: Published) -> list[str]:
    """The formats that print a zero for the first stream into the United States."""
    lane_ = cbp_json.document(said)[0]["commercial_vehicle_lanes"]["standard_lanes"]
    own = wait_times.document(said)["ports"][0]["lanes"][0]["expected"] or {}
    told = {
        "CBP": lane_["delay_minutes"] == "0" or lane_["operational_status"] == "no delay",
        "GeoJSON": geojson.document(said)["features"][0]["properties"]["cv_standard_min"] == 0,
        "own": own.get("wait_s") == 0,
        "WSDOT": any(one["WaitTime"] == 0 for one in wsdot.document(said)),
    }
    return [name for name, zero in told.items() if zero]


def test_no_report_is_without_a_test() -> None:
    told = {name[5:8] for name in globals() if name.startswith("test_b")}
    assert told == {f"b{n:02}" for n in range(1, 20)}
