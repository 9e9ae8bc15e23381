"""Pictures with times, from files and folders; faults in one line."""

from __future__ import annotations

import struct
from collections.abc import Iterable
from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.camera.opening import open_source
from edge.camera.pace import Pace
from edge.camera.source import SourceError, without_password
from tests.edge.films import write_film

WIDTH, HEIGHT = 64, 48


def write_video(path: Path, times: Iterable[int], fps: int = 10) -> Path:
    """An MP4 with a picture at each of `times` (in 1/fps s); the picture says its number by its grey."""
    with av.open(str(path), "w") as file:
        stream = file.add_stream("libx264", rate=fps, options={"crf": "10"})
        stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        stream.codec_context.time_base = Fraction(1, fps)
        for number, time in enumerate(times):
            frame = av.VideoFrame.from_ndarray(
                np.full((HEIGHT, WIDTH, 3), 20 + 4 * number, np.uint8), "bgr24"
            )
            frame.pts, frame.time_base = time, Fraction(1, fps)
            file.mux(stream.encode(frame))
        file.mux(stream.encode())
    return path


def write_pictures(folder: Path, names: Iterable[str]) -> Path:
    folder.mkdir()
    for number, name in enumerate(names):
        cv2.imwrite(str(folder / name), np.full((HEIGHT, WIDTH, 3), 10 * number % 256, np.uint8))
    return folder


def test_a_video_file(tmp_path: Path) -> None:
    source = open_source(str(write_video(tmp_path / "clip.mp4", range(20))))
    frames = list(source)
    assert (source.fps, source.frames, source.fault) == (10, 20, None)
    assert source.length_s == pytest.approx(2.0)
    assert [frame.number for frame in frames] == list(range(20))
    assert [frame.at for frame in frames] == pytest.approx([i / 10 for i in range(20)])
    assert frames[0].image.shape == (HEIGHT, WIDTH, 3)
    assert frames[0].image.dtype == np.uint8
    assert [round(float(frame.image.mean())) for frame in frames] == pytest.approx(range(20, 100, 4), abs=5)
    assert len(list(source)) == source.read == 20, "a recording can be read again"


def test_times_come_from_the_file_and_count_from_the_first_picture(tmp_path: Path) -> None:
    source = open_source(str(write_video(tmp_path / "gaps.mp4", [5, 6, 10, 30])))
    assert [frame.at for frame in source] == pytest.approx([0, 0.1, 0.5, 2.5])


def test_the_length_is_from_the_first_picture_to_the_end_of_the_last(tmp_path: Path) -> None:
    source = open_source(str(write_video(tmp_path / "late.mp4", range(5, 25))))
    assert source.length_s == pytest.approx(2.0)


def test_a_folder_of_pictures_in_name_order(tmp_path: Path) -> None:
    folder = write_pictures(tmp_path / "stills", ["002.png", "001.png", "010.png"])
    (folder / "notes.txt").write_text("no picture")
    source = open_source(str(folder), fps=4)
    frames = list(source)
    assert [(frame.number, frame.at) for frame in frames] == [(0, 0), (1, 0.25), (2, 0.5)]
    assert [int(frame.image[0, 0, 0]) for frame in frames] == [10, 0, 20]
    assert (source.fps, source.frames, source.length_s) == (4, 3, 0.75)


def test_a_picture_that_cannot_be_decoded_is_left_out_and_said(tmp_path: Path) -> None:
    folder = write_pictures(tmp_path / "stills", ["1.png", "2.png", "3.png"])
    (folder / "2.png").write_bytes(b"no picture")
    source = open_source(str(folder), fps=1)
    assert [frame.number for frame in source] == [0, 2]
    assert source.fault is not None
    assert "2.png" in source.fault


def test_what_is_no_file_is_no_picture_of_a_folder(tmp_path: Path) -> None:
    folder = write_pictures(tmp_path / "stills", ["1.png", "3.png"])
    (folder / "2.png").mkdir()
    assert [frame.number for frame in open_source(str(folder), fps=1)] == [0, 1]


def test_a_picture_that_cannot_be_read_is_left_out_and_said(tmp_path: Path) -> None:
    folder = write_pictures(tmp_path / "stills", ["1.png", "2.png", "3.png"])
    source = open_source(str(folder), fps=1)
    (folder / "2.png").unlink()
    assert [frame.number for frame in source] == [0, 2]
    assert (
        source.fault
        == f"{folder}/2.png: cannot be read (No such file or directory), left out; check its rights"
    )


@pytest.mark.parametrize("every_s", [0.2, 0.35, 1.0])
def test_sampling_is_by_time(every_s: float, tmp_path: Path) -> None:
    source = open_source(str(write_video(tmp_path / "clip.mp4", range(40))))
    taken = [frame.number for frame in source.every(every_s)]
    pace = Pace(every_s)
    assert taken == [frame.number for frame in source if pace.takes(frame.at)]
    assert len(taken) == pytest.approx(4.0 / every_s, abs=1)


@given(st.floats(0.05, 3), st.lists(st.floats(0, 0.5), min_size=1, max_size=60))
def test_the_pace_never_takes_two_in_one_slot(seconds: float, gaps: list[float]) -> None:
    pace, times = Pace(seconds), np.cumsum(gaps)
    taken = [float(at) for at in times if pace.takes(float(at))]
    assert taken[0] == times[0]
    slots = [int(np.floor(at / seconds + 1e-6)) for at in taken]
    assert len(set(slots)) == len(slots)


def broken(folder: Path) -> dict[str, str]:
    """Sources that give nothing, by name."""
    (folder / "empty").mkdir()
    (folder / "nothing.mp4").write_bytes(b"")
    (folder / "text.mp4").write_bytes(b"this is no video at all " * 100)
    whole = write_video(folder / "whole.mp4", range(30)).read_bytes()
    (folder / "cut.mp4").write_bytes(whole[: len(whole) // 2])
    bad = write_pictures(folder / "bad", ["1.png"])
    (bad / "1.png").write_bytes(b"no picture")
    names = {
        name: str(folder / name)
        for name in ("missing.mp4", "nothing.mp4", "text.mp4", "cut.mp4", "empty", "bad")
    }
    return names | {"stream": "rtsp://user:secret@127.0.0.1:1/stream"}


@pytest.mark.parametrize(
    "name", ["missing.mp4", "nothing.mp4", "text.mp4", "cut.mp4", "empty", "bad", "stream"]
)
def test_a_source_without_pictures_says_so_in_one_line(name: str, tmp_path: Path) -> None:
    source = broken(tmp_path)[name]
    with pytest.raises(SourceError) as fault:
        list(open_source(source, fps=5))
    text = str(fault.value)
    assert "\n" not in text
    assert ("127.0.0.1" if name == "stream" else name) in text
    assert "give" in text or "check" in text
    assert "secret" not in text


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        ("rtsp://user:secret@10.0.0.9/stream", "rtsp://10.0.0.9/stream"),
        ("rtsp://user:p@ss@10.0.0.9/stream", "rtsp://10.0.0.9/stream"),
        ("rtsp://10.0.0.9/stream", "rtsp://10.0.0.9/stream"),
        ("clips/a@b.mp4", "clips/a@b.mp4"),
    ],
)
def test_a_source_is_shown_without_its_password(source: str, shown: str) -> None:
    assert without_password(source) == shown


def test_a_folder_needs_a_rate(tmp_path: Path) -> None:
    folder = write_pictures(tmp_path / "stills", ["1.png"])
    with pytest.raises(SourceError, match="--fps"):
        open_source(str(folder))


def test_a_video_that_breaks_in_the_middle_keeps_what_was_read(tmp_path: Path) -> None:
    path = tmp_path / "clip.ts"
    with av.open(str(path), "w") as file:
        stream = file.add_stream("libx264", rate=10, options={"g": "5"})
        stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        noise = np.random.default_rng(1)
        for _ in range(60):
            picture = noise.integers(0, 255, (HEIGHT, WIDTH, 3), np.uint8)
            file.mux(stream.encode(av.VideoFrame.from_ndarray(picture, "bgr24")))
        file.mux(stream.encode())
    data = bytearray(path.read_bytes())
    data[len(data) // 2 :] = noise.integers(0, 255, len(data) - len(data) // 2, np.uint8).tobytes()
    path.write_bytes(data)
    assert 10 < len(list(open_source(str(path)))) < 60


@pytest.mark.parametrize("password", ["s3cret#1", "s3cret/1", "s3cret?1"])
def test_a_password_that_ends_an_address_is_told_how_to_be_written(password: str) -> None:
    with pytest.raises(SourceError, match="in a password write # as %23, / as %2F, \\? as %3F") as fault:
        list(open_source(f"rtsp://user:{password}@127.0.0.1:1/stream"))
    assert "s3cret" not in str(fault.value)


def test_recordings_that_were_joined_are_played_one_after_the_other_and_told(tmp_path: Path) -> None:
    part = write_video(tmp_path / "part.ts", range(5, 35))
    joined = tmp_path / "joined.ts"
    joined.write_bytes(part.read_bytes() * 3)
    source = open_source(str(joined))
    times = [frame.at for frame in source]
    assert times == pytest.approx([number / 10 for number in range(90)], abs=1e-3)
    assert source.length_s == pytest.approx(9.0, abs=1e-3)
    assert source.fault is not None
    assert "from picture 60 on its times are earlier" in source.fault
    assert len(list(source.every(0.5))) == 18
    assert open_source(str(part)).length_s == pytest.approx(3.0)


@pytest.mark.parametrize(
    ("degrees", "matrix", "brightest"),
    [
        (0, (1, 0, 0, 1), (0, 0)),
        (90, (0, 1, -1, 0), (0, 1)),
        (180, (-1, 0, 0, -1), (1, 1)),
        (270, (0, -1, 1, 0), (1, 0)),
    ],
)
def test_a_recording_that_a_telephone_marks_as_turned_is_turned(
    degrees: int, matrix: tuple[int, ...], brightest: tuple[int, int], tmp_path: Path
) -> None:
    """`brightest`: the corner (down, right) of the picture that is seen in which the light is."""
    image = np.full((HEIGHT, WIDTH, 3), 30, np.uint8)
    image[: HEIGHT // 2, : WIDTH // 2] = 220
    path = write_film(tmp_path / "clip.mp4", [image] * 3)
    content = bytearray(path.read_bytes())
    place = content.index(b"tkhd") + 44
    a, b, c, d = (part << 16 for part in matrix)
    content[place : place + 36] = struct.pack(">9i", a, b, 0, c, d, 0, 0, 0, 1 << 30)
    path.write_bytes(content)
    frames = list(open_source(str(path)))
    height, width = frames[0].picture.shape
    assert (height, width) == ((HEIGHT, WIDTH) if degrees in (0, 180) else (WIDTH, HEIGHT))
    means = cv2.resize(frames[0].image, (2, 2), interpolation=cv2.INTER_AREA).mean(axis=2)
    assert np.unravel_index(means.argmax(), means.shape) == brightest
