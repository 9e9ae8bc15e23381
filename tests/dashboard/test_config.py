"""port.yaml: what may be left out, and what a wrong file is told."""

from pathlib import Path

import pytest

from dashboard.config import load_central
from edge.yamlfile import ConfigError

WHOLE = """\
broker: {url: mqtt://127.0.0.1:1883}
store: {url: "sqlite:///lanewatch.db"}
http: {host: 127.0.0.1, port: 8080}
operator: {en: Example Bridge Authority, fr: Administration du pont}
ports:
  - id: ambassador
    name: {en: Ambassador Bridge, fr: Pont Ambassador}
    location: [-83.07, 42.31]
    directions:
      - id: us_bound
        timezone: America/Detroit
        official: {cbp_port_number: "380001"}
        streams:
          - {traffic: commercial, class: fast, hours: "24 hrs/day", lanes_max: 2, when_closed: standard, nominal_service_s: 60, pitch_m: 21.5}
          - {traffic: commercial, class: standard}
        lanes:
          - {id: b5, kind: booth, serves: [commercial/fast], node: n07}
          - {id: b6, kind: booth, serves: [commercial/standard], view_m: 120, stacking_m: 155,
             sources: [{node: n07, gives: [arrivals, queue]}, {node: n08, gives: [departures, booth, sign]}]}
          - {id: u2, kind: approach, serves: [commercial/standard, commercial/fast], line_m: 1600, view_m: 120, node: n01}
"""  # noqa: E501
SMALLEST = """\
ports:
  - id: demo
    name: {en: Demo}
    directions:
      - id: us_bound
        streams: [{traffic: passenger, class: nexus}]
"""


def written(folder: Path, text: str) -> Path:
    path = folder / "port.yaml"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize("text", [WHOLE, SMALLEST], ids=["with every key", "with what must be there"])
def test_a_right_file_is_read(tmp_path: Path, text: str) -> None:
    assert load_central(written(tmp_path, text)).ports[0].directions[0].id == "us_bound"


def test_a_relative_database_lies_beside_the_file(tmp_path: Path) -> None:
    assert load_central(written(tmp_path, WHOLE)).store.url == f"sqlite:///{tmp_path}/lanewatch.db"


def test_a_relative_key_file_lies_beside_the_file(tmp_path: Path) -> None:
    text = WHOLE.replace("{url: mqtt://127.0.0.1:1883}", "{url: mqtts://port.example:8883, ca: ca.pem}")
    assert load_central(written(tmp_path, text)).broker.ca == tmp_path / "ca.pem"


def test_one_node_may_give_all(tmp_path: Path) -> None:
    lane = load_central(written(tmp_path, WHOLE)).ports[0].directions[0].lanes[0]
    assert [source.node for source in lane.all_sources()] == ["n07"]


@pytest.mark.parametrize(
    ("case", "old", "new", "says"),
    [
        ("an unknown class", "class: standard}", "class: slow}", "port.yaml:15"),
        ("an unknown key", "lanes_max", "lane_max", "did you mean `lanes_max`?"),
        (
            "the key of a list",
            "ports:",
            "prots:",
            "prots: is not a known key; did you mean `ports`, which is missing?",
        ),
        (
            "a key of the broker",
            "{url: mqtt:",
            "{ulr: mqtt:",
            "broker.ulr: is not a known key; did you mean `url",
        ),
        (
            "a key of a stream",
            "class: standard}",
            "klass: standard}",
            "klass: is not a known key; did you mean `cla",
        ),
        ("a zone that is none", "America/Detroit", "America/Detriot", "is not a time zone"),
        ("a lane twice", "id: b6", "id: b5", "lane 'b5' stands twice"),
        ("a stream twice", "class: standard}", "class: fast}", "stream 'commercial/fast' stands twice"),
        (
            "two sources for a figure",
            "gives: [departures",
            "gives: [queue, departures",
            "`queue` has two sources",
        ),
        ("a place off the globe", "[-83.07, 42.31]", "[42.31, -183.07]", "port.yaml:8 ports[0].location[1]"),
        ("a place nowhere", "[-83.07, 42.31]", "[.nan, 42.31]", "location[0]: must be a finite number"),
        (
            "a service without end",
            "nominal_service_s: 60",
            "nominal_service_s: .inf",
            "must be a finite number",
        ),
        ("a stream that is none", "[commercial/fast]", "[fast]", "serves[0]"),
        (
            "a lane that serves what the direction has not",
            "serves: [commercial/fast]",
            "serves: [commercial/bus]",
            "port.yaml:17 ports[0].directions[0].lanes[0].serves[0]: commercial/bus is no stream",
        ),
        (
            "a class sent on to one that is not there",
            "when_closed: standard",
            "when_closed: nexus",
            "port.yaml:14 ports[0].directions[0].streams[0].when_closed: commercial/nexus is no stream",
        ),
        (
            "a class sent on to itself",
            "when_closed: standard",
            "when_closed: fast",
            "cannot be sent on to itself",
        ),
        ("a misspelt official key", "cbp_port_number", "cbp_port_nummer", "did you mean `cbp_port_number`?"),
        (
            "a number that no reader takes",
            '"380001"',
            '"3800"',
            "port.yaml:12 ports[0].directions[0].official.cbp_port_number",
        ),
        (
            "an import that is no address",
            "ports:",
            "official_import: {url: bwt.xml}\nports:",
            "official_import",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) and len(value) < 40 else "",
)
def test_a_wrong_file_is_told_where_and_how(tmp_path: Path, case: str, old: str, new: str, says: str) -> None:
    assert old in WHOLE
    with pytest.raises(ConfigError) as told:
        load_central(written(tmp_path, WHOLE.replace(old, new, 1)))
    assert says in str(told.value)
    assert "\n" not in str(told.value)


@pytest.mark.parametrize(
    "place",
    [
        "port.example:abc",
        "port.example:99999",
        "port.example:0",
        "[::1",
        ":8883",
        "ann:planted@",
        "ann:planted#1@h",
    ],
)
@pytest.mark.parametrize(
    ("key", "scheme"),
    [
        ("broker.url", "mqtt://"),
        ("public_broker.url", "mqtts://"),
        ("authority.url", "https://"),
        ("official_import[0].url", "https://"),
    ],
)
def test_an_address_whose_host_or_port_cannot_be_read(
    key: str, scheme: str, place: str, tmp_path: Path
) -> None:
    block = key.partition(".")[0].removesuffix("[0]")
    text = f'{block}: {{url: "{scheme}{place}"}}\n{SMALLEST}'
    with pytest.raises(ConfigError) as told:
        load_central(written(tmp_path, text))
    said = str(told.value)
    assert said.startswith(f"{tmp_path}/port.yaml:1 {key}: its host or port cannot be read; write"), said
    assert "planted" not in said


@pytest.mark.parametrize("character", ["#", "?", "/", "[", " "])
@pytest.mark.parametrize("key", ["broker", "public_broker"])
def test_a_password_that_ends_an_address_is_told_how_to_write_it(
    key: str, character: str, tmp_path: Path
) -> None:
    text = f'{key}: {{url: "mqtt://lane:12{character}planted@port.example"}}\n{SMALLEST}'
    with pytest.raises(ConfigError) as told:
        load_central(written(tmp_path, text))
    assert f"{character} as %{ord(character):X}" in str(told.value).replace("a space", " ")
    assert "planted" not in str(told.value)


@pytest.mark.parametrize(
    ("key", "url"),
    [
        ("authority", "https://ann:planted@port.example:8444"),
        ("official_import", "https://ann:planted@agency.example/waits.json"),
        ("official_import", "https://ann@agency.example/waits.json"),
    ],
)
def test_an_address_that_names_somebody_is_refused_and_not_told(key: str, url: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as told:
        load_central(written(tmp_path, f'{key}: {{url: "{url}"}}\n{SMALLEST}'))
    assert "url: may hold neither user" in str(told.value)
    assert "planted" not in str(told.value)


@pytest.mark.parametrize("place", ["port.example", "port.example:8883", "[::1]:8883", "a:b%2Fc@127.0.0.1"])
def test_an_address_that_can_be_read(place: str, tmp_path: Path) -> None:
    text = f'broker: {{url: "mqtt://{place}"}}\n{SMALLEST}'
    assert load_central(written(tmp_path, text)).broker.url == f"mqtt://{place}"
