"""Lane signs: what they show, that the picture shows it, and that nodes and central know where."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from dashboard.config import load_central
from edge.config import load_node
from simulator.cameras import HEIGHT_PX, WIDTH_PX, booth_camera, tail_camera
from simulator.config_files import write_config
from simulator.render import Order, setting
from simulator.shots import Shots
from simulator.signs import TEXTS, rows, shown


def test_a_sign_says_something_at_every_moment_and_changes() -> None:
    scene = setting(Order(seed=4, length_s=210))
    signs = shown(scene.traffic, 4, 210.0)
    for part in scene.traffic:
        own = [sign for sign in signs if sign.lane == part.lane.id]
        assert (own[0].from_s, own[-1].to_s) == (0.0, 210.0)
        assert all(before.to_s == after.from_s for before, after in pairwise(own))
        assert [sign.state for sign in own] == ["closed", "open", "open", "open", "closed"]
        assert len({sign.lane_class for sign in own}) == 2
        assert all(sign.text == TEXTS[sign.lane_class] for sign in own)
    keys = {"lane", "from_s", "to_s", "state", "class", "text"}
    assert all(set(row) == keys for row in rows(signs))


@pytest.mark.parametrize("mount_m", [6.0, 10.0, 15.0])
def test_the_tail_camera_reads_them(mount_m: float, tmp_path: Path) -> None:
    write_config(tmp_path, tail_camera(mount_m), booth_camera(), signs=True)
    for lane in load_central(tmp_path / "port.yaml").ports[0].directions[0].lanes:
        (source,) = [source for source in lane.all_sources() if "sign" in source.gives]
        assert source.node == "n-tail"
    for seen in load_node(tmp_path / "nodes" / "n-tail.yaml").cameras[0].lanes:
        assert seen.sign is not None
        (x0, y0), (x1, y1) = seen.sign
        assert 30 < (x1 - x0) * WIDTH_PX < 80
        assert 20 < (y1 - y0) * HEIGHT_PX < 60


@pytest.mark.slow
def test_the_picture_shows_a_green_arrow_or_a_red_cross(tmp_path: Path) -> None:
    scene = setting(Order(seed=4, length_s=210, signs=True))
    write_config(tmp_path, scene.tail, scene.booth, signs=True)
    lanes = {lane.id: lane for lane in load_node(tmp_path / "nodes" / "n-tail.yaml").cameras[0].lanes}
    shots = Shots(scene.tail, scene.traffic, scene.look, ["day"], 210.0, (4, 1), scene.signs)
    for sign in scene.signs:
        image = shots.at((sign.from_s + sign.to_s) / 2)
        corners = lanes[sign.lane].sign
        assert corners is not None
        (x0, y0), (x1, y1) = (np.array(corner) * (WIDTH_PX, HEIGHT_PX) for corner in corners)
        board = image[round(y0) : round(y1), round(x0) : round(x1)].astype(int)
        green = int((board[:, :, 1] - board[:, :, 0] > 60).sum())
        red = int((board[:, :, 0] - board[:, :, 1] > 110).sum())
        assert (green > 12, red > 12) == (sign.state == "open", sign.state == "closed")
    shots.close()
