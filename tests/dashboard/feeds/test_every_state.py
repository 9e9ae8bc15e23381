"""Every state in every format: one table."""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree as ET
from typing import NamedTuple

import pytest

from dashboard.feeds import (
    cbp_json,
    cbp_rss,
    cbp_xml,
    cbsa,
    cbsa_html,
    drivebc,
    geojson,
    wait_times,
    wsdot,
    wsdot_xml,
)
from dashboard.feeds.cbp import cbp_ports
from dashboard.feeds.clocks import Language
from dashboard.feeds.values import Published
from tests.dashboard.feeds.every_state import CASES, Case

AT = "At 10:14 am EST"
PENDING = ("Update Pending", "", "", "")


def in_cbp_json(said: Published) -> tuple[str, ...]:
    lane = cbp_json.document(said)[0]["commercial_vehicle_lanes"]["standard_lanes"]
    return tuple(lane[key] for key in ("operational_status", "delay_minutes", "lanes_open", "update_time"))


def in_cbp_xml(said: Published) -> tuple[str, ...]:
    lane = ET.fromstring(cbp_xml.document(said)).find("port/commercial_vehicle_lanes/standard_lanes")
    assert lane is not None
    keys = ("operational_status", "delay_minutes", "lanes_open", "update_time")
    return tuple(lane.findtext(key) or "" for key in keys)


def in_rss(said: Published) -> str:
    text = cbp_rss.document(said, cbp_ports(said), "all", "http://port.example/").decode()
    found = re.search(r"General Lanes:(.*?)<br/>", text)
    assert found
    return found[1]


def in_cbsa(said: Published, language: Language) -> str:
    row = cbsa.document(said, language).decode("utf-8-sig").split("\n")[1]
    cells = row.split(";; ")
    assert len(cells) == 8
    return cells[3]


def in_cbsa_page(said: Published, language: Language) -> str:
    found = re.search(
        r"</th><td>([^<]*)</td><td>[^<]*</td><td><time ", cbsa_html.document(said, language).decode()
    )
    assert found
    return found[1]


def in_wsdot(said: Published) -> int | None:
    rows = {row["CrossingName"]: row["WaitTime"] for row in wsdot.document(said)}
    tree = ET.fromstring(wsdot_xml.document(said))
    space = {"w": wsdot_xml.NAMESPACE}
    names = [one.text for one in tree.findall("w:BorderCrossingData/w:CrossingName", space)]
    waits = [int(one.text or "") for one in tree.findall("w:BorderCrossingData/w:WaitTime", space)]
    assert dict(zip(names, waits, strict=True)) == rows
    return rows.get("SR543Trucks")


def in_drivebc(said: Published) -> object:
    lanes = {(one["lane_type"], one["lane_direction"]): one for one in drivebc.document(said)[0]["lanes"]}
    return (
        lanes[("Trucks", "NORTHBOUND")]["delay_minutes"] if ("Trucks", "NORTHBOUND") in lanes else "left out"
    )


def in_geojson(said: Published) -> tuple[object, ...]:
    properties = geojson.document(said)["features"][0]["properties"]
    return tuple(properties[f"cv_standard_{name}"] for name in ("state", "min", "lo_min", "hi_min"))


def in_own(said: Published) -> tuple[object, ...]:
    lane = json.loads(json.dumps(wait_times.document(said)))["ports"][0]["lanes"][0]
    wait = lane["expected"]
    return lane["state"], *(None if wait is None else wait[key] for key in ("wait_s", "low_s", "high_s"))


class Told(NamedTuple):
    """One state in every format: the lane of CBP's JSON and XML; what stands in the cell of the others."""

    cbp: tuple[str, ...]
    rss: str
    cbsa_en: str
    cbsa_fr: str
    wsdot: int | None
    drivebc: object
    geojson: tuple[object, ...]
    own: tuple[object, ...]


def told(said: Published) -> Told:
    return Told(
        in_cbp_json(said),
        in_rss(said),
        in_cbsa(said, "en"),
        in_cbsa(said, "fr"),
        in_wsdot(said),
        in_drivebc(said),
        in_geojson(said),
        in_own(said),
    )


UNKNOWN = Told(
    cbp=PENDING,
    rss="  Update Pending  ",
    cbsa_en="--",
    cbsa_fr="--",
    wsdot=-1,
    drivebc=None,
    geojson=("unknown", None, None, None),
    own=("unknown", None, None, None),
)
EXPECTED: dict[str, Told] = {
    "measured": Told(
        cbp=("delay", "22", "2", AT),
        rss=f" {AT} 22 min delay 2 lane(s) open  ",
        cbsa_en="22 minutes",
        cbsa_fr="22 minutes",
        wsdot=22,
        drivebc=22,
        geojson=("measured", 22, 15, 31),
        own=("measured", 1320, 900, 1860),
    ),
    "under 10 minutes": Told(
        cbp=("no delay", "5", "2", AT),
        rss=f" {AT} 5 min delay 2 lane(s) open  ",
        cbsa_en="5 minutes",
        cbsa_fr="5 minutes",
        wsdot=5,
        drivebc=5,
        geojson=("measured", 5, 3, 7),
        own=("measured", 300, 180, 420),
    ),
    "zero": Told(
        cbp=("no delay", "0", "2", AT),
        rss=f" {AT} 0 min delay 2 lane(s) open  ",
        cbsa_en="No Delay",
        cbsa_fr="Aucun délai",
        wsdot=0,
        drivebc=0,
        geojson=("measured", 0, 0, 1),
        own=("measured", 0, 0, 60),
    ),
    "one minute": Told(
        cbp=("no delay", "1", "2", AT),
        rss=f" {AT} 1 min delay 2 lane(s) open  ",
        cbsa_en="1 minute",
        cbsa_fr="1 minute",
        wsdot=1,
        drivebc=1,
        geojson=("measured", 1, 0, 2),
        own=("measured", 60, 0, 120),
    ),
    "over an hour": Told(
        cbp=("delay", "61", "2", AT),
        rss=f" {AT} 61 min delay 2 lane(s) open  ",
        cbsa_en="61 minutes",
        cbsa_fr="61 minutes",
        wsdot=61,
        drivebc=61,
        geojson=("measured", 61, 42, 86),
        own=("measured", 3660, 2520, 5160),
    ),
    "measured, lanes open not known": Told(
        cbp=("delay", "22", "", AT),
        rss="  Update Pending  ",
        cbsa_en="22 minutes",
        cbsa_fr="22 minutes",
        wsdot=22,
        drivebc=22,
        geojson=("measured", 22, 15, 31),
        own=("measured", 1320, 900, 1860),
    ),
    "at least": Told(
        cbp=("delay", "45", "2", AT),
        rss=f" {AT} 45 min delay 2 lane(s) open  ",
        cbsa_en="--",
        cbsa_fr="--",
        wsdot=-1,
        drivebc=None,
        geojson=("at_least", None, 45, None),
        own=("at_least", None, 2700, None),
    ),
    "at least, under 10 minutes": Told(
        cbp=PENDING,
        rss="  Update Pending  ",
        cbsa_en="--",
        cbsa_fr="--",
        wsdot=-1,
        drivebc=None,
        geojson=("at_least", None, 8, None),
        own=("at_least", None, 480, None),
    ),
    "unknown": UNKNOWN,
    "stale": UNKNOWN,
    "held": UNKNOWN,
    "withdrawn": UNKNOWN,
    "no nodes at all": UNKNOWN,
    "closed": Told(
        cbp=("Lanes Closed", "", "", ""),
        rss="  Lanes Closed  ",
        cbsa_en="Closed",
        cbsa_fr="Fermé",
        wsdot=-1,
        drivebc="closed",
        geojson=("closed", None, None, None),
        own=("closed", None, None, None),
    ),
    "not offered": Told(
        cbp=("N/A", "", "", ""),
        rss="  N/A  ",
        cbsa_en="Not Applicable",
        cbsa_fr="Ne s'applique pas",
        wsdot=None,
        drivebc="left out",
        geojson=("not_offered", None, None, None),
        own=("not_offered", None, None, None),
    ),
}


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_state_in_every_format(case: Case) -> None:
    said = case.published()
    assert told(said) == EXPECTED[case.name]
    assert in_cbp_xml(said) == in_cbp_json(said)
    assert in_cbsa_page(said, "en") == in_cbsa(said, "en").capitalize()
    assert in_cbsa_page(said, "fr") == in_cbsa(said, "fr")


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_nothing_passes_for_a_figure_of_an_agency(case: Case) -> None:
    said = case.published()
    rss = cbp_rss.document(said, cbp_ports(said), "all", "http://port.example/").decode()
    assert "<title>CBP Border Wait Times</title>" not in rss
    assert "measured by Example Bridge Authority (CBP-compatible format)" in rss
    page = cbsa_html.document(said, "en").decode()
    assert "measured by Example Bridge Authority (CBSA-compatible format)</title>" in page
    assert {
        group["cv_automation_type"] for group in (cbp_json.document(said)[0]["commercial_vehicle_lanes"],)
    } == {"Camera"}
