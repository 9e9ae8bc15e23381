"""What programs need while they start."""

from __future__ import annotations

import gc
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager


def hold_standard_streams() -> None:
    """Where one is closed it becomes the null device, before anything else takes its number.

    A picture's memory under number 0 would be a child's standard input.
    """
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            stream = open(os.devnull, mode, encoding="utf-8")  # noqa: SIM115  it stays open
            os.set_inheritable(stream.fileno(), True)
            setattr(sys, name, stream)


@contextmanager
def ended_without_a_word() -> Iterator[None]:
    """Within it, where modules are loaded and nothing is begun yet, Ctrl-C ends the process as it is.

    As an exception it would end in a traceback, or be lost in a callback. Where it is ignored, it stays so.
    """
    before = signal.getsignal(signal.SIGINT)
    if before != signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


@contextmanager
def made_to_last() -> Iterator[None]:
    """What is imported and made within it stays to the end, so that no search for garbage goes through it.

    Searches while hundreds of modules are made find nothing and take a tenth of the start.
    """
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()
