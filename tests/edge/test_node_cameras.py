"""The node with live cameras over a real RTSP server, and with views that cannot be trusted."""

from __future__ import annotations

import signal
import time
from collections import Counter
from pathlib import Path

import av
import pytest

from edge.messages import LaneReport, NodeReport
from tests.conftest import required
from tests.dashboard.brokers import broker
from tests.dashboard.nodes import until
from tests.edge.centrals import Central
from tests.edge.rtspserver import PASSWORD, missing, server
from tests.edge.scenes import RATE, Alter, film, shifted
from tests.edge.test_node_run import event_types, log_of, node, reports, rows_in, running, stop, write_config

SECONDS = 60


def record(path: Path, seconds: float, begun: float = 0.0, alter: Alter | None = None) -> Path:
    """The road as H.264, from `begun` on altered."""
    with av.open(str(path), "w") as file:
        stream = file.add_stream("libx264", rate=RATE, options={"g": "5", "preset": "ultrafast"})
        stream.codec_context.max_b_frames = 0
        stream.width, stream.height, stream.pix_fmt = 320, 180, "yuv420p"
        for frame in film(seconds, begun, alter):
            file.mux(stream.encode(av.VideoFrame.from_ndarray(frame.image, "bgr24")))
        file.mux(stream.encode())
    return path


@pytest.fixture(scope="module")
def recording(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return record(tmp_path_factory.mktemp("film") / "road.mp4", SECONDS)


def lanes_of(messages: list[NodeReport]) -> list[LaneReport]:
    return [tick.lanes[0] for tick in reports(messages) if tick.lanes]


@pytest.mark.slow
def test_a_camera_that_freezes_and_comes_back(recording: Path, tmp_path: Path) -> None:
    """Its server is stopped: the figures stop, the event says why, and all goes on when it does."""
    required("gst-rtsp-server", missing())
    with (
        broker("nats", tmp_path / "broker") as port,
        running(Central(port)) as central,
        server(recording) as rtsp,
        node(write_config(tmp_path, port, source=rtsp.url())) as child,
    ):
        assert until(lambda: has_observed(central))
        rtsp.process.send_signal(signal.SIGSTOP)
        assert until(lambda: "camera_lost" in log_of(tmp_path))
        rtsp.process.send_signal(signal.SIGCONT)
        assert until(lambda: "camera_back" in log_of(tmp_path))
        time.sleep(2.5)
        assert stop(child) == 0
    rows = [*sorted(central.messages.values(), key=lambda row: row.seq), *rows_in(tmp_path)]
    assert event_types(rows)[:3] == ["started", "camera_lost", "camera_back"]
    lanes = lanes_of(rows)
    blind = [
        lane for lane in lanes if {"lost", "stalled"} & set(lane.quality.degraded if lane.quality else [])
    ]
    assert len(blind) >= 3
    stood_s, ticks = Counter(lane.observed_s for lane in blind if lane.observed_s > 0).most_common(1)[0]
    assert ticks >= 3, "nothing is observed meanwhile"
    assert lanes[-1].observed_s > stood_s + 1
    stood = [lane for lane in blind if lane.observed_s == stood_s]
    assert all(lane.queue is None for lane in stood[:-1]), "in the last one the first picture may be back"
    everything = log_of(tmp_path).encode() + b"".join(file.read_bytes() for file in tmp_path.glob("outbox*"))
    assert PASSWORD.encode() not in everything
    assert b"operator" not in everything


def has_observed(central: Central) -> bool:
    """Whether the node has observed the lane for three seconds."""
    return any(lane.observed_s > 3 for lane in lanes_of(list(central.messages.values())))


@pytest.mark.slow
def test_a_camera_that_refuses_the_password_is_told_without_it(recording: Path, tmp_path: Path) -> None:
    required("gst-rtsp-server", missing())
    with server(recording) as rtsp, node(write_config(tmp_path, source=rtsp.url(password="0ther"))) as child:
        assert until(lambda: "camera_lost" in log_of(tmp_path))
        assert stop(child) == 0
    (lost,) = [row.event for row in rows_in(tmp_path) if row.event and row.event.type == "camera_lost"]
    assert "refuses user and password" in str(lost.detail)
    everything = log_of(tmp_path).encode() + b"".join(file.read_bytes() for file in tmp_path.glob("outbox*"))
    assert b"0ther" not in everything


@pytest.mark.slow
def test_a_moved_camera_makes_its_lanes_unknown_until_it_is_back(tmp_path: Path) -> None:
    """B30, on a recording: it shifts after 33 s, and is turned back 8 s later."""
    source = record(
        tmp_path / "moved.mp4",
        48,
        33.0,
        lambda image, since: shifted(80, 25)(image, since) if since < 8 else image,
    )
    with (
        broker("nats", tmp_path / "broker") as port,
        running(Central(port)) as central,
        node(write_config(tmp_path, port, source=str(source))) as child,
    ):
        assert until(lambda: "camera_moved" in log_of(tmp_path), 120)
        assert until(lambda: central.states["health"].cameras[0].state == "moved")
        assert until(lambda: "camera_back" in log_of(tmp_path))
        assert until(lambda: "tracks_resumed" in log_of(tmp_path)), "who stood there is known again"
        assert until(lambda: central.states["health"].cameras[0].state == "ok")
        time.sleep(2)
        assert stop(child) == 0
    rows = sorted(central.messages.values(), key=lambda row: row.seq)
    assert event_types(rows)[:3] == ["started", "camera_moved", "camera_back"]
    (moved,) = [row.event for row in rows if row.event and row.event.type == "camera_moved"]
    assert "px" in str(moved.detail)
    lanes = lanes_of(rows)
    blind = [lane for lane in lanes if lane.quality and "camera moved" in lane.quality.degraded]
    assert 7 <= len(blind) <= 14
    assert all(lane.queue is None for lane in blind[2:-2])
    assert len({lane.observed_s for lane in blind[2:-2]}) == 1
    assert lanes[-1].observed_s > blind[-3].observed_s
    assert blind[0].queue is None or blind[0].queue.in_view <= 1
