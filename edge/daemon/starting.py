"""What programs need while they start."""

from __future__ import annotations

import gc
import signal
from collections.abc import Iterator
from contextlib import contextmanager


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
