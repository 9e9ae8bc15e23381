"""`lanewatch-edge run`, killed while a truck stands on the tail line, and started again: it counts once."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import av
import numpy as np
import pytest

from edge.messages import LaneReport
from tests.dashboard.brokers import broker
from tests.dashboard.nodes import until
from tests.edge.centrals import Central, now
from tests.edge.test_node_run import log_of, looped_from, node, reports, running, stop, write_config
from tests.edge.tinymodels import moving_model

DARK, LEVELS_PER_PX = 40, 5
STANDS_S, LENGTH_S = (4.0, 26.0), 32.0


def foot(t_s: float) -> float:
    """The truck's lower edge, px of 32: it noses over the tail line, stands across it, then drives off."""
    jitter = 0.6 * (-1) ** int(2 * t_s) if STANDS_S[0] < t_s < STANDS_S[1] else 0.0
    return float(np.interp(t_s, [0, 3, *STANDS_S, LENGTH_S - 1], [8, 15, 12.9, 12.9, 31])) + jitter


def write_film(path: Path) -> None:
    """Pictures whose brightness says where the truck is."""
    with av.open(str(path), "w", format="mp4") as film:
        stream = film.add_stream("mpeg4", rate=10)
        stream.width, stream.height, stream.pix_fmt = 64, 32, "yuv420p"
        for number in range(round(10 * LENGTH_S)):
            level = round(DARK + LEVELS_PER_PX * (foot(number / 10) - 8))
            image = np.full((32, 64, 3), level, np.uint8)
            film.mux(stream.encode(av.VideoFrame.from_ndarray(image, "bgr24")))
        film.mux(stream.encode())


def lanes_by_boot(central: Central) -> list[LaneReport]:
    """What the last report of each boot says, in the order of the boots."""
    rows = sorted(reports(list(central.messages.values())), key=lambda row: row.end)
    last = {row.boot: row.lanes[0] for row in rows if row.lanes}
    return list(last.values())


@pytest.mark.slow
def test_a_truck_on_the_line_is_counted_once(tmp_path: Path) -> None:
    write_film(tmp_path / "clip.mp4")
    base = np.array([[20.0, 8 - 10 - DARK / LEVELS_PER_PX, 40.0, 8 - DARK / LEVELS_PER_PX]])
    slope = np.array([[0.0, 1 / LEVELS_PER_PX, 0.0, 1 / LEVELS_PER_PX]])
    with broker("nats", tmp_path / "broker") as port, running(Central(port)) as central:
        config = write_config(tmp_path, port, playback=looped_from(now() + 4))
        moving_model(tmp_path / "tiny.onnx", base, slope, np.array([[0.0, 0.9, 0.0, 0.0]]))
        with node(config) as child:
            assert until(lambda: any(lane.arrivals for lane in lanes_by_boot(central)), 180)
            os.kill(child.pid, signal.SIGKILL)
            child.wait(30)
        with node(config) as child:
            assert until(lambda: any(lane.departures for lane in lanes_by_boot(central)), 120)
            assert stop(child) == 0
    first, second = lanes_by_boot(central)
    assert "tracks_resumed" in log_of(tmp_path)
    assert (first.arrivals, first.departures) == ({"truck": 1}, {})
    assert (second.arrivals, second.departures) == ({}, {"truck": 1})
