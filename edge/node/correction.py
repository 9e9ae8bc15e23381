"""Rows that were kept while UTC was not known get the offset of their clock when it is."""

from __future__ import annotations

from edge.daemon.logs import Log
from edge.node.database import OutboxError
from edge.node.keeper import Keeper

ROWS_A_COMMIT = 500

_log = Log()


def correct(keeper: Keeper, by_s: float) -> int:
    """UTC is now set by `by_s`: what this boot kept without knowing it gets its offset. Gives how many rows.

    Only rows that wait in the outbox; of one that central has, the first wording counts.
    """
    keeper.gather_the_rest()
    after = corrected = 0
    while rows := keeper.page(after, ROWS_A_COMMIT, 0.0):
        after = rows[-1].id
        new = [(row.id, keeper.series.with_offset(row, -by_s)) for row in rows]
        changed = [(row_id, payload) for row_id, payload in new if payload is not None]
        try:
            keeper.outbox.reword(changed)
        except OutboxError as error:
            _log.error("outbox_not_corrected", error=str(error))
            return corrected
        corrected += len(changed)
    return corrected
