"""Which failed tries to connect are worth a line in the log: the first, and each for another reason."""

from __future__ import annotations


class Tries:
    """Told how each try ended; a refusal counts once, although its connection ends after it, too."""

    def __init__(self) -> None:
        self._told: str | None = None
        self._refused = False

    def up(self) -> None:
        """One succeeded: whatever fails next is news."""
        self._told, self._refused = None, False

    def refused(self, reason: str) -> bool:
        """The broker answered and let us not in; gives whether that is news."""
        self._refused = True
        return self._news(reason)

    def ended(self, reason: str) -> bool:
        """A connection ended that never was up; gives whether that is news."""
        follows, self._refused = self._refused, False
        return not follows and self._news(reason)

    def _news(self, reason: str) -> bool:
        news, self._told = reason != self._told, reason
        return news
