"""The zones page's server: who may ask, and what it says to those who may not or ask wrongly."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import av
import cv2
import numpy as np
import pytest

from edge.camera.source import SourceError
from edge.config import load_node
from edge.zones.bench import Bench
from edge.zones.pictures import open_stills
from edge.zones.server import Server
from tests.edge.films import write_film

NODE = "port: p\nnode: n1\ncameras:\n- id: c1\n  source: clip.mp4\n- id: c2\n"
HEIGHT, WIDTH = 96, 160


def pictures(count: int = 30) -> list[Any]:
    """Each brighter than the one before."""
    return [np.full((HEIGHT, WIDTH, 3), 20 + 6 * number, np.uint8) for number in range(count)]


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    write_film(tmp_path / "clip.mp4", pictures())
    (tmp_path / "node.yaml").write_text(NODE)
    bench = Bench(tmp_path / "node.yaml", {})
    made = Server(bench, 0)
    threading.Thread(target=made.serve_forever, daemon=True).start()
    yield made
    made.shutdown()
    made.server_close()
    bench.close()


def ask(
    server: Server, path: str, body: Any = None, token: str | None = None, **headers: str
) -> tuple[int, dict[str, str], bytes]:
    """Status, headers and body of an answer."""
    connection = HTTPConnection("127.0.0.1", server.server_port, timeout=20)
    data = None if body is None else body if isinstance(body, bytes) else json.dumps(body).encode()
    kind = {"Content-Type": "application/json"} if data is not None else {}
    where = f"/{server.token if token is None else token}/{path}"
    connection.request("GET" if data is None else "POST", where, data, kind | headers)
    answer = connection.getresponse()
    found = answer.status, dict(answer.getheaders()), answer.read()
    connection.close()
    return found


def said(answer: tuple[int, dict[str, str], bytes]) -> str:
    return str(json.loads(answer[2])["said"])


def test_the_address_is_loopback_with_a_long_token(server: Server) -> None:
    assert server.server_address[0] == "127.0.0.1"
    assert len(server.token) >= 32


@pytest.mark.parametrize("path", ["", "app.js", "api/state", "api/picture?camera=c1", "../server.py"])
def test_without_the_token_nothing_is_told(server: Server, path: str) -> None:
    for token in ("", "x", server.token[:-1] + ("x" if server.token[-1] != "x" else "y")):
        status, _, body = ask(server, path, token=token)
        assert status == 404
        assert b"node" not in body


def test_another_name_for_this_address_is_refused(server: Server) -> None:
    assert ask(server, "api/state", Host="evil.example")[0] == 421
    assert ask(server, "api/state", Host=f"localhost:{server.server_port}")[0] == 200


def test_the_page_may_load_nothing_from_elsewhere(server: Server) -> None:
    status, headers, _ = ask(server, "")
    assert status == 200
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert headers["Referrer-Policy"] == "no-referrer"


@pytest.mark.parametrize(
    "path", ["../server.py", "..%2fserver.py", "page/app.js", "nothing.js", "api/unknown", "__init__.py"]
)
def test_only_the_page_s_own_files(server: Server, path: str) -> None:
    assert ask(server, path)[0] == 404


@pytest.mark.parametrize(
    ("case", "path", "body", "status", "says"),
    [
        ("no JSON", "api/check", b"{", 400, "not understood"),
        ("no object", "api/check", [], 400, "not understood"),
        ("nothing that it asks for", "api/check", {}, 400, "cameras"),
        ("lanes that are none", "api/check", {"cameras": [{"id": "c1", "lanes": 3}]}, 400, "not understood"),
        ("a question that there is not", "api/never", {}, 404, "no such question"),
        ("an old digest", "api/save", {"cameras": [], "digest": "old"}, 409, "changed by somebody else"),
        ("a sign before any picture", "api/sign",
         {"camera": "c1", "lane": "b1", "corners": [[0, 0], [1, 1]]}, 422, "no picture"),
        ("a camera that there is not", "api/picture?camera=c9", None, 422, "no camera c9"),
        ("a camera without a source", "api/picture?camera=c2", None, 422, "has no source"),
        ("a crop outside of the folder", "api/crop?camera=..&lane=b1&name=x", None, 422, "letters, digits"),
        ("a time that is none", "api/picture?camera=c1&at=noon", None, 400, "not understood"),
    ],
)  # fmt: skip
def test_what_is_asked_wrongly_is_answered_in_a_sentence(
    case: str, path: str, body: Any, status: int, says: str, server: Server
) -> None:
    answer = ask(server, path, body)
    assert (answer[0], says in said(answer)) == (status, True), answer


def test_a_form_of_another_page_cannot_post(server: Server) -> None:
    answer = ask(server, "api/check", b"cameras=1", **{"Content-Type": "text/plain"})
    assert answer[0] == 400


@pytest.mark.parametrize("at", [0.0, 0.7, 1.25, 2.9, 99.0])
def test_the_picture_of_a_moment(at: float, server: Server) -> None:
    status, headers, body = ask(server, f"api/picture?camera=c1&at={at}")
    about = json.loads(headers["X-Picture"])
    assert (status, headers["Content-Type"], body[:2]) == (200, "image/jpeg", b"\xff\xd8")
    assert (about["width"], about["height"], about["length_s"]) == (WIDTH, HEIGHT, pytest.approx(3.0))
    assert about["at"] == pytest.approx(min(at + 0.1, 2.9) if at % 0.1 else at, abs=0.11)


def test_stills_are_the_pictures_of_their_times(tmp_path: Path) -> None:
    stills = open_stills(str(write_film(tmp_path / "clip.mp4", pictures())), None)
    for number in (29, 0, 13, 14, 2):
        frame = stills.at(number / 10)
        assert frame.at == pytest.approx(number / 10, abs=1e-3)
        assert float(frame.image.mean()) == pytest.approx(20 + 6 * number, abs=3)
    stills.close()


def test_a_film_whose_beginning_is_damaged_is_shown_from_where_it_is_whole(tmp_path: Path) -> None:
    film = write_film(tmp_path / "clip.mp4", pictures(), every=10)
    with av.open(str(film)) as whole:
        first = next(whole.demux(video=0))
    data = bytearray(film.read_bytes())
    data[first.pos : first.pos + first.size] = bytes(first.size)
    film.write_bytes(data)
    stills = open_stills(str(film), None)
    for seconds, number in ((0.0, 10), (1.0, 20)):  # as it is counted: from the first picture that is whole
        assert float(stills.at(seconds).image.mean()) == pytest.approx(20 + 6 * number, abs=3)
    stills.close()


def test_a_picture_that_is_gone_is_told_in_a_sentence(tmp_path: Path) -> None:
    for name in ("1.png", "2.png"):
        assert cv2.imwrite(str(tmp_path / name), pictures(1)[0])
    stills = open_stills(str(tmp_path), 1.0)
    (tmp_path / "2.png").unlink()
    assert stills.at(0.0).number == 0
    with pytest.raises(SourceError, match=r"2\.png: cannot be read \(No such file or directory\)"):
        stills.at(1.0)


def test_a_crop_that_cannot_be_used_is_told_in_a_sentence(server: Server, tmp_path: Path) -> None:
    (tmp_path / "signs" / "c1-b1" / "fast-1.png").mkdir(parents=True)
    answer = ask(server, "api/crop?camera=c1&lane=b1&name=fast-1.png")
    assert (answer[0], "cannot be read" in said(answer)) == (422, True)
    assert ask(server, "api/picture?camera=c1")[0] == 200
    corners = [[0.1, 0.1], [0.5, 0.5]]
    answer = ask(server, "api/sign", {"camera": "c1", "lane": "b1", "corners": corners, "drop": "fast-1.png"})
    assert (answer[0], "cannot be taken away" in said(answer)) == (422, True)


def test_lanes_are_saved_though_the_view_cannot_be_kept(tmp_path: Path) -> None:
    grid = np.kron(np.indices((6, 10)).sum(0) % 2, np.ones((16, 16)))[..., None] * np.full(3, 200.0)
    write_film(tmp_path / "clip.mp4", [grid.astype(np.uint8)] * 5)
    (tmp_path / "node.yaml").write_text(NODE)
    (tmp_path / "views").write_text("no folder")
    bench = Bench(tmp_path / "node.yaml", {})
    bench.picture("c1", 0.0)
    for line in ([[0.1, 0.5], [0.9, 0.5]], [[0.1, 0.6], [0.9, 0.6]]):  # the page goes on from what was saved
        state = bench.state()
        camera = state["cameras"][0]
        tail = {"line": line, "toward": [0.5, 0.9], "anchor": "bottom"}
        camera |= {"keep_view": True, "lanes": [{"id": "b1", "kind": "booth", "tail": tail}]}
        saved = bench.save([camera], state["digest"], f"at {line[0][1]}")
        (left,) = saved["left"]
        assert "c1.npz cannot be written" in left
        assert load_node(tmp_path / "node.yaml").cameras[0].lanes[0].tail.line[0] == (0.1, line[0][1])
    bench.close()


def test_a_password_in_a_source_is_never_given_to_the_page(tmp_path: Path) -> None:
    path = tmp_path / "node.yaml"
    path.write_text("port: p\nnode: n1\ncameras: [{id: c1, source: 'rtsp://u:hunter2@127.0.0.1:9/s'}]\n")
    assert "hunter2" not in json.dumps(Bench(path, {}).state())
