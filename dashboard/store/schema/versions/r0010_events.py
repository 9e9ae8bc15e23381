"""What happened to nodes and cameras."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

_ROW_ID = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "node_events",
        sa.Column("number", _ROW_ID, primary_key=True, autoincrement=True),
        sa.Column("port", sa.String(32), nullable=False),
        sa.Column("node", sa.String(32), nullable=False),
        sa.Column("boot", sa.String(64), nullable=False),
        sa.Column("seq", sa.BigInteger, nullable=False),
        sa.Column("at_s", sa.Double, nullable=False),
        sa.Column("kind", sa.String(64), nullable=False),
        sa.Column("camera", sa.String(32)),
        sa.Column("lane", sa.String(32)),
        sa.Column("detail", sa.String(300)),
        sa.UniqueConstraint("port", "node", "boot", "seq", "at_s", name="node_events_once"),
        sqlite_autoincrement=True,
    )
    op.create_index("node_events_time", "node_events", ["port", "at_s"])
