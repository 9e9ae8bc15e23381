"""Accept-Encoding -> what a reader gets; feeds, pages and static files are packed so."""

from __future__ import annotations

import gzip

import brotli
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.web.app import STATIC
from dashboard.web.encodings import IDENTITY, PACKERS, accepted
from tests.dashboard.feed_cases import EVERY_STATE
from tests.dashboard.test_web_app import client_of

ACCEPTED = [
    ("nothing is said", "", ["identity"]),
    ("a browser", "gzip, deflate, br, zstd", ["br", "gzip", "identity"]),
    ("curl --compressed", "deflate, gzip, br, zstd", ["br", "gzip", "identity"]),
    ("an old reader", "gzip", ["gzip", "identity"]),
    ("its older name", "x-gzip", ["gzip", "identity"]),
    ("any letter case", "BR", ["br", "identity"]),
    ("no spaces", "gzip,br", ["br", "gzip", "identity"]),
    ("more spaces", " gzip ; q=1 ,\tbr ; q = 0.5 ", ["gzip", "br", "identity"]),
    ("weights decide", "br;q=0.5, gzip;q=0.8", ["gzip", "br", "identity"]),
    ("among equals the smaller", "gzip;q=0.5, br;q=0.5", ["br", "gzip", "identity"]),
    ("three digits", "br;q=0.001, gzip;q=0.002", ["gzip", "br", "identity"]),
    ("refused", "br;q=0, gzip", ["gzip", "identity"]),
    ("refused in three digits", "br;q=0.000, gzip", ["gzip", "identity"]),
    ("whatever there is", "*", ["br", "gzip", "identity"]),
    ("whatever else there is", "gzip, *;q=0.5", ["gzip", "br", "identity"]),
    ("nothing else", "gzip, *;q=0", ["gzip"]),
    ("whatever but br", "*, br;q=0", ["gzip", "identity"]),
    ("plain bytes alone", "identity", ["identity"]),
    ("plain bytes before all", "identity, *;q=0.1", ["identity", "br", "gzip"]),
    ("plain bytes last", "br;q=0.9, identity;q=0.1, gzip;q=0.5", ["br", "gzip", "identity"]),
    ("no plain bytes", "gzip, identity;q=0", ["gzip"]),
    ("no plain bytes, after all", "identity;q=0, *;q=0.3", ["br", "gzip"]),
    ("nothing at all is taken: plain bytes", "*;q=0", ["identity"]),
    ("codings that we have not", "zstd, deflate, dcb", ["identity"]),
    ("a name that only begins so", "brotli, gzip2", ["identity"]),
    ("a weight above one is passed over", "br;q=2, gzip", ["gzip", "identity"]),
    ("a weight below zero is passed over", "br;q=-1, gzip", ["gzip", "identity"]),
    ("no number", "br;q=high, gzip", ["gzip", "identity"]),
    ("no weight after q=", "br;q=, gzip", ["gzip", "identity"]),
    ("only commas", ",,,", ["identity"]),
]


@pytest.mark.parametrize(("case", "header", "codings"), ACCEPTED, ids=[row[0] for row in ACCEPTED])
def test_accepted(case: str, header: str, codings: list[str]) -> None:
    assert list(accepted(header)) == codings


@given(st.text(alphabet='brgzip*identy;q=01.5, \t"\\\x7fé', max_size=60))
def test_whatever_is_sent_something_is_given(header: str) -> None:
    codings = accepted(header)
    assert codings
    assert len(set(codings)) == len(codings)
    assert set(codings) <= {*PACKERS, IDENTITY}


@pytest.mark.parametrize(("coding", "unpack"), [("br", brotli.decompress), ("gzip", gzip.decompress)])
@given(body=st.binary(max_size=5000))
def test_packed_is_the_same(coding: str, unpack: object, body: bytes) -> None:
    assert callable(unpack)
    assert unpack(PACKERS[coding](body)) == body


FILES = sorted(f"/static/{path.relative_to(STATIC)}" for path in STATIC.rglob("*.*"))
PUBLIC = [
    *("/", "/fr", "/dispatch", "/feed", "/fr/api", "/widget", "/api/v1/openapi.json"),
    *("/feed/v1/wait-times.json", "/feed/v1/wait-times.geojson", "/feed/cbp/bwt.json", "/feed/cbp/bwt.xml"),
    *("/feed/wsdot/crossings.json", "/static/desk/desk.css"),
]


@pytest.mark.parametrize("coding", ["br", "gzip"])
@pytest.mark.parametrize("path", PUBLIC)
def test_what_is_public_is_packed_as_it_is_asked_for(path: str, coding: str) -> None:
    client = client_of(EVERY_STATE)
    plain = client.get(path, {"Accept-Encoding": "identity"})
    packed = client.get(path, {"Accept-Encoding": coding})
    assert packed.headers["content-encoding"] == coding
    assert packed.headers["vary"] == "Accept-Encoding"
    assert int(packed.headers["content-length"]) < 0.6 * len(plain.content)
    assert packed.content == plain.content, "as httpx unpacks it"


@pytest.mark.parametrize("path", FILES)
def test_a_static_file_is_kept_and_never_longer_for_being_packed(path: str) -> None:
    client = client_of(EVERY_STATE)
    length = (STATIC / path.removeprefix("/static/")).stat().st_size
    reply = client.get(path, {"Accept-Encoding": "br", "Cookie": "session=of-somebody"})
    assert reply.headers["cache-control"].startswith("public, max-age=300")
    assert int(reply.headers["content-length"]) <= length
    assert ("content-encoding" in reply.headers) == (length >= 600 and not path.endswith(".woff2"))
    again = client.get(path, {"Accept-Encoding": "br", "If-None-Match": reply.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_a_part_of_a_static_file_is_of_its_plain_bytes() -> None:
    reply = client_of(EVERY_STATE).get("/static/public.css", {"Accept-Encoding": "br", "Range": "bytes=0-9"})
    assert (reply.status_code, len(reply.content)) == (206, 10)
    assert "content-encoding" not in reply.headers


@pytest.mark.parametrize("path", ["/static/public.css", "/feed/v1/wait-times.json"])
@pytest.mark.parametrize("asked", ["items=0-9", "bytes", "Bytes 0-9"])
def test_a_range_in_a_unit_that_is_not_known_is_ignored(path: str, asked: str) -> None:
    client = client_of(EVERY_STATE)
    whole, reply = client.get(path), client.get(path, {"Range": asked})
    assert (reply.status_code, reply.content) == (200, whole.content)
    assert reply.headers["etag"] == whole.headers["etag"]
