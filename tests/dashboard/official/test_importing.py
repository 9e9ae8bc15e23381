"""Importing: by command, by the clock, over a real socket; and what is shown beside our figures."""

from __future__ import annotations

import http.server
import json
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from dashboard.board import BoardHolder
from dashboard.cli import main
from dashboard.config import CentralConfig, ImportConfig, load_central
from dashboard.feeds import cbp_json
from dashboard.official import fetch as fetching
from dashboard.official.fetch import fetch
from dashboard.official.figures import Figures
from dashboard.official.periodic import Importer
from dashboard.official.places import Placed, placed
from dashboard.official.reading import OfficialError, Reading
from dashboard.store.store import Store
from dashboard.web.app import make_app
from tests.dashboard.asgi import Asker
from tests.dashboard.feed_cases import EVERY_STATE, NOW_S
from tests.dashboard.feeds.every_state import CASES, CONFIG
from tests.dashboard.nodes import until

PORT_YAML = """store: {url: "sqlite:///lanewatch.db"}
ports:
  - id: ambassador
    name: {en: Ambassador Bridge}
    directions:
      - id: us_bound
        into: us
        official: {cbp_port_number: "380001", cbp_port_aliases: "380099"}
        streams:
          - {traffic: commercial, class: standard}
          - {traffic: commercial, class: fast}
"""
BODY = json.dumps(cbp_json.document(CASES[0].published())).encode()


class Site(http.server.ThreadingHTTPServer):
    """Answers with what stands in `answers`, by path."""

    daemon_threads = True

    def __init__(self, port: int = 0) -> None:
        super().__init__(("127.0.0.1", port), Page)
        self.answers: dict[str, tuple[int, bytes]] = {}

    def at(self, path: str) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}{path}"


class Page(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        assert isinstance(self.server, Site)
        if self.path == "/drip":
            return self.drip(b" ")
        if self.path == "/drip-in-chunks":
            self.protocol_version = "HTTP/1.1"
            return self.drip(b"1\r\n \r\n", ("Transfer-Encoding", "chunked"))
        status, body = self.server.answers.get(self.path, (404, b""))
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
        return None

    def drip(self, piece: bytes, *headers: tuple[str, str]) -> None:
        """A piece now and then, for ever."""
        self.send_response(200)
        for header in headers:
            self.send_header(*header)
        self.end_headers()
        try:
            while True:
                self.wfile.write(piece)
                time.sleep(0.05)
        except OSError:
            return

    def log_message(self, *_: object) -> None:
        """Quiet."""


@pytest.fixture
def site() -> Iterator[Site]:
    made = Site()
    threading.Thread(target=made.serve_forever, daemon=True).start()
    yield made
    made.shutdown()
    made.server_close()


def command(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> int:
    monkeypatch.setattr(sys, "argv", ["lanewatch-port", "official", *arguments])
    with pytest.raises(SystemExit) as ended:
        main()
    return int(ended.value.code or 0)


def test_a_file_is_read_kept_and_shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    file, config = tmp_path / "bwt.json", tmp_path / "port.yaml"
    file.write_bytes(BODY)
    config.write_text(PORT_YAML)
    for _ in range(2):
        assert command(monkeypatch, str(file), "--config", str(config), "--json") == 0
        told = json.loads(capsys.readouterr().out)
    figure = next(one for one in told["figures"] if one["stream"] == "commercial/standard")
    assert (figure["port"], figure["wait_s"], figure["measured_at"]) == (
        "ambassador",
        1320,
        "2026-11-25T15:14:00Z",
    )
    store = Store(load_central(config).store.url)
    kept = Figures(store).newest("ambassador")
    assert [(one.stream, one.wait_s) for one in kept] == [
        ("commercial/fast", 720),
        ("commercial/standard", 1320),
    ]
    said = Figures(store).page(("ambassador", "us_bound", "commercial/fast"), None, None, None, 10)
    assert len(said) == 1, "kept once"
    store.close()
    assert command(monkeypatch, str(file)) == 0
    assert "22 min, 2 lane(s) open" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("case", "content", "says"),
    [
        ("no feed", b"<html></html>", "is a web page"),
        (
            "not about us",
            BODY.replace(b"380001", b"111111").replace(b"Ambassador Bridge", b"X"),
            "cbp_port_number",
        ),
    ],
)
def test_what_cannot_be_used_is_one_line_and_exit_2(
    case: str,
    content: bytes,
    says: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    (tmp_path / "feed").write_bytes(content)
    (tmp_path / "port.yaml").write_text(PORT_YAML)
    assert command(monkeypatch, str(tmp_path / "feed"), "--config", str(tmp_path / "port.yaml")) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert says in line
    assert not (tmp_path / "lanewatch.db").exists()


@pytest.mark.parametrize(
    ("case", "path", "says"),
    [
        ("no such page", "/nothing", "answered 404"),
        ("too large", "/large", "larger than 8 MB"),
        ("never ends", "/drip", "took longer"),
        ("never ends, in chunks", "/drip-in-chunks", "took longer"),
    ],
)
def test_addresses_are_bounded(
    case: str, path: str, says: str, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fetching, "WITHIN_S", 0.5)
    site.answers["/large"] = (200, b"x" * 9_000_000)
    with pytest.raises(OfficialError, match=says):
        fetch(site.at(path))


@pytest.mark.parametrize(
    "source",
    [
        "http://127.0.0.1:1/x",
        "http://no.such.name.invalid/",
        "http://[::1",
        "/no/such/file",
        "file:///etc/passwd",
    ],
)
def test_what_cannot_be_fetched_says_what_to_do(source: str) -> None:
    with pytest.raises(OfficialError, match=r"give a file or a URL|check the address|write it as https"):
        fetch(source)


def test_central_imports_by_the_clock_and_keeps_the_last_good(site: Site, store: Store) -> None:
    site.answers["/bwt"] = (200, BODY)
    config = CONFIG.model_copy(update={"official_import": (ImportConfig(url=site.at("/bwt")),)})
    importer = Importer(config, store, lambda: NOW_S)
    importer.start()
    assert until(lambda: len(Figures(store).newest("ambassador")) == 2)
    importer.stop(5)
    for broken in (b"[]", b"<html>", b'[{"port_number": "380001"}]'):
        site.answers["/bwt"] = (200, broken)
        with pytest.raises(OfficialError):
            Importer(config, store, lambda: NOW_S + 3600).once(site.at("/bwt"))
    kept = Figures(store).newest("ambassador")
    assert [round(one.age_s(NOW_S + 3600)) for one in kept] == [3810, 3630], (
        "the freshness clock stands still"
    )


def test_a_feed_that_is_away_ends_nothing(store: Store) -> None:
    config = CONFIG.model_copy(update={"official_import": (ImportConfig(url="http://127.0.0.1:1/"),)})
    importer = Importer(config, store, lambda: NOW_S)
    importer.start()
    importer.stop(5)
    assert Figures(store).newest("ambassador") == []


def reading(wait_s: int | None, measured_at_s: float | None) -> list[Placed]:
    state = "measured" if wait_s is not None else "closed"
    return [
        Placed(
            "ambassador",
            "us_bound",
            Reading("cbp", "380001", "us", "commercial/fast", state, wait_s, measured_at_s),
        )
    ]  # type: ignore[arg-type]


def test_ours_stands_beside_theirs_with_both_ages(store: Store) -> None:
    figures = Figures(store)
    figures.note(reading(1800, NOW_S - 2000), NOW_S - 1000)
    figures.note(reading(600, NOW_S - 700), NOW_S - 600)
    figures.note(reading(600, NOW_S - 700), NOW_S - 300)
    asker = Asker(make_app(BoardHolder(EVERY_STATE), CONFIG, lambda: NOW_S, figures=figures))
    (one,) = asker.get("/api/v1/ports/ambassador/official").json()["figures"]
    assert (one["agency"], one["wait_s"], one["age_s"], one["seen_last"]) == (
        "cbp",
        600,
        700,
        "2026-11-25T15:09:30Z",
    )
    assert (one["ours"]["wait_s"], one["ours"]["age_s"], one["ours"]["less_s"]) == (1320, 20, 720)
    path = "/api/v1/ports/ambassador/official/history?direction=us_bound&stream=commercial/fast"
    past = asker.get(f"{path}&from=2026-11-25T00:00:00Z&to=2026-11-26T00:00:00Z").json()
    assert ([one["wait_s"] for one in past["figures"]], past["before"]) == ([600, 1800], None)
    newest = asker.get(f"{path}&limit=1").json()
    assert [one["wait_s"] for one in newest["figures"]] == [600]
    older = asker.get(f"{path}&limit=1&before={newest['before']}").json()
    assert [one["wait_s"] for one in older["figures"]] == [1800]
    assert asker.get(f"{path}&limit=1&before={older['before']}").json() == {"figures": [], "before": None}
    assert asker.get(f"{path}&from=2026-11-26T00:00:00Z&to=2026-11-25T00:00:00Z").status_code == 422
    assert asker.get("/api/v1/ports/nowhere/official").status_code == 404


def test_one_address_under_two_numbers_is_one_series(tmp_path: Path) -> None:
    (tmp_path / "port.yaml").write_text(PORT_YAML)
    config: CentralConfig = load_central(tmp_path / "port.yaml")
    one = Reading("cbp", "380001", "us", "commercial/fast", "measured", 600, NOW_S)
    other = replace(one, place="380099", wait_s=700)
    stranger = replace(one, place="380002")
    assert [p.reading.wait_s for p in placed(config, [one])] == [600]
    assert [p.reading.wait_s for p in placed(config, [other])] == [700]
    assert placed(config, [stranger]) == []


@pytest.mark.parametrize("place", ["ann:planted@", "ann:12#planted@", "ann:planted/1@"])
def test_an_address_with_a_password_is_refused_and_not_told(place: str) -> None:
    with pytest.raises(OfficialError, match=r"^address: ") as raised:
        fetch(f"http://{place}127.0.0.1:9/waits.json")
    assert "planted" not in str(raised.value)
