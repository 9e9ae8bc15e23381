"""Keeping rows come what may: on disk, or in a small memory while the disk refuses.

The keeper thins an outbox that fills up, sets a corrupt file aside, and goes back to the disk when it works
again. `generation` grows whenever `outbox` is another one than before.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from edge.daemon.logs import Log
from edge.measure.saved import SavedMeter, decoded, moved
from edge.messages import Event, NodeReport
from edge.node.database import OutboxBusyError, OutboxCorruptError, OutboxError
from edge.node.outbox import KEEP_ONE_PER_S, QUOTA_BYTES, Dropped, NewRow, Outbox, Range, Row, ranges_of
from edge.node.salvage import gather, put_in_place, set_aside, take_newest
from edge.node.series import Series

MEMORY_BYTES = 4 * 1024 * 1024
RETRY_S = 30.0
THIN_EVERY_S = 60.0
CORRECTED_AT_A_TIME = 500

_log = Log()


class Keeper:
    """Owns the outbox of one boot, and the series of its messages. Not for use by several threads.

    `at` is the node's own time.
    """

    def __init__(self, path: Path, port: str, node: str, at: float, quota_bytes: int = QUOTA_BYTES) -> None:
        """Open the outbox, or begin in memory if the disk refuses.

        Raises: OutboxBusyError, if another process holds the file.
        """
        self.series = Series(port, node)
        self.generation = 0
        self._path = path
        self._quota_bytes = quota_bytes
        self._tried_at = self._thinned_at = at
        self._lost: list[int] = []
        self._saved: dict[str, bytes] | None = None
        self.outbox = self._open_first(at)

    @property
    def on_disk(self) -> bool:
        """Whether rows survive a power cut now."""
        return self.outbox.path is not None

    def correct(self, by_s: float) -> int:
        """UTC was unknown and is now set by `by_s`: what this boot kept without it gets its offset.

        Only rows that wait in the outbox; of one that central has, the first wording counts. Gives how many.
        """
        after = corrected = 0
        while rows := self.page(after, CORRECTED_AT_A_TIME, 0.0):
            after = rows[-1].id
            new = [(row.id, self.series.with_offset(row, -by_s)) for row in rows]
            changed = [(row_id, payload) for row_id, payload in new if payload is not None]
            try:
                self.outbox.reword(changed)
            except OutboxError as error:
                _log.error("outbox_not_corrected", error=str(error))
                return corrected
            corrected += len(changed)
        return corrected

    def saved(self) -> dict[str, SavedMeter]:
        """What each camera knew when the last report was kept; nothing if unreadable."""
        try:
            found = self.outbox.saved()
        except OutboxError as error:
            _log.warning("saved_not_read", error=str(error))
            return {}
        known = {camera: decoded(payload) for camera, payload in found.items()}
        return {camera: saved for camera, saved in known.items() if saved is not None}

    def keep(
        self, messages: Sequence[NodeReport], at: float, saved: Mapping[str, bytes] | None = None
    ) -> None:
        """Number and keep the messages in one commit; on disk if it works, else in memory.

        `saved`, with a report: what each camera knew at its end.
        """
        if saved is not None:
            self._saved = {camera: moved(each, self.series.shift_s) for camera, each in saved.items()}
        if not self.on_disk and at - self._tried_at >= RETRY_S:
            self._back_to_disk(at)
        known = len(self._lost)
        rows = [self.series.row(message) for message in [*messages, *self._told_losses(at)]]
        try:
            self.outbox.commit(rows, self._saved)
        except OutboxCorruptError as error:
            self._replace_corrupt(error, at)
            self._commit(rows, at)
        except OutboxError as error:
            self._keep_otherwise(rows, error, at)
        if len(self._lost) == known:
            self._lost.clear()
        self._thin_if_filled(at)

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
            return self.outbox.page(after, limit, up_to)
        except OutboxCorruptError as error:
            self._replace_corrupt(error, at)
            return []
        except OutboxError as error:
            _log.error("outbox_not_read", error=str(error))
            return []

    def close(self) -> None:
        """Close the file; its rows are sent at the next start."""
        self.outbox.close()

    def _open_first(self, at: float) -> Outbox:
        try:
            put_in_place(self._path)  # by an earlier boot that was killed meanwhile
            return Outbox(self._path, self._quota_bytes)
        except OutboxBusyError:
            raise
        except OutboxCorruptError as error:
            _log.error("outbox_corrupt", error=str(error))
            return self._open_new(at)
        except (OutboxError, OSError) as error:
            _log.error("outbox_in_memory", error=str(error))
            return Outbox(None, MEMORY_BYTES)

    def _open_new(self, at: float) -> Outbox:
        """What was gathered, or a new one, in the place of a corrupt one; in memory if the disk refuses."""
        seq = self.series.newest
        try:
            aside = set_aside(self._path, at)
            put_in_place(self._path)
            outbox = Outbox(self._path, self._quota_bytes)
            try:
                outbox.commit([self.series.row(self.series.event(_told_aside(aside), at))])
            except OutboxError:
                outbox.close()
                raise
        except (OutboxError, OSError) as error:
            _log.error("outbox_in_memory", error=str(error))
            self.series.newest = seq  # its event was not kept, and gaps are for lost rows
            return Outbox(None, MEMORY_BYTES)
        return outbox

    def _replace_corrupt(self, error: OutboxCorruptError, at: float) -> None:
        """Go on with a new file that has the rows before the damage, or with the newest of them in memory."""
        damaged = self.outbox
        try:
            taken, left = gather(damaged, self._path, self._quota_bytes), 0
        except (OutboxError, OSError) as refused:
            _log.error("outbox_in_memory", error=str(refused))
            memory = Outbox(None, MEMORY_BYTES)
            taken, left = take_newest(damaged, memory)
            damaged.close()
            self._switch(memory)
            self._make_way(at)
        else:
            damaged.close()
            self._switch(self._open_new(at))
        _log.error("outbox_corrupt", error=str(error), rows_taken_along=taken, rows_left_in_it=left)

    def _commit(self, rows: Sequence[NewRow], at: float) -> None:
        try:
            self.outbox.commit(rows, self._saved)
        except OutboxError as error:
            self._keep_otherwise(rows, error, at)

    def _keep_otherwise(self, rows: Sequence[NewRow], error: OutboxError, at: float) -> None:
        """Room by thinning first; then memory; then the oldest in memory go."""
        _log.error("outbox_refused", error=str(error), on_disk=self.on_disk)
        self._thinned_at = at
        try:
            self._thin(KEEP_ONE_PER_S, self.outbox.newest_id(), at)
            self.outbox.commit(rows, self._saved)
        except OutboxError as again:
            if not self.on_disk:
                self._lost += [row.seq for row in rows]
                _log.error("rows_lost", seqs=[row.seq for row in rows], error=str(again))
                return
            self.outbox.close()
            self._tried_at = at
            self._switch(Outbox(None, MEMORY_BYTES))
            self.outbox.commit(rows, self._saved)

    def _back_to_disk(self, at: float) -> None:
        self._tried_at = at
        try:
            disk = Outbox(self._path, self._quota_bytes)
            try:
                disk.commit([row.as_new() for row in self.outbox.page(0, 10**9)], self._saved)
            except OutboxError:
                disk.close()
                raise
        except OutboxCorruptError as error:
            _log.error("outbox_corrupt", error=str(error))
            self._make_way(at)
        except OutboxError as error:
            _log.warning("outbox_still_in_memory", error=str(error))
        else:
            self.outbox.close()
            self._switch(disk)
            _log.info("outbox_on_disk_again")

    def _make_way(self, at: float) -> None:
        """While rows wait in memory: set the corrupt file aside, so that the next try finds none."""
        try:
            aside = set_aside(self._path, at)
        except OSError as error:
            _log.warning("outbox_still_in_memory", error=str(error))
            return
        self._commit([self.series.row(self.series.event(_told_aside(aside), at))], at)

    def _switch(self, outbox: Outbox) -> None:
        self.outbox = outbox
        self.generation += 1

    def _thin_if_filled(self, at: float) -> None:
        if at - self._thinned_at < THIN_EVERY_S:
            return
        self._thinned_at = at
        try:
            every_s = thinning(self.outbox.filled())
            if every_s == KEEP_ONE_PER_S:
                self._thin(every_s, self.outbox.newest_id(), at)
            elif every_s is not None:
                self._thin(every_s, self.outbox.middle_id(), at)
        except OutboxError as error:
            _log.error("outbox_not_thinned", error=str(error))

    def _thin(self, every_s: int, up_to: int, at: float) -> None:
        """A seq that was given to an event which then was not kept is given again: gaps are for lost rows."""
        gone, kept_seq = 0, self.series.newest
        try:
            for rows in self.outbox.thinned(
                every_s, up_to, lambda d: self.series.row(self._told(d, every_s, at))
            ):
                gone, kept_seq = gone + rows, self.series.newest
        finally:
            self.series.newest = kept_seq
        _log.warning("outbox_thinned", rows=gone, kept_one_per_s=every_s)

    def _told_losses(self, at: float) -> list[NodeReport]:
        """An event for rows that neither disk nor memory took, once something can be kept again."""
        return [self._told(Dropped(self.series.boot, ranges_of(self._lost)), None, at)] if self._lost else []

    def _told(self, dropped: Dropped, every_s: int | None, at: float) -> NodeReport:
        detail = {"boot": dropped.boot, "ranges": dropped.ranges, "kept_one_per_s": every_s}
        return self.series.event(Event(type="rows_dropped", detail=detail), at)


def _told_aside(file: Path) -> Event:
    return Event(type="outbox_set_aside", detail={"file": file.name})


def thinning(filled: float) -> int | None:
    """Seconds of which an outbox that is `filled` (0 to 1) keeps one report; None: it keeps all."""
    for above, every_s in ((0.95, KEEP_ONE_PER_S), (0.75, 900), (0.5, 60)):
        if filled > above:
            return every_s
    return None
