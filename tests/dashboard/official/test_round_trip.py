"""What we publish, our own importers read back: the same states and minutes, in every format."""

from __future__ import annotations

import json

import pytest

from dashboard.feeds import cbp_json, cbp_rss, cbp_xml, cbsa, cbsa_html, drivebc, wsdot
from dashboard.feeds.cbp import cbp_ports
from dashboard.feeds.values import Published
from dashboard.official.detect import read
from dashboard.official.places import placed
from dashboard.official.reading import Document
from tests.dashboard.feed_cases import NOW_S
from tests.dashboard.feeds.every_state import CASES, CONFIG, STREAM, Case

US, CA = "us_bound", "canada_bound"
FORMATS = {
    "CBP JSON": (US, lambda said: json.dumps(cbp_json.document(said)).encode()),
    "CBP XML": (US, cbp_xml.document),
    "CBP RSS": (US, lambda said: cbp_rss.document(said, cbp_ports(said), "all", "http://port.example/")),
    "CBSA English": (CA, lambda said: cbsa.document(said, "en")),
    "CBSA French": (CA, lambda said: cbsa.document(said, "fr")),
    "CBSA page, English": (CA, lambda said: cbsa_html.document(said, "en")),
    "CBSA page, French": (CA, lambda said: cbsa_html.document(said, "fr")),
    "WSDOT": (CA, lambda said: json.dumps(wsdot.document(said)).encode()),
    "DriveBC": (CA, lambda said: json.dumps(drivebc.document(said)).encode()),
}
CLOSED_BECOMES = {"WSDOT": "unknown"}
LEFT_OUT = {"WSDOT", "DriveBC"}


def expected(name: str, case: Case) -> tuple[str, int | None] | None:
    """State and minutes that the format can carry of the case; None where the lane is left out."""
    stream = case.published().ports[0].directions[0].stream(STREAM)
    assert stream is not None
    wait = stream.expected
    if stream.state == "closed":
        return CLOSED_BECOMES.get(name, "closed"), None
    if stream.state == "not_offered":
        return None if name in LEFT_OUT else ("not_offered", None)
    if wait is None or (name == "CBP RSS" and stream.lanes_open is None):
        return "unknown", None
    if wait.wait_s is not None:
        return "measured", wait.wait_s // 60
    bound = name.startswith("CBP") and wait.low_s >= 600
    return ("measured", wait.low_s // 60) if bound else ("unknown", None)


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_what_is_written_is_read_back(case: Case, name: str) -> None:
    direction, write = FORMATS[name]
    document: Document = read(write(case.published()), NOW_S)
    told = [one for one in placed(with_ids(), document.readings) if one.reading.stream == STREAM]
    said = [
        (one.reading.state, one.reading.wait_s and one.reading.wait_s // 60)
        for one in told
        if one.direction == direction
    ]
    want = expected(name, case)
    assert said == ([] if want is None else [want])
    for one in told:
        assert one.reading.measured_at_s is None or 0 <= NOW_S - one.reading.measured_at_s < 120


def with_ids() -> object:
    """The configuration with the key of DriveBC's list."""
    told = CONFIG.model_dump(by_alias=True)
    for direction in told["ports"][0]["directions"]:
        direction["official"]["drivebc_id"] = "1"
    return type(CONFIG).model_validate(told)


def test_the_other_stream_never_takes_its_place() -> None:
    said: Published = CASES[0].published()
    document = read(cbp_xml.document(said), NOW_S)
    assert {one.reading.stream: one.reading.wait_s for one in placed(CONFIG, document.readings)} == {
        "commercial/standard": 22 * 60,
        "commercial/fast": 12 * 60,
    }
