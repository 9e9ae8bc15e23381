"""What a side of the bench is told and tells. Standard library only: it runs in both environments."""

from __future__ import annotations

import json
import resource
import sys
import time
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Job:
    """One run. `net`: an ONNX file or a pack; `drawn`: the same weights as the rivals want them; `height`,
    `width` of the input.

    `every_s`: one picture per so many seconds of the clip, 0 for all; `frames`: pictures of the clip to go
    through, taken or not. `tuned`: one thread, none that spins.
    """

    net: str
    clip: str
    config: str
    frames: int
    height: int
    width: int
    line: tuple[tuple[float, float], tuple[float, float]]
    every_s: float = 0.0
    tuned: bool = True
    gated: bool = False
    decode: bool = True
    cameras: int = 1
    drawn: str = ""

    def text(self) -> str:
        """As the one argument of a side."""
        return json.dumps(asdict(self))


def read_job() -> Job:
    """The job that this process was started with."""
    told = json.loads(sys.argv[1])
    return Job(**{**told, "line": tuple(map(tuple, told["line"]))})


class Meter:
    """CPU of this process from its start to the first result, and from there to the end."""

    def __init__(self) -> None:
        self._first_cpu: float | None = None
        self._spent_s = 0.0
        self._frames = self._taken = 0

    def frame(self, taken: bool) -> None:
        """One picture of the clip more; `taken`: it gave a result. The first result starts the count."""
        if self._first_cpu is None:
            if taken:
                self._first_cpu = time.process_time()
            return
        self._frames += 1
        self._taken += taken

    def end(self) -> None:
        """The last picture is done: what comes now is not counted."""
        self._spent_s = time.process_time() - self.first_cpu_s

    @property
    def first_cpu_s(self) -> float:
        """CPU from the start of the process to the first result."""
        return self._first_cpu or 0.0

    def tell(self, counted: int | None = None, **more: float) -> None:
        """Print the line."""
        if not self._spent_s:
            self.end()
        told = {
            "start_cpu_s": self.first_cpu_s,
            "cpu_s": self._spent_s,
            "frames": self._frames,
            "taken": self._taken,
        }
        print(json.dumps(told | {"rss_mb": peak_rss_mb(), "counted": counted} | more))


def peak_rss_mb(pid: int | str | None = "self") -> float:
    """Of a process. What getrusage says of this one begins with the peak of the process that started it."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
        return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM:"))
    except (OSError, StopIteration):
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def pace(times: Iterable[float], every_s: float) -> Iterable[bool]:
    """Which pictures to take so that one is taken per `every_s` seconds; 0 takes all."""
    due = float("-inf")
    for at in times:
        takes = at >= due - 1e-6
        if takes and every_s:
            due = ((at + 1e-6) // every_s + 1) * every_s
        yield takes
