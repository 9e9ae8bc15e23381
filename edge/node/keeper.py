"""Keeping rows come what may: on disk, or in a small memory while the disk refuses.

The keeper has an outbox thinned that fills up, sets a corrupt file aside, and goes back to the disk when it
works again. `generation` grows whenever `outbox` is another one than before.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from edge.daemon.logs import Log
from edge.measure.saved import SavedMeter
from edge.messages import Event, NodeReport
from edge.node.aside import Aside
from edge.node.database import (
    OutboxBusyError,
    OutboxCorruptError,
    OutboxError,
    OutboxForeignError,
    OutboxFullError,
)
from edge.node.outbox import QUOTA_BYTES, Dropped, NewRow, Offset, Outbox, Range, Row, ranges_of
from edge.node.salvage import Damaged, Gathering, Remains, keep_newest, put_in_place, set_aside, take_newest
from edge.node.series import Series
from edge.node.thinning import Thinner, told

MEMORY_BYTES = 4 * 1024 * 1024
RETRY_S = 30.0
ALL_ROWS = 10**9

_log = Log()


class Keeper:
    """Owns the outbox of one boot, and the series of its messages. Not for use by several threads.

    `at` is the node's own time.
    """

    def __init__(self, path: Path, port: str, node: str, at: float, quota_bytes: int = QUOTA_BYTES) -> None:
        """Open the outbox, or begin in memory if the disk refuses.

        Raises: OutboxBusyError, if another process holds the file; OutboxForeignError, if it is no outbox.
        """
        self.series = Series(port, node)
        self.generation = 0
        self._path = path
        self._quota_bytes = quota_bytes
        self._tried_at = at
        self._thinner = Thinner(self.series, at)
        self._gathering: Gathering | None = None
        self._damage_at = at
        self._lost: list[int] = []
        self._aside = Aside()
        self.outbox = Outbox(None, MEMORY_BYTES)
        self._open(at)

    @property
    def on_disk(self) -> bool:
        """Whether rows survive a power cut now."""
        return self.outbox.path is not None

    @property
    def unreceipted(self) -> int:
        """Rows that wait for central's receipt, as far as they are known by now."""
        return len(self.outbox) + (self._gathering.taken if self._gathering else 0)

    @property
    def gathers(self) -> bool:
        """Whether rows of a damaged file are still being taken along."""
        return self._gathering is not None

    def saved(self) -> dict[str, SavedMeter]:
        """What each camera knew when the last report was kept."""
        return self._aside.saved()

    def go_on(self) -> None:
        """One portion of what takes longer: taking the rows of a damaged file along, thinning."""
        if self._gathering is not None:
            self._gather(self._gathering)
        try:
            self._thinner.go_on()
        except OutboxError as error:
            _log.error("outbox_not_thinned", error=str(error))

    def gather_the_rest(self) -> None:
        """Take along what a damaged file still has; of a large one that takes a while."""
        while self._gathering is not None:
            self._gather(self._gathering)

    def keep(
        self, messages: Sequence[NodeReport], at: float, saved: Mapping[str, bytes] | None = None
    ) -> None:
        """Number and keep the messages in one commit; on disk if it works, else in memory.

        `saved`, with a report: what each camera knew at its end.
        """
        if saved is not None:
            self._aside.know(saved, self.series.shift_s)
        if not self.on_disk and not self.gathers and at - self._tried_at >= RETRY_S:
            self._back_to_disk(at)
        known = len(self._lost)
        rows = [self.series.row(message) for message in [*messages, *self._told_losses(at)]]
        try:
            self._aside.commit(self.outbox, rows)
        except OutboxCorruptError as error:
            self._leave_damaged(self.outbox, error, at)
            self._commit(rows, at)
        except OutboxError as error:
            self._keep_otherwise(rows, error, at)
        if len(self._lost) == known:
            self._lost.clear()
        try:
            self._thinner.look(self.outbox, at)
        except OutboxError as error:
            _log.error("outbox_not_thinned", error=str(error))
        self.go_on()

    def correct(self, at: float) -> list[Offset]:
        """UTC is known now: rows that wait and did not know it are sent with what they are off by."""
        found = self.series.utc_known()
        if found:
            self._aside.offsets.add(found)
            self.keep([], at)
        return found

    def free(self, boot: str, ranges: Sequence[Range]) -> int:
        """A receipt has come; gives how many rows it freed.

        A disk that fails now frees them later: what is sent again is receipted again.
        """
        try:
            return self.outbox.free(boot, ranges)
        except OutboxError as error:
            _log.warning("receipt_not_booked", error=str(error))
            return 0

    def page(self, after: int, limit: int, at: float, up_to: int = 2**62) -> list[Row]:
        """Rows to send, see Outbox.page; none while the disk cannot be read."""
        try:
            return [self._aside.offsets.given(row) for row in self.outbox.page(after, limit, up_to)]
        except OutboxCorruptError as error:
            self._leave_damaged(self.outbox, error, at)
            return []
        except OutboxError as error:
            _log.error("outbox_not_read", error=str(error))
            return []

    def close(self) -> None:
        """Close the file; its rows are sent at the next start."""
        self.gather_the_rest()
        self.outbox.close()

    def _open(self, at: float) -> None:
        try:
            self.outbox = self._disk()
        except (OutboxBusyError, OutboxForeignError):
            raise
        except OutboxCorruptError as error:
            self._leave_remains(error, at)
        except (OutboxError, OSError) as error:
            _log.error("outbox_in_memory", error=str(error))

    def _disk(self) -> Outbox:
        """The file, or what an earlier boot that was killed had gathered for its place."""
        put_in_place(self._path)
        self._aside.take_gathered(self._path)
        disk = Outbox(self._path, self._quota_bytes)
        self._aside.offsets.add(disk.offsets)
        self._aside.take_saved(disk)
        return disk

    def _leave_remains(self, error: OutboxCorruptError, at: float) -> None:
        try:
            remains = Remains(self._path)
        except OutboxError as refused:
            _log.error("outbox_in_memory", error=str(refused))
        else:
            self._aside.take(remains)
            self._leave_damaged(remains, error, at)

    def _leave_damaged(self, damaged: Damaged, error: OutboxCorruptError, at: float) -> None:
        """Go on in memory until a new file has the rows before the damage, which may be now."""
        _log.error("outbox_corrupt", error=str(error))
        if self.on_disk:
            self._switch(Outbox(None, MEMORY_BYTES))
        self._damage_at = at
        try:
            self._gathering = Gathering(damaged, self._path, self._quota_bytes)
        except (OutboxError, OSError) as refused:
            self._take_newest(damaged, refused)
        else:
            self._gather(self._gathering)

    def _gather(self, gathering: Gathering) -> None:
        """One portion more, and after the last the new file takes the place of the damaged one."""
        try:
            if self._aside.step(gathering):
                return
        except (OutboxError, OSError) as refused:
            self._take_newest(gathering.damaged, refused)
            return
        self._gathering = None
        gathering.damaged.close()
        _log.warning("outbox_gathered", rows_taken_along=gathering.taken)
        if self._make_way():
            try:
                self._try_disk(self._damage_at)
            except OutboxCorruptError as error:
                _log.warning("outbox_still_in_memory", error=str(error))

    def _take_newest(self, damaged: Damaged, refused: Exception) -> None:
        """The disk takes no new file: memory has what came since, and before it what it has room for."""
        _log.error("outbox_in_memory", error=str(refused))
        self._gathering = None
        since, memory = self.outbox, Outbox(None, MEMORY_BYTES)
        taken, left = take_newest(damaged, memory)
        damaged.close()
        keep_newest(memory, [row.as_new() for row in since.page(0, ALL_ROWS)])
        since.close()
        self._switch(memory)
        _log.warning("outbox_gathered", rows_taken_along=taken, rows_left_in_it=left)
        self._make_way()

    def _commit(self, rows: Sequence[NewRow], at: float) -> None:
        try:
            self._aside.commit(self.outbox, rows)
        except OutboxError as error:
            self._keep_otherwise(rows, error, at)

    def _keep_otherwise(self, rows: Sequence[NewRow], error: OutboxError, at: float) -> None:
        """Room by thinning first; then memory; then the oldest in memory go."""
        _log.error("outbox_refused", error=str(error), on_disk=self.on_disk)
        try:
            self._make_room(rows, at)
        except OutboxError as again:
            if not self.on_disk:
                self._lost += [row.seq for row in rows]
                _log.error("rows_lost", seqs=[row.seq for row in rows], error=str(again))
                return
            self.outbox.close()
            self._tried_at = at
            self._switch(Outbox(None, MEMORY_BYTES))
            self._aside.commit(self.outbox, rows)

    def _make_room(self, rows: Sequence[NewRow], at: float) -> None:
        """Thin until the outbox takes the rows; what is left to thin is done later. Raises: OutboxError."""
        self._thinner.begin(self.outbox, at)
        while self._thinner.go_on():
            try:
                self._aside.commit(self.outbox, rows)
            except OutboxFullError:
                continue
            return
        self._aside.commit(self.outbox, rows)

    def _back_to_disk(self, at: float) -> None:
        try:
            self._try_disk(at)
        except OutboxCorruptError as error:
            self._leave_remains(error, at)

    def _try_disk(self, at: float) -> None:
        """The rows in memory go to the disk, if it takes them. Raises: OutboxCorruptError."""
        self._tried_at = at
        try:
            disk = self._disk()
            try:
                self._aside.commit(disk, [row.as_new() for row in self.outbox.page(0, ALL_ROWS)])
            except OutboxError:
                disk.close()
                raise
        except OutboxCorruptError:
            raise
        except (OutboxError, OSError) as error:
            _log.warning("outbox_still_in_memory", error=str(error))
        else:
            self.outbox.close()
            self._switch(disk)
            _log.info("outbox_on_disk_again")

    def _make_way(self) -> bool:
        """While rows wait in memory: set the corrupt file aside, so that the next try finds none."""
        at = self._damage_at
        try:
            aside = set_aside(self._path, at)
        except OSError as error:
            _log.warning("outbox_still_in_memory", error=str(error))
            return False
        event = Event(type="outbox_set_aside", detail={"file": aside.name})
        self._commit([self.series.row(self.series.event(event, at))], at)
        return True

    def _switch(self, outbox: Outbox) -> None:
        self.outbox = outbox
        self.generation += 1
        self._thinner.stop()

    def _told_losses(self, at: float) -> list[NodeReport]:
        """An event for rows that neither disk nor memory took, once something can be kept again."""
        if not self._lost:
            return []
        return [told(self.series, Dropped(self.series.boot, ranges_of(self._lost)), None, at)]
