"""Giving back at once what loading a model frees.

A model is parsed, copied and laid out anew; each copy is as large as its weights and lives for a moment.
glibc learns from the first large block that is freed to keep such blocks, so that the next copies lie beside
them and stay: 17 MB of a node's memory for a net of 15 MB.
"""

from __future__ import annotations

import ctypes
import sys
from collections.abc import Iterator
from contextlib import contextmanager

TRIM_THRESHOLD, MMAP_THRESHOLD = -1, -3
"""What `mallopt` calls them. Source: malloc.h of glibc."""

SMALL = 128 * 1024
LARGE = 32 * 1024 * 1024


@contextmanager
def freed_at_once() -> Iterator[None]:
    """Within it a block that is freed goes back to the system; nothing happens where there is no glibc.

    Afterwards large blocks are kept and used again, as they are once a process has run for a while: pictures
    come five times a second, and each would cost its page faults.
    """
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None) if sys.platform == "linux" else None
    if mallopt is None:
        yield
        return
    mallopt(MMAP_THRESHOLD, SMALL)
    try:
        yield
    finally:
        mallopt(MMAP_THRESHOLD, LARGE)
        mallopt(TRIM_THRESHOLD, 2 * LARGE)
