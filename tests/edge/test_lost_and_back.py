"""A camera that is lost while a truck stands across the tail line, and back soon: the truck counts once."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from pathlib import Path

import av
import numpy as np
import pytest

from edge.messages import LaneReport
from edge.vision import Image
from tests.conftest import required
from tests.dashboard.brokers import broker
from tests.dashboard.nodes import until
from tests.edge.centrals import Central
from tests.edge.rtspserver import missing, server
from tests.edge.scenes import RATE, as_image, noises, scenery
from tests.edge.test_node_run import log_of, node, reports, running, stop, write_config
from tests.edge.tinymodels import moving_model

BRIGHT, LEVELS_PER_PX = 150.0, 10.0
LINE_PX, SECONDS = 12.8, 90


def foot(t_s: float) -> float:
    """The truck's lower edge, px of 32: it comes, then stands across the tail line, and its box jitters."""
    return 12.0 if t_s < 1 else 13.3 if t_s % 2 < 1.5 else 12.5


def pictures() -> Iterator[Image]:
    """A view whose mean brightness says where the truck is."""
    view = scenery(3)[:160].astype(float)
    for number in range(SECONDS * RATE):
        level = BRIGHT + LEVELS_PER_PX * (foot(number / RATE) - LINE_PX)
        noise = noises()[number % len(noises())][:160].astype(float)
        yield as_image(np.clip(view - view.mean() + noise - noise.mean() + level, 0, 255))


def record(path: Path) -> Path:
    with av.open(str(path), "w") as file:
        stream = file.add_stream("libx264", rate=RATE, options={"g": "5", "preset": "ultrafast"})
        stream.codec_context.max_b_frames = 0
        stream.width, stream.height, stream.pix_fmt = 320, 160, "yuv420p"
        for picture in pictures():
            file.mux(stream.encode(av.VideoFrame.from_ndarray(picture, "bgr24")))
        file.mux(stream.encode())
    return path


def last_lane(central: Central) -> LaneReport | None:
    rows = sorted(reports(list(central.messages.values())), key=lambda row: row.end)
    lanes = [row.lanes[0] for row in rows if row.lanes]
    return lanes[-1] if lanes else None


def observed_s(central: Central) -> float:
    lane = last_lane(central)
    return 0.0 if lane is None else lane.observed_s


def has_arrived(central: Central) -> bool:
    lane = last_lane(central)
    return lane is not None and bool(lane.arrivals)


@pytest.mark.slow
def test_a_truck_on_the_line_counts_once_though_its_camera_is_lost(tmp_path: Path) -> None:
    required("gst-rtsp-server", missing())
    shift = BRIGHT / LEVELS_PER_PX - LINE_PX
    base = np.array([[20.0, -10 - shift, 40.0, -shift]])
    slope = np.array([[0.0, 1 / LEVELS_PER_PX, 0.0, 1 / LEVELS_PER_PX]])
    with (
        broker("nats", tmp_path / "broker") as port,
        running(Central(port)) as central,
        server(record(tmp_path / "film.mp4")) as rtsp,
    ):
        config = write_config(tmp_path, port, source=rtsp.url())
        moving_model(tmp_path / "tiny.onnx", base, slope, np.array([[0.0, 0.9, 0.0, 0.0]]))
        with node(config) as child:
            assert until(lambda: has_arrived(central))
            rtsp.process.send_signal(signal.SIGSTOP)
            assert until(lambda: "camera_lost" in log_of(tmp_path))
            rtsp.process.send_signal(signal.SIGCONT)
            assert until(lambda: "camera_back" in log_of(tmp_path))
            before_s = observed_s(central)
            assert until(lambda: observed_s(central) > before_s + 6)
            assert stop(child) == 0
    assert "tracks_resumed" in log_of(tmp_path)
    lane = last_lane(central)
    assert lane is not None
    assert lane.arrivals == {"truck": 1}
