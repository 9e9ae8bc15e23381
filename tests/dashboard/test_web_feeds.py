"""The addresses of the feeds, over ASGI and once over a real socket."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator

import httpx
import pytest
import uvicorn

from dashboard.board import BoardHolder
from dashboard.config import CentralConfig
from dashboard.web.app import make_app
from tests.dashboard.asgi import Asker
from tests.dashboard.feed_cases import BARE, CONFIG, EMPTY, EVERY_STATE, NOW_S

PATHS = [
    ("/feed/v1/wait-times.json", "application/json"),
    ("/feed/v1/wait-times.geojson", "application/geo+json"),
    ("/feed/cbp/bwt.json", "application/json"),
    ("/api/bwtnew", "application/json"),
    ("/API/BWTNew", "application/json"),
    ("/api/waittimes", "application/json"),
    ("/api/waitTimes", "application/json"),
    ("/api/bwtpublicmod", "application/json"),
    ("/feed/cbp/bwt.xml", "application/xml"),
    ("/xml/bwt.xml", "application/xml"),
    ("/XML/BWT.xml", "application/xml"),
    ("/bwt/bwt.xml", "application/xml"),
    ("/feed/cbp/rss/380001.xml", "application/rss+xml"),
    ("/api/bwtRss/rssbyportnum/HTML/COV/380001", "application/rss+xml"),
    ("/api/bwtRss/HTML/380001/-1/-1", "application/rss+xml"),
    ("/api/bwtrss/getAllPortsRss/Canada", "application/rss+xml"),
    ("/feed/cbsa/bwt-eng.csv", "text/csv; charset=utf-8"),
    ("/feed/cbsa/bwt-fra.csv", "text/csv; charset=utf-8"),
    ("/bwt-taf/bwt-eng.csv", "text/csv; charset=utf-8"),
    ("/bwt-taf/bwt-fra.csv", "text/csv; charset=utf-8"),
    ("/feed/cbsa/menu-eng.html", "text/html; charset=utf-8"),
    ("/feed/cbsa/menu-fra.html", "text/html; charset=utf-8"),
    ("/bwt-taf/menu-eng.html", "text/html; charset=utf-8"),
    ("/bwt-taf/menu-fra.html", "text/html; charset=utf-8"),
    ("/feed/wsdot/crossings.json", "application/json"),
    (
        "/Traffic/api/BorderCrossings/BorderCrossingsREST.svc/GetBorderCrossingsAsJson?AccessCode=x",
        "application/json",
    ),
    ("/Traffic/api/BorderCrossings/BorderCrossingsREST.svc/GetBorderCrossingsAsXml", "application/xml"),
    ("/feed/wsdot/crossings.xml", "application/xml"),
    ("/feed/drivebc/bordercrossings.json", "application/json"),
    ("/api/bordercrossings/", "application/json"),
    ("/api/BorderCrossings", "application/json"),
]


@pytest.mark.parametrize("board", [EMPTY, EVERY_STATE], ids=["nothing measured", "every state"])
@pytest.mark.parametrize(("path", "media_type"), PATHS, ids=[path for path, _ in PATHS])
def test_every_address_answers(path: str, media_type: str, board: object) -> None:
    assert isinstance(board, type(EMPTY))
    reply = Asker(make_app(BoardHolder(board), CONFIG, lambda: NOW_S)).get(path)
    assert reply.status_code == 200
    assert reply.headers["content-type"].startswith(media_type)
    assert reply.headers["access-control-allow-origin"] == "*"
    assert reply.headers["cache-control"].startswith("public, max-age=")
    assert reply.headers["etag"]


@pytest.mark.parametrize(
    ("case", "path", "status"),
    [
        ("a number that no port has", "/feed/cbp/rss/999999.xml", 404),
        ("no crossing on that border", "/api/bwtrss/getallportsrss/mexico", 404),
        ("a part that does not exist", "/api/bwtrss/rssbyportnum/html/bikes/380001", 422),
        ("a callback that is no name", "/feed/wsdot/crossings.json?callback=alert(1)//", 400),
    ],
)
def test_what_is_refused(case: str, path: str, status: int) -> None:
    assert Asker(make_app(BoardHolder(EMPTY), CONFIG, lambda: NOW_S)).get(path).status_code == status


def test_without_a_port_number_there_is_no_rss() -> None:
    app = make_app(BoardHolder(EMPTY), BARE, lambda: NOW_S)
    assert Asker(app).get("/api/bwtrss/getallportsrss/canada").status_code == 404
    assert Asker(app).get("/feed/cbp/bwt.json").json()[0]["port_number"] == ""


@pytest.mark.parametrize("kept", [0, 1], ids=["only into the United States", "only into Canada"])
def test_a_port_with_one_direction_is_unknown_in_the_feeds_of_the_other(kept: int) -> None:
    told = CONFIG.model_dump(by_alias=True)
    for port in told["ports"]:
        port["directions"] = port["directions"][kept : kept + 1]
    config = CentralConfig.model_validate(told)
    asker = Asker(make_app(BoardHolder(EVERY_STATE), config, lambda: NOW_S))
    crossings, ports = asker.get("/feed/wsdot/crossings.json"), asker.get("/feed/cbp/bwt.json")
    assert (crossings.status_code, ports.status_code) == (200, 200)
    waits = {row["WaitTime"] for row in crossings.json()}
    pending = {
        lane["operational_status"]
        for port in ports.json()
        for group in ("commercial_vehicle_lanes", "passenger_vehicle_lanes", "pedestrian_lanes")
        for lane in port[group].values()
        if isinstance(lane, dict)
    }
    assert waits == {-1}
    assert (pending == {"Update Pending"}) == bool(kept)


def test_rss_of_one_kind_of_traffic() -> None:
    asker = Asker(make_app(BoardHolder(EVERY_STATE), CONFIG, lambda: NOW_S))
    trucks = asker.get("/api/bwtRss/HTML/-1/380001/-1").text
    assert "Commercial Vehicles" in trucks
    assert "Passenger Vehicles" not in trucks
    assert "Passenger Vehicles" in asker.get("/api/bwtRss/HTML/380001/380001/-1").text


def test_a_callback_wraps_the_crossings() -> None:
    reply = Asker(make_app(BoardHolder(EMPTY), CONFIG, lambda: NOW_S)).get(
        "/feed/wsdot/crossings.json?callback=show"
    )
    assert reply.headers["content-type"].startswith("text/javascript")
    assert reply.text.startswith("show([")
    assert len(json.loads(reply.text.removeprefix("show(").removesuffix(");"))) == 3


@pytest.fixture
def address() -> Iterator[str]:
    app = make_app(BoardHolder(EVERY_STATE), CONFIG, lambda: NOW_S)
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=0, log_level="warning"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        assert thread.is_alive()
        time.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join()


def test_over_a_real_socket(address: str) -> None:
    with httpx.Client(base_url=address, trust_env=False) as client:
        feed = client.get("/feed/v1/wait-times.json")
        lanes = feed.json()["ports"][0]["lanes"]
        assert lanes[0]["expected"]["wait_s"] == 1320
        unchanged = client.get("/feed/v1/wait-times.json", headers={"If-None-Match": feed.headers["etag"]})
        assert unchanged.status_code == 304
        assert client.head("/feed/cbp/bwt.xml").content == b""
        assert '<html lang="en"' in client.get("/").text
        assert '<html lang="fr"' in client.get("/fr").text
        assert client.get("/manager").status_code == 200
