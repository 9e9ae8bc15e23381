"""The node as a process: recordings at their pace, seams, stop, kill -9, lost cameras, bad settings."""

from __future__ import annotations

import itertools
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import av
import av.error
import numpy as np
import pytest

from edge.messages import NodeReport, decode
from tests.conftest import REPOSITORY
from tests.dashboard.brokers import broker
from tests.dashboard.nodes import PATIENCE_S, until
from tests.edge.centrals import Central, now
from tests.edge.tinymodels import pack_model
from tests.ports import free_port

LENGTH_S = 3.2
RUN = """
import sys
from edge.cli import main
sys.argv[:1] = ["lanewatch-edge", "run", "--config"]
main()
"""
NODE = """
port: testport
node: n1
tick_s: 1
model: {model}
{broker}
cameras:
  - id: c1
    source: "{source}"
    {playback}
    lanes:
      - id: b5
        tail: {{line: [[.1, .4], [.9, .4]], toward: [.5, .9]}}
        booth: {{line: [[.1, .9], [.9, .9]], toward: [.5, 1]}}
        area: [[.1, .4], [.9, .4], [.9, .9], [.1, .9]]
"""


def write_video(path: Path, seconds: float = LENGTH_S) -> None:
    """A recording of a grey picture, with a pattern, that gets brighter."""
    write_pictures(str(path), round(10 * seconds), "mp4")


def write_pictures(sink: Any, count: int, container_format: str, pace_s: float = 0.0) -> None:
    """Ten pictures a second into a file, each `pace_s` after the one before, none kept back in a buffer."""
    with av.open(sink, "w", format=container_format, options={"flush_packets": "1"}) as container:
        stream: Any = container.add_stream("mpeg4", rate=10)
        stream.width, stream.height, stream.pix_fmt = 64, 32, "yuv420p"
        for number in range(count):
            image = np.full((32, 64, 3), 50 + 2 * number, np.uint8)
            image[::8, ::4] = image[2:5, 30:60] = 0
            container.mux(stream.encode(av.VideoFrame.from_ndarray(image, "bgr24")))
            time.sleep(pace_s)
        container.mux(stream.encode())


def write_config(folder: Path, broker_port: int | None = None, **changes: str) -> Path:
    """A node whose model always sees one truck in the area."""
    boxes, scores = np.array([[20.0, 10.0, 40.0, 24.0]]), np.array([[0.0, 0.9, 0.0, 0.0]])
    pack_model(folder / "tiny.onnx", boxes, scores)
    if not (folder / "clip.mp4").exists():
        write_video(folder / "clip.mp4")
    values = {
        "model": str(folder / "tiny.onnx"),
        "source": str(folder / "clip.mp4"),
        "broker": "" if broker_port is None else f'broker: {{url: "mqtt://127.0.0.1:{broker_port}"}}',
        "playback": "",
    }
    path = folder / "node.yaml"
    path.write_text(NODE.format(**(values | changes)))
    return path


def looped_from(at: float) -> str:
    return f"playback: {{start_at: '{datetime.fromtimestamp(at, UTC).isoformat()}', loop: true}}"


@contextmanager
def node(config: Path) -> Iterator[subprocess.Popen[str]]:
    """`lanewatch-edge run`; killed at the end if it still runs."""
    with (config.parent / "node.log").open("a") as log:
        child = subprocess.Popen(
            [sys.executable, "-c", RUN, str(config)], cwd=REPOSITORY, stderr=log, text=True
        )
    try:
        yield child
    finally:
        child.kill()
        child.wait()


def stop(child: subprocess.Popen[str], number: int = signal.SIGTERM) -> int:
    child.send_signal(number)
    return child.wait(PATIENCE_S)


def log_of(folder: Path) -> str:
    return (folder / "node.log").read_text()


def rows_in(folder: Path) -> list[NodeReport]:
    """What lies in the outbox of a node that does not run."""
    db = sqlite3.connect(folder / "outbox-n1.db")
    try:
        return [decode(*row) for row in db.execute("SELECT kind, payload FROM rows ORDER BY id")]
    finally:
        db.close()


def reports(messages: list[NodeReport]) -> list[NodeReport]:
    return [message for message in messages if message.kind == "report"]


def event_types(messages: list[NodeReport]) -> list[str]:
    return [message.event.type for message in messages if message.event]


@pytest.mark.slow
def test_a_looped_recording_is_reported_without_gap_and_exactly_at_each_seam(tmp_path: Path) -> None:
    start = float(int(now()) + 10)  # the node must be up by then, on a busy machine too
    with broker("nats", tmp_path / "broker") as port, running(Central(port)) as central:
        with node(write_config(tmp_path, port, playback=looped_from(start))) as child:
            assert until(lambda: covers(central, start + 3 * LENGTH_S + 0.5))
            assert stop(child) == 0
        assert until(lambda: central.states["status"].state == "offline")
    rows = sorted(central.messages.values(), key=lambda message: message.seq)
    ticks = reports(rows)
    assert [row.seq for row in rows] == list(range(1, len(rows) + 1))
    assert (event_types(rows), rows_in(tmp_path)) == (["started", "stopped"], [])
    assert ticks[0].start.timestamp() == start
    assert all(a.end == b.start for a, b in itertools.pairwise(ticks))
    ends = [round(tick.end.timestamp() - start, 3) for tick in ticks]
    assert ends[:-1] == [1, 2, 3, 3.2, 4, 5, 6, 6.4, 7, 8, 9, 9.6, *range(10, 10 + len(ends) - 13)]
    for tick, end in zip(ticks, ends, strict=True):
        assert tick.lanes is not None
        assert tick.synced
        assert tick.clock_offset_s is None
        lane = tick.lanes[0]
        assert lane.observed_s == pytest.approx(end, abs=0.01)
        assert (lane.arrivals, lane.departures) == ({}, {})
        assert lane.queue is None or lane.queue.in_view <= 1
    assert central.states["info"].provider == "CPUExecutionProvider"
    assert central.states["health"].cameras[0].camera == "c1"


@contextmanager
def running(central: Central) -> Iterator[Central]:
    """Listening before anybody sends: what a node sends to nobody comes again only after 30 s."""
    try:
        central.ready()
        yield central
    finally:
        central.close()


def covers(central: Central, until_s: float) -> bool:
    return any(message.end.timestamp() >= until_s for message in list(central.messages.values()))


@contextmanager
def hanging_up(how: signal.Handlers) -> Iterator[None]:
    """What processes that are started inherit: the tests may run under `nohup`, or not."""
    before = signal.signal(signal.SIGHUP, how)
    try:
        yield
    finally:
        signal.signal(signal.SIGHUP, before)


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_without_a_broker_it_measures_and_keeps_its_rows(tmp_path: Path, number: int) -> None:
    with hanging_up(signal.SIG_DFL), node(write_config(tmp_path, playback=looped_from(now()))) as child:
        assert until(lambda: "node_started" in log_of(tmp_path))
        assert not until(lambda: child.poll() is not None, 4)
        assert stop(child, number) == 0
    rows = rows_in(tmp_path)
    assert [row.seq for row in rows] == list(range(1, len(rows) + 1))
    assert event_types(rows) == ["started", "stopped"]
    last = reports(rows)[-1].lanes
    assert last is not None
    assert last[0].observed_s > 2


@pytest.mark.slow
def test_under_nohup_it_outlives_its_terminal(tmp_path: Path) -> None:
    with hanging_up(signal.SIG_IGN), node(write_config(tmp_path, playback=looped_from(now()))) as child:
        assert until(lambda: "node_started" in log_of(tmp_path))
        child.send_signal(signal.SIGHUP)
        assert not until(lambda: child.poll() is not None, 2)
        assert stop(child) == 0


@pytest.mark.slow
def test_a_recording_without_playback_is_played_once_and_then_nothing_is_measured(tmp_path: Path) -> None:
    with node(write_config(tmp_path)) as child:
        assert until(lambda: "node_started" in log_of(tmp_path))
        assert not until(lambda: child.poll() is not None, LENGTH_S + 4)
        assert stop(child) == 0
    ticks = [tick.lanes[0] for tick in reports(rows_in(tmp_path)) if tick.lanes]
    assert ticks[-1].observed_s == pytest.approx(LENGTH_S, abs=0.25)
    assert (ticks[-1].queue, ticks[-1].quality.degraded) == (None, ["ended"])
    assert max(tick.in_view_max or 0 for tick in ticks) == 1


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["nats", "mosquitto"])
def test_kill_9_of_the_node_loses_no_committed_row(kind: str, tmp_path: Path) -> None:
    port = free_port()
    config = write_config(tmp_path, port, playback=looped_from(now()))
    committed: set[tuple[str, int]] = set()
    for _ in range(2):
        with node(config) as child:
            starts = log_of(tmp_path).count("node_started")
            assert until(lambda n=starts: log_of(tmp_path).count("node_started") > n)
            assert not until(lambda: child.poll() is not None, 3)
            os.kill(child.pid, signal.SIGKILL)
            child.wait()
        committed |= {(row.boot, row.seq) for row in rows_in(tmp_path)}
    assert len({boot for boot, _ in committed}) == 2
    with broker(kind, tmp_path / "broker", port), running(Central(port)) as central, node(config) as child:
        assert until(lambda: committed <= set(central.rows))
        assert stop(child) == 0
    assert rows_in(tmp_path) == []
    for boot in {boot for boot, _ in central.rows}:
        assert central.seqs(boot) == list(range(1, len(central.seqs(boot)) + 1))


@pytest.mark.slow
def test_a_camera_that_fails_is_told_and_tried_again(tmp_path: Path) -> None:
    config = write_config(tmp_path, source=str(tmp_path / "later.mp4"), playback=looped_from(now()))
    with node(config) as child:
        assert until(lambda: "camera_lost" in log_of(tmp_path))
        write_video(tmp_path / "later.tmp.mp4")
        (tmp_path / "later.tmp.mp4").rename(tmp_path / "later.mp4")
        assert until(lambda: "camera_back" in log_of(tmp_path))
        assert stop(child) == 0
    rows = rows_in(tmp_path)
    assert event_types(rows) == ["started", "camera_lost", "camera_back", "stopped"]
    lost = next(row.event for row in rows if row.event and row.event.type == "camera_lost")
    assert lost.camera == "c1"
    assert "later.mp4" in str(lost.detail)


@contextmanager
def stream_server() -> Iterator[int]:
    """A live stream on a loopback port: five seconds of pictures at their pace, for each client."""
    server = socket.create_server(("127.0.0.1", 0))

    def serve(client: socket.socket) -> None:
        with suppress(av.error.FFmpegError, OSError), client, client.makefile("wb", buffering=0) as sink:
            write_pictures(sink, 50, "mpegts", pace_s=0.1)

    def accept() -> None:
        with suppress(OSError):
            while True:
                threading.Thread(target=serve, args=server.accept()[:1], daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    try:
        yield server.getsockname()[1]
    finally:
        server.close()


@pytest.mark.slow
def test_a_live_stream_that_ends_is_taken_up_again(tmp_path: Path) -> None:
    with stream_server() as port:
        config = write_config(tmp_path, source=f"tcp://127.0.0.1:{port}")
        with node(config) as child:
            assert until(lambda: log_of(tmp_path).count("camera_back") >= 1)
            assert not until(lambda: child.poll() is not None, 2.5)
            assert stop(child) == 0
    rows = rows_in(tmp_path)
    assert event_types(rows)[:3] == ["started", "camera_lost", "camera_back"]
    lanes = [tick.lanes[0] for tick in reports(rows) if tick.lanes]
    assert lanes[-1].observed_s > 4
    assert "lost" in {reason for lane in lanes for reason in lane.quality.degraded}


@pytest.mark.slow
def test_what_is_accepted_and_has_no_effect_is_told(tmp_path: Path) -> None:
    config = write_config(tmp_path)
    config.write_text(config.read_text().replace("- id: b5", "- id: b5\n        signal: true"))
    with node(config) as child:
        assert until(lambda: "node_started" in log_of(tmp_path))
        assert stop(child) == 0
    assert "`signal` has no effect yet" in log_of(tmp_path)


@pytest.mark.slow
def test_a_password_in_an_address_is_written_nowhere(tmp_path: Path) -> None:
    source = "rtsp://operator:s3cret@127.0.0.1:1/stream"
    with node(write_config(tmp_path, source=source)) as child:
        assert until(lambda: "camera_lost" in log_of(tmp_path))
        assert stop(child) == 0
    everything = log_of(tmp_path).encode() + b"".join(file.read_bytes() for file in tmp_path.glob("outbox*"))
    assert b"s3cret" not in everything
    assert b"127.0.0.1:1/stream" in everything


@pytest.mark.slow
@pytest.mark.parametrize(
    ("case", "changes", "named"),
    [
        ("no such model", {"model": "/no/such/folder/tiny.onnx"}, "/no/such/folder/tiny.onnx"),
        ("mqtts without certificate", {"broker": 'broker: {url: "mqtts://p.example"}'}, "broker.certificate"),
    ],
)
def test_settings_that_cannot_be_used_end_in_one_line(
    case: str, changes: dict[str, str], named: str, tmp_path: Path
) -> None:
    with node(write_config(tmp_path, **changes)) as child:
        assert child.wait(PATIENCE_S) == 2
    (line,) = log_of(tmp_path).splitlines()
    assert named in line


@pytest.mark.slow
def test_counts_of_a_real_recording(shared: Path, tmp_path: Path) -> None:
    """Eight cars come over line A of this clip; the node counts them at the recording's own pace."""
    clip = shared / "data" / "ahmetozlu" / "input_video.mp4"
    config = write_config(tmp_path, source=str(clip))
    text = config.read_text().replace(f"model: {tmp_path}/tiny.onnx", "model: vehicles")
    tail = "tail: {line: [[.3516, .5682], [.734, .5682]], toward: [.55, .9]}"
    config.write_text(text.replace("tail: {line: [[.1, .4], [.9, .4]], toward: [.5, .9]}", tail))
    with node(config) as child:
        assert until(lambda: "node_started" in log_of(tmp_path))
        assert not until(lambda: child.poll() is not None, 42)
        assert stop(child) == 0
    last = reports(rows_in(tmp_path))[-1].lanes
    assert last is not None
    assert sum((last[0].arrivals or {}).values()) == 8
