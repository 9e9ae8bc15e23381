"""Run the migrations on the connection that `Store.upgrade` opened, inside its transaction."""

from __future__ import annotations

from alembic import context

from dashboard.store.tables import METADATA

context.configure(connection=context.config.attributes["connection"], target_metadata=METADATA)
context.run_migrations()
