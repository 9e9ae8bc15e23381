"""A live camera: its decode process is started, asked for its newest picture, and killed when it is silent.

Times of pictures are seconds of the machine's monotonic clock. What reads the camera, and may hang in it, is
never in this process (docs/decisions/0013-decoding-in-a-process-of-its-own.md).
"""

from __future__ import annotations

import json
import mmap
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from edge.camera.source import SourceError, without_password
from edge.picture import Colours, Late
from edge.vision import Frame, Image, Picture

SILENT_AFTER_S = 15.0
"""Opening and reading have shorter limits in the decode process itself: one silent for so long hangs."""

LOOK_UP_S = 0.5
"""How often a wait for a picture looks whether it is still wanted."""

monotonic = time.monotonic  # noqa: TID251  a picture's time is that of this clock


class GoneError(RuntimeError):
    """Colours were asked for of a picture that is not the newest one any more."""


def never() -> bool:
    """No."""
    return False


class LiveSource:
    """A stream or a device. Each reading has a decode process, which ends with the reading.

    `halted` is asked while a reading waits; once it says yes, the reading ends. `dropped` counts sampled
    pictures that a newer one replaced before they were wanted, `damaged` packets and pictures left out,
    `jumps` of the camera's clock; all of this reading.
    """

    frames = None
    length_s = None

    def __init__(
        self, source: str, halted: Callable[[], bool] = never, silent_after_s: float = SILENT_AFTER_S
    ) -> None:
        """Nothing is opened yet.

        Raises: SourceError, if it is a device that is not there.
        """
        self._source = source
        self._name = without_password(source)
        self._halted = halted
        self._silent_after_s = silent_after_s
        self.fps = 25.0
        self.fault: str | None = None
        self.pid: int | None = None
        self.read = self.dropped = self.damaged = self.jumps = 0
        device = source.removeprefix("v4l2:")
        if device.startswith("/dev/") and not Path(device).exists():
            raise SourceError(
                f"{self._name}: there is no such device; plug the camera in, or see `ls /dev/video*`"
            )

    def __iter__(self) -> Iterator[Frame]:
        return self.every()

    def every(self, seconds: float = 0.0) -> Iterator[Frame]:
        """The newest picture each time, of those taken one per `seconds`.

        The colours of each can be had until the next one is wanted, or the reading ends; `GoneError` later. A
        decoder that fails at them is told by SourceError.

        Raises: SourceError, if there is no picture at all; later faults stand in `fault`.
        """
        self.fault = None
        self.read = self.dropped = self.damaged = self.jumps = 0
        with closing(DecodeProcess(self._source, seconds)) as process:
            self.pid = process.pid
            while (frame := self._next(process)) is not None:
                yield frame
        if not self.read and self.fault:
            raise SourceError(self.fault)

    def _next(self, process: DecodeProcess) -> Frame | None:
        process.ask()
        silent_at = monotonic() + self._silent_after_s
        while not process.has_answered(LOOK_UP_S):
            if self._halted():
                return None
            if monotonic() > silent_at:
                self.fault = f"{self._name}: its decoder hung and was ended; check camera and network"
                return None
        facts = process.answer()
        if "problem" in facts:
            self.fault = f"{self._name}: {facts['problem']}; {facts['fix']}"
            return None
        self.fps, self.read = facts["fps"], facts["number"] + 1
        self.dropped, self.damaged, self.jumps = facts["dropped"], facts["damaged"], facts["jumps"]
        return Frame(facts["number"], facts["at"], process.picture(facts))


class DecodeProcess:
    """The other side of `edge/camera/decode.py`."""

    def __init__(self, source: str, every_s: float) -> None:
        self._memory = os.memfd_create("picture")
        self._map: mmap.mmap | None = None
        self._name = without_password(source)
        self._given = 0
        self._coloured: Image | None = None
        self._child = subprocess.Popen(
            [sys.executable, "-P", "-m", "edge.camera.decode", str(self._memory)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            pass_fds=[self._memory],
            start_new_session=True,
            bufsize=0,
        )
        assert self._child.stdin is not None
        assert self._child.stdout is not None
        self._asks, self._answers = self._child.stdin, self._child.stdout
        self._poll = select.poll()
        self._poll.register(self._answers, select.POLLIN)
        self._say(json.dumps({"source": source, "every_s": every_s}))

    @property
    def pid(self) -> int:
        """Its number."""
        return self._child.pid

    def ask(self) -> None:
        """Want the next picture; the last one's colours are then no longer to be had."""
        self._given += 1
        self._coloured = None
        self._say("")

    def has_answered(self, within_s: float) -> bool:
        """Whether there is an answer, or an end, within so many seconds."""
        return bool(self._poll.poll(1000 * within_s))

    def answer(self) -> dict[str, Any]:
        """The answer that is there; an end without one is told as the others are."""
        line = os.read(self._answers.fileno(), select.PIPE_BUF)  # one answer at most, written in one piece
        if line:
            facts: dict[str, Any] = json.loads(line)
            return facts
        return {"problem": f"its decoder broke ({_ending(self._child.wait())})", "fix": "check its stream"}

    def picture(self, facts: dict[str, Any]) -> Picture:
        """The picture that an answer tells of; its colours come once they are wanted, where that is less."""
        if "levels" not in facts:
            return Colours(self._pixels(facts, 3).copy())
        luma = self._pixels(facts, 1)[:, :, 0].copy()
        return Late(luma, facts["levels"], partial(self._colours, self._given))

    def _colours(self, given: int) -> Image:
        """A view of the colours of the newest picture, which must be the one that was given then.

        Raises: SourceError, if the process does not give them; GoneError.
        """
        if given != self._given:
            raise GoneError("the colours of a picture can be had until the next one is wanted")
        if self._coloured is None:
            self._say("colours")
            if not self.has_answered(SILENT_AFTER_S):
                raise SourceError(f"{self._name}: its decoder hung and was ended; check camera and network")
            facts = self.answer()
            if "problem" in facts:
                raise SourceError(f"{self._name}: {facts['problem']}; {facts['fix']}")
            self._coloured = self._pixels(facts, 3)
        return self._coloured

    def _pixels(self, facts: dict[str, Any], channels: int) -> Image:
        """A view (height, width, channels) of what lies in the memory."""
        height, width, stride = facts["height"], facts["width"], facts["stride"]
        if self._map is None or len(self._map) < height * stride:
            self._map = mmap.mmap(self._memory, 0, prot=mmap.PROT_READ)
        rows = np.frombuffer(self._map, np.uint8, height * stride).reshape(height, stride)
        return rows[:, : channels * width].reshape(height, width, channels)

    def close(self) -> None:
        """End it, whatever it does, and free the memory."""
        self._given += 1
        self._child.kill()
        self._child.wait()
        self._asks.close()
        self._answers.close()
        os.close(self._memory)

    def _say(self, line: str) -> None:
        try:
            self._asks.write(line.encode() + b"\n")
        except BrokenPipeError:
            return  # it has ended; the answer will tell how


def _ending(code: int) -> str:
    return signal.Signals(-code).name if code < 0 else f"exit code {code}"
