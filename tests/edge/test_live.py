"""Live cameras: a decode process over a real RTSP server, and everything that can happen to either."""

from __future__ import annotations

import itertools
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import av
import numpy as np
import pytest

from edge.camera.live import DecodeProcess, GoneError, LiveSource
from edge.camera.source import SourceError
from edge.camera.video import VideoSource
from edge.picture import Colours
from edge.vision import Frame
from tests.conftest import REPOSITORY, required
from tests.dashboard.nodes import until
from tests.edge.damagedwire import damaged_wire
from tests.edge.rtspserver import PASSWORD, RtspServer, missing, server

FPS = 10
BOUND_S = 20.0
"""A generous limit: what is bounded ends within it on any machine, what is not never does."""


def film(path: Path, seconds: float = 30, size: tuple[int, int] = (160, 96)) -> Path:
    """A structured picture that gets brighter from left to right, ten times a second."""
    width, height = size
    still = np.random.default_rng(1).integers(60, 200, (height // 8, width // 8, 3), np.uint8)
    still = still.repeat(8, 0).repeat(8, 1)
    with av.open(str(path), "w") as file:
        stream = file.add_stream("libx264", rate=FPS, options={"g": "10", "tune": "zerolatency"})
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        for number in range(int(FPS * seconds)):
            image = still.copy()
            image[:, : number % width] = 250
            file.mux(stream.encode(av.VideoFrame.from_ndarray(image, "bgr24")))
        file.mux(stream.encode())
    return path


@pytest.fixture(scope="module")
def rtsp(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RtspServer]:
    required("gst-rtsp-server", missing())
    with server(film(tmp_path_factory.mktemp("film") / "film.mp4")) as running:
        yield running


def exists(pid: int) -> bool:
    """Whether the process runs; one that ended and was not yet collected does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def pictures(source: LiveSource, count: int, every_s: float = 0.2, pause_s: float = 0.0) -> list[Frame]:
    taken = []
    with closing(source.every(every_s)) as reading:
        for frame in reading:
            taken.append(Frame(frame.number, frame.at, Colours(frame.image)))
            if len(taken) == count:
                break
            time.sleep(pause_s)
    return taken


@pytest.mark.slow
def test_sampled_pictures_of_a_stream_with_the_times_at_which_they_were_taken(rtsp: RtspServer) -> None:
    source = LiveSource(rtsp.url())
    taken = pictures(source, 12)[2:]
    steps = np.diff([frame.at for frame in taken])
    assert steps == pytest.approx(0.2, abs=0.11)
    assert all(b.number > a.number for a, b in itertools.pairwise(taken))
    assert {frame.image.shape for frame in taken} == {(96, 160, 3)}
    assert taken[0].image.std() > 10
    assert source.fps == FPS
    assert source.fault is None


@pytest.mark.slow
def test_who_is_slow_gets_the_newest_picture_and_never_an_old_one(rtsp: RtspServer) -> None:
    source, ages = LiveSource(rtsp.url()), []
    with closing(source.every(0.1)) as reading:
        for _, frame in zip(range(4), reading, strict=False):
            ages.append(time.monotonic() - frame.at)
            time.sleep(1)
    assert max(ages[1:]) < 1, "a second of pictures was waiting each time"
    assert source.dropped > 10


@pytest.mark.slow
def test_the_password_is_told_to_the_decoder_alone(rtsp: RtspServer) -> None:
    source = LiveSource(rtsp.url())
    with closing(source.every()) as reading:
        next(reading)
        child = Path(f"/proc/{source.pid}")
        everything = (child / "cmdline").read_bytes() + (child / "environ").read_bytes()
        assert b"edge.camera.decode" in everything
        assert PASSWORD.encode() not in everything
        assert "onnxruntime" not in (child / "maps").read_text()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("case", "change", "told"),
    [
        ("wrong password", ("w0rd", "w0rld"), "refuses user and password"),
        ("wrong user", ("operator", "admin"), "refuses user and password"),
        ("wrong path", ("/stream", "/other"), "has no such stream"),
        ("nobody listens", (":{port}/", ":1/"), "Connection refused"),
    ],
)
def test_a_camera_that_cannot_be_read_says_why_and_never_the_password(
    case: str, change: tuple[str, str], told: str, rtsp: RtspServer
) -> None:
    url = rtsp.url().replace(change[0].format(port=rtsp.port), change[1])
    with pytest.raises(SourceError) as fault:
        pictures(LiveSource(url), 1)
    text = str(fault.value)
    assert told in text
    assert "\n" not in text
    assert not any(secret in text for secret in ("s3cret", "w0rd", "w0rld", "operator", "admin"))


@pytest.mark.parametrize("source", ["/dev/video77", "v4l2:/dev/video77"])
def test_a_device_that_is_not_there_is_told_at_once(source: str) -> None:
    with pytest.raises(SourceError, match="no such device"):
        LiveSource(source)


@pytest.mark.slow
def test_a_server_that_stops_answering_ends_the_reading_and_can_be_read_again(rtsp: RtspServer) -> None:
    source = LiveSource(rtsp.url())
    with closing(source.every(0.2)) as reading:
        next(reading)
        rtsp.process.send_signal(signal.SIGSTOP)
        try:
            begun = time.monotonic()
            assert len(list(reading)) < BOUND_S / 0.2
            assert time.monotonic() - begun < BOUND_S
        finally:
            rtsp.process.send_signal(signal.SIGCONT)
    assert source.fault is not None
    assert "does not answer" in source.fault
    assert len(pictures(source, 3)) == 3
    assert source.fault is None


@pytest.mark.slow
def test_a_decoder_that_hangs_is_killed(rtsp: RtspServer) -> None:
    source = LiveSource(rtsp.url(), silent_after_s=4.0)
    with closing(source.every(0.2)) as reading:
        next(reading)
        assert source.pid is not None
        os.kill(source.pid, signal.SIGSTOP)
        assert len(list(reading)) <= 1, "the answer that was already there"
    assert source.fault is not None
    assert "hung" in source.fault
    assert not exists(source.pid)
    assert len(pictures(source, 1)) == 1


@pytest.mark.slow
def test_a_decoder_that_crashes_says_how(rtsp: RtspServer) -> None:
    source = LiveSource(rtsp.url())
    with closing(source.every(0.2)) as reading:
        next(reading)
        assert source.pid is not None
        os.kill(source.pid, signal.SIGSEGV)
        assert len(list(reading)) <= 1
    assert source.fault is not None
    assert "SIGSEGV" in source.fault


@pytest.mark.slow
def test_a_wait_for_a_picture_ends_when_nobody_wants_it_any_more(rtsp: RtspServer) -> None:
    source = LiveSource(rtsp.url(), halted=lambda: source.read > 0)
    with closing(source.every(3600)) as reading:
        assert len(list(reading)) == 1, "the next is due in an hour"
    assert source.fault is None


PARENT = """
import sys, time
from edge.camera.live import LiveSource
source = LiveSource(sys.argv[1])
for frame in source.every(0.2):
    print(source.pid, flush=True)
"""


@pytest.mark.slow
def test_the_decoder_does_not_outlive_a_node_that_is_killed(rtsp: RtspServer) -> None:
    command = [sys.executable, "-c", PARENT, rtsp.url()]
    parent = subprocess.Popen(command, cwd=REPOSITORY, stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    with parent.stdout:
        child = int(parent.stdout.readline())
        assert exists(child)
        parent.kill()
        parent.wait()
    assert until(lambda: not exists(child), BOUND_S)


@pytest.mark.slow
def test_a_stream_that_ends_and_comes_back_in_another_resolution(tmp_path: Path) -> None:
    required("gst-rtsp-server", missing())
    with server(film(tmp_path / "short.mp4", seconds=4)) as first:
        source = LiveSource(first.url())
        assert len(list(source.every(0.2))) > 3
        assert source.fault is not None
        port = first.port
    with pytest.raises(SourceError):
        pictures(source, 1)
    with server(film(tmp_path / "larger.mp4", 10, (320, 192)), port):
        (frame,) = pictures(source, 1)
    assert frame.image.shape == (192, 320, 3)


@pytest.mark.slow
@pytest.mark.parametrize(("every", "usable"), [(7, True), (1, False)])
def test_damaged_packets_are_counted_and_no_picture_of_them_is_given(
    every: int, usable: bool, rtsp: RtspServer
) -> None:
    with damaged_wire(rtsp.port, every) as port:
        source = LiveSource(rtsp.url().replace(f":{rtsp.port}/", f":{port}/"), silent_after_s=8.0)
        if usable:
            assert len(pictures(source, 10)) == 10
            assert source.damaged > 0
        else:
            with pytest.raises(SourceError):
                pictures(source, 1)


@pytest.mark.slow
def test_a_picture_that_grows_in_the_middle_of_a_stream(tmp_path: Path) -> None:
    """As a camera does whose resolution is changed while it streams."""
    parts = [film(tmp_path / f"{size[0]}.h264", 3, size) for size in ((160, 96), (320, 192))]
    stream = tmp_path / "both.h264"
    stream.write_bytes(b"".join(part.read_bytes() for part in parts))
    shapes = set()
    with closing(DecodeProcess(str(stream), 0.0)) as process:
        while True:
            process.ask()
            assert process.has_answered(BOUND_S)
            facts = process.answer()
            if "problem" in facts:
                break
            shapes.add(process.picture(facts).shape)
    assert shapes <= {(96, 160), (192, 320)}
    assert (192, 320) in shapes
    assert "ended" in facts["problem"]


@pytest.mark.slow
def test_a_live_picture_is_to_the_bit_that_of_a_recording(tmp_path: Path) -> None:
    path = str(film(tmp_path / "still.h264", 2))
    recorded = {frame.number: frame.picture for frame in VideoSource(path)}
    part = (10, 6, 130, 90)
    with closing(LiveSource(path).every()) as reading:
        for frame in reading:
            live, same = frame.picture, recorded[frame.number]
            assert live.shape == same.shape
            assert np.array_equal(live.luma, same.luma)
            assert np.array_equal(live.grey(live.luma), same.grey(same.luma))
            assert np.array_equal(live.scaled(part, 60, 42), same.scaled(part, 60, 42))
            assert np.array_equal(live.scaled(part, 120, 84), same.scaled(part, 120, 84))
            assert np.array_equal(live.bgr(), same.bgr())


@pytest.mark.slow
def test_colours_can_be_had_until_the_next_picture_is_wanted(rtsp: RtspServer) -> None:
    with closing(LiveSource(rtsp.url()).every(0.2)) as reading:
        first = next(reading).picture
        second = next(reading).picture
        colours = second.bgr()
        with pytest.raises(GoneError):
            first.bgr()
        third = next(reading).picture
    assert second.bgr() is colours, "what was had is kept"
    assert third.luma.shape == (96, 160)
    with pytest.raises(GoneError):
        third.scaled((0, 0, 160, 96), 80, 48)


@pytest.mark.slow
def test_a_decoder_that_breaks_before_the_colours_says_how(rtsp: RtspServer) -> None:
    source = LiveSource(rtsp.url())
    with closing(source.every(0.2)) as reading:
        picture = next(reading).picture
        assert source.pid is not None
        os.kill(source.pid, signal.SIGKILL)
        with pytest.raises(SourceError, match="SIGKILL") as told:
            picture.bgr()
    assert PASSWORD not in str(told.value)
