"""Giving memory back to the system that glibc would keep.

A model is parsed, copied and laid out anew; each copy is as large as its weights and lives for a moment.
glibc learns from the first large block that is freed to keep such blocks, so that the next copies lie beside
them and stay: 17 MB of a node's memory for a net of 15 MB.

A camera whose source is opened again leaves a hole of a decoder's size, and what is put there next is
smaller. In hours the holes grow by several per cent of all memory; the pages in them can be given back.
"""

from __future__ import annotations

import ctypes
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

TRIM_THRESHOLD, MMAP_THRESHOLD, ARENA_MAX = -1, -3, -8
"""What `mallopt` calls them. Source: malloc.h of glibc."""

SMALL = 128 * 1024
LARGE = 32 * 1024 * 1024

ARENAS = 1
"""Heaps in the heap, else one for each camera: what one camera frees another one cannot use."""

GIVE_BACK_EVERY_S = 60.0


@contextmanager
def freed_at_once() -> Iterator[None]:
    """Within it a block that is freed goes back to the system; nothing happens where there is no glibc.

    Afterwards large blocks are kept and used again, as they are once a process has run for a while: pictures
    come five times a second, and each would cost its page faults.
    """
    mallopt = _of_glibc("mallopt")
    if mallopt is None:
        yield
        return
    mallopt(ARENA_MAX, ARENAS)
    mallopt(MMAP_THRESHOLD, SMALL)
    try:
        yield
    finally:
        mallopt(MMAP_THRESHOLD, LARGE)
        mallopt(TRIM_THRESHOLD, 2 * LARGE)


class Holes:
    """Of the heap: given back once a minute. Nothing happens where there is no glibc."""

    def __init__(self) -> None:
        self._trim = _of_glibc("malloc_trim")
        self._given_at: float | None = None

    def tick(self, now: float) -> bool:
        """`now` (s) of any clock, also of one that is set back; whether it was time. Takes milliseconds."""
        if self._trim is None:
            return False
        if self._given_at is None:
            self._given_at = now
        if 0 <= now - self._given_at < GIVE_BACK_EVERY_S:
            return False
        self._given_at = now
        self._trim(ctypes.c_size_t(0))
        return True


def _of_glibc(name: str) -> Callable[..., int] | None:
    return getattr(ctypes.CDLL(None), name, None) if sys.platform == "linux" else None
