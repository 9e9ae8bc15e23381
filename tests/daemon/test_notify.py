"""What systemd hears of node, central and broker."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import uvicorn
from fastapi import FastAPI

from dashboard.liveness import WatchedServer
from edge.daemon.notify import Notifier, Pulse
from tests.conftest import REPOSITORY
from tests.daemon.systemd import listening
from tests.dashboard.authority.place import Place
from tests.dashboard.brokers import broker
from tests.dashboard.nodes import until
from tests.dashboard.test_serve import COMMAND, Served
from tests.edge.test_node_run import RUN, looped_from, now, write_config
from tests.ports import free_port

STATE_OF = {"lanewatch-authority": "lanewatch-port", "lanewatch-ingest@": "lanewatch-port"}
"""Units that share user and state folder with central."""
UNITS = sorted((REPOSITORY / "config" / "systemd").glob("*.service"))


def test_without_systemd_nothing_is_sent() -> None:
    notifier = Notifier({})
    notifier.ready("x")
    notifier.alive(0.0, lambda: pytest.fail("no watchdog, so nothing is asked"))
    notifier.stopping()


def test_the_watchdog_is_fed_when_due_and_not_while_a_loop_hangs(tmp_path: Path) -> None:
    with listening(tmp_path, watchdog_s=4.0) as heard:
        notifier = Notifier(heard.environment)
        pulse = Pulse("ingest", 60.0, turned_at=0.0)
        notifier.ready("serving")
        for at in (0.0, 0.4, 1.0, 1.9, 2.0):
            notifier.alive(at, lambda at=at: pulse.trouble(at))
        assert heard.said().count("WATCHDOG=1") == 3
        heard.forget()
        notifier.alive(61.0, lambda: pulse.trouble(61.0))
        assert heard.said() == ["STATUS=held up: ingest has not turned for 61 s"]
        pulse.beat(62.0)
        notifier.alive(63.0, lambda: pulse.trouble(63.0))
        assert heard.said()[1:] == ["WATCHDOG=1", "STATUS=serving"]


@pytest.mark.parametrize(
    ("case", "environment"),
    [
        ("a socket that is gone", {"NOTIFY_SOCKET": "/nowhere/notify", "WATCHDOG_USEC": "1000"}),
        ("the watchdog of another process", {"WATCHDOG_USEC": "1000", "WATCHDOG_PID": "1"}),
        ("no number", {"WATCHDOG_USEC": "soon"}),
    ],
)
def test_odd_environments_stop_nothing(case: str, environment: dict[str, str]) -> None:
    Notifier(environment).ready("x")
    Notifier(environment).alive(1.0, lambda: None)


@pytest.mark.parametrize("hangs", [False, True])
def test_the_web_loop_feeds_the_watchdog_unless_a_thread_hangs(hangs: bool, tmp_path: Path) -> None:
    turned_at = [0.0]

    def tick() -> float:
        turned_at[0] += 1.0
        return turned_at[0]

    with listening(tmp_path, watchdog_s=1.0) as heard:
        pulse = Pulse("ingest", 5.0 if hangs else 1e9, 0.0)
        config = uvicorn.Config(FastAPI(), port=free_port(), log_config=None)
        server = WatchedServer(config, Notifier(heard.environment), [pulse], tick, "serving")

        async def end_on_tick(counter: int, on_tick=server.on_tick) -> bool:
            return await on_tick(counter) or counter >= 7

        server.on_tick = end_on_tick  # type: ignore[method-assign]
        server.run()
        said = heard.said()
    assert said.count("READY=1") == 1
    assert said.count("WATCHDOG=1") == (5 if hangs else 8)
    assert ("STATUS=held up: ingest has not turned for 6 s" in said) == hangs


@pytest.mark.slow
def test_central_is_ready_when_it_serves_and_alive_while_broker_and_database_are_away(tmp_path: Path) -> None:
    with listening(tmp_path) as heard:
        served = Served(tmp_path, free_port())
        served.start(env=os.environ | heard.environment)
        try:
            assert until(lambda: heard.said().count("WATCHDOG=1") > 5)
            assert heard.said().count("READY=1") == 1
            assert f"STATUS=serving http://127.0.0.1:{served.http}/" in heard.said()
            assert served.end(15) == 0
            assert heard.said()[-1] == "STOPPING=1"
        finally:
            assert served.process is not None
            served.process.kill()
            served.process.wait()


@pytest.mark.slow
def test_a_node_is_alive_without_a_broker_and_not_while_a_camera_hangs(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "hangs.mp4")
    impatient = RUN.replace(
        "import sys", "import edge.node.camera_loop as c\nc.STUCK_AFTER_S = 3.0\nimport sys", 1
    )
    config = write_config(tmp_path, playback=looped_from(now()), source=str(tmp_path / "hangs.mp4"))
    with listening(tmp_path) as heard:
        child = subprocess.Popen(
            [sys.executable, "-c", impatient, str(config)],
            env=os.environ | heard.environment,
            cwd=REPOSITORY,
            stderr=subprocess.DEVNULL,
        )
        try:
            assert until(lambda: "STATUS=node n1 of port testport measures" in heard.said())
            assert until(lambda: heard.said().count("WATCHDOG=1") > 3)
            assert until(lambda: any("held up: camera c1" in line for line in heard.said()))
        finally:
            child.kill()
            child.wait()


@pytest.mark.slow
def test_the_broker_is_alive_while_its_server_answers(tmp_path: Path) -> None:
    with broker("nats", tmp_path / "only-to-skip"), listening(tmp_path) as heard:
        child = subprocess.Popen(
            [*COMMAND, "broker", "--dir", str(tmp_path / "b"), "--port", str(free_port())],
            env=os.environ | heard.environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            assert until(lambda: heard.said().count("WATCHDOG=1") > 2)
            child.terminate()
            assert child.wait(20) == 0
            assert heard.said()[-1] == "STOPPING=1"
        finally:
            child.kill()
            child.wait()


def test_the_authority_is_ready_when_it_listens_and_alive_from_then_on(tmp_path: Path) -> None:
    place = Place(tmp_path, "embedded")
    with listening(tmp_path) as heard:
        child = subprocess.Popen(
            [*COMMAND, "authority", "--config", str(place.yaml)],
            env=os.environ | heard.environment,
            stderr=subprocess.DEVNULL,
        )
        try:
            assert until(lambda: heard.said().count("WATCHDOG=1") > 2)
            assert heard.said().count("READY=1") == 1
            child.terminate()
            assert child.wait(20) == 0
            assert heard.said()[-1] == "STOPPING=1"
        finally:
            child.kill()
            child.wait()


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.stem)
def test_units_say_what_they_must(unit: Path) -> None:
    lines = unit.read_text().splitlines()
    for line in (
        "Type=notify",
        "WatchdogSec=60",
        "Restart=always",
        "DynamicUser=yes",
        "NoNewPrivileges=yes",
        "ProtectSystem=strict",
        "CapabilityBoundingSet=",
        "WantedBy=multi-user.target",
    ):
        assert line in lines
    assert f"StateDirectory={STATE_OF.get(unit.stem, unit.stem)}" in lines
    assert f"User={STATE_OF.get(unit.stem, unit.stem)}" in lines


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.stem)
def test_systemd_takes_the_units(unit: Path, tmp_path: Path) -> None:
    if shutil.which("systemd-analyze") is None:
        pytest.skip("systemd-analyze is not installed")
    here = tmp_path / unit.name.replace("@.", "@ambassador.")
    here.write_text(unit.read_text().replace("/opt/lanewatch/bin", str(Path(sys.executable).parent)))
    run = subprocess.run(["systemd-analyze", "verify", str(here)], capture_output=True, text=True)
    complaints = [line for line in run.stderr.splitlines() if here.name in line]
    assert (complaints, run.returncode) == ([], 0)
