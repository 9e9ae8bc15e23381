"""Two real nodes read planted plates, a real broker and central match them: no plate is anywhere afterwards.

What is searched: every file of broker, central and nodes (databases, WAL, outboxes, logs, broker store),
every MQTT message, every HTTP answer. Tokens, too, are on MQTT alone and nowhere at rest.
"""

from __future__ import annotations

import os
import secrets
import threading
import time
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.request import urlopen

import msgspec
import pytest
from paho.mqtt import client as mqtt
from paho.mqtt.enums import CallbackAPIVersion
from ruamel.yaml import YAML

from dashboard.demo.children import Children, answers
from dashboard.demo.recording import (
    Ports,
    bundled_recording,
    open_recording,
    write_node_config,
    write_port_config,
)
from edge.messages import Read
from tests.plate_finder import plate_finder
from tests.ports import free_port
from tests.privacy.planting import plant
from tests.privacy.searching import Searcher, files_below, holds_picture

pytestmark = [pytest.mark.slow, pytest.mark.timeout(280)]

FROM_S, TO_S = 7.0, 24.0
"""Of the recording: the first two trucks cross the tail line and come to stand at their booths."""

MATCHES = 2
WITHIN_S = 120.0
PATHS = (
    "/", "/fr", "/manager", "/manager/history", "/manager/equipment", "/manager/accuracy", "/manager/journal",
    "/feed/v1/wait-times.json", "/feed/v1/wait-times.geojson", "/feed/v1/history.csv",
    "/feed/v1/accuracy.json",
    "/feed/cbp/bwt.json", "/feed/cbp/bwt.xml", "/feed/cbsa/bwt-eng.csv", "/feed/cbsa/bwt-fra.csv",
    "/feed/wsdot/crossings.json", "/metrics", "/healthz", "/readyz", "/api/v1/openapi.json", "/api/v1/audit",
    "/api/v1/ports/demo/staffing", "/api/v1/ports/demo/publication", "/api/v1/ports/demo/notices",
)  # fmt: skip


@dataclass
class Played:
    """What was planted, and all that could be seen of the run from outside."""

    folder: Path
    plates: tuple[str, ...]
    messages: list[tuple[str, bytes]] = field(default_factory=list)
    bodies: dict[str, bytes] = field(default_factory=dict)
    files: dict[str, bytes] = field(default_factory=dict)
    travels: tuple[float, ...] = ()

    @property
    def reads(self) -> list[Read]:
        """What nodes sent of plates."""
        return [
            msgspec.json.decode(body, type=Read) for topic, body in self.messages if topic.endswith("/reads")
        ]


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Played:
    """The run. Films lie outside the searched folder: they are the street, not what we keep of it."""
    model, films = plate_finder(), tmp_path_factory.mktemp("films")
    work = tmp_path_factory.mktemp("run")
    numbers = plant(bundled_recording(), films, FROM_S, TO_S)
    run = Played(work, tuple(numbers.values()))
    ports = Ports(broker=free_port(), http=free_port())
    recording = open_recording(bundled_recording())
    with Children(work) as children:
        children.start(
            "broker", "lanewatch-port", "broker", "--dir", str(work / "broker"), "--port", str(ports.broker)
        )
        children.wait_until(lambda: answers(ports.broker), "broker", 60)
        with Capture(ports.broker, run.messages):
            central = _with(write_port_config(recording, work, ports), {"plates": True}, "ports")
            children.start("central", "lanewatch-port", "serve", "--config", str(central))
            children.wait_until(lambda: b"ok" in _get(ports.http, "/healthz"), "central", 60)
            start_at_s = 5.0 * (time.time() // 5 + 3)
            for source in recording.nodes:
                config = write_node_config(source, work, ports, start_at_s)
                children.start(
                    source.stem, "lanewatch-edge", "run", "--config", str(_of_node(config, films, model))
                )
            _await_matches(children, ports.http)
            run.bodies = {path: _get(ports.http, path) for path in PATHS}
            run.bodies["stream"] = _first_of_stream(ports.http)
            run.files = _files(work)  # while all of it is at work: journals and WAL are there
    run.files |= {f"{name} afterwards": body for name, body in _files(work).items()}
    return run


def _of_node(config: Path, films: Path, model: str) -> Path:
    secret = config.parent / "secret" / "plates.secret"
    if not secret.exists():
        secret.parent.mkdir()
        secret.write_text(secrets.token_hex(32))
        secret.chmod(0o600)
    document = YAML(typ="safe").load(config.read_text())
    for camera in document["cameras"]:
        camera["source"] = str(films / Path(camera["source"]).name)
    document["plates"] = {"model": model, "secret_file": str(secret), "looks_per_s": 20}
    with config.open("w") as file:
        YAML(typ="safe").dump(document, file)
    return config


def _with(config: Path, changes: dict[str, object], key: str) -> Path:
    document = YAML(typ="safe").load(config.read_text())
    document[key][0].update(changes)
    with config.open("w") as file:
        YAML(typ="safe").dump(document, file)
    return config


class Capture:
    """Every message of the broker, from the first on."""

    def __init__(self, port: int, into: list[tuple[str, bytes]]) -> None:
        self._ready = threading.Event()
        self._client = mqtt.Client(CallbackAPIVersion.VERSION2, client_id="capture")
        self._client.on_connect = lambda client, *_: client.subscribe("#", 1)
        self._client.on_subscribe = lambda *_: self._ready.set()
        self._client.on_message = lambda _c, _u, message: into.append((message.topic, bytes(message.payload)))
        self._client.connect_async("127.0.0.1", port)

    def __enter__(self) -> None:
        self._client.loop_start()
        assert self._ready.wait(20)

    def __exit__(self, *_: object) -> None:
        self._client.disconnect()
        self._client.loop_stop()


def _await_matches(children: Children, http: int) -> None:
    def matched() -> bool:
        rows = [row for row in _get(http, "/metrics").decode().splitlines() if 'result="matched"' in row]
        return bool(rows) and float(rows[0].split()[-1]) >= MATCHES

    children.wait_until(matched, "n-tail", WITHIN_S)
    time.sleep(8)  # until the slice with the match is closed and told


def _get(port: int, path: str) -> bytes:
    try:
        with closing(urlopen(f"http://127.0.0.1:{port}{path}", timeout=20)) as answer:
            return bytes(answer.read()) + str(answer.headers).encode()
    except HTTPError as error:
        return error.read()
    except (URLError, ConnectionError, TimeoutError):
        return b""


def _first_of_stream(port: int) -> bytes:
    with closing(urlopen(f"http://127.0.0.1:{port}/api/v1/stream", timeout=20)) as answer:
        return bytes(answer.read1(65536))


def _files(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in files_below(folder)}


def test_plates_were_read_at_both_ends(played: Played) -> None:
    """The rest proves nothing if nothing was read."""
    assert {read.point for read in played.reads} == {"tail", "booth"}
    assert len({read.token for read in played.reads}) >= MATCHES
    assert "match" in played.bodies["/feed/v1/wait-times.json"].decode()


def test_no_file_holds_a_plate(played: Played) -> None:
    searcher = Searcher(played.plates)
    assert len(played.files) > 10
    assert any(name.endswith("-wal") for name in played.files)
    assert [name for name, body in played.files.items() if searcher.finds(body)] == []


def test_no_file_holds_a_picture(played: Played) -> None:
    assert [name for name, body in played.files.items() if holds_picture(body)] == []


def test_no_message_holds_a_plate(played: Played) -> None:
    searcher = Searcher(played.plates)
    assert len(played.messages) > 50
    assert [topic for topic, body in played.messages if searcher.finds(topic.encode() + b"\n" + body)] == []


def test_no_answer_holds_a_plate(played: Played) -> None:
    searcher = Searcher(played.plates)
    assert all(played.bodies.values())
    assert [path for path, body in played.bodies.items() if searcher.finds(body)] == []


def test_tokens_are_at_rest_nowhere(played: Played) -> None:
    """They cross the wire; no file, answer or other message has one."""
    tokens = [read.token.encode() for read in played.reads]
    places = {**played.files, **played.bodies}
    places |= {topic: body for topic, body in played.messages if not topic.endswith("/reads")}
    assert [name for name, body in places.items() if any(token in body for token in tokens)] == []


def test_the_secret_is_in_its_file_alone(played: Played) -> None:
    (name,) = [name for name in played.files if name.endswith("plates.secret")]
    secret = played.files[name]
    assert os.stat(played.folder / name).st_mode & 0o077 == 0
    places = {**played.files, **played.bodies, **dict(played.messages)}
    assert [place for place, body in places.items() if secret in body and "plates.secret" not in place] == []


@pytest.mark.parametrize("where", ["files", "messages", "bodies"])
def test_a_leak_would_be_found(played: Played, where: str) -> None:
    """The same search, with one of the planted plates put where it must not be."""
    leak = b'{"note": "' + played.plates[0].lower().encode() + b'"}'
    places = {
        "files": {**played.files, "log": played.files["central.log"] + leak},
        "messages": {**dict(played.messages), "lanes/v1/demo/n-tail/reads": leak},
        "bodies": {**played.bodies, "/": played.bodies["/"] + leak},
    }[where]
    assert len([name for name, body in places.items() if Searcher(played.plates).finds(body)]) == 1
