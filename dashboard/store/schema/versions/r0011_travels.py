"""Travel times of vehicles that were recognised at both ends."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "travels",
        sa.Column("port", sa.String(32), primary_key=True),
        sa.Column("direction", sa.String(32), primary_key=True),
        sa.Column("lane", sa.String(32), primary_key=True),
        sa.Column("at_s", sa.Double, primary_key=True),
        sa.Column("from_lane", sa.String(32), nullable=False),
        sa.Column("travel_s", sa.Double, nullable=False),
        sa.Column("told_s", sa.Double, nullable=False),
    )
    op.create_index("travels_told", "travels", ["told_s"])
