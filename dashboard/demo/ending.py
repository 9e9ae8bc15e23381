"""How a person ends the demo: asked for at any moment, heeded between two steps."""

from __future__ import annotations

import signal
from types import TracebackType
from typing import Self

ASKED_BY = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
"""Ctrl-C, a supervisor, a terminal that was closed."""


class EndedError(Exception):
    """Somebody asked the demo to end."""


class Ending:
    """In the `with` block nothing breaks off when the end is asked for; `check` says that it was.

    Broken off anywhere, the start of a child could be forgotten, or the end of one never awaited.
    """

    def __init__(self) -> None:
        self._asked = False

    def check(self) -> None:
        """Raises: EndedError, when the end was asked for since the last check."""
        asked, self._asked = self._asked, False
        if asked:
            raise EndedError

    def __enter__(self) -> Self:
        self._before = {number: signal.signal(number, self._ask) for number in ASKED_BY}
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def _ask(self, *_: object) -> None:
        self._asked = True
