"""Reading the official feeds: real samples, all languages, and whatever else may come over a network."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard import zones
from dashboard.feeds.clocks import Language, letters
from dashboard.official import words
from dashboard.official.detect import read
from dashboard.official.reading import Document, OfficialError, Reading
from dashboard.official.stamps import cbsa_s, rss_s


def utc(text: str) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()


# file, format, document's instant, how many readings of each state
SAMPLES: list[tuple[str, str, str, dict[str, int]]] = [
    (
        "cbp-bwtnew-2022-06-29-wsdotgis.json",
        "CBP JSON",
        "2022-06-29T17:25:16",
        {"measured": 144, "closed": 38},
    ),
    ("cbp-bwtnew-2026-08-31-otrolado-excerpt7.json", "CBP JSON", "2026-08-31T03:41:44", {"measured": 12}),
    ("cbp-bwt-2014-03-15-rkrdo.xml", "CBP XML", "2014-03-15T19:25:59", {"measured": 138, "not_offered": 159}),
    ("cbp-bwt-2014-04-28-reaktivo.xml", "CBP XML", "2014-04-29T01:41:01", {"measured": 128}),
    (
        "cbp-bwt-2026-09-17-brownsville-excerpt4.xml",
        "CBP XML",
        "2026-09-18T00:20:57",
        {"measured": 7, "closed": 5},
    ),
    (
        "cbp-rss-2026-08-22-1308cdt-brownsville.xml",
        "CBP RSS",
        "2026-08-22T18:08:39",
        {"measured": 12, "closed": 1},
    ),
    ("cbp-rss-2026-08-22-noon-brownsville.xml", "CBP RSS", "2026-08-22T17:45:22", {"measured": 12}),
    (
        "cbp-rss-2026-08-22-midnight-brownsville.xml",
        "CBP RSS",
        "2026-08-22T06:00:48",
        {"closed": 11, "measured": 2},
    ),
    ("cbp-rss-2026-08-21-pending-brownsville.xml", "CBP RSS", "2026-08-21T05:38:01", {"unknown": 16}),
    ("cbsa-bwt-eng-2026-10-03-excerpt4.csv", "CBSA CSV", "2026-10-03T17:20:00", {"measured": 6, "closed": 1}),
    (
        "cbsa-bwt-fra-2026-10-03-excerpt2.csv",
        "CBSA CSV",
        "2026-10-03T17:20:00",
        {"measured": 3, "not_offered": 1},
    ),
    (
        "cbsa-menu-eng-2022-07-07-wsdotgis.html",
        "CBSA HTML",
        "2022-07-08T00:14:00",
        {"measured": 49, "not_offered": 3},
    ),
    ("cbsa-bwt-eng-2026-06-14-excerpt3.csv", "CBSA CSV", "2026-06-14T19:20:00", {"measured": 6}),
    ("wsdot-bordercrossings-2025-11-wsdottie.json", "WSDOT JSON", "2025-11-15T17:40:00", {"measured": 9}),
]


@pytest.mark.parametrize(("name", "format_", "at", "states"), SAMPLES, ids=[row[0] for row in SAMPLES])
def test_real_documents(name: str, format_: str, at: str, states: dict[str, int], shared: Path) -> None:
    document = read((shared / "feeds/samples" / name).read_bytes(), None)
    assert (document.format, document.at_s) == (format_, utc(at))
    counted = Counter(one.state for one in document.readings)
    assert {state: counted[state] for state in states} == states  # type: ignore[index]
    for one in document.readings:
        assert (one.state == "measured") == (one.wait_s is not None)


def found(document: Document, place: str, stream: str, into: str = "us") -> Reading:
    (one,) = [r for r in document.readings if (r.place, r.stream, r.into) == (place, stream, into)]
    return one


def test_figures_of_a_real_document_stand_where_they_should(shared: Path) -> None:
    samples = shared / "feeds/samples"
    canada = read((samples / "cbsa-bwt-eng-2026-10-03-excerpt4.csv").read_bytes(), None)
    bridge = found(canada, "Peace Bridge", "passenger/standard", "ca")
    assert (bridge.wait_s, bridge.measured_at_s) == (26 * 60, utc("2026-10-03T17:20:00"))
    portal = found(canada, "North Portal", "commercial/standard", "ca")
    assert (portal.wait_s, portal.measured_at_s) == (0, utc("2026-10-03T17:15:00")), (
        "CST is UTC-6 all year there"
    )
    rss = read((samples / "cbp-rss-2026-08-22-1308cdt-brownsville.xml").read_bytes(), None)
    gateway = found(rss, "Brownsville - Gateway", "passenger/ready")
    assert (gateway.wait_s, gateway.lanes_open) == (1800, 2)
    assert gateway.measured_at_s == utc("2026-08-22T18:00:00")


@pytest.mark.parametrize(
    ("text", "minutes"),
    [
        ("5", 5),
        ("10 min", 10),
        ("1 hr", 60),
        ("1 hrs 15 min", 75),
        ("1 minute", 1),
        ("61 minutes", 61),
        ("1 hour 1 minute", 61),
        ("2 hours", 120),
        ("2 heures 5 minutes", 125),
        (7, 7),
        ("", None),
        (" ", None),
        (None, None),
        ([], None),
        (True, None),
        (-1, None),
        ("-1", None),
        ("1.5", None),
        ("about 5 min", None),
        ("99999", None),
    ],
)
def test_minutes(text: object, minutes: int | None) -> None:
    assert words.minutes(text) == minutes


@pytest.mark.parametrize(
    ("read_stamp", "text", "instant"),
    [
        (cbsa_s, "2026-10-03 13:54 ADT", "2026-10-03T16:54:00"),
        (cbsa_s, "2026-10-03 13:20 HAE", "2026-10-03T17:20:00"),
        (cbsa_s, "2026-12-01 13:00 HAP", "2026-12-01T20:00:00"),
        (cbsa_s, "2026-12-01 12:00 HNP", "2026-12-01T20:00:00"),
        (cbsa_s, "2026-13-01 12:00 HNP", None),
        (cbsa_s, "2026-12-01 12:00 XYZ", None),
        (rss_s, "Sat, 22 Aug 2026 14:08:39 EST", "2026-08-22T18:08:39"),
        (rss_s, "Sat, 22 Aug 2026 14:08:39 EDT", "2026-08-22T18:08:39"),
        (rss_s, "Tue, 01 Dec 2026 14:08:39 EST", "2026-12-01T19:08:39"),
        (rss_s, "yesterday", None),
    ],
)
def test_stamps(read_stamp: Callable[[object], float | None], text: str, instant: str | None) -> None:
    assert read_stamp(text) == (None if instant is None else utc(instant))


ZONES = ("America/Halifax", "America/Toronto", "America/Winnipeg", "America/Edmonton", "America/Vancouver")


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("day", ["2026-01-15T18:30:00", "2026-07-15T18:30:00"])
@pytest.mark.parametrize("language", ["en", "fr"])
def test_the_letters_of_every_zone_season_and_language_tell_the_instant(
    zone: str, day: str, language: Language
) -> None:
    local = zones.local(utc(day), zone)
    assert cbsa_s(f"{local:%Y-%m-%d %H:%M} {letters(local, zone, language)}") == utc(day)


def test_a_document_whose_stamps_tell_no_time_is_of_when_it_was_fetched() -> None:
    lane = {"update_time": "", "operational_status": "Update Pending", "delay_minutes": "", "lanes_open": ""}
    port = {"port_number": "380001", "border": "Canadian Border", "date": "8/22/2026", "time": "13:10:00"}
    port |= {"passenger_vehicle_lanes": {"standard_lanes": lane}}
    document = read(json.dumps([port]).encode(), 1.8e9)
    assert document.at_s == 1.8e9
    assert [one.state for one in document.readings] == ["unknown"]


@pytest.mark.parametrize(
    ("case", "broken", "read_of_3"),
    [
        ("a name that is no text", {"CrossingName": 5}, 2),
        ("a wait that is no number", {"WaitTime": "soon"}, 2),
        ("no reading, which is said by -1", {"WaitTime": -1}, 3),
        ("no reading, which is said by null", {"WaitTime": None}, 3),
    ],
)
def test_a_crossing_that_cannot_be_read_is_left_out_until_it_is_most_of_them(
    case: str, broken: dict[str, Any], read_of_3: int
) -> None:
    good = {"CrossingName": "I-5", "Time": "/Date(1763228400000-0800)/", "WaitTime": 5}
    some = read(json.dumps([good, good, good | broken]).encode(), 1.8e9)
    assert len(some.readings) == read_of_3, case
    most = json.dumps([good, good | broken, good | broken]).encode()
    if read_of_3 == 3:
        assert [one.state for one in read(most, 1.8e9).readings] == ["measured", "unknown", "unknown"]
    else:
        with pytest.raises(OfficialError, match="only 1 of 3 crossings"):
            read(most, 1.8e9)


@pytest.mark.parametrize(
    ("case", "content", "says"),
    [
        ("nothing", b"", "is empty"),
        ("an empty list", b"[]", "is empty"),
        ("an error page", b"<!doctype html><html><body>502</body></html>", "is a web page"),
        ("half a JSON document", b'[{"port_number": "3', "no whole JSON"),
        ("a wrapper", b'{"port": []}', "is no list of crossings"),
        ("another list", b'[{"a": 1}]', "no format that is known"),
        ("half an XML document", b"<border_wait_time><port>", "no whole XML"),
        ("other XML", b"<a/>", "no `border_wait_time`"),
        ("XML without ports", b"<border_wait_time></border_wait_time>", "holds no ports"),
        (
            "entities without end",
            b'<!DOCTYPE x [<!ENTITY a "aa">]><border_wait_time>&a;</border_wait_time>',
            "declares a document type",
        ),
        ("bytes that are no text", b"\0\1\2", "is no text"),
        ("a sentence", b"try again later", "no official feed"),
        ("a table without rows", ("; ".join(["a;"] * 8)).encode(), "holds no offices"),
        ("deep brackets", b"[" * 100_000, "no whole JSON"),
    ],
)
def test_nonsense_is_refused_in_one_clear_line(case: str, content: bytes, says: str) -> None:
    with pytest.raises(OfficialError) as refused:
        read(content, 1.8e9)
    assert says in str(refused.value)
    assert "\n" not in str(refused.value)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inside: st.lists(inside, max_size=4) | st.dictionaries(st.text(max_size=8), inside, max_size=4),
    max_leaves=12,
)
STAMPS = st.sampled_from(
    [
        "At 1:00 pm EDT",
        "At Noon CDT",
        "En Medianoche PST",
        "At 25:99 pm QQQ",
        "0001-01-01",
        "1/1/1",
        "12/31/9999",
    ]
)
LANE = st.dictionaries(
    st.sampled_from(["update_time", "operational_status", "delay_minutes", "lanes_open"]), STAMPS | JSON
)
PORT = st.dictionaries(
    st.sampled_from(
        ["port_number", "border", "date", "time", "hours", "CrossingName", "WaitTime", "Time", "lanes", "id"]
    ),
    STAMPS
    | JSON
    | st.sampled_from(["Canadian Border", "/Date(99999999999999-0800)/", "0001-01-01T00:00:00+14:00"]),
)


@given(st.lists(st.tuples(PORT, LANE), min_size=1, max_size=4))
def test_no_list_of_anything_stops_the_reader(rows: list[tuple[dict[str, Any], dict[str, Any]]]) -> None:
    document = [row | {"passenger_vehicle_lanes": {"standard_lanes": lane}} for row, lane in rows]
    survives(json.dumps(document).encode())


@given(st.binary(max_size=300) | st.text(max_size=300).map(str.encode))
def test_no_bytes_stop_the_reader(content: bytes) -> None:
    survives(content)
    survives(b"<border_wait_time><port>" + content + b"</port></border_wait_time>")
    survives(b"<rss><channel><item>Lanes:" + content + b"</item></channel></rss>")
    survives(b";;;;;;;;;;;;;;\n" + content)


def survives(content: bytes) -> None:
    try:
        document = read(content, 1.8e9)
    except OfficialError:
        return
    for one in document.readings:
        assert one.wait_s is None or 0 <= one.wait_s <= 48 * 3600
        assert (one.state == "measured") == (one.wait_s is not None)
