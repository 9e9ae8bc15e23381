"""Notices that nobody receipts what is sent: brokers acknowledge what rights refuse. `at` in seconds."""

from __future__ import annotations

SILENCE_S = 90.0
"""Longer than any batch takes to be committed and a row to be sent again."""


class Unheard:
    """Told of what is sent and receipted; `look` says once that it is too quiet."""

    def __init__(self) -> None:
        self._since: float | None = None
        self._sent_at = float("-inf")
        self.told = False

    def connected(self, at: float) -> None:
        """A new connection; after a real outage the silence of before does not count."""
        if at - self._sent_at > SILENCE_S:
            self._since = None

    def sent(self, at: float) -> None:
        """The broker was given rows."""
        self._sent_at = at
        if self._since is None:
            self._since = at

    def receipted(self) -> bool:
        """Central has something; gives whether the silence was told of before."""
        told, self.told, self._since = self.told, False, None
        return told

    def look(self, at: float) -> float | None:
        """Seconds without a receipt, once when they are too many."""
        if self.told or self._since is None or at - self._since <= SILENCE_S:
            return None
        self.told = True
        return at - self._since
