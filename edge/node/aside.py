"""What is kept beside the rows of an outbox: what each camera knew, and what rows are off by."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from edge.daemon.logs import Log
from edge.measure.saved import SavedMeter, decoded, moved
from edge.node.correction import Offsets
from edge.node.database import OutboxError
from edge.node.outbox import NewRow, Outbox
from edge.node.salvage import Gathering, Remains, beside

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

    def step(self, gathering: Gathering) -> bool:
        """One portion, and this beside it; False: it was the last. Raises: OutboxError, OSError."""
        return gathering.step(self.offsets.all(), self._saved)

    def saved(self) -> dict[str, SavedMeter]:
        """What each camera knew when the last report was kept, as far as it can be read."""
        known = {camera: decoded(payload) for camera, payload in (self._saved or {}).items()}
        return {camera: saved for camera, saved in known.items() if saved is not None}

    def take_gathered(self, path: Path) -> None:
        """What a gathering learned which was cut short: its rows still are in the file at `path`."""
        if not beside(path).exists():
            return
        try:
            cut_short = Remains(beside(path))
        except OutboxError as error:
            _log.warning("offsets_not_read", error=str(error))
        else:
            self.take(cut_short)
            cut_short.close()

    def take(self, remains: Remains) -> None:
        """What stands in a damaged file, where it can be read."""
        try:
            self.offsets.add(remains.offsets())
        except OutboxError as error:
            _log.warning("offsets_not_read", error=str(error))
        self.take_saved(remains)

    def take_saved(self, holder: Outbox | Remains) -> None:
        """What each camera knew by a file, where nothing newer is known."""
        try:
            found = holder.saved()
        except OutboxError as error:
            _log.warning("saved_not_read", error=str(error))
            return
        known = self._saved or {}
        newer = {camera: each for camera, each in found.items() if _at(each) > _at(known.get(camera, b""))}
        self._saved = known | newer or None


def _at(payload: bytes) -> float:
    saved = decoded(payload)
    return float("-inf") if saved is None else saved.at
