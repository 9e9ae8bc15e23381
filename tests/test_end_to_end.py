"""The main job: recordings -> nodes -> broker -> central -> feed and pages, as one command starts them."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest

from dashboard.demo.children import port_is_taken
from tests.ports import free_port

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240)]

PLAY_S = 80
COMMAND = Path(sys.executable).parent / "lanewatch-port"


def read(port: int, path: str) -> str:
    with closing(urlopen(f"http://127.0.0.1:{port}{path}", timeout=5)) as answer:
        return answer.read().decode()


def fast_wait(port: int) -> dict[str, float] | None:
    """The expected FAST wait in the feed, None while there is none."""
    try:
        document = json.loads(read(port, "/feed/v1/wait-times.json"))
    except (URLError, ConnectionError, TimeoutError):
        return None
    lanes = [lane for port in document["ports"] for lane in port["lanes"] if lane["class"] == "fast"]
    return lanes[0]["expected"]


@contextmanager
def demo(*options: str) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        [str(COMMAND), "demo", *options], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def children_of(pid: int) -> list[int]:
    """Processes whose parent is `pid`."""
    tasks = Path(f"/proc/{pid}/task").glob("*/children")
    return [int(child) for task in tasks for child in task.read_text().split()]


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> dict[str, object]:
    """What a demo of a bit over a minute said: its JSON, a FAST wait from the feed, and the pages."""
    result = tmp_path_factory.mktemp("demo") / "demo.json"
    port = free_port()
    seen: dict[str, object] = {}
    with demo("--seconds", str(PLAY_S), "--http-port", str(port), "--json", str(result)) as process:
        until = time.monotonic() + PLAY_S + 60
        while process.poll() is None and time.monotonic() < until:
            wait = fast_wait(port)
            if wait and wait["wait_s"] and "wait" not in seen:
                seen["wait"] = wait
                seen["pages"] = {path: read(port, path) for path in ("/", "/fr", "/manager")}
            time.sleep(1)
        seen["said"] = process.communicate(timeout=30)[0]
    seen["json"] = json.loads(result.read_text()) if result.exists() else None
    return seen


def test_every_line_is_counted_exactly(played: dict[str, object]) -> None:
    lanes = played["json"]["lanes"]
    assert {(lane["lane"], lane["line"]) for lane in lanes} == {
        ("b1", "tail"), ("b1", "booth"), ("b2", "tail"), ("b2", "booth"),
    }  # fmt: skip
    assert [lane for lane in lanes if lane["counted"] != lane["true"]] == []
    assert sum(lane["true"] for lane in lanes) > 8


def test_the_feed_carries_a_fast_wait_inside_its_interval(played: dict[str, object]) -> None:
    wait = played["wait"]
    assert wait["low_s"] <= wait["wait_s"] <= wait["high_s"]
    assert wait["basis"]


def test_waits_come_every_5_s_for_each_stream(played: dict[str, object]) -> None:
    for lane_class in ("fast", "standard"):
        at_s = [w["at_s"] for w in played["json"]["waits"] if w["class"] == lane_class]
        assert at_s == [float(5 * i) for i in range(PLAY_S // 5)]


@pytest.mark.parametrize(("path", "word"), [("/", "FAST"), ("/fr", "EXPRES"), ("/manager", "b1")])
def test_the_pages_show_it(played: dict[str, object], path: str, word: str) -> None:
    assert word in played["pages"][path]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGHUP])
@pytest.mark.parametrize("started", [1, 4])
def test_ctrl_c_or_a_closed_terminal_leaves_nothing_behind(
    started: int, number: signal.Signals, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Asked for in the very moment a child starts, and again while all are being ended."""
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    port = free_port()
    with demo("--http-port", str(port)) as process:
        until = time.monotonic() + 60
        while len(children := children_of(process.pid)) < started and time.monotonic() < until:
            pass  # what sleeps here misses the moment
        process.send_signal(number)
        while process.poll() is None and time.monotonic() < until:
            time.sleep(0.1)
            process.send_signal(number)
    assert len(children) == started
    assert [child for child in children if os.path.exists(f"/proc/{child}")] == []
    assert list(tmp_path.glob("lanewatch-demo-*")) == []
    assert not port_is_taken(port)


def test_ctrl_c_after_a_whole_recording_judges_what_was_played(tmp_path: Path) -> None:
    film, result = tmp_path / "film", tmp_path / "result.json"
    render = [COMMAND.with_name("lanewatch-sim"), "render", "--out", film, "--seed", "5", "--minutes", "0.5"]
    subprocess.run([*render, "--fps", "5"], check=True, capture_output=True)
    port = free_port()
    with demo("--recordings", str(film), "--http-port", str(port), "--json", str(result)) as process:
        assert process.stdout is not None
        while "n-tail plays" not in process.stdout.readline():
            assert process.poll() is None
        time.sleep(30 + 6)
        process.send_signal(signal.SIGINT)
        said, _ = process.communicate(timeout=60)
    assert (process.returncode in (0, 1), "ended before" in said) == (True, False), said
    fast = [wait["at_s"] for wait in json.loads(result.read_text())["waits"] if wait["class"] == "fast"]
    assert fast[:7] == [0, 5, 10, 15, 20, 25, 30]


def test_a_taken_port_gives_a_sentence() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        run = subprocess.run(
            [str(COMMAND), "demo", "--http-port", str(port)], capture_output=True, text=True, timeout=60
        )
    assert run.returncode == 2
    assert run.stderr.strip() == f"port {port} of this machine is taken; end what uses it or give --http-port"
