"""Messages that wait, kept in the store: a kill loses none, and what was told is known after it.

The queues in memory go on while the database is away; what could not be kept or taken out then is told.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence

import sqlalchemy as sa
import structlog
from sqlalchemy.engine import Connection

from dashboard.store.store import Store, StoreAwayError
from dashboard.webhooks.config import WebhookConfig
from dashboard.webhooks.message import Message
from dashboard.webhooks.rules import Told
from dashboard.webhooks.tables import MESSAGES, TOLD

log = structlog.get_logger("webhooks")

Key = tuple[str, str]
"""(webhook, direction)."""


class Outbox:
    """Methods may be called from any thread; only those that say so raise."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._lock = threading.Lock()
        self._over: set[str] = set()

    def resume(self, webhooks: Sequence[WebhookConfig]) -> tuple[dict[str, list[Message]], dict[Key, Told]]:
        """What waits for each of `webhooks`, oldest first, and what was told last of the stream that it has.

        Of others both are dropped. Raises: StoreAwayError.
        """
        known = [webhook.id for webhook in webhooks]
        with self._store.begin(write=True) as connection:
            for table in (MESSAGES, TOLD):
                connection.execute(sa.delete(table).where(table.c.webhook.not_in(known)))
            for config in webhooks:
                another = sa.or_(TOLD.c.port != config.port, TOLD.c.stream != config.stream)
                connection.execute(sa.delete(TOLD).where(TOLD.c.webhook == config.id, another))
            waiting: dict[str, list[Message]] = {}
            columns = (
                MESSAGES.c.webhook,
                *[MESSAGES.c[name] for name in ("id", "kind", "body", "made_at_s")],
            )
            for webhook, *fields in connection.execute(sa.select(*columns).order_by(MESSAGES.c.number)):
                waiting.setdefault(webhook, []).append(Message(*fields))
            names = ("webhook", "direction", "above", "below", "state")
            rows = connection.execute(sa.select(*[TOLD.c[name] for name in names]))
            told = {(row[0], row[1]): Told(*row[2:]) for row in rows}
        return waiting, told

    def keep(self, webhook: WebhookConfig, direction: str, told: Told, messages: Sequence[Message]) -> None:
        """Commit what `webhook` is told of `direction` now, together with the messages that tell it."""
        try:
            with self._store.begin(write=True) as connection:
                self._take_out(connection)
                _note(self._store, connection, webhook, direction, told)
                if messages:
                    connection.execute(sa.insert(MESSAGES), [_row(webhook.id, one) for one in messages])
        except StoreAwayError as error:
            log.warning("webhook_not_kept", webhook=webhook.id, error=str(error))

    def over(self, message_id: str) -> None:
        """This message was taken, refused or given up."""
        with self._lock:
            self._over.add(message_id)
        try:
            with self._store.begin(write=True) as connection:
                self._take_out(connection)
        except StoreAwayError as error:
            log.warning("webhook_not_taken_out", message=message_id, error=str(error))

    def _take_out(self, connection: Connection) -> None:
        """Also what could not be taken out before. A fault after this in the same transaction costs nothing:
        the receiver knows an `id` that comes twice."""
        with self._lock:
            over = sorted(self._over)
        if over:
            connection.execute(sa.delete(MESSAGES).where(MESSAGES.c.id.in_(over)))
        with self._lock:
            self._over.difference_update(over)


def _note(store: Store, connection: Connection, webhook: WebhookConfig, direction: str, told: Told) -> None:
    values = {
        "webhook": webhook.id,
        "direction": direction,
        "above": told.above,
        "below": told.below,
        "state": told.state,
        "port": webhook.port,
        "stream": webhook.stream,
    }
    upsert = store.insert(TOLD).on_conflict_do_update(index_elements=["webhook", "direction"], set_=values)
    connection.execute(upsert, values)


def _row(webhook: str, message: Message) -> dict[str, object]:
    return {
        "webhook": webhook,
        "id": message.id,
        "kind": message.kind,
        "made_at_s": message.made_at_s,
        "body": message.body,
    }
