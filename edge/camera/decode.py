"""The decode process of one live camera: `python -m edge.camera.decode MEMORY_FD`.

What it is told and asks for comes on standard input: one JSON line `{"source", "every_s"}`, which never shows
in a list of processes, then one line per picture that is wanted. Each of those is answered by one JSON line
on standard output, as soon as there is a picture that was not given yet: its place and times, with its
brightness in the shared memory, or its pixels (BGR) where it has no plane of brightness; or `{"problem",
"fix"}`, and the process ends. A line `colours` is answered by the pixels of the picture that was given last:
most pictures show that nothing moves, and nobody wants those of them. The memory holds what was asked for
until the next line. The process also ends when its standard input does, so it never outlives the node. It
keeps the newest picture only, and imports nothing that decoding does not need.
"""

from __future__ import annotations

import json
import mmap
import os
import signal
import sys
import threading
import time
import traceback
from contextlib import suppress
from types import TracebackType
from typing import Any

import av
import av.error

from edge.camera.levels import levels_of
from edge.camera.pace import Pace
from edge.camera.stamps import Stamps
from edge.camera.to_bgr import ToBgr

NETWORK_OPTIONS = {"rtsp_transport": "tcp", "analyzeduration": "1000000"}
"""The stream is looked at for one second (in us) before its first picture, not for five."""

NETWORK_TIMEOUT_S = (5.0, 3.0)
"""To open, and to read: without them a dead camera blocks for ever. Over RTSP a read takes twice as long."""

MOST_PIXELS = 40_000_000
"""A larger picture is a damaged header, not a camera."""

DEFAULT_FPS = 25.0

COLOURS = b"colours\n"
"""Asks for the pixels of the picture that was given last."""

monotonic = time.monotonic  # noqa: TID251  the shell of a process of its own; one clock for all processes


class Newest:
    """The newest picture that was not given yet, or why there will be none."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._told = threading.Event()
        self._picture: tuple[dict[str, Any], av.VideoFrame] | None = None
        self._fault: dict[str, str] | None = None
        self.dropped = 0

    def put(self, facts: dict[str, Any], picture: av.VideoFrame) -> None:
        """A picture more; the one before is dropped if nobody wanted it."""
        with self._changed:
            self.dropped += self._picture is not None
            self._picture = facts, picture
            self._changed.notify()

    def fail(self, problem: str, fix: str) -> None:
        """There are no more pictures. Waits until that was told."""
        with self._changed:
            self._fault = {"problem": problem, "fix": fix}
            self._changed.notify()
        self._told.wait()

    def take(self) -> tuple[dict[str, Any], av.VideoFrame | None]:
        """The newest picture, once there is one, and what is known of it; or the fault."""
        with self._changed:
            self._changed.wait_for(lambda: self._picture or self._fault)
            if self._picture is None:
                return dict(self._fault or {}), None
            facts, picture = self._picture
            self._picture = None
            return facts | {"dropped": self.dropped}, picture

    def told(self) -> None:
        """The fault was told."""
        self._told.set()


class Memory:
    """The shared memory, grown to the largest picture so far."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._map: mmap.mmap | None = None
        self._to_bgr = ToBgr()

    def show(self, picture: av.VideoFrame) -> dict[str, Any]:
        """Put its brightness there, and say in which levels it is; or the picture, where that is no plane."""
        levels = levels_of(picture)
        if levels is None:
            return self.colour(picture)
        return self._write(picture.planes[0]) | {"levels": levels}

    def colour(self, picture: av.VideoFrame) -> dict[str, Any]:
        """Put the picture there as BGR."""
        return self._write(self._to_bgr(picture).planes[0])

    def _write(self, plane: Any) -> dict[str, Any]:
        """Put a plane there; gives its width, height and bytes per row."""
        if self._map is None or len(self._map) < plane.buffer_size:
            os.ftruncate(self._descriptor, plane.buffer_size)
            self._map = mmap.mmap(self._descriptor, plane.buffer_size)
        self._map[: plane.buffer_size] = memoryview(plane)
        return {"width": plane.width, "height": plane.height, "stride": plane.line_size}


def main() -> None:
    """Serve the node until its end of standard input is closed."""
    for number in (signal.SIGTERM, signal.SIGINT):  # the node is stopped, and then ends this process
        signal.signal(number, signal.SIG_IGN)
    sys.excepthook = _without_values
    threading.excepthook = _ends_the_process
    wish = json.loads(sys.stdin.buffer.readline())
    newest = Newest()
    memory = Memory(int(sys.argv[1]))
    threading.Thread(target=_answer, args=(newest, memory), daemon=True).start()
    try:
        problem, fix = _watch(wish["source"], wish["every_s"], newest), "check the camera"
    except av.error.FFmpegError as error:
        problem, fix = _told(error)
    newest.fail(problem, fix)


def _answer(newest: Newest, memory: Memory) -> None:
    """One answer for each line of standard input; the process ends with it, whatever the decoder does.

    A node that was killed while a picture was owed to it is seen by the answer, not by the input.
    """
    given = None
    with suppress(BrokenPipeError):
        for line in sys.stdin.buffer:
            if line == COLOURS and given is not None:
                facts = memory.colour(given)
            else:
                facts, given = newest.take()
                facts |= {} if given is None else memory.show(given)
            os.write(1, json.dumps(facts).encode() + b"\n")
            if "problem" in facts:
                newest.told()
    os._exit(0)


def _watch(source: str, every_s: float, newest: Newest) -> str:
    """Decode until the camera ends; says how."""
    stamps, pace, number, damaged = Stamps(), Pace(every_s), 0, 0
    with _open(source) as container:
        if not container.streams.video:
            return "gives no video"
        stream = container.streams.video[0]
        stream.codec_context.thread_count = 1
        fps = float(stream.average_rate or stream.guessed_rate or DEFAULT_FPS)
        for packet in container.demux(stream):
            pictures = _decoded(packet)
            damaged += pictures is None
            for picture in pictures or ():
                number += 1
                damaged += picture.is_corrupt
                at = stamps.at(picture.time, monotonic())
                if picture.is_corrupt or at is None or not pace.takes(at):
                    continue
                if picture.width * picture.height > MOST_PIXELS:
                    return f"gives a picture of {picture.width}x{picture.height}, which no camera does"
                facts = {"number": number - 1, "at": at, "fps": fps}
                newest.put(facts | {"damaged": damaged, "jumps": stamps.jumps}, picture)
    return "its stream ended"


def _decoded(packet: Any) -> list[av.VideoFrame] | None:
    """The pictures of a packet; None where it is damaged."""
    try:
        return list(packet.decode())
    except av.error.InvalidDataError:
        return None


def _open(source: str) -> Any:
    device = source.removeprefix("v4l2:")
    if device.startswith("/dev/"):
        return av.open(device, format="v4l2", timeout=NETWORK_TIMEOUT_S)
    return av.open(source, options=NETWORK_OPTIONS, timeout=NETWORK_TIMEOUT_S)


def _told(error: av.error.FFmpegError) -> tuple[str, str]:
    """What is wrong and the fix, in words that hold no address: FFmpeg's own message would."""
    reason = error.strerror or type(error).__name__
    if isinstance(error, av.error.HTTPUnauthorizedError | av.error.HTTPForbiddenError):
        return "refuses user and password", "set those of the camera in `source:`, best as ${NAME}"
    if isinstance(error, av.error.HTTPNotFoundError):
        return "has no such stream", "take the stream's path from the camera's manual"
    if isinstance(error, av.error.TimeoutError | av.error.ExitError):
        return "does not answer", "check its power, its address and the cable"
    if isinstance(error, av.error.ArgumentError):
        return (
            f"cannot be read ({reason})",
            "check its address; in a password write # as %23, / as %2F, ? as %3F",
        )
    return f"cannot be read ({reason})", "check its address, its power and the cable"


def _without_values(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """A defect's place and kind, without its message, which might hold the address."""
    traceback.print_tb(trace)
    print(kind.__name__, file=sys.stderr)


def _ends_the_process(failed: threading.ExceptHookArgs) -> None:
    """Nobody answers the node any more: it starts another."""
    _without_values(failed.exc_type, failed.exc_value or failed.exc_type(), failed.exc_traceback)
    os._exit(1)


if __name__ == "__main__":
    main()
