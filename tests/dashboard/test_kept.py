"""Public answers are made once a second; caches in front may keep them, and their ages stay honest."""

from __future__ import annotations

import gzip
import itertools
import json
import os
import signal
import subprocess
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import formatdate, parsedate_to_datetime
from pathlib import Path
from typing import Any

import brotli
import pytest
from fastapi import FastAPI, Response
from fastapi.responses import JSONResponse, StreamingResponse
from starlette.testclient import TestClient

from dashboard.web.encodings import PACKERS
from dashboard.web.kept import KeptReplies
from tests.conftest import program
from tests.dashboard.nodes import until
from tests.dashboard.test_serve import Served, serving
from tests.ports import free_port

FEED = "/feed/v1/wait-times.json"
NGINX = Path(__file__).parents[2] / "config" / "nginx" / "lanewatch.conf"


@dataclass(slots=True)
class Place:
    """A web app of three routes, its clock and what its answers are made of."""

    at_s: float = 1000.0
    board: object = field(default_factory=object)
    made: Iterator[int] = field(default_factory=itertools.count)
    words: str = "first"

    def client(self) -> TestClient:
        """A client of the app behind the layer."""
        app = FastAPI()

        @app.get("/public")
        def public() -> Response:
            body = {"n": next(self.made), "fill": "x" * 2000}
            return JSONResponse(body, headers={"Cache-Control": "public, max-age=5"})

        @app.get("/words")
        def words() -> Response:
            return Response(self.words, headers={"Cache-Control": "public, max-age=5"})

        @app.get("/private")
        def private() -> Response:
            return JSONResponse({"n": next(self.made)}, headers={"Cache-Control": "no-store"})

        @app.get("/streamed")
        def streamed() -> Response:
            parts = (f"{n}\n" for n in range(3))
            return StreamingResponse(parts, headers={"Cache-Control": "public, max-age=60"})

        app.add_middleware(KeptReplies, now=lambda: self.at_s, made_of=lambda: (self.board,))
        return TestClient(app)


def test_within_a_second_it_is_made_once() -> None:
    place = Place()
    client = place.client()
    assert [client.get("/public").json()["n"] for _ in range(3)] == [0, 0, 0]
    place.at_s += 1
    assert client.get("/public").json()["n"] == 1
    place.board = object()
    assert client.get("/public").json()["n"] == 2, "a new board is shown at once"


@pytest.mark.parametrize(
    ("case", "path", "headers"),
    [
        ("what is not public", "/private", {}),
        ("one who is signed in", "/public", {"Cookie": "session=x"}),
        ("one with a token", "/public", {"Authorization": "Bearer x"}),
        ("another question", "/public?n={n}", {}),
        ("another host", "/public", {"Host": "h{n}"}),
    ],
)
def test_what_is_not_shared(case: str, path: str, headers: dict[str, str]) -> None:
    client = Place().client()
    found = [
        client.get(path.format(n=n), headers={k: v.format(n=n) for k, v in headers.items()}).json()["n"]
        for n in range(3)
    ]
    assert found == [0, 1, 2]


def test_words_for_caches_and_unchanged_answers() -> None:
    client = Place().client()
    first = client.get("/public")
    words = "public, max-age=5, stale-while-revalidate=5, stale-if-error=300"
    assert first.headers["cache-control"] == words
    assert first.headers["vary"] == "Accept-Encoding"
    assert parsedate_to_datetime(first.headers["last-modified"]).timestamp() == 1000.0
    for tag in (
        first.headers["etag"],
        f"W/{first.headers['etag']}",
        f'"other", {first.headers["etag"]}',
        "*",
    ):
        again = client.get("/public", headers={"If-None-Match": tag})
        assert (again.status_code, again.content) == (304, b"")
        assert again.headers["cache-control"] == words
    assert client.get("/public", headers={"If-None-Match": '"other"'}).status_code == 200


def asked_since(client: TestClient, since: str, **more: str) -> tuple[int, str]:
    reply = client.get("/words", headers={"If-Modified-Since": since, **more})
    return reply.status_code, reply.text


def test_who_names_a_date_is_told_when_nothing_changed_since() -> None:
    place = Place()
    client = place.client()
    first = client.get("/words")
    date, tag = first.headers["last-modified"], first.headers["etag"]
    place.at_s += 30
    assert asked_since(client, date) == (304, "")
    again = client.get("/words", headers={"If-Modified-Since": date})
    assert (again.headers["last-modified"], again.headers["etag"]) == (date, tag)
    assert asked_since(client, formatdate(1030, usegmt=True)) == (304, "")
    assert asked_since(client, date, **{"If-None-Match": '"other"'}) == (200, "first"), "the tag decides"
    assert asked_since(client, formatdate(1000), **{"If-None-Match": tag}) == (304, "")
    place.words, place.at_s = "second", 1060.0
    assert asked_since(client, date) == (200, "second")
    assert client.get("/words").headers["last-modified"] == formatdate(1060, usegmt=True)


@pytest.mark.parametrize(
    "date",
    [
        formatdate(999, usegmt=True),
        formatdate(1001, usegmt=True),
        "",
        "yesterday",
        "Wed, 25 Nov 99999999999 15:14:30 GMT",
        "1000",
    ],
)
def test_a_date_before_the_change_or_to_come_or_none_at_all_says_nothing(date: str) -> None:
    assert asked_since(Place().client(), date) == (200, "first")


def test_what_changed_twice_in_a_second_is_not_hidden() -> None:
    place = Place()
    client = place.client()
    date = client.get("/words").headers["last-modified"]
    place.words, place.board = "second", object()
    assert asked_since(client, date) == (200, "second"), "at once"
    place.at_s += 30
    assert asked_since(client, date) == (200, "second"), "and ever after"
    later = client.get("/words").headers["last-modified"]
    assert asked_since(client, later) == (304, "")


def test_a_clock_that_is_set_back_hides_no_change() -> None:
    place = Place()
    client = place.client()
    date = client.get("/words").headers["last-modified"]
    place.words, place.at_s = "second", 900.0
    for place.at_s in (900.0, 1000.0, 1030.0):
        assert asked_since(client, date) == (200, "second")
    assert parsedate_to_datetime(client.get("/words").headers["last-modified"]).timestamp() == 1001.0


def test_packed_and_plain_are_two_copies_of_the_same() -> None:
    client = Place().client()
    plain = client.get("/public", headers={"Accept-Encoding": "identity"})
    packed = client.get("/public", headers={"Accept-Encoding": "gzip"})
    assert "content-encoding" not in plain.headers
    assert packed.headers["content-encoding"] == "gzip"
    assert int(packed.headers["content-length"]) < len(plain.content) / 10
    assert packed.content == plain.content
    assert packed.headers["etag"] != plain.headers["etag"]


@pytest.mark.parametrize("coding", ["br", "gzip"])
def test_each_content_is_packed_once(coding: str, monkeypatch: pytest.MonkeyPatch) -> None:
    packed: list[bytes] = []
    packer = PACKERS[coding]
    monkeypatch.setitem(PACKERS, coding, lambda body: packed.append(body) or packer(body))
    place = Place(made=itertools.repeat(7))
    client = place.client()
    for _ in range(3):
        place.at_s += 1
        reply = client.get("/public", headers={"Accept-Encoding": coding})
        assert (reply.headers["content-encoding"], reply.json()["n"]) == (coding, 7)
    assert len(packed) == 1, "a new second, the same content"


HELD = [
    ("the copy that he would get again", "br, gzip", "{tag}-br", "{tag}-br"),
    ("the copy of another coding that he takes", "br, gzip", "{tag}-gz", "{tag}-gz"),
    ("the plain copy, read before he took codings", "br", "{tag}", "{tag}"),
    ("several copies: the one that he would get", "gzip", "{tag}, {tag}-gz", "{tag}-gz"),
    ("a copy that somebody else could read", "gzip", "{tag}-br", None),
    ("a packed copy, but he takes plain bytes only", "", "{tag}-gz", None),
    ("the plain copy, which he refuses now", "br, identity;q=0", "{tag}", None),
    ("whatever there is", "br", "*", "{tag}-br"),
    ("another content", "br", "other-br", None),
]


@pytest.mark.parametrize(("case", "takes", "holds", "kept"), HELD, ids=[row[0] for row in HELD])
def test_what_is_held_in_one_coding_is_held_in_the_others(
    case: str, takes: str, holds: str, kept: str | None
) -> None:
    """A 304 names the copy that may be used on; a cache in front may name copies that it holds for others."""
    client = Place(made=itertools.repeat(7)).client()
    tag = client.get("/public", headers={"Accept-Encoding": "identity"}).headers["etag"].strip('"')
    named = holds if holds == "*" else ", ".join(f'"{one.format(tag=tag)}"' for one in holds.split(", "))
    reply = client.get("/public", headers={"Accept-Encoding": takes, "If-None-Match": named})
    assert reply.headers["vary"] == "Accept-Encoding"
    if kept is None:
        assert reply.status_code == 200
    else:
        assert (reply.status_code, reply.headers["etag"]) == (304, f'"{kept.format(tag=tag)}"')
        assert "content-encoding" not in reply.headers


def test_a_streamed_answer_passes() -> None:
    client = Place().client()
    assert client.get("/streamed").text == "0\n1\n2\n"
    assert client.get("/streamed").headers["cache-control"] == "public, max-age=60"


def test_many_questions_are_not_kept_without_bound() -> None:
    place = Place()
    client = place.client()
    for n in range(300):
        client.get(f"/public?{n}")
    assert [client.get(f"/public?{n}").json()["n"] for n in (0, 255)] == [0, 255]
    assert client.get("/public?299").json()["n"] == 300


@contextmanager
def nginx(folder: Path, central: int) -> Iterator[int]:
    """A stock nginx with our example before central; gives its port."""
    port = free_port()
    folder.mkdir()
    text = NGINX.read_text().replace("127.0.0.1:8080", f"127.0.0.1:{central}")
    text = text.replace("listen 80;", f"listen 127.0.0.1:{port};").replace("/var/cache/", f"{folder}/")
    temporary = "".join(
        f"{name}_temp_path {folder}/{name};\n"
        for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    (folder / "lanewatch.conf").write_text(text)
    (folder / "nginx.conf").write_text(
        f"daemon off;\nmaster_process off;\npid {folder}/pid;\nerror_log {folder}/error.log;\n"
        f"events {{}}\nhttp {{\naccess_log off;\n{temporary}include {folder}/lanewatch.conf;\n}}\n"
    )
    command = [program("nginx"), "-p", str(folder), "-c", str(folder / "nginx.conf")]
    with (folder / "out").open("wb") as out:
        child = subprocess.Popen(command, stdout=out, stderr=out)
    try:
        assert until(lambda: get(port, "/healthz")[0] == 200), (folder / "error.log").read_text()
        yield port
    finally:
        child.kill()
        child.wait()


def get(port: int, path: str, **headers: str) -> tuple[int, bytes, Any]:
    """Status, body and headers."""
    request = urllib.request.Request(f"http://127.0.0.1:{port}{path}", headers=headers)
    try:
        with urllib.request.urlopen(request, timeout=10) as reply:
            return reply.status, reply.read(), reply.headers
    except urllib.error.HTTPError as error:
        return error.code, error.read(), error.headers
    except OSError:
        return 0, b"", {}


@pytest.mark.slow
def test_behind_nginx_a_rush_is_a_cache_hit_and_an_outage_is_bridged(tmp_path: Path) -> None:
    with serving(tmp_path, free_port()) as served, nginx(tmp_path / "nginx", served.http) as port:
        rush(port)
        for takes, (coding, unpack) in PASSED_ON.items():
            packed = get(port, FEED, **{"Accept-Encoding": takes})
            assert (packed[2]["Content-Encoding"], packed[2]["Vary"]) == (coding, "Accept-Encoding"), takes
            assert json.loads(unpack(packed[1]))["ports"], takes
        one_copy_for_all_who_take_it(port)
        assert get(port, "/manager")[2]["X-Cache"] is None
        after_a_quiet_time_nobody_gets_an_old_copy(port)
        outage(served, port)


PASSED_ON: dict[str, tuple[str | None, Callable[[bytes], bytes]]] = {
    "gzip, deflate, br, zstd": ("br", brotli.decompress),
    "br;q=1.0, gzip;q=0.8, *;q=0.1": ("br", brotli.decompress),
    "gzip, deflate": ("gzip", gzip.decompress),
    "gzip, br;q=0": ("gzip", gzip.decompress),
    "GZIP;q=0.5,br;q=0.000": ("gzip", gzip.decompress),
    "gzip;q=0, br; q=0": (None, bytes),
    "brotli, gzipped": (None, bytes),
    "identity": (None, bytes),
}
"""Accept-Encoding -> what comes through nginx, and how it is read."""


def one_copy_for_all_who_take_it(port: int) -> None:
    """Each browser words its list its own way; they share the copy all the same."""
    page = "/static/public.css"
    lists = ("br, gzip", "gzip, deflate, br", "gzip;q=0.9, br;q=1", "br")
    found = [get(port, page, **{"Accept-Encoding": one})[2] for one in lists]
    assert [one["X-Cache"] for one in found] == ["MISS", "HIT", "HIT", "HIT"]
    assert {one["Content-Encoding"] for one in found} == {"br"}
    assert get(port, page, **{"Accept-Encoding": "br", "If-None-Match": found[0]["ETag"]})[0] == 304


def rush(port: int) -> None:
    """Two hundred ask at once: few of them reach central, all get an answer."""
    assert get(port, FEED)[0] == 200
    found: list[tuple[int, str]] = []

    def ask() -> None:
        for _ in range(20):
            status, _, headers = get(port, FEED)
            found.append((status, headers["X-Cache"]))

    threads = [threading.Thread(target=ask) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {status for status, _ in found} == {200}
    assert len([cache for _, cache in found if cache in ("HIT", "STALE", "UPDATING")]) >= 190


def after_a_quiet_time_nobody_gets_an_old_copy(port: int) -> None:
    """Beyond max-age and stale-while-revalidate, five seconds each, it is asked for anew."""
    time.sleep(11)
    told = datetime.fromisoformat(json.loads(get(port, FEED)[1])["generated_at"])
    assert time.time() - told.timestamp() < 5


def outage(served: Served, port: int) -> None:
    """Central is gone: the copy stands, and tells its own time."""
    assert get(port, FEED)[0] == 200
    assert served.process is not None
    os.kill(served.process.pid, signal.SIGKILL)
    served.process.wait()
    time.sleep(6)  # beyond max-age
    for _ in range(3):
        status, body, headers = get(port, FEED)
        assert (status, headers["X-Cache"]) in ((200, "STALE"), (200, "UPDATING"))
        told = datetime.fromisoformat(json.loads(body)["generated_at"])
        assert time.time() - told.timestamp() >= 5
        assert time.time() - parsedate_to_datetime(headers["Last-Modified"]).timestamp() >= 5
    assert get(port, "/readyz")[0] == 502, "what may not be kept is not made up"
