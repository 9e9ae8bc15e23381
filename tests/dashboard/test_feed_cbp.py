"""CBP's JSON, XML and RSS: what each state prints, and the shape that readers rely on."""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree as ET
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.board import Board
from dashboard.config import CentralConfig
from dashboard.feeds import cbp_json, cbp_rss, cbp_xml
from dashboard.feeds.cbp import cbp_ports, stamp
from dashboard.feeds.hours import official
from dashboard.feeds.published import published
from dashboard.waits.state import StreamState
from tests.dashboard.feed_cases import BARE, CONFIG, EMPTY, EVERY_STATE, MEASURED, NOW_S, board, state, wait

SAMPLES = Path(__file__).parents[3] / "shared/feeds/samples"
FAST, STANDARD = "commercial/fast", "commercial/standard"
LINK = "http://port.example/"


def document(shown: Board, config: CentralConfig = CONFIG, now_s: float = NOW_S) -> list[dict[str, Any]]:
    return cbp_json.document(published(shown, config, now_s))


def xml(shown: Board, config: CentralConfig = CONFIG) -> bytes:
    return cbp_xml.document(published(shown, config, NOW_S))


def rss(shown: Board, part: cbp_rss.Part = "all") -> str:
    said = published(shown, CONFIG, NOW_S)
    return cbp_rss.document(said, cbp_ports(said), part, LINK).decode()


def lanes(port: dict[str, Any]) -> dict[str, dict[str, str]]:
    return {
        f"{group}/{name}": lane
        for group, inside in port.items()
        if isinstance(inside, dict)
        for name, lane in inside.items()
        if isinstance(lane, dict)
    }


def utc(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp())


# case, state, (status, delay, open, update), RSS value
TABLE: list[tuple[str, StreamState, tuple[str, str, str, str], str]] = [
    (
        "measured zero is no delay with a number",
        state(FAST, "measured", wait(29.0, 0.0, 60.0)),
        ("no delay", "0", "2", "At 10:14 am EST"),
        " At 10:14 am EST 0 min delay 2 lane(s) open  ",
    ),
    (
        "nine minutes are no delay",
        state(FAST, "measured", wait(569.0, 500.0, 600.0)),
        ("no delay", "9", "2", "At 10:14 am EST"),
        " At 10:14 am EST 9 min delay 2 lane(s) open  ",
    ),
    (
        "half a minute rounds up, and ten are a delay",
        state(FAST, "measured", wait(570.0, 500.0, 600.0)),
        ("delay", "10", "2", "At 10:14 am EST"),
        " At 10:14 am EST 10 min delay 2 lane(s) open  ",
    ),
    (
        "hours are plain minutes",
        state(FAST, "measured", wait(7200.0, 6000.0, 9000.0)),
        ("delay", "120", "2", "At 10:14 am EST"),
        " At 10:14 am EST 120 min delay 2 lane(s) open  ",
    ),
    (
        "open lanes not known are empty, and RSS has no sentence",
        replace(state(FAST, "measured", MEASURED), lanes_open=None),
        ("delay", "22", "", "At 10:14 am EST"),
        "  Update Pending  ",
    ),
    (
        "no lane open beside a wait is not said",
        replace(state(FAST, "measured", MEASURED), lanes_open=0),
        ("delay", "22", "", "At 10:14 am EST"),
        "  Update Pending  ",
    ),
    (
        "a lower bound of ten minutes is a delay",
        state(FAST, "at_least", wait(3000.0, 659.0, 4000.0)),
        ("delay", "10", "2", "At 10:14 am EST"),
        " At 10:14 am EST 10 min delay 2 lane(s) open  ",
    ),
    (
        "a lower bound below ten is not printed",
        state(FAST, "at_least", wait(3000.0, 599.0, 4000.0)),
        ("Update Pending", "", "", ""),
        "  Update Pending  ",
    ),
    (
        "unknown",
        state(FAST, "unknown", None, "no evidence that it is open"),
        ("Update Pending", "", "", ""),
        "  Update Pending  ",
    ),
    (
        "too old",
        state(FAST, "measured", wait(900.0, 700.0, 1000.0, age_s=901.0)),
        ("Update Pending", "", "", ""),
        "  Update Pending  ",
    ),
    ("closed", state(FAST, "closed", None, "lane sign"), ("Lanes Closed", "", "", ""), "  Lanes Closed  "),
    ("not offered", state(FAST, "not_offered"), ("N/A", "", "", ""), "  N/A  "),
]
IDS = [row[0] for row in TABLE]
OTHER = state(STANDARD, "measured", wait(60.0, 0.0, 120.0))


@pytest.mark.parametrize(("case", "told", "expected", "sentence"), TABLE, ids=IDS)
def test_each_state_in_json_and_xml(
    case: str, told: StreamState, expected: tuple[str, ...], sentence: str
) -> None:
    shown = board(told, OTHER)
    lane = lanes(document(shown)[0])["commercial_vehicle_lanes/FAST_lanes"]
    keys = ("operational_status", "delay_minutes", "lanes_open", "update_time")
    assert tuple(lane[key] for key in keys) == expected
    inside = ET.fromstring(xml(shown)).find("port/commercial_vehicle_lanes/FAST_lanes")
    assert inside is not None
    assert tuple(inside.findtext(key) for key in keys) == expected
    assert [child.tag for child in inside] == [
        *("operational_status", "update_time", "delay_minutes", "lanes_open"),
    ]


@pytest.mark.parametrize(("case", "told", "expected", "sentence"), TABLE, ids=IDS)
def test_each_state_in_rss(case: str, told: StreamState, expected: tuple[str, ...], sentence: str) -> None:
    text = rss(board(told, OTHER))
    ET.fromstring(text)
    assert f"<br/>Fast Lanes:{sentence}<br/>" in text
    assert "no delay" not in text.lower()


@pytest.mark.parametrize("config", [CONFIG, BARE], ids=["full configuration", "bare configuration"])
def test_without_measurement_all_seven_lanes_are_pending(config: CentralConfig) -> None:
    (port,) = document(EMPTY, config)
    assert port["port_status"] == "Open"
    assert (
        list(lanes(port).values())
        == [
            {"update_time": "", "operational_status": "Update Pending", "delay_minutes": "", "lanes_open": ""}
        ]
        * 7
    )
    assert xml(EMPTY, config).count(b"<operational_status>Update Pending</operational_status>") == 7


def test_the_notice_says_the_lower_bound() -> None:
    notice = (
        "Commercial standard lanes: Queue is longer than the camera sees: "
        "wait at Ambassador Bridge is AT LEAST 45 minutes (10:14 am)."
    )
    assert document(EVERY_STATE)[0]["construction_notice"] == notice
    assert ET.fromstring(xml(EVERY_STATE)).findtext("port/construction_notice") == notice
    assert f"<b>Border Notice: </b>{notice}</description>" in rss(EVERY_STATE)
    assert ET.fromstring(xml(EMPTY)).find("port/construction_notice") is None


def test_a_closed_crossing_has_no_figures() -> None:
    shown = board(*(state(s, "closed") for s in (FAST, STANDARD, "passenger/standard", "passenger/nexus")))
    (port,) = document(shown)
    assert port["port_status"] == "Closed"
    assert {lane["operational_status"] for lane in lanes(port).values()} == {"Lanes Closed", "Update Pending"}


@pytest.mark.parametrize(
    ("case", "zone", "measured", "expected"),
    [
        ("the minute is floored", "America/Detroit", "2026-08-22T17:07:59", "At 1:07 pm EDT"),
        ("noon is the minute before", "America/Los_Angeles", "2026-08-22T19:00:20", "At 11:59 am PDT"),
        ("midnight is the minute before", "America/Detroit", "2026-08-22T04:00:59", "At 11:59 pm EDT"),
        ("one past noon stands", "America/Detroit", "2026-08-22T16:01:00", "At 12:01 pm EDT"),
        ("first hour of the change back", "America/Detroit", "2026-11-01T05:30:00", "At 1:30 am EDT"),
        ("second hour of the change back", "America/Detroit", "2026-11-01T06:30:00", "At 1:30 am EST"),
        ("Blaine in winter", "America/Los_Angeles", "2026-12-01T20:05:00", "At 12:05 pm PST"),
        ("Surrey in winter", "America/Vancouver", "2026-12-01T20:05:00", "At 1:05 pm PDT"),
    ],
)
def test_stamps(case: str, zone: str, measured: str, expected: str) -> None:
    assert stamp(utc(measured), zone) == expected


@pytest.mark.parametrize(
    ("case", "measured", "expected"),
    [
        ("noon", "2026-08-22T16:00:20", "At Noon EDT"),
        ("midnight", "2026-08-22T04:00:59", "At Midnight EDT"),
        ("any other minute", "2026-08-22T16:01:00", "At 12:01 pm EDT"),
    ],
)
def test_the_official_words_for_noon_on_demand(case: str, measured: str, expected: str) -> None:
    assert stamp(utc(measured), "America/Detroit", noon_words=True) == expected
    told = CONFIG.model_dump(by_alias=True)
    told["ports"][0]["publication"]["official_noon_words"] = True
    now_s = float(utc(measured) + 30)
    shown = board(
        state(FAST, "measured", replace(MEASURED, measured_at_s=now_s - 30, valid_until_s=now_s + 99))
    )
    lane = lanes(document(replace(shown, at_s=now_s), CentralConfig.model_validate(told), now_s)[0])
    assert lane["commercial_vehicle_lanes/FAST_lanes"]["update_time"] == expected


@pytest.mark.parametrize(
    ("hours", "printed"),
    [
        ("24 hrs/day", "24 hrs/day"),
        ("24 Hrs/Day", "24 hrs/day"),
        ("06:00-22:00", "6 am-10 pm"),
        ("6 am - Midnight", "6 am-Midnight"),
        ("8:00-12:00", "8 am-12 pm"),
        ("06:30-22:00", "06:30-22:00"),
        ("Mon-Fri 6:00-22:00", "Mon-Fri 6:00-22:00"),
        ("25:00-99:00", "25:00-99:00"),
    ],
)
def test_hours_are_written_as_cbp_writes_them(hours: str, printed: str) -> None:
    assert official(hours) == printed


def test_the_notice_is_raw_text_in_xml() -> None:
    assert b"<construction_notice><![CDATA[Commercial standard lanes: Queue" in xml(EVERY_STATE)


def test_rss_dates_carry_the_zone_that_holds() -> None:
    said = published(EMPTY, CONFIG, utc("2026-08-22T18:08:39"))
    text = cbp_rss.document(said, cbp_ports(said), "all", LINK).decode()
    assert text.count("<pubDate>Sat, 22 Aug 2026 14:08:39 EDT</pubDate>") == 2
    assert "<title>Ambassador Bridge wait times, measured by Example Bridge Authority (CBP-comp" in text


def test_rss_shows_the_groups_that_were_asked_for_and_exist() -> None:
    assert "Commercial" in rss(EVERY_STATE, "cov")
    assert "Passenger" not in rss(EVERY_STATE, "cov")
    assert re.findall(r"<h4><b> (.*?) </b></h4>", rss(EVERY_STATE)) == [
        *("Commercial Vehicles", "Passenger Vehicles"),
    ]
    assert re.search(r"General Lanes:[^<]*<br/>Nexus Lanes:", rss(EVERY_STATE, "pov"))


def test_leading_zeros_and_official_names_are_kept() -> None:
    told = CONFIG.model_dump(by_alias=True)
    told["ports"][0]["directions"][0]["official"] = {
        "cbp_port_number": "070801",
        "cbp_port_name": "Alexandria Bay",
        "cbp_crossing_name": "Thousand Islands Bridge",
    }
    config = CentralConfig.model_validate(told)
    (port,) = document(EMPTY, config)
    assert (port["port_number"], port["port_name"]) == ("070801", "Alexandria Bay")
    assert port["crossing_name"] == "Thousand Islands Bridge"


def test_xml_is_ascii() -> None:
    told = CONFIG.model_dump(by_alias=True)
    told["ports"][0]["name"]["en"] = "Pont des Mille-Îles & Co"
    config = CentralConfig.model_validate(told)
    body = xml(EVERY_STATE, config)
    assert body.isascii()
    assert ET.fromstring(body).findtext("port/port_name") == "Pont des Mille-Îles & Co"
    assert "Mille-Iles & Co" in (ET.fromstring(body).findtext("port/construction_notice") or "")


@given(
    kind=st.sampled_from(["measured", "at_least", "unknown", "closed", "not_offered"]),
    bounds=st.lists(st.floats(0, 50000), min_size=3, max_size=3).map(sorted),
    age_s=st.floats(0, 2000),
    lanes_open=st.none() | st.integers(0, 9),
)
def test_the_word_delay_always_has_its_number(
    kind: Any, bounds: list[float], age_s: float, lanes_open: int | None
) -> None:
    low_s, wait_s, high_s = bounds
    told = replace(state(FAST, kind, wait(wait_s, low_s, high_s, age_s=age_s)), lanes_open=lanes_open)
    for lane in lanes(document(board(told, OTHER))[0]).values():
        assert set(map(type, lane.values())) == {str}
        number = lane["delay_minutes"]
        assert ("delay" in lane["operational_status"]) == number.isdigit() == bool(lane["update_time"])
        if number:
            assert (lane["operational_status"] == "delay") == (int(number) >= 10)
            assert lane["lanes_open"] != "0"
        else:
            assert lane["operational_status"] in ("Update Pending", "Lanes Closed", "N/A")


@pytest.mark.skipif(not SAMPLES.is_dir(), reason="../shared/feeds/samples is not beside this checkout")
def test_keys_stand_in_the_order_of_a_captured_document() -> None:
    captured = json.loads((SAMPLES / "cbp-bwtnew-2022-06-29-wsdotgis.json").read_text("utf-8"))[0]

    def keys(node: dict[str, Any]) -> list[Any]:
        return [(key, keys(value)) if isinstance(value, dict) else key for key, value in node.items()]

    assert keys(document(EVERY_STATE)[0]) == keys(captured)


@pytest.mark.skipif(not SAMPLES.is_dir(), reason="../shared/feeds/samples is not beside this checkout")
def test_tags_stand_in_the_order_of_a_captured_document() -> None:
    captured = ET.parse(SAMPLES / "cbp-bwt-2026-09-17-brownsville-excerpt4.xml").find("port")
    written = ET.fromstring(xml(EMPTY)).find("port")
    assert captured is not None
    assert written is not None
    assert [element.tag for element in written.iter()] == [element.tag for element in captured.iter()]
