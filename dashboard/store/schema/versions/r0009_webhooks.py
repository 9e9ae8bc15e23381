"""Messages of webhooks outlive a stop."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_ROW_ID = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "webhook_messages",
        sa.Column("number", _ROW_ID, primary_key=True, autoincrement=True),
        sa.Column("webhook", sa.String(32), nullable=False),
        sa.Column("id", sa.String(32), nullable=False, unique=True),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("made_at_s", sa.Double, nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_index("webhook_messages_webhook", "webhook_messages", ["webhook", "number"])
    op.create_table(
        "webhook_told",
        sa.Column("webhook", sa.String(32), primary_key=True),
        sa.Column("direction", sa.String(32), primary_key=True),
        sa.Column("above", sa.Boolean, nullable=False),
        sa.Column("below", sa.Boolean, nullable=False),
        sa.Column("state", sa.String(16)),
    )
