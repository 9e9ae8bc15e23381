"""Reports, each once, and messages that were set aside."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_ROW_ID = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    """Make both tables."""
    op.create_table(
        "reports",
        sa.Column("ingest_id", _ROW_ID, primary_key=True, autoincrement=True),
        sa.Column("received_at_s", sa.Double, nullable=False),
        sa.Column("port", sa.String(32), nullable=False),
        sa.Column("node", sa.String(32), nullable=False),
        sa.Column("boot", sa.String(64), nullable=False),
        sa.Column("seq", sa.BigInteger, nullable=False),
        sa.Column("kind", sa.String(8), nullable=False),
        sa.Column("start_s", sa.Double, nullable=False),
        sa.Column("end_s", sa.Double, nullable=False),
        sa.Column("synced", sa.Boolean, nullable=False),
        sa.Column("clock_offset_s", sa.Double),
        sa.Column("payload", sa.LargeBinary, nullable=False),
        sa.UniqueConstraint("port", "node", "boot", "seq", name="reports_once"),
        sqlite_autoincrement=True,
    )
    op.create_index("reports_received", "reports", ["received_at_s"])
    op.create_table(
        "set_aside",
        sa.Column("id", _ROW_ID, primary_key=True, autoincrement=True),
        sa.Column("topic", sa.String(128), nullable=False),
        sa.Column("reason", sa.String(300), nullable=False),
        sa.Column("times", sa.BigInteger, nullable=False),
        sa.Column("received_at_s", sa.Double, nullable=False),
        sa.Column("head", sa.LargeBinary, nullable=False),
        sa.UniqueConstraint("topic", "reason", name="set_aside_once"),
        sqlite_autoincrement=True,
    )
