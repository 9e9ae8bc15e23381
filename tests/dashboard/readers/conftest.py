"""Readers written by others, and our feeds in every state on a real port for them to read."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import uvicorn

from dashboard.board import Board, BoardHolder, DirectionView
from dashboard.config import CentralConfig
from dashboard.feeds.published import published
from dashboard.feeds.values import PublishedStream
from dashboard.web.app import make_app
from tests.dashboard.feed_cases import NOW_S
from tests.dashboard.feeds.every_state import CASES, CONFIG, OTHER, STREAM

HERE = Path(__file__).parent
READERS = "readers"
NPM_WITHIN_S = 240

# A hold is by port and is tested elsewhere; here each case that the engine alone can make is a port.
TOLD = [case for case in CASES if case.said is not None and not case.book.orders]


def _config() -> CentralConfig:
    """A port for each case, with numbers 380001, 380002, ... and crossings P1, P2, ..."""
    told = CONFIG.model_dump(by_alias=True)
    (first,) = told["ports"]
    told["ports"] = []
    for n in range(1, len(TOLD) + 1):
        port = json.loads(json.dumps(first)) | {"id": f"p{n}", "name": {"en": f"Place {n}"}}
        us, ca = port["directions"]
        us["official"] = {"cbp_port_number": f"38{n:04d}"}
        ca["official"] = {"wsdot_name": f"P{n}"}
        told["ports"].append(port)
    return CentralConfig.model_validate(told)


PORTS = _config()


def _board() -> Board:
    views = [
        DirectionView(port.id, direction.id, (case.said,), (), ())
        for case, port in zip(TOLD, PORTS.ports, strict=True)
        for direction in port.directions
        if case.said is not None
    ]
    return Board(NOW_S, tuple(views))


@dataclass(frozen=True, slots=True)
class Served:
    """Our feeds at `address`."""

    address: str

    def streams(self, direction: int = 0) -> dict[str, PublishedStream]:
        """What is published of STREAM, by the number of the port."""
        said = published(_board(), PORTS, NOW_S)
        found = {}
        for n, port in enumerate(said.ports, start=1):
            stream = port.directions[direction].stream(STREAM)
            assert stream is not None
            assert port.directions[direction].stream(OTHER) is not None
            found[str(n)] = stream
        return found


@pytest.fixture(scope="module")
def served() -> Iterator[Served]:
    """The application on a port of this machine."""
    app = make_app(BoardHolder(_board()), PORTS, lambda: NOW_S)
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=0, log_level="warning"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        assert thread.is_alive()
        time.sleep(0.01)
    yield Served(f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}")
    server.should_exit = True
    thread.join()


@pytest.fixture(scope="session")
def modules() -> Path:
    """The folder of the npm readers, installed once a version into the user's cache."""
    if shutil.which("node") is None or shutil.which("npm") is None:
        _missing("node and npm are not installed")
    lock = (HERE / "npm" / "package-lock.json").read_bytes()
    cache = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "lanewatch-tests"
    folder = cache / f"readers-{hashlib.sha256(lock).hexdigest()[:16]}"
    if not (folder / "installed").exists():
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(HERE / "npm", folder)
        _npm_ci(folder)
        (folder / "installed").touch()
    return folder / "node_modules"


def _npm_ci(folder: Path) -> None:
    command = ["npm", "ci", "--silent", "--ignore-scripts", "--no-audit", "--no-fund"]
    try:
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=NPM_WITHIN_S)
    except subprocess.TimeoutExpired:
        _missing(f"npm did not install the readers within {NPM_WITHIN_S} s")
    if done.returncode != 0:
        _missing(f"npm could not install the readers: {done.stderr.strip()[-200:]}")


def _missing(why: str) -> None:
    """Skips; fails where LANEWATCH_REQUIRE names the readers."""
    if READERS in os.environ.get("LANEWATCH_REQUIRE", "").split(","):
        pytest.fail(why)
    pytest.skip(why)


Node = Callable[[str, str], Any]


@pytest.fixture
def node(modules: Path) -> Node:
    """Runs a script beside this file with one argument; gives the JSON that it prints."""

    def run(script: str, argument: str) -> Any:
        environment = os.environ | {"NODE_PATH": str(modules), "WSDOT_ACCESS_TOKEN": "none", "TZ": "UTC"}
        done = subprocess.run(
            ["node", "--no-deprecation", str(HERE / script), argument],
            env=environment,
            capture_output=True,
            text=True,
            timeout=60,
        )
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    return run
