"""What was told of a vehicle's wait and what came of it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "pairs",
        sa.Column("port", sa.String(32), primary_key=True),
        sa.Column("direction", sa.String(32), primary_key=True),
        sa.Column("stream", sa.String(32), primary_key=True),
        sa.Column("source", sa.String(8), primary_key=True),
        sa.Column("joined_s", sa.Double, primary_key=True),
        sa.Column("after_s", sa.Integer, primary_key=True),
        sa.Column("wait_s", sa.Double, nullable=False),
        sa.Column("told_s", sa.Double),
        sa.Column("low_s", sa.Double),
        sa.Column("high_s", sa.Double),
    )
    op.create_index("pairs_joined", "pairs", ["joined_s"])
