"""Doctor and zones with a live camera: a real RTSP server."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

from edge.camera.source import SourceError
from edge.config import CameraConfig
from edge.doctor.cameras import look_at
from edge.zones.pictures import open_stills
from tests.conftest import required
from tests.edge.films import write_film
from tests.edge.rtspserver import PASSWORD, RtspServer, missing, server

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def rtsp(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RtspServer]:
    required("gst-rtsp-server", missing())
    still = np.random.default_rng(1).integers(0, 255, (96, 160, 3)).astype(np.uint8)
    pictures = (np.roll(still, number, axis=1) for number in range(200))
    with server(write_film(tmp_path_factory.mktemp("rtsp") / "camera.mp4", pictures)) as running:
        yield running


def test_doctor_watches_a_stream(rtsp: RtspServer) -> None:
    look = look_at(CameraConfig(id="c1", source=rtsp.url()))
    assert look.frame is not None
    (found,) = look.findings
    assert (found.level, "160x96" in found.said) == ("ok", True), found
    assert "first picture after" in found.said


def test_doctor_says_that_the_password_is_wrong_and_not_which(rtsp: RtspServer) -> None:
    (found,) = look_at(CameraConfig(id="c1", source=rtsp.url(password="0ther"))).findings
    assert found.level == "fail"
    assert "0ther" not in found.line
    assert PASSWORD not in found.line


def test_zones_shows_the_newest_picture_each_time(rtsp: RtspServer) -> None:
    stills = open_stills(rtsp.url(), None)
    assert stills.length_s is None
    times = [stills.at(0.0).at for _ in range(3)]
    assert times == sorted(set(times))
    stills.close()


def test_zones_says_what_is_wrong_with_a_stream(rtsp: RtspServer) -> None:
    stills = open_stills(rtsp.url(password="0ther"), None)
    with pytest.raises(SourceError) as told:
        stills.at(0.0)
    assert "0ther" not in str(told.value)
    stills.close()
