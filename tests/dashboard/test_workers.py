"""Ingest workers by port on a real PostgreSQL: either may die, a database may go; nothing is lost."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from paho.mqtt import client as mqtt
from paho.mqtt.enums import CallbackAPIVersion

from dashboard.board import Lack
from dashboard.config import load_central
from dashboard.ingest.forgetting import FORGET_TRIES
from dashboard.ingest.share import of_worker
from dashboard.ingest.worker import WorkerError, Workers, run_worker
from dashboard.store.store import Store
from tests.conftest import program
from tests.dashboard.brokers import broker
from tests.dashboard.nodes import TestNode, healed, report, until
from tests.ports import free_port
from tests.postgres import Postgres

COMMAND = [sys.executable, "-c", "from dashboard.cli import main; main()"]
PORT = """  - id: {port}
    name: {{en: Port {port}}}
    directions:
      - id: us_bound
        streams: [{{traffic: commercial, class: fast}}]
        lanes: [{{id: b1, kind: booth, serves: [commercial/fast], node: n1}}]
"""


def port_yaml(folder: Path, broker_port: int, url: str, http: int = 0, ports: str = "ab") -> Path:
    """Ports `a` and `b`, a lane of node n1 each."""
    file = folder / "port.yaml"
    file.write_text(
        f'broker: {{url: "mqtt://127.0.0.1:{broker_port}"}}\nstore: {{url: "{url}"}}\n'
        f"http: {{host: 127.0.0.1, port: {http}}}\nslice_s: 5\nports:\n"
        + "".join(PORT.format(port=port) for port in ports)
    )
    return file


@contextmanager
def running(folder: Path, name: str, *arguments: str) -> Iterator[subprocess.Popen[bytes]]:
    """A `lanewatch-port` process; killed at the end if it still runs."""
    with (folder / f"{name}.log").open("ab") as log:
        process = subprocess.Popen([*COMMAND, *arguments], stdout=log, stderr=log)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


@contextmanager
def node(broker_port: int, port: str) -> Iterator[TestNode]:
    """Node n1 of a port."""
    made = TestNode(broker_port, "n1", port)
    try:
        yield made
    finally:
        made.close()


def sends(seqs: range, port: str, to: TestNode) -> Callable[[], bool]:
    """Send what is not receipted, as a node does; True when all is."""

    def again() -> bool:
        missing = sorted(set(seqs) - to.receipted())
        to.send(report(seq, port=port) for seq in missing)
        return not missing or until(lambda: to.receipted() >= set(seqs), 2)

    return again


def ready(http: int) -> tuple[int, str]:
    """What /readyz says."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{http}/readyz", timeout=5) as reply:
            return reply.status, reply.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()
    except OSError:
        return 0, ""


def stored(folder: Path, file: Path) -> list[tuple[int, int, int]]:
    """(rows, first, last) of every boot."""
    out = folder / "stored.json"
    subprocess.run([*COMMAND, "stored", "--config", str(file), "--json", str(out)], check=True)
    held: list[dict[str, Any]] = json.loads(out.read_text())
    return [(row["rows"], row["first_seq"], row["last_seq"]) for row in held]


@pytest.mark.slow
def test_one_of_two_workers_dies_and_comes_back(postgres: Postgres, tmp_path: Path) -> None:
    http = free_port()
    with ExitStack() as stack:
        port = stack.enter_context(broker("nats", tmp_path / "broker"))
        file = port_yaml(tmp_path, port, postgres.new_database(), http)
        options = ("--config", str(file))
        stack.enter_context(running(tmp_path, "serve", "serve", *options, "--no-ingest"))
        stack.enter_context(running(tmp_path, "a", "ingest", *options, "--ports", "a"))
        second = stack.enter_context(running(tmp_path, "b", "ingest", *options, "--ports", "b"))
        of_a, of_b = (stack.enter_context(node(port, name)) for name in "ab")
        assert until(sends(range(1, 101), "a", of_a)), (tmp_path / "a.log").read_text()
        assert until(sends(range(1, 101), "b", of_b)), (tmp_path / "b.log").read_text()
        assert until(lambda: ready(http)[0] == 200), ready(http)

        second.send_signal(signal.SIGKILL)
        second.wait()
        of_b.send(report(seq, port="b") for seq in range(101, 201))
        assert until(sends(range(101, 201), "a", of_a)), "the other one goes on"
        assert not of_b.receipted() & set(range(101, 201))
        assert until(lambda: ready(http)[1] == "not ready: ingest"), "its absence is told"

        stack.enter_context(running(tmp_path, "b", "ingest", *options, "--ports", "b"))
        assert healed("one of two workers died", sends(range(1, 201), "b", of_b)), "what waited is stored"
        assert until(lambda: ready(http)[0] == 200), ready(http)
        assert stored(tmp_path, file) == [(200, 1, 200), (200, 1, 200)]


@pytest.mark.slow
@pytest.mark.parametrize("mode", ["fast", "immediate"])
def test_the_database_restarts_while_central_serves(mode: str, tmp_path: Path) -> None:
    server = Postgres(Path(program("initdb")).resolve().parent)
    server.start()
    http = free_port()
    with ExitStack() as stack:
        stack.callback(server.remove)
        port = stack.enter_context(broker("nats", tmp_path / "broker"))
        file = port_yaml(tmp_path, port, server.new_database(), http, "a")
        stack.enter_context(running(tmp_path, "serve", "serve", "--config", str(file)))
        n1 = stack.enter_context(node(port, "a"))
        assert until(sends(range(1, 101), "a", n1)), (tmp_path / "serve.log").read_text()

        server.stop(mode)
        n1.send(report(seq, port="a") for seq in range(101, 201))
        assert until(lambda: ready(http)[1] == "not ready: database")
        assert not n1.receipted() & set(range(101, 201)), "nothing is receipted that is not stored"
        server.start()
        assert healed(f"the database restarted ({mode})", lambda: n1.receipted() >= set(range(1, 201)))
        assert until(lambda: ready(http)[0] == 200), ready(http)
        assert stored(tmp_path, file) == [(200, 1, 200)]


def test_who_is_not_seen_is_named(tmp_path: Path, store_url: str) -> None:
    store = Store(store_url)
    store.upgrade()
    workers = Workers(load_central(port_yaml(tmp_path, 1883, store_url)), store)
    assert workers.trouble(1000.0) is None, "they get time to begin"
    store.mark({"ingest:a": 1010, "ingest:b": 1001})
    assert workers.trouble(1016.0) is None
    assert workers.trouble(1020.0) == Lack("ingest", "no ingest worker of port b was seen for 19 s")
    store.mark({"ingest:b": 1019})
    assert workers.trouble(1020.0) is None
    store.close()


@pytest.mark.parametrize(
    ("case", "url", "ports", "says"),
    [
        ("SQLite has one writer", "sqlite:///x.db", "a", "store.url"),
        ("no port", "postgresql://x/y", ",", "--ports: names none; port.yaml names a, b"),
        ("a port that is not there", "postgresql://x/y", "a,z", "--ports: z is not in port.yaml"),
    ],
)
def test_what_cannot_be_is_one_line(case: str, url: str, ports: str, says: str, tmp_path: Path) -> None:
    file = port_yaml(tmp_path, 1883, url)
    command = [*COMMAND, "ingest", "--config", str(file), "--ports", ports]
    ended = subprocess.run(command, capture_output=True, text=True)
    assert ended.returncode == 2
    lines = ended.stderr.splitlines()
    assert len(lines) == 1
    assert says in lines[0]


def test_a_worker_under_tables_of_a_newer_program_is_not_started_again(
    postgres: Postgres, tmp_path: Path
) -> None:
    file = port_yaml(tmp_path, free_port(), postgres.new_database())
    newer = Store(load_central(file).store.url)
    newer.upgrade()
    with newer.begin() as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))
    newer.close()
    command = [*COMMAND, "ingest", "--config", str(file), "--ports", "a"]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert (ended.returncode, ended.stderr.count("its tables are of schema 9999")) == (2, 1), ended.stderr


def session_at(broker_port: int, name: str) -> bool:
    """Connect with a session that stays; tells whether the broker had it."""
    found: list[bool] = []

    def connected(client: mqtt.Client, _userdata: object, flags: mqtt.ConnectFlags, *_: object) -> None:
        found.append(flags.session_present)
        client.subscribe("lanes/v1/a/+/report", 1)

    client = mqtt.Client(CallbackAPIVersion.VERSION2, client_id=name, clean_session=False)
    client.on_connect = connected
    client.on_subscribe = lambda client, *_: client.disconnect()
    client.connect("127.0.0.1", broker_port)
    client.loop_forever()
    return found[0]


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["nats", "mosquitto"])
def test_a_session_that_is_forgotten_is_gone_at_the_broker(kind: str, tmp_path: Path) -> None:
    with broker(kind, tmp_path / "broker") as port:
        config = load_central(port_yaml(tmp_path, port, "postgresql://x/y"))
        name = of_worker(("a",)).client_id(config)
        assert [session_at(port, name) for _ in range(2)] == [False, True]
        assert run_worker(config, ("a",), forget=True) == 0
        assert session_at(port, name) is False


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["nats", "mosquitto"])
def test_a_session_that_stays_is_told(kind: str, tmp_path: Path) -> None:
    with broker(kind, tmp_path / "broker", shut=True) as port:
        config = load_central(port_yaml(tmp_path, port, "postgresql://x/y"))
        with pytest.raises(WorkerError, match="--forget: the broker refuses: Not authorized; mend"):
            run_worker(config, ("a",), forget=True)
    with pytest.raises(WorkerError, match=f"--forget: the broker at 127.0.0.1:{port} cannot be reached"):
        run_worker(config, ("a",), forget=True)


def test_a_broker_that_hangs_up_forgets_no_session(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        config = load_central(port_yaml(tmp_path, port, "postgresql://x/y"))
        tries: list[None] = []

        def hang_up() -> None:
            with suppress(OSError):
                while True:
                    listener.accept()[0].close()
                    tries.append(None)

        threading.Thread(target=hang_up, daemon=True).start()
        with pytest.raises(WorkerError, match="--forget: the connection to the broker ended"):
            run_worker(config, ("a",), forget=True)
        assert len(tries) == FORGET_TRIES


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["nats", "mosquitto"])
def test_a_session_is_forgotten_though_it_was_taken_over_a_moment_ago(kind: str, tmp_path: Path) -> None:
    with broker(kind, tmp_path / "broker") as port:
        config = load_central(port_yaml(tmp_path, port, "postgresql://x/y"))
        name = of_worker(("a",)).client_id(config)
        first = mqtt.Client(CallbackAPIVersion.VERSION2, client_id=name, clean_session=False)
        connected = threading.Event()
        first.on_connect = lambda *_: connected.set()
        first.connect("127.0.0.1", port)
        first.on_disconnect = lambda client, *_: client.disconnect()
        first.loop_start()
        assert connected.wait(20)
        assert session_at(port, name) is True
        assert run_worker(config, ("a",), forget=True) == 0
        first.loop_stop()
        assert session_at(port, name) is False
