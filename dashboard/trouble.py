"""What keeps one part beside central from its work; since when stays, however often the reason changes."""

from __future__ import annotations

from collections.abc import Callable

from dashboard.board import TroubleView


class Trouble:
    """Of one part, see TroubleView. One thread tells, any may read `now`."""

    def __init__(self, now: Callable[[], float], part: str, name: str = "", port: str | None = None) -> None:
        """`now` gives UTC seconds. All is well at first."""
        self.now: TroubleView | None = None
        self._now, self._part, self._name, self._port = now, part, name, port

    def tell(self, why: str, *, refused: bool = False, next_s: float | None = None) -> None:
        """It cannot work, for this reason now."""
        since_s = self._now() if self.now is None else self.now.since_s
        self.now = TroubleView(self._part, why, since_s, refused, self._name, self._port, next_s)

    def over(self) -> None:
        """It works."""
        self.now = None
