"""The schema of a store: made, or brought up to this program's by numbered steps, never backwards."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.engine import Connection

from dashboard.store.database import StoreUrlError


def migrate(connection: Connection, name: str) -> None:
    """Make or migrate the tables of the store `name` within the connection's transaction.

    Raises: StoreUrlError, if a newer program made them.
    """
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "schema"))
    steps = ScriptDirectory.from_config(config)
    found = MigrationContext.configure(connection).get_current_revision()
    if found is not None and found not in [step.revision for step in steps.walk_revisions()]:
        raise StoreUrlError(
            f"{name}: its tables are of schema {found}, this program knows them up to "
            f"{steps.get_current_head()}; install the newer lanewatch again"
        )
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
