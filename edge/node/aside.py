"""What is kept beside the rows of an outbox: what each camera knew, and what rows are off by."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from edge.daemon.logs import Log
from edge.measure.saved import SavedMeter, decoded, moved
from edge.node.correction import Offsets
from edge.node.database import OutboxError
from edge.node.outbox import NewRow, Outbox
from edge.node.salvage import Remains, beside

_log = Log()


class Aside:
    """The newest of it, which goes into whatever outbox the rows go into."""

    def __init__(self) -> None:
        self.offsets = Offsets()
        self._saved: dict[str, bytes] | None = None

    def know(self, saved: Mapping[str, bytes], shift_s: float) -> None:
        """What each camera knew at the end of the newest report."""
        self._saved = {camera: moved(each, shift_s) for camera, each in saved.items()}

    def commit(self, outbox: Outbox, rows: Sequence[NewRow]) -> None:
        """Keep the rows and what is known beside them. Raises: OutboxError."""
        outbox.commit(rows, self._saved, self.offsets.all())

    def take_gathered(self, path: Path) -> None:
        """Offsets that a gathering learned which was cut short: its rows still are in the file at `path`."""
        if not beside(path).exists():
            return
        try:
            cut_short = Remains(beside(path))
        except OutboxError as error:
            _log.warning("offsets_not_read", error=str(error))
        else:
            self.take_offsets(cut_short)
            cut_short.close()

    def take_offsets(self, remains: Remains) -> None:
        """Those of rows in a damaged file, where they can be read."""
        try:
            self.offsets.add(remains.offsets())
        except OutboxError as error:
            _log.warning("offsets_not_read", error=str(error))


def saved_in(outbox: Outbox) -> dict[str, SavedMeter]:
    """What each camera knew when the last report was kept; nothing if unreadable."""
    try:
        found = outbox.saved()
    except OutboxError as error:
        _log.warning("saved_not_read", error=str(error))
        return {}
    known = {camera: decoded(payload) for camera, payload in found.items()}
    return {camera: saved for camera, saved in known.items() if saved is not None}
